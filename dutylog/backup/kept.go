package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
)

// keptAt is where the backup keeps one state of a file that grows or is replaced.
func keptAt(digest string) string { return path.Join(keptFiles, digest[:2], digest) }

// Keep takes in the present state of a file that may grow meanwhile, such as a tape. The same
// state is kept once, whatever it is called and however many generations name it.
func (d *Draft) Keep(ctx context.Context, folder *os.Root, name, as string) error {
	f, err := folder.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // removed by age since it was listed
	}
	if err != nil {
		d.problem(as, fmt.Sprintf("it cannot be read (%v)", err))
		return nil
	}
	defer f.Close()
	s, err := d.keep(ctx, f)
	switch {
	case errors.Is(err, errDiffers):
		d.problem(as, "it changed while it was read; the next backup takes it")
		return nil
	case err != nil:
		return fmt.Errorf("keep %s: %w", as, remedy(d.folder.path, err))
	}
	d.manifest.Kept = append(d.manifest.Kept, File{as, s.Size, s.SHA256})
	return nil
}

func (d *Draft) keep(ctx context.Context, f *os.File) (sum, error) {
	s, err := read(ctx, f)
	if err != nil {
		return s, err
	}
	at, on := keptAt(s.SHA256), d.folder.disk
	if there, err := on.size(at); err == nil && there == s.Size {
		return s, nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return s, err
	}
	if _, err := on.write(ctx, at, io.LimitReader(f, s.Size), s); err != nil {
		return s, err
	}
	return s, errors.Join(on.syncFolder(path.Dir(at)), on.syncFolder(keptFiles))
}

// KeepAll takes in every file of a folder, as as/NAME. A folder that is not there has none.
func (d *Draft) KeepAll(ctx context.Context, folder, as string) error {
	root, err := os.OpenRoot(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		d.problem(as, fmt.Sprintf("folder %s cannot be read (%v)", folder, err))
		return nil
	}
	defer root.Close()
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		d.problem(as, fmt.Sprintf("folder %s cannot be read (%v)", folder, err))
		return nil
	}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		if err := d.Keep(ctx, root, e.Name(), path.Join(as, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// Newest are the newest n generations, which Prune leaves, the oldest first; all of them when n is 0.
func (f *Folder) Newest(n int) ([]string, error) {
	all, err := f.Generations()
	if n < 1 || len(all) <= n {
		return all, err
	}
	return all[len(all)-n:], err
}

// Prune removes the oldest generations beyond the newest n, and files that no generation names
// any more. Recordings stay; see Forget. It names what it removed.
func (f *Folder) Prune(n int) ([]string, error) {
	all, err := f.Generations()
	if err != nil || n < 1 || len(all) <= n {
		return nil, err
	}
	var gone []string
	for _, name := range all[:len(all)-n] {
		hidden := path.Join(generations, "."+name+".part") // so that one removed in part never counts
		if err := f.disk.root.Rename(path.Join(generations, name), hidden); err != nil {
			return gone, fmt.Errorf("remove generation %s: %w", name, remedy(f.path, err))
		}
		if err := f.disk.root.RemoveAll(hidden); err != nil {
			return gone, fmt.Errorf("remove generation %s: %w", name, remedy(f.path, err))
		}
		gone = append(gone, name)
	}
	return gone, f.pruneKept(all[len(all)-n:])
}

// pruneKept leaves everything when a manifest cannot be read.
func (f *Folder) pruneKept(left []string) error {
	named := map[string]bool{}
	for _, generation := range left {
		m, _, err := f.Manifest(generation)
		if err != nil {
			return err
		}
		for _, k := range m.Kept {
			named[keptAt(k.SHA256)] = true
		}
	}
	err := fs.WalkDir(f.disk.root.FS(), keptFiles, func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && !named[name] {
			return f.disk.root.Remove(name)
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// KeepProved takes in a file that never changes and whose digest is known. What is gone or altered
// is written down as a problem and does not hinder the others.
func (d *Draft) KeepProved(ctx context.Context, folder *os.Root, name string, want File) error {
	f, err := folder.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		d.problem(want.Name, "it is gone; put it back if there is another copy")
		return nil
	}
	if err != nil {
		d.problem(want.Name, fmt.Sprintf("it cannot be read (%v)", err))
		return nil
	}
	defer f.Close()
	s, err := d.keep(ctx, f)
	switch {
	case err != nil:
		return fmt.Errorf("keep %s: %w", want.Name, remedy(d.folder.path, err))
	case s.SHA256 != want.SHA256 || s.Size != want.Size:
		d.problem(want.Name, "it was altered: its bytes are not those that were kept; put it back from an earlier copy")
		return nil
	}
	d.manifest.Kept = append(d.manifest.Kept, want)
	return nil
}
