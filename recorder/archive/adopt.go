package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"dutyline/recorder"
)

// Adopt implements recorder.Archive.
func (a *Archive) Adopt(ctx context.Context, r recorder.Recording) (recorder.Seal, error) {
	var s recorder.Seal
	if err := checkPath(r); err != nil {
		return s, err
	}
	f, name, err := a.openLying(r)
	if err != nil {
		return s, err
	}
	defer f.Close()
	encrypted := name != r.Path
	if encrypted {
		if s.FileDigest, s.FileSize, err = digest(ctx, f); err != nil {
			return s, fmt.Errorf("read %s: %w", name, remedy(err))
		}
	}
	stream, err := a.inside(f, encrypted)
	if err == nil {
		s.Digest, s.Size, err = digest(ctx, stream)
	}
	var sound heard
	if err == nil {
		sound, err = hearAll(ctx, stream)
	}
	switch {
	case ctx.Err() != nil:
		return s, ctx.Err()
	case errors.Is(err, recorder.ErrNoKey):
		return s, err
	case err != nil:
		return s, fmt.Errorf("%w: %s cannot be read as a recording (%v); put it back from the backup", recorder.ErrAltered, name, err)
	}
	s.Duration, s.Far, s.Officer = sound.duration, sound.sides[0].Level(), sound.sides[1].Level()
	a.waves.put(s.Digest, sound.peaks())
	return s, nil
}

// openLying opens what lies in a row's place, whatever the row knows of it.
func (a *Archive) openLying(r recorder.Recording) (f *os.File, name string, err error) {
	for _, name = range []string{r.Path, r.Path + recorder.EncryptedSuffix} { // in the order of store
		f, err = a.disk.openRegular(name)
		if !errors.Is(err, fs.ErrNotExist) {
			return f, name, remedy(err)
		}
	}
	return nil, "", fmt.Errorf("nothing of call %s lies in the archive: %w", r.CallID, recorder.ErrNoRecording)
}
