package dutylog_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"dutyline/dutylog"
)

func aPhrase() dutylog.Phrase {
	return dutylog.Phrase{Field: dutylog.Content, Category: "突发事件", Code: "hz", Title: "火灾", Text: "〔时间〕，〔地点〕发生火灾。"}
}

func TestAPhraseThatCouldNotBeOfferedIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*dutylog.Phrase)
		field  string
	}{
		"no field":               {func(p *dutylog.Phrase) { p.Field = "" }, "field"},
		"a field without":        {func(p *dutylog.Phrase) { p.Field = dutylog.CallerUnit }, "field"},
		"an unknown category":    {func(p *dutylog.Phrase) { p.Category = "闲聊" }, "category"},
		"a category elsewhere":   {func(p *dutylog.Phrase) { p.Field = dutylog.CalledWhy }, "category"},
		"no code":                {func(p *dutylog.Phrase) { p.Code = "" }, "code"},
		"a code of one letter":   {func(p *dutylog.Phrase) { p.Code = "h" }, "code"},
		"a code that is long":    {func(p *dutylog.Phrase) { p.Code = "huozaijing" }, "code"},
		"a Chinese code":         {func(p *dutylog.Phrase) { p.Code = "火灾" }, "code"},
		"a code of digits":       {func(p *dutylog.Phrase) { p.Code = "119" }, "code"}, // a number that is typed is no code
		"a code with a blank":    {func(p *dutylog.Phrase) { p.Code = "h z" }, "code"},
		"no title":               {func(p *dutylog.Phrase) { p.Title = " " }, "title"},
		"a long title":           {func(p *dutylog.Phrase) { p.Title = strings.Repeat("长", 13) }, "title"},
		"no text":                {func(p *dutylog.Phrase) { p.Text = "\t" }, "text"},
		"a long text":            {func(p *dutylog.Phrase) { p.Text = strings.Repeat("长", 2001) }, "text"},
		"a blank that is open":   {func(p *dutylog.Phrase) { p.Text = "〔地点" }, "text"},
		"a blank that is shut":   {func(p *dutylog.Phrase) { p.Text = "地点〕" }, "text"},
		"a blank within a blank": {func(p *dutylog.Phrase) { p.Text = "〔地〔点〕〕" }, "text"},
	} {
		p := aPhrase()
		c.change(&p)
		_, err := p.Check()
		var invalid *dutylog.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != c.field {
			t.Errorf("%s: %v, want the field %s", name, err, c.field)
		}
	}
	p := aPhrase()
	p.Code, p.Title, p.Text = " HZ2 ", " 火灾\x00 ", "〔时间〕起火〔〕"
	if got, err := p.Check(); err != nil || got.Code != "hz2" || got.Title != "火灾" || got.Text != "〔时间〕起火〔〕" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestTwoPhrasesWithOneCode(t *testing.T) {
	first := aPhrase()
	first.Phrase = 1
	ended := first
	ended.Ended = true
	other := first
	other.Field, other.Category = dutylog.CallBackResult, ""
	for name, c := range map[string]struct {
		p, beside dutylog.Phrase
		want      bool
	}{
		"a new one":         {aPhrase(), first, true},
		"itself":            {first, first, false},
		"one that ended":    {aPhrase(), ended, false},
		"ending the second": {ended, func() dutylog.Phrase { p := first; p.Phrase = 2; return p }(), false},
		"another field":     {aPhrase(), other, false},
		"another category":  {func() dutylog.Phrase { p := aPhrase(); p.Category = ""; return p }(), first, true}, // a code means one thing in a field
	} {
		if o, got := c.p.Clashes([]dutylog.Phrase{c.beside}); got != c.want || got && o.Phrase != c.beside.Phrase {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// What the product brings along can be offered as it is, says what the regulation asks for, and is
// found under every field and category.
func TestTheSeededPhrases(t *testing.T) {
	seeded := dutylog.SeededPhrases()
	seeds := map[string]bool{}
	for i, p := range seeded {
		got, err := p.Check()
		if err != nil || got != p {
			t.Errorf("%s is not kept as it stands: %+v, %v", p.Seed, got, err)
		}
		p.Phrase = int64(i + 1)
		if o, clash := p.Clashes(seeded[:i]); clash {
			t.Errorf("%s has the code of %s", p.Seed, o.Seed)
		}
		if seeds[p.Seed] || p.Seed == "" {
			t.Errorf("two are called %q", p.Seed)
		}
		seeds[p.Seed] = true
	}
	of := func(f dutylog.Field, category string) (n int) {
		for _, p := range seeded {
			if p.Field == f && p.Category == category {
				n++
			}
		}
		return n
	}
	for _, f := range dutylog.PhraseFields() {
		if of(f, "") == 0 {
			t.Errorf("%s has none for whatever it is about", f)
		}
	}
	for _, c := range dutylog.Categories() {
		if n := of(dutylog.Content, c); n+of(dutylog.Content, "") > 9 || n == 0 && c != "其他" {
			t.Errorf("%s has %d, with the general ones there are nine keys", c, n)
		}
	}
	incident := seeded[slices.IndexFunc(seeded, func(p dutylog.Phrase) bool { return p.Seed == "incident" })].Text
	for _, asked := range []string{"时间", "地点", "原因", "伤亡", "损失", "措施", "趋势"} { // Art. 18
		if !strings.Contains(incident, asked) {
			t.Errorf("an incident lacks %s: %s", asked, incident)
		}
	}
}

func FuzzPhrase(f *testing.F) {
	f.Add("content", "突发事件", "hz", "火灾", "〔时间〕")
	f.Add("called_why", "", "h\u200bz", "〕", "〔〔")
	f.Fuzz(func(t *testing.T, field, category, code, title, text string) {
		p, err := dutylog.Phrase{Field: dutylog.Field(field), Category: category, Code: code, Title: title, Text: text}.Check()
		if err != nil {
			return
		}
		again, err := p.Check()
		if err != nil || again != p {
			t.Errorf("cleaned twice it is another one: %+v, %+v, %v", p, again, err)
		}
		if !utf8.ValidString(p.Text) || strings.Count(p.Text, "〔") != strings.Count(p.Text, "〕") || fmt.Sprint(p) == "" {
			t.Errorf("%+v", p)
		}
	})
}
