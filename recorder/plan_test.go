package recorder_test

import (
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/recorder"
	"dutyline/telephony"
)

var (
	shanghai = time.FixedZone("Asia/Shanghai", 8*3600)
	offered  = time.Date(2026, 11, 24, 7, 59, 59, 0, shanghai) // 23 November in UTC
	ended    = offered.Add(time.Minute)
)

func TestForCall(t *testing.T) {
	now := ended.Add(3 * time.Millisecond)
	const path = "2026/11/23/duty-1795436279.0.flac"
	for _, c := range []struct {
		name string
		call telephony.Call
		want recorder.Recording
	}{
		{"answered", telephony.Call{ID: "duty-1795436279.0", OfferedAt: offered, AnsweredAt: offered.Add(8 * time.Second), EndedAt: ended},
			recorder.Recording{CallID: "duty-1795436279.0", Status: recorder.Pending, Path: path, Talk: 52 * time.Second, NextTry: now}},
		{"answered and ended at once", telephony.Call{ID: "duty-1795436279.0", OfferedAt: offered, AnsweredAt: ended, EndedAt: ended},
			recorder.Recording{CallID: "duty-1795436279.0", Status: recorder.Pending, Path: path, Talk: time.Millisecond, NextTry: now}},
		{"missed", telephony.Call{ID: "duty-1795436279.0", OfferedAt: offered, RangAt: offered, EndedAt: ended},
			recorder.Recording{CallID: "duty-1795436279.0", Status: recorder.None, Path: path, NextTry: now.Add(15 * time.Second)}},
		{"answered, its end not seen", telephony.Call{ID: "duty-1795436279.0", OfferedAt: offered, AnsweredAt: offered, EndedAt: ended, Findings: []telephony.Finding{telephony.EndNotSeen}},
			recorder.Recording{CallID: "duty-1795436279.0", Status: recorder.Pending, Path: path, Talk: time.Millisecond, NextTry: now}},
		{"perhaps answered while nobody looked", telephony.Call{ID: "duty-1795436279.0", OfferedAt: offered, RangAt: offered, EndedAt: ended, Outcome: telephony.Unknown},
			recorder.Recording{CallID: "duty-1795436279.0", Status: recorder.Pending, Path: path, NextTry: now}},
		{"no id", telephony.Call{OfferedAt: offered, AnsweredAt: offered, EndedAt: ended},
			recorder.Recording{Status: recorder.Failed, Talk: time.Minute, Reason: "a recording needs a call id: the switch gave none"}},
	} {
		if diff := cmp.Diff(c.want, recorder.ForCall(c.call, now)); diff != "" {
			t.Errorf("%s, -want +got:\n%s", c.name, diff)
		}
	}
}

func TestFileName(t *testing.T) {
	for id, want := range map[string]string{
		"1795436279.0":      "1795436279.0",
		"duty-1795436279.0": "duty-1795436279.0",
		"..":                "%2E.",
		"../../etc/passwd":  "%2E.%2F..%2Fetc%2Fpasswd",
		`a\b:c`:             "a%5Cb%3Ac",
		"%2E":               "%252E",
		"沈阳.1":              "%E6%B2%88%E9%98%B3.1",
		"a\x00\n":           "a%00%0A",
	} {
		if got, err := recorder.FileName(id); got != want || err != nil {
			t.Errorf("%q became %q (%v), want %q", id, got, err, want)
		}
	}
	for id, want := range map[string]string{
		"":                       "the switch gave none",
		strings.Repeat("a", 201): "shorten systemname",
		strings.Repeat("沈", 23):  "shorten systemname",
	} {
		if _, err := recorder.FileName(id); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q…: got %v, want %q", id, err, want)
		}
	}
}

// FuzzPathFor: no id leads out of its day's folder, and no two ids share a path.
func FuzzPathFor(f *testing.F) {
	for _, id := range []string{"1795436279.0", "..", "a/../../b", "%2E", ".", "CON", "a\xffb"} {
		f.Add(id, id+"x")
	}
	f.Fuzz(func(t *testing.T, one, other string) {
		p, err := recorder.PathFor(one, offered)
		if err != nil {
			return
		}
		if !filepath.IsLocal(p) || path.Clean(p) != p || path.Dir(p) != "2026/11/23" || path.Base(p)[0] == '.' {
			t.Errorf("%q leads to %q", one, p)
		}
		if q, err := recorder.PathFor(other, offered); err == nil && (p == q) != (one == other) {
			t.Errorf("%q and %q lead to %q and %q", one, other, p, q)
		}
	})
}

func TestNextAttempt(t *testing.T) {
	sum, last := time.Duration(0), time.Duration(0)
	for tries := 1; tries <= 30; tries++ {
		pause := recorder.NextAttempt(recorder.Recording{Attempts: tries}, ended).Sub(ended)
		if pause < last || pause > 4*time.Hour {
			t.Errorf("after try %d: %s, after the one before: %s; pauses grow up to 4h", tries, pause, last)
		}
		sum, last = sum+pause, pause
		switch tries {
		case 3:
			if sum > 400*time.Millisecond {
				t.Errorf("three more tries take %s: a file that is late by some 10 ms must not wait", sum)
			}
		case 30:
			if last != 4*time.Hour {
				t.Errorf("the last pause is %s, want 4h for ever", last)
			}
		}
	}
}
