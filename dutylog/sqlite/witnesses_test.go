package sqlite_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// What was seen of a call beside its events is kept once, with what is not known as such, and is evidence.
func TestWhatWasSeenOfACallIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon).now})
	c := ended(t, db, 0, telephony.AnsweredInTime)
	tell := func(w telephony.Witness) {
		t.Helper()
		ok(t, db.Record(ctx, []telephony.Change{{Kind: telephony.WitnessHeard, At: c.EndedAt, Line: "duty", Witness: &w}}))
	}
	whole := telephony.Witness{CallID: c.ID, ClockAt: noon, Ahead: -1500 * time.Microsecond, Machine: telephony.ClockSynchronised, Error: 20 * time.Millisecond, Heard: true,
		SIP: []telephony.SIPMoment{{At: noon, Leg: "PJSIP/trunk", In: true, What: "INVITE"}, {At: noon.Add(time.Second), Leg: "PJSIP/duty", What: "180"}}}
	poor := telephony.Witness{CallID: "other.0", Error: -1}
	mute := telephony.Witness{CallID: "third.0", ClockAt: noon, Machine: telephony.ClockAlone, Error: -1, Heard: true}
	for _, w := range []telephony.Witness{whole, poor, mute} {
		tell(w)
	}
	second := whole
	second.Ahead = time.Hour
	tell(second)
	for _, want := range []telephony.Witness{whole, poor, mute} {
		got := must(db.CallWitness(ctx, want.CallID))(t)
		if len(got.SIP) == 0 {
			got.SIP = nil
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if _, err := db.CallWitness(ctx, "nothing.0"); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("of a call of which nothing was kept: %v", err)
	}
	for _, statement := range []string{"UPDATE call_witnesses SET ahead = 0", "DELETE FROM call_witnesses"} {
		if err := db.ExecOnWriter(statement); err == nil {
			t.Errorf("%s is done", statement)
		}
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	if v := verify(t, path, sqlite.VerifyOptions{}); v.Verdict() != audit.Intact || v.Of("witness").Intact != 3 {
		t.Errorf("%s\n%s", v.Verdict(), findings(v))
	}
	outside(t, path, "UPDATE call_witnesses SET ahead = 42 WHERE call_id = '"+c.ID+"'")
	if v := verify(t, path, sqlite.VerifyOptions{}); v.Verdict() != audit.Altered || !strings.Contains(findings(v), "witness "+c.ID) {
		t.Errorf("%s\n%s", v.Verdict(), findings(v))
	}
}
