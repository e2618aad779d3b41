package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"dutyline/config"
	"dutyline/dutylog"
	"dutyline/dutylog/sheet"
	"dutyline/web"
)

// tableRemedy is for a file that is not there or cannot be read.
const tableRemedy = "give the path of an .xlsx or CSV file that this user may read (dutyline import --help names the columns)"

// readBillFile reads a list of calls as tables of text: every sheet of a workbook, or one CSV.
func readBillFile(name string) ([]dutylog.Table, error) {
	return readTables(name, sheet.Large)
}

// readTables reads a file of tables.
func readTables(name string, limits sheet.Limits) (tables []dutylog.Table, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read the table: %w; %s", err, tableRemedy)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read the table: %w; %s", err, tableRemedy)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("read the table: %s is a folder or no file: name one .xlsx or .csv", name)
	}
	return limits.Read(name, f, info.Size())
}

// directoryOf is what the page's directory needs of the site.
func directoryOf(s config.Site) web.Directory {
	return web.Directory{AreaCode: s.AreaCode, Zone: s.Location(), StaleAfter: time.Duration(s.ContactsStaleDays) * 24 * time.Hour}
}
