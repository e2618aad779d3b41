package paper_test

import (
	"fmt"
	"strings"
	"testing"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
)

// aWarning is what came by no telephone.
func aWarning() dutylog.Entry {
	return dutylog.Entry{ID: "w-2", EntryNumber: dutylog.EntryNumber{Year: 2026, Serial: 131}, Line: "duty", Kind: dutylog.KindWarning, State: dutylog.Complete, Revision: 1,
		OpenedAt: local("2026-11-27 09:30:00"), Rostered: "李娜",
		Values: map[dutylog.Field]string{dutylog.CallerUnit: "市气象台", dutylog.WarningLevel: "黄色", dutylog.ValidUntil: "2026-11-27T22:00:00.000Z", dutylog.Content: "大风黄色预警",
			dutylog.PassedTo: "各街道", dutylog.AnsweredBy: "李娜"}}
}

func dayOf(entries ...dutylog.Entry) paper.Sheet {
	return paper.Day(frame, paper.Period{From: local("2026-11-27 00:00:00"), To: local("2026-11-28 00:00:00"), Entries: entries})
}

// Moments in fields stand in the time of the site, on the paper of the entry as on that of the day.
func TestMomentsInFieldsAreTheSites(t *testing.T) {
	for value, want := range map[string]string{
		"2026-11-27T22:00:00.000Z":      "2026-11-28 06:00",
		"2020-01-01T00:00:00Z":          "2020-01-01 08:00",
		"2026-11-27T15:59:59.999Z":      "2026-11-27 23:59",
		"2026-11-27T22:00:00.000+08:00": "2026-11-27 22:00",
		"明早六点":                          "明早六点",
	} {
		for _, field := range []dutylog.Field{dutylog.HappenedAt, dutylog.ValidUntil} {
			e := aWarning()
			delete(e.Values, dutylog.ValidUntil)
			e.Values[field] = value
			for name, s := range map[string]paper.Sheet{"entry": paper.Entry(frame, paper.Single{Entry: e}), "day": dayOf(e)} {
				text := fmt.Sprint(s.Tables)
				if !strings.Contains(text, want) || want != value && strings.Contains(text, value) {
					t.Errorf("%s %s on the sheet %s, want %s: %s", field, value, name, want, text)
				}
			}
		}
	}
}

// A moment that is not there says why, and one that was erased says so.
func TestAMomentThatIsNotThereSaysWhy(t *testing.T) {
	gap, erased := aWarning(), aWarning()
	delete(gap.Values, dutylog.ValidUntil)
	gap.Gaps = map[dutylog.Field]dutylog.Gap{dutylog.ValidUntil: {Why: dutylog.NotGiven, Reason: "另行通知"}}
	delete(erased.Values, dutylog.ValidUntil)
	erased.Erased = []dutylog.Erasure{{Decision: 2, Fields: []dutylog.Field{dutylog.ValidUntil}}}
	for want, e := range map[string]dutylog.Entry{"未提供（另行通知）": gap, "（已抹去）": erased} {
		for _, s := range []paper.Sheet{paper.Entry(frame, paper.Single{Entry: e}), dayOf(e)} {
			if text := fmt.Sprint(s.Tables); !strings.Contains(text, want) {
				t.Errorf("%s is not said: %s", want, text)
			}
		}
	}
}
