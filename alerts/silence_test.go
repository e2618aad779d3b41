package alerts_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"dutyline/alerts"
)

// callsOf is a line's life of DAYS: in each hour calls come as by chance, RATE says how many an hour.
func callsOf(seed uint64, days int, rate func(t time.Time) float64) (calls []time.Time, begin, end time.Time) {
	chance := rand.New(rand.NewPCG(seed, 1))
	begin = time.Date(2026, 3, 2, 0, 0, 0, 0, shanghai)
	end = begin.AddDate(0, 0, days)
	for at := begin; at.Before(end); at = at.Add(time.Minute) {
		if chance.Float64() < rate(at)/60 {
			calls = append(calls, at)
		}
	}
	return calls, begin, end
}

// office is a duty room: busy in the daytime of working days, quiet at night.
func office(t time.Time) float64 {
	weekend := t.Weekday() == time.Saturday || t.Weekday() == time.Sunday
	switch day := t.Hour() >= 8 && t.Hour() < 18; {
	case day && !weekend:
		return 4
	case day:
		return 1
	}
	return 0.15
}

// past is what the log would say at a moment.
func past(calls []time.Time, now time.Time) alerts.Past {
	p := alerts.Past{From: now.Add(-alerts.SilenceWindow)}
	for _, at := range calls {
		if p.Begun.IsZero() {
			p.Begun = at
		}
		if at.After(p.From) && !at.After(now) {
			p.Calls = append(p.Calls, at)
		}
	}
	return p
}

// Over twenty lines and two months of ordinary life each, looked at every hour, no silence is
// taken for unusual.
func TestSilenceOfAnOrdinaryLineIsOrdinary(t *testing.T) {
	alarms := 0
	for seed := range uint64(20) {
		calls, begin, end := callsOf(seed, 60, office)
		i := 0
		for now := begin; now.Before(end); now = now.Add(time.Hour) {
			for i < len(calls) && !calls[i].After(now) {
				i++
			}
			if i > 0 && alerts.DefaultSilence().Silent(past(calls[:i], now), calls[i-1], now, shanghai) {
				alarms++
				now = end
			}
		}
	}
	if alarms > 0 {
		t.Errorf("%d of 20 ordinary lines were taken for dead within 60 days", alarms)
	}
}

// A line that dies in the forenoon of a working day is noticed the same day; one that dies in the
// evening only when it should have been busy again.
func TestSilenceOfADeadLineIsNoticed(t *testing.T) {
	for _, c := range []struct {
		dies    string
		weekday time.Time
		within  time.Duration
		not     time.Duration
	}{
		{"Tuesday at nine", time.Date(2026, 4, 14, 9, 0, 0, 0, shanghai), 30 * time.Hour, 90 * time.Minute},
		{"Tuesday evening", time.Date(2026, 4, 14, 20, 0, 0, 0, shanghai), 30 * time.Hour, 12 * time.Hour},
		{"Friday evening", time.Date(2026, 4, 17, 20, 0, 0, 0, shanghai), 64 * time.Hour, 12 * time.Hour},
	} {
		for seed := range uint64(8) {
			all, _, _ := callsOf(seed, 60, office)
			var calls []time.Time
			for _, at := range all {
				if at.Before(c.weekday) {
					calls = append(calls, at)
				}
			}
			alive, noticed := calls[len(calls)-1], time.Duration(0)
			for now := alive; noticed == 0 && now.Before(alive.Add(7*24*time.Hour)); now = now.Add(time.Hour) {
				if alerts.DefaultSilence().Silent(past(calls, now), alive, now, shanghai) {
					noticed = now.Sub(c.weekday)
				}
			}
			if noticed == 0 || noticed > c.within || noticed < c.not {
				t.Errorf("a line that died on %s (seed %d) was noticed after %v, want between %v and %v", c.dies, seed, noticed, c.not, c.within)
			}
		}
	}
}

// A test call that arrives is a proof that the line lives: the silence of others begins anew.
func TestSilenceEndsWithATestCall(t *testing.T) {
	calls, _, end := callsOf(7, 60, office)
	p := past(calls, end)
	now := end.Add(6 * 24 * time.Hour)
	if !alerts.DefaultSilence().Silent(p, calls[len(calls)-1], now, shanghai) {
		t.Error("six days without a call are taken for usual")
	}
	if alerts.DefaultSilence().Silent(p, now.Add(-time.Minute), now, shanghai) {
		t.Error("a line on which a test call arrived a minute ago is taken for dead")
	}
}

// A line that is new, or has few calls, has no past to be judged by.
func TestSilenceIsNotJudgedWithoutAPast(t *testing.T) {
	for name, rate := range map[string]func(time.Time) float64{
		"two calls a week": func(time.Time) float64 { return 2.0 / 168 },
		"none":             func(time.Time) float64 { return 0 },
	} {
		calls, _, end := callsOf(3, 60, rate)
		alive := end
		if len(calls) > 0 {
			alive = calls[len(calls)-1]
		}
		if alerts.DefaultSilence().Silent(past(calls, end), alive, end.AddDate(0, 0, 5), shanghai) {
			t.Errorf("%s: taken for dead", name)
		}
	}
	calls, begin, _ := callsOf(3, 10, office)
	now := begin.AddDate(0, 0, 13)
	if alerts.DefaultSilence().Silent(past(calls, now), calls[len(calls)-1], now, shanghai) {
		t.Error("a line that is known for ten days is taken for dead")
	}
}
