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
		x.lacks = append(x.lacks, lack{"the switch's journal lines: there is none (journal.file is empty)", "交换机流水：没有配置交换机流水", ""})
		return nil
	}
	files, err := cel.Files(x.journal)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		x.lacks = append(x.lacks, lack{fmt.Sprintf("the switch's journal lines: %v", err), "交换机流水：无法读取", err.Error()})
		return nil
	}
	if len(files) == 0 {
		x.lacks = append(x.lacks, lack{"the switch's journal lines: there is no " + x.journal, "交换机流水：没有流水文件 " + x.journal, ""})
		return nil
	}
	id, _, again := strings.Cut(x.entry.CallID, recorder.AgainMark)
	if again {
		x.lacks = append(x.lacks, lack{"which journal lines are of this call alone: the switch gave the id " + id + " more than once, and the lines of all its calls are there", "交换机流水：交换机重复使用了编号 " + id + "，材料中有全部同号通话的流水", ""})
	}
	var lines bytes.Buffer
	for _, name := range files {
		if err := linesAbout(name, id, x.cfg.Journal.Location(), &lines); err != nil {
			x.lacks = append(x.lacks, lack{fmt.Sprintf("journal lines of %s: %v", name, err), "交换机流水：文件 " + name + " 无法读取", err.Error()})
		}
	}
	if lines.Len() == 0 {
		x.lacks = append(x.lacks, lack{"the switch's journal lines: none names the call (expired, erased, or another switch wrote them)", "交换机流水：其中没有本次通话（已过保存期限、已抹去，或由另一台交换机写入）", ""})
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
