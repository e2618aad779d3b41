package practice_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutyline/telephony/practice"
)

// level of A-law in decibels below full scale.
func level(alaw []byte) float64 {
	sum := 0.0
	for _, b := range alaw {
		sum += practice.AlawSquare[b]
	}
	return 10 * math.Log10(sum/float64(len(alaw))+1e-12)
}

func tone(hertz float64, rate int, length time.Duration) []float64 {
	pcm := make([]float64, int(float64(rate)*length.Seconds()))
	for i := range pcm {
		pcm[i] = 0.3 * math.Sin(2*math.Pi*hertz*float64(i)/float64(rate))
	}
	return pcm
}

// power of one frequency in 8 kHz sound, as a share of everything.
func share(pcm []float64, hertz float64) float64 {
	var re, im, all float64
	for i, x := range pcm {
		re += x * math.Cos(2*math.Pi*hertz*float64(i)/practice.SampleRate)
		im += x * math.Sin(2*math.Pi*hertz*float64(i)/practice.SampleRate)
		all += x * x
	}
	return 2 * (re*re + im*im) / float64(len(pcm)) / all
}

func wav(rate int, pcm []float64) []byte {
	var b bytes.Buffer
	le := func(v any) { _ = binary.Write(&b, binary.LittleEndian, v) }
	b.WriteString("RIFF")
	le(uint32(0x7ffff024)) // as a program writes that does not know the length
	b.WriteString("WAVEfmt ")
	le(uint32(16))
	le([]uint16{1, 1})
	le([]uint32{uint32(rate), uint32(2 * rate)})
	le([]uint16{2, 16})
	b.WriteString("data")
	le(uint32(0x7ffff000))
	for _, x := range pcm {
		le(int16(x * 32767))
	}
	return b.Bytes()
}

func TestReadWAVOfAPipe(t *testing.T) {
	give := tone(440, 22050, 100*time.Millisecond)
	pcm, rate, err := practice.ReadWAV(wav(22050, give))
	if err != nil || rate != 22050 || len(pcm) != len(give) {
		t.Fatalf("%d samples at %d, %v", len(pcm), rate, err)
	}
	for i := range pcm {
		if math.Abs(pcm[i]-give[i]) > 1e-4 {
			t.Fatalf("sample %d is %v, want %v", i, pcm[i], give[i])
		}
	}
}

func TestReadWAVRefusesOtherThings(t *testing.T) {
	good := wav(8000, tone(440, 8000, 10*time.Millisecond))
	stereo := bytes.Clone(good)
	stereo[22] = 2
	for name, b := range map[string][]byte{
		"nothing": nil, "no RIFF": []byte(strings.Repeat("x", 100)), "stereo": stereo, "cut in the header": good[:30], "no data": good[:36],
		"data first": append([]byte("RIFF\x00\x00\x00\x00WAVEdata\x04\x00\x00\x00"), 1, 2, 3, 4),
	} {
		if _, _, err := practice.ReadWAV(b); err == nil {
			t.Errorf("%s was read as sound", name)
		}
	}
}

func TestResampleKeepsVoicesAndDropsWhatWouldFold(t *testing.T) {
	for _, rate := range []int{8000, 16000, 22050, 44100} {
		out := practice.Resample(tone(1000, rate, time.Second), rate)
		if math.Abs(float64(len(out))-8000) > 2 {
			t.Errorf("%d Hz: %d samples for one second", rate, len(out))
		}
		if s := share(out, 1000); s < 0.98 {
			t.Errorf("%d Hz: only %.2f of a tone of 1000 Hz is left in its place", rate, s)
		}
	}
	loud, quiet := practice.Resample(tone(1000, 22050, time.Second), 22050), practice.Resample(tone(6000, 22050, time.Second), 22050)
	energy := func(pcm []float64) (sum float64) {
		for _, x := range pcm {
			sum += x * x
		}
		return sum
	}
	if r := energy(quiet) / energy(loud); r > 1e-4 {
		t.Errorf("a tone of 6 kHz folds back into the telephone band (%.1e of its power)", r)
	}
}

func TestGeneratedVoices(t *testing.T) {
	const text = "您好，应急管理局值班室，请讲。"
	officer, caller := practice.Babble(text, practice.Officer), practice.Babble(text, practice.Caller)
	if share(officer, 118) < 2*share(caller, 118) && share(officer, 236) < 2*share(caller, 236) {
		t.Error("the two voices have the same pitch")
	}
	for name, pcm := range map[string][]float64{"officer": officer, "caller": caller} {
		alaw := practice.EncodeAlaw(pcm)
		if l := level(alaw); l < -26 || l > -9 {
			t.Errorf("the %s speaks at %.1f dB", name, l)
		}
		if again := practice.EncodeAlaw(practice.Babble(text, practice.Side(name))); !bytes.Equal(alaw, again) {
			t.Errorf("the %s says the same text in another way", name)
		}
	}
	if got := practice.EncodeAlaw(make([]float64, 10)); level(got) > -60 {
		t.Errorf("silence became %.1f dB", level(got))
	}
}

// speechProgram is a stand-in for a synthesizer: it writes a WAV and counts its calls.
func speechProgram(t *testing.T, sound []byte, exit string) (program, counter string) {
	t.Helper()
	dir := t.TempDir()
	program, counter = filepath.Join(dir, "speak"), filepath.Join(dir, "calls")
	if err := os.WriteFile(filepath.Join(dir, "sound.wav"), sound, 0o600); err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\ncat >>" + counter + "\necho >>" + counter + "\ncat " + filepath.Join(dir, "sound.wav") + "\nexit " + exit + "\n"
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return program, counter
}

func spoken(t *testing.T, counter string) int {
	t.Helper()
	b, err := os.ReadFile(counter)
	if err != nil {
		return 0
	}
	return bytes.Count(b, []byte("\n"))
}

func TestSpeechIsSynthesizedOnce(t *testing.T) {
	program, counter := speechProgram(t, wav(22050, tone(700, 22050, time.Second)), "0")
	folder := filepath.Join(t.TempDir(), "speech")
	c := practice.Call{From: "02422730001", Talk: 20 * time.Second}
	caller, officer := practice.Conversation(t.Context(), program, folder, c)
	first := spoken(t, counter)
	if first < 4 {
		t.Fatalf("%d sentences were synthesized", first)
	}
	if level(caller) < -25 || level(officer) < -25 {
		t.Errorf("caller %.1f dB, officer %.1f dB", level(caller), level(officer))
	}
	again, _ := practice.Conversation(t.Context(), program, folder, c)
	if spoken(t, counter) != first || !bytes.Equal(again, caller) {
		t.Errorf("another process synthesized %d sentences again", spoken(t, counter)-first)
	}
}

func TestWithoutSpeechGeneratedVoicesAreHeard(t *testing.T) {
	failing, _ := speechProgram(t, wav(22050, tone(700, 22050, time.Second)), "3")
	silent, _ := speechProgram(t, nil, "0")
	c := practice.Call{From: "02422730001", Talk: 20 * time.Second}
	want, _ := practice.Conversation(t.Context(), "off", "", c)
	for name, program := range map[string]string{"failing": failing, "silent": silent, "absent": "/nowhere/speak"} {
		folder := t.TempDir()
		got, _ := practice.Conversation(t.Context(), program, folder, c)
		if !bytes.Equal(got, want) {
			t.Errorf("%s: other voices than the generated ones", name)
		}
		if kept, _ := filepath.Glob(folder + "/*"); len(kept) > 0 {
			t.Errorf("%s: a makeshift was kept: %v", name, kept)
		}
	}
}

func TestConversationTakesTurns(t *testing.T) {
	for _, from := range []string{"02422730001", "02423860012", "13800001111", "1", "22"} {
		caller, officer := practice.Conversation(t.Context(), "off", "", practice.Call{From: from, Talk: 20 * time.Second})
		checkTracks(t, caller, officer)
		both := 0
		for i := 0; i < len(caller); i += practice.PacketSamples {
			if level(caller[i:i+practice.PacketSamples]) > -40 && level(officer[i:i+practice.PacketSamples]) > -40 {
				both++
			}
		}
		if both > 0 {
			t.Errorf("from %s: both speak at once in %d packets", from, both)
		}
		greeting := officer[:practice.SampleRate]
		if level(greeting) < -30 {
			t.Errorf("from %s: the officer does not greet (%.1f dB)", from, level(greeting))
		}
	}
}

// In a talk of a second or two both voices must be in the recording.
func TestBriefTalkHasBothVoices(t *testing.T) {
	for _, c := range []practice.Call{{From: "02422730001", Talk: time.Second}, {To: "110", Talk: time.Second}} {
		caller, officer := practice.Conversation(t.Context(), "off", "", c)
		checkTracks(t, caller, officer)
		for name, track := range map[string][]byte{"caller": caller, "officer": officer} {
			if l := level(track[:practice.SampleRate]); l < -30 {
				t.Errorf("%v: the %s is silent in the first second (%.1f dB)", c, name, l)
			}
		}
	}
}

func checkTracks(t *testing.T, caller, officer []byte) {
	t.Helper()
	if len(caller) != len(officer) || len(caller)%practice.PacketSamples != 0 || len(caller) < practice.SampleRate {
		t.Fatalf("tracks of %d and %d samples", len(caller), len(officer))
	}
}

func TestCancelledSynthesisIsNotRemembered(t *testing.T) {
	program, counter := speechProgram(t, wav(22050, tone(700, 22050, time.Second)), "0")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	folder := t.TempDir()
	practice.Conversation(ctx, program, folder, practice.Call{From: "1"})
	if kept, _ := filepath.Glob(folder + "/*"); len(kept) > 0 || spoken(t, counter) > 0 {
		t.Errorf("a cancelled synthesis left %v", kept)
	}
}

func TestRTPIsPacedAndHeard(t *testing.T) {
	loud := practice.EncodeAlaw(tone(500, practice.SampleRate, time.Second))
	soft := practice.EncodeAlaw(tone(900, practice.SampleRate, time.Second))
	for i := range soft {
		soft[i] ^= 0x20 // two segments down: 12 dB
	}
	const d = time.Second
	heardA, heardB, err := practice.Exchange(loud, soft, d)
	if err != nil {
		t.Fatal(err)
	}
	want := int(d / (20 * time.Millisecond))
	for name, l := range map[string]practice.Level{"a": heardA, "b": heardB} {
		if l.Packets < want-3 || l.Packets > want+3 {
			t.Errorf("%s heard %d packets in %v, want %d", name, l.Packets, d, want)
		}
	}
	if math.Abs(heardB.Mean-level(loud)) > 0.5 || math.Abs(heardA.Mean-level(soft)) > 0.5 {
		t.Errorf("heard %.1f and %.1f dB, sent %.1f and %.1f", heardA.Mean, heardB.Mean, level(soft), level(loud))
	}
	if heardA.Peak < heardA.Mean {
		t.Errorf("the loudest packet (%.1f) is softer than the mean (%.1f)", heardA.Peak, heardA.Mean)
	}
}
