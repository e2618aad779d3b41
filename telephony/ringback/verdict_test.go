package ringback_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os/exec"
	"testing"

	"dutyline/telephony/ringback"
	"dutyline/telephony/ringback/ringbacktest"
)

func TestPitchDecidesWhoseRingBackItIs(t *testing.T) {
	for _, c := range []struct {
		hz   float64
		kind ringback.Kind
		name string
	}{
		{405, ringback.OtherTone, ""}, {412, ringback.Foreign, "Europe"}, {425, ringback.Foreign, "Europe"}, {429, ringback.Foreign, "Europe"},
		{432, ringback.CannotTell, ""}, {438, ringback.CannotTell, ""}, // 450±25 and 425±15 overlap
		{442, ringback.Standard, "China"}, {450, ringback.Standard, "China"}, {473, ringback.Standard, "China"},
		{480, ringback.OtherTone, ""}, {500, ringback.OtherTone, ""},
	} {
		v := listen(ringbacktest.Play([]float64{c.hz}, ring, 4, 17, -20))
		if v.Kind != c.kind || v.Name != c.name {
			t.Errorf("%.0f Hz: %s %q, want %s %q: %s", c.hz, v.Kind, v.Name, c.kind, c.name, v.Reason)
		}
	}
}

func TestCadenceDecides(t *testing.T) {
	for _, c := range []struct {
		beats []float64
		kind  ringback.Kind
	}{
		{[]float64{0.91, 3.65}, ringback.Standard}, {[]float64{1.09, 4.35}, ringback.Standard}, // ±10 %
		{[]float64{1.16, 4}, ringback.CannotTell}, {[]float64{1, 4.6}, ringback.CannotTell}, // nearly
		{[]float64{1, 3}, ringback.OtherTone}, {[]float64{1, 6}, ringback.OtherTone}, {[]float64{2, 4}, ringback.OtherTone},
		{[]float64{0.48, 4}, ringback.CannotTell}, {[]float64{0.5, 4}, ringback.OtherTone}, // nearly call waiting, or not
		{[]float64{0.35, 0.35}, ringback.Busy}, {[]float64{0.7, 0.7}, ringback.Congestion}, {[]float64{0.5, 0.5}, ringback.OtherTone},
		{[]float64{0.4, 4}, ringback.Special}, {[]float64{1}, ringback.Special},
	} {
		v := listen(ringbacktest.Play(china, c.beats, 0, 20, -20))
		if v.Kind != c.kind {
			t.Errorf("450 Hz %v s: %s %s, want %s: %s", c.beats, v.Kind, v.Name, c.kind, v.Reason)
		}
	}
}

func TestForeignSignals(t *testing.T) {
	for _, c := range []struct {
		name  string
		kind  ringback.Kind
		hz    []float64
		beats []float64
	}{
		{"North America", ringback.Foreign, []float64{440, 480}, []float64{2, 4}},
		{"Taiwan", ringback.Foreign, []float64{440, 480}, []float64{1, 2}},
		{"Hong Kong", ringback.Foreign, []float64{440, 480}, []float64{0.4, 0.2, 0.4, 3}},
		{"United Kingdom", ringback.Foreign, []float64{400, 450}, []float64{0.4, 0.2, 0.4, 2}},
		{"Malaysia", ringback.Foreign, europe, []float64{0.4, 0.2, 0.4, 2}},
		{"Europe", ringback.Foreign, europe, ring},
		{"Europe (1/5)", ringback.Foreign, europe, []float64{1, 5}},
		{"Spain", ringback.Foreign, europe, []float64{1.5, 3}},
		{"Belgium", ringback.Foreign, europe, []float64{1, 3}},
		{"France", ringback.Foreign, []float64{440}, []float64{1.5, 3.5}},
		{"Europe", ringback.Busy, europe, []float64{0.5, 0.5}},
		{"Russia", ringback.Busy, europe, []float64{0.35, 0.35}},
		{"United Kingdom", ringback.Busy, []float64{400}, []float64{0.375, 0.375}},
		{"North America", ringback.Congestion, []float64{480, 620}, []float64{0.25, 0.25}},
		{"dial tone of North America", ringback.Special, []float64{350, 440}, []float64{1}},
		{"howler", ringback.Special, []float64{950}, []float64{1}},
		{"three-party warning", ringback.Special, []float64{1400}, []float64{0.4, 10}},
	} {
		v := listen(ringbacktest.Play(c.hz, c.beats, 0.1, 24, -20))
		if v.Kind != c.kind || v.Name != c.name {
			t.Errorf("%v Hz %v s: %s %q, want %s %q: %s", c.hz, c.beats, v.Kind, v.Name, c.kind, c.name, v.Reason)
		}
	}
}

// What cannot be told is said to be so, and why.
func TestReasons(t *testing.T) {
	quiet := make([]int16, 8000*20)
	standard := ringbacktest.Play(china, ring, 0, 11, -20)
	for _, c := range []struct {
		name   string
		sounds [][]int16
		kind   ringback.Kind
		reason string
	}{
		{"nothing", nil, ringback.CannotTell, "nothing was heard yet"},
		{"a short silence", [][]int16{quiet[:8000*4]}, ringback.CannotTell, "4.0 s of silence may be a pause"},
		{"a long silence", [][]int16{quiet}, ringback.Silence, "20.0 s of silence"},
		{"faint noise", [][]int16{ringbacktest.Noise(1, 8, -50)}, ringback.Silence, "8.0 s of silence with faint noise"},
		{"loud noise", [][]int16{ringbacktest.Noise(1, 8, -25)}, ringback.CannotTell, "7.9 s of loud noise would hide a tone"},
		{"one burst", [][]int16{standard[:8000*4]}, ringback.CannotTell, "450 Hz may become standard (China), but too little was heard"},
		{"one burst and silence", [][]int16{standard[:8000*4], quiet}, ringback.CannotTell, "450 Hz follows no known cadence"},
		{"a word", [][]int16{ringbacktest.Speech(1, 1), quiet[:8000*3]}, ringback.CannotTell, "0.8 s of another sound were heard, too little to name it"},
		{"ring-back, then speech", [][]int16{standard, ringbacktest.Speech(2, 6)}, ringback.CannotTell,
			"450 Hz 1.00/4.00 s is standard (China), and from 11.2 s on another sound: an announcement, or the call was answered"},
		{"ring-back, then busy", [][]int16{standard[:8000*10], ringbacktest.Play(china, []float64{0.35, 0.35}, 0, 5, -20)}, ringback.CannotTell, "450 Hz 0.35/0.35 s follows no known cadence"},
		{"a dead line after ringing", [][]int16{ringbacktest.Play(china, ring, 0, 30, -20), quiet}, ringback.Standard, "450 Hz 1.00/4.00 s is standard (China)"},
		{"nearly", [][]int16{ringbacktest.Play(china, []float64{1.16, 4}, 0, 12, -20)}, ringback.CannotTell, "450 Hz 1.16/4.00 s is nearly standard (China)"},
		{"on no list", [][]int16{ringbacktest.Play(china, []float64{1, 3}, 0, 12, -20)}, ringback.OtherTone, "450 Hz 1.00/3.00 s is on no list"},
		{"unbroken", [][]int16{ringbacktest.Play([]float64{700}, []float64{1}, 0, 8, -20)}, ringback.OtherTone, "700 Hz without a pause for 8.0 s"},
	} {
		if v := listen(c.sounds...); v.Kind != c.kind || v.Reason != c.reason {
			t.Errorf("%s: %s, %q, want %s, %q", c.name, v.Kind, v.Reason, c.kind, c.reason)
		}
	}
}

func TestLevelsFromFaintToLoud(t *testing.T) {
	for level := -40.0; level <= -3; level++ {
		if v := listen(ringbacktest.Play(china, ring, 0, 12, level)); v.Kind != ringback.Standard {
			t.Errorf("%.0f dBm0: %s: %s", level, v.Kind, v.Reason)
		}
	}
}

// A synthesizer's speech must be taken for speech wherever one is installed (make deps does).
func TestSynthesizedSpeech(t *testing.T) {
	program, err := exec.LookPath("espeak-ng")
	if err != nil {
		t.Log("espeak-ng is not installed; generated speech and a recorded call are judged all the same")
		return
	}
	for i, text := range []string{
		"您好，您拨打的电话暂时无人接听，请稍后再拨。谢谢您的来电，再见。",
		"欢迎致电应急管理局值班室，您的来电将被录音，请稍候，我们马上为您接通。",
		"The number you have dialled is not in service. Please check the number and dial again.",
	} {
		wav, err := exec.Command(program, "-v", []string{"cmn", "cmn", "en"}[i], "--stdout", text).Output()
		if err != nil {
			t.Fatalf("%s: %v", program, err)
		}
		for _, level := range []float64{1, 0.1} {
			v := listen(telephone(t, wav, level))
			if v.Kind != ringback.Custom || v.Name == "music" {
				t.Errorf("%s at %g: %s %q: %s", text, level, v.Kind, v.Name, v.Reason)
			}
		}
	}
}

// telephone takes the samples of a WAV of 22050 Hz to 8 kHz. The mean of neighbours is
// filter enough for speech.
func telephone(t *testing.T, wav []byte, gain float64) []int16 {
	t.Helper()
	_, data, ok := bytes.Cut(wav, []byte("data"))
	if rate := binary.LittleEndian.Uint32(wav[24:]); !ok || rate != 22050 {
		t.Fatalf("a WAV of %d samples a second", rate)
	}
	data = data[4:]
	out := make([]int16, 0, len(data)/4)
	const step = 22050.0 / 8000
	for at := 1.0; int(at)+1 < len(data)/2; at += step {
		sum := 0.0
		for i := int(at) - 1; i <= int(at)+1; i++ {
			sum += float64(int16(binary.LittleEndian.Uint16(data[2*i:]))) / 3
		}
		out = append(out, int16(gain*sum))
	}
	return out
}

// A ring-back tone that a custom one begins with, or lies over, is no standard one.
func TestNoMusicIsStandard(t *testing.T) {
	for seed := range uint64(3) {
		for _, s := range ringbacktest.Samples(100+seed, 123) {
			if s.Want != ringback.Custom {
				continue
			}
			if first, last := heardBy(s.Sound); first.Kind == ringback.Standard || last.Kind == ringback.Standard {
				t.Errorf("%s is called standard: %s", s.Name, fmt.Sprint(first.Reason, "; ", last.Reason))
			}
		}
	}
}
