package ari_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
	"dutyline/telephony/ari"
)

// tapes reads every recorded trace, line by line.
func tapes(t testing.TB) (all [][][]byte) {
	t.Helper()
	files, err := filepath.Glob("../testdata/traces/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no traces: %v", err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var lines [][]byte
		for l := range bytes.SplitSeq(data, []byte("\n")) {
			if len(l) > 0 {
				lines = append(lines, l)
			}
		}
		all = append(all, lines)
	}
	return all
}

const (
	channel  = `"channel":{"id":"1.2","name":"PJSIP/duty-00000001","state":"Ringing","protocol_id":"abc","caller":{"name":"n","number":"12350"},"connected":{"name":"","number":""},"caller_rdnis":"0248888","dialplan":{"context":"from-duty","exten":"s","priority":1,"app_name":"AppDial","app_data":"(Outgoing Line)"},"creationtime":"2026-11-23T12:17:59.603+0000"}`
	stamp    = `"timestamp":"2026-11-23T12:17:59.607+0000"`
	atTheEnd = `,"asterisk_id":"x","application":"dutyline"}`
)

var (
	when    = time.Date(2026, 11, 23, 12, 17, 59, 607e6, time.UTC)
	decoded = telephony.Channel{
		ID: "1.2", Name: "PJSIP/duty-00000001", State: "Ringing", Number: "12350", CallerName: "n", RDNIS: "0248888", Exten: "s",
		Context: "from-duty", App: "AppDial", AppData: "(Outgoing Line)", SIPCallID: "abc",
		Created: time.Date(2026, 11, 23, 12, 17, 59, 603e6, time.UTC),
	}
)

func TestDecode(t *testing.T) {
	as := func(name string) string { return strings.Replace(channel, `"channel"`, `"`+name+`"`, 1) }
	app := decoded
	app.App, app.AppData = "Dial", "PJSIP/duty,60"
	tests := []struct {
		raw  string
		want telephony.Event
	}{
		{`{"type":"ChannelCreated",` + stamp + `,` + channel + atTheEnd,
			telephony.Event{Kind: telephony.EventCreated, At: when, Channel: decoded}},
		{`{"type":"ChannelStateChange",` + stamp + `,` + channel + atTheEnd,
			telephony.Event{Kind: telephony.EventState, At: when, Channel: decoded}},
		{`{"type":"ChannelDialplan",` + stamp + `,"dialplan_app":"Dial","dialplan_app_data":"PJSIP/duty,60",` + channel + atTheEnd,
			telephony.Event{Kind: telephony.EventApp, At: when, Channel: app}},
		{`{"cause":17,"tech_cause":486,"type":"ChannelHangupRequest",` + stamp + `,` + channel + atTheEnd,
			telephony.Event{Kind: telephony.EventHangupRequest, At: when, Channel: decoded, Cause: 17, TechCause: 486}},
		{`{"soft":true,"cause":16,"type":"ChannelHangupRequest",` + stamp + `,` + channel + atTheEnd,
			telephony.Event{Kind: telephony.EventHangupRequest, At: when, Channel: decoded, Cause: 16, Soft: true}},
		{`{"type":"Dial","dialstatus":"CANCEL","forward":"138","dialstring":"",` + as("caller") + `,` + as("peer") + `,` + as("forwarded") + `,` + stamp + atTheEnd,
			telephony.Event{Kind: telephony.EventDial, At: when, Channel: decoded, Peer: decoded, Forwarded: decoded, DialStatus: "CANCEL", Forward: "138"}},
		{`{"type":"Dial","dialstatus":"","dialstring":"duty",` + as("peer") + `,` + stamp + atTheEnd,
			telephony.Event{Kind: telephony.EventDial, At: when, Peer: decoded, DialString: "duty"}},
		{`{"type":"ChannelEnteredBridge",` + stamp + `,"bridge":{"id":"b1","channels":["1.2"]},` + channel + atTheEnd,
			telephony.Event{Kind: telephony.EventEntered, At: when, Channel: decoded, Bridge: "b1"}},
		{`{"type":"BridgeBlindTransfer",` + stamp + `,` + channel + `,"result":"Success",` + as("transferee") + atTheEnd,
			telephony.Event{Kind: telephony.EventBlindTransfer, At: when, Channel: decoded, Peer: decoded, OK: true}},
		{`{"type":"BridgeAttendedTransfer",` + stamp + `,` + as("transferer_first_leg") + `,"result":"Fail",` + as("transferer_second_leg") + atTheEnd,
			telephony.Event{Kind: telephony.EventAttendedTransfer, At: when, Channel: decoded, Second: decoded}},
		{`{"type":"PeerStatusChange",` + stamp + `,"endpoint":{"technology":"PJSIP","resource":"duty","state":"offline","channel_ids":[]},"peer":{"peer_status":"Unreachable"}` + atTheEnd,
			telephony.Event{Kind: telephony.EventEndpoint, At: when, Endpoint: telephony.Endpoint{Name: "PJSIP/duty", Known: true}}},
		{`{"type":"ContactStatusChange",` + stamp + `,"endpoint":{"technology":"PJSIP","resource":"duty","state":"online"}` + atTheEnd,
			telephony.Event{Kind: telephony.EventEndpoint, At: when, Endpoint: telephony.Endpoint{Name: "PJSIP/duty", Known: true, Online: true}}},
		{`{"type":"EndpointStateChange",` + stamp + `,"endpoint":{"technology":"PJSIP","resource":"duty","state":"unknown"}` + atTheEnd,
			telephony.Event{Kind: telephony.EventEndpoint, At: when, Endpoint: telephony.Endpoint{Name: "PJSIP/duty"}}},
		{`{"type":"ApplicationReplaced",` + stamp + atTheEnd, telephony.Event{Kind: telephony.EventReplaced, At: when}},
		{`{"variable":"X","value":"{\"type\":\"Dial\"}","type":"ChannelVarset"` + atTheEnd, telephony.Event{Type: "ignored"}},
		{`{"userevent":{"type":"Dial"},"type":"ChannelUserevent"` + atTheEnd, telephony.Event{Type: "ignored"}},
		{`{"type":"ChannelTeleported"` + atTheEnd, telephony.Event{Kind: telephony.EventUnknown, Type: "ChannelTeleported"}},
	}
	for _, tt := range tests {
		got, err := ari.Decode([]byte(tt.raw))
		if err != nil {
			t.Errorf("%.60s: %v", tt.raw, err)
			continue
		}
		if tt.want.Kind != telephony.EventIgnored && tt.want.Kind != telephony.EventUnknown {
			got.Type = ""
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%.60s (-want +got):\n%s", tt.raw, diff)
		}
	}
}

// A bad line is an error that names the thing; nothing panics.
func TestDecodeBadLines(t *testing.T) {
	tests := []struct{ raw, want string }{
		{``, "no JSON object"},
		{`hello`, "no JSON object"},
		{`[]`, "no JSON object"},
		{`{}`, "has no type"},
		{`{"t":1,"ms":0.4,"req":"GET /channels"}`, "has no type"},
		{`{"type":7}`, "has no type"},
		{`{"type":"Dial"`, "cut off"},
		{`{"type":"ChannelVarset","value":"x`, "cut off"},
		{`{"type":"ChannelVarset"} {"type":"Dial"}`, "something follows"},
		{`{"type":"Dial",` + stamp + `}`, "Dial has no peer"},
		{`{"type":"ChannelCreated",` + stamp + `}`, "ChannelCreated has no channel"},
		{`{"type":"ChannelCreated",` + stamp + `,"channel":{"id":""}}`, "ChannelCreated has no channel"},
		{`{"type":"ChannelCreated","timestamp":"yesterday",` + channel + `}`, `"yesterday" is no time`},
		{`{"type":"ChannelCreated",` + channel + `}`, "is no time"},
		{`{"type":"ChannelCreated",` + stamp + `,"channel":"none"}`, "ChannelCreated cannot be read"},
		{`{"type":"PeerStatusChange",` + stamp + `}`, "PeerStatusChange has no endpoint"},
		{`{"type":"BridgeBlindTransfer",` + stamp + `}`, "BridgeBlindTransfer has no channel"},
		{`{"type":"BridgeAttendedTransfer",` + stamp + `}`, "has no transferer_first_leg"},
	}
	for _, tt := range tests {
		if _, err := ari.Decode([]byte(tt.raw)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want a sentence with %q", tt.raw, err, tt.want)
		}
	}
}

func TestDecodeTimes(t *testing.T) {
	for text, want := range map[string]time.Time{
		"2026-11-23T12:17:59.603+0000":     time.Date(2026, 11, 23, 12, 17, 59, 603e6, time.UTC),
		"2026-11-23T20:17:59.603+0800":     time.Date(2026, 11, 23, 12, 17, 59, 603e6, time.UTC),
		"2026-11-23T12:17:59.603Z":         time.Date(2026, 11, 23, 12, 17, 59, 603e6, time.UTC),
		"2026-11-23T12:17:59Z":             time.Date(2026, 11, 23, 12, 17, 59, 0, time.UTC),
		"2026-11-23T20:17:59.123456+08:00": time.Date(2026, 11, 23, 12, 17, 59, 123456e3, time.UTC),
	} {
		ev, err := ari.Decode([]byte(`{"type":"ApplicationReplaced","timestamp":"` + text + `"}`))
		if err != nil || !ev.At.Equal(want) {
			t.Errorf("%s: %v, %v", text, ev.At, err)
		}
	}
}

// Every event that Asterisk sent in the traces is known and agrees with a plain decoder.
func TestDecodeAgreesWithEncodingJSON(t *testing.T) {
	for _, lines := range tapes(t) {
		for _, raw := range lines {
			ev, err := ari.Decode(raw)
			if err != nil {
				t.Fatalf("%.80s: %v", raw, err)
			}
			var plain struct {
				Type    string
				Channel struct{ ID, Name, State string }
				Peer    struct{ ID, Name string }
				Dial    string `json:"dialstatus"`
				Cause   int
			}
			if err := json.Unmarshal(raw, &plain); err != nil {
				t.Fatal(err)
			}
			if ev.Kind == telephony.EventUnknown {
				t.Errorf("%s is unknown", plain.Type)
			}
			if ev.Kind == telephony.EventIgnored {
				continue
			}
			if ev.Type != plain.Type || ev.Cause != plain.Cause || ev.DialStatus != plain.Dial || ev.Kind == telephony.EventDial && ev.Peer.ID != plain.Peer.ID {
				t.Errorf("%.80s decoded to %+v", raw, ev)
			}
			if plain.Channel.ID != "" && ev.Channel.ID != plain.Channel.ID {
				t.Errorf("channel %q, want %q", ev.Channel.ID, plain.Channel.ID)
			}
		}
	}
}

// oneOfEach is one real event of each type that a few traces have; all of them would take a
// fuzzing process longer to read than it is given.
func oneOfEach(t testing.TB) (events [][]byte) {
	t.Helper()
	seen := map[string]bool{}
	for _, name := range []string{"01_answered_caller_hangup", "06_inbound_diversion"} {
		data, err := os.ReadFile(filepath.Join("../testdata/traces", name+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(data) {
			_, after, _ := bytes.Cut(line, []byte(`"type":"`))
			kind, _, _ := bytes.Cut(after, []byte(`"`))
			if !seen[string(kind)] {
				seen[string(kind)] = true
				events = append(events, bytes.Clone(line))
			}
		}
	}
	if len(seen) < 8 {
		t.Fatalf("only %d types of events: these seeds are worth little", len(seen))
	}
	return events
}

// FuzzDecode: no input makes the decoder panic, what it accepts has a known kind, the same
// bytes always mean the same, and an event does not change with the buffer it was read from.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"type":"ChannelCreated",` + stamp + `,` + channel + `}`))
	f.Add([]byte(`{"type":"Dial"}`))
	f.Add([]byte(`{"a":"\\\"","type" : "ChannelVarset"}`))
	f.Add([]byte(`{"type":"Dial","peer":{"id":"\ud800"}}`))
	f.Add([]byte(`{"type":"ChannelDestroyed","cause":1e99,"channel":null,"timestamp":"0000-00-00T99:99:99.999+9999"}`))
	f.Add([]byte("{\"type\":\"ChannelStateChange\",\"channel\":{\"id\":\"\xff\xfe\",\"name\":\"PJSIP/\x00\"}}"))
	f.Add([]byte(strings.Repeat(`{"type":"Dial","peer":`, 500)))
	f.Add([]byte(`{"type":"DutylineClockSet","by_us":9223372036854775807}`))
	for _, raw := range oneOfEach(f) {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		whole := bytes.Clone(raw)
		ev, err := ari.Decode(raw)
		if !bytes.Equal(whole, raw) {
			t.Fatalf("decoding changed %q into %q", whole, raw)
		}
		if err == nil && ev.Kind.String() == "invalid" {
			t.Fatalf("%q gives kind %d", raw, ev.Kind)
		}
		if err == nil && !bytes.Contains(raw, []byte("type")) && !bytes.Contains(raw, []byte(`\u`)) {
			t.Fatalf("%q has no type and was accepted", raw)
		}
		for i := range raw {
			raw[i] = 'x' // the buffer is used again
		}
		again, err2 := ari.Decode(whole)
		if !reflect.DeepEqual(ev, again) || (err == nil) != (err2 == nil) {
			t.Fatalf("%q means two things: %v, %v\n%s", whole, err, err2, cmp.Diff(ev, again))
		}
	})
}

// BenchmarkEventsPerSecond decodes the traces and feeds the tracker, on one core.
func BenchmarkEventsPerSecond(b *testing.B) {
	all := tapes(b)
	line := []telephony.Line{{
		Name: "duty", Endpoints: []string{"PJSIP/duty*"}, Trunks: []string{"PJSIP/trunk*"}, AreaCode: "024", Rule: telephony.DefaultRule(),
	}}
	events := 0
	b.ReportAllocs()
	for b.Loop() {
		for _, lines := range all {
			tr := telephony.NewTracker(line)
			for _, raw := range lines {
				ev, err := ari.Decode(raw)
				if err != nil {
					b.Fatal(err)
				}
				tr.Apply(ev)
				events++
			}
		}
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
}

// What the watcher writes on the tape when the switch's clock was set is read from it again.
func TestASetClockIsReadFromTheTape(t *testing.T) {
	for _, by := range []time.Duration{8 * time.Hour, -time.Hour, 3 * time.Microsecond} {
		ev, err := ari.Decode(ari.ClockSet(by))
		if err != nil || ev.Kind != telephony.EventClockSet || ev.By != by {
			t.Errorf("%v: %+v, %v", by, ev, err)
		}
	}
	if ev, err := ari.Decode([]byte(`{"type":"DutylineClockSet","by_us":-9223372036854775808}`)); err == nil {
		t.Errorf("a clock that was set by an eternity: %+v", ev)
	}
}

// What the switch says of a phone's registration, and what it says of the phone alone.
func TestDecodeTellsContacts(t *testing.T) {
	const event = `{"type":"ContactStatusChange","timestamp":"2026-11-23T12:39:25.309+0000","endpoint":{"technology":"PJSIP","resource":"duty","state":"offline","channel_ids":[]},` +
		`"contact_info":{"uri":"sip:duty@127.0.0.1:15076","contact_status":%q,"aor":"duty","roundtrip_usec":"0"}}`
	for status, want := range map[string]telephony.Contact{
		"NonQualified": {Made: true}, "Created": {Made: true}, "Reachable": {Answers: true}, "Removed": {Gone: true}, "Unreachable": {}, "Unknown": {},
	} {
		want.URI = "sip:duty@127.0.0.1:15076"
		ev, err := ari.Decode(fmt.Appendf(nil, event, status))
		if err != nil || ev.Kind != telephony.EventEndpoint || ev.Contact != want || ev.Endpoint.Name != "PJSIP/duty" || ev.Endpoint.Online {
			t.Errorf("%s: %+v %+v %v", status, ev.Contact, ev.Endpoint, err)
		}
	}
	ev, err := ari.Decode([]byte(`{"type":"EndpointStateChange","timestamp":"2026-11-23T12:39:25.309+0000","endpoint":{"technology":"PJSIP","resource":"duty","state":"online"}}`))
	if err != nil || ev.Contact != (telephony.Contact{}) {
		t.Errorf("of no contact: %+v %v", ev.Contact, err)
	}
}
