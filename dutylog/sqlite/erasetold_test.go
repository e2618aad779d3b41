package sqlite_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
)

// tellElsewhere writes words of a call into everything that names it or its entry: dated duties, a suspected violation,
// a link, and what was accepted of the reconciliation.
func tellElsewhere(t *testing.T, db *sqlite.DB, e dutylog.Entry, with, words string) {
	t.Helper()
	rule := must(db.SaveTaskRule(ctx, dutylog.TaskRule{Title: "巡检 " + e.ID, Post: dutylog.PostOfficer, Checks: []string{"消防泵", "配电柜"}, When: dutylog.Recurrence{Every: dutylog.EveryDay, Clock: "14:00"}}, sun))(t)
	must(db.MarkTask(ctx, dutylog.TaskMark{Rule: rule.Rule, Key: "2026-11-23", DueAt: noon, Says: dutylog.SaysDone, Text: "见来电：" + words, Entry: e.EntryNumber.String(),
		Checks: []dutylog.Check{{Item: "消防泵", State: dutylog.CheckGood}, {Item: "配电柜", State: dutylog.CheckFaulty, Remark: "因" + words + "未查"}}, By: officer}, 0))(t)
	must(db.MarkTask(ctx, dutylog.TaskMark{Rule: rule.Rule, Key: "2026-11-24", DueAt: noon, Says: dutylog.SaysDone, Text: "电话里说" + words, CallID: e.CallID, By: officer}, 0))(t)
	for _, link := range []dutylog.EvidenceLink{{Kind: dutylog.EvidenceEntry, ID: e.ID}, {Kind: dutylog.EvidenceCall, ID: e.CallID}} {
		v := must(db.OpenViolation(ctx, dutylog.Violation{Why: dutylog.OpenedByHand, Item: 4, At: noon, Text: "推诿：" + words, Evidence: []dutylog.EvidenceLink{link}, By: superA}))(t)
		must(db.SayOfViolation(ctx, dutylog.ViolationFact{Violation: v.ID, Says: dutylog.ViolationStated, Text: "当时在记" + words, By: officer}, 0))(t)
	}
	ok(t, db.Link(ctx, dutylog.LinkOrder{A: e.ID, B: with, Relation: dutylog.SameMatter, Reason: "都说" + words, By: officer}))
	must(db.SaveLedger(ctx, []dutylog.Discrepancy{silent(e.CallID)}, dutylog.Looked{}))(t)
	must(db.AcceptLedger(ctx, silent(e.CallID).Key, "听不清"+words, superA))(t)
}

// textsOf are the first column of what a query of a closed log gives.
func textsOf(t *testing.T, path, query string) (all []string) {
	t.Helper()
	db := must(sql.Open("sqlite3", "file:"+path))(t)
	defer db.Close()
	rows := must(db.Query(query))(t)
	defer rows.Close()
	for rows.Next() {
		var text string
		ok(t, rows.Scan(&text))
		all = append(all, text)
	}
	ok(t, rows.Err())
	return all
}

const toldElsewhere = "SELECT text FROM task_marks UNION ALL SELECT json_extract(checks, '$[1].remark') FROM task_marks WHERE checks <> '[]' " +
	"UNION ALL SELECT text FROM violations UNION ALL SELECT text FROM violation_facts UNION ALL SELECT reason FROM links UNION ALL SELECT reason FROM ledger_acceptances"

// tellingKinds are those of the evidence, with the rows of each of which tellElsewhere writes.
var tellingKinds = map[string]string{"task_mark": "task_marks", "violation": "violations", "judgement": "violation_facts", "link": "links", "acceptance": "ledger_acceptances"}

// Words that were typed by mistake go from dated duties, suspected violations, links and the reconciliation, too: with
// everything whatever was said of this very entry; of another one the words only. The evidence stays whole.
func TestAnErasureReachesWhatNamesTheEntry(t *testing.T) {
	const x = dutylog.RemarksErased
	said := []string{"见来电：" + x, "电话里说" + x, "因" + x + "未查", "推诿：" + x, "推诿：" + x, "当时在记" + x, "当时在记" + x, "都说" + x, "听不清" + x}
	for name, c := range map[string]struct {
		fields []dutylog.Field
		own    []string
	}{
		"what was written": {[]dutylog.Field{dutylog.Content, dutylog.CallerUnit, dutylog.CallerPerson}, said},
		"everything":       {nil, []string{x, x, x, x, x, x, x, x, x}},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, "log.db")
			db := openAt(t, path, sqlite.Options{Now: newClock(noon.AddDate(0, 0, 1)).now})
			_, e := told(t, db, 0)
			_, other := told(t, db, 9)
			_, third := told(t, db, 11)
			tellElsewhere(t, db, e, third.ID, secret)
			if len(found(t, folder, "推诿："+secret)) == 0 {
				t.Fatal("the words are nowhere: this test would prove nothing")
			}
			decision := must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: e.ID, Fields: c.fields, Reason: "误录涉密内容", By: prosecutor}))(t)
			tellElsewhere(t, db, other, third.ID, "另一件事")
			for _, id := range []string{other.ID, third.ID} {
				must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: id, Fields: []dutylog.Field{dutylog.Content, dutylog.CallerPerson}, Reason: "误录", By: prosecutor}))(t)
			}
			ok(t, db.Compact(ctx))
			if where := found(t, folder, "绝密行动", "今夜子时"); len(where) > 0 {
				t.Errorf("erased words are still in\n%s", strings.Join(where, "\n"))
			}
			must(db.Checkpoint(ctx, newKey(t), false))(t)
			ok(t, db.Close())
			want := slices.Clone(c.own)
			for _, text := range said {
				want = append(want, strings.ReplaceAll(text, x, "另一件事"))
			}
			got := textsOf(t, path, toldElsewhere)
			slices.Sort(want)
			slices.Sort(got)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("left is\n%q, want\n%q", got, want)
			}
			erased := map[string]bool{}
			v := verify(t, path, sqlite.VerifyOptions{Each: func(f audit.Finding) {
				if kind, _, _ := strings.Cut(f.Object, " "); f.Answer == audit.Intact && f.Why == fmt.Sprintf("erased by decision %d", decision) {
					erased[kind] = true
				}
			}})
			if v.Verdict() == audit.Altered {
				t.Error(findings(v))
			}
			for kind := range tellingKinds {
				if !erased[kind] {
					t.Errorf("no %s says that decision %d erased something: %v", kind, decision, erased)
				}
			}
			for kind, table := range tellingKinds {
				copied := filepath.Join(t.TempDir(), "log.db")
				execIn(t, path, "VACUUM INTO '"+copied+"'")
				outside(t, copied, "UPDATE "+table+" SET erased_by = NULL")
				if v := verify(t, copied, sqlite.VerifyOptions{}); v.Verdict() != audit.Altered || !strings.Contains(findings(v), kind+" ") {
					t.Errorf("a row of %s that hides its decision is not found:\n%s", table, findings(v))
				}
			}
		})
	}
}

// An entry that came without a call is named by its number, and said to be erased from as any other. What was said of
// another entry loses the words, and keeps the rest also when everything goes.
func TestAnErasureOfAnEntryWithoutACallReachesWhatNamesIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon.AddDate(0, 0, 1)).now})
	fax := must(db.Write(ctx, dutylog.Draft{Key: "told-fax-1", Line: "duty", Kind: dutylog.KindFax, Values: values{dutylog.Content: secret}}, officer, noon))(t)
	_, other := told(t, db, 0)
	rule := must(db.SaveTaskRule(ctx, dutylog.TaskRule{Title: "查传真", Post: dutylog.PostOfficer, When: dutylog.Recurrence{Every: dutylog.EveryDay, Clock: "14:00"}}, sun))(t)
	mark := func(key, entry, text string) {
		must(db.MarkTask(ctx, dutylog.TaskMark{Rule: rule.Rule, Key: key, DueAt: noon, Says: dutylog.SaysDone, Text: text, Entry: entry, By: officer}, 0))(t)
	}
	mark("2026-11-23", fax.EntryNumber.String(), "收到，已转王强")
	mark("2026-11-24", other.EntryNumber.String(), "与"+secret+"无关")
	mark("2026-11-25", "", "没有传真")
	must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: fax.ID, Reason: "误录", By: prosecutor}))(t)
	must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: fax.ID, Reason: "再次", By: prosecutor}))(t) // nothing is left, and it is no fault
	ok(t, db.Close())
	intact(t, path)
	const x = dutylog.RemarksErased
	if got, want := textsOf(t, path, "SELECT text FROM task_marks ORDER BY id"), []string{x, "与" + x + "无关", "没有传真"}; !slices.Equal(got, want) {
		t.Errorf("left is %q, want %q", got, want)
	}
}

// TestTheDoorOfWhatNamesTheEntryIsOpenForOneDecisionOnly tries everything else that SQL could do to it.
func TestTheDoorOfWhatNamesTheEntryIsOpenForOneDecisionOnly(t *testing.T) {
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: newClock(noon.AddDate(0, 0, 1)).now})
	_, e := told(t, db, 0)
	_, other := told(t, db, 9)
	_, third := told(t, db, 11)
	tellElsewhere(t, db, e, third.ID, secret)
	tellElsewhere(t, db, other, third.ID, "另一件事")
	fresh := func(of string) string {
		return "INSERT INTO erasures (at, by_login, by_name, by_role, subject, reason, records) VALUES (1, 'x', 'x', 'x', '" + of + "', 'x', '[]');INSERT INTO erasing (entry_id, decision) VALUES ('" + of + "', 1);"
	}
	const end = "DELETE FROM erasing;"
	set := func(table, change, row string) string {
		return "UPDATE " + table + " SET " + change + ", erased_by = 1 WHERE id = " + row + ";"
	}
	gone := func(column, word string) string {
		return column + " = replace(" + column + ", '" + word + "', '〔已抹去〕')"
	}
	const remarkGone = "checks = json_set(checks, '$[1].remark', '因〔已抹去〕未查')"
	for _, of := range []struct{ table, text, others string }{ // others: the first row about the other entry
		{"task_marks", "text", "3"}, {"violations", "text", "3"}, {"violation_facts", "text", "3"}, {"links", "reason", "2"}, {"ledger_acceptances", "reason", "2"},
	} {
		for name, script := range map[string]string{
			"without a decision":   set(of.table, gone(of.text, secret), "1"),
			"no mark":              fresh(e.ID) + "UPDATE " + of.table + " SET " + gone(of.text, secret) + " WHERE id = 1;" + end,
			"with another entry's": fresh("e-"+other.CallID) + set(of.table, of.text+" = '〔已抹去〕'", "1") + end,
			"other words":          fresh(e.ID) + set(of.table, of.text+" = '平安'", "1") + end,
			"nothing left":         fresh(e.ID) + set(of.table, of.text+" = ''", "1") + end,
			"words of nobody":      fresh(e.ID) + set(of.table, gone(of.text, "时"), "1") + end,
			"who said it":          fresh(e.ID) + set(of.table, gone(of.text, secret)+", by_name = 'x'", "1") + end,
			"when it was":          fresh(e.ID) + set(of.table, gone(of.text, secret)+", at = 1", "1") + end,
			"all of another's":     fresh(e.ID) + set(of.table, of.text+" = '〔已抹去〕'", of.others) + end,
			"the door left open":   fresh(e.ID) + set(of.table, gone(of.text, secret), "1"),
			"deleting it":          fresh(e.ID) + "DELETE FROM " + of.table + " WHERE id = 1;" + end,
			"what was checked":     fresh(e.ID) + set("task_marks", "checks = json_set(checks, '$[1].item', '〔已抹去〕')", "1") + end,
			"how it was":           fresh(e.ID) + set("task_marks", remarkGone+", checks = json_set(checks, '$[1].state', 'good')", "1") + end,
			"a remark more":        fresh(e.ID) + set("task_marks", "checks = json_set(checks, '$[0].remark', '〔已抹去〕')", "1") + end,
			"which entry":          fresh(e.ID) + set("task_marks", gone("text", secret)+", entry = ''", "1") + end,
			"what it rests on":     fresh(e.ID) + set("violations", gone("text", secret)+", evidence = '[]'", "1") + end,
			"how it stands":        fresh(e.ID) + set("violations", gone("text", secret)+", state = 'dismissed'", "1") + end,
			"what was decided":     fresh(e.ID) + set("violation_facts", gone("text", secret)+", says = 'dismissed'", "1") + end,
			"what is linked":       fresh(e.ID) + set("links", gone("reason", secret)+", is_set = 0", "1") + end,
			"what was accepted":    fresh(e.ID) + set("ledger_acceptances", gone("reason", secret)+", cause = 'x'", "1") + end,
		} {
			if err := db.ExecOnWriter("BEGIN;" + script + "COMMIT;"); err == nil {
				t.Errorf("%s, %s: it works", of.table, name)
			}
			_ = db.ExecOnWriter("ROLLBACK")
		}
	}
	way := fresh(e.ID) + set("task_marks", gone("text", secret)+", "+remarkGone, "1") + set("task_marks", "text = '〔已抹去〕'", "2") + set("violations", gone("text", secret), "1") +
		set("violations", "text = '〔已抹去〕'", "2") + set("violation_facts", "text = '〔已抹去〕'", "2") + set("links", "reason = '〔已抹去〕'", "1") + set("ledger_acceptances", gone("reason", secret), "1") + end
	if err := db.ExecOnWriter("BEGIN;" + way + "COMMIT;"); err != nil {
		t.Errorf("the one way in: %v", err)
	}
}
