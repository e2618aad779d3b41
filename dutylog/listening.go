package dutylog

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"dutyline/dutylog/audit"
)

// Listenable is a call that can be drawn: answered in the month, with a sealed recording.
type Listenable struct {
	CallID  string
	Officer string // who answered, as was said, else who was responsible; empty: nobody knows
}

// OfficerSample is what was drawn of one officer's calls.
type OfficerSample struct {
	Officer    string   `json:"officer"`
	Population int      `json:"population"` // of how many calls
	Calls      []string `json:"calls"`      // in the order in which they were drawn
}

// Draw is a random sample 抽取 of a closed month. Who has its seed and the calls of the month draws the
// same ones again; what is in the log stays as it was drawn.
type Draw struct {
	ID         int64
	Month      Month
	Seed       string
	Named      bool // a person named the seed; otherwise the system drew it
	PerOfficer int
	Samples    []OfficerSample
	By         Actor
	At         time.Time
}

// The most calls of one officer that are drawn at once, and the longest seed.
const (
	MostPerOfficer = 20
	longestSeed    = 64
)

// Sample draws. Each call has a place that follows from the seed, the month and its own id alone, and the
// first ones of each officer are taken: the order in which the calls are given changes nothing, and a call
// that comes later moves no other, but for the last place that it may take itself.
func Sample(seed string, m Month, perOfficer int, calls []Listenable) []OfficerSample {
	type placed struct {
		Listenable
		place [32]byte
	}
	of, names := map[string][]placed{}, map[string][2]string{} // of thousands of calls there are few names
	for _, c := range calls {
		known, ok := names[c.Officer]
		if !ok {
			known = [2]string{plainName(c.Officer), PersonName(c.Officer)}
			names[c.Officer] = known
		}
		who := known[0]
		c.Officer = known[1]
		of[who] = append(of[who], placed{c, audit.Commit([]byte(seed+"\n"+string(m)+"\n"), []byte(c.CallID))})
	}
	samples := []OfficerSample{}
	for _, all := range of {
		slices.SortFunc(all, func(a, b placed) int {
			return cmp.Or(slices.Compare(a.place[:], b.place[:]), cmp.Compare(a.CallID, b.CallID))
		})
		s := OfficerSample{Officer: all[0].Officer, Population: len(all), Calls: []string{}}
		for _, c := range all { // of several spellings, the same one whatever was drawn
			s.Officer = min(s.Officer, c.Officer)
		}
		for _, c := range all[:min(len(all), perOfficer)] {
			s.Calls = append(s.Calls, c.CallID)
		}
		samples = append(samples, s)
	}
	slices.SortFunc(samples, func(a, b OfficerSample) int { return cmp.Compare(a.Officer, b.Officer) })
	return samples
}

// Check says what is wrong with a wish for a draw, and gives it as it is kept. Only a month that is over is
// drawn from: nobody can be counted in or out of it by what comes.
func (d Draw) Check(now time.Time, zone *time.Location) (Draw, error) {
	var err error
	if d.Seed, err = CleanNote("seed", d.Seed); err != nil {
		return d, err
	}
	if _, err := ParseMonth(string(d.Month)); err != nil {
		return d, err
	}
	_, end := d.Month.Span(zone)
	switch {
	case now.Before(end):
		return d, &InvalidError{Field: "month", Reason: "is not over yet: a sample is drawn from a whole month"}
	case d.PerOfficer < 1 || d.PerOfficer > MostPerOfficer:
		return d, &InvalidError{Field: "per_officer", Reason: fmt.Sprintf("is between 1 and %d", MostPerOfficer)}
	case d.Seed == "":
		return d, &InvalidError{Field: "seed", Reason: "is missing: without it nobody can draw the same calls again"}
	case utf8.RuneCountInString(d.Seed) > longestSeed:
		return d, &InvalidError{Field: "seed", Reason: fmt.Sprintf("is too long: at most %d characters", longestSeed)}
	}
	return d, nil
}

// Drawn is the officer whose sample has a call.
func (d Draw) Drawn(callID string) (officer string, ok bool) {
	for _, s := range d.Samples {
		if slices.Contains(s.Calls, callID) {
			return s.Officer, true
		}
	}
	return "", false
}

// Marks are the items of the short form of Art. 12 and 13.
type Marks struct {
	Greeting  Mark `json:"greeting"`  // 问候规范
	Tone      Mark `json:"tone"`      // 态度热情
	Precision Mark `json:"precision"` // 表述精准
	Elements  Mark `json:"elements"`  // 要素问全
	ReadBack  Mark `json:"read_back"` // 听到复述
}

// Mark is how one item was.
type Mark string

// The closed set of marks.
const (
	MarkGood   Mark = "good"
	MarkPartly Mark = "partly"
	MarkPoor   Mark = "poor"
	MarkNone   Mark = "none" // it does not apply to this call
)

// ListeningFact is one thing that was said of a call that was drawn. Facts are appended; the newest of its
// kind counts.
type ListeningFact struct {
	ID     int64
	Draw   int64
	CallID string
	Says   ListeningSays
	Marks  Marks // of a review
	Text   string
	By     Actor
	At     time.Time
}

// ListeningSays is what a fact says.
type ListeningSays string

// The closed set of what can be said.
const (
	ListenReviewed ListeningSays = "reviewed" // 抽评, by a supervisor who listened
	ListenAnswered ListeningSays = "answered" // by the officer
)

// Listened is a call of a draw with what was said of it.
type Listened struct {
	CallID, Officer string
	Facts           []ListeningFact // oldest first
	Review          *ListeningFact  // the newest one
	Answer          *ListeningFact  // to whatever review
}

// Listened folds what was said of the calls of a draw, in the order of its samples.
func (d Draw) Listened(facts []ListeningFact) []Listened {
	all := []Listened{}
	for _, s := range d.Samples {
		for _, id := range s.Calls {
			l := Listened{CallID: id, Officer: s.Officer}
			for i, f := range facts {
				if f.Draw != d.ID || f.CallID != id {
					continue
				}
				l.Facts = append(l.Facts, f)
				if f.Says == ListenReviewed {
					l.Review = &facts[i]
				} else {
					l.Answer = &facts[i]
				}
			}
			all = append(all, l)
		}
	}
	return all
}

// ListeningRefusal is why somebody may not say something of a call that was drawn; empty: they may.
type ListeningRefusal string

// The closed set of refusals.
const (
	ListenNotTheirs ListeningRefusal = "not_their_part"
	ListenOwn       ListeningRefusal = "own_calls"
	ListenNoReview  ListeningRefusal = "not_reviewed_yet"
)

var listeningRefusals = map[ListeningRefusal]string{
	ListenNotTheirs: "this is not yours to say: a supervisor reviews, the officer who talked answers",
	ListenOwn:       "these are your own calls: another supervisor reviews them",
	ListenNoReview:  "nobody has reviewed this call yet: there is nothing to answer",
}

// May says why somebody may not say something of this call; empty: they may.
func (l Listened) May(says ListeningSays, by Actor) ListeningRefusal {
	switch {
	case says == ListenReviewed && by.Role == Supervisor && by.isNamed(l.Officer):
		return ListenOwn
	case says == ListenReviewed && by.Role == Supervisor:
		return ""
	case says == ListenAnswered && by.isNamed(l.Officer) && by.Role != Auditor && by.Role != Admin && by.Role != Reader:
		if l.Review == nil {
			return ListenNoReview
		}
		return ""
	}
	return ListenNotTheirs
}

// MaySay lists what somebody may say of this call now.
func (l Listened) MaySay(by Actor) []ListeningSays {
	all := []ListeningSays{}
	for _, s := range []ListeningSays{ListenReviewed, ListenAnswered} {
		if l.May(s, by) == "" {
			all = append(all, s)
		}
	}
	return all
}

// Check says what is wrong with what somebody wants to say, and gives it as it is kept. A review has a mark
// for every item, and words where one is poor.
func (l Listened) Check(f ListeningFact) (ListeningFact, error) {
	var err error
	if f.Text, err = CleanNote("text", f.Text); err != nil {
		return f, err
	}
	if refused := l.May(f.Says, f.By); refused != "" {
		return f, &InvalidError{Field: "says", Reason: listeningRefusals[refused]}
	}
	f.CallID = l.CallID
	if f.Says == ListenAnswered {
		if f.Marks = (Marks{}); f.Text == "" {
			return f, &InvalidError{Field: "text", Reason: "is empty: say it in words"}
		}
		return f, nil
	}
	poor := false
	for _, m := range f.Marks.list() {
		if !slices.Contains([]Mark{MarkGood, MarkPartly, MarkPoor, MarkNone}, m.mark) {
			return f, &InvalidError{Field: "marks." + m.item, Reason: "was not marked: use good, partly, poor, or none where it does not apply"}
		}
		poor = poor || m.mark == MarkPoor
	}
	if poor && f.Text == "" {
		return f, &InvalidError{Field: "text", Reason: "something is poor: say what, so that the officer can answer"}
	}
	return f, nil
}

type itemMark struct {
	item string
	mark Mark
}

func (m Marks) list() []itemMark {
	return []itemMark{{"greeting", m.Greeting}, {"tone", m.Tone}, {"precision", m.Precision}, {"elements", m.Elements}, {"read_back", m.ReadBack}}
}

// ListeningStore keeps draws and what was said of their calls. All of it is evidence.
type ListeningStore interface {
	// Listenables are the calls of a month that can be drawn from.
	Listenables(ctx context.Context, m Month) ([]Listenable, error)
	// KeepDraw keeps one with its samples.
	KeepDraw(ctx context.Context, d Draw) (Draw, error)
	// Draws lists those of a month, newest first.
	Draws(ctx context.Context, m Month) ([]Draw, error)
	// Draw reads one with what was said of its calls, oldest first.
	Draw(ctx context.Context, id int64) (Draw, []ListeningFact, error)
	// SayOfCall keeps a fact that Listened.Check gave. before is the newest fact of this call that its writer
	// knew, 0 for none; ErrExists says that there is a newer one.
	SayOfCall(ctx context.Context, f ListeningFact, before int64) (ListeningFact, error)
}
