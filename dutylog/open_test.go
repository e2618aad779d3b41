package dutylog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"dutyline/dutylog"
	"dutyline/telephony"
)

var (
	noon    = time.Date(2026, 11, 23, 4, 17, 59, 603_000_000, time.UTC)
	shenhe  = dutylog.Contact{ID: 1, Unit: "沈河区应急局", Person: "王立新", Title: "值班员", Numbers: office(telephony.ParseNumber("02422730001", "024")), Match: dutylog.Match{Number: telephony.ParseNumber("02422730001", "024")}}
	command = dutylog.Contact{ID: 2, Unit: "市应急指挥中心", Person: "值班室", Title: "值班长", Numbers: office(telephony.ParseNumber("02422720100", "024")), Match: dutylog.Match{Number: telephony.ParseNumber("02422720100", "024")}, Superior: true}
	onDuty  = dutylog.OnDuty{dutylog.PostOfficer: {Post: dutylog.PostOfficer, Name: "张伟"}}
)

// inbound is a call that has just reached the line.
func inbound(number string) telephony.Call {
	return telephony.Call{
		ID: "1795436279.0", Line: "duty", Direction: telephony.Inbound, OfferedAt: noon,
		Caller: telephony.ParseNumber(number, "024"), Called: telephony.ParseNumber("02422739110", "024"),
	}
}

func outbound(number string) telephony.Call {
	c := inbound("02422739110")
	c.Direction, c.Called = telephony.Outbound, telephony.ParseNumber(number, "024")
	return c
}

// answered is the inbound call after somebody picked up the duty phone.
func answered(number string) telephony.Call {
	c := inbound(number)
	c.AnsweredAt = noon.Add(7 * time.Second)
	return c
}

// callOf is a call whose entry may be of the kind, and be completed.
func callOf(k dutylog.Kind, number string) telephony.Call {
	switch k {
	case dutylog.KindOutgoing:
		return outbound(number)
	case dutylog.KindMissed:
		return ended(inbound(number), telephony.Missed)
	default:
		return answered(number)
	}
}

// ended is the call with an outcome.
func ended(c telephony.Call, o telephony.Outcome) telephony.Call {
	c.Outcome, c.EndedAt = o, noon.Add(20*time.Second)
	return c
}

func opened(c telephony.Call, contacts ...dutylog.Contact) dutylog.Entry {
	return dutylog.OpenEntry(c, dutylog.Known{Contacts: contacts, OnDuty: onDuty}, noon.Add(time.Millisecond))
}

type values = map[dutylog.Field]string

func TestOpenEntryFillsInWhatIsKnown(t *testing.T) {
	for name, c := range map[string]struct {
		call     telephony.Call
		contacts []dutylog.Contact
		kind     dutylog.Kind
		want     values
	}{
		"one candidate fills the form": {
			inbound("02422730001"), []dutylog.Contact{shenhe}, dutylog.KindDuty,
			values{"contact_number": "02422730001", "caller_unit": "沈河区应急局", "caller_person": "王立新", "caller_title": "值班员"},
		},
		"several are offered, never chosen": {
			inbound("02422730001"), []dutylog.Contact{shenhe, command}, dutylog.KindDuty,
			values{"contact_number": "02422730001"},
		},
		"an unknown number": {inbound("13900001111"), nil, dutylog.KindDuty, values{"contact_number": "13900001111"}},
		"a withheld number": {inbound("anonymous"), nil, dutylog.KindDuty, values{}},
		"no number at all":  {inbound(""), nil, dutylog.KindDuty, values{}},
		"digits that are no national number are still a number": {
			inbound("6001"), nil, dutylog.KindDuty, values{"contact_number": "6001"},
		},
		"a contact without a person": {
			inbound("02422730001"), []dutylog.Contact{{ID: 3, Unit: "市水务局"}}, dutylog.KindDuty,
			values{"contact_number": "02422730001", "caller_unit": "市水务局"},
		},
		"an outgoing call": {
			outbound("02422720100"), []dutylog.Contact{command}, dutylog.KindOutgoing,
			values{"contact_number": "02422720100", "called_whom": "市应急指挥中心 值班室 值班长"},
		},
		"an outgoing call to an unknown number": {
			outbound("13900001111"), nil, dutylog.KindOutgoing, values{"contact_number": "13900001111"},
		},
		"a call that was over when it was first seen": {
			ended(inbound("13900001111"), telephony.Engaged), nil, dutylog.KindMissed, values{"contact_number": "13900001111"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := opened(c.call, c.contacts...)
			if diff := cmp.Diff(c.want, e.Values); diff != "" {
				t.Errorf("values (-want +got):\n%s", diff)
			}
			if e.Kind != c.kind || e.State != dutylog.Open || e.Revision != 1 || e.WrittenBy != "" {
				t.Errorf("kind %s, state %s, revision %d, written by %q; want an untouched open %s", e.Kind, e.State, e.Revision, e.WrittenBy, c.kind)
			}
			if len(e.Candidates) != len(c.contacts) {
				t.Errorf("%d candidates are offered, want %d", len(e.Candidates), len(c.contacts))
			}
			if e.Rostered != "张伟" || e.Responsible != "张伟" || e.Values[dutylog.AnsweredBy] != "" {
				t.Errorf("rostered %q, responsible %q, answered by %q", e.Rostered, e.Responsible, e.Values[dutylog.AnsweredBy])
			}
			if e.ID != "e-"+c.call.ID || e.CallID != c.call.ID || !e.CallAt.Equal(noon) || !e.OpenedAt.Equal(noon.Add(time.Millisecond)) {
				t.Errorf("id %s, call %s, call at %v, opened at %v", e.ID, e.CallID, e.CallAt, e.OpenedAt)
			}
		})
	}
}

func TestNobodyOnDutyLeavesTheOfficerEmpty(t *testing.T) {
	e := dutylog.OpenEntry(inbound("1"), dutylog.Known{}, noon)
	if e.Rostered != "" || e.Responsible != "" {
		t.Errorf("rostered %q, responsible %q without a roster", e.Rostered, e.Responsible)
	}
}

func TestTestCallsAndOurOwnOpenNoEntry(t *testing.T) {
	for tag, want := range map[telephony.Tag]bool{
		telephony.TagTest: false, telephony.TagSystem: false,
		telephony.TagSpotCheck: true, telephony.TagSuperior: true, telephony.TagWithheld: true,
	} {
		c := inbound("02422730001")
		c.Tags = []telephony.Tag{tag}
		if got := dutylog.OpensEntry(c); got != want {
			t.Errorf("a call tagged %s opens an entry: %v, want %v", tag, got, want)
		}
	}
}

func TestUntouchedEntryFollowsTheOutcome(t *testing.T) {
	missed := map[telephony.Outcome]bool{
		telephony.Missed: true, telephony.AbandonedEarly: true, telephony.Engaged: true, telephony.Rejected: true,
		telephony.Unreachable: true, telephony.Forwarded: true, telephony.AnsweredByMachine: true, telephony.Unknown: true,
	}
	for _, o := range telephony.Outcomes()[:11] { // the rest are of outgoing calls
		e, changed := opened(inbound("13900001111")).Follow(ended(inbound("13900001111"), o), nil)
		want := dutylog.KindDuty
		if missed[o] {
			want = dutylog.KindMissed
		}
		if e.Kind != want || changed != missed[o] {
			t.Errorf("%s: kind %s (changed %v), want %s", o, e.Kind, changed, want)
		}
		if wantRevision := map[bool]int{true: 2, false: 1}[changed]; e.Revision != wantRevision {
			t.Errorf("%s: revision %d, want %d", o, e.Revision, wantRevision)
		}
	}
}

func TestOutgoingEntryStaysOutgoing(t *testing.T) {
	for _, o := range []telephony.Outcome{telephony.PlacedAnswered, telephony.PlacedUnanswered, telephony.PlacedFailed, telephony.Unknown} {
		if e, changed := opened(outbound("1")).Follow(ended(outbound("1"), o), nil); changed || e.Kind != dutylog.KindOutgoing {
			t.Errorf("%s made an outgoing entry %s (changed %v)", o, e.Kind, changed)
		}
	}
}

func TestTheKindFollowsUntilAPersonChoosesIt(t *testing.T) {
	kind := func(k dutylog.Kind) dutylog.EntryPatch { return dutylog.EntryPatch{Kind: &k} }
	content := dutylog.EntryPatch{Values: values{"content": "火情"}}
	candidate := dutylog.EntryPatch{Values: values{"caller_unit": "沈河区应急局", "caller_person": "王立新", "caller_title": "值班员"}}
	gap := dutylog.EntryPatch{Gaps: gaps{"caller_unit": {Why: dutylog.Refused, Reason: "不愿说"}}}
	for name, c := range map[string]struct {
		patches  []dutylog.EntryPatch
		answered bool // before the end
		outcome  telephony.Outcome
		want     dutylog.Kind
	}{
		"typed":                               {[]dutylog.EntryPatch{content}, false, telephony.Missed, dutylog.KindMissed},
		"a candidate picked":                  {[]dutylog.EntryPatch{candidate}, false, telephony.AbandonedEarly, dutylog.KindMissed},
		"a gap":                               {[]dutylog.EntryPatch{gap, content}, false, telephony.Rejected, dutylog.KindMissed},
		"the kind that stands, said again":    {[]dutylog.EntryPatch{kind(dutylog.KindDuty), content}, false, telephony.Missed, dutylog.KindMissed},
		"typed, and a machine took it":        {[]dutylog.EntryPatch{content}, true, telephony.AnsweredByMachine, dutylog.KindMissed},
		"typed, and answered":                 {[]dutylog.EntryPatch{content}, true, telephony.AnsweredInTime, dutylog.KindDuty},
		"typed, answered in another room":     {[]dutylog.EntryPatch{content}, true, telephony.AnsweredElsewhere, dutylog.KindDuty},
		"typed while the switch was unseen":   {[]dutylog.EntryPatch{content}, true, telephony.Unknown, dutylog.KindDuty},
		"nothing typed, switch was unseen":    {nil, true, telephony.Unknown, dutylog.KindMissed},
		"spot check chosen":                   {[]dutylog.EntryPatch{kind(dutylog.KindSpotCheck)}, false, telephony.Missed, dutylog.KindSpotCheck},
		"nuisance chosen":                     {[]dutylog.EntryPatch{content, kind(dutylog.KindNuisance)}, false, telephony.Missed, dutylog.KindNuisance},
		"nuisance by a wrong key, taken back": {[]dutylog.EntryPatch{kind(dutylog.KindNuisance), kind(dutylog.KindDuty)}, false, telephony.Missed, dutylog.KindMissed},
		"missed chosen too early":             {[]dutylog.EntryPatch{kind(dutylog.KindMissed)}, true, telephony.AnsweredLate, dutylog.KindMissed},
	} {
		call := inbound("13900001111")
		e := opened(call)
		for _, p := range c.patches {
			e = amend(t, e, p)
		}
		before := e
		if c.answered {
			call.AnsweredAt = noon.Add(7 * time.Second)
			e, _ = e.Follow(call, nil)
		}
		e, _ = e.Follow(ended(call, c.outcome), nil)
		if e.Kind != c.want {
			t.Errorf("%s: kind %s, want %s", name, e.Kind, c.want)
		}
		if diff := cmp.Diff(before.Values, e.Values); diff != "" || !cmp.Equal(before.Gaps, e.Gaps, cmpopts.EquateEmpty()) || e.WrittenBy != before.WrittenBy {
			t.Errorf("%s: the call's end changed what was typed, or by whom (%q):\n%s", name, e.WrittenBy, diff)
		}
	}
}

func TestAnEndedCallDoesNotChangeTheKindAgain(t *testing.T) {
	call := ended(inbound("13900001111"), telephony.Missed)
	e := opened(call)
	e = amend(t, e, dutylog.EntryPatch{Kind: is(dutylog.KindNuisance)})
	e.KindChosen = false // as in rows that were written before this was kept
	call.Findings = []telephony.Finding{telephony.BorderlineVerdict}
	if after, changed := e.Follow(call, nil); changed || after.Kind != dutylog.KindNuisance {
		t.Errorf("late news made a nuisance call %s", after.Kind)
	}
	running := opened(inbound("13900001111"))
	running.Kind, running.WrittenBy = dutylog.KindNuisance, "zhangwei"
	if after, changed := running.Follow(call, nil); changed || after.Kind != dutylog.KindNuisance || after.Phase != dutylog.Unanswered {
		t.Errorf("the end of the call made a nuisance call %s (phase %s)", after.Kind, after.Phase)
	}
}

func TestNumberThatBecomesKnownLater(t *testing.T) {
	before := opened(inbound(""))
	later := inbound("02422730001")

	after, changed := before.Follow(later, []dutylog.Contact{shenhe})
	if !changed || after.Values[dutylog.CallerUnit] != "沈河区应急局" || len(after.Candidates) != 1 || after.Number != later.Caller {
		t.Errorf("an untouched entry did not take over the number: %+v", after)
	}
	again, changed := after.Follow(later, nil)
	if changed || len(again.Candidates) != 1 {
		t.Error("the same number said again changed the entry")
	}

	mine, err := before.Amend(dutylog.EntryPatch{Revision: 1, Values: values{"caller_unit": "某单位"}}, officer, noon)
	if err != nil {
		t.Fatal(err)
	}
	after, changed = mine.Follow(later, []dutylog.Contact{shenhe})
	if !changed || after.Values[dutylog.CallerUnit] != "某单位" || after.Values[dutylog.ContactNumber] != "" {
		t.Errorf("a person's words were changed: %v", after.Values)
	}
	if len(after.Candidates) != 1 || after.Number != later.Caller || after.Revision != 3 || after.WrittenBy != officer.Login {
		t.Errorf("the call's own facts did not follow: %+v", after)
	}
}

func TestFollowLeavesTheOldEntryAlone(t *testing.T) {
	before := opened(inbound(""))
	if _, changed := before.Follow(inbound("02422730001"), []dutylog.Contact{shenhe}); !changed {
		t.Fatal("nothing changed")
	}
	if len(before.Values) != 0 || len(before.Candidates) != 0 || before.Revision != 1 {
		t.Errorf("the old revision was changed: %+v", before)
	}
}

// A code for the exchange reaches nobody: its entry says what it was, and asks nobody whom it reached.
func TestAServiceCodeIsNoCallToSomebody(t *testing.T) {
	for raw, is := range map[string]bool{"*57*13800001111#": true, "#57#": true, "**21*13800001111#": true, "9*72": true, "*%2357%23": true, "＊57＊123＃": true,
		"13800001111": false, "024-22730001": false, "anonymous": false, "": false, "sip:a#b@192.0.2.1": false} {
		c := telephony.Call{ID: "1.1", Line: "duty", Direction: telephony.Outbound, OfferedAt: later, Called: telephony.Number{Raw: raw}}
		e := opened(c)
		if got := e.Values[dutylog.CalledWhom] == dutylog.ServiceCodeWords; got != is || dutylog.ServiceCode(c.Called) != is {
			t.Errorf("%q: %v", raw, e.Values)
		}
		if is && (len(e.Missing()) != 0 || e.Kind != dutylog.KindOutgoing || !strings.Contains(e.Values[dutylog.CalledWhy], raw) || e.Values[dutylog.ContactNumber] != "") {
			t.Errorf("%q still lacks %v: %+v", raw, e.Missing(), e.Values)
		}
		if !is && len(e.Missing()) != 2 {
			t.Errorf("%q lacks %v", raw, e.Missing())
		}
	}
	// Who calls in from a garbled number is somebody.
	in := opened(telephony.Call{ID: "1.2", Line: "duty", Direction: telephony.Inbound, OfferedAt: later, Caller: telephony.Number{Raw: "*57#"}})
	if in.Values[dutylog.CalledWhom] != "" || in.Values[dutylog.ContactNumber] != "*57#" {
		t.Errorf("%+v", in.Values)
	}
	// The number comes later, before anybody wrote: the entry follows. What a person wrote stays.
	late := telephony.Call{ID: "1.3", Line: "duty", Direction: telephony.Outbound, OfferedAt: later}
	e := opened(late)
	late.Called = telephony.Number{Raw: "#57#"}
	if next, changed := e.Follow(late, nil); !changed || next.Values[dutylog.CalledWhom] != dutylog.ServiceCodeWords {
		t.Errorf("%+v", next.Values)
	}
	e.WrittenBy = "zhang"
	if next, _ := e.Follow(late, nil); next.Values[dutylog.CalledWhom] != "" {
		t.Errorf("a person's entry was filled in: %+v", next.Values)
	}
}
