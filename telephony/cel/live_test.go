package cel_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
	"dutyline/telephony/asterisk/asterisktest"
	"dutyline/telephony/cel"
)

// TestARealJournal follows the journal of a real Asterisk through a call, with a rotation
// in the middle of it.
func TestARealJournal(t *testing.T) {
	s := asterisktest.Settings(t)
	s.Qualify = time.Second
	p := asterisktest.Start(t, s)
	tail := cel.New(cel.Config{Path: p.Settings.Journal(), Interval: 20 * time.Millisecond}, nil)
	var mu sync.Mutex
	var rows []telephony.Row
	var bad, gaps int
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = tail.Run(ctx, telephony.Position{}, func(_ context.Context, b cel.Batch) error {
			mu.Lock()
			defer mu.Unlock()
			rows, bad = append(rows, b.Rows...), bad+b.Bad
			if b.Gap != nil {
				gaps++
			}
			return nil
		})
	}()
	t.Cleanup(func() { cancel(); <-done })
	seen := func(kind telephony.RowKind) func() bool {
		return func() bool {
			mu.Lock()
			defer mu.Unlock()
			return slices.ContainsFunc(rows, func(r telephony.Row) bool { return r.Kind == kind })
		}
	}
	before := time.Now()
	tone := asterisktest.Tone(t, 600, time.Second)
	phone := asterisktest.Phone(t, p, 600*time.Millisecond, tone)
	call := asterisktest.Call(t, p, "02422730001", p.Settings.Number, time.Second, tone)
	asterisktest.Eventually(t, 10*time.Second, "the answer is read", seen(telephony.RowBridgeEnter))
	if err := os.Rename(p.Settings.Journal(), p.Settings.Journal()+".1"); err != nil {
		t.Fatal(err)
	}
	call.Must(t)
	phone.Finish(t)
	asterisktest.Eventually(t, 10*time.Second, "the end is read", seen(telephony.RowLinkedEnd))
	mu.Lock()
	defer mu.Unlock()
	checkRealRows(t, rows, before)
	if bad+gaps > 0 {
		t.Errorf("%d pieces of garbage, %d gaps", bad, gaps)
	}
	if files, _ := filepath.Glob(p.Settings.Journal() + "*"); len(files) != 2 {
		t.Errorf("files %v", files)
	}
	if st := tail.Status(); st.Problem != "" || st.Rows != uint64(len(rows)) {
		t.Errorf("%+v", st)
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
