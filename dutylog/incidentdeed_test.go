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

// whyNot is the named reason of a refusal, or the field that is wrong.
func whyNot(err error) string {
	var refused *dutylog.IncidentError
	var invalid *dutylog.InvalidError
	switch {
	case errors.As(err, &refused):
		return string(refused.Reason)
	case errors.As(err, &invalid):
		return invalid.Field
	case errors.Is(err, dutylog.ErrNotFound):
		return "not found"
	case err != nil:
		return err.Error()
	}
	return ""
}

// Who may review and sign, by login and as it was said by telephone.
func TestWhoApprovesReports(t *testing.T) {
	answered := dutylog.Call{Call: telephony.Call{ID: "7.0", AnsweredAt: time.Date(2026, 11, 23, 4, 5, 0, 0, time.UTC)}}
	rang := dutylog.Call{Call: telephony.Call{ID: "8.0"}}
	for _, c := range []struct {
		by     dutylog.Actor
		kind   dutylog.FactKind
		login  string // by telephone
		call   string
		wanted string
	}{
		{dutyOfficer, dutylog.FactReviewed, "", "", "not_entitled"},
		{dutyOfficer, dutylog.FactSigned, "", "", "not_entitled"},
		{dutyChief, dutylog.FactReviewed, "", "", ""},
		{dutyChief, dutylog.FactSigned, "", "", "not_entitled"},
		{dutyLeader, dutylog.FactReviewed, "", "", ""},
		{dutyLeader, dutylog.FactSigned, "", "", ""},
		{dutyOfficer, dutylog.FactSigned, "zhao", "7.0", ""},
		{dutyOfficer, dutylog.FactReviewed, "qian", "7.0", ""},
		{dutyOfficer, dutylog.FactSigned, "qian", "7.0", "not_entitled"},
		{dutyOfficer, dutylog.FactSigned, "zhao", "", "by_phone.at"}, // neither a call nor when
		{dutyOfficer, dutylog.FactSigned, "zhao", "8.0", "by_phone.call_id"},
		{dutyOfficer, dutylog.FactSigned, "zhao", "9.0", "by_phone.call_id"},
		{dutyOfficer, dutylog.FactSigned, "gone", "7.0", "by_phone.login"},
		{dutyOfficer, dutylog.FactSigned, "nobody", "7.0", "by_phone.login"},
		{dutyLeader, dutylog.FactSigned, "zhao", "7.0", "by_phone.login"},
	} {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:06")
		p.books.Calls = map[string]dutylog.Call{"7.0": answered, "8.0": rang}
		p.books.Accounts = map[string]dutylog.Account{"zhao": {Login: "zhao", Name: "赵振华", Role: dutylog.Leader}, "qian": {Login: "qian", Name: "钱科", Role: dutylog.Chief},
			"gone": {Login: "gone", Name: "离任", Role: dutylog.Leader, Disabled: true}}
		p.write(dutylog.StageFirst, "无")
		got := whyNot(p.try(c.by, dutylog.FactDraft{Kind: c.kind, Body: dutylog.FactBody{Report: 1, Login: c.login, CallID: c.call}}))
		if got != c.wanted {
			t.Errorf("%s, %s of %q in call %q: %q, want %q", c.by.Login, c.kind, c.login, c.call, got, c.wanted)
		}
		if r, _ := p.i.Report(1); c.wanted == "" && (r.ApprovedAt.IsZero() == (c.kind == dutylog.FactSigned) || r.Approvals[0].Waits() != (c.login != "")) {
			t.Errorf("%+v", r)
		}
	}
}

// Nothing grows without an end, and each refusal names its reason.
func TestAnIncidentHasLimits(t *testing.T) {
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:06")
	for n := range 199 {
		p.link(fmt.Sprintf("e-x%d", n), "2026-11-23 12:05")
	}
	p.entry("e-more", "2026-11-23 12:05")
	if got := whyNot(p.try(dutyOfficer, dutylog.FactDraft{Kind: dutylog.FactLinked, Body: dutylog.FactBody{Entry: "e-more"}})); got != "entry_id" {
		t.Errorf("the 201st entry: %q", got)
	}
	for range 100 {
		p.do(dutylog.FactInstructed, dutylog.FactBody{Whom: "孙局长", Text: "速办"})
	}
	if got := whyNot(p.try(dutyOfficer, dutylog.FactDraft{Kind: dutylog.FactInstructed, Body: dutylog.FactBody{Whom: "孙局长", Text: "速办"}})); got != "text" {
		t.Errorf("the 101st instruction: %q", got)
	}
	full := dutylog.FoldIncident(1, append(slices.Clone(p.i.Facts), slices.Repeat([]dutylog.IncidentFact{{Kind: dutylog.FactScene}}, 2000)...))
	if _, err := full.Decide(dutylog.FactDraft{Kind: dutylog.FactScene, Body: dutylog.FactBody{Whom: "李", Part: "back"}}, p.books, dutyOfficer, p.now); whyNot(err) != "kind" {
		t.Errorf("fact 2001: %v", err)
	}
	for name, d := range map[string]dutylog.FactDraft{
		"kind":     {Kind: "invented"},
		"at":       {Kind: dutylog.FactScene, At: p.now.Add(time.Hour)},
		"not_open": {Kind: dutylog.FactOpened},
	} {
		if got := whyNot(p.try(dutyOfficer, d)); got != name {
			t.Errorf("%s: %q", name, got)
		}
	}
	if _, err := dutylog.FoldIncident(2, nil).Decide(dutylog.FactDraft{Kind: dutylog.FactOpened}, p.books, dutyOfficer, p.now); whyNot(err) != "schedule" {
		t.Errorf("without a schedule: %v", err)
	}
}

// A version that was sent stays; what was told by telephone may be written down afterwards.
func TestWhatWasSentStays(t *testing.T) {
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:06").phones(1, "周敏")
	if n := p.write(dutylog.StageFirst, "无"); n != 1 {
		t.Errorf("report %d", n)
	}
	again := dutylog.FactDraft{Kind: dutylog.FactWritten, Body: dutylog.FactBody{Report: 1, Elements: allKnown("1人受伤"), Base: 1, Text: "1人受伤。"}}
	if got := whyNot(p.try(dutyOfficer, again)); got != "" {
		t.Errorf("it was sent without a text: %q", got)
	}
	p.fax(1)
	again.Body.Base = 2
	if got := whyNot(p.try(dutyOfficer, again)); got != "already_sent" {
		t.Errorf("a text that was sent: %q", got)
	}
	twice := p.try(dutyOfficer, dutylog.FactDraft{Kind: dutylog.FactDelivered, Body: dutylog.FactBody{Report: 1, Recipient: "superior_bureau", Channel: "fax", Evidence: "回执"}})
	if got := whyNot(twice); got != "already_sent" || strings.Contains(twice.Error(), "taken by") { // nobody was named
		t.Errorf("by the same way again: %q, %v", got, twice)
	}
	r, _ := p.i.Report(1)
	if r.Version != 2 || len(r.Deliveries) != 2 || r.Deliveries[0].Version != 0 || r.Deliveries[1].Version != 2 {
		t.Errorf("%+v", r)
	}
}

// Drafts begin with what is known, and mark what differs from the report that was sent last.
func TestDraftsMarkWhatChanged(t *testing.T) {
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:06").sends(dutylog.StageFirst, "无").at("2026-11-23 12:20").knows("2人受伤")
	first, _ := p.i.Report(1)
	written, _ := p.i.Report(2)
	if got := p.i.ChangedIn(written, p.i.Draft(written)); !slices.Equal(got, []dutylog.Element{dutylog.ElementCasualties}) || p.i.Draft(written)[dutylog.ElementCasualties] != "2人受伤" {
		t.Errorf("%v %v", got, p.i.Draft(written))
	}
	if got := p.i.ChangedIn(first, p.i.Draft(first)); len(got) != 0 || p.i.Draft(first)[dutylog.ElementCasualties] != "无" {
		t.Errorf("the first one: %v", got)
	}
	p.i.Draft(written)[dutylog.ElementCause] = "changed by who reads it"
	if strings.Contains(p.i.Elements[dutylog.ElementCause], "changed") {
		t.Error("a draft is the incident's own map")
	}
}

func TestDifferencesBetweenEntries(t *testing.T) {
	say := func(id, place, casualties string) dutylog.Entry {
		return dutylog.Entry{ID: id, Values: map[dutylog.Field]string{dutylog.Place: place, dutylog.Casualties: casualties}}
	}
	known := func(casualties string) map[dutylog.Element]string {
		return map[dutylog.Element]string{dutylog.ElementCasualties: casualties}
	}
	for name, c := range map[string]struct {
		known   map[dutylog.Element]string
		entries []dutylog.Entry
		want    string
	}{
		"one entry":                    {nil, []dutylog.Entry{say("a", "文艺路1号", "无")}, "[]"},
		"they agree":                   {nil, []dutylog.Entry{say("a", "文艺路1号", "无"), say("b", "文艺路 1号 ", "无")}, "[]"},
		"one says nothing":             {nil, []dutylog.Entry{say("a", "文艺路1号", "无"), say("b", "", " ")}, "[]"},
		"they do not agree":            {nil, []dutylog.Entry{say("a", "文艺路1号", "无"), say("b", "文艺路1号", "1人受伤")}, "[{casualties  [{a 无} {b 1人受伤}]}]"},
		"the third does not":           {nil, []dutylog.Entry{say("a", "一", "无"), say("b", "一", ""), say("c", "二", "")}, "[{place  [{a 一} {b 一} {c 二}]}]"},
		"as is known":                  {known("死亡9人"), []dutylog.Entry{say("a", "一", ""), say("b", "", "死亡 9人")}, "[]"},
		"otherwise than is known":      {known("2人受伤"), []dutylog.Entry{say("a", "一", ""), say("b", "", "死亡9人")}, "[{casualties 2人受伤 [{b 死亡9人}]}]"},
		"all otherwise than is known":  {known("2人受伤"), []dutylog.Entry{say("a", "", "死亡9人"), say("b", "", "死亡9人")}, "[{casualties 2人受伤 [{a 死亡9人} {b 死亡9人}]}]"},
		"known, and nobody says it":    {known("2人受伤"), []dutylog.Entry{say("a", "一", "")}, "[]"},
		"what is known was erased":     {known(dutylog.RemarksErased), []dutylog.Entry{say("a", "", "死亡9人")}, "[]"},
		"too long to be known in full": {known(strings.Repeat("长", 1999) + "…"), []dutylog.Entry{say("a", "", strings.Repeat("长", 2200))}, "[]"},
	} {
		if got := fmt.Sprint(dutylog.Differences(c.known, c.entries)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// A draft takes from the entries, as they stand now, what nobody has said of the incident; and says from which.
func TestADraftTakesFromEntriesWhatNobodySaid(t *testing.T) {
	say := func(id string, values map[dutylog.Field]string) dutylog.Entry {
		return dutylog.Entry{ID: id, Values: values}
	}
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:06").do(dutylog.FactElements, dutylog.FactBody{Elements: map[dutylog.Element]string{dutylog.ElementPlace: ""}})
	entries := []dutylog.Entry{say("a", map[dutylog.Field]string{dutylog.Casualties: "死亡9人", dutylog.Cause: "电线短路", dutylog.Place: "改过的地址"}),
		say("b", map[dutylog.Field]string{dutylog.Cause: "燃气泄漏", dutylog.Losses: "不详"}), say("c", map[dutylog.Field]string{dutylog.Losses: " 不详 "})}
	first, _ := p.i.Report(1)
	draft, drawn := p.i.DraftFrom(first, entries)
	if got, want := fmt.Sprint(drawn), "[{cause a true} {losses b false}]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if draft[dutylog.ElementCause] != "电线短路" || draft[dutylog.ElementLosses] != "不详" || draft[dutylog.ElementCasualties] != "无" || draft[dutylog.ElementPlace] != "" {
		t.Errorf("%v", draft)
	}
	if got := first.MissingIn(map[dutylog.Element]string{dutylog.ElementTime: "一", dutylog.ElementPlace: "二", dutylog.ElementNature: "三"}); len(got) != 0 {
		t.Errorf("%v", got)
	}
	p.write(dutylog.StageFirst, "1人受伤")
	first, _ = p.i.Report(1)
	if draft, drawn := p.i.DraftFrom(first, entries); drawn != nil || draft[dutylog.ElementCause] != "起因已知" {
		t.Errorf("what was written is changed: %v %v", draft, drawn)
	}
}

// When it happened is told in the site's time, over midnight and the year's end; what is no moment stays as it is.
func TestMomentsAreToldAsPeopleSayThem(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	for said, want := range map[string]string{"2026-11-27T00:05:00Z": "11月27日8时05分", "2026-12-31T16:00:00Z": "1月1日0时00分", "8时许": "8时许", "": ""} {
		e := dutylog.Entry{ID: "e-1", Values: map[dutylog.Field]string{dutylog.Place: "文艺路1号"}}
		if said != "" {
			e.Values[dutylog.HappenedAt] = said
		}
		spoken := dutylog.Spoken(e, zone)
		if got := dutylog.ElementsOf(spoken); got[dutylog.ElementTime] != want || got[dutylog.ElementPlace] != "文艺路1号" {
			t.Errorf("%q: %v, want %s", said, got, want)
		}
		drafts := dutylog.Opening(spoken, "fire", "", dutylog.UsualSchedule())
		if got := drafts[len(drafts)-1].Body.Elements[dutylog.ElementTime]; got != want {
			t.Errorf("%q opens with %q", said, got)
		}
		if e.Values[dutylog.HappenedAt] != said {
			t.Errorf("the entry itself was changed: %v", e.Values)
		}
	}
}
