package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/config"
)

func fileOf(t testing.TB, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "dutyline.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestPlacesNeedNoSecret(t *testing.T) {
	shipped := filepath.Join("..", "deploy", "dutyline.yaml") // its password file is not here
	c, err := config.LoadPlaces(shipped)
	if err != nil || c.Log.File != "/var/lib/dutyline/log.db" || c.Archive.Folder == "" || c.Tape.Folder == "" {
		t.Errorf("%+v, %v", c, err)
	}
	for text, want := range map[string]string{
		"log: {file: \"\"}\n":  "log.file: is missing",
		"logs: {file: x}\n":    "logs: unknown key",
		"log: {file: [1, 2]}":  "log.file",
		"log: {file: x\n":      "mend the YAML",
		"\tlog: {file: x}\n\n": "mend the YAML",
	} {
		if _, err := config.LoadPlaces(fileOf(t, text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestACopyOfTheConfigurationHoldsNoSecret(t *testing.T) {
	text := `# the router's password is hidden-1
site: {name: 值班室, area_code: "024"} # hidden-2
ari:
  url: http://who:hidden-3@10.0.0.1:8088/ari
  password_file: /etc/dutyline/ari.password
  # password: hidden-4
sometime:
  password: hidden-5
  api_token: [hidden-6, hidden-7]
  secret: {a: hidden-8}
  address: "https://u:hidden-9@[bad"
evidence: {send_to: "https://archive.example/put?token=hidden-10#hidden-11"}
# hidden-12
`
	copied, err := config.WithoutSecrets(fileOf(t, text))
	if err != nil {
		t.Fatal(err)
	}
	want := `# Copied by dutyline backup. Comments and secrets were left out.
site: {name: 值班室, area_code: "024"}
ari:
  url: http://10.0.0.1:8088/ari
  password_file: /etc/dutyline/ari.password
sometime:
  password: ""
  api_token: ""
  secret: ""
  address: ""
evidence: {send_to: "https://archive.example/put"}
`
	if diff := cmp.Diff(want, string(copied)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := config.WithoutSecrets(fileOf(t, "a: [")); err == nil {
		t.Error("what is no YAML is copied")
	}
	if _, err := config.WithoutSecrets(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

// FuzzConfig: whatever a file holds, reading it ends with a configuration or with sentences that
// name the file; and its copy without secrets says the same of the places.
func FuzzConfig(f *testing.F) {
	shipped, err := os.ReadFile(filepath.Join("..", "deploy", "dutyline.yaml"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(shipped)
	for _, seed := range []string{
		"", "lines: [{name: x}]", "a: &a [*a]", "log: {file: 0x10}", "site: {area_code: 024}", "lines: {0: {name: 1}}", "web: {session_idle: 1e9h}",
		"log: &x {file: a}\narchive: *x\n", "? [1, 2]\n: 3", "--- \n...\n--- b", "log: !!binary aGk=", "1: 2", "tape: {days: 99999999999999999999}", "lines:\n- rule: {on: -1s}\n",
		"web.listen: x", "\ufefflog: {file: x}", "log: {\"FILE\": a}",
	} {
		f.Add([]byte(seed))
	}
	f.Setenv("DUTYLINE_ARI_PASSWORD", "in the environment")
	file := filepath.Join(f.TempDir(), "dutyline.yaml")
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := config.Load(file); err != nil && !strings.Contains(err.Error(), file) {
			t.Fatalf("%q: %v", text, err)
		}
		places, err := config.LoadPlaces(file)
		if err != nil {
			return
		}
		copied, err := config.WithoutSecrets(file)
		if err != nil {
			t.Fatalf("%q is a configuration, yet it cannot be copied: %v", text, err)
		}
		again, err := config.LoadPlaces(fileOf(t, string(copied)))
		if err != nil || again.Log != places.Log || again.Archive != places.Archive || again.Tape != places.Tape {
			t.Fatalf("%q is copied as %q: %+v, %v", text, copied, again.Log, err)
		}
	})
}
