package dutylog_test

import (
	"encoding/csv"
	"errors"
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

func office(numbers ...telephony.Number) (all []dutylog.ContactPhone) {
	for _, n := range numbers {
		all = append(all, dutylog.ContactPhone{Kind: dutylog.NumberOffice, Number: n})
	}
	return all
}

func phone(kind dutylog.NumberKind, raw string) dutylog.ContactPhone {
	n, ok := dutylog.ParseContactNumber(raw, "024")
	if !ok {
		panic(raw + " is no number")
	}
	return dutylog.ContactPhone{Kind: kind, Number: n}
}

func day(s string) time.Time {
	at, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return at
}

// tableOf is a CSV as the reader of files gives it.
func tableOf(text string) dutylog.Table {
	in := csv.NewReader(strings.NewReader(text))
	in.FieldsPerRecord = -1
	rows, err := in.ReadAll()
	if err != nil {
		panic(err)
	}
	return dutylog.Table{Rows: rows}
}

func parseDirectory(text string) (dutylog.DirectoryTable, error) {
	return dutylog.ParseDirectory([]dutylog.Table{tableOf(text)}, "024")
}

func TestParseDirectory(t *testing.T) {
	want := []dutylog.Contact{
		{Unit: "沈河区应急局", Person: "王立新", Title: "值班员", Numbers: office(number("22730001")), LastConfirmed: day("2026-11-02")},
		{Unit: "市应急指挥中心", Numbers: office(number("024-22720100")), Superior: true},
	}
	if want[0].Numbers[0].Number.E164 != "+862422730001" {
		t.Fatalf("the local number got no area code: %+v", want[0].Numbers)
	}
	for name, table := range map[string]string{
		"Chinese":               "单位,姓名,职务,电话,上级,确认日期\n沈河区应急局,王立新,值班员,22730001,否,2026-11-02\n市应急指挥中心,,,024-22720100,是,\n",
		"English":               "Unit,person,title,number,superior,last_confirmed\n沈河区应急局,王立新,值班员,22730001,no,2026/11/2\n市应急指挥中心,,,024-22720100,Yes,\n",
		"a title above":         "沈阳市应急值班通讯录\n\n单位名称,联系人,职务/岗位,办公电话,上级值班室,核实日期\n沈河区应急局,王立新,值班员,22730001,,2026.11.2\n市应急指挥中心,,,024-22720100,√,\n",
		"another order":         "电话,单位,确认日期,姓名,职务,上级\n22730001,沈河区应急局,2026年11月2日,王立新,值班员,\n024-22720100,市应急指挥中心,,,,是\n",
		"blanks and a counter":  "序号,单位,姓名,职务,电话,上级,确认日期,\n1,,,,,,,\n2, 沈河区应急局 ,　王立新　,值班员,22730001,否,2026-11-02,\n3,市应急指挥中心,,,024-22720100,是\n",
		"full width, one by ID": "单位,姓名,职务,联系电话,上级,确认日期\n沈河区应急局,王立新,值班员,２２７３０００１,否,2026-11-02\n市应急指挥中心,,,０２４－２２７２０１００,是,\n",
	} {
		got, err := parseDirectory(table)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(want, got.Contacts()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestOneContactHasSeveralNumbers(t *testing.T) {
	want := []dutylog.Contact{{Unit: "市水务局", Person: "徐文博", Remark: "汛期", Numbers: []dutylog.ContactPhone{
		phone(dutylog.NumberOffice, "22730001"), phone(dutylog.NumberOffice, "22730002转801"), phone(dutylog.NumberMobile, "13804050062"), phone(dutylog.NumberFax, "22730001")}}}
	got, err := parseDirectory("单位,姓名,传真,手机,办公电话,备注\n市水务局,徐文博,22730001,13804050062,22730001、22730002转801,汛期\n")
	if diff := cmp.Diff(want, got.Contacts()); err != nil || diff != "" {
		t.Errorf("in columns: %v (-want +got):\n%s", err, diff)
	}
	want[0].Numbers = want[0].Numbers[:3]
	for name, table := range map[string]string{
		"in rows":     "单位,姓名,电话,备注\n市水务局,徐文博,22730001,\n市水务局,徐文博,22730002 ext 801,汛期\n市水务局,徐文博,13804050062,汛期\n",
		"in one cell": "单位,姓名,电话,备注\n市水务局,徐文博,22730001/22730002分机801；13804050062,汛期\n",
	} {
		got, err = parseDirectory(table)
		if diff := cmp.Diff(want, got.Contacts()); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}

func TestAWorkbooksOwnDatesAndNumbers(t *testing.T) {
	table := dutylog.Table{Workbook: true, Rows: [][]string{{"单位", "手机", "确认日期"}, {"市水务局", "1.3804050062E10", "46349"}, {"市气象局", "13804050063.0", "2026-11-23"}}}
	got, err := dutylog.ParseDirectory([]dutylog.Table{{Rows: [][]string{nil, {""}}}, table}, "024")
	want := []dutylog.Contact{
		{Unit: "市水务局", Numbers: []dutylog.ContactPhone{phone(dutylog.NumberMobile, "13804050062")}, LastConfirmed: day("2026-11-23")},
		{Unit: "市气象局", Numbers: []dutylog.ContactPhone{phone(dutylog.NumberMobile, "13804050063")}, LastConfirmed: day("2026-11-23")},
	}
	if diff := cmp.Diff(want, got.Contacts()); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// cellFaults is what a bad table says, cell by cell.
func cellFaults(t *testing.T, err error) []string {
	t.Helper()
	var table *dutylog.TableError
	if !errors.As(err, &table) {
		t.Fatalf("%v (%T) is no TableError", err, err)
	}
	var all []string
	for _, r := range table.Rows {
		place := r.Cell
		if place == "" {
			place = fmt.Sprint("row ", r.Row)
		}
		all = append(all, fmt.Sprintf("%s %s %s|%s", place, r.Code, r.Value, r.Reason))
	}
	return all
}

func TestDirectoryFaultsComeAllAtOnceByCell(t *testing.T) {
	_, err := parseDirectory("通讯录\n单位,姓名,职务,电话,上级,确认日期\n" +
		"沈河区应急局,王立新,值班员,22730001,否,2026-11-02\n" +
		",王立新,值班员,2.42E+10,maybe,yesterday\n" +
		"市水务局,,,not a number,,\n" +
		"沈河区应急局,王立新,值班员,024-22730001,是,\n" +
		"市气象局,,,,,\n" +
		"市教育局,,,2422730005、4163123456,,\n" +
		"#REF!,b,c,22730006,,,g\n" +
		strings.Repeat("字", 501) + ",,,22730007,,\n")
	want := []string{
		"A4 missing |is empty",
		`D4 garbled 2.42E+10|"2.42E+10" was garbled by a spreadsheet: give the column the format Text and enter the number again`,
		`E4 no_yes_no maybe|"maybe" is neither 是/yes nor 否/no`,
		`F4 no_date yesterday|"yesterday" is no date; write it like 2026-11-23`,
		`D5 no_number not a number|"not a number" is no telephone number`,
		"row 6 same_row 3|is the same as row 3",
		"D7 missing |is empty",
		`D8 lost_zero 2422730005|"2422730005" has lost the 0 of its area code: give the column the format Text and write 02422730005`,
		`D8 lost_zero 4163123456|"4163123456" has lost the 0 of its area code: give the column the format Text and write 04163123456`,
		`A9 formula_error #REF!|the formula gives #REF!: enter the value itself`,
		`G9 beside_columns g|"g" stands under no column: give the column a name, or put text with commas into quotation marks`,
		"A10 too_long 500|has more than 500 characters; shorten it",
	}
	if diff := cmp.Diff(want, cellFaults(t, err)); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	if text := err.Error(); !strings.HasPrefix(text, "nothing was imported, the table has 12 fault(s):\n  row 4, 单位 (A4): is empty") {
		t.Errorf("the sentence: %s", text)
	}
}

func TestDirectoriesThatAreNone(t *testing.T) {
	for name, c := range map[string]struct{ table, fault string }{
		"nothing":             {"", "row 1 no_header 30"},
		"no number":           {"单位,姓名\nx,y\n", "row 1 no_header 30"},
		"no unit":             {"姓名,电话\nx,22730001\n", "row 1 no_header 30"},
		"only a header":       {"单位,电话\n", "row 1 no_rows"},
		"an unknown column":   {"单位,电话,房间\nx,22730001,3\n", "C1 no_such_column 房间"},
		"a column twice":      {"单位,电话,联系电话\nx,22730001,22730002\n", "C1 column_twice 联系电话"},
		"no number in a row":  {"单位,办公电话,手机\nx,,\n", "row 2 no_numbers"},
		"a bad id":            {"编号,单位,电话\nx,y,22730001\n", "A2 no_such_id x"},
		"an id twice":         {"编号,单位,电话\n7,y,22730001\n7,z,22730002\n", "A3 id_twice 2"},
		"differing":           {"单位,电话,备注\ny,22730001,a\ny,22730002,b\n", "row 3 differs 2"},
		"too many numbers":    {"单位,电话\ny," + strings.Repeat("110、", 21) + "\n", "row 2 cannot_be_kept"},
		"a number of letters": {"单位,电话\ny,tel:22730001\n", "B2 no_number tel:22730001"},
		"a parameter":         {"单位,电话\ny,22730001@x\n", "B2 no_number 22730001@x"},
	} {
		_, err := parseDirectory(c.table)
		if got := cellFaults(t, err); len(got) != 1 || !strings.HasPrefix(got[0], c.fault+"|") && !strings.HasPrefix(got[0], c.fault+" |") {
			t.Errorf("%s: %q, want %s", name, got, c.fault)
		}
	}
}

// Of several sheets one is imported. A second one with a header is refused by its name, and so is each that
// has content and no header, whatever stands on it and whatever it calls its columns.
func TestNoSheetOfADirectoryIsDroppedInSilence(t *testing.T) {
	sheet := func(name, text string) dutylog.Table {
		table := tableOf(text)
		table.Name = name
		return table
	}
	contacts := func(name string) dutylog.Table { return sheet(name, "单位,电话\n市水务局,22730009\n") }
	more := sheet("街道", "通讯录\n单位,姓名,手机\n沈河区应急局,王立新,13804050062\n")
	bare := sheet("续表", "市气象局,李娜,22730010\n")
	notes := sheet("说明", "本表由办公室维护,,2026-11-23\n修订,第 3 版,12345\n")
	form := sheet("空表", "单位,姓名,手机\n")
	for name, c := range map[string]struct {
		tables   []dutylog.Table
		want     string // the fault; empty: none
		contacts int
	}{
		"one sheet":                        {[]dutylog.Table{contacts("市级")}, "", 1},
		"notes beside it":                  {[]dutylog.Table{notes, contacts("市级")}, "row 1 unread_sheet 说明", 0},
		"unknown words for its columns":    {[]dutylog.Table{contacts("市级"), sheet("区县", "部门名,人员,电话1\n沈河区应急局,王立新,13804050062\n")}, "row 1 unread_sheet 区县", 0},
		"an empty sheet beside it":         {[]dutylog.Table{contacts("市级"), {Name: "Sheet2"}, {Name: "Sheet3", Rows: [][]string{nil, {""}}}}, "", 1},
		"an empty form before it":          {[]dutylog.Table{form, contacts("市级")}, "", 1},
		"an empty form behind it":          {[]dutylog.Table{contacts("市级"), form}, "", 1},
		"only empty forms":                 {[]dutylog.Table{form, form}, "row 1 no_rows ", 0},
		"a second sheet":                   {[]dutylog.Table{contacts("市级"), more}, "row 2 second_sheet 街道", 0},
		"a second one without a name":      {[]dutylog.Table{contacts(""), contacts("")}, "row 1 second_sheet 2", 0},
		"a third sheet":                    {[]dutylog.Table{contacts("市级"), form, more}, "row 2 second_sheet 街道", 0},
		"numbers without a header":         {[]dutylog.Table{contacts("市级"), bare}, "row 1 unread_sheet 续表", 0},
		"numbers without a header, before": {[]dutylog.Table{bare, contacts("市级")}, "row 1 unread_sheet 续表", 0},
		"no header on any":                 {[]dutylog.Table{bare, notes}, "row 1 no_header 30", 0},
	} {
		for remove, want := range map[bool]string{false: c.want, true: c.want} {
			table, err := dutylog.ParseDirectory(c.tables, "024")
			if err == nil {
				_, err = dutylog.PlanDirectory(dutylog.Directory{Contacts: []dutylog.Contact{{ID: 7, Unit: "市气象局", Person: "李娜"}}}, table, remove)
			}
			switch {
			case want == "" && (err != nil || len(table.Rows) != c.contacts):
				t.Errorf("%s, removing %v: %v, %d contacts", name, remove, err, len(table.Rows))
			case want != "" && err == nil:
				t.Errorf("%s, removing %v: not refused", name, remove)
			case want != "":
				if got := cellFaults(t, err); len(got) != 1 || !strings.HasPrefix(got[0], want+"|") {
					t.Errorf("%s, removing %v: %q, want %q", name, remove, got, want)
				}
			}
		}
	}
}

func TestNumbersAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]string{
		"22730001": "+862422730001", "024-22730001": "+862422730001", "（024）22730001": "+862422730001", "０２４ ２２７３０００１": "+862422730001",
		"13804050062": "+8613804050062", "+86 138 0405 0062": "+8613804050062", "12345": "+8612345", "95598": "+8695598", "4001234567": "+864001234567",
		"22730001转8": "+862422730001", "22730001 ext. 801": "+862422730001", "1.3804050062E+10": "+8613804050062", "0416-3123456": "+864163123456",
		"1.38E+10": "", "2422730001": "", "24-22730001": "", "3123456789012": "", "6001": "", "": "", "电话": "", "22730001;22730002": "", "1e999": "", "1.5": "",
	} {
		n, ok := dutylog.ParseContactNumber(text, "024")
		if n.E164 != want || ok != (want != "") {
			t.Errorf("%q is %+v (%v), want %q", text, n, ok, want)
		}
		if again, ok := dutylog.ParseContactNumber(n.Raw, "024"); want != "" && (again != n || !ok) {
			t.Errorf("%q was kept as %+v and is read back as %+v", text, n, again)
		}
	}
}

func TestWhatAContactMustHave(t *testing.T) {
	good := dutylog.Contact{Unit: " ０市局　'", Person: "'=王\n强", Numbers: []dutylog.ContactPhone{phone(dutylog.NumberFax, "22730001"), phone(dutylog.NumberOffice, "22730001")}}
	got, err := good.Clean()
	if err != nil || got.Unit != "0市局 '" || got.Person != "=王 强" || got.Numbers[0].Kind != dutylog.NumberOffice || got.Name() != "0市局 ' =王 强" {
		t.Errorf("%+v, %v", got, err)
	}
	for name, c := range map[string]struct {
		change func(*dutylog.Contact)
		field  string
	}{
		"no unit":     {func(c *dutylog.Contact) { c.Unit = " ' " }, "unit"},
		"no number":   {func(c *dutylog.Contact) { c.Numbers = nil }, "numbers"},
		"a bad one":   {func(c *dutylog.Contact) { c.Numbers = office(telephony.Number{Raw: "x"}) }, "numbers"},
		"one twice":   {func(c *dutylog.Contact) { c.Numbers = office(number("110"), number("110")) }, "numbers"},
		"a bad kind":  {func(c *dutylog.Contact) { c.Numbers[0].Kind = "pager" }, "numbers"},
		"a long text": {func(c *dutylog.Contact) { c.Remark = strings.Repeat("x", 501) }, "remark"},
		"too many":    {func(c *dutylog.Contact) { c.Numbers = slices.Repeat(c.Numbers, 15) }, "numbers"},
	} {
		bad := good
		bad.Numbers = slices.Clone(good.Numbers)
		c.change(&bad)
		_, err := bad.Clean()
		if wrong := (*dutylog.InvalidError)(nil); !errors.As(err, &wrong) || wrong.Field != c.field {
			t.Errorf("%s: %v, want a complaint about %s", name, err, c.field)
		}
	}
}

func TestStaleContacts(t *testing.T) {
	const half = 180 * 24 * time.Hour
	now := day("2026-11-27").Add(3 * time.Hour)
	for confirmed, want := range map[string]bool{"": true, "2026-11-27": false, "2026-06-01": false, "2026-05-30": true, "2026-11-28": false, "2026-11-29": true, "2030-01-01": true} {
		c := dutylog.Contact{}
		if confirmed != "" {
			c.LastConfirmed = day(confirmed)
		}
		if got := c.Stale(now, half); got != want {
			t.Errorf("confirmed %q: stale %v, want %v", confirmed, got, want)
		}
	}
	if got := dutylog.DayOf(time.Date(2026, 12, 31, 16, 30, 0, 0, time.UTC), shanghai); !got.Equal(day("2027-01-01")) {
		t.Errorf("half past midnight at the site is %v", got)
	}
}

// randomDirectory makes contacts with everything that tables trip over.
func randomDirectory(r *rand.Rand, n int) []dutylog.Contact {
	words := []string{"沈河区应急局", "=1+1", "@SUM(A1)", "-2", "+3", "'引号", "王 立新", "a,b;c\"d\"", "_x000D_", "<&>", "值班员", "１２", "是", "#N/A!", "𠮷野", "null", "2026-11-23", "1.38E+10", "\u202e反"}
	numbers := []string{"22730001", "024-22730002", "13804050062", "12345", "0416-3123456", "+8613900001111", "22730003转801", "4001234567", "(024)22730004"}
	var all []dutylog.Contact
	for i := 0; len(all) < n; i++ {
		word := func() string {
			if r.IntN(3) == 0 {
				return ""
			}
			return words[r.IntN(len(words))]
		}
		c := dutylog.Contact{Unit: fmt.Sprint(words[r.IntN(len(words))], i), Person: word(), Title: word(), Remark: word(), ConfirmedBy: word(), Superior: r.IntN(2) == 0}
		if r.IntN(2) == 0 {
			c.LastConfirmed = day("2026-01-01").AddDate(0, 0, r.IntN(900))
		}
		for _, j := range r.Perm(len(numbers))[:1+r.IntN(4)] {
			c.Numbers = append(c.Numbers, phone(dutylog.NumberKinds()[r.IntN(4)], numbers[j]))
		}
		c, err := c.Clean()
		if err != nil {
			panic(err)
		}
		c.ID = int64(len(all) + 1)
		all = append(all, c)
	}
	return all
}

func TestAnExportedTableImportsBackUnchanged(t *testing.T) {
	for seed := range uint64(40) {
		want := randomDirectory(rand.New(rand.NewPCG(seed, 1)), 60)
		table := dutylog.Table{Rows: [][]string{dutylog.DirectoryColumns()}}
		for _, c := range want {
			table.Rows = append(table.Rows, dutylog.DirectoryRow(c))
		}
		got, err := dutylog.ParseDirectory([]dutylog.Table{table}, "024")
		if diff := cmp.Diff(want, got.Contacts()); err != nil || diff != "" {
			t.Fatalf("seed %d: %v (-want +got):\n%s", seed, err, diff)
		}
		plan, err := dutylog.PlanDirectory(dutylog.Directory{Contacts: want}, got, true)
		if err != nil || plan.Count(dutylog.PlanUnchanged) != len(want) || len(plan.Items) != len(want) {
			t.Fatalf("seed %d: %v, %d unchanged", seed, err, plan.Count(dutylog.PlanUnchanged))
		}
	}
}

func FuzzParseDirectory(f *testing.F) {
	f.Add("单位,姓名,职务,电话,上级,确认日期\n沈河区应急局,王立新,值班员,22730001,否,2026-11-02\n", false)
	f.Add("编号,unit,手机,传真\n1,a,138 0405 0062,22730001/22730002\n", true)
	f.Add("单位,电话\na,2422730001\nb,1.38E+10\n#N/A,x\n", true)
	f.Fuzz(func(t *testing.T, text string, workbook bool) {
		in := csv.NewReader(strings.NewReader(text))
		in.FieldsPerRecord, in.LazyQuotes = -1, true
		rows, err := in.ReadAll()
		if err != nil {
			return
		}
		table, err := dutylog.ParseDirectory([]dutylog.Table{{Rows: rows, Workbook: workbook}}, "024")
		if (err == nil) != (len(table.Rows) > 0) {
			t.Fatalf("%q: %d rows and %v", text, len(table.Rows), err)
		}
		if err != nil && len(cellFaults(t, err)) == 0 {
			t.Fatalf("%q: an error without a fault", text)
		}
		for _, c := range table.Contacts() {
			kept, err := c.Clean()
			if diff := cmp.Diff(c, kept); err != nil || diff != "" {
				t.Fatalf("%q: %v is not as it is kept (-read +kept):\n%s", text, err, diff)
			}
		}
	})
}

// Digits and signs of a Chinese keyboard, which are twice as wide, are those of a date and a number.
func TestADirectoryTypedWithWideDigits(t *testing.T) {
	got, err := dutylog.ParseDirectory([]dutylog.Table{{Rows: [][]string{{"单位", "电话", "确认日期"},
		{"市水务局", "０２４－２２７３０００１", "２０２６－１１－０２"}, {"市气象局", "１３８０００１１１１１", "２０２６年１１月２日"}}}}, "024")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"+862422730001", "+8613800011111"} {
		if c := got.Contacts()[i]; c.Numbers[0].Number.E164 != want || !c.LastConfirmed.Equal(day("2026-11-02")) {
			t.Errorf("%+v", c)
		}
	}
}
