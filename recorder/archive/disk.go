package archive

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"syscall"

	"golang.org/x/sys/unix"
)

// disk is the archive's folder. No path leads out of it, whatever it says.
type disk struct {
	root  *os.Root
	fault func(step, path string) error // tests make a step fail; nil otherwise
}

// The steps of a durable write, in order.
const (
	stepFolder = "folder"
	stepCreate = "create"
	stepWrite  = "write"
	stepSync   = "sync"
	stepRename = "rename"
	stepSettle = "settle" // fsync of the folder
	stepRemove = "remove"
)

func (d disk) step(step, name string) error {
	if d.fault == nil {
		return nil
	}
	return d.fault(step, name)
}

// writeOnce is the one way in which a file enters the archive: temporary file in the same
// folder, length check, fsync, read-only, rename, fsync of the folder. fill writes the file
// and says how long it must be; keep is asked about a file that is there already and says
// whether it is the same, so that nothing is to be written (nil), or why not.
func (d disk) writeOnce(name string, fill func(*os.File) (int64, error), keep func(temp *os.File) error) error {
	if err := d.makeFolders(path.Dir(name)); err != nil {
		return err
	}
	temp := path.Join(path.Dir(name), "."+path.Base(name)+".part")
	if err := d.writeTemp(name, temp, fill, keep); err != nil {
		if d.step(stepRemove, temp) == nil {
			_ = d.root.Remove(temp) // what is left is replaced by the next try
		}
		return err
	}
	return d.syncFolder(path.Dir(name))
}

func (d disk) writeTemp(name, temp string, fill func(*os.File) (int64, error), keep func(*os.File) error) error {
	f, err := d.create(temp)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := d.complete(f, temp, fill); err != nil {
		return err
	}
	if _, err := d.root.Lstat(name); err == nil {
		if err := keep(f); err != nil {
			return err
		}
		return d.remove(temp)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := d.step(stepRename, name); err != nil {
		return err
	}
	return d.root.Rename(temp, name)
}

// complete writes a new file and makes it durable and read-only.
func (d disk) complete(f *os.File, temp string, fill func(*os.File) (int64, error)) error {
	if err := d.step(stepWrite, temp); err != nil {
		return err
	}
	want, err := fill(f)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() != want {
		return fmt.Errorf("the disk holds %d bytes of the %d that were written to %s", info.Size(), want, temp)
	}
	if err := f.Chmod(0o444); err != nil {
		return err
	}
	if err := d.step(stepSync, temp); err != nil {
		return err
	}
	return f.Sync()
}

// errNoFile says that what lies in a file's place is none.
var errNoFile = errors.New("it is no ordinary file")

// openRegular opens an ordinary file for reading and nothing else: a pipe would be waited for as
// long as nobody writes into it, and to open a device may do something. It is asked before and,
// because it may be changed in between, after; O_NONBLOCK means nothing to an ordinary file.
func (d disk) openRegular(name string) (*os.File, error) {
	info, err := d.root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errNoFile}
	}
	f, err := d.root.OpenFile(name, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: name, Err: errNoFile}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// create makes a new empty file in place of any that is there; read-only leftovers too.
func (d disk) create(name string) (*os.File, error) {
	if err := d.remove(name); err != nil {
		return nil, err
	}
	if err := d.step(stepCreate, name); err != nil {
		return nil, err
	}
	return d.root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
}

// scratch makes a file without a name: it is gone when it is closed, and after a crash too.
func (d disk) scratch(name string) (*os.File, error) {
	f, err := d.create(name)
	if err != nil {
		return nil, err
	}
	if err := d.remove(name); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// free is how many bytes of the disk may still be written.
func (d disk) free() (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(d.root.Name(), &s); err != nil {
		return 0, &fs.PathError{Op: "statfs", Path: d.root.Name(), Err: err}
	}
	return s.Bavail * uint64(s.Bsize), nil
}

// remove deletes a file; one that is not there is as good.
func (d disk) remove(name string) error {
	if err := d.step(stepRemove, name); err != nil {
		return err
	}
	if err := d.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// makeFolders makes a folder and those above it; each new one is made durable in its parent.
func (d disk) makeFolders(name string) error {
	if name == "." {
		return nil
	}
	if _, err := d.root.Stat(name); err == nil {
		return nil
	}
	if err := d.makeFolders(path.Dir(name)); err != nil {
		return err
	}
	if err := d.step(stepFolder, name); err != nil {
		return err
	}
	if err := d.root.Mkdir(name, 0o750); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return d.syncFolder(path.Dir(name))
}

func (d disk) syncFolder(name string) error {
	if err := d.step(stepSettle, name); err != nil {
		return err
	}
	f, err := d.root.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// remedy adds what to do about an error of the disk; callers say what was being done.
func remedy(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("the archive's disk is full; make room or move archive.folder to a larger disk, it goes on by itself: %w", err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("the archive's folder cannot be written; give it to the daemon's user and mount it writable: %w", err)
	case errors.Is(err, syscall.EIO):
		return fmt.Errorf("the archive's disk fails; check it (smartctl, kernel log) and replace it: %w", err)
	}
	return err
}

// limited stops a side that is longer than any call.
type limited struct {
	to   io.Writer
	left int64
}

func (l *limited) Write(p []byte) (int, error) {
	if l.left -= int64(len(p)); l.left < 0 {
		return 0, corrupt(fmt.Sprintf("it is longer than %d hours", longest/3600))
	}
	return l.to.Write(p)
}
