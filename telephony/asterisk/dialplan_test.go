package asterisk_test

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

// row is one line of the switch's own journal.
type row struct {
	EventType, Name, Num, Exten, AppName, UniqueID, LinkedID, EventExtra string
	UserDefType                                                          string
}

func journal(t *testing.T, s asterisk.Settings) []row {
	t.Helper()
	f, err := os.Open(s.Journal())
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows []row
	for sc := bufio.NewScanner(f); sc.Scan(); {
		var r row
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			t.Fatalf("journal row %s: %v", sc.Text(), err)
		}
		rows = append(rows, r)
	}
	return rows
}

func has(rows []row, eventType string) bool {
	return slices.ContainsFunc(rows, func(r row) bool { return r.EventType == eventType })
}

// settled waits until the journal says that the (only) call is over and returns its id.
func settled(t *testing.T, s asterisk.Settings) (string, []row) {
	t.Helper()
	asterisktest.Eventually(t, 10*time.Second, "the journal settles the call", func() bool { return has(journal(t, s), "LINKEDID_END") })
	rows := journal(t, s)
	return rows[0].LinkedID, rows
}

// wave reads a recorded side: 8 kHz, 16 bit, mono.
func wave(t *testing.T, file string) []int16 {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) < 44 || string(b[:4]) != "RIFF" || binary.LittleEndian.Uint32(b[24:]) != 8000 || binary.LittleEndian.Uint16(b[22:]) != 1 {
		t.Fatalf("%s is no 8 kHz mono wave file", file)
	}
	samples := make([]int16, (len(b)-44)/2)
	for i := range samples {
		samples[i] = int16(binary.LittleEndian.Uint16(b[44+2*i:]))
	}
	return samples
}

const callerTone, officerTone = 500, 1500

func checkSides(t *testing.T, s asterisk.Settings, id string, talk time.Duration, far, officer float64) {
	t.Helper()
	lengths := map[int]bool{}
	for side, hertz := range map[string]float64{"far": far, "officer": officer} {
		samples := wave(t, filepath.Join(s.Recording(), id+"-"+side+".wav"))
		length := time.Duration(len(samples)) * time.Second / 8000
		if (length - talk).Abs() > 400*time.Millisecond {
			t.Errorf("%s: %v recorded of %v", side, length, talk)
		}
		middle := samples[len(samples)/4 : 3*len(samples)/4]
		if share := asterisktest.ToneShare(middle, hertz); share < 0.6 { // packets that come late on a busy machine leave holes; a voice that is missing has none of it
			t.Errorf("%s: only %.2f of the sound is this side's own tone", side, share)
		}
		if other := asterisktest.ToneShare(middle, far+officer-hertz); other > 0.001 {
			t.Errorf("%s: %.4f of the sound is the other side's tone", side, other)
		}
		lengths[len(samples)] = true
	}
	if len(lengths) != 1 {
		t.Errorf("the sides are not in step: they have %v samples", lengths)
	}
}

func TestIncomingCallRingsIsRecordedAndJournalled(t *testing.T) {
	t.Parallel()
	p := asterisktest.Start(t, quick(t))
	phone := asterisktest.Phone(t, p, 600*time.Millisecond, asterisktest.Tone(t, officerTone, 5*time.Second))
	caller := asterisktest.Call(t, p, "02422730001", p.Settings.Number, 3*time.Second, asterisktest.Tone(t, callerTone, 5*time.Second))
	caller.Must(t)
	phone.Finish(t)
	id, rows := settled(t, p.Settings)
	if !strings.HasPrefix(id, "test-") {
		t.Errorf("call id %q does not carry the system's name", id)
	}
	checkSides(t, p.Settings, id, 3*time.Second, callerTone, officerTone)
	for _, want := range []string{"CHAN_START", "DL_START", "ANSWER", "BRIDGE_ENTER", "HANGUP", "DL_END", "LINKEDID_END"} {
		if !has(rows, want) && !slices.ContainsFunc(rows, func(r row) bool { return r.UserDefType == want }) {
			t.Errorf("no %s row in the journal: %+v", want, rows)
		}
	}
	end := rows[slices.IndexFunc(rows, func(r row) bool { return strings.Contains(r.EventExtra, "ring_ms=") })].EventExtra
	if m := regexp.MustCompile(`ring_ms=(\d+)&status=ANSWER&cause=16&src=PJSIP/trunk`).FindStringSubmatch(end); m == nil {
		t.Errorf("the end of the call reads %s", end)
	}
}

// quick asks often whether the phone is there, so that tests need not wait for it.
func quick(t *testing.T) asterisk.Settings {
	s := asterisktest.Settings(t)
	s.Qualify = time.Second
	return s
}

func TestOutgoingCallIsRecordedWithTheSidesTheRightWayRound(t *testing.T) {
	t.Parallel()
	for _, number := range []string{"13900001111", "*57*13900001111%23"} {
		t.Run(number, func(t *testing.T) {
			s := quick(t)
			far := asterisktest.FreeUDP(t)
			s.TrunkContact = "sip:" + far
			p := asterisktest.Start(t, s)
			end := asterisktest.FarEnd(t, far, 300*time.Millisecond, asterisktest.Tone(t, callerTone, 4*time.Second))
			out := asterisktest.CallOut(t, p, number, 2*time.Second, asterisktest.Tone(t, officerTone, 4*time.Second))
			out.Must(t)
			end.Finish(t)
			id, rows := settled(t, p.Settings)
			checkSides(t, p.Settings, id, 2*time.Second, callerTone, officerTone)
			if want := strings.ReplaceAll(number, "%23", "#"); rows[0].Exten != want || rows[0].Num != p.Settings.Number {
				t.Errorf("the journal shows %q calling %q, want %q calling %q", rows[0].Num, rows[0].Exten, p.Settings.Number, want)
			}
		})
	}
}

func TestThePhoneRingsWhenNothingElseWorks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*testing.T, *asterisk.Settings)
		after  func(*testing.T, *asterisk.Process)
	}{
		{"the recording folder is gone", nil, func(t *testing.T, p *asterisk.Process) {
			if err := os.RemoveAll(p.Settings.Recording()); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(p.Settings.Recording(), nil, 0o600); err != nil { // so that it cannot be made again
				t.Fatal(err)
			}
		}},
		{"recording and journal are not loaded", func(t *testing.T, s *asterisk.Settings) {
			s.Templates = with(t, *s, "modules.conf.tmpl", func(text string) string {
				text = strings.ReplaceAll(text, "load = app_mixmonitor.so", "")
				return strings.ReplaceAll(text, "load = app_celgenuserevent.so", "")
			})
		}, nil},
		{"the hangup handler is not there", func(t *testing.T, s *asterisk.Settings) {
			s.Templates = with(t, *s, "extensions.conf.tmpl", func(text string) string {
				return strings.ReplaceAll(text, "[dutyline-end]", "[elsewhere]")
			})
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := quick(t)
			if c.change != nil {
				c.change(t, &s)
			}
			p := asterisktest.Start(t, s)
			if c.after != nil {
				c.after(t, p)
			}
			tone := asterisktest.Tone(t, callerTone, time.Second)
			phone := asterisktest.Phone(t, p, 100*time.Millisecond, tone)
			asterisktest.Call(t, p, "anybody", p.Settings.Number, 300*time.Millisecond, tone).Must(t)
			phone.Finish(t)
		})
	}
}

// TestEveryApplicationAndFunctionIsRegistered asks the running Asterisk for each that the
// shipped dialplan uses.
func TestEveryApplicationAndFunctionIsRegistered(t *testing.T) {
	t.Parallel()
	p := asterisktest.Start(t, asterisktest.Settings(t))
	b, err := os.ReadFile(filepath.Join(p.Settings.Dir, "etc", "extensions.conf"))
	if err != nil {
		t.Fatal(err)
	}
	apps, functions := used(string(b))
	if len(apps) < 6 || len(functions) < 4 {
		t.Fatalf("only %v and %v were found: this test would prove nothing", apps, functions)
	}
	for kind, names := range map[string][]string{"application": apps, "function": functions} {
		for _, name := range names {
			out, err := p.CLI(t.Context(), "core show "+kind+" "+name)
			if err != nil || !strings.Contains(strings.ToLower(out), "info about "+kind+" '"+strings.ToLower(name)+"'") {
				t.Errorf("%s %s is used in the dialplan but not registered: %s%v", kind, name, out, err)
			}
		}
	}
}

var (
	stepApp   = regexp.MustCompile(`(?m)^\s*(?:exten\s*=>\s*[^,]+,\w+|same\s*=>\s*n(?:\(\w+\))?),(\w+)\(`)
	innerApp  = regexp.MustCompile(`TryExec\((\w+)\(`)
	useOfFunc = regexp.MustCompile(`(?:\$\{|Set\()([A-Z_]+)\(`)
)

// used lists the applications and functions of a dialplan.
func used(dialplan string) (apps, functions []string) {
	dialplan = regexp.MustCompile(`(?m)^;.*$`).ReplaceAllString(dialplan, "")
	collect := func(into *[]string, re *regexp.Regexp) {
		for _, m := range re.FindAllStringSubmatch(dialplan, -1) {
			if !slices.Contains(*into, m[1]) {
				*into = append(*into, m[1])
			}
		}
	}
	collect(&apps, stepApp)
	collect(&apps, innerApp)
	collect(&functions, useOfFunc)
	return apps, functions
}

func TestOnlyLoopbackIsTheTrunkAndOnlyThePasswordIsTheDutyPhone(t *testing.T) {
	t.Parallel()
	p := asterisktest.Start(t, quick(t))
	if err := asterisktest.RegisterAs(t, p, asterisktest.FreeUDP(t), "not-the-password").Wait(); err == nil {
		t.Error("a wrong password registered")
	}
	tone := asterisktest.Tone(t, callerTone, time.Second)
	stranger := asterisktest.StartSIPp(t, asterisktest.Scenario(t, "caller", map[string]string{"talk_ms": "100", "voice": tone, "from": "trunk", "rings": "180"}),
		strings.Replace(asterisktest.FreeUDP(t), "127.0.0.1", "127.0.0.2", 1), p.Settings.SIPAddress, 10*time.Second, "-s", p.Settings.Number)
	if err := stranger.Wait(); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("a caller from another address was not challenged: %v", err)
	}
	if rows := journal(t, p.Settings); len(rows) != 0 {
		t.Errorf("the stranger reached the dialplan: %+v", rows)
	}
}

func TestTheLastPhoneToRegisterTakesTheBell(t *testing.T) {
	t.Parallel()
	p := asterisktest.Start(t, quick(t))
	tone := asterisktest.Tone(t, callerTone, time.Second)
	asterisktest.Register(t, p, asterisktest.FreeUDP(t))
	second := asterisktest.Phone(t, p, 100*time.Millisecond, tone)
	asterisktest.Call(t, p, "02422730001", p.Settings.Number, 300*time.Millisecond, tone).Must(t)
	second.Finish(t)
}
