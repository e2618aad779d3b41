package asterisk_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"dutyline/telephony/asterisk/asterisktest"
)

// fetch runs the shipped script with only the given programs on its path.
func fetch(t *testing.T, dest string, tools map[string]string, env ...string) (string, error) {
	t.Helper()
	bin := t.TempDir()
	for _, name := range []string{"sh", "dirname", "basename", "mkdir", "rm", "grep", "sed", "awk", "tail", "head", "cat", "id", "df", "tr", "sort", "wc", "tar", "mv", "ln", "find", "sha256sum", "du", "chmod"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	for name, script := range tools {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("/bin/sh", filepath.Join(asterisktest.Root(t), "deploy", "asterisk", "fetch.sh"), dest)
	cmd.Env = append([]string{"PATH=" + bin}, env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

var debian = map[string]string{
	"apt-get":   `case "$*" in *indextargets*) echo "Debian|x|http://packages.invalid/";; *) echo "Err: cannot resolve"; exit 100;; esac`,
	"apt-cache": "exit 0", "dpkg": "echo amd64", "dpkg-deb": "exit 1",
}

func TestFetchSaysWhatIsMissingAndWhatToDo(t *testing.T) {
	_, errKeys := os.Stat("/usr/share/keyrings/debian-archive-keyring.gpg")
	unreachable := []string{"no Debian release that this machine can reach", "ASTERISK=<program>"}
	if errKeys != nil {
		unreachable = []string{"debian-archive-keyring"}
	}
	for _, c := range []struct {
		name  string
		tools map[string]string
		env   []string
		want  []string
	}{
		{"no apt", nil, nil, []string{"apt-get is missing", "ASTERISK=<program>"}},
		{"a configured Asterisk that is not there", nil, []string{"ASTERISK=/nowhere/asterisk"}, []string{"/nowhere/asterisk is not a program", "unset it"}},
		{"no network", debian, nil, unreachable},
	} {
		t.Run(c.name, func(t *testing.T) {
			dest := filepath.Join(t.TempDir(), "asterisk")
			out, err := fetch(t, dest, c.tools, c.env...)
			if err == nil {
				t.Fatalf("it succeeded: %s", out)
			}
			for _, w := range c.want {
				if !strings.Contains(out, w) {
					t.Errorf("%q does not say %q", out, w)
				}
			}
			if left, _ := filepath.Glob(dest + "*"); len(left) != 0 {
				t.Errorf("a failed fetch leaves %v", left)
			}
		})
	}
}

func TestFetchLeavesACompleteOneAndAConfiguredOneAlone(t *testing.T) {
	if out, err := fetch(t, filepath.Join(t.TempDir(), "a"), nil, "ASTERISK="+asterisktest.Binary(t)); err != nil || !strings.Contains(out, "using ") {
		t.Errorf("configured: %v %s", err, out)
	}
	dest := t.TempDir()
	for file, text := range map[string]string{"bin/asterisk": "#!/bin/sh\n", "VERSION": "x", "moddir": "m"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dest, file)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dest, file), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := fetch(t, dest, nil); err != nil || out != "" {
		t.Errorf("complete: %v %s", err, out)
	}
}
