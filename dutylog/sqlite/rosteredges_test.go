package sqlite_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
)

// everyDay is a roster without a gap from one day to another, both included, midnight to midnight.
func everyDay(first, last dutylog.Date, name string) (shifts []dutylog.Shift) {
	for _, d := range dutylog.Dates(first, last) {
		for post, who := range map[dutylog.Post]string{dutylog.PostOfficer: name, dutylog.PostChief: "杨秀英", dutylog.PostLeader: "赵振华"} {
			shifts = append(shifts, dutylog.Shift{From: d.In(shanghai).UTC(), To: d.Add(1).In(shanghai).UTC(), Post: post, Name: who, Phone: "139"})
		}
	}
	return shifts
}

// stateOf is how one filing stands for whoever looks at the days from first to last.
func stateOf(t *testing.T, db *sqlite.DB, first, last dutylog.Date, key string, now time.Time) dutylog.FilingState {
	t.Helper()
	facts := must(db.FilingFacts(ctx, first, last))(t)
	for _, d := range facts.FilingDuties(first, last, now) {
		if d.Key() == key {
			return d.State
		}
	}
	return "not asked for"
}

// A flood season lasts for four months. Through whichever window somebody looks at it, what was filed
// of it stands as filed; and a swap on its last day asks for a supplement through all of them.
func TestALongPeriodStandsTheSameThroughEveryWindow(t *testing.T) {
	db := open(t)
	must(db.ImportRoster(ctx, everyDay("2027-06-01", "2027-09-30", "张伟"), dutylog.RosterImport{Reason: "汛期"}, leader))(t)
	season := dutylog.DateSpan{Name: "汛期", First: "2027-06-01", Last: "2027-09-30"}
	must(db.SavePeriod(ctx, dutylog.SensitivePeriod{Span: season, Notice: "沈汛〔2027〕1号"}, leader))(t)
	filing := dutylog.Filing{Kind: dutylog.FilePeriod, Span: season, SentAt: noon, SentTo: "市防汛指挥部"}
	if kept := must(db.File(ctx, filing, officer))(t); len(kept.Shifts) != 3*122 {
		t.Errorf("%d shifts of 122 days were kept", len(kept.Shifts))
	}
	windows := [][2]dutylog.Date{{"2027-01-01", "2027-12-31"}, {"2027-06-01", "2027-06-01"}, {"2027-09-30", "2027-09-30"}, {"2027-09-30", "2027-12-31"}, {"2027-04-01", "2027-06-01"}, {"2027-07-15", "2027-07-16"}}
	look := func(want dutylog.FilingState) {
		t.Helper()
		for _, w := range windows {
			if got := stateOf(t, db, w[0], w[1], filing.Key(), noon); got != want {
				t.Errorf("from %s to %s it is %s, want %s", w[0], w[1], got, want)
			}
		}
	}
	look(dutylog.FilingDone)
	for _, w := range [][2]dutylog.Date{{"2027-01-01", "2027-05-31"}, {"2027-10-01", "2027-12-31"}} {
		if got := stateOf(t, db, w[0], w[1], filing.Key(), noon); got != "not asked for" {
			t.Errorf("beside it, from %s to %s, it is %s", w[0], w[1], got)
		}
	}
	last := dutylog.ShiftRef{From: season.Last.In(shanghai), Post: dutylog.PostOfficer, Name: "张伟"}
	must(db.SwapShifts(ctx, dutylog.Swap{Give: last, Name: "李娜", Reason: "病假"}, officer))(t)
	look(dutylog.FilingSupplement)
	second := must(db.File(ctx, filing, officer))(t)
	look(dutylog.FilingDone)
	if second.Supplement != 1 {
		t.Errorf("the supplement is one of %d", second.Supplement)
	}
}

// Whoever still has a draft on the screen that was published or dropped does not save over the next one.
func TestNoRevisionOfADraftComesTwice(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(*testing.T, *sqlite.DB, dutylog.RosterDraft)
	}{
		{"published", func(t *testing.T, db *sqlite.DB, d dutylog.RosterDraft) {
			must(db.PublishDraft(ctx, d.Month, d.Revision, "更正", "", leader))(t)
		}},
		{"dropped", func(t *testing.T, db *sqlite.DB, d dutylog.RosterDraft) { ok(t, db.DropDraft(ctx, d.Month, leader)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := open(t)
			seen := map[int]bool{}
			var old dutylog.RosterDraft
			for i := range 4 {
				d := must(db.SaveDraft(ctx, dutylog.RosterDraft{Month: "2026-12", Shifts: wholeDay(10+i, "张伟")}, leader))(t)
				if seen[d.Revision] {
					t.Errorf("round %d: the revision %d comes again", i, d.Revision)
				}
				seen[d.Revision] = true
				var stale *dutylog.StaleDraftError
				if i > 0 {
					if _, err := db.SaveDraft(ctx, old, officer); !errors.As(err, &stale) || stale.Want != old.Revision {
						t.Errorf("round %d: an old page saved over a new draft: %v", i, err)
					}
					if _, err := db.PublishDraft(ctx, "2026-12", old.Revision, "", "", officer); !errors.As(err, &stale) {
						t.Errorf("round %d: an old page published a draft that nobody saw there: %v", i, err)
					}
				}
				if diff := cmp.Diff(d, must(db.Draft(ctx, "2026-12"))(t)); diff != "" {
					t.Error(diff)
				}
				c.end(t, db, d)
				old = d
			}
			other := must(db.SaveDraft(ctx, dutylog.RosterDraft{Month: "2027-01"}, leader))(t)
			if other.Revision != 1 {
				t.Errorf("the first draft of another month has the revision %d", other.Revision)
			}
		})
	}
}

// At the edges of months a shift belongs to the one in which it begins, and publishing a month leaves
// the night that reaches into it from the month before.
func TestNightsOverTheEdgesOfMonthsAndYears(t *testing.T) {
	for _, month := range []dutylog.Month{"2026-12", "2027-02", "2028-02", "2027-12"} {
		t.Run(string(month), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "log.db")
			db := must(sqlite.Open(ctx, path, sqlite.Options{Now: newClock(noon).now}))(t)
			night := func(d dutylog.Date, name string) dutylog.Shift {
				from := d.In(shanghai).Add(20 * time.Hour).UTC()
				return dutylog.Shift{From: from, To: from.Add(12 * time.Hour), Post: dutylog.PostOfficer, Name: name}
			}
			for m, name := range map[dutylog.Month]string{month: "张伟", month.Next(): "李娜"} {
				var shifts []dutylog.Shift
				for _, d := range dutylog.Dates(m.First(), m.Last()) {
					shifts = append(shifts, night(d, name))
				}
				d := must(db.SaveDraft(ctx, dutylog.RosterDraft{Month: m, Shifts: shifts}, leader))(t)
				must(db.PublishDraft(ctx, m, d.Revision, "", "", leader))(t)
			}
			edge := month.Next().First().In(shanghai)
			for at, want := range map[time.Time]string{
				edge.Add(-time.Microsecond): "张伟", edge: "张伟", edge.Add(8*time.Hour - time.Microsecond): "张伟",
				edge.Add(8 * time.Hour): "", edge.Add(20 * time.Hour): "李娜",
			} {
				if got := must(db.OnDuty(ctx, at))(t)[dutylog.PostOfficer].Name; got != want {
					t.Errorf("at %s %q is on duty, want %q", at.In(shanghai), got, want)
				}
			}
			stray := dutylog.RosterDraft{Month: month.Next(), Shifts: []dutylog.Shift{night(month.Last(), "王强")}}
			var wrong *dutylog.InvalidError
			if _, err := db.SaveDraft(ctx, stray, leader); !errors.As(err, &wrong) || wrong.Field != "shifts" || !strings.Contains(err.Error(), string(month.Last())) {
				t.Errorf("a night of the month before was saved: %v", err)
			}
			empty := must(db.SaveDraft(ctx, dutylog.RosterDraft{Month: month.Next()}, leader))(t)
			c := must(db.PublishDraft(ctx, month.Next(), empty.Revision, "全部取消", "", leader))(t)
			if want := len(dutylog.Dates(month.Next().First(), month.Next().Last())); len(c.Before) != want || len(c.After) != 0 {
				t.Errorf("%d shifts were taken away, want %d", len(c.Before), want)
			}
			if got := must(db.OnDuty(ctx, edge.Add(time.Hour)))(t)[dutylog.PostOfficer].Name; got != "张伟" {
				t.Errorf("the night that reaches into the emptied month is %q's", got)
			}
			must(db.Checkpoint(ctx, newKey(t), false))(t)
			ok(t, db.Close())
			if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Intact {
				t.Errorf("%s\n%s", r.Verdict(), findings(r))
			}
		})
	}
}

// What a person writes about a period is cleaned, all of it, and too much of it is refused by name.
func TestWhatIsWrittenAboutAPeriodIsCleaned(t *testing.T) {
	db := open(t)
	good := dutylog.SensitivePeriod{Span: dutylog.DateSpan{Name: "两会", First: "2028-02-28", Last: "2028-02-29"}}
	kept := good
	kept.Notice, kept.Extra, kept.Ended = "一\x00号", "备勤\x1b2人", " 会议\x07改期 "
	kept = must(db.SavePeriod(ctx, kept, leader))(t)
	if kept.Notice != "一号" || kept.Extra != "备勤2人" || kept.Ended != "会议改期" {
		t.Errorf("%+v", kept)
	}
	for _, c := range []struct {
		field  string
		change func(*dutylog.SensitivePeriod)
	}{
		{"name", func(p *dutylog.SensitivePeriod) { p.Span.Name = "\x00 " }},
		{"notice", func(p *dutylog.SensitivePeriod) { p.Notice = strings.Repeat("字", 501) }},
		{"extra", func(p *dutylog.SensitivePeriod) { p.Extra = strings.Repeat("字", 2001) }},
		{"ended", func(p *dutylog.SensitivePeriod) { p.Ended = strings.Repeat("字", 501) }},
		{"first", func(p *dutylog.SensitivePeriod) { p.Span.First = "2027-02-29" }},
		{"last", func(p *dutylog.SensitivePeriod) { p.Span.Last = "2029-03-01" }},
		{"last", func(p *dutylog.SensitivePeriod) { p.Span.Last = "2028-02-27" }},
	} {
		bad := good
		c.change(&bad)
		var wrong *dutylog.InvalidError
		if _, err := db.SavePeriod(ctx, bad, leader); !errors.As(err, &wrong) || wrong.Field != c.field {
			t.Errorf("%s: %v", c.field, err)
		}
	}
	if all := must(db.SensitivePeriods(ctx))(t); fmt.Sprint(len(all)) != "1" {
		t.Errorf("something that was refused is kept: %+v", all)
	}
}

// Of two who change one sensitive period, the later one is told so; and nobody takes days out of it that were.
func TestAPeriodIsChangedByWhoSawIt(t *testing.T) {
	clock := newClock(noon)
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: clock.now})
	today := dutylog.DateOf(noon, shanghai)
	seen := must(db.SavePeriod(ctx, dutylog.SensitivePeriod{Span: dutylog.DateSpan{Name: "安保", First: today.Add(-5), Last: today.Add(5)}}, leader))(t)
	clock.advance(time.Minute)
	longer := seen
	longer.Span.Last = today.Add(9)
	longer = must(db.SavePeriod(ctx, longer, leader))(t)
	clock.advance(time.Minute)
	ended := seen
	ended.Ended = "提前解除"
	if _, err := db.SavePeriod(ctx, ended, officer); !errors.Is(err, dutylog.ErrExists) {
		t.Errorf("somebody else made it longer meanwhile: %v", err)
	}
	refused := func(field string, p dutylog.SensitivePeriod, first, last dutylog.Date) {
		t.Helper()
		p.Span.First, p.Span.Last = first, last
		var wrong *dutylog.InvalidError
		if _, err := db.SavePeriod(ctx, p, officer); !errors.As(err, &wrong) || wrong.Field != field {
			t.Errorf("from %s to %s: %v, want a word about %q", first, last, err, field)
		}
	}
	refused("first", longer, today.Add(-4), today.Add(9))
	refused("first", longer, today.Add(30), today.Add(40))
	refused("last", longer, today.Add(-5), today.Add(-1))
	longer.Span.First, longer.Span.Last = today.Add(-6), today
	longer = must(db.SavePeriod(ctx, longer, officer))(t)
	clock.advance(time.Minute)
	longer.Ended = "提前解除"
	longer = must(db.SavePeriod(ctx, longer, officer))(t)
	refused("ended", longer, today.Add(-6), today)
	clock.advance(time.Minute)
	longer.Ended = ""
	longer = must(db.SavePeriod(ctx, longer, officer))(t)
	if diff := cmp.Diff([]dutylog.SensitivePeriod{longer}, must(db.SensitivePeriods(ctx))(t)); diff != "" {
		t.Errorf("it was ended by mistake:\n%s", diff)
	}
}

// Nobody gets two posts at once by publishing the later month first: a draft is judged with the shifts
// in force around it, over the ends of months and years, and what stands there hinders nobody.
func TestTwoPostsOverAMonthsEndAreNotPublished(t *testing.T) {
	for _, month := range []dutylog.Month{"2027-04", "2026-12", "2027-02", "2028-02"} {
		t.Run(string(month), func(t *testing.T) {
			db := open(t)
			edge := month.Next().First().In(shanghai).UTC()
			shift := func(post dutylog.Post, name string, from, hours int) dutylog.Shift {
				begin := edge.Add(time.Duration(from) * time.Hour)
				return dutylog.Shift{From: begin, To: begin.Add(time.Duration(hours) * time.Hour), Post: post, Name: name, Phone: "139"}
			}
			publish := func(m dutylog.Month, shifts ...dutylog.Shift) error {
				t.Helper()
				revision := 0
				if d, err := db.Draft(ctx, m); err == nil {
					revision = d.Revision
				}
				d := must(db.SaveDraft(ctx, dutylog.RosterDraft{Month: m, Revision: revision, Shifts: shifts}, leader))(t)
				_, err := db.PublishDraft(ctx, m, d.Revision, "", "", leader)
				return err
			}
			ok(t, publish(month.Next(), shift(dutylog.PostOfficer, "李娜", 8, 24), shift(dutylog.PostChief, "杨秀英", 8, 24)))
			var forbidden *dutylog.RosterError
			err := publish(month, shift(dutylog.PostLeader, "李娜", -16, 36))
			if !errors.As(err, &forbidden) || len(forbidden.Findings) != 1 || forbidden.Findings[0].Reason != dutylog.RosterTwoPosts || forbidden.Findings[0].Name != "李娜" {
				t.Fatalf("李娜 is leader and officer at once: %v", err)
			}
			err = publish(month, shift(dutylog.PostChief, "赵振华", -16, 25))
			if !errors.As(err, &forbidden) || len(forbidden.Findings) != 1 || forbidden.Findings[0].Reason != dutylog.RosterOverlap {
				t.Errorf("two hold the post of the chief for an hour: %v", err)
			}
			if got := must(db.Shifts(ctx, edge.Add(-17*time.Hour), edge.Add(time.Hour)))(t); len(got) != 0 {
				t.Errorf("refused, and in force all the same: %+v", got)
			}
			ok(t, publish(month, shift(dutylog.PostLeader, "李娜", -16, 24), shift(dutylog.PostChief, "赵振华", -16, 24)))
			err = publish(month.Next(), shift(dutylog.PostOfficer, "李娜", 7, 25))
			if !errors.As(err, &forbidden) || forbidden.Findings[0].Reason != dutylog.RosterTwoPosts {
				t.Errorf("from the later month's side: %v", err)
			}
		})
	}
}
