package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"dutyline/recorder"
)

// Progress is told how far a long step is; total is 0 when it is not known.
type Progress func(step string, done, total int64)

// Check reads everything of a generation and compares it with the manifest. Lacks are
// recordings and kept files that cannot be restored; the error is about what nothing can be
// restored without.
func (f *Folder) Check(ctx context.Context, generation string, told Progress) (m Manifest, lacks []Problem, err error) {
	if m, _, err = f.Manifest(generation); err != nil {
		return m, nil, err
	}
	for _, own := range m.Files {
		told("check "+own.Name, 0, own.Size)
		if why := f.compare(ctx, path.Join(generations, generation, own.Name), own.sum()); why != "" {
			return m, nil, errors.Join(ctx.Err(), fmt.Errorf("generation %s in %s: %s %s; take another generation (%s)", generation, f.path, own.Name, why, f.others(generation)))
		}
	}
	for _, k := range m.Kept {
		if why := f.compare(ctx, keptAt(k.SHA256), k.sum()); why != "" {
			lacks = append(lacks, Problem{k.Name, why})
		}
	}
	var done int64
	err = f.eachListed(generation, func(i item) error {
		name := path.Join(recordings, i.path)
		size, _ := f.disk.size(name)
		if why := f.compare(ctx, name, sum{size, i.digest}); why != "" {
			lacks = append(lacks, Problem{name, why})
		}
		done += size
		told("check recordings", done, m.Recordings.Bytes)
		return ctx.Err()
	})
	return m, lacks, err
}

// compare says what is wrong with a file; empty when nothing is.
func (f *Folder) compare(ctx context.Context, name string, want sum) string {
	have, err := f.disk.sumOf(ctx, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "is gone from the backup"
	case err != nil:
		return fmt.Sprintf("cannot be read (%v)", remedy(f.path, err))
	case have != want:
		return "was altered in the backup: its bytes are not those that were written"
	}
	return ""
}

func (f *Folder) others(but string) string {
	all, _ := f.Generations()
	names := ""
	for _, name := range all {
		if name != but {
			names += " " + name
		}
	}
	if names == "" {
		return "there is no other here"
	}
	return "others are" + names
}

// eachListed tells of every recording of a generation, in order.
func (f *Folder) eachListed(generation string, tell func(item) error) error {
	in, err := f.disk.root.Open(path.Join(generations, generation, listName))
	if err != nil {
		return fmt.Errorf("read the list of recordings: %w", remedy(f.path, err))
	}
	defer in.Close()
	for list := newItems(in); ; {
		i, err := list.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the list of recordings of generation %s is damaged (%w): take another generation", generation, err)
		}
		if err := tell(i); err != nil {
			return err
		}
	}
}

// Proves compares a sealed recording in an archive with its row and says what is wrong with
// it; empty when nothing is.
func Proves(ctx context.Context, archive *os.Root, r recorder.Recording) string {
	have, err := disk{root: archive}.sumOf(ctx, r.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "it is not there"
	case err != nil:
		return fmt.Sprintf("it cannot be read (%v)", err)
	case have != (sum{r.Size, string(r.Digest)}):
		return "it is not what was sealed"
	}
	return ""
}
