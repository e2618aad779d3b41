package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"dutyline/dutylog"
)

// csv reads a table with commas, semicolons or tabs between its cells.
func (l Limits) csv(content []byte) ([]dutylog.Table, error) {
	text, err := decode(content)
	if err != nil {
		return nil, err
	}
	in := csv.NewReader(bytes.NewReader(text))
	in.FieldsPerRecord, in.ReuseRecord, in.Comma = -1, true, separatorOf(text)
	var t dutylog.Table
	left, line := l.budget(), 0 // the last line that was read
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if syntax := (*csv.ParseError)(nil); errors.As(err, &syntax) {
			return nil, fault(dutylog.FileQuotes, "cannot be read on from line %d, for its quotation marks do not match up: save the table as .xlsx", syntax.StartLine)
		}
		if err != nil {
			return nil, err
		}
		begin, _ := in.FieldPos(0)
		for line++; line < begin; line++ { // empty lines are passed over, and still counted
			t.Rows = append(t.Rows, nil)
		}
		for _, cell := range record {
			line += strings.Count(cell, "\n") // a spreadsheet shows them in one row
		}
		row, err := left.take(record)
		if err != nil {
			return nil, err
		}
		t.Rows = append(t.Rows, row)
	}
	t.Rows = cutEnd(t.Rows)
	return []dutylog.Table{t}, nil
}

// decode makes UTF-8 of a text. What is not UTF-8 is taken as GB 18030, of which GBK and GB 2312
// are parts.
func decode(content []byte) ([]byte, error) {
	text := bytes.TrimPrefix(content, []byte("\uFEFF"))
	switch {
	case bytes.HasPrefix(content, []byte("\xff\xfe")), bytes.HasPrefix(content, []byte("\xfe\xff")): // what Excel calls Unicode text
		decoded, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(content)
		if err != nil {
			return nil, badEncoding()
		}
		text = decoded
	case !utf8.Valid(text):
		decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(text)
		if err != nil {
			return nil, badEncoding()
		}
		text = decoded
	}
	if bytes.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' }) {
		return nil, fault(dutylog.FileNoTable, "is no table of text and no workbook: save the table as .xlsx or as \"CSV UTF-8\"")
	}
	if bytes.ContainsRune(text, utf8.RuneError) {
		return nil, badEncoding()
	}
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")) { // exported web pages often call themselves .xls
		return nil, fault(dutylog.FileOther, "is a web page or another XML text: open it in Excel or WPS and save it as .xlsx")
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, fault(dutylog.FileEmpty, "is empty: choose the file again")
	}
	return text, nil
}

func badEncoding() error {
	return fault(dutylog.FileEncoding, "is neither UTF-8 nor GBK: save the table as .xlsx or as \"CSV UTF-8\"")
}

// separatorOf is what stands most often in the first lines.
func separatorOf(text []byte) rune {
	first := strings.Join(strings.SplitN(string(text[:min(len(text), 4096)]), "\n", 12), "\n")
	best := ','
	for _, r := range ";\t" {
		if strings.Count(first, string(r)) > strings.Count(first, string(best)) {
			best = r
		}
	}
	return best
}
