package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/recorder"
	"dutyline/recorder/recordertest"
	"dutyline/telephony"
)

// An id that the switch gave twice: who called the second time.
const calledAgain = "13800001111"

// callAgain has the switch give the id of the office's call to a later one. Both are in the journal, and the log refused
// something of both.
func (o *office) callAgain(later time.Duration) (again telephony.Call) {
	o.t.Helper()
	again = endedCall(o.call.ID + recorder.AgainMark + "2")
	again.Caller = telephony.ParseNumber(calledAgain, "024")
	for _, at := range []*time.Time{&again.OfferedAt, &again.RangAt, &again.RangUntil, &again.AnsweredAt, &again.EndedAt} {
		*at = at.Add(later)
	}
	sealInto(o.t, o.db, o.cfg, o.keys, again)
	o.ok(os.WriteFile(o.journal, []byte(journalLineAt(o.call.AnsweredAt, o.call.ID, 1, o.call.Caller.Raw)+journalLineAt(again.AnsweredAt, o.call.ID, 2, calledAgain)), 0o640))
	var refused []byte
	for _, c := range []telephony.Call{o.call, again} {
		line, err := json.Marshal(telephony.Change{Kind: telephony.CallEnded, At: c.EndedAt, Line: c.Line, Call: &c})
		o.ok(err)
		refused = append(append(refused, line...), '\n')
	}
	o.ok(os.WriteFile(o.refused(), refused, 0o600))
	return again
}

func (o *office) refused() string {
	return filepath.Join(filepath.Dir(o.cfg.Log.File), "refused-changes.jsonl")
}

// hold puts a call's entry under a legal hold.
func (o *office) hold(call string) {
	o.t.Helper()
	_, err := o.db.SetHold(o.t.Context(), "e-"+call, "诉讼", dutylog.SystemActor())
	o.ok(err)
}

// inLines says of each number in which of the files it stands.
func (o *office) inLines(number string) (names []string) {
	o.t.Helper()
	for _, name := range []string{o.journal, o.refused()} {
		content, err := os.ReadFile(name)
		o.ok(err)
		if strings.Contains(string(content), number) {
			names = append(names, filepath.Base(name))
		}
	}
	return names
}

// Of two calls to which the switch gave one id, an erasure takes the lines of its own, whichever it is.
func TestAnErasureTakesTheLinesOfItsOwnCallOfAnID(t *testing.T) {
	for name, second := range map[string]bool{"the first one": false, "the second one": true} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			again := o.callAgain(48 * time.Hour)
			erased, stays, other := o.call.Caller.Raw, calledAgain, again.ID
			if second {
				erased, stays, other = calledAgain, o.call.Caller.Raw, o.call.ID
				o.call = again
			}
			o.hold(other)
			out := o.erase()
			if left := o.inLines(erased); len(left) > 0 {
				t.Errorf("the erased caller's number is still in %v:\n%s", left, out)
			}
			if left := o.inLines(stays); len(left) != 2 {
				t.Errorf("of the call that is held there are lines only in %v:\n%s", left, out)
			}
		})
	}
}

// Where their lines cannot be told apart, nothing of a held call goes, and what may go is said.
func TestLinesOfTwoCallsOfAnIDThatCannotBeToldApart(t *testing.T) {
	order := func(o *office) []string {
		return []string{"erase", "--request", approved(t, o.file, "erase", "e-"+o.call.ID, "--reason", "误录"), "--config", o.file, "--journal", o.journal}
	}
	o := newOffice(t)
	o.hold(o.callAgain(600 * time.Millisecond).ID)
	refused(t, "", "at the same time, and that one is under a legal hold", order(o)...)
	if left := o.inLines(calledAgain); len(left) != 2 {
		t.Errorf("of the call that is held there are lines only in %v", left)
	}
	o = newOffice(t)
	o.callAgain(600 * time.Millisecond)
	if out := o.erase(); len(o.inLines(o.call.Caller.Raw)) > 0 || !strings.Contains(out, "perhaps gone with it: lines of the switch's journal about the call of entry 2026-") {
		t.Errorf("still in %v:\n%s", o.inLines(o.call.Caller.Raw), out)
	}
	o = newOffice(t)
	o.hold(o.callAgain(48 * time.Hour).ID)
	timeless := `{"call":{"id":"` + o.call.ID + `"}}` + "\n"
	o.ok(os.WriteFile(o.refused(), []byte(timeless), 0o600))
	refused(t, "", "do not say when they were written", order(o)...)
	if left, _ := os.ReadFile(o.refused()); string(left) != timeless {
		t.Errorf("%s", left)
	}
}

// What waits on the switch under an id is of the last call that got it.
func TestAnErasureLeavesTheOriginalsOfALaterCallOfItsID(t *testing.T) {
	o := newOffice(t)
	again := o.callAgain(48 * time.Hour)
	r, err := o.db.Recording(t.Context(), o.call.ID) // that of the later one was written over it
	o.ok(err)
	r.Status, r.SealedAt, r.RemovedAt = recorder.Missing, time.Time{}, time.Time{}
	o.ok(o.db.SaveRecording(t.Context(), r))
	far, officer := recordertest.Dialogue(time.Second)
	o.spool.PutCall(o.call.ID, far, officer)
	e := o.eraser()
	e.sw = &o.spool
	o.ok(e.run(t.Context()))
	if left := o.spool.Names(); len(left) != 2 {
		t.Errorf("left on the switch: %v", left)
	}
	r, err = o.db.Recording(t.Context(), again.ID)
	o.ok(err)
	r.Status, r.SealedAt, r.RemovedAt = recorder.Pending, time.Time{}, time.Time{}
	o.ok(o.db.SaveRecording(t.Context(), r))
	o.call = again
	e = o.eraser()
	e.sw = &o.spool
	o.ok(e.run(t.Context()))
	if left := o.spool.Names(); len(left) > 0 {
		t.Errorf("its own are left on the switch: %v", left)
	}
}
