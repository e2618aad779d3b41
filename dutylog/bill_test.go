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
	"dutyline/telephony"
)

var (
	ourLine = telephony.ParseNumber("02422739110", "024")
	billDay = time.Date(2026, 11, 23, 8, 0, 0, 0, shanghai)
)

func csvSheet(rows ...string) []dutylog.Table {
	s := dutylog.Table{}
	for _, r := range rows {
		s.Rows = append(s.Rows, strings.Split(r, ","))
	}
	return []dutylog.Table{s}
}

// inWords is what was read, a row a line.
func inWords(b dutylog.Bill) string {
	var lines []string
	for _, r := range b.Rows {
		line := fmt.Sprintf("%s: %s>%s", r.Place, r.Caller.E164, r.Called.E164)
		if r.Other.Raw != "" {
			line = fmt.Sprintf("%s: %s %s", r.Place, r.Direction, r.Other.E164)
		}
		line += " " + r.At.In(shanghai).Format("2006-01-02 15:04:05")
		if r.Measured {
			line += " " + r.Duration.String()
		}
		lines = append(lines, line)
	}
	return strings.Join(append(lines, b.Unreadable...), "\n")
}

func TestBillsAreReadHoweverTheyAreWritten(t *testing.T) {
	workbook := func(rows ...string) []dutylog.Table {
		s := csvSheet(rows...)
		s[0].Workbook = true
		return s
	}
	const one = "row 2: +862422730001>+862422739110 2026-11-23 08:05:09 1m15s"
	for _, c := range []struct {
		name   string
		sheets []dutylog.Table
		want   string
	}{
		{"Chinese", csvSheet("主叫号码,被叫号码,开始时间,通话时长", "02422730001,02422739110,2026-11-23 08:05:09,75"), one},
		{"English", csvSheet("Caller,Called,Time,Duration", "+862422730001,22739110,2026/11/23 8:05:09,0:01:15"), one},
		{"other words", csvSheet("序号,呼叫时间,主叫,被叫,时长（秒）,备注", "1,20261123080509,024-22730001,(024)22739110,75,x"), one},
		{"day and time of day", csvSheet("日期,时间,主叫号码,被叫号码,时长", "2026年11月23日,08:05:09,2422730001,2422739110,1分15秒"), one},
		{"minutes in the header", csvSheet("caller,called,start time,duration (min)", "02422730001,02422739110,2026-11-23T08:05:09,1.25"), one},
		{"in UTC", csvSheet("caller,called,time,billsec", "02422730001,02422739110,2026-11-23T00:05:09Z,75"), one},
		{"with an apostrophe and parts of a second", csvSheet("caller,called,time,duration", "'02422730001,'02422739110,2026-11-23 08:05:09.733,01:15"), one},
		{"Excel's numbers", workbook("主叫号码,被叫号码,通话时间,通话时长", "2422730001,2422739110,46349.3369097222,8.68055555555556E-04"), one},
		{"Excel's numbers in two columns", workbook("日期,时间,主叫,被叫,时长", "46349,0.336909722222222,2.422730001E9,2422739110.0,75"), one},
		{"Excel's numbers in minutes", workbook("主叫,被叫,时间,通话时长（分钟）", "02422730001,02422739110,2026-11-23 08:05:09,0.5"), strings.Replace(one, "1m15s", "30s", 1)},
		{"Excel's times of day in minutes", workbook("主叫,被叫,时间,通话时长（分钟）", "02422730001,02422739110,2026-11-23 08:05:09,8.68055555555556E-04"), one},
		{"below a title", csvSheet("某区电信分公司,,,", "2026年11月话单,,,", "主叫号码,被叫号码,开始时间,时长", "02422730001,02422739110,2026-11-23 08:05:09,75"), strings.Replace(one, "row 2", "row 4", 1)},
		{"of a mobile phone", csvSheet("呼叫类型,对方号码,起始时间,通话时长", "主叫,13900001111,2026-11-23 08:05:09,12秒", "被叫,110,2026-11-23 08:06:00,1小时2分3秒", ",10086,2026-11-23 08:07:00,"),
			"row 2: out +8613900001111 2026-11-23 08:05:09 12s\nrow 3: in +86110 2026-11-23 08:06:00 1h2m3s\nrow 4:  +8610086 2026-11-23 08:07:00"},
		{"without durations, a number withheld", csvSheet("主叫,时间", "匿名,2026-11-23 08:05", "-,2026-11-23 08:06"), "row 2: > 2026-11-23 08:05:00\nrow 3: > 2026-11-23 08:06:00"},
		{"empty rows and faults", csvSheet("主叫,被叫,时间,时长", "", ",,,", "1.39E+10,02422739110,2026-11-23 08:05:09,1", "02422730001,02422739110,gestern,1", "02422730001,02422739110,,1",
			"02422730001,02422739110,2026-11-23 08:05:09,lang", "02422730001,02422739110,0026-11-23 08:05:09,1", "1.5,02422739110,2026-11-23 08:05:09,1", "02422730001,02422739110,2026-11-23 08:05:09,75", "合计,,,\x1b[31m"),
			"row 9: +862422730001>+862422739110 2026-11-23 08:05:09 1m15s\n" +
				"row 4: the number \"1.39E+10\" was garbled by a spreadsheet: give the column the format Text and export it again\n" +
				"row 5: \"gestern\" is no time; write it like 2026-11-23 08:05:09\nrow 6: there is no time in it\n" +
				"row 7: \"lang\" is no duration; write seconds, or 0:01:15\nrow 8: \"0026-11-23 08:05:09\" is no time; write it like 2026-11-23 08:05:09\n" +
				"row 9x"},
	} {
		b, err := dutylog.ParseBill(c.sheets, "024", shanghai)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		want := c.want
		if c.name == "empty rows and faults" {
			want = strings.Replace(strings.Replace(want, "row 9:", "row 10:", 1), "row 9x",
				"row 9: the number \"1.5\" was garbled by a spreadsheet: give the column the format Text and export it again\nrow 11: there is no time in it", 1)
		}
		if diff := cmp.Diff(want, inWords(b)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestSheetsOfAWorkbookAreReadTogether(t *testing.T) {
	sheets := append(csvSheet("说明", "本表仅供参考"), csvSheet("caller,called,time", "1,2,2026-11-23 08:00:00")[0], csvSheet("主叫,被叫,时间", "1,2,2026-12-23 08:00:00")[0])
	for i, name := range []string{"说明", "11月", "12月"} {
		sheets[i].Name, sheets[i].Workbook = name, true
	}
	sheets[2].Date1904 = true
	sheets[2].Rows = append(sheets[2].Rows, []string{"1", "2", "44918.5"})
	b, err := dutylog.ParseBill(sheets, "024", shanghai)
	if err != nil || len(b.Rows) != 3 || b.Rows[0].Place != "sheet 11月, row 2" || b.Rows[2].Place != "sheet 12月, row 3" || b.Rows[2].At.Format("2006-01-02 15:04") != "2026-12-24 12:00" {
		t.Errorf("%+v, %v", b, err)
	}
}

func TestTablesThatAreNoBillsAreRefusedInASentence(t *testing.T) {
	for name, c := range map[string]struct {
		sheets []dutylog.Table
		words  string
	}{
		"nothing":          {nil, "no header row"},
		"a directory":      {csvSheet("单位,姓名,电话", "a,b,1"), "no header row"},
		"only a header":    {csvSheet("主叫,被叫,时间"), "no row below its header"},
		"nothing readable": {csvSheet("主叫,被叫,时间", "1,2,x", "1,2,y"), "none of its 2 rows can be read; the first is row 2"},
		"header too low":   {csvSheet(append(make([]string, 30), "主叫,被叫,时间", "1,2,2026-11-23 08:00:00")...), "no header row"},
	} {
		if _, err := dutylog.ParseBill(c.sheets, "024", shanghai); err == nil || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// months is a log of n calls of a line, and the list that a carrier would send of them.
func months(n int, seed uint64) (calls []dutylog.Call, bill [][]string) {
	r := rand.New(rand.NewPCG(seed, 1))
	at := billDay
	for i := range n {
		at = at.Add(time.Duration(1+r.IntN(180)) * time.Minute).Add(time.Duration(r.IntN(60)) * time.Second)
		number := fmt.Sprintf("0242273%04d", r.IntN(12))
		c := telephony.Call{ID: fmt.Sprintf("%d.%d", at.Unix(), i), Line: "duty", Direction: telephony.Inbound, Outcome: telephony.AnsweredInTime,
			Caller: telephony.ParseNumber(number, "024"), Called: ourLine, OfferedAt: at, AnsweredAt: at.Add(time.Duration(3+r.IntN(9)) * time.Second)}
		c.EndedAt = c.AnsweredAt.Add(time.Duration(10+r.IntN(300)) * time.Second)
		calls = append(calls, dutylog.Call{Call: c})
		bill = append(bill, []string{number, "02422739110", at.Format("2006-01-02 15:04:05"), fmt.Sprint(int(c.EndedAt.Sub(c.AnsweredAt).Seconds()))})
	}
	return calls, bill
}

func billOf(t *testing.T, rows [][]string) dutylog.Bill {
	t.Helper()
	b, err := dutylog.ParseBill([]dutylog.Table{{Rows: append([][]string{{"主叫号码", "被叫号码", "开始时间", "时长"}}, rows...)}}, "024", shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func shifted(t *testing.T, text string, by time.Duration) string {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05", text, shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return at.Add(by).Format("2006-01-02 15:04:05")
}

func compare(t *testing.T, b dutylog.Bill, calls []dutylog.Call, change ...func(*dutylog.BillTask)) dutylog.BillReport {
	t.Helper()
	task := dutylog.BillTask{Lines: []telephony.Number{ourLine}, Calls: calls, Tolerance: 90 * time.Second}
	for _, c := range change {
		c(&task)
	}
	r, err := task.Compare(b)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// figures is a report in one line.
func figures(r dutylog.BillReport) string {
	return fmt.Sprintf("matched %d, only list %d, only log %d, durations %d, excused %d, not ours %d, offset %s %v, at answer %v",
		r.Matched, len(r.OnlyBill), len(r.OnlyLog), len(r.Durations), len(r.Excused), r.NotOurs, r.Offset, r.Sure, r.AtAnswer)
}

func TestAListThatAgreesMatchesWhole(t *testing.T) {
	for _, offset := range []time.Duration{0, 37 * time.Second, -4*time.Minute - 7*time.Second, 8 * time.Hour, -12 * time.Hour} {
		calls, rows := months(200, 7)
		for i := range rows {
			rows[i][2] = shifted(t, rows[i][2], offset)
		}
		r := compare(t, billOf(t, rows), calls)
		want := fmt.Sprintf("matched 200, only list 0, only log 0, durations 0, excused 0, not ours 0, offset %s true, at answer false", offset)
		if diff := cmp.Diff(want, figures(r)); diff != "" || r.Differs() {
			t.Errorf("clock off by %s (-want +got):\n%s", offset, diff)
		}
	}
}

func TestTimesOfTheAnswerAreKnownAsSuch(t *testing.T) {
	calls, rows := months(60, 3)
	for i := range rows {
		rows[i][2] = calls[i].AnsweredAt.In(shanghai).Add(5 * time.Minute).Format("2006-01-02 15:04:05")
	}
	r := compare(t, billOf(t, rows), calls)
	if diff := cmp.Diff("matched 60, only list 0, only log 0, durations 0, excused 0, not ours 0, offset 5m0s true, at answer true", figures(r)); diff != "" {
		t.Error(diff)
	}
}

func TestAListToTheMinuteMatches(t *testing.T) {
	calls, rows := months(60, 3)
	for i := range rows {
		rows[i][2] = rows[i][2][:len(rows[i][2])-3]
		var s int
		fmt.Sscan(rows[i][3], &s)
		rows[i][3] = fmt.Sprint((s + 59) / 60 * 60)
	}
	r := compare(t, billOf(t, rows), calls)
	if r.Matched != 60 || r.Differs() || r.Offset != 0 || !r.Coarse {
		t.Errorf("%s, %+v", figures(r), r.Durations)
	}
}

func TestAListInMinutesIsRoundedHoweverShortItIs(t *testing.T) {
	for _, c := range []struct {
		name, header string
		differ       int
		durations    []string
	}{
		{"whole minutes", "通话时长（分钟）", 0, []string{"1", "1"}},
		{"one row", "duration (min)", 0, []string{"1"}},
		{"parts of a minute", "通话时长（分钟）", 2, []string{"1.5", "1"}},
		{"seconds", "通话时长（秒）", 2, []string{"60", "60"}},
		{"no unit", "通话时长", 2, []string{"60", "60"}},
	} {
		all, rows := months(2, 5)
		var calls []dutylog.Call
		for i, d := range c.durations {
			all[i].EndedAt = all[i].AnsweredAt.Add(23 * time.Second)
			calls, rows[i][3] = append(calls, all[i]), d
		}
		b, err := dutylog.ParseBill([]dutylog.Table{{Rows: append([][]string{{"主叫号码", "被叫号码", "开始时间", c.header}}, rows[:len(calls)]...)}}, "024", shanghai)
		if err != nil {
			t.Fatal(err)
		}
		if r := compare(t, b, calls); r.Matched != len(calls) || len(r.Durations) != c.differ {
			t.Errorf("%s: %s", c.name, figures(r))
		}
	}
}

func TestWhatDiffersIsNamed(t *testing.T) {
	calls, rows := months(40, 11)
	for i := range rows {
		rows[i][2] = shifted(t, rows[i][2], 50*time.Second)
	}
	lost := calls[20]                            // the list has it, we do not
	calls = append(calls[:20:20], calls[21:]...) //
	unlisted := calls[10]                        // we have it, the list does not
	rows = append(rows[:10:10], rows[11:]...)    //
	rows[4][3] = "9999"                          // another duration
	rows = append(rows, []string{"13900001111", "02487654321", rows[0][2], "10"}, []string{"匿名", "02422739110", shifted(t, rows[1][2], 20*time.Second), "3"})
	r := compare(t, billOf(t, rows), calls)
	if diff := cmp.Diff("matched 38, only list 2, only log 1, durations 1, excused 0, not ours 1, offset 50s true, at answer false", figures(r)); diff != "" || !r.Differs() {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if r.OnlyBill[0].Caller.E164 != lost.Caller.E164 || r.OnlyBill[0].Place != "row 21" || r.OnlyLog[0].ID != unlisted.ID || r.Durations[0].Row.Place != "row 6" || r.Durations[0].Call.ID != calls[4].ID {
		t.Errorf("%+v\n%+v\n%+v", r.OnlyBill, r.OnlyLog, r.Durations)
	}
	blind := func(kind telephony.IntervalKind, from time.Duration) func(*dutylog.BillTask) {
		return func(task *dutylog.BillTask) {
			task.Unseen = []telephony.Interval{{Kind: kind, From: lost.OfferedAt.Add(from), To: lost.OfferedAt.Add(from + time.Hour), Cause: "the daemon was stopped"}}
		}
	}
	for name, c := range map[string]struct {
		change  func(*dutylog.BillTask)
		excused int
	}{
		"blind":                          {blind(telephony.BlindInterval, -time.Minute), 1},
		"the switch was down":            {blind(telephony.SwitchDown, -time.Minute), 1},
		"only one eye was shut":          {blind(telephony.LiveDown, -time.Minute), 0},
		"blind from ten minutes later":   {blind(telephony.BlindInterval, 10*time.Minute), 0},
		"blind from three seconds later": {blind(telephony.BlindInterval, 3*time.Second), 1},
	} {
		if r := compare(t, billOf(t, rows), calls, c.change); len(r.Excused) != c.excused || len(r.OnlyBill) != 2-c.excused {
			t.Errorf("%s: %s", name, figures(r))
		}
	}
}

func TestAWithheldNumberMatchesByTime(t *testing.T) {
	calls, rows := months(10, 5)
	calls[3].Caller = telephony.Number{}
	calls[7].Caller = telephony.ParseNumber("anonymous", "024")
	rows[5][0] = ""
	if r := compare(t, billOf(t, rows), calls); r.Matched != 10 || r.Differs() {
		t.Errorf("%s", figures(r))
	}
}

func TestFewRowsTellNothingAboutClocks(t *testing.T) {
	calls, rows := months(2, 5)
	for i := range rows {
		rows[i][2] = shifted(t, rows[i][2], 10*time.Minute)
	}
	r := compare(t, billOf(t, rows), calls)
	if r.Sure || r.Offset != 0 || r.Matched != 0 || len(r.OnlyBill) != 2 {
		t.Errorf("%s", figures(r))
	}
}

func TestOneCallIsNeverMatchedTwice(t *testing.T) {
	calls, rows := months(1, 5)
	burst := append(append(rows, rows...), rows...)
	r := compare(t, billOf(t, burst), calls)
	if r.Matched != 1 || len(r.OnlyBill) != 2 {
		t.Errorf("%s", figures(r))
	}
	calls, rows = months(1, 5) // somebody calls again and again
	for i := 1; i < 6; i++ {
		again := calls[0]
		again.ID = fmt.Sprint(i)
		again.OfferedAt = again.OfferedAt.Add(time.Duration(i) * 40 * time.Second)
		again.AnsweredAt, again.EndedAt = time.Time{}, again.OfferedAt.Add(20*time.Second)
		calls = append(calls, again)
		rows = append(rows, []string{rows[0][0], rows[0][1], shifted(t, rows[0][2], time.Duration(i)*40*time.Second), "0"})
	}
	if r := compare(t, billOf(t, rows), calls); r.Matched != 6 || r.Differs() || !r.Unanswered {
		t.Errorf("%s %+v", figures(r), r.Durations)
	}
}

func TestOutgoingCallsNeedAListThatHasThem(t *testing.T) {
	calls, rows := months(5, 5)
	out := calls[2]
	out.ID, out.Direction, out.Caller, out.Called = "out", telephony.Outbound, ourLine, telephony.ParseNumber("13900001111", "024")
	out.OfferedAt = out.OfferedAt.Add(10 * time.Minute)
	calls = append(calls, out)
	if r := compare(t, billOf(t, rows), calls); r.Outgoing != 1 || r.Differs() {
		t.Errorf("%s", figures(r))
	}
	rows = append(rows, []string{"02422739110", "119", rows[0][2], "1"})
	if r := compare(t, billOf(t, rows), calls); len(r.OnlyLog) != 1 || r.OnlyLog[0].ID != "out" || len(r.OnlyBill) != 1 {
		t.Errorf("%s", figures(r))
	}
}

// A carrier bills the calls that the daemon placed about alerts; they are explained, once each by time
// and number, and nothing else is.
func TestCallsOfTheDaemonsOwnAreExplained(t *testing.T) {
	calls, rows := months(20, 5)
	at := billDay.Add(30 * time.Minute)
	bill := func(number string, at time.Time) []string {
		return []string{"02422739110", number, at.In(shanghai).Format("2006-01-02 15:04:05"), "20"}
	}
	rows = append(rows, bill("13900000001", at), bill("13900000001", at.Add(time.Hour)), bill("13900000009", at))
	own := func(task *dutylog.BillTask) {
		task.System = []dutylog.SystemCall{{To: telephony.ParseNumber("13900000001", "024"), At: at.Add(-5 * time.Second)}}
	}
	r := compare(t, billOf(t, rows), calls, own)
	if r.System != 1 || len(r.OnlyBill) != 2 || r.Matched != 20 || !r.Differs() {
		t.Errorf("%d are the daemon's own; %s", r.System, figures(r))
	}
	if r := compare(t, billOf(t, rows[:21]), calls, own); r.System != 1 || r.Differs() {
		t.Errorf("with nothing else: %d are the daemon's own; %s", r.System, figures(r))
	}
}

func TestTheDaysOfTheListBoundTheComparison(t *testing.T) {
	calls, rows := months(30, 5)
	whole := compare(t, billOf(t, rows[10:20]), calls)
	if whole.Matched != 10 || len(whole.OnlyLog) != 0 {
		t.Errorf("from its first to its last row: %s", figures(whole))
	}
	all := compare(t, billOf(t, rows[10:20]), calls, func(task *dutylog.BillTask) { task.From, task.To = billDay, billDay.AddDate(0, 0, 30) })
	if all.Matched != 10 || len(all.OnlyLog) != 20 {
		t.Errorf("of the whole month: %s", figures(all))
	}
}

func TestTheListOfAnotherLineIsRefused(t *testing.T) {
	_, rows := months(5, 5)
	for i := range rows {
		rows[i][1] = "02487654321"
	}
	task := dutylog.BillTask{Lines: []telephony.Number{ourLine}, Tolerance: time.Minute}
	if _, err := task.Compare(billOf(t, rows)); err == nil || !strings.Contains(err.Error(), "names one of our numbers (02422739110)") {
		t.Error(err)
	}
}

// secondLine is a log of two lines: that of months, and as many calls of the second 20 minutes later.
func secondLine(calls []dutylog.Call, number telephony.Number) []dutylog.Call {
	both := slices.Clone(calls)
	for _, c := range calls {
		c.ID, c.Line, c.Called, c.Caller = c.ID+"b", "second", number, telephony.ParseNumber("02487650001", "024")
		c.OfferedAt, c.AnsweredAt, c.EndedAt = c.OfferedAt.Add(20*time.Minute), c.AnsweredAt.Add(20*time.Minute), c.EndedAt.Add(20*time.Minute)
		both = append(both, c)
	}
	return both
}

func TestABillOfOneLineIsComparedWithItsCallsOnly(t *testing.T) {
	calls, rows := months(20, 7)
	second := telephony.ParseNumber("02422739120", "024")
	twoLines := func(task *dutylog.BillTask) {
		task.Lines = []telephony.Number{ourLine, second}
		task.NumberOf = map[string]telephony.Number{"duty": ourLine, "second": second}
	}
	both := secondLine(calls, second)
	both[25].Called = telephony.ParseNumber("8002", "024") // the extension that was dialled
	both[3].Called = telephony.ParseNumber("8001", "024")
	rows = append(rows, []string{"02422739110", "02422739120", rows[4][2], "9"}) // a call between the two names neither
	r := compare(t, billOf(t, rows[:20]), both, twoLines)
	if r.Matched != 20 || r.OtherLines != 19 || r.Differs() || !slices.Equal(r.Lines, []string{"02422739110"}) { // the 20th came after the last row
		t.Errorf("%d of other lines, named %q; %s", r.OtherLines, r.Lines, figures(r))
	}
	if r := compare(t, billOf(t, rows), both, twoLines); r.OtherLines != 19 || len(r.OnlyLog) != 0 {
		t.Errorf("with a call between the lines: %d of other lines; %s", r.OtherLines, figures(r))
	}
	if r := compare(t, billOf(t, rows[:3]), append(both[1:20:20], calls[0]), twoLines); r.Matched != 3 || r.OtherLines != 0 {
		t.Errorf("%d of other lines; %s", r.OtherLines, figures(r))
	}
	if r := compare(t, billOf(t, append(rows[:5:5], rows[6:20]...)), both, twoLines); len(r.OnlyLog) != 1 || r.OnlyLog[0].ID != calls[5].ID {
		t.Errorf("a call that the bill lacks: %s", figures(r))
	}
	for i := range both {
		both[i].Line = "of an earlier configuration"
	}
	if r := compare(t, billOf(t, append(rows[:3:3], rows[4:20]...)), both, twoLines); len(r.OnlyLog) != 2 || r.OtherLines != 18 {
		t.Errorf("lines without a number go by that of the call: %d of other lines; %s", r.OtherLines, figures(r))
	}
}

func TestTheListOfASuperiorRoomIsComparedWithItsCallsOnly(t *testing.T) {
	calls, rows := months(40, 7)
	number := rows[0][0]
	var theirs [][]string
	for _, r := range rows {
		if r[0] == number {
			theirs = append(theirs, r)
		}
	}
	theirs = append(theirs, []string{number, "02487654321", shifted(t, rows[39][2], 0), "10"}) // it calls other rooms, too
	n := len(theirs) - 1
	said := func(numbers ...string) func(*dutylog.BillTask) {
		return func(task *dutylog.BillTask) {
			for _, n := range numbers {
				task.Theirs = append(task.Theirs, telephony.ParseNumber(n, "024"))
			}
		}
	}
	r := compare(t, billOf(t, theirs), calls)
	if !r.Concluded || len(r.Theirs) != 1 || r.Theirs[0].Raw != number || r.Matched != n || r.Others != 40-n || r.Differs() {
		t.Errorf("concluded %v %v, %d with others; %s", r.Concluded, r.Theirs, r.Others, figures(r))
	}
	r = compare(t, billOf(t, theirs[1:]), calls, said(number[3:]), func(task *dutylog.BillTask) { task.From = billDay })
	if r.Concluded || len(r.OnlyLog) != 1 || r.OnlyLog[0].ID != calls[0].ID || r.Others != 40-n {
		t.Errorf("a call of theirs that their list lacks: %d with others; %s", r.Others, figures(r))
	}
	mixed := append(theirs, []string{"02487650009", "02422739110", rows[39][2], "10"}) // from a second number of theirs
	if r := compare(t, billOf(t, mixed), calls); r.Concluded || r.Others != 0 || len(r.OnlyLog) != 40-n {
		t.Errorf("of two numbers: %s", figures(r))
	}
	if r := compare(t, billOf(t, mixed), calls, said(number, "8765 0009")); r.Others != 40-n || len(r.OnlyLog) != 0 || len(r.OnlyBill) != 1 {
		t.Errorf("of two numbers that were said: %d with others; %s", r.Others, figures(r))
	}
	if r := compare(t, billOf(t, theirs[:2]), calls); r.Concluded || len(r.OnlyLog) == 0 {
		t.Errorf("two rows tell nothing: %s", figures(r))
	}
	task := dutylog.BillTask{Lines: []telephony.Number{ourLine}, Calls: calls, Tolerance: time.Minute}
	said("02487650001")(&task)
	if _, err := task.Compare(billOf(t, theirs)); err == nil || !strings.Contains(err.Error(), "none of its rows has a number that --their gives") {
		t.Error(err)
	}
}

// FuzzBill: whatever a table says, nothing is counted twice and nothing is lost.
func FuzzBill(f *testing.F) {
	f.Add("主叫号码,被叫号码,开始时间,时长\n02422730001,02422739110,2026-11-23 08:05:09,75\n", true)
	f.Add("呼叫类型,对方号码,通话时间\n被叫,110,46349.33\n", true)
	f.Add("date,time,caller\n2026/1/1,0.5,1.39E+10\n", false)
	calls, _ := months(20, 7)
	f.Fuzz(func(t *testing.T, text string, workbook bool) {
		s := dutylog.Table{Workbook: workbook}
		for line := range strings.SplitSeq(text, "\n") {
			s.Rows = append(s.Rows, strings.Split(line, ","))
		}
		b, err := dutylog.ParseBill([]dutylog.Table{s}, "024", shanghai)
		if err != nil {
			return
		}
		if len(b.Rows)+len(b.Unreadable) > len(s.Rows) {
			t.Fatalf("%d rows of %d", len(b.Rows)+len(b.Unreadable), len(s.Rows))
		}
		task := dutylog.BillTask{Lines: []telephony.Number{ourLine}, Calls: calls, Tolerance: 90 * time.Second}
		r, err := task.Compare(b)
		if err != nil {
			return
		}
		if r.Matched+len(r.OnlyBill)+len(r.Excused)+r.NotOurs != len(b.Rows) || r.Matched+len(r.OnlyLog)+r.Outgoing+r.OtherLines+r.Others > len(calls) {
			t.Fatalf("%s of %d rows", figures(r), len(b.Rows))
		}
	})
}
