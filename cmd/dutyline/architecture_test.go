package main_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// The house, as a machine checks it (see CONTRIBUTING): a call flows left to right, imports
// point right to left, adapters are strangers to one another, only cmd sees everything.
var (
	cores = []string{"telephony", "recorder", "dutylog", "alerts"} // left to right

	// coreParts are sub-packages that hold values and io interfaces only: they count as their core.
	coreParts = map[string]string{"telephony/tape": "telephony", "telephony/ringback": "telephony", "telephony/testcall": "telephony", "dutylog/audit": "dutylog", "dutylog/paper": "dutylog", "dutylog/attached": "dutylog",
		"dutylog/pinyin": "dutylog"}

	// coreExtra is what one core may import besides: pure computation on values.
	coreExtra = map[string][]string{
		"dutylog/attached": {"archive/zip", "compress/zlib", "path"},
		"dutylog/audit":    {"crypto/ed25519", "crypto/sha256", "encoding/base64", "golang.org/x/mod/sumdb/tlog", "golang.org/x/mod/sumdb/note"},
		"dutylog/pinyin":   {"github.com/mozillazg/go-pinyin"}, // a table of readings, and nothing else
	}

	// coreStdlib is what a core may import of the standard library: no I/O, no network, no process.
	coreStdlib = []string{
		"bufio", "bytes", "cmp", "context", "encoding/binary", "encoding/csv", "encoding/hex", "encoding/json", "errors", "fmt",
		"io", "iter", "maps", "math", "math/bits", "regexp", "slices", "sort", "strconv", "strings", "sync", "time",
		"unicode", "unicode/utf8", "embed", "log/slog",
	}
)

type goPackage struct {
	ImportPath string
	Standard   bool
	Imports    []string
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Standard,Imports", "dutyline/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// ours cuts the module's name off: "dutyline/web" is "web".
func ours(p string) (string, bool) { return strings.CutPrefix(p, "dutyline/") }

func coreOf(p string) (string, bool) {
	if part, ok := coreParts[p]; ok {
		return part, true
	}
	return p, slices.Contains(cores, p)
}

// testHelper packages (recordertest, logtest …) hold shared suites and are imported by tests only.
func testHelper(p string) bool { return strings.HasSuffix(path.Base(p), "test") }

func TestImportsPointRightToLeft(t *testing.T) {
	all := listPackages(t)
	if len(all) < 8 {
		t.Fatalf("go list shows only %d packages: this test would judge nothing", len(all))
	}
	for _, p := range all {
		name, _ := ours(p.ImportPath)
		for _, imp := range p.Imports {
			if why := verdict(name, imp); why != "" {
				t.Errorf("%s imports %s: %s", name, imp, why)
			}
		}
	}
}

// verdict says why a package must not import another; empty when it may.
func verdict(pkg, imp string) string {
	target, isOurs := ours(imp)
	if strings.HasPrefix(pkg, "cmd/") || testHelper(pkg) {
		return ""
	}
	if isOurs && strings.HasPrefix(target, "cmd/") {
		return "nothing imports cmd"
	}
	if core, ok := coreOf(pkg); ok {
		if slices.Contains(coreExtra[pkg], imp) {
			return ""
		}
		return coreVerdict(core, imp, target, isOurs)
	}
	if pkg == "config" || !isOurs {
		return ""
	}
	if target == "config" {
		return "only cmd reads configuration (R3)"
	}
	if _, ok := coreOf(target); !ok && target != pkg && !strings.HasPrefix(target, pkg+"/") {
		return "an adapter never imports another adapter; ask through an interface declared in a core (R2)"
	}
	return ""
}

func coreVerdict(core, imp, target string, isOurs bool) string {
	if !isOurs {
		if slices.Contains(coreStdlib, imp) {
			return ""
		}
		return "a core imports only a listed part of the standard library (R1)"
	}
	other, ok := coreOf(target)
	if !ok {
		return "a core never imports an adapter (R1)"
	}
	if slices.Index(cores, other) > slices.Index(cores, core) {
		return "imports point right to left (R1)"
	}
	return ""
}

func TestVerdictFindsEachKindOfBreach(t *testing.T) {
	for _, c := range []struct {
		pkg, imp string
		allowed  bool
	}{
		{"telephony", "time", true},
		{"telephony", "os", false},
		{"telephony", "github.com/goccy/go-json", false},
		{"telephony", "dutyline/recorder", false},
		{"telephony", "dutyline/telephony/ari", false},
		{"telephony/tape", "dutyline/telephony", true},
		{"telephony/ringback", "os", false},
		{"dutylog/audit", "golang.org/x/mod/sumdb/tlog", true},
		{"dutylog/audit", "crypto/sha256", true},
		{"dutylog/audit", "crypto/rand", false},
		{"dutylog", "golang.org/x/mod/sumdb/tlog", false},
		{"dutylog/pinyin", "github.com/mozillazg/go-pinyin", true},
		{"dutylog", "github.com/mozillazg/go-pinyin", false},
		{"dutylog", "dutyline/dutylog/sheet", false},
		{"web", "dutyline/dutylog/sheet", false},
		{"dutylog", "dutyline/dutylog/audit", true},
		{"recorder", "dutyline/dutylog/audit", false},
		{"recorder", "dutyline/telephony", true},
		{"dutylog", "dutyline/alerts", false},
		{"alerts", "dutyline/dutylog", true},
		{"web", "dutyline/dutylog", true},
		{"web", "dutyline/dutylog/sqlite", false},
		{"telephony/ari", "dutyline/telephony/asterisk", false},
		{"recorder/archive", "dutyline/config", false},
		{"web", "dutyline/web/page", true},
		{"config", "dutyline/web", true},
		{"web", "dutyline/cmd/dutyline", false},
		{"cmd/dutyline", "dutyline/web", true},
	} {
		if got := verdict(c.pkg, c.imp) == ""; got != c.allowed {
			t.Errorf("%s imports %s: allowed %v, want %v", c.pkg, c.imp, got, c.allowed)
		}
	}
}

// timerLoops are the small loops that may turn a deadline into a timer (R4); both run on
// synthetic time in their tests. The other one is cmd's watcher.
var timerLoops = map[string]bool{"recorder/collector.go": true}

// TestCoresReadNoClock keeps R4: now is an argument.
func TestCoresReadNoClock(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.Dir}} {{join .GoFiles \" \"}}",
		"dutyline/telephony", "dutyline/telephony/tape", "dutyline/telephony/ringback", "dutyline/telephony/testcall", "dutyline/recorder", "dutyline/dutylog", "dutyline/dutylog/audit", "dutyline/dutylog/paper", "dutyline/dutylog/attached", "dutyline/dutylog/pinyin", "dutyline/alerts").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		fields := strings.Fields(line)
		for _, file := range fields[1:] {
			if timerLoops[path.Base(fields[0])+"/"+file] {
				continue
			}
			found, err := exec.Command("grep", "-nE", `time\.(Now|Since|Until|Sleep|After|NewTimer|NewTicker|Tick)\(`, path.Join(fields[0], file)).Output()
			if err == nil {
				t.Errorf("a core reads the clock in %s:\n%s", file, found)
			}
		}
	}
}
