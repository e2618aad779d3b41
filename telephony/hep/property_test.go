package hep_test

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony/hep"
)

// factsOf are a view's facts about all dialogs of some messages, without evidence.
func factsOf(v *hep.View, messages []hep.Message) map[string][]string {
	all := map[string][]string{}
	for _, m := range messages {
		if _, done := all[m.CallID]; done {
			continue
		}
		words := []string{}
		for _, f := range v.Facts(m.CallID) {
			words = append(words, string(f.Kind)+" "+string(f.By)+" "+f.Target)
		}
		all[m.CallID] = words
	}
	return all
}

func take(messages []hep.Message, l hep.Limits) (*hep.View, []hep.Fact) {
	v := hep.NewView(phonesOfTraces, l)
	var facts []hep.Fact
	for _, m := range messages {
		facts = append(facts, v.Take(m)...)
	}
	return v, facts
}

// Whatever comes twice, as Asterisk mirrors a call to itself, or is sent again for want of an
// answer, changes no fact.
func TestEverythingTwiceChangesNothing(t *testing.T) {
	for _, name := range traceNames(t) {
		once := messagesOf(t, name)
		var twice []hep.Message
		for _, m := range once {
			twice = append(twice, m, m)
		}
		a, _ := take(once, hep.Limits{})
		b, _ := take(twice, hep.Limits{})
		if diff := cmp.Diff(factsOf(a, once), factsOf(b, once)); diff != "" {
			t.Errorf("%s (-once +twice):\n%s", name, diff)
		}
	}
}

// Lost, shuffled and repeated messages never break a bound, and every fact stands on a message
// of its own dialog.
func TestLossAndDisorderBreakNoBound(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	limits := hep.Limits{Dialogs: 3, Messages: 6, Facts: 3, Bytes: 20_000, Questions: 4}
	for _, name := range traceNames(t) {
		whole := messagesOf(t, name)
		for range 20 {
			some := slices.DeleteFunc(slices.Clone(whole), func(hep.Message) bool { return random.IntN(4) == 0 })
			for range len(some) / 8 {
				i, j := random.IntN(len(some)), random.IntN(len(some))
				some[i], some[j] = some[j], some[i]
			}
			v, facts := take(some, limits)
			checkBounds(t, v, limits, some)
			for _, f := range facts {
				if f.Kind == "" || f.Evidence.CallID == "" || f.Status != 0 && f.Status != f.Evidence.Status {
					t.Fatalf("%s: a fact without its evidence: %+v", name, f)
				}
			}
			v.Tick(some[len(some)-1].Up + 100*time.Hour)
			if s := v.Stats(); s.Dialogs != 0 || s.Messages != 0 || s.Bytes != 0 {
				t.Fatalf("%s: %+v is left after 100 h", name, s)
			}
		}
	}
}

func checkBounds(t testing.TB, v *hep.View, l hep.Limits, messages []hep.Message) {
	t.Helper()
	s, dialogs, kept := v.Stats(), map[string]bool{}, 0
	for _, m := range messages {
		if all := v.Messages(m.CallID); all != nil && !dialogs[m.CallID] {
			dialogs[m.CallID] = true
			kept += len(all)
			if len(all) > l.Messages || len(v.Facts(m.CallID)) > l.Facts {
				t.Fatalf("a dialog of %d messages and %d facts", len(all), len(v.Facts(m.CallID)))
			}
		}
	}
	if s.Dialogs != len(dialogs) || s.Messages != kept || s.Dialogs > l.Dialogs || s.Bytes > l.Bytes && s.Dialogs > 1 || s.Bytes < 0 {
		t.Fatalf("%d dialogs with %d messages, counted %+v", len(dialogs), kept, s)
	}
}

// BenchmarkMessages decodes, parses and joins the recordings, on one core.
func BenchmarkMessages(b *testing.B) {
	var frames [][]byte
	for _, name := range traceNames(b) {
		packets, _ := trace(b, name)
		for _, p := range packets {
			frames = append(frames, encode(p))
		}
	}
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		v := hep.NewView(phonesOfTraces, hep.Limits{})
		for _, f := range frames {
			if m, err := read(f); err == nil {
				v.Take(m)
			}
			n++
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/message")
}

// FuzzDecode: no datagram makes the decoder, the parser or the view panic; what is read is bounded,
// comes out the same when it is put into a frame again, and does not change with the buffer.
func FuzzDecode(f *testing.F) {
	for _, c := range torments {
		f.Add(encode(packet(pbx, desk, c.payload)))
	}
	f.Add(encode(packet(pbx, desk, invite("Diversion: <sip:1@h>"))))
	f.Add(encode(packet(desk, pbx, answer(302, "Contact: <sip:13800001111@192.0.2.30>"))))
	f.Add(encode(packet(desk, pbx, register("1", "1", "*", "Expires: 0"))))
	f.Add(encode(packet(desk, pbx, append(ask("INFO sip:a@b SIP/2.0", "Content-Type: multipart/mixed"), "application/sdp"...))))
	f.Add([]byte("HEP3\x00\x06"))
	f.Add(frameOf(piece{7, 15, []byte("x")}))
	for _, c := range torments {
		f.Add(c.payload)
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		if !bytes.HasPrefix(frame, []byte("HEP")) && len(frame) < 60_000 {
			frame = encode(packet(pbx, desk, frame)) // so that SIP is changed at random, too, not only frames
		}
		whole := bytes.Clone(frame)
		p, err := hep.Decode(frame)
		if err != nil {
			reasonOf(t, err) // it is a refusal
			return
		}
		if len(p.Payload) > len(frame) || !p.From.IsValid() || !p.To.IsValid() || p.At.Location() != time.UTC {
			t.Fatalf("%+v", p)
		}
		if again, err := hep.Decode(encode(p)); len(frame) < 60_000 && (err != nil || !reflect.DeepEqual(p, again)) {
			t.Fatalf("put into a frame again it is refused or another one: %v\n%+v\n%+v", err, p, again)
		}
		m, err := hep.Parse(p, true)
		if reason := reasonOf(t, err); reason == hep.ParserFailed {
			t.Fatal(err)
		} else if reason != "" {
			return
		}
		checkMessage(t, m)
		clear(frame) // the buffer is used again
		p2, _ := hep.Decode(whole)
		if again, err := hep.Parse(p2, true); err != nil || !reflect.DeepEqual(m, again) {
			t.Fatalf("the same bytes mean two things: %v\n%+v\n%+v", err, m, again)
		}
		checkTwice(t, m)
	})
}

func checkMessage(t *testing.T, m hep.Message) {
	t.Helper()
	if m.CallID == "" || m.Status != 0 && (m.Status < 100 || m.Status > 699) || m.Request() != (m.Status == 0) {
		t.Fatalf("%+v", m)
	}
	if len(m.Raw) == 0 || len(m.Raw) > 16<<10 || len(m.CallID)+len(m.Branch)+len(m.FromTag)+len(m.ToTag) > 4*1024 {
		t.Fatalf("%d bytes of evidence, Call-ID of %d", len(m.Raw), len(m.CallID))
	}
	for _, list := range [][]string{m.Diversion, m.HistoryInfo, m.Reason, {m.URI, m.Method, m.FromUser, m.ToUser, m.ReferTo}} {
		if len(list) > 8 || slices.ContainsFunc(list, func(s string) bool { return len(s) > 4*256 || bytes.ContainsAny([]byte(s), "\r\n\x00\x1b") }) {
			t.Fatalf("%q", list)
		}
	}
	if len(m.Contacts) > 8 || m.String() == "" {
		t.Fatalf("%d contacts", len(m.Contacts))
	}
}

func checkTwice(t *testing.T, m hep.Message) {
	t.Helper()
	v := hep.NewView([]string{m.ToUser}, hep.Limits{})
	first, second := v.Take(m), v.Take(m)
	if len(first) > 1 || len(second) > 0 {
		t.Fatalf("one message gave the facts %v and, seen again, %v", first, second)
	}
	v.Tick(100 * time.Hour)
	if s := v.Stats(); s.Dialogs != 0 || s.Bytes != 0 {
		t.Fatalf("%+v is left", s)
	}
}
