package dutylog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// signs notes that the leader signed the newest version of a report by telephone, in a call.
func (p *play) signs(n int) *play {
	p.t.Helper()
	p.books.Accounts["zhao"] = dutylog.Account{Login: "zhao", Name: "赵振华", Role: dutylog.Leader}
	p.called("leader", p.clockNow(), telephony.Outbound)
	return p.do(dutylog.FactSigned, dutylog.FactBody{Report: n, Login: "zhao", CallID: "leader"})
}

func (p *play) clockNow() string { return p.now.In(p.zone).Format("2006-01-02 15:04") }

// mergeSheet is how reports stand after a merge: by whom they were sent and signed, and who lacks them.
func (p *play) mergeSheet() string {
	var b strings.Builder
	for _, r := range p.i.Reports {
		fmt.Fprintf(&b, "  %-9s %d  due %-11s sent %-11s", r.Stage, r.Nth, p.clock(r.DueAt), p.clock(r.SentAt))
		if r.SentLate() {
			b.WriteString(" LATE")
		}
		if r.SentIn != 0 {
			fmt.Fprintf(&b, " by incident %d", r.SentIn)
		}
		if r.Version > 0 {
			fmt.Fprintf(&b, ", version %d of %s", r.Version, p.clock(r.Versions[r.Version-1].At))
		}
		if !r.ApprovedAt.IsZero() {
			fmt.Fprintf(&b, ", signed %s %s", p.clock(r.ApprovedAt), r.ApprovedBy)
			if r.ByWord {
				b.WriteString(" (not confirmed)")
			}
		}
		if r.Version > 0 && !r.ApprovedAt.IsZero() && r.ApprovedAt.Before(r.Versions[r.Version-1].At) {
			p.t.Errorf("report %d was signed before its text was written", r.Number)
		}
		if r.Unapproved() {
			b.WriteString(", SENT UNAPPROVED")
		}
		if names := r.LackingWords(); names != "" {
			b.WriteString(", lacks: " + names)
		}
		for _, d := range r.Elsewhere {
			fmt.Fprintf(&b, ", %s by %s of incident %d at %s", d.Recipient, d.Channel, d.SentIn, p.clock(d.At))
		}
		b.WriteString("\n")
	}
	for _, w := range p.i.Waiting() {
		fmt.Fprintf(&b, "  waits: %s of incident %d, report %d, fact %d, by %s\n", w.Name, w.Incident, w.Report, w.Fact, p.clock(w.By))
	}
	return b.String()
}

// again is what the other incident takes over when something is done here after the merge.
func (p *play) again(other *play, who dutylog.Actor, kind dutylog.FactKind, b dutylog.FactBody) *play {
	p.t.Helper()
	p.now = other.now
	p.by(who, kind, b)
	for _, d := range p.i.Absorb(other.i) {
		other.do(d.Kind, d.Body)
	}
	if more := p.i.Absorb(other.i); len(more) > 0 {
		p.t.Errorf("the same is taken over again: %+v", more)
	}
	return other
}

// toldByTheOther is an incident that had told of the event before it is merged at 12:30 into one that has written nothing.
func toldByTheOther(t *testing.T) (gone, on *play) {
	gone = newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:05")
	n := gone.write(dutylog.StageFirst, "1人受伤")
	gone.at("2026-11-23 12:06").signs(n).at("2026-11-23 12:08").fax(n)
	on = newPlay(t, "2026-11-23 12:20")
	return gone, gone.mergedInto(on, "2026-11-23 12:30")
}

// merges are the stories of the golden file: what is signed, told and owed after a merge.
var merges = map[string]func(*testing.T) string{
	"01 a text that nobody signed here": func(t *testing.T) string {
		_, on := toldByTheOther(t)
		merged := on.mergeSheet()
		on.at("2026-11-23 12:32").write(dutylog.StageFirst, "2人受伤")
		n := on.at("2026-11-23 12:33").write(dutylog.StageFirst, "3人受伤")
		written := on.mergeSheet()
		sent := on.at("2026-11-23 12:34").fax(n).mergeSheet()
		return merged + "written anew:\n" + written + "and sent:\n" + sent + "signed afterwards:\n" + on.at("2026-11-23 12:36").by(dutyLeader, dutylog.FactSigned, dutylog.FactBody{Report: n}).mergeSheet()
	},
	"02 what the other one sent is told on by telephone, without a text": func(t *testing.T) string {
		_, on := toldByTheOther(t)
		return on.do(dutylog.FactDelivered, dutylog.FactBody{Report: 1, Recipient: "government", Channel: "phone", Receiver: "李"}).mergeSheet()
	},
	"04 a signature by telephone is confirmed where it was noted": func(t *testing.T) string {
		gone, on := toldByTheOther(t)
		merged := on.mergeSheet()
		third := on.mergedInto(newPlay(t, "2026-11-23 12:25"), "2026-11-23 12:40")
		twice := third.mergeSheet()
		gone.again(on, dutyLeader, dutylog.FactConfirmed, dutylog.FactBody{Report: 1})
		for _, d := range on.i.Absorb(third.i) {
			third.do(d.Kind, d.Body)
		}
		return merged + "merged once more:\n" + twice + "confirmed:\n" + third.mergeSheet()
	},
	"05 a signature by telephone is denied where it was noted": func(t *testing.T) string {
		gone, on := toldByTheOther(t)
		return gone.again(on.at("2026-11-23 12:40"), dutyLeader, dutylog.FactDenied, dutylog.FactBody{Report: 1, Reason: "没有这回事"}).mergeSheet()
	},
	"06 the other one had told the same casualties": func(t *testing.T) string {
		on := newPlay(t, "2026-11-23 12:20").at("2026-11-23 12:21").knows("1人受伤")
		gone := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:05").knows("1人受伤").at("2026-11-23 12:08").phones(1, "周敏")
		merged := gone.mergedInto(on, "2026-11-23 12:40").mergeSheet()
		return merged + "and later the same is said otherwise, and again:\n" + on.at("2026-11-23 12:42").knows("2人受伤").at("2026-11-23 12:43").knows("1人受伤").mergeSheet()
	},
	"07 this one had told the same casualties": func(t *testing.T) string {
		on := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:05").knows("1人受伤").at("2026-11-23 12:08").phones(1, "周敏")
		gone := newPlay(t, "2026-11-23 12:20").at("2026-11-23 12:25").phones(1, "周敏").at("2026-11-23 12:28").knows("1人受伤")
		return gone.mergedInto(on, "2026-11-23 12:40").mergeSheet()
	},
	"08 the other one had told fewer": func(t *testing.T) string {
		on := newPlay(t, "2026-11-23 12:20").at("2026-11-23 12:33").knows("2人受伤")
		gone := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:05").knows("1人受伤").at("2026-11-23 12:08").phones(1, "周敏")
		return gone.mergedInto(on, "2026-11-23 12:40").mergeSheet()
	},
	"09 that the other one had told is struck out": func(t *testing.T) string {
		on := newPlay(t, "2026-11-23 12:20").at("2026-11-23 12:21").knows("1人受伤").at("2026-11-23 12:22").phones(1, "周敏")
		gone := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:05").knows("1人受伤").at("2026-11-23 12:08").phones(1, "周敏")
		told := len(gone.i.Facts)
		gone.mergedInto(on, "2026-11-23 12:40")
		return gone.again(on.at("2026-11-23 12:41"), dutyOfficer, dutylog.FactStruck, dutylog.FactBody{Fact: told, Reason: "打错了"}).mergeSheet()
	},
	"10 only the government had got it": func(t *testing.T) string {
		gone := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08").elsewhere(dutylog.StageFirst)
		on := gone.mergedInto(newPlay(t, "2026-11-23 12:20"), "2026-11-23 12:30")
		return on.mergeSheet() + "the superior is told here:\n" + on.at("2026-11-23 12:31").phones(1, "周敏").mergeSheet()
	},
	"03 both had signed texts of their own": func(t *testing.T) string {
		gone := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:05")
		n := gone.write(dutylog.StageFirst, "1人受伤")
		gone.at("2026-11-23 12:06").signs(n).at("2026-11-23 12:08").fax(n)
		on := newPlay(t, "2026-11-23 12:20").at("2026-11-23 12:24")
		on.write(dutylog.StageFirst, "1人受伤")
		on.at("2026-11-23 12:25").by(dutyLeader, dutylog.FactSigned, dutylog.FactBody{Report: 1}).at("2026-11-23 12:26").fax(1)
		return gone.mergedInto(on, "2026-11-23 12:30").mergeSheet()
	},
}

// Whoever lacks a report that an incident sent which was merged is offered it when they are called.
func TestACallAfterAMergeIsOfferedAsWhatIsLacking(t *testing.T) {
	_, on := toldByTheOther(t)
	for to, want := range map[string]dutylog.Stage{"government": dutylog.StageFirst, "superior_bureau": dutylog.StageFollowUp} {
		offers := dutylog.OfferReports([]dutylog.Incident{on.i}, []dutylog.Call{on.called("c", "2026-11-23 12:31", telephony.Outbound)}, map[string]string{"c": to}, on.now)
		if len(offers) != 1 || offers[0].Report.Stage != want {
			t.Errorf("%s: %+v", to, offers)
		}
	}
}

func TestWhatIsOwedAfterAMerge(t *testing.T) {
	goldenStories(t, "incidentmerges.golden", merges)
}

// The next shift reads which approvals by telephone nobody has confirmed.
func TestTheSheetNamesApprovalsThatWait(t *testing.T) {
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:05")
	n := p.write(dutylog.StageFirst, "无")
	p.at("2026-11-23 12:06").signs(n).at("2026-11-23 12:20").do(dutylog.FactClosed, dutylog.FactBody{Reason: "另案处理"})
	if got := dutylog.OnSheet([]dutylog.Incident{p.i})[0].Waiting; !slices.Equal(got, []string{"初报（初步情况） 签发 赵振华"}) {
		t.Errorf("%q", got)
	}
	p.by(dutyLeader, dutylog.FactConfirmed, dutylog.FactBody{Report: n})
	if got := dutylog.OnSheet([]dutylog.Incident{p.i})[0].Waiting; got != nil {
		t.Errorf("confirmed: %q", got)
	}
}

// carried are the stories of the golden file: what an incident followed up, ended or told half of before it was merged.
var carried = map[string]func(*testing.T) string{
	"01 its follow-ups have the next numbers here": func(t *testing.T) string {
		gone := reported(t).at("2026-11-23 14:00").sends(dutylog.StageFollowUp, "无").at("2026-11-23 14:30").sends(dutylog.StageFollowUp, "无")
		on := reported(t).at("2026-11-23 14:20").sends(dutylog.StageFollowUp, "无")
		merged := gone.mergedInto(on, "2026-11-23 14:40")
		sheet := merged.mergeSheet()
		return sheet + "the next one:\n" + on.at("2026-11-23 15:00").sends(dutylog.StageFollowUp, "无").mergeSheet()
	},
	"02 a draft here keeps its number": func(t *testing.T) string {
		gone := reported(t).at("2026-11-23 14:00").sends(dutylog.StageFollowUp, "无")
		on := reported(t).at("2026-11-23 14:20")
		on.write(dutylog.StageFollowUp, "无")
		return gone.mergedInto(on, "2026-11-23 14:40").mergeSheet()
	},
	"03 its final report ends what is owed": func(t *testing.T) string {
		gone := reported(t).at("2026-11-23 14:00").sends(dutylog.StageFinal, "无")
		on := gone.mergedInto(newPlay(t, "2026-11-23 12:20"), "2026-11-23 14:10")
		return on.mergeSheet() + "closed:\n" + on.do(dutylog.FactClosed, dutylog.FactBody{Reason: "党委、政府由其他途径掌握"}).mergeSheet()
	},
	"04 it goes on after that final report": func(t *testing.T) string {
		gone := reported(t).at("2026-11-23 14:00").sends(dutylog.StageFinal, "无")
		on := gone.mergedInto(newPlay(t, "2026-11-23 14:05"), "2026-11-23 14:10")
		sheet := on.mergeSheet()
		return sheet + "followed up:\n" + on.at("2026-11-23 14:15").sends(dutylog.StageFollowUp, "无").mergeSheet()
	},
	"05 a death that only this one knows is not told by its final report": func(t *testing.T) string {
		gone := reported(t).at("2026-11-23 14:00").sends(dutylog.StageFinal, "无")
		on := reported(t).at("2026-11-23 13:55").knows("1人死亡")
		return gone.mergedInto(on, "2026-11-23 14:02").mergeSheet()
	},
	"06 injuries of which its written report does not tell": func(t *testing.T) string {
		gone := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:09").sends(dutylog.StageFirst, "无").at("2026-11-23 12:45").sends(dutylog.StageWritten, "无")
		on := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:05").sends(dutylog.StageFirst, "无").at("2026-11-23 12:42").knows("1人受伤")
		return gone.mergedInto(on, "2026-11-23 12:48").mergeSheet()
	},
	"07 one told the committee, the other the government": func(t *testing.T) string {
		return half(t, "party_committee", "2026-11-23 12:08").mergedInto(half(t, "government", "2026-11-23 12:09"), "2026-11-23 12:15").mergeSheet()
	},
	"08 the second half was late": func(t *testing.T) string {
		return half(t, "party_committee", "2026-11-23 12:12").mergedInto(half(t, "government", "2026-11-23 12:09"), "2026-11-23 12:15").mergeSheet()
	},
	"09 both told the same half": func(t *testing.T) string {
		return half(t, "government", "2026-11-23 12:08").mergedInto(half(t, "government", "2026-11-23 12:09"), "2026-11-23 12:15").mergeSheet()
	},
	"10 merged once more": func(t *testing.T) string {
		gone := reported(t).at("2026-11-23 14:00").sends(dutylog.StageFollowUp, "无")
		on := reported(t).at("2026-11-23 14:20").sends(dutylog.StageFollowUp, "无")
		third := gone.mergedInto(on, "2026-11-23 14:40").mergedInto(reported(t).at("2026-11-23 14:10").sends(dutylog.StageFollowUp, "无"), "2026-11-23 14:50")
		return third.mergeSheet()
	},
	"11 a follow-up is struck out afterwards": func(t *testing.T) string {
		gone := reported(t).at("2026-11-23 14:00").sends(dutylog.StageFollowUp, "无")
		sent := len(gone.i.Facts)
		on := gone.mergedInto(reported(t), "2026-11-23 14:40")
		return gone.again(on.at("2026-11-23 14:45"), dutyOfficer, dutylog.FactStruck, dutylog.FactBody{Fact: sent, Reason: "打错了"}).mergeSheet()
	},
}

// half is an incident of which committee and government are to be told, and one of them was.
func half(t *testing.T, to, clock string) *play {
	t.Helper()
	p := newPlay(t, "2026-11-23 12:00")
	p.i.Facts[0].Body.Schedule.StopsClock = "party_committee,government"
	p.i = dutylog.FoldIncident(p.i.ID, p.i.Facts)
	return p.at(clock).do(dutylog.FactDelivered, dutylog.FactBody{Report: 1, Recipient: to, Channel: "phone", Receiver: "李"})
}

func TestWhatIsCarriedOverInAMerge(t *testing.T) {
	goldenStories(t, "incidentcarried.golden", carried)
}
