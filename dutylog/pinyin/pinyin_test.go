package pinyin_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	table "github.com/mozillazg/go-pinyin"

	"dutyline/dutylog/pinyin"
)

func TestFind(t *testing.T) {
	read := pinyin.NewReader()
	for _, c := range []struct {
		text, word string
		at         int
	}{
		{"沈河区应急局", "沈河", 0}, {"沈河区应急局", "应急", 3}, {"沈河区应急局", "和平", -1},
		{"沈河区应急局", "shenhe", 0}, {"沈河区应急局", "SHQ", 0}, {"沈河区应急局", "yjj", 3}, {"沈河区应急局", "shheq", 0}, {"沈河区应急局", "shenhequyingjiju", 0},
		{"沈河区应急局", "shenhequyingjijuz", -1}, {"沈河区应急局", "shx", -1}, {"沈河区应急局", "yingj", 3}, {"沈河区应急局", "沈he", 0}, {"沈河区应急局", "yji局", 3},
		// Every reading counts, whichever is right here.
		{"沈河", "chen", 0}, {"重庆市", "cq", 0}, {"重庆市", "zhongqing", 0}, {"重庆市", "chongqing", 0}, {"银行", "yh", 0}, {"银行", "yinhang", 0}, {"银行", "yinxing", 0},
		{"长春", "cc", 0}, {"长春", "zhangchun", 0}, {"单处长", "shan", 0}, {"单处长", "dan", 0}, {"乐山", "yues", 0}, {"覃勇", "qin", 0}, {"覃勇", "tan", 0},
		{"吕布", "lv", 0}, {"吕布", "lu", 0}, {"女", "nv", 0}, {"女", "nu", 0}, {"略", "lue", 0},
		// Punctuation between characters is passed over, and Latin letters stand for themselves.
		{"应急局（值班室）", "yjjzbs", 0}, {"应急局 A 区", "aq", 4}, {"A区", "a", 0}, {"（值班）", "zb", 1}, {"（值班）", "（值", 0}, {"应急局", "", 0}, {"", "a", -1}, {"", "", 0},
		{"安全", "xian", -1}, {"西安", "xian", 0}, {"先", "xian", 0}, {"方案", "fangan", 0}, {"反感", "fangan", 0}, {"张", "zhang", 0}, {"张", "z", 0}, {"张", "h", -1},
		{"𠮷野", "𠮷", 0}, {"12345热线", "345r", 2}, {"12345热线", "rx", 5},
	} {
		if got := read.Text(c.text).Find(pinyin.NewWord(c.word)); got != c.at {
			t.Errorf("%q in %q: %d, want %d", c.word, c.text, got, c.at)
		}
	}
}

// Words that could be read in very many ways are answered all the same.
func TestNoWordTakesLong(t *testing.T) {
	text := pinyin.NewReader().Text(strings.Repeat("啊恩", 40))
	for _, word := range []string{strings.Repeat("a", 60), strings.Repeat("ae", 30) + "x", strings.Repeat("en", 30) + "x", strings.Repeat("（", 60)} {
		if got := text.Find(pinyin.NewWord(word)); got > 0 {
			t.Errorf("%q: %d", word, got)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("沈河区应急局", "shq")
	f.Add("（）a重", "ac")
	f.Fuzz(func(t *testing.T, text, word string) {
		if len(word) > 40 || len(text) > 200 {
			return
		}
		at := pinyin.NewReader().Text(text).Find(pinyin.NewWord(word))
		if runes := []rune(strings.ToLower(text)); at < -1 || at > 0 && at >= len(runes) {
			t.Fatalf("%q in %q: %d", word, text, at)
		}
	})
}

// meets is how a word meets a text, written down as simply as can be, for short words only.
func meets(text []rune, word string, of func(rune) []string) bool {
	if word == "" {
		return true
	}
	if len(text) == 0 {
		return false
	}
	ways := []string{string(text[0])}
	for _, reading := range of(text[0]) {
		if strings.HasPrefix(reading, word) { // as much as was typed so far
			return true
		}
		ways = append(ways, reading, reading[:1])
		if len(reading) > 1 && reading[1] == 'h' {
			ways = append(ways, reading[:2])
		}
	}
	return slices.ContainsFunc(ways, func(way string) bool {
		rest, ok := strings.CutPrefix(word, way)
		return ok && meets(text[1:], rest, of)
	})
}

func TestFindAgreesWithTrying(t *testing.T) {
	args := table.NewArgs()
	args.Heteronym = true
	of := func(r rune) []string { return table.SinglePinyin(r, args) }
	chars, letters := []rune("沈重行长单乐局水安先方案啊恩石"), "shenczoqxlagjiuhy"
	r := rand.New(rand.NewPCG(1, 9))
	read, found := pinyin.NewReader(), 0
	for range 20_000 {
		text := make([]rune, 1+r.IntN(4))
		for i := range text {
			text[i] = chars[r.IntN(len(chars))]
		}
		word := ""
		for range 1 + r.IntN(4) {
			if r.IntN(2) == 0 {
				word += string(letters[r.IntN(len(letters))])
			} else if all := of(text[r.IntN(len(text))]); len(all) > 0 {
				word += all[r.IntN(len(all))]
			}
		}
		want := -1
		for i := range text {
			if meets(text[i:], word, of) {
				want = i
				break
			}
		}
		if got := read.Text(string(text)).Find(pinyin.NewWord(word)); got != want {
			t.Fatalf("%q in %q: %d, want %d", word, string(text), got, want)
		} else if got >= 0 {
			found++
		}
	}
	if found < 2000 {
		t.Errorf("only %d words were found: this test judges little", found)
	}
}
