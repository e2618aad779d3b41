package sqlite_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
)

// transferredOf raises an alert of a call and gives its number.
func transferredOf(t *testing.T, db *sqlite.DB, key, callID string) int64 {
	t.Helper()
	ok(t, db.Raise(ctx, alerts.Alert{Key: key, Rule: "transferred", Reason: "transferred", Certainty: alerts.Certain, Severity: alerts.Critical, Line: "duty", CallID: callID, At: noon}))
	list, _, err := db.Alerts(ctx, alerts.Query{})
	ok(t, err)
	for _, a := range list {
		if a.Key == key {
			return a.ID
		}
	}
	t.Fatalf("no alert %s", key)
	return 0
}

func alertAt(t *testing.T, db *sqlite.DB, id int64) alerts.Alert {
	t.Helper()
	list, _, err := db.Alerts(ctx, alerts.Query{})
	ok(t, err)
	for _, a := range list {
		if a.ID == id {
			return a
		}
	}
	t.Fatalf("no alert %d", id)
	return alerts.Alert{}
}

// What people said when they took an alert on or muted it goes with the words of the entry: from the alert, from
// its steps and from what pages were told, of the entry's call and of others; and the evidence stays whole.
func TestAnErasureReachesWhatWasSaidOfAlerts(t *testing.T) {
	const x = dutylog.RemarksErased
	for name, c := range map[string]struct {
		fields []dutylog.Field
		note   string // of the alert of the call, and why another one was muted
		mute   string
	}{
		"what was written": {[]dutylog.Field{dutylog.Content, dutylog.CallerUnit, dutylog.CallerPerson}, "当时在记" + x, "因" + x + "，<暂不提醒>"},
		"everything":       {nil, x, x},
	} {
		t.Run(name, func(t *testing.T) {
			folder, now := t.TempDir(), newClock(noon)
			path := filepath.Join(folder, "log.db")
			db := openAt(t, path, sqlite.Options{Now: now.now})
			call, e := told(t, db, 0)
			other, _ := told(t, db, 9)
			own, quiet, free, rule := transferredOf(t, db, "a/1", call.ID), transferredOf(t, db, "b/1", call.ID), transferredOf(t, db, "c/1", call.ID), transferredOf(t, db, "d/1", other.ID)
			must(db.Acknowledge(ctx, own, prosecutor, "当时在记"+secret))(t)
			must(db.Mute(ctx, quiet, alerts.Mute{Until: noon.Add(5 * time.Hour), Rule: true, Reason: "因" + secret + "，<暂不提醒>", By: prosecutor}))(t)
			must(db.Unmute(ctx, quiet, prosecutor))(t) // the steps and the feed have it still
			must(db.Mute(ctx, free, alerts.Mute{Until: noon.Add(5 * time.Hour), Reason: "因" + secret + "，<暂不提醒>", By: prosecutor}))(t)
			must(db.Acknowledge(ctx, rule, prosecutor, "他说"+secret))(t)
			if len(found(t, folder, "因绝密行动")) == 0 {
				t.Fatal("the words are nowhere: this test would prove nothing")
			}
			decision := must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: e.ID, Fields: c.fields, Reason: "误录涉密内容", By: prosecutor}))(t)
			if got := alertAt(t, db, own); got.Note != c.note || got.AcknowledgedBy != prosecutor || got.CallID != call.ID {
				t.Errorf("%+v", got)
			}
			if got := alertAt(t, db, free); got.Muted.Reason != c.mute || got.Muted.By != prosecutor || !got.Muted.Until.Equal(noon.Add(5*time.Hour)) {
				t.Errorf("%+v", got.Muted)
			}
			if got := alertAt(t, db, rule); got.Note != "他说"+x {
				t.Errorf("of another call: %q", got.Note)
			}
			must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: "e-" + other.ID, Fields: c.fields, Reason: "误录", By: prosecutor}))(t)
			ok(t, db.Compact(ctx))
			if where := found(t, folder, "绝密行动", "今夜子时"); len(where) > 0 {
				t.Errorf("erased words are still in\n%s", strings.Join(where, "\n"))
			}
			must(db.Checkpoint(ctx, newKey(t), false))(t)
			ok(t, db.Close())
			erased := 0
			v := verify(t, path, sqlite.VerifyOptions{Each: func(f audit.Finding) {
				if strings.HasPrefix(f.Object, "alert ") && f.Why == fmt.Sprintf("erased by decision %d", decision) {
					erased++
				}
			}})
			if v.Verdict() == audit.Altered || erased < 3 { // two that were muted, one of them by rule with another
				t.Errorf("%d %s\n%s", erased, v.Verdict(), findings(v))
			}
			outside(t, path, "UPDATE alert_steps SET erased_by = NULL")
			if v := verify(t, path, sqlite.VerifyOptions{}); v.Verdict() != audit.Altered {
				t.Errorf("a step that hides its decision is not found:\n%s", findings(v))
			}
		})
	}
}

// An alert may tell of several calls. Where an erased one of them went goes, also from a sheet of when it was the
// newest; where the others went stays, and the erased one is not told anew.
func TestAnErasureReachesAnEarlierCallOfAnAlert(t *testing.T) {
	folder := t.TempDir()
	db := openAt(t, filepath.Join(folder, "log.db"), sqlite.Options{Now: newClock(noon).now})
	redirected := func(n int, to string) alerts.Alert {
		c := inbound(n, "02422730001")
		ok(t, db.Record(ctx, story(c, "missed")))
		at := noon.Add(time.Duration(n) * time.Minute)
		a := alerts.Alert{Key: "phone_redirect/duty", Rule: "phone_redirect", Reason: alerts.ReasonPhoneRedirect, Certainty: alerts.Certain, Severity: alerts.Critical, Line: "duty", CallID: c.ID,
			Detail: to, Times: 1, LastAt: at, Evidence: []alerts.Evidence{{Kind: alerts.EvidenceCall, Ref: c.ID, Text: to}, {Kind: alerts.EvidenceSIP, Ref: fmt.Sprint("sip", n), Text: "Contact: " + to}}, At: at}
		ok(t, db.Raise(ctx, a))
		return a
	}
	first := redirected(0, "13912340001")
	s := dutylog.Sheet{Alerts: []dutylog.OpenAlert{{ID: 1, Reason: "phone_redirect", Title: "转接", Detail: "13912340001"}}}
	h := dutylog.Handover{From: noon, Incoming: officer}
	h.Text, h.Digest = s.Whole().Freeze()
	before := must(db.AddHandover(ctx, h, 0))(t)
	second := redirected(1, "13912340002")
	must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: "e-" + first.CallID, Reason: "个人信息", By: prosecutor}))(t)
	ok(t, db.Compact(ctx))
	if where := found(t, folder, "13912340001"); len(where) > 0 {
		t.Errorf("erased words are still in\n%s", strings.Join(where, "\n"))
	}
	got := alertAt(t, db, 1)
	if got.Detail != second.Detail || got.Times != 2 || len(got.Evidence) != 3 || got.Went(second.CallID) != second.Detail || !got.Tells(first.CallID) {
		t.Errorf("%+v", got)
	}
	if s := must(must(db.Handover(ctx, before.ID))(t).Sheet())(t); s.Alerts[0].Detail != "" || s.Alerts[0].Title != "转接" {
		t.Errorf("%+v", s.Alerts)
	}
	ok(t, db.Raise(ctx, first)) // said again, by the journal
	if again := alertAt(t, db, 1); again.Times != 2 || again.Went(first.CallID) != dutylog.RemarksErased {
		t.Errorf("%+v", again)
	}
	must(db.EraseNow(ctx, dutylog.ErasureOrder{EntryID: "e-" + second.CallID, Reason: "个人信息", By: prosecutor}))(t)
	ok(t, db.Compact(ctx))
	if where := found(t, folder, "13912340002"); len(where) > 0 {
		t.Errorf("erased words are still in\n%s", strings.Join(where, "\n"))
	}
}

// TestTheDoorOfAlertsIsOpenForOneDecisionOnly tries everything else that SQL could do to a step.
func TestTheDoorOfAlertsIsOpenForOneDecisionOnly(t *testing.T) {
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: newClock(noon).now})
	call, e := told(t, db, 0)
	other, _ := told(t, db, 9)
	own, of := transferredOf(t, db, "a/1", call.ID), transferredOf(t, db, "b/1", other.ID)
	for _, id := range []int64{own, of} {
		must(db.Mute(ctx, id, alerts.Mute{Until: noon.Add(5 * time.Hour), Reason: "因" + secret, By: prosecutor}))(t)
	}
	fresh := func(entry string) string {
		return "INSERT INTO erasures (at, by_login, by_name, by_role, subject, reason, records) VALUES (1, 'x', 'x', 'x', '" + entry + "', 'x', '[]');INSERT INTO erasing (entry_id, decision) VALUES ('" + entry + "', 1);"
	}
	const end, gone = "DELETE FROM erasing;", "detail = json_set(detail, '$.reason', '因〔已抹去〕')"
	set := func(change string, alert int64) string {
		return fmt.Sprintf("UPDATE alert_steps SET %s, erased_by = 1 WHERE alert = %d AND step = 'muted';", change, alert)
	}
	for name, script := range map[string]string{
		"without a decision":    set(gone, own),
		"no mark":               fresh(e.ID) + fmt.Sprintf("UPDATE alert_steps SET %s WHERE alert = %d AND step = 'muted';", gone, own) + end,
		"other words":           fresh(e.ID) + set("detail = json_set(detail, '$.reason', '平安')", own) + end,
		"until when":            fresh(e.ID) + set("detail = json_set(detail, '$.reason', '因〔已抹去〕', '$.until', 'x')", own) + end,
		"who muted it":          fresh(e.ID) + set(gone+", by_name = 'x'", own) + end,
		"when":                  fresh(e.ID) + set(gone+", at = 1", own) + end,
		"all of another call's": fresh(e.ID) + set("detail = json_set(detail, '$.reason', '〔已抹去〕')", of) + end,
		"another step":          fresh(e.ID) + fmt.Sprintf("UPDATE alert_steps SET detail = '〔已抹去〕', erased_by = 1 WHERE alert = %d AND step = 'open';", own) + end,
		"the door left open":    fresh(e.ID) + set(gone, own),
		"deleting it":           fresh(e.ID) + "DELETE FROM alert_steps;" + end,
	} {
		if err := db.ExecOnWriter("BEGIN;" + script + "COMMIT;"); err == nil {
			t.Errorf("%s: it works", name)
		}
		_ = db.ExecOnWriter("ROLLBACK")
	}
	if err := db.ExecOnWriter("BEGIN;" + fresh(e.ID) + set("detail = json_set(detail, '$.reason', '〔已抹去〕')", own) + set(gone, of) + end + "COMMIT;"); err != nil {
		t.Errorf("the one way in: %v", err)
	}
}
