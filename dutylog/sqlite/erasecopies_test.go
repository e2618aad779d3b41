package sqlite_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
)

// sheetWith is a handover whose sheet shows what is open now, and a thing that another call alerted of.
func sheetWith(t *testing.T, db *sqlite.DB, before int64, remarks string) dutylog.Handover {
	t.Helper()
	s := dutylog.Sheet{Matters: matters(t, db, 100), Remarks: remarks, Alerts: []dutylog.OpenAlert{{ID: 77, Reason: "missed", Title: "来电未接", Detail: "来电 13904017777"}}}
	h := dutylog.Handover{From: noon, Incoming: dutylog.Actor{Login: fmt.Sprint("officer", before), Name: fmt.Sprint("值班员", before), Role: dutylog.Officer}}
	if before > 0 {
		h.Outgoing = dutylog.Actor{Login: fmt.Sprint("officer", before-1), Name: fmt.Sprint("值班员", before-1), Role: dutylog.Officer}
	}
	h.Text, h.Digest = s.Whole().Freeze()
	return must(db.AddHandover(ctx, h, before))(t)
}

func TestAnErasureReachesTheSheetsOfHandovers(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "log.db")
	db := openAt(t, path, sqlite.Options{})
	_, e := told(t, db, 0)
	_, other := told(t, db, 1)
	e = must(db.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: e.Revision, Values: values{dutylog.Content: secret}}, officer, noon))(t)
	first := sheetWith(t, db, 0, "无")
	second := sheetWith(t, db, first.ID, "无")
	must(db.ConfirmHandover(ctx, first.ID, dutylog.Confirmation{Part: dutylog.PartLeader, By: leader, Digest: first.Digest}))(t)
	decision := must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: e.ID, Fields: []dutylog.Field{dutylog.Content, dutylog.CallerUnit}, Reason: "误录涉密内容", By: prosecutor}))(t)
	for _, id := range []int64{first.ID, second.ID} {
		h := must(db.Handover(ctx, id))(t)
		s := must(h.Sheet())(t)
		if h.ErasedBy != decision || h.Digest != first.Digest && h.Digest != second.Digest || len(s.Matters) != 2 {
			t.Errorf("%+v", h)
		}
		for _, m := range s.Matters {
			if erased := m.EntryID == e.ID; erased != (m.What == "" && m.Who == "") || m.Number == "" || m.EntryNumber == "" {
				t.Errorf("handover %d, entry %s: %+v", id, m.EntryID, m)
			}
		}
		if s.Alerts[0].Detail != "来电 13904017777" {
			t.Errorf("an alert of another call was touched: %+v", s.Alerts)
		}
	}
	// Who confirms afterwards confirms the sheet by the digest under which it was confirmed.
	must(db.ConfirmHandover(ctx, first.ID, dutylog.Confirmation{Part: dutylog.PartChief, By: leader, Digest: first.Digest}))(t)
	// Everything that is left of the entry goes later: its number on the sheets, too.
	again := must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: e.ID, Reason: "依申请", By: prosecutor}))(t)
	h := must(db.Handover(ctx, second.ID))(t)
	for _, m := range must(h.Sheet())(t).Matters {
		if m.EntryID == e.ID && m.Number != "" || m.EntryID == other.ID && m.Number == "" {
			t.Errorf("%+v", m)
		}
	}
	if h.ErasedBy != again {
		t.Errorf("by decision %d, want %d", h.ErasedBy, again)
	}
	must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: other.ID, Reason: "依申请", By: prosecutor}))(t)
	ok(t, db.Compact(ctx))
	if where := found(t, folder, "绝密行动", unit, "02422730001"); len(where) > 0 {
		t.Errorf("erased words are still in\n%s", strings.Join(where, "\n"))
	}
	intact(t, path)
	ok(t, db.Close())
	outside(t, path, "UPDATE handovers SET erased_by = 1 WHERE id = 1")
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Altered {
		t.Errorf("a sheet that names another decision is not found:\n%s", findings(r))
	}
}

// What officers wrote of an entry into the remarks of a handover goes with it: the words, in whatever
// revision they stood, and nothing beside them. A name that may stand there for another matter stays.
func TestAnErasureReachesTheRemarksOfHandovers(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "log.db")
	db := openAt(t, path, sqlite.Options{})
	_, e := told(t, db, 0)
	before := sheetWith(t, db, 0, "备用钥匙在抽屉里。"+secret+"，已复诵；<"+secret+">。"+unit+"另有一事。")
	e = must(db.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: e.Revision, Kind: new(dutylog.KindNuisance), State: new(dutylog.Complete)}, officer, noon))(t)
	// The next sheet does not show the entry any more, and one of an old form says nothing of the switch.
	old := dutylog.Sheet{Form: 1, Remarks: secret + "：已告知。" + "科室值班员和办公室"}
	h := dutylog.Handover{From: noon, Outgoing: dutylog.Actor{Login: "officer0", Name: "值班员0", Role: dutylog.Officer}, Incoming: dutylog.Actor{Login: "x", Name: "甲", Role: dutylog.Officer}}
	h.Text, h.Digest = old.Freeze()
	if strings.Contains(h.Text, `"down"`) {
		t.Errorf("an old sheet says something of the switch: %s", h.Text)
	}
	after := must(db.AddHandover(ctx, h, before.ID))(t)
	decision := must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: e.ID, Fields: []dutylog.Field{dutylog.Content, dutylog.CallerPerson, dutylog.CallerUnit}, Reason: "误录涉密内容", By: prosecutor}))(t)
	want := map[int64]string{before.ID: "备用钥匙在抽屉里。〔已抹去〕；<〔已抹去〕>。〔已抹去〕另有一事。", after.ID: "〔已抹去〕：已告知。科室值班员和办公室"}
	for id, remarks := range want {
		h := must(db.Handover(ctx, id))(t)
		if s := must(h.Sheet())(t); s.Remarks != remarks || h.ErasedBy != decision || s.Form == 1 && s.Down != nil {
			t.Errorf("sheet %d: %q by %d, want %q", id, s.Remarks, h.ErasedBy, remarks)
		}
	}
	ok(t, db.Compact(ctx))
	if where := found(t, folder, "绝密行动"); len(where) > 0 {
		t.Errorf("erased words are still in\n%s", strings.Join(where, "\n"))
	}
	ok(t, db.Close())
	intact(t, path)
}

// The sheet that nobody erased from is not touched, and gets no record.
func TestAnErasureLeavesOtherSheetsAlone(t *testing.T) {
	db := open(t)
	_, e := told(t, db, 0)
	h := sheetWith(t, db, 0, "移交钥匙")
	must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: e.ID, Fields: []dutylog.Field{dutylog.Inspector, dutylog.Category}, Reason: "误录", By: prosecutor}))(t)
	if after := must(db.Handover(ctx, h.ID))(t); after.Text != h.Text || after.ErasedBy != 0 {
		t.Errorf("%+v", after)
	}
}

// TestTheDoorOfSheetsIsOpenForOneDecisionOnly tries everything else that SQL could do to a sheet.
func TestTheDoorOfSheetsIsOpenForOneDecisionOnly(t *testing.T) {
	db := open(t)
	_, e := told(t, db, 0)
	_, other := told(t, db, 1)
	sheetWith(t, db, 0, "移交钥匙；改写一份；"+secret)
	at := func(id string) int {
		for i, m := range must(must(db.Handover(ctx, 1))(t).Sheet())(t).Matters {
			if m.EntryID == id {
				return i
			}
		}
		return -1
	}
	fresh := "INSERT INTO erasures (at, by_login, by_name, by_role, subject, reason, records) VALUES (1, 'x', 'x', 'x', '" + e.ID + "', 'x', '[]');"
	door, end := "INSERT INTO erasing (entry_id, decision) VALUES ('"+e.ID+"', 1);", "DELETE FROM erasing;"
	set := func(change string) string {
		return "UPDATE handovers SET body = " + change + ", erased_by = 1 WHERE id = 1;"
	}
	own, others := fmt.Sprintf("'$.matters[%d].what'", at(e.ID)), fmt.Sprintf("'$.matters[%d].what'", at(other.ID))
	erased := "json_set(body, " + own + ", '')"
	for name, script := range map[string]string{
		"without a decision":   set(erased),
		"without the door":     fresh + set(erased),
		"no mark":              fresh + door + "UPDATE handovers SET body = " + erased + " WHERE id = 1;" + end,
		"other words":          fresh + door + set("json_set(body, "+own+", '平安')") + end,
		"of another entry":     fresh + door + set("json_set(body, "+others+", '')") + end,
		"the remarks":          fresh + door + set("json_set(body, '$.remarks', '')") + end,
		"words of nobody":      fresh + door + set("json_set(body, '$.remarks', '移交〔已抹去〕')") + end,
		"a short word":         fresh + door + set("json_set(body, '$.remarks', replace(json_extract(body, '$.remarks'), '改写', '〔已抹去〕'))") + end,
		"an alert of no call":  fresh + door + set("json_set(body, '$.alerts[0].detail', '')") + end,
		"a matter less":        fresh + door + set("json_remove(body, '$.matters[0]')") + end,
		"a word more":          fresh + door + set("json_set(body, '$.matters[0].more', '')") + end,
		"what is missing":      fresh + door + set(fmt.Sprintf("json_set(body, '$.matters[%d].missing[0]', '')", at(e.ID))) + end,
		"the digest":           fresh + door + "UPDATE handovers SET digest = 'x', erased_by = 1 WHERE id = 1;" + end,
		"who took over":        fresh + door + "UPDATE handovers SET incoming_name = 'x', erased_by = 1 WHERE id = 1;" + end,
		"no JSON":              fresh + door + set("'gone'") + end,
		"deleting it":          fresh + door + "DELETE FROM handovers WHERE id = 1;" + end,
		"another entry's door": fresh + "INSERT INTO erasing (entry_id, decision) VALUES ('" + other.ID + "', 1);",
	} {
		if err := db.ExecOnWriter("BEGIN;" + script + "COMMIT;"); err == nil {
			t.Errorf("%s: it works", name)
		}
		_ = db.ExecOnWriter("ROLLBACK")
	}
	words := set("json_set(body, '$.remarks', replace(json_extract(body, '$.remarks'), '" + secret + "', '" + dutylog.RemarksErased + "'))")
	if err := db.ExecOnWriter("BEGIN;" + fresh + door + set(erased) + words + end + "COMMIT;"); err != nil {
		t.Errorf("the one way in: %v", err)
	}
}

// served is an entry into which an outgoing call was taken as a step, by what that call's own entry says.
func served(t *testing.T, db *sqlite.DB) (e, own dutylog.Entry) {
	t.Helper()
	_, e = told(t, db, 0)
	calls := outbound(5, "13904018888")
	ok(t, db.Record(ctx, calls))
	call := calls[len(calls)-1].Call.ID
	own = must(db.Entry(ctx, "e-"+call))(t)
	own = must(db.Amend(ctx, own.ID, dutylog.EntryPatch{Revision: own.Revision, Values: values{dutylog.CalledWhom: unit, dutylog.CalledWhy: secret}}, officer, noon))(t)
	e = must(db.AddStep(ctx, e.ID, dutylog.StepDraft{Kind: dutylog.StepReported, Channel: "phone", CallID: call}, officer, noon.Add(time.Hour)))(t)
	e = must(db.AddStep(ctx, e.ID, dutylog.StepDraft{Kind: dutylog.StepReported, Channel: "phone", Whom: "市局", Text: "另行报告"}, officer, noon.Add(time.Hour)))(t)
	if e.Steps[0].Whom != unit || e.Steps[0].Text != secret {
		t.Fatalf("nothing was copied, and this test would prove nothing: %+v", e.Steps)
	}
	return e, must(db.Entry(ctx, own.ID))(t)
}

func TestAnErasureReachesTheStepsIntoWhichTheCallWasTaken(t *testing.T) {
	for name, c := range map[string]struct {
		fields     []dutylog.Field
		whom, text bool // are left
		struck     bool
	}{
		"everything":               {nil, false, false, false},
		"whom":                     {[]dutylog.Field{dutylog.CalledWhom}, false, true, false},
		"why":                      {[]dutylog.Field{dutylog.CalledWhy}, true, false, false},
		"what was not copied":      {[]dutylog.Field{dutylog.Content}, true, true, false},
		"after it was struck out":  {nil, false, false, true},
		"whom of what was a step":  {[]dutylog.Field{dutylog.CalledWhom}, false, true, true},
		"both, and what was not":   {[]dutylog.Field{dutylog.CalledWhom, dutylog.CalledWhy, dutylog.Content}, false, false, false},
		"a step's text of its own": {[]dutylog.Field{dutylog.StepTexts}, true, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "log.db")
			db := openAt(t, path, sqlite.Options{})
			e, own := served(t, db)
			if c.struck {
				e = must(db.StrikeStep(ctx, e.ID, 1, "记错了", officer, noon.Add(2*time.Hour)))(t)
			}
			shown := sheetWith(t, db, 0, "")
			if tr := must(db.Traces(ctx, dutylog.ErasureOrder{EntryID: own.ID, Fields: c.fields, Reason: "误录", By: prosecutor}))(t); !slices.Equal(tr.Serves, []string{e.ID}) {
				t.Errorf("exhibits of %q are said to hold it, too", tr.Serves)
			}
			must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: own.ID, Fields: c.fields, Reason: "误录", By: prosecutor}))(t)
			after := must(db.Entry(ctx, e.ID))(t)
			if s := after.Steps[0]; (s.Whom != "") != c.whom || (s.Text != "") != c.text || s.Kind != dutylog.StepReported || s.CallID != own.CallID || s.By != officer {
				t.Errorf("%+v", s)
			}
			for _, m := range must(must(db.Handover(ctx, shown.ID))(t).Sheet())(t).Matters { // the sheet that was confirmed shows the step, unless it was struck out
				if m.EntryID != e.ID {
					continue
				}
				steps := m.Steps
				if !c.struck {
					if s := steps[0]; s.CallID != own.CallID || (s.Whom != "") != c.whom || (s.Text != "") != c.text {
						t.Errorf("the sheet shows %+v", s)
					}
					steps = steps[1:]
				}
				if len(steps) != 1 || steps[0].Whom != "市局" || steps[0].Text != "另行报告" || steps[0].Channel != "phone" {
					t.Errorf("another step on the sheet: %+v", steps)
				}
			}
			if s := after.Steps[1]; s.Whom != "市局" || s.Text != "另行报告" {
				t.Errorf("another step was touched: %+v", s)
			}
			touched := 0
			if !c.whom || !c.text {
				touched = 1
			}
			if len(after.Erased) != touched || after.Revision != e.Revision+touched || after.State != e.State || after.Values[dutylog.Content] != e.Values[dutylog.Content] {
				t.Errorf("%+v", after)
			}
			for _, r := range must(db.Revisions(ctx, e.ID))(t) {
				for _, s := range r.Entry.Steps {
					if s.CallID == own.CallID && (s.Whom != "" && !c.whom || s.Text != "" && !c.text) {
						t.Errorf("revision %d still has %+v", r.Entry.Revision, s)
					}
				}
			}
			intact(t, path)
		})
	}
}

// Of an entry under a legal hold nothing is erased, also not by the way of another entry; then nothing
// at all is.
func TestAHoldKeepsTheStepsOfItsEntry(t *testing.T) {
	db := open(t)
	e, own := served(t, db)
	must(db.SetHold(ctx, e.ID, "调查", prosecutor))(t)
	o := dutylog.ErasureOrder{EntryID: own.ID, Reason: "误录", By: prosecutor}
	heard := dutylog.ErasureOrder{EntryID: own.ID, Fields: []dutylog.Field{dutylog.Content}, Recording: true, Reason: "误录", By: prosecutor}
	for _, o := range []dutylog.ErasureOrder{o, heard} {
		_, files := db.Traces(ctx, o)
		_, err := db.EraseNow(ctx, o)
		for _, err := range []error{files, err} {
			if err == nil || !strings.Contains(err.Error(), e.EntryNumber.String()+", which is under a legal hold (调查)") {
				t.Errorf("%v", err)
			}
		}
	}
	if after := must(db.Entry(ctx, own.ID))(t); len(after.Erased) != 0 || after.Values[dutylog.CalledWhy] != secret {
		t.Errorf("half of it was erased: %+v", after)
	}
	must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: own.ID, Fields: []dutylog.Field{dutylog.Content}, Reason: "误录", By: prosecutor}))(t)
	must(db.ReleaseHold(ctx, e.ID, "调查结束", prosecutor))(t)
	must(db.EraseNow(ctx, o))(t)
	if from := must(db.Entry(ctx, e.ID))(t); from.Steps[0].Whom != "" {
		t.Errorf("%+v", from.Steps[0])
	}
}
