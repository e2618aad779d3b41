package dutylog_test

import (
	"slices"
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

// What nobody sees makes a text another one than it looks like: a number that is not found, a name that
// is written from right to left, a field that looks empty and counts as filled in.
func TestCleanTextTakesWhatNobodySees(t *testing.T) {
	for what, r := range map[string]rune{
		"zero width space": '\u200B', "word joiner": '\u2060', "byte order mark": '\uFEFF', "soft hyphen": '\u00AD', "left to right": '\u200E', "right to left": '\u200F',
		"embedding": '\u202A', "override": '\u202E', "end of it": '\u202C', "isolate": '\u2066', "end of isolate": '\u2069', "Arabic mark": '\u061C', "invisible times": '\u2062',
		"old format": '\u206F', "annotation": '\uFFF9', "grapheme joiner": '\u034F', "Hangul filler": '\u3164', "half-width filler": '\uFFA0', "language tag": '\U000E0001',
		"a tag without a flag": '\U000E0067', "joiner": '\u200D', "non-joiner": '\u200C', "vowel separator": '\u180E',
	} {
		for in, want := range map[string]string{
			"024" + string(r) + "22739110": "02422739110", "张" + string(r) + "伟": "张伟", string(r): "", string(r) + "起火" + string(r): "起火",
			" " + string(r) + " ": "  ", "a" + string(r) + string(r) + "b": "ab",
		} {
			if got := dutylog.CleanText(in); got != want {
				t.Errorf("%s: CleanText(%q) = %q, want %q", what, in, got, want)
			}
		}
	}
	if got := dutylog.CleanText("一段\u2028二段\u2029三段"); got != "一段\n二段\n三段" {
		t.Errorf("lines of a word processor: %q", got)
	}
}

// What holds a character together stays: emoji, the variant of a character in a name, and the scripts
// of the country's peoples.
func TestCleanTextKeepsWhatHoldsCharactersTogether(t *testing.T) {
	for what, text := range map[string]string{
		"a fireman": "👨\u200D🚒", "with a skin": "👨🏽\u200D🚒", "a heart": "❤\uFE0F\u200D🔥", "a family": "👨\u200D👩\u200D👧\u200D👦", "a keycap": "1\uFE0F\u20E3",
		"warning sign": "⚠\uFE0F", "Scotland": "🏴\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F", "China": "🇨🇳",
		"a variant in a name": "葛\U000E0100城", "another": "辻\uFE00",
		"Uyghur": "ئۇ\u200Cي", "Persian": "می\u200Cخواهم", "Hindi": "क\u094D\u200Dष", "Mongolian": "ᠠ\u180Eᠠ", "Mongolian variant": "ᠠ\u180B", "Tibetan": "བོད་ཡིག",
		"rare characters": "𠮷野、㐂、䶮", "full width": "０２４－２２７３（值班）　完", "accents": "e\u0301té", "Korean": "한국", "Arabic number sign": "\u0600١", "Chinese punctuation": "“起火”——……《》",
	} {
		if got := dutylog.CleanText("前" + text + "后"); got != "前"+text+"后" {
			t.Errorf("%s: %q became %q", what, text, got)
		}
	}
	for in, want := range map[string]string{
		"👨\u200D":           "👨", // nothing to hold on to
		"\u200D🚒":           "🚒", //
		"👨\u200D\u200D🚒":    "👨\u200D🚒",
		"👨\u200Da":          "👨a", //
		" \uFE0F":           " ",  // of nothing
		"葛\U000E0100\uFE0F": "葛\U000E0100",
		"🏴a\U000E0067":      "🏴a",
	} {
		if got := dutylog.CleanText(in); got != want {
			t.Errorf("CleanText(%q) = %q, want %q", in, got, want)
		}
	}
}

// A required field is not filled in with what nobody sees, nor does a name differ by it.
func TestWhatNobodySeesFillsNothingIn(t *testing.T) {
	e := opened(answered("02422730001"))
	e = amend(t, e, dutylog.EntryPatch{Values: values{"caller_unit": "\u200B\u200B", "caller_person": "\u202E伟张\u202C", "content": "\uFEFF火情"}})
	if e.Values[dutylog.CallerUnit] != "" || e.Values[dutylog.CallerPerson] != "伟张" || e.Values[dutylog.Content] != "火情" {
		t.Errorf("%q", e.Values)
	}
	if !slices.Contains(e.Missing(), dutylog.CallerUnit) {
		t.Errorf("an invisible unit counts as given: missing are %v", e.Missing())
	}
}

func FuzzCleanText(f *testing.F) {
	for _, seed := range []string{"", "火情\r\n", "\x00\x1b[31m", "\xff\xfe", "a\u0085b", "👨\u200D🚒", "葛\U000E0100", "\u200B", "a\u200D\uFE0F\u200C", "🏴\U000E0067\U000E0062", "\u202E"} {
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
		odd := func(r rune) bool {
			return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r) || unicode.Is(unicode.Variation_Selector, r) || strings.ContainsRune("\u2028\u2029\u034F\u115F\u1160\u3164\uFFA0\u17B4\u17B5", r)
		}
		plain := !strings.ContainsFunc(s, odd) && utf8.ValidString(s)
		if plain && got != s {
			t.Fatalf("plain text %q was changed to %q", s, got)
		}
	})
}
