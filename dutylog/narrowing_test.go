package dutylog_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"dutyline/dutylog"
)

func TestWhatTheFiltersOfASearchSay(t *testing.T) {
	at := func(text string) time.Time {
		if text == "" {
			return time.Time{}
		}
		parsed, err := time.ParseInLocation("2006-01-02", text, shanghai)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	for _, c := range []struct{ from, to, want string }{
		{"", "", "[] []"},
		{"2026-11-10", "2026-11-11", "[20261110] [1110]"}, // To is the end
		{"2026-11-10", "2026-11-13", "[2026111] [1110 1111 1112]"},
		{"2026-11-01", "2026-12-01", "[202611] [2611]"},
		{"2026-12-30", "2027-01-02", "[] [1230 1231 0101]"},
		{"2026-01-31", "2026-03-02", "[20260] [2601 2602 2603]"},
		{"2024-03-01", "2026-11-30", "[] [2024 2025 2026]"},
		{"", "2024-01-07", "[2024010] [0105 0106]"},
		{"2027-01-01", "", "[202701] [2701]"},
		{"2028-01-01", "2029-01-01", "[] []"},
	} {
		n := dutylog.EntryQuery{From: at(c.from), To: at(c.to)}.Narrowing(at("2024-01-05"), at("2027-01-31"), shanghai)
		if got := fmt.Sprint(n.Words, " ", n.AnyOf); got != c.want {
			t.Errorf("%s to %s: %s, want %s", c.from, c.to, got, c.want)
		}
	}
	n := dutylog.EntryQuery{UnitPart: "河区 应急", Category: "突发事件"}.Narrowing(time.Time{}, time.Time{}, shanghai)
	if fmt.Sprint(n.Words) != "[应急 河区 突发事件]" || n.AnyOf != nil {
		t.Errorf("%+v", n)
	}
}

// Whatever the stretch, an entry within it holds what the filters say: nothing that a list shows is lost by a search.
func TestTheFiltersOfASearchLoseNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	first := time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(9, 0, 0)
	for range 3000 {
		from := first.Add(time.Duration(r.Int64N(int64(9 * 365 * 24 * time.Hour))))
		to := from.Add(time.Duration(r.Int64N(int64(time.Duration(1+r.IntN(900)) * 24 * time.Hour))))
		at := from.Add(time.Duration(r.Int64N(int64(to.Sub(from)))))
		q := dutylog.EntryQuery{From: from, To: to}
		if r.IntN(4) == 0 {
			q.To = time.Time{}
		}
		if r.IntN(4) == 0 {
			q.From = time.Time{}
		}
		text := dutylog.SearchText(dutylog.Entry{CallAt: at}, nil, shanghai)
		tokens := slices.Collect(dutylog.SearchTokens(text))
		n := q.Narrowing(first, last, shanghai)
		if !dutylog.Holds(text, n.Words) && at.Before(last) {
			t.Fatalf("%v in %v to %v: %q does not hold %v", at, q.From, q.To, text, n.Words)
		}
		if n.AnyOf != nil && at.Before(last) && !slices.ContainsFunc(n.AnyOf, func(token string) bool { return slices.Contains(tokens, token) }) {
			t.Fatalf("%v in %v to %v: none of %v is in %q", at, q.From, q.To, n.AnyOf, text)
		}
	}
}
