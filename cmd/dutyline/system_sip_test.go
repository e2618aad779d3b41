package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"dutyline/telephony/asterisk/asterisktest"
)

// sipFile copies a scenario of testdata/system with [key] replaced by its value.
func sipFile(t *testing.T, name string, keys map[string]string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "system", name+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for k, v := range keys {
		text = strings.ReplaceAll(text, "["+k+"]", v)
	}
	file := filepath.Join(t.TempDir(), name+".xml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func millis(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// deskPhone is sipp registered as the duty phone, with the habits of testdata/system/phone.xml.
type deskPhone struct {
	*asterisktest.SIPp
	log string
}

// phone registers the duty phone and waits until the switch reaches it. It stays until the
// test ends and takes any number of calls.
func (r *room) phone(ringFor, talk time.Duration, hertz float64) *deskPhone {
	r.t.Helper()
	p := r.phoneUnasked(ringFor, talk, hertz)
	asterisktest.WaitOnline(r.t, r.sw, "duty")
	return p
}

// phoneUnasked is phone where nobody can ask the switch.
func (r *room) phoneUnasked(ringFor, talk time.Duration, hertz float64) *deskPhone {
	r.t.Helper()
	local := asterisktest.FreeUDP(r.t)
	asterisktest.Register(r.t, r.sw, local)
	file := sipFile(r.t, "phone", map[string]string{
		"ring_ms": millis(ringFor), "talk_ms": millis(talk), "voice": asterisktest.Tone(r.t, hertz, time.Second), "forward_to": forwardTo,
	})
	p := &deskPhone{log: filepath.Join(r.t.TempDir(), "short.csv")}
	p.SIPp = asterisktest.StartSIPp(r.t, file, local, "", 5*time.Minute, append(asterisktest.SoundPort(r.t), "-s", "duty", "-trace_shortmsg", "-shortmessage_file", p.log)...)
	return p
}

// forwardTo is where the phone sends callers whose number ends in 5.
const forwardTo = "13900001111"

// caller describes a call from outside.
type caller struct {
	number string
	from   string // content of the From header; made of number when empty
	talk   time.Duration
	ring   time.Duration // caller-gives-up: for how long it rings
	hertz  float64
}

// calls starts a caller of the given kind: caller, caller-waits or caller-gives-up.
func (r *room) calls(kind string, c caller) *asterisktest.SIPp {
	r.t.Helper()
	r.late.forget()
	identity := c.from
	if identity == "" {
		identity = fmt.Sprintf("<sip:%s@[local_ip]:[local_port]>", c.number)
	}
	keys := map[string]string{"identity": identity, "talk_ms": millis(c.talk), "ring_ms": millis(c.ring)}
	if kind != "caller-gives-up" {
		keys["voice"] = asterisktest.Tone(r.t, c.hertz, time.Second)
	}
	return asterisktest.StartSIPp(r.t, sipFile(r.t, kind, keys), asterisktest.FreeUDP(r.t), r.sw.Settings.SIPAddress, time.Minute,
		append(asterisktest.SoundPort(r.t), "-s", r.sw.Settings.Number)...)
}

// sipMessage is one line of sipp's own short log.
type sipMessage struct {
	at   time.Time
	sent bool
	call string
	text string // first line
	cseq string
}

// messages reads what the phone sent and received, with its own times; no file before the first one.
func (p *deskPhone) messages(t *testing.T) []sipMessage {
	t.Helper()
	f, err := os.Open(p.log)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []sipMessage
	for sc := bufio.NewScanner(f); sc.Scan(); {
		c := strings.Split(sc.Text(), "\t")
		if len(c) < 7 {
			continue
		}
		epoch, err := strconv.ParseFloat(c[2], 64)
		if err != nil {
			t.Fatalf("sipp's short log has a line without a time: %q", sc.Text())
		}
		all = append(all, sipMessage{at: time.UnixMicro(int64(epoch * 1e6)), sent: c[3] == "S", call: c[4], cseq: c[5], text: c[6]})
	}
	return all
}

// rang is how long the phone itself says that it rang for its last call: from its 180 to its
// answer, its refusal or the caller's CANCEL.
func (p *deskPhone) rang(t *testing.T) time.Duration {
	t.Helper()
	var from, to time.Time
	for _, m := range p.messages(t) {
		switch {
		case m.sent && strings.Contains(m.text, " 180 "):
			from, to = m.at, time.Time{}
		case from.IsZero() || !to.IsZero():
		case m.sent && strings.Contains(m.cseq, "INVITE") && !strings.Contains(m.text, " 1"), !m.sent && strings.HasPrefix(m.text, "CANCEL"):
			to = m.at
		}
	}
	if to.IsZero() {
		t.Fatalf("the phone's own log shows no ring that ended: %+v", p.messages(t))
	}
	return to.Sub(from)
}
