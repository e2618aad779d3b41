package sqlite_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

const pageSize = 4096

// filled makes a closed log with so many ended calls and gives its bytes.
func filled(t *testing.T, path string, calls int) []byte {
	t.Helper()
	db := must(sqlite.Open(ctx, path, sqlite.Options{Now: newClock(noon).now}))(t)
	withPractice(t, db)
	for first := 0; first < calls; first += 100 {
		var all []telephony.Change
		for i := first; i < min(first+100, calls); i++ {
			all = append(all, story(inbound(i, "02422730001"), telephony.AnsweredInTime)...)
		}
		ok(t, db.Record(ctx, all))
	}
	ok(t, db.Close())
	return must(os.ReadFile(path))(t)
}

// large is a log of more pages than a connection keeps in memory; it is made once.
func large(t *testing.T) []byte {
	t.Helper()
	largeOnce.Do(func() { largeLog = filled(t, filepath.Join(t.TempDir(), "log.db"), 3000) })
	if len(largeLog) < 1000*pageSize {
		t.Fatalf("%d bytes fit into a cache: this test would judge nothing", len(largeLog))
	}
	return largeLog
}

var (
	largeOnce sync.Once
	largeLog  []byte
)

// use does what a daemon and its page do all day, and gives every error.
func use(db *sqlite.DB, n int) error {
	_, lines := db.LineStates(ctx)
	_, open := db.Remainder(ctx, noon)
	calls, _, list := db.Calls(ctx, dutylog.CallQuery{Limit: 100})
	all := []error{lines, open, list}
	for i := range calls {
		_, one := db.Call(ctx, calls[i].ID)
		_, history := db.Revisions(ctx, "e-"+calls[i].ID)
		all = append(all, one, history)
	}
	_, feed := db.Since(ctx, 0, 10_000)
	if !errors.Is(feed, dutylog.ErrFeedGone) {
		all = append(all, feed)
	}
	return errors.Join(append(all, db.Record(ctx, story(inbound(n, "13900001111"), telephony.Missed)), db.Healthy(ctx))...)
}

// wantExplained insists that whatever went wrong is said with its remedy.
func wantExplained(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		if !strings.Contains(line, "dutyline restore") && !strings.Contains(line, "another program") && !strings.Contains(line, "newer dutyline") && !strings.Contains(line, "not in the duty log") {
			t.Errorf("without a remedy: %s", line)
		}
	}
}

// A page of zeros, as a disk leaves it that lost a write, is found at the start or by Verify,
// wherever it is.
func TestEveryLostPageIsFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	whole := filled(t, path, 30)
	for page := range len(whole) / pageSize {
		text := append([]byte(nil), whole...)
		clear(text[page*pageSize : (page+1)*pageSize])
		damaged := filepath.Join(t.TempDir(), "log.db")
		ok(t, os.WriteFile(damaged, text, 0o600))
		db, err := sqlite.Open(ctx, damaged, sqlite.Options{})
		if err != nil {
			wantSentence(t, err, damaged, "restore")
			continue
		}
		if err := db.Verify(ctx); !errors.Is(err, dutylog.ErrDamaged) {
			t.Errorf("page %d of zeros: %v", page+1, err)
		}
		ok(t, db.Close())
	}
}

// A file that was cut off is found at the start, wherever it was cut.
func TestACutFileIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	whole := filled(t, path, 30)
	for _, size := range []int{1, 99, 100, 512, pageSize - 1, pageSize, 2*pageSize + 17, len(whole) / 2, len(whole) - pageSize, len(whole) - 1} {
		damaged := filepath.Join(t.TempDir(), "log.db")
		ok(t, os.WriteFile(damaged, whole[:size], 0o600))
		db, err := sqlite.Open(ctx, damaged, sqlite.Options{})
		if err == nil {
			err = errors.Join(errors.New("it was opened"), db.Verify(ctx), db.Close())
		}
		wantSentence(t, err, damaged, "damaged", "put the file and its -wal file aside", `"dutyline restore DIR --config FILE"`)
		if !errors.Is(err, dutylog.ErrDamaged) {
			t.Errorf("cut to %d bytes: %v", size, err)
		}
	}
}

// An empty file beside a side file that still holds something is no new log: SQLite would
// throw away what is left.
func TestAnEmptiedFileKeepsItsSideFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	ok(t, os.WriteFile(path, nil, 0o600))
	ok(t, os.WriteFile(path+"-wal", []byte("what is left"), 0o600))
	_, err := sqlite.Open(ctx, path, sqlite.Options{})
	wantSentence(t, err, path, "damaged", "restore the last backup", "its -wal file is not")
	if text := must(os.ReadFile(path + "-wal"))(t); string(text) != "what is left" {
		t.Errorf("the side file holds %q", text)
	}
}

// Whatever bits change: no crash, and every error says what to do.
func TestFlippedBitsAreExplained(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	whole := filled(t, path, 40)
	r := rand.New(rand.NewPCG(3, 8))
	found := 0
	for i := range 40 {
		text := append([]byte(nil), whole...)
		for range 1 << r.IntN(8) {
			text[r.IntN(len(text))] ^= 1 << r.IntN(8)
		}
		damaged := filepath.Join(t.TempDir(), "log.db")
		ok(t, os.WriteFile(damaged, text, 0o600))
		db, err := sqlite.Open(ctx, damaged, sqlite.Options{})
		if err != nil {
			if !strings.Contains(err.Error(), damaged) {
				t.Errorf("without the file: %v", err)
			}
			found++
			continue
		}
		_ = use(db, 1000+i) // flipped content is met here: no crash
		if db.Verify(ctx) != nil {
			found++
		}
		_ = db.Close()
	}
	if found < 12 {
		t.Errorf("damage was found in %d of 40 files: this test judges little", found)
	}
}

// The disk breaks while the log is open: what can be said is said with its remedy, Verify
// finds it, and what does not need the broken pages goes on.
func TestDamageWhileItRuns(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "log.db")
			whole := large(t)
			ok(t, os.WriteFile(path, whole, 0o600))
			db := must(sqlite.Open(ctx, path, sqlite.Options{}))(t)
			beneath := must(os.OpenFile(path, os.O_WRONLY, 0))(t)
			defer beneath.Close() // behind the log: closing it drops the locks of this process
			defer db.Close()
			r := rand.New(rand.NewPCG(seed, 1))
			for range 200 {
				_, err := beneath.WriteAt(make([]byte, pageSize), int64(1+r.IntN(len(whole)/pageSize-1))*pageSize)
				ok(t, err)
			}
			var met error
			for i := range 3 {
				err := use(db, 9000+i)
				wantExplained(t, err)
				met = errors.Join(met, err)
			}
			if !errors.Is(met, dutylog.ErrDamaged) {
				t.Errorf("200 lost pages were not met: %v", met)
			}
			if err := db.Verify(ctx); !errors.Is(err, dutylog.ErrDamaged) {
				t.Errorf("verify: %v", err)
			}
		})
	}
}
