package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/config"
)

func TestFaultsOfHealthAndHeartbeat(t *testing.T) {
	t.Setenv("DUTYLINE_ARI_PASSWORD", "secret")
	_, err := config.Load(write(t, small+`
health: {off_hook_after: -1s, trunk_after: -1m, record_after: -1s, page_after: -2m, officer_after: -1h, silence: {days: 0, calls: -1, expected: 0}}
heartbeat: {url: "watch.example.cn/ping", every: 10ms}
`))
	faults := (*config.Faults)(nil)
	if !errors.As(err, &faults) {
		t.Fatalf("got %v, want faults", err)
	}
	length := "; write a length of time that is not negative, for instance 2m"
	want := []string{
		"health.off_hook_after: is -1s" + length,
		"health.trunk_after: is -1m0s" + length,
		"health.record_after: is -1s" + length,
		"health.page_after: is -2m0s" + length,
		"health.officer_after: is -1h0m0s" + length,
		"health.silence.days: is 0; write at least 1",
		"health.silence.calls: is -1; write at least 1",
		"health.silence.expected: is 0; write at least 1",
		"heartbeat.url: it is no address; write for instance https://watch.example.cn/ping/…",
		"heartbeat.every: is 10ms; send at most one a second, usually one a minute",
	}
	if diff := cmp.Diff(want, faults.List); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The address of the heartbeat is a secret: it may come from a file or the environment, which goes
// before the file, and that before what is written openly.
func TestTheHeartbeatsAddressIsASecret(t *testing.T) {
	t.Setenv("DUTYLINE_ARI_PASSWORD", "secret")
	t.Setenv("DUTYLINE_HEARTBEAT_URL", "")
	file := filepath.Join(t.TempDir(), "heartbeat.url")
	if err := os.WriteFile(file, []byte("https://watch.example.cn/ping/of-the-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	load := func(text string) string {
		t.Helper()
		c, err := config.Load(write(t, small+text))
		if err != nil {
			t.Fatal(err)
		}
		if c.Heartbeat.Every != time.Minute {
			t.Errorf("every %v", c.Heartbeat.Every)
		}
		return c.Heartbeat.URL
	}
	open, both := `heartbeat: {url: "https://watch.example.cn/ping/open"}`, `heartbeat: {url: "https://watch.example.cn/ping/open", url_file: `+file+`}`
	for text, want := range map[string]string{"": "", open: "https://watch.example.cn/ping/open", both: "https://watch.example.cn/ping/of-the-file"} {
		if got := load(text); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
	t.Setenv("DUTYLINE_HEARTBEAT_URL", "https://watch.example.cn/ping/of-the-environment")
	if got := load(both); got != "https://watch.example.cn/ping/of-the-environment" {
		t.Errorf("with the environment: %q", got)
	}
}
