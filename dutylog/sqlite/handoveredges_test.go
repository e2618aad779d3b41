package sqlite_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// Who had taken over by a moment: the very microsecond counts, the one before does not; after a clock
// that was set back the one that was written last counts, of those that had happened by then.
func TestWhoHadTakenOverByAMoment(t *testing.T) {
	at := newClock(noon.Truncate(time.Microsecond))
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: at.now})
	first := must(db.AddHandover(ctx, handed(dutylog.Actor{}, officer, ""), 0))(t)
	at.advance(12 * time.Hour)
	second := must(db.AddHandover(ctx, handed(officer, lina, ""), first.ID))(t)
	at.advance(-6 * time.Hour)
	third := must(db.AddHandover(ctx, handed(lina, wangq, ""), second.ID))(t)
	for name, c := range map[string]struct {
		at   time.Time
		want string
	}{
		"just before the first":        {first.At.Add(-time.Microsecond), ""},
		"with the first":               {first.At, "张伟"},
		"just before the third":        {third.At.Add(-time.Microsecond), "张伟"},
		"with the third":               {third.At, "王强"},
		"when the second took over":    {second.At, "王强"},
		"now":                          {time.Time{}, "王强"},
		"long after":                   {noon.AddDate(50, 0, 0), "王强"},
		"before there were telephones": {time.Date(1800, 1, 1, 0, 0, 0, 0, time.UTC), ""},
		"in another zone":              {third.At.In(shanghai), "王强"},
	} {
		got := ""
		if h := must(db.LastHandover(ctx, c.at))(t); h != nil {
			got = h.Incoming.Name
			if len(h.Confirmations) == 0 || h.Text == "" {
				t.Errorf("%s: without its words: %+v", name, h)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// A cursor that somebody made up is refused as such; it reads nothing else.
func TestMadeUpCursorsOfHandovers(t *testing.T) {
	db := open(t)
	for i, who := range []dutylog.Actor{officer, lina, wangq} {
		from := []dutylog.Actor{{}, officer, lina}[i]
		must(db.AddHandover(ctx, handed(from, who, ""), int64(i)))(t)
	}
	_, good, err := db.Handovers(ctx, 1, "")
	ok(t, err)
	made := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	for name, cursor := range map[string]string{"another list": made("e 3 "), "no number": made("h x "), "too large": made("h 99999999999999999999 "), "half of it": made("h 3"),
		"another alphabet": "h+/=", "a statement": made("h 1;DELETE "), "cut off": good[:len(good)-3], "very long": strings.Repeat("a", 10_000)} {
		var invalid *dutylog.InvalidError
		if list, next, err := db.Handovers(ctx, 1, cursor); !errors.As(err, &invalid) || len(list) != 0 || next != "" {
			t.Errorf("%s: %d, %q, %v", name, len(list), next, err)
		}
	}
	// What comes between two pages changes neither.
	must(db.AddHandover(ctx, handed(wangq, officer, ""), 3))(t)
	list, next, err := db.Handovers(ctx, 5, good)
	if err != nil || next != "" || len(list) != 2 || list[0].Incoming != lina || list[1].Incoming != officer {
		t.Errorf("%+v %q %v", list, next, err)
	}
	// Beyond the first one there is nothing, and no further page.
	if list, next, err := db.Handovers(ctx, 5, made("h 1 ")); err != nil || len(list) != 0 || next != "" {
		t.Errorf("%+v %q %v", list, next, err)
	}
	if list, next, err := db.Handovers(ctx, -7, ""); err != nil || len(list) != 4 || next != "" {
		t.Errorf("a page of less than nothing: %d %q %v", len(list), next, err)
	}
}

// What people write comes back as it was confirmed, byte by byte, whatever is in it.
func TestASheetComesBackByteByByte(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := must(sqlite.Open(ctx, path, sqlite.Options{Now: newClock(noon).now}))(t)
	texts := []string{"", "'; DROP TABLE handovers; --", `{"form":1}`, "<script>alert(1)</script> & <b>", "第一行\n第二行\t\"引号\"", "😀 ‮כתב‬", strings.Repeat("字", 20_000), "\u2028\u2029"}
	for i, remarks := range texts {
		from := officer
		if i == 0 {
			from = dutylog.Actor{}
		}
		h := handed(from, officer, remarks)
		kept := must(db.AddHandover(ctx, h, int64(i)))(t)
		if sheet := must(dutylog.Thaw(kept.Text, kept.Digest))(t); kept.Text != h.Text || kept.Digest != h.Digest || sheet.Remarks != remarks {
			t.Errorf("%.20q became %.20q", remarks, sheet.Remarks)
		}
		if diff := cmp.Diff(kept, must(db.Handover(ctx, kept.ID))(t)); diff != "" {
			t.Errorf("%.20q read later:\n%s", remarks, diff)
		}
	}
	ok(t, db.Close())
	if r := intact(t, path); r.Of("handover").Intact != int64(len(texts)) || r.Of("confirmed").Intact != int64(2*len(texts)-1) {
		t.Errorf("%+v %+v", r.Of("handover"), r.Of("confirmed"))
	}
}

// Section chief and duty leader confirm at the same time, each many times: each counts once, and the
// first word of each stays.
func TestEachPartIsConfirmedOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := must(sqlite.Open(ctx, path, sqlite.Options{Now: newClock(noon).now}))(t)
	h := must(db.AddHandover(ctx, handed(dutylog.Actor{}, officer, ""), 0))(t)
	parts := map[dutylog.Part]dutylog.Actor{dutylog.PartChief: chen, dutylog.PartLeader: leader}
	var wg sync.WaitGroup
	errs := make(chan error, 20)
	for part, by := range parts {
		for range cap(errs) / 2 {
			wg.Go(func() {
				_, err := db.ConfirmHandover(ctx, h.ID, dutylog.Confirmation{Part: part, By: by, Digest: h.Digest})
				errs <- err
			})
		}
	}
	wg.Wait()
	close(errs)
	said := 0
	for err := range errs {
		if err == nil {
			said++
		} else if !errors.Is(err, dutylog.AlreadySaid) {
			t.Error(err)
		}
	}
	h = must(db.Handover(ctx, h.ID))(t)
	if said != 2 || len(h.Confirmations) != 3 {
		t.Errorf("%d said so, %d are kept", said, len(h.Confirmations))
	}
	for part, by := range parts {
		if c, _ := h.Confirmed(part); c.By != by || c.Digest != h.Digest {
			t.Errorf("%s: %+v", part, c)
		}
	}
	ok(t, db.Close())
	if r := intact(t, path); r.Of("confirmed").Intact != 3 {
		t.Errorf("%+v", r.Of("confirmed"))
	}
}

// Where the outgoing officer did not confirm, their word is not among those that are kept.
func TestAnUnsignedHandoverHasOneWord(t *testing.T) {
	db := open(t)
	must(db.AddHandover(ctx, handed(dutylog.Actor{}, officer, ""), 0))(t)
	h := handed(officer, lina, "")
	h.Unsigned = "突发急病送医"
	h = must(db.AddHandover(ctx, h, 1))(t)
	if _, said := h.Confirmed(dutylog.PartOutgoing); said || len(h.Confirmations) != 1 || h.Unsigned != "突发急病送医" || h.Outgoing != officer {
		t.Errorf("%+v", h)
	}
	if _, err := db.ConfirmHandover(ctx, h.ID, dutylog.Confirmation{Part: dutylog.PartIncoming, By: officer, Digest: h.Digest}); !errors.Is(err, dutylog.AlreadySaid) {
		t.Errorf("the incoming one's word is replaced: %v", err)
	}
}

// Of two shifts that follow each other every call is counted by one: sums of parts are the whole,
// wherever the border lies.
func TestShiftsCountEveryCallOnce(t *testing.T) {
	ours := newClock(noon)
	db := withPractice(t, openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: ours.now}))
	outcomes := []telephony.Outcome{telephony.AnsweredInTime, telephony.AnsweredLate, telephony.Missed, telephony.AbandonedEarly}
	for n := range 12 {
		c := inbound(n, "02422730001")
		if n%5 == 4 {
			c.Tags = []telephony.Tag{telephony.TagTest}
		}
		ok(t, db.Record(ctx, story(c, outcomes[n%len(outcomes)])))
		ours.advance(time.Minute)
	}
	from, to := noon.Add(-time.Minute), noon.Add(time.Hour)
	whole := must(db.CountShift(ctx, from, to))(t)
	if whole.Calls != 10 || whole.Missed+whole.Late == 0 {
		t.Fatalf("%+v", whole)
	}
	for _, border := range []time.Duration{0, time.Minute, 5 * time.Minute, 5*time.Minute + time.Microsecond, 11 * time.Minute} {
		at := noon.Add(border)
		a, b := must(db.CountShift(ctx, from, at))(t), must(db.CountShift(ctx, at, to))(t)
		sum := dutylog.Counts{Calls: a.Calls + b.Calls, Missed: a.Missed + b.Missed, Late: a.Late + b.Late, Outgoing: a.Outgoing + b.Outgoing, Entries: a.Entries + b.Entries}
		if diff := cmp.Diff(whole, sum); diff != "" {
			t.Errorf("at %s: %s", border, diff)
		}
	}
	if back := must(db.CountShift(ctx, to, from))(t); back != (dutylog.Counts{}) {
		t.Errorf("backwards: %+v", back)
	}
	for _, limit := range []int{1, 4, 100} {
		if got := len(matters(t, db, limit)); got > limit || got == 0 {
			t.Errorf("%d of at most %d matters", got, limit)
		}
	}
	if got := fmt.Sprint(matters(t, db, 2)[0].EntryNumber); got != fmt.Sprintf("2026-%06d", whole.Entries) {
		t.Errorf("the newest first: %s", got)
	}
}
