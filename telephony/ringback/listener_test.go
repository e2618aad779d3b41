package ringback_test

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/zaf/g711"

	"dutyline/telephony/ringback"
	"dutyline/telephony/ringback/ringbacktest"
)

var (
	ring   = []float64{1, 4}
	china  = []float64{450}
	europe = []float64{425}
)

func listen(sounds ...[]int16) ringback.Verdict {
	var l ringback.Listener
	for _, s := range sounds {
		l.Write(s)
	}
	return l.Verdict()
}

// What a real switch played to a real caller.
func TestRecordedCalls(t *testing.T) {
	want := map[string]string{
		"10_probe_183_450hz.al":         "standard China after 6.02s",
		"10_probe_playtones_ring_cn.al": "standard China after 6.04s",
		"10_goprobe_playtones_cn.al":    "standard China after 6.04s",
		"10_probe_183_busy_tone450.al":  "busy China after 2.5s",
		"10_probe_183_crbt_music.al":    "custom music after 1.56s",
		"10_probe_183_speech.al":        "custom  after 3.34s",
	}
	got := map[string]string{}
	files, err := filepath.Glob(filepath.Join("testdata", "*.al"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		sound, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var l ringback.Listener
		var decided time.Duration
		for len(sound) > 0 {
			n := min(160, len(sound)) // a packet
			l.WriteALaw(sound[:n])
			sound = sound[n:]
			if v := l.Verdict(); decided == 0 && v.Kind != ringback.CannotTell {
				decided = v.Heard
			}
		}
		v := l.Verdict()
		got[filepath.Base(file)] = v.Kind.String() + " " + v.Name + " after " + decided.String()
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestHowTheListenerIsWrittenToChangesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 0))
	for _, s := range ringbacktest.Samples(3, 41) {
		want := listen(s.Sound)
		var l ringback.Listener
		for rest := s.Sound; len(rest) > 0; {
			n := min(len(rest), r.IntN(1+r.IntN(3000)))
			l.Write(rest[:n])
			rest = rest[n:]
			if r.IntN(20) == 0 {
				l.Verdict() // asking changes nothing
			}
		}
		if d := cmp.Diff(want, l.Verdict()); d != "" {
			t.Errorf("%s, cut otherwise (-whole +cut)\n%s", s.Name, d)
		}
	}
}

func TestALawIsHeardAsItsLinearValue(t *testing.T) {
	sound := ringbacktest.Play(china, ring, 0, 7, -20)
	var a, b ringback.Listener
	coded := make([]byte, len(sound))
	for i, x := range sound {
		coded[i] = g711.EncodeAlawFrame(x)
	}
	a.WriteALaw(coded)
	decoded := make([]int16, len(sound))
	for i, x := range coded {
		decoded[i] = g711.DecodeAlawFrame(x)
	}
	b.Write(decoded)
	if d := cmp.Diff(a.Verdict(), b.Verdict()); d != "" {
		t.Errorf("(-A-law +linear)\n%s", d)
	}
	for i := range 256 {
		if got, want := ringback.Linear(byte(i)), g711.DecodeAlawFrame(byte(i)); got != want {
			t.Errorf("A-law %#x is %d, want %d", i, got, want)
		}
	}
}

// Silence before a sound, by any number of samples, moves everything and changes nothing.
func TestASoundThatComesLaterIsTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 0))
	for _, sound := range [][]int16{
		ringbacktest.Play(china, ring, 4.5, 12, -15),
		ringbacktest.Play([]float64{440, 480}, []float64{2, 4}, 5.5, 14, -15),
		ringbacktest.Play(china, []float64{0.35, 0.35}, 0.5, 6, -15),
		ringbacktest.Speech(1, 8),
	} {
		want := listen(make([]int16, 1000), sound)
		for range 20 {
			got := listen(make([]int16, 1000+r.IntN(20000)), sound)
			if got.Kind != want.Kind || got.Name != want.Name || got.Tone.Periods != want.Tone.Periods {
				t.Fatalf("got %+v, want %+v", got, want)
			}
			if math.Abs(got.Tone.Hz-want.Tone.Hz) > 0.2 || (got.Tone.OnFor-want.Tone.OnFor).Abs() > 5*time.Millisecond || (got.Tone.OffFor-want.Tone.OffFor).Abs() > 5*time.Millisecond {
				t.Fatalf("measured %v, want %v", got.Tone, want.Tone)
			}
		}
	}
}

// The probe has ten seconds: one whole period must do, wherever listening begins.
func TestStandardIsNamedAfterOneWholePeriod(t *testing.T) {
	for tenth := range 50 {
		from := float64(tenth) / 10
		var l ringback.Listener
		sound := ringbacktest.Play(china, ring, from, 12, -20)
		for i := 0; i < len(sound) && l.Verdict().Kind == ringback.CannotTell; i += 160 {
			l.Write(sound[i : i+160])
		}
		v := l.Verdict()
		most := 6 - from // a burst that was begun, a pause, a burst
		if tenth >= 10 {
			most = 10 - from // a pause that was begun, a burst, a pause
		}
		most += 0.1 // the window behind the last edge
		if v.Kind != ringback.Standard || v.Certainty != ringback.Likely || v.Heard.Seconds() > most {
			t.Errorf("from %.1f s of the period: %s (%s) after %v, wanted within %.1f s: %s", from, v.Kind, v.Certainty, v.Heard, most, v.Reason)
		}
	}
}

func TestWhatIsMeasured(t *testing.T) {
	v := listen(ringbacktest.Play([]float64{447.3}, []float64{0.96, 4.1}, 4.9, 17, -30))
	want := ringback.Tone{Hz: 447.3, OnFor: 960 * time.Millisecond, OffFor: 4100 * time.Millisecond, Periods: 3}
	if math.Abs(v.Tone.Hz-want.Hz) > 0.2 || (v.Tone.OnFor-want.OnFor).Abs() > 5*time.Millisecond ||
		(v.Tone.OffFor-want.OffFor).Abs() > 5*time.Millisecond || v.Tone.Periods != want.Periods {
		t.Errorf("measured %+v, want %+v", v.Tone, want)
	}
	if v.Kind != ringback.Standard || v.Certainty != ringback.Sure || v.Heard != 17*time.Second {
		t.Errorf("%+v", v)
	}
}

// An hour of ringing takes no more memory than a minute, and is still known.
func TestMemoryIsBounded(t *testing.T) {
	var l ringback.Listener
	minute := ringbacktest.Play(china, ring, 0, 60, -20)
	l.Write(minute)
	l.Write(minute)
	l.Write(minute)
	before := l.Held()
	for range 12 {
		l.Write(minute)
	}
	if after := l.Held(); after > before || after > 8000 {
		t.Errorf("%d frames and samples are held after 15 minutes, %d after 3", after, before)
	}
	if v := l.Verdict(); v.Kind != ringback.Standard || v.Heard != 15*time.Minute {
		t.Errorf("%+v", v)
	}
}

func TestKindsAndCertaintiesHaveNames(t *testing.T) {
	var names []string
	for k := ringback.CannotTell; k <= ringback.Silence; k++ {
		names = append(names, k.String())
	}
	if got, want := strings.Join(names, ","), "cannot tell,standard,foreign,busy,congestion,special,other tone,custom,silence"; got != want {
		t.Errorf("kinds: %s, want %s", got, want)
	}
	if got := ringback.Unsure.String() + ringback.Likely.String() + ringback.Sure.String(); got != "unsurelikelysure" {
		t.Errorf("certainties: %s", got)
	}
}
