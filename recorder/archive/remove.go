package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"path"

	"dutyline/recorder"
)

// Remove deletes a call's sealed file; a decision to do so was written down before. It may be
// repeated: one that is gone already is as good.
func (a *Archive) Remove(r recorder.Recording) error {
	if err := checkPath(r); err != nil {
		return err
	}
	for _, name := range []string{r.Path + recorder.EncryptedSuffix, r.Path} {
		if err := a.disk.remove(name); err != nil {
			return fmt.Errorf("delete the recording of call %s: %w", r.CallID, remedy(err))
		}
	}
	if err := a.disk.syncFolder(path.Dir(r.Path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete the recording of call %s: %w", r.CallID, remedy(err))
	}
	return nil
}
