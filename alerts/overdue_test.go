package alerts_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog"
)

func unfinished(id string, since time.Time) dutylog.Unfinished {
	return dutylog.Unfinished{EntryID: id, Number: dutylog.EntryNumber{Year: 2026, Serial: 7}, Line: "duty", CallID: "c-" + id, Since: since}
}

// said is what is told, in words.
func said(told []alerts.Alert) string {
	words := []string{}
	for _, a := range told {
		if len(a.Ends) > 0 {
			words = append(words, "over "+strings.Join(a.Ends, " "))
		} else {
			words = append(words, a.Key+" at "+a.At.Format(time.TimeOnly))
		}
	}
	return strings.Join(words, "; ")
}

func TestEntriesThatAreNotCompleteInTime(t *testing.T) {
	newYear := time.Date(2026, 12, 31, 15, 55, 0, 0, time.UTC) // five minutes before midnight in Shanghai
	leap := time.Date(2028, 2, 28, 23, 58, 0, 0, time.UTC)
	within := map[string]time.Duration{"duty": 10 * time.Minute, "fire": 0}
	standing := []alerts.Alert{{Key: "entry_overdue/a", Line: "duty"}, {Key: "missed/9", Line: "duty"}}
	other := unfinished("o", noon)
	other.Line = "fire"
	for name, c := range map[string]struct {
		open     []dutylog.Unfinished
		standing []alerts.Alert
		now      time.Time
		want     string
		next     time.Time
	}{
		"nothing is open":           {nil, nil, noon, "", time.Time{}},
		"there is time":             {[]dutylog.Unfinished{unfinished("a", noon), unfinished("b", noon.Add(-time.Minute))}, nil, noon.Add(time.Minute), "", noon.Add(9 * time.Minute)},
		"a millisecond before":      {[]dutylog.Unfinished{unfinished("a", noon)}, nil, noon.Add(10*time.Minute - time.Millisecond), "", noon.Add(10 * time.Minute)},
		"at that moment":            {[]dutylog.Unfinished{unfinished("a", noon)}, nil, noon.Add(10 * time.Minute), "entry_overdue/a at " + noon.Add(10*time.Minute).Format(time.TimeOnly), time.Time{}},
		"it is told already":        {[]dutylog.Unfinished{unfinished("a", noon)}, standing, noon.Add(time.Hour), "", time.Time{}},
		"it is complete":            {nil, standing, noon.Add(time.Hour), "over entry_overdue/a", time.Time{}},
		"it was opened again":       {[]dutylog.Unfinished{unfinished("a", noon.Add(time.Hour))}, standing, noon.Add(61 * time.Minute), "over entry_overdue/a", noon.Add(70 * time.Minute)},
		"one late, one early":       {[]dutylog.Unfinished{unfinished("a", noon), unfinished("b", noon.Add(15*time.Minute))}, nil, noon.Add(16 * time.Minute), "entry_overdue/a at " + noon.Add(10*time.Minute).Format(time.TimeOnly), noon.Add(25 * time.Minute)},
		"a line without a deadline": {[]dutylog.Unfinished{other}, nil, noon.Add(time.Hour), "", time.Time{}},
		"an old story":              {[]dutylog.Unfinished{unfinished("a", noon)}, nil, noon.Add(25 * time.Hour), "", time.Time{}},
		"an old story, told before": {[]dutylog.Unfinished{unfinished("a", noon)}, standing, noon.Add(25 * time.Hour), "", time.Time{}},
		"over the year's end":       {[]dutylog.Unfinished{unfinished("a", newYear)}, nil, newYear.Add(10 * time.Minute), "entry_overdue/a at 16:05:00", time.Time{}},
		"into the leap day":         {[]dutylog.Unfinished{unfinished("a", leap)}, nil, leap.Add(time.Minute), "", time.Date(2028, 2, 29, 0, 8, 0, 0, time.UTC)},
		"the clock was set back":    {[]dutylog.Unfinished{unfinished("a", noon)}, standing, noon.Add(-time.Hour), "over entry_overdue/a", noon.Add(10 * time.Minute)},
	} {
		told, next := alerts.Overdue(c.open, c.standing, within, c.now)
		if diff := cmp.Diff(c.want, said(told)); diff != "" || !next.Equal(c.next) {
			t.Errorf("%s: next %v, want %v; told (-want +got):\n%s", name, next, c.next, diff)
		}
	}
}

// Whoever asks again and again with what was told is told each thing once.
func TestAnOverdueEntryIsToldOnce(t *testing.T) {
	within := map[string]time.Duration{"duty": alerts.CompleteWithin}
	var standing []alerts.Alert
	log := []string{}
	open := []dutylog.Unfinished{unfinished("a", noon), unfinished("b", noon.Add(2*time.Minute))}
	for minute := range 30 {
		if minute == 20 {
			open = open[1:] // a is complete
		}
		told, _ := alerts.Overdue(open, standing, within, noon.Add(time.Duration(minute)*time.Minute))
		for _, a := range told {
			log = append(log, fmt.Sprintf("%d: %s", minute, said([]alerts.Alert{a})[:len("entry_overdue/a")]))
			if len(a.Ends) > 0 {
				standing = standing[1:]
			} else {
				standing = append(standing, a)
			}
		}
	}
	if diff := cmp.Diff([]string{"10: entry_overdue/a", "12: entry_overdue/b", "20: over entry_over"}, log); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnOverdueAlertNamesItsEntry(t *testing.T) {
	told, _ := alerts.Overdue([]dutylog.Unfinished{unfinished("e-1.0", noon)}, nil, map[string]time.Duration{"duty": time.Minute}, noon.Add(time.Hour))
	if len(told) != 1 || alerts.OverdueEntry(told[0]) != "e-1.0" || told[0].Detail != "2026-000007" || told[0].CallID != "c-e-1.0" || told[0].Line != "duty" || !told[0].Reason.Lasts() {
		t.Errorf("%+v", told)
	}
	if alerts.OverdueEntry(alerts.Alert{Key: "missed/1"}) != "" {
		t.Error("a missed call is about an entry")
	}
}
