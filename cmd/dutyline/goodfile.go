package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog/sqlite"
)

// goodFile is a file of the site's that is taken up whenever it changes while the daemon runs. One with a mistake
// is refused, which an alert tells, and the last good one goes on, across a restart too. Without a file the
// shipped one is in force.
type goodFile[T any] struct {
	what string // it holds, as the daemon's own log says it
	file string // empty: there is none
	keep string // where the last good one is kept
	key  string // of the alert

	open  func(file string) (T, error) // of "" the shipped one
	parse func(file string, text []byte) (T, error)

	log    *sqlite.DB
	now    func() time.Time
	logger *slog.Logger

	inForce atomic.Pointer[T]
	refused atomic.Pointer[error] // why the file is not in force; nil when it is
	seen    []byte                // the file as it was looked at last
	missing bool                  // there was none then
}

// begin takes the file up, or else what was good last; it never fails.
func (g *goodFile[T]) begin(ctx context.Context) {
	g.look(ctx)
	if g.inForce.Load() != nil {
		return
	}
	which := "the last good ones"
	t, err := g.open(g.keep)
	if err != nil {
		which = "the shipped ones"
		t, err = g.open("")
	}
	if err != nil {
		g.logger.Error("the shipped "+g.what+" cannot be read: report this", "err", err) // a test reads them
	}
	g.inForce.Store(&t)
	g.logger.Warn("the "+g.what+" in force are "+which, "file", g.file)
}

// fault is why the file is not in force; nil when it is.
func (g *goodFile[T]) fault() error {
	if err := g.refused.Load(); err != nil {
		return *err
	}
	return nil
}

// look takes the file up when it changed.
func (g *goodFile[T]) look(ctx context.Context) {
	if g.file == "" {
		if g.inForce.Load() == nil {
			g.take(ctx, func() (T, error) { return g.open("") })
		}
		return
	}
	text, err := os.ReadFile(g.file)
	if err != nil {
		if _, err = g.open(g.file); err != nil && !g.missing { // it says what to do
			g.missing, g.seen = true, nil
			g.refuse(ctx, err)
		}
		return
	}
	if g.missing = false; g.seen != nil && bytes.Equal(text, g.seen) {
		return
	}
	g.seen = text
	if !g.take(ctx, func() (T, error) { return g.parse(g.file, text) }) {
		return
	}
	g.logger.Info("the "+g.what+" of the file are in force", "file", g.file)
	if err := g.keepGood(text); err != nil {
		g.logger.Warn("the "+g.what+" in force are not kept for a start at which their file is not good: give the folder to the daemon's user", "err", err)
	}
}

// take puts in force what is read, or says why not.
func (g *goodFile[T]) take(ctx context.Context, read func() (T, error)) bool {
	t, err := read()
	if err != nil {
		g.refuse(ctx, err)
		return false
	}
	g.inForce.Store(&t)
	g.refused.Store(nil)
	g.tell(ctx, alerts.Alert{At: g.now(), Ends: []string{g.key}})
	return true
}

func (g *goodFile[T]) refuse(ctx context.Context, err error) {
	g.refused.Store(&err)
	g.logger.Error("the file of "+g.what+" is refused; the last good ones go on", "err", err)
	a := alerts.Refused(err, g.now())
	a.Key = g.key
	g.tell(ctx, a)
}

// tell shows on the page what the log file says, too.
func (g *goodFile[T]) tell(ctx context.Context, a alerts.Alert) {
	if err := g.log.Raise(ctx, a); err != nil {
		g.logger.Warn("whether the file of "+g.what+" is good is not told on the page", "err", err)
	}
}

// keepGood keeps a copy for a start at which the file is not good.
func (g *goodFile[T]) keepGood(text []byte) error {
	if err := os.WriteFile(g.keep+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(g.keep+".new", g.keep)
}
