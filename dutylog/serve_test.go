package dutylog_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// matter is an open entry that came in so long before the outgoing call.
func matter(id string, before time.Duration, number string, v values, steps ...dutylog.Step) dutylog.Entry {
	return dutylog.Entry{ID: id, Kind: dutylog.KindDuty, State: dutylog.Open, Revision: 1, CallAt: later.Add(-before), Values: v, Steps: steps,
		Number: telephony.ParseNumber(number, "024")}
}

func placed(number string, superior bool) dutylog.Entry {
	c := outbound(number)
	c.OfferedAt = later
	contacts := []dutylog.Contact{}
	if superior {
		contacts = append(contacts, dutylog.Contact{ID: 1, Unit: "市应急局", Person: "总值班室", Superior: true, Numbers: []dutylog.ContactPhone{{Kind: dutylog.NumberOffice, Number: telephony.ParseNumber(number, "024")}}})
	}
	return dutylog.OpenEntry(c, dutylog.Known{Contacts: contacts, OnDuty: onDuty}, later)
}

// TestWhichMatterACallServes is the table of the rule: for each call the entries that are offered, in
// their order, and why.
func TestWhichMatterACallServes(t *testing.T) {
	reported := dutylog.Step{Number: 1, Kind: dutylog.StepReported, At: noon, Whom: "市局", By: officer}
	struck := reported
	struck.Struck = &dutylog.Strike{Reason: "有误"}
	instructed := dutylog.Step{Number: 1, Kind: dutylog.StepInstructed, At: noon, Whom: "赵振华", Text: "请电 024-8823 0002 核实", By: officer}
	closed := matter("closed", time.Minute, "02422730001", nil, dutylog.Step{Kind: dutylog.StepClosed, At: noon})
	closed.State = dutylog.Complete
	going := matter("complete, being handled", 3*time.Hour, "02488230009", nil, reported)
	going.State = dutylog.Complete
	other := matter("an outgoing call", time.Minute, "02422730001", nil)
	other.Kind = dutylog.KindOutgoing
	open := []dutylog.Entry{
		matter("same number, old", 20*24*time.Hour, "02422730001", nil),
		matter("same number, new", 10*time.Minute, "22730001", nil),
		matter("same number, too old", 40*24*time.Hour, "02422730001", nil),
		matter("named in the contact number", 5*time.Hour, "13800000001", values{"contact_number": "8823-0002"}),
		matter("named in the content", 6*time.Hour, "13800000002", values{"content": "请回电（024）88230002，或22730001。"}),
		matter("named in an instruction", 7*time.Hour, "13800000003", nil, instructed),
		matter("recent", 30*time.Minute, "13800000004", values{"content": "编号 188230002 的井盖"}),
		matter("recent, reported", 20*time.Minute, "13800000005", nil, reported),
		matter("recent, report struck out", 25*time.Minute, "13800000006", nil, struck),
		matter("of yesterday", 26*time.Hour, "13800000007", nil),
		matter("withheld", 27*time.Hour, "anonymous", nil),
		matter("after the call", -time.Minute, "02422730001", nil),
		closed, going, other,
	}
	table := map[string][]string{}
	for name, own := range map[string]dutylog.Entry{
		"back to 22730001": placed("22730001", false), "to 88230002, which is named": placed("024-88230002", false), "to a superior duty room": placed("02488230001", true),
		"to somebody": placed("13911112222", false), "to 12345": placed("12345", false), "to a number that is none": placed("*57#", false),
	} {
		rows := []string{}
		for _, s := range dutylog.Serves(own, open) {
			rows = append(rows, fmt.Sprintf("%s: %s, as %s", s.Entry.ID, s.Why, s.Step))
		}
		table[name] = rows
		for i, j := range []int{3, 7, 1} { // however the log lists them
			shuffled := slices.Clone(open)
			shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
			slices.Reverse(shuffled)
			for k, s := range dutylog.Serves(own, shuffled) {
				if s.Entry.ID != dutylog.Serves(own, open)[k].Entry.ID {
					t.Errorf("%s: the order depends on the log's", name)
				}
			}
		}
	}
	golden(t, "serves.golden.json", table)
}

func TestAtMostOneForEachDigit(t *testing.T) {
	var open []dutylog.Entry
	for i := range 30 {
		open = append(open, matter(fmt.Sprint(i), time.Duration(i)*time.Minute, "1", nil))
	}
	if n := len(dutylog.Serves(placed("13911112222", false), open)); n != 9 {
		t.Errorf("%d are offered", n)
	}
}

func TestACallBecomesAStep(t *testing.T) {
	target := complete(t)
	target.ID, target.EntryNumber = "e-target", dutylog.EntryNumber{Year: 2026, Serial: 12}
	own := amend(t, placed("02422730001", false), dutylog.EntryPatch{Values: values{"called_whom": "沈河区应急局 王立新", "called_why": "告知处理结果"}})
	after, d, err := own.BecomeStep(target, dutylog.StepDraft{Kind: dutylog.StepFedBack, CallID: own.CallID}, officer, later)
	if err != nil {
		t.Fatal(err)
	}
	if d.Whom != "沈河区应急局 王立新" || d.Text != "告知处理结果" || !d.At.Equal(own.CallAt) {
		t.Errorf("the step says %+v", d)
	}
	if after.Kind != dutylog.KindStep || after.StepOf != "e-target" || after.State != dutylog.Complete || after.Revision != own.Revision+1 || len(after.Missing()) != 0 {
		t.Errorf("%+v", after)
	}
	over := outbound("02422730001")
	over.AnsweredAt = later
	followed, _ := after.Follow(ended(over, telephony.PlacedAnswered), nil)
	if followed.State != dutylog.Complete || followed.Kind != dutylog.KindStep {
		t.Errorf("the end of its call opened it again: %+v", followed)
	}
	if again, _, err := after.BecomeStep(target, dutylog.StepDraft{Kind: dutylog.StepFedBack}, officer, later); err != nil || again.Revision != after.Revision {
		t.Errorf("said again: %v", err)
	}
	if _, err := after.Amend(dutylog.EntryPatch{Revision: after.Revision, Kind: is(dutylog.KindOutgoing), Reason: "x"}, officer, later); err == nil {
		t.Error("its kind is changed behind the step's back")
	}
	left := after.LeaveStep(officer, later)
	if left.Kind != dutylog.KindOutgoing || left.StepOf != "" || left.State != dutylog.Open || left.Values["called_why"] != "告知处理结果" || left.Revision != after.Revision+1 {
		t.Errorf("%+v", left)
	}
	done := amend(t, own, dutylog.EntryPatch{State: is(dutylog.Complete)})
	if taken, _, err := done.BecomeStep(target, dutylog.StepDraft{Kind: dutylog.StepFedBack}, officer, later); err != nil || taken.Correction != "作为 2026-000012 的办理过程" {
		t.Errorf("one that was complete says why it changed: %q, %v", taken.Correction, err)
	}
	elsewhere := after
	elsewhere.StepOf = "e-another"
	for name, e := range map[string]dutylog.Entry{"a step already": elsewhere, "an incoming call": opened(answered("1")), "its own": {ID: "e-target", Phase: dutylog.Connected, Kind: dutylog.KindOutgoing}} {
		_, _, err := e.BecomeStep(target, dutylog.StepDraft{Kind: dutylog.StepFedBack}, officer, later)
		var invalid *dutylog.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != "call_id" {
			t.Errorf("%s: %v", name, err)
		}
	}
	bare, d, err := placed("02422730001", false).BecomeStep(target, dutylog.StepDraft{Kind: dutylog.StepFedBack}, officer, later)
	if err != nil || d.Whom != "02422730001" || d.Text == "" || bare.Kind != dutylog.KindStep {
		t.Errorf("with nothing written: %+v, %v", d, err)
	}
	if _, err := own.Amend(dutylog.EntryPatch{Revision: own.Revision, Kind: is(dutylog.KindStep)}, officer, later); err == nil {
		t.Error("a step of nothing")
	}
}

func TestACallThatIsNoDutyIsClosedByOneKey(t *testing.T) {
	e := amend(t, placed("13911112222", false), dutylog.EntryPatch{Kind: is(dutylog.KindNonDuty), State: is(dutylog.Complete)})
	if e.State != dutylog.Complete || e.Kind != dutylog.KindNonDuty {
		t.Errorf("%+v", e)
	}
	if _, err := opened(answered("1")).Amend(dutylog.EntryPatch{Revision: 1, Kind: is(dutylog.KindNonDuty)}, officer, later); err == nil {
		t.Error("an incoming call is called no duty")
	}
}
