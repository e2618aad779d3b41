package sqlite_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/telephony"
)

func TestRecordingsComeBackAsTheyWere(t *testing.T) {
	db := open(t)
	c := inbound(0, "1")
	ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
	first := must(db.Recording(ctx, c.ID))(t)
	if diff := cmp.Diff(recorder.ForCall(must(db.Call(ctx, c.ID))(t).Call, noon.Truncate(time.Microsecond)), first); diff != "" {
		t.Errorf("the first row (-planned +kept):\n%s", diff)
	}
	sealed := recorder.Recording{
		CallID: c.ID, Status: recorder.Sealed, Path: first.Path, Digest: "9f2c", Size: 1234, Duration: 19_987_654 * time.Microsecond,
		Talk: 20 * time.Second, CallerDB: -12.5, OfficerDB: -96, Findings: []telephony.Finding{telephony.SilentOfficerSide},
		SealedAt: noon.Add(time.Second), RemovedAt: noon.Add(2 * time.Second), Attempts: 3, NextTry: noon.Add(time.Hour),
	}
	begin := last(t, db)
	ok(t, db.SaveRecording(ctx, sealed))
	if diff := cmp.Diff(sealed, must(db.Recording(ctx, c.ID))(t)); diff != "" {
		t.Errorf("(-saved +kept):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"call " + c.ID}, topics(since(t, db, begin))); diff != "" {
		t.Errorf("feed (-want +got):\n%s", diff)
	}
	var shown struct{ Findings []string }
	ok(t, json.Unmarshal(must(json.Marshal(must(db.Call(ctx, c.ID))(t)))(t), &shown))
	if len(shown.Findings) != 1 || shown.Findings[0] != "silent_officer_side" {
		t.Errorf("the call shows %v", shown.Findings)
	}
}

func TestOnlyWhatIsShownIsTold(t *testing.T) {
	db := open(t)
	c := inbound(0, "1")
	ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
	r := must(db.Recording(ctx, c.ID))(t)
	begin := last(t, db)
	for range 5 { // tries in vain
		r.Attempts++
		r.NextTry = r.NextTry.Add(time.Second)
		ok(t, db.SaveRecording(ctx, r))
	}
	if got := topics(since(t, db, begin)); len(got) != 0 {
		t.Errorf("tries in vain are told: %q", got)
	}
	r.Status, r.Reason = recorder.Missing, "the switch has no recording of this call"
	ok(t, db.SaveRecording(ctx, r))
	if got := topics(since(t, db, begin)); len(got) != 1 {
		t.Errorf("told %q", got)
	}
	ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
	if got := must(db.Recording(ctx, c.ID))(t); got.Status != recorder.Missing {
		t.Errorf("saying the call's end again began the recording anew: %+v", got)
	}
}

func TestLevelsThatAreNoNumbers(t *testing.T) {
	db := open(t)
	c := inbound(0, "1")
	ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
	for _, level := range []float64{math.NaN(), math.Inf(-1), math.Inf(1)} {
		r := must(db.Recording(ctx, c.ID))(t)
		r.CallerDB = level
		ok(t, db.SaveRecording(ctx, r))
		if got := must(db.Recording(ctx, c.ID))(t); got.CallerDB != 0 {
			t.Errorf("%v came back as %v", level, got.CallerDB)
		}
	}
}

func TestWhichRecordingsAreDue(t *testing.T) {
	db := open(t)
	if next := must(db.NextRecording(ctx))(t); !next.IsZero() {
		t.Errorf("nothing waits, yet %v", next)
	}
	answered, missed := inbound(0, "1"), inbound(1, "2")
	ok(t, db.Record(ctx, story(missed, telephony.Missed)))
	ok(t, db.Record(ctx, story(answered, telephony.AnsweredInTime)))
	now := noon.Truncate(time.Microsecond)
	if next := must(db.NextRecording(ctx))(t); !next.Equal(now) {
		t.Errorf("next at %v, want %v", next, now)
	}
	due := func(at time.Time) (ids []string) {
		for _, r := range must(db.DueRecordings(ctx, at))(t) {
			ids = append(ids, r.CallID)
		}
		return ids
	}
	if diff := cmp.Diff([]string{answered.ID}, due(now)); diff != "" {
		t.Errorf("due at once (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{answered.ID, missed.ID}, due(now.Add(time.Minute))); diff != "" {
		t.Errorf("due within a minute (-want +got):\n%s", diff)
	}
	if got := due(now.Add(-time.Microsecond)); got != nil {
		t.Errorf("due too early: %q", got)
	}
	r := must(db.Recording(ctx, answered.ID))(t)
	r.NextTry = time.Time{}
	ok(t, db.SaveRecording(ctx, r))
	if diff := cmp.Diff([]string{missed.ID}, due(now.Add(time.Minute))); diff != "" {
		t.Errorf("one is done (-want +got):\n%s", diff)
	}
}

func TestRecordingsOfNoCall(t *testing.T) {
	db := open(t)
	if _, err := db.Recording(ctx, "17.5"); !errors.Is(err, recorder.ErrNoRecording) || !strings.Contains(err.Error(), "17.5") {
		t.Errorf("%v", err)
	}
	if err := db.SaveRecording(ctx, recorder.Recording{CallID: "17.5", Status: recorder.Sealed}); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func TestRosterReplacesItsDaysOnly(t *testing.T) {
	db := openAt(t, t.TempDir()+"/log.db", sqlite.Options{Location: shanghai})
	shift := func(day, from, to int, name string) dutylog.Shift {
		return dutylog.Shift{From: time.Date(2026, 11, day, from, 0, 0, 0, shanghai).UTC(), To: time.Date(2026, 11, day, to, 0, 0, 0, shanghai).UTC(),
			Post: dutylog.PostOfficer, Name: name, Phone: "1"}
	}
	old := []dutylog.Shift{shift(22, 20, 32, "old 22"), shift(23, 8, 20, "old 23"), shift(24, 8, 20, "old 24")}
	ok(t, db.ReplaceRoster(ctx, old))
	ok(t, db.ReplaceRoster(ctx, []dutylog.Shift{shift(23, 0, 4, "new 23 night"), shift(23, 9, 21, "new 23")}))
	want := []dutylog.Shift{old[0], shift(23, 0, 4, "new 23 night"), shift(23, 9, 21, "new 23"), old[2]}
	if diff := cmp.Diff(want, must(db.Shifts(ctx, time.Time{}, time.Time{}))(t)); diff != "" {
		t.Errorf("(-want +kept):\n%s", diff)
	}
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, shanghai) }
	if diff := cmp.Diff(want[2:3], must(db.Shifts(ctx, at(23, 8), at(23, 10)))(t)); diff != "" {
		t.Errorf("touching 8 to 10 o'clock (-want +kept):\n%s", diff)
	}
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{at(22, 19), ""}, {at(22, 20), "old 22"}, {at(23, 1), "new 23 night"}, {at(23, 5), "old 22"},
		{at(23, 8), ""}, {at(23, 9), "new 23"}, {at(23, 21), ""}, {at(24, 8), "old 24"},
	} {
		if got := must(db.OnDuty(ctx, c.at))(t)[dutylog.PostOfficer].Name; got != c.want {
			t.Errorf("on duty at %v: %q, want %q", c.at, got, c.want)
		}
	}
}

func account(login string, role dutylog.Role) dutylog.Account {
	return dutylog.Account{Login: login, Name: "某某", Role: role, PasswordHash: "hash of " + login, MustChange: true}
}

func TestAccounts(t *testing.T) {
	db := open(t)
	ok(t, db.AddAccount(ctx, account("Admin", dutylog.Admin)))
	ok(t, db.AddAccount(ctx, account("officer", dutylog.Officer)))
	if err := db.AddAccount(ctx, account("OFFICER", dutylog.Leader)); !errors.Is(err, dutylog.ErrExists) || !strings.Contains(err.Error(), "OFFICER") {
		t.Errorf("%v", err)
	}
	if err := db.AddAccount(ctx, account("x y", dutylog.Officer)); !errors.As(err, new(*dutylog.InvalidError)) {
		t.Errorf("%v", err)
	}
	a := must(db.Account(ctx, "Officer"))(t)
	want := account("officer", dutylog.Officer)
	want.CreatedAt = noon.Truncate(time.Microsecond)
	if diff := cmp.Diff(want, a); diff != "" {
		t.Errorf("(-added +kept):\n%s", diff)
	}
	ok(t, db.SetPassword(ctx, "officer", "another", false))
	if a := must(db.Account(ctx, "officer"))(t); a.PasswordHash != "another" || a.MustChange {
		t.Errorf("%+v", a)
	}
	if all := must(db.Accounts(ctx))(t); len(all) != 2 || all[0].Login != "Admin" {
		t.Errorf("%+v", all)
	}
	_, read := db.Account(ctx, "nobody")
	_, sessions := db.EndSessions(ctx, "nobody")
	for _, err := range []error{read, sessions, db.SetPassword(ctx, "nobody", "x", false), db.DisableAccount(ctx, "nobody"), db.EnableAccount(ctx, "nobody")} {
		if !errors.Is(err, dutylog.ErrNotFound) || !strings.Contains(err.Error(), "nobody") {
			t.Errorf("%v", err)
		}
	}
}

func TestTheLastAdministratorStays(t *testing.T) {
	db := open(t)
	for _, a := range []dutylog.Account{account("a", dutylog.Admin), account("b", dutylog.Admin), account("o", dutylog.Officer)} {
		ok(t, db.AddAccount(ctx, a))
	}
	ok(t, db.DisableAccount(ctx, "a"))
	ok(t, db.DisableAccount(ctx, "a")) // twice does no harm
	ok(t, db.DisableAccount(ctx, "o"))
	if err := db.DisableAccount(ctx, "B"); !errors.Is(err, dutylog.ErrLastAdmin) {
		t.Errorf("%v, want ErrLastAdmin", err)
	}
	if a := must(db.Account(ctx, "b"))(t); a.Disabled {
		t.Error("nobody can administer the log any more")
	}
	if a := must(db.Account(ctx, "o"))(t); !a.Disabled {
		t.Error("o is still enabled")
	}
	ok(t, db.EnableAccount(ctx, "A"))
	ok(t, db.EnableAccount(ctx, "a")) // twice does no harm
	if a := must(db.Account(ctx, "a"))(t); a.Disabled {
		t.Error("a is still disabled")
	}
	if a := must(db.Account(ctx, "o"))(t); !a.Disabled {
		t.Error("enabling a enabled o")
	}
	ok(t, db.DisableAccount(ctx, "b")) // with a enabled it is the last one no more
}

// session is what web keeps, as scs encodes it.
func session(t *testing.T, deadline time.Time, login string, more map[string]any) []byte {
	t.Helper()
	content := map[string]any{dutylog.SessionLogin: login}
	for k, v := range more {
		content[k] = v
	}
	return must(scs.GobCodec{}.Encode(deadline, content))(t)
}

func TestSessionsLastUntilTheyExpire(t *testing.T) {
	c := newClock(noon)
	db := openAt(t, t.TempDir()+"/log.db", sqlite.Options{Now: c.now})
	s := db.Sessions()
	if _, found, err := s.Find("token"); found || err != nil {
		t.Errorf("found %v, %v", found, err)
	}
	data := session(t, noon.Add(time.Hour), "officer", nil)
	ok(t, s.Commit("token", data, noon.Add(time.Hour)))
	got, found, err := s.Find("token")
	if string(got) != string(data) || !found || err != nil {
		t.Errorf("%q, %v, %v", got, found, err)
	}
	c.advance(time.Hour)
	if _, found, err := s.Find("token"); found || err != nil {
		t.Errorf("an expired session: found %v, %v", found, err)
	}
	ok(t, s.Commit("other", data, noon.Add(3*time.Hour)))
	ok(t, s.Delete("other"))
	ok(t, s.Delete("other"))
	if _, found, _ := s.Find("other"); found {
		t.Error("a deleted session is found")
	}
	// A store of sessions takes whatever web puts into it.
	ok(t, s.Commit("odd", []byte("not gob"), noon.Add(3*time.Hour)))
	ok(t, s.Commit("odd", []byte("not gob either"), noon.Add(3*time.Hour)))
	if got, _, _ := s.Find("odd"); string(got) != "not gob either" {
		t.Errorf("%q", got)
	}
}

func TestASessionThatOnlyGrowsOlderIsNotWrittenEachTime(t *testing.T) {
	db := open(t)
	s := db.Sessions()
	deadline := noon.Add(24 * time.Hour)
	find := func() string {
		got, _, err := s.Find("token")
		ok(t, err)
		return string(got)
	}
	first := session(t, deadline, "officer", nil)
	ok(t, s.Commit("token", first, noon.Add(time.Hour)))
	ok(t, s.Commit("token", session(t, deadline, "officer", nil), noon.Add(time.Hour+10*time.Second)))
	changed := session(t, deadline, "officer", map[string]any{"seen": int64(1)})
	ok(t, s.Commit("token", changed, noon.Add(time.Hour+20*time.Second)))
	if find() != string(changed) {
		t.Error("a session with new content was not written")
	}
	ok(t, s.Commit("token", changed, noon.Add(2*time.Hour)))
	ok(t, s.Commit("token", changed, noon.Add(time.Second))) // a shorter life counts at once
	db2 := openAt(t, db.Path(), sqlite.Options{Now: newClock(noon.Add(2 * time.Second)).now})
	if _, found, _ := db2.Sessions().Find("token"); found {
		t.Error("a session lives longer than it was told to")
	}
}

func TestDisablingEndsSessionsAtOnce(t *testing.T) {
	db := open(t)
	ok(t, db.AddAccount(ctx, account("Officer", dutylog.Officer)))
	ok(t, db.AddAccount(ctx, account("other", dutylog.Officer)))
	s := db.Sessions()
	begin := func() {
		for token, login := range map[string]string{"1": "Officer", "2": "Officer", "3": "other", "4": ""} {
			ok(t, s.CommitCtx(ctx, token, session(t, noon.Add(time.Hour), login, nil), noon.Add(time.Hour)))
		}
	}
	left := func() (tokens string) {
		for _, token := range []string{"1", "2", "3", "4"} {
			if _, found, err := s.FindCtx(ctx, token); err == nil && found {
				tokens += token
			}
		}
		return tokens
	}
	begin()
	if n := must(db.EndSessions(ctx, "officer"))(t); n != 2 || left() != "34" {
		t.Errorf("%d ended, %s left", n, left())
	}
	begin()
	ok(t, db.DisableAccount(ctx, "OFFICER"))
	if left() != "34" {
		t.Errorf("%s left", left())
	}
}

func TestAnAlertIsToldOnce(t *testing.T) {
	db := open(t)
	a := alerts.Alert{Key: "missed/1.0", Reason: alerts.ReasonMissed, Line: "duty", CallID: "1.0", At: noon,
		Evidence: []alerts.Evidence{{Kind: alerts.EvidenceCall, Ref: "1.0", At: noon.Truncate(time.Millisecond)}, {Kind: alerts.EvidenceEvent, Ref: "1.1", Text: "Dial BUSY"}}}
	ok(t, db.Raise(ctx, a))
	ok(t, db.Raise(ctx, a))
	a.At = noon.Add(time.Hour)
	ok(t, db.Raise(ctx, a))
	items := since(t, db, 0)
	if len(items) != 1 || items[0].Topic != dutylog.TopicAlert || items[0].Subject != a.Key || items[0].Line != "duty" {
		t.Fatalf("%+v", items)
	}
	for _, words := range []string{`"id":1,"key":"missed/1.0"`, `"reason":"missed"`, `"state":"open"`, `"opened_at":"2026-11-23T04:17:59.603Z"`} {
		if !strings.Contains(string(items[0].Body), words) {
			t.Errorf("body %s", items[0].Body)
		}
	}
	kept, _, err := db.Alerts(ctx, alerts.Query{})
	if diff := cmp.Diff(a.Evidence, kept[0].Evidence); diff != "" || err != nil {
		t.Errorf("what it rests on (-raised +kept):\n%s%v", diff, err)
	}
}

func TestAProblemIsRaisedAgainOnlyAfterItWasOver(t *testing.T) {
	db := open(t)
	down := func(at time.Duration) alerts.Alert {
		return alerts.Alert{Key: "phone_unreachable/duty", Reason: alerts.ReasonPhoneUnreachable, Line: "duty", At: noon.Add(at * time.Second)}
	}
	back := func(at time.Duration) alerts.Alert {
		return alerts.Alert{Line: "duty", At: noon.Add(at * time.Second),
			Ends: []string{"phone_unreachable/duty", "line_unknown/duty"}}
	}
	for i, step := range []struct {
		raise alerts.Alert
		told  bool
	}{
		{back(0), false}, // all was well
		{down(1), true}, {down(2), false},
		{back(3), true}, {back(4), false},
		{down(1), false}, // old news, said again
		{down(5), true},
		{back(3), false}, // old news cannot end what began later
		{back(6), true},
	} {
		begin := last(t, db)
		ok(t, db.Raise(ctx, step.raise))
		if told := last(t, db) > begin; told != step.told {
			t.Errorf("step %d, %s at %v: told %v, want %v", i, step.raise.Key, step.raise.At.Sub(noon), told, step.told)
		}
	}
}

// The life of an alert is in the log, step by step, and proved.
func TestTheLifeOfAnAlert(t *testing.T) {
	db := open(t)
	chen := dutylog.Actor{Login: "chen", Name: "陈", Role: dutylog.Leader}
	raise := func(reason alerts.Reason, key string, after time.Duration) {
		ok(t, db.Raise(ctx, alerts.Alert{Key: key, Rule: string(reason), Reason: reason, Certainty: alerts.Certain, Severity: alerts.Critical, Line: "duty", At: noon.Add(after)}))
	}
	raise(alerts.ReasonPhoneUnreachable, "phone_unreachable/duty", 0)
	raise(alerts.ReasonMissed, "missed/1.0", time.Second)
	raise(alerts.ReasonMissed, "missed/2.0", 2*time.Second)
	states := func(of ...alerts.State) (got []string) {
		for cursor := ""; ; {
			page, next, err := db.Alerts(ctx, alerts.Query{States: of, Limit: 2, Cursor: cursor})
			ok(t, err)
			for _, a := range page {
				got = append(got, a.Key+" "+string(a.State()))
			}
			if cursor = next; next == "" {
				return got
			}
		}
	}
	wants := func(want, got []string) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	wants([]string{"missed/2.0 open", "missed/1.0 open", "phone_unreachable/duty open"}, states())
	down, err := db.Acknowledge(ctx, 1, chen, "维修已到")
	ok(t, err)
	if down.State() != alerts.Acknowledged || down.AcknowledgedBy != chen || down.Note != "维修已到" {
		t.Errorf("%+v", down)
	}
	if again, err := db.Acknowledge(ctx, 1, dutylog.Actor{Login: "wang"}, "我来"); err != nil || again.AcknowledgedBy != chen {
		t.Errorf("a second time: %+v, %v", again, err)
	}
	if _, err := db.Acknowledge(ctx, 2, chen, ""); err != nil {
		t.Error(err)
	}
	if _, err := db.Acknowledge(ctx, 99, chen, ""); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("none of that number: %v", err)
	}
	raise(alerts.ReasonMissed, "missed/1.0", time.Minute) // the same news, later
	wants([]string{"missed/2.0 open"}, states(alerts.Open))
	wants([]string{"phone_unreachable/duty acknowledged"}, states(alerts.Acknowledged))
	ok(t, db.Raise(ctx, alerts.Alert{Line: "duty", At: noon.Add(time.Hour), Ends: []string{"phone_unreachable/duty"}}))
	raise(alerts.ReasonPhoneUnreachable, "phone_unreachable/duty", 2*time.Hour)
	wants([]string{"phone_unreachable/duty open", "missed/2.0 open"}, states(alerts.Open))
	wants([]string{"missed/1.0 resolved", "phone_unreachable/duty resolved"}, states(alerts.Resolved))
	if n, err := db.OpenAlerts(ctx); err != nil || n != 2 {
		t.Errorf("%d open, %v", n, err)
	}
	var told []string
	for _, item := range since(t, db, 0) {
		var a struct{ Key, State string }
		ok(t, json.Unmarshal(item.Body, &a))
		told = append(told, a.Key+" "+a.State)
	}
	wants([]string{"phone_unreachable/duty open", "missed/1.0 open", "missed/2.0 open", "phone_unreachable/duty acknowledged", "missed/1.0 resolved",
		"phone_unreachable/duty resolved", "phone_unreachable/duty open"}, told)
	if _, _, err := db.Alerts(ctx, alerts.Query{Cursor: "x"}); err == nil {
		t.Error("a cursor of nothing was taken")
	}
}

// What is to be told outside waits in the log as soon as the alert is there; what was over
// before anybody could be told is told to nobody.
func TestTheOutboxFollowsTheAlerts(t *testing.T) {
	db := must(sqlite.Open(ctx, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Plan: alerts.Plan{Routes: []alerts.Route{{Channel: "all", Least: alerts.Info}, {Channel: "worst", Least: alerts.Critical}}}}))(t)
	defer db.Close()
	raise := func(reason alerts.Reason, severity alerts.Severity, key string) {
		ok(t, db.Raise(ctx, alerts.Alert{Key: key, Rule: string(reason), Reason: reason, Certainty: alerts.Certain, Severity: severity, Line: "duty", At: noon}))
	}
	end := func(key string) {
		ok(t, db.Raise(ctx, alerts.Alert{Line: "duty", At: noon.Add(time.Minute), Ends: []string{key}}))
	}
	next := func(channel string) alerts.Delivery {
		t.Helper()
		d, waits, err := db.NextDelivery(ctx, channel)
		if ok(t, err); !waits {
			t.Fatalf("nothing waits for %s", channel)
		}
		return d
	}
	raise(alerts.ReasonRing3, alerts.Warning, "ring_3/1.0")
	raise(alerts.ReasonPhoneUnreachable, alerts.Critical, "phone_unreachable/duty")
	end("ring_3/1.0")
	d := next("all")
	if d.Alert.Key != "phone_unreachable/duty" || d.Over || d.Attempts != 0 {
		t.Errorf("what was over before it was told comes first: %+v", d)
	}
	ok(t, db.SaveDelivery(ctx, d.Tried(false, errors.New("away"), noon)))
	end("phone_unreachable/duty")
	if again := next("all"); again.Over || again.Attempts != 1 || again.Error != "away" || !again.NextTry.After(noon) {
		t.Errorf("what was tried is tried on: %+v", again)
	}
	if s := must(db.ChannelState(ctx, "all"))(t); s.Waiting != 2 || !s.Since.Equal(noon) || !s.Delivered.IsZero() || s.Error != "away" || !s.Test.At.IsZero() {
		t.Errorf("a channel whose receiver is away: %+v", s)
	}
	ok(t, db.SaveDelivery(ctx, next("all").Tried(false, nil, noon)))
	if over := next("all"); !over.Over || over.Alert.State() != alerts.Resolved {
		t.Errorf("then that it is over: %+v", over)
	}
	var states []string
	for _, d := range must(db.Deliveries(ctx, 2))(t) {
		states = append(states, fmt.Sprintf("%s %s %v", d.Channel, d.State, d.Over))
	}
	if diff := cmp.Diff([]string{"all delivered false", "worst needless false", "all waiting true"}, states); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, waits, err := db.NextDelivery(ctx, "worst"); waits || err != nil {
		t.Errorf("something waits for who was told nothing: %v", err)
	}
	if s := must(db.ChannelState(ctx, "all"))(t); s.Waiting != 1 || !s.Delivered.Equal(noon) || s.Error != "" {
		t.Errorf("a channel whose receiver is back: %+v", s)
	}
	if s := must(db.ChannelState(ctx, "worst"))(t); s != (alerts.ChannelState{}) {
		t.Errorf("a channel that sent nothing: %+v", s)
	}
}

// A delivery knows whose call it is about.
func TestADeliveryNamesCallAndEntry(t *testing.T) {
	db := must(sqlite.Open(ctx, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Location: shanghai, Plan: alerts.Plan{Routes: []alerts.Route{{Channel: "all", Least: alerts.Info}}}}))(t)
	defer db.Close()
	call := inbound(0, "13800001111")
	ok(t, db.Record(ctx, story(call, telephony.Missed)))
	ok(t, db.Raise(ctx, alerts.Alert{Key: "missed/" + call.ID, Rule: "missed", Reason: alerts.ReasonMissed, Certainty: alerts.Certain, Severity: alerts.Critical, Line: "duty", CallID: call.ID, At: noon}))
	d, _, err := db.NextDelivery(ctx, "all")
	if ok(t, err); d.Caller != "13800001111" || d.EntryNumber == "" {
		t.Errorf("%+v", d)
	}
}

func TestAlertsOfARealStory(t *testing.T) {
	db := open(t)
	changes := story(inbound(0, "1"), telephony.Missed)
	for range 2 {
		ok(t, db.Record(ctx, changes))
		for _, ch := range changes {
			for _, a := range (alerts.Rules{}).From(ch) {
				ok(t, db.Raise(ctx, a))
			}
		}
	}
	var told []string
	for _, item := range since(t, db, 0) {
		if item.Topic == dutylog.TopicAlert {
			told = append(told, item.Subject)
		}
	}
	if diff := cmp.Diff([]string{"missed/" + inbound(0, "1").ID}, told); diff != "" {
		t.Errorf("(-want +told):\n%s", diff)
	}
}
