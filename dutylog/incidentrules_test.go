package dutylog_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// called is a call of a story, answered after four seconds and over after two minutes.
func (p *play) called(id, clock string, way telephony.Direction) dutylog.Call {
	at := p.time(clock)
	c := dutylog.Call{Call: telephony.Call{ID: id, Direction: way, OfferedAt: at, AnsweredAt: at.Add(4 * time.Second), EndedAt: at.Add(2 * time.Minute)}}
	p.books.Calls[id] = c
	return c
}

// What proves a delivery, and what went out then: a text before it was written did not, and a call that was with
// somebody else proves nothing.
func TestWhatProvesADelivery(t *testing.T) {
	type delivery struct{ channel, call, at string }
	for name, c := range map[string]struct {
		report  int
		written string // when its text was saved; empty: it was not
		d       delivery
		wanted  string // why not
		version int
		sent    string
	}{
		"told before anything is written":       {1, "", delivery{"phone", "superior", ""}, "", 0, "12:06"},
		"without a call":                        {1, "", delivery{"phone", "", "12:08"}, "", 0, "12:08"},
		"told, and written down afterwards":     {1, "12:20", delivery{"phone", "superior", ""}, "", 0, "12:06"},
		"told as it was written":                {1, "12:05", delivery{"phone", "superior", ""}, "", 1, "12:06"},
		"a call of a citizen":                   {1, "", delivery{"phone", "citizen", ""}, "call_id", 0, ""},
		"a call before the first entry":         {1, "", delivery{"phone", "before", ""}, "call_id", 0, ""},
		"the call to the leader":                {1, "", delivery{"phone", "leader", ""}, "call_id", 0, ""},
		"that nobody answered":                  {1, "", delivery{"phone", "unanswered", ""}, "call_id", 0, ""},
		"a call for a fax":                      {1, "12:01", delivery{"fax", "superior", ""}, "channel", 0, ""},
		"a fax of no text":                      {1, "", delivery{"fax", "", "12:08"}, "nothing_written", 0, ""},
		"a fax before its text":                 {2, "12:20", delivery{"fax", "", "12:19"}, "at", 0, ""},
		"within the minute of its text":         {2, "12:20", delivery{"fax", "", "12:20"}, "", 1, "12:20"},
		"a fax after its text":                  {2, "12:20", delivery{"fax", "", "12:25"}, "", 1, "12:25"},
		"before the first entry":                {2, "12:20", delivery{"fax", "", "11:59"}, "at", 0, ""},
		"a written report told without a text":  {2, "", delivery{"phone", "", "12:08"}, "nothing_written", 0, ""},
		"a detailed report told without a text": {3, "", delivery{"phone", "", "12:08"}, "nothing_written", 0, ""},
		"a final report told without a text":    {5, "", delivery{"phone", "superior", ""}, "nothing_written", 0, ""},
		"a written report before its text":      {2, "12:20", delivery{"phone", "superior", ""}, "at", 0, ""},
		"a written report read out":             {2, "12:05", delivery{"phone", "superior", ""}, "", 1, "12:06"},
	} {
		p := newPlay(t, "2026-11-23 12:00")
		p.called("superior", "2026-11-23 12:06", telephony.Outbound)
		p.called("citizen", "2026-11-23 12:06", telephony.Inbound)
		p.called("before", "2026-11-23 11:58", telephony.Outbound)
		p.called("leader", "2026-11-23 12:07", telephony.Outbound)
		p.books.Calls["unanswered"] = dutylog.Call{Call: telephony.Call{ID: "unanswered", Direction: telephony.Outbound, OfferedAt: p.now}}
		p.at("2026-11-23 12:09").do(dutylog.FactCalledOut, dutylog.FactBody{Whom: "赵振华", Part: "head", Result: "reached", CallID: "leader"})
		if c.written != "" {
			p.now = p.time("2026-11-23 " + c.written).Add(30 * time.Second)
			p.do(dutylog.FactWritten, dutylog.FactBody{Report: c.report, Elements: allKnown("无"), Text: "情况如下。"})
		}
		d := dutylog.FactDraft{Kind: dutylog.FactDelivered, Body: dutylog.FactBody{Report: c.report, Recipient: "superior_bureau", Channel: c.d.channel, Receiver: "周敏", CallID: c.d.call}}
		if c.d.call == "" {
			d.At = p.time("2026-11-23 " + c.d.at)
		}
		p.at("2026-11-23 12:30")
		if got := whyNot(p.try(dutyOfficer, d)); got != c.wanted {
			t.Errorf("%s: %q, want %q", name, got, c.wanted)
			continue
		}
		r, _ := p.i.Report(c.report)
		if c.wanted != "" && len(r.Deliveries) != 0 {
			t.Errorf("%s: %+v", name, r.Deliveries)
		}
		if c.wanted == "" && (r.Deliveries[0].Version != c.version || r.SentAt.In(p.zone).Format("15:04") != c.sent || r.Version > 0 && c.version > 0 && r.SentAt.Before(r.Versions[0].At)) {
			t.Errorf("%s: version %d at %v", name, r.Deliveries[0].Version, r.SentAt)
		}
	}
}

// What was told or sent is the text that stood then, whatever was written since.
func TestTheVersionThatStoodIsTheOneThatWent(t *testing.T) {
	for name, c := range map[string]struct {
		report        int
		channel, call string
		at            string
		version       int
		wanted        string
	}{
		"a call after the first version":           {1, "phone", "superior", "", 1, ""},
		"a fax between the two":                    {2, "fax", "", "12:07", 1, ""},
		"a fax in the minute of the second":        {2, "fax", "", "12:10", 2, ""},
		"a fax after both":                         {2, "fax", "", "12:12", 2, ""},
		"a fax before both":                        {2, "fax", "", "12:03", 0, "at"},
		"a written report read out before the two": {2, "phone", "early", "", 0, "at"},
		"a first report told before the two":       {1, "phone", "early", "", 0, ""},
	} {
		p := newPlay(t, "2026-11-23 12:00")
		p.called("early", "2026-11-23 12:03", telephony.Outbound)
		p.called("superior", "2026-11-23 12:08", telephony.Outbound)
		for n, at := range []string{"12:05", "12:10"} {
			p.now = p.time("2026-11-23 " + at).Add(30 * time.Second)
			p.do(dutylog.FactWritten, dutylog.FactBody{Report: c.report, Base: n, Elements: allKnown("无"), Text: "情况如下，" + at})
		}
		d := dutylog.FactDraft{Kind: dutylog.FactDelivered, Body: dutylog.FactBody{Report: c.report, Recipient: "superior_bureau", Channel: c.channel, Receiver: "周敏", CallID: c.call}}
		if c.call == "" {
			d.At = p.time("2026-11-23 " + c.at)
		}
		p.at("2026-11-23 12:30")
		if got := whyNot(p.try(dutyOfficer, d)); got != c.wanted {
			t.Errorf("%s: %q, want %q", name, got, c.wanted)
			continue
		}
		if r, _ := p.i.Report(c.report); c.wanted == "" && (r.Deliveries[0].Version != c.version || r.Version != 2) {
			t.Errorf("%s: version %d, want %d", name, r.Deliveries[0].Version, c.version)
		}
	}
}

// A call-out has its time from the call that is named, and nobody was reached by one that was not answered.
func TestACallOutByACall(t *testing.T) {
	p := newPlay(t, "2026-11-23 12:00")
	p.called("leader", "2026-11-23 12:05", telephony.Outbound)
	p.books.Calls["unanswered"] = dutylog.Call{Call: telephony.Call{ID: "unanswered", Direction: telephony.Outbound, OfferedAt: p.time("2026-11-23 12:03")}}
	p.at("2026-11-23 12:25")
	out := func(call, result string) dutylog.FactDraft {
		return dutylog.FactDraft{Kind: dutylog.FactCalledOut, Body: dutylog.FactBody{Whom: "孙局长", Part: "head", Result: result, CallID: call}}
	}
	if got := whyNot(p.try(dutyOfficer, out("unanswered", "reached"))); got != "call_id" {
		t.Errorf("reached by a call that nobody answered: %q", got)
	}
	for _, d := range []dutylog.FactDraft{out("unanswered", "no_answer"), out("leader", "reached")} {
		if err := p.try(dutyOfficer, d); err != nil {
			t.Fatal(err)
		}
	}
	var at []string
	for _, o := range p.i.Callouts {
		at = append(at, o.At.In(p.zone).Format("15:04"))
	}
	if !slices.Equal(at, []string{"12:03", "12:05"}) {
		t.Errorf("called out at %v", at)
	}
}

// A call to a superior is offered as what it can have been: nothing that is asked for in writing, unless it is written.
func TestACallIsOfferedAsWhatCanBeTold(t *testing.T) {
	p := newPlay(t, "2026-11-23 12:00")
	offered := func() (all []dutylog.Stage) {
		for _, o := range dutylog.OfferReports([]dutylog.Incident{p.i}, []dutylog.Call{p.called("superior", "2026-11-23 12:30", telephony.Outbound)}, map[string]string{"superior": "superior_bureau"}, p.now) {
			all = append(all, o.Report.Stage)
		}
		return all
	}
	if got := offered(); !slices.Equal(got, []dutylog.Stage{dutylog.StageFirst}) {
		t.Errorf("at first: %v", got)
	}
	p.at("2026-11-23 12:08").phones(1, "周敏")
	if got := offered(); !slices.Equal(got, []dutylog.Stage{dutylog.StageFollowUp}) {
		t.Errorf("nothing is written, and it is offered as %v", got)
	}
	p.at("2026-11-23 12:28")
	p.write(dutylog.StageWritten, "无")
	if got := offered(); !slices.Equal(got, []dutylog.Stage{dutylog.StageWritten}) {
		t.Errorf("read out: %v", got)
	}
	p.fax(2).at("2026-11-23 12:29").knows("死亡1人")
	if got := offered(); !slices.Equal(got, []dutylog.Stage{dutylog.StageFollowUp}) {
		t.Errorf("after a death: %v", got)
	}
}

// What calls to each recipient, and to a number of which nobody knows whose it is, are offered as.
func TestWhatACallToEachRecipientIsOfferedAs(t *testing.T) {
	var b strings.Builder
	p := newPlay(t, "2026-11-23 12:00")
	to := map[string]string{}
	show := func(clock, what string) {
		p.at("2026-11-23 " + clock)
		fmt.Fprintf(&b, "%s %s\n", clock, what)
		for _, w := range append(dutylog.Recipients(), dutylog.Word{}) {
			id := clock + w.Code
			to[id] = w.Code
			said := "nothing"
			for _, o := range dutylog.OfferReports([]dutylog.Incident{p.i}, []dutylog.Call{p.called(id, "2026-11-23 "+clock, telephony.Outbound)}, to, p.now) {
				said = o.Report.Words()
				if o.Recipient != w.Code || o.Incident.ID != p.i.ID || o.Report.Number != dutylog.ReportNumber(o.Report.Stage, o.Report.Nth) {
					t.Errorf("%s %s: %+v", clock, w.Code, o)
				}
			}
			fmt.Fprintf(&b, "  %-15s %s\n", w.Code, said)
		}
	}
	tells := func(n int, recipient, clock string) {
		p.do(dutylog.FactDelivered, dutylog.FactBody{Report: n, Recipient: recipient, Channel: "phone", Receiver: "周敏", CallID: clock + recipient})
	}
	show("12:03", "nothing was told")
	p.at("2026-11-23 12:04").write(dutylog.StageFinal, "无")
	show("12:05", "a final report is drafted")
	p.at("2026-11-23 12:06")
	tells(1, "superior_bureau", "12:05")
	show("12:07", "the superior got the first report")
	p.at("2026-11-23 12:08")
	tells(1, "government", "12:07")
	show("12:09", "the government got it too")
	tells(1, "party_committee", "12:09")
	show("12:20", "everybody got it, and nothing is written")
	p.at("2026-11-23 12:21")
	tells(4, "superior_bureau", "12:20")
	show("12:22", "the superior was told more by telephone")
	p.at("2026-11-23 12:30").write(dutylog.StageWritten, "无")
	show("12:29", "before the written report was written")
	show("12:31", "the written report is written")
	p.fax(2)
	show("12:32", "the superior got it by fax")
	p.at("2026-11-23 12:33").do(dutylog.FactDelivered, dutylog.FactBody{Report: 2, Recipient: "government", Channel: "fax", Evidence: "回执"})
	show("12:34", "and the government")
	p.at("2026-11-23 12:40").fax(5)
	show("12:41", "the superior got the final report")
	goldenText(t, "incidentoffers.golden", b.String())
}

// Whose number it is, by the units that the directory has under it.
func TestToWhomANumberBelongs(t *testing.T) {
	for units, want := range map[string]string{"市应急管理局值班室": "superior_bureau", "市应急指挥中心": "superior_bureau", "区委总值班室": "party_committee", "中共沈河区委员会办公室": "party_committee", "区人民政府总值班室": "government",
		"区 政府办": "government", "总值班室": "", "": "", "区委区政府总值班室": "", "区委办,区政府办": "", "区政府应急管理办公室": "", "区政府办,区政府总值班室": "government", "市卫生健康委": ""} {
		if got := dutylog.RecipientOf(strings.Split(units, ",")); got != want {
			t.Errorf("%s: %q, want %q", units, got, want)
		}
	}
}

// The same deed again is what stands; another one under the same key is not.
func TestWhatIsTheSameDeed(t *testing.T) {
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:05")
	start, due := p.time("2026-11-23 12:03"), p.time("2026-11-23 14:00")
	at := p.now
	place := func(v string) map[dutylog.Element]string { return map[dutylog.Element]string{dutylog.ElementPlace: v} }
	for name, c := range map[string]struct{ asked, other dutylog.FactDraft }{
		"a text": {dutylog.FactDraft{Kind: dutylog.FactWritten, Body: dutylog.FactBody{Report: 1, Text: "起火。"}}, dutylog.FactDraft{Kind: dutylog.FactWritten, Body: dutylog.FactBody{Report: 1, Text: "起火，2人受伤。"}}},
		"an element": {dutylog.FactDraft{Kind: dutylog.FactElements, Body: dutylog.FactBody{Elements: place("甲")}},
			dutylog.FactDraft{Kind: dutylog.FactElements, Body: dutylog.FactBody{Elements: place("乙")}}},
		"an element of a report": {dutylog.FactDraft{Kind: dutylog.FactWritten, Body: dutylog.FactBody{Report: 2, Text: "一"}}, dutylog.FactDraft{Kind: dutylog.FactWritten, Body: dutylog.FactBody{Report: 2, Text: "一", Elements: place("丙")}}},
		"another report":         {dutylog.FactDraft{Kind: dutylog.FactWritten, Body: dutylog.FactBody{Report: 3, Text: "一"}}, dutylog.FactDraft{Kind: dutylog.FactWritten, Body: dutylog.FactBody{Report: 2, Text: "一"}}},
		"who was called": {dutylog.FactDraft{Kind: dutylog.FactCalledOut, Body: dutylog.FactBody{Whom: " 孙局长 ", Part: "head", Result: "reached"}},
			dutylog.FactDraft{Kind: dutylog.FactCalledOut, Body: dutylog.FactBody{Whom: "李局长", Part: "head", Result: "reached"}}},
		"until when": {dutylog.FactDraft{Kind: dutylog.FactInstructed, Body: dutylog.FactBody{Whom: "区长", Text: "速办", Due: &due}}, dutylog.FactDraft{Kind: dutylog.FactInstructed, Body: dutylog.FactBody{Whom: "区长", Text: "速办"}}},
		"when":       {dutylog.FactDraft{Kind: dutylog.FactScene, At: start, Body: dutylog.FactBody{Whom: "李", Part: "back"}}, dutylog.FactDraft{Kind: dutylog.FactScene, At: at, Body: dutylog.FactBody{Whom: "李", Part: "back"}}},
		"a start":    {dutylog.FactDraft{Kind: dutylog.FactClockMoved, Body: dutylog.FactBody{Start: &start, Reason: "此时才知"}}, dutylog.FactDraft{Kind: dutylog.FactClockMoved, Body: dutylog.FactBody{Start: &at, Reason: "此时才知"}}},
		"a trigger":  {dutylog.FactDraft{Kind: dutylog.FactClassified, Body: dutylog.FactBody{Category: "fire"}}, dutylog.FactDraft{Kind: dutylog.FactClassified, Body: dutylog.FactBody{Category: "fire", Trigger: "sensitive_time"}}},
		"another kind": {dutylog.FactDraft{Kind: dutylog.FactDelivered, Body: dutylog.FactBody{Report: 1, Recipient: "government", Channel: "phone", Receiver: "周"}},
			dutylog.FactDraft{Kind: dutylog.FactCalledOut, Body: dutylog.FactBody{Report: 1, Recipient: "government", Channel: "phone", Receiver: "周"}}},
	} {
		before := len(p.i.Facts)
		if err := p.try(dutyOfficer, c.asked); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		done := p.i.Facts[before:]
		if !dutylog.SameDeed(done, []dutylog.FactDraft{c.asked}) {
			t.Errorf("%s: the same is not the same: %+v", name, done)
		}
		if dutylog.SameDeed(done, []dutylog.FactDraft{c.other}) || dutylog.SameDeed(done, []dutylog.FactDraft{c.asked, c.other}) {
			t.Errorf("%s: something else is the same", name)
		}
	}
	e := dutylog.Entry{ID: "e-1", Values: map[dutylog.Field]string{dutylog.Place: "改过的地址"}}
	if opens := dutylog.Opening(e, "fire", "", dutylog.UsualSchedule()); !dutylog.SameDeed(p.i.Facts, opens) {
		t.Error("an entry that was changed since makes its opening another one")
	}
	if opens := dutylog.Opening(e, "road", "", dutylog.UsualSchedule()); dutylog.SameDeed(p.i.Facts, opens) {
		t.Error("another category is the same opening")
	}
	if long := strings.Repeat("长", 9); dutylog.SameDeed(nil, []dutylog.FactDraft{{Kind: dutylog.FactScene, Body: dutylog.FactBody{Text: long}}}) {
		t.Error("nothing is the same as something")
	}
}

// An incident is closed without a word only when everything was told to everybody; what was not stays visible.
func TestWhatAnIncidentIsClosedWith(t *testing.T) {
	close := func(p *play, reason string) string {
		return whyNot(p.try(dutyOfficer, dutylog.FactDraft{Kind: dutylog.FactClosed, Body: dutylog.FactBody{Reason: reason}}))
	}
	everybody := func(p *play, n int) {
		for _, w := range dutylog.Recipients() {
			p.do(dutylog.FactDelivered, dutylog.FactBody{Report: n, Recipient: w.Code, Channel: "fax", Evidence: "回执"})
		}
	}
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:20")
	everybody(p, p.write(dutylog.StageFinal, "无"))
	for reason, want := range map[string]string{"": "unfinished", "无": "reason", " 无。": "reason", "没有": "reason", "-": "reason", "None": "reason"} {
		if got := close(p, reason); got != want {
			t.Errorf("%q: %q, want %q", reason, got, want)
		}
	}
	if got := close(p, "由市局直接处置"); got != "" {
		t.Error(got)
	}
	names := []string{}
	for _, r := range p.i.Unreported() {
		names = append(names, string(r.Stage)+" "+string(r.State(p.i.EndedAt)))
	}
	if !slices.Equal(names, []string{"first late"}) { // the final report told the others before they were due
		t.Errorf("%v", names)
	}
	whole := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08")
	for _, s := range []dutylog.Stage{dutylog.StageFirst, dutylog.StageWritten, dutylog.StageDetailed, dutylog.StageFinal} {
		everybody(whole, whole.write(s, "无"))
	}
	if got := close(whole, ""); got != "" || len(whole.i.Unreported()) != 0 {
		t.Errorf("everything was reported: %q %v", got, whole.i.Unreported())
	}
	half := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08")
	for _, s := range []dutylog.Stage{dutylog.StageFirst, dutylog.StageWritten, dutylog.StageDetailed, dutylog.StageFinal} {
		half.sends(s, "无")
	}
	if got := close(half, ""); got != "unfinished" || close(half, "党委、政府由市局转报") != "" {
		t.Errorf("party committee and government got nothing: %q", got)
	}
	sheet := dutylog.OnSheet([]dutylog.Incident{half.i})
	if len(sheet[0].Lacking) != 4 || sheet[0].Lacking[0] != "初报（初步情况）：本级党委、本级政府" || dutylog.OnSheet([]dutylog.Incident{whole.i})[0].Lacking != nil {
		t.Errorf("%+v", sheet)
	}
}

// An approval by telephone was given when the call says so, in a call that the text had been written for.
func TestWhenAnApprovalByTelephoneWasGiven(t *testing.T) {
	for name, c := range map[string]struct{ begun, call, wanted, at string }{
		"after the text was written":    {"2026-11-23 12:07", "leader", "", "12:07"},
		"while it was written":          {"2026-11-23 12:05", "leader", "", "12:06"},
		"before it was written":         {"2026-11-23 12:02", "leader", "by_phone.call_id", ""},
		"it was the report to superior": {"2026-11-23 12:08", "superior", "by_phone.call_id", ""},
	} {
		p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:06")
		p.books.Accounts["zhao"] = dutylog.Account{Login: "zhao", Name: "赵振华", Role: dutylog.Leader}
		p.write(dutylog.StageFirst, "无")
		p.called(c.call, c.begun, telephony.Outbound)
		p.at("2026-11-23 12:20")
		if c.call == "superior" {
			p.do(dutylog.FactDelivered, dutylog.FactBody{Report: 1, Recipient: "superior_bureau", Channel: "phone", Receiver: "周敏", CallID: "superior"})
		}
		got := whyNot(p.try(dutyOfficer, dutylog.FactDraft{Kind: dutylog.FactSigned, Body: dutylog.FactBody{Report: 1, Login: "zhao", CallID: c.call}}))
		if got != c.wanted {
			t.Errorf("%s: %q, want %q", name, got, c.wanted)
		}
		r, _ := p.i.Report(1)
		if offers := dutylog.OfferReports([]dutylog.Incident{p.i}, []dutylog.Call{p.books.Calls[c.call]}, nil, p.now); c.call == "leader" && len(offers) != 1 {
			t.Errorf("%s: the approval takes the call out of what is offered: %v", name, offers)
		}
		if c.wanted == "" && r.ApprovedAt.In(p.zone).Format("15:04") != c.at || c.wanted != "" && !r.ApprovedAt.IsZero() {
			t.Errorf("%s: approved at %v", name, r.ApprovedAt)
		}
	}
}

// Whatever is written, sent, and struck out of follow-ups and final reports in whatever order: no text that was kept
// is missing among the reports, and no number has two of them that went out.
func TestNothingThatWasSaidOfReportsIsLost(t *testing.T) {
	for seed := range 300 {
		p, r := reported(t).at("2026-11-23 14:00"), rand.New(rand.NewPCG(6, uint64(seed)))
		texts, sent := []string{}, []int{}
		for n := range 14 {
			p.now = p.now.Add(time.Minute)
			stage := []dutylog.Stage{dutylog.StageFollowUp, dutylog.StageFinal}[r.IntN(2)]
			number, to := p.i.NextOf(stage), dutylog.Recipients()[r.IntN(3)].Code
			switch r.IntN(4) {
			case 0, 1:
				was, _ := p.i.Report(number)
				text := fmt.Sprintf("第%d段文字", n)
				if err := p.try(dutyOfficer, dutylog.FactDraft{Kind: dutylog.FactWritten, Body: dutylog.FactBody{Report: number, Base: was.Version, Elements: allKnown("无"), Text: text}}); err == nil {
					texts = append(texts, text)
				}
			case 2:
				if err := p.try(dutyOfficer, dutylog.FactDraft{Kind: dutylog.FactDelivered, Body: dutylog.FactBody{Report: number, Recipient: to, Channel: "fax", Evidence: "回执"}}); err == nil {
					sent = append(sent, len(p.i.Facts))
				}
			case 3:
				if len(sent) > 0 {
					_ = p.try(dutyOfficer, dutylog.FactDraft{Kind: dutylog.FactStruck, Body: dutylog.FactBody{Fact: sent[r.IntN(len(sent))], Reason: "发错群"}})
				}
			}
			shown, numbers := "", map[int]bool{}
			for _, x := range p.i.Reports {
				if numbers[x.Number] {
					t.Fatalf("seed %d: report %d is there twice\n%s", seed, x.Number, p.sheet())
				}
				numbers[x.Number] = true
				for _, v := range x.Versions {
					shown += v.Body.Text
				}
			}
			for _, text := range texts {
				if !strings.Contains(shown, text) {
					t.Fatalf("seed %d: %s is in no report\n%s", seed, text, p.sheet())
				}
			}
		}
	}
}
