package cel_test

import (
	"slices"
	"strings"
	"testing"

	"dutyline/telephony"
	"dutyline/telephony/cel"
)

// A record of the switch that is cut at any byte stands among the rows as damaged, with the ids
// that are left of it or none: never with others.
func TestADamagedRecordStandsAmongTheRows(t *testing.T) {
	whole := line("a", "linkedid", "l", "channame", "PJSIP/duty-1", "name", `x","uniqueid":"z"`)
	for cut := range len(whole) - 2 {
		c := cel.NewCut(1 << 20)
		c.Add([]byte(whole[:cut] + "\n" + line("b")))
		c.Quiet()
		rows := c.Rows()
		if len(rows) == 0 || rows[len(rows)-1].UniqueID != "b" {
			t.Fatalf("cut after %d bytes: %+v", cut, rows)
		}
		for _, r := range rows[:len(rows)-1] {
			id, linked, channel := r.UniqueID, r.LinkedID, r.Channel
			if r.Kind != telephony.RowDamaged || id != "" && id != "a" || linked != "" && linked != "l" || channel != "" && channel != "PJSIP/duty-1" {
				t.Errorf("cut after %d bytes, %q: %+v", cut, whole[:cut], r)
			}
		}
		if cut > len(`{"eventtype":`) && len(rows) != 2 {
			t.Errorf("cut after %d bytes, %q: %d rows", cut, whole[:cut], len(rows))
		}
	}
	c := cel.NewCut(1 << 20)
	c.Add([]byte("hello\n{}\n[1,2]\n" + line("b")))
	if rows := c.Rows(); len(rows) != 1 {
		t.Errorf("what the switch never wrote is damaged: %+v", rows)
	}
}

// Where a whole record may have stood that nobody can read any more, a damaged row without an id says so:
// whatever ran then is not known in full.
func TestWhatMayHaveHeldARecordIsDamaged(t *testing.T) {
	zeros, whole := func(n int) string { return strings.Repeat("\x00", n) }, line("a")
	inNumber := strings.Index(whole, "13900001111") + 3
	for _, c := range []struct {
		name, text string
		ids        []string // of the records that are found
	}{
		{"a byte of zeros", "\x00\n", nil},
		{"a page of zeros and a record", zeros(4096) + whole, []string{"a"}},
		{"few zeros and the rest of a record", zeros(100) + whole[40:], nil},
		{"a page of zeros and the rest of a record", zeros(4096) + whole[40:], nil},
		{"a record cut off by a page of zeros, and a whole one", whole[:80] + zeros(4096) + whole, []string{"a"}},
		{"zeros in place of the end of one record and the beginning of another", whole[:inNumber] + zeros(4096) + line("c")[inNumber:], nil},
		{"2 MB of zeros and a record", zeros(2<<20) + whole, []string{"a"}},
		{"10 MB of anything", strings.Repeat("x", 10<<20) + "\n", nil},
		{"10 MB of anything and a record", strings.Repeat("x", 10<<20) + whole, []string{"a"}},
		{"10 MB of anything and the rest of a record", strings.Repeat("x", 10<<20) + whole[40:], nil},
		{"more than a record, with one in its midst", strings.Repeat("x", 9000) + whole[40:len(whole)-1] + strings.Repeat("x", 9000) + "\n", nil},
		{"a file that ends in 2 MB of anything", strings.Repeat("x", 2<<20), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			cut := cel.NewCut(1 << 20)
			cut.Add([]byte(c.text))
			cut.End()
			rows := cut.Rows()
			if len(rows) == 0 || rows[0].Kind != telephony.RowDamaged || rows[0].LinkedID+rows[0].UniqueID+rows[0].Channel != "" {
				t.Fatalf("no damaged row that may be of any call: %+v", rows)
			}
			var ids []string
			for _, r := range rows[1:] {
				ids = append(ids, r.UniqueID)
			}
			if !slices.Equal(ids, c.ids) {
				t.Errorf("records %v, want %v", ids, c.ids)
			}
		})
	}
}

// What is left of a record behind garbage says whose it was.
func TestTheRestOfARecordBehindGarbageIsDamaged(t *testing.T) {
	cut := cel.NewCut(1 << 20)
	cut.Add([]byte(strings.Repeat("x", 9000) + line("a", "linkedid", "l")[40:]))
	if rows := cut.Rows(); len(rows) != 1 || rows[0].Kind != telephony.RowDamaged || rows[0].LinkedID != "l" || rows[0].UniqueID != "a" {
		t.Errorf("%+v", rows)
	}
}
