package dutylog

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"dutyline/telephony"
)

// BillRow is one call in somebody else's list.
type BillRow struct {
	Place     string // "row 7"
	Caller    telephony.Number
	Called    telephony.Number
	Other     telephony.Number    // where the list names the far side only
	Direction telephony.Direction // empty: the list does not say
	At        time.Time           // by their clock
	Duration  time.Duration
	Measured  bool // there is a duration
}

// Bill is somebody else's list of calls.
type Bill struct {
	Rows       []BillRow
	Unreadable []string // what is wrong with a row, with its place
	Coarse     bool     // its times are to the minute
	Rounded    bool     // its durations are whole minutes
	callers    bool     // it has a column for who called
	calleds    bool     // it has a column for who was called
}

// Columns of a bill.
type billColumn int

const (
	billCaller billColumn = iota
	billCalled
	billOther
	billTime
	billDate
	billDuration
	billDirection
	billColumns
)

// What lists call their columns, without blanks and what stands in brackets.
var billHeaders = [billColumns][]string{
	billCaller: {"主叫", "主叫号码", "主叫电话", "主叫方", "主叫方号码", "主叫用户号码", "呼叫方", "来电号码", "caller", "callernumber", "callerid",
		"calling", "callingnumber", "callingparty", "from", "src", "anumber"},
	billCalled: {"被叫", "被叫号码", "被叫电话", "被叫方", "被叫方号码", "被叫用户号码", "called", "callednumber", "calledparty", "callee", "to", "dst", "bnumber"},
	billOther:  {"对方号码", "对方电话", "对端号码", "对方", "other", "othernumber", "otherparty"},
	billTime: {"开始时间", "通话时间", "呼叫时间", "起始时间", "通话开始时间", "呼叫开始时间", "通话起始时间", "来电时间", "接入时间", "时间", "日期时间",
		"time", "start", "starttime", "begintime", "calltime", "datetime", "calldatetime", "calldate"},
	billDate:      {"日期", "通话日期", "呼叫日期", "开始日期", "起始日期", "date", "day", "startdate"},
	billDuration:  {"时长", "通话时长", "计费时长", "持续时间", "时长秒", "通话时长秒", "duration", "callduration", "talktime", "billsec", "seconds"},
	billDirection: {"呼叫类型", "通话类型", "呼叫方向", "方向", "类型", "direction", "type", "calltype"},
}

// How far down a header may stand; titles are above it.
const headerWithin = 30

// The most rows that are compared: a year of a busy exchange fits.
const mostBillRows = 200_000

// ParseBill reads the sheets that have a header of a list of calls. Bare local numbers get the
// area code; times without a zone are those of the site. A row that cannot be read is named and
// left out.
func ParseBill(sheets []Table, areaCode string, zone *time.Location) (Bill, error) {
	b := Bill{Coarse: true, Rounded: true}
	found, minutes := false, true // every list counts minutes
	for _, s := range sheets {
		top, columns, unit := billHeader(s)
		if top < 0 {
			continue
		}
		found = true
		b.callers = b.callers || columns[billCaller] >= 0
		b.calleds = b.calleds || columns[billCalled] >= 0
		minutes = minutes && unit == time.Minute
		p := billParser{sheet: s, columns: columns, unit: unit, area: areaCode, zone: zone}
		for i := top + 1; i < len(s.Rows); i++ {
			if p.blank(s.Rows[i]) {
				continue
			}
			row, err := p.row(s.Rows[i])
			row.Place = place(s, i)
			if err != nil {
				b.Unreadable = append(b.Unreadable, row.Place+": "+err.Error())
				continue
			}
			if len(b.Rows) == mostBillRows {
				return b, fmt.Errorf("the list has more than %d calls: split it by months", mostBillRows)
			}
			b.Rows = append(b.Rows, row)
			b.Coarse = b.Coarse && row.At.Second() == 0
			b.Rounded = b.Rounded && row.Duration%time.Minute == 0
		}
	}
	switch {
	case !found:
		return b, fmt.Errorf("no header row was found in its first %d rows: a list of calls needs a column for the time (开始时间, time, or 日期 and 时间) and one for a number (主叫号码, 被叫号码, 对方号码, caller, called)", headerWithin)
	case len(b.Rows) == 0 && len(b.Unreadable) > 0:
		return b, fmt.Errorf("none of its %d rows can be read; the first is %s", len(b.Unreadable), b.Unreadable[0])
	case len(b.Rows) == 0:
		return b, fmt.Errorf("there is no row below its header")
	}
	b.Coarse = b.Coarse && len(b.Rows) > 2
	b.Rounded = b.Rounded && (minutes || len(b.Rows) > 2)
	return b, nil
}

func place(s Table, i int) string {
	if s.Name == "" {
		return fmt.Sprintf("row %d", i+1)
	}
	return fmt.Sprintf("sheet %s, row %d", Printable(s.Name), i+1)
}

// billHeader finds the row that names the columns; unit is that of a bare number of the
// duration.
func billHeader(s Table) (top int, columns [billColumns]int, unit time.Duration) {
	for top = range min(len(s.Rows), headerWithin) {
		unit = time.Second
		for c := range columns {
			columns[c] = -1
		}
		for i, cell := range s.Rows[top] {
			word, inside := headerWord(cell)
			for c, names := range billHeaders {
				if columns[c] < 0 && slices.Contains(names, word) {
					columns[c] = i
					if billColumn(c) == billDuration && (strings.Contains(inside, "分") || strings.HasPrefix(inside, "min")) && !strings.Contains(inside, "秒") && !strings.Contains(inside, ":") {
						unit = time.Minute
					}
				}
			}
		}
		number := columns[billCaller] >= 0 || columns[billCalled] >= 0 || columns[billOther] >= 0
		if number && (columns[billTime] >= 0 || columns[billDate] >= 0) {
			return top, columns, unit
		}
	}
	return -1, columns, unit
}

// headerWord is a header without blanks and case, and what stood in its brackets.
func headerWord(cell string) (word, inside string) {
	cell = strings.NewReplacer("（", "(", "）", ")").Replace(strings.ToLower(cell))
	word, inside, _ = strings.Cut(cell, "(")
	word = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("_-+/:：*\ufeff", r) {
			return -1
		}
		return r
	}, word)
	return word, strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(inside), ")"))
}

type billParser struct {
	sheet   Table
	columns [billColumns]int
	unit    time.Duration
	area    string
	zone    *time.Location
}

func (p billParser) cell(row []string, c billColumn) string {
	i := p.columns[c]
	if i < 0 || i >= len(row) {
		return ""
	}
	return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(row[i]), "'"))
}

func (p billParser) blank(row []string) bool {
	for c := range billColumns {
		if p.cell(row, c) != "" {
			return false
		}
	}
	return true
}

func (p billParser) row(cells []string) (r BillRow, err error) {
	for _, n := range []struct {
		column billColumn
		to     *telephony.Number
	}{{billCaller, &r.Caller}, {billCalled, &r.Called}, {billOther, &r.Other}} {
		if *n.to, err = p.number(p.cell(cells, n.column)); err != nil {
			return r, err
		}
	}
	if r.At, err = p.time(p.cell(cells, billDate), p.cell(cells, billTime)); err != nil {
		return r, err
	}
	if text := p.cell(cells, billDuration); text != "" && text != "-" {
		if r.Duration, err = p.duration(text); err != nil {
			return r, err
		}
		r.Measured = true
	}
	r.Direction = directionOf(p.cell(cells, billDirection))
	return r, nil
}

// number reads a cell with a number, which a spreadsheet may have made a number of its own.
func (p billParser) number(text string) (telephony.Number, error) {
	if v, err := strconv.ParseFloat(text, 64); err == nil && strings.ContainsAny(text, ".eE") {
		if v != math.Trunc(v) || v < 0 || v >= 1e15 || garbled(text) {
			return telephony.Number{}, fmt.Errorf("the number %q was garbled by a spreadsheet: give the column the format Text and export it again", text)
		}
		text = strconv.FormatInt(int64(v), 10)
	}
	n := telephony.ParseNumber(text, p.area)
	if n.Withheld() {
		return telephony.Number{}, nil
	}
	return n, nil
}

// garbled reports whether an exponent hides digits that are lost: 1.39E+10 is no mobile number.
func garbled(text string) bool {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	e, _ := strconv.Atoi(strings.TrimPrefix(exponent, "+"))
	_, decimals, _ := strings.Cut(mantissa, ".")
	return e > len(decimals) && exponent != ""
}

// Dates and times as lists write them.
var (
	billInstants = []string{
		"2006-01-02 15:04:05", "2006-1-2 15:04:05", "2006-1-2 15:04", "2006/1/2 15:04:05", "2006/1/2 15:04", "2006.1.2 15:04:05", "2006.1.2 15:04",
		"2006年1月2日 15:04:05", "2006年1月2日 15:04", "2006年1月2日 15时04分05秒", "2006年1月2日15时04分05秒", "2006年1月2日15:04:05",
		"20060102150405", "20060102 150405", "20060102 15:04:05", "20060102 15:04", "2006-01-02T15:04:05", time.RFC3339, "2006-01-02 15:04:05 -0700",
	}
	billDays   = []string{"2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日", "20060102"}
	billClocks = []string{"15:04:05", "15:04", "15时04分05秒", "15时04分", "150405"}
)

// time reads an instant from one cell, or a day and a time of day from two.
func (p billParser) time(day, clock string) (time.Time, error) {
	if at, ok := p.instant(clock); ok {
		return at, nil
	}
	if clock == "" {
		if at, ok := p.instant(day); ok {
			return at, nil
		}
		return time.Time{}, fmt.Errorf("there is no time in it")
	}
	d, ok := p.day(day)
	if !ok {
		return time.Time{}, fmt.Errorf("%q is no time; write it like 2026-11-23 08:05:09", Printable(strings.TrimSpace(day+" "+clock)))
	}
	after, ok := p.clock(clock)
	if !ok {
		return time.Time{}, fmt.Errorf("%q is no time of day; write it like 08:05:09", Printable(clock))
	}
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, int(after/time.Second), 0, p.zone), nil
}

func (p billParser) instant(text string) (time.Time, bool) {
	text = strings.Join(strings.Fields(text), " ")
	if days, ok := p.sheet.serial(text); ok && days >= 20_000 { // from 1954 on; less is a time of day
		return p.sheet.fromSerial(days, p.zone), true
	}
	whole, fraction, cut := strings.Cut(text, ".")
	if cut && strings.Trim(fraction, "0123456789") == "" && strings.Contains(whole, ":") {
		text = whole // parts of a second
	}
	for _, form := range billInstants {
		if at, err := time.ParseInLocation(form, text, p.zone); err == nil {
			return at, plausible(at)
		}
	}
	return time.Time{}, false
}

func (p billParser) day(text string) (time.Time, bool) {
	if at, ok := p.instant(text); ok {
		return at.In(p.zone), true
	}
	for _, form := range billDays {
		if at, err := time.ParseInLocation(form, text, p.zone); err == nil {
			return at, plausible(at)
		}
	}
	return time.Time{}, false
}

func (p billParser) clock(text string) (time.Duration, bool) {
	if part, ok := p.sheet.serial(text); ok && part < 1 {
		return time.Duration(math.Round(part*86400)) * time.Second, true
	}
	for _, form := range billClocks {
		if at, err := time.Parse(form, text); err == nil {
			return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute + time.Duration(at.Second())*time.Second, true
		}
	}
	return 0, false
}

var (
	durationWords = regexp.MustCompile(`^(?:(\d+)(?:小时|时|h))?(?:(\d+)(?:分钟|分|min|m))?(?:(\d+)(?:秒|s|sec)?)?$`)
	durationClock = regexp.MustCompile(`^(?:(\d+):)?(\d+):(\d{1,2})(?:\.\d+)?$`)
)

// duration reads 75, 0:01:15, 01:15, 1分15秒, 1m15s, or a spreadsheet's part of a day: what would be less
// than a second in the column's unit.
func (p billParser) duration(text string) (time.Duration, error) {
	bad := fmt.Errorf("%q is no duration; write seconds, or 0:01:15", Printable(text))
	t := strings.ToLower(strings.ReplaceAll(text, " ", ""))
	if v, err := strconv.ParseFloat(t, 64); err == nil {
		switch {
		case v < 0 || v >= 1e7 || math.IsNaN(v):
			return 0, bad
		case p.sheet.Workbook && v > 0 && v*p.unit.Seconds() < 1:
			return time.Duration(math.Round(v*86400)) * time.Second, nil
		}
		return time.Duration(math.Round(v * float64(p.unit))).Round(time.Second), nil
	}
	m := durationClock.FindStringSubmatch(t)
	if m == nil {
		m = durationWords.FindStringSubmatch(t)
	}
	if m == nil {
		return 0, bad
	}
	seconds := 0
	for _, part := range m[1:] {
		n, err := strconv.Atoi("0" + part)
		if err != nil || n > 1e6 {
			return 0, bad
		}
		seconds = seconds*60 + n
	}
	return time.Duration(seconds) * time.Second, nil
}

// directionOf reads the type of a call as seen from the line that the list is about.
func directionOf(text string) telephony.Direction {
	t := strings.ToLower(text)
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(t, w) })
	}
	switch {
	case t == "in" || t == "i" || has("被叫", "呼入", "来电", "接听", "incoming", "inbound", "received", "mt"):
		return telephony.Inbound
	case t == "out" || t == "o" || has("主叫", "呼出", "去电", "拨打", "outgoing", "outbound", "dialled", "dialed", "mo"):
		return telephony.Outbound
	}
	return ""
}
