package dutylog_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// lateDraft is what came a quarter of an hour before later, and was on paper first.
func lateDraft(kind dutylog.Kind, v values) dutylog.Draft {
	d := draft(kind, v)
	d.Late = &dutylog.LateDraft{At: later.Add(-15 * time.Minute)}
	return d
}

func TestALateEntryKeepsWhenItCameAndWhenItWasWritten(t *testing.T) {
	for _, kind := range dutylog.LateKinds() {
		e, err := dutylog.OpenWritten(lateDraft(kind, values{"late_reason": "系统停机", "paper_sheet": " １２ "}), dutylog.Known{OnDuty: onDuty}, officer, later)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if e.Late == nil || !e.Late.Blind.IsZero() || !e.CallAt.Equal(later.Add(-15*time.Minute)) || !e.OpenedAt.Equal(later) || e.Values[dutylog.PaperSheet] != "000012" || e.PaperSheet() != 12 {
			t.Errorf("%s: %+v", kind, e)
		}
		raw, err := e.MarshalJSON()
		if err != nil || !strings.Contains(string(raw), `"late_reason":"系统停机","paper_sheet":"000012","late":{"blind":null,"scanned":false}`) {
			t.Errorf("%s: %s %v", kind, raw, err)
		}
	}
	e, err := dutylog.OpenWritten(draft(dutylog.KindFax, nil), dutylog.Known{OnDuty: onDuty}, officer, later)
	if err != nil || e.Late != nil || !e.CallAt.Equal(later) {
		t.Errorf("an ordinary one: %+v %v", e, err)
	}
}

// The reason is asked for like any required field, also when a correction takes it away.
func TestALateEntryIsNotCompleteWithoutItsReason(t *testing.T) {
	e, err := dutylog.OpenWritten(lateDraft(dutylog.KindPatrol, values{"late_reason": "停电", "place": "河东", "check_result": "正常"}), dutylog.Known{}, officer, later)
	if err != nil {
		t.Fatal(err)
	}
	e.Scanned = true
	complete := dutylog.Complete
	done, err := e.Amend(dutylog.EntryPatch{Revision: 1, State: &complete}, officer, later)
	if err != nil || done.State != dutylog.Complete {
		t.Fatal(done, err)
	}
	open, err := done.Amend(dutylog.EntryPatch{Revision: 2, Values: values{"late_reason": ""}, Reason: "写错"}, officer, later)
	if err != nil || open.State != dutylog.Open || !slices.Equal(open.Missing(), []dutylog.Field{dutylog.LateReason}) {
		t.Errorf("%+v %v: missing %v", open, err, open.Missing())
	}
	if erased := open.Erase(dutylog.Erasure{Decision: 1}); len(erased.Missing()) != 0 || erased.Late == nil || erased.PaperSheet() != 0 {
		t.Errorf("what was erased is not missing, and the entry stays a late one: %+v", erased)
	}
}

// The sheet on which it was written first is asked for as well: a file, or why there is none. What was there
// before it was asked for is not touched, and what was written when it came is not asked.
func TestALateEntryIsNotCompleteWithoutItsScan(t *testing.T) {
	e, err := dutylog.OpenWritten(lateDraft(dutylog.KindPatrol, values{"late_reason": "停电", "place": "河东", "check_result": "正常", "paper_sheet": "12"}), dutylog.Known{}, officer, later)
	if err != nil || !slices.Equal(e.Missing(), []dutylog.Field{dutylog.PaperScan}) {
		t.Fatalf("%v: missing %v", err, e.Missing())
	}
	complete := dutylog.EntryPatch{Revision: 1, State: new(dutylog.Complete)}
	var lacks *dutylog.IncompleteError
	if _, err := e.Amend(complete, officer, later); !errors.As(err, &lacks) || !slices.Equal(lacks.Missing, []dutylog.Field{dutylog.PaperScan}) {
		t.Errorf("completed without it: %v", err)
	}
	scanned := e
	scanned.Scanned = true
	if done, err := scanned.Amend(complete, officer, later); err != nil || done.State != dutylog.Complete {
		t.Errorf("with a scan: %v", err)
	}
	complete.Gaps = map[dutylog.Field]*dutylog.Gap{dutylog.PaperSheet: {Why: dutylog.NotPossible, Reason: "凭记忆补录"}}
	done, err := e.Amend(complete, officer, later)
	if err != nil || done.State != dutylog.Complete || done.PaperSheet() != 0 || len(done.Missing()) != 0 {
		t.Errorf("there was no sheet: %+v %v", done, err)
	}
	for name, p := range map[string]dutylog.EntryPatch{
		"no reason":        {Revision: 1, Gaps: map[dutylog.Field]*dutylog.Gap{dutylog.PaperSheet: {Why: dutylog.NotPossible, Reason: " "}}},
		"another word":     {Revision: 1, Gaps: map[dutylog.Field]*dutylog.Gap{dutylog.PaperSheet: {Why: dutylog.Refused, Reason: "不给"}}},
		"words for a file": {Revision: 1, Values: values{dutylog.PaperScan: "在柜子里"}},
		"a gap of a file":  {Revision: 1, Gaps: map[dutylog.Field]*dutylog.Gap{dutylog.PaperScan: {Why: dutylog.NotPossible, Reason: "没有"}}},
	} {
		if _, err := e.Amend(p, officer, later); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	fax, err := dutylog.OpenWritten(draft(dutylog.KindFax, nil), dutylog.Known{}, officer, later)
	if err != nil || slices.Contains(fax.Missing(), dutylog.PaperScan) {
		t.Errorf("an ordinary one lacks a scan: %v %v", fax.Missing(), err)
	}
	var wrong *dutylog.InvalidError
	if _, err := fax.Amend(dutylog.EntryPatch{Revision: 1, Gaps: complete.Gaps}, officer, later); !errors.As(err, &wrong) || wrong.Field != "gaps.paper_sheet" {
		t.Errorf("it has no sheet to lack: %v", err)
	}
	if m := dutylog.MatterOf(e); !slices.Equal(m.Missing, []dutylog.Field{dutylog.PaperScan}) {
		t.Errorf("on the handover sheet: %+v", m)
	}
}

func TestLateDraftsThatAreRefused(t *testing.T) {
	reason := values{"late_reason": "停电"}
	for name, c := range map[string]struct {
		d     dutylog.Draft
		field string
	}{
		"no time": {func() dutylog.Draft { d := lateDraft(dutylog.KindDuty, reason); d.Late.At = time.Time{}; return d }(), "late.at"},
		"the future": {func() dutylog.Draft {
			d := lateDraft(dutylog.KindDuty, reason)
			d.Late.At = later.Add(time.Second)
			return d
		}(), "late.at"},
		"no reason":       {lateDraft(dutylog.KindDuty, values{"late_reason": " "}), "late_reason"},
		"a step":          {lateDraft(dutylog.KindStep, reason), "kind"},
		"no number":       {lateDraft(dutylog.KindDuty, values{"late_reason": "停电", "paper_sheet": "十二"}), "paper_sheet"},
		"number nought":   {lateDraft(dutylog.KindDuty, values{"late_reason": "停电", "paper_sheet": "0"}), "paper_sheet"},
		"number too high": {lateDraft(dutylog.KindDuty, values{"late_reason": "停电", "paper_sheet": "1000000"}), "paper_sheet"},
		"not late":        {draft(dutylog.KindFax, values{"late_reason": "停电"}), "late_reason"},
		"a call not late": {draft(dutylog.KindDuty, nil), "kind"},
	} {
		if _, err := dutylog.OpenWritten(c.d, dutylog.Known{}, officer, later); err == nil || !strings.HasPrefix(err.Error(), c.field) {
			t.Errorf("%s: %v, want one about %s", name, err, c.field)
		}
	}
	e := opened(telephony.Call{ID: "1.1", Line: "duty", Direction: telephony.Inbound, OfferedAt: later})
	if _, err := e.Amend(dutylog.EntryPatch{Revision: e.Revision, Values: values{"paper_sheet": "12"}}, officer, later); err == nil {
		t.Error("the entry of a call took the number of a paper sheet")
	}
}

func TestALateDraftIsReadInOneSpelling(t *testing.T) {
	d, err := dutylog.ParseDraft([]byte(`{"key":"0f3c9a77-1","line":"duty","kind":"duty","late_reason":"停电","late":{"at":"2026-11-27T03:10:00+08:00","blind":"2026-11-26T19:00:00.123Z"}}`))
	if err != nil || d.Late == nil || d.Late.At.Format(time.RFC3339) != "2026-11-26T19:10:00Z" || d.Late.Blind.Nanosecond() != 123_000_000 || d.Values[dutylog.LateReason] != "停电" {
		t.Fatalf("%+v %v", d, err)
	}
	for _, late := range []string{`null`, `"x"`, `{"at":1}`, `{"at":"gestern"}`, `{"when":"2026-11-27T03:10:00Z"}`, `{"at":"2026-11-27T03:10:00Z","at":"2026-11-27T03:10:00Z"}`, `[]`} {
		if _, err := dutylog.ParseDraft([]byte(`{"key":"0f3c9a77-1","kind":"duty","late":` + late + `}`)); err == nil || !strings.Contains(err.Error(), "late") {
			t.Errorf("%s: %v", late, err)
		}
	}
}

// A late entry covers the blind interval that it names, if it can have come in it; the clock on the
// wall is not ours.
func TestALateEntryCoversABlindInterval(t *testing.T) {
	from, to := later.Add(1234567*time.Nanosecond), later.Add(time.Hour)
	seen := []telephony.Interval{{Kind: telephony.LiveDown, From: later, To: to}, {Kind: telephony.BlindInterval, From: from, To: to}, {Kind: telephony.BlindInterval, From: to.Add(time.Hour)}}
	shown := from.Truncate(time.Millisecond)
	for name, c := range map[string]struct {
		late dutylog.LateDraft
		want time.Time
		ok   bool
	}{
		"none":             {dutylog.LateDraft{At: later}, time.Time{}, true},
		"in it":            {dutylog.LateDraft{At: from.Add(time.Minute), Blind: shown}, from, true},
		"a little before":  {dutylog.LateDraft{At: from.Add(-9 * time.Minute), Blind: shown}, from, true},
		"a little after":   {dutylog.LateDraft{At: to.Add(9 * time.Minute), Blind: shown}, from, true},
		"long before":      {dutylog.LateDraft{At: from.Add(-11 * time.Minute), Blind: shown}, from, false},
		"long after":       {dutylog.LateDraft{At: to.Add(11 * time.Minute), Blind: shown}, from, false},
		"one that goes on": {dutylog.LateDraft{At: to.Add(48 * time.Hour), Blind: to.Add(time.Hour)}, to.Add(time.Hour), true},
		"no blind one":     {dutylog.LateDraft{At: later, Blind: later}, from, false},
		"no such":          {dutylog.LateDraft{At: from, Blind: shown.Add(time.Millisecond)}, from, false},
	} {
		got, err := c.late.Bind(seen)
		if (err == nil) != c.ok || c.ok && !got.Equal(c.want) {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
}

func TestHowManyBlankSheetsArePrinted(t *testing.T) {
	for _, c := range []struct {
		n, last int
		ok      bool
	}{{0, 0, false}, {-1, 0, false}, {1, 0, true}, {50, 0, true}, {51, 0, false}, {1, 999_998, true}, {2, 999_998, false}} {
		if err := dutylog.CheckBlank(c.n, c.last); (err == nil) != c.ok {
			t.Errorf("%d after %d: %v", c.n, c.last, err)
		}
	}
	if got := fmt.Sprint(dutylog.SheetNumber(12), dutylog.SheetNumber(123456)); got != "000012123456" && got != "000012 123456" {
		t.Errorf("%s", got)
	}
}

// A call that nobody saw has no row to name: a late entry of any kind stands for itself.
func TestALateEntryLacksNoCall(t *testing.T) {
	missed := dutylog.BookedEntry{ID: "w-1", Kind: dutylog.KindMissed, At: later}
	if found := dutylog.CheckEntry(missed, later.Add(48*time.Hour)); len(found) != 1 {
		t.Errorf("an entry of a call that names none: %v", found)
	}
	missed.Late = true
	if found := dutylog.CheckEntry(missed, later.Add(48*time.Hour)); len(found) != 0 {
		t.Errorf("a late one: %v", found)
	}
}

// When a late entry came is corrected like any field: with a reason once it is complete, and never to a time at which
// it cannot have come.
func TestWhenALateEntryCameIsCorrected(t *testing.T) {
	e, err := dutylog.OpenWritten(lateDraft(dutylog.KindNuisance, values{"late_reason": "停电"}), dutylog.Known{OnDuty: onDuty}, officer, later)
	if err != nil {
		t.Fatal(err)
	}
	right := later.Add(-75 * time.Minute)
	then := dutylog.Known{OnDuty: dutylog.OnDuty{dutylog.PostOfficer: {Post: dutylog.PostOfficer, Name: "前一班"}}, Responsible: "替班"}
	to := func(at time.Time) dutylog.EntryPatch {
		return dutylog.EntryPatch{Revision: e.Revision, Late: &dutylog.LateChange{At: at, Blind: right.Add(-time.Minute), Known: then}}
	}
	next, err := e.Amend(to(right), officer, later.Add(time.Hour))
	if err != nil || !next.CallAt.Equal(right) || !next.Late.Blind.Equal(right.Add(-time.Minute)) || next.Rostered != "前一班" || next.Responsible != "替班" || next.Revision != 2 || next.EntryNumber != e.EntryNumber {
		t.Fatalf("%+v %v", next, err)
	}
	if !e.CallAt.Equal(later.Add(-15*time.Minute)) || !e.Late.Blind.IsZero() {
		t.Errorf("the revision before changed: %+v", e)
	}
	if same, err := e.Amend(to(e.CallAt), officer, later); err != nil || same.Revision != e.Revision || !same.Late.Blind.IsZero() {
		t.Errorf("the same time is no change: %+v %v", same, err)
	}
	done := e
	done.State, done.CompletedAt, done.Scanned = dutylog.Complete, later, true
	var wrong *dutylog.InvalidError
	if _, err := done.Amend(to(right), officer, later); !errors.As(err, &wrong) || wrong.Field != "reason" {
		t.Errorf("without a reason: %v", err)
	}
	because := to(right)
	because.Reason = "14:05 误填为 15:04"
	if next, err := done.Amend(because, officer, later); err != nil || next.State != dutylog.Complete || next.Correction != because.Reason {
		t.Errorf("%+v %v", next, err)
	}
	stepped, err := e.AddStep(dutylog.StepDraft{Kind: dutylog.StepClosed, At: later.Add(-10 * time.Minute)}, officer, later)
	if err != nil {
		t.Fatal(err)
	}
	ordinary, err := dutylog.OpenWritten(draft(dutylog.KindFax, nil), dutylog.Known{OnDuty: onDuty}, officer, later)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		of   dutylog.Entry
		at   time.Time
		says string
	}{
		"after it was written": {e, later.Add(time.Minute), "lies after the entry was written"},
		"long ago":             {e, later.AddDate(-100, 0, 0), "check the year"},
		"after a step":         {stepped, later.Add(-5 * time.Minute), "lies after handling step 1"},
		"of no late entry":     {ordinary, right, "belongs to a late entry"},
	} {
		p := to(c.at)
		p.Revision = c.of.Revision
		if _, err := c.of.Amend(p, officer, later.Add(time.Hour)); !errors.As(err, &wrong) || wrong.Field != "late_at" || !strings.Contains(wrong.Reason, c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheBlindIntervalFollowsTheCorrectedTime(t *testing.T) {
	at := func(minute int) time.Time { return noon.Add(time.Duration(minute) * time.Minute) }
	blind := func(from, to int) telephony.Interval {
		return telephony.Interval{Kind: telephony.BlindInterval, From: at(from), To: at(to)}
	}
	other := telephony.Interval{Kind: telephony.LiveDown, From: at(200), To: at(220)}
	seen := []telephony.Interval{blind(0, 20), blind(25, 40), blind(0, 20), blind(100, 120), other}
	none := time.Time{}
	for name, c := range map[string]struct {
		bound     time.Time
		came, now int
		want      time.Time
	}{
		"within the same":            {at(0), 5, 15, at(0)},
		"beside the same":            {at(0), 5, 28, at(0)},
		"in another":                 {at(0), 5, 110, at(100)},
		"in another, beside a third": {at(100), 110, 27, at(25)},
		"beside another":             {at(0), 5, 95, at(100)},
		"between two":                {at(100), 110, 22, none},
		"in none":                    {at(0), 5, 70, none},
		"in what was seen after all": {at(0), 5, 210, none},
		"from none into one":         {none, 70, 110, at(100)},
		"none was said of one":       {none, 5, 110, none},
	} {
		e := dutylog.Entry{CallAt: at(c.came), Late: &dutylog.Late{Blind: c.bound}}
		if got := e.Rebind(at(c.now), seen); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
