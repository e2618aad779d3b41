package sqlite_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/telephony"
)

func openIndex(t *testing.T, db *sqlite.DB) *sqlite.Index {
	t.Helper()
	x := must(db.OpenIndex(ctx))(t)
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Errorf("close the index: %v", err)
		}
	})
	return x
}

// caughtUp lets the index read all that the log has, and says in how many steps.
func caughtUp(t *testing.T, x *sqlite.Index) (steps int) {
	t.Helper()
	for {
		more, err := x.Follow(ctx)
		if ok(t, err); !more {
			return steps
		}
		steps++
	}
}

// numbersFound are the serial numbers of what a search finds, page by page.
func numbersFound(t *testing.T, x *sqlite.Index, q dutylog.EntryQuery) (serials []int) {
	t.Helper()
	for {
		found := must(x.Search(ctx, q))(t)
		if found.Missing != 0 {
			t.Errorf("%q: %d changes are missing", q.Text, found.Missing)
		}
		for _, e := range found.Items {
			serials = append(serials, e.EntryNumber.Serial)
		}
		if q.Cursor = found.NextCursor; q.Cursor == "" {
			return serials
		}
	}
}

// write opens an entry for each content, one minute after the other.
func writeEntries(t *testing.T, db *sqlite.DB, contents ...string) {
	t.Helper()
	for n, content := range contents {
		c := inbound(n, fmt.Sprintf("024227%05d", n))
		ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
		must(db.Amend(ctx, "e-"+c.ID, dutylog.EntryPatch{Revision: must(db.Entry(ctx, "e-"+c.ID))(t).Revision, Values: values{dutylog.Content: content}}, officer, noon))(t)
	}
}

// The filters of a search find what a list with them finds, also where they stand alone, and an entry that was written
// afterwards; the index leads to it, so that little is read in vain.
func TestTheFiltersOfASearchLeadToWhatTheySelect(t *testing.T) {
	db := open(t)
	x := openIndex(t, db)
	for n := range 120 {
		c := inbound(n, "02422730001")
		c.OfferedAt = noon.AddDate(0, 0, n*5)
		ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
		v := values{dutylog.Content: "水管破裂", dutylog.CallerUnit: "沈河区应急局", dutylog.Category: "其他"}
		if n%40 == 7 {
			v = values{dutylog.Content: "水管爆裂", dutylog.CallerUnit: "沈北新区应急局", dutylog.Category: "突发事件"}
		}
		must(db.Amend(ctx, "e-"+c.ID, dutylog.EntryPatch{Revision: must(db.Entry(ctx, "e-"+c.ID))(t).Revision, Values: v}, officer, noon.AddDate(2, 0, 0)))(t)
	}
	late := dutylog.Draft{Key: "late-search-1", Line: "duty", Kind: dutylog.KindFax, Late: &dutylog.LateDraft{At: noon.AddDate(0, 0, 33)}, Values: values{dutylog.LateReason: "停电", dutylog.Content: "水管破裂", dutylog.CallerUnit: "沈北新区应急局"}}
	must(db.Write(ctx, late, officer, noon.AddDate(2, 0, 0)))(t)
	day := 24 * time.Hour
	for _, when := range []string{"before the index has read it", "after"} {
		for _, q := range []dutylog.EntryQuery{
			{Text: "水管", From: noon.Add(-time.Hour), To: noon.Add(time.Hour)},
			{Text: "水管", From: noon.Add(30 * day), To: noon.Add(36 * day)},
			{Text: "水管", From: noon.Add(20 * day), To: noon.Add(90 * day)},
			{Text: "水管", From: noon.Add(20 * day), To: noon.Add(500 * day)},
			{Text: "水管", From: noon.Add(500 * day)},
			{Text: "水管", To: noon.Add(40 * day)},
			{Text: "水管", From: noon.Add(-900 * day), To: noon.Add(-800 * day)},
			{Text: "水管", UnitPart: "沈北"},
			{Text: "水管", Category: "突发事件", From: noon.Add(20 * day), To: noon.Add(250 * day)},
			{UnitPart: "北新"}, {Unit: "沈北新区应急局"}, {Category: "突发事件"}, {UnitPart: "没有"}, {UnitPart: "沈北", From: noon.Add(30 * day), To: noon.Add(36 * day)},
		} {
			list := q
			list.Text, list.Limit = "", 500
			var want []int
			for items, next := []dutylog.Entry(nil), "-"; next != ""; {
				if next == "-" {
					next = ""
				}
				list.Cursor = next
				var err error
				items, next, err = db.Entries(ctx, list)
				ok(t, err)
				for _, e := range items {
					want = append(want, e.EntryNumber.Year*1000+e.EntryNumber.Serial)
				}
			}
			slices.SortFunc(want, func(a, b int) int { return b - a })
			q.Limit = 3
			var got []int
			for {
				found := must(x.Search(ctx, q))(t)
				for _, e := range found.Items {
					got = append(got, e.EntryNumber.Year*1000+e.EntryNumber.Serial)
				}
				if q.Cursor = found.NextCursor; q.Cursor == "" {
					break
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %+v (-listed +found):\n%s", when, q, diff)
			}
		}
		caughtUp(t, x)
	}
	for _, c := range []struct {
		q    dutylog.EntryQuery
		most int
	}{{dutylog.EntryQuery{Text: "水管", From: noon.Add(20 * day), To: noon.Add(36 * day)}, 14}, {dutylog.EntryQuery{UnitPart: "沈北"}, 4}, {dutylog.EntryQuery{Category: "突发事件"}, 3}} {
		if n := must(x.Examined(ctx, c.q))(t); n > c.most {
			t.Errorf("%+v: the index leads to %d entries, of 121 in all", c.q, n)
		}
	}
}

// What is written is found at once, before the index has it, with it, and after a change.
func TestASearchKnowsWhatWasJustWritten(t *testing.T) {
	db := open(t)
	x := openIndex(t, db)
	writeEntries(t, db, "沈河区火灾", "浑南区水管破裂", "沈河区水管")
	for _, when := range []string{"before the index has read it", "after"} {
		for query, want := range map[string][]int{
			"水管": {3, 2}, "沈河 水管": {3}, "火": {1}, "管破裂": {2}, "沈水": nil, "区": {3, 2, 1}, "024-22700001": {2}, "2026-000002": {2}, "没有": nil,
		} {
			if diff := cmp.Diff(want, numbersFound(t, x, dutylog.EntryQuery{Text: query})); diff != "" {
				t.Errorf("%s, %q (-want +got):\n%s", when, query, diff)
			}
		}
		caughtUp(t, x)
	}
	id := "e-" + inbound(0, "").ID
	must(db.Amend(ctx, id, dutylog.EntryPatch{Revision: must(db.Entry(ctx, id))(t).Revision, Values: values{dutylog.Content: "误报"}}, officer, noon))(t)
	for range 2 {
		if got := numbersFound(t, x, dutylog.EntryQuery{Text: "火灾"}); got != nil {
			t.Errorf("what was corrected is still found: %v", got)
		}
		if diff := cmp.Diff([]int{1}, numbersFound(t, x, dutylog.EntryQuery{Text: "误报"})); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		caughtUp(t, x)
	}
	if _, err := x.Search(ctx, dutylog.EntryQuery{Text: " ，"}); !errors.As(err, new(*dutylog.InvalidError)) {
		t.Errorf("no word: %v", err)
	}
	if _, err := x.Search(ctx, dutylog.EntryQuery{Text: "火", Cursor: "x"}); !errors.As(err, new(*dutylog.InvalidError)) {
		t.Errorf("a cursor of elsewhere: %v", err)
	}
}

// The index leads to a number that was written without the code of its area, and to the same number with it.
func TestTheIndexLeadsToALocalNumber(t *testing.T) {
	db := open(t)
	x := openIndex(t, db)
	writeEntries(t, db, "请回电22730001", "请回电024-2273 0001", "请回电0411-22730001", "请回电22730002", "14:35 22730003 来电")
	for _, when := range []string{"before the index has read it", "after"} {
		for query, want := range map[string][]int{"024-22730001": {2, 1}, "+862422730001": {2, 1}, "0411-22730001": {3, 1}, "22730001": {3, 2, 1}, "024-22730002": {4}, "024-22730003": {5}} {
			if diff := cmp.Diff(want, numbersFound(t, x, dutylog.EntryQuery{Text: query})); diff != "" {
				t.Errorf("%s, %q (-want +got):\n%s", when, query, diff)
			}
		}
		caughtUp(t, x)
	}
}

// A search finds the same as reading every entry does, in the same order, whatever the page, the
// filter, and how much of the log the index has read.
func TestASearchFindsWhatReadingEverythingFinds(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 11))
	alphabet := []rune("火灾水管区沈王强一二012:月日 ，a")
	word := func(most int) string {
		if random.IntN(8) == 0 {
			return []string{"12:3", "04:2", "11月23", "2026-11-23", "11-24", "0:2", "2日"}[random.IntN(7)]
		}
		var b strings.Builder
		for range 1 + random.IntN(most) {
			b.WriteRune(alphabet[random.IntN(len(alphabet))])
		}
		return b.String()
	}
	db := open(t)
	x := openIndex(t, db)
	x.Shrink(150, 300)
	contents := make([]string, 700)
	for n := range contents {
		contents[n] = word(12)
	}
	writeEntries(t, db, contents[:400]...)
	attached := map[string][]string{}
	attach := func(n int) {
		id := "e-" + inbound(n, "").ID
		name := word(6) + ".pdf"
		must(db.AddAttachment(ctx, dutylog.Attachment{EntryID: id, Name: name, Type: "application/pdf", SealedFile: recorder.SealedFile{Digest: recorder.Digest(fmt.Sprintf("%064d", 1000*len(attached[id])+n)), Size: 1, FileDigest: "f", FileSize: 1}, By: officer}))(t)
		attached[id] = append(attached[id], name)
	}
	for n := 0; n < 400; n += 5 {
		attach(n)
	}
	if steps := caughtUp(t, x); steps < 2 {
		t.Errorf("%d steps: the index took all at once", steps)
	}
	for n := 400; n < len(contents); n++ {
		c := inbound(n, "1")
		ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
		must(db.Amend(ctx, "e-"+c.ID, dutylog.EntryPatch{Revision: must(db.Entry(ctx, "e-"+c.ID))(t).Revision, Values: values{dutylog.Content: contents[n]}}, officer, noon))(t)
	}
	for n := 2; n < len(contents); n += 7 { // the index has read the older ones of these without
		attach(n)
	}
	everything, _, err := db.Entries(ctx, dutylog.EntryQuery{Limit: 500})
	ok(t, err)
	rest, _, err := db.Entries(ctx, dutylog.EntryQuery{Limit: 500, To: everything[len(everything)-1].CallAt})
	ok(t, err)
	everything = append(everything, rest...)
	slices.SortFunc(everything, func(a, b dutylog.Entry) int { return b.EntryNumber.Serial - a.EntryNumber.Serial })
	if len(everything) != len(contents) {
		t.Fatalf("%d entries", len(everything))
	}
	found := 0
	for n := range 300 {
		q := dutylog.EntryQuery{Text: word(4), Limit: 1 + random.IntN(200)}
		if n%3 == 0 {
			q.From, q.To = everything[600].CallAt, everything[50].CallAt
		}
		words := dutylog.SearchWords(q.Text)
		if len(words) == 0 {
			continue
		}
		var want []int
		for _, e := range everything {
			if dutylog.Holds(dutylog.SearchText(e, attached[e.ID], db.Zone()), words) && (q.To.IsZero() || e.CallAt.Before(q.To) && !e.CallAt.Before(q.From)) {
				want = append(want, e.EntryNumber.Serial)
			}
		}
		found += len(want)
		if diff := cmp.Diff(want, numbersFound(t, x, q)); diff != "" {
			t.Fatalf("%+v (-want +got):\n%s", q, diff)
		}
	}
	if found < 1000 {
		t.Errorf("only %d were looked for that are there", found)
	}
}

// What was erased is not found, and nothing of it is left in the index, which is made anew.
func TestErasedWordsAreInNoByteOfTheIndex(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon).now})
	x := openIndex(t, db)
	x.Shrink(1, 100)
	writeEntries(t, db, "代号𠮷野", "普通来电")
	caughtUp(t, x)
	inFiles := func() bool {
		for _, side := range []string{"", "-wal"} {
			text, err := os.ReadFile(path + ".search" + side)
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
			if bytes.Contains(text, []byte("𠮷")) {
				return true
			}
		}
		return false
	}
	if !inFiles() {
		t.Fatal("the index does not hold the word: this test would prove nothing")
	}
	_, err := db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: "e-" + inbound(0, "").ID, Fields: []dutylog.Field{dutylog.Content}, Reason: "涉密", By: leader})
	ok(t, err)
	if got := numbersFound(t, x, dutylog.EntryQuery{Text: "𠮷"}); got != nil {
		t.Errorf("found before the files were compacted: %v", got)
	}
	ok(t, db.Compact(ctx))
	if inFiles() {
		t.Error("the index still holds the word")
	}
	for range 2 {
		if diff := cmp.Diff([]int{2}, numbersFound(t, x, dutylog.EntryQuery{Text: "普通"})); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		caughtUp(t, x)
	}
	if inFiles() {
		t.Error("the new index holds the word")
	}
}

// The index of another log, one that is damaged, of another make or gone is made anew.
func TestAnIndexIsMadeAnew(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon).now})
	writeEntries(t, db, "火灾", "水管")
	finds := func(what string) {
		t.Helper()
		x := must(db.OpenIndex(ctx))(t)
		x.Shrink(1, 100)
		caughtUp(t, x)
		if diff := cmp.Diff([]int{1}, numbersFound(t, x, dutylog.EntryQuery{Text: "火灾"})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
		ok(t, x.Close())
	}
	finds("a new one")

	other := openAt(t, filepath.Join(folder, "other.db"), sqlite.Options{Now: newClock(noon.AddDate(0, 0, 1)).now})
	writeEntries(t, other, "别处一", "别处二", "别处三")
	x := must(other.OpenIndex(ctx))(t)
	x.Shrink(1, 100)
	caughtUp(t, x)
	ok(t, x.Close())
	ok(t, os.Rename(filepath.Join(folder, "other.db.search"), path+".search"))
	finds("of another log")

	ok(t, os.WriteFile(path+".search", bytes.Repeat([]byte("nonsense"), 4096), 0o600))
	finds("damaged")
	ok(t, os.Truncate(path+".search", 4096))
	finds("cut")
	ok(t, os.Remove(path+".search"))
	finds("gone")
	if info := must(os.Stat(path + ".search"))(t); info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v", info.Mode())
	}
}

// Damage that shows while the index is used ends with a new one, and the search says it meanwhile.
func TestAnIndexThatIsDamagedInUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon).now})
	writeEntries(t, db, "火灾", "水管")
	x := openIndex(t, db)
	x.Shrink(1, 100)
	for _, harm := range []string{"DROP TABLE postings", "UPDATE postings SET places = x'01'", "UPDATE postings SET places = zeroblob(8194)"} {
		caughtUp(t, x)
		ok(t, x.Exec(harm))
		if _, err := x.Search(ctx, dutylog.EntryQuery{Text: "火灾"}); err == nil || !strings.Contains(err.Error(), "search index") {
			t.Errorf("a search after %s: %v", harm, err)
		}
		caughtUp(t, x)
		if diff := cmp.Diff([]int{1}, numbersFound(t, x, dutylog.EntryQuery{Text: "火灾"})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", harm, diff)
		}
	}
}

// The names of what is attached are found, before the index has read them and with it, and say themselves; after an
// erasure nobody finds them.
func TestNamesOfAttachmentsAreFound(t *testing.T) {
	db := open(t)
	x := openIndex(t, db)
	x.Shrink(1, 100)
	writeEntries(t, db, "沈河区火灾", "停电")
	caughtUp(t, x)
	id := "e-" + inbound(1, "").ID
	must(db.AddAttachment(ctx, dutylog.Attachment{EntryID: id, Name: "配电房照片.jpg", Type: "image/jpeg", SealedFile: recorder.SealedFile{Digest: "d", Size: 1, FileDigest: "f", FileSize: 1}, By: officer}))(t)
	for range 2 {
		found := must(x.Search(ctx, dutylog.EntryQuery{Text: "配电房"}))(t)
		if len(found.Items) != 1 || found.Items[0].ID != id || !slices.Equal(found.Items[0].Attached, []string{"配电房照片.jpg"}) {
			t.Errorf("%+v", found)
		}
		if got := numbersFound(t, x, dutylog.EntryQuery{Text: "火灾"}); !slices.Equal(got, []int{1}) {
			t.Errorf("%v", got)
		}
		caughtUp(t, x)
	}
	must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: id, Reason: "涉密", By: leader}))(t)
	for range 2 {
		if got := numbersFound(t, x, dutylog.EntryQuery{Text: "配电房"}); got != nil {
			t.Errorf("what was erased is found: %v", got)
		}
		caughtUp(t, x)
	}
}

// Moments are found as the clocks of the site show them: an index that was made for another zone is made anew.
func TestMomentsAreFoundByTheClocksOfTheSite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon).now, Location: time.UTC})
	writeEntries(t, db, "停电")
	at := must(db.Entry(ctx, "e-"+inbound(0, "").ID))(t).CallAt
	for _, zone := range []*time.Location{time.UTC, time.FixedZone("Asia/Shanghai", 8*3600)} {
		db := openAt(t, path, sqlite.Options{Now: newClock(noon).now, Location: zone})
		x := must(db.OpenIndex(ctx))(t)
		x.Shrink(1, 100)
		caughtUp(t, x)
		for _, form := range []string{"15:04", "2006-01-02", "1月2日"} {
			if got := numbersFound(t, x, dutylog.EntryQuery{Text: at.In(zone).Format(form)}); !slices.Equal(got, []int{1}) {
				t.Errorf("%s in %v: %v", at.In(zone).Format(form), zone, got)
			}
		}
		ok(t, x.Close())
	}
}
