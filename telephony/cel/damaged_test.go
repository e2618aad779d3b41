package cel_test

import (
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
