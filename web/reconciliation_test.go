package web_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/web"
)

type ledgerPage struct {
	Items []struct {
		Key, Kind, Why, Name, Cause, State string
		CallID                             string `json:"call_id"`
		EntryID                            string `json:"entry_id"`
		Since                              string
		ResolvedAt                         *string `json:"resolved_at"`
		Accepted                           *struct {
			By     struct{ Login, Name, Role string }
			Reason string
			At     string
		}
	}
	NextCursor string `json:"next_cursor"`
	Open       int
	LookedAt   *string `json:"looked_at"`
	Problem    string
}

func (p ledgerPage) keys() (all []string) {
	for _, i := range p.Items {
		all = append(all, i.Key+" "+i.State)
	}
	return all
}

func (c *client) ledger(t *testing.T, query string) (p ledgerPage) {
	t.Helper()
	c.get("/reconciliation"+query).into(t, &p)
	return p
}

// found is the reconciliation of these tests: it finds what it is told.
func (h *house) found(keys ...string) error {
	var all []dutylog.Discrepancy
	for _, k := range keys {
		kind, of, _ := strings.Cut(k, ":")
		all = append(all, dutylog.Discrepancy{Key: k, Kind: dutylog.LedgerKind(kind), Why: dutylog.NothingHeard, CallID: of, EntryID: "e-" + of, Cause: "nobody is heard"})
	}
	_, err := h.db.SaveLedger(h.t.Context(), all, dutylog.Looked{Calls: true})
	return err
}

func TestTheLedgerIsListedAndComparedOnDemand(t *testing.T) {
	var h *house
	now := []string{"silent:1.0", "silent:2.0"}
	at := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	h = newHouse(t, func(d *web.Deps) {
		d.Reconcile = func(context.Context) error { return h.found(now...) }
		d.Ledger = func() web.LedgerState { return web.LedgerState{At: at, Problem: "the switch could not be asked"} }
	})
	officer, supervisor := h.as("officer"), h.as("supervisor")
	if p := officer.ledger(t, "?state=open"); len(p.Items) != 0 || p.Open != 0 || p.LookedAt == nil || *p.LookedAt != "2026-11-23T04:00:00.000Z" || p.Problem == "" {
		t.Errorf("before: %+v", p)
	}
	var p ledgerPage
	supervisor.post("/reconciliation", "").into(t, &p)
	if diff := cmp.Diff([]string{"silent:2.0 open", "silent:1.0 open"}, p.keys()); diff != "" || p.Open != 2 {
		t.Errorf("compared (-want +got):\n%s", diff)
	}
	if _, err := h.db.AcceptLedger(t.Context(), "silent:1.0", "演练", dutylog.Actor{Login: "zhao", Name: "赵", Role: dutylog.Supervisor}); err != nil {
		t.Fatal(err)
	}
	now = now[:1]
	supervisor.post("/reconciliation", "").into(t, &p)
	if len(p.Items) != 0 || p.Open != 0 {
		t.Errorf("after it was accepted and the other one is gone: %+v", p)
	}
	all := officer.ledger(t, "")
	if diff := cmp.Diff([]string{"silent:2.0 resolved", "silent:1.0 resolved"}, all.keys()); diff != "" {
		t.Errorf("all (-want +got):\n%s", diff)
	}
	for _, i := range all.Items {
		if accepted := i.Accepted != nil; accepted != (i.Key == "silent:1.0") || i.ResolvedAt == nil || i.EntryID != "e-"+i.CallID || i.Cause != "nobody is heard" {
			t.Errorf("%+v", i)
		}
		if i.Accepted != nil && (i.Accepted.Reason != "演练" || i.Accepted.By.Name != "赵") {
			t.Errorf("%+v", i.Accepted)
		}
	}
	if p := officer.ledger(t, "?state=open"); len(p.Items) != 0 {
		t.Errorf("open: %v", p.keys())
	}
}

func TestTheLedgerComesInPages(t *testing.T) {
	h := newHouse(t)
	var keys []string
	for i := range 7 {
		keys = append(keys, fmt.Sprintf("silent:%d.0", i))
	}
	if err := h.found(keys...); err != nil {
		t.Fatal(err)
	}
	officer := h.as("officer")
	var got []string
	cursor := ""
	for range 5 {
		p := officer.ledger(t, "?state=open&limit=3&cursor="+cursor)
		got = append(got, p.keys()...)
		if cursor = p.NextCursor; p.Open != 7 {
			t.Errorf("%d are open", p.Open)
		}
		if cursor == "" {
			break
		}
	}
	if len(got) != 7 || got[0] != "silent:6.0 open" || got[6] != "silent:0.0 open" {
		t.Errorf("%v", got)
	}
	for _, query := range []string{"?state=lost", "?cursor=x", "?limit=0", "?from=2026"} {
		if got := officer.get("/reconciliation" + query); got.status != 422 {
			t.Errorf("%s: %v", query, got)
		}
	}
}

func TestAComparisonThatFailsSaysSo(t *testing.T) {
	h := newHouse(t, func(d *web.Deps) {
		d.Reconcile = func(context.Context) error { return errors.New("the disk of /secret is full") }
	})
	if p := h.as("admin").post("/reconciliation", "").problem(t); p.Status != 500 || strings.Contains(p.Detail, "secret") {
		t.Errorf("%+v", p)
	}
	h = newHouse(t, func(d *web.Deps) { d.Reconcile = nil })
	if p := h.as("admin").post("/reconciliation", "").problem(t); p.Status != 503 {
		t.Errorf("%+v", p)
	}
}
