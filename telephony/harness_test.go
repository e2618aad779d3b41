package telephony_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/ari"
)

var update = flag.Bool("update", false, "write the golden files anew; look at every difference")

const traceFolder = "testdata/traces"

// traceNames lists the recorded traces.
func traceNames(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(traceFolder + "/*.jsonl")
	if err != nil || len(files) < 90 {
		t.Fatalf("only %d traces found (%v)", len(files), err)
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = strings.TrimSuffix(filepath.Base(f), ".jsonl")
	}
	return names
}

// rawTrace reads the lines of a recorded trace.
func rawTrace(t testing.TB, name string) [][]byte {
	t.Helper()
	return rawLines(t, filepath.Join(traceFolder, name+".jsonl"))
}

func rawLines(t testing.TB, file string) [][]byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(bytes.Split(data, []byte("\n")), func(l []byte) bool { return len(l) == 0 })
}

func trace(t testing.TB, name string) []telephony.Event {
	t.Helper()
	return eventsIn(t, filepath.Join(traceFolder, name+".jsonl"))
}

// eventsIn decodes a file of raw events.
func eventsIn(t testing.TB, file string) []telephony.Event {
	t.Helper()
	var out []telephony.Event
	for i, raw := range rawLines(t, file) {
		ev, err := ari.Decode(raw)
		if err != nil {
			t.Fatalf("%s:%d: %v", file, i+1, err)
		}
		out = append(out, ev)
	}
	return out
}

func lines() []telephony.Line {
	return []telephony.Line{{
		Name: "duty", Endpoints: []string{"PJSIP/duty*"}, Trunks: []string{"PJSIP/trunk*"},
		AreaCode: "024", Rule: telephony.DefaultRule(), Supervision: telephony.SupervisionSIP,
	}}
}

// play feeds events to a new tracker and finishes it.
func play(ls []telephony.Line, events []telephony.Event) []telephony.Change {
	t := telephony.NewTracker(ls)
	var out []telephony.Change
	var last time.Time
	for _, ev := range events {
		out = append(out, t.Apply(ev)...)
		if ev.At.After(last) {
			last = ev.At
		}
	}
	return append(out, t.Finish(last)...)
}

// ended takes the calls out of the changes, as they ended.
func ended(changes []telephony.Change) []telephony.Call {
	var out []telephony.Call
	for _, ch := range changes {
		if ch.Kind == telephony.CallEnded {
			out = append(out, *ch.Call)
		}
	}
	return out
}

// kinds lists what was told, line changes by the state they led to.
func kinds(changes []telephony.Change) []string {
	var out []string
	for _, ch := range changes {
		if ch.Kind == telephony.LineChanged {
			out = append(out, "line "+string(ch.State.State))
		} else {
			out = append(out, string(ch.Kind))
		}
	}
	return out
}

var sceneStart = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// scene writes event streams as the switch would send them. Times are milliseconds from
// the start; every channel is known by its endpoint and a number: "trunk 1", "duty 1".
type scene struct {
	now      time.Time
	channels map[string]*telephony.Channel
	events   []telephony.Event
}

func newScene() *scene {
	return &scene{now: sceneStart, channels: map[string]*telephony.Channel{}}
}

func (s *scene) at(ms int) *scene {
	s.now = sceneStart.Add(time.Duration(ms) * time.Millisecond)
	return s
}

func (s *scene) add(ev telephony.Event) *scene {
	ev.At = s.now
	s.events = append(s.events, ev)
	return s
}

// created makes a channel: name is "trunk 1" for PJSIP/trunk or a whole Local name.
func (s *scene) created(name, state, exten, number string) *scene {
	full := name
	if !strings.HasPrefix(name, "Local/") {
		endpoint, n, _ := strings.Cut(name, " ")
		full = "PJSIP/" + endpoint + "-" + strings.Repeat("0", 8-len(n)) + n
	}
	s.channels[name] = &telephony.Channel{
		ID: "1795436279." + strings.ReplaceAll(name, " ", ""), Name: full, State: state, Exten: exten,
		Number: number, Created: s.now,
	}
	return s.add(telephony.Event{Kind: telephony.EventCreated, Channel: *s.channels[name]})
}

func (s *scene) ch(name string) telephony.Channel { return *s.channels[name] }

// in is a call arriving on a trunk.
func (s *scene) in(name, exten, number string) *scene { return s.created(name, "Ring", exten, number) }

// leg is a channel that the switch makes to dial a phone.
func (s *scene) leg(name string) *scene { return s.created(name, "Down", "s", "") }

func (s *scene) app(name, app, data string) *scene {
	s.channels[name].App, s.channels[name].AppData = app, data
	return s.add(telephony.Event{Kind: telephony.EventApp, Channel: s.ch(name)})
}

func (s *scene) state(name, state string) *scene {
	s.channels[name].State = state
	return s.add(telephony.Event{Kind: telephony.EventState, Channel: s.ch(name)})
}

// dial says what became of an attempt; caller "" means that nobody dials.
func (s *scene) dial(caller, peer, status string) *scene {
	ev := telephony.Event{Kind: telephony.EventDial, Peer: s.ch(peer), DialStatus: status}
	if caller != "" {
		ev.Channel = s.ch(caller)
	}
	return s.add(ev)
}

func (s *scene) begin(caller, peer, dialString string) *scene {
	ev := telephony.Event{Kind: telephony.EventDial, Channel: s.ch(caller), Peer: s.ch(peer), DialString: dialString}
	return s.add(ev)
}

func (s *scene) redirect(caller, peer, forward, to string) *scene {
	ev := telephony.Event{
		Kind: telephony.EventDial, Channel: s.ch(caller), Peer: s.ch(peer), DialStatus: "CANCEL", Forward: forward,
	}
	if to != "" {
		ev.Forwarded = s.ch(to)
	}
	return s.add(ev)
}

// hang is a far end that hangs up or refuses; soft is the switch asking.
func (s *scene) hang(name string, cause, tech int) *scene {
	return s.add(telephony.Event{Kind: telephony.EventHangupRequest, Channel: s.ch(name), Cause: cause, TechCause: tech})
}

func (s *scene) soft(name string) *scene {
	return s.add(telephony.Event{Kind: telephony.EventHangupRequest, Channel: s.ch(name), Cause: 16, Soft: true})
}

func (s *scene) gone(name string, cause, tech int) *scene {
	return s.add(telephony.Event{Kind: telephony.EventDestroyed, Channel: s.ch(name), Cause: cause, TechCause: tech})
}

func (s *scene) enter(bridge string, names ...string) *scene {
	for _, n := range names {
		s.add(telephony.Event{Kind: telephony.EventEntered, Channel: s.ch(n), Bridge: bridge})
	}
	return s
}

func (s *scene) leave(bridge string, names ...string) *scene {
	for _, n := range names {
		s.add(telephony.Event{Kind: telephony.EventLeft, Channel: s.ch(n), Bridge: bridge})
	}
	return s
}

func (s *scene) endpoint(name string, online bool) *scene {
	return s.add(telephony.Event{
		Kind: telephony.EventEndpoint, Endpoint: telephony.Endpoint{Name: "PJSIP/" + name, Online: online, Known: true},
	})
}

// rings is the usual begin: a trunk call that dials a phone, which rings 5 ms later.
func (s *scene) rings(trunk, phone string) *scene {
	endpoint, _, _ := strings.Cut(phone, " ")
	s.in(trunk, "12350", "13900001111").app(trunk, "Dial", "PJSIP/"+endpoint+",60")
	s.leg(phone).begin(trunk, phone, endpoint)
	s.now = s.now.Add(5 * time.Millisecond)
	return s.state(phone, "Ringing").dial(trunk, phone, "RINGING")
}

// answers joins a phone and its caller.
func (s *scene) answers(caller, phone, bridge string) *scene {
	s.state(phone, "Up").dial(caller, phone, "ANSWER")
	if s.ch(caller).State != "Up" {
		s.state(caller, "Up")
	}
	return s.enter(bridge, phone, caller)
}

// ends is a far end that hangs up a joined call.
func (s *scene) ends(first, other, bridge string) *scene {
	s.hang(first, 16, 0).leave(bridge, first, other).soft(other)
	return s.gone(other, 16, 0).gone(first, 16, 0)
}

// givesUp is a caller who leaves while one phone rings.
func (s *scene) givesUp(trunk, phone string) *scene {
	s.hang(trunk, 127, 487).dial(trunk, phone, "CANCEL")
	return s.gone(phone, 127, 500).gone(trunk, 127, 487)
}

// one plays the scene and wants exactly one call.
func (s *scene) one(t *testing.T, ls ...telephony.Line) telephony.Call {
	t.Helper()
	if len(ls) == 0 {
		ls = lines()
	}
	calls := ended(play(ls, s.events))
	if len(calls) != 1 {
		t.Fatalf("%d calls, want 1: %+v", len(calls), calls)
	}
	return calls[0]
}
