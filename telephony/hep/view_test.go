package hep_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony/hep"
)

// player plays SIP to a view and notes what it tells.
type player struct {
	t    testing.TB
	view *hep.View
	up   time.Duration
	told []string
}

func newPlayer(t testing.TB, l hep.Limits) *player {
	return &player{t: t, view: hep.NewView([]string{"duty", "second"}, l), up: time.Hour}
}

// say plays one message, 10 ms after the last.
func (p *player) say(from, to netip.AddrPort, payload []byte) {
	p.t.Helper()
	m := message(p.t, from, to, payload)
	p.up += 10 * time.Millisecond
	m.Up = p.up
	p.note(p.view.Take(m))
}

// wait lets time pass, as a loop does that sleeps until the deadline.
func (p *player) wait(d time.Duration) {
	until := p.up + d
	for next := p.view.Deadline(); next != 0 && next <= until; next = p.view.Deadline() {
		p.note(p.view.Tick(next))
	}
	p.up = until
	p.note(p.view.Tick(until))
}

// note keeps facts without their evidence.
func (p *player) note(facts []hep.Fact) {
	for _, f := range facts {
		head, _, _ := strings.Cut(f.String(), " ← ")
		p.told = append(p.told, head)
	}
}

func (p *player) expect(want ...string) {
	p.t.Helper()
	if diff := cmp.Diff(want, p.told); diff != "" {
		p.t.Errorf("facts (-want +told):\n%s", diff)
	}
	p.told = nil
}

// The switch calls the phone: tags a and, once it answers, b.
func invite(changes ...string) []byte {
	return ask("INVITE sip:duty@192.0.2.20 SIP/2.0", append([]string{"From: <sip:1@pbx>;tag=a", "Branch: 1"}, changes...)...)
}

func answer(status int, changes ...string) []byte {
	return ask(fmt.Sprintf("SIP/2.0 %d x", status), append([]string{"CSeq: 1 INVITE", "From: <sip:1@pbx>;tag=a", "To: <sip:2@h>;tag=b"}, changes...)...)
}

const sound = "Content-Type: application/sdp"

func withSound(b []byte) []byte { return append(b, "v=0\r\n"...) }

func TestACallIsToldInOrder(t *testing.T) {
	p := newPlayer(t, hep.Limits{})
	p.say(pbx, desk, invite())
	p.expect()
	p.say(desk, pbx, answer(100))
	p.say(desk, pbx, answer(180))
	p.say(desk, pbx, answer(180)) // sent again: nothing new
	p.say(desk, pbx, withSound(answer(180, sound)))
	p.say(desk, pbx, answer(183))
	p.say(desk, pbx, withSound(answer(183, sound)))
	p.say(desk, pbx, answer(182))
	p.say(desk, pbx, withSound(answer(200, sound)))
	p.say(pbx, desk, ask("ACK sip:duty@192.0.2.20 SIP/2.0", "From: <sip:1@pbx>;tag=a", "To: <sip:2@h>;tag=b"))
	p.expect("rang by called 180", "rang by called 180 sdp", "early by called 183", "early by called 183 sdp", "answered by called 200 sdp")
	// On hold, and back: the call stands, nothing of it is a fact.
	p.say(desk, pbx, ask("INVITE sip:1@pbx SIP/2.0", "CSeq: 9 INVITE", "From: <sip:2@h>;tag=b", "To: <sip:1@pbx>;tag=a"))
	p.say(pbx, desk, ask("SIP/2.0 488 No", "CSeq: 9 INVITE", "From: <sip:2@h>;tag=b", "To: <sip:1@pbx>;tag=a"))
	p.expect()
	p.say(desk, pbx, ask("REFER sip:1@pbx SIP/2.0", "CSeq: 10 REFER", "From: <sip:2@h>;tag=b", "To: <sip:1@pbx>;tag=a", "Refer-To: <sip:3@pbx>"))
	p.say(desk, pbx, ask("BYE sip:1@pbx SIP/2.0", "CSeq: 11 BYE", "From: <sip:2@h>;tag=b", "To: <sip:1@pbx>;tag=a"))
	p.say(pbx, desk, ask("SIP/2.0 200 OK", "CSeq: 11 BYE", "From: <sip:2@h>;tag=b", "To: <sip:1@pbx>;tag=a"))
	p.expect("referred by called target=sip:3@pbx", "hung_up by called")
	messages := p.view.Messages("c")
	if len(messages) != 14 || messages[2].Repeats != 1 || messages[2].Status != 180 {
		t.Errorf("%d messages, the ringing repeated %d times", len(messages), messages[2].Repeats)
	}
	for i := 1; i < len(messages); i++ {
		if messages[i].Up < messages[i-1].Up {
			t.Errorf("message %d is out of order", i)
		}
	}
	if _, ok := p.view.SentOn("c"); ok {
		t.Error("it was not sent on")
	}
	if p.view.Messages("another") != nil || p.view.Facts("another") != nil {
		t.Error("a call that nobody made is known")
	}
}

func TestWhoEndedItIsTold(t *testing.T) {
	for _, c := range []struct {
		name string
		play func(p *player)
		want []string
	}{
		{"the caller hangs up", func(p *player) {
			p.say(pbx, desk, invite())
			p.say(desk, pbx, answer(200))
			p.say(pbx, desk, ask("BYE sip:2@h SIP/2.0", "CSeq: 2 BYE", "From: <sip:1@pbx>;tag=a", "To: <sip:2@h>;tag=b", "Reason: Q.850;cause=16"))
		}, []string{"answered by called 200", "hung_up by caller"}},
		{"the caller gives up", func(p *player) {
			p.say(pbx, desk, invite())
			p.say(desk, pbx, answer(180))
			p.say(pbx, desk, ask("CANCEL sip:duty@192.0.2.20 SIP/2.0", "From: <sip:1@pbx>;tag=a"))
			p.say(desk, pbx, ask("SIP/2.0 200 OK", "CSeq: 1 CANCEL", "From: <sip:1@pbx>;tag=a"))
			p.say(desk, pbx, answer(487))
		}, []string{"rang by called 180", "cancelled by caller", "refused by called 487 target=sip:duty@192.0.2.20"}},
		{"the phone is busy", func(p *player) {
			p.say(pbx, desk, invite())
			p.say(desk, pbx, answer(486))
		}, []string{"refused by called 486 target=sip:duty@192.0.2.20"}},
		{"asked for the password first", func(p *player) {
			p.say(pbx, desk, invite())
			p.say(desk, pbx, answer(401))
			p.say(pbx, desk, invite("CSeq: 2 INVITE"))
			p.say(desk, pbx, answer(200, "CSeq: 2 INVITE"))
		}, []string{"answered by called 200"}},
		{"a stranger who knows the Call-ID ends nothing", func(p *player) {
			p.say(pbx, desk, invite())
			p.say(gateway, pbx, ask("CANCEL sip:duty@192.0.2.20 SIP/2.0", "From: <sip:1@pbx>;tag=guessed"))
			p.say(desk, pbx, answer(200))
			p.say(gateway, pbx, ask("BYE sip:1@pbx SIP/2.0", "From: <sip:2@h>;tag=b", "To: <sip:1@pbx>;tag=guessed"))
			p.say(gateway, pbx, ask("REFER sip:1@pbx SIP/2.0", "From: <sip:2@h>;tag=guessed", "To: <sip:1@pbx>;tag=a", "Refer-To: <sip:3@h>"))
		}, []string{"answered by called 200"}},
		{"two phones ring for one call", func(p *player) {
			p.say(pbx, desk, invite())
			p.say(desk, pbx, answer(180))
			p.say(desk, pbx, answer(180, "To: <sip:2@h>;tag=another"))
		}, []string{"rang by called 180", "rang by called 180"}},
		{"only the end was seen", func(p *player) {
			p.say(desk, pbx, ask("BYE sip:1@pbx SIP/2.0", "From: <sip:2@h>;tag=b", "To: <sip:1@pbx>;tag=a"))
		}, []string{"hung_up"}},
		{"seen from the middle: a change of sound is no answer", func(p *player) {
			p.say(desk, pbx, ask("INVITE sip:1@pbx SIP/2.0", "From: <sip:2@h>;tag=b", "To: <sip:1@pbx>;tag=a"))
			p.say(pbx, desk, ask("SIP/2.0 200 OK", "CSeq: 1 INVITE", "From: <sip:2@h>;tag=b", "To: <sip:1@pbx>;tag=a"))
		}, nil},
		{"the first INVITE was lost: who rings is the called side all the same", func(p *player) {
			p.say(desk, pbx, answer(180))
			p.say(pbx, desk, ask("CANCEL sip:duty@192.0.2.20 SIP/2.0", "From: <sip:1@pbx>;tag=a"))
		}, []string{"rang by called 180", "cancelled by caller"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlayer(t, hep.Limits{})
			c.play(p)
			p.expect(c.want...)
		})
	}
}

func TestForwardingIsTold(t *testing.T) {
	target := netip.MustParseAddrPort("192.0.2.30:5060")
	moved := answer(302, "Contact: <sip:13800001111@192.0.2.30>", "Diversion: <sip:duty@pbx>;reason=unconditional")
	for _, c := range []struct {
		name string
		play func(p *player)
		want []string
		sent string // what SentOn tells: kind and target
	}{
		{"a redirect that the switch follows in the same dialog", func(p *player) {
			p.say(pbx, desk, invite())
			p.say(desk, pbx, moved)
			p.say(pbx, target, ask("INVITE sip:13800001111@192.0.2.30 SIP/2.0", "CSeq: 2 INVITE", "From: <sip:1@pbx>;tag=a"))
			p.say(target, pbx, answer(200, "CSeq: 2 INVITE", "To: <sip:2@h>;tag=t"))
		}, []string{"moved by called 302 target=sip:13800001111@192.0.2.30", "followed by caller target=sip:13800001111@192.0.2.30", "answered by called 200"},
			"moved sip:13800001111@192.0.2.30"},
		{"the redirect itself was lost", func(p *player) {
			p.say(pbx, desk, invite())
			p.say(desk, pbx, answer(180))
			p.say(pbx, target, ask("INVITE sip:13800001111@192.0.2.30 SIP/2.0", "CSeq: 2 INVITE", "From: <sip:1@pbx>;tag=a"))
		}, []string{"rang by called 180", "followed by caller target=sip:13800001111@192.0.2.30"}, "followed sip:13800001111@192.0.2.30"},
		{"the first INVITE was lost", func(p *player) { p.say(desk, pbx, moved) },
			[]string{"moved by called 302 target=sip:13800001111@192.0.2.30"}, "moved sip:13800001111@192.0.2.30"},
		{"301 without saying whereto", func(p *player) {
			p.say(pbx, desk, invite())
			p.say(desk, pbx, answer(301))
		}, []string{"moved by called 301"}, "moved "},
		{"the phone says that it sends the call on", func(p *player) {
			p.say(pbx, desk, invite())
			p.say(desk, pbx, answer(181, "History-Info: <sip:duty@pbx>;index=1, <sip:13800001111@far>;index=1.1"))
			p.say(desk, pbx, answer(200))
		}, []string{"sending_on by called 181 target=<sip:13800001111@far>;index=1.1", "answered by called 200"}, "sending_on <sip:13800001111@far>;index=1.1"},
		{"it was sent on before it came here", func(p *player) {
			p.say(gateway, pbx, invite("Diversion: <sip:024@h>;reason=unconditional"))
		}, []string{"diverted by caller target=<sip:024@h>;reason=unconditional"}, ""},
		{"History-Info with only the address itself", func(p *player) {
			p.say(gateway, pbx, invite("History-Info: <sip:duty@pbx>;index=1"))
		}, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlayer(t, hep.Limits{})
			c.play(p)
			p.expect(c.want...)
			f, ok := p.view.SentOn("c")
			if got := string(f.Kind) + " " + f.Target; ok != (c.sent != "") || ok && got != c.sent {
				t.Errorf("sent on: %v %q, want %q", ok, got, c.sent)
			}
			if ok && f.Evidence.CallID != "c" {
				t.Errorf("its evidence is %+v", f.Evidence)
			}
		})
	}
}

// call plays one call with its own Call-ID to its end, or leaves it ringing.
func (p *player) call(id string, over bool) {
	p.say(pbx, desk, invite("Call-ID: "+id))
	p.say(desk, pbx, answer(180, "Call-ID: "+id))
	if over {
		p.say(desk, pbx, answer(486, "Call-ID: "+id))
	}
}

func TestRefusedCallsNeverPushOutTheOneThatStands(t *testing.T) {
	p := newPlayer(t, hep.Limits{Dialogs: 50})
	p.call("standing", false)
	for i := range 500 {
		p.call(fmt.Sprint("scan", i), true)
	}
	s := p.view.Stats()
	if s.Dialogs != 50 || s.Evicted != 451 || len(p.view.Facts("standing")) != 1 || p.view.Messages("scan499") == nil || p.view.Messages("scan0") != nil {
		t.Errorf("%+v, standing: %v", s, p.view.Facts("standing"))
	}
}

func TestMessagesAndBytesAreBounded(t *testing.T) {
	p := newPlayer(t, hep.Limits{Messages: 5, Facts: 2, Bytes: 40_000})
	p.say(pbx, desk, invite())
	for i := range 20 {
		p.say(desk, pbx, answer(180, fmt.Sprint("Via: SIP/2.0/UDP h;branch=b", i)))
	}
	if s := p.view.Stats(); len(p.view.Messages("c")) != 5 || len(p.view.Facts("c")) != 2 || s.Dropped != 16+18 || s.Messages != 5 {
		t.Errorf("%d messages, %d facts, %+v", len(p.view.Messages("c")), len(p.view.Facts("c")), s)
	}
	if len(p.told) != 20 {
		t.Errorf("%d facts were told: what is not kept is told all the same", len(p.told))
	}
	for i := range 200 {
		p.call(fmt.Sprint(i), false)
	}
	s := p.view.Stats()
	if s.Bytes > 40_000 || s.Evicted == 0 || p.view.Messages("199") == nil {
		t.Errorf("%+v", s)
	}
}

func TestOldDialogsGo(t *testing.T) {
	p := newPlayer(t, hep.Limits{})
	p.call("over", true)
	p.call("open", false)
	p.wait(9 * time.Minute)
	if p.view.Messages("over") == nil {
		t.Error("what is over is kept for 10 min")
	}
	p.wait(2 * time.Minute)
	if p.view.Messages("over") != nil || p.view.Messages("open") == nil {
		t.Error("after 11 min only what is open is kept")
	}
	p.wait(12 * time.Hour)
	if s := p.view.Stats(); s.Dialogs != 0 || s.Messages != 0 || s.Bytes != 0 || s.Aged != 2 {
		t.Errorf("%+v", s)
	}
}

// Questions of strangers do not grow without end, and are no calls.
func TestQuestionsAreBounded(t *testing.T) {
	p := newPlayer(t, hep.Limits{Questions: 10})
	for i := range 100 {
		p.say(desk, pbx, register(fmt.Sprint(i), "1", "<sip:x@h>"))
		p.say(pbx, desk, ask("NOTIFY sip:duty@h SIP/2.0", fmt.Sprint("Call-ID: n", i)))
	}
	if s := p.view.Stats(); s.Dialogs != 0 || s.Dropped != 90 || s.Ignored != 100 {
		t.Errorf("%+v", s)
	}
	p.wait(2 * time.Minute)
	p.say(desk, pbx, register("after", "1", "<sip:x@h>"))
	p.say(pbx, desk, granted("after", "1", 200, "<sip:x@h>"))
	if !slices.ContainsFunc(p.told, func(s string) bool { return strings.HasPrefix(s, "registered") }) {
		t.Errorf("old questions still take the room: %q", p.told)
	}
}
