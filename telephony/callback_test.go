package telephony_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
)

// backs is the duty phone that the switch rings for a call back to a number.
func (s *scene) backs(phone string) *scene {
	s.created(phone, "Down", "", "13800001111")
	s.channels[phone].ID = telephony.CallBackID(strings.ReplaceAll(phone, " ", ""))
	s.events[len(s.events)-1].Channel = s.ch(phone)
	return s.dial("", phone, "").at(200).state(phone, "Ringing").dial("", phone, "RINGING")
}

// picksUp is the officer who picks up: the switch dials on.
func (s *scene) picksUp(phone, number, trunk string) *scene {
	s.state(phone, "Up").dial("", phone, "ANSWER")
	s.channels[phone].Exten = number
	return s.app(phone, "Goto", "from-duty,"+number+",1").app(phone, "Dial", "PJSIP/"+number+"@trunk,60").
		leg(trunk).begin(phone, trunk, number+"@trunk")
}

func TestACallBackIsAnOutgoingCallOnceThePhoneWasPickedUp(t *testing.T) {
	ls := lines()
	ls[0].Number = "02422739110"
	s := newScene().backs("duty 1").at(4000).picksUp("duty 1", "13800001111", "trunk 1").
		at(5000).state("trunk 1", "Ringing").dial("duty 1", "trunk 1", "RINGING").
		at(9000).answers("duty 1", "trunk 1", "b").
		at(20000).ends("trunk 1", "duty 1", "b")
	c := s.one(t, ls...)
	if c.Direction != telephony.Outbound || c.Called.E164 != "+8613800001111" || c.Caller.E164 != "+862422739110" || c.Outcome != telephony.PlacedAnswered || c.HangupBy != telephony.ByCaller {
		t.Errorf("%+v", c)
	}
	if !c.OfferedAt.Equal(sceneStart.Add(4*time.Second)) || !c.AnsweredAt.Equal(sceneStart.Add(9*time.Second)) || !c.RangAt.IsZero() || len(c.Findings) > 0 {
		t.Errorf("it began when the officer picked up, and has no bell here: %+v", c)
	}
	for _, kind := range kinds(play(ls, s.events)) {
		if kind == "line ringing" || kind == string(telephony.CallRang) {
			t.Errorf("nobody calls: %s", kind)
		}
	}
}

func TestACallBackThatIsNotPickedUpIsNobodysCall(t *testing.T) {
	for name, s := range map[string]*scene{
		"it rings in vain":       newScene().backs("duty 1").at(15000).dial("", "duty 1", "NOANSWER").gone("duty 1", 19, 0),
		"it is declined":         newScene().backs("duty 1").at(3000).hang("duty 1", 21, 603).dial("", "duty 1", "NOANSWER").gone("duty 1", 21, 603),
		"the phone is engaged":   newScene().backs("duty 1").at(300).hang("duty 1", 17, 486).dial("", "duty 1", "BUSY").gone("duty 1", 17, 486),
		"it was hung up at once": newScene().backs("duty 1").at(3000).state("duty 1", "Up").dial("", "duty 1", "ANSWER").at(3100).hang("duty 1", 16, 0).gone("duty 1", 16, 0),
		"it makes way":           newScene().backs("duty 1").at(3000).soft("duty 1").gone("duty 1", 0, 0),
	} {
		if calls := ended(play(lines(), s.events)); len(calls) > 0 {
			t.Errorf("%s: %+v", name, calls)
		}
	}
}

// The caller who comes while the phone rings for a call back has a call of their own, with the verdict
// that it has without one.
func TestACallerWhileThePhoneRingsForACallBack(t *testing.T) {
	s := newScene().backs("duty 1").at(1000).rings("trunk 1", "duty 2").
		at(1100).soft("duty 1").gone("duty 1", 0, 0).
		at(4000).answers("trunk 1", "duty 2", "b").at(9000).ends("trunk 1", "duty 2", "b")
	c := s.one(t)
	if c.Outcome != telephony.AnsweredInTime || c.Direction != telephony.Inbound || len(c.Findings) > 0 {
		t.Errorf("%+v", c)
	}
	if ring, _ := c.RingFor(); ring != 2995*time.Millisecond {
		t.Errorf("it rang %v", ring)
	}
}

// A Local channel that waits for what is dialled behind it does not take the call back for that.
func TestACallBackIsNoLegOfAnotherCall(t *testing.T) {
	s := newScene().in("trunk 1", "12350", "13900001111").app("trunk 1", "Dial", "Local/201@x/n,60").
		created("Local/201@x-00000001;1", "Down", "s", "").begin("trunk 1", "Local/201@x-00000001;1", "201@x").
		at(100).backs("duty 1").
		at(16000).hang("trunk 1", 127, 487).dial("trunk 1", "Local/201@x-00000001;1", "CANCEL").gone("Local/201@x-00000001;1", 0, 0).gone("trunk 1", 127, 487).
		at(17000).soft("duty 1").gone("duty 1", 0, 0)
	for _, c := range ended(play(lines(), s.events)) {
		if !c.RangAt.IsZero() {
			t.Errorf("the bell of a call back was taken for the caller's: %+v", c)
		}
	}
}

func TestACallBackThatIsFoundRunning(t *testing.T) {
	id := telephony.CallBackID("x")
	ringing := telephony.Channel{ID: id, Name: "PJSIP/duty-00000001", State: "Ringing", Created: sceneStart}
	other := telephony.Channel{ID: "1.1", Name: "PJSIP/trunk-00000002", State: "Ring", App: "Dial", AppData: "PJSIP/duty,60", Exten: "12350", Created: sceneStart.Add(-time.Second)}
	tr := telephony.NewTracker(lines())
	tr.Gap(sceneStart)
	for _, ch := range tr.Resync(telephony.Snapshot{At: sceneStart.Add(time.Second), Channels: []telephony.Channel{other, ringing}}) {
		if ch.Kind == telephony.CallRang {
			t.Errorf("the call back's bell was given to the caller: %+v", ch.Call)
		}
	}
	talking := ringing
	talking.State, talking.App, talking.AppData, talking.Exten = "Up", "Dial", "PJSIP/13800001111@trunk,60", "13800001111"
	tr = telephony.NewTracker(lines())
	tr.Gap(sceneStart)
	tr.Resync(telephony.Snapshot{At: sceneStart.Add(time.Second), Channels: []telephony.Channel{talking}})
	if open := tr.Open(); len(open) != 1 || open[0].Direction != telephony.Outbound || open[0].Called.Raw != "13800001111" {
		t.Errorf("%+v", open)
	}
}

func TestTheJournalHasTheSameCallBack(t *testing.T) {
	id := telephony.CallBackID("x")
	row := func(kind telephony.RowKind, ms int, channel, unique, exten string) telephony.Row {
		return telephony.Row{Kind: kind, At: sceneStart.Add(time.Duration(ms) * time.Millisecond), Channel: channel, UniqueID: unique, LinkedID: id, Exten: exten, Number: "02422739110"}
	}
	const duty, trunk = "PJSIP/duty-00000001", "PJSIP/trunk-00000002"
	rows := []telephony.Row{row(telephony.RowChanStart, 0, duty, id, ""), row(telephony.RowAnswer, 4000, duty, id, "13800001111")}
	vain := slices.Concat(rows[:1], []telephony.Row{row(telephony.RowHangup, 15000, duty, id, ""), row(telephony.RowChanEnd, 15000, duty, id, "")})
	if calls := telephony.Settle(lines(), vain, time.Time{}); len(calls) != 0 {
		t.Errorf("nobody picked up: %+v", calls)
	}
	dial := row(telephony.RowAppStart, 4010, duty, id, "13800001111")
	dial.App, dial.AppData = "Dial", "PJSIP/13800001111@trunk,60"
	rows = append(rows, dial, row(telephony.RowChanStart, 4020, trunk, "2.2", "s"), row(telephony.RowAnswer, 9000, trunk, "2.2", "s"))
	for _, r := range []telephony.Row{row(telephony.RowBridgeEnter, 9001, duty, id, "13800001111"), row(telephony.RowBridgeEnter, 9001, trunk, "2.2", "s")} {
		r.Extra = map[string]string{"bridge_id": "b"}
		rows = append(rows, r)
	}
	for _, x := range [][2]string{{trunk, "2.2"}, {duty, id}} {
		rows = append(rows, row(telephony.RowHangup, 20000, x[0], x[1], ""), row(telephony.RowChanEnd, 20000, x[0], x[1], ""))
	}
	calls := telephony.Settle(lines(), rows, time.Time{})
	if len(calls) != 1 || calls[0].Called.Raw != "13800001111" || calls[0].Outcome != telephony.PlacedAnswered || !calls[0].OfferedAt.Equal(sceneStart.Add(4*time.Second)) || len(calls[0].Findings) > 0 {
		t.Errorf("%+v", calls)
	}
}

func TestWhatIsDialledForACallBack(t *testing.T) {
	line := telephony.Line{Name: "duty", Number: "02422739110", AreaCode: "024"}
	abroad := telephony.Line{Name: "duty", Number: "22739110"} // of a site whose area code nobody gave
	type dialled struct {
		Digits string
		Why    telephony.CallBackRefusal
	}
	for _, c := range []struct {
		raw  string
		line telephony.Line
		want dialled
	}{
		{"13800001111", line, dialled{"13800001111", ""}},
		{"013800001111", line, dialled{"13800001111", ""}},
		{"+8613800001111", line, dialled{"13800001111", ""}},
		{"008613800001111", line, dialled{"13800001111", ""}},
		{"02422730001", line, dialled{"22730001", ""}}, // of the own town
		{"22730001", line, dialled{"22730001", ""}},
		{"2422730001", line, dialled{"22730001", ""}}, // a gateway dropped the 0
		{"02422730001", abroad, dialled{"02422730001", ""}},
		{"041187654321", line, dialled{"041187654321", ""}},
		{"01066660001", line, dialled{"01066660001", ""}},
		{"12345", line, dialled{"12345", ""}},
		{"110", line, dialled{"110", ""}},
		{"4008001234", line, dialled{"4008001234", ""}},
		{"8021", line, dialled{"8021", ""}}, // an extension
		{"", line, dialled{"", telephony.BackNoNumber}},
		{"anonymous", line, dialled{"", telephony.BackNoNumber}},
		{"22739110", line, dialled{"", telephony.BackOwnNumber}},
		{"+862422739110", line, dialled{"", telephony.BackOwnNumber}},
		{"22739110", abroad, dialled{"", telephony.BackOwnNumber}},
		{"+44123456789", line, dialled{"", telephony.BackBadNumber}},
		{"0044123456789", line, dialled{"", telephony.BackBadNumber}},
		{"*57*13900001111#", line, dialled{"", telephony.BackBadNumber}},
		{"**21*13900001111#", line, dialled{"", telephony.BackBadNumber}},
		{"#57#", line, dialled{"", telephony.BackBadNumber}},
		{"13800001111&PJSIP/x", line, dialled{"", telephony.BackBadNumber}},
		{"13800001111,60", line, dialled{"", telephony.BackBadNumber}},
		{"1380000111", line, dialled{"", telephony.BackBadNumber}}, // a digit is missing
		{"12", line, dialled{"", telephony.BackBadNumber}},
		{"0021", line, dialled{"", telephony.BackBadNumber}},
		{"16812345", line, dialled{"", telephony.BackBadNumber}},
	} {
		digits, why := telephony.Dialable(telephony.ParseNumber(c.raw, c.line.AreaCode), c.line)
		if diff := cmp.Diff(c.want, dialled{digits, why}); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.raw, diff)
		}
	}
}

func FuzzDialable(f *testing.F) {
	for _, seed := range []string{"13800001111", "+8602422730001", "*57*1#", "8021", "tel:110;x=1", "\u00a0110", "1;DROP"} {
		f.Add(seed, "024")
	}
	f.Fuzz(func(t *testing.T, raw, area string) {
		line := telephony.Line{Name: "duty", Number: "02422739110", AreaCode: area}
		digits, why := telephony.Dialable(telephony.ParseNumber(raw, area), line)
		if (digits == "") != (why != "") || strings.Trim(digits, "0123456789") != "" || len(digits) > 20 || strings.HasPrefix(digits, "00") {
			t.Errorf("%q in %q: %q, %q", raw, area, digits, why)
		}
		if why != "" && why.Error() == "" {
			t.Errorf("%q says nothing", why)
		}
	})
}

func TestWhenThePhoneMayRingForACallBack(t *testing.T) {
	for _, c := range []struct {
		s    telephony.Standing
		want telephony.CallBackRefusal
	}{
		{telephony.Standing{State: telephony.Idle}, ""},
		{telephony.Standing{State: telephony.Idle, Calls: 1}, telephony.BackLineInUse}, // offered, and rings in a moment
		{telephony.Standing{State: telephony.Ringing, Calls: 1}, telephony.BackLineInUse},
		{telephony.Standing{State: telephony.Talking, Calls: 1}, telephony.BackLineInUse},
		{telephony.Standing{State: telephony.Ringing}, telephony.BackLineInUse},
		{telephony.Standing{State: telephony.Idle, InUse: true}, telephony.BackLineInUse},
		{telephony.Standing{State: telephony.Idle, InUse: true, Ringing: true}, telephony.BackRinging},
		{telephony.Standing{State: telephony.LineUnreachable}, telephony.BackPhoneAway},
		{telephony.Standing{State: telephony.LineStateUnknown}, telephony.BackUnseen},
		{telephony.Standing{}, telephony.BackUnseen},
	} {
		if got := c.s.MayRing(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.s, got, c.want)
		}
	}
	call := telephony.Call{Line: "duty", Direction: telephony.Inbound}
	out := telephony.Call{Line: "duty", Direction: telephony.Outbound}
	for _, c := range []struct {
		ch   telephony.Change
		want bool
	}{
		{telephony.Change{Kind: telephony.CallOffered, Call: &call}, true},
		{telephony.Change{Kind: telephony.CallRang, Call: &call}, true},
		{telephony.Change{Kind: telephony.CallEnded, Call: &call}, false},
		{telephony.Change{Kind: telephony.CallOffered, Call: &out}, false},
		{telephony.Change{Kind: telephony.LineChanged}, false},
	} {
		if got := telephony.CallersFirst(c.ch, "duty"); got != c.want {
			t.Errorf("%s: %v", c.ch.Kind, got)
		}
	}
	if telephony.CallersFirst(telephony.Change{Kind: telephony.CallRang, Call: &call}, "fire") {
		t.Error("a caller of another line")
	}
}
