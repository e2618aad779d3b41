package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"dutyline/recorder"
	"dutyline/telephony/cel"
)

// writeJournal copies the records that the switch's own journal has of the call, from the oldest
// file that rotation left to the live one. They are not covered by the log's proof, only by the
// list's signature, and the statement says so.
func (x *exhibit) writeJournal(context.Context) error {
	if x.entry.CallID == "" {
		return nil
	}
	if x.journal == "" {
		x.lacks = append(x.lacks, "the switch's journal lines: there is none (journal.file is empty)")
		return nil
	}
	files, err := cel.Files(x.journal)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		x.lacks = append(x.lacks, fmt.Sprintf("the switch's journal lines: %v", err))
		return nil
	}
	if len(files) == 0 {
		x.lacks = append(x.lacks, "the switch's journal lines: there is no "+x.journal)
		return nil
	}
	id, _, again := strings.Cut(x.entry.CallID, recorder.AgainMark)
	if again {
		x.lacks = append(x.lacks, "which journal lines are of this call alone: the switch gave the id "+id+" more than once, and the lines of all its calls are there")
	}
	var lines bytes.Buffer
	for _, name := range files {
		if err := linesAbout(name, id, x.cfg.Journal.Location(), &lines); err != nil {
			x.lacks = append(x.lacks, fmt.Sprintf("journal lines of %s: %v", name, err))
		}
	}
	if lines.Len() == 0 {
		x.lacks = append(x.lacks, "the switch's journal lines: none names the call (expired, erased, or another switch wrote them)")
		return nil
	}
	return x.put(exhibitJournal, lines.Bytes())
}

// linesAbout copies the records of a call as they stand, byte by byte: also one that a caller
// broke in two. What a caller sent names no call: only the members uniqueid and linkedid do, and
// the whole text only where a record cannot be understood.
func linesAbout(name, id string, zone *time.Location, to *bytes.Buffer) error {
	from, err := openJournalFile(name)
	if err != nil {
		return err
	}
	defer from.Close()
	quoted, err := json.Marshal(id)
	if err != nil {
		return err
	}
	return eachRecord(from, func(record []byte) error {
		if !bytes.Contains(record, quoted) {
			return nil
		}
		body := bytes.TrimRight(record, "\r\n")
		if row, err := cel.DecodeIn(body, zone); err == nil && row.LinkedID != id && row.UniqueID != id {
			return nil
		}
		to.Write(body)
		to.WriteByte('\n')
		return nil
	})
}
