package paper_test

import (
	"strconv"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
	"dutyline/telephony"
)

// FuzzThePictureStaysOnThePaper draws bells of any rule and length: everything stands inside of the drawing, the
// ticks are few, and what is drawn is what was rung.
func FuzzThePictureStaysOnThePaper(f *testing.F) {
	f.Add(int64(15500), int64(1000), int64(4000), int64(0), 3)
	f.Add(int64(3), int64(800), int64(3200), int64(5000), 4)
	f.Add(int64(3_600_000), int64(1000), int64(4000), int64(0), 3)
	f.Fuzz(func(t *testing.T, rang, on, off, offset int64, limit int) {
		ms := func(n int64) time.Duration { return time.Duration(n) * time.Millisecond }
		rule := telephony.Rule{On: ms(on), Off: ms(off), Limit: limit, Offset: ms(offset)}
		if rang < 0 || rang > 24*3_600_000 || on > 60_000 || off > 60_000 || offset > 600_000 || rule.Validate() != nil {
			return
		}
		began := local("2026-11-27 22:31:04")
		c := telephony.Call{ID: "1.0", Line: "duty", Direction: telephony.Inbound, OfferedAt: began, RangAt: began, RangUntil: began.Add(ms(rang)), EndedAt: began.Add(ms(rang)), Outcome: telephony.Missed, Rule: rule.Version()}
		p := paper.Review(frame, paper.Dispute{Review: dutylog.ReviewCase{Call: dutylog.Call{Call: c}}.Folded()}).Picture
		if p == nil {
			t.Fatalf("%s is not drawn", rule.Version())
		}
		inside := func(what, x string) float64 {
			at, err := strconv.ParseFloat(x, 64)
			if err != nil || at < 0 || at > 720 {
				t.Errorf("%s stands at %s (%v)", what, x, err)
			}
			return at
		}
		last := -1.0
		for _, b := range p.Bursts {
			x := inside("a ring", p.X(b.From))
			if inside("its end", p.X(b.To)) < x || x < last || b.To < b.From {
				t.Errorf("%+v stands at %v, the one before at %v", b, x, last)
			}
			last = x
		}
		for _, m := range p.Marks {
			x := inside(m.Words, p.X(m.At))
			if left := p.Turned(m) == "end"; left && x < 80 || !left && x > 640 {
				t.Errorf("the words of %s at %v stand outside", m.Words, x)
			}
		}
		if ticks := p.Ticks(); len(ticks) > 14 {
			t.Errorf("%d ticks", len(ticks))
		}
	})
}
