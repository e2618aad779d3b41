package ari_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
	"dutyline/telephony/ari"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

func TestInfoNamesTheSwitchAndReadsItsClock(t *testing.T) {
	t.Parallel()
	p := startQuick(t)
	info, err := ari.New(configOf(p), nil).Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if info.System != "test" || !strings.HasPrefix(info.Version, "22") && !strings.HasPrefix(info.Version, "2") {
		t.Errorf("got %+v", info)
	}
	now := time.Now()
	if info.Clock.Sub(now).Abs() > 2*time.Second || now.Sub(info.Started) > time.Minute || info.Started.After(now) {
		t.Errorf("clock %v, started %v, now %v", info.Clock, info.Started, now)
	}
}

func TestASnapshotInMidRingKnowsTheCall(t *testing.T) {
	t.Parallel()
	p := startQuick(t)
	tone := asterisktest.Tone(t, 800, time.Second)
	phone := asterisktest.Phone(t, p, 3*time.Second, tone)
	caller := asterisktest.Call(t, p, "13900001111", p.Settings.Number, 200*time.Millisecond, tone)
	client := ari.New(configOf(p), nil)
	var snap telephony.Snapshot
	asterisktest.Eventually(t, 5*time.Second, "the phone rings", func() bool {
		var err error
		if snap, err = client.Snapshot(t.Context()); err != nil {
			t.Fatal(err)
		}
		// A snapshot is no single instant: the list may be older than the variables asked for behind it.
		return slices.ContainsFunc(snap.Channels, func(c telephony.Channel) bool { return c.Rang }) &&
			slices.ContainsFunc(snap.Channels, func(c telephony.Channel) bool { return c.State == "Ringing" })
	})
	trunk := snap.Channels[slices.IndexFunc(snap.Channels, func(c telephony.Channel) bool { return strings.HasPrefix(c.Name, "PJSIP/trunk-") })]
	duty := snap.Channels[slices.IndexFunc(snap.Channels, func(c telephony.Channel) bool { return strings.HasPrefix(c.Name, "PJSIP/duty-") })]
	if trunk.Number != "13900001111" || trunk.Exten != p.Settings.Number || trunk.Context != "from-trunk" || trunk.App != "Dial" || trunk.SIPCallID == "" {
		t.Errorf("the caller's channel: %+v", trunk)
	}
	if duty.State != "Ringing" || duty.LinkedID != trunk.ID || trunk.LinkedID != trunk.ID || !trunk.Rang || trunk.RangAfter > time.Second {
		t.Errorf("linked ids or ring: %+v\n%+v", trunk, duty)
	}
	if age := snap.At.Sub(duty.Created); age < 0 || age > 10*time.Second {
		t.Errorf("snapshot at %v, channel created %v", snap.At, duty.Created)
	}
	want := []telephony.Endpoint{{Name: "PJSIP/duty", Online: true, Known: true}, {Name: "PJSIP/trunk", Online: false, Known: true}} // the trunk has no contact here
	slices.SortFunc(snap.Endpoints, func(a, b telephony.Endpoint) int { return strings.Compare(a.Name, b.Name) })
	if diff := cmp.Diff(want, snap.Endpoints); diff != "" {
		t.Errorf("endpoints (-want +got):\n%s", diff)
	}
	caller.Must(t)
	phone.Finish(t)
}

// A channel that ends while the snapshot is taken is left out: it has no linked id any more.
func TestASnapshotLeavesOutWhatEndedMeanwhile(t *testing.T) {
	f := newFake(t)
	mux := http.NewServeMux()
	mux.Handle("/", f.Config.Handler)
	mux.HandleFunc("GET /ari/channels", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `[{"id":"1.0","name":"PJSIP/trunk-00000001","state":"Up"},{"id":"2.0","name":"PJSIP/trunk-00000002","state":"Up"}]`)
	})
	mux.HandleFunc("GET /ari/channels/1.0/variable", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("variable") != "CHANNEL(linkedid)" {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = io.WriteString(w, `{"value":"1.0"}`)
	})
	mux.HandleFunc("GET /ari/channels/2.0/variable", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"message":"Channel not found"}`)
	})
	f.Config.Handler = mux
	snap, err := ari.New(f.config(), nil).Snapshot(t.Context())
	if err != nil || len(snap.Channels) != 1 || snap.Channels[0].ID != "1.0" {
		t.Errorf("the snapshot has %+v, %v", snap.Channels, err)
	}
}

func TestRecordingsAreListedFetchedAndRemoved(t *testing.T) {
	t.Parallel()
	p := startQuick(t)
	client := ari.New(configOf(p), nil)
	want := bytes.Repeat([]byte("RIFF sound "), 9000)
	for _, name := range []string{"test-1.0-far.wav", "test-1.0-officer.wav"} {
		if err := os.WriteFile(filepath.Join(p.Settings.Recording(), name), want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	names, err := client.StoredRecordings(t.Context())
	slices.Sort(names)
	if diff := cmp.Diff([]string{"test-1.0-far", "test-1.0-officer"}, names); diff != "" || err != nil {
		t.Fatalf("names (-want +got):\n%s%v", diff, err)
	}
	var got bytes.Buffer
	n, err := client.FetchRecording(t.Context(), "test-1.0-far", &got)
	if err != nil || n != int64(len(want)) || !bytes.Equal(got.Bytes(), want) {
		t.Errorf("fetched %d of %d bytes: %v", n, len(want), err)
	}
	if err := client.RemoveRecording(t.Context(), "test-1.0-far"); err != nil {
		t.Fatal(err)
	}
	if err := client.RemoveRecording(t.Context(), "test-1.0-far"); !errors.Is(err, telephony.ErrNotFound) {
		t.Errorf("removing it again: %v", err)
	}
	if _, err := client.FetchRecording(t.Context(), "test-1.0-far", io.Discard); !errors.Is(err, telephony.ErrNotFound) {
		t.Errorf("fetching it again: %v", err)
	}
	if _, err := client.FetchRecording(t.Context(), "../../etc/ari", io.Discard); !errors.Is(err, telephony.ErrNotFound) {
		t.Errorf("a name that leaves the folder: %v", err)
	}
}

// TestOneOddNameInTheSpool: a real Asterisk then lists no recording at all; the error says where to look.
func TestOneOddNameInTheSpool(t *testing.T) {
	t.Parallel()
	p := startQuick(t)
	client := ari.New(configOf(p), nil)
	odd := filepath.Join(p.Settings.Recording(), "odd-\xff\xfe.wav")
	if err := os.WriteFile(odd, []byte("RIFF"), 0o600); err != nil {
		t.Fatal(err)
	}
	names, err := client.StoredRecordings(t.Context())
	if err == nil || !strings.Contains(err.Error(), "500") || !strings.Contains(err.Error(), "look in "+p.Settings.Recording()+" for a file whose name is no text") {
		t.Errorf("%q, %v", names, err)
	}
	if err := os.Remove(odd); err != nil {
		t.Fatal(err)
	}
	if _, err := client.StoredRecordings(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestEndpointSettings(t *testing.T) {
	t.Parallel()
	p := startQuick(t)
	client := ari.New(configOf(p), nil)
	for _, c := range []struct{ endpoint, setting, want string }{
		{"PJSIP/duty", "redirect_method", "user"},
		{"PJSIP/duty", "qualify_frequency", "1"},
		{"PJSIP/trunk", "qualify_frequency", "0"},
		{"PJSIP/duty", "context", "from-duty"},
	} {
		if got, err := client.EndpointSetting(t.Context(), c.endpoint, c.setting); got != c.want || err != nil {
			t.Errorf("%s of %s: %q, %v, want %q", c.setting, c.endpoint, got, err, c.want)
		}
	}
	for _, c := range [][2]string{{"PJSIP/nobody", "context"}, {"PJSIP/duty", "no_such_setting"}, {"SIP/duty", "context"}} {
		if _, err := client.EndpointSetting(t.Context(), c[0], c[1]); !errors.Is(err, telephony.ErrNotFound) {
			t.Errorf("%s of %s: %v, want not found", c[1], c[0], err)
		}
	}
}

// faultsOf are the checks that failed, by name.
func faultsOf(checks []telephony.Check) map[string]telephony.Check {
	out := map[string]telephony.Check{}
	for _, c := range checks {
		if !c.OK {
			out[c.Name] = c
		}
	}
	return out
}

func TestCheckPassesTheShippedConfiguration(t *testing.T) {
	t.Parallel()
	p := startQuick(t)
	phone := asterisktest.Phone(t, p, time.Second, asterisktest.Tone(t, 800, time.Second))
	checks := ari.New(configOf(p), nil).Check(t.Context(), lines)
	phone.Finish(t)
	if len(checks) != 8 || len(faultsOf(checks)) != 0 {
		t.Errorf("got %+v", checks)
	}
}

func TestCheckNamesEachFaultWithItsRemedy(t *testing.T) {
	t.Parallel()
	replace := func(file, old, by string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			t.Helper()
			b, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil || !strings.Contains(string(b), old) {
				t.Fatalf("%s does not contain %q (%v)", file, old, err)
			}
			if err := os.WriteFile(filepath.Join(dir, file), []byte(strings.ReplaceAll(string(b), old, by)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		name   string
		change func(t *testing.T, templates string)
		client func(*ari.Config)
		check  string
		remedy string
	}{
		{"read-only login", replace("ari.conf.tmpl", "read_only = no", "read_only = yes"), nil, "ARI rights", "read_only = no"},
		{"no journal", replace("modules.conf.tmpl", "load = cel_custom.so", ""), nil, "modules of the switch", "modules.conf"},
		{"an older dialplan", replace("extensions.conf.tmpl", "dutyline-record dutyline-callback", "dutyline-record"), nil, "dialplan", "the line DL_CONTEXTS"},
		{"another dialplan", replace("extensions.conf.tmpl", "DL_RECORDING = ", "OTHER = "), nil, "dialplan", "dialplan reload"},
		{"hidden redirects", replace("pjsip.conf.tmpl", "redirect_method = user", "redirect_method = uri_pjsip"), nil, "phone PJSIP/duty", "redirect_method=user"},
		{"no qualify", replace("pjsip.conf.tmpl", "qualify_frequency = {{.QualifySeconds}}", ""), nil, "phone PJSIP/duty", "qualify_frequency"},
		{"no phone", func(*testing.T, string) {}, nil, "phone PJSIP/duty", "switch the phone on"},
		{"clock", func(*testing.T, string) {}, func(c *ari.Config) { c.Now = func() time.Time { return time.Now().Add(-time.Minute) } }, "clock of the switch", "NTP"},
		{"wrong password", func(*testing.T, string) {}, func(c *ari.Config) { c.Password = "wrong" }, "Asterisk", "ari.conf"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := startQuick(t, func(s *asterisk.Settings) {
				dir := t.TempDir()
				if err := os.CopyFS(dir, s.Templates); err != nil {
					t.Fatal(err)
				}
				c.change(t, dir)
				s.Templates = os.DirFS(dir)
			})
			config := configOf(p)
			if c.client != nil {
				c.client(&config)
			}
			checks := ari.New(config, nil).Check(t.Context(), lines)
			got, found := faultsOf(checks)[c.check]
			if !found || !strings.Contains(got.Remedy, c.remedy) || got.Detail == "" {
				t.Errorf("want %q to fail with remedy %q, got %+v", c.check, c.remedy, checks)
			}
		})
	}
}

func TestCheckNamesUnknownEndpoints(t *testing.T) {
	t.Parallel()
	p := startQuick(t)
	other := []telephony.Line{{Name: "x", Endpoints: []string{"PJSIP/nobody"}, Trunks: []string{"PJSIP/nowhere"}}}
	faults := faultsOf(ari.New(configOf(p), nil).Check(t.Context(), other))
	for _, name := range []string{"phone PJSIP/nobody", "trunk PJSIP/nowhere"} {
		if f := faults[name]; !strings.Contains(f.Remedy, "pjsip.conf") {
			t.Errorf("%s: %+v", name, f)
		}
	}
}
