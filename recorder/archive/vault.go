package archive

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"dutyline/recorder"
)

// Vault keeps other files than recordings in one folder, encrypted with the same keys and written
// with the same care. A file is known by its content; one that is there is never written again.
type Vault struct {
	disk    disk
	keys    *Keys
	reserve uint64
}

// OpenVault opens the folder and makes it when it is not there.
func OpenVault(folder string, o Options) (*Vault, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder %s: %w", folder, remedy(err))
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("open the folder %s: %w", folder, remedy(err))
	}
	return &Vault{disk: disk{root: root}, keys: o.Keys, reserve: o.Reserve}, nil
}

// Close lets go of the folder.
func (v *Vault) Close() error { return v.disk.root.Close() }

// Folder is where the files lie.
func (v *Vault) Folder() string { return filepath.Clean(v.disk.root.Name()) }

func vaultName(d recorder.Digest) (string, error) {
	if !d.Valid() {
		return "", fmt.Errorf("%.20q is no digest of a file", string(d))
	}
	return string(d) + recorder.EncryptedSuffix, nil
}

// Receive takes a file of at most so many bytes. It is put together in a file without a name, which
// is gone whatever happens; judge sees all of it before anything is kept.
func (v *Vault) Receive(ctx context.Context, from io.Reader, most int64, judge func(io.ReaderAt, int64) error) (recorder.SealedFile, error) {
	if err := errors.Join(v.room(), v.keys.Err()); err != nil {
		return recorder.SealedFile{}, err
	}
	temp, err := os.CreateTemp(v.Folder(), ".received-*.part")
	if err != nil {
		return recorder.SealedFile{}, remedy(err)
	}
	defer temp.Close()
	if err := os.Remove(temp.Name()); err != nil {
		return recorder.SealedFile{}, remedy(err)
	}
	n, err := io.Copy(temp, io.LimitReader(cancelable{ctx, from}, most+1))
	switch {
	case n > most:
		return recorder.SealedFile{}, recorder.ErrTooLarge
	case err != nil:
		return recorder.SealedFile{}, remedy(err)
	}
	if err := judge(temp, n); err != nil {
		return recorder.SealedFile{}, err
	}
	k, err := v.seal(ctx, temp)
	return k, remedy(err)
}

func (v *Vault) seal(ctx context.Context, plain *os.File) (k recorder.SealedFile, err error) {
	if k.Digest, k.Size, err = digest(ctx, plain); err != nil {
		return k, err
	}
	name, err := vaultName(k.Digest)
	if err != nil {
		return k, err
	}
	fill := func(f *os.File) (int64, error) {
		var err error
		k.FileDigest, k.FileSize, err = v.encrypt(ctx, plain, f)
		return k.FileSize, err
	}
	err = v.disk.writeOnce(name, fill, func(*os.File) error { return v.keep(ctx, name, &k) })
	return k, err
}

func (v *Vault) encrypt(ctx context.Context, plain, f *os.File) (recorder.Digest, int64, error) {
	if _, err := plain.Seek(0, io.SeekStart); err != nil {
		return "", 0, err
	}
	out := bufio.NewWriterSize(f, 64<<10)
	w, err := v.keys.Encrypt(out)
	if err != nil {
		return "", 0, err
	}
	_, err = io.CopyBuffer(w, readerOnly{cancelable{ctx, plain}}, make([]byte, 64<<10))
	if err := errors.Join(err, w.Close(), out.Flush()); err != nil {
		return "", 0, err
	}
	return digest(ctx, f)
}

// keep decides about a file of that name which is there already: it stays when it holds what its
// name says.
func (v *Vault) keep(ctx context.Context, name string, k *recorder.SealedFile) error {
	f, err := v.disk.openRegular(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if k.FileDigest, k.FileSize, err = digest(ctx, f); err != nil {
		return err
	}
	stream, err := v.inside(f)
	if err != nil {
		return err
	}
	have, size, err := digest(ctx, stream)
	if err != nil || have != k.Digest || size != k.Size {
		return fmt.Errorf("%w (%s holds something else: %v); look at it and move it away by hand", recorder.ErrConflict, name, err)
	}
	return nil
}

func (v *Vault) inside(f *os.File) (io.ReadSeeker, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	plain, size, err := v.keys.DecryptAt(f, info.Size())
	if err != nil {
		return nil, err
	}
	return io.NewSectionReader(plain, 0, size), nil
}

// open opens the file of a content; one that is gone is an altered one.
func (v *Vault) open(k recorder.SealedFile) (*os.File, error) {
	name, err := vaultName(k.Digest)
	if err != nil {
		return nil, err
	}
	f, err := v.disk.openRegular(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNoFile) {
		return nil, fmt.Errorf("%w: %s is gone; put it back from the backup", recorder.ErrAltered, name)
	}
	return f, remedy(err)
}

// Open gives a file as it was received, after both its digests were compared.
func (v *Vault) Open(ctx context.Context, k recorder.SealedFile) (io.ReadSeekCloser, error) {
	f, err := v.open(k)
	if err != nil {
		return nil, err
	}
	stream, err := v.prove(ctx, f, k)
	if err != nil {
		f.Close()
		return nil, err
	}
	return playable{stream, f}, nil
}

func (v *Vault) prove(ctx context.Context, f *os.File, k recorder.SealedFile) (io.ReadSeeker, error) {
	if err := same(ctx, f, k.FileDigest); err != nil {
		return nil, err
	}
	stream, err := v.inside(f)
	switch {
	case errors.Is(err, recorder.ErrNoKey):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: it cannot be decrypted (%v); put it back from the backup", recorder.ErrAltered, err)
	}
	if err := same(ctx, stream, k.Digest); err != nil {
		return nil, err
	}
	_, err = stream.Seek(0, io.SeekStart)
	return stream, err
}

func same(ctx context.Context, f io.ReadSeeker, want recorder.Digest) error {
	have, _, err := digest(ctx, f)
	if err == nil && have != want {
		err = fmt.Errorf("%w: it has digest %.12s…, kept was %.12s…; put it back from the backup", recorder.ErrAltered, have, want)
	}
	return err
}

// VerifyFile proves without any key that the file on the disk is the one that was kept.
func (v *Vault) VerifyFile(ctx context.Context, k recorder.SealedFile) error {
	f, err := v.open(k)
	if err != nil {
		return err
	}
	defer f.Close()
	return same(ctx, f, k.FileDigest)
}

// Remove deletes a file; a decision to do so was written down before. One that is gone is as good.
func (v *Vault) Remove(d recorder.Digest) error {
	name, err := vaultName(d)
	if err != nil {
		return err
	}
	if err := errors.Join(v.disk.remove(name), v.disk.syncFolder(".")); err != nil {
		return fmt.Errorf("delete the file %s: %w", name, remedy(err))
	}
	return nil
}

// room refuses when only the duty log's reserve is left.
func (v *Vault) room() error {
	free, err := v.disk.free()
	if err == nil && free < v.reserve {
		err = fmt.Errorf("the disk has %d MB left, which are kept for the duty log: make room, then attach it again", free>>20)
	}
	return err
}
