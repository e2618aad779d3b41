package sqlite_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// Which entries of a block hold a token is kept without loss, in few bytes, whether few hold it or most.
func TestHoldersAreKeptWithoutLoss(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 5))
	const size = sqlite.BlockSize
	for _, count := range []int{0, 1, 2, 63, 64, 65, size/16 - 1, size / 16, size/16 + 1, size / 3, size} {
		picked := random.Perm(size)[:count]
		places := make([]uint16, count)
		for i, n := range picked {
			places[i] = uint16(n)
		}
		packed := sqlite.PackHolders(places)
		if most := min(2*count, size/8); len(packed) != most {
			t.Errorf("%d of %d take %d bytes, want %d", count, size, len(packed), most)
		}
		slices.Sort(places)
		slices.Reverse(places)
		for _, under := range []int64{size, size - 1, size / 2, 65, 64, 63, 1, 0} {
			var want []int64
			for _, n := range places {
				if int64(n) < under {
					want = append(want, int64(n))
				}
			}
			got, err := sqlite.UnpackHolders(packed, under)
			if ok(t, err); !slices.Equal(got, want) {
				t.Errorf("%d of %d, those under %d: %d came back, want %d", count, size, under, len(got), len(want))
			}
		}
	}
}

// What the index keeps is read in one way only, or it is damage: no bytes are taken for places of another block.
func FuzzHolders(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{1})
	f.Add([]byte{1, 0, 2, 0})
	f.Add([]byte{0xff, 0x3f, 0, 0x40})
	f.Add(bytes.Repeat([]byte{0xff}, sqlite.BlockSize/8))
	f.Fuzz(func(t *testing.T, packed []byte) {
		places, err := sqlite.UnpackHolders(packed, sqlite.BlockSize)
		if err != nil {
			return
		}
		list := make([]uint16, len(places))
		for i, n := range places {
			if list[i] = uint16(n); n < 0 || n >= sqlite.BlockSize || i > 0 && n >= places[i-1] {
				t.Fatalf("%v of % x", places, packed)
			}
		}
		again, err := sqlite.UnpackHolders(sqlite.PackHolders(list), sqlite.BlockSize)
		if ok(t, err); !slices.Equal(again, places) {
			t.Errorf("% x: %v, and packed again %v", packed, places, again)
		}
	})
}

// fill writes entries straight into the tables, with the records by which the index finds them:
// one for each number, of one year.
func fill(t *testing.T, db *sqlite.DB, year int, contents map[int]string) {
	t.Helper()
	numbers := make([]int, 0, len(contents))
	for n := range contents {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	var rows, records []string
	for _, n := range numbers {
		id := fmt.Sprintf("e-%d.%d", year, n)
		rows = append(rows, fmt.Sprintf(`('%s', 'duty', 'duty', 'complete', 1, %d, '{"id":"%s","line":"duty","kind":"duty","state":"complete","revision":1,"values":{"content":"%s"}}', %d, %d)`,
			id, int64(year)*1_000_000+int64(n), id, contents[n], year, n))
		records = append(records, fmt.Sprintf("('%s/1', x'%x')", id, id))
	}
	ok(t, db.ExecOnWriter("INSERT INTO entries (id, line, kind, state, revision, call_at, body, year, number) VALUES "+strings.Join(rows, ",")))
	ok(t, db.ExecOnWriter("INSERT INTO records (idx, kind, subject, at, taken_over, commitment, hashes) SELECT (SELECT coalesce(max(idx), -1) FROM records) + row_number() OVER (), 'revision', column1, 1, 0, column2, x'' FROM (VALUES "+strings.Join(records, ",")+")"))
}

// Entries of many blocks and of several years are found in the order of their numbers, page by page,
// by words that are in every block, in few and in none.
func TestASearchGoesThroughTheBlocksFromTheNewest(t *testing.T) {
	db := open(t)
	x := openIndex(t, db)
	x.Shrink(1, 1000)
	var want []string // of 火灾
	for _, year := range []int{2024, 2025, 2026} {
		contents := map[int]string{}
		for i, n := range []int{1, 2, 100, sqlite.BlockSize - 1, sqlite.BlockSize, sqlite.BlockSize + 1, 5 * sqlite.BlockSize, 9_999_999} {
			contents[n] = []string{"沈河区火灾", "停电", "火灾之后停电"}[i%3]
			if strings.Contains(contents[n], "火灾") {
				want = append(want, dutylog.EntryNumber{Year: year, Serial: n}.String())
			}
		}
		contents[777] = fmt.Sprintf("峥嵘%d", year)
		fill(t, db, year, contents)
		caughtUp(t, x)
	}
	slices.Reverse(want)
	list := func(words string, limit int) (numbers []string) {
		t.Helper()
		for q := (dutylog.EntryQuery{Text: words, Limit: limit}); ; {
			found := must(x.Search(ctx, q))(t)
			for _, e := range found.Items {
				numbers = append(numbers, e.EntryNumber.String())
			}
			if q.Cursor = found.NextCursor; q.Cursor == "" {
				return numbers
			}
		}
	}
	if kept := x.Kept(); kept != 0 {
		t.Errorf("%d entries are not in the file: this test would prove less", kept)
	}
	for limit := 1; limit <= len(want)+1; limit++ {
		if diff := cmp.Diff(want, list("火灾", limit)); diff != "" {
			t.Fatalf("pages of %d (-want +got):\n%s", limit, diff)
		}
	}
	for words, n := range map[string]int{"峥嵘": 3, "峥嵘2025": 1, "火灾 停电": 6, "停电 沈河": 0, "区火": 9, "灾停": 0, "龘": 0, "火灾 沈": 9, "之后 火灾 停": 6} {
		if got := list(words, 2); len(got) != n {
			t.Errorf("%s is found in %v, want %d", words, got, n)
		}
	}
	long := "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸" // more pairs than the index is asked for
	fill(t, db, 2027, map[int]string{1: long, 2: long[:len(long)-3] + "子"})
	caughtUp(t, x)
	if got := list(long, 50); len(got) != 1 || !strings.HasPrefix(got[0], "2027-") {
		t.Errorf("%s is found in %v", long, got)
	}
}

// What is not in the file is read again after a start; what an entry does not hold any more is not found.
func TestTheNewestIsReadAgainAfterAStart(t *testing.T) {
	db := open(t)
	writeEntries(t, db, "沈河区火灾", "浑南区水管破裂", "停电")
	for n, most := range []int{1, 100} { // it is all in the file; and nothing more goes there
		x := must(db.OpenIndex(ctx))(t)
		x.Shrink(most, 5)
		caughtUp(t, x)
		id := "e-" + inbound(n, "").ID
		must(db.Amend(ctx, id, dutylog.EntryPatch{Revision: must(db.Entry(ctx, id))(t).Revision, Values: values{dutylog.Content: "误报"}}, officer, noon))(t)
		if most > 1 {
			caughtUp(t, x)
			if x.Kept() == 0 {
				t.Error("the change went into the file: this test would prove nothing")
			}
		}
		ok(t, x.Close())
	}
	x := openIndex(t, db)
	for _, when := range []string{"a search reads it", "the index has read it"} {
		for words, want := range map[string][]int{"误报": {2, 1}, "火灾": nil, "水管": nil, "停电": {3}} {
			if diff := cmp.Diff(want, numbersFound(t, x, dutylog.EntryQuery{Text: words})); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", when, words, diff)
			}
		}
		caughtUp(t, x)
	}
}

// An index that is being made finds what it has and what was written last, and says how much is missing.
func TestAnIndexThatIsFarBehindSaysSo(t *testing.T) {
	db := open(t)
	x := openIndex(t, db)
	contents := map[int]string{}
	for n := 1; n <= 3000; n++ {
		contents[n] = "停电"
	}
	contents[5], contents[2990] = "最早的火灾", "刚才的火灾"
	fill(t, db, 2026, contents)
	x.Shrink(1, 500)
	for _, want := range []struct {
		serials []int
		missing int64
	}{{[]int{2990}, 3000}, {[]int{2990, 5}, 2500}, {[]int{2990, 5}, 2000}, {[]int{2990, 5}, 1500}, {[]int{2990, 5}, 0}} {
		found := must(x.Search(ctx, dutylog.EntryQuery{Text: "火灾"}))(t)
		var serials []int
		for _, e := range found.Items {
			serials = append(serials, e.EntryNumber.Serial)
		}
		if found.Missing != want.missing || !slices.Equal(serials, want.serials) {
			t.Errorf("found %v, %d missing; want %v, %d", serials, found.Missing, want.serials, want.missing)
		}
		must(x.Follow(ctx))(t)
	}
}

// Nothing that was read before an erasure is written after it.
func TestWhatWasReadBeforeAnErasureIsNotKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon).now})
	x := openIndex(t, db)
	writeEntries(t, db, "代号𠮷野", "普通来电")
	ok(t, x.ReadTail(ctx))
	if x.Kept() != 2 {
		t.Fatalf("%d entries are in memory", x.Kept())
	}
	must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: "e-" + inbound(0, "").ID, Fields: []dutylog.Field{dutylog.Content}, Reason: "涉密", By: leader}))(t)
	ok(t, db.Compact(ctx))
	x.Shrink(1, 1)
	caughtUp(t, x)
	for _, side := range []string{"", "-wal"} {
		if text := must(os.ReadFile(path + ".search" + side))(t); bytes.Contains(text, []byte("𠮷")) {
			t.Errorf("the index%s holds what was erased", side)
		}
	}
	if got := numbersFound(t, x, dutylog.EntryQuery{Text: "普通"}); !slices.Equal(got, []int{2}) || x.Kept() != 0 {
		t.Errorf("found %v, %d in memory", got, x.Kept())
	}
}

// Searches, writes and the index go on side by side: each search finds what was written before it began.
func TestSearchesBesideWritesFindAllThatWasWritten(t *testing.T) {
	db := open(t)
	x := openIndex(t, db)
	x.Shrink(3, 7)
	var wg sync.WaitGroup
	done := make(chan struct{})
	wg.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				if _, err := x.Follow(ctx); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	var want []int
	for n := range 60 {
		c := inbound(n, fmt.Sprintf("024227%05d", n))
		ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
		must(db.Amend(ctx, "e-"+c.ID, dutylog.EntryPatch{Revision: must(db.Entry(ctx, "e-"+c.ID))(t).Revision, Values: values{dutylog.Content: "沈河区火灾"}}, officer, noon))(t)
		want = append([]int{n + 1}, want...)
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if diff := cmp.Diff(want, numbersFound(t, x, dutylog.EntryQuery{Text: "区火灾", Limit: 25})); diff != "" {
					t.Errorf("after %d entries (-want +got):\n%s", n+1, diff)
				}
			})
		}
		both.Wait()
	}
	close(done)
	wg.Wait()
}

// A search goes by the index of the tokens and by that of the numbers: it sorts and scans nothing.
func TestASearchScansNothing(t *testing.T) {
	x := openIndex(t, open(t))
	plan := must(x.PlanOf(3))(t)
	for _, bad := range []string{"SCAN", "TEMP B-TREE"} {
		if strings.Contains(plan, bad) {
			t.Errorf("%s in\n%s", bad, plan)
		}
	}
	for looked, times := range map[string]int{"USING INDEX postings_of (token=? AND block<?)": 1, "USING INDEX postings_of (token=? AND block=?)": 2} {
		if strings.Count(plan, looked) != times {
			t.Errorf("the rows are not found by their key, %s, in\n%s", looked, plan)
		}
	}
}
