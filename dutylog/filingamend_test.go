package dutylog_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
)

// What may be said of a filing afterwards, and in which words the rest is refused.
func TestWhatIsSaidOfAFilingAfterwards(t *testing.T) {
	facts := officeFacts(t)
	now := localTime(t, "2026-12-01 09:00")
	bare := noted(december(t, 7, "2026-11-29 16:00", facts), "2026-11-29 16:05")
	received := bare
	received.Receipt, received.ReceiptAt = "回执12号", localTime(t, "2026-11-30 10:00")
	at := func(clock string) time.Time { return localTime(t, clock) }
	for _, c := range []struct {
		name        string
		filing      dutylog.Filing
		patch       dutylog.FilingPatch
		field, says string // of the refusal; empty: it is taken
	}{
		{"a receipt that came later", bare, dutylog.FilingPatch{Receipt: " 回执12号 ", ReceiptAt: at("2026-11-30 10:00")}, "", ""},
		{"in the minute of the sending", bare, dutylog.FilingPatch{Receipt: "x", ReceiptAt: at("2026-11-29 16:00")}, "", ""},
		{"another receipt, with a reason", received, dutylog.FilingPatch{Receipt: "回执21号", ReceiptAt: received.ReceiptAt, Reason: "抄错了"}, "", ""},
		{"another time of sending", bare, dutylog.FilingPatch{SentAt: at("2026-11-29 15:00"), Reason: "抄错了"}, "", ""},
		{"both", bare, dutylog.FilingPatch{SentAt: at("2026-11-29 15:00"), Receipt: "x", ReceiptAt: at("2026-11-29 15:30"), Reason: "抄错了"}, "", ""},
		{"nothing", bare, dutylog.FilingPatch{Reason: "x"}, "receipt", "is missing"},
		{"a receipt of blanks", bare, dutylog.FilingPatch{Receipt: " ", ReceiptAt: now}, "receipt", "is missing"},
		{"a receipt without words beside a time of sending", bare, dutylog.FilingPatch{SentAt: at("2026-11-29 15:00"), ReceiptAt: now, Reason: "x"}, "receipt", "is missing"},
		{"a receipt that never came", bare, dutylog.FilingPatch{Receipt: "x"}, "receipt_at", "is missing"},
		{"a receipt from the future", bare, dutylog.FilingPatch{Receipt: "x", ReceiptAt: now.Add(time.Hour)}, "receipt_at", "lies in the future"},
		{"a receipt before the sending", bare, dutylog.FilingPatch{Receipt: "x", ReceiptAt: at("2026-11-29 15:59")}, "receipt_at", "lies before the roster was sent"},
		{"a receipt that is too long", bare, dutylog.FilingPatch{Receipt: strings.Repeat("x", 501), ReceiptAt: now}, "receipt", "has 501 characters"},
		{"another receipt without a reason", received, dutylog.FilingPatch{Receipt: "回执21号", ReceiptAt: now}, "reason", "say why"},
		{"the same receipt", received, dutylog.FilingPatch{Receipt: received.Receipt, ReceiptAt: received.ReceiptAt, Reason: "x"}, "reason", "is for nothing"},
		{"a sending in the future", bare, dutylog.FilingPatch{SentAt: now.Add(time.Hour), Reason: "x"}, "sent_at", "lies in the future"},
		{"a sending of another century", bare, dutylog.FilingPatch{SentAt: now.AddDate(-100, 0, 0), Reason: "x"}, "sent_at", "lies in the year 1926"},
		{"a sending after its receipt", received, dutylog.FilingPatch{SentAt: at("2026-11-30 10:01"), Reason: "x"}, "sent_at", "lies after its receipt came"},
		{"a sending without a reason", bare, dutylog.FilingPatch{SentAt: at("2026-11-29 15:00"), Reason: " "}, "reason", "say why"},
		{"the same sending", bare, dutylog.FilingPatch{SentAt: bare.SentAt, Reason: "x"}, "reason", "is for nothing"},
	} {
		v, err := c.filing.Amend(c.patch, officerActor, now)
		var wrong *dutylog.InvalidError
		switch {
		case c.field == "" && (err != nil || v.Amends != 7 || v.ID != 0 || !v.At.Equal(now) || v.By != officerActor || v.SentTo != c.filing.SentTo):
			t.Errorf("%s: %+v %v", c.name, v, err)
		case c.field == "" && (v.Receipt != strings.TrimSpace(c.patch.Receipt) && c.patch.Receipt != "" || !c.patch.SentAt.IsZero() && !v.SentAt.Equal(c.patch.SentAt) || v.Reason != c.patch.Reason):
			t.Errorf("%s: it says %+v", c.name, v)
		case c.field != "" && (!errors.As(err, &wrong) || wrong.Field != c.field || !strings.HasPrefix(wrong.Reason, c.says)):
			t.Errorf("%s: %v, want %s %s", c.name, err, c.field, c.says)
		}
	}
}

// December is to be filed before November 30 begins. Each later version: when it was said, and when the roster was sent by it.
func TestACorrectedTimeJudgesTheFiling(t *testing.T) {
	facts := officeFacts(t)
	for _, c := range []struct {
		name        string
		sent, noted string
		said        [][2]string
		want        dutylog.FilingState
		late        bool
	}{
		{"a slip that judged it late", "2026-11-30 08:00", "2026-11-30 08:00", [][2]string{{"2026-11-30 08:10", "2026-11-29 21:00"}}, dutylog.FilingDone, false},
		{"corrected when nobody can say any more", "2026-11-30 08:00", "2026-11-30 08:00", [][2]string{{"2026-12-20 08:00", "2026-11-29 21:00"}}, dutylog.FilingNoted, false},
		{"a slip that judged it in time", "2026-11-29 21:00", "2026-11-30 08:00", [][2]string{{"2026-12-20 08:00", "2026-11-30 08:00"}}, dutylog.FilingLate, true},
		{"in time before and after", "2026-11-29 21:00", "2026-11-30 08:00", [][2]string{{"2026-12-20 08:00", "2026-11-29 20:00"}}, dutylog.FilingDone, false},
		{"noted and corrected before the deadline", "2026-11-20 10:00", "2026-11-29 12:00", [][2]string{{"2026-11-29 13:00", "2026-11-21 10:00"}}, dutylog.FilingDone, false},
		{"a receipt weeks later leaves it in time", "2026-11-29 21:00", "2026-11-29 21:00", [][2]string{{"2026-12-20 08:00", "2026-11-29 21:00"}}, dutylog.FilingDone, false},
		{"and leaves it late", "2026-11-30 08:00", "2026-11-30 08:00", [][2]string{{"2026-12-20 08:00", "2026-11-30 08:00"}}, dutylog.FilingLate, true},
		{"a correction of a correction", "2026-11-30 08:00", "2026-11-30 08:00", [][2]string{{"2026-11-30 08:10", "2026-11-29 21:00"}, {"2026-11-30 08:20", "2026-11-30 07:00"}}, dutylog.FilingLate, true},
	} {
		first := noted(december(t, 1, c.sent, facts), c.noted)
		kept := []dutylog.Filing{first}
		for i, said := range c.said {
			v := noted(december(t, int64(i+2), said[1], facts), said[0])
			v.Amends = 1
			kept = append(kept, v)
		}
		f := facts
		f.Filings = dutylog.StandingFilings(kept)
		got := decemberDuty(f, localTime(t, "2026-12-24 00:00"))
		if got.State != c.want || got.Late != c.late || got.Last != 1 || !got.LastAt.Equal(first.At) || got.State.Asks() {
			t.Errorf("%s: %+v, want %s", c.name, got, c.want)
		}
		if one := f.Filings[0]; len(f.Filings) != 1 || len(one.Versions) != len(kept) || !one.Versions[0].SentAt.Equal(first.SentAt) || !one.At.Equal(first.At) {
			t.Errorf("%s: what stood before is not kept: %+v", c.name, f.Filings)
		}
	}
}
