package alerts_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog"
)

// A late handover is one problem, from its deadline on; whatever else the roster says ends it.
func TestAlertsOfHandovers(t *testing.T) {
	end := noon.Add(-time.Hour)
	late := dutylog.HandoverDue{Why: dutylog.HandoverLate, ShiftEnd: end, Deadline: end.Add(15 * time.Minute), Expected: "李娜"}
	want := alerts.Alert{Key: "handover_late/duty", Rule: "handover_late", Reason: alerts.ReasonHandoverLate, Certainty: alerts.Certain, Severity: alerts.Warning,
		Line: "duty", Detail: "李娜", At: late.Deadline}
	for _, now := range []time.Time{noon, noon.Add(24 * time.Hour)} {
		if diff := cmp.Diff(want, alerts.FromHandover(late, "duty", now)); diff != "" {
			t.Errorf("at %v (-want +got):\n%s", now, diff)
		}
	}
	for _, why := range []dutylog.HandoverWhy{dutylog.NoRoster, dutylog.StillTheirs, dutylog.Awaited} {
		got := alerts.FromHandover(dutylog.HandoverDue{Why: why, Deadline: end}, "duty", noon)
		if diff := cmp.Diff(alerts.Alert{Line: "duty", At: noon, Ends: []string{want.Key}}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", why, diff)
		}
	}
	if !alerts.ReasonHandoverLate.Lasts() || !alerts.ReasonDutyOverdue.Lasts() {
		t.Error("they last until their cause is gone")
	}
}

// However many tasks of a rule are overdue, it is one problem, named by the oldest; a rule of which
// nothing is overdue ends its own.
func TestAlertsOfDatedDuties(t *testing.T) {
	task := func(rule int64, title string, hours int, state dutylog.TaskState) dutylog.Task {
		return dutylog.Task{Rule: dutylog.TaskRule{Rule: rule}, Title: title, DueAt: noon.Add(time.Duration(hours) * time.Hour), State: state}
	}
	tasks := []dutylog.Task{
		task(1, "报送日报", -50, dutylog.TaskDoneLate), task(1, "报送日报", -26, dutylog.TaskOverdue), task(2, "检查设备", -20, dutylog.TaskMissed),
		task(1, "报送日报", -2, dutylog.TaskOverdue), task(2, "检查设备", 1, dutylog.TaskDue), task(3, "外出报备：孙局长外出", -1, dutylog.TaskOverdue), task(4, "报备值班表", 30, dutylog.TaskComing),
	}
	var rules []dutylog.TaskRule
	for n := range int64(5) {
		rules = append(rules, dutylog.TaskRule{Rule: n + 1})
	}
	type brief struct {
		Key, Detail string
		At          time.Time
		Ends        []string
	}
	var got []brief
	for _, a := range alerts.FromTasks(rules, tasks, "duty", noon) {
		got = append(got, brief{a.Key, a.Detail, a.At, a.Ends})
	}
	want := []brief{
		{"duty_overdue/duty/1", "报送日报", noon.Add(-26 * time.Hour), nil},
		{"", "", noon, []string{"duty_overdue/duty/2"}},
		{"duty_overdue/duty/3", "外出报备：孙局长外出", noon.Add(-time.Hour), nil},
		{"", "", noon, []string{"duty_overdue/duty/4"}},
		{"", "", noon, []string{"duty_overdue/duty/5"}}, // of which nothing is left
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if none := alerts.FromTasks(nil, tasks, "duty", noon); len(none) != 0 {
		t.Errorf("%+v", none)
	}
}
