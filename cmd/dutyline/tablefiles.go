package main

import (
	"bytes"
	"io"

	"dutyline/dutylog"
	"dutyline/dutylog/sheet"
)

// tableFiles lets the page read and write tables in files.
type tableFiles struct{}

// Read implements web.Tables.
func (tableFiles) Read(name string, content []byte) ([]dutylog.Table, error) {
	return sheet.Read(name, bytes.NewReader(content), int64(len(content)))
}

// WritePaper implements web.Tables.
func (tableFiles) WritePaper(w io.Writer, p dutylog.Paper) error { return sheet.WritePaper(w, p) }
