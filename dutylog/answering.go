package dutylog

import (
	"slices"
	"time"

	"dutyline/telephony"
)

// CallFact is one call as far as figures depend on it.
type CallFact struct {
	Call       telephony.Call // with the tags that are shown
	Officer    string         // who said that they answered, else who was responsible; empty: nobody is known
	Shift      ShiftSpan
	Verified   bool          // its recording was sealed and found whole
	Complete   bool          // its entry is, or once was
	Entered    time.Duration // from the call's end until its entry was complete the first time
	NotGiven   bool          // a required value of its complete entry stands as 未提供
	Refused    bool          // one stands as 拒绝提供
	CalledBack bool          // its caller was reached afterwards
	BackStated bool          // by what a person says alone: no call shows it
	BackAfter  time.Duration // from the call's end until then, where a call shows it
	Review     ReviewResult  // as ReviewResult.Counted gives it; empty: nobody decided otherwise than was measured
}

// ShiftSpan is the time of a shift of duty officers, at most 24 h; zero: the roster has none.
type ShiftSpan struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Counting says whether figures count a call, and why not.
type Counting string

// The closed set of reasons.
const (
	CallCounts   Counting = "counts"
	CallRuns     Counting = "not_ended"
	CallGoesOut  Counting = "outgoing"
	CallIsTest   Counting = "test"   // made by the product's own line test
	CallIsSystem Counting = "system" // our own alert calls
)

// CountingOf decides whether figures count a call. Everything else, spot checks included, counts.
func CountingOf(c telephony.Call) Counting {
	switch {
	case c.Direction != telephony.Inbound:
		return CallGoesOut
	case slices.Contains(c.Tags, telephony.TagTest):
		return CallIsTest
	case slices.Contains(c.Tags, telephony.TagSystem):
		return CallIsSystem
	case !c.Ended():
		return CallRuns
	}
	return CallCounts
}

// Figure names one figure of how the line was answered.
type Figure string

// The closed set of figures.
const (
	FigureOnTime       Figure = "on_time"            // 按时接听率, of the officer
	FigureAnswerRate   Figure = "answer_rate"        // 接通率, of the line
	FigureWithin15     Figure = "within_15s"         // 15 秒接通率, of the line, by the caller's clock
	FigureMissed       Figure = "missed"             //
	FigureCalledBack   Figure = "called_back"        // of the missed ones
	FigureAbandoned    Figure = "abandoned_early"    //
	FigureEngaged      Figure = "engaged"            //
	FigureRejected     Figure = "rejected"           //
	FigureUnreachable  Figure = "unreachable"        //
	FigureForwarded    Figure = "forwarded"          //
	FigureElsewhere    Figure = "answered_elsewhere" //
	FigureMachine      Figure = "answered_by_machine"
	FigureRecorded     Figure = "recorded"           // answered calls with a verified recording
	FigureComplete     Figure = "entry_complete"     // calls whose entry is complete
	FigureNotGiven     Figure = "value_not_given"    // complete entries with a required value as 未提供
	FigureValueRefused Figure = "value_refused"      // with one as 拒绝提供
	FewestForRate             = 20                   // with less, counts are shown and no rate
	within15                  = 15 * time.Second     // GB/T 33358, and the start of the fourth ring
	ringUnit                  = time.Second / 10     // ring times are counted in tenths of a second, rounded down
	afterUnit                 = time.Second          // entry and call-back times in whole seconds, rounded down
	longestTime               = 400 * 24 * time.Hour // longer is no time that anybody measured
)

// Trait is what a call has beside its outcome.
type Trait int

// The closed set of traits.
const (
	AnyCall Trait = iota
	WaitedUnder15
	HasRecording
	WasCalledBack
	HasEntry // complete
	HasNotGiven
	HasRefused
	traits // how many there are
)

var traitNames = [traits]string{"", "within_15s", "verified_recording", "called_back", "entry_complete", "value_not_given", "value_refused"}

// String is how the API names a trait; empty: no trait is asked for.
func (t Trait) String() string { return traitNames[t] }

// FigurePlace is where calls of one outcome stand in a figure.
type FigurePlace int

// The three places.
const (
	Nowhere FigurePlace = iota
	Below               // in the denominator only
	Above               // in numerator and denominator
)

// FigureRule is the definition of one figure: there is no other one, neither for the page nor for the
// API, an export or a monitor.
type FigureRule struct {
	Figure Figure
	// Judges says that the figure judges the officer. Then an answer that came late within the line's
	// uncertainty stands nowhere until somebody decides it, and what a review set aside stands nowhere.
	Judges bool
	Of     Trait // only calls with it are counted at all
	With   Trait // only these are in the numerator
	Places map[telephony.Outcome]FigurePlace
}

var (
	answeredOnes = []telephony.Outcome{telephony.AnsweredInTime, telephony.AnsweredLate}
	// reachedOnes rang at the duty phone and waited for an officer.
	reachedOnes = append([]telephony.Outcome{telephony.Missed, telephony.Rejected}, answeredOnes...)
	// inboundOnes are all but unknown, which is in no figure: its count stands beside every one.
	inboundOnes = []telephony.Outcome{telephony.AnsweredInTime, telephony.AnsweredLate, telephony.Missed, telephony.AbandonedEarly, telephony.Engaged,
		telephony.Rejected, telephony.Unreachable, telephony.Forwarded, telephony.AnsweredElsewhere, telephony.AnsweredByMachine}
	// offeredOnes are those that did not give up before the limit.
	offeredOnes = slices.DeleteFunc(slices.Clone(inboundOnes), func(o telephony.Outcome) bool { return o == telephony.AbandonedEarly })
)

// figureRules is the one table outcome × figure.
var figureRules = []FigureRule{
	{Figure: FigureOnTime, Judges: true, Places: places(reachedOnes, telephony.AnsweredInTime)},
	{Figure: FigureAnswerRate, Places: places(offeredOnes, answeredOnes...)},
	{Figure: FigureWithin15, With: WaitedUnder15, Places: places(offeredOnes, answeredOnes...)},
	{Figure: FigureMissed, Judges: true, Places: places(reachedOnes, telephony.Missed)},
	{Figure: FigureCalledBack, With: WasCalledBack, Places: places(nil, telephony.Missed)},
	{Figure: FigureAbandoned, Places: places(inboundOnes, telephony.AbandonedEarly)},
	{Figure: FigureEngaged, Places: places(inboundOnes, telephony.Engaged)},
	{Figure: FigureRejected, Places: places(inboundOnes, telephony.Rejected)},
	{Figure: FigureUnreachable, Places: places(inboundOnes, telephony.Unreachable)},
	{Figure: FigureForwarded, Places: places(inboundOnes, telephony.Forwarded)},
	{Figure: FigureElsewhere, Places: places(inboundOnes, telephony.AnsweredElsewhere)},
	{Figure: FigureMachine, Places: places(inboundOnes, telephony.AnsweredByMachine)},
	{Figure: FigureRecorded, With: HasRecording, Places: places(nil, answeredOnes...)},
	{Figure: FigureComplete, With: HasEntry, Places: places(nil, inboundOnes...)},
	{Figure: FigureNotGiven, Of: HasEntry, With: HasNotGiven, Places: places(nil, inboundOnes...)},
	{Figure: FigureValueRefused, Of: HasEntry, With: HasRefused, Places: places(nil, inboundOnes...)},
}

// FigureRules is the table, in the order in which figures are shown.
func FigureRules() []FigureRule { return slices.Clone(figureRules) }

// RuleOf is the definition of a figure.
func RuleOf(f Figure) FigureRule {
	return figureRules[slices.IndexFunc(figureRules, func(r FigureRule) bool { return r.Figure == f })]
}

func places(below []telephony.Outcome, above ...telephony.Outcome) map[telephony.Outcome]FigurePlace {
	all := map[telephony.Outcome]FigurePlace{}
	for _, o := range below {
		all[o] = Below
	}
	for _, o := range above {
		all[o] = Above
	}
	return all
}

// class is all of a call on which its place in the figures depends.
type class struct {
	outcome    telephony.Outcome
	borderline bool // answered late, yet within the line's uncertainty of the limit
	review     ReviewResult
}

func classOf(f CallFact) class {
	return class{f.Call.Outcome, f.Call.Outcome == telephony.AnsweredLate && slices.Contains(f.Call.Findings, telephony.BorderlineVerdict), f.Review}
}

// judgedAs is the outcome by which a class counts where the officer is judged; empty: nowhere. Before
// any review what was measured counts, except that nobody is late whose answer was borderline.
func (c class) judgedAs(afterReview bool) telephony.Outcome {
	if afterReview {
		switch c.review {
		case ReviewSetAside:
			return ""
		case ReviewCountsLate:
			return telephony.AnsweredLate
		case ReviewCountsInTime:
			return telephony.AnsweredInTime
		}
	}
	if c.borderline {
		return ""
	}
	return c.outcome
}

// place is where a class stands in a figure.
func (r FigureRule) place(c class, afterReview bool) FigurePlace {
	if r.Judges {
		return r.Places[c.judgedAs(afterReview)]
	}
	return r.Places[c.outcome]
}
