package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"dutyline/config"
	"dutyline/recorder"
	"dutyline/telephony"
	"dutyline/telephony/cel"
	"dutyline/web"
)

// switchRows reads what the switch's own journal has of a call; nil where there is no journal. A file that
// was written to its end before the call came has nothing of it and is not opened.
func switchRows(cfg config.Journal) web.CallJournal {
	if cfg.File == "" {
		return nil
	}
	return func(ctx context.Context, callID string, offered time.Time) ([]telephony.Row, error) {
		files, err := cel.Files(cfg.File)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		id, _, _ := strings.Cut(callID, recorder.AgainMark)
		var lines bytes.Buffer
		for _, name := range files {
			info, err := os.Stat(name)
			if errors.Is(err, fs.ErrNotExist) || err == nil && info.ModTime().Before(offered) {
				continue // rotated away meanwhile, or older
			}
			if err == nil {
				err = linesAbout(name, id, cfg.Location(), &lines)
			}
			if err = errors.Join(err, ctx.Err()); err != nil {
				return nil, err
			}
		}
		return rowsIn(lines.Bytes(), cfg.Location()), nil
	}
}

// rowsIn are the rows of some lines by their times. A line that cannot be read says nothing here: the
// journal's reader has told of it.
func rowsIn(lines []byte, zone *time.Location) []telephony.Row {
	var rows []telephony.Row
	for line := range bytes.Lines(lines) {
		if row, err := cel.DecodeIn(bytes.TrimSpace(line), zone); err == nil && row.Kind != telephony.RowDamaged {
			rows = append(rows, row)
		}
	}
	slices.SortStableFunc(rows, func(a, b telephony.Row) int { return a.At.Compare(b.At) })
	return rows
}
