package main_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// searched is what was measured of the search in a log of many entries.
type searched struct {
	search, like, writer []time.Duration
	pressed              []time.Duration   // searches while calls are written as fast as they can be
	words                [][]time.Duration // the searches for each of benchWords
	number               []time.Duration   // the same for benchNumber
	apart                []time.Duration   // and for benchApart
	held                 hold
	saved                int64 // records that the index's file took over meanwhile
}

// What the entries say: common words, names of places and of people, and a few rare words.
var (
	matters = strings.Fields("火灾 水管破裂 路面塌陷 停电 燃气泄漏 交通事故 防汛会商 森林防火 危化品泄漏 电梯困人 通知 值班抽查 极端天气 地质灾害 咨询")
	places  = strings.Fields("沈河区 和平区 大东区 皇姑区 铁西区 浑南区 于洪区 沈北新区 苏家屯区 辽中区 新民市 法库县 康平县")
	family  = []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕")
	given   = []rune("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂文辉力鹏华")
	phrases = strings.Fields("现场无人员伤亡 已通知相关部门处置 请立即派人核实 正在组织疏散群众 需要增援车辆和物资 已向上级报告 后续情况续报 道路已临时封闭")
)

// benchBody is the content of the n-th entry of a large log, about 80 characters.
func benchBody(n int) string {
	r := rand.New(rand.NewPCG(uint64(n), 5))
	pick := func(all []string) string { return all[r.IntN(len(all))] }
	text := fmt.Sprintf("%s%s街道%d号发生%s，报告人%c%c%c，电话024-%08d，%s，%s，%s", pick(places), pick(places)[:6], r.IntN(300), pick(matters),
		family[r.IntN(len(family))], given[r.IntN(len(given))], given[r.IntN(len(given))], r.IntN(100_000_000), pick(phrases), pick(phrases), pick(phrases))
	if n%90_000 == 17 {
		text += "，山势峥嵘"
	}
	return text
}

// firstYear is that of the first entries of a filled log; each further year has as many.
const firstYear = 2016

// fillLog writes n entries without calls for each of some years, and the records by which the index
// finds them. The first year is written one by one, the others are copies of it with numbers and
// times of their own. It is no log that verify would call intact.
func fillLog(ctx context.Context, file string, n, years int) error {
	db, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: file}).EscapedPath()+"?_journal_mode=OFF&_synchronous=OFF&_foreign_keys=off&_cache_size=-200000")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if years > 1 { // by these go lists, which nobody asks for here: ten million entries shall fit on a small disk
		for _, list := range []string{"newest", "by_state", "by_kind", "of_line", "by_handling", "of_unit"} {
			if _, err := db.ExecContext(ctx, "DROP INDEX entries_"+list); err != nil {
				return err
			}
		}
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.Exec("CREATE TEMP TABLE peaks (idx INTEGER PRIMARY KEY, hashes BLOB)"); err != nil {
		return err
	}
	peaks := peaksOf(n * years)
	for idx, hashes := range peaks {
		if _, err := tx.Exec("INSERT INTO peaks VALUES (?, ?)", idx, hashes); err != nil {
			return err
		}
	}
	if err := fillYear(tx, n, peaks); err != nil {
		return err
	}
	const id, record = "'e-' || (substr(id, 3) + ?1)", "'e-' || (idx + ?1)"
	for year := 1; year < years; year++ {
		if _, err := tx.Exec("INSERT INTO entries (id, line, kind, state, revision, call_at, body, year, number) SELECT "+id+", line, kind, state, 1, call_at + ?3, "+
			"replace(body, '\"id\":\"' || id || '\"', '\"id\":\"' || "+id+" || '\"'), year + ?2, number FROM entries WHERE year = ?4 ORDER BY number",
			year*n, year, int64(year)*int64(365*24*time.Hour/time.Microsecond), firstYear); err != nil {
			return err
		}
		if _, err := tx.Exec("INSERT INTO records (idx, kind, subject, at, taken_over, commitment, hashes) SELECT idx + ?1, kind, "+record+" || '/1', at, 0, CAST("+record+" AS BLOB), coalesce((SELECT p.hashes FROM peaks p WHERE p.idx = records.idx + ?1), x'') FROM records WHERE idx < ?2",
			year*n, n); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// peaksOf are the records of a log of so many at which the next record looks for a hash of the tree,
// with room for it: what stands there does not matter to a call, but it has to be there.
func peaksOf(records int) map[int][]byte {
	peaks, before := map[int][]byte{}, 0
	for level := bits.Len(uint(records)) - 1; level >= 0; level-- {
		if records&(1<<level) != 0 {
			before += 1 << level
			peaks[before-1] = make([]byte, 32*(level+1))
		}
	}
	return peaks
}

func fillYear(tx *sql.Tx, n int, peaks map[int][]byte) error {
	entry, err := tx.Prepare("INSERT INTO entries (id, line, kind, state, revision, call_at, body, year, number) VALUES (?, 'duty', 'duty', 'complete', 1, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	record, err := tx.Prepare("INSERT INTO records (idx, kind, subject, at, taken_over, commitment, hashes) VALUES (?, 'revision', ?, ?, 0, ?, ?)")
	if err != nil {
		return err
	}
	at := time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	for i := range n {
		id := fmt.Sprintf("e-%d", i)
		body, err := json.Marshal(map[string]any{"id": id, "line": "duty", "kind": "duty", "state": "complete", "revision": 1, "call_at": at + int64(i),
			"values": map[dutylog.Field]string{dutylog.Content: benchBody(i)}})
		if err != nil {
			return err
		}
		if _, err := entry.Exec(id, at+int64(i), string(body), firstYear, i+1); err != nil {
			return err
		}
		if _, err := record.Exec(i, id+"/1", at, []byte(id), append([]byte{}, peaks[i]...)); err != nil {
			return err
		}
	}
	return nil
}

// Words of one to six characters: common, less common, rare and absent.
var benchWords = []string{"火", "区", "霞", "龘", "火灾", "停电", "王强", "峥嵘", "魑魅", "水管破", "王秀霞", "沈河区", "饕餮纹", "路面塌陷", "燃气泄漏", "山势峥嵘", "魑魅魍魉", "地质灾害，", "危化品泄漏", "现场无人员伤", "已向上级报告", "沈河区 火灾 王"}

// benchNumber is a piece of a telephone number, which has more signs than the words of the figures. It is told beside them.
const benchNumber = "024-1234"

// benchApart are common words that never stand in one entry: every block has to be read for all of them. It is told beside the figures.
const benchApart = "停电 通知 火灾"

// searchPage is how many entries the page shows of a search at a time (SearchPage.vue).
const searchPage = 20

// busiest is how far apart steps of calls are written beside the searches: 40 calls a second of four
// steps each, the load under which the daemon is measured too (daemon_cpu_share). No line has more.
const busiest = time.Second / (40 * 4)

// measureSearch looks for every word again and again while calls are written and indexed, in a log
// with a million entries of each of some years. A minute is long enough for the index to write its
// file at least once beside it.
func measureSearch(years int) func(*testing.B) searched {
	const rows, searching = 1_000_000, time.Minute
	return func(b *testing.B) searched {
		dir, err := os.MkdirTemp(os.Getenv("DUTYLINE_BENCH_DIR"), "search-")
		if err != nil {
			b.Fatal(err)
		}
		defer os.RemoveAll(dir)
		file := filepath.Join(dir, "log.db")
		began := time.Now()
		db, index, err := filledLog(b.Context(), file, rows, years)
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		defer index.Close()
		filled := time.Now()
		if err := readAll(b.Context(), index); err != nil {
			b.Fatal(err)
		}
		tellf("a duty log of %d entries was filled in %.0f s: %d MB; its index was made in %.0f s: %d MB", rows*years,
			filled.Sub(began).Seconds(), megabytes(file), time.Since(filled).Seconds(), megabytes(file+".search"))
		s := search(b, db, index, file, searching, busiest)
		s.pressed = search(b, db, index, file, searching/3, 0).search
		s.like = scan(b, file)
		return s
	}
}

func megabytes(file string) int64 {
	info, err := os.Stat(file)
	if err != nil {
		return 0
	}
	return info.Size() >> 20
}

// filledLog is a log that was filled, with an index that has still to read it.
func filledLog(ctx context.Context, file string, rows, years int) (*sqlite.DB, *sqlite.Index, error) {
	db, err := sqlite.Open(ctx, file, sqlite.Options{})
	if err != nil {
		return nil, nil, err
	}
	if err := db.Close(); err != nil {
		return nil, nil, err
	}
	if err := fillLog(ctx, file, rows, years); err != nil {
		return nil, nil, err
	}
	if db, err = sqlite.Open(ctx, file, sqlite.Options{}); err != nil {
		return nil, nil, err
	}
	index, err := db.OpenIndex(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return db, index, nil
}

func readAll(ctx context.Context, index *sqlite.Index) error {
	for {
		if more, err := index.Follow(ctx); err != nil || !more {
			return err
		}
	}
}

// search looks for every word for so long, while a step of a call is written every so often: at zero,
// each as soon as the one before it is on the disk.
func search(b *testing.B, db *sqlite.DB, index *sqlite.Index, file string, long, every time.Duration) (s searched) {
	defer debug.SetGCPercent(debug.SetGCPercent(800)) // as the daemon does
	s.words = make([][]time.Duration, len(benchWords))
	ctx, stop := context.WithCancel(b.Context())
	var writing sync.WaitGroup
	writing.Go(func() { _ = index.Run(ctx, func(err error) { tellf("the index: %v", err) }) })
	writing.Go(func() {
		pace := func() {}
		if every > 0 {
			tick := time.NewTicker(every)
			defer tick.Stop()
			pace = func() {
				select {
				case <-ctx.Done():
				case <-tick.C:
				}
			}
		}
		for n := int64(0); ctx.Err() == nil; n++ {
			for _, change := range benchCall(n, time.Now()) {
				pace()
				began := time.Now()
				if err := db.Record(ctx, []telephony.Change{change}); err != nil {
					if ctx.Err() == nil {
						b.Errorf("the writer: %v", err)
					}
					return
				}
				s.writer = append(s.writer, time.Since(began))
			}
		}
	})
	w, before := watchMachine(), recordsIn(b, file)
	find := func(text string) time.Duration {
		began := time.Now()
		if _, err := index.Search(ctx, dutylog.EntryQuery{Text: text, Limit: searchPage}); err != nil {
			b.Fatal(err)
		}
		return time.Since(began)
	}
	for start := time.Now(); time.Since(start) < long; {
		for i, word := range benchWords {
			took := find(word)
			s.search, s.words[i] = append(s.search, took), append(s.words[i], took)
		}
		s.number = append(s.number, find(benchNumber))
	}
	s.held = w.stop()
	for range 50 {
		s.apart = append(s.apart, find(benchApart))
	}
	stop()
	writing.Wait()
	s.saved = recordsIn(b, file) - before
	return s
}

// recordsIn is how many of the log's records the index's file has read.
func recordsIn(b *testing.B, file string) (n int64) {
	index, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: file + ".search"}).EscapedPath()+"?mode=ro")
	if err != nil {
		b.Fatal(err)
	}
	defer index.Close()
	if err := index.QueryRow("SELECT next FROM place").Scan(&n); err != nil {
		b.Fatal(err)
	}
	return n
}

// scan looks for rare words as one does without an index: everything has to be read.
func scan(b *testing.B, file string) (took []time.Duration) {
	log, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: file}).EscapedPath()+"?mode=ro")
	if err != nil {
		b.Fatal(err)
	}
	defer log.Close()
	for _, w := range []string{"峥嵘", "魑魅魍魉", "山势峥嵘"} {
		began, n := time.Now(), 0
		if err := log.QueryRow("SELECT count(*) FROM (SELECT 1 FROM entries WHERE body LIKE ? ORDER BY call_at DESC LIMIT ?)", "%"+w+"%", searchPage).Scan(&n); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	return took
}

func (m *measurements) searchMillion(b *testing.B) float64 {
	return m.found.get(b, measureSearch(1)).p99("a million")
}

func (m *measurements) searchTenMillion(b *testing.B) float64 {
	return m.foundTen.get(b, measureSearch(10)).p99("ten million")
}

// p99 is the figure in milliseconds; the words that took longest are told beside it.
func (s searched) p99(entries string) float64 {
	var slow []string
	for i, all := range s.words {
		slow = append(slow, fmt.Sprintf("%6.2f ms %s", millis(percentile(all, 50)), benchWords[i]))
	}
	slices.Sort(slow)
	slices.Reverse(slow)
	tellf("%d searches in %s entries while %d steps of calls were written and the index's file took over %d records: p50 %.2f ms, p99 %.2f ms, longest %.2f ms; %s; medians of the slowest: %s", len(s.search), entries, len(s.writer), s.saved,
		millis(percentile(s.search, 50)), millis(percentile(s.search, 99)), millis(percentile(s.search, 100)), s.held, strings.Join(slow[:3], ", "))
	tellf("while calls are written as fast as they can be: %s", spread(s.pressed))
	tellf("a piece of a number, %s, meanwhile: %s", benchNumber, spread(s.number))
	tellf("common words that are never together, %s: %s", benchApart, spread(s.apart))
	return millis(percentile(s.search, 99))
}

// searchLike is what a plain scan for a rare word takes, against the median search.
func (m *measurements) searchLike(b *testing.B) float64 {
	s := m.found.get(b, measureSearch(1))
	return percentile(s.like, 50).Seconds() / percentile(s.search, 50).Seconds()
}

// writerLatency is how long a step of a call takes to the disk while the log is searched and indexed.
func (m *measurements) writerLatency(b *testing.B) float64 {
	s := m.found.get(b, measureSearch(1))
	tellf("%d writes beside the searches: p50 %v, p99 %v, longest %v", len(s.writer), percentile(s.writer, 50), percentile(s.writer, 99), percentile(s.writer, 100))
	return percentile(s.writer, 99).Seconds() * 1000
}

// What a search finds in a log of several blocks and years is what a look at every entry finds, page
// by page and in order, for every word of the figures, while calls are written and indexed.
func TestASearchInALargeLogFindsWhatALookAtEveryEntryFinds(t *testing.T) {
	const rows, years = 20_000, 2
	db, index, err := filledLog(t.Context(), filepath.Join(t.TempDir(), "log.db"), rows, years)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	defer index.Close()
	if err := readAll(t.Context(), index); err != nil {
		t.Fatal(err)
	}
	texts := make([]string, rows)
	plain := strings.NewReplacer("-", "", "，", " ") // a comma parts words, a hyphen belongs to the number
	for i := range texts {
		texts[i] = plain.Replace(benchBody(i))
	}
	calls := int64(0)
	for _, word := range append(slices.Clone(benchWords), benchNumber, benchApart) {
		var want, got []string
		for year := firstYear + years - 1; year >= firstYear; year-- {
			for i := rows - 1; i >= 0; i-- {
				if !slices.ContainsFunc(strings.Fields(plain.Replace(word)), func(w string) bool { return !strings.Contains(texts[i], w) }) {
					want = append(want, dutylog.EntryNumber{Year: year, Serial: i + 1}.String())
				}
			}
		}
		want = want[:min(len(want), 300)]
		for q := (dutylog.EntryQuery{Text: word, Limit: 100}); len(got) < len(want) || q.Cursor == ""; {
			if err := db.Record(t.Context(), benchCall(calls, time.Date(2026, 1, 1, 0, int(calls), 0, 0, time.UTC))); err != nil {
				t.Fatal(err)
			}
			calls++
			found, err := index.Search(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range found.Items {
				got = append(got, e.EntryNumber.String())
			}
			if q.Cursor = found.NextCursor; q.Cursor == "" {
				break
			}
		}
		if got = got[:min(len(got), 300)]; !slices.Equal(got, want) {
			t.Errorf("%s: found %d %.60v, want %d %.60v", word, len(got), got, len(want), want)
		}
		if _, err := index.Follow(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
