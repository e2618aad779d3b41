package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"path"

	"dutyline/recorder"
)

// Forget removes what is left here of erased recordings (path and digest are those of the file in the archive), once no
// generation lists them any more. Where a list cannot be read nothing goes. It names what it removed.
func (f *Folder) Forget(erased []recorder.Recording) (gone []string, err error) {
	left := map[string]bool{}
	for _, r := range erased {
		i := item{string(r.Digest), r.Path}
		if _, err := f.disk.size(path.Join(recordings, i.path)); i.check() == nil && err == nil {
			left[i.path] = true
		}
	}
	if len(left) == 0 {
		return nil, nil
	}
	all, err := f.Generations()
	if err != nil {
		return nil, err
	}
	for _, generation := range all {
		err := f.eachListed(generation, func(i item) error {
			delete(left, i.path)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for _, r := range erased {
		if !left[r.Path] {
			continue
		}
		name := path.Join(recordings, r.Path)
		if err := f.disk.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return gone, fmt.Errorf("remove %s: %w", name, remedy(f.path, err))
		}
		gone = append(gone, r.Path)
	}
	return gone, nil
}
