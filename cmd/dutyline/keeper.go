package main

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"time"

	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/web"
)

const (
	keepEvery  = time.Minute
	noteEvery  = time.Hour
	expireRun  = "expire" // the chore's name in the log
	expireFrom = 24 * time.Hour
	patience   = 2 * time.Minute // how long a command that erases is left to compact the log itself
)

// keeper is what the daemon does by the clock: it closes the tape's files, carries out what
// retention and erasures decided, and looks at the disk. What is due is in the log's rows, so
// that a restart forgets nothing. At the edge of the disk it deletes nothing: the archive
// stops by itself, and the keeper says so and wakes the collector when there is room.
type keeper struct {
	log     *sqlite.DB
	expirer *expirer
	growth  []growing // whose disks are looked at
	reserve int64
	warn    int
	space   func(folder string) (space, error)
	hurry   func()
	logger  *slog.Logger
	now     func() time.Time
	trusted func() bool // whether the time of day is good enough to delete by

	mu      sync.Mutex
	outlook outlook
	doubted bool  // nothing expires for now
	fault   error // why a disk cannot be looked at
	noted   time.Time
}

// Run keeps until ctx ends; what fails is said and tried again at the next turn.
func (k *keeper) Run(ctx context.Context) error {
	ticker := time.NewTicker(keepEvery)
	defer ticker.Stop()
	for {
		k.turn(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func (k *keeper) turn(ctx context.Context) {
	for _, step := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"look at the disk", k.look},
		{"close the tape's files", func(ctx context.Context) error { return k.expirer.tape.Close(ctx, k.now()) }},
		{"carry out what was decided", k.expirer.Finish},
		{"compact the duty log", k.compact},
		{"decide what expires", k.expire},
	} {
		if err := step.do(ctx); err != nil && ctx.Err() == nil {
			k.logger.Error("the daemon could not "+step.what+"; it tries again in a minute", "err", err)
		}
	}
}

// compact takes over from a command that erased and did not come to its end.
func (k *keeper) compact(ctx context.Context) error {
	due, err := k.log.Chore(ctx, sqlite.Compacting)
	if err != nil || due.IsZero() || k.now().Before(due.Add(patience)) {
		return err
	}
	return k.log.Compact(ctx)
}

// expire runs once a day. The next day is noted first: a run that fails is not repeated every
// minute. By a clock that somebody set far nothing goes: all could seem past its days.
func (k *keeper) expire(ctx context.Context) error {
	due, err := k.log.Chore(ctx, expireRun)
	noted := due.Sub(k.now()) <= expireFrom // else by a clock that was ahead
	if err != nil || noted && k.now().Before(due) {
		return err
	}
	if doubted := !k.trusted(); doubted != k.doubted {
		k.doubted = doubted
		if doubted {
			k.logger.Warn("nothing expires until the clock has stood for a day: it was set by an hour or more, or the machine was away for long; look at its time service")
		}
	}
	if k.doubted {
		return nil
	}
	if err := k.log.SetChore(ctx, expireRun, k.now().Add(expireFrom)); err != nil {
		return err
	}
	_, err = k.expirer.Run(ctx)
	return err
}

// look asks how much of each disk is free and when it will be full, and tells what is new of the worst.
func (k *keeper) look(ctx context.Context) error {
	now := k.now()
	disks, err := disksOf(k.growth, k.space)
	k.mu.Lock()
	k.fault = err
	note := now.Sub(k.noted) >= noteEvery
	k.mu.Unlock()
	if len(disks) == 0 {
		return err
	}
	if note {
		if err := k.note(ctx, now); err != nil {
			return err
		}
	}
	usages, unread := k.log.Usages(ctx, now.AddDate(0, 0, -30))
	if unread != nil {
		return unread
	}
	k.tell(outlookOf(disks, usages, k.reserve, k.warn, now))
	return err
}

func (k *keeper) note(ctx context.Context, now time.Time) error {
	recordings, err := k.log.RecordingBytes(ctx)
	if err != nil {
		return err
	}
	var usages []recorder.Usage
	for _, s := range k.growth {
		u := recorder.Usage{Day: now.UTC().Truncate(24 * time.Hour), Kind: s.kind}
		switch s.kind {
		case recorder.KindRecording:
			u.Bytes = recordings
		case recorder.KindLog:
			u.Bytes = sizeOf(k.log.Path())
		case recorder.KindJournal:
			files, _ := k.expirer.journalObjects() // what cannot be read is said of the journal
			for _, f := range files {
				u.Bytes += f.object.Bytes
			}
		default:
			u.Bytes = tapeFolder(s.folder).bytes()
		}
		usages = append(usages, u)
	}
	if err := k.log.NoteUsage(ctx, usages); err != nil {
		return err
	}
	k.mu.Lock()
	k.noted = now
	k.mu.Unlock()
	return nil
}

// sizeOf is a file's size; 0 when it cannot be told.
func sizeOf(name string) int64 {
	info, err := os.Stat(name)
	if err != nil {
		return 0
	}
	return info.Size()
}

func (k *keeper) tell(o outlook) {
	k.mu.Lock()
	last := k.outlook
	k.outlook = o
	k.mu.Unlock()
	before := last.Room
	if o.Room == before && o.disk.folder == last.disk.folder {
		return
	}
	switch {
	case o.Room == recorder.RoomEdge:
		k.logger.Error("the disk is at its edge: calls are watched and logged, and nothing is deleted by itself", "detail", inSentences(o))
	case o.Room == recorder.RoomSoon:
		k.logger.Warn("the disk will be full soon", "detail", inSentences(o))
	case before == recorder.RoomEdge || before == recorder.RoomSoon:
		k.logger.Info("the disk has room again", "detail", inSentences(o))
	}
	if before == recorder.RoomEdge {
		k.hurry()
	}
}

// Health is how the disk is that is the worst off.
func (k *keeper) Health() web.DiskHealth {
	k.mu.Lock()
	defer k.mu.Unlock()
	o := k.outlook
	h := web.DiskHealth{Room: string(o.Room), FreeBytes: o.Free, ReserveBytes: o.Reserve, Days: o.Days, Detail: inSentences(o)}
	if h.Room == "" {
		h.Room, h.Days = string(recorder.RoomUnknown), -1
	}
	if k.fault != nil && h.Detail == "" {
		h.Detail = k.fault.Error()
	}
	return h
}

// Room is how the disk is, and what to do about it; empty when it could not be looked at.
func (k *keeper) Room() (recorder.Room, string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	says := inSentences(k.outlook)
	if k.fault != nil && says == "" {
		return "", k.fault.Error()
	}
	return k.outlook.Room, says
}
