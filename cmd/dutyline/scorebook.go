package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"dutyline/alerts"
	"dutyline/config"
	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
)

// scoreBook keeps the scoring rules in force. As with the rules of alerts, a changed file is taken up while the
// daemon runs, one with a mistake is refused, and the last good rules go on, across a restart too. Which rules
// are in force from when on is in the log.
type scoreBook struct {
	file, keep string
	log        *sqlite.DB
	now        func() time.Time
	logger     *slog.Logger

	rules   atomic.Pointer[dutylog.ScoringRules]
	refused atomic.Pointer[error] // why the file is not in force; nil when it is
	seen    []byte                // the file as it was looked at last
	missing bool                  // there was none then
	noted   string                // the digest of the rules that the log has
}

// scoringRefused is the key of the alert about the file.
const scoringRefused = string(alerts.ReasonRulesRefused) + "/scoring"

func newScoreBook(cfg config.Config, log *sqlite.DB, now func() time.Time, logger *slog.Logger) *scoreBook {
	b := &scoreBook{file: cfg.Assess.Rules, keep: keptScoring(cfg), log: log, now: now, logger: logger}
	b.look(context.Background())
	if b.rules.Load() == nil {
		r, err := config.ScoringIn(b.keep)
		if err != nil {
			r, err = config.ScoringIn("")
		}
		if err != nil {
			logger.Error("the shipped scoring rules cannot be read: report this", "err", err) // a test reads them
		}
		b.rules.Store(&r)
		b.note(context.Background())
	}
	return b
}

// keptScoring is where the last good scoring rules are kept.
func keptScoring(cfg config.Config) string {
	return filepath.Join(filepath.Dir(cfg.Log.File), "scoring.good.yaml")
}

// Rules are those in force, with why the file is not.
func (b *scoreBook) Rules() (dutylog.ScoringRules, error) {
	if err := b.refused.Load(); err != nil {
		return *b.rules.Load(), *err
	}
	return *b.rules.Load(), nil
}

// Run looks at the file until ctx ends.
func (b *scoreBook) Run(ctx context.Context) error {
	for rest(ctx, rulesEvery); ctx.Err() == nil; rest(ctx, rulesEvery) {
		b.look(ctx)
		b.note(ctx)
	}
	return nil
}

// look takes the file up when it changed.
func (b *scoreBook) look(ctx context.Context) {
	if b.file == "" {
		if b.rules.Load() == nil {
			b.take(ctx, nil)
		}
		return
	}
	text, err := os.ReadFile(b.file)
	if err != nil {
		if !b.missing {
			b.seen, b.missing = nil, true
			_, err = config.ScoringIn(b.file) // says what to do
			b.refuse(ctx, err)
		}
		return
	}
	if b.missing = false; b.seen == nil || !bytes.Equal(text, b.seen) {
		b.seen = text
		b.take(ctx, text)
	}
}

// take puts rules in force, or says why not; nil are the shipped ones.
func (b *scoreBook) take(ctx context.Context, text []byte) {
	r, err := config.ScoringIn("")
	if text != nil {
		r, err = config.ParseScoring(b.file, text)
	}
	if err != nil {
		b.refuse(ctx, err)
		return
	}
	b.rules.Store(&r)
	b.refused.Store(nil)
	b.tell(ctx, alerts.Alert{At: b.now(), Ends: []string{scoringRefused}})
	b.note(ctx)
	if text == nil {
		return
	}
	if err := keepFile(b.keep, text); err != nil {
		b.logger.Warn("the scoring rules in force are not kept for a start at which their file is not good", "err", err)
	}
}

func (b *scoreBook) refuse(ctx context.Context, err error) {
	if err == nil {
		return // it came back between two looks
	}
	b.refused.Store(&err)
	b.logger.Error("the file of scoring rules is refused; the last good rules go on", "err", err)
	a := alerts.Refused(err, b.now())
	a.Key = scoringRefused
	b.tell(ctx, a)
}

func (b *scoreBook) tell(ctx context.Context, a alerts.Alert) {
	if err := b.log.Raise(ctx, a); err != nil {
		b.logger.Warn("whether the file of scoring rules is good is not told on the page", "err", err)
	}
}

// note keeps in the log which rules are in force; what could not be written is tried again at the next look.
func (b *scoreBook) note(ctx context.Context) {
	r := b.rules.Load()
	if r == nil || r.Digest() == b.noted {
		return
	}
	if err := b.log.NoteScoring(ctx, *r); err != nil {
		b.logger.Warn("which scoring rules are in force is not in the log yet", "err", err)
		return
	}
	b.noted = r.Digest()
}

// keepFile keeps a copy for a start at which the file itself is not good.
func keepFile(name string, text []byte) error {
	if err := os.WriteFile(name+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}
