package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/config"
	"dutyline/telephony/asterisk"
)

// noSecondEye is a site whose switch gives us ARI and nothing else.
func noSecondEye(_ *asterisk.Settings, c *config.Config) { c.Journal.File = "" }

// Without a journal the live view's word is all there is: calls that were seen are settled by
// it, and calls of a time in which the daemon was stopped lie inside an interval of which the
// log says that nothing is known. Neither is ever passed off as the other.
func TestSystemTheLiveViewAlone(t *testing.T) {
	t.Parallel()
	r := newRoom(t, noSecondEye)
	phone := r.phone(400*time.Millisecond, 0, phoneTone)
	r.awaitLine("idle")
	speaks := func(number string, talk time.Duration) caller {
		return caller{number: number, talk: talk, hertz: callerTone}
	}
	r.calls("caller", speaks("02488880000", time.Second)).Must(t)
	r.checkSettledByARI(r.theCallOf("02488880000", 1), "in answered_in_time by=caller rings=1 recording=sealed")
	if blind := r.desk.intervals("blind"); len(blind) != 0 {
		t.Errorf("while the daemon saw everything the log says that it was blind: %v", blind)
	}

	var from, to time.Time
	r.again(func() {
		from = time.Now()
		r.calls("caller", speaks("02488880001", 500*time.Millisecond)).Must(t)
		to = time.Now()
	})
	r.checkBlind(from, to)

	cut := r.calls("caller", speaks("02488880007", 2*time.Second))
	r.awaitTalk()
	r.again(func() { cut.Must(t) })
	c := r.theCallOf("02488880007", 2) // and the one in between is none of them
	r.checkEndNotSeen(c)
	r.checkSettledByARI(c, "in answered_in_time by= rings=1 !seen_in_part !end_not_seen recording=sealed")

	back := time.Now()
	r.calls("caller", speaks("02488880008", time.Second)).Must(t)
	c = r.theCallOf("02488880008", 3)
	r.checkSettledByARI(c, "in answered_in_time by=caller rings=1 recording=sealed")
	if slices.ContainsFunc(r.desk.intervals("blind"), func(i wireInterval) bool { return i.To == nil || i.To.After(back) }) {
		t.Errorf("the log says that nothing is known of %v, when the daemon saw: %+v", back, r.desk.intervals("blind"))
	}
	if none := r.desk.intervals("journal_down"); len(none) != 1 || none[0].To != nil || none[0].Cause != noJournal {
		t.Errorf("that there is no journal has to be said once, also by a daemon that was started three times: %+v", none)
	}
	phone.Finish(t)
}

func (r *room) checkSettledByARI(c wireCall, brief string) {
	r.t.Helper()
	if c.brief() != brief || c.SettledBy != "ari" {
		r.t.Errorf("the call from %s: %s, settled by %q\nwant %s, settled by ari", c.Caller, c.brief(), c.SettledBy, brief)
	}
}

// checkBlind insists that a time lies in one blind interval that is over and says why.
func (r *room) checkBlind(from, to time.Time) {
	r.t.Helper()
	var blind []wireInterval
	r.desk.await(10*time.Second, "the switch is seen again", func() bool {
		blind = r.desk.intervals("blind")
		return len(blind) == 1 && blind[0].To != nil
	})
	if blind[0].From.After(from) || blind[0].To.Before(to) || blind[0].To.After(time.Now()) {
		r.t.Fatalf("a call from %v to %v while the daemon was stopped: the log says that it was blind %+v", from, to, blind)
	}
	if !strings.Contains(blind[0].Cause, "the daemon was not running") || !strings.Contains(blind[0].Cause, "journal.file") {
		r.t.Errorf("the cause of the blind interval is %q", blind[0].Cause)
	}
}
