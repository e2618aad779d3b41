package cel

import (
	"io/fs"
	"slices"
)

// Look says whether a journal can be read and of when its newest record is, as Status does of
// one that is followed. It reads once, follows nothing and changes nothing.
func Look(c Config) Status {
	t := New(c, nil)
	files, err := chain(t.config.Path)
	if at := len(files) - 1; err == nil && (at < 0 || files[at].number != 0) {
		err = &fs.PathError{Op: "open", Path: t.config.Path, Err: fs.ErrNotExist}
	}
	if s, opened := openSource(t.config.Path); opened == nil {
		s.close()
	} else if err == nil || !t.unwritten(opened) {
		err = opened
	}
	for _, e := range slices.Backward(files) {
		if t.status.LastRow.IsZero() && !e.compressed {
			t.status.LastRow = lastRow(e, t.config.Zone)
		}
	}
	t.status.Problem, t.status.Remedy = t.problem(err)
	t.status.Unwritten = err != nil && t.status.LastRow.IsZero() && t.unwritten(err)
	return t.status
}
