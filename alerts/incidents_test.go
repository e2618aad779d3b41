package alerts_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
)

// fact is one of an incident that was written at a minute after noon.
func fact(minute int, kind dutylog.FactKind, b dutylog.FactBody) dutylog.IncidentFact {
	at := noon.Add(time.Duration(minute) * time.Minute)
	return dutylog.IncidentFact{Kind: kind, At: at, WrittenAt: at, By: dutylog.Actor{Login: "zhangwei", Name: "张伟"}, Body: b}
}

// fire is an incident whose intake was at noon, with more facts.
func fire(id int64, more ...dutylog.IncidentFact) dutylog.Incident {
	intake, schedule := noon, dutylog.UsualSchedule()
	facts := append([]dutylog.IncidentFact{
		fact(1, dutylog.FactOpened, dutylog.FactBody{Number: &dutylog.IncidentNumber{Year: 2026, Serial: int(id)}, Schedule: &schedule}),
		fact(1, dutylog.FactLinked, dutylog.FactBody{Entry: "e-1", Intake: &intake}),
	}, more...)
	for n := range facts {
		facts[n].Seq = n + 1
	}
	return dutylog.FoldIncident(id, facts)
}

func sent(minute, report int) dutylog.IncidentFact {
	return fact(minute, dutylog.FactDelivered, dutylog.FactBody{Report: report, Recipient: "superior_bureau", Channel: "phone", Receiver: "周敏"})
}

func signed(minute, report int) dutylog.IncidentFact {
	return fact(minute, dutylog.FactSigned, dutylog.FactBody{Report: report})
}

func struck(minute, of int) dutylog.IncidentFact {
	return fact(minute, dutylog.FactStruck, dutylog.FactBody{Fact: of, Reason: "误记"})
}

func TestWhatIsToldOfIncidents(t *testing.T) {
	minute := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }
	due, start := minute(60), minute(90)
	instructed := fact(5, dutylog.FactInstructed, dutylog.FactBody{Whom: "孙局长", Text: "全力救治", Due: &due})
	moved := fact(95, dutylog.FactClockMoved, dutylog.FactBody{Start: &start, Reason: "伤者死亡"})
	closed := fact(6, dutylog.FactClosed, dutylog.FactBody{Reason: "误报"})
	older := noon.Add(-20 * time.Minute)
	absorbed := fact(9, dutylog.FactAbsorbed, dutylog.FactBody{Incident: 7, Sent: []dutylog.SentThat{{Report: 1, SentAt: minute(8), ApprovedAt: minute(6), ApprovedBy: "陈刚"}}})
	for name, c := range map[string]struct {
		of       dutylog.Incident
		standing []string
		now      int // minutes after noon
		want     string
		next     int // 0: none
	}{
		"there is time":                    {fire(1), nil, 4, "", 5},
		"five minutes before":              {fire(1), nil, 5, "report_due_soon/1/1 at 5", 10},
		"it is told already":               {fire(1), []string{"report_due_soon/1/1"}, 6, "", 10},
		"a minute before":                  {fire(1), []string{"report_due_soon/1/1"}, 9, "", 10},
		"at that moment":                   {fire(1), []string{"report_due_soon/1/1"}, 10, "over report_due_soon/1/1; report_overdue/1/1 at 10", 45},
		"after a night without a daemon":   {fire(1), nil, 700, "report_overdue/1/1 at 10; report_overdue/1/2 at 50; report_overdue/1/3 at 100", 0},
		"it was sent":                      {fire(1, sent(8, 1), signed(9, 1)), []string{"report_due_soon/1/1"}, 9, "over report_due_soon/1/1", 10},
		"sent, and not signed":             {fire(1, sent(8, 1)), nil, 9, "sent_unapproved/1/1 at 8", 10},
		"signed afterwards":                {fire(1, sent(8, 1), signed(20, 1)), []string{"sent_unapproved/1/1"}, 20, "over sent_unapproved/1/1", 45},
		"the signature was struck out":     {fire(1, sent(8, 1), signed(20, 1), struck(30, 4)), nil, 30, "sent_unapproved/1/1 at 30", 45},
		"the delivery was struck out":      {fire(1, sent(8, 1), signed(9, 1), struck(30, 3)), nil, 30, "report_overdue/1/1 at 30", 45},
		"an instruction has time":          {fire(1, instructed, sent(8, 1), signed(8, 1), sent(40, 2), signed(40, 2)), nil, 59, "", 60},
		"its time is over":                 {fire(1, instructed, sent(8, 1), signed(8, 1), sent(40, 2), signed(40, 2)), nil, 60, "instruction_overdue/1/3 at 60", 95},
		"it was closed":                    {fire(1, instructed, sent(8, 1), signed(8, 1), sent(40, 2), signed(40, 2), fact(70, dutylog.FactInstrClosed, dutylog.FactBody{Fact: 3, Text: "已救治"})), []string{"instruction_overdue/1/3"}, 70, "over instruction_overdue/1/3", 95},
		"the clock starts later":           {fire(1, moved), []string{"report_overdue/1/1"}, 95, "over report_overdue/1/1; clock_start_late/1/3 at 95; report_due_soon/1/1 at 95", 100},
		"that was told, and stands":        {fire(1, moved), []string{"clock_start_late/1/3", "report_due_soon/1/1"}, 96, "", 100},
		"that was struck out":              {fire(1, moved, struck(96, 3)), []string{"clock_start_late/1/3"}, 96, "report_overdue/1/1 at 96; report_overdue/1/2 at 96; report_due_soon/1/3 at 96", 100},
		"an older entry moves it back":     {fire(1, fact(3, dutylog.FactLinked, dutylog.FactBody{Entry: "e-2", Intake: &older})), nil, 3, "report_overdue/1/1 at 3", 25},
		"it counts anew from an older one": {fire(1, moved, fact(96, dutylog.FactLinked, dutylog.FactBody{Entry: "e-2", Intake: &older})), []string{"clock_start_late/1/3", "report_due_soon/1/1"}, 96, "clock_start_late/1/4 at 96", 100},
		"the link of the first is struck":  {fire(1, fact(3, dutylog.FactLinked, dutylog.FactBody{Entry: "e-2", Intake: &older}), struck(4, 3)), []string{"report_overdue/1/1"}, 4, "", 25},
		"closed with what was late":        {fire(1, fact(12, dutylog.FactClosed, dutylog.FactBody{Reason: "另案处理"})), []string{"report_overdue/1/1"}, 20, "over report_overdue/1/1; report_omitted/1/3 at 12", 0},
		"that was told, and opened again":  {fire(1, fact(12, dutylog.FactClosed, dutylog.FactBody{Reason: "另案处理"}), fact(20, dutylog.FactReopened, dutylog.FactBody{Reason: "补报"}), sent(21, 1), signed(21, 1)), []string{"report_omitted/1/3"}, 22, "", 45},
		"only the government knows":        {fire(1, fact(8, dutylog.FactDelivered, dutylog.FactBody{Report: 1, Recipient: "government", Channel: "phone", Receiver: "李"})), nil, 11, "report_overdue/1/1 at 10; sent_unapproved/1/1 at 8", 45},
		"it is closed":                     {fire(1, closed), []string{"report_due_soon/1/1"}, 20, "over report_due_soon/1/1; report_omitted/1/3 at 6", 0},
		"closed, and sent without a word":  {fire(1, sent(4, 1), closed), nil, 20, "sent_unapproved/1/1 at 6; report_omitted/1/4 at 6", 0},
		"closed before anything was late":  {fire(1, closed), nil, 700, "report_omitted/1/3 at 6", 0},
		"closed with an open instruction":  {fire(1, fact(2, dutylog.FactInstructed, instructed.Body), closed), nil, 61, "instruction_overdue/1/3 at 60; report_omitted/1/4 at 6", 0},
		"our clock was set back":           {fire(1), []string{"report_overdue/1/1"}, 2, "over report_overdue/1/1", 5},
		"an alert of another incident":     {fire(2, sent(8, 1), signed(9, 1)), []string{"report_overdue/1/1", "missed/9", "entry_overdue/e-1"}, 9, "over report_overdue/1/1", 10},
		"sent by one that was merged":      {fire(1, fact(9, dutylog.FactAbsorbed, dutylog.FactBody{Incident: 7, Sent: []dutylog.SentThat{{Report: 1, SentAt: minute(8)}}})), nil, 12, "", 45},
		"written here after a merge":       {fire(1, absorbed, fact(10, dutylog.FactWritten, dutylog.FactBody{Report: 1, Version: 1}), sent(11, 1)), nil, 12, "sent_unapproved/1/1 at 11", 45},
		"and signed here":                  {fire(1, absorbed, fact(10, dutylog.FactWritten, dutylog.FactBody{Report: 1, Version: 1}), sent(11, 1), fact(12, dutylog.FactSigned, dutylog.FactBody{Report: 1, Version: 1})), []string{"sent_unapproved/1/1"}, 12, "over sent_unapproved/1/1", 45},
		"what a version that changed says": {fire(1, fact(3, dutylog.FactWritten, dutylog.FactBody{Report: 2, Version: 1}), signed(4, 2), sent(8, 1), signed(8, 1)), nil, 30, "", 45},
	} {
		var standing []alerts.Alert
		for _, key := range c.standing {
			reason, _, _ := strings.Cut(key, "/")
			standing = append(standing, alerts.Alert{Key: key, Reason: alerts.Reason(reason), Line: "duty", At: noon})
		}
		told, next := alerts.Incidents([]dutylog.Incident{c.of}, standing, "duty", minute(c.now))
		words := []string{}
		for _, a := range told {
			if a.Reason == alerts.ReasonLacking { // see TestWhoLacksWhatOthersGot
				continue
			}
			if len(a.Ends) > 0 {
				words = append(words, "over "+strings.Join(a.Ends, " "))
			} else {
				words = append(words, fmt.Sprintf("%s at %d", a.Key, int(a.At.Sub(noon).Minutes())))
			}
		}
		slices.Sort(words)
		want := strings.Split(c.want, "; ")
		slices.Sort(want)
		if got := strings.Join(words, "; "); got != strings.Join(want, "; ") {
			t.Errorf("%s:\n%s, want\n%s", name, got, c.want)
		}
		if c.next == 0 != next.IsZero() || c.next != 0 && !next.Equal(minute(c.next)) {
			t.Errorf("%s: next %v, want minute %d", name, next, c.next)
		}
	}
}

// The difference that the supervisor reads is that of the earliest entry, also of one that was linked afterwards.
func TestTheDifferenceOfTheStartsIsTheTrueOne(t *testing.T) {
	start, older := noon.Add(18*time.Minute), noon.Add(-180*time.Minute)
	moved := fact(20, dutylog.FactClockMoved, dutylog.FactBody{Start: &start, Reason: "伤者死亡"})
	for want, i := range map[string]dutylog.Incident{
		"晚 18 分钟":  fire(1, moved),
		"晚 198 分钟": fire(1, moved, fact(21, dutylog.FactLinked, dutylog.FactBody{Entry: "e-2", Intake: &older})),
	} {
		told, _ := alerts.Incidents([]dutylog.Incident{i}, nil, "duty", noon.Add(21*time.Minute))
		found := slices.ContainsFunc(told, func(a alerts.Alert) bool {
			return a.Reason == alerts.ReasonClockLate && strings.Contains(a.Detail, want)
		})
		if !found {
			t.Errorf("%s is not told: %+v", want, told)
		}
	}
}

// Whoever asks each minute with what was told is told each thing once; in the end stands what it was closed without.
func TestIncidentsAreToldOnce(t *testing.T) {
	i := fire(1)
	standing, log := map[string]alerts.Alert{}, []string{}
	for minute := range 70 {
		switch minute {
		case 12:
			i = fire(1, sent(12, 1))
		case 20:
			i = fire(1, sent(12, 1), signed(20, 1))
		case 48:
			i = fire(1, sent(12, 1), signed(20, 1), sent(48, 2), signed(48, 2))
		case 60:
			i = fire(1, sent(12, 1), signed(20, 1), sent(48, 2), signed(48, 2), fact(60, dutylog.FactClosed, dutylog.FactBody{Reason: "误报"}))
		}
		told, _ := alerts.Incidents([]dutylog.Incident{i}, slices.Collect(maps.Values(standing)), "duty", noon.Add(time.Duration(minute)*time.Minute))
		for _, a := range told {
			if a.Reason == alerts.ReasonLacking {
				continue
			}
			if len(a.Ends) > 0 {
				delete(standing, a.Ends[0])
				log = append(log, fmt.Sprintf("%d -%s", minute, a.Ends[0]))
			} else {
				standing[a.Key] = a
				log = append(log, fmt.Sprintf("%d +%s", minute, a.Key))
			}
		}
	}
	want := "5 +report_due_soon/1/1, 10 +report_overdue/1/1, 10 -report_due_soon/1/1, 12 +sent_unapproved/1/1, 12 -report_overdue/1/1, 20 -sent_unapproved/1/1, 45 +report_due_soon/1/2, 48 -report_due_soon/1/2, 60 +report_omitted/1/7"
	if got := strings.Join(log, ", "); got != want || len(standing) != 1 {
		t.Errorf("%s\nwant\n%s\nstanding %v", got, want, standing)
	}
}

func TestAnAlertNamesItsIncident(t *testing.T) {
	start := noon.Add(90 * time.Minute)
	told, _ := alerts.Incidents([]dutylog.Incident{fire(7, fact(95, dutylog.FactClockMoved, dutylog.FactBody{Start: &start, Reason: "伤者死亡"}))}, nil, "duty", start.Add(time.Minute))
	for _, a := range told {
		if alerts.IncidentOf(a) != 7 || a.Line != "duty" || !strings.HasPrefix(a.Detail, "T2026-007 ") {
			t.Errorf("%+v", a)
		}
		if a.Reason == alerts.ReasonClockLate && (!strings.Contains(a.Detail, "90 分钟：伤者死亡") || a.Reason.Lasts()) {
			t.Errorf("%+v", a)
		}
	}
	for _, key := range []string{"missed/1", "report_overdue/x/1", "report_overdue/1", "entry_overdue/1/2", ""} {
		if id := alerts.IncidentOf(alerts.Alert{Key: key}); id != 0 {
			t.Errorf("%s is about incident %d", key, id)
		}
	}
}

// That the clocks start later than the intake is for the supervisor: whoever decided it cannot take it on.
func TestOnlyASupervisorTakesALateClockOn(t *testing.T) {
	a := alerts.Alert{Reason: alerts.ReasonClockLate, At: noon}
	for _, role := range dutylog.Roles() {
		taken, err := a.Acknowledge(dutylog.Actor{Login: "x", Role: role}, "已核实", noon)
		if supervisor := role == dutylog.Supervisor; supervisor != (err == nil) || supervisor == errors.Is(err, alerts.ErrSupervisor) || supervisor != (taken.State() == alerts.Resolved) {
			t.Errorf("%s: %v %s", role, err, taken.State())
		}
	}
}

// What is noted after a deadline as sent before it, by words alone, is told to the supervisor; what a call or a file
// proves is not, nor what was noted in time.
func TestAReportThatIsClaimedAfterItsDeadline(t *testing.T) {
	claimed := func(at, written int, b dutylog.FactBody) dutylog.Incident {
		b.Report, b.Recipient, b.Channel, b.Receiver = 1, "superior_bureau", "phone", "周敏"
		f := fact(at, dutylog.FactDelivered, b)
		f.WrittenAt = noon.Add(time.Duration(written) * time.Minute)
		return fire(1, f)
	}
	for name, c := range map[string]struct {
		of   dutylog.Incident
		want bool
	}{
		"by words":           {claimed(7, 45, dutylog.FactBody{Evidence: "口头"}), true},
		"noted in time":      {claimed(7, 9, dutylog.FactBody{}), false},
		"noted as sent late": {claimed(12, 45, dutylog.FactBody{}), false},
		"a call proves it":   {claimed(7, 45, dutylog.FactBody{CallID: "20.0"}), false},
		"a file proves it":   {claimed(7, 45, dutylog.FactBody{Attachment: 3}), false},
	} {
		told, _ := alerts.Incidents([]dutylog.Incident{c.of}, nil, "duty", noon.Add(46*time.Minute))
		found := slices.ContainsFunc(told, func(a alerts.Alert) bool {
			return a.Key == "report_unproved/1/3" && a.At.Equal(noon.Add(45*time.Minute)) && !a.Reason.Lasts()
		})
		if found != c.want {
			t.Errorf("%s: told %t, want %t: %+v", name, found, c.want, told)
		}
	}
}

// An approval by telephone that its person does not confirm within the time of the incident's schedule, a day, is told
// until they say something of it, or it is struck out.
func TestAnApprovalThatNobodyConfirms(t *testing.T) {
	said := fact(6, dutylog.FactSigned, dutylog.FactBody{Report: 1, Login: "chen", Name: "陈刚"})
	day := 6 + 24*60
	for name, c := range map[string]struct {
		of       dutylog.Incident
		standing []string
		minute   int
		want     bool
		over     bool
	}{
		"before a day":      {fire(1, said), nil, day - 1, false, false},
		"after a day":       {fire(1, said), nil, day, true, false},
		"told already":      {fire(1, said), []string{"approval_unconfirmed/1/3"}, day + 5, false, false},
		"by login":          {fire(1, signed(6, 1)), nil, day, false, false},
		"confirmed in time": {fire(1, said, fact(90, dutylog.FactConfirmed, dutylog.FactBody{Report: 1, Fact: 3})), nil, day, false, false},
		"confirmed later":   {fire(1, said, fact(day+9, dutylog.FactConfirmed, dutylog.FactBody{Report: 1, Fact: 3})), []string{"approval_unconfirmed/1/3"}, day + 9, false, true},
		"denied":            {fire(1, said, fact(day+9, dutylog.FactDenied, dutylog.FactBody{Report: 1, Fact: 3, Reason: "没有"})), []string{"approval_unconfirmed/1/3"}, day + 9, false, true},
		"struck out":        {fire(1, said, fact(90, dutylog.FactStruck, dutylog.FactBody{Fact: 3, Reason: "误记"})), nil, day, false, false},
		"of a closed one":   {fire(1, said, fact(60, dutylog.FactClosed, dutylog.FactBody{Reason: "误报"})), nil, day, true, false},
	} {
		var standing []alerts.Alert
		for _, key := range c.standing {
			standing = append(standing, alerts.Alert{Key: key, Reason: alerts.ReasonUnconfirmed, At: noon})
		}
		told, next := alerts.Incidents([]dutylog.Incident{c.of}, standing, "duty", noon.Add(time.Duration(c.minute)*time.Minute))
		found := slices.ContainsFunc(told, func(a alerts.Alert) bool {
			return a.Key == "approval_unconfirmed/1/3" && a.Detail == "T2026-001 初报（初步情况） 陈刚" && a.At.Equal(noon.Add(time.Duration(day)*time.Minute)) && a.Reason.Lasts()
		})
		over := slices.ContainsFunc(told, func(a alerts.Alert) bool { return slices.Contains(a.Ends, "approval_unconfirmed/1/3") })
		if found != c.want || over != c.over {
			t.Errorf("%s: told %t over %t: %+v", name, found, over, told)
		}
		if name == "before a day" && !next.Equal(noon.Add(time.Duration(day)*time.Minute)) {
			t.Errorf("looked at again at %v", next)
		}
	}
}

// A call that proves something though its number is not known as theirs is told to the supervisor, with the reason.
func TestACallWithAnotherNumberIsToldToTheSupervisor(t *testing.T) {
	other := dutylog.FactBody{Report: 1, CallID: "20.0", CallWith: "13800138000", CallReason: "借用司机手机"}
	took, said := other, other
	took.Recipient, took.Channel, took.Receiver = "superior_bureau", "phone", "周敏"
	said.Login, said.Name = "chen", "陈刚"
	i := fire(1, fact(5, dutylog.FactDelivered, took), fact(6, dutylog.FactSigned, said), fact(7, dutylog.FactReviewed, said))
	told, _ := alerts.Incidents([]dutylog.Incident{i}, nil, "duty", noon.Add(8*time.Minute))
	var got []string
	for _, a := range told {
		if a.Reason == alerts.ReasonMismatch {
			got = append(got, a.Key+" "+a.Detail)
		}
		if _, err := a.Acknowledge(dutylog.Actor{Role: dutylog.Officer}, "", noon); a.Reason == alerts.ReasonMismatch && !errors.Is(err, alerts.ErrSupervisor) {
			t.Errorf("an officer takes it on: %v", err)
		}
	}
	want := "call_mismatch/1/3 T2026-001 初报（初步情况）：13800138000，借用司机手机; call_mismatch/1/4 T2026-001 初报（初步情况）：13800138000，借用司机手机; call_mismatch/1/5 T2026-001 初报（初步情况）：13800138000，借用司机手机"
	if strings.Join(got, "; ") != want {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "; "), want)
	}
}

// At a deadline it is told, once and by name, who of Art. 18 lacks what others got; and that it is over.
func TestWhoLacksWhatOthersGot(t *testing.T) {
	to := func(minute int, recipient string) dutylog.IncidentFact {
		return fact(minute, dutylog.FactDelivered, dutylog.FactBody{Report: 1, Recipient: recipient, Channel: "fax", Receiver: "周敏"})
	}
	closed := fact(20, dutylog.FactClosed, dutylog.FactBody{Reason: "另案处理"})
	early, again := fact(9, dutylog.FactClosed, dutylog.FactBody{Reason: "误报"}), fact(20, dutylog.FactReopened, dutylog.FactBody{Reason: "复燃"})
	for name, c := range map[string]struct {
		of       dutylog.Incident
		standing string
		now      int
		want     string
	}{
		"before the deadline":         {fire(1, to(8, "superior_bureau")), "", 9, ""},
		"at the deadline":             {fire(1, to(8, "superior_bureau")), "", 10, "recipient_lacking/1/1 at 10 T2026-001 初报（初步情况）：未送达本级党委、本级政府"},
		"it is told already":          {fire(1, to(8, "superior_bureau")), "recipient_lacking/1/1", 11, ""},
		"sent late":                   {fire(1, to(12, "government")), "", 12, "recipient_lacking/1/1 at 12 T2026-001 初报（初步情况）：未送达上级应急管理部门、本级党委"},
		"everybody has it":            {fire(1, to(8, "superior_bureau"), to(9, "party_committee"), to(12, "government")), "recipient_lacking/1/1", 12, "over recipient_lacking/1/1"},
		"nobody has it":               {fire(1), "", 12, ""},
		"sent by one that was merged": {fire(1, fact(15, dutylog.FactAbsorbed, dutylog.FactBody{Incident: 7, Sent: []dutylog.SentThat{{Report: 1, SentAt: noon.Add(8 * time.Minute), To: []dutylog.SentTo{{Recipient: "superior_bureau", Channel: "fax", At: noon.Add(8 * time.Minute)}}}}})), "", 15, "recipient_lacking/1/1 at 15 T2026-001 初报（初步情况）：未送达本级党委、本级政府"},
		"it was closed with a reason": {fire(1, to(8, "superior_bureau"), closed), "recipient_lacking/1/1", 21, "over recipient_lacking/1/1"},
		"opened again, nothing over":  {fire(1, to(8, "superior_bureau"), early, again), "", 20, ""},
		"what was left is over":       {fire(1, to(8, "superior_bureau"), early, again), "", 21, "recipient_lacking/1/1 at 21 T2026-001 初报（初步情况）：未送达本级党委、本级政府"},
		"late before it was closed":   {fire(1, to(8, "superior_bureau"), closed, fact(25, dutylog.FactReopened, again.Body)), "", 25, "recipient_lacking/1/1 at 25 T2026-001 初报（初步情况）：未送达本级党委、本级政府"},
	} {
		var standing []alerts.Alert
		if c.standing != "" {
			standing = []alerts.Alert{{Key: c.standing, Reason: alerts.ReasonLacking, Line: "duty", At: noon}}
		}
		told, _ := alerts.Incidents([]dutylog.Incident{c.of}, standing, "duty", noon.Add(time.Duration(c.now)*time.Minute))
		got := ""
		for _, a := range told {
			switch {
			case slices.Contains(a.Ends, "recipient_lacking/1/1"):
				got += "over " + a.Ends[0]
			case a.Reason == alerts.ReasonLacking:
				got += fmt.Sprintf("%s at %d %s", a.Key, int(a.At.Sub(noon).Minutes()), a.Detail)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// What a caller says otherwise is told a minute after it was said last, once for each entry that says so, and is over
// when somebody decided.
func TestAnEntryThatSaysOtherwiseIsTold(t *testing.T) {
	said := func(minute int, v string) dutylog.IncidentFact {
		return fact(minute, dutylog.FactDiffers, dutylog.FactBody{Entry: "e-1", From: "2026-000007", Essential: true,
			Elements: map[dutylog.Element]string{dutylog.ElementCasualties: v, dutylog.ElementPlace: "文艺路3号"}})
	}
	known := func(minute int, casualties string) dutylog.IncidentFact {
		return fact(minute, dutylog.FactElements, dutylog.FactBody{Elements: map[dutylog.Element]string{dutylog.ElementCasualties: casualties, dutylog.ElementPlace: "文艺路1号"}})
	}
	told := func(minute int, i dutylog.Incident) (details []string, next time.Time) {
		all, next := alerts.Incidents([]dutylog.Incident{i}, nil, "duty", noon.Add(time.Duration(minute)*time.Minute))
		for _, a := range all {
			if a.Reason == alerts.ReasonEntryDiffers {
				details = append(details, a.Key+" "+a.Detail)
			}
		}
		return details, next
	}
	i := fire(1, known(2, "无"), said(3, "1人死亡"))
	if details, next := told(3, i); details != nil || !next.Equal(noon.Add(4*time.Minute)) {
		t.Errorf("while it is typed: %q, next %v", details, next)
	}
	want := "entry_differs/1/4 T2026-001 接报 2026-000007 称地点“文艺路3号”，现采用“文艺路1号”；接报 2026-000007 称人员伤亡“1人死亡”，现采用“无”"
	if details, _ := told(4, i); len(details) != 1 || details[0] != want {
		t.Errorf("%q", details)
	}
	if details, _ := told(6, fire(1, known(2, "无"), said(3, "1人死亡"), known(5, "无"))); details != nil {
		t.Errorf("it was decided: %q", details)
	}
}
