package dutylog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
)

// TestCandidatesAreRankedByWhatOfficersConfirmed is a table: people who share a number, what the
// last entries with it named, and in which order they are offered.
func TestCandidatesAreRankedByWhatOfficersConfirmed(t *testing.T) {
	share := number("02423860012")
	card := func(id int64, person, title, confirmed string) dutylog.Contact {
		c := dutylog.Contact{ID: id, Unit: "和平区应急局", Person: person, Title: title, Numbers: append(office(number("22730001")), office(share)...)}
		if confirmed != "" {
			c.LastConfirmed = day(confirmed)
		}
		return c
	}
	zhao, sun, zhou := card(1, "赵敏", "值班员", "2026-11-02"), card(2, "孙国强", "科长", "2026-11-02"), card(3, "周建华", "带班领导", "2026-11-20")
	named := func(days int, person, title string) dutylog.Taken {
		return dutylog.Taken{Unit: "和平区应急局", Person: person, Title: title, At: noon.AddDate(0, 0, -days)}
	}
	var many []dutylog.Taken
	for i := range 30 { // only the last ones are asked
		many = append(many, named(i, []string{"孙国强", "赵敏"}[i/20], ""))
	}
	var b strings.Builder
	for _, c := range []struct {
		name     string
		contacts []dutylog.Contact
		past     []dutylog.Taken
	}{
		{"nobody", nil, nil},
		{"the only one", []dutylog.Contact{zhao}, nil},
		{"the only one, named before", []dutylog.Contact{zhao}, []dutylog.Taken{named(1, "赵敏", "值班员")}},
		{"nothing is known of two", []dutylog.Contact{sun, zhao}, nil},
		{"who was confirmed last", []dutylog.Contact{zhao, sun, zhou}, nil},
		{"who was named last, though another one was named more often", []dutylog.Contact{zhao, sun, zhou}, []dutylog.Taken{named(1, "孙国强", "科长"), named(2, "赵敏", ""), named(3, "赵敏", "值班员")}},
		{"in whatever order the entries come", []dutylog.Contact{zhao, sun, zhou}, []dutylog.Taken{named(3, "赵敏", "值班员"), named(1, "孙国强", "科长"), named(2, "赵敏", "")}},
		{"somebody else was named since", []dutylog.Contact{zhao, sun}, []dutylog.Taken{named(1, "某某", ""), named(2, "孙国强", "科长")}},
		{"a title that is another one now", []dutylog.Contact{zhao, sun}, []dutylog.Taken{named(1, "孙国强", "副科长")}},
		{"blanks and full-width letters do not matter", []dutylog.Contact{zhao, sun}, []dutylog.Taken{named(1, " 孙国强　", "科长 ")}},
		{"a past long ago", []dutylog.Contact{zhao, sun}, many},
	} {
		fmt.Fprintf(&b, "%s\n", c.name)
		for _, x := range dutylog.RankCandidates(c.contacts, share, c.past) {
			if x.Match.Number != share {
				t.Errorf("%s: %s is offered with the number %+v", c.name, x.Person, x.Match.Number)
			}
			last := "never"
			if !x.Match.Last.IsZero() {
				last = fmt.Sprintf("%v ago", noon.Sub(x.Match.Last).Round(time.Hour))
			}
			fmt.Fprintf(&b, "  %s: %s, named in %d of the last entries, %s\n", x.Person, x.Match.Reason, x.Match.Taken, last)
		}
	}
	golden(t, "candidates.golden.json", strings.Split(strings.TrimSpace(b.String()), "\n"))
}

func TestWhomAnEntryNamed(t *testing.T) {
	e := dutylog.Entry{WrittenBy: "zhangwei", CallAt: noon, Values: map[dutylog.Field]string{dutylog.CallerUnit: "水务局", dutylog.CallerPerson: "徐文博"}}
	if got, ok := dutylog.TakenIn(e); !ok || got != (dutylog.Taken{Unit: "水务局", Person: "徐文博", At: noon}) {
		t.Errorf("%+v, %v", got, ok)
	}
	check := dutylog.Entry{Kind: dutylog.KindSpotCheck, WrittenBy: "zhangwei", Values: map[dutylog.Field]string{dutylog.CallerUnit: "督查室", dutylog.Inspector: "何静"}}
	if got, ok := dutylog.TakenIn(check); !ok || got.Person != "何静" {
		t.Errorf("an inspector: %+v, %v", got, ok)
	}
	system := e
	system.WrittenBy = ""
	if _, ok := dutylog.TakenIn(system); ok {
		t.Error("what the system filled in was taken for what an officer confirmed")
	}
	if _, ok := dutylog.TakenIn(dutylog.Entry{WrittenBy: "zhangwei"}); ok {
		t.Error("an entry that names nobody names somebody")
	}
}
