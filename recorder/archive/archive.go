package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/prometheus/client_golang/prometheus"

	"dutyline/recorder"
	"dutyline/telephony"
)

// intake is the folder for what was fetched and is not yet sealed. It is on the archive's
// own disk, so that a full disk is met before anything is sealed.
const intake = "intake"

// Rows finds the row of a call's recording; every recorder.Store does.
type Rows interface {
	Recording(ctx context.Context, callID string) (recorder.Recording, error)
}

// Archive keeps sealed recordings in one folder of the local disk. It is a recorder.Archive,
// and what web plays recordings from. It may be used from many goroutines, but only one may
// work on one call's intake and seal at a time.
type Archive struct {
	disk    disk
	keys    *Keys
	reserve uint64
	rows    Rows
	proofs  proofs
	waves   *waves
	metrics metrics
}

var _ recorder.Archive = (*Archive)(nil)

// Options of an archive.
type Options struct {
	Keys    *Keys  // required; NoKeys where they cannot be read
	Reserve uint64 // bytes of the disk that are left for the duty log: below, nothing more is archived
}

// New opens the archive in folder and makes the folder when it is not there.
func New(folder string, o Options, rows Rows, registry prometheus.Registerer) (*Archive, error) {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, fmt.Errorf("make the archive's folder %s: %w", folder, remedy(err))
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("open the archive's folder %s: %w", folder, remedy(err))
	}
	a := &Archive{disk: disk{root: root}, keys: o.Keys, reserve: o.Reserve, rows: rows, waves: newWaves(), metrics: newMetrics(registry)}
	if err := a.disk.makeFolders(intake); err != nil {
		root.Close()
		return nil, fmt.Errorf("make the archive's intake in %s: %w", folder, remedy(err))
	}
	return a, nil
}

// Close lets go of the folder.
func (a *Archive) Close() error { return a.disk.root.Close() }

func intakePath(callID string, s recorder.Side) (string, error) {
	name, err := recorder.FileName(callID)
	return path.Join(intake, name+"-"+string(s)+".wav"), err
}

// Receive implements recorder.Archive. What fetch delivered is in the intake afterwards,
// also when it turns out to be unfinished or no recording at all; a header alone is not.
func (a *Archive) Receive(ctx context.Context, callID string, s recorder.Side, fetch func(io.Writer) (int64, error)) (recorder.Received, error) {
	var got recorder.Received
	name, err := intakePath(callID, s)
	if err != nil {
		return got, err
	}
	if err := a.Room(); err != nil {
		return got, err
	}
	f := &intakeFile{disk: a.disk, name: name}
	defer f.Close()
	n, err := fetch(&limited{to: f, left: largestFile})
	if errors.Is(err, telephony.ErrNotFound) {
		_ = a.disk.remove(name)
		return recorder.Received{State: recorder.Absent}, err
	}
	if err != nil {
		return got, remedy(err)
	}
	if err := a.disk.step(stepWrite, name); err != nil {
		return got, remedy(err)
	}
	content, size, err := f.content()
	if err != nil {
		return got, remedy(err)
	}
	if size != n {
		return got, fmt.Errorf("the disk holds %d bytes of the %d that the switch delivered", size, n)
	}
	w, err := readWAV(content, size)
	if err != nil {
		return got, err
	}
	got = recorder.Received{State: recorder.Unfinished, Bytes: size, Samples: w.samples}
	if w.whole {
		got.State = recorder.Whole
	}
	return got, ctx.Err()
}

// Discard implements recorder.Archive.
func (a *Archive) Discard(_ context.Context, callID string) error {
	for _, s := range recorder.Sides() {
		name, err := intakePath(callID, s)
		if err == nil {
			err = a.disk.remove(name)
		}
		if err != nil {
			return fmt.Errorf("empty the intake of call %s: %w", callID, remedy(err))
		}
	}
	return nil
}

// side is one side in the intake; without a file it is silent.
type side struct {
	file *os.File
	wav  wav
}

func (a *Archive) openIntake(callID string) (sides [2]side, err error) {
	for i, s := range recorder.Sides() {
		if sides[i], err = a.openSide(callID, s); err != nil {
			closeSides(sides)
			return sides, err
		}
	}
	return sides, nil
}

func (a *Archive) openSide(callID string, s recorder.Side) (side, error) {
	name, err := intakePath(callID, s)
	if err != nil {
		return side{}, err
	}
	f, err := a.disk.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return side{}, nil
	}
	if err != nil {
		return side{}, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return side{}, err
	}
	w, err := readWAV(f, info.Size())
	if err != nil {
		f.Close()
		return side{}, err
	}
	return side{file: f, wav: w}, nil
}

func closeSides(sides [2]side) {
	for _, s := range sides {
		if s.file != nil {
			s.file.Close()
		}
	}
}

// checkPath checks a row's path before it touches the disk.
func checkPath(r recorder.Recording) error {
	if !filepath.IsLocal(r.Path) || path.Ext(r.Path) != ".flac" || path.Clean(r.Path) != r.Path {
		return fmt.Errorf("the row of call %s names the file %q, which is no place in the archive", r.CallID, r.Path)
	}
	return nil
}

// Room says why nothing more may be archived: the rest of the disk is the duty log's. It is
// asked again at the next try, so that archiving goes on by itself when there is room.
func (a *Archive) Room() error {
	free, err := a.disk.free()
	if err != nil {
		return fmt.Errorf("look at the archive's disk: %w", remedy(err))
	}
	if free < a.reserve {
		return fmt.Errorf("%d MB are free on the archive's disk, less than the reserve of %d MB (disk.reserve_mb) that is left to the duty log; "+
			"make room or move archive.folder to a larger disk, it goes on by itself and the switch keeps the originals", free>>20, a.reserve>>20)
	}
	return nil
}
