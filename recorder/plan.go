package recorder

import (
	"fmt"
	"strings"
	"time"

	"dutyline/telephony"
)

// When an unanswered call is looked at: late, because nobody waits for it, and only once.
const sweepDelay = 15 * time.Second

// The switch first writes what it records after some two seconds, or when it closes the file some
// tens of milliseconds after the call's end: sooner there is nothing to see of a shorter talk.
const (
	unwrittenTalk = 2 * time.Second
	shortDelay    = 150 * time.Millisecond
)

// The longest name a call may give its file; folders and file systems allow 255 bytes.
const maxFileName = 200

// The talk of an answered call of which no more is known: it ended at once, or unseen.
const talkUnmeasured = time.Millisecond

// ForCall is the first row of an ended call's recording. An answered call's sides are due at
// once (of a short one after a moment), and so are those of a call that may have been answered while nobody looked; nothing is
// promised of the latter: its talk stays zero. An unanswered call has nothing to keep, but the switch left two empty files that are
// due for removal a little later. The duty log writes it in the transaction that ends the call.
func ForCall(c telephony.Call, now time.Time) Recording {
	r := Recording{CallID: c.ID, Status: None, NextTry: now.Add(sweepDelay)}
	switch talk, _ := c.TalkFor(); {
	case !c.AnsweredAt.IsZero():
		r.Status, r.NextTry, r.Talk = Pending, now, max(talk, talkUnmeasured)
		if talk > 0 && talk < unwrittenTalk {
			r.NextTry = now.Add(shortDelay)
		}
	case c.Outcome == telephony.Unknown:
		r.Status, r.NextTry = Pending, now
	}
	path, err := PathFor(c.ID, c.OfferedAt)
	if err != nil {
		r.Status, r.Reason, r.NextTry = Failed, err.Error(), time.Time{}
	}
	r.Path = path
	return r
}

// LookedAtTooSoon is the recording of a call that proves to have been answered, for so long, after the
// collector took its files for those of an unanswered one: they were empty, and are gone. Without a talk
// nobody knows whether it was answered.
func (r Recording) LookedAtTooSoon(talk time.Duration) Recording {
	r.Talk, r.NextTry = talk, time.Time{}
	if talk == 0 {
		r.Status, r.Reason = None, saysPerhaps
		return r
	}
	r.Status, r.Reason, r.Findings = Missing, saysTooSoon, []telephony.Finding{telephony.RecordingMissing}
	return r
}

// PathFor is where a call's sealed file lies below the archive's root: YYYY/MM/DD/<call id>.flac,
// by the UTC day on which the call reached us.
func PathFor(callID string, offeredAt time.Time) (string, error) {
	name, err := FileName(callID)
	if err != nil {
		return "", err
	}
	return offeredAt.UTC().Format("2006/01/02/") + name + ".flac", nil
}

// FileName is a call's id as the name of a file, without an ending. Whatever the switch puts
// into an id, the name holds no path and two ids never share one: bytes other than letters,
// digits, dot, dash and underscore are written as %XX, and so is a leading dot.
func FileName(callID string) (string, error) {
	var b strings.Builder
	for i := range len(callID) {
		c := callID[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_', c == '.' && i > 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	switch {
	case callID == "":
		return "", fmt.Errorf("a recording needs a call id: the switch gave none")
	case b.Len() > maxFileName:
		return "", fmt.Errorf("call id %.40q… is too long for a file name: shorten systemname in the switch's asterisk.conf", callID)
	}
	return b.String(), nil
}

// The pauses after the first, second … try in vain. The switch closes its files some tens of
// milliseconds after the hang-up; whatever takes longer than seconds is an outage.
var pauses = []time.Duration{
	50 * time.Millisecond, 100 * time.Millisecond, 250 * time.Millisecond, 2500 * time.Millisecond, 10 * time.Second,
	30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute,
	10 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour,
}

// NextAttempt is when a step that was tried r.Attempts times in vain is due again: quickly at
// first, then every four hours for ever, because a recording is never given up for an outage.
func NextAttempt(r Recording, now time.Time) time.Time {
	return now.Add(pauses[min(max(r.Attempts, 1), len(pauses))-1])
}
