package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/xuri/excelize/v2"

	"dutyline/dutylog"
)

const (
	mostBillBytes = 64 << 20  // of the file
	mostUnzipped  = 512 << 20 // of what is in a workbook
	mostBillCells = 4_000_000
)

// readBillFile reads a list of calls as tables of text: every sheet of a workbook, or one CSV.
func readBillFile(name string) ([]dutylog.BillSheet, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("read the list: %w", err)
	}
	if info.IsDir() || info.Size() > mostBillBytes {
		return nil, fmt.Errorf("read the list: %s is a folder or larger than %d MB: export one month of calls as .xlsx or .csv", name, mostBillBytes>>20)
	}
	head := make([]byte, 8)
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read the list: %w", err)
	}
	n, _ := io.ReadFull(f, head)
	f.Close()
	switch head = head[:n]; {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return readWorkbook(name)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return nil, fmt.Errorf("%s is an Excel file of the old form (.xls) or has a password: open it and save it as .xlsx without a password", name)
	case bytes.HasPrefix(head, []byte("%PDF")):
		return nil, fmt.Errorf("%s is a PDF: ask for the list as .xlsx or .csv", name)
	case n == 0:
		return nil, fmt.Errorf("%s is empty", name)
	}
	return readBillCSV(name)
}

func readWorkbook(name string) (sheets []dutylog.BillSheet, err error) {
	broken := func(err error) error {
		return fmt.Errorf("%s is no workbook that can be read (%w): open it in Excel or WPS and save it again as .xlsx, or as CSV", name, err)
	}
	defer func() { // a workbook is a stranger's file, and its reader is a large library
		if p := recover(); p != nil {
			sheets, err = nil, broken(fmt.Errorf("it is damaged: %v", p))
		}
	}()
	book, err := excelize.OpenFile(name, excelize.Options{RawCellValue: true, UnzipSizeLimit: mostUnzipped, UnzipXMLSizeLimit: 64 << 20})
	if err != nil {
		return nil, broken(err)
	}
	defer book.Close()
	props, err := book.GetWorkbookProps()
	since1904 := err == nil && props.Date1904 != nil && *props.Date1904
	cells := 0
	list := book.GetSheetList()
	for _, sheet := range list {
		s := dutylog.BillSheet{Workbook: true, Date1904: since1904}
		if len(list) > 1 {
			s.Name = sheet
		}
		if s.Rows, err = readSheet(book, sheet, &cells); err != nil {
			return nil, broken(err)
		}
		sheets = append(sheets, s)
	}
	return sheets, nil
}

func readSheet(book *excelize.File, sheet string, cells *int) (rows [][]string, err error) {
	in, err := book.Rows(sheet)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	for in.Next() {
		row, err := in.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, err
		}
		if *cells += len(row) + 1; *cells > mostBillCells {
			return nil, fmt.Errorf("it has more than %d cells", mostBillCells)
		}
		rows = append(rows, row)
	}
	return rows, in.Error()
}

// readBillCSV reads a table with commas, semicolons or tabs between its cells.
func readBillCSV(name string) ([]dutylog.BillSheet, error) {
	table, err := readTableFile(name)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(table)
	if err != nil {
		return nil, err
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	if bytes.IndexByte(text, 0) >= 0 {
		return nil, fmt.Errorf("%s is no table of text: export the list as .xlsx or as \"CSV UTF-8\"", name)
	}
	in := csv.NewReader(bytes.NewReader(text))
	in.FieldsPerRecord, in.LazyQuotes, in.Comma = -1, true, separatorOf(text)
	var s dutylog.BillSheet
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s cannot be read as a table: %w; save it as \"CSV UTF-8\" or .xlsx", filepath.Base(name), err)
		}
		line, _ := in.FieldPos(0)
		for len(s.Rows) < line-1 { // empty lines are passed over, and still counted
			s.Rows = append(s.Rows, nil)
		}
		s.Rows = append(s.Rows, record)
	}
	return []dutylog.BillSheet{s}, nil
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
