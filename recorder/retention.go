package recorder

import (
	"cmp"
	"slices"
	"time"
)

// Kind of what retention decides about.
type Kind string

// The closed set of kinds. The last three are the duty log itself.
const (
	KindRecording  Kind = "recording"  // a call's sealed file
	KindTape       Kind = "tape"       // a file of what was read from the switch
	KindJournal    Kind = "journal"    // a file of the switch's own journal
	KindAttachment Kind = "attachment" // a file that was attached to an entry
	KindEntry      Kind = "entry"      // never expires
	KindSettlement Kind = "settlement" // never expires
	KindRecord     Kind = "log_record" // never expires
)

// Object is something that may have to go some day.
type Object struct {
	Kind       Kind
	Name       string    // a recording's call id, an attachment's number, or the file's name
	At         time.Time // from when its days count: the call's end, the last day in the file
	Bytes      int64
	InUse      bool      // it is being written or read now
	Held       bool      // a legal hold covers it
	Verified   bool      // it was proved to be what was kept
	Digest     Digest    // of its content as it was proved; empty: nobody has looked at it yet
	BackedUpAt time.Time // when a finished backup first held that content; zero: none does
}

// Bound is how much of one kind is kept. Zero values bound nothing.
type Bound struct {
	Days  int
	Bytes int64
}

// Retention is the site's rule.
type Retention struct {
	Bounds        map[Kind]Bound
	RequireBackup bool // nothing goes that no backup holds
}

// Why something is kept, or has to go.
type Why string

// The closed set of reasons, in the order in which they are looked at.
const (
	NeverExpires Why = "never_expires" // of this kind nothing ever goes by age
	NoBound      Why = "no_bound"      // the site keeps everything of this kind
	Undated      Why = "undated"       // its time is unknown or yet to come: a wrong clock deletes nothing
	WithinBound  Why = "within_bound"  // neither too old nor too much
	InUse        Why = "in_use"
	Held         Why = "held"
	Unverified   Why = "unverified" // an altered file is a finding, no rubbish
	NotBackedUp  Why = "not_backed_up"
	TooOld       Why = "too_old"  // has to go
	TooMuch      Why = "too_much" // has to go: the oldest of more than is allowed
)

// Ruling is the decision about one object.
type Ruling struct {
	Object
	Expire bool
	Why    Why
	Due    time.Time // when its days are over; zero where no days are set
}

// Decide rules on every object, the oldest of each kind first. What is past its bound and has
// to stay for another reason still counts towards the bytes of its kind, and nothing younger
// goes in its place before it is too much, too.
func (p Retention) Decide(all []Object, now time.Time) []Ruling {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b Object) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), a.At.Compare(b.At), cmp.Compare(a.Name, b.Name))
	})
	left := map[Kind]int64{}
	for _, o := range all {
		left[o.Kind] += o.Bytes
	}
	rulings := make([]Ruling, len(all))
	for i, o := range all {
		rulings[i] = p.rule(o, left[o.Kind], now)
		if rulings[i].Expire {
			left[o.Kind] -= o.Bytes
		}
	}
	return rulings
}

func (p Retention) rule(o Object, left int64, now time.Time) Ruling {
	bound := p.Bounds[o.Kind]
	r := Ruling{Object: o}
	if bound.Days > 0 && !o.At.IsZero() {
		r.Due = o.At.AddDate(0, 0, bound.Days)
	}
	excess := bound.Bytes > 0 && left > bound.Bytes
	old := !r.Due.IsZero() && !now.Before(r.Due)
	switch {
	case o.Kind != KindRecording && o.Kind != KindTape && o.Kind != KindJournal && o.Kind != KindAttachment:
		r.Why, r.Due = NeverExpires, time.Time{}
	case bound == Bound{}:
		r.Why = NoBound
	case o.At.IsZero() || o.At.After(now):
		r.Why = Undated
	case !old && !excess:
		r.Why = WithinBound
	case o.InUse:
		r.Why = InUse
	case o.Held:
		r.Why = Held
	case !o.Verified:
		r.Why = Unverified
	case p.RequireBackup && o.BackedUpAt.IsZero():
		r.Why = NotBackedUp
	case old:
		r.Why, r.Expire = TooOld, true
	default:
		r.Why, r.Expire = TooMuch, true
	}
	return r
}
