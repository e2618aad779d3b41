package recorder_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"dutyline/recorder"
	"dutyline/recorder/recordertest"
)

func sine(peak float64, length time.Duration) []int16 {
	s := make([]int16, int(length*recorder.SampleRate/time.Second))
	for i := range s {
		s[i] = int16(peak * 32767 * math.Sin(2*math.Pi*440*float64(i)/recorder.SampleRate))
	}
	return s
}

func TestMeterLevel(t *testing.T) {
	click := sine(0, time.Second)
	click[3000] = 20000
	for _, c := range []struct {
		name    string
		samples []int16
		want    recorder.Level
	}{
		{"nothing", nil, recorder.Level{Loudest: -96}},
		{"silence", sine(0, time.Second), recorder.Level{Duration: time.Second, Loudest: -96}},
		{"idle A-law line", slices.Repeat([]int16{8, -8}, 4000), recorder.Level{Duration: time.Second, Loudest: -72.2}},
		{"full scale tone", sine(1, time.Second), recorder.Level{Duration: time.Second, Loudest: -3, Audible: time.Second}},
		{"loudest sample value", slices.Repeat([]int16{-32768}, 400), recorder.Level{Duration: 50 * time.Millisecond, Loudest: 0, Audible: 50 * time.Millisecond}},
		{"quiet talker", sine(0.01, time.Second), recorder.Level{Duration: time.Second, Loudest: -43, Audible: time.Second}},
		{"below the noise", sine(0.003, time.Second), recorder.Level{Duration: time.Second, Loudest: -53.5}},
		{"one click", click, recorder.Level{Duration: time.Second, Loudest: -30.3, Audible: 50 * time.Millisecond}},
		{"half a window", sine(1, 25*time.Millisecond), recorder.Level{Duration: 25 * time.Millisecond, Loudest: -6, Audible: 50 * time.Millisecond}},
	} {
		var m recorder.Meter
		for part := range slices.Chunk(c.samples, 333) { // in any pieces
			m.Add(part)
		}
		if diff := cmp.Diff(c.want, m.Level(), cmpopts.EquateApprox(0, 0.15)); diff != "" {
			t.Errorf("%s, -want +got:\n%s", c.name, diff)
		}
	}
}

func TestMeterPeaks(t *testing.T) {
	var m recorder.Meter
	m.Add(slices.Concat(sine(0.5, 50*time.Millisecond), sine(0, 50*time.Millisecond), []int16{-32768, 5}))
	if diff := cmp.Diff([]float64{0.5, 0, 1}, m.Peaks(), cmpopts.EquateApprox(0, 0.001)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestSpeechIsFarFromEveryThreshold(t *testing.T) {
	far, officer := recordertest.Dialogue(16 * time.Second)
	for name, side := range map[string][]int16{"far": far, "officer": officer} {
		var m recorder.Meter
		m.Add(side)
		if l := m.Level(); l.Loudest < recorder.Audible+20 || l.Audible < 4*time.Second {
			t.Errorf("%s: %+v", name, l)
		}
	}
}
