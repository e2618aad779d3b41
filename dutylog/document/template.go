package document

import (
	"archive/zip"
	"bytes"
	"embed"
	"errors"
	"fmt"
	"os"
	"slices"
)

// parts is the shipped template, part by part, so that a change to it can be read.
//
//go:embed all:template
var parts embed.FS

// partNames are the parts in the order in which a document has them: the list of types first.
var partNames = []string{"[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/_rels/document.xml.rels", "word/styles.xml", "word/footer1.xml"}

// Shipped is the template that is used where the site has none of its own: the usual form of a
// 突发事件信息报告. Whoever wants another one begins with it.
func Shipped() ([]byte, error) {
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	for _, name := range partNames {
		part, err := parts.ReadFile("template/" + name)
		if err != nil {
			return nil, err
		}
		w, err := archive.Create(name)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(part); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Filler fills the template of a file, which is read anew each time, so that a corrected template is
// used at once; without a file the shipped one.
func Filler(file string) func(words map[string]string) ([]byte, error) {
	return func(words map[string]string) ([]byte, error) {
		template, err := read(file)
		if err != nil {
			return nil, err
		}
		out, err := Fill(template, words)
		if err == nil {
			err = complete(template)
		}
		if err != nil {
			return nil, err
		}
		return out, nil
	}
}

// needed are the fields without which a document does not tell what was reported.
var needed = []string{"正文"}

// complete says which of them a template lacks: a site would send reports without what they report.
func complete(template []byte) error {
	fields, err := Fields(template)
	if err != nil {
		return err
	}
	for _, name := range needed {
		if !slices.Contains(fields, name) {
			return fmt.Errorf("%w: it has no field {%s}, so what was reported would not be in it; write {%[2]s} where that belongs", ErrTemplate, name)
		}
	}
	return nil
}

func read(file string) ([]byte, error) {
	if file == "" {
		return Shipped()
	}
	template, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: there is no file %s", ErrTemplate, file)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTemplate, err)
	}
	return template, nil
}
