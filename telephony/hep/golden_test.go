package hep_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony/hep"
)

var update = flag.Bool("update", false, "write the golden files anew")

// phonesOfTraces are the duty phones' SIP users in the recordings.
var phonesOfTraces = []string{"duty", "dutycore", "dutypj", "dutyq", "dutyreg"}

// told is what a view makes of messages: each dialog with its messages and facts in the order in
// which they begin, then what was told of phones.
func told(messages []hep.Message) string {
	v := hep.NewView(phonesOfTraces, hep.Limits{})
	var ids []string
	var phones []hep.Fact
	note := func(facts []hep.Fact) {
		for _, f := range facts {
			if f.Phone != "" {
				phones = append(phones, f)
			}
		}
	}
	for _, m := range messages {
		note(v.Take(m))
		if v.Messages(m.CallID) != nil && !slices.Contains(ids, m.CallID) {
			ids = append(ids, m.CallID)
		}
	}
	note(v.Tick(messages[len(messages)-1].Up + 10*time.Second))
	var b strings.Builder
	for _, id := range ids {
		fmt.Fprintf(&b, "dialog %s\n", id)
		for _, m := range v.Messages(id) {
			fmt.Fprintf(&b, "  %s\n", m.String())
		}
		for _, f := range v.Facts(id) {
			fmt.Fprintf(&b, "  = %s\n", f)
		}
		if f, ok := v.SentOn(id); ok {
			fmt.Fprintf(&b, "  sent on: %s to %q\n", f.Kind, f.Target)
		}
	}
	for _, f := range phones {
		fmt.Fprintf(&b, "= %s\n", f)
	}
	return b.String()
}

// Every recording of a real Asterisk gives the dialogs and facts that were looked at and found
// right.
func TestTracesGiveTheirGoldenFacts(t *testing.T) {
	for _, name := range traceNames(t) {
		t.Run(name, func(t *testing.T) {
			got := told(messagesOf(t, name))
			file := filepath.Join("testdata/golden", name+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("facts differ from the golden file (-golden +now):\n%s", diff)
			}
		})
	}
}

// testdata/byhand.txt says in one line a recording what it proves about the duty phone, derived by
// hand from the scenarios; the program must agree with it.
func TestTracesAgreeWithWhatWasPlayed(t *testing.T) {
	data, err := os.ReadFile("testdata/byhand.txt")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for line := range strings.Lines(string(data)) {
		text, _, _ := strings.Cut(line, "#")
		name, want, ok := strings.Cut(strings.TrimSpace(text), ":")
		if !ok {
			continue
		}
		seen++
		messages := messagesOf(t, name)
		v, _ := take(messages, hep.Limits{})
		if got := strings.Join(dutyWords(v, messages), "; "); got != strings.TrimSpace(want) {
			t.Errorf("%s: %q was played, %q is told", name, strings.TrimSpace(want), got)
		}
	}
	if seen < 28 {
		t.Errorf("only %d recordings are listed", seen)
	}
}

// dutyWords are the facts of each dialog that begins with an INVITE to or from the duty phone.
func dutyWords(v *hep.View, messages []hep.Message) (all []string) {
	for _, m := range messages {
		first := m.Method == "INVITE" && m.Request() && m.ToTag == ""
		if !first || m.To.Port() != 15070 && m.From.Port() != 15070 || v.Messages(m.CallID)[0].CSeq != m.CSeq || v.Messages(m.CallID)[0].At != m.At {
			continue
		}
		words := []string{}
		for _, f := range v.Facts(m.CallID) {
			word := string(f.Kind)
			switch {
			case f.Kind == hep.HungUp:
				word += "/" + string(f.By)
			case f.Kind == hep.Refused || f.Kind == hep.Moved:
				word += fmt.Sprint("/", f.Status)
			case f.Kind == hep.EarlySound && f.SDP:
				word += "/sdp"
			}
			words = append(words, word)
		}
		if len(words) == 0 {
			words = []string{"nothing"}
		}
		all = append(all, strings.Join(words, " "))
	}
	return all
}
