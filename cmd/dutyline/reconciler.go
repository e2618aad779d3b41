package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/recorder/archive"
	"dutyline/telephony"
	"dutyline/web"
)

const (
	reconcileEvery = 5 * time.Minute
	// reconcileSettles is how long after a start, or after the switch is seen again, the parts
	// that catch up get before their books are compared.
	reconcileSettles = 20 * time.Second
	reconcileWhole   = 24 * time.Hour // how often everything is looked at, however old
	reconcileDays    = 31             // in between, what is younger than this
	mostGlances      = 32             // recordings of nobody that are looked into in one round
	mostLost         = 1000           // sealed recordings that are said to be lost in one round: of an archive that is not mounted all are
)

// books is where calls, entries and the ledger are kept.
type books interface {
	LedgerCalls(ctx context.Context, since time.Time) ([]dutylog.BookedCall, error)
	LedgerEntries(ctx context.Context, since time.Time) ([]dutylog.BookedEntry, error)
	Claims(ctx context.Context, ids []string) (map[string]dutylog.Claim, error)
	ClaimsAgain(ctx context.Context, id string) ([]dutylog.Claim, error)
	Intervals(ctx context.Context, from, to time.Time) ([]telephony.Interval, error)
	SealedSince(ctx context.Context, since time.Time, do func([]recorder.Recording) error) error
	SaveLedger(ctx context.Context, found []dutylog.Discrepancy, looked dutylog.Looked) (int, error)
}

var _ books = (*sqlite.DB)(nil)

// shelf tells what lies in the archive's folder.
type shelf interface {
	Files(ctx context.Context, since time.Time, each func([]recorder.ArchivedFile) error) error
	SizeOf(r recorder.Recording) (size int64, there bool, err error)
}

// spool is what a reconciliation asks of the switch.
type spool interface {
	StoredRecordings(ctx context.Context) ([]string, error)
	FetchRecording(ctx context.Context, name string, to io.Writer) (int64, error)
}

// reconciler compares calls, recordings and entries, and keeps the ledger. It decides nothing:
// dutylog does.
type reconciler struct {
	books  books
	shelf  shelf
	spool  spool // nil: the switch cannot be asked; problem says why
	now    func() time.Time
	logger *slog.Logger

	turn  chan struct{} // held by the round under way
	nudge chan struct{}

	mu      sync.Mutex
	last    time.Time // when the last round ended
	whole   time.Time // when everything was last looked at
	seen    time.Time // when the switch was seen (again); zero: a round was made since
	problem string    // what the last round could not look at
	glanced map[string]recorder.Received
}

func newReconciler(b books, s shelf, sw spool, now func() time.Time, logger *slog.Logger) *reconciler {
	return &reconciler{books: b, shelf: s, spool: sw, now: now, logger: logger, turn: make(chan struct{}, 1), nudge: make(chan struct{}, 1),
		seen: now(), glanced: map[string]recorder.Received{}}
}

// Seen tells that the switch is seen (again): what was missed is compared soon.
func (r *reconciler) Seen() {
	r.mu.Lock()
	r.seen = r.now()
	r.mu.Unlock()
	select {
	case r.nudge <- struct{}{}:
	default:
	}
}

// next is when the next round is due, and whether it is to look at everything.
func (r *reconciler) next() (at time.Time, whole bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at = r.last.Add(reconcileEvery)
	if !r.seen.IsZero() && (r.last.IsZero() || r.seen.Add(reconcileSettles).Before(at)) {
		at = r.seen.Add(reconcileSettles)
	}
	return at, !at.Before(r.whole.Add(reconcileWhole))
}

// Run makes a round every five minutes until ctx ends; what fails is said and tried again.
func (r *reconciler) Run(ctx context.Context) error {
	for {
		at, whole := r.next()
		timer := time.NewTimer(min(max(at.Sub(r.now()), 0), reconcileEvery)) // however the clock was set
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-r.nudge:
			timer.Stop()
			continue
		case <-timer.C:
		}
		if err := r.round(ctx, whole); err != nil && ctx.Err() == nil {
			r.logger.Error("calls, recordings and entries could not be compared; it is tried again in five minutes", "err", err)
		}
	}
}

// Now looks at everything at once and returns when the ledger says what was found.
func (r *reconciler) Now(ctx context.Context) error { return r.round(ctx, true) }

// State is when the last round ended and what it could not look at.
func (r *reconciler) State() web.LedgerState {
	r.mu.Lock()
	defer r.mu.Unlock()
	return web.LedgerState{At: r.last, Problem: r.problem}
}

// round compares once. What cannot be looked at is left as the ledger has it.
func (r *reconciler) round(ctx context.Context, whole bool) error {
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	began := r.now()
	looked := dutylog.Looked{Calls: true}
	if !whole {
		looked.Since = began.AddDate(0, 0, -reconcileDays)
	}
	found, err := r.calls(ctx, looked.Since)
	var stored, files, lost []dutylog.Discrepancy
	var away, dark, dim error
	if err == nil {
		stored, away = r.stored(ctx)
		files, dark = r.files(ctx, looked.Since)
		lost, dim = r.kept(ctx, looked.Since)
		looked.Switch, looked.Files = away == nil, dark == nil && dim == nil
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var changed int
		changed, err = r.books.SaveLedger(ctx, slices.Concat(found, stored, files, lost), looked)
		if changed > 0 {
			r.logger.Info("the ledger of what does not agree has changed", "items", changed)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = r.now()
	if !r.seen.After(began) {
		r.seen = time.Time{}
	}
	if err == nil && whole {
		r.whole = began
	}
	r.problem = ""
	if all := errors.Join(err, away, dark, dim); all != nil {
		r.problem = all.Error()
	}
	return err
}

// calls checks the log by itself.
func (r *reconciler) calls(ctx context.Context, since time.Time) (found []dutylog.Discrepancy, err error) {
	now := r.now()
	calls, err := r.books.LedgerCalls(ctx, since)
	if err != nil {
		return nil, err
	}
	for _, c := range calls {
		found = append(found, dutylog.CheckCall(c, now)...)
	}
	entries, err := r.books.LedgerEntries(ctx, since)
	for _, e := range entries {
		found = append(found, dutylog.CheckEntry(e, now)...)
	}
	return found, err
}

// stored checks what is on the switch.
func (r *reconciler) stored(ctx context.Context) (found []dutylog.Discrepancy, err error) {
	if r.spool == nil {
		return nil, errors.New("the switch could not be asked for its recordings: the configuration does not say how to reach it")
	}
	names, err := r.spool.StoredRecordings(ctx)
	if err != nil {
		return nil, fmt.Errorf("the switch could not be asked for its recordings, so nothing is said about them: %w", err)
	}
	now := r.now()
	unseen, err := r.books.Intervals(ctx, time.Time{}, now)
	if err != nil {
		return nil, err
	}
	r.forget(names)
	glances := 0
	for _, name := range names {
		f := recorder.StoredFile{Name: name}
		var claims []dutylog.Claim
		if id, _, ok := recorder.CallOfStored(name); ok {
			if claims, err = r.books.ClaimsAgain(ctx, id); err != nil {
				return nil, err
			}
		}
		here := dutylog.CheckStored(f, claims, unseen, now)
		if len(here) > 0 && recorder.Plain(name) {
			if f.Sound, f.Looked = r.glance(ctx, name, glances < mostGlances); f.Looked {
				glances++
			}
			here = dutylog.CheckStored(f, claims, unseen, now)
		}
		found = append(found, here...)
	}
	return found, ctx.Err()
}

// forget drops what was seen of recordings that are gone.
func (r *reconciler) forget(names []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name := range r.glanced {
		if !slices.Contains(names, name) {
			delete(r.glanced, name)
		}
	}
}

// glance looks into a recording, once. Only a name that our dialplan gives comes here.
func (r *reconciler) glance(ctx context.Context, name string, fetch bool) (recorder.Received, bool) {
	r.mu.Lock()
	seen, ok := r.glanced[name]
	r.mu.Unlock()
	if ok || !fetch {
		return seen, ok
	}
	var g archive.Glance
	if _, err := r.spool.FetchRecording(ctx, name, &g); err != nil && !errors.Is(err, recorder.ErrCorrupt) {
		return seen, false
	}
	seen = g.Seen()
	r.mu.Lock()
	r.glanced[name] = seen
	r.mu.Unlock()
	return seen, true
}

// files checks what lies in the archive's folder.
func (r *reconciler) files(ctx context.Context, since time.Time) (found []dutylog.Discrepancy, err error) {
	now := r.now()
	err = r.shelf.Files(ctx, since, func(folder []recorder.ArchivedFile) error {
		var ids []string
		for _, f := range folder {
			if id, ok := recorder.CallOfFile(f.Name); ok {
				ids = append(ids, id)
			}
		}
		claims, err := r.books.Claims(ctx, ids)
		if err != nil {
			return err
		}
		for _, f := range folder {
			var claim *dutylog.Claim
			if id, ok := recorder.CallOfFile(f.Name); ok {
				if c, ok := claims[id]; ok {
					claim = &c
				}
			}
			found = append(found, dutylog.CheckFile(f, claim, now)...)
		}
		return nil
	})
	return found, err
}

// kept checks that the files of sealed recordings are there, the newest first. Of the days since then
// all are looked at; of older ones, in between, those of open items.
func (r *reconciler) kept(ctx context.Context, since time.Time) (found []dutylog.Discrepancy, err error) {
	err = r.books.SealedSince(ctx, since, func(part []recorder.Recording) error {
		for _, sealed := range part {
			here, err := r.look(ctx, sealed)
			if err != nil {
				return err
			}
			if found = append(found, here...); len(found) == mostLost {
				return fmt.Errorf("%d sealed recordings are not in the archive as they were sealed, and no more were looked for: look whether the disk of archive.folder is mounted", mostLost)
			}
		}
		return ctx.Err()
	})
	return found, err
}

// look checks one file. A decision is written down before it takes a file: whether one did is read
// after the file was not there.
func (r *reconciler) look(ctx context.Context, sealed recorder.Recording) ([]dutylog.Discrepancy, error) {
	size, there, err := r.shelf.SizeOf(sealed)
	if err != nil {
		return nil, err
	}
	found := dutylog.CheckKept(sealed, size, there)
	if len(found) == 0 {
		return nil, nil
	}
	claims, err := r.books.Claims(ctx, []string{sealed.CallID})
	if err != nil || claims[sealed.CallID].Recording.Status != recorder.Sealed {
		return nil, err
	}
	return found, nil
}
