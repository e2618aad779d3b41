package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
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
	name, err := sealedPath(r)
	if err != nil {
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
	fill := func(f *os.File) (int64, error) {
		m, err = merge(ctx, f, sides)
		return m.Size, err
	}
	keep := func(temp *os.File) error { return a.keep(&m.Seal, name, temp) }
	if err := a.disk.writeOnce(name, fill, keep); err != nil {
		return m.Seal, err
	}
	a.waves.put(m.Digest, m.peaks)
	return m.Seal, nil
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
func (a *Archive) keep(s *recorder.Seal, name string, temp *os.File) error {
	f, err := a.disk.root.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	ctx := context.Background() // short; an interruption would gain nothing
	have, size, err := digest(ctx, f)
	if err != nil {
		return err
	}
	if have == s.Digest {
		return nil
	}
	old, err := decode(ctx, f, nil)
	if err != nil {
		return fmt.Errorf("%w (%s cannot be decoded: %v); look at it and move it away by hand", recorder.ErrConflict, name, err)
	}
	fresh, err := decode(ctx, temp, nil)
	if err != nil {
		return err
	}
	if old != fresh {
		return fmt.Errorf("%w (%s has other audio); compare both by ear and move the wrong one away by hand", recorder.ErrConflict, name)
	}
	s.Digest, s.Size = have, size
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
