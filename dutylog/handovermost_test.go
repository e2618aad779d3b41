package dutylog_test

import (
	"fmt"
	"strings"
	"testing"

	"dutyline/dutylog"
)

// manyAlerts are so many minor ones, the newest first, with one critical one at the very end.
func manyAlerts(n int) (list []dutylog.OpenAlert) {
	for i := range n {
		list = append(list, dutylog.OpenAlert{ID: int64(n - i), Severity: []string{"info", "warning"}[i%2]})
	}
	list[n-1].Severity = "critical"
	return list
}

func TestASheetSaysWhatItDoesNotList(t *testing.T) {
	incidents := make([]dutylog.OpenIncident, dutylog.MostIncidents+3)
	for i := range incidents {
		incidents[i].ID = int64(i + 1)
	}
	s := dutylog.Sheet{Matters: make([]dutylog.Matter, 5), Alerts: manyAlerts(dutylog.MostAlerts + 7), Incidents: incidents}.Fit(12)
	if s.Rest() != (dutylog.Unlisted{Matters: 7, Alerts: 7, Incidents: 3}) || len(s.Alerts) != dutylog.MostAlerts || len(s.Incidents) != dutylog.MostIncidents {
		t.Errorf("%+v of %d and %d", s.Rest(), len(s.Alerts), len(s.Incidents))
	}
	if s.Alerts[0].Severity != "critical" || s.Alerts[1].Severity != "warning" || s.Alerts[1].ID < s.Alerts[2].ID || s.Incidents[0].ID != 4 {
		t.Errorf("%+v, %+v", s.Alerts[:3], s.Incidents[0])
	}
	text, digest := s.Freeze()
	if !strings.Contains(text, `"unlisted":{"matters":7,"alerts":7,"incidents":3}`) {
		t.Errorf("what was confirmed does not say it: %.200s", text)
	}
	if back, err := dutylog.Thaw(text, digest); err != nil || back.Rest() != s.Rest() || back.Digest() != digest {
		t.Errorf("%+v, %v", back.Rest(), err)
	}
}

// A sheet that lists all says nothing of it: those that were confirmed before keep their text.
func TestASheetThatListsAllHasNoRest(t *testing.T) {
	s := dutylog.Sheet{Matters: make([]dutylog.Matter, 5), Alerts: manyAlerts(dutylog.MostAlerts)}.Fit(5)
	if text, _ := s.Freeze(); s.Unlisted != nil || strings.Contains(text, "unlisted") || s.Rest() != (dutylog.Unlisted{}) {
		t.Errorf("%+v", s.Unlisted)
	}
	if s = (dutylog.Sheet{}).Fit(0); s.Unlisted != nil {
		t.Errorf("%+v", s.Unlisted)
	}
}

func TestTheRestOfASheetIsMasked(t *testing.T) {
	s := dutylog.Sheet{Alerts: []dutylog.OpenAlert{{Detail: "来电 13904017777"}}, Incidents: []dutylog.OpenIncident{{Title: "13904017777 报火警",
		Instructions: []dutylog.OpenInstruction{{Whom: "孙局长", Text: "请回电 024-2273-0001"}}}}}
	masked := s.Mask()
	text := fmt.Sprint(masked)
	for _, hidden := range []string{"13904017777", "2273"} {
		if strings.Contains(text, hidden) {
			t.Errorf("%s is shown: %s", hidden, text)
		}
	}
	if !strings.Contains(text, "孙局长") || s.Alerts[0].Detail != "来电 13904017777" || s.Incidents[0].Instructions[0].Text != "请回电 024-2273-0001" {
		t.Errorf("the sheet itself was changed: %+v", s)
	}
}

func TestUrgencyIsNamedWhereItPresses(t *testing.T) {
	for urgency, want := range map[string]string{"": "", "一般": "", "紧急": "紧急", "特急": "特急"} {
		e := dutylog.Entry{Values: map[dutylog.Field]string{dutylog.Urgency: urgency}}
		if got := dutylog.MatterOf(e).Urgency; got != want {
			t.Errorf("%q is %q", urgency, got)
		}
	}
}
