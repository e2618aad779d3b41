package sqlite_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

func spotCheck(change func(*dutylog.SpotCheck)) dutylog.SpotCheck {
	s := dutylog.SpotCheck{Direction: telephony.Inbound, Day: noon.Add(-time.Hour), Unit: "市应急局指挥中心", Inspector: "刘明", Questions: "当班人员、未办结事项", Result: dutylog.SpotPassed}
	if change != nil {
		change(&s)
	}
	return s
}

func TestASpotCheckIsRegisteredAndCorrected(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: newClock(noon).now})
	c := ended(t, db, 0, telephony.AnsweredInTime)
	first := must(db.SaveSpotCheck(ctx, spotCheck(func(s *dutylog.SpotCheck) { s.CallID = c.ID }), officer))(t)
	if first.ID != 1 || first.Check != 1 || first.By != officer || !first.At.Equal(noon) {
		t.Errorf("%+v", first)
	}
	if call := must(db.Call(ctx, c.ID))(t); !slices.Contains(call.Tags, telephony.TagSpotCheck) {
		t.Errorf("its call is not tagged: %v", call.Tags)
	}
	next := first
	next.Inspector, next.Change = "刘鸣", "姓名写错"
	second := must(db.SaveSpotCheck(ctx, next, superA))(t)
	if _, err := db.SaveSpotCheck(ctx, next, superA); !errors.Is(err, dutylog.ErrExists) {
		t.Errorf("changed against an older version: %v", err)
	}
	items, _, err := db.SpotChecks(ctx, dutylog.SpotCheckQuery{})
	ok(t, err)
	if len(items) != 1 || items[0].Inspector != "刘鸣" || items[0].ID != second.ID || items[0].Check != first.Check {
		t.Errorf("%+v", items)
	}
	if v := must(db.SpotCheckVersions(ctx, first.Check))(t); len(v) != 2 || v[0].Inspector != "刘明" || v[1].Change != "姓名写错" {
		t.Errorf("%+v", v)
	}
	second.Change, second.Struck = "重复登记", true
	struck := must(db.SaveSpotCheck(ctx, second, superA))(t)
	struck.Change, struck.Struck = "还是要", false
	if _, err := db.SaveSpotCheck(ctx, struck, superA); !errors.Is(err, dutylog.ErrExists) {
		t.Errorf("what was struck out comes back: %v", err)
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	for _, statement := range []string{"UPDATE spot_checks SET unit = 'x'", "DELETE FROM spot_checks"} {
		if err := db.ExecOnWriter(statement); err == nil {
			t.Errorf("%s is done", statement)
		}
	}
	ok(t, db.Close())
	if v := verify(t, path, sqlite.VerifyOptions{}); v.Verdict() != audit.Intact || v.Of("spot_check").Intact != 3 || v.Of("tag").Intact != 1 {
		t.Errorf("%s\n%s", v.Verdict(), findings(v))
	}
	outside(t, path, "UPDATE spot_checks SET result = 'failed' WHERE id = 1")
	if v := verify(t, path, sqlite.VerifyOptions{}); v.Verdict() != audit.Altered || !strings.Contains(findings(v), "spot_check 1") {
		t.Errorf("%s\n%s", v.Verdict(), findings(v))
	}
}

func TestASpotCheckIsTiedToOneCall(t *testing.T) {
	db := open(t)
	in, test := ended(t, db, 0, telephony.AnsweredInTime), ended(t, db, 1, telephony.Missed, func(c *telephony.Call) { c.Tags = []telephony.Tag{telephony.TagTest} })
	out := outbound(3, "02422730001")
	ok(t, db.Record(ctx, out))
	by := func(id string, d telephony.Direction) dutylog.SpotCheck {
		return spotCheck(func(s *dutylog.SpotCheck) { s.CallID, s.Direction = id, d })
	}
	for name, s := range map[string]dutylog.SpotCheck{
		"no such call": by("nothing.0", telephony.Inbound), "one that went out": by(out[0].Call.ID, telephony.Inbound),
		"one that came in": by(in.ID, telephony.Outbound), "our own test": by(test.ID, telephony.Inbound),
	} {
		var bad *dutylog.InvalidError
		if _, err := db.SaveSpotCheck(ctx, s, officer); !errors.As(err, &bad) || bad.Field != "call_id" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if items, _, _ := db.SpotChecks(ctx, dutylog.SpotCheckQuery{}); len(items) != 0 {
		t.Errorf("what was refused left something: %+v", items)
	}
	kept := must(db.SaveSpotCheck(ctx, by(out[0].Call.ID, telephony.Outbound), superA))(t)
	if call := must(db.Call(ctx, kept.CallID))(t); slices.Contains(call.Tags, telephony.TagSpotCheck) {
		t.Error("a call of ours is tagged as if somebody had checked us")
	}
	if _, err := db.SaveSpotCheck(ctx, by(out[0].Call.ID, telephony.Outbound), superA); !errors.Is(err, dutylog.ErrExists) {
		t.Errorf("the same call twice: %v", err)
	}
	kept.Change, kept.Struck = "登记错了", true
	must(db.SaveSpotCheck(ctx, kept, superA))(t)
	must(db.SaveSpotCheck(ctx, by(out[0].Call.ID, telephony.Outbound), superA))(t) // the struck one holds it no more
}

// What was tagged as a spot check waits until somebody says who checked and how it went.
func TestTaggedCallsWaitForTheRegister(t *testing.T) {
	db := open(t)
	a, b := ended(t, db, 0, telephony.AnsweredInTime), ended(t, db, 1, telephony.AnsweredLate)
	ended(t, db, 2, telephony.AnsweredInTime)
	for _, id := range []string{a.ID, b.ID} {
		must(db.SetTag(ctx, id, telephony.TagSpotCheck, true, officer))(t)
	}
	waiting := func() (ids []string) {
		for _, c := range must(db.UnregisteredSpotChecks(ctx, noon.Add(-time.Hour), 10))(t) {
			ids = append(ids, c.ID)
		}
		return ids
	}
	if got := waiting(); !slices.Equal(got, []string{b.ID, a.ID}) {
		t.Errorf("%v", got)
	}
	s := must(db.SaveSpotCheck(ctx, spotCheck(func(s *dutylog.SpotCheck) { s.CallID = a.ID }), officer))(t)
	if got := waiting(); !slices.Equal(got, []string{b.ID}) {
		t.Errorf("%v", got)
	}
	s.Change, s.Struck = "登记错了", true
	must(db.SaveSpotCheck(ctx, s, officer))(t)
	if got := waiting(); !slices.Equal(got, []string{b.ID, a.ID}) {
		t.Errorf("after it was struck out: %v", got)
	}
	if got := must(db.UnregisteredSpotChecks(ctx, noon.Add(30*time.Second), 10))(t); len(got) != 1 {
		t.Errorf("since a later moment: %d", len(got))
	}
	if plan := must(db.PlanOf(`SELECT c.id FROM calls c WHERE c.tags LIKE '%"spot_check"%' AND c.offered_at >= 1 ORDER BY c.offered_at DESC, c.id DESC`))(t); !strings.Contains(plan, "calls_spot_checks") {
		t.Error(plan)
	}
}

func TestTheRegisterIsPagedAndAskedByTime(t *testing.T) {
	db := open(t)
	for n := range 5 {
		must(db.SaveSpotCheck(ctx, spotCheck(func(s *dutylog.SpotCheck) {
			s.Day = noon.Add(-time.Duration(n) * time.Hour)
			if n%2 == 1 {
				s.Direction = telephony.Outbound
			}
		}), superA))(t)
	}
	var got []int64
	for q := (dutylog.SpotCheckQuery{Limit: 2}); ; {
		items, next, err := db.SpotChecks(ctx, q)
		ok(t, err)
		for _, s := range items {
			got = append(got, s.ID)
		}
		if q.Cursor = next; next == "" {
			break
		}
	}
	if !slices.Equal(got, []int64{1, 2, 3, 4, 5}) {
		t.Errorf("%v", got)
	}
	if items, _, err := db.SpotChecks(ctx, dutylog.SpotCheckQuery{Direction: telephony.Outbound}); err != nil || len(items) != 2 {
		t.Errorf("%d, %v", len(items), err)
	}
	if items, _, err := db.SpotChecks(ctx, dutylog.SpotCheckQuery{From: noon.Add(-3 * time.Hour), To: noon.Add(-time.Hour)}); err != nil || len(items) != 2 {
		t.Errorf("%d, %v", len(items), err)
	}
	for _, cursor := range []string{"rubbish", "cyAxIHg"} {
		if _, _, err := db.SpotChecks(ctx, dutylog.SpotCheckQuery{Cursor: cursor}); err == nil {
			t.Errorf("%s is taken", cursor)
		}
	}
	if _, err := db.SpotCheckVersions(ctx, 99); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

// A write whose commit is shared with one that fails is done again, as it was given: each of many that register one
// call at the same time is told that somebody did so already, and none that it corrects something.
func TestOfManyWhoRegisterACallAtOnceOneDoes(t *testing.T) {
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: newClock(noon).now})
	c := ended(t, db, 0, telephony.AnsweredInTime)
	said := make(chan error)
	const many = 24
	for range many {
		go func() {
			_, err := db.SaveSpotCheck(ctx, spotCheck(func(s *dutylog.SpotCheck) { s.CallID = c.ID }), officer)
			said <- err
		}()
	}
	kept := 0
	for range many {
		if err := <-said; err == nil {
			kept++
		} else if !errors.Is(err, dutylog.ErrExists) {
			t.Errorf("told: %v", err)
		}
	}
	if kept != 1 {
		t.Errorf("%d are in the register", kept)
	}
}
