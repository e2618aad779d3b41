package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

// Target is where a restored system lies.
type Target struct {
	Log        string            // file
	Recordings string            // folder
	Kept       map[string]string // folder by the first part of a kept file's name; others are left out
	Config     string            // file of the configuration's copy; empty: it is left out
}

// Free refuses a target in which there is a duty log.
func (t Target) Free() error {
	for _, name := range []string{t.Log, t.Log + "-wal"} {
		if _, err := os.Lstat(name); err == nil {
			return fmt.Errorf("there is a duty log already (%s): nothing was touched; stop dutyline and move it aside with its -wal and -shm files (do not delete them), then restore again, or restore --into another folder", name)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("look at the place of the duty log: %w", remedy(filepath.Dir(t.Log), err))
		}
	}
	return nil
}

// Restoration is a generation on its way to a target. Nothing counts before Finish: until then
// the log lies beside its place under a name of its own.
type Restoration struct {
	folder     *Folder
	generation string
	manifest   Manifest
	target     Target
	archive    disk
	missing    map[string]bool // names that are left out
	present    int64           // bytes of recordings that are there already
}

// Restore prepares to restore what Check found whole. It refuses to touch a log that is there
// and recordings that are others than the backup's.
func (f *Folder) Restore(ctx context.Context, generation string, m Manifest, leaveOut []Problem, t Target) (*Restoration, error) {
	if err := t.Free(); err != nil {
		return nil, err
	}
	root, err := makeFolder(t.Recordings)
	if err != nil {
		return nil, err
	}
	r := &Restoration{folder: f, generation: generation, manifest: m, target: t, missing: map[string]bool{},
		archive: disk{root: root, mode: 0o444, fault: f.disk.fault}} // as sealing leaves them; the folder is private
	for _, l := range leaveOut {
		r.missing[l.Name] = true
	}
	if err := errors.Join(r.lookAtArchive(ctx), r.lookForRoom()); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// makeFolder makes a private folder and opens it.
func makeFolder(name string) (*os.Root, error) {
	if err := os.MkdirAll(name, 0o700); err != nil {
		return nil, fmt.Errorf("make folder %s: %w", name, remedy(name, err))
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fmt.Errorf("open folder %s: %w", name, remedy(name, err))
	}
	return root, nil
}

// Close lets go of the target's folders.
func (r *Restoration) Close() error { return r.archive.root.Close() }

// lookAtArchive finds recordings in the target that are others than the backup's.
func (r *Restoration) lookAtArchive(ctx context.Context) error {
	var others []string
	err := r.folder.eachListed(r.generation, func(i item) error {
		have, err := r.archive.sumOf(ctx, i.path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return fmt.Errorf("look at %s: %w", i.path, remedy(r.target.Recordings, err))
		case have.SHA256 == i.digest:
			r.present += have.Size
		default:
			others = append(others, i.path)
		}
		return nil
	})
	if err == nil && len(others) > 0 {
		err = fmt.Errorf("%s holds %d recording(s) that differ from the backup's (%s): nothing was touched; move that folder aside, or restore --into another one",
			r.target.Recordings, len(others), some(others))
	}
	return err
}

func some(names []string) string {
	const shown = 3
	if len(names) > shown {
		return strings.Join(names[:shown], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}

// lookForRoom refuses early what would fill a disk.
func (r *Restoration) lookForRoom() error {
	log, _ := r.manifest.file(LogName)
	need := map[string]int64{r.target.Recordings: r.manifest.Recordings.Bytes - r.present}
	need[existing(filepath.Dir(r.target.Log))] += log.Size
	for _, k := range r.manifest.Kept {
		if folder, ok := r.place(k); ok {
			need[existing(filepath.Dir(folder))] += k.Size
		}
	}
	type room struct {
		need, free int64
		folder     string
	}
	disks := map[syscall.Fsid]room{}
	for folder, bytes := range need {
		var s syscall.Statfs_t
		if err := syscall.Statfs(folder, &s); err != nil {
			return fmt.Errorf("look for room in %s: %w", folder, remedy(folder, err))
		}
		d := disks[s.Fsid]
		disks[s.Fsid] = room{d.need + bytes, int64(s.Bavail) * s.Bsize, folder}
	}
	for _, d := range disks {
		if d.need > d.free {
			return fmt.Errorf("the disk of %s has %.1f GB free, the backup needs %.1f: nothing was touched; make room or take a larger disk", d.folder, gb(d.free), gb(d.need))
		}
	}
	return nil
}

func gb(bytes int64) float64 { return float64(bytes) / (1 << 30) }

// existing is the nearest folder above that is there.
func existing(name string) string {
	for {
		if info, err := os.Stat(name); err == nil && info.IsDir() || name == filepath.Dir(name) {
			return name
		}
		name = filepath.Dir(name)
	}
}

// place is where a kept file goes.
func (r *Restoration) place(k File) (string, bool) {
	first, rest, found := strings.Cut(k.Name, "/")
	folder, wanted := r.target.Kept[first]
	if !found || !wanted || r.missing[k.Name] || !filepath.IsLocal(rest) || strings.Contains(rest, "/") {
		return "", false
	}
	return filepath.Join(folder, rest), true
}

// Place is where the log lies until Finish: open it, prove it, close it.
func (r *Restoration) Place() string { return r.target.Log + ".restoring" }

// Run brings everything to its place; what an earlier run brought is kept.
func (r *Restoration) Run(ctx context.Context, told Progress) error {
	if err := r.recordings(ctx, told); err != nil {
		return err
	}
	for _, k := range r.manifest.Kept {
		if to, ok := r.place(k); ok {
			if err := r.bring(ctx, keptAt(k.SHA256), to, k.sum()); err != nil {
				return err
			}
		}
	}
	own := path.Join(generations, r.generation)
	if f, there := r.manifest.file(ConfigName); there && r.target.Config != "" {
		if err := r.bring(ctx, path.Join(own, ConfigName), r.target.Config, f.sum()); err != nil {
			return err
		}
	}
	told("restore the log", 0, 0)
	f, _ := r.manifest.file(LogName)
	for _, side := range []string{"", "-wal", "-shm", "-journal"} { // of a run that was cut off
		if err := os.Remove(r.Place() + side); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("clear away %s: %w", r.Place()+side, remedy(filepath.Dir(r.target.Log), err))
		}
	}
	return r.bring(ctx, path.Join(own, LogName), r.Place(), f.sum())
}

func (r *Restoration) recordings(ctx context.Context, told Progress) error {
	var done int64
	folders := map[string]bool{}
	err := r.folder.eachListed(r.generation, func(i item) error {
		if r.missing[path.Join(recordings, i.path)] {
			return nil
		}
		size, err := r.recording(ctx, i)
		if err != nil {
			return fmt.Errorf("restore recording %s: %w", i.path, remedy(r.target.Recordings, err))
		}
		for at := path.Dir(i.path); !folders[at]; at = path.Dir(at) {
			folders[at] = true
		}
		done += size
		told("restore recordings", done, r.manifest.Recordings.Bytes)
		return nil
	})
	for folder := range folders {
		err = errors.Join(err, r.archive.syncFolder(folder))
	}
	return err
}

// recording copies one file and proves it on the way.
func (r *Restoration) recording(ctx context.Context, i item) (int64, error) {
	if size, err := r.archive.size(i.path); err == nil {
		return size, nil // it was compared when the restoration was prepared
	}
	in, err := r.folder.disk.root.Open(path.Join(recordings, i.path))
	if err != nil {
		return 0, err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return 0, err
	}
	s, err := r.archive.write(ctx, i.path, in, sum{info.Size(), i.digest})
	return s.Size, err
}

// bring writes one other file; what is there under its name must be the same.
func (r *Restoration) bring(ctx context.Context, name, to string, want sum) error {
	root, err := makeFolder(filepath.Dir(to))
	if err != nil {
		return err
	}
	defer root.Close()
	on := disk{root: root, mode: 0o600, fault: r.folder.disk.fault}
	have, err := on.sumOf(ctx, filepath.Base(to))
	if err == nil && have == want {
		return nil
	}
	if err == nil {
		return fmt.Errorf("%s is there already and differs from the backup's: move it aside, then restore again", to)
	}
	in, err := r.folder.disk.root.Open(name)
	if err == nil {
		defer in.Close()
		_, err = on.write(ctx, filepath.Base(to), in, want)
	}
	if err == nil {
		err = on.syncFolder(".")
	}
	if err != nil {
		return fmt.Errorf("restore %s: %w", to, remedy(filepath.Dir(to), err))
	}
	return nil
}

// Finish gives the log its name. From then on the target is a duty log with its recordings.
func (r *Restoration) Finish() error {
	folder := filepath.Dir(r.target.Log)
	root, err := makeFolder(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	on := disk{root: root, fault: r.folder.disk.fault}
	log, err := root.Open(filepath.Base(r.Place()))
	if err == nil {
		err = errors.Join(log.Sync(), log.Close())
	}
	if err == nil {
		err = on.step(stepRename, filepath.Base(r.target.Log))
	}
	if err == nil { // a link, unlike a renaming, never replaces a log that appeared meanwhile
		err = root.Link(filepath.Base(r.Place()), filepath.Base(r.target.Log))
	}
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EPERM) {
		err = root.Rename(filepath.Base(r.Place()), filepath.Base(r.target.Log))
	} else if err == nil {
		err = root.Remove(filepath.Base(r.Place()))
	}
	if err == nil {
		err = on.syncFolder(".")
	}
	if err != nil {
		return fmt.Errorf("give the restored log its name %s: %w", r.target.Log, remedy(folder, err))
	}
	return nil
}
