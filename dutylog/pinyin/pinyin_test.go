package pinyin_test

import (
	"strings"
	"testing"

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
