package dutylog_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"dutyline/dutylog"
)

// Wherever somebody may write a name or a number into an incident, neither is told by a masked one; what is due stays, and
// the incident itself is not changed.
func TestNothingOfAMaskedIncidentTellsWhoCalled(t *testing.T) {
	said := "由" + secretName + "说，电话" + secretNumber
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08").sends(dutylog.StageFirst, "2人受伤")
	p.do(dutylog.FactElements, dutylog.FactBody{Elements: map[dutylog.Element]string{dutylog.ElementPlace: said}})
	full := dutylog.FactBody{Whom: said, Text: said, Part: "head", Phone: secretNumber, Result: "reached", Reason: said, Receiver: said, Evidence: said, CallWith: said, CallReason: said}
	for _, kind := range []dutylog.FactKind{dutylog.FactCalledOut, dutylog.FactScene, dutylog.FactInstructed} {
		p.i.Facts = append(p.i.Facts, dutylog.IncidentFact{Seq: len(p.i.Facts) + 1, Kind: kind, At: p.now, WrittenAt: p.now, By: dutyOfficer, Body: full})
	}
	struck := dutylog.FactBody{Fact: len(p.i.Facts), Reason: said}
	p.i.Facts = append(p.i.Facts, dutylog.IncidentFact{Seq: len(p.i.Facts) + 1, Kind: dutylog.FactStruck, At: p.now, WrittenAt: p.now, By: dutyOfficer, Body: struck})
	whole := dutylog.FoldIncident(1, p.i.Facts)
	before := text(t, whole)
	masked := whole.Mask("", secretName)
	for _, secret := range []string{secretName, secretNumber} {
		if shown := text(t, masked); strings.Contains(shown, secret) {
			t.Errorf("it tells %s: %s", secret, shown)
		}
	}
	if text(t, whole) != before || !strings.Contains(before, secretName) {
		t.Errorf("the incident itself was changed: %s", text(t, whole))
	}
	if !strings.HasPrefix(masked.Title(), "由刘**说，电话139****1234 ") || masked.Callouts[0].Phone != "139****1234" {
		t.Errorf("%q %q", masked.Title(), masked.Callouts[0].Phone)
	}
	if got, want := fmt.Sprint(masked.NextDue().DueAt, masked.Elements[dutylog.ElementCasualties]), fmt.Sprint(whole.NextDue().DueAt, whole.Elements[dutylog.ElementCasualties]); got != want {
		t.Errorf("%s is due, want %s", got, want)
	}
}

// text is all that an incident holds.
func text(t *testing.T, i dutylog.Incident) string {
	t.Helper()
	body, err := json.Marshal(i)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// Each text of a fact is one that is masked, or one that nobody types about a caller: a new one has to be put into either.
func TestEveryTextOfAFactIsMaskedOrTellsNobody(t *testing.T) {
	nobody := map[string]bool{"Entry": true, "From": true, "Category": true, "Trigger": true, "Login": true, "Name": true, "Role": true, "Recipient": true, "Channel": true, "CallID": true, "Part": true, "Result": true}
	for n := range reflect.TypeFor[dutylog.FactBody]().NumField() {
		name := reflect.TypeFor[dutylog.FactBody]().Field(n).Name
		f := dutylog.IncidentFact{Seq: 1, Kind: dutylog.FactScene}
		field := reflect.ValueOf(&f.Body).Elem().FieldByName(name)
		if field.Kind() != reflect.String {
			continue
		}
		field.SetString(secretName + secretNumber)
		masked := reflect.ValueOf(dutylog.FoldIncident(1, []dutylog.IncidentFact{f}).Mask(secretName).Facts[0].Body).FieldByName(name).String()
		if strings.Contains(masked, secretNumber) != nobody[name] {
			t.Errorf("%s: %q", name, masked)
		}
	}
}
