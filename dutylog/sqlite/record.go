package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/telephony"
)

// Record writes what the tracker said in one transaction: calls, the entries they open or
// move on, the recordings that are due, the lines, and the feed. Saying the same twice
// changes nothing, and old news never takes a call back. A change about a call without an
// id cannot be kept: the rest is written and a *dutylog.InvalidError says so; saying it
// again does not help.
func (db *DB) Record(ctx context.Context, changes []telephony.Change) error {
	return db.RecordAndTell(ctx, changes, nil)
}

// RecordAndTell is Record with the alerts that the changes are worth, in the same transaction: the
// log never has the one without the other, whenever the daemon is killed.
func (db *DB) RecordAndTell(ctx context.Context, changes []telephony.Change, judge alerts.Judge) error {
	var odd error
	err := db.write(ctx, "record calls", func(t *tx) error {
		for _, ch := range changes {
			fresh, err := t.record(ch, judge)
			if err != nil {
				return err
			}
			if fresh && withoutID(ch) {
				odd = &dutylog.InvalidError{Field: "call", Reason: fmt.Sprintf("a change %q on line %s has no call id: it was left out", ch.Kind, ch.Line)}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return odd
}

func withoutID(ch telephony.Change) bool { return ch.Call != nil && ch.Call.ID == "" }

// record keeps one change, and reports whether it is said for the first time.
func (t *tx) record(ch telephony.Change, judge alerts.Judge) (fresh bool, err error) {
	if fresh, err = t.firstSaid(ch); err != nil || !fresh {
		return fresh, err
	}
	if ch.Interval != nil || ch.Journal != nil {
		return true, t.recordSight(ch)
	}
	if ch.Witness != nil {
		return true, t.recordWitness(*ch.Witness)
	}
	if err := t.recordLine(ch); err != nil {
		return true, err
	}
	if ch.Home != nil {
		if err := t.recordHome(*ch.Home); err != nil {
			return true, err
		}
	}
	if err := t.recordCode(ch); err != nil {
		return true, err
	}
	var before, after keptCall
	if ch.Call != nil && !withoutID(ch) {
		if before, after, err = t.recordCall(ch); err != nil {
			return true, err
		}
		t.countCall(before.Call, after.Call)
		t.countStep(ch)
	}
	if judge == nil || withoutID(ch) {
		return true, nil
	}
	return true, t.judge(ch, before.Call, after.Call, judge)
}

// firstSaid notes that this change was said, and reports whether it is the first time.
// A change without a time is always taken: then only the comparison with what is kept
// protects against saying it twice.
func (t *tx) firstSaid(ch telephony.Change) (bool, error) {
	if ch.At.IsZero() || ch.Interval != nil || ch.Journal != nil || ch.Witness != nil { // these say the same by their keys
		return true, nil
	}
	said := appendValues(nil, string(ch.Kind), micros(ch.At), ch.Line, string(ch.Finding), ch.Detail,
		ch.State.Line, string(ch.State.State), micros(ch.State.Since), ch.State.CallID, micros(ch.State.RangAt))
	if ch.Call != nil {
		said = appendValues(said, keptCall{Call: *ch.Call}.values()...)
	}
	digest := sha256.Sum256(said)
	// The second comes first, so that what is said about the same time lies on one page: each
	// change would have a page of its own to write otherwise.
	key := append(binary.BigEndian.AppendUint32(nil, uint32(ch.At.Unix())), digest[:12]...)
	n, err := t.changed("INSERT INTO said (digest, at) VALUES (?, ?) ON CONFLICT DO NOTHING", key, micros(t.now))
	return n > 0, err
}

// appendValues writes texts, whole numbers and nothings so that no two lists of them look alike.
func appendValues(to []byte, values ...any) []byte {
	for _, v := range values {
		switch v := v.(type) {
		case nil:
			to = append(to, 'n')
		case int64:
			to = append(strconv.AppendInt(append(to, 'i'), v, 10), ';')
		case string:
			to = append(append(strconv.AppendInt(append(to, 's'), int64(len(v)), 10), ':'), v...)
		default:
			panic(fmt.Sprintf("a change holds a %T", v))
		}
	}
	return to
}

func (t *tx) recordCall(ch telephony.Change) (before, after keptCall, err error) {
	said := *ch.Call
	if said.OfferedAt.IsZero() {
		said.OfferedAt = ch.At
	}
	said.OfferedAt = said.OfferedAt.Truncate(time.Microsecond) // as it is kept: else the entry's call time would change at every word
	before, err = t.callSaid(&said)
	after = before
	switch {
	case errors.Is(err, sql.ErrNoRows):
		after.Call = said
		if err := t.noteUnseen(ch.Kind, &after.Call); err != nil {
			return before, after, err
		}
	case err != nil:
		return before, after, err
	default:
		if err := t.keepErased(before, &said); err != nil {
			return before, after, err
		}
		after.Call = dutylog.Advance(before.Call, said)
	}
	// The call's row comes before its entry's, which refers to it.
	entry, changed, err := t.followEntry(before, &after)
	if err != nil {
		return before, after, err
	}
	after.shown = dutylog.MergeTags(after.Tags, after.set, []telephony.Tag{entry.Kind.Tag()})
	if err := t.saveCall(before, after); err != nil {
		return before, after, err
	}
	switch {
	case changed:
		err = t.saveEntry(entry, dutylog.SystemActor())
	case entry.ID != "" && entry.Phase != dutylog.PhaseOf(before.Call): // no revision, yet it may be of other kinds now
		err = t.publish(dutylog.TopicEntry, entry.ID, entry.Line, nil)
	}
	if err == nil {
		err = t.followMissed(before.Call, after.Call, entry)
	}
	if err == nil {
		err = t.followVerdict(before.Call, after.Call)
	}
	if err != nil {
		return before, after, err
	}
	if after.Ended() && !before.Ended() {
		return before, after, t.openRecording(after.Call)
	}
	return before, after, t.replanRecording(before.Call, after.Call)
}

// followEntry opens the call's entry or brings it up to what the call became, and notes the
// entry and the tag of a superior duty room on the call.
func (t *tx) followEntry(before keptCall, after *keptCall) (entry dutylog.Entry, changed bool, err error) {
	opened := before.entryID != ""
	if !opened && !dutylog.OpensEntry(after.Call) {
		return dutylog.Entry{}, false, nil
	}
	var contacts []dutylog.Contact
	if n := dutylog.OtherSide(after.Call); !opened || n != dutylog.OtherSide(before.Call) {
		if contacts, err = candidates(t.sql, n); err != nil {
			return dutylog.Entry{}, false, err
		}
		if slices.ContainsFunc(contacts, func(c dutylog.Contact) bool { return c.Superior }) {
			after.set = dutylog.MergeTags(after.set, []telephony.Tag{telephony.TagSuperior})
		}
	}
	if opened {
		if entry, err = t.readOpened(before.entryID, before.Call); err != nil {
			return entry, false, err
		}
		entry, changed = entry.Follow(after.Call, contacts)
		return entry, changed, nil
	}
	known, err := knownAt(t.sql, after.OfferedAt)
	if err != nil {
		return entry, false, err
	}
	known.Contacts = contacts
	entry = dutylog.OpenEntry(after.Call, known, t.now)
	after.entryID = entry.ID
	return entry, true, nil
}
