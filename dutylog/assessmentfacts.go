package dutylog

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"dutyline/telephony"
)

// AssessmentBooks is what the log has of a month, before anything is counted.
type AssessmentBooks struct {
	From, To  time.Time
	Room      string        // what the duty room is called
	Lines     []LineTally   // of the tally, by line
	Allowance time.Duration // after which a handover is late
	Tally     Tally         // of the calls of all lines of the room
	Blind     time.Duration // of the month until now
	Frozen    bool          // the figures of the month are
	Closed    bool          // they are, and nothing came since
	Calls     []CallFact    // that some figure may count against
	Missed    []MissedFact  // calls that were missed, as every figure has it
	BackIn    time.Duration // after which a call back is late; zero: it never is
	Entries   []EntryDelay  // of calls, that were not complete in time
	Alerts    []ToldMisuse
	Duty      DutyFacts
	Tasks     []Task
	Checks    []SpotCheck // of the month, incoming
	Listened  []Listened  // of all draws of the month
	Upheld    []Violation // of the month
	Persons   Responsible // named for this sheet, else by the configuration
}

// LineTally is how one line of the duty room was answered.
type LineTally struct {
	Line  string
	Tally Tally
}

// EntryDelay is an entry of a call whose completion took longer than EntryInTime, or is still to come.
type EntryDelay struct {
	ID       string
	Call     CallFact
	Complete bool
}

// MissedFact is a missed caller of the month. What somebody says of one, that no number is known for instance,
// settles it as well: nobody is charged with what could not be done.
type MissedFact struct {
	Call    telephony.Call
	Settled time.Time // zero: still to be called back
	Reached time.Time // when somebody spoke with the caller; zero: nobody did, or need not
	Why     SettledWhy
}

// ToldMisuse is an alert that the line was forwarded or misused, as sure as certain or proved by a test.
type ToldMisuse struct {
	ID        int64
	Reason    string
	Forwarded bool
	At        time.Time
}

// EntryInTime is until when after the call's end its entry is complete in time, for the assessment.
const EntryInTime = 60 * time.Minute

// mostAgainst is how many pieces of evidence an item lists.
const mostAgainst = 40

// lines are each line's own figures, which the items of the room rest on.
func (b AssessmentBooks) lines(now time.Time) (all []AssessedLine) {
	for _, l := range b.Lines {
		x := AssessedLine{Line: l.Line, Calls: l.Tally.Calls(), Unknown: l.Tally.Outcomes()[telephony.Unknown], CalledBack: b.settled(l.Line, now)}
		for _, f := range []struct {
			figure Figure
			into   *[2]int
		}{{FigureOnTime, &x.OnTime}, {FigureAnswerRate, &x.AnswerRate}, {FigureComplete, &x.Complete}} {
			f.into[0], f.into[1] = l.Tally.Of(ruleOfFigure(f.figure), true)
		}
		all = append(all, x)
	}
	return all
}

// Facts counts the books of a month, of the whole duty room; line names the one of a sheet that an older program made. Nothing that is not due before now counts.
func (b AssessmentBooks) Facts(m Month, line string, now time.Time) AssessmentFacts {
	f := AssessmentFacts{Month: m, Line: line, Room: b.Room, Lines: b.lines(now), From: b.From, To: b.To, Calls: b.Tally.Calls(), Blind: b.Blind, Unknown: b.Tally.Outcomes()[telephony.Unknown], Open: b.Tally.Undecided(),
		Rings: append([]string{}, b.Tally.Rules()...), Closed: b.Closed, Shares: map[Assessed]AssessedShare{}, Persons: b.Persons}
	f.Persons = f.Persons.Or(Responsible{Duty: b.officers()})
	b.calls(f)
	b.missed(f, now)
	b.entries(f, now)
	b.told(f)
	b.duties(f, now)
	b.tasks(f)
	b.checks(f)
	b.listened(f)
	upheld := AssessedShare{Of: len(b.Upheld)}
	for _, v := range b.Upheld {
		upheld.Against = append(upheld.Against, EvidenceLink{Kind: EvidenceViolation, ID: strconv.FormatInt(v.ID, 10), At: v.At, What: strconv.Itoa(v.Item)})
	}
	f.add(AssessViolations, upheld)
	return f
}

// add keeps a share with as much of its evidence as a sheet holds.
func (f AssessmentFacts) add(name Assessed, s AssessedShare) {
	slices.SortStableFunc(s.Against, func(a, b EvidenceLink) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.ID, b.ID)) })
	figure, _ := name.FigureOf()
	all := s.Cases()
	if figure.Minutes || figure.Evidence == EvidenceNone {
		all = len(s.Against)
	}
	s.Against = s.Against[:min(len(s.Against), mostAgainst)]
	s.More = max(0, all-len(s.Against))
	s.Against = append([]EvidenceLink{}, s.Against...)
	f.Shares[name] = s
}

// officers names who was on the post of officer, for the third of the responsible persons.
func (b AssessmentBooks) officers() string {
	var names []string
	for _, s := range within(b.Duty.Shifts, b.From, b.To) {
		if s.Post == PostOfficer && !slices.ContainsFunc(names, func(had string) bool { return SameName(had, s.Name) }) {
			names = append(names, PersonName(s.Name))
		}
	}
	slices.Sort(names)
	if len(names) > 12 {
		names = append(names[:12], "…")
	}
	return strings.Join(names, "、")
}

// ofCalls are the figures of calls whose numerator counts what went well.
var ofCalls = map[Assessed]Figure{AssessOnTime: FigureOnTime, AssessAnswerRate: FigureAnswerRate, AssessWithin15: FigureWithin15,
	AssessRecorded: FigureRecorded, AssessComplete: FigureComplete}

// elsewhere are the figures that together say that a call did not come to the duty phone, or to a machine.
var elsewhere = []Figure{FigureForwarded, FigureElsewhere, FigureMachine}

// AgainstOutcomes are those of which some item may say that they did not go well.
func AgainstOutcomes() []telephony.Outcome {
	return slices.DeleteFunc(slices.Clone(offeredOnes), func(o telephony.Outcome) bool { return o == telephony.AnsweredInTime })
}

// AgainstList gathers the calls of one outcome, oldest first, until no item lists more of them.
type AgainstList struct {
	Calls  []CallFact
	listed map[Assessed]int
}

// Add takes the next call; full says that no further one is listed by any item.
func (l *AgainstList) Add(c CallFact) (full bool) {
	if CountingOf(c.Call) != CallCounts {
		return false
	}
	if l.listed == nil {
		l.listed = map[Assessed]int{}
	}
	l.Calls, full = append(l.Calls, c), true
	for name, figure := range ofCalls {
		r := ruleOfFigure(figure)
		if spec, _ := name.FigureOf(); spec.Evidence != EvidenceCall || r.Places[c.Call.Outcome] != Below {
			continue
		}
		if r.against(c) {
			l.listed[name]++
		}
		full = full && l.listed[name] >= mostAgainst
	}
	return full
}

func (b AssessmentBooks) calls(f AssessmentFacts) {
	for name, figure := range ofCalls {
		s := b.share(figure)
		spec, _ := name.FigureOf()
		for _, c := range b.Calls {
			if spec.Evidence == EvidenceCall && ruleOfFigure(figure).against(c) {
				s.Against = append(s.Against, callLink(c))
			}
		}
		f.add(name, s)
	}
	gone := AssessedShare{}
	for n, figure := range elsewhere {
		s := b.share(figure)
		if n == 0 {
			gone = AssessedShare{Good: s.Of, Of: s.Of, Measured: [2]int{s.Measured[1], s.Measured[1]}, Unknown: s.Unknown}
		}
		gone.Good -= s.Good
		gone.Measured[0] -= s.Measured[0]
		for _, c := range b.Calls {
			if ruleOfFigure(figure).place(classOf(c), true) == Above {
				gone.Against = append(gone.Against, callLink(c))
			}
		}
	}
	f.add(AssessNotForwarded, gone)
}

// missed counts the missed calls whose callers were reached, or need not be. Whose call was over just now is not
// waited for yet. How long it took is kept, so that the limit is a matter of the rules.
func (b AssessmentBooks) missed(f AssessmentFacts, now time.Time) {
	s, took := AssessedShare{Unknown: b.Tally.Outcomes()[telephony.Unknown]}, map[int]int{}
	for _, m := range b.Missed {
		after := m.Reached.Sub(m.Call.EndedAt)
		switch {
		case m.Call.Outcome != telephony.Missed:
			continue // whoever gave up early, or found the line engaged, is charged to nobody
		case b.fresh(m, now):
			continue
		case m.Back() == BackWaits:
			s.Against = append(s.Against, callLink(CallFact{Call: m.Call}))
		default:
			if s.Good++; !m.Reached.IsZero() {
				took[int((max(0, after)+time.Minute-1)/time.Minute)]++
			}
			if b.BackIn > 0 && !m.Reached.IsZero() && after > b.BackIn {
				s.Against = append(s.Against, callLink(CallFact{Call: m.Call}))
			}
		}
		s.Of++
	}
	for _, minutes := range slices.Sorted(maps.Keys(took)) {
		s.Took = append(s.Took, [2]int{minutes, took[minutes]})
	}
	s.Measured = [2]int{s.Good, s.Of}
	f.add(AssessCalledBack, s)
}

// fresh reports whether a missed call was over just now: its call back is not waited for yet.
func (b AssessmentBooks) fresh(m MissedFact, now time.Time) bool {
	return m.Back() == BackWaits && now.Before(m.Call.EndedAt.Add(max(UnmannedAfter, b.BackIn)))
}

// settled counts the missed calls of a line whose callers do not wait, as the item of the room counts them.
func (b AssessmentBooks) settled(line string, now time.Time) (n [2]int) {
	for _, m := range b.Missed {
		if m.Call.Line != line || m.Call.Outcome != telephony.Missed || b.fresh(m, now) {
			continue
		}
		if n[1]++; m.Back() != BackWaits {
			n[0]++
		}
	}
	return n
}

// share is a figure after review, beside what was measured.
func (b AssessmentBooks) share(name Figure) (s AssessedShare) {
	r := ruleOfFigure(name)
	s.Good, s.Of = b.Tally.Of(r, true)
	s.Measured[0], s.Measured[1] = b.Tally.Of(r, false)
	if s.Unknown = b.Tally.Outcomes()[telephony.Unknown]; r.Judges {
		s.Unknown += b.Tally.Undecided()
	}
	return s
}

func ruleOfFigure(name Figure) FigureRule {
	return figureRules[slices.IndexFunc(figureRules, func(r FigureRule) bool { return r.Figure == name })]
}

// against reports whether a call stands in the denominator of a figure and not in its numerator, after review.
func (r FigureRule) against(f CallFact) bool {
	var t Tally
	t.Add(f)
	good, of := t.Of(r, true)
	return of > good
}

func callLink(c CallFact) EvidenceLink {
	return EvidenceLink{Kind: EvidenceCall, ID: c.Call.ID, At: c.Call.OfferedAt, What: string(c.Call.Outcome)}
}

// enteredInTime is how many entries were complete within EntryInTime.
func (b AssessmentBooks) enteredInTime() (sum int) {
	at, n := b.Tally.Entering.Bins()
	for i := range at {
		if time.Duration(at[i])*afterUnit <= EntryInTime {
			sum += n[i]
		}
	}
	return sum
}

// LateEntries is how many entries have to be looked for by name, at most as many as a sheet lists.
func (b AssessmentBooks) LateEntries() int {
	return min(b.share(FigureComplete).Of-b.enteredInTime(), mostAgainst)
}

// entries counts those that were complete, and those of them that were so in time: all others are late, but for
// those whose time is not over.
func (b AssessmentBooks) entries(f AssessmentFacts, now time.Time) {
	complete, inTime := f.Shares[AssessComplete], f.Shares[AssessComplete]
	inTime.Good = b.enteredInTime()
	inTime.Measured[0] = inTime.Good
	for _, e := range b.Entries {
		link := EvidenceLink{Kind: EvidenceEntry, ID: e.ID, At: e.Call.Call.OfferedAt, What: string(e.Call.Call.Outcome)}
		if !ruleOfFigure(FigureComplete).against(CallFact{Call: e.Call.Call}) {
			continue // what is not counted at all
		}
		if !e.Complete && now.Before(e.Call.Call.EndedAt.Add(EntryInTime)) {
			for _, share := range []*AssessedShare{&complete, &inTime} {
				share.Of--
				share.Measured[1]--
			}
			continue
		}
		inTime.Against = append(inTime.Against, link)
		if !e.Complete {
			complete.Against = append(complete.Against, link)
		}
	}
	f.add(AssessComplete, complete)
	f.add(AssessEntryInTime, inTime)
}

func (b AssessmentBooks) told(f AssessmentFacts) {
	for name, forwarded := range map[Assessed]bool{AssessForwarding: true, AssessMisuse: false} {
		s := AssessedShare{}
		for _, a := range b.Alerts {
			if a.Forwarded == forwarded {
				s.Of++
				s.Against = append(s.Against, EvidenceLink{Kind: EvidenceAlert, ID: strconv.FormatInt(a.ID, 10), At: a.At, What: a.Reason})
			}
		}
		f.add(name, s)
	}
}

// ofDuties are the figures of the room's other work.
var ofDuties = []struct {
	name   Assessed
	figure DutyFigure
	of     string
}{
	{AssessFirst, ReportsOnTime, string(StageFirst)}, {AssessWritten, ReportsOnTime, string(StageWritten)}, {AssessDetailed, ReportsOnTime, string(StageDetailed)},
	{AssessFollowUp, ReportsOnTime, string(StageFollowUp)}, {AssessOpened, IncidentsOpenedLate, ""}, {AssessInstructions, InstructionsOverdue, ""},
	{AssessHandovers, HandoversLate, ""}, {AssessFilings, FilingsLate, ""},
}

func (b AssessmentBooks) duties(f AssessmentFacts, now time.Time) {
	counted := DutyFigures(b.Duty, b.Allowance, b.From, b.To, now)
	for _, d := range ofDuties {
		s := shareOf(counted, d.figure, d.of)
		good := s.Numerator
		if !d.figure.counts() {
			good = s.Denominator - s.Numerator
		}
		f.add(d.name, AssessedShare{Good: good, Of: s.Denominator, Measured: [2]int{good, s.Denominator}, Against: s.evidence()})
	}
	covered := AssessedShare{}
	for _, p := range Posts() {
		s := shareOf(counted, RosterUncovered, string(p))
		covered.Of += s.Denominator
		covered.Good += s.Denominator - s.Numerator
		covered.Against = append(covered.Against, s.evidence()...)
	}
	covered.Measured = [2]int{covered.Good, covered.Of}
	f.add(AssessRoster, covered)
}

// shareOf is one of the figures; those that nothing is counted for have no numbers.
func shareOf(all []DutyShare, f DutyFigure, of string) DutyShare {
	for _, s := range all {
		if s.Figure == f && s.Of == of {
			return s
		}
	}
	return DutyShare{}
}

// evidence is what is behind a figure, the oldest first.
func (s DutyShare) evidence() (links []EvidenceLink) {
	for _, b := range slices.Backward(s.Behind) {
		link := EvidenceLink{ID: b.ID, At: b.At, What: b.What}
		switch {
		case b.Kind == BehindIncident:
			link.Kind = EvidenceIncident
		case b.Kind == BehindCall:
			link.Kind = EvidenceCall
		case b.Kind == BehindFiling:
			link.Kind = EvidenceFiling
		case b.Until.IsZero():
			if link.Kind, link.ID = EvidenceHandover, ""; b.Handover > 0 {
				link.ID = strconv.FormatInt(b.Handover, 10)
			}
		default:
			link.Kind, link.What = EvidenceRoster, b.Until.UTC().Format(time.RFC3339)
		}
		links = append(links, link)
	}
	return links
}

// tasks counts dated duties whose time came; those that ask for a filing are counted as such.
func (b AssessmentBooks) tasks(f AssessmentFacts) {
	s := AssessedShare{}
	for _, t := range b.Tasks {
		late := t.State == TaskDoneLate || t.State == TaskMissed || t.State == TaskOverdue
		if t.Filing != nil || !late && t.State != TaskDone {
			continue
		}
		if s.Of++; late {
			s.Against = append(s.Against, EvidenceLink{Kind: EvidenceTask, ID: strconv.FormatInt(t.Rule.Rule, 10) + "/" + t.Key, At: t.DueAt, What: t.Title})
		} else {
			s.Good++
		}
	}
	s.Measured = [2]int{s.Good, s.Of}
	f.add(AssessTasks, s)
}

// checks counts spot checks by superiors that a supervisor wrote or confirmed: one with something to mend did not pass.
func (b AssessmentBooks) checks(f AssessmentFacts) {
	s := AssessedShare{}
	for _, c := range b.Checks {
		if c.Struck || !c.Confirmed() {
			continue
		}
		if s.Of++; c.Result == SpotPassed {
			s.Good++
		} else {
			s.Against = append(s.Against, EvidenceLink{Kind: EvidenceSpot, ID: strconv.FormatInt(c.Check, 10), At: c.Day, What: string(c.Result)})
		}
	}
	s.Measured = [2]int{s.Good, s.Of}
	f.add(AssessSpotChecks, s)
}

// listened counts recordings that were reviewed: in one that is good nothing is poor.
func (b AssessmentBooks) listened(f AssessmentFacts) {
	s, seen := AssessedShare{}, map[string]bool{}
	for _, l := range b.Listened {
		if l.Review == nil || seen[l.CallID] {
			continue // drawn twice: the newest draw comes first
		}
		seen[l.CallID] = true
		poor := ""
		for _, m := range l.Review.Marks.list() {
			if m.mark == MarkPoor {
				poor = cmp.Or(poor, m.item)
			}
		}
		if s.Of++; poor == "" {
			s.Good++
		} else {
			s.Against = append(s.Against, EvidenceLink{Kind: EvidenceListening, ID: l.CallID, At: l.Review.At, What: poor})
		}
	}
	s.Measured = [2]int{s.Good, s.Of}
	f.add(AssessListening, s)
}
