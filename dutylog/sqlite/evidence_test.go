package sqlite_test

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

func intact(t *testing.T, path string) *audit.Report {
	t.Helper()
	r := verify(t, path, sqlite.VerifyOptions{})
	if r.Verdict() == audit.Altered {
		t.Errorf("an honest log is called altered:\n%s", findings(r))
	}
	return r
}

// TestJobsThatFailLeaveTheTreeWhole writes from many goroutines at once, so that writes share
// commits, and lets some of them fail after they proved something.
func TestJobsThatFailLeaveTheTreeWhole(t *testing.T) {
	for seed := range uint64(4) {
		path := filepath.Join(t.TempDir(), "log.db")
		db := must(sqlite.Open(ctx, path, sqlite.Options{}))(t)
		var wg sync.WaitGroup
		written := make([]int64, 8)
		for g := range written {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(seed, uint64(g)))
				for i := range 60 {
					records := 1 + r.IntN(5)
					fail := r.IntN(3) == 0
					err := db.ProveSome(fmt.Sprintf("%d-%d", g, i), records, fail)
					if fail != errors.Is(err, sqlite.ErrProveSome) || !fail && err != nil {
						t.Errorf("failing %v: %v", fail, err)
					}
					if !fail {
						written[g] += int64(records)
					}
				}
			})
		}
		wg.Wait()
		key := newKey(t)
		must(db.Checkpoint(ctx, key, false))(t)
		ok(t, db.Close())
		want := int64(1) // the key
		for _, n := range written {
			want += n
		}
		if r := intact(t, path); r.Records != want || r.Of("records").Intact != want || r.Of("checkpoints").Intact != 1 {
			t.Errorf("seed %d: %d records, want %d:\n%s", seed, r.Records, want, findings(r))
		}
	}
}

// FuzzGroups lets a group of jobs, some of which fail, share one commit.
func FuzzGroups(f *testing.F) {
	f.Add([]byte{1, 0x82, 3, 0x81, 5})
	f.Add([]byte{0x81})
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 0x88, 9})
	f.Fuzz(func(t *testing.T, jobs []byte) {
		if len(jobs) > 40 {
			return
		}
		path := filepath.Join(t.TempDir(), "log.db")
		db := must(sqlite.Open(ctx, path, sqlite.Options{}))(t)
		want := int64(0)
		var records []int
		var fails []bool
		for _, j := range jobs {
			n, fail := int(j&0x0f), j&0x80 != 0
			records, fails = append(records, n), append(fails, fail)
			if !fail {
				want += int64(n)
			}
		}
		ok(t, db.ProveGroup(records, fails))
		ok(t, db.Close())
		if r := verify(t, path, sqlite.VerifyOptions{}); r.Records != want || r.Of("records").Altered > 0 || r.Of("records").Intact != want {
			t.Errorf("%d records, want %d:\n%s", r.Records, want, findings(r))
		}
	})
}

// TestACopyFromTheMiddleIsWhole takes the file and its side file as they lie on the disk while
// writes go on, as after a power cut.
func TestACopyFromTheMiddleIsWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{})
	key := newKey(t)
	for i := range 12 {
		ok(t, db.Record(ctx, story(inbound(i, "02422730001"), telephony.Missed)))
		must(db.Checkpoint(ctx, key, false))(t)
		wal := must(os.ReadFile(path + "-wal"))(t)
		copied := filepath.Join(t.TempDir(), "log.db")
		ok(t, os.WriteFile(copied, must(os.ReadFile(path))(t), 0o600))
		ok(t, os.WriteFile(copied+"-wal", wal[:len(wal)-len(wal)/(i+3)], 0o600)) // the last part never reached the disk
		again := must(sqlite.Open(ctx, copied, sqlite.Options{}))(t)
		rings(t, again, inbound(100+i, "1"))
		must(again.Checkpoint(ctx, key, false))(t)
		ok(t, again.Close())
		if r := intact(t, copied); r.Verdict() != audit.Intact || len(r.Findings) > 0 {
			t.Fatalf("copy %d: %s\n%s", i, r.Verdict(), findings(r))
		}
	}
}

func TestVerifyBesideAWriter(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{})
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			if err := db.Record(ctx, story(inbound(i, "1"), telephony.AnsweredInTime)); err != nil {
				t.Error(err)
			}
			if _, err := db.SetTag(ctx, inbound(i, "").ID, telephony.TagSpotCheck, true, leader); err != nil {
				t.Error(err)
			}
		}
	})
	for range 20 {
		if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Intact {
			t.Errorf("%s\n%s", r.Verdict(), findings(r))
		}
	}
	close(stop)
	wg.Wait()
}

// TestWhatIsOlderThanTheEvidence opens the file of our first users.
func TestWhatIsOlderThanTheEvidence(t *testing.T) {
	unpack := must(gzip.NewReader(bytes.NewReader(must(os.ReadFile("testdata/schema1.db.gz"))(t))))(t)
	path := filepath.Join(t.TempDir(), "log.db")
	ok(t, os.WriteFile(path, must(io.ReadAll(unpack))(t), 0o600))
	if _, err := sqlite.OpenVerifier(ctx, path); err == nil || !strings.Contains(err.Error(), "start the daemon once") {
		t.Errorf("before it was opened: %v", err)
	}
	db := must(sqlite.Open(ctx, path, sqlite.Options{}))(t)
	e := must(db.Entry(ctx, "e-"+inbound(0, "").ID))(t)
	if e.EntryNumber != (dutylog.EntryNumber{Year: 2026, Serial: 1}) {
		t.Errorf("number %v", e.EntryNumber)
	}
	if id := must(db.EntryID(ctx, "2026-000001"))(t); id != e.ID {
		t.Errorf("2026-000001 is %s", id)
	}
	key := newKey(t)
	must(db.Checkpoint(ctx, key, false))(t)
	ok(t, db.Record(ctx, story(inbound(1, "02422730001"), telephony.Missed)))
	must(db.SetTag(ctx, inbound(0, "").ID, telephony.TagSpotCheck, true, leader))(t)
	ok(t, db.Close())
	for range 2 { // it is taken over once only
		r := intact(t, path)
		if r.Verdict() != audit.Intact || r.Of("revision").TakenOver != 2 || r.Of("call").TakenOver != 0 || r.Of("call").Older != 1 || r.Of("user").TakenOver == 0 {
			t.Errorf("%+v %+v\n%s", r.Of("revision"), r.Of("call"), findings(r))
		}
		again := must(sqlite.Open(ctx, path, sqlite.Options{}))(t)
		ok(t, again.Close())
	}
	outside(t, path, "UPDATE revisions SET by_name = 'x' WHERE revision = 1")
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Altered {
		t.Error("a change after it was taken over is not found")
	}
}

// TestNobodyTakesOverTwice removes all records, as if the log were an old one.
func TestNobodyTakesOverTwice(t *testing.T) {
	path := provenLog(t, newKey(t))
	outside(t, path, "DELETE FROM records WHERE idx > 3", "UPDATE evidence SET taken_over_at = NULL")
	ok(t, must(sqlite.Open(ctx, path, sqlite.Options{}))(t).Close())
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Altered || !strings.Contains(findings(r), "no record covers it") {
		t.Errorf("%s\n%s", r.Verdict(), findings(r))
	}
}

// TestOnlyAnOutsideCheckpointFindsARewrittenLog makes another log and signs it with the same key.
func TestOnlyAnOutsideCheckpointFindsARewrittenLog(t *testing.T) {
	key := newKey(t)
	honestFile := provenLog(t, key)
	honest := must(sqlite.Open(ctx, honestFile, sqlite.Options{}))(t)
	filed := must(honest.LatestCheckpoint(ctx))(t)
	ok(t, honest.Close())

	path := filepath.Join(t.TempDir(), "log.db")
	db := must(sqlite.Open(ctx, path, sqlite.Options{}))(t)
	for i := range 12 {
		ok(t, db.Record(ctx, story(inbound(i, "13900001111"), telephony.Missed)))
	}
	must(db.Checkpoint(ctx, key, false))(t)
	ok(t, db.Close())
	r := verify(t, path, sqlite.VerifyOptions{})
	if r.Verdict() != audit.Intact || !strings.Contains(strings.Join(r.Notes, " "), "could have rewritten all of it") {
		t.Errorf("%s %v", r.Verdict(), r.Notes)
	}
	r = verify(t, path, sqlite.VerifyOptions{Outside: filed})
	if r.Verdict() != audit.Altered || !strings.Contains(findings(r), "outside checkpoint") || r.Outside || strings.Contains(strings.Join(r.Notes, " "), "was given") {
		t.Errorf("%s %v\n%s", r.Verdict(), r.Notes, findings(r))
	}
	other := must(newKey(t).Sign(audit.Checkpoint{Size: 3, At: noon}))(t)
	for text, words := range map[string]string{other: "belongs to another log, or the key was exchanged", "no checkpoint": "it is no checkpoint", strings.Replace(filed, "at 20", "at 21", 1): "was changed"} {
		if r := verify(t, path, sqlite.VerifyOptions{Outside: text}); r.Verdict() == audit.Intact || !strings.Contains(findings(r), words) {
			t.Errorf("%q: %s\n%s", text, r.Verdict(), findings(r))
		}
	}
	good := verify(t, honestFile, sqlite.VerifyOptions{Outside: filed})
	if good.Verdict() != audit.Intact || !good.Outside || strings.Contains(strings.Join(good.Notes, " "), "could have rewritten") {
		t.Errorf("%s %v\n%s", good.Verdict(), good.Notes, findings(good))
	}
}

func TestALogThatWasAlteredIsNotSigned(t *testing.T) {
	key := newKey(t)
	path := provenLog(t, key)
	outside(t, path, "UPDATE records SET hashes = randomblob(length(hashes)) WHERE idx < 33")
	db := must(sqlite.Open(ctx, path, sqlite.Options{}))(t)
	defer db.Close()
	if _, err := db.Checkpoint(ctx, key, false); err == nil || !strings.Contains(err.Error(), "it was altered; run dutyline verify") {
		t.Errorf("it was signed: %v", err)
	}
}

func TestEntriesAreNumberedByTheYearOfTheSite(t *testing.T) {
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Location: shanghai})
	at := func(id string, when time.Time) {
		c := inbound(0, "1")
		c.ID, c.OfferedAt = id, when
		ok(t, db.Record(ctx, story(c, telephony.Missed)))
	}
	at("a", time.Date(2026, 12, 31, 15, 59, 59, 0, time.UTC)) // the last second of the year there
	at("b", time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC))   // New Year
	at("c", time.Date(2026, 12, 31, 15, 0, 0, 0, time.UTC))   // heard of late
	at("d", time.Date(2027, 6, 1, 0, 0, 0, 0, time.UTC))
	numbers := map[string]string{}
	for _, id := range []string{"a", "b", "c", "d"} {
		numbers[id] = must(db.Entry(ctx, "e-"+id))(t).EntryNumber.String()
	}
	want := map[string]string{"a": "2026-000001", "b": "2027-000001", "c": "2026-000002", "d": "2027-000002"}
	if diff := cmp.Diff(want, numbers); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	e := must(db.Amend(ctx, "e-a", patch(2, values{"content": "x"}), officer, noon))(t)
	if e.EntryNumber.String() != "2026-000001" {
		t.Errorf("after a revision: %s", e.EntryNumber)
	}
	for _, statement := range []string{"UPDATE entries SET number = 9 WHERE id = 'e-a'", "UPDATE entries SET number = NULL WHERE id = 'e-a'",
		"UPDATE entries SET number = 9, revision = revision + 1 WHERE id = 'e-a'"} {
		if err := db.ExecOnWriter(statement); err == nil {
			t.Errorf("%s works", statement)
		}
	}
}

func TestAnEntryThatFailsGivesItsNumberBack(t *testing.T) {
	db := open(t)
	c := inbound(0, "1")
	c.Caller.Raw = strings.Repeat("x", 10)
	ok(t, db.ExecOnWriter("CREATE TRIGGER broken BEFORE INSERT ON revisions WHEN NEW.entry_id = 'e-broken' BEGIN SELECT RAISE(ABORT, 'no'); END"))
	for i := range 6 {
		c.ID = fmt.Sprint("c", i)
		if i == 2 || i == 4 {
			c.ID = "broken"
		}
		if err := db.Record(ctx, story(c, telephony.Missed)); (err != nil) != (c.ID == "broken") {
			t.Fatal(err)
		}
	}
	if n := must(db.Entry(ctx, "e-c5"))(t).EntryNumber; n.Serial != 4 {
		t.Errorf("the fourth entry has number %s", n)
	}
}

func TestTheSameAccessIsOneRecord(t *testing.T) {
	db := open(t)
	look := func(login, what, object string, after time.Duration) {
		ok(t, db.NoteAccess(ctx, dutylog.Access{By: dutylog.Actor{Login: login, Role: dutylog.Leader}, What: what, Object: object, Address: "192.0.2.1", At: noon.Add(after)}))
	}
	before := must(db.Evidence(ctx))(t).Records
	for _, x := range []struct {
		login, what, object string
		after               time.Duration
		records             int64
	}{
		{"zhao", "entry.see", "e-1", 0, 1}, {"zhao", "entry.see", "e-1", 9 * time.Minute, 1}, {"zhao", "entry.see", "e-1", 10 * time.Minute, 2},
		{"zhao", "entry.see", "e-2", 0, 3}, {"zhao", "recording.play", "e-1", 0, 4}, {"li", "entry.see", "e-1", time.Minute, 5},
	} {
		look(x.login, x.what, x.object, x.after)
		if got := must(db.Evidence(ctx))(t).Records - before; got != x.records {
			t.Errorf("%+v: %d records", x, got)
		}
	}
	for _, statement := range []string{"DELETE FROM accesses", "UPDATE accesses SET by_login = 'x'", "DELETE FROM records", "UPDATE records SET subject = 'x'", "UPDATE records SET salt = NULL"} {
		if err := db.ExecOnWriter(statement); err == nil {
			t.Errorf("%s works", statement)
		}
	}
}

func TestARuleIsRecordedWhenItChanges(t *testing.T) {
	db := open(t)
	rule := telephony.DefaultRule()
	note := func() int64 {
		ok(t, db.NoteRules(ctx, []telephony.Line{{Name: "duty", Rule: rule}, {Name: "second", Rule: telephony.DefaultRule()}}, time.Time{}, noon))
		return must(db.Evidence(ctx))(t).Records
	}
	first, again := note(), note()
	rule.Limit = 4
	if changed := note(); again != first || changed != first+1 {
		t.Errorf("%d records, %d after a restart, %d after a change", first, again, changed)
	}
}

func TestCheckpointsWaitForAnotherMachine(t *testing.T) {
	at := newClock(noon)
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: at.now})
	key := newKey(t)
	if due := must(db.DueCheckpoint(ctx))(t); !due.NextTry.IsZero() {
		t.Errorf("before the first: %+v", due)
	}
	first := must(db.Checkpoint(ctx, key, true))(t)
	if again := must(db.Checkpoint(ctx, key, true))(t); again.Size != first.Size {
		t.Errorf("nothing was written, and yet %+v", again)
	}
	ok(t, db.CheckpointSent(ctx, first.Size, errors.New("the share is gone"), noon.Add(time.Minute)))
	due := must(db.DueCheckpoint(ctx))(t)
	if due.Attempts != 1 || due.SendError != "the share is gone" || !due.NextTry.Equal(noon.Add(time.Minute)) {
		t.Errorf("after it failed: %+v", due)
	}
	rings(t, db, inbound(0, "1"))
	second := must(db.Checkpoint(ctx, key, true))(t)
	if due := must(db.DueCheckpoint(ctx))(t); due.Size != second.Size || due.Attempts != 0 {
		t.Errorf("the newest takes the place of the others: %+v", due)
	}
	ok(t, db.CheckpointSent(ctx, second.Size, nil, time.Time{}))
	if due := must(db.DueCheckpoint(ctx))(t); !due.NextTry.IsZero() {
		t.Errorf("after it arrived: %+v", due)
	}
	e := must(db.Evidence(ctx))(t)
	if e.Latest == nil || e.Latest.Size != second.Size || !e.Latest.SentAt.Equal(noon) || e.Fingerprint != key.Fingerprint() || e.Records != second.Size {
		t.Errorf("%+v", e)
	}
	if got := must(db.Signers(ctx))(t); len(got) != 1 || got[0] != key.Fingerprint() {
		t.Errorf("signers %v", got)
	}
}

// TestVerifyKeepsItsQueriesCheap insists that no query of verification goes through a whole
// table for each chunk of records.
func TestVerifyKeepsItsQueriesCheap(t *testing.T) {
	db := open(t)
	for _, q := range sqlite.CoverQueries() {
		plan := must(db.PlanOf(q, 0, 100))(t)
		if strings.Contains(plan, "SCAN") || strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "MATERIALIZE") || strings.Contains(plan, "AUTOMATIC") {
			t.Errorf("%s\n%s", q, plan)
		}
	}
}

func TestADamagedPageIsNoAnswer(t *testing.T) {
	path := provenLog(t, newKey(t))
	db := must(sql.Open("sqlite3", "file:"+path))(t)
	must(db.Exec("PRAGMA wal_checkpoint(TRUNCATE)"))(t)
	ok(t, db.Close())
	text := must(os.ReadFile(path))(t)
	for i := 4096 * 8; i < len(text); i++ {
		text[i] ^= 0x5a
	}
	ok(t, os.WriteFile(path, text, 0o600))
	v, err := sqlite.OpenVerifier(ctx, path)
	if err == nil {
		defer v.Close()
		_, err = v.Verify(ctx, sqlite.VerifyOptions{})
	}
	if err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("%v", err)
	}
}

// TestWhatIsErasedStaysProved erases an entry with its call and its recording, and lets logins
// come and go meanwhile.
func TestWhatIsErasedStaysProved(t *testing.T) {
	key := newKey(t)
	path := provenLog(t, key)
	db := must(sqlite.Open(ctx, path, sqlite.Options{}))(t)
	decision := must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: "e-" + inbound(0, "").ID, Reason: "误录涉密内容", By: leader, Recording: true}))(t)
	for _, step := range []func(string) error{
		func(l string) error { return db.DisableAccount(ctx, l) }, func(l string) error { return db.EnableAccount(ctx, l) }, func(l string) error { return db.EnableAccount(ctx, l) },
	} {
		ok(t, step("ZhangWei")) // upper and lower case are the same
	}
	must(db.Checkpoint(ctx, key, false))(t)
	ok(t, db.Close())
	var erased []string
	r := verify(t, path, sqlite.VerifyOptions{Each: func(f audit.Finding) {
		if strings.Contains(f.Why, "erased") {
			erased = append(erased, f.Why)
		}
	}})
	if r.Verdict() != audit.Intact || r.Of("revision").Erased != 2 || r.Of("call").Erased == 0 || len(r.Findings) > 0 {
		t.Errorf("%s, %+v\n%s", r.Verdict(), r.Of("revision"), findings(r))
	}
	if want := fmt.Sprintf("erased by decision %d", decision); len(erased) < 3 || erased[0] != want {
		t.Errorf("it is said %q, want %q", erased, want)
	}
	for name, statements := range map[string][]string{
		"the decision forged":     {"UPDATE erasures SET records = '[1,2,3]'"},
		"another salt removed":    {"UPDATE records SET salt = NULL, erased_by = 1 WHERE kind = 'tag'"},
		"what is left is changed": {"UPDATE revisions SET body = json_set(body, '$.line', 'x') WHERE entry_id = 'e-" + inbound(0, "").ID + "'"},
	} {
		changed := filepath.Join(t.TempDir(), "log.db")
		ok(t, os.WriteFile(changed, must(os.ReadFile(path))(t), 0o600))
		outside(t, changed, statements...)
		if r := verify(t, changed, sqlite.VerifyOptions{}); r.Verdict() != audit.Altered {
			t.Errorf("%s: %s", name, r.Verdict())
		}
	}
}
