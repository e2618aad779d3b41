package recorder_test

import (
	"strings"
	"testing"
	"time"

	"dutyline/recorder"
)

func TestNamesTellTheirCall(t *testing.T) {
	for _, c := range []struct {
		name  string
		id    string
		side  recorder.Side
		ok    bool
		plain bool
	}{
		{"1795436279.0-far", "1795436279.0", recorder.Far, true, true},
		{"duty-1795436279.17-officer", "duty-1795436279.17", recorder.Officer, true, true},
		{"1.0-far-officer", "1.0-far", recorder.Officer, true, true},
		{"../../etc/passwd-far", "../../etc/passwd", recorder.Far, true, false},
		{"1.0-far/../2.0-far", "1.0-far/../2.0", recorder.Far, true, false},
		{"a\x00b-far", "a\x00b", recorder.Far, true, false},
		{strings.Repeat("long", 100) + "-far", strings.Repeat("long", 100), recorder.Far, true, false},
		{".hidden-far", ".hidden", recorder.Far, true, false},
		{"-far", "", "", false, false},
		{"somebody-else", "", "", false, false},
		{"1.0-far.wav", "", "", false, false},
		{"", "", "", false, false},
	} {
		id, side, ok := recorder.CallOfStored(c.name)
		if id != c.id || side != c.side || ok != c.ok || recorder.Plain(c.name) != c.plain {
			t.Errorf("%q: %q %q %v, plain %v", c.name, id, side, ok, recorder.Plain(c.name))
		}
	}
}

func TestFilesTellTheirCallInOneSpelling(t *testing.T) {
	at := time.Date(2026, 11, 23, 15, 59, 59, 0, time.UTC)
	for _, id := range []string{"1795436279.0", "duty-1.0", "../../../etc/passwd", "..", "a\x00b", "沈阳", "1.0~2", "%41"} {
		path, err := recorder.PathFor(id, at)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{path, path + recorder.EncryptedSuffix} {
			if got, ok := recorder.CallOfFile(name); !ok || got != id {
				t.Errorf("%s: %q, %v; want %q", name, got, ok, id)
			}
		}
	}
	for _, name := range []string{
		"", "1.0.flac", "2026/11/23/.flac", "2026/11/23/1.0.wav", "2026/11/23/1.0.flac.age.age", "2026/13/23/1.0.flac", "2026/1/23/1.0.flac",
		"2026/11/23/%41.flac", "2026/11/23/%2.flac", "2026/11/23/%zz.flac", "2026/11/23/a/b.flac", "../2026/11/23/1.0.flac", "2026/11/23/%2e.flac",
	} {
		if id, ok := recorder.CallOfFile(name); ok {
			t.Errorf("%q is taken for a file of call %q", name, id)
		}
	}
}

// FuzzFileNames: a name leads to its call and back, or nowhere.
func FuzzFileNames(f *testing.F) {
	for _, s := range []string{"1.0", "../x", "%2E%2E", "a\x00b", "2026/11/23/1.0.flac", "沈"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if path, err := recorder.PathFor(s, today); err == nil {
			if id, ok := recorder.CallOfFile(path); !ok || id != s {
				t.Fatalf("%q became %q, %v", s, id, ok)
			}
		}
		if id, ok := recorder.CallOfFile(s); ok {
			name, err := recorder.FileName(id)
			if err != nil || !strings.HasSuffix(strings.TrimSuffix(s, recorder.EncryptedSuffix), "/"+name+".flac") {
				t.Fatalf("%q is %q, whose file is %q, %v", s, id, name, err)
			}
		}
		if id, side, ok := recorder.CallOfStored(s); ok && recorder.Plain(s) && recorder.StoredName(id, side) != s {
			t.Fatalf("%q is %q %q", s, id, side)
		}
	})
}

func TestAnIdTellsWhenItsCallBegan(t *testing.T) {
	want := time.Unix(1795436279, 0).UTC()
	for id, want := range map[string]time.Time{
		"1795436279.0": want, "duty-room-1795436279.17": want, "1795436279.0~2": want, "1795436279": want,
		"": {}, "1.0": {}, "x": {}, "999999999999.0": {}, "-5.0": {}, "duty-": {},
	} {
		if got := recorder.BeganAt(id); !got.Equal(want) {
			t.Errorf("%q began at %v, want %v", id, got, want)
		}
	}
}

// What Assess says is known again in the row.
func TestCausesAreReadFromTheirSentences(t *testing.T) {
	whole := recorder.Received{State: recorder.Whole, Bytes: 16044, Samples: 8000}
	empty := recorder.Received{State: recorder.Whole, Bytes: 44}
	cut := recorder.Received{State: recorder.Unfinished, Bytes: 16044, Samples: 8000}
	absent := recorder.Received{State: recorder.Absent}
	for _, c := range []struct {
		far, officer recorder.Received
		unchanged    time.Duration
		want         recorder.Cause
		side         recorder.Side
	}{
		{absent, absent, 0, recorder.CauseNeverCame, ""},
		{empty, empty, 0, recorder.CauseNoAudio, ""},
		{whole, empty, 0, recorder.CauseOneSide, recorder.Officer},
		{absent, whole, 0, recorder.CauseOneSide, recorder.Far},
		{cut, whole, time.Second, recorder.CauseGrowing, ""},
		{cut, whole, time.Minute, recorder.CauseSalvaged, ""},
		{whole, whole, 0, "", ""},
	} {
		v := recorder.Assess(recorder.Recording{Status: recorder.Pending, Talk: time.Minute, Attempts: 8}, recorder.ByDialplan, c.far, c.officer, c.unchanged)
		r := recorder.Recording{Reason: v.Reason}
		if r.Cause() != c.want || r.EmptySide() != c.side || c.want != "" && r.Cause() != v.Cause {
			t.Errorf("%q is read as %q %q, want %q %q", v.Reason, r.Cause(), r.EmptySide(), c.want, c.side)
		}
	}
}
