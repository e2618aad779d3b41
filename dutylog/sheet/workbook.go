package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"dutyline/dutylog"
	"dutyline/dutylog/attached"
)

// How many files there are in a workbook at most: a few for each sheet and picture.
const mostParts = 5_000

// workbook reads every sheet of an .xlsx.
func (l Limits) workbook(content []byte) (tables []dutylog.Table, err error) {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, damaged(err)
	}
	if err := l.inspect(archive); err != nil {
		return nil, err
	}
	defer func() { // a workbook is a stranger's file, and its reader is a large library
		if p := recover(); p != nil {
			tables, err = nil, damaged(fmt.Errorf("%v", p))
		}
	}()
	book, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{RawCellValue: true, UnzipSizeLimit: l.Unpacked, UnzipXMLSizeLimit: min(64<<20, l.Unpacked)})
	if err != nil {
		return nil, damaged(err)
	}
	defer book.Close()
	props, err := book.GetWorkbookProps()
	since1904 := err == nil && props.Date1904 != nil && *props.Date1904
	parts := sheetParts(archive)
	left, list := l.budget(), book.GetSheetList()
	for _, name := range list {
		t := dutylog.Table{Workbook: true, Date1904: since1904}
		if len(list) > 1 {
			t.Name = name
		}
		if t.Rows, err = readSheet(book, name, left); err != nil {
			return nil, err
		}
		if t.Merged, err = mergedIn(archive, parts[name], left); err != nil {
			return nil, err
		}
		if err := spread(&t, left); err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	return tables, nil
}

// inspect refuses what is no workbook without a macro, or unpacks to more than the limit, before
// anything is unpacked. A size that is a lie ends the unpacking later.
func (l Limits) inspect(archive *zip.Reader) error {
	var unpacked uint64
	has := map[string]bool{}
	if len(archive.File) > mostParts {
		return fault(dutylog.FileBomb, "holds %d files: this is no workbook", len(archive.File))
	}
	for _, f := range archive.File {
		has[strings.ToLower(strings.TrimPrefix(f.Name, "/"))] = true
		if unpacked += f.UncompressedSize64; f.UncompressedSize64 > uint64(l.Unpacked) || unpacked > uint64(l.Unpacked) {
			return fault(dutylog.FileBomb, "would unpack to more than %d MB: copy the cells into a new workbook and save that", l.Unpacked>>20)
		}
	}
	switch {
	case has["xl/workbook.bin"]:
		return fault(dutylog.FileBinary, "is a binary workbook (.xlsb): open it and save it as .xlsx")
	case has["word/document.xml"], has["ppt/presentation.xml"], has["content.xml"]:
		return fault(dutylog.FileOther, "is a document of another kind (text, slides or OpenDocument): copy the table into Excel or WPS and save it as .xlsx")
	case !has["[content_types].xml"] || !has["xl/workbook.xml"]:
		return fault(dutylog.FileOther, "is no workbook that can be read, but another archive: take the table out of it, or save it as .xlsx")
	}
	types, err := attached.LookInto(archive, l.Unpacked)
	if err == nil && attached.OfMacros(types) {
		err = attached.Macro
	}
	return l.harm(err)
}

// harm says why a workbook is not read that may do something when it is opened.
func (l Limits) harm(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, attached.Macro):
		return fault(dutylog.FileMacro, "has a macro, and nothing with a macro is opened here: save it as .xlsx, which has none")
	case errors.Is(err, attached.Program):
		return fault(dutylog.FileProgram, "holds a program or packed files, and nothing with these is opened here: copy the cells into a new workbook and save that")
	case errors.Is(err, attached.Bomb):
		return fault(dutylog.FileBomb, "would unpack to more than %d MB: copy the cells into a new workbook and save that", l.Unpacked>>20)
	}
	return damaged(err)
}

func readSheet(book *excelize.File, sheet string, left *budget) (rows [][]string, err error) {
	in, err := book.Rows(sheet)
	if other := (excelize.ErrSheetNotExist{}); errors.As(err, &other) || err != nil && strings.Contains(err.Error(), "not a worksheet") {
		return nil, nil // a sheet with nothing but a chart
	}
	if err != nil {
		return nil, damaged(err)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	for in.Next() {
		cells, err := in.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, damaged(err)
		}
		row, err := left.take(cells)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	if err := in.Error(); err != nil {
		return nil, damaged(err)
	}
	return cutEnd(rows), nil
}

func damaged(err error) error {
	return fault(dutylog.FileDamaged, "is no workbook that can be read (%s): open it in Excel or WPS and save it again as .xlsx, or as CSV", dutylog.Printable(err.Error()))
}
