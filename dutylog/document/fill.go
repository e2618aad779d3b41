// Package document fills a Word template with the words of a report, for who has to go on writing in
// it or to send it by a system that takes nothing else. A site may have a template of its own: its
// fields stand in braces, {标题} for instance, wherever the site wants them.
package document

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	docx "github.com/lukasjarosch/go-docx"
)

// mostTemplate is how large a template may be, packed, and mostPart how large a part of it, unpacked:
// it is a form and a coat of arms, no album.
const (
	mostTemplate = 8 << 20
	mostPart     = 16 << 20
)

// ErrTemplate means that the template is at fault: the report is untouched and can still be printed.
var ErrTemplate = errors.New("the template of the report cannot be used")

// one lets one report be filled in at a time: the library counts in variables of its own.
var one sync.Mutex

// Fill writes the words into the template's fields. What comes out is read again before it is given
// away: a document in which a word is missing is none.
func Fill(template []byte, words map[string]string) (out []byte, err error) {
	if len(template) > mostTemplate {
		return nil, fmt.Errorf("%w: it has more than %d MB", ErrTemplate, mostTemplate>>20)
	}
	used, err := Fields(template)
	if err != nil {
		return nil, err
	}
	clean, err := wordsFor(used, words)
	if err != nil {
		return nil, err
	}
	if out, err = fill(template, clean); err != nil {
		return nil, err
	}
	return out, check(out, used, clean)
}

// wordsFor are the words of the fields that the template has, as XML can hold them.
func wordsFor(used []string, words map[string]string) (map[string]string, error) {
	clean := map[string]string{}
	for _, name := range used {
		text, ok := words[name]
		if !ok {
			return nil, fmt.Errorf("%w: there is no field {%s}; there are %s", ErrTemplate, name, "{"+strings.Join(slices.Sorted(maps.Keys(words)), "} {")+"}")
		}
		clean[name] = strings.Map(writable, text)
	}
	if len(clean) == 0 {
		return nil, fmt.Errorf("%w: it has no field such as {标题}, so nothing of the report would be in it", ErrTemplate)
	}
	return clean, nil
}

// writable replaces what no XML holds.
func writable(r rune) rune {
	if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
		return '\uFFFD'
	}
	return r
}

func fill(template []byte, words map[string]string) (out []byte, err error) {
	one.Lock()
	defer one.Unlock()
	defer func() { // a template is a stranger's file, and the library looks into it by positions
		if r := recover(); r != nil {
			out, err = nil, fmt.Errorf("%w: its fields cannot be told apart (%v)", ErrTemplate, r)
		}
	}()
	d, err := docx.OpenBytes(template)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTemplate, err)
	}
	all := docx.PlaceholderMap{}
	for name, text := range words {
		all[name] = text
	}
	if err := d.ReplaceAll(all); err != nil {
		return nil, fmt.Errorf("%w: %w; write its fields anew, each in one go and in one format", ErrTemplate, err)
	}
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTemplate, err)
	}
	return b.Bytes(), nil
}

// check reads the document again: no field is left, and no word is lost.
func check(out []byte, used []string, words map[string]string) error {
	text, err := Text(out)
	if err != nil {
		return err
	}
	said := bare(text)
	for _, name := range used {
		if !strings.Contains(said, bare(words[name])) {
			return fmt.Errorf("%w: the field {%s} was not filled in; write it anew in one go and in one format", ErrTemplate, name)
		}
	}
	return nil
}

// bare is a text without white space: how lines are broken in a document is its own affair.
func bare(text string) string { return strings.Join(strings.Fields(text), "") }

// Fields are the names of the fields of a template, each once, in their order.
func Fields(template []byte) ([]string, error) {
	text, err := Text(template)
	if err != nil {
		return nil, err
	}
	var names []string
	for rest := text; ; {
		_, after, ok := strings.Cut(rest, "{")
		if !ok {
			return names, nil
		}
		name, next, closed := strings.Cut(after, "}")
		if !closed || strings.ContainsAny(name, "{\n") {
			return nil, fmt.Errorf("%w: the brace of {%s is not closed in its paragraph", ErrTemplate, cut(firstLine(name)))
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		rest = next
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func cut(s string) string {
	if r := []rune(s); len(r) > 20 {
		return string(r[:20]) + "…"
	}
	return s
}

// Text is what a document says, its head and foot too, one paragraph a line.
func Text(document []byte) (string, error) {
	archive, err := zip.NewReader(bytes.NewReader(document), int64(len(document)))
	if err != nil {
		return "", fmt.Errorf("%w: it is no Word document (.docx)", ErrTemplate)
	}
	var b strings.Builder
	body := false
	for _, f := range archive.File {
		if !readable(f.Name) {
			continue
		}
		if err := textOf(&b, f); err != nil {
			return "", fmt.Errorf("%w: %s in it is damaged: %w", ErrTemplate, path.Base(f.Name), err)
		}
		body = body || f.Name == docx.DocumentXml
	}
	if !body {
		return "", fmt.Errorf("%w: it is no Word document (.docx), for it has no %s", ErrTemplate, docx.DocumentXml)
	}
	return b.String(), nil
}

// readable reports whether words may stand in a part: where the library writes, too.
func readable(name string) bool {
	return name == docx.DocumentXml || docx.HeaderPathRegex.MatchString(name) || docx.FooterPathRegex.MatchString(name)
}

func textOf(b *strings.Builder, f *zip.File) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	dec := xml.NewDecoder(io.LimitReader(r, mostPart))
	inText := false
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch x := token.(type) {
		case xml.StartElement:
			inText = x.Name.Local == "t"
			if x.Name.Local == "br" || x.Name.Local == "tab" {
				b.WriteByte(' ')
			}
		case xml.EndElement:
			inText = false
			if x.Name.Local == "p" {
				b.WriteByte('\n')
			}
		case xml.CharData:
			if inText {
				b.Write(x)
			}
		}
	}
}
