package audit

// Answer is what verification says of one object.
type Answer string

// The three answers.
const (
	Intact     Answer = "intact"
	Altered    Answer = "altered"
	CannotTell Answer = "cannot tell"
)

// Finding is the answer about one object, with the reason.
type Finding struct {
	Answer Answer
	Object string // for instance "revision e-1795436279.0/2"
	Why    string // empty when there is nothing to add to "intact"
}

// Tally counts the answers about one kind of object.
type Tally struct {
	Intact     int64
	Altered    int64
	CannotTell int64
	Erased     int64 // of the intact ones: whose content was erased by a decision
	Older      int64 // records about states that were followed by later ones; their content is not kept
	TakenOver  int64 // of the intact ones: which are older than the evidence
}

func (t *Tally) add(a Answer) {
	switch a {
	case Intact:
		t.Intact++
	case Altered:
		t.Altered++
	default:
		t.CannotTell++
	}
}

// mostFindings bounds what a report keeps in memory; the tallies count all.
const mostFindings = 10_000

// Report is what a verification found.
type Report struct {
	Records  int64 // in the tree
	Signed   int64 // of them, covered by the newest checkpoint whose signature fits
	Outside  bool  // the newest of an outside checkpoint fits
	Tallies  map[string]*Tally
	Order    []string  // the names of the tallies, as they were first counted
	Findings []Finding // altered and cannot tell
	Unlisted int64     // findings beyond those
	Notes    []string  // what has to be said beside
	Anew     string    // the sentence about a log that began beside what an earlier one had left; empty: it did not
	Stopped  bool      // its tables are not the log's own: no row was read
	Each     func(Finding)
}

// Of is the tally with a name.
func (r *Report) Of(name string) *Tally {
	if r.Tallies == nil {
		r.Tallies = map[string]*Tally{}
	}
	t, ok := r.Tallies[name]
	if !ok {
		t = &Tally{}
		r.Tallies[name] = t
		r.Order = append(r.Order, name)
	}
	return t
}

// Say counts an answer under a name, and keeps it when it is not "intact".
func (r *Report) Say(name string, f Finding) {
	r.Of(name).add(f.Answer)
	if r.Each != nil {
		r.Each(f)
	}
	switch {
	case f.Answer == Intact:
	case len(r.Findings) < mostFindings:
		r.Findings = append(r.Findings, f)
	default:
		r.Unlisted++
	}
}

// Verdict is the answer about everything: altered when anything is, else cannot tell when
// that is the answer about anything. A log that began beside what an earlier one had left may be all
// that somebody who wiped it left: only a checkpoint that was kept elsewhere says that it is the right one.
func (r *Report) Verdict() Answer {
	verdict := Intact
	if r.Anew != "" && !r.Outside {
		verdict = CannotTell
	}
	for _, t := range r.Tallies {
		if t.Altered > 0 {
			return Altered
		}
		if t.CannotTell > 0 {
			verdict = CannotTell
		}
	}
	return verdict
}
