package telephony_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"dutyline/telephony"
)

func TestEveryKindOfRowHasItsOwnName(t *testing.T) {
	seen := map[string]bool{}
	for k := telephony.RowIgnored; k <= telephony.RowDamaged; k++ {
		if name := k.String(); name == "" || name == "invalid" || seen[name] {
			t.Errorf("kind %d is called %q", k, name)
		} else {
			seen[name] = true
		}
	}
	if name := (telephony.RowDamaged + 1).String(); name != "invalid" {
		t.Errorf("a kind outside the set is called %q", name)
	}
}

func TestBoundedLeavesNothingLongOrUnprintable(t *testing.T) {
	foul := "a\x00b\n\u202ec\xff" + strings.Repeat("长", 1000)
	row := telephony.Row{Extra: map[string]string{}}
	fields := reflect.ValueOf(&row).Elem()
	for i := range fields.NumField() {
		if f := fields.Field(i); f.Kind() == reflect.String {
			f.SetString(foul)
		}
	}
	for i := range 100 {
		row.Extra[fmt.Sprint(i)+foul] = foul
	}
	got := reflect.ValueOf(row.Bounded())
	check := func(where, s string) {
		if n := utf8.RuneCountInString(s); n > 256 || n == 0 || !strings.HasPrefix(strings.TrimLeft(s, "0123456789"), "abc\ufffd长") {
			t.Errorf("%s is %d characters: %.40q", where, n, s)
		}
	}
	for i := range got.NumField() {
		if f := got.Field(i); f.Kind() == reflect.String {
			check(got.Type().Field(i).Name, f.String())
		}
	}
	extra := row.Bounded().Extra
	if len(extra) != 32 {
		t.Errorf("%d values of Extra are kept, want 32", len(extra))
	}
	for k, v := range extra {
		check("Extra key", k)
		check("Extra value", v)
	}
	if len(row.Extra) != 100 {
		t.Error("Bounded changed the row that it was given")
	}
}
