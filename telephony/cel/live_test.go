package cel_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
	"dutyline/telephony/cel"
)

var recordJournals = flag.String("record-journals", "", "write the journals of the live tests to this folder, for instance ../testdata/journal")

// real is a tail on the journal of a real Asterisk.
type real struct {
	tail *cel.Tail

	mu        sync.Mutex
	rows      []telephony.Row
	bad, gaps int
}

func follow(t *testing.T, s asterisk.Settings) *real {
	r := &real{tail: cel.New(cel.Config{Path: s.Journal(), Interval: 20 * time.Millisecond}, nil)}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = r.tail.Run(ctx, telephony.Position{}, r.take)
	}()
	t.Cleanup(func() { cancel(); <-done })
	return r
}

func (r *real) take(_ context.Context, b cel.Batch) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows, r.bad = append(r.rows, b.Rows...), r.bad+b.Bad
	if b.Gap != nil {
		r.gaps++
	}
	return nil
}

func (r *real) count(kind telephony.RowKind) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, row := range r.rows {
		if row.Kind == kind {
			n++
		}
	}
	return n
}

func (r *real) await(t *testing.T, kind telephony.RowKind, n int) {
	t.Helper()
	asterisktest.Eventually(t, 15*time.Second, kind.String()+" is read", func() bool { return r.count(kind) >= n })
}

func quick(t *testing.T) asterisk.Settings {
	s := asterisktest.Settings(t)
	s.Qualify = time.Second
	return s
}

// TestARealJournal follows the journal of a real Asterisk through a call, with a rotation
// in the middle of it.
func TestARealJournal(t *testing.T) {
	p := asterisktest.Start(t, quick(t))
	r := follow(t, p.Settings)
	before := time.Now()
	tone := asterisktest.Tone(t, 600, time.Second)
	phone := asterisktest.Phone(t, p, 600*time.Millisecond, tone)
	call := asterisktest.Call(t, p, "02422730001", p.Settings.Number, time.Second, tone)
	r.await(t, telephony.RowBridgeEnter, 1)
	if err := os.Rename(p.Settings.Journal(), p.Settings.Journal()+".1"); err != nil {
		t.Fatal(err)
	}
	call.Must(t)
	phone.Finish(t)
	r.await(t, telephony.RowLinkedEnd, 1)
	r.mu.Lock()
	defer r.mu.Unlock()
	checkRealRows(t, r.rows, before)
	if r.bad+r.gaps > 0 {
		t.Errorf("%d pieces of garbage, %d gaps", r.bad, r.gaps)
	}
	if files, _ := filepath.Glob(p.Settings.Journal() + "*"); len(files) != 2 {
		t.Errorf("files %v", files)
	}
	if st := r.tail.Status(); st.Problem != "" || st.Rows != uint64(len(r.rows)) {
		t.Errorf("%+v", st)
	}
}

// TestAKilledAsteriskLeavesItsRows: every row up to a kill -9 in mid-call is there, no end
// of that call ever comes, and the journal goes on with the next start.
func TestAKilledAsteriskLeavesItsRows(t *testing.T) {
	s := quick(t)
	p := asterisktest.Start(t, s)
	r := follow(t, p.Settings)
	tone := asterisktest.Tone(t, 600, time.Second)
	phone := asterisktest.Phone(t, p, 300*time.Millisecond, tone)
	call := asterisktest.Call(t, p, "02422730001", p.Settings.Number, 20*time.Second, tone)
	r.await(t, telephony.RowBridgeEnter, 2)
	if err := syscall.Kill(-p.Pid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	call.Stop()
	phone.Stop()
	_ = p.Stop(time.Second)
	killed := time.Now().Unix()
	asterisktest.Eventually(t, 2*time.Second, "another second: the switch makes ids of it", func() bool { return time.Now().Unix() > killed })
	p = asterisktest.Start(t, p.Settings)
	phone = asterisktest.Phone(t, p, 300*time.Millisecond, tone)
	asterisktest.Call(t, p, "02422730002", p.Settings.Number, 300*time.Millisecond, tone).Must(t)
	phone.Finish(t)
	r.await(t, telephony.RowLinkedEnd, 1)
	if *recordJournals != "" {
		b, err := os.ReadFile(p.Settings.Journal())
		if err == nil {
			err = os.WriteFile(filepath.Join(*recordJournals, "killed_in_mid_call.jsonl"), b, 0o644)
		}
		if err != nil {
			t.Error(err)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bad+r.gaps > 0 {
		t.Errorf("%d pieces of garbage, %d gaps", r.bad, r.gaps)
	}
	cut, ended := r.rows[0].LinkedID, r.rows[len(r.rows)-1].LinkedID
	if cut == ended || slices.ContainsFunc(r.rows, func(row telephony.Row) bool {
		return row.LinkedID == cut && (row.Kind == telephony.RowLinkedEnd || row.Kind == telephony.RowHangup)
	}) {
		t.Errorf("the call that was cut: %+v", r.rows)
	}
}

func checkRealRows(t *testing.T, rows []telephony.Row, before time.Time) {
	t.Helper()
	var marks, own []string
	for i, r := range rows {
		if r.At.Before(before) || r.At.After(time.Now()) || r.LinkedID != rows[0].UniqueID {
			t.Errorf("row %d of call %s is from %v, now is %v", i, r.LinkedID, r.At, time.Now())
		}
		if r.Kind == telephony.RowUser {
			marks = append(marks, r.User)
		}
		if r.UniqueID == r.LinkedID && r.Kind != telephony.RowLinkedEnd {
			own = append(own, r.Kind.String())
		}
		if r.User == "DL_END" && (r.Extra["status"] != "ANSWER" || r.Extra["cause"] != "16" || r.Extra["ring_ms"] == "" || r.Extra["callid"] == "") {
			t.Errorf("DL_END says %v", r.Extra)
		}
	}
	want := []string{"chan_start", "user", "app_start", "answer", "bridge_enter", "bridge_exit", "app_end", "user", "hangup", "chan_end"}
	if diff := cmp.Diff(want, own); diff != "" {
		t.Errorf("the calling leg's rows (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"DL_START", "DL_END"}, marks); diff != "" {
		t.Errorf("marks (-want +got):\n%s", diff)
	}
	if last := rows[len(rows)-1]; last.Kind != telephony.RowLinkedEnd {
		t.Errorf("the last row is %s", last.Kind)
	}
}
