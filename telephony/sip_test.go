package telephony_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/telephony"
)

// sipMessage is one message of the switch's SIP mirror, cut down to what is compared.
type sipMessage struct {
	At     time.Time `json:"ts"`
	Src    string
	Dst    string
	Line   string
	CSeq   string
	CallID string `json:"call_id"`
}

// dialog is what the wire says of one attempt to ring the duty phone.
type dialog struct {
	invited, rang, answered, over time.Time
}

// phonePort is the duty phone's in the recorded scenarios.
const phonePort = ":15070"

// dialogs reads the duty phone's side of a trace from the SIP mirror: the second witness.
func dialogs(t *testing.T, file string) []dialog {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	byID := map[string]*dialog{}
	var order []*dialog
	for in := bufio.NewScanner(f); in.Scan(); {
		var m sipMessage
		if err := json.Unmarshal(in.Bytes(), &m); err != nil {
			t.Fatal(err)
		}
		toPhone, fromPhone := strings.HasSuffix(m.Dst, phonePort), strings.HasSuffix(m.Src, phonePort)
		d := byID[m.CallID]
		switch {
		case d == nil && toPhone && strings.HasPrefix(m.Line, "INVITE "):
			d = &dialog{invited: m.At}
			byID[m.CallID] = d
			order = append(order, d)
		case d == nil || !strings.HasSuffix(m.CSeq, " INVITE"):
		case fromPhone && strings.HasPrefix(m.Line, "SIP/2.0 180") && d.rang.IsZero():
			d.rang = m.At
		case fromPhone && strings.HasPrefix(m.Line, "SIP/2.0 200") && d.answered.IsZero():
			d.answered = m.At
		case fromPhone && m.Line > "SIP/2.0 3" && d.over.IsZero():
			d.over = m.At
		}
	}
	out := make([]dialog, len(order))
	for i, d := range order {
		out[i] = *d
	}
	return out
}

// Ring start, answer and the end of the bell agree with the SIP messages of the phone
// itself to within the 50 ms that the product promises.
func TestClocksAgreeWithTheWire(t *testing.T) {
	const promised = 50 * time.Millisecond
	files, err := filepath.Glob("testdata/sip/*.jsonl")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".jsonl")
		wire := dialogs(t, file)
		calls := ended(play(lines(), trace(t, name)))
		slices.SortFunc(calls, func(a, b telephony.Call) int { return a.OfferedAt.Compare(b.OfferedAt) })
		if len(wire) != len(calls) || len(calls) == 0 {
			t.Errorf("%s: %d dialogs with the phone, %d calls", name, len(wire), len(calls))
			continue
		}
		for i, c := range calls {
			compare := func(what string, ours, theirs time.Time) {
				if diff := ours.Sub(theirs).Abs(); ours.IsZero() != theirs.IsZero() || diff > promised {
					t.Errorf("%s: %s at %v, on the wire at %v", name, what, ours, theirs)
				}
			}
			compare("ring", c.RangAt, wire[i].rang)
			if !wire[i].answered.IsZero() {
				compare("answer", c.AnsweredAt, wire[i].answered)
				compare("end of the bell", c.RangUntil, wire[i].answered)
			} else if !wire[i].over.IsZero() {
				compare("end of the bell", c.RangUntil, wire[i].over)
			}
			if c.OfferedAt.After(wire[i].invited) {
				t.Errorf("%s: offered at %v, after the phone was invited at %v", name, c.OfferedAt, wire[i].invited)
			}
		}
	}
}
