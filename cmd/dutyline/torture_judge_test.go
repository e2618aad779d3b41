package main_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"dutyline/telephony"
)

// stated is an interval for which the log itself says that it does not know everything.
type stated struct {
	Kind, Cause string
	From, To    time.Time
}

// window is the time during which the bench did harm.
type window struct {
	Fault    string
	Hurts    string // "daemon", "switch" or "journal": what cannot do its work meanwhile
	From, To time.Time
}

// What a window hurts.
const (
	hurtsDaemon  = "daemon"
	hurtsSwitch  = "switch"
	hurtsJournal = "journal"
)

// windowSlack is how far around a window its harm may show: what was under way, and what a
// peer or the switch had not noticed yet.
const windowSlack = 300 * time.Millisecond

func overlap(from, to, a, b time.Time) bool {
	return !from.After(b.Add(windowSlack)) && !a.Add(-windowSlack).After(to)
}

func (w window) meets(t truth) bool { return overlap(t.InvitedAt, t.end(), w.From, w.To) }

// end is when the last side of a call was over.
func (t truth) end() time.Time {
	if t.OverAt.IsZero() {
		return t.InvitedAt
	}
	return t.OverAt
}

func (s stated) meets(t truth) bool {
	return overlap(t.InvitedAt, t.end(), s.From, s.To)
}

// row is a line of the table: one kind of fault and the calls that met it.
type row struct {
	fault                        string
	injected, calls, right, lost int
	excused                      map[string]int // by the kind of the stated interval
}

// report is what the judge found.
type report struct {
	calls, right, excused, lost, duplicated, recordingsLost, delayed int

	recordings int // talks with sound whose recording was judged
	silences   int // talks without sound of which it was judged what is said
	rows       []row
	complaints []string
	blind      time.Duration // stated as blind although switch and journal worked
}

func (r report) clean() bool {
	return r.lost == 0 && r.duplicated == 0 && r.recordingsLost == 0 && r.delayed == 0
}

// evidence is everything that is judged.
type evidence struct {
	truths  []truth
	log     []logged
	stated  []stated
	windows []window
}

// judge compares what the peers saw with what the log says. It is a function of its
// argument alone.
func judge(e evidence) report {
	r := report{calls: len(e.truths)}
	rows := map[string]*row{}
	rowOf := func(name string) *row {
		if rows[name] == nil {
			rows[name] = &row{fault: name, excused: map[string]int{}}
		}
		return rows[name]
	}
	for _, w := range e.windows {
		rowOf(w.Fault).injected++
	}
	held := map[string][]logged{}
	for _, l := range e.log {
		held[l.Caller] = append(held[l.Caller], l)
	}
	truths := slices.SortedFunc(slices.Values(e.truths), func(a, b truth) int { return a.InvitedAt.Compare(b.InvitedAt) })
	for _, t := range truths {
		r.judgeCall(e, t, held[t.Caller], rowOf(e.faultOf(t)))
		delete(held, t.Caller)
	}
	for _, caller := range slices.Sorted(maps.Keys(held)) {
		r.duplicated += len(held[caller])
		r.complain("nobody called from %q, the log has it %d times: %s", caller, len(held[caller]), held[caller][0].ID)
	}
	for _, b := range e.groundless() {
		r.blind += b.To.Sub(b.From)
		r.complain("blind from %s to %s although switch and journal worked (harms near it: %s): %s", b.From.Format(time.StampMicro), b.To.Format(time.StampMicro), e.near(b), b.Cause)
	}
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		r.rows = append(r.rows, *rows[name])
	}
	return r
}

func (r *report) complain(format string, args ...any) {
	r.complaints = append(r.complaints, fmt.Sprintf(format, args...))
}

func (r *report) judgeCall(e evidence, t truth, held []logged, row *row) {
	row.calls++
	switchHurt := e.hurt(t, hurtsSwitch)
	if (t.Retransmits > 0 || t.failed()) && !switchHurt {
		r.delayed++
		r.complain("%s (%s) was delayed or failed while the switch lived: INVITE repeated %d times, status %d, phone invited %d times, status %d, cut %v",
			t.Caller, e.met(t), t.Retransmits, t.Status, t.PhoneInvited, t.PhoneStatus, t.Cut)
	}
	why := "it is not in the log"
	switch {
	case len(held) > 1:
		r.duplicated += len(held) - 1
		r.complain("%s (%s) is %d times in the log: %s, %s", t.Caller, e.met(t), len(held), held[0].ID, held[1].ID)
		return
	case len(held) == 1:
		why = held[0].against(t)
	}
	if why == "" {
		r.right++
		row.right++
	} else if kind := e.excuse(t); kind != "" {
		r.excused++
		row.excused[kind]++
	} else {
		r.lost++
		row.lost++
		r.complain("%s (%s, planned: %s) is lost: %s", t.Caller, e.met(t), t.Plan, why)
	}
	r.judgeRecording(e, t, held, switchHurt)
}

func (r *report) judgeRecording(e evidence, t truth, held []logged, switchHurt bool) {
	if !t.answered() {
		return
	}
	why := "the call is not in the log"
	if len(held) == 1 && t.Media {
		r.recordings++
		why = held[0].recordingAgainst(t, switchHurt)
	} else if len(held) == 1 {
		r.silences++
		why = held[0].silenceAgainst()
	} else if e.excuse(t) != "" {
		return
	}
	if why != "" {
		r.recordingsLost++
		r.complain("%s (%s): %s", t.Caller, e.met(t), why)
	}
}

// faultOf is the first harm that a call met.
func (e evidence) faultOf(t truth) string {
	name, from := "none", time.Time{}
	for _, w := range e.windows {
		if w.meets(t) && (from.IsZero() || w.From.Before(from)) {
			name, from = w.Fault, w.From
		}
	}
	return name
}

// met names every harm that a call met.
func (e evidence) met(t truth) string {
	var names []string
	for _, w := range e.windows {
		if w.meets(t) && !slices.Contains(names, w.Fault) {
			names = append(names, w.Fault)
		}
	}
	if names == nil {
		return "nothing was hurt"
	}
	return strings.Join(names, ", ")
}

func (e evidence) hurt(t truth, what string) bool {
	return slices.ContainsFunc(e.windows, func(w window) bool { return w.Hurts == what && w.meets(t) })
}

// excuse is the kind of a stated interval in which the call lies. An interval excuses nothing
// that the bench knows better: while switch and journal worked, nobody need be blind. That the live
// view saw nothing (live_down) excuses nothing by itself: the journal has to say what it says. Nor does
// a journal that was hurt while the live view saw the call.
func (e evidence) excuse(t truth) string {
	for _, s := range e.stated {
		if !s.meets(t) {
			continue
		}
		switch s.Kind {
		case "switch_down":
			if e.hurt(t, hurtsSwitch) {
				return s.Kind
			}
		case "blind":
			if e.hurt(t, hurtsSwitch) || e.hurt(t, hurtsJournal) {
				return s.Kind
			}
		case "journal_down":
			if e.hurt(t, hurtsJournal) && e.unseen(t) {
				return s.Kind
			}
		}
	}
	return ""
}

// unseen is whether the live view did not see all of a call, by what the log states.
func (e evidence) unseen(t truth) bool {
	return slices.ContainsFunc(e.stated, func(s stated) bool { return s.Kind == "live_down" && s.meets(t) })
}

// near names the harms of some seconds before and after an interval.
func (e evidence) near(i telephony.Interval) string {
	const some = 10 * time.Second
	var names []string
	for _, w := range e.windows {
		if overlap(i.From.Add(-some), i.To.Add(some), w.From, w.To) {
			names = append(names, fmt.Sprintf("%s %s-%s", w.Fault, w.From.Format("15:04:05.000"), w.To.Format("15:04:05.000")))
		}
	}
	return strings.Join(names, ", ")
}

// aftermath is how long after a harm the journal may lack rows of it: a call that was under way then
// is over by that time, and only its next row says that rows before it are lost.
const aftermath = 10 * time.Second

// groundless is when neither eye saw, by what the log states, for no harm to switch or journal.
func (e evidence) groundless() []telephony.Interval {
	var facts []telephony.Interval
	for _, s := range e.stated {
		i := telephony.Interval{Kind: telephony.IntervalKind(s.Kind), From: s.From, To: s.To, Cause: s.Cause}
		switch i.Kind {
		case telephony.JournalDown:
			if i.From = e.unharmed(i); i.From.Before(i.To) {
				facts = append(facts, i)
			}
		case telephony.BlindInterval: // follows from the others
		case telephony.SwitchDown: // takes nothing away from blind time where the switch was not hurt
			if slices.ContainsFunc(e.windows, func(w window) bool {
				return w.Hurts == hurtsSwitch && overlap(i.From, i.To, w.From, w.To.Add(aftermath))
			}) {
				facts = append(facts, i)
			}
		default:
			facts = append(facts, i)
		}
	}
	return telephony.Blind(facts)
}

// unharmed is from when on no harm to it, or to the switch, and nothing that follows from one, explains that the
// journal was down. What a harm destroys may reach far back, to the last place that a run could keep before it was
// killed: one that is killed every second keeps none.
func (e evidence) unharmed(i telephony.Interval) time.Time {
	from := i.From
	for _, w := range e.windows {
		if w.Hurts != hurtsDaemon && overlap(i.From, i.To, w.From, w.To.Add(aftermath)) {
			from = maxTime(from, w.To.Add(aftermath))
		}
	}
	return from
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// table shows the calls by what they met.
func (r report) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-22s %8s %7s %7s %-34s %5s\n", "fault", "injected", "calls", "right", "excused", "lost")
	for _, w := range r.rows {
		var by []string
		for _, kind := range slices.Sorted(maps.Keys(w.excused)) {
			by = append(by, fmt.Sprintf("%d by %s", w.excused[kind], kind))
		}
		if by == nil {
			by = []string{"0"}
		}
		fmt.Fprintf(&b, "%-22s %8d %7d %7d %-34s %5d\n", w.fault, w.injected, w.calls, w.right, strings.Join(by, ", "), w.lost)
	}
	return b.String()
}

// line is the last one of the bench, which other programs read.
func (r report) line(kills int) string {
	return fmt.Sprintf("torture: calls=%d kills=%d right=%d excused=%d lost=%d duplicated=%d recordings_lost=%d delayed_by_us=%d",
		r.calls, kills, r.right, r.excused, r.lost, r.duplicated, r.recordingsLost, r.delayed)
}
