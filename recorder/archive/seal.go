package archive

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"time"

	"dutyline/recorder"
)

// Seal implements recorder.Archive.
func (a *Archive) Seal(ctx context.Context, r recorder.Recording) (recorder.Seal, error) {
	began := time.Now()
	s, err := a.seal(ctx, r)
	if err != nil {
		a.metrics.failed.Inc()
		return s, remedy(err)
	}
	a.metrics.sealed.Inc()
	a.metrics.seconds.Observe(time.Since(began).Seconds())
	a.metrics.bytes.Add(float64(s.Size))
	return s, nil
}

func (a *Archive) seal(ctx context.Context, r recorder.Recording) (recorder.Seal, error) {
	var m merged
	if err := errors.Join(checkPath(r), a.Room(), a.keys.Err()); err != nil {
		return m.Seal, err
	}
	sides, err := a.openIntake(r.CallID)
	if err != nil {
		return m.Seal, err
	}
	defer closeSides(sides)
	if sides[0].wav.samples+sides[1].wav.samples == 0 {
		return m.Seal, fmt.Errorf("nothing of call %s is in the intake; it is fetched again", r.CallID)
	}
	plain, err := a.scratch(r.CallID)
	if err != nil {
		return m.Seal, err
	}
	defer plain.Close()
	if m, err = merge(ctx, plain, sides); err != nil {
		return m.Seal, err
	}
	if err := a.store(ctx, r, &m.Seal, plain); err != nil {
		return m.Seal, err
	}
	a.waves.put(m.Digest, m.peaks)
	return m.Seal, nil
}

// scratch is where a call's FLAC is put together before it is encrypted: a file without a
// name on the archive's own disk, because the stream's header is written last.
func (a *Archive) scratch(callID string) (*os.File, error) {
	name, err := recorder.FileName(callID)
	if err != nil {
		return nil, err
	}
	return a.disk.scratch(path.Join(intake, "."+name+".flac.part"))
}

// store encrypts the stream into its place, unless a sealed file of this call lies there.
func (a *Archive) store(ctx context.Context, r recorder.Recording, s *recorder.Seal, plain *os.File) error {
	if _, err := a.disk.root.Lstat(r.Path); err == nil { // of the time before recordings were encrypted
		s.FileDigest, s.FileSize = "", 0
		return a.keep(r.Path, false, s, plain)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	name := r.Path + recorder.EncryptedSuffix
	fill := func(f *os.File) (n int64, err error) {
		s.FileDigest, s.FileSize, err = a.encrypt(ctx, plain, f)
		return s.FileSize, err
	}
	return a.disk.writeOnce(name, fill, func(*os.File) error { return a.keep(name, true, s, plain) })
}

// encrypt writes the sealed file and reads it back for its digest.
func (a *Archive) encrypt(ctx context.Context, plain, f *os.File) (recorder.Digest, int64, error) {
	if _, err := plain.Seek(0, io.SeekStart); err != nil {
		return "", 0, err
	}
	out := bufio.NewWriterSize(f, 64<<10)
	w, err := a.keys.Encrypt(out)
	if err != nil {
		return "", 0, err
	}
	if _, err := io.CopyBuffer(w, readerOnly{cancelable{ctx, plain}}, make([]byte, 64<<10)); err != nil {
		return "", 0, err
	}
	if err := errors.Join(w.Close(), out.Flush()); err != nil {
		return "", 0, err
	}
	return digest(ctx, f)
}

// merged is a stream that was written, and its waveform.
type merged struct {
	recorder.Seal
	peaks recorder.Peaks
}

// merge writes both sides into one stream, the shorter one filled up with silence, and
// measures them on the way.
func merge(ctx context.Context, f *os.File, sides [2]side) (merged, error) {
	var m merged
	e, err := newEncoder(f)
	if err != nil {
		return m, err
	}
	total := max(sides[0].wav.samples, sides[1].wav.samples)
	var meters, waves [2]recorder.Meter
	in := [2]*blocks{sides[0].blocks(), sides[1].blocks()}
	for left := total; left > 0; left -= blockSize {
		if err := ctx.Err(); err != nil {
			return m, err
		}
		var block [2][]int16
		for i := range in {
			samples, recorded, err := in[i].next(int(min(left, blockSize)))
			if err != nil {
				return m, err
			}
			block[i] = samples
			meters[i].Add(samples[:recorded])
			waves[i].Add(samples)
		}
		if err := e.add(block); err != nil {
			return m, err
		}
	}
	if err := e.close(); err != nil {
		return m, err
	}
	m.Duration = samplesTime(total)
	m.Far, m.Officer = meters[0].Level(), meters[1].Level()
	m.peaks = recorder.Peaks{Duration: m.Duration, PerSecond: recorder.PeaksPerSecond, Caller: waves[0].Peaks(), Officer: waves[1].Peaks()}
	m.Digest, m.Size, err = digest(ctx, f)
	if err == nil && m.Size != e.size {
		err = fmt.Errorf("the disk holds %d bytes of the %d that were written", m.Size, e.size)
	}
	return m, err
}

func samplesTime(n int64) time.Duration {
	return time.Duration(n) * time.Second / recorder.SampleRate
}

// blocks reads a side; one without a file has no samples.
func (s side) blocks() *blocks { return s.wav.blocks(s.file) }

// keep decides about a file that is there already: it stays in any case. When it is what we
// would have written, or another encoding of the same audio, it is the seal.
func (a *Archive) keep(name string, encrypted bool, s *recorder.Seal, plain *os.File) error {
	f, err := a.disk.openRegular(name)
	if err != nil {
		return err
	}
	defer f.Close()
	ctx := context.Background() // short; an interruption would gain nothing
	if encrypted {
		if s.FileDigest, s.FileSize, err = digest(ctx, f); err != nil {
			return err
		}
	}
	stream, err := a.inside(f, encrypted)
	if errors.Is(err, recorder.ErrNoKey) {
		return err
	}
	var old audio
	if err == nil {
		have, size, fault := digest(ctx, stream)
		if fault == nil && have == s.Digest {
			return nil
		}
		s.Digest, s.Size, err = have, size, fault
	}
	if err == nil {
		old, err = decode(ctx, stream, nil)
	}
	if err != nil {
		return fmt.Errorf("%w (%s cannot be decoded: %v); look at it and move it away by hand", recorder.ErrConflict, name, err)
	}
	fresh, err := decode(ctx, plain, nil)
	if err != nil {
		return err
	}
	if old != fresh {
		return fmt.Errorf("%w (%s has other audio); compare both by ear and move the wrong one away by hand", recorder.ErrConflict, name)
	}
	return nil
}

// digest reads a file from its beginning to its end.
func digest(ctx context.Context, f io.ReadSeeker) (recorder.Digest, int64, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", 0, err
	}
	h := sha256.New()
	n, err := io.CopyBuffer(h, readerOnly{cancelable{ctx, f}}, make([]byte, 128<<10))
	return recorder.Digest(hex.EncodeToString(h.Sum(nil))), n, err
}

// readerOnly keeps io.CopyBuffer to the buffer it was given.
type readerOnly struct{ io.Reader }

// cancelable reads until its context ends.
type cancelable struct {
	ctx context.Context
	io.Reader
}

func (c cancelable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.Reader.Read(p)
}
