package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"time"

	"dutyline/alerts"
	"dutyline/config"
	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
)

// scoreBook keeps the scoring rules in force. Which they are from when on is in the log.
type scoreBook struct {
	rules goodFile[dutylog.ScoringRules]
	noted string // the digest of the rules that the log has
}

// scoringRefused is the key of the alert about the file.
const scoringRefused = string(alerts.ReasonRulesRefused) + "/scoring"

func newScoreBook(cfg config.Config, log *sqlite.DB, now func() time.Time, logger *slog.Logger) *scoreBook {
	b := &scoreBook{rules: goodFile[dutylog.ScoringRules]{what: "scoring rules", file: cfg.Assess.Rules, keep: keptScoring(cfg), key: scoringRefused,
		open: config.ScoringIn, parse: config.ParseScoring, log: log, now: now, logger: logger}}
	b.rules.begin(context.Background())
	b.note(context.Background())
	return b
}

// keptScoring is where the last good scoring rules are kept.
func keptScoring(cfg config.Config) string {
	return filepath.Join(filepath.Dir(cfg.Log.File), "scoring.good.yaml")
}

// Rules are those in force, with why the file is not.
func (b *scoreBook) Rules() (dutylog.ScoringRules, error) {
	return *b.rules.inForce.Load(), b.rules.fault()
}

// Run looks at the file until ctx ends.
func (b *scoreBook) Run(ctx context.Context) error {
	for rest(ctx, rulesEvery); ctx.Err() == nil; rest(ctx, rulesEvery) {
		b.look(ctx)
	}
	return nil
}

func (b *scoreBook) look(ctx context.Context) {
	b.rules.look(ctx)
	b.note(ctx)
}

// note keeps in the log which rules are in force; what could not be written is tried again at the next look.
func (b *scoreBook) note(ctx context.Context) {
	r := *b.rules.inForce.Load()
	if r.Digest() == b.noted {
		return
	}
	if err := b.rules.log.NoteScoring(ctx, r); err != nil {
		b.rules.logger.Warn("which scoring rules are in force is not in the log yet", "err", err)
		return
	}
	b.noted = r.Digest()
}
