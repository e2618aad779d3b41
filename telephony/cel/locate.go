package cel

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"dutyline/telephony"
)

// errMoved says that files changed their names while they were listed; the next look is right.
var errMoved = errors.New("the journal is just being rotated")

// gap begins a gap; its times are known when it is told.
func (f *follower) gap(c Cause) *Gap { return &Gap{Cause: c, File: f.config.Path} }

// locate finds the saved position and opens its file and those that follow it.
func (f *follower) locate() error {
	files, err := chain(f.config.Path)
	if err != nil {
		return err
	}
	var missed *Gap
	if !f.nowhere.IsZero() {
		missed = f.gap(FolderMissing)
		missed.From = f.nowhere
	}
	s, at, err := f.find(files, f.last.Place(), nil)
	copied := s != nil && s.offset > 0 && inode(s.info()) != f.last.Inode
	switch {
	case err != nil:
		return err
	case s != nil:
	case f.last.LastAt.IsZero() && f.last.Offset == 0:
		s, at, err = f.begin(files)
	default:
		s, at, err = f.afterLoss(files)
		missed = f.lost(files)
	}
	if err != nil {
		return err
	}
	s.gap, f.queue, f.nowhere = missed, []*source{s}, time.Time{}
	if !copied {
		err := f.follow(files, at, nil)
		if missing := f.unreached(files[at:]); missing != nil {
			f.closeAll() // it is looked for again
			return missing
		}
		return err
	}
	// The position is in a copy of what the journal held before it was cut.
	if at == len(files)-1 {
		s.gap = f.gap(Truncated)
		return nil
	}
	s.copy = true
	return f.follow(files, at, f.gap(Truncated))
}

// unreached begins a gap where rows stood that were read before the restart, from the last position
// on, and are not there any more: calls that had not ended had rows there.
func (f *follower) unreached(files []entry) error {
	reached := f.last.Reached
	if reached.Offset == 0 || f.queue[0].gap != nil || slices.ContainsFunc(files, func(e entry) bool { return e.compressed }) {
		return nil // nothing was read, or a gap is told already
	}
	s, _, err := f.find(files, reached, nil)
	if s != nil {
		s.close()
	}
	if s != nil || err != nil {
		return err
	}
	where := f.queue[len(f.queue)-1]
	for _, s := range f.queue {
		if inode(s.info()) == reached.Inode {
			where = s
		}
	}
	where.gap = f.gap(Truncated)
	return nil
}

// find opens the file that holds a place, but not this one; nil when none does. A place at
// the beginning of a file has no mark: then the file's number decides.
func (f *follower) find(files []entry, place telephony.Place, except os.FileInfo) (*source, int, error) {
	order := make([]int, 0, len(files))
	for i, e := range slices.Backward(files) {
		switch {
		case e.compressed || e.info.Size() < place.Offset || except != nil && os.SameFile(e.info, except):
		case f.last.File != "" && inode(e.info) == place.Inode:
			order = slices.Insert(order, 0, i)
		case place.Mark != "":
			order = append(order, i)
		}
	}
	for _, i := range order {
		s, err := openSource(files[i].path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, 0, errMoved
		}
		if err != nil {
			return nil, 0, err
		}
		if s.seek(place.Offset, place.Mark, except == nil && inode(files[i].info) == place.Inode) {
			return s, i, nil
		}
		s.close()
	}
	return nil, 0, nil
}

// begin is a first start.
func (f *follower) begin(files []entry) (*source, int, error) {
	at := len(files) - 1
	if at < 0 || files[at].number != 0 {
		return nil, 0, &fs.PathError{Op: "open", Path: f.config.Path, Err: fs.ErrNotExist}
	}
	s, err := openSource(files[at].path)
	if err == nil && f.config.AtEnd && !f.looked { // what came into being since then is new
		s.toLastLine()
	}
	f.announce = true
	return s, at, err
}

// afterLoss opens the first file that may hold records after the last one read.
func (f *follower) afterLoss(files []entry) (*source, int, error) {
	for i, e := range files {
		if e.compressed || e.number != 0 && (f.last.LastAt.IsZero() || !lastRow(e, f.config.Zone).After(f.last.LastAt)) {
			continue
		}
		s, err := openSource(e.path)
		return s, i, err
	}
	return nil, 0, &fs.PathError{Op: "open", Path: f.config.Path, Err: fs.ErrNotExist}
}

func (f *follower) lost(files []entry) *Gap {
	if slices.ContainsFunc(files, func(e entry) bool { return e.compressed }) {
		return f.gap(Compressed)
	}
	return f.gap(Lost)
}

// rotated puts what has become the journal since the last look behind what is being read.
func (f *follower) rotated() error {
	files, err := chain(f.config.Path)
	if err != nil {
		return err
	}
	last := f.queue[len(f.queue)-1]
	if at := place(files, last); at >= 0 {
		return f.follow(files, at, nil)
	}
	// Deleted. All of it can still be read, but nobody knows what came and went behind it.
	at := len(files)
	for i, e := range slices.Backward(files) {
		if info := last.info(); e.number != 0 && (info == nil || !e.info.ModTime().After(info.ModTime())) {
			break
		}
		at = i
	}
	return f.follow(files, at-1, f.gap(Deleted))
}

// follow opens the files after one of them. What cannot be read in between is a gap.
func (f *follower) follow(files []entry, at int, missed *Gap) error {
	for i := at + 1; i < len(files); i++ {
		e := files[i]
		if missed == nil && i > 0 && hole(files[i-1], e) {
			missed = f.gap(Deleted)
		}
		if e.compressed {
			missed = f.gap(Compressed)
			continue
		}
		s, err := openSource(e.path)
		if err != nil {
			return fmt.Errorf("%w: %w", errMoved, err)
		}
		if !os.SameFile(s.info(), e.info) {
			s.close()
			return errMoved
		}
		s.gap, missed = missed, nil
		f.queue = append(f.queue, s)
	}
	return nil
}

// cut goes on after the first file lost what was read of it: in a copy that was made of it
// before, else at its beginning.
func (f *follower) cut() error {
	s := f.queue[0]
	f.records.forget()
	anew := &source{file: s.file, path: s.path, gap: f.gap(Truncated)}
	f.queue[0] = anew
	files, err := chain(f.config.Path)
	if err != nil {
		return err
	}
	read := telephony.Place{Inode: f.last.Inode, Offset: s.offset, Mark: markOf(s.head, s.before)}
	if s.offset == 0 { // half a record tells no copy from another file: what comes after the file before is read
		read = f.last.Place()
	}
	c, at, err := f.find(files, read, s.info())
	if err != nil || c == nil {
		return err
	}
	c.copy, c.gap = true, s.gap
	rest := f.queue
	f.queue = []*source{c}
	own := slices.IndexFunc(files, func(e entry) bool { return os.SameFile(e.info, anew.info()) })
	for i := at + 1; i < own; i++ { // rotated files between the copy and this one
		if files[i].compressed {
			continue
		}
		if between, err := openSource(files[i].path); err == nil {
			f.queue = append(f.queue, between)
		}
	}
	f.queue = append(f.queue, rest...)
	return nil
}
