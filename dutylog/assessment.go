package dutylog

import (
	"encoding/json"
	"slices"
	"time"

	"dutyline/dutylog/audit"
)

// EvidenceLink is something in the log that an item, or a suspicion, rests on.
type EvidenceLink struct {
	Kind EvidenceKind `json:"kind"`
	ID   string       `json:"id"` // by which its page opens it; empty: the page as a whole
	At   time.Time    `json:"at"`
	What string       `json:"what"` // outcome, stage, post, title … of it
}

// AssessedShare is a figure of a month: so many did well, of so many. What is not known is in neither.
type AssessedShare struct {
	Good     int            `json:"good"`
	Of       int            `json:"of"`                // of cases: how many there were
	Measured [2]int         `json:"measured"`          // of calls: good and of before any review
	Unknown  int            `json:"unknown,omitempty"` // calls of which the end was not seen, or which nobody decided
	Against  []EvidenceLink `json:"against"`           // those that did not do well, oldest first
	More     int            `json:"more,omitempty"`    // that the list is too short for
	Took     [][2]int       `json:"took,omitempty"`    // of missed callers who were reached: minutes after the call's end, rounded up, and how many
	Late     int            `json:"late,omitempty"`    // of those, how many later than the rule asks: they did not do well
}

// Cases is how many did not do well.
func (s AssessedShare) Cases() int { return s.Of - s.Good }

// within takes out who was reached later than so many minutes after the call; none: there is no limit. A sheet of
// an older program does not have how long it took, and stays as it was.
func (s AssessedShare) within(minutes int) AssessedShare {
	if minutes == 0 {
		return s
	}
	for _, t := range s.Took {
		if t[0] > minutes {
			s.Late += t[1]
		}
	}
	s.Good -= s.Late
	s.Measured[0] -= s.Late
	s.More = max(0, s.Cases()-len(s.Against))
	return s
}

// AssessmentFacts is all that a month's sheet is made of. A frozen sheet keeps them, so that other rules can
// be tried on it.
type AssessmentFacts struct {
	Month   Month                      `json:"month"`
	Line    string                     `json:"line"` // of a sheet that an older program made of one line; empty: it is the duty room's
	Room    string                     `json:"room,omitempty"`
	Lines   []AssessedLine             `json:"lines,omitempty"`
	From    time.Time                  `json:"from"`
	To      time.Time                  `json:"to"`
	Calls   int                        `json:"calls"`
	Blind   time.Duration              `json:"blind"`
	Unknown int                        `json:"unknown"`
	Open    int                        `json:"undecided"` // borderline, and nobody decided
	Rings   []string                   `json:"rings"`     // the versions of the ring rules that judged
	Closed  bool                       `json:"closed"`    // the figures of its calls are frozen
	Shares  map[Assessed]AssessedShare `json:"shares"`
	Persons Responsible                `json:"persons"`
}

// AssessedLine is how one line of the room was answered: so many of so many, after review.
type AssessedLine struct {
	Line       string `json:"line"`
	Calls      int    `json:"calls"`
	Unknown    int    `json:"unknown"`
	OnTime     [2]int `json:"on_time"`
	AnswerRate [2]int `json:"answer_rate"`
	CalledBack [2]int `json:"called_back"` // of the missed ones whose call back is due, those whose callers do not wait: as the item has it
	Complete   [2]int `json:"entry_complete"`
}

// Responsible are the three responsible persons of Art. 31.
type Responsible struct {
	Head   string `json:"head"`   // 主要负责同志, 第一责任人
	Deputy string `json:"deputy"` // 分管领导, 直接责任人
	Duty   string `json:"duty"`   // 值班同志, 具体责任人
}

// Or takes what is not named from another one.
func (r Responsible) Or(o Responsible) Responsible {
	for _, f := range []struct{ own, other *string }{{&r.Head, &o.Head}, {&r.Deputy, &o.Deputy}, {&r.Duty, &o.Duty}} {
		if *f.own == "" {
			*f.own = *f.other
		}
	}
	return r
}

// Check cleans the names.
func (r Responsible) Check() (Responsible, error) {
	for _, f := range []struct {
		name string
		text *string
	}{{"head", &r.Head}, {"deputy", &r.Deputy}, {"duty", &r.Duty}} {
		var err error
		if *f.text, err = CleanNote("persons."+f.name, *f.text); err != nil {
			return r, err
		}
	}
	return r, nil
}

// ItemWhy is how the points of an item came about.
type ItemWhy string

// The closed set.
const (
	ByBand       ItemWhy = "band"    // by the share of those that did well
	BelowBands   ItemWhy = "below"   // no band is reached
	ByCases      ItemWhy = "cases"   // each case takes points away: there are fewer than FewestForRate, or the rule counts cases
	NothingFell  ItemWhy = "nothing" // nothing of it fell due: not judged
	NothingKnown ItemWhy = "unknown" // nothing of it is known: not judged
)

// Judged reports whether an item counts in points and in the most that can be had.
func (w ItemWhy) Judged() bool { return w != NothingFell && w != NothingKnown }

// AssessmentItem is one row of a month's sheet.
type AssessmentItem struct {
	ScoringItem
	Gets  Points        `json:"gets"`
	Why   ItemWhy       `json:"why"`
	Band  *Band         `json:"band,omitempty"` // of ByBand
	Share AssessedShare `json:"share"`
}

// Assessment is a month's sheet 考核表 of a duty room.
type Assessment struct {
	Month   Month            `json:"month"`
	Line    string           `json:"line"` // of a sheet that an older program made of one line; empty: it is the duty room's
	Room    string           `json:"room,omitempty"`
	Lines   []AssessedLine   `json:"lines,omitempty"`
	Rules   string           `json:"rules"`  // their name
	Digest  string           `json:"digest"` // of the rules
	Items   []AssessmentItem `json:"items"`
	Gets    Points           `json:"gets"`
	Of      Points           `json:"of"`   // of the items that were judged
	Most    Points           `json:"most"` // of all items
	Calls   int              `json:"calls"`
	Blind   time.Duration    `json:"blind"`
	Unknown int              `json:"unknown"`
	Open    int              `json:"undecided"`
	Rings   []string         `json:"rings"`
	Closed  bool             `json:"closed"`
	Persons Responsible      `json:"persons"`
}

// Score makes the sheet of a month. It is pure: the same facts and rules give the same sheet. What is not
// known, or did not happen, gives and takes no points; the item then stands on the sheet without being judged.
func Score(f AssessmentFacts, r ScoringRules) Assessment {
	s := Assessment{Month: f.Month, Line: f.Line, Room: f.Room, Lines: f.Lines, Rules: r.Name, Digest: r.Digest(), Items: []AssessmentItem{}, Most: r.Most(), Calls: f.Calls, Blind: f.Blind,
		Unknown: f.Unknown, Open: f.Open, Rings: append([]string{}, f.Rings...), Closed: f.Closed, Persons: f.Persons}
	for _, rule := range r.Items {
		i := rule.score(f)
		if i.Why.Judged() {
			s.Gets += i.Gets
			s.Of += i.Points
		}
		s.Items = append(s.Items, i)
	}
	return s
}

func (i ScoringItem) score(f AssessmentFacts) AssessmentItem {
	share := f.Shares[i.Figure].within(i.Within)
	figure, _ := i.Figure.FigureOf()
	if i.Evidence == EvidenceNone {
		share.Against, share.More = nil, 0
	}
	share.Against = append([]EvidenceLink{}, share.Against...)
	row := AssessmentItem{ScoringItem: i, Share: share}
	unseen := figure.OfLine && (f.Blind > 0 || share.Unknown > 0)
	switch {
	case figure.Cases && figure.OfLine && f.Blind > 0 && f.Blind >= f.To.Sub(f.From), !figure.Cases && share.Of == 0 && unseen:
		row.Why = NothingKnown
	case !figure.Cases && share.Of == 0:
		row.Why = NothingFell
	case len(i.Bands) == 0 || share.Of < FewestForRate && !figure.Minutes:
		row.Why, row.Gets = ByCases, max(0, i.Points-i.Each*Points(share.Cases()))
	default:
		row.Why = BelowBands
		if at := slices.IndexFunc(i.Bands, func(b Band) bool { return b.Fits(share.Good, share.Of) }); at >= 0 {
			row.Why, row.Band, row.Gets = ByBand, &i.Bands[at], i.Bands[at].Gives
		}
	}
	return row
}

// OfHundred is the score as a share of what could be had, in tenths of a point; false: nothing was judged.
func (s Assessment) OfHundred() (Points, bool) {
	if s.Of == 0 {
		return 0, false
	}
	return s.Gets * 1000 / s.Of, true
}

// Freeze is the text of a sheet, which is kept as it is, and the digest of that text.
func (s Assessment) Freeze() (text, digest string) {
	raw := marshalled(s)
	return string(raw), audit.Digest(raw)
}

// ItemChange is an item of a sheet that would be another one.
type ItemChange struct {
	ID, Title string
	Then, Now *AssessmentItem // nil: there is no such item
}

// Changes lists the items that differ in what they get, are worth or rest on, in the order of the newer sheet.
func (s Assessment) Changes(now Assessment) []ItemChange {
	all := []ItemChange{}
	find := func(of Assessment, id string) *AssessmentItem {
		for n := range of.Items {
			if of.Items[n].ID == id {
				return &of.Items[n]
			}
		}
		return nil
	}
	for n := range now.Items {
		i := &now.Items[n]
		if then := find(s, i.ID); then == nil || !then.same(*i) {
			all = append(all, ItemChange{i.ID, i.Title, then, i})
		}
	}
	for n := range s.Items {
		if i := &s.Items[n]; find(now, i.ID) == nil {
			all = append(all, ItemChange{i.ID, i.Title, i, nil})
		}
	}
	return all
}

// same compares what counts: points, and the numbers on which they rest.
func (i AssessmentItem) same(o AssessmentItem) bool {
	return i.Gets == o.Gets && i.Points == o.Points && i.Why == o.Why && i.Share.Good == o.Share.Good && i.Share.Of == o.Share.Of && i.Share.Unknown == o.Share.Unknown
}

func marshalled(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts and numbers only
	}
	return raw
}
