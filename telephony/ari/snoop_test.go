package ari_test

import (
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/ari"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

// callerChannel waits for the channel of a call on the trunk.
func callerChannel(t *testing.T, c *ari.Client) (id string) {
	t.Helper()
	asterisktest.Eventually(t, 5*time.Second, "a call comes", func() bool {
		s, err := c.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(s.Channels, func(ch telephony.Channel) bool { return strings.HasPrefix(ch.Name, "PJSIP/trunk-") })
		if i >= 0 {
			id = s.Channels[i].ID
		}
		return i >= 0
	})
	return id
}

func helpers(t *testing.T, c *ari.Client) (ids []string) {
	t.Helper()
	s, err := c.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, ch := range s.Channels {
		if strings.HasPrefix(ch.Name, "Snoop/") {
			ids = append(ids, ch.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// onset is when a stored recording becomes loud.
func onset(t *testing.T, p *asterisk.Process, name string) time.Duration {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(p.Settings.Recording(), name+".wav"))
	if err != nil {
		t.Fatal(err)
	}
	for i := 44; i+1 < len(b); i += 2 {
		if s := int16(binary.LittleEndian.Uint16(b[i:])); s > 1000 || s < -1000 {
			return time.Duration(i-44) * time.Second / 16000
		}
	}
	t.Fatalf("%s is silent", name)
	return 0
}

// On a real switch: both sides run in step, the same is not begun twice, nothing is
// overwritten, what is refused leaves no helper behind, and all ends with the call.
func TestSnoop(t *testing.T) {
	t.Parallel()
	p := startQuick(t)
	between := newProxy(t, p.Settings.HTTPAddress)
	config := configOf(p)
	config.URL = between.url()
	c, sink := ari.New(config, nil), &keeper{}
	if _, err := c.Snoop(t.Context(), nil); ari.ReasonOf(err) != ari.Lost {
		t.Errorf("before the switch is seen: %v", err)
	}
	run(t, c, sink)
	sink.await(t, 1, "snapshot")
	tone := asterisktest.Tone(t, 800, time.Second)
	phone := asterisktest.Phone(t, p, time.Second, tone)
	caller := asterisktest.Call(t, p, "13900001111", p.Settings.Number, 4*time.Second, tone)
	id := callerChannel(t, c)
	tap := func(helper, name string) telephony.Tap {
		return telephony.Tap{Channel: id, Voice: telephony.Spoken, Helper: helper, Name: name}
	}
	before := time.Now()
	since, err := c.Snoop(t.Context(), []telephony.Tap{tap("a1", "one"), tap("a2", "two")})
	if err != nil || since.Before(before.Add(-time.Second)) || since.After(time.Now().Add(time.Second)) {
		t.Fatalf("began %v, %v", since, err)
	}
	if err := os.WriteFile(filepath.Join(p.Settings.Recording(), "old.wav"), []byte("evidence"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, refused := range []struct {
		tap    telephony.Tap
		reason ari.Reason
		words  string
	}{
		{tap("a1", "three"), ari.Refused, "res_stasis_snoop"},
		{tap("a3", "one"), ari.Refused, "set recording.by to dialplan"},
		{tap("a4", "old"), ari.Refused, "nothing is overwritten"},
		{tap("a5", "../five"), ari.Refused, "modules.conf"},
	} {
		_, err := c.Snoop(t.Context(), []telephony.Tap{refused.tap})
		if ari.ReasonOf(err) != refused.reason || !strings.Contains(err.Error(), refused.words) {
			t.Errorf("%+v: %v", refused.tap, err)
		}
	}
	gone := tap("a6", "six")
	gone.Channel = "nobody"
	if _, err := c.Snoop(t.Context(), []telephony.Tap{gone}); !errors.Is(err, telephony.ErrNotFound) {
		t.Errorf("a channel that is not there: %v", err)
	}
	asterisktest.Eventually(t, 5*time.Second, "refused helpers are dismissed", func() bool { return slices.Equal(helpers(t, c), []string{"a1", "a2"}) })

	between.drop() // the link breaks; what runs goes on, and after it the rest begins
	sink.await(t, 2, "snapshot")
	if since, err := c.Snoop(t.Context(), []telephony.Tap{tap("a1", "seven"), tap("b1", "late")}); since.IsZero() || ari.ReasonOf(err) != ari.Refused {
		t.Errorf("a side that runs already keeps the other from being recorded: %v, %v", since, err)
	}
	caller.Must(t)
	phone.Finish(t)
	asterisktest.Eventually(t, 5*time.Second, "the helpers end with the call", func() bool { return len(helpers(t, c)) == 0 })
	if apart := (onset(t, p, "one") - onset(t, p, "two")).Abs(); apart > 200*time.Millisecond { // some 40 ms where the machine has time
		t.Errorf("the two recordings are %v apart", apart)
	}
	onset(t, p, "late")
	if b, err := os.ReadFile(filepath.Join(p.Settings.Recording(), "old.wav")); err != nil || string(b) != "evidence" {
		t.Errorf("what was there became %q, %v", b, err)
	}
}

// A helper that is not in our application yet is awaited; one that never gets there is not.
func TestAHelperIsAwaited(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tries int
		ok    bool
	}{{3, true}, {1 << 30, false}} {
		f, records, dismissed := newFake(t), 0, 0
		mux := http.NewServeMux()
		mux.Handle("/", f.Config.Handler)
		mux.HandleFunc("POST /ari/channels/1.0/snoop/h", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"id":"h","name":"Snoop/1.0-00000001","creationtime":"2026-11-23T12:00:00.000+0000"}`)
		})
		mux.HandleFunc("POST /ari/channels/h/record", func(w http.ResponseWriter, _ *http.Request) {
			if records++; records < c.tries {
				w.WriteHeader(http.StatusConflict)
				_, _ = io.WriteString(w, `{"message":"Channel not in Stasis application"}`)
				return
			}
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, `{}`)
		})
		mux.HandleFunc("DELETE /ari/channels/h", func(w http.ResponseWriter, _ *http.Request) {
			dismissed++
			w.WriteHeader(http.StatusNoContent)
		})
		f.Config.Handler = mux
		client, sink := ari.New(f.config(), nil), &keeper{}
		run(t, client, sink)
		sink.await(t, 1, "snapshot")
		since, err := client.Snoop(t.Context(), []telephony.Tap{{Channel: "1.0", Voice: telephony.Heard, Helper: "h", Name: "1.0-far"}})
		if (err == nil) != c.ok || since.IsZero() == c.ok || (dismissed == 0) != c.ok {
			t.Errorf("in our application at the %d. question: asked %d times, %v, %v, dismissed %d times", c.tries, records, since, err, dismissed)
		}
	}
}

// doctor knows the difference between a site that records by snooping and one that lacks its dialplan.
func TestCheckOfASiteThatSnoops(t *testing.T) {
	t.Parallel()
	config := configOf(startQuick(t))
	config.Snoops, config.NoJournal = true, true
	if f := faultsOf(ari.New(config, nil).Check(t.Context(), lines))["dialplan"]; !strings.Contains(f.Remedy, "set recording.by to dialplan") {
		t.Errorf("the dialplan records, too: %+v", f)
	}
	p := startQuick(t, func(s *asterisk.Settings) {
		dir := t.TempDir()
		if err := os.CopyFS(dir, s.Templates); err != nil {
			t.Fatal(err)
		}
		for file, text := range map[string]string{
			"extensions.conf.tmpl": "[general]\nstatic = yes\n",
			"modules.conf.tmpl":    "",
		} {
			b, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil {
				t.Fatal(err)
			}
			if text == "" {
				text = strings.NewReplacer("load = app_mixmonitor.so", "", "load = format_wav.so", "", "load = cel_custom.so", "").Replace(string(b))
			}
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s.Templates = os.DirFS(dir)
	})
	config = configOf(p)
	config.Snoops, config.NoJournal = true, true
	for _, c := range ari.New(config, nil).Check(t.Context(), lines) {
		switch c.Name {
		case "dialplan":
			if !c.OK || !strings.Contains(c.Detail, "a call that is answered then has no recording") {
				t.Errorf("the limit of snooping is not said: %+v", c)
			}
		case "modules of the switch":
			if c.OK || c.Detail != "these do not run: format_wav.so" {
				t.Errorf("modules: %+v", c)
			}
		}
	}
}
