package dutylog

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"dutyline/dutylog/audit"
)

// Points are counted in tenths of a point, so that sums are exact.
type Points int

// String is them as people write them: 12, or 12.5.
func (p Points) String() string {
	if p < 0 {
		return "-" + (-p).String()
	}
	if p%10 == 0 {
		return strconv.Itoa(int(p / 10))
	}
	return fmt.Sprintf("%d.%d", p/10, p%10)
}

// MarshalJSON writes them as a number.
func (p Points) MarshalJSON() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalJSON reads the one spelling.
func (p *Points) UnmarshalJSON(text []byte) (err error) {
	*p, err = ParsePoints(string(text))
	return err
}

// mostPoints is the most that one item, or a percentage, may be.
const mostPoints Points = 1000 * 10

// ParsePoints reads a number with at most one decimal.
func ParsePoints(text string) (Points, error) {
	whole, tenth, two := strings.Cut(text, ".")
	if !two {
		tenth = "0"
	}
	n, err := strconv.Atoi(whole + tenth)
	if err != nil || len(tenth) != 1 || whole == "" || strings.Trim(whole+tenth, "0123456789") != "" || Points(n) > mostPoints {
		return 0, fmt.Errorf("%.20q is no number of points; write for instance 5 or 0.5, at most %s", text, mostPoints)
	}
	return Points(n), nil
}

// Assessed names a figure that a scoring rule may use.
type Assessed string

// The closed set, all of the whole duty room, whatever its lines. Those of calls are as they are after review.
const (
	AssessOnTime                = Assessed(FigureOnTime)
	AssessAnswerRate            = Assessed(FigureAnswerRate)
	AssessWithin15              = Assessed(FigureWithin15)
	AssessCalledBack   Assessed = "missed_called_back"
	AssessNotForwarded Assessed = "not_forwarded"
	AssessRecorded              = Assessed(FigureRecorded)
	AssessComplete              = Assessed(FigureComplete)
	AssessEntryInTime  Assessed = "entry_in_time"
	AssessForwarding   Assessed = "forwarding_told"
	AssessMisuse       Assessed = "misuse_told"
	AssessFirst        Assessed = "report_first"
	AssessWritten      Assessed = "report_written"
	AssessDetailed     Assessed = "report_detailed"
	AssessFollowUp     Assessed = "report_follow_up"
	AssessOpened       Assessed = "incidents_opened"
	AssessInstructions Assessed = "instructions"
	AssessHandovers    Assessed = "handovers"
	AssessRoster       Assessed = "roster_covered"
	AssessFilings      Assessed = "filings"
	AssessTasks        Assessed = "dated_duties"
	AssessSpotChecks   Assessed = "spot_checks"
	AssessListening    Assessed = "listening"
	AssessViolations   Assessed = "violations"
)

// EvidenceKind says what a piece of evidence is, and so which page opens it.
type EvidenceKind string

// The closed set of kinds.
const (
	EvidenceCall      EvidenceKind = "call"
	EvidenceEntry     EvidenceKind = "entry"
	EvidenceIncident  EvidenceKind = "incident"
	EvidenceHandover  EvidenceKind = "handover"
	EvidenceRoster    EvidenceKind = "roster"
	EvidenceFiling    EvidenceKind = "filing"
	EvidenceTask      EvidenceKind = "task"
	EvidenceSpot      EvidenceKind = "spot_check"
	EvidenceListening EvidenceKind = "listening"
	EvidenceViolation EvidenceKind = "violation"
	EvidenceAlert     EvidenceKind = "alert"
	EvidenceNone      EvidenceKind = "none" // the figure has no list of its own
)

// AssessedFigure is what the log has of a figure.
type AssessedFigure struct {
	Figure   Assessed
	Evidence EvidenceKind
	OfLine   bool // it is of calls, and so of lines; otherwise of the room's other work
	Cases    bool // it has no denominator: what was told or decided is counted
	Minutes  bool // it counts minutes
}

var assessedFigures = []AssessedFigure{
	{AssessOnTime, EvidenceCall, true, false, false}, {AssessAnswerRate, EvidenceCall, true, false, false},
	{AssessWithin15, EvidenceNone, true, false, false}, {AssessCalledBack, EvidenceCall, true, false, false},
	{AssessNotForwarded, EvidenceCall, true, false, false}, {AssessRecorded, EvidenceNone, true, false, false},
	{AssessComplete, EvidenceEntry, true, false, false}, {AssessEntryInTime, EvidenceEntry, true, false, false},
	{AssessForwarding, EvidenceAlert, true, true, false}, {AssessMisuse, EvidenceAlert, true, true, false},
	{AssessFirst, EvidenceIncident, false, false, false}, {AssessWritten, EvidenceIncident, false, false, false},
	{AssessDetailed, EvidenceIncident, false, false, false}, {AssessFollowUp, EvidenceIncident, false, false, false},
	{AssessOpened, EvidenceIncident, false, false, false}, {AssessInstructions, EvidenceIncident, false, false, false},
	{AssessHandovers, EvidenceHandover, false, false, false}, {AssessRoster, EvidenceRoster, false, false, true},
	{AssessFilings, EvidenceFiling, false, false, false}, {AssessTasks, EvidenceTask, false, false, false},
	{AssessSpotChecks, EvidenceSpot, false, false, false}, {AssessListening, EvidenceListening, false, false, false},
	{AssessViolations, EvidenceViolation, false, true, false},
}

// AssessedFigures is the table, in the order in which figures are listed.
func AssessedFigures() []AssessedFigure { return slices.Clone(assessedFigures) }

// FigureOf is the row of a figure; false: there is none of that name.
func (a Assessed) FigureOf() (AssessedFigure, bool) {
	at := slices.IndexFunc(assessedFigures, func(f AssessedFigure) bool { return f.Figure == a })
	if at < 0 {
		return AssessedFigure{}, false
	}
	return assessedFigures[at], true
}

// ScoringRules are the rules 考核评分细则 by which a month is scored: data, as a file gives them.
type ScoringRules struct {
	Name  string        `json:"name"`
	Items []ScoringItem `json:"items"`
}

// ScoringItem is one row of the rules.
type ScoringItem struct {
	ID       string       `json:"id"`
	Title    string       `json:"title"`
	Article  string       `json:"article"` // of the regulation, from which the demand is
	Figure   Assessed     `json:"figure"`
	Points   Points       `json:"points"`
	Each     Points       `json:"each"`             // what one case takes away where cases are counted
	Within   int          `json:"within,omitempty"` // minutes after a missed call's end, for missed_called_back; none: whenever that was
	Bands    []Band       `json:"bands,omitempty"`  // from the best on; none: cases are always counted
	Evidence EvidenceKind `json:"evidence"`
}

// mostWithin bounds the time in which somebody is called back: a week, in minutes.
const mostWithin = 7 * 24 * 60

// CallBackIn is the time in which these rules want missed callers called back; zero: they give none.
func (r ScoringRules) CallBackIn() (limit time.Duration) {
	for _, i := range r.Items {
		if within := time.Duration(i.Within) * time.Minute; within > 0 && (limit == 0 || within < limit) {
			limit = within
		}
	}
	return limit
}

// Band gives points to who did well in so many of a hundred.
type Band struct {
	Least Points `json:"least"` // percent, in tenths
	Gives Points `json:"gives"`
}

// Fits reports whether a band is reached; it is decided in whole numbers.
func (b Band) Fits(good, of int) bool { return int64(good)*1000 >= int64(b.Least)*int64(of) }

// Digest tells one set of rules from another.
func (r ScoringRules) Digest() string { return audit.Digest(marshalled(r)) }

// Most is the sum of the points that can be had.
func (r ScoringRules) Most() (sum Points) {
	for _, i := range r.Items {
		sum += i.Points
	}
	return sum
}

// Check says what is wrong with an item, and which of its words it is about.
func (i ScoringItem) Check() error {
	f, known := i.Figure.FigureOf()
	wrong := func(field, format string, args ...any) error {
		return &InvalidError{Field: field, Reason: fmt.Sprintf(format, args...)}
	}
	switch {
	case i.ID == "" || strings.Trim(i.ID, "abcdefghijklmnopqrstuvwxyz0123456789_") != "":
		return wrong("id", "%.40q is no name of an item; write small letters, digits and _", i.ID)
	case blank(i.Title) || len(i.Title) > 200:
		return wrong("title", "the item %s has no title, or too long a one; say in a few words what is asked for", i.ID)
	case blank(i.Article):
		return wrong("article", "the item %s names no article of the regulation; write for instance 第十二条", i.ID)
	case !known:
		return wrong("figure", "%.40q is no figure; write one of: %s", i.Figure, orList(assessedNames()))
	case i.Points <= 0:
		return wrong("points", "the item %s is worth nothing; write its points, or take it out", i.ID)
	case f.Evidence != i.Evidence && i.Evidence != EvidenceNone:
		return wrong("evidence", "the evidence of %s is %s; write that, or none", i.Figure, f.Evidence)
	case f.Cases && len(i.Bands) > 0:
		return wrong("bands", "%s counts cases and has no percentage; take the bands out and write each", i.Figure)
	case f.Minutes && len(i.Bands) == 0:
		return wrong("bands", "%s counts minutes, which are no cases; write bands", i.Figure)
	case i.Within != 0 && i.Figure != AssessCalledBack:
		return wrong("within", "%s knows no limit; take within out", i.Figure)
	case i.Within < 0 || i.Within > mostWithin:
		return wrong("within", "the item %s gives no minutes in which a caller is called back; write 1 to %d", i.ID, mostWithin)
	case i.Each <= 0 && !f.Minutes || i.Each > i.Points:
		return wrong("each", "the item %s does not say what one case takes away, or more than the item is worth; write each, which holds where fewer than %d are counted", i.ID, FewestForRate)
	}
	return i.checkBands()
}

func (i ScoringItem) checkBands() error {
	for n, b := range i.Bands {
		reason := ""
		switch {
		case b.Least > 1000:
			reason = "is above 100 percent; nobody reaches it"
		case b.Gives > i.Points:
			reason = "gives more than the item is worth; give at most " + i.Points.String()
		case n == 0 && b.Gives != i.Points:
			reason = "is the best and does not give all points of the item; give " + i.Points.String()
		case n > 0 && (b.Least >= i.Bands[n-1].Least || b.Gives >= i.Bands[n-1].Gives):
			reason = "is no worse than the one before it; begin with the best"
		}
		if reason != "" {
			return &InvalidError{Field: fmt.Sprintf("bands[%d]", n), Reason: fmt.Sprintf("band %s of the item %s %s", b.Least, i.ID, reason)}
		}
	}
	return nil
}

func assessedNames() []Assessed {
	all := make([]Assessed, len(assessedFigures))
	for n, f := range assessedFigures {
		all[n] = f.Figure
	}
	return all
}
