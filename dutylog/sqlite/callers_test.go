package sqlite_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/telephony"
)

// The calls of one number to one line in a time are found in any spelling of the number.
func TestTheCallsOfANumber(t *testing.T) {
	db := open(t)
	write := func(id, line, number string, after time.Duration, direction telephony.Direction) {
		at := noon.Add(after)
		c := telephony.Call{ID: id, Line: line, Direction: direction, Caller: telephony.ParseNumber(number, "024"), OfferedAt: at, EndedAt: at.Add(time.Second), Outcome: telephony.Missed}
		ok(t, db.Record(ctx, []telephony.Change{{Kind: telephony.CallEnded, Line: line, At: c.EndedAt, Call: &c}}))
	}
	write("1.0", "duty", "13900001111", 0, telephony.Inbound)
	write("2.0", "duty", "+8613900001111", time.Minute, telephony.Inbound)
	write("3.0", "duty", "013900001111", 2*time.Minute, telephony.Inbound)
	write("4.0", "fax", "13900001111", time.Minute, telephony.Inbound)
	write("5.0", "duty", "13900002222", time.Minute, telephony.Inbound)
	write("6.0", "duty", "99", time.Minute, telephony.Inbound) // no number of the plan
	write("7.0", "duty", "anonymous", time.Minute, telephony.Inbound)
	write("8.0", "duty", "13900001111", time.Minute, telephony.Outbound)
	for _, c := range []struct {
		number   string
		from, to time.Duration
		want     []string
	}{
		{"13900001111", 0, time.Hour, []string{"1.0", "2.0", "3.0"}},
		{"0086 139 0000 1111", time.Minute, 2 * time.Minute, []string{"2.0"}},
		{"13900001111", 3 * time.Minute, time.Hour, nil},
		{"99", 0, time.Hour, []string{"6.0"}},
		{"98", 0, time.Hour, nil},
		{"anonymous", 0, time.Hour, nil},
		{"", 0, time.Hour, nil},
	} {
		calls, err := db.CallsFrom(ctx, "duty", telephony.ParseNumber(c.number, "024"), noon.Add(c.from), noon.Add(c.to))
		ok(t, err)
		var ids []string
		for _, call := range calls {
			ids = append(ids, call.ID)
		}
		slices.Sort(ids)
		if diff := cmp.Diff(c.want, ids); diff != "" {
			t.Errorf("%s in [%s, %s) (-want +got):\n%s", c.number, c.from, c.to, diff)
		}
	}
}

// A caller whose call was closed as a nuisance is known by that when he calls again.
func TestACallClosedAsNuisanceIsFoundWithItsTag(t *testing.T) {
	db := open(t)
	c := telephony.Call{ID: "1.0", Line: "duty", Direction: telephony.Inbound, Caller: telephony.ParseNumber("13900001111", "024"), OfferedAt: noon,
		RangAt: noon, AnsweredAt: noon.Add(time.Second), EndedAt: noon.Add(time.Minute), Outcome: telephony.AnsweredInTime}
	ok(t, db.Record(ctx, []telephony.Change{{Kind: telephony.CallRang, Line: "duty", At: noon, Call: &c}, {Kind: telephony.CallEnded, Line: "duty", At: c.EndedAt, Call: &c}}))
	kept := must(db.Call(ctx, "1.0"))(t)
	e := must(db.Entry(ctx, kept.EntryID))(t)
	kind := dutylog.KindNuisance
	_, err := db.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: e.Revision, Kind: &kind}, dutylog.Actor{Login: "chen", Role: dutylog.Officer}, c.EndedAt)
	ok(t, err)
	calls := must(db.CallsFrom(ctx, "duty", c.Caller, noon, noon.Add(time.Hour)))(t)
	if len(calls) != 1 || !slices.Contains(calls[0].Tags, telephony.TagNuisance) {
		t.Errorf("%+v", calls)
	}
}

func TestWhoIsListed(t *testing.T) {
	db := open(t)
	ok(t, db.ReplaceDirectory(ctx, []dutylog.Contact{listed("沈河区应急局", "024-22730001")}, leader))
	for number, want := range map[string]bool{"22730001": true, "+86 24 22730001": true, "22730002": false, "": false, "anonymous": false} {
		if got := must(db.Listed(ctx, telephony.ParseNumber(number, "024")))(t); got != want {
			t.Errorf("%q: %v", number, got)
		}
	}
}

// What an alert rests on names numbers: it goes with everything else of an erased call, from the
// alert and from what was told of it. Another call's stays.
func TestEvidenceOfAnErasedCallIsGone(t *testing.T) {
	db := open(t)
	c, e := told(t, db, 0)
	other, _ := told(t, db, 1)
	for _, call := range []telephony.Call{c, other} {
		ok(t, db.Raise(ctx, alerts.Alert{Key: "forward_code/" + call.ID, Reason: alerts.ReasonForwardCode, Line: "duty", CallID: call.ID, At: noon,
			Evidence: []alerts.Evidence{{Kind: alerts.EvidenceCall, Ref: call.ID}, {Kind: alerts.EvidenceEvent, Ref: call.ID, Text: "dialled *57*13800004444#", At: noon}}}))
	}
	must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: e.ID, Reason: "当事人要求", By: prosecutor}))(t)
	list, _, err := db.Alerts(ctx, alerts.Query{})
	ok(t, err)
	if len(list) != 2 {
		t.Fatalf("%d alerts", len(list))
	}
	for _, a := range list {
		if gone := a.CallID == c.ID; gone != (len(a.Evidence) == 0) {
			t.Errorf("%s rests on %+v", a.Key, a.Evidence)
		}
	}
	for _, item := range since(t, db, 0) {
		if item.Topic != dutylog.TopicAlert {
			continue
		}
		says := strings.Contains(string(item.Body), "13800004444")
		if gone := strings.HasSuffix(item.Subject, c.ID); gone == says || gone && !strings.Contains(string(item.Body), `"evidence":[]`) {
			t.Errorf("told of %s: %s", item.Subject, item.Body)
		}
	}
}
