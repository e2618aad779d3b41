package dutylog_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// An approval by telephone that no call of the switch shows was given when the officer says; never before anything was
// known of the incident or written of the report, and never in the future.
func TestWhenAnApprovalWithoutACallWasGiven(t *testing.T) {
	for said, c := range map[string]struct{ wanted, at string }{
		"":      {"by_phone.at", ""},
		"12:08": {"", "12:08"},
		"12:06": {"", "12:06"}, // the text was saved within this minute
		"12:05": {"by_phone.at", ""},
		"11:59": {"by_phone.at", ""},
		"12:20": {"", "12:20"},
		"12:22": {"by_phone.at", ""},
		"20:00": {"by_phone.at", ""},
	} {
		p := newPlay(t, "2026-11-23 12:00")
		p.books.Accounts["zhao"] = dutylog.Account{Login: "zhao", Name: "赵振华", Role: dutylog.Leader}
		p.now = p.time("2026-11-23 12:06").Add(30 * time.Second)
		p.write(dutylog.StageFirst, "无")
		d := dutylog.FactDraft{Kind: dutylog.FactSigned, Body: dutylog.FactBody{Report: 1, Login: "zhao"}}
		if said != "" {
			d.At = p.time("2026-11-23 " + said)
		}
		p.at("2026-11-23 12:20")
		if got := whyNot(p.try(dutyOfficer, d)); got != c.wanted {
			t.Errorf("said at %q: %q, want %q", said, got, c.wanted)
		}
		r, _ := p.i.Report(1)
		if c.wanted == "" && (r.ApprovedAt.In(p.zone).Format("15:04") != c.at || r.ApprovedAt.Before(r.Versions[0].At) || !r.Approvals[0].Waits() || r.Approvals[0].CallID != "") {
			t.Errorf("said at %s: %+v", said, r.Approvals)
		}
	}
}

// An approval is struck out by whoever gave it, or noted it; another officer takes no leader's signature away.
func TestWhoStrikesAnApprovalOut(t *testing.T) {
	other := dutylog.Actor{Login: "wang", Name: "王五", Role: dutylog.Officer}
	for name, c := range map[string]struct {
		byPhone bool
		by      dutylog.Actor
		wanted  string
	}{
		"an officer, of a login":          {false, dutyOfficer, "not_entitled"},
		"another leader, of a login":      {false, dutylog.Actor{Login: "sun", Name: "孙", Role: dutylog.Leader}, "not_entitled"},
		"who signed":                      {false, dutyLeader, ""},
		"who signed, in upper case":       {false, dutylog.Actor{Login: "ZHAO", Name: "赵振华", Role: dutylog.Leader}, ""},
		"who noted it":                    {true, dutyOfficer, ""},
		"another officer, of a telephone": {true, other, "not_entitled"},
		"in whose name it was noted":      {true, dutyLeader, "not_entitled"}, // who denies it instead
	} {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:06")
		p.books.Accounts["zhao"] = dutylog.Account{Login: "zhao", Name: "赵振华", Role: dutylog.Leader}
		p.write(dutylog.StageFirst, "无")
		signs := dutylog.FactDraft{Kind: dutylog.FactSigned, Body: dutylog.FactBody{Report: 1}}
		signer := dutyLeader
		if c.byPhone {
			signs.At, signs.Body.Login, signer = p.now, "zhao", dutyOfficer
		}
		if err := p.try(signer, signs); err != nil {
			t.Fatal(err)
		}
		got := whyNot(p.try(c.by, dutylog.FactDraft{Kind: dutylog.FactStruck, Body: dutylog.FactBody{Fact: len(p.i.Facts), Reason: "误签"}}))
		if r, _ := p.i.Report(1); got != c.wanted || r.ApprovedAt.IsZero() != (c.wanted == "") {
			t.Errorf("%s: %q, want %q; approved %v", name, got, c.wanted, r.ApprovedAt)
		}
	}
}

// What the person said of an approval that was noted in their name binds who noted it: it is struck out only by the
// person, a denial stays shown, and then only their own login approves.
func TestWhatALeaderSaidOfAnApprovalStays(t *testing.T) {
	supervisor := dutylog.Actor{Login: "feng", Name: "冯", Role: dutylog.Supervisor}
	for name, c := range map[string]struct {
		said           dutylog.FactKind
		by             dutylog.Actor
		wanted         string
		approved, next string
	}{
		"confirmed, and who noted it strikes it": {dutylog.FactConfirmed, dutyOfficer, "not_entitled", "yes", "stale_version"},
		"confirmed, and the leader strikes it":   {dutylog.FactConfirmed, dutyLeader, "", "no", ""},
		"confirmed, and the supervisor strikes":  {dutylog.FactConfirmed, supervisor, "not_entitled", "yes", "stale_version"},
		"denied, and who noted it strikes it":    {dutylog.FactDenied, dutyOfficer, "not_entitled", "no", "not_entitled"},
		"denied, and the leader strikes it":      {dutylog.FactDenied, dutyLeader, "", "no", "not_entitled"},
		"denied, and the supervisor strikes it":  {dutylog.FactDenied, supervisor, "not_entitled", "no", "not_entitled"},
	} {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:06")
		p.books.Accounts["zhao"] = dutylog.Account{Login: "zhao", Name: "赵振华", Role: dutylog.Leader}
		p.write(dutylog.StageFirst, "无")
		noted := dutylog.FactDraft{Kind: dutylog.FactSigned, At: p.now, Body: dutylog.FactBody{Report: 1, Login: "zhao"}}
		if err := p.try(dutyOfficer, noted); err != nil {
			t.Fatal(err)
		}
		fact := len(p.i.Facts)
		p.by(dutyLeader, c.said, dutylog.FactBody{Report: 1, Fact: fact, Reason: "我没有同意"})
		if got := whyNot(p.try(c.by, dutylog.FactDraft{Kind: dutylog.FactStruck, Body: dutylog.FactBody{Fact: fact, Reason: "误记"}})); got != c.wanted {
			t.Errorf("%s: %q, want %q", name, got, c.wanted)
		}
		r, _ := p.i.Report(1)
		if approved := !r.ApprovedAt.IsZero(); approved != (c.approved == "yes") || c.said == dutylog.FactDenied && (len(r.Approvals) != 1 || r.Approvals[0].DeniedWhy == "") {
			t.Errorf("%s: %+v", name, r)
		}
		noted.At = p.now
		if got := whyNot(p.try(dutyOfficer, noted)); got != c.next {
			t.Errorf("%s, and noted again: %q, want %q", name, got, c.next)
		}
		if c.said == dutylog.FactDenied {
			if err := p.try(dutyLeader, dutylog.FactDraft{Kind: dutylog.FactSigned, Body: dutylog.FactBody{Report: 1}}); err != nil {
				t.Errorf("%s: the leader's own login: %v", name, err)
			}
		}
	}
}

// Nobody was called, and nothing ordered or done, before the incident or the order itself.
func TestNothingIsDoneBeforeTheIncident(t *testing.T) {
	for name, c := range map[string]struct {
		at     string
		d      dutylog.FactDraft
		wanted string
	}{
		"a call-out before it":         {"11:59", dutylog.FactDraft{Kind: dutylog.FactCalledOut, Body: dutylog.FactBody{Whom: "孙", Part: "head", Result: "reached"}}, "at"},
		"a call-out":                   {"12:00", dutylog.FactDraft{Kind: dutylog.FactCalledOut, Body: dutylog.FactBody{Whom: "孙", Part: "head", Result: "reached"}}, ""},
		"an instruction before it":     {"11:59", dutylog.FactDraft{Kind: dutylog.FactInstructed, Body: dutylog.FactBody{Whom: "区长", Text: "全力"}}, "at"},
		"closed before it was given":   {"12:04", dutylog.FactDraft{Kind: dutylog.FactInstrClosed, Body: dutylog.FactBody{Fact: 5, Text: "完"}}, "at"},
		"closed when it was given":     {"12:05", dutylog.FactDraft{Kind: dutylog.FactInstrClosed, Body: dutylog.FactBody{Fact: 5, Text: "完"}}, ""},
		"conveyed before it was given": {"12:04", dutylog.FactDraft{Kind: dutylog.FactConveyed, Body: dutylog.FactBody{Fact: 5, Whom: "消防"}}, "at"},
	} {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:05").do(dutylog.FactInstructed, dutylog.FactBody{Whom: "区长", Text: "全力"})
		c.d.At = p.time("2026-11-23 " + c.at)
		if got := whyNot(p.at("2026-11-23 12:20").try(dutyOfficer, c.d)); got != c.wanted {
			t.Errorf("%s: %q, want %q", name, got, c.wanted)
		}
	}
}

// An incident with as many facts as are kept can still be closed, and what was wrong be struck out.
func TestAFullIncidentIsClosed(t *testing.T) {
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:05")
	for len(p.i.Facts) < 2000 {
		p.i.Facts = append(p.i.Facts, dutylog.IncidentFact{Seq: len(p.i.Facts) + 1, Kind: dutylog.FactScene, At: p.now, WrittenAt: p.now, Body: dutylog.FactBody{Whom: "李", Part: "back"}})
	}
	for kind, want := range map[dutylog.FactKind]string{dutylog.FactClosed: "", dutylog.FactStruck: "", dutylog.FactScene: "kind"} {
		_, err := p.i.Decide(dutylog.FactDraft{Kind: kind, Body: dutylog.FactBody{Whom: "李", Part: "back", Fact: 6, Reason: "误报"}}, p.books, dutyOfficer, p.now)
		if got := whyNot(err); got != want {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
}

// Who reported the event approved nothing in that call.
func TestTheCallOfWhoReportedTheEventApprovesNothing(t *testing.T) {
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:06")
	p.books.Accounts["zhao"] = dutylog.Account{Login: "zhao", Name: "赵振华", Role: dutylog.Leader}
	c := p.called("20.0", "2026-11-23 12:05", telephony.Inbound)
	p.link(dutylog.EntryIDFor(c.ID), "2026-11-23 12:05").write(dutylog.StageFirst, "无")
	if got := whyNot(p.try(dutyOfficer, dutylog.FactDraft{Kind: dutylog.FactSigned, Body: dutylog.FactBody{Report: 1, Login: "zhao", CallID: c.ID}})); got != "by_phone.call_id" {
		t.Errorf("%q", got)
	}
}

// Place, time and event may be sensitive at once.
func TestSeveralTriggersAtOnce(t *testing.T) {
	for said, want := range map[string]string{
		"":                               "",
		"sensitive_time":                 "sensitive_time",
		"sensitive_time,sensitive_place": "sensitive_place,sensitive_time",
		" sensitive_time , sensitive_event，sensitive_place,sensitive_time": "sensitive_event,sensitive_place,sensitive_time",
		"sensitive_time,secret": "trigger is none",
	} {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:05")
		d := dutylog.FactDraft{Kind: dutylog.FactClassified, Body: dutylog.FactBody{Category: "fire", Trigger: said}}
		before := len(p.i.Facts)
		err := p.try(dutyOfficer, d)
		if refused := strings.HasSuffix(want, "is none"); refused != (whyNot(err) == "trigger") || !refused && (err != nil || p.i.Trigger != want) {
			t.Errorf("%q: %v, %q", said, err, p.i.Trigger)
		}
		if err == nil && !dutylog.SameDeed(p.i.Facts[before:], []dutylog.FactDraft{d}) {
			t.Errorf("%q asked for again is another deed", said)
		}
	}
}

// A final report that went out before a deadline has told what was owed then (Art. 20): nothing was omitted. After
// the deadline it heals nothing, and what is read out over the telephone is no written report.
func TestWhatAFinalReportTells(t *testing.T) {
	for name, c := range map[string]struct {
		final      string // when it went out
		channel    string
		first      bool // the first report was told in time
		unreported string
		reason     bool // closing takes one
	}{
		"within everything":                  {"12:08", "fax", false, "", false},
		"after the first deadline":           {"12:20", "fax", false, "first", true},
		"after the first report":             {"12:20", "fax", true, "", false},
		"read out over the telephone":        {"12:20", "phone", true, "written", true},
		"at the deadline of the written one": {"12:50", "fax", true, "", false},
		"after the written deadline":         {"12:51", "fax", true, "written", true},
		"at the deadline of the details":     {"13:40", "fax", true, "written", true},
		"after all deadlines":                {"13:41", "fax", true, "written detailed", true},
		"without a final report":             {"", "", true, "written detailed", true},
	} {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:07")
		everybody := func(n int, channel string) {
			for _, w := range dutylog.Recipients() {
				p.do(dutylog.FactDelivered, dutylog.FactBody{Report: n, Recipient: w.Code, Channel: channel, Receiver: "周敏"})
			}
		}
		if c.first {
			everybody(p.write(dutylog.StageFirst, "无"), "fax")
		}
		if c.final != "" {
			p.at("2026-11-23 " + c.final)
			everybody(p.write(dutylog.StageFinal, "无"), c.channel)
		}
		for _, r := range p.i.Reports {
			if r.CoveredBy != 0 && (!r.DueAt.IsZero() || r.State(p.time("2026-11-23 15:00")) == dutylog.ReportLate || r.CoveredBy != 5) {
				t.Errorf("%s: %s is owed though the final report told it: %+v", name, r.Stage, r)
			}
		}
		p.at("2026-11-23 15:00")
		if got := whyNot(p.try(dutyOfficer, dutylog.FactDraft{Kind: dutylog.FactClosed})); (got == "unfinished") != c.reason {
			t.Errorf("%s: closing without a word: %q", name, got)
		}
		_ = p.try(dutyOfficer, dutylog.FactDraft{Kind: dutylog.FactClosed, Body: dutylog.FactBody{Reason: "市局直接处置"}})
		var left []string
		for _, r := range p.i.Unreported() {
			left = append(left, string(r.Stage))
		}
		if got := strings.Join(left, " "); got != c.unreported {
			t.Errorf("%s: unreported %q, want %q", name, got, c.unreported)
		}
	}
}

// An incident goes on after a final report that came early: then follow-ups are owed again, one after the other.
func TestAnIncidentThatGoesOnAfterAnEarlyFinalReport(t *testing.T) {
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08").sends(dutylog.StageFirst, "无").at("2026-11-23 12:30").sends(dutylog.StageFinal, "无")
	p.at("2026-11-23 12:31").do(dutylog.FactClosed, dutylog.FactBody{Reason: "党委、政府由市局转报"})
	p.at("2026-11-23 12:40").do(dutylog.FactReopened, dutylog.FactBody{Reason: "复燃"})
	for _, due := range []string{"11-23 12:50", "11-23 14:45", "11-23 16:45"} {
		next := p.i.NextDue()
		if next == nil || next.Stage != dutylog.StageFollowUp || p.clock(next.DueAt) != due {
			t.Fatalf("next is %+v, want a follow-up until %s\n%s", next, due, p.sheet())
		}
		p.now = next.DueAt.Add(-5 * time.Minute)
		if due != "11-23 12:50" {
			p.now = next.DueAt
		}
		p.sends(dutylog.StageFollowUp, "无")
	}
}

// What is empty was neither faxed nor read out: a stage that is asked for in writing has a text.
func TestAnEmptyTextGoesOutByNoWay(t *testing.T) {
	for channel, want := range map[string]string{"fax": "nothing_written", "wechat": "nothing_written", "system": "nothing_written", "phone": "nothing_written"} {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:06").do(dutylog.FactWritten, dutylog.FactBody{Report: 2, Elements: allKnown("无"), Text: " 　\n"})
		d := dutylog.FactDraft{Kind: dutylog.FactDelivered, Body: dutylog.FactBody{Report: 2, Recipient: "superior_bureau", Channel: channel, Receiver: "周敏"}}
		if got := whyNot(p.try(dutyOfficer, d)); got != want {
			t.Errorf("%s: %q, want %q", channel, got, want)
		}
		if r, _ := p.i.Report(2); !r.SentAt.IsZero() {
			t.Errorf("%s: %+v", channel, r)
		}
	}
}

// Whose getting a report stops its clock is a rule of the site, kept with each incident.
func TestWhoseGettingItStopsTheClock(t *testing.T) {
	for to, want := range map[string]string{"": "superior_bureau", "superior_bureau": "superior_bureau", "government": "government", "party_committee": "party_committee"} {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:06")
		schedule := dutylog.UsualSchedule()
		schedule.StopsClock = to
		p.i.Facts[0].Body.Schedule = &schedule
		p.i = dutylog.FoldIncident(1, p.i.Facts)
		n := p.write(dutylog.StageFirst, "无")
		for _, w := range dutylog.Recipients() {
			before, _ := p.i.Report(n)
			p.do(dutylog.FactDelivered, dutylog.FactBody{Report: n, Recipient: w.Code, Channel: "fax", Evidence: "回执"})
			after, _ := p.i.Report(n)
			if stopped := before.SentAt.IsZero() && !after.SentAt.IsZero(); stopped != (w.Code == want) {
				t.Errorf("%q: %s stops the clock: %t", to, w.Code, stopped)
			}
		}
	}
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:06")
	both := dutylog.UsualSchedule()
	both.StopsClock = "superior_bureau,government"
	p.i.Facts[0].Body.Schedule = &both
	p.i = dutylog.FoldIncident(1, p.i.Facts)
	p.fax(p.write(dutylog.StageFirst, "无"))
	if r, _ := p.i.Report(1); !r.SentAt.IsZero() || both.Check() != nil {
		t.Errorf("one of two has it: %v %v", r.SentAt, both.Check())
	}
	p.at("2026-11-23 12:11").do(dutylog.FactDelivered, dutylog.FactBody{Report: 1, Recipient: "government", Channel: "fax", Evidence: "回执"})
	if r, _ := p.i.Report(1); !r.SentAt.Equal(p.now) || !r.SentLate() {
		t.Errorf("the last of them got it at %v", r.SentAt)
	}
	s := dutylog.UsualSchedule()
	s.StopsClock = "superior_bureau,mayor"
	if got := whyNot(s.Check()); got != "stops_clock" {
		t.Errorf("%q", got)
	}
}

// An entry has one set of clocks: what was closed is not opened again while its entry tells of another open incident,
// but may be merged into that one.
func TestAnEntryThatIsElsewhereMeanwhile(t *testing.T) {
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:05").do(dutylog.FactClosed, dutylog.FactBody{Reason: "误报"})
	other := newPlay(t, "2026-11-23 12:00")
	other.i.ID = 2
	p.books.Elsewhere["e-1"] = other.i
	again := dutylog.FactDraft{Kind: dutylog.FactReopened, Body: dutylog.FactBody{Reason: "确有火情"}}
	err := p.at("2026-11-23 12:20").try(dutyOfficer, again)
	if whyNot(err) != "linked_elsewhere" || !strings.Contains(err.Error(), other.i.Number.String()) || strings.Count(err.Error(), ".") != 1 {
		t.Errorf("%v", err)
	}
	p.books.Into = &other.i
	if err := p.try(dutyOfficer, dutylog.FactDraft{Kind: dutylog.FactMerged, Body: dutylog.FactBody{Incident: 2, Reason: "同一起火灾"}}); err != nil || p.i.State != dutylog.IncidentMerged {
		t.Errorf("%v %s", err, p.i.State)
	}
	p.books.Elsewhere["e-1"] = dutylog.Incident{} // the link there was struck out
	q := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:05").do(dutylog.FactClosed, dutylog.FactBody{Reason: "误报"}).at("2026-11-23 12:20")
	if err := q.try(dutyOfficer, again); err != nil {
		t.Error(err)
	}
}

// Nothing is sent, written or told of an incident that goes on as another one: it is done there.
func TestWhatIsDoneOnAMergedIncident(t *testing.T) {
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:06")
	p.books.Accounts["zhao"] = dutylog.Account{Login: "zhao", Name: "赵振华", Role: dutylog.Leader}
	p.sends(dutylog.StageFirst, "无").do(dutylog.FactInstructed, dutylog.FactBody{Whom: "区长", Text: "速办"})
	instruction := len(p.i.Facts)
	other := p.mergedInto(newPlay(t, "2026-11-23 12:03"), "2026-11-23 12:10")
	p.books.Into = &other.i
	for name, d := range map[string]dutylog.FactDraft{
		"a delivery":  {Kind: dutylog.FactDelivered, Body: dutylog.FactBody{Report: 1, Recipient: "government", Channel: "fax", Evidence: "回执"}},
		"a report":    {Kind: dutylog.FactWritten, Body: dutylog.FactBody{Report: 2, Elements: allKnown("无"), Text: "一"}},
		"a call-out":  {Kind: dutylog.FactCalledOut, Body: dutylog.FactBody{Whom: "孙局长", Part: "head", Result: "reached"}},
		"a reopening": {Kind: dutylog.FactReopened, Body: dutylog.FactBody{Reason: "再查"}},
	} {
		err := p.try(dutyOfficer, d)
		if whyNot(err) != "not_open" || !strings.Contains(err.Error(), "goes on as "+other.i.Number.String()) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, d := range map[string]dutylog.FactDraft{
		"an instruction that was open": {Kind: dutylog.FactConveyed, Body: dutylog.FactBody{Fact: instruction, Whom: "消防"}},
		"a signature of what was sent": {Kind: dutylog.FactSigned, At: p.now, Body: dutylog.FactBody{Report: 1, Login: "zhao"}},
	} {
		if err := p.try(dutyOfficer, d); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is struck out or signed of a merged incident is not otherwise in the one that goes on.
func TestAMergedIncidentIsCorrectedInTheOther(t *testing.T) {
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:06").sends(dutylog.StageFirst, "无")
	delivered := len(p.i.Facts)
	other := p.mergedInto(newPlay(t, "2026-11-23 12:03"), "2026-11-23 12:08")
	if again := p.i.Absorb(other.i); again != nil {
		t.Errorf("nothing changed, and it is told again: %+v", again)
	}
	take := func() dutylog.Report {
		t.Helper()
		for _, d := range p.i.Absorb(other.i) {
			other.do(d.Kind, d.Body)
		}
		r, _ := other.i.Report(1)
		return r
	}
	p.at("2026-11-23 12:09").by(dutyLeader, dutylog.FactSigned, dutylog.FactBody{Report: 1})
	if r := take(); r.SentAt.IsZero() || r.ApprovedBy != dutyLeader.Name || len(other.i.Absorbed) != 1 {
		t.Errorf("signed afterwards: %+v", r)
	}
	p.do(dutylog.FactStruck, dutylog.FactBody{Fact: delivered, Reason: "没有发出"})
	other.at("2026-11-23 12:11")
	if r := take(); !r.SentAt.IsZero() || r.State(other.now) != dutylog.ReportLate {
		t.Errorf("the delivery was struck out: %+v", r)
	}
}

// Whose telephones are whose, by roster and directory.
func TestTheNumbersOfASigner(t *testing.T) {
	number := func(text string) telephony.Number {
		n, _ := dutylog.ParseContactNumber(text, "024")
		return n
	}
	people := []dutylog.RosterPerson{{Name: "赵 振华", Phone: "13700000001", Login: "Zhao"}, {Name: "钱科", Phone: "13700000002", Login: "qian"}, {Name: "赵振华", Phone: "13700000003", Login: "another"}, {Name: "赵振华", Phone: "坏的"}}
	contacts := []dutylog.Contact{{Unit: "区应急局", Person: "赵振华", Numbers: []dutylog.ContactPhone{{Number: number("22720001")}, {Number: number("13700000001")}}},
		{Unit: "区应急局", Numbers: []dutylog.ContactPhone{{Number: number("22720009")}}}}
	var got []string
	for _, n := range dutylog.NumbersOf(dutylog.Account{Login: "zhao", Name: "赵振华"}, people, contacts, "024") {
		got = append(got, n.E164)
	}
	if want := []string{"+8613700000001", "+862422720001"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := dutylog.NumbersOf(dutylog.Account{Login: "nameless"}, people, contacts, "024"); len(got) != 0 {
		t.Errorf("%v", got)
	}
}
