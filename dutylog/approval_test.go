package dutylog_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
)

var askedAt = time.Date(2028, 2, 28, 23, 30, 0, 0, time.UTC) // the next day is the 29th

func person(login, name string, role dutylog.Role) dutylog.Actor {
	return dutylog.Actor{Login: login, Name: name, Role: role}
}

var (
	sun  = person("sun", "孙丽", dutylog.Supervisor)
	chen = person("chen", "陈刚", dutylog.Leader)
)

// why is the named reason of a refusal.
func why(err error) string {
	var approval *dutylog.ApprovalError
	var invalid *dutylog.InvalidError
	switch {
	case err == nil:
		return "allowed"
	case errors.As(err, &approval):
		return string(approval.Reason)
	case errors.As(err, &invalid):
		return "invalid " + invalid.Field
	}
	return err.Error()
}

// TestWhoMayAskAndWhoMayDecide is the two-person rule as a table.
func TestWhoMayAskAndWhoMayDecide(t *testing.T) {
	held := written()
	held.Hold = &dutylog.Hold{Reason: "诉讼保全", By: sun, At: askedAt}
	var b strings.Builder
	fmt.Fprintf(&b, "%-12s %-18s %-18s %-18s\n", "role", "asks to erase", "asks to release", "decides")
	for _, role := range dutylog.Roles() {
		who := person("x", "某人", role)
		_, erase := dutylog.Approval{Kind: dutylog.ToErase, Reason: "误录", By: who}.CheckAsk(written(), nil, askedAt)
		_, release := dutylog.Approval{Kind: dutylog.ToRelease, Reason: "结案", By: who}.CheckAsk(held, nil, askedAt)
		_, decide := dutylog.Approval{ID: 1, Kind: dutylog.ToErase, By: sun, At: askedAt}.CheckDecide(true, "", who, askedAt)
		fmt.Fprintf(&b, "%-12s %-18s %-18s %-18s\n", role, why(erase), why(release), why(decide))
	}
	b.WriteString("\nthe same person\n")
	for _, by := range []dutylog.Actor{sun, person("SUN", "别名", dutylog.Leader), person("sun2", "孙丽", dutylog.Chief), person("sunli", "孙莉", dutylog.Supervisor), chen} {
		_, err := dutylog.Approval{ID: 1, By: sun, At: askedAt}.CheckDecide(true, "", by, askedAt)
		fmt.Fprintf(&b, "asked by sun 孙丽, decided by %s %s: %s\n", by.Login, by.Name, why(err))
	}
	b.WriteString("\nas time goes by\n")
	for _, later := range []time.Duration{-time.Hour, 0, 24*time.Hour - time.Microsecond, 24 * time.Hour, 48*time.Hour - time.Microsecond, 48 * time.Hour, 1000 * time.Hour} {
		at := askedAt.Add(later)
		open := dutylog.Approval{ID: 1, Kind: dutylog.ToErase, By: sun, At: askedAt}
		yes, no := open, open
		yes.Approves, yes.DecidedBy, yes.DecidedAt = true, chen, askedAt.Add(24*time.Hour-time.Microsecond)
		no.DecidedBy, no.DecidedAt = chen, askedAt.Add(time.Minute)
		done := yes
		done.DoneAt = askedAt.Add(25 * time.Hour)
		_, decide := open.CheckDecide(true, "", chen, at)
		fmt.Fprintf(&b, "%v: open %s (decide: %s), approved %s (carry out: %s), declined %s (carry out: %s), done %s (carry out: %s)\n", later,
			open.State(at), why(decide), yes.State(at), why(yes.CheckCarryOut(at)), no.State(at), why(no.CheckCarryOut(at)), done.State(at), why(done.CheckCarryOut(at)))
	}
	goldenText(t, "approval.golden", b.String())
}

// What would be refused when it is carried out is refused when it is asked for.
func TestWhatCannotBeAskedFor(t *testing.T) {
	free, held := written(), written()
	held.Hold = &dutylog.Hold{Reason: "诉讼保全", By: sun, At: askedAt}
	for name, c := range map[string]struct {
		a    dutylog.Approval
		e    dutylog.Entry
		want string
	}{
		"to erase what is held":         {dutylog.Approval{Kind: dutylog.ToErase, Reason: "误录", By: sun}, held, "invalid hold"},
		"to erase no field":             {dutylog.Approval{Kind: dutylog.ToErase, Reason: "误录", Fields: []dutylog.Field{"colour"}, By: sun}, free, "invalid field"},
		"to erase without a reason":     {dutylog.Approval{Kind: dutylog.ToErase, Reason: " ", By: sun}, free, "invalid reason"},
		"to release what is not held":   {dutylog.Approval{Kind: dutylog.ToRelease, Reason: "结案", By: sun}, free, "invalid hold"},
		"to release without a reason":   {dutylog.Approval{Kind: dutylog.ToRelease, By: sun}, held, "invalid reason"},
		"something else":                {dutylog.Approval{Kind: "burn", Reason: "x", By: sun}, free, "invalid kind"},
		"to erase with too many words":  {dutylog.Approval{Kind: dutylog.ToErase, Reason: strings.Repeat("长", 5001), By: sun}, free, "invalid reason"},
		"to erase one field":            {dutylog.Approval{Kind: dutylog.ToErase, Reason: "误录", Fields: []dutylog.Field{dutylog.Content}, By: sun}, free, "allowed"},
		"to release, whatever's fields": {dutylog.Approval{Kind: dutylog.ToRelease, Reason: "结案", Fields: []dutylog.Field{"colour"}, Recording: true, By: sun}, held, "allowed"},
	} {
		got, err := c.a.CheckAsk(c.e, nil, askedAt)
		if why(err) != c.want {
			t.Errorf("%s: %s (%v), want %s", name, why(err), err, c.want)
		}
		if err == nil && (!got.At.Equal(askedAt) || got.Kind == dutylog.ToRelease && (got.Recording || len(got.Fields) > 0)) {
			t.Errorf("%s is kept as %+v", name, got)
		}
	}
}

// The same thing is asked for once at a time; what was declined, done or expired may be asked for again.
func TestTheSameIsAskedForOnceAtATime(t *testing.T) {
	ask := dutylog.Approval{Kind: dutylog.ToErase, Reason: "误录", By: sun}
	other := func(kind dutylog.ApprovalKind, at time.Time, change func(*dutylog.Approval)) []dutylog.Approval {
		o := dutylog.Approval{ID: 7, Kind: kind, By: chen, At: at}
		if change != nil {
			change(&o)
		}
		return []dutylog.Approval{o}
	}
	decided := func(yes bool) func(*dutylog.Approval) {
		return func(a *dutylog.Approval) { a.Approves, a.DecidedBy, a.DecidedAt = yes, sun, a.At.Add(time.Minute) }
	}
	for name, c := range map[string]struct {
		others []dutylog.Approval
		want   string
	}{
		"nothing":                {nil, "allowed"},
		"one that waits":         {other(dutylog.ToErase, askedAt.Add(-time.Hour), nil), "already_asked"},
		"one that was approved":  {other(dutylog.ToErase, askedAt.Add(-time.Hour), decided(true)), "already_asked"},
		"one that was declined":  {other(dutylog.ToErase, askedAt.Add(-time.Hour), decided(false)), "allowed"},
		"one that has expired":   {other(dutylog.ToErase, askedAt.Add(-25*time.Hour), nil), "allowed"},
		"one of the other kind":  {other(dutylog.ToRelease, askedAt.Add(-time.Hour), nil), "allowed"},
		"one that was done":      {other(dutylog.ToErase, askedAt.Add(-time.Hour), func(a *dutylog.Approval) { decided(true)(a); a.DoneAt = askedAt }), "allowed"},
		"approved and forgotten": {other(dutylog.ToErase, askedAt.Add(-30*time.Hour), decided(true)), "allowed"},
	} {
		if _, err := ask.CheckAsk(written(), c.others, askedAt); why(err) != c.want {
			t.Errorf("beside %s: %v, want %s", name, err, c.want)
		}
	}
}

// A decision is kept with a note that is cleaned, and the request itself stays as it was.
func TestADecisionIsKeptWithItsNote(t *testing.T) {
	a := dutylog.Approval{ID: 1, Kind: dutylog.ToErase, EntryID: "e-1", Fields: []dutylog.Field{dutylog.Content}, Recording: true, Reason: "误录", By: sun, At: askedAt}
	before := a
	got, err := a.CheckDecide(true, " 同意\x00 ", chen, askedAt.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	want := before
	want.Approves, want.Note, want.DecidedBy, want.DecidedAt = true, "同意", chen, askedAt.Add(time.Hour)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, a); diff != "" {
		t.Errorf("the request changed:\n%s", diff)
	}
	if _, err := a.CheckDecide(true, strings.Repeat("长", 5001), chen, askedAt); why(err) != "invalid note" {
		t.Errorf("a novel: %v", err)
	}
	order := got.Order()
	if order.EntryID != "e-1" || order.By != sun || !order.Recording || len(order.Fields) != 1 || order.Reason != "误录" {
		t.Errorf("%+v", order)
	}
}
