package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

type wireInterval struct {
	Kind    string     `json:"kind"`
	From    time.Time  `json:"from"`
	To      *time.Time `json:"to"`
	Cause   string     `json:"cause"`
	Seconds float64    `json:"seconds"`
}

type wireJournal struct {
	OK         bool       `json:"ok"`
	Detail     string     `json:"detail"`
	LastRow    *time.Time `json:"last_row"`
	Configured bool       `json:"configured"`
}

func (d *desk) journal() wireJournal {
	d.t.Helper()
	var h struct {
		Journal wireJournal `json:"journal"`
	}
	d.want(200, "GET", "/api/v1/health", nil, &h)
	return h.Journal
}

func (d *desk) intervals(kind string) []wireInterval {
	d.t.Helper()
	var l wireList[wireInterval]
	d.want(200, "GET", "/api/v1/intervals?kind="+kind, nil, &l)
	return l.Items
}

// The folder of the switch's journal vanishes and comes back: the page is told, with the
// remedy. While the daemon is away too, that is a blind interval; otherwise the journal covers.
func TestSystemTheJournalVanishesAndComesBack(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.phone(400*time.Millisecond, 0, phoneTone)
	r.awaitLine("idle")
	r.calls("caller", caller{number: "02422730001", talk: 300 * time.Millisecond, hertz: callerTone}).Must(t)
	var j wireJournal
	r.desk.await(10*time.Second, "the journal is read", func() bool {
		j = r.desk.journal()
		return j.OK && j.LastRow != nil
	})
	if !j.Configured || j.Detail != "" || time.Since(*j.LastRow).Abs() > time.Minute {
		t.Errorf("the journal that is written: %+v", j)
	}

	r.again(func() {})
	r.desk.await(10*time.Second, "the daemon was away once, and sees the switch again", func() bool {
		live := r.desk.intervals("live_down")
		return len(live) == 1 && live[0].To != nil
	})
	if blind := r.desk.intervals("blind"); len(blind) != 0 {
		t.Errorf("the journal covered that: %+v", blind)
	}

	events := r.desk.follow("")
	folder := filepath.Dir(r.cfg.Journal.File)
	if err := os.Rename(folder, folder+"-away"); err != nil {
		t.Fatal(err)
	}
	awaitFrame(events, "interval", "the page is told that the journal is down", func(i wireInterval) bool { return i.Kind == "journal_down" && i.To == nil })
	if j := r.desk.journal(); j.OK || !strings.Contains(j.Detail, "does not exist") || !strings.Contains(j.Detail, "create it") || j.LastRow == nil {
		t.Errorf("the journal that is away: %+v", j)
	}
	r.again(func() {})
	r.desk.await(10*time.Second, "it is stated when neither saw", func() bool {
		blind := r.desk.intervals("blind")
		return len(blind) == 1 && blind[0].To != nil && blind[0].Seconds > 0 && strings.Contains(blind[0].Cause, "; ")
	})
	if err := os.Rename(folder+"-away", folder); err != nil {
		t.Fatal(err)
	}
	r.calls("caller", caller{number: "02422730001", talk: 300 * time.Millisecond, hertz: callerTone}).Must(t)
	r.desk.await(10*time.Second, "the journal is up again", func() bool {
		return r.desk.journal().OK && !slices.ContainsFunc(r.desk.intervals("journal_down"), func(i wireInterval) bool { return i.To == nil })
	})
}

// A switch without a journal: the daemon says so, and does not call it a fault of the switch.
func TestSystemWithoutAJournal(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.again(func() { r.cfg.Journal.File = "" })
	if j := r.desk.journal(); j.OK || j.Configured || !strings.Contains(j.Detail, "journal.file") || !strings.Contains(j.Detail, "deploy/asterisk/README.md") {
		t.Errorf("without a journal: %+v", j)
	}
	r.desk.await(5*time.Second, "it is stated that there is no second eye", func() bool {
		down := r.desk.intervals("journal_down")
		return len(down) == 1 && down[0].To == nil && strings.Contains(down[0].Cause, "journal.file")
	})
}
