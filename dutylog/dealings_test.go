package dutylog_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
)

// openMatter is an open entry of another call.
func openMatter(id, number string, minutes int, v values) dutylog.Entry {
	e := opened(answered(number))
	e.ID, e.CallAt = id, noon.Add(time.Duration(minutes)*time.Minute)
	for f, x := range v {
		e.Values[f] = x
	}
	return e
}

func TestOpenMattersThatConcernACaller(t *testing.T) {
	own := openMatter("own", "13800001111", 60, values{"caller_unit": " 沈河区 应急局"})
	done := openMatter("done", "13800001111", 1, nil)
	done.State = dutylog.Complete
	going := done
	going.ID = "going"
	going.Steps = []dutylog.Step{{Number: 1, Kind: dutylog.StepReported, At: noon, Whom: "市局"}}
	step := openMatter("step", "13800001111", 2, nil)
	step.Kind = dutylog.KindStep
	open := []dutylog.Entry{
		own, done, going, step,
		openMatter("unit", "02422730009", 50, values{"caller_unit": "沈河区 应急局"}),
		openMatter("named", "02422730008", 40, values{"content": "请回复13800001111"}),
		openMatter("other", "02422730007", 59, values{"caller_unit": "市公安局", "content": "13800001112"}),
		openMatter("older", "+8613800001111", 10, nil),
		openMatter("newer", "013800001111", 30, nil),
	}
	var got []string
	for _, c := range dutylog.Concerns(own, open) {
		got = append(got, c.Entry.ID+" "+string(c.Why))
	}
	want := []string{"newer same_number", "older same_number", "going same_number", "named number_named", "unit same_unit"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNobodyIsConcernedByWhatIsNotKnown(t *testing.T) {
	for _, number := range []string{"", "anonymous"} {
		own := openMatter("own", number, 60, nil)
		other := openMatter("other", number, 1, nil)
		if got := dutylog.Concerns(own, []dutylog.Entry{other}); len(got) != 0 {
			t.Errorf("%q: two callers without a number are not the same: %+v", number, got)
		}
	}
	own := openMatter("own", "8021", 60, nil)
	if got := dutylog.Concerns(own, []dutylog.Entry{openMatter("same", "8021", 1, nil), openMatter("other", "8022", 1, values{"content": "转8021"})}); len(got) != 1 || got[0].Entry.ID != "same" {
		t.Errorf("an extension: %+v", got)
	}
	if got := dutylog.Concerns(own, nil); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestNoMoreMattersThanFitBesideTheForm(t *testing.T) {
	var open []dutylog.Entry
	for i := range 30 {
		open = append(open, openMatter(fmt.Sprint("e", i), "13800001111", i, nil))
	}
	got := dutylog.Concerns(openMatter("own", "13800001111", 60, nil), open)
	if len(got) != 9 || got[0].Entry.ID != "e29" || got[8].Entry.ID != "e21" {
		t.Errorf("%d: %s … %s", len(got), got[0].Entry.ID, got[len(got)-1].Entry.ID)
	}
}
