package sqlite_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

var (
	lina  = dutylog.Actor{Login: "lina", Name: "李娜", Role: dutylog.Officer}
	wangq = dutylog.Actor{Login: "wangq", Name: "王强", Role: dutylog.Officer}
	chen  = dutylog.Actor{Login: "chen", Name: "陈建国", Role: dutylog.Chief}
)

// handed is a handover as the page asks for it.
func handed(from, to dutylog.Actor, remarks string) dutylog.Handover {
	h := dutylog.Handover{From: noon.Add(-8 * time.Hour), Outgoing: from, Incoming: to}
	h.Text, h.Digest = dutylog.Sheet{Outgoing: from.Name, Remarks: remarks}.Freeze()
	return h
}

func TestAHandoverIsKeptWithBothWords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	at := newClock(noon)
	db := must(sqlite.Open(ctx, path, sqlite.Options{Now: at.now}))(t)
	if h := must(db.LastHandover(ctx, time.Time{}))(t); h != nil {
		t.Errorf("before the first: %+v", h)
	}
	first := must(db.AddHandover(ctx, handed(dutylog.Actor{}, officer, ""), 0))(t)
	if _, said := first.Confirmed(dutylog.PartOutgoing); said || len(first.Confirmations) != 1 || first.ID != 1 || !first.At.Equal(at.now().Truncate(time.Microsecond)) {
		t.Errorf("%+v", first)
	}
	at.advance(12 * time.Hour)
	second := must(db.AddHandover(ctx, handed(officer, lina, "市局来电待复"), first.ID))(t)
	for _, part := range []dutylog.Part{dutylog.PartOutgoing, dutylog.PartIncoming} {
		if c, said := second.Confirmed(part); !said || c.Digest != second.Digest || !c.At.Equal(second.At) {
			t.Errorf("%s: %+v", part, c)
		}
	}
	at.advance(time.Hour)
	second = must(db.ConfirmHandover(ctx, second.ID, dutylog.Confirmation{Part: dutylog.PartChief, By: chen, Digest: second.Digest}))(t)
	if c, _ := second.Confirmed(dutylog.PartChief); c.By != chen || !c.At.After(second.At) {
		t.Errorf("%+v", c)
	}
	sheet, err := dutylog.Thaw(second.Text, second.Digest)
	if err != nil || sheet.Remarks != "市局来电待复" {
		t.Errorf("%+v %v", sheet, err)
	}
	if diff := cmp.Diff(second, must(db.Handover(ctx, 2))(t)); diff != "" {
		t.Error(diff)
	}
	for _, statement := range []string{"DELETE FROM handovers", "UPDATE handovers SET incoming_name = 'x'", "DELETE FROM handover_confirmations", "UPDATE handover_confirmations SET part = 'leader'"} {
		if err := db.ExecOnWriter(statement); err == nil {
			t.Errorf("%s works", statement)
		}
	}
	ok(t, db.Close())
	if r := intact(t, path); r.Of("handover").Intact != 2 || r.Of("confirmed").Intact != 4 {
		t.Errorf("%+v %+v", r.Of("handover"), r.Of("confirmed"))
	}
	for what, statement := range map[string]string{"handover 2": "UPDATE handovers SET body = replace(body, '待复', '已复') WHERE id = 2", "confirmed 4": "UPDATE handover_confirmations SET by_name = '别人' WHERE id = 4"} {
		outside(t, path, statement)
		if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Altered || !strings.Contains(findings(r), what) {
			t.Errorf("%s is not found: %s", statement, findings(r))
		}
	}
}

// What is refused leaves nothing behind.
func TestHandoversThatAreRefused(t *testing.T) {
	db := open(t)
	first := must(db.AddHandover(ctx, handed(dutylog.Actor{}, officer, ""), 0))(t)
	changed := handed(officer, lina, "")
	changed.Text = strings.Replace(changed.Text, "张伟", "王强", 1)
	for name, c := range map[string]struct {
		do   func() error
		want error
	}{
		"a second first one":             {func() error { _, err := db.AddHandover(ctx, handed(dutylog.Actor{}, lina, ""), 0); return err }, dutylog.Overtaken},
		"after one that is not the last": {func() error { _, err := db.AddHandover(ctx, handed(officer, lina, ""), 9); return err }, dutylog.Overtaken},
		"a text with another digest":     {func() error { _, err := db.AddHandover(ctx, changed, first.ID); return err }, nil},
		"another sheet confirmed": {func() error {
			_, err := db.ConfirmHandover(ctx, first.ID, dutylog.Confirmation{Part: dutylog.PartChief, By: chen, Digest: "0"})
			return err
		}, dutylog.SheetChanged},
		"the same part twice": {func() error {
			_, err := db.ConfirmHandover(ctx, first.ID, dutylog.Confirmation{Part: dutylog.PartIncoming, By: lina, Digest: first.Digest})
			return err
		}, dutylog.AlreadySaid},
		"one that is not there": {func() error {
			_, err := db.ConfirmHandover(ctx, 7, dutylog.Confirmation{Part: dutylog.PartChief, By: chen, Digest: first.Digest})
			return err
		}, dutylog.ErrNotFound},
	} {
		before := must(db.Evidence(ctx))(t).Records
		if err := c.do(); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if after := must(db.Evidence(ctx))(t).Records; after != before {
			t.Errorf("%s: %d records more", name, after-before)
		}
	}
	if h := must(db.LastHandover(ctx, time.Time{}))(t); h.Incoming != officer {
		t.Errorf("%+v", h)
	}
}

// Of many who take over at the same time one does.
func TestOnlyOneTakesOver(t *testing.T) {
	db := open(t)
	first := must(db.AddHandover(ctx, handed(dutylog.Actor{}, officer, ""), 0))(t)
	var wg sync.WaitGroup
	errs := make([]error, 16)
	for i := range errs {
		wg.Go(func() {
			_, errs[i] = db.AddHandover(ctx, handed(officer, dutylog.Actor{Login: fmt.Sprint(i), Name: fmt.Sprint(i), Role: dutylog.Officer}, ""), first.ID)
		})
	}
	wg.Wait()
	kept := 0
	for _, err := range errs {
		if err == nil {
			kept++
		} else if !errors.Is(err, dutylog.Overtaken) {
			t.Error(err)
		}
	}
	if list, _, err := db.Handovers(ctx, 10, ""); kept != 1 || len(list) != 2 || err != nil {
		t.Errorf("%d took over, %d are kept, %v", kept, len(list), err)
	}
}

func TestHandoversArePaged(t *testing.T) {
	db := open(t)
	names := []dutylog.Actor{officer, lina, wangq, officer, lina}
	for i, who := range names {
		from := dutylog.Actor{}
		if i > 0 {
			from = names[i-1]
		}
		must(db.AddHandover(ctx, handed(from, who, "x"), int64(i)))(t)
	}
	for _, limit := range []int{1, 2, 5, 50} {
		var got []string
		cursor := ""
		for {
			list, next, err := db.Handovers(ctx, limit, cursor)
			ok(t, err)
			for _, h := range list {
				got = append(got, h.Incoming.Name)
				if h.Text != "" || len(h.Confirmations) == 0 {
					t.Errorf("%+v", h)
				}
			}
			if cursor = next; cursor == "" {
				break
			}
		}
		if diff := cmp.Diff([]string{"李娜", "张伟", "王强", "李娜", "张伟"}, got); diff != "" {
			t.Errorf("pages of %d: %s", limit, diff)
		}
	}
	if _, _, err := db.Handovers(ctx, 5, "nonsense"); err == nil {
		t.Error("a cursor of another list works")
	}
}

// Responsible for a call is who had taken over last before it came, also when it is written later:
// a call of which the journal told afterwards belongs to the shift in which it rang.
func TestWhoIsResponsibleForAnEntry(t *testing.T) {
	at := newClock(noon.Add(-time.Hour))
	db := withPractice(t, openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: at.now}))
	responsible := func(n int) string {
		c := inbound(n, "02422730001")
		ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
		return must(db.Entry(ctx, "e-"+c.ID))(t).Responsible
	}
	rostered := must(db.OnDuty(ctx, noon))(t)[dutylog.PostOfficer].Name
	if got := responsible(0); got != rostered || got == "" {
		t.Errorf("before the first handover: %q, the roster says %q", got, rostered)
	}
	at.advance(time.Hour + 90*time.Second)
	must(db.AddHandover(ctx, handed(dutylog.Actor{}, wangq, ""), 0))(t)
	at.advance(10 * time.Minute)
	must(db.AddHandover(ctx, handed(wangq, lina, ""), 1))(t)
	for n, want := range map[int]string{1: rostered, 2: "王强", 11: "王强", 12: "李娜"} {
		if got := responsible(n); got != want {
			t.Errorf("minute %d: %q, want %q", n, got, want)
		}
	}
	if e := must(db.Entry(ctx, "e-"+inbound(12, "").ID))(t); e.Rostered != rostered {
		t.Errorf("the roster's word is kept beside: %q", e.Rostered)
	}
	// Our clock is set back by an hour: who takes over now is responsible now.
	at.advance(-time.Hour)
	must(db.AddHandover(ctx, handed(lina, officer, ""), 2))(t)
	if h := must(db.LastHandover(ctx, time.Time{}))(t); h.Incoming != officer {
		t.Errorf("after the clock was set back: %+v", h)
	}
}

// Who took over last is responsible for what came without a call, too; for what is written afterwards it is who had
// taken over when it came, also where that time is corrected.
func TestWhoIsResponsibleForWhatCameWithoutACall(t *testing.T) {
	at := newClock(noon.Add(-30 * time.Minute))
	db := withPractice(t, openSince(t, noon.Add(-time.Hour), filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: at.now}))
	must(db.AddHandover(ctx, handed(dutylog.Actor{}, wangq, ""), 0))(t)
	at.advance(30 * time.Minute)
	must(db.AddHandover(ctx, handed(wangq, lina, ""), 1))(t)
	at.advance(time.Minute)
	rostered := must(db.OnDuty(ctx, noon))(t)[dutylog.PostOfficer].Name
	for n, kind := range dutylog.Written() {
		e := must(db.Write(ctx, dutylog.Draft{Key: fmt.Sprintf("written-%d", n), Line: "duty", Kind: kind}, lina, at.now()))(t)
		if e.Responsible != lina.Name || e.Rostered != rostered || rostered == lina.Name {
			t.Errorf("%s: responsible %q, rostered %q", kind, e.Responsible, e.Rostered)
		}
	}
	d := dutylog.Draft{Key: "written-late", Line: "duty", Kind: dutylog.KindDuty, Values: values{"late_reason": "停机"}, Late: &dutylog.LateDraft{At: noon.Add(-10 * time.Minute)}}
	late := must(db.Write(ctx, d, lina, at.now()))(t)
	if late.Responsible != wangq.Name {
		t.Errorf("late: responsible %q", late.Responsible)
	}
	for _, c := range []struct {
		came time.Duration
		want string
	}{{0, lina.Name}, {-31 * time.Minute, rostered}, {-30 * time.Minute, wangq.Name}} {
		p := dutylog.EntryPatch{Revision: late.Revision, Late: &dutylog.LateChange{At: noon.Add(c.came)}}
		if late = must(db.Amend(ctx, late.ID, p, lina, at.now()))(t); late.Responsible != c.want || late.Rostered != rostered {
			t.Errorf("corrected to %v: responsible %q, rostered %q, want %q", c.came, late.Responsible, late.Rostered, c.want)
		}
	}
}

// What a sheet shows is what is open, and what the shift had: test calls are no part of it.
func TestWhatASheetIsMadeFrom(t *testing.T) {
	at := newClock(noon)
	db := withPractice(t, openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: at.now}))
	said := []telephony.Outcome{telephony.AnsweredInTime, telephony.AnsweredLate, telephony.Missed, telephony.Missed, telephony.AbandonedEarly}
	for n, o := range said {
		ok(t, db.Record(ctx, story(inbound(n, "02422730001"), o)))
		at.advance(time.Minute)
	}
	test := inbound(20, "02422739119")
	test.Tags = []telephony.Tag{telephony.TagTest}
	ok(t, db.Record(ctx, story(test, telephony.Missed)))
	all := must(db.CountShift(ctx, noon.Add(-time.Hour), noon.Add(time.Hour)))(t)
	if diff := cmp.Diff(dutylog.Counts{Calls: 5, Missed: 2, Late: 1, Entries: 5}, all); diff != "" {
		t.Error(diff)
	}
	part := must(db.CountShift(ctx, noon.Add(time.Minute), noon.Add(3*time.Minute)))(t)
	if diff := cmp.Diff(dutylog.Counts{Calls: 2, Missed: 1, Late: 1, Entries: 2}, part); diff != "" {
		t.Errorf("from one call up to another: %s", diff)
	}
	if none := must(db.CountShift(ctx, noon.Add(-2*time.Hour), noon.Add(-time.Hour)))(t); none != (dutylog.Counts{}) {
		t.Errorf("%+v", none)
	}
	listed := matters(t, db, 3)
	if len(listed) != 3 || listed[0].EntryNumber != "2026-000005" || listed[0].Kind != dutylog.KindMissed || listed[2].Kind != dutylog.KindMissed {
		t.Errorf("the newest three: %+v", listed)
	}
}

// An entry is counted by the shift in which it was opened: what came in the shift before and is written only now 补录 is
// not on the sheet of that one, which was signed. A clock that was ahead for a while takes none away.
func TestEntriesAreCountedByTheShiftThatOpenedThem(t *testing.T) {
	at := newClock(noon.Add(-3 * time.Hour))
	db := withPractice(t, openSince(t, noon.Add(-4*time.Hour), filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: at.now}))
	written := func(key string, came time.Duration) {
		d := dutylog.Draft{Key: "counted-" + key, Line: "duty", Kind: dutylog.KindDuty, Values: values{"late_reason": "停机"}, Late: &dutylog.LateDraft{At: noon.Add(came)}}
		must(db.Write(ctx, d, officer, at.now()))(t)
	}
	counted := func(from, to time.Duration, want int) {
		t.Helper()
		if got := must(db.CountShift(ctx, noon.Add(from), noon.Add(to)))(t).Entries; got != want {
			t.Errorf("from %v to %v %d entries were opened, want %d", from, to, got, want)
		}
	}
	written("before", -200*time.Minute)
	at.advance(3 * time.Hour)
	written("now-1", -2*time.Hour)
	at.advance(20 * time.Hour)
	written("ahead", 0)
	at.advance(-20 * time.Hour)
	written("now-2", -10*time.Minute)
	must(db.Write(ctx, dutylog.Draft{Key: "counted-fax", Line: "duty", Kind: dutylog.KindFax}, officer, at.now()))(t)
	counted(-4*time.Hour, 0, 1)
	counted(0, time.Hour, 3)
	counted(time.Hour, 20*time.Hour, 0)
	counted(19*time.Hour, 21*time.Hour, 1)
	at.advance(30 * time.Hour)
	written("next-day", -time.Hour)
	counted(29*time.Hour, 31*time.Hour, 1)
	counted(-4*time.Hour, 31*time.Hour, 6)
}

// A caller who called three times is one caller who waits, whoever hides their number is another one each time, and a
// call that nobody answered has the word of the figures on its line.
func TestCallersWhoWaitAreCountedOnce(t *testing.T) {
	db := withPractice(t, open(t))
	for n, o := range []telephony.Outcome{telephony.Missed, telephony.AbandonedEarly, telephony.Missed} {
		ok(t, db.Record(ctx, story(inbound(n, "02422730001"), o)))
	}
	ok(t, db.Record(ctx, story(inbound(3, "anonymous"), telephony.Missed)))
	ok(t, db.Record(ctx, story(inbound(4, "anonymous"), telephony.Engaged)))
	open := must(db.OpenMatters(ctx, 100))(t)
	if open.Callers != 3 || len(open.CallBack) != 5 {
		t.Errorf("%d callers wait after %d calls", open.Callers, len(open.CallBack))
	}
	var said []telephony.Outcome
	for _, m := range open.Matters(func(e dutylog.Entry) dutylog.Entry { return e }) {
		said = append(said, m.Outcome)
	}
	if diff := cmp.Diff([]telephony.Outcome{telephony.Engaged, telephony.Missed, telephony.Missed, telephony.AbandonedEarly, telephony.Missed}, said); diff != "" {
		t.Error(diff)
	}
}

// matters is what is open, as a sheet of so many lines shows it to somebody who sees all.
func matters(t *testing.T, db *sqlite.DB, limit int) []dutylog.Matter {
	t.Helper()
	return must(db.OpenMatters(ctx, limit))(t).Matters(func(e dutylog.Entry) dutylog.Entry { return e })
}

// What is urgent is on the sheet, however much is open and whenever it came; what is not on it is counted.
func TestTheMostUrgentMattersAreOnTheSheet(t *testing.T) {
	db := open(t)
	for n := range 6 {
		c := inbound(n, "02422730001")
		ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
		urgency := map[int]string{0: "紧急", 1: "特急", 2: "一般", 4: "紧急"}[n]
		if urgency == "" {
			continue
		}
		e := must(db.Entry(ctx, "e-"+c.ID))(t)
		must(db.Amend(ctx, e.ID, dutylog.EntryPatch{Revision: e.Revision, Values: values{dutylog.Urgency: urgency}}, officer, noon.Add(time.Hour)))(t)
	}
	for limit, want := range map[int]string{2: "2026-000002特急 2026-000005紧急 ", 4: "2026-000002特急 2026-000005紧急 2026-000001紧急 2026-000006 ",
		9: "2026-000002特急 2026-000005紧急 2026-000001紧急 2026-000006 2026-000004 2026-000003 "} {
		got := ""
		for _, m := range matters(t, db, limit) {
			got += m.EntryNumber + m.Urgency + " "
		}
		if got != want {
			t.Errorf("%d lines: %s, want %s", limit, got, want)
		}
		if o := must(db.OpenMatters(ctx, limit))(t); o.Total != 6 || len(o.Entries) != min(limit, 6) {
			t.Errorf("%d lines of %d", len(o.Entries), o.Total)
		}
	}
}

// What is written down whole and still handled is the matter of the next shift, until it is closed.
func TestWhatIsStillHandledIsOnTheSheet(t *testing.T) {
	db := open(t)
	c := inbound(0, "02422730001")
	ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
	id := "e-" + c.ID
	e := must(db.Entry(ctx, id))(t)
	complete := dutylog.Complete
	p := dutylog.EntryPatch{Revision: e.Revision, State: &complete, Values: values{
		dutylog.CallerUnit: "沈河区应急局", dutylog.CallerPerson: "王立新", dutylog.CallerTitle: "值班员", dutylog.Content: "居民楼起火", dutylog.ReadBack: "done"}}
	must(db.Amend(ctx, id, p, officer, noon))(t)
	seen := func() (list []string) {
		for _, m := range matters(t, db, 9) {
			list = append(list, fmt.Sprint(m.EntryNumber, " ", m.Handling, " ", m.What, " ", len(m.Missing)))
		}
		return list
	}
	if got := seen(); len(got) != 0 {
		t.Errorf("a complete entry of which nothing is handled: %v", got)
	}
	must(db.AddStep(ctx, id, report("市应急局"), officer, noon.Add(time.Second)))(t)
	if diff := cmp.Diff([]string{"2026-000001 reported 居民楼起火 0"}, seen()); diff != "" {
		t.Error(diff)
	}
	must(db.AddStep(ctx, id, dutylog.StepDraft{Kind: dutylog.StepClosed, At: noon}, officer, noon.Add(2*time.Second)))(t)
	if got := seen(); len(got) != 0 {
		t.Errorf("closed, and still on the sheet: %v", got)
	}
}
