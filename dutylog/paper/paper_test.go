package paper_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
	"dutyline/recorder"
	"dutyline/telephony"
)

var update = flag.Bool("update", false, "write the golden files anew")

var zone = time.FixedZone("Asia/Shanghai", 8*60*60)

// local is a moment at the site.
func local(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", s, zone)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

var frame = paper.Frame{Lines: map[string]string{"duty": "024-22739110"}, Unit: "沈阳市沈河区应急管理局", Zone: zone, Now: local("2026-11-28 08:05:00"),
	By:    dutylog.Actor{Login: "li", Name: "李娜", Role: dutylog.Officer},
	Proof: paper.Proof{Size: 1234, At: local("2026-11-28 08:00:00"), Root: "0a1b 2c3d 4e5f 6071 8293 a4b5 c6d7 e8f9 0a1b 2c3d"}}

func dutyCall(id, at string, number int) (dutylog.Entry, dutylog.Call) {
	n := telephony.ParseNumber("02423860012", "024")
	c := dutylog.Call{Call: telephony.Call{ID: id, Line: "duty", Direction: telephony.Inbound, OfferedAt: local(at), RangAt: local(at), RangUntil: local(at).Add(6 * time.Second), Rings: 2,
		AnsweredAt: local(at).Add(6 * time.Second), EndedAt: local(at).Add(96 * time.Second), Outcome: telephony.AnsweredInTime},
		EntryID: "e-" + id, Recording: recorder.Recording{Status: recorder.Sealed, Digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}}
	e := dutylog.Entry{ID: "e-" + id, EntryNumber: dutylog.EntryNumber{Year: 2026, Serial: number}, CallID: id, Line: "duty", Kind: dutylog.KindDuty, State: dutylog.Complete, Revision: 4,
		CallAt: local(at), Number: n, Rostered: "李娜", Responsible: "李娜", ReadBackBy: "li", ReadBackAt: local(at).Add(80 * time.Second),
		Values: map[dutylog.Field]string{dutylog.CallerUnit: "和平区应急局", dutylog.CallerPerson: "孙国强", dutylog.CallerTitle: "值班员", dutylog.ContactNumber: "024-23860012",
			dutylog.Content: "和平区南京北街一处民房起火，消防已出动，暂无人员伤亡。", dutylog.Category: "突发事件", dutylog.ReadBack: "done"}}
	return e, c
}

// aDay has an entry of each sort that looks different on paper.
func aDay() paper.Period {
	p := paper.Period{From: local("2026-11-27 00:00:00"), To: local("2026-11-28 00:00:00")}
	full, call := dutyCall("1.1", "2026-11-27 08:31:05", 123)
	gap, gapCall := dutyCall("2.1", "2026-11-27 09:02:00", 124)
	gap.Gaps = map[dutylog.Field]dutylog.Gap{dutylog.CallerUnit: {Why: dutylog.Refused, Reason: "自称热心市民"}, dutylog.ReadBack: {Why: dutylog.NotPossible, Reason: "对方挂断"}}
	gap.Values = map[dutylog.Field]string{dutylog.Content: "=cmd|' /C calc'!A0"}
	gap.State = dutylog.Open
	missed, missedCall := dutyCall("3.1", "2026-11-27 23:59:59", 125)
	missed.Kind, missedCall.Outcome, missedCall.AnsweredAt = dutylog.KindMissed, telephony.Missed, time.Time{}
	missed.Values = map[dutylog.Field]string{dutylog.CallBackResult: "09:10 回拨，对方称拨错", dutylog.AnsweredBy: "王伟"}
	erased := dutylog.Entry{ID: "e-4", EntryNumber: dutylog.EntryNumber{Year: 2026, Serial: 126}, Kind: dutylog.KindDuty, State: dutylog.Complete, OpenedAt: local("2026-11-27 10:00:00"),
		Erased: []dutylog.Erasure{{Decision: 3, At: local("2026-11-27 12:00:00")}}}
	p.Entries = []dutylog.Entry{missed, erased, gap, full} // newest first, as the log lists them
	p.Calls = []dutylog.Call{missedCall, gapCall, call}
	p.Shifts = []dutylog.Shift{
		{From: local("2026-11-26 20:00:00"), To: local("2026-11-27 08:00:00"), Post: dutylog.PostOfficer, Name: "王伟"},
		{From: local("2026-11-27 08:00:00"), To: local("2026-11-27 20:00:00"), Post: dutylog.PostOfficer, Name: "李娜"},
		{From: local("2026-11-27 00:00:00"), To: local("2026-11-28 00:00:00"), Post: dutylog.PostLeader, Name: "陈刚"},
	}
	p.Unseen = []telephony.Interval{
		{Kind: telephony.BlindInterval, From: local("2026-11-27 03:12:00"), To: local("2026-11-27 03:15:00"), Cause: "the daemon was not running; the switch's journal was not written: it is not written"},
		{Kind: telephony.SwitchDown, From: local("2026-11-27 23:50:00"), To: time.Time{}, Cause: "the switch ended and was started again"},
		{Kind: telephony.LiveDown, From: local("2026-11-27 03:00:00"), To: local("2026-11-27 03:20:00"), Cause: "the daemon was not running"},
	}
	return p
}

func golden(t *testing.T, name string, value any) {
	t.Helper()
	got, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
		t.Errorf("%s (-golden +now); when this is meant, run go test ./dutylog/paper -update:\n%s", file, diff)
	}
}

func TestTheDayAsItIsPrinted(t *testing.T) {
	golden(t, "day.golden.json", paper.Day(frame, aDay()))
}

func TestTheMonthAsItIsPrinted(t *testing.T) {
	p := aDay()
	p.From, p.To = local("2026-11-01 00:00:00"), local("2026-12-01 00:00:00")
	test := p.Calls[0]
	test.ID, test.Tags = "9.9", []telephony.Tag{telephony.TagTest}
	p.Calls = append(p.Calls, test)
	e, c := dutyCall("5.1", "2026-11-03 00:00:00", 99)
	p.Entries, p.Calls = append(p.Entries, e), append(p.Calls, c)
	golden(t, "month.golden.json", paper.Month(frame, p))
}

func TestOneEntryAsItIsPrinted(t *testing.T) {
	e, c := dutyCall("1.1", "2026-11-27 08:31:05", 123)
	e.ChangedAfterReadBack = true
	e.Erased = []dutylog.Erasure{{Decision: 4, At: local("2026-11-27 12:00:00"), Fields: []dutylog.Field{dutylog.CallerTitle}}}
	delete(e.Values, dutylog.CallerTitle)
	opened := dutylog.Entry{BySystem: true}
	x := paper.Single{Entry: e, Call: c, Revisions: []dutylog.Revision{{Entry: opened, By: dutylog.SystemActor()}, {Entry: e, By: dutylog.Actor{Login: "li", Name: "李娜"}, At: local("2026-11-27 08:35:00")}},
		Attached: []dutylog.Attachment{{Name: "传真.pdf", State: dutylog.AttachmentKept, SealedFile: recorder.SealedFile{Digest: "1e5f0c", Size: 1025}}, {State: dutylog.AttachmentErased, Decision: 4}}}
	golden(t, "entry.golden.json", paper.Entry(frame, x))
}

func TestAnEmptyDayIsNotAnEmptyPage(t *testing.T) {
	p := paper.Period{From: local("2026-11-27 00:00:00"), To: local("2026-11-28 00:00:00")}
	f := frame
	f.Proof, f.Now = paper.Proof{}, local("2026-11-27 12:00:00")
	s := paper.Day(f, p)
	text := fmt.Sprint(s)
	for _, want := range []string{"（无记录）", "盲区时段：无", "尚未签署", "尚未结束", "值班员：（未排班）"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not on the sheet: %s", want, text)
		}
	}
	if pages := paper.Pages(s); len(pages) != 1 || !pages[0].Signed {
		t.Errorf("%d pages: %+v", len(pages), pages)
	}
}

// TestNothingLacksItsWord fails when a field, a kind or an outcome is new and has no Chinese word.
func TestNothingLacksItsWord(t *testing.T) {
	for _, f := range dutylog.Fields() {
		if paper.FieldNames[f] == "" {
			t.Errorf("field %s has no word", f)
		}
		for _, why := range dutylog.GapsAllowed(f) {
			if paper.GapName(f, why) == string(why) {
				t.Errorf("gap %s has no word", why)
			}
		}
	}
	for _, k := range dutylog.Kinds() {
		if paper.KindNames[k.Kind] == "" {
			t.Errorf("kind %s has no word", k.Kind)
		}
	}
	for _, o := range telephony.Outcomes() {
		if paper.OutcomeNames[o] == "" {
			t.Errorf("outcome %s has no word", o)
		}
	}
	if got := paper.Word(paper.KindNames, "new"); got != "new" {
		t.Errorf("what has no word is hidden: %q", got)
	}
	if got := paper.GapName(dutylog.CallBackResult, dutylog.NotPossible); got != "无法回拨" {
		t.Errorf("%s", got)
	}
}

// TestEveryFieldIsOnPaper fills every field: what has no column stands under 处理情况.
func TestEveryFieldIsOnPaper(t *testing.T) {
	for _, f := range dutylog.Fields() {
		for _, kind := range dutylog.Kinds() {
			value := "某" + string(f)
			if f == dutylog.ReadBack {
				value = "done"
			}
			e := dutylog.Entry{ID: "e", Kind: kind.Kind, State: dutylog.Complete, OpenedAt: local("2026-11-27 10:00:00"), Values: map[dutylog.Field]string{f: value}}
			want := value
			if f == dutylog.ReadBack {
				want = "已复述"
			}
			day := paper.Day(frame, paper.Period{From: local("2026-11-27 00:00:00"), To: local("2026-11-28 00:00:00"), Entries: []dutylog.Entry{e}})
			for name, sheet := range map[string]paper.Sheet{"day": day, "entry": paper.Entry(frame, paper.Single{Entry: e})} {
				if !strings.Contains(fmt.Sprint(sheet.Tables), want) {
					t.Errorf("%s of kind %s is not on the sheet %s", f, kind.Kind, name)
				}
			}
		}
	}
}

func TestNumbersAreWrittenAsTheyAreDialled(t *testing.T) {
	for raw, want := range map[string]string{"+862423860012": "024-23860012", "13904011234": "13904011234", "010-66668888": "010-66668888", "0041387654": "0041387654",
		"04138765432": "0413-8765432", "": "未显示号码", "anonymous": "未显示号码", "119": "119", "12345": "12345", "4008001234": "4008001234", "0012125551234": "0012125551234"} {
		e := dutylog.Entry{Kind: dutylog.KindDuty, Number: telephony.ParseNumber(raw, "024")}
		rows := paper.Entry(frame, paper.Single{Entry: e}).Tables[0].Rows
		if got := rows[1].Cells[3]; got != want {
			t.Errorf("%q is printed as %q, want %q", raw, got, want)
		}
	}
}

func TestAMonthCountsEachCallOnce(t *testing.T) {
	p := paper.Period{From: local("2026-02-01 00:00:00"), To: local("2026-03-01 00:00:00")}
	for i, o := range telephony.Outcomes() {
		c := dutylog.Call{Call: telephony.Call{ID: fmt.Sprint(i), Direction: telephony.Inbound, Outcome: o, OfferedAt: local("2026-02-28 23:59:59")}}
		if strings.HasPrefix(string(o), "placed") {
			c.Direction = telephony.Outbound
		}
		p.Calls = append(p.Calls, c)
	}
	rows := paper.Month(frame, p).Tables[0].Rows
	if len(rows) != 29 {
		t.Fatalf("February 2026 has %d rows with the sum", len(rows))
	}
	n := func(cells []string, i int) (v int) { fmt.Sscan(cells[i], &v); return v }
	for _, row := range rows[27:] {
		parts := 0
		for i := 2; i <= 6; i++ {
			parts += n(row.Cells, i)
		}
		if n(row.Cells, 1) != parts || n(row.Cells, 1)+n(row.Cells, 7) != len(telephony.Outcomes()) {
			t.Errorf("the parts do not add up: %v", row.Cells)
		}
	}
	f := frame
	f.Now = local("2026-02-27 12:00:00")
	if late := paper.Month(f, p).Tables[0].Rows[27].Cells; strings.Join(late[1:], "") != strings.Repeat("—", 10) {
		t.Errorf("a day that is still to come: %v", late)
	}
	if first := rows[0].Cells; slices.ContainsFunc(first[1:10], func(s string) bool { return s != "0" }) {
		t.Errorf("an empty day: %v", first)
	}
}

func TestUnseenTimesAreCutToTheirDay(t *testing.T) {
	p := paper.Period{From: local("2026-11-27 00:00:00"), To: local("2026-11-28 00:00:00"), Unseen: []telephony.Interval{
		{Kind: telephony.BlindInterval, From: local("2026-11-26 23:00:00"), To: local("2026-11-27 00:00:01"), Cause: "nobody knows"},
		{Kind: telephony.BlindInterval, From: local("2026-11-27 22:00:00"), To: local("2026-11-28 04:00:00"), Cause: "the daemon was not running"},
		{Kind: telephony.BlindInterval, From: local("2026-11-28 00:00:00"), To: local("2026-11-28 04:00:00")},
	}}
	want := []string{"盲区时段（期间若有来电无从得知）：00:00:00—00:00:01（1 秒），原因：nobody knows",
		"盲区时段（期间若有来电无从得知）：22:00:00—24:00（2 小时 0 分），原因：值班系统停机或看不到交换机"}
	if diff := cmp.Diff(want, paper.Day(frame, p).Notes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
