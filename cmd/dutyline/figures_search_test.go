package main_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
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

// fillLog writes n entries without calls, and the records by which the index finds them. It is no
// log that verify would call intact.
func fillLog(ctx context.Context, file string, n int) error {
	db, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: file}).EscapedPath()+"?_journal_mode=MEMORY&_synchronous=OFF&_foreign_keys=off&_cache_size=-200000")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	entry, err := tx.Prepare("INSERT INTO entries (id, line, kind, state, revision, call_at, body, year, number) VALUES (?, 'duty', 'duty', 'complete', 1, ?, ?, 2025, ?)")
	if err != nil {
		return err
	}
	record, err := tx.Prepare("INSERT INTO records (idx, kind, subject, at, taken_over, commitment, hashes) VALUES (?, 'revision', ?, ?, 0, ?, x'')")
	if err != nil {
		return err
	}
	at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	for i := range n {
		id := fmt.Sprintf("e-%d", i)
		body, err := json.Marshal(map[string]any{"id": id, "line": "duty", "kind": "duty", "state": "complete", "revision": 1, "call_at": at + int64(i), "opened_at": at + int64(i), "number": telephony.Number{},
			"values": map[dutylog.Field]string{dutylog.Content: benchBody(i)}})
		if err != nil {
			return err
		}
		if _, err := entry.Exec(id, at+int64(i), string(body), i+1); err != nil {
			return err
		}
		if _, err := record.Exec(i, id+"/1", at, []byte(id)); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// Words of one to six characters: common, less common, rare and absent.
var benchWords = []string{"火", "区", "霞", "龘", "火灾", "停电", "王强", "峥嵘", "魑魅", "水管破", "王秀霞", "沈河区", "饕餮纹", "路面塌陷", "燃气泄漏", "山势峥嵘", "魑魅魍魉", "地质灾害，", "危化品泄漏", "现场无人员伤", "已向上级报告", "沈河区 火灾 王", "024-1234"}

// measureSearch looks for every word again and again while calls are written and indexed.
func (m *measurements) measureSearch(b *testing.B) searched {
	const rows, rounds = 1_000_000, 60
	dir, err := os.MkdirTemp(os.Getenv("DUTYLINE_BENCH_DIR"), "search-")
	if err != nil {
		b.Fatal(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "log.db")
	db, err := sqlite.Open(b.Context(), file, sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	if err := fillLog(b.Context(), file, rows); err != nil {
		b.Fatal(err)
	}
	tellf("a duty log of %d entries was filled in %.0f s", rows, time.Since(began).Seconds())
	if db, err = sqlite.Open(b.Context(), file, sqlite.Options{}); err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	index, err := db.OpenIndex(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer index.Close()
	began = time.Now()
	for more := true; more; {
		if more, err = index.Follow(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	info, err := os.Stat(file + ".search")
	if err != nil {
		b.Fatal(err)
	}
	tellf("its index was made in %.0f s: %d MB", time.Since(began).Seconds(), info.Size()>>20)
	return search(b, db, index, file, rounds)
}

func search(b *testing.B, db *sqlite.DB, index *sqlite.Index, file string, rounds int) (s searched) {
	ctx, stop := context.WithCancel(b.Context())
	var writing sync.WaitGroup
	writing.Go(func() { _ = index.Run(ctx, func(err error) { tellf("the index: %v", err) }) })
	writing.Go(func() {
		for n := int64(0); ctx.Err() == nil; n++ {
			for _, change := range benchCall(n, time.Now()) {
				began := time.Now()
				if err := db.Record(ctx, []telephony.Change{change}); err != nil {
					return // the context ended
				}
				s.writer = append(s.writer, time.Since(began))
			}
		}
	})
	for range rounds {
		for _, w := range benchWords {
			began := time.Now()
			if _, err := index.Search(ctx, dutylog.EntryQuery{Text: w}); err != nil {
				b.Fatal(err)
			}
			s.search = append(s.search, time.Since(began))
		}
	}
	stop()
	writing.Wait()
	plain, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: file}).EscapedPath()+"?mode=ro")
	if err != nil {
		b.Fatal(err)
	}
	defer plain.Close()
	for _, w := range []string{"峥嵘", "魑魅魍魉", "山势峥嵘"} { // what a scan has to read everything for
		began, n := time.Now(), 0
		if err := plain.QueryRow("SELECT count(*) FROM (SELECT 1 FROM entries WHERE body LIKE ? ORDER BY call_at DESC LIMIT 50)", "%"+w+"%").Scan(&n); err != nil {
			b.Fatal(err)
		}
		s.like = append(s.like, time.Since(began))
	}
	return s
}

func (m *measurements) searchMillion(b *testing.B) float64 {
	s := m.found.get(b, m.measureSearch)
	tellf("%d searches in a million entries while calls are written: p50 %v, p99 %v, longest %v", len(s.search), percentile(s.search, 50), percentile(s.search, 99), percentile(s.search, 100))
	return percentile(s.search, 99).Seconds() * 1000
}

// searchLike is what a plain scan for a rare word takes, against the median search.
func (m *measurements) searchLike(b *testing.B) float64 {
	s := m.found.get(b, m.measureSearch)
	return percentile(s.like, 50).Seconds() / percentile(s.search, 50).Seconds()
}

// writerLatency is how long a step of a call takes to the disk while the log is searched and indexed.
func (m *measurements) writerLatency(b *testing.B) float64 {
	s := m.found.get(b, m.measureSearch)
	tellf("%d writes beside the searches: p50 %v, p99 %v, longest %v", len(s.writer), percentile(s.writer, 50), percentile(s.writer, 99), percentile(s.writer, 100))
	return percentile(s.writer, 99).Seconds() * 1000
}
