package backup

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"dutyline/recorder"
)

// Draft is a generation that is being made.
type Draft struct {
	folder   *Folder
	name     string // what it will be called
	hidden   string // its folder until then
	manifest Manifest
	known    *known // recordings that the newest finished generation proved
	previous *os.File

	list  *os.File // recordings.sha256
	lines *bufio.Writer
	touch string // folder of recordings that is still to be synced
	last  string // path of the recording before

	// Copied and Bytes are what of the recordings was new to the backup folder.
	Copied int
	Bytes  int64
}

// Begin makes a new generation of the log as it is at this instant. What an earlier run left
// unfinished is cleared away first.
func (f *Folder) Begin(at time.Time, program string, schema int64) (*Draft, error) {
	d := &Draft{folder: f, manifest: Manifest{Format: format, Program: program, Schema: schema, Log: f.mark.Log, At: at.UTC(),
		Files: []File{}, Kept: []File{}, Problems: []Problem{}, NotIncluded: []string{}}}
	err := f.clear()
	if err == nil {
		err = d.begin()
	}
	if err != nil {
		return nil, fmt.Errorf("begin a generation: %w", remedy(f.path, err))
	}
	return d, nil
}

func (d *Draft) begin() error {
	finished, _, err := d.folder.list()
	if err != nil {
		return err
	}
	d.name = freeName(d.manifest.At, finished)
	d.hidden = path.Join(generations, "."+d.name+".part")
	root := d.folder.disk.root
	if err := root.MkdirAll(d.hidden, 0o700); err != nil {
		return err
	}
	if len(finished) > 0 { // without its list the recordings are read once more, that is all
		d.previous, _ = root.Open(path.Join(generations, finished[len(finished)-1], listName))
	}
	d.known = newKnown(nil)
	if d.previous != nil {
		d.known = newKnown(newItems(d.previous))
	}
	d.list, err = root.OpenFile(path.Join(d.hidden, listName), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	d.lines = bufio.NewWriter(d.list)
	return nil
}

func freeName(at time.Time, taken []string) string {
	name := at.Format(stamp)
	for n := 2; ; n++ {
		free := true
		for _, t := range taken {
			free = free && t != name
		}
		if free {
			return name
		}
		name = at.Format(stamp) + "-" + strconv.Itoa(n)
	}
}

// clear removes what a run that was cut off left: hidden generations, and half-written files
// among the recordings, which are looked for only then.
func (f *Folder) clear() error {
	_, cut, err := f.list()
	if err != nil || len(cut) == 0 {
		return err
	}
	for _, top := range []string{recordings, keptFiles} {
		err := fs.WalkDir(f.disk.root.FS(), top, func(name string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() && strings.HasPrefix(e.Name(), ".") && strings.HasSuffix(e.Name(), ".part") {
				return f.disk.root.Remove(name)
			}
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for _, name := range cut { // last, so that a clearing that is cut off is repeated
		if err := f.disk.root.RemoveAll(path.Join(generations, name)); err != nil {
			return err
		}
	}
	return nil
}

// Name is what the generation will be called.
func (d *Draft) Name() string { return d.name }

// Left lists what an unfinished run left in a backup folder, as paths; nothing where the folder
// cannot be seen from here, which known says.
func Left(folder string) (paths []string, known bool) {
	if _, err := os.Stat(filepath.Join(folder, generations)); err != nil {
		return nil, false
	}
	paths, err := filepath.Glob(filepath.Join(folder, generations, ".*.part"))
	return paths, err == nil
}

// Abandon takes back a draft that cannot be finished. Recordings that were copied stay: the
// next run goes on from there.
func (d *Draft) Abandon() error {
	if d.hidden == "" {
		return nil
	}
	d.closeLists()
	return d.folder.clear()
}

func (d *Draft) closeLists() {
	d.hidden = ""
	_ = d.list.Close()
	if d.previous != nil {
		_ = d.previous.Close()
	}
}

// Path is where one of the generation's own files is to be written, by whoever makes it.
// Add takes it in afterwards.
func (d *Draft) Path(name string) string {
	return filepath.Join(d.folder.path, filepath.FromSlash(d.hidden), name)
}

// Add takes in a file that was written at Path.
func (d *Draft) Add(ctx context.Context, name string) error {
	at := path.Join(d.hidden, name)
	f, err := d.folder.disk.root.Open(at)
	if err == nil {
		defer f.Close()
		err = d.add(ctx, f, name, at)
	}
	if err != nil {
		return fmt.Errorf("keep %s: %w", name, remedy(d.folder.path, err))
	}
	return nil
}

func (d *Draft) add(ctx context.Context, f *os.File, name, at string) error {
	s, err := read(ctx, f)
	if err != nil {
		return err
	}
	if err := d.folder.disk.settle(f, at, s.Size); err != nil {
		return err
	}
	d.manifest.Files = append(d.manifest.Files, File{name, s.Size, s.SHA256})
	return nil
}

// AddText writes one of the generation's own files.
func (d *Draft) AddText(ctx context.Context, name, text string) error {
	s, err := d.folder.disk.write(ctx, path.Join(d.hidden, name), strings.NewReader(text), sum{})
	if err != nil {
		return fmt.Errorf("keep %s: %w", name, remedy(d.folder.path, err))
	}
	d.manifest.Files = append(d.manifest.Files, File{name, s.Size, s.SHA256})
	return nil
}

// Finish writes the manifest and gives the generation its name. From then on it counts.
func (d *Draft) Finish(ctx context.Context, checkpoint string, notIncluded []string) (name, digest string, m Manifest, err error) {
	d.manifest.Checkpoint, d.manifest.NotIncluded = checkpoint, append(d.manifest.NotIncluded, notIncluded...)
	if err = d.finish(ctx, &digest); err != nil {
		return "", "", d.manifest, fmt.Errorf("finish the generation: %w", remedy(d.folder.path, err))
	}
	return d.name, digest, d.manifest, nil
}

func (d *Draft) finish(ctx context.Context, digest *string) error {
	if err := d.lines.Flush(); err != nil {
		return err
	}
	if err := d.leave(""); err != nil {
		return err
	}
	if err := d.Add(ctx, listName); err != nil {
		return err
	}
	text, err := d.manifest.encode()
	if err != nil {
		return err
	}
	on := d.folder.disk
	s, err := on.write(ctx, path.Join(d.hidden, manifestName), strings.NewReader(string(text)), sum{})
	if err != nil {
		return err
	}
	*digest = s.SHA256
	if err := on.syncFolder(d.hidden); err != nil {
		return err
	}
	if err := on.step(stepRename, d.name); err != nil {
		return err
	}
	if err := on.root.Rename(d.hidden, path.Join(generations, d.name)); err != nil {
		return err
	}
	d.closeLists()
	return errors.Join(on.syncFolder(generations), on.syncFolder("."))
}

// Recording takes in one sealed recording; they come in the order of their paths. What is
// wrong with it is written down as a problem and does not hinder the others; the error is
// about the backup folder. It reports whether the backup holds the recording now.
func (d *Draft) Recording(ctx context.Context, archive *os.Root, r recorder.Recording) (held bool, err error) {
	i := item{string(r.Digest), r.Path}
	if err := i.check(); err != nil {
		d.problem(fmt.Sprintf("recording of call %s", r.CallID), fmt.Sprintf("the log's row names a file that cannot be one of the archive (%v)", err))
		return false, nil
	}
	if r.Path <= d.last {
		d.problem(fmt.Sprintf("recording of call %s", r.CallID), "the log's row names the file of another call")
		return false, nil
	}
	d.last = r.Path
	if err := d.leave(path.Dir(r.Path)); err != nil {
		return false, remedy(d.folder.path, err)
	}
	why, err := d.hold(ctx, archive, i, r.Size)
	if err != nil {
		return false, fmt.Errorf("keep recording %s: %w", r.Path, remedy(d.folder.path, err))
	}
	if why != "" {
		d.problem(path.Join(recordings, r.Path), why)
		return false, nil
	}
	d.manifest.Recordings.Count++
	d.manifest.Recordings.Bytes += r.Size
	_, err = d.lines.WriteString(i.line())
	return true, remedy(d.folder.path, err)
}

func (d *Draft) problem(name, why string) {
	d.manifest.Problems = append(d.manifest.Problems, Problem{name, why})
}

// hold makes sure that the backup has a recording; why says what stands against it.
func (d *Draft) hold(ctx context.Context, archive *os.Root, i item, size int64) (why string, err error) {
	on, name := d.folder.disk, path.Join(recordings, i.path)
	there, err := on.size(name)
	switch {
	case err == nil && there == size && d.known.has(i):
		return "", nil // proved when it was copied; restore proves it again
	case err == nil:
		have, err := on.sumOf(ctx, name)
		if err != nil {
			return "", err
		}
		if have == (sum{size, i.digest}) {
			return "", nil // a run that was cut off had copied it
		}
		return conflict(have, i), nil
	case !errors.Is(err, fs.ErrNotExist):
		return "", err
	}
	return d.copyIn(ctx, archive, i, size)
}

func conflict(have sum, i item) string {
	return fmt.Sprintf("the backup has another file under this name (SHA-256 %.12s…, the log says %.12s…); it was left as it is: compare both and move the wrong one away by hand", have.SHA256, i.digest)
}

func (d *Draft) copyIn(ctx context.Context, archive *os.Root, i item, size int64) (why string, err error) {
	in, err := archive.Open(i.path)
	if errors.Is(err, fs.ErrNotExist) {
		return "it is gone from the archive; put it back if there is another copy", nil
	}
	if err != nil {
		return fmt.Sprintf("it cannot be read in the archive (%v)", err), nil
	}
	defer in.Close()
	source := &watched{in: in}
	_, err = d.folder.disk.write(ctx, path.Join(recordings, i.path), source, sum{size, i.digest})
	switch {
	case errors.Is(err, errDiffers):
		return "it was altered in the archive: its bytes are not those that were sealed; put it back from an earlier copy", nil
	case source.failed != nil && ctx.Err() == nil:
		return fmt.Sprintf("it cannot be read in the archive (%v)", source.failed), nil
	case err != nil:
		return "", err
	}
	d.Copied++
	d.Bytes += size
	return "", nil
}

// watched remembers that reading failed, to tell the archive's disk from the backup's.
type watched struct {
	in     io.Reader
	failed error
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.in.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		w.failed = err
	}
	return n, err
}

// leave syncs the folder that the last recordings went into, once for all of them, when the
// next ones go elsewhere.
func (d *Draft) leave(next string) error {
	last := d.touch
	if last == next {
		return nil
	}
	d.touch = next
	if last == "" {
		return nil
	}
	for at := path.Join(recordings, last); ; at = path.Dir(at) {
		err := d.folder.disk.syncFolder(at)
		if errors.Is(err, fs.ErrNotExist) {
			err = nil // none of its recordings could be copied
		}
		if err != nil || at == "." {
			return err
		}
	}
}
