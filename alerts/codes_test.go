package alerts_test

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
)

// Every dialling of the golden table is read as it says: dialled, meaning, number, reason.
func TestDialledCodesAreReadAsTheTableSays(t *testing.T) {
	file, err := os.Open("testdata/dialled.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	in := csv.NewReader(file)
	in.Comment, in.FieldsPerRecord = ';', 4
	rows, err := in.ReadAll()
	if err != nil || len(rows) < 60 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	codes := alerts.ShippedCodes()
	for _, row := range rows {
		code, number, ok := codes.Read(row[0])
		got := []string{row[0], string(code.Means), number, ""}
		if ok {
			got[3] = string(code.Means.Reason())
		}
		if diff := cmp.Diff(row, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row[0], diff)
		}
	}
}

// A table with mistakes is refused with every one of them, and says what to do.
func TestATableWithMistakesNamesThemAll(t *testing.T) {
	for _, c := range []struct {
		list []alerts.Code
		says []string
	}{
		{[]alerts.Code{{"*57*N#", alerts.ForwardsAll, "own"}, {"*57*13900001111#", alerts.CancelsForward, "own"}}, []string{"can be the same dialling"}},
		{[]alerts.Code{{"*5N", alerts.ForwardsAll, "own"}, {"*57N#", alerts.CancelsForward, "own"}}, nil},
		{[]alerts.Code{{"*5N", alerts.ForwardsAll, "own"}, {"*57N", alerts.CancelsForward, "own"}}, []string{"can be the same dialling"}},
		{[]alerts.Code{{"*55*T#", alerts.Alarm, "own"}, {"*55*N#", alerts.Hotline, "own"}}, []string{"can be the same dialling"}},
		{[]alerts.Code{{"*57*X#", alerts.ForwardsAll, "own"}, {"#57#", "sideways", "own"}, {"", alerts.Alarm, "own"}}, []string{`"*57*X#" is no pattern`, "none of: forward_all", `"" is no pattern`}},
		{[]alerts.Code{{"5700", alerts.ForwardsAll, "own"}}, []string{"neither * nor #"}},
		{[]alerts.Code{{"*57*B#", alerts.ForwardsAll, "own"}, {"*57*N#", alerts.CancelsForward, "own"}}, nil},
		{[]alerts.Code{{"*57*B*B#", alerts.ForwardsAll, "own"}, {"*57*11*1#", alerts.CancelsForward, "own"}}, []string{"can be the same dialling"}},
		{[]alerts.Code{{"*57*B", alerts.ForwardsAll, "own"}, {"*57*1", alerts.CancelsForward, "own"}}, []string{"can be the same dialling"}},
		{[]alerts.Code{{"*57B1#", alerts.ForwardsAll, "own"}, {"*NB#", alerts.ForwardsAll, "own"}}, []string{"a digit right after a number", "right after another"}},
		{[]alerts.Code{{"*NN#", alerts.ForwardsAll, "own"}, {"*N5#", alerts.Alarm, "own"}}, []string{"right after another", "a digit right after a number"}},
	} {
		_, err := alerts.NewCodes(c.list)
		if (err == nil) != (c.says == nil) {
			t.Errorf("%v: %v", c.list, err)
		}
		for _, words := range c.says {
			if err == nil || !strings.Contains(err.Error(), words) {
				t.Errorf("%v: %v; want %q", c.list, err, words)
			}
		}
	}
}

// A site's own code takes the place of what it overlaps, and a style can be left out.
func TestASitesOwnCodesComeFirst(t *testing.T) {
	own, err := alerts.ShippedCodes().With([]alerts.Code{{"*72N", alerts.OtherService, "our PBX"}})
	if err != nil {
		t.Fatal(err)
	}
	for dialled, want := range map[string]alerts.Meaning{"*7213900001111": alerts.OtherService, "*72": alerts.ForwardsAll, "*57*13900001111#": alerts.ForwardsAll} {
		if code, _, _ := own.Read(dialled); code.Means != want {
			t.Errorf("%s is %q, want %q", dialled, code.Means, want)
		}
	}
	if _, err := alerts.ShippedCodes().With([]alerts.Code{{"?", alerts.Alarm, "x"}}); err == nil {
		t.Error("a bad code of the site was taken")
	}
	if code, _, ok := alerts.ShippedCodes().Without([]string{alerts.PBXStyle}).Read("*72"); ok {
		t.Errorf("*72 is %+v without the PBX's codes", code)
	}
}

// Whatever is dialled, it is one code or none, and a code that is read fits its own pattern.
func FuzzReadCode(f *testing.F) {
	for _, s := range []string{"*57*13900001111#", "*72", "**21*1#", "", "#", "*55*0730#", "*52138", "**61*138**20#", "9*57*138", "%2A57%2A138", "%", "*72p1+3,8#", strings.Repeat("*", 500), "*57*１３９#", "**2\x00\x00"} {
		f.Add(s)
	}
	codes := alerts.ShippedCodes()
	f.Fuzz(func(t *testing.T, dialled string) {
		code, number, ok := codes.Read(dialled)
		if !ok {
			return
		}
		if strings.Trim(number, "0123456789") != "" {
			t.Fatalf("%q forwards to %q", dialled, number)
		}
		alone, err := alerts.NewCodes([]alerts.Code{code})
		if err != nil {
			t.Fatal(err)
		}
		if again, n, ok := alone.Read(dialled); !ok || again != code || n != number {
			t.Fatalf("%q is %+v, alone %+v", dialled, code, again)
		}
	})
}
