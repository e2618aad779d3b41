package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"syscall"
)

// disk is a folder that files enter in one way only. No path leads out of it.
type disk struct {
	root  *os.Root
	mode  fs.FileMode                   // of finished files; 0: only the owner reads, nobody writes
	fault func(step, name string) error // tests make a step fail; nil otherwise
}

// The steps of a durable write, in order.
const (
	stepWrite  = "write"
	stepSync   = "sync"
	stepRename = "rename"
)

func (d disk) step(step, name string) error {
	if d.fault == nil {
		return nil
	}
	return d.fault(step, name)
}

// sum is what a file is known by.
type sum struct {
	Size   int64
	SHA256 string
}

// errDiffers says that the bytes are not those that were promised.
var errDiffers = errors.New("its bytes are not those that were sealed")

// write makes a file of what in gives: temporary file, fsync, read-only, rename. A want with a
// digest must be met, else nothing appears. What is there under that name is replaced, so ask
// before. The folder is the caller's to sync, once for many files.
func (d disk) write(ctx context.Context, name string, in io.Reader, want sum) (sum, error) {
	if err := d.root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return sum{}, err
	}
	temp := path.Join(path.Dir(name), "."+path.Base(name)+".part")
	got, err := d.fill(ctx, temp, in, want)
	if err == nil {
		err = d.step(stepRename, name)
	}
	if err == nil {
		err = d.root.Rename(temp, name)
	}
	if err != nil {
		_ = d.root.Remove(temp) // a leftover is replaced by the next try
	}
	return got, err
}

func (d disk) fill(ctx context.Context, temp string, in io.Reader, want sum) (sum, error) {
	if err := d.root.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return sum{}, err
	}
	f, err := d.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return sum{}, err
	}
	defer f.Close()
	if err := d.step(stepWrite, temp); err != nil {
		return sum{}, err
	}
	got, err := read(ctx, io.TeeReader(in, f))
	if err != nil {
		return got, err
	}
	if want.SHA256 != "" && got != want {
		return got, errDiffers
	}
	return got, d.settle(f, temp, got.Size)
}

// settle makes a written file durable and read-only.
func (d disk) settle(f *os.File, name string, size int64) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() != size {
		return fmt.Errorf("the disk holds %d bytes of the %d that were written", info.Size(), size)
	}
	mode := d.mode
	if mode == 0 {
		mode = 0o400
	}
	if err := f.Chmod(mode); err != nil && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, errors.ErrUnsupported) {
		return err // it is our file: what is refused here is not known to the file system, as on many USB disks
	}
	if err := d.step(stepSync, name); err != nil {
		return err
	}
	return f.Sync()
}

// syncFolder makes names in a folder durable. Some file systems of network and USB disks
// cannot; they write names at once.
func (d disk) syncFolder(name string) error {
	f, err := d.root.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

// sumOf reads a file.
func (d disk) sumOf(ctx context.Context, name string) (sum, error) {
	f, err := d.root.Open(name)
	if err != nil {
		return sum{}, err
	}
	defer f.Close()
	return read(ctx, f)
}

func (d disk) size(name string) (int64, error) {
	info, err := d.root.Stat(name)
	if err != nil {
		return 0, err
	}
	if !info.Mode().IsRegular() {
		return 0, fmt.Errorf("%s is no file", name)
	}
	return info.Size(), nil
}

// read takes everything in and says what it was.
func read(ctx context.Context, in io.Reader) (sum, error) {
	h := sha256.New()
	n, err := io.CopyBuffer(struct{ io.Writer }{h}, cancelable{ctx, in}, make([]byte, 256<<10))
	return sum{n, hex.EncodeToString(h.Sum(nil))}, err
}

// cancelable reads until its context ends.
type cancelable struct {
	ctx context.Context
	in  io.Reader
}

func (c cancelable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.in.Read(p)
}

// remedy adds what to do about an error of a disk.
func remedy(folder string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("the disk of %s is full: make room there or take a larger disk, then run it again: %w", folder, err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%s cannot be used by this user: run it as the daemon's user, give the folder to that user and mount it writable: %w", folder, err)
	case errors.Is(err, syscall.EIO):
		return fmt.Errorf("the disk of %s fails: check it (smartctl, kernel log) and replace it: %w", folder, err)
	}
	return err
}
