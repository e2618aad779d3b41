package sqlite_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// saidOf is a missed call with its words in everything that people say of one: the review of its verdict, the
// listening review, the register of spot checks, and how its caller was reached.
func saidOf(t *testing.T, db *sqlite.DB, n int) (telephony.Call, dutylog.Entry) {
	t.Helper()
	c := ended(t, db, n, telephony.Missed, func(c *telephony.Call) { c.CallerName = "王强" })
	e := must(db.Entry(ctx, "e-"+c.ID))(t)
	e = must(db.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: e.Revision, Values: values{dutylog.Content: secret, dutylog.CallerUnit: unit, dutylog.AnsweredBy: officer.Name}}, officer, noon))(t)
	must(say(t, db, c.ID, dutylog.ReviewFact{Says: dutylog.ReviewExplained, Code: "other_call", Text: "正在记录" + secret, By: officer}))(t)
	must(say(t, db, c.ID, dutylog.ReviewFact{Says: dutylog.ReviewDecided, Result: dutylog.ReviewStands, Text: unit + "已另行来电", By: superA}))(t)
	d := must(db.KeepDraw(ctx, dutylog.Draw{Month: "2026-10", Seed: "x", PerOfficer: 1, Samples: []dutylog.OfficerSample{{Officer: officer.Name, Population: 1, Calls: []string{c.ID}}}, By: superA}))(t)
	good := dutylog.Marks{Greeting: dutylog.MarkGood, Tone: dutylog.MarkGood, Precision: dutylog.MarkPoor, Elements: dutylog.MarkGood, ReadBack: dutylog.MarkNone}
	f := must(db.SayOfCall(ctx, dutylog.ListeningFact{Draw: d.ID, CallID: c.ID, Says: dutylog.ListenReviewed, Marks: good, Text: "复述时说成" + secret, By: superA}, 0))(t)
	must(db.SayOfCall(ctx, dutylog.ListeningFact{Draw: d.ID, CallID: c.ID, Says: dutylog.ListenAnswered, Text: unit + "当时声音小", By: officer}, f.ID))(t)
	check := must(db.SaveSpotCheck(ctx, spotCheck(func(s *dutylog.SpotCheck) {
		s.CallID, s.Unit, s.Inspector, s.Questions, s.Result, s.Findings = c.ID, unit, "王强", "问及"+secret, dutylog.SpotPartly, "答不上"+secret
	}), officer))(t)
	check.Change = "单位名称应为" + unit
	must(db.SaveSpotCheck(ctx, check, superA))(t)
	must(db.SettleMissed(ctx, c.ID, dutylog.Settlement{Why: dutylog.OtherWay, Text: "微信联系" + unit + "：" + secret}, officer))(t)
	return c, e
}

// saidTexts are all words that people said of calls.
func saidTexts(t *testing.T, db *sqlite.DB, callID string) (all []string) {
	t.Helper()
	for _, f := range must(db.ReviewCase(ctx, callID))(t).Facts {
		all = append(all, f.Text)
	}
	_, facts, err := db.Draw(ctx, 1)
	ok(t, err)
	for _, f := range facts {
		all = append(all, f.Text)
	}
	for _, s := range must(db.SpotCheckVersions(ctx, 1))(t) {
		all = append(all, strings.Join([]string{s.Unit, s.Inspector, s.Questions, s.Findings, s.Change}, "|"))
	}
	missed, _, _, err := db.MissedCalls(ctx, dutylog.MissedQuery{})
	ok(t, err)
	for _, m := range missed {
		all = append(all, m.Text)
	}
	return all
}

// Words that were typed by mistake go from reviews, listening reviews, spot checks and call backs alike, with
// nothing beside them: who said it and when, reasons, marks, results and what the figures count by stay.
func TestAnErasureReachesWhatWasSaidOfTheCall(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon.AddDate(0, 0, 1)).now})
	c, e := saidOf(t, db, 0)
	also := must(db.SaveSpotCheck(ctx, spotCheck(func(s *dutylog.SpotCheck) { s.Questions = "为何" + secret + "；王强是谁" }), officer))(t)
	words := []string{"绝密行动", unit, "今夜子时"}
	if len(found(t, folder, words...)) == 0 {
		t.Fatal("the words are nowhere: this test would prove nothing")
	}
	fields := []dutylog.Field{dutylog.Content, dutylog.CallerUnit}
	decision := must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: e.ID, Fields: fields, Reason: "误录涉密内容", By: prosecutor}))(t)
	ok(t, db.Compact(ctx))
	if where := found(t, folder, words...); len(where) > 0 {
		t.Errorf("erased words are still in\n%s", strings.Join(where, "\n"))
	}
	const x = dutylog.RemarksErased
	want := []string{"正在记录" + x, x + "已另行来电", "复述时说成" + x, x + "当时声音小", x + "|王强|问及" + x + "|答不上" + x + "|", x + "|王强|问及" + x + "|答不上" + x + "|单位名称应为" + x, "微信联系" + x + "：" + x}
	if got := saidTexts(t, db, c.ID); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("left is\n%q, want\n%q", got, want)
	}
	if s := must(db.SpotCheckVersions(ctx, also.Check))(t)[0]; s.Questions != "为何"+x+"；王强是谁" {
		t.Errorf("of another check: %q", s.Questions)
	}
	r := must(db.ReviewCase(ctx, c.ID))(t).Folded()
	if f := r.Facts[0]; r.Result() != dutylog.ReviewStands || f.Code != "other_call" || f.By != officer || f.At.IsZero() {
		t.Errorf("who, when and why have to stay: %+v", r.Facts)
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	erased := map[string]int{}
	v := verify(t, path, sqlite.VerifyOptions{Each: func(f audit.Finding) {
		if kind, _, _ := strings.Cut(f.Object, " "); f.Why == fmt.Sprintf("erased by decision %d", decision) {
			erased[kind]++
		}
	}})
	if v.Verdict() == audit.Altered || erased["review"] != 2 || erased["listening"] != 2 || erased["spot_check"] != 3 {
		t.Errorf("%v %s\n%s", erased, v.Verdict(), findings(v))
	}
	outside(t, path, "UPDATE spot_checks SET erased_by = NULL")
	if v := verify(t, path, sqlite.VerifyOptions{}); v.Verdict() != audit.Altered {
		t.Errorf("a check that hides its decision is not found:\n%s", findings(v))
	}
}

// With everything of a call goes whatever was said of it in words, and nothing of what was said of another.
func TestAnErasureOfEverythingReachesWhatWasSaid(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon.AddDate(0, 0, 1)).now})
	c, e := saidOf(t, db, 0)
	other := ended(t, db, 1, telephony.Missed)
	must(say(t, db, other.ID, dutylog.ReviewFact{Says: dutylog.ReviewExplained, Code: "away", Text: "取传真，王强", By: officer}))(t)
	must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: e.ID, Reason: "依申请", By: prosecutor}))(t)
	ok(t, db.Compact(ctx))
	if where := found(t, folder, "绝密行动", unit, "单位名称应为", "当时声音小"); len(where) > 0 {
		t.Errorf("erased words are still in\n%s", strings.Join(where, "\n"))
	}
	for _, text := range saidTexts(t, db, c.ID) {
		if left := strings.Trim(strings.ReplaceAll(text, dutylog.RemarksErased, ""), "|"); left != "" {
			t.Errorf("%q is left", text)
		}
	}
	if f := must(db.ReviewCase(ctx, other.ID))(t).Facts[0]; f.Text != "取传真，王强" {
		t.Errorf("what was said of another call: %q", f.Text)
	}
	must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: e.ID, Reason: "再次", By: prosecutor}))(t) // nothing is left, and it is no fault
	ok(t, db.Close())
	intact(t, path)
}

// TestTheDoorOfWhatWasSaidIsOpenForOneDecisionOnly tries everything else that SQL could do to it.
func TestTheDoorOfWhatWasSaidIsOpenForOneDecisionOnly(t *testing.T) {
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: newClock(noon.AddDate(0, 0, 1)).now})
	_, e := saidOf(t, db, 0)
	other := ended(t, db, 1, telephony.Missed)
	must(say(t, db, other.ID, dutylog.ReviewFact{Says: dutylog.ReviewExplained, Code: "away", Text: "取传真", By: officer}))(t)
	fresh := func(of string) string {
		return "INSERT INTO erasures (at, by_login, by_name, by_role, subject, reason, records) VALUES (1, 'x', 'x', 'x', '" + of + "', 'x', '[]');INSERT INTO erasing (entry_id, decision) VALUES ('" + of + "', 1);"
	}
	end := "DELETE FROM erasing;"
	set := func(table, change, row string) string {
		return "UPDATE " + table + " SET " + change + ", erased_by = 1 WHERE id = " + row + ";"
	}
	gone := func(column, word string) string {
		return column + " = replace(" + column + ", '" + word + "', '〔已抹去〕')"
	}
	for _, table := range []string{"review_facts", "listening_facts", "spot_checks"} {
		text := "text"
		if table == "spot_checks" {
			text = "questions"
		}
		for name, script := range map[string]string{
			"without a decision":    set(table, gone(text, secret), "1"),
			"no mark":               fresh(e.ID) + "UPDATE " + table + " SET " + gone(text, secret) + " WHERE id = 1;" + end,
			"with another entry's":  fresh("e-"+other.ID) + set(table, gone(text, secret), "1") + end,
			"other words":           fresh(e.ID) + set(table, text+" = '平安'", "1") + end,
			"nothing left":          fresh(e.ID) + set(table, text+" = ''", "1") + end,
			"words of nobody":       fresh(e.ID) + set(table, gone(text, "时"), "1") + end,
			"who said it":           fresh(e.ID) + set(table, gone(text, secret)+", by_name = 'x'", "1") + end,
			"when it was":           fresh(e.ID) + set(table, gone(text, secret)+", at = 1", "1") + end,
			"of which call":         fresh(e.ID) + set(table, gone(text, secret)+", call_id = 'x'", "1") + end,
			"the door left open":    fresh(e.ID) + set(table, gone(text, secret), "1"),
			"deleting it":           fresh(e.ID) + "DELETE FROM " + table + " WHERE id = 1;" + end,
			"the text of another's": fresh(e.ID) + set("review_facts", "text = '〔已抹去〕'", "3") + end,
			"a reason":              fresh(e.ID) + set("review_facts", gone("text", secret)+", code = 'away'", "1") + end,
			"a mark":                fresh(e.ID) + set("listening_facts", gone("text", secret)+", marks = '{}'", "1") + end,
			"a result":              fresh(e.ID) + set("spot_checks", gone("questions", secret)+", result = 'passed'", "1") + end,
		} {
			if err := db.ExecOnWriter("BEGIN;" + script + "COMMIT;"); err == nil {
				t.Errorf("%s, %s: it works", table, name)
			}
			_ = db.ExecOnWriter("ROLLBACK")
		}
	}
	way := fresh(e.ID) + set("review_facts", gone("text", secret), "1") + set("listening_facts", "text = '〔已抹去〕'", "2") + set("spot_checks", gone("questions", secret)+", "+gone("findings", secret), "1") + end
	if err := db.ExecOnWriter("BEGIN;" + way + "COMMIT;"); err != nil {
		t.Errorf("the one way in: %v", err)
	}
}
