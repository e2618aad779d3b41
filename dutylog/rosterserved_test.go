package dutylog_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
)

// What a change of the roster does to hours that were served, at noon of the 2nd.
func TestServedHoursStay(t *testing.T) {
	const before = `
2026-12-01 08:00 2026-12-02 08:00 officer 李娜
2026-12-02 08:00 2026-12-03 08:00 officer 张伟
2026-12-02 08:00 2026-12-03 08:00 leader 赵振华
2026-12-03 08:00 2026-12-04 08:00 officer 王强`
	for name, c := range map[string]struct{ was, becomes, want string }{
		"nothing changes":                         {before, before, ""},
		"only what comes changes":                 {before, strings.Replace(before, "王强", "周敏", 1), ""},
		"what is over becomes somebody else's":    {before, strings.Replace(before, "李娜", "周敏", 1), "01 08:00-02 08:00 duty_officer 李娜/周敏"},
		"what is over becomes nobody's":           {before, strings.Replace(before, "2026-12-01 08:00 2026-12-02 08:00 officer 李娜", "", 1), "01 08:00-02 08:00 duty_officer 李娜/"},
		"what runs becomes somebody else's":       {before, strings.Replace(before, "officer 张伟", "officer 周敏", 1), "02 08:00-02 12:00 duty_officer 张伟/周敏"},
		"what runs changes hands at noon":         {before, strings.Replace(before, "2026-12-02 08:00 2026-12-03 08:00 officer 张伟", "2026-12-02 08:00 2026-12-02 12:00 officer 张伟\n2026-12-02 12:00 2026-12-03 08:00 officer 周敏", 1), ""},
		"it is cut, and the same person holds it": {before, strings.Replace(before, "2026-12-01 08:00 2026-12-02 08:00 officer 李娜", "2026-12-01 08:00 2026-12-01 20:00 officer 李娜\n2026-12-01 20:00 2026-12-02 08:00 officer 李娜", 1), ""},
		"a blank in the name is no other person":  {before, strings.Replace(before, "李娜", "李_娜", 1), ""},
		"it ended earlier":                        {before, strings.Replace(before, "2026-12-02 08:00 officer 李娜", "2026-12-01 20:00 officer 李娜", 1), "01 20:00-02 08:00 duty_officer 李娜/"},
		"somebody comes beside":                   {before, before + "\n2026-12-01 20:00 2026-12-02 08:00 officer 周敏", "01 20:00-02 08:00 duty_officer 李娜/周敏、李娜"},
		"what no roster said is filled in":        {before, before + "\n2026-12-01 08:00 2026-12-02 08:00 leader 周敏", ""},
		"the whole was never rostered":            {"", before, ""},
		"all of it goes":                          {before, "", "01 08:00-02 08:00 duty_officer 李娜/; 02 08:00-02 12:00 duty_leader 赵振华/; 02 08:00-02 12:00 duty_officer 张伟/"},
	} {
		var said []string
		becomes := roster(t, c.becomes)
		for i := range becomes {
			becomes[i].Name = strings.ReplaceAll(becomes[i].Name, "_", " ")
		}
		for _, f := range dutylog.ServedChanges(roster(t, c.was), becomes, localTime(t, "2026-12-02 12:00")) {
			if f.Reason != dutylog.RosterServed || f.Weight() != dutylog.RosterFault {
				t.Errorf("%s: %+v", name, f)
			}
			said = append(said, fmt.Sprintf("%s-%s %s %s/%s", siteTime(f.From)[8:], siteTime(f.To)[8:], f.Post, f.Name, f.Other))
		}
		slices.Sort(said)
		if diff := cmp.Diff(c.want, strings.Join(said, "; ")); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// Hour by hour: a served hour is told exactly when somebody had it and another set of people would.
func TestServedHoursAgreeWithTheirDefinitionHourByHour(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 11))
		was, is := anyRoster(r), anyRoster(r)
		is = append(is, was[:r.IntN(len(was))]...)
		now := leapFrom.Add(time.Duration(r.IntN(90)) * time.Hour)
		found := dutylog.ServedChanges(was, is, now)
		for h := -8; h < 110; h++ {
			at := leapFrom.Add(time.Duration(h) * time.Hour)
			for _, p := range dutylog.Posts() {
				had, has := heldAt(was, p, at), heldAt(is, p, at)
				slices.Sort(had)
				slices.Sort(has)
				want := at.Before(now) && len(had) > 0 && !slices.Equal(slices.Compact(had), slices.Compact(has))
				if got := covers(found, at, func(f dutylog.RosterFinding) bool { return f.Post == p }); got != want {
					t.Fatalf("seed %d, %s at hour %d: told %t, want %t (%v to %v)", seed, p, h, got, want, had, has)
				}
			}
		}
	}
}
