package dutylog_test

import (
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
)

func TestDaysOfATable(t *testing.T) {
	for _, c := range []struct {
		text     string
		workbook bool
		since04  bool
		want     string // empty: it is no day
	}{
		{"2026-11-23", false, false, "2026-11-23"}, {"2026/1/2", false, false, "2026-01-02"}, {"2026.1.2", false, false, "2026-01-02"}, {"2026年11月3日", false, false, "2026-11-03"},
		{"20261123", false, false, "2026-11-23"}, {"2026-11-23 08:30:00", false, false, "2026-11-23"}, {"2026-11-23T23:59:59+08:00", false, false, "2026-11-23"},
		{"2028-02-29", false, false, "2028-02-29"}, {"2026-02-29", false, false, ""}, {"2026-13-01", false, false, ""}, {"", false, false, ""}, {"明天", false, false, ""}, {"23.11.2026", false, false, ""},
		// A number is a day in a workbook only, and only where it can be one.
		{"46349", true, false, "2026-11-23"}, {"46349.99", true, false, "2026-11-23"}, {"44887", true, true, "2026-11-23"}, {"46349", false, false, ""},
		{"0.5", true, false, ""}, {"1", true, false, ""}, {"19999", true, false, ""}, {"199999", true, false, ""}, {"-46349", true, false, ""}, {"4.6349E+4", true, false, "2026-11-23"}, {"0xB50D", true, false, ""},
		{"20261123", true, false, "2026-11-23"}, {"1989-12-31", false, false, ""}, {"2200-01-01", false, false, ""},
	} {
		got := ""
		if at, ok := (dutylog.Table{Workbook: c.workbook, Date1904: c.since04}).Date(c.text, shanghai); ok {
			got = at.Format(time.DateOnly)
			if h, m, s := at.Clock(); h+m+s != 0 || at.Location() != shanghai {
				t.Errorf("%q is %v, no midnight at the site", c.text, at)
			}
		}
		if got != c.want {
			t.Errorf("%q (workbook %v, 1904 %v) is %q, want %q", c.text, c.workbook, c.since04, got, c.want)
		}
	}
}

func TestCellsOfATable(t *testing.T) {
	table := dutylog.Table{Rows: [][]string{{"a", " b　"}, nil, {"'02422730001", "' x"}}}
	for _, c := range []struct {
		row, column int
		want        string
	}{{0, 0, "a"}, {0, 1, "b"}, {0, 2, ""}, {1, 0, ""}, {2, 0, "02422730001"}, {2, 1, "x"}, {3, 0, ""}, {-1, 0, ""}, {0, -1, ""}} {
		if got := table.Cell(c.row, c.column); got != c.want {
			t.Errorf("%s: %q, want %q", dutylog.CellName(max(c.row, 0), max(c.column, 0)), got, c.want)
		}
	}
}

func TestNarrowTextLeavesPunctuationWide(t *testing.T) {
	for text, want := range map[string]string{"０２４－２２７３Ａｂｚ": "024－2273Abz", "（值班，１）": "（值班，1）", "a\u3000b\u00a0c": "a b c", "沈阳": "沈阳", "": ""} {
		if got := dutylog.NarrowText(text); got != want || dutylog.NarrowText(got) != got {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestARefusalOfAFileIsOneSentence(t *testing.T) {
	err := &dutylog.FileError{Name: "a\nb\x07\u202e.xlsx", Fault: dutylog.FileMacro, Detail: "has a macro: save it as .xlsx"}
	if got := err.Error(); !strings.HasPrefix(got, "a%0Ab%07") || strings.ContainsAny(got, "\n\x07\u202e") || !strings.HasSuffix(got, ": save it as .xlsx") {
		t.Errorf("%q", got)
	}
}
