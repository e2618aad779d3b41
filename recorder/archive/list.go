package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"syscall"
	"time"

	"dutyline/recorder"
)

// Files gives what lies in the archive's folder, one folder at a time: of the days from since on
// (zero: all) and everything that lies in no day's folder. Nothing is opened, links and
// folders of others are not entered. The intake has its own keeper and is left out.
func (a *Archive) Files(ctx context.Context, since time.Time, each func([]recorder.ArchivedFile) error) error {
	return a.files(ctx, ".", since.UTC(), each)
}

// SizeOf is how long the file of a sealed recording is on the disk; nothing is opened. It is not there
// when it is gone, or when something that is no file lies in its place.
func (a *Archive) SizeOf(r recorder.Recording) (size int64, there bool, err error) {
	if checkPath(r) != nil {
		return 0, false, nil
	}
	info, err := a.disk.root.Lstat(r.File())
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return 0, false, nil
	case err != nil:
		return 0, false, fmt.Errorf("look at the recording of call %s: %w", r.CallID, remedy(err))
	}
	return info.Size(), info.Mode().IsRegular(), nil
}

// How the folders of years, months and days are called.
var levels = []string{".", "2006", "2006/01", "2006/01/02"}

func (a *Archive) files(ctx context.Context, folder string, since time.Time, each func([]recorder.ArchivedFile) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	f, err := a.disk.root.Open(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // retention took the last file of it meanwhile
	}
	if err != nil {
		return fmt.Errorf("list the archive's folder: %w", remedy(err))
	}
	entries, err := f.ReadDir(-1)
	f.Close()
	if err != nil {
		return fmt.Errorf("list the archive's folder: %w", remedy(err))
	}
	var found []recorder.ArchivedFile
	for _, e := range entries {
		name := path.Join(folder, e.Name())
		if folder == "." && (e.Name() == intake || e.Name() == "lost+found") {
			continue
		}
		if e.IsDir() && dated(name) {
			if !before(name, since) {
				if err := a.files(ctx, name, since, each); err != nil {
					return err
				}
			}
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("list the archive's folder: %w", remedy(err))
		}
		found = append(found, recorder.ArchivedFile{Name: name, Size: info.Size(), At: info.ModTime(), Folder: !info.Mode().IsRegular()})
	}
	if len(found) == 0 {
		return nil
	}
	return each(found)
}

// dated reports whether a folder is that of a year, a month or a day.
func dated(name string) bool {
	level := strings.Count(name, "/") + 1
	if level >= len(levels) {
		return false
	}
	at, err := time.Parse(levels[level], name)
	return err == nil && at.Format(levels[level]) == name
}

// before reports whether everything in a folder is of days before one.
func before(name string, since time.Time) bool {
	return name < since.Format(levels[strings.Count(name, "/")+1])
}

// headRoom is how much of a recording is kept to read its header.
const headRoom = 4 << 10

// Glance takes what the switch delivers, keeps its beginning, and counts the rest: so much is
// seen of a recording that is nobody's, and nothing of it is stored.
type Glance struct {
	head []byte
	size int64
}

// Write implements io.Writer; what is longer than any call ends it.
func (g *Glance) Write(p []byte) (int, error) {
	if room := headRoom - len(g.head); room > 0 {
		g.head = append(g.head, p[:min(room, len(p))]...)
	}
	if g.size += int64(len(p)); g.size > largestFile {
		return 0, corrupt(fmt.Sprintf("it is longer than %d hours", longest/3600))
	}
	return len(p), nil
}

// Seen is what it was; without a State it is no recording of ours.
func (g *Glance) Seen() recorder.Received {
	w, err := readWAV(bytes.NewReader(g.head), g.size)
	switch {
	case err != nil:
		return recorder.Received{Bytes: g.size}
	case w.whole:
		return recorder.Received{State: recorder.Whole, Bytes: g.size, Samples: w.samples}
	}
	return recorder.Received{State: recorder.Unfinished, Bytes: g.size, Samples: w.samples}
}
