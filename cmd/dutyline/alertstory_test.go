package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/alerts"
	"dutyline/config"
	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// An alert story is read like this, one sentence a line; times count from its beginning, which is
// 20:00 by the site's clock unless it says otherwise:
//
//	at 5m: the phone goes offline
//	between 5m and 5m1s: group gets 值班话机离线，来电打不进来
//	at 6m: phone_unreachable is open, told nobody, next duty_section_chief at 10m
//	until 3h
//
// Whatever a receiver gets and no sentence foresees is a fault. Everything is real but the clock:
// the configuration file, the committer and its rules, the log's file, the outbox, the senders,
// and the receivers, which are HTTP and mail servers.
type alertStory struct {
	t         *testing.T
	cfg       config.Config
	receivers *receivers
	committer *committer
	db        *sqlite.DB
	clock     time.Time
	off       bool // the daemon does not run
	escalator *escalator
	senders   []*storySender
	stop      context.CancelFunc // of a sender in the middle of a message
	deeds     []deed
	wanted    []wanted
	calls     map[string]time.Time // when each began to ring
	end       time.Time
}

var storyBegins = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

type storySender struct {
	*sender
	next time.Time
	idle bool
}

// deed is what happens at a time.
type deed struct {
	at time.Time
	do func()
}

// wanted is one message that somebody gets.
type wanted struct {
	from, to   time.Time
	name, text string
	line       string
	got        bool
}

// play tells a story. LINE is what the configuration says of the line's chain and quiet hours.
func play(t *testing.T, line, story string) {
	t.Helper()
	s := &alertStory{t: t, clock: storyBegins, calls: map[string]time.Time{}}
	s.receivers = startReceivers(t, func() time.Time { return s.clock }, func(took time.Duration) { s.clock = s.clock.Add(took) })
	s.cfg = s.receivers.configuration(t, line)
	s.start()
	defer func() { s.db.Close() }()
	s.read(story)
	slices.SortStableFunc(s.deeds, func(a, b deed) int { return a.at.Compare(b.at) })
	for len(s.deeds) > 0 {
		next := s.deeds[0]
		s.deeds = s.deeds[1:]
		s.run(next.at)
		next.do()
	}
	s.run(s.end)
	s.compare()
}

// start opens the log as the daemon does.
func (s *alertStory) start() {
	s.t.Helper()
	now := func() time.Time { return s.clock }
	var err error
	if s.db, err = sqlite.Open(s.t.Context(), s.cfg.Log.File, sqlite.Options{Location: s.cfg.Site.Location(), Now: now, Plan: s.cfg.AlertPlan()}); err != nil {
		s.t.Fatal(err)
	}
	logger := slog.New(slog.DiscardHandler)
	s.committer = newCommitter(s.db, newRuleBook(s.cfg, s.db, now, logger).Judge, filepath.Join(s.t.TempDir(), "refused.jsonl"), logger)
	s.escalator = &escalator{advance: s.db.Advance, wake: s.db.Wake, now: now, logger: logger}
	s.senders, s.off = nil, false
	for _, c := range s.cfg.Alerts.Channels {
		channel, err := c.Open()
		if err != nil {
			s.t.Fatal(err)
		}
		s.senders = append(s.senders, &storySender{sender: &sender{name: c.Name, channel: channel, outbox: s.db, wake: s.db.Wake, now: now, logger: logger}, idle: true})
	}
}

// killed leaves the log as a kill leaves it: nobody closes or flushes anything.
func (s *alertStory) killed() { s.off = true }

// run lets time pass as the daemon's loops let it pass: each sleeps until it has something to do.
func (s *alertStory) run(until time.Time) {
	for !s.off {
		ctx, stop := context.WithCancel(s.t.Context())
		s.stop = stop
		next := s.clock.Add(s.escalator.turn(ctx))
		for _, each := range s.senders {
			if each.idle || !s.clock.Before(each.next) {
				var wait time.Duration
				wait, each.idle = each.turn(ctx)
				each.next = s.clock.Add(wait)
			}
			if each.next.Before(next) {
				next = each.next
			}
		}
		if stop(); s.off || next.After(until) {
			break
		}
		if next.After(s.clock) { // a slow receiver has taken some of the time already
			s.clock = next
		}
	}
	if until.After(s.clock) {
		s.clock = until
	}
}

// compare says which messages were not foreseen and which never came.
func (s *alertStory) compare() {
	s.t.Helper()
	for _, m := range s.receivers.taken() {
		i := slices.IndexFunc(s.wanted, func(w wanted) bool {
			return !w.got && w.name == m.name && w.text == m.text && !m.at.Before(w.from) && !m.at.After(w.to)
		})
		if i < 0 {
			s.t.Errorf("at %v %s got %s, which nobody foresaw", m.at.Sub(storyBegins), m.name, m.text)
			continue
		}
		s.wanted[i].got = true
	}
	for _, w := range s.wanted {
		if !w.got {
			s.t.Errorf("it did not come true: %s", w.line)
		}
	}
}

var (
	getsSentence  = regexp.MustCompile(`^between (\S+) and (\S+): (\w+) gets (.+)$`)
	atSentence    = regexp.MustCompile(`^at (\S+): (.+)$`)
	untilSentence = regexp.MustCompile(`^until (\S+)$`)
)

func (s *alertStory) read(story string) {
	s.t.Helper()
	for line := range strings.Lines(story) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case getsSentence.MatchString(line):
			m := getsSentence.FindStringSubmatch(line)
			s.wanted = append(s.wanted, wanted{from: s.time(m[1]), to: s.time(m[2]), name: m[3], text: m[4], line: line})
		case atSentence.MatchString(line):
			m := atSentence.FindStringSubmatch(line)
			s.deeds = append(s.deeds, deed{s.time(m[1]), s.deed(m[2])})
		case untilSentence.MatchString(line):
			s.end = s.time(untilSentence.FindStringSubmatch(line)[1])
		default:
			s.t.Fatalf("no story has the sentence %q", line)
		}
	}
}

func (s *alertStory) time(text string) time.Time {
	s.t.Helper()
	d, err := time.ParseDuration(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return storyBegins.Add(d)
}

// deed finds out what a sentence does.
func (s *alertStory) deed(sentence string) func() {
	s.t.Helper()
	for _, d := range storyDeeds {
		if m := d.sentence.FindStringSubmatch(sentence); m != nil {
			return func() { d.do(s, m[1:]) }
		}
	}
	s.t.Fatalf("nobody can do this: %q", sentence)
	return nil
}

// later plans what follows from a deed, behind what is planned for the same time.
func (s *alertStory) later(after time.Duration, do func()) {
	s.deeds = append(s.deeds, deed{s.clock.Add(after), do})
	slices.SortStableFunc(s.deeds, func(a, b deed) int { return cmp.Compare(a.at.UnixNano(), b.at.UnixNano()) })
}

// happens commits a change as the daemon does; while it does not run nobody sees it.
func (s *alertStory) happens(ch telephony.Change) {
	if s.off {
		return
	}
	ch.At, ch.Line = s.clock, "duty"
	if err := s.committer.commit(s.t.Context(), []telephony.Change{ch}); err != nil {
		s.t.Fatal(err)
	}
}

// alert is the newest one with a reason.
func (s *alertStory) alert(reason string) alerts.Alert {
	s.t.Helper()
	list, _, err := s.db.Alerts(s.t.Context(), alerts.Query{Limit: 500})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, a := range list {
		if string(a.Reason) == reason {
			return a
		}
	}
	s.t.Fatalf("at %v there is no alert %s", s.clock.Sub(storyBegins), reason)
	return alerts.Alert{}
}

// standing is what the page shows of an alert.
func (s *alertStory) standing(a alerts.Alert) string {
	since := func(at time.Time) string { return at.Sub(storyBegins).String() }
	words := []string{string(a.State())}
	if a.Reopened > 0 {
		words = append(words, fmt.Sprintf("came back %d times", a.Reopened))
	}
	if a.Times > 1 {
		words = append(words, fmt.Sprintf("%d calls", a.Times))
	}
	if a.Reached.Post != "" {
		words = append(words, strings.TrimSpace(fmt.Sprintf("told %s %s", a.Reached.Post, a.Reached.Person)))
	}
	if a.Coming.Post != "" {
		words = append(words, fmt.Sprintf("next %s at %s", a.Coming.Post, since(a.Coming.At)))
	}
	if !a.Muted.Until.IsZero() {
		words = append(words, fmt.Sprintf("muted until %s by %s: %s", since(a.Muted.Until), a.Muted.By.Login, a.Muted.Reason))
	}
	return strings.Join(words, ", ")
}

func person(login string) dutylog.Actor { return dutylog.Actor{Login: login, Role: dutylog.Leader} }
