package probe_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"dutyline/telephony/probe"
)

func TestEachFaultOfTheConfigurationIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		cfg  probe.Config
		want []string
	}{
		"there is no second line": {probe.Config{}, nil},
		"all is well":             {probe.Config{Server: "192.0.2.1:5060", Number: "02422739119", User: "probe", Prefix: "9", From: "192.0.2.10"}, nil},
		"a number and no server":  {probe.Config{Number: "02422739119"}, []string{"server: "}},
		"everything is wrong": {probe.Config{Server: "192.0.2.1", Number: "me", Prefix: "x", User: "a b", From: "here"},
			[]string{"server: ", "number: ", "prefix: ", "user: ", "from: "}},
	} {
		err := c.cfg.Validate()
		if (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, key := range c.want {
			if !strings.Contains(err.Error(), key) {
				t.Errorf("%s: nothing of %q in %v", name, key, err)
			}
		}
	}
}

func TestWAV(t *testing.T) {
	for _, n := range []int{1, 2, 8001} {
		sound := bytes.Repeat([]byte{0x2A}, n)
		b := probe.WAV(sound)
		le := binary.LittleEndian
		if string(b[:4]) != "RIFF" || int(le.Uint32(b[4:])) != len(b)-8 || string(b[8:16]) != "WAVEfmt " || le.Uint16(b[20:]) != 6 {
			t.Errorf("%d samples: the header is %q", n, b[:40])
		}
		at := bytes.Index(b, []byte("data"))
		if int(le.Uint32(b[at+4:])) != n || !bytes.Equal(b[at+8:at+8+n], sound) || len(b)%2 != 0 {
			t.Errorf("%d samples: the sound is not in it", n)
		}
	}
	if probe.WAV(nil) != nil {
		t.Error("nothing was heard, and it is kept")
	}
}
