package main

import (
	"bytes"
	"io"
	"testing"
	"time"

	"dutyline/config"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/recorder/archive"
	"dutyline/recorder/recordertest"
	"dutyline/telephony"
)

// endedCall is an answered call of two seconds that is over.
func endedCall(id string) telephony.Call {
	at := time.Date(2026, 11, 23, 4, 17, 59, 0, time.UTC)
	return telephony.Call{ID: id, Line: "duty", Direction: telephony.Inbound, Caller: telephony.ParseNumber("02422730001", "024"),
		Called: telephony.ParseNumber(practiceNumber, "024"), OfferedAt: at, RangAt: at, RangUntil: at.Add(time.Second),
		AnsweredAt: at.Add(time.Second), EndedAt: at.Add(3 * time.Second), Rings: 1, Outcome: telephony.AnsweredInTime}
}

// sealInto records an ended call in the log and seals a recording of it, as the daemon does.
func sealInto(t *testing.T, db *sqlite.DB, c config.Config, keys *archive.Keys, call telephony.Call) recorder.Recording {
	t.Helper()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ok(db.Record(t.Context(), []telephony.Change{{Kind: telephony.CallEnded, At: call.EndedAt, Line: call.Line, Call: &call}}))
	a, err := archive.New(c.Archive.Folder, archive.Options{Keys: keys}, db, nil)
	ok(err)
	defer a.Close()
	far, officer := recordertest.Dialogue(2 * time.Second)
	for i, s := range recorder.Sides() {
		_, err := a.Receive(t.Context(), call.ID, s, func(to io.Writer) (int64, error) {
			return io.Copy(to, bytes.NewReader(recordertest.WAV([2][]int16{far, officer}[i])))
		})
		ok(err)
	}
	r, err := db.Recording(t.Context(), call.ID)
	ok(err)
	s, err := a.Seal(t.Context(), r)
	ok(err)
	r.Status, r.Digest, r.Size, r.FileDigest, r.FileSize, r.Duration = recorder.Sealed, s.Digest, s.Size, s.FileDigest, s.FileSize, s.Duration
	r.SealedAt, r.RemovedAt, r.NextTry = call.EndedAt, call.EndedAt, time.Time{}
	ok(db.SaveRecording(t.Context(), r))
	ok(a.Discard(t.Context(), call.ID))
	return r
}
