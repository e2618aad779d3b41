package alerts_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog"
)

func TestANoticeReadsInChinese(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	whole := alerts.Notice{
		ID: "7", AlertID: "limit_passed/1795436279.0", Rule: "limit_passed", Reason: alerts.ReasonLimitPassed,
		Severity: alerts.Critical, Line: "duty", At: noon, EntryNumber: "2026-000123", Title: "值班电话响铃超过三声无人接听",
		Text: "请立即接听。\n第二行。\n", Caller: "02422739110",
	}
	with := func(change func(*alerts.Notice)) alerts.Notice {
		n := whole
		change(&n)
		return n
	}
	var got strings.Builder
	for _, c := range []struct {
		name string
		n    alerts.Notice
		zone *time.Location
	}{
		{"everything", whole, shanghai},
		{"what leaves the building by default", with(func(n *alerts.Notice) { n.Text, n.Caller = "", "" }), shanghai},
		{"test button", with(func(n *alerts.Notice) { n.Test, n.Text, n.Caller, n.Severity = true, "", "", alerts.Info }), shanghai},
		{"over", with(func(n *alerts.Notice) { n.Over, n.Severity, n.At = true, alerts.Warning, noon.Add(12*time.Hour) }), shanghai},
		{"over, and a test", with(func(n *alerts.Notice) { n.Over, n.Test = true, true }), shanghai},
		{"no title, no entry, no zone", with(func(n *alerts.Notice) { n.Title, n.EntryNumber, n.Text = "", "", " \n" }), nil},
		{"texts that want out of their line", with(func(n *alerts.Notice) {
			n.Title, n.Line, n.Caller = "甲\r\nBcc: a@b.cn", "duty\n时间：假", "\xff\x00x"
		}), shanghai},
	} {
		got.WriteString("== " + c.name + "\n" + alerts.PlainText(c.n, c.zone))
	}
	golden := filepath.Join("testdata", "plain.golden.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("(-want +got; -update writes it anew):\n%s", diff)
	}
}

// A step of the chain says whose turn it is, and a round that begins anew says so.
func TestTheHeadlineSaysWhyItIsTold(t *testing.T) {
	for want, n := range map[string]alerts.Notice{
		"来电未接": {Title: "来电未接", Post: dutylog.PostOfficer},
		"尚无人处理，报值班处（科）领导：来电未接": {Title: "来电未接", Post: dutylog.PostChief},
		"仍未处理：来电未接":            {Title: "来电未接", Again: true},
		"已解除：来电未接":             {Title: "来电未接", Post: dutylog.PostChief, Over: true},
	} {
		if got := alerts.Headline(n); got != want {
			t.Errorf("%+v: %s, want %s", n, got, want)
		}
	}
}
