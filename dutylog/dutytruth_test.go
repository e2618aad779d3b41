package dutylog_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
)

// bareDuty is a year of a duty room's other work as somebody would note it on paper.
type bareDuty struct {
	incidents []bareIncident
	shifts    []bareShift // of officers, none overlaps another
	taken     []bareShift // from: when; who: by whom
	filings   []string
	begun     time.Time
}

type bareShift struct {
	from, to time.Time
	who      string
}

type bareIncident struct {
	natural, opened time.Time
	reports         []bareReport
	instructions    [][2]time.Time // due, closed
}

type bareReport struct {
	stage      string
	due, sent  time.Time
	deliveries []bareDelivery
}

type bareDelivery struct {
	recipient, channel string
	at                 time.Time
}

const dutyYear = 365 * 24 * 60 // minutes

func newBareDuty(r *rand.Rand, begin time.Time) (w bareDuty) {
	minutes := func(n int) time.Duration { return time.Duration(n) * time.Minute }
	w.begun = begin.Add(minutes(3 * 24 * 60))
	for range 300 {
		i := bareIncident{natural: begin.Add(minutes(r.IntN(dutyYear)))}
		i.opened = i.natural.Add(minutes(r.IntN(21)))
		for n, stage := range []string{"first", "written", "detailed", "follow_up", "follow_up", "final"} {
			p := bareReport{stage: stage, due: i.natural.Add(minutes([]int{10, 50, 100, 220, 340, 0}[n]))}
			if stage == "final" && r.IntN(2) == 0 {
				p.due = time.Time{} // nobody asks for it yet
			}
			if r.IntN(5) > 0 {
				p.sent = i.natural.Add(minutes(r.IntN(400)))
				for range r.IntN(4) {
					p.deliveries = append(p.deliveries, bareDelivery{[]string{"superior_bureau", "party_committee", "government"}[r.IntN(3)], []string{"phone", "wechat", "fax", "system"}[r.IntN(4)], p.sent.Add(minutes(r.IntN(30)))})
				}
			}
			i.reports = append(i.reports, p)
		}
		for range r.IntN(3) {
			x := [2]time.Time{i.natural.Add(minutes(r.IntN(4000)))}
			if r.IntN(3) > 0 {
				x[1] = x[0].Add(minutes(r.IntN(2000) - 1000))
			}
			i.instructions = append(i.instructions, x)
		}
		w.incidents = append(w.incidents, i)
	}
	officers, last := []string{"张伟", "李娜", "王磊", "陈静"}, 0
	for at := begin; at.Before(begin.Add(minutes(dutyYear))); at = at.Add(12 * time.Hour) {
		if r.IntN(12) == 0 {
			continue // a gap of the roster
		}
		last = (last + 1 + r.IntN(3)) % 4 // another one
		w.shifts = append(w.shifts, bareShift{at, at.Add(minutes(720 - r.IntN(2)*r.IntN(90))), officers[last]})
		if r.IntN(10) > 0 {
			who := officers[last]
			if r.IntN(8) == 0 {
				who = officers[r.IntN(4)]
			}
			w.taken = append(w.taken, bareShift{from: at.Add(minutes(r.IntN(540) - 420)), who: who})
		}
	}
	for range 40 {
		w.filings = append(w.filings, []string{"filed", "filed_late", "overdue", "open", "supplement", "deadline_unknown"}[r.IntN(6)])
	}
	return w
}

// counted is a straight loop over all of it: what fell due from one moment to another, and before now.
func (w bareDuty) counted(from, to, now time.Time) map[string][2]int {
	if now.Before(to) {
		to = now
	}
	all := map[string][2]int{}
	count := func(name string, in bool) {
		x := all[name]
		x[1]++
		if in {
			x[0]++
		}
		all[name] = x
	}
	due := func(at time.Time) bool { return !at.IsZero() && !at.Before(from) && at.Before(to) }
	for _, i := range w.incidents {
		if due(i.opened) {
			count("incidents_opened_late/", i.opened.Sub(i.natural) > 10*time.Minute)
		}
		for _, p := range i.reports {
			if !due(p.due) {
				continue
			}
			count("reports_on_time/"+p.stage, !p.sent.IsZero() && !p.sent.After(p.due))
			for _, to := range []string{"superior_bureau", "party_committee", "government"} {
				reached := false
				for _, d := range p.deliveries {
					reached = reached || d.recipient == to && !d.at.After(p.due)
				}
				count("deliveries_on_time/"+to, reached)
			}
			for _, d := range p.deliveries {
				count("deliveries_on_time/"+d.channel, !d.at.After(p.due))
			}
		}
		for _, x := range i.instructions {
			if due(x[0]) {
				count("instructions_overdue/", x[1].IsZero() || x[1].After(x[0]))
			}
		}
	}
	for n := 1; n < len(w.shifts); n++ {
		before, next := w.shifts[n-1], w.shifts[n]
		if due(next.from) && !next.from.Before(w.begun) && next.from.Add(15*time.Minute).Before(now) {
			count("handovers_late/", !w.tookOver(before, next))
		}
	}
	var near []bareShift
	for _, s := range w.shifts {
		if s.from.Before(to) && s.to.After(from) {
			near = append(near, s)
		}
	}
	for at := from; at.Before(to); at = at.Add(time.Minute) {
		held := false
		for _, s := range near {
			held = held || !at.Before(s.from) && at.Before(s.to)
		}
		count("roster_uncovered/duty_officer", !held)
	}
	for _, state := range w.filings {
		switch state {
		case "filed_late", "overdue":
			count("filings_late/", true)
		case "filed", "supplement":
			count("filings_late/", false)
		}
	}
	return all
}

// tookOver reports whether somebody confirmed in time: who follows, from the middle of the shift that ends on; who goes
// on beyond their own shift; or anybody else who stands in from a quarter of an hour before.
func (w bareDuty) tookOver(before, next bareShift) bool {
	ends := before.to
	if next.from.Before(ends) {
		ends = next.from
	}
	for _, h := range w.taken {
		since := next.from.Add(-15 * time.Minute)
		switch h.who {
		case next.who:
			since = before.from.Add(ends.Sub(before.from)/2 + 1)
		case before.who:
			since = next.from
		}
		if !h.from.Before(since) && !h.from.After(next.from.Add(15*time.Minute)) {
			return true
		}
	}
	return false
}

// facts is the same as the log would have it.
func (w bareDuty) facts() (f dutylog.DutyFacts) {
	f.Begun, f.RosterSince = w.begun, w.shifts[0].from.AddDate(0, 0, -1)
	for n, b := range w.incidents {
		i := dutylog.Incident{ID: int64(n + 1), ClockNatural: b.natural, Schedule: dutylog.UsualSchedule(), Facts: []dutylog.IncidentFact{{WrittenAt: b.opened}}}
		for _, p := range b.reports {
			report := dutylog.Report{Stage: dutylog.Stage(p.stage), DueAt: p.due, SentAt: p.sent}
			for _, d := range p.deliveries {
				report.Deliveries = append(report.Deliveries, dutylog.Delivery{Recipient: d.recipient, Channel: d.channel, At: d.at})
			}
			i.Reports = append(i.Reports, report)
		}
		for _, x := range b.instructions {
			i.Instructions = append(i.Instructions, dutylog.Instruction{Due: x[0], ClosedAt: x[1]})
		}
		f.Incidents = append(f.Incidents, i)
	}
	for _, s := range w.shifts {
		f.Shifts = append(f.Shifts, dutylog.Shift{From: s.from, To: s.to, Post: dutylog.PostOfficer, Name: s.who})
	}
	for n, h := range w.taken {
		f.Handovers = append(f.Handovers, dutylog.Handover{ID: int64(n + 1), At: h.from, Incoming: dutylog.Actor{Name: h.who}})
	}
	for _, state := range w.filings {
		f.Filings = append(f.Filings, dutylog.FilingDuty{State: dutylog.FilingState(state)})
	}
	return f
}

// A year of incidents, deliveries, instructions, handovers, roster and filings, month by month and at a moment within
// one: the figures of the other work are what straight loops over the notes come to.
func TestDutyFiguresOfAYearAreThoseOfAStraightLoop(t *testing.T) {
	t.Parallel()
	begin := time.Date(2027, 12, 31, 16, 0, 0, 0, time.UTC) // midnight of 2028-01-01 in China; February has 29 days
	w := newBareDuty(rand.New(rand.NewPCG(28, 4)), begin)
	f, end, seen := w.facts(), begin.AddDate(1, 0, 0), map[string]bool{}
	for n := range 13 {
		from := time.Date(2028, time.Month(n+1), 1, 0, 0, 0, 0, time.FixedZone("", 8*3600))
		to, now := from.AddDate(0, 1, 0), end.AddDate(0, 2, 0)
		if n == 12 {
			from, to, now = from.AddDate(0, -7, 0), from.AddDate(0, -6, 0), from.AddDate(0, -7, 11).Add(10*time.Hour)
		}
		got := map[string][2]int{}
		for _, s := range dutylog.DutyFigures(f, 15*time.Minute, from, to, now) {
			if name := string(s.Figure) + "/" + s.Of; s.Denominator > 0 && name != "roster_uncovered/duty_section_chief" && name != "roster_uncovered/duty_leader" {
				got[name], seen[name] = [2]int{s.Numerator, s.Denominator}, true
			}
		}
		if diff := cmp.Diff(w.counted(from, to, now), got); diff != "" {
			t.Errorf("%s to %s at %s (-loops +figures):\n%s", from, to, now, diff)
		}
	}
	if len(seen) != 17 {
		t.Errorf("only these were compared: %v", fmt.Sprint(seen))
	}
}
