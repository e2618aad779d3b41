package dutylog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// dutyShares are the figures that are not 0/0, as "figure/of numerator/denominator".
func dutyShares(f dutylog.DutyFacts, from, to, now time.Time) (all []string) {
	for _, s := range dutylog.DutyFigures(f, 15*time.Minute, from, to, now) {
		if s.Denominator > 0 && s.Figure != dutylog.RosterUncovered {
			all = append(all, fmt.Sprintf("%s/%s %d/%d", s.Figure, s.Of, s.Numerator, s.Denominator))
		}
	}
	return all
}

func TestReportsAndInstructionsInTime(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, loc) }
	report := func(s dutylog.Stage, due, sent time.Time, deliveries ...dutylog.Delivery) dutylog.Report {
		return dutylog.Report{Stage: s, DueAt: due, SentAt: sent, Deliveries: deliveries}
	}
	i := dutylog.Incident{
		ClockNatural: at(10, 8, 0), Schedule: dutylog.UsualSchedule(), Facts: []dutylog.IncidentFact{{WrittenAt: at(10, 8, 11)}},
		Reports: []dutylog.Report{
			report(dutylog.StageFirst, at(10, 8, 10), at(10, 8, 10), dutylog.Delivery{Recipient: "superior_bureau", Channel: "phone", At: at(10, 8, 10)}, dutylog.Delivery{Recipient: "government", Channel: "fax", At: at(10, 8, 12)}),
			report(dutylog.StageWritten, at(10, 8, 50), at(10, 8, 51)),
			report(dutylog.StageDetailed, at(10, 9, 40), time.Time{}),
			report(dutylog.StageFollowUp, at(11, 1, 0), time.Time{}), // after the day
			report(dutylog.StageFinal, time.Time{}, time.Time{}),     // nobody asks for it yet
		},
		Instructions: []dutylog.Instruction{{Due: at(10, 12, 0), ClosedAt: at(10, 11, 0)}, {Due: at(10, 12, 0), ClosedAt: at(10, 13, 0)}, {Due: at(10, 12, 0)}, {}, {Due: at(10, 23, 0)}},
	}
	prompt := i
	prompt.Facts, prompt.Reports, prompt.Instructions = []dutylog.IncidentFact{{WrittenAt: at(10, 8, 10)}}, nil, nil
	f := dutylog.DutyFacts{Incidents: []dutylog.Incident{i, prompt}}
	want := []string{"reports_on_time/first 1/1", "reports_on_time/written 0/1", "reports_on_time/detailed 0/1", "deliveries_on_time/superior_bureau 1/3", "deliveries_on_time/party_committee 0/3",
		"deliveries_on_time/government 0/3", "deliveries_on_time/phone 1/1", "deliveries_on_time/fax 0/1", "incidents_opened_late/ 1/2", "instructions_overdue/ 2/3"}
	if diff := cmp.Diff(want, dutyShares(f, at(10, 0, 0), at(11, 0, 0), at(10, 14, 0))); diff != "" {
		t.Errorf("at two in the afternoon (-want +got):\n%s", diff)
	}
	want = []string{"reports_on_time/first 1/1", "deliveries_on_time/superior_bureau 0/1", "deliveries_on_time/party_committee 0/1", "deliveries_on_time/government 0/1", "incidents_opened_late/ 0/1"}
	early := dutylog.DutyFacts{Incidents: []dutylog.Incident{{ClockNatural: at(10, 8, 0), Schedule: i.Schedule, Facts: prompt.Facts, Reports: i.Reports[:2]}}}
	early.Incidents[0].Reports = []dutylog.Report{i.Reports[0], i.Reports[1]}
	early.Incidents[0].Reports[0].Deliveries = nil
	if diff := cmp.Diff(want, dutyShares(early, at(10, 0, 0), at(11, 0, 0), at(10, 8, 20))); diff != "" {
		t.Errorf("what is not due yet counts nowhere (-want +got):\n%s", diff)
	}
}

// An incident that was closed with a report owed counts as that, with the reason, and not as late: its deadline never came.
func TestClosedWithAReportOwed(t *testing.T) {
	closing := func(clock, why string, reports ...dutylog.Stage) dutylog.Incident {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:03")
		for _, s := range reports {
			p.sends(s, "无")
		}
		return p.at("2026-11-23 "+clock).do(dutylog.FactClosed, dutylog.FactBody{Reason: why}).i
	}
	all := []dutylog.Stage{dutylog.StageFirst, dutylog.StageWritten, dutylog.StageDetailed, dutylog.StageFinal}
	from, now := newPlay(t, "2026-11-23 00:00").now, newPlay(t, "2026-11-23 20:00").now
	for name, c := range map[string]struct {
		i                dutylog.Incident
		want, suspicions string
	}{
		"before anything was late": {closing("12:05", "误报"), "1/1 误报", "12:05 first; 12:05 written; 12:05 detailed"},
		"with one that was late":   {closing("12:20", "误报"), "1/1 误报", "12:10 first; 12:20 written; 12:20 detailed"},
		"after the first report":   {closing("12:20", "另案处理", dutylog.StageFirst), "1/1 另案处理", "12:20 written; 12:20 detailed"},
		"after everything":         {closing("12:20", "党委、政府由市局转报", all...), "0/1", ""},
	} {
		got := ""
		for _, s := range dutylog.DutyFigures(dutylog.DutyFacts{Incidents: []dutylog.Incident{c.i}}, time.Minute, from, now, now) {
			if s.Figure == dutylog.ClosedUnreported {
				got = fmt.Sprintf("%d/%d", s.Numerator, s.Denominator)
				for _, b := range s.Behind {
					got += " " + b.Why
				}
			}
			if s.Figure == dutylog.ReportsOnTime && name == "before anything was late" && s.Denominator != 0 {
				t.Errorf("%s: it counts as late: %+v", name, s)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		var suspected []string
		for _, v := range dutylog.Suspicions(dutylog.SuspicionBooks{Incidents: []dutylog.Incident{c.i}, Zone: time.FixedZone("CST", 8*3600)}, from, now) {
			if v.Why == dutylog.OmittedReport {
				suspected = append(suspected, v.At.In(time.FixedZone("CST", 8*3600)).Format("15:04")+" "+v.Evidence[0].What)
			}
		}
		if got := strings.Join(suspected, "; "); got != c.suspicions {
			t.Errorf("%s: suspected %q, want %q", name, got, c.suspicions)
		}
	}
}

// What two incidents reported of one event, which were merged later, counts once: by the clock of the one that went on.
func TestMergedIncidentsCountOnce(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	at := func(hour, minute int) time.Time { return time.Date(2026, 11, 10, hour, minute, 0, 0, loc) }
	by := func(channel string, when time.Time) dutylog.Delivery {
		return dutylog.Delivery{Recipient: "superior_bureau", Channel: channel, At: when}
	}
	first := func(due, sent time.Time, d ...dutylog.Delivery) dutylog.Report {
		return dutylog.Report{Number: 1, Stage: dutylog.StageFirst, DueAt: due, SentAt: sent, Deliveries: d}
	}
	follow := func(due, sent time.Time) dutylog.Report {
		return dutylog.Report{Number: 4, Stage: dutylog.StageFollowUp, DueAt: due, SentAt: sent}
	}
	incident := func(id, into int64, natural, opened time.Time, reports ...dutylog.Report) dutylog.Incident {
		i := dutylog.Incident{ID: id, State: dutylog.IncidentOpen, ClockNatural: natural, Schedule: dutylog.UsualSchedule(), Facts: []dutylog.IncidentFact{{WrittenAt: opened}}, Reports: reports}
		if into != 0 {
			i.State, i.MergedInto = dutylog.IncidentMerged, into
		}
		return i
	}
	// 1 was opened at the first call and reported in time; 2, from a later call, goes on and has the older clock since.
	one := func(into int64) dutylog.Incident {
		return incident(1, into, at(8, 0), at(8, 4), first(at(8, 10), at(8, 8), by("phone", at(8, 8))), follow(at(10, 0), at(9, 50)), follow(at(11, 0), time.Time{}))
	}
	two := incident(2, 0, at(8, 0), at(8, 24), first(at(8, 10), at(8, 8), by("phone", at(8, 27)), by("fax", at(8, 30))), follow(at(11, 0), time.Time{}))
	late := incident(2, 0, at(8, 0), at(8, 24), first(at(8, 10), at(8, 27), by("phone", at(8, 27))))
	done := one(2)
	done.Instructions = []dutylog.Instruction{{Due: at(9, 0)}}
	for _, c := range []struct {
		name      string
		incidents []dutylog.Incident
		want      []string
	}{
		{"by itself", []dutylog.Incident{one(0)}, []string{"reports_on_time/first 1/1", "reports_on_time/follow_up 1/2", "deliveries_on_time/superior_bureau 1/3", "deliveries_on_time/party_committee 0/3", "deliveries_on_time/government 0/3", "deliveries_on_time/phone 1/1", "incidents_opened_late/ 0/1"}},
		{"merged", []dutylog.Incident{two, one(2)}, []string{"reports_on_time/first 1/1", "reports_on_time/follow_up 1/2", "deliveries_on_time/superior_bureau 1/3", "deliveries_on_time/party_committee 0/3", "deliveries_on_time/government 0/3", "deliveries_on_time/phone 1/1",
			"deliveries_on_time/fax 0/1", "incidents_opened_late/ 0/1"}},
		{"merged twice", []dutylog.Incident{one(3), incident(3, 2, at(8, 10), at(8, 40), first(at(8, 20), at(8, 8))), two}, []string{"reports_on_time/first 1/1", "reports_on_time/follow_up 1/2",
			"deliveries_on_time/superior_bureau 1/3", "deliveries_on_time/party_committee 0/3", "deliveries_on_time/government 0/3", "deliveries_on_time/phone 1/1", "deliveries_on_time/fax 0/1", "incidents_opened_late/ 0/1"}},
		{"reported late by both", []dutylog.Incident{late, incident(1, 2, at(8, 0), at(8, 20), first(at(8, 10), at(8, 28), by("phone", at(8, 28))))}, []string{"reports_on_time/first 0/1",
			"deliveries_on_time/superior_bureau 0/1", "deliveries_on_time/party_committee 0/1", "deliveries_on_time/government 0/1", "deliveries_on_time/phone 0/1", "incidents_opened_late/ 1/1"}},
		{"an instruction stays where it was given", []dutylog.Incident{late, done}, []string{"reports_on_time/first 0/1", "reports_on_time/follow_up 1/1", "deliveries_on_time/superior_bureau 1/2", "deliveries_on_time/party_committee 0/2", "deliveries_on_time/government 0/2", "deliveries_on_time/phone 1/1",
			"incidents_opened_late/ 0/1", "instructions_overdue/ 1/1"}},
		{"into one that is not asked for", []dutylog.Incident{one(9)}, []string{"reports_on_time/first 1/1", "reports_on_time/follow_up 1/2", "deliveries_on_time/superior_bureau 1/3", "deliveries_on_time/party_committee 0/3", "deliveries_on_time/government 0/3", "deliveries_on_time/phone 1/1", "incidents_opened_late/ 0/1"}},
	} {
		if diff := cmp.Diff(c.want, dutyShares(dutylog.DutyFacts{Incidents: c.incidents}, at(0, 0), at(24, 0), at(14, 0))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestHandoversLate(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, loc) }
	var shifts []dutylog.Shift
	for n, name := range []string{"张伟", "李娜", "李娜", "王磊", "张伟"} {
		begin := at(10, 8, 0).Add(time.Duration(n) * 12 * time.Hour)
		shifts = append(shifts, dutylog.Shift{From: begin, To: begin.Add(12 * time.Hour), Post: dutylog.PostOfficer, Name: name})
	}
	took := func(name string, when time.Time) dutylog.Handover {
		return dutylog.Handover{At: when, Incoming: dutylog.Actor{Name: name}}
	}
	// Changes: Li for Zhang on the 10th at 20:00, Wang for Li on the 11th at 20:00, Zhang for Wang on the 12th at 8:00.
	for _, c := range []struct {
		name      string
		handovers []dutylog.Handover
		now       time.Time
		want      []string
	}{
		{"all in time", []dutylog.Handover{took("李娜", at(10, 19, 50)), took("王磊", at(11, 20, 15)), took("张伟", at(12, 8, 0))}, at(13, 0, 0), []string{"handovers_late/ 0/3"}},
		{"one a minute too late", []dutylog.Handover{took("李娜", at(10, 20, 16)), took("王磊", at(11, 20, 0)), took("张伟", at(12, 8, 0))}, at(13, 0, 0), []string{"handovers_late/ 1/3"}},
		{"one never", []dutylog.Handover{took("李娜", at(10, 20, 0)), took("张伟", at(12, 8, 0))}, at(13, 0, 0), []string{"handovers_late/ 1/3"}},
		{"not due yet", []dutylog.Handover{took("李娜", at(10, 20, 0))}, at(11, 20, 15), []string{"handovers_late/ 0/1"}},
	} {
		f := dutylog.DutyFacts{Shifts: shifts, Handovers: c.handovers, Begun: at(10, 8, 0)}
		if diff := cmp.Diff(c.want, dutyShares(f, at(10, 0, 0), at(13, 0, 0), c.now)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	if got := dutyShares(dutylog.DutyFacts{Shifts: shifts}, at(10, 0, 0), at(13, 0, 0), at(13, 0, 0)); got != nil {
		t.Errorf("a log in which nobody ever took over says %v", got)
	}
}

// A late change leads to the very handover that settled it, however late that was: not to one that was nearer in time, and
// to none where the next change came first.
func TestWhichHandoverSettledALateChange(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, loc) }
	// Li for Zhang on the 10th at 8:00, Wang for Li at 20:00.
	shift := func(from, to time.Time, name string) dutylog.Shift {
		return dutylog.Shift{From: from, To: to, Post: dutylog.PostOfficer, Name: name}
	}
	shifts := []dutylog.Shift{shift(at(9, 20, 0), at(10, 8, 0), "张伟"), shift(at(10, 8, 0), at(10, 20, 0), "李娜"), shift(at(10, 20, 0), at(11, 8, 0), "王磊")}
	took := func(id int64, name string, when time.Time) dutylog.Handover {
		return dutylog.Handover{ID: id, At: when, Incoming: dutylog.Actor{Name: name}}
	}
	begun := took(1, "张伟", at(9, 20, 0))
	for name, c := range map[string]struct {
		handovers []dutylog.Handover
		want      string
	}{
		"nine hours late, with another one near the change": {[]dutylog.Handover{begun, took(2, "张伟", at(10, 7, 40)), took(3, "李娜", at(10, 17, 5)), took(4, "王磊", at(10, 20, 0))}, "08:00 by 3;"},
		"who stood in":               {[]dutylog.Handover{begun, took(2, "陈静", at(10, 9, 0)), took(3, "王磊", at(10, 20, 0))}, "08:00 by 2;"},
		"the first of two":           {[]dutylog.Handover{begun, took(2, "李娜", at(10, 9, 0)), took(3, "陈静", at(10, 10, 0)), took(4, "王磊", at(10, 20, 0))}, "08:00 by 2;"},
		"only the next officer came": {[]dutylog.Handover{begun, took(2, "王磊", at(10, 19, 50))}, "08:00 by 0;"},
		"nobody came at all":         {[]dutylog.Handover{begun}, "20:00 by 0;08:00 by 0;"},
	} {
		f, got := dutylog.DutyFacts{Shifts: shifts, Handovers: c.handovers, Begun: begun.At}, ""
		for _, s := range dutylog.DutyFigures(f, 15*time.Minute, at(10, 0, 0), at(11, 0, 0), at(12, 0, 0)) {
			if s.Figure != dutylog.HandoversLate {
				continue
			}
			for _, b := range s.Behind {
				got += fmt.Sprintf("%s by %d;", b.At.Format("15:04"), b.Handover)
			}
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestRosterFilingsAndCallBacks(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	at := func(hour int) time.Time { return time.Date(2026, 11, 10, hour, 0, 0, 0, loc) }
	f := dutylog.DutyFacts{RosterSince: at(-48),
		Shifts:      []dutylog.Shift{{From: at(0), To: at(8), Post: dutylog.PostOfficer, Name: "张伟"}, {From: at(9), To: at(26), Post: dutylog.PostOfficer, Name: "李娜"}, {From: at(-10), To: at(24), Post: dutylog.PostLeader, Name: "赵振华"}},
		Filings:     []dutylog.FilingDuty{{State: dutylog.FilingDone}, {State: dutylog.FilingLate}, {State: dutylog.FilingOverdue}, {State: dutylog.FilingOpen}, {State: dutylog.FilingUnknown}, {State: dutylog.FilingSupplement}},
		DutyCallers: dutylog.DutyCallers{Missed: 7, Waiting: 2, Others: []dutylog.OtherCallers{{Outcome: telephony.AbandonedEarly, Calls: 4}, {Outcome: telephony.Engaged, Calls: 3, Waiting: 1}}},
	}
	got := map[string][2]int{}
	for _, s := range dutylog.DutyFigures(f, 0, at(0), at(24), at(30)) {
		got[string(s.Figure)+"/"+s.Of] = [2]int{s.Numerator, s.Denominator}
	}
	for _, s := range dutylog.DutyFigures(f, 0, at(0), at(24), at(30)) {
		sum := 0
		for _, b := range s.Behind {
			sum += int(b.Until.Sub(b.At).Minutes())
		}
		if s.Figure == dutylog.RosterUncovered && sum != s.Numerator {
			t.Errorf("%s of %s: %d minutes, its gaps have %d", s.Figure, s.Of, s.Numerator, sum)
		}
	}
	for name, want := range map[string][2]int{"roster_uncovered/duty_officer": {60, 1440}, "roster_uncovered/duty_section_chief": {1440, 1440}, "roster_uncovered/duty_leader": {0, 1440},
		"filings_late/": {2, 4}, "missed_not_called_back/": {2, 7}, "others_not_called_back/abandoned_early": {0, 4}, "others_not_called_back/engaged": {1, 3}, "handovers_late/": {0, 0}, "reports_on_time/final": {0, 0}} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
}

// Before the first roster was filed nobody knows who was to be there: that is no gap, and is said. Without one, nothing
// of the time is known. What was frozen says the same again.
func TestBeforeTheFirstRosterNobodyIsMissing(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	at := func(hour int) time.Time { return time.Date(2026, 11, 10, hour, 0, 0, 0, loc) }
	shifts := []dutylog.Shift{{From: at(12), To: at(20), Post: dutylog.PostOfficer, Name: "张伟"}}
	for _, c := range []struct {
		name    string
		since   time.Time
		missing [2]int
		unknown time.Duration
		begins  time.Time
	}{
		{"filed at ten", at(10), [2]int{6 * 60, 14 * 60}, 10 * time.Hour, at(10)},
		{"filed long before", at(-100), [2]int{16 * 60, 24 * 60}, 0, at(0)},
		{"filed afterwards", at(30), [2]int{}, 24 * time.Hour, time.Time{}},
		{"never filed", time.Time{}, [2]int{}, 24 * time.Hour, time.Time{}},
	} {
		f := dutylog.DutyFacts{Shifts: shifts, RosterSince: c.since, Zone: loc}
		frozen := dutylog.FreezeDuty(f, nil, 0, at(0), at(24), at(48))
		for where, shares := range map[string][]dutylog.DutyShare{"now": dutylog.DutyFigures(f, 0, at(0), at(24), at(48)), "as it was frozen": frozen.Shares(at(0), at(24), loc, nil)} {
			for _, s := range shares {
				if s.Figure != dutylog.RosterUncovered || s.Of != string(dutylog.PostOfficer) {
					continue
				}
				if got := [2]int{s.Numerator, s.Denominator}; got != c.missing || s.Unknown != c.unknown {
					t.Errorf("%s, %s: %v, and %v are not known; want %v and %v", c.name, where, got, s.Unknown, c.missing, c.unknown)
				}
				if n := len(s.Behind); n > 0 != (c.missing[0] > 0) || n > 0 && !s.Behind[n-1].At.Equal(c.begins) {
					t.Errorf("%s, %s: the gaps are %+v", c.name, where, s.Behind)
				}
			}
		}
	}
	old := dutylog.FrozenDuty{}
	for _, s := range old.Shares(at(0), at(24), loc, nil) {
		if s.Figure == dutylog.RosterUncovered && (s.Denominator != 1440 || s.Unknown != 0) {
			t.Errorf("what an older program froze is counted otherwise: %+v", s)
		}
	}
}

// To each recipient a report is to go: who never got it did not get it in time, one that got it twice got it once, and
// what an incident was closed before is owed to nobody.
func TestWhoNeverGotAReportDidNotGetItInTime(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	at := func(hour, minute int) time.Time { return time.Date(2026, 11, 10, hour, minute, 0, 0, loc) }
	to := func(recipient, channel string, when time.Time) dutylog.Delivery {
		return dutylog.Delivery{Recipient: recipient, Channel: channel, At: when}
	}
	first := dutylog.Report{Number: 1, Stage: dutylog.StageFirst, DueAt: at(8, 10), SentAt: at(8, 5), Deliveries: []dutylog.Delivery{to("superior_bureau", "phone", at(8, 5)), to("superior_bureau", "fax", at(8, 20))},
		Elsewhere: []dutylog.Delivery{to("government", "phone", at(8, 8))}}
	open := dutylog.Incident{ID: 1, State: dutylog.IncidentOpen, Schedule: dutylog.UsualSchedule(), Reports: []dutylog.Report{first}}
	closed := open
	closed.State, closed.EndedAt = dutylog.IncidentClosed, at(8, 9)
	later := closed
	later.EndedAt = at(8, 11)
	for _, c := range []struct {
		name string
		i    dutylog.Incident
		want string
	}{
		{"open", open, "deliveries_on_time/superior_bureau 1/1 deliveries_on_time/party_committee 0/1 deliveries_on_time/government 1/1"},
		{"closed before the deadline", closed, "deliveries_on_time/superior_bureau 1/1 deliveries_on_time/government 1/1"},
		{"closed after it", later, "deliveries_on_time/superior_bureau 1/1 deliveries_on_time/party_committee 0/1 deliveries_on_time/government 1/1"},
	} {
		var got []string
		for _, s := range dutyShares(dutylog.DutyFacts{Incidents: []dutylog.Incident{c.i}}, at(0, 0), at(24, 0), at(24, 0)) {
			if name := strings.Split(s, " ")[0]; strings.HasPrefix(name, "deliveries") && name != "deliveries_on_time/phone" && name != "deliveries_on_time/fax" {
				got = append(got, s)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if got := dutyShares(dutylog.DutyFacts{Incidents: []dutylog.Incident{c.i}}, at(0, 0), at(24, 0), at(8, 10)); strings.Contains(strings.Join(got, " "), "deliveries") {
			t.Errorf("%s: before the deadline is over it says %v", c.name, got)
		}
	}
}

// Each figure leads to what counts against the duty room, and says by which rule and how blind the time was.
func TestWhatIsBehindAFigure(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	at := func(hour, minute int) time.Time { return time.Date(2026, 11, 10, hour, minute, 0, 0, loc) }
	i := dutylog.Incident{
		ID: 7, Number: dutylog.IncidentNumber{Year: 2026, Serial: 3}, ClockNatural: at(8, 0), Schedule: dutylog.UsualSchedule(), Facts: []dutylog.IncidentFact{{WrittenAt: at(8, 11)}},
		Reports: []dutylog.Report{
			{Stage: dutylog.StageFirst, DueAt: at(8, 10), SentAt: at(8, 9), Deliveries: []dutylog.Delivery{{Recipient: "superior_bureau", Channel: "phone", At: at(8, 9)}, {Recipient: "government", Channel: "phone", At: at(8, 12)}}},
			{Stage: dutylog.StageWritten, DueAt: at(8, 50)},
		},
		Instructions: []dutylog.Instruction{{Due: at(12, 0)}, {Due: at(13, 0), ClosedAt: at(12, 30)}},
	}
	slow := i
	slow.ID, slow.Schedule.First, slow.Reports, slow.Instructions = 8, 30, nil, nil
	shift := func(from, to int, name string) dutylog.Shift {
		return dutylog.Shift{From: at(from, 0), To: at(to, 0), Post: dutylog.PostOfficer, Name: name}
	}
	f := dutylog.DutyFacts{Incidents: []dutylog.Incident{i, slow}, Begun: at(0, 0), RosterSince: at(0, 0), Shifts: []dutylog.Shift{shift(0, 8, "张伟"), shift(9, 24, "李娜")},
		Filings:     []dutylog.FilingDuty{{Kind: "month", Span: dutylog.DateSpan{First: "2026-11-01"}, State: dutylog.FilingLate, Due: at(1, 0)}, {State: dutylog.FilingDone}},
		DutyCallers: dutylog.DutyCallers{Missed: 3, Waiting: 1, Calls: []dutylog.DutyBehind{{Kind: dutylog.BehindCall, ID: "c-1", At: at(9, 0)}}},
		Blind:       []telephony.Interval{{From: at(-1, 0), To: at(0, 2)}, {From: at(23, 0), To: at(30, 0)}}}
	got, rules := map[string]string{}, map[string]string{}
	for _, s := range dutylog.DutyFigures(f, 15*time.Minute, at(0, 0), at(24, 0), at(30, 0)) {
		key := string(s.Figure) + "/" + s.Of
		for _, b := range s.Behind {
			got[key] += fmt.Sprintf("%s %s%s %s;", b.Kind, b.ID, b.Name, b.At.Format("15:04"))
		}
		rules[key] = fmt.Sprint(s.Rules)
		if s.Blind != 62*time.Minute {
			t.Errorf("%s was blind for %v", key, s.Blind)
		}
	}
	want := map[string]string{"reports_on_time/written": "incident 7T2026-003 08:50;", "deliveries_on_time/superior_bureau": "incident 7T2026-003 08:50;", "deliveries_on_time/party_committee": "incident 7T2026-003 08:50;incident 7T2026-003 08:10;",
		"deliveries_on_time/government": "incident 7T2026-003 08:50;incident 7T2026-003 08:10;", "deliveries_on_time/phone": "incident 7T2026-003 08:10;",
		"incidents_opened_late/": "incident 7T2026-003 08:11;", "instructions_overdue/": "incident 7T2026-003 12:00;", "handovers_late/": "shift duty_officer 09:00;",
		"roster_uncovered/duty_officer": "shift duty_officer 08:00;", "roster_uncovered/duty_section_chief": "shift duty_section_chief 00:00;", "roster_uncovered/duty_leader": "shift duty_leader 00:00;",
		"filings_late/": "filing month/2026-11-01 01:00;", "missed_not_called_back/": "call c-1 09:00;"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	usual := dutylog.UsualSchedule().Version()
	for key, want := range map[string]string{"reports_on_time/written": "[" + usual + "]", "reports_on_time/final": "[]", "handovers_late/": "[handover-allowance-15m]",
		"incidents_opened_late/": "[" + usual + " first-30m-written-50m-detailed-100m-follow-up-120m-essential-10m]", "missed_not_called_back/": "[called-back-or-reached]"} {
		if rules[key] != want {
			t.Errorf("%s is counted by %s, want %s", key, rules[key], want)
		}
	}
}

// However much is behind a figure, the newest hundred lead somewhere, and the counts say how many there are.
func TestAFigureLeadsToTheNewestHundred(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	day := time.Date(2026, 11, 10, 0, 0, 0, 0, loc)
	i := dutylog.Incident{ID: 1, Schedule: dutylog.UsualSchedule()}
	for n := range 250 {
		i.Instructions = append(i.Instructions, dutylog.Instruction{Due: day.Add(time.Duration(n) * time.Minute)})
	}
	for _, s := range dutylog.DutyFigures(dutylog.DutyFacts{Incidents: []dutylog.Incident{i}}, 0, day, day.Add(24*time.Hour), day.Add(24*time.Hour)) {
		if s.Figure == dutylog.InstructionsOverdue && (s.Numerator != 250 || len(s.Behind) != dutylog.MostBehind || !s.Behind[0].At.Equal(day.Add(249*time.Minute))) {
			t.Errorf("%d of %d, %d behind", s.Numerator, s.Denominator, len(s.Behind))
		}
	}
}
