package recorder

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"dutyline/telephony"
)

// try takes one recording one step further and saves its row. The error is the store's; what
// goes wrong with the recording is in the row.
func (c *Collector) try(ctx context.Context, r Recording, w *watch) (Recording, error) {
	if r.Path == "" { // a row that was not made by ForCall
		r.Path, _ = PathFor(r.CallID, r.NextTry)
	}
	if r.Status == Pending || r.Status == None {
		var err error
		if r, err = c.collect(ctx, r, w); err != nil || r.Status != Sealed {
			return r, err
		}
	}
	if r.Status == Sealed && r.RemovedAt.IsZero() {
		return c.finish(ctx, r, w)
	}
	r.NextTry = time.Time{}
	return r, c.Store.SaveRecording(ctx, r)
}

// collect fetches both sides and, when they are complete, seals them. What the switch does not have
// may lie in the archive: it was sealed after the backup from which the log was restored.
func (c *Collector) collect(ctx context.Context, r Recording, w *watch) (Recording, error) {
	got, err := c.receive(ctx, r)
	if err != nil {
		return c.vain(ctx, r, w, "fetch the recording", err)
	}
	v := Assess(r, c.By, got[0], got[1], c.unchanged(w, got))
	if v.Step == StepLost || v.Step == StepEmpty {
		s, err := c.Archive.Adopt(ctx, r)
		if err == nil {
			return c.sealed(ctx, r, s, saysAdopted)
		}
		if !errors.Is(err, ErrNoRecording) {
			return c.vain(ctx, r, w, "take over the recording that lies in the archive", err)
		}
	}
	switch v.Step {
	case StepSeal:
		return c.seal(ctx, r, w, v)
	case StepEmpty:
		return c.sweep(ctx, r, w, v.Reason)
	case StepLost:
		if v.Cause == CauseNoAudio { // two headers: they would stay for ever
			if err := c.remove(ctx, r); err != nil {
				return c.vain(ctx, r, w, "remove the files without audio from the switch", err)
			}
		}
		r.Status, r.Reason, r.NextTry = Missing, v.Reason, time.Time{}
		r.Findings = []telephony.Finding{telephony.RecordingMissing}
		return c.save(ctx, r)
	}
	r.Attempts++
	news := r.Attempts > quietTries // the first ones are none: the switch needs its moment
	if got[0].State == Whole && got[0].Samples == 0 {
		r.Attempts = max(r.Attempts, withoutSound)
	}
	r.Reason = v.Reason
	r.NextTry = NextAttempt(r, c.Now())
	if news {
		c.waits(r, w, v.Reason)
	}
	if latest := c.Now().Add(heldBack); v.Cause == CauseGrowing && r.NextTry.After(latest) {
		r.NextTry = latest
	}
	return r, c.Store.SaveRecording(ctx, r)
}

func (c *Collector) receive(ctx context.Context, r Recording) (got [2]Received, err error) {
	for i, side := range Sides() {
		name, away := StoredName(r.CallID, side), false
		got[i], err = c.Archive.Receive(ctx, r.CallID, side, func(to io.Writer) (int64, error) {
			n, err := c.Switch.FetchRecording(ctx, name, to)
			away = err != nil && !errors.Is(err, telephony.ErrNotFound)
			return n, err
		})
		if ctx.Err() == nil {
			c.seen(away)
		}
		if errors.Is(err, telephony.ErrNotFound) {
			got[i], err = Received{State: Absent}, nil
		}
		if err != nil {
			return got, fmt.Errorf("the %s side: %w", side, err)
		}
		if waitsFor(r, got[i]) {
			break // whatever the other side is: the switch need not be asked
		}
	}
	return got, nil
}

// seen notes whether the switch answered; when it does so again, all that waits is tried.
func (c *Collector) seen(away bool) {
	c.mu.Lock()
	back := c.away && !away
	c.away = away
	c.mu.Unlock()
	if back {
		c.Hurry()
	}
}

// unchanged is for how long both sides have had the sizes they have now.
func (c *Collector) unchanged(w *watch, got [2]Received) time.Duration {
	if sizes := [2]int64{got[0].Bytes, got[1].Bytes}; !w.seen || sizes != w.sizes {
		w.seen, w.sizes, w.since = true, sizes, c.Uptime()
	}
	return c.Uptime() - w.since
}

func (c *Collector) seal(ctx context.Context, r Recording, w *watch, v Verdict) (Recording, error) {
	s, err := c.Archive.Seal(ctx, r)
	if err != nil {
		return c.vain(ctx, r, w, "seal the recording", err)
	}
	return c.sealed(ctx, r, s, sentences(v.Reason, padNote(s.Far, s.Officer)))
}

// sealed writes the seal into the row; why says what is to be known of it.
func (c *Collector) sealed(ctx context.Context, r Recording, s Seal, why string) (Recording, error) {
	lead := time.Duration(0)
	if c.Lead != nil {
		lead = c.Lead(r.CallID)
	}
	r.Status, r.Digest, r.Size, r.Duration = Sealed, s.Digest, s.Size, s.Duration
	r.FileDigest, r.FileSize = s.FileDigest, s.FileSize
	r.CallerDB, r.OfficerDB = s.Far.Loudest, s.Officer.Loudest
	r.Findings = Judge(r.Talk, s.Far.after(lead), s.Officer.after(lead))
	r.Reason = why
	r.Attempts, r.SealedAt = 0, c.Now()
	r.NextTry = r.SealedAt // the originals are still to be removed
	return r, c.Store.SaveRecording(ctx, r)
}

// finish proves the seal and only then removes the switch's originals.
func (c *Collector) finish(ctx context.Context, r Recording, w *watch) (Recording, error) {
	if err := c.Archive.Verify(ctx, r); err != nil {
		return c.vain(ctx, r, w, "verify the sealed recording", err)
	}
	if err := c.remove(ctx, r); err != nil {
		return c.vain(ctx, r, w, "remove the sealed recording from the switch", err)
	}
	r.RemovedAt, r.NextTry, r.Attempts = c.Now(), time.Time{}, 0
	return c.save(ctx, r)
}

// sweep removes the empty files of an unanswered call, and of one that proves to be unanswered.
func (c *Collector) sweep(ctx context.Context, r Recording, w *watch, why string) (Recording, error) {
	if err := c.remove(ctx, r); err != nil {
		return c.vain(ctx, r, w, "remove the empty files of an unanswered call from the switch", err)
	}
	r.Status, r.Reason, r.NextTry, r.Attempts = None, why, time.Time{}, 0
	return c.save(ctx, r)
}

// remove deletes both originals; one that is gone already is as good.
func (c *Collector) remove(ctx context.Context, r Recording) error {
	for _, side := range Sides() {
		err := c.Switch.RemoveRecording(ctx, StoredName(r.CallID, side))
		if err != nil && !errors.Is(err, telephony.ErrNotFound) {
			return fmt.Errorf("the %s side: %w", side, err)
		}
	}
	return nil
}

// save writes a row that is done with and empties the intake. An intake that cannot be
// emptied costs room, not evidence: it is logged and left.
func (c *Collector) save(ctx context.Context, r Recording) (Recording, error) {
	if err := c.Store.SaveRecording(ctx, r); err != nil {
		return r, err
	}
	if err := c.Archive.Discard(ctx, r.CallID); err != nil {
		c.Log.Warn("the intake of a recording could not be emptied", "call", r.CallID, "error", err)
	}
	return r, nil
}

// vain writes down why a try failed: for ever, or until the next one. The switch keeps its
// originals either way.
func (c *Collector) vain(ctx context.Context, r Recording, w *watch, what string, err error) (Recording, error) {
	if errors.Is(ctx.Err(), context.Canceled) {
		return r, ctx.Err() // stopping: the row stays as it was
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("it took too long (is the link to the switch or the disk overloaded?): %w", err)
	}
	problem := fmt.Sprintf("%s: %v", what, err)
	if r.Status != Sealed {
		r.Reason = problem // what is said about a sealed recording stays
	}
	if errors.Is(err, ErrCorrupt) || errors.Is(err, ErrConflict) || errors.Is(err, ErrAltered) {
		r.Status, r.Reason, r.NextTry = Failed, problem, time.Time{}
		c.Log.Error("a recording failed; what the switch has of it stays there", "call", r.CallID, "reason", problem)
		return c.save(context.WithoutCancel(ctx), r)
	}
	r.Attempts++
	r.NextTry = NextAttempt(r, c.Now())
	c.waits(r, w, problem)
	return r, c.Store.SaveRecording(context.WithoutCancel(ctx), r)
}
