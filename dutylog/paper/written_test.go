package paper_test

import (
	"fmt"
	"os"
	"regexp"
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

func written(kind dutylog.Kind) dutylog.Entry {
	e := aWarning()
	e.Kind = kind
	e.Values = map[dutylog.Field]string{dutylog.CallerUnit: "甲", dutylog.CallerPerson: "乙", dutylog.ContactNumber: "丙", dutylog.Content: "丁", dutylog.AnsweredBy: "己"}
	if kind == dutylog.KindPatrol {
		e.Values[dutylog.CheckResult] = "戊"
	}
	return e
}

// What came by no telephone is not called a call on its paper: title, time and fields have the words of its kind.
func TestAWrittenEntryHasTheWordsOfItsKind(t *testing.T) {
	for kind, c := range map[dutylog.Kind]struct {
		title string
		words []string
	}{
		dutylog.KindFax:     {"值班传真记录", []string{"收到时间 2026-11-27 09:30", "来文单位 甲", "来文联系人 乙", "传真号或电话 丙", "传真内容 丁", "接收人 己"}},
		dutylog.KindWeChat:  {"值班微信记录", []string{"收到时间 2026-11-27 09:30", "发送单位 甲", "发送人姓名 乙", "微信内容 丁", "接收人 己"}},
		dutylog.KindVisit:   {"来访接待记录", []string{"来访时间 2026-11-27 09:30", "来访单位 甲", "来访人姓名 乙", "来访事项 丁", "接待人 己"}},
		dutylog.KindPatrol:  {"值班巡查记录", []string{"巡查时间 2026-11-27 09:30", "备注 丁", "巡查情况 戊", "巡查人 己"}},
		dutylog.KindWarning: {"预警信息接收记录", []string{"收到时间 2026-11-27 09:30", "发布单位 甲", "预警内容 丁", "接收人 己"}},
	} {
		s := paper.Entry(frame, paper.Single{Entry: written(kind)})
		text := strings.NewReplacer("[", "", "]", "").Replace(fmt.Sprint(s.Tables))
		for _, want := range c.words {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is not on its paper: %s", kind, want, text)
			}
		}
		if s.Title != c.title || s.Tables[0].Name != c.title {
			t.Errorf("%s is titled %s, its worksheet %s", kind, s.Title, s.Tables[0].Name)
		}
		for _, wrong := range []string{"来电时间", "来电号码", "未显示号码", "电话内容", "抽查结果"} {
			if strings.Contains(text, wrong) {
				t.Errorf("%s: %s stands on its paper: %s", kind, wrong, text)
			}
		}
	}
}

// A call keeps its words whatever a person takes it for, and what is written late keeps those of its kind.
func TestACallKeepsItsNumberAndALateVisitItsTime(t *testing.T) {
	call, c := dutyCall("1.1", "2026-11-27 08:31:05", 123)
	s := paper.Entry(frame, paper.Single{Entry: call, Call: c})
	if text := fmt.Sprint(s.Tables); s.Title != "值班电话记录" || !strings.Contains(text, "来电时间 2026-11-27 08:31 来电号码 024-23860012") || !strings.Contains(text, "电话内容") {
		t.Errorf("%s %s", s.Title, text)
	}
	late := written(dutylog.KindVisit)
	late.Late, late.CallAt = &dutylog.Late{}, local("2026-11-27 03:13:00")
	if text := fmt.Sprint(paper.Entry(frame, paper.Single{Entry: late}).Tables); !strings.Contains(text, "来访时间 2026-11-27 03:13") || !strings.Contains(text, "补录时间 2026-11-27 09:30") || strings.Contains(text, "号码") {
		t.Errorf("%s", text)
	}
	day := fmt.Sprint(dayOf(written(dutylog.KindPatrol)).Tables)
	if !strings.Contains(day, "巡查情况：戊") || strings.Contains(day, "抽查结果") {
		t.Errorf("the day's paper: %s", day)
	}
}

// What is missing of a patrol, and what was erased of one, has the patrol's words.
func TestWhatIsMissingHasTheWordsOfItsKind(t *testing.T) {
	m := dutylog.Matter{EntryNumber: "2026-000131", Kind: dutylog.KindPatrol, Who: "李娜", Missing: []dutylog.Field{dutylog.CheckResult}}
	if text := fmt.Sprint(paper.Handover(frame, dutylog.Handover{}, dutylog.Sheet{Matters: []dutylog.Matter{m}}).Tables); !strings.Contains(text, "（待补：巡查情况）") {
		t.Errorf("%s", text)
	}
	e := written(dutylog.KindPatrol)
	e.Erased = []dutylog.Erasure{{Decision: 3, At: local("2026-11-27 12:00:00"), Fields: []dutylog.Field{dutylog.CheckResult}}}
	if notes := paper.Entry(frame, paper.Single{Entry: e}).Notes; !strings.HasSuffix(notes[0], "抹去：巡查情况") {
		t.Errorf("%s", notes)
	}
}

func TestWhatWasNotPossibleIsSaidOfItsField(t *testing.T) {
	for field, want := range map[dutylog.Field]string{dutylog.ReadBack: "无法复述", dutylog.CallBackResult: "无法回拨", dutylog.PassedTo: "无需转交", dutylog.Place: "无法说明", dutylog.PaperSheet: "没有纸质单"} {
		if got := paper.GapName(field, dutylog.NotPossible); got != want {
			t.Errorf("%s that was not possible: %s, want %s", field, got, want)
		}
	}
}

// The words of a kind are those of the page: one officer fills in 巡查情况 and another looks for it on paper.
func TestTheWordsOfAKindAreThePages(t *testing.T) {
	word := regexp.MustCompile(`'field\.([a-z_]+)\.([a-z_]+)': '([^']+)'`)
	seen := map[string]bool{}
	for _, file := range []string{"matter.ts", "zh.ts"} {
		text, err := os.ReadFile("../../web/page/src/i18n/" + file)
		if err != nil {
			t.Fatal(err)
		}
		zh, _, _ := strings.Cut(string(text), "export const matterEn")
		for _, m := range word.FindAllStringSubmatch(zh, -1) {
			seen[m[1]+"."+m[2]] = true
			if got := paper.FieldName(dutylog.Kind(m[2]), dutylog.Field(m[1])); got != m[3] {
				t.Errorf("%s of a %s entry is %s on paper and %s on the page", m[1], m[2], got, m[3])
			}
		}
	}
	for _, kind := range dutylog.Kinds() {
		for _, f := range dutylog.Fields() {
			if name := paper.FieldName(kind.Kind, f); name != paper.FieldNames[f] && !seen[string(f)+"."+string(kind.Kind)] {
				t.Errorf("the page has no word of its own for %s of a %s entry, paper has %s", f, kind.Kind, name)
			}
		}
	}
}

// The title, the worksheets and the file of a month's paper say one month, and the file says whose room it is: a file
// that lies in a folder with those of other rooms and months is known by its name alone.
func TestAMonthsPaperAndItsFileSayTheSame(t *testing.T) {
	for _, month := range []dutylog.Month{"2026-12", "2027-01", "2028-02"} {
		from, to := month.Span(frame.Zone)
		first := from.In(frame.Zone)
		for _, s := range []paper.Sheet{
			paper.Month(frame, paper.Period{From: from.UTC(), To: to.UTC()}),
			paper.Month(frame, paper.Period{From: from.UTC(), To: to.UTC(), Line: "fire"}),
			paper.Roster(frame, paper.RosterMonth{Month: month, Calendar: dutylog.SeedCalendar()}),
			paper.SpotChecks(frame, month, nil),
			paper.Listening(frame, paper.Drawn{Draw: dutylog.Draw{Month: month}}),
		} {
			words := first.Format("2006年1月")
			if !strings.HasPrefix(s.Title, words) || !strings.HasPrefix(s.File(), frame.Unit+"-") || !strings.Contains(s.File(), string(month)) || strings.HasSuffix(s.File(), "-fire") != (s.Line == "fire") {
				t.Errorf("the title %q, the file %q", s.Title, s.File())
			}
			for _, table := range s.Tables {
				if !strings.HasPrefix(table.Name, words) {
					t.Errorf("the worksheet %q of %q", table.Name, s.Title)
				}
			}
		}
	}
	if got := (paper.Sheet{Unit: "甲/乙:局", Name: "值班表-2026-12"}).File(); got != "甲乙局-值班表-2026-12" {
		t.Errorf("a name that no file may have: %s", got)
	}
}
