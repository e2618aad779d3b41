package dutylog_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"dutyline/dutylog"
)

func TestCleanText(t *testing.T) {
	for in, want := range map[string]string{
		"":                       "",
		"辖区一处居民楼冒烟。":             "辖区一处居民楼冒烟。",
		"two\nlines\tand tabs":   "two\nlines\tand tabs",
		"CR LF\r\nalone\rCR":     "CR LF\naloneCR",
		"\x00\x07\x1b[0m":        "[0m",
		"del\x7f c1\u0085\u009f": "del c1",
		"bad \xff\xfe bytes":     "bad \uFFFD bytes",
		"  kept  ":               "  kept  ",
		"👩\u200d🚒":               "👩\u200d🚒", // joiners hold characters together
		"<script>&amp;'\"":       "<script>&amp;'\"",
	} {
		if got := dutylog.CleanText(in); got != want {
			t.Errorf("CleanText(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzCleanText(f *testing.F) {
	for _, seed := range []string{"", "火情\r\n", "\x00\x1b[31m", "\xff\xfe", "a\u0085b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := dutylog.CleanText(s)
		if dutylog.CleanText(got) != got {
			t.Fatalf("%q cleaned twice differs", s)
		}
		if !utf8.ValidString(got) {
			t.Fatalf("%q gives invalid UTF-8", s)
		}
		if strings.ContainsFunc(got, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
			t.Fatalf("%q keeps a control character", s)
		}
		plain := !strings.ContainsFunc(s, unicode.IsControl) && utf8.ValidString(s)
		if plain && got != s {
			t.Fatalf("plain text %q was changed to %q", s, got)
		}
	})
}
