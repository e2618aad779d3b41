package dutylog_test

import (
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// Only what no index has makes a list a narrowed one, which may give a short page.
func TestWhatNarrowsAList(t *testing.T) {
	for name, c := range map[string]struct {
		q    dutylog.EntryQuery
		want bool
	}{
		"nothing":           {dutylog.EntryQuery{}, false},
		"what indexes have": {dutylog.EntryQuery{From: time.Unix(0, 0), Line: "duty", State: dutylog.Open, Kind: dutylog.KindDuty, Handling: dutylog.Pending, Unit: "甲局"}, false},
		"a part of a unit":  {dutylog.EntryQuery{UnitPart: "甲"}, true},
		"an officer":        {dutylog.EntryQuery{Officer: "王芳"}, true},
		"an outcome":        {dutylog.EntryQuery{Outcome: telephony.Missed}, true},
		"a category":        {dutylog.EntryQuery{Category: "其他"}, true},
	} {
		if got := c.q.Narrowed(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
