package practice_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
	"dutyline/telephony/asterisk/asterisktest"
	"dutyline/telephony/practice"
)

func TestJudgeOfBindings(t *testing.T) {
	own := sip.Uri{User: "dutyline-practice", Host: "127.0.0.1", Port: 40000}
	earlier := sip.Uri{User: "dutyline-practice", Host: "127.0.0.1", Port: 39999}
	desk := sip.Uri{User: "duty", Host: "192.168.1.20", Port: 5060}
	softphone := sip.Uri{User: "duty", Host: "127.0.0.1", Port: 40000} // even at our address: not ours
	for _, c := range []struct {
		name     string
		bindings []sip.Uri
		due      bool
		gone     bool
		want     any
	}{
		{"nobody", nil, true, false, practice.Bind},
		{"nobody, though ours should be fresh: the switch was restarted", nil, false, false, practice.Bind},
		{"ours, fresh", []sip.Uri{own}, false, false, practice.Stay},
		{"ours, to be renewed", []sip.Uri{own}, true, false, practice.Bind},
		{"ours of an earlier life", []sip.Uri{earlier}, false, false, practice.Bind},
		{"a desk phone", []sip.Uri{desk}, false, false, practice.Aside},
		{"a desk phone, ours would be due", []sip.Uri{desk}, true, false, practice.Aside},
		{"a softphone on this machine", []sip.Uri{softphone}, true, false, practice.Aside},
		{"both", []sip.Uri{own, desk}, true, false, practice.Retreat},
		{"a desk phone and what we left behind", []sip.Uri{earlier, desk}, true, false, practice.Aside},
		{"a desk phone that is gone", []sip.Uri{desk}, true, true, practice.Bind},
		{"a desk phone that is gone, though ours should be fresh", []sip.Uri{desk}, false, true, practice.Bind},
		{"ours beside a phone that is gone, on a switch that keeps both", []sip.Uri{own, desk}, false, true, practice.Stay},
	} {
		if got := practice.Judge(c.bindings, own, c.due, c.gone); any(got) != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// registry is the registrar of a fake switch: it keeps one binding, as the duty phone's
// address of record does, and what was asked of it.
type registry struct {
	f       *fakeSwitch
	mu      sync.Mutex
	binding string // a Contact header's value; empty: none
	refuse  int    // a status instead of an answer
	asked   []string
	done    chan struct{}
}

func newRegistry(t *testing.T, f *fakeSwitch) *registry {
	r := &registry{f: f, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		for {
			m := f.receive(10 * time.Second)
			if m.Message == nil {
				return // closed
			}
			if req := m.request(); req != nil && req.Method == sip.REGISTER {
				r.handle(m)
			}
		}
	}()
	t.Cleanup(func() { _ = f.conn.Close(); <-r.done })
	return r
}

func (r *registry) handle(m message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	req := m.request()
	switch contact := req.Contact(); {
	case contact == nil:
		r.asked = append(r.asked, "query")
	case req.GetHeader("Expires").Value() == "0":
		r.asked = append(r.asked, "unbind "+contact.Address.User)
		if r.binding == contact.Value() {
			r.binding = ""
		}
	default:
		r.asked = append(r.asked, "bind "+contact.Address.User)
		if r.refuse == 0 {
			r.binding = contact.Value()
		}
	}
	if r.refuse != 0 {
		r.f.answer(m, r.refuse, "")
		return
	}
	if r.binding == "" {
		r.f.answer(m, 200, "")
		return
	}
	r.f.answer(m, 200, "", sip.NewHeader("Contact", r.binding))
}

// set changes what is registered or how it is answered, as from elsewhere.
func (r *registry) set(binding string, refuse int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.binding, r.refuse, r.asked = binding, refuse, nil
}

func (r *registry) log() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.asked)
}

func TestRegistrarAsksBeforeItTakes(t *testing.T) {
	t.Parallel()
	f := newFakeSwitch(t)
	r := newRegistry(t, f)
	s := alone(t, f, true)
	s.run(t)
	s.await(t, practice.PhoneRegistered)
	if d := cmp.Diff([]string{"query", "bind dutyline-practice"}, r.log()[:2]); d != "" {
		t.Errorf("the first registration (-want +got):\n%s", d)
	}
	// Then it only asks; nothing is due for half a minute.
	r.set("<"+s.own(r)+">", 0)
	asterisktest.Eventually(t, 5*time.Second, "five looks", func() bool { return len(r.log()) >= 5 })
	for _, asked := range r.log() {
		if asked != "query" {
			t.Errorf("with a fresh registration: %s", asked)
		}
	}
	// A desk phone: never a bind while it is there.
	r.set("<sip:duty@192.0.2.20:5060>", 0)
	s.awaitText(t, practice.PhoneAside, "192.0.2.20:5060")
	asterisktest.Eventually(t, 5*time.Second, "five looks", func() bool { return len(r.log()) >= 5 })
	for _, asked := range r.log() {
		if asked != "query" {
			t.Errorf("beside a real phone: %s", asked)
		}
	}
	// It is gone: ours comes back.
	r.set("", 0)
	s.await(t, practice.PhoneRegistered)
	// The switch breaks and recovers.
	r.set("", 500)
	s.awaitText(t, practice.PhoneUnregistered, "answers SIP 500")
	r.set("", 403)
	asterisktest.Eventually(t, 5*time.Second, "a look", func() bool { return len(r.log()) >= 1 })
	r.set("", 0)
	s.await(t, practice.PhoneRegistered)
	// The end: only our own binding is taken away.
	s.end(t)
	if log := r.log(); log[len(log)-1] != "unbind dutyline-practice" {
		t.Errorf("at the end: %v", log)
	}
}

// own is the binding that the simulated phone has made.
func (s *stage) own(r *registry) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Trim(r.binding, "<>")
}

// A phone that vanishes does not un-register: what the switch still reaches decides.
func TestRegistrarTakesTheBellBackFromAPhoneThatIsGone(t *testing.T) {
	t.Parallel()
	f := newFakeSwitch(t)
	r := newRegistry(t, f)
	desk := func() { r.set("<sip:duty@192.0.2.20:5060>", 0) }
	var sight atomic.Pointer[telephony.Endpoint] // nil: the switch cannot be asked
	s := alone(t, f, true)
	s.config.Patience = 100 * time.Millisecond
	s.config.SeePhone = func(context.Context) (telephony.Endpoint, error) {
		if e := sight.Load(); e != nil {
			return *e, nil
		}
		return telephony.Endpoint{}, errors.New("no connection")
	}
	desk()
	s.run(t)
	s.await(t, practice.PhoneAside)
	for name, e := range map[string]*telephony.Endpoint{"it answers": {Known: true, Online: true}, "nobody can tell": {}, "the switch is silent": nil} {
		sight.Store(e)
		desk()
		asterisktest.Eventually(t, 5*time.Second, "ten looks", func() bool { return len(r.log()) >= 10 })
		for _, asked := range r.log() {
			if asked != "query" {
				t.Errorf("%s, yet: %s", name, asked)
			}
		}
	}
	sight.Store(&telephony.Endpoint{Known: true})
	if n := s.await(t, practice.PhoneRegistered); !strings.Contains(n.Text, "192.0.2.20:5060") || !strings.Contains(n.Text, "register anew") {
		t.Errorf("said %q", n.Text)
	}
	// It comes back.
	sight.Store(&telephony.Endpoint{Known: true, Online: true})
	desk()
	s.await(t, practice.PhoneAside)
}

func TestRegistrarIsPatientWithAPhoneThatHasJustRegistered(t *testing.T) {
	t.Parallel()
	f := newFakeSwitch(t)
	r := newRegistry(t, f)
	r.set("<sip:duty@192.0.2.20:5060>", 0)
	s := alone(t, f, true)
	s.config.Patience = time.Hour
	s.config.SeePhone = func(context.Context) (telephony.Endpoint, error) { return telephony.Endpoint{Known: true}, nil }
	s.run(t)
	s.await(t, practice.PhoneAside)
	asterisktest.Eventually(t, 5*time.Second, "ten looks", func() bool { return len(r.log()) >= 10 })
	if slices.Contains(r.log(), "bind dutyline-practice") {
		t.Errorf("the bell was taken from a phone that may still answer: %v", r.log())
	}
}

func TestRegistrarAsideLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	f := newFakeSwitch(t)
	r := newRegistry(t, f)
	r.set("<sip:duty@192.0.2.20:5060>", 0)
	s := alone(t, f, true)
	s.run(t)
	s.await(t, practice.PhoneAside)
	s.end(t)
	for _, asked := range r.log() {
		if asked != "query" {
			t.Errorf("a real phone was there from the beginning, yet: %s", asked)
		}
	}
	// Both at once: ours is given back.
	r.set("", 0)
	s.run(t)
	s.await(t, practice.PhoneRegistered)
	r.set("<"+s.own(r)+">, <sip:duty@192.0.2.20:5060>", 0)
	s.await(t, practice.PhoneAside)
	if log := r.log(); !slices.Contains(log, "unbind dutyline-practice") {
		t.Errorf("beside a real phone's, our binding stayed: %v", log)
	}
}
