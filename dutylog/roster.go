package dutylog

import (
	"context"
	"slices"
	"time"
)

// Post is one of the three levels on duty (Art. 7).
type Post string

// The three posts.
const (
	PostOfficer Post = "duty_officer"       // 值班员
	PostChief   Post = "duty_section_chief" // 值班处(科)领导
	PostLeader  Post = "duty_leader"        // 带班领导
)

// Shift puts one person on one post for a time.
type Shift struct {
	From  time.Time `json:"from"` // [From, To)
	To    time.Time `json:"to"`
	Post  Post      `json:"post"`
	Name  string    `json:"name"`
	Phone string    `json:"phone"`
}

// OnDuty is who is on duty at a moment, by post; a post nobody holds is absent.
type OnDuty map[Post]Shift

// RosterStore keeps the roster 值班表 and what belongs to it. Every change is kept for ever, with
// who made it and when; drafts (编制中) bind nobody until they are published.
type RosterStore interface {
	// ReplaceRoster swaps the shifts of the days that these rows cover, in the system's name.
	ReplaceRoster(ctx context.Context, rows []Shift) error
	// ImportRoster does so in the name of a person. The error is a *RosterError when the regulation
	// forbids it; whom the list of people does not know is taken on, as for a draft that is published.
	ImportRoster(ctx context.Context, rows []Shift, o RosterImport, by Actor) (RosterChange, error)
	OnDuty(ctx context.Context, at time.Time) (OnDuty, error)
	// NextShift is the shift of a post that begins next after a moment; ErrNotFound where there is none.
	NextShift(ctx context.Context, p Post, at time.Time) (Shift, error)
	Shifts(ctx context.Context, from, to time.Time) ([]Shift, error)

	// Draft is the draft of a month; ErrNotFound where nobody makes one.
	Draft(ctx context.Context, m Month) (RosterDraft, error)
	// SaveDraft keeps a draft whose revision is the one that stands, 0 for a new one. The error is
	// a *StaleDraftError when somebody else was faster.
	SaveDraft(ctx context.Context, d RosterDraft, by Actor) (RosterDraft, error)
	DropDraft(ctx context.Context, m Month, by Actor) error
	// PublishDraft makes the draft the roster of its month. The error is a *RosterError when the
	// regulation forbids it. Whom the list of people does not know is entered there when takeOn says why.
	// Where shifts in force change hands or times a reason is wanted, as for an import.
	PublishDraft(ctx context.Context, m Month, revision int, reason, takeOn string, by Actor) (RosterChange, error)
	// SwapShifts carries a swap out. The error is a *RosterError when the regulation forbids it.
	SwapShifts(ctx context.Context, s Swap, by Actor) (RosterChange, error)
	// TrySwap says what the regulation has against a swap, and changes nothing.
	TrySwap(ctx context.Context, s Swap) ([]RosterFinding, error)
	RosterChanges(ctx context.Context, q RosterQuery) ([]RosterChange, string, error)

	RosterPeople(ctx context.Context) ([]RosterPerson, error)
	// SavePerson enters somebody new (Version is 0), or changes who has the name: Version is then the
	// one that was read, and ErrExists says that there is a newer one, or that the name is taken.
	SavePerson(ctx context.Context, p RosterPerson, by Actor) error

	Calendar(ctx context.Context) (Calendar, error)
	SaveHolidays(ctx context.Context, y HolidayYear, by Actor) error
	SensitivePeriods(ctx context.Context) ([]SensitivePeriod, error)
	// SavePeriod enters a new one (ID is 0), or changes or ends one: At is then the one that was read, and
	// ErrExists says that somebody else changed it since.
	SavePeriod(ctx context.Context, p SensitivePeriod, by Actor) (SensitivePeriod, error)

	// File keeps a filing with the roster of its time as it stood when it was sent.
	File(ctx context.Context, f Filing, by Actor) (Filing, error)
	// Filings lists those whose days touch the days from first to last, oldest first.
	Filings(ctx context.Context, first, last Date) ([]Filing, error)
	Filing(ctx context.Context, id int64) (Filing, error)
	// AmendFiling keeps what is said of a filing afterwards; of another time of sending with the roster as it stood then.
	AmendFiling(ctx context.Context, id int64, p FilingPatch, by Actor) (Filing, error)
	// FilingFacts is what the duties of filing for the days from first to last are reckoned from.
	FilingFacts(ctx context.Context, first, last Date) (FilingFacts, error)
	// RosterSince is from when on a roster says who is to be there: from its filing, or from its first shift where it was
	// filed ahead; zero: none ever was.
	RosterSince(ctx context.Context) (time.Time, error)
	// RosterFiled is when a roster was first kept here; zero: none ever was.
	RosterFiled(ctx context.Context) (time.Time, error)
}

// PlanRoster is what replacing the days on which these rows begin would change: which shifts go, which
// come, and the roster afterwards.
func PlanRoster(before, rows []Shift, loc *time.Location) (gone, added, after []Shift) {
	days := Days(rows, loc)
	for _, s := range before {
		replaced := slices.ContainsFunc(days, func(d [2]time.Time) bool { return !s.From.Before(d[0]) && s.From.Before(d[1]) })
		if replaced && !slices.ContainsFunc(rows, s.same) {
			gone = append(gone, s)
		}
		if !replaced {
			after = append(after, s)
		}
	}
	for _, s := range rows {
		if !slices.ContainsFunc(before, s.same) {
			added = append(added, s)
		}
	}
	after = append(after, rows...)
	SortShifts(after)
	return gone, added, after
}

func (s Shift) same(o Shift) bool {
	return s.From.Equal(o.From) && s.To.Equal(o.To) && s.Post == o.Post && s.Name == o.Name && s.Phone == o.Phone
}
