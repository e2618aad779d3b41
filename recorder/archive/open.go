package archive

import (
	"bufio"
	"cmp"
	"context"
	"crypto/md5"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/mewkiz/flac"

	"dutyline/recorder"
)

// Open gives a call's sealed file for playing, after reading it and comparing its digest.
// A player asks for many ranges of one file: for some seconds the same unchanged file is not
// read again. The row is returned with the errors too, so that its status can be told.
// Errors: recorder.ErrNoRecording when there is none sealed, recorder.ErrAltered when the
// file is not the one that was sealed.
func (a *Archive) Open(ctx context.Context, callID string) (io.ReadSeekCloser, recorder.Recording, error) {
	r, err := a.rows.Recording(ctx, callID)
	if err != nil {
		return nil, r, err
	}
	if r.Status != recorder.Sealed {
		return nil, r, fmt.Errorf("the recording of call %s is %s: %w", callID, r.Status, recorder.ErrNoRecording)
	}
	f, err := a.openSealed(ctx, r, true)
	if err != nil {
		return nil, r, err
	}
	return f, r, nil
}

// playable is an open sealed file as it sounds: decrypted, where it is encrypted.
type playable struct {
	io.ReadSeeker
	file *os.File
}

// Close implements io.Closer.
func (p playable) Close() error { return p.file.Close() }

// inside is the stream in a sealed file.
func (a *Archive) inside(f *os.File, encrypted bool) (io.ReadSeeker, error) {
	if !encrypted {
		return f, nil
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	plain, size, err := a.keys.DecryptAt(f, info.Size())
	if err != nil {
		return nil, err
	}
	return io.NewSectionReader(plain, 0, size), nil
}

// openFile opens a row's file; one that is gone is an altered one, and so is one in whose place
// lies something that is no file: it was sealed as a file, and no disk makes a pipe of one.
func (a *Archive) openFile(r recorder.Recording) (*os.File, error) {
	if err := checkPath(r); err != nil {
		return nil, err
	}
	f, err := a.disk.openRegular(r.File())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		a.metrics.altered.Inc()
		return nil, fmt.Errorf("%w: %s is gone; put it back from the backup", recorder.ErrAltered, r.File())
	case errors.Is(err, errNoFile):
		a.metrics.altered.Inc()
		return nil, fmt.Errorf("%w: in the place of %s lies something that is no ordinary file; move it away and put the file back from the backup", recorder.ErrAltered, r.File())
	}
	if err != nil {
		return nil, fmt.Errorf("open the recording of call %s: %w", r.CallID, remedy(err))
	}
	return f, nil
}

// openSealed opens a sealed file, proves it, and stands at its beginning.
func (a *Archive) openSealed(ctx context.Context, r recorder.Recording, trust bool) (playable, error) {
	f, err := a.openFile(r)
	if err != nil {
		return playable{}, err
	}
	stream, err := a.prove(ctx, f, r, trust)
	if err != nil {
		f.Close()
		return playable{}, err
	}
	return playable{stream, f}, nil
}

// prove compares both digests with the row's: the file's own first, for which no key is
// needed, then that of the recording inside.
func (a *Archive) prove(ctx context.Context, f *os.File, r recorder.Recording, trust bool) (io.ReadSeeker, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("look at the recording of call %s: %w", r.CallID, remedy(err))
	}
	known := trust && a.proofs.holds(r.Digest, info, time.Now())
	encrypted := r.FileDigest != ""
	if !known && encrypted {
		if err := a.compare(ctx, f, r, r.FileDigest); err != nil {
			return nil, err
		}
	}
	stream, err := a.inside(f, encrypted)
	if err != nil {
		return nil, a.cannotOpen(r, err)
	}
	if !known {
		if err := a.compare(ctx, stream, r, r.Digest); err != nil {
			return nil, err
		}
		a.proofs.add(r.Digest, info, time.Now())
	}
	_, err = stream.Seek(0, io.SeekStart)
	return stream, err
}

func (a *Archive) compare(ctx context.Context, f io.ReadSeeker, r recorder.Recording, want recorder.Digest) error {
	have, _, err := digest(ctx, f)
	if err != nil {
		return fmt.Errorf("read the recording of call %s: %w", r.CallID, remedy(err))
	}
	if have != want {
		a.metrics.altered.Inc()
		return fmt.Errorf("%w: %s has digest %.12s…, sealed was %.12s…; put it back from the backup", recorder.ErrAltered, r.File(), have, want)
	}
	return nil
}

// cannotOpen tells a missing key from a file that was changed after its digest was compared.
func (a *Archive) cannotOpen(r recorder.Recording, err error) error {
	if errors.Is(err, recorder.ErrNoKey) {
		return fmt.Errorf("open the recording of call %s: %w", r.CallID, err)
	}
	a.metrics.altered.Inc()
	return fmt.Errorf("%w: %s cannot be decrypted (%v); put it back from the backup", recorder.ErrAltered, r.File(), err)
}

// VerifyFile proves without any key that the file on the disk is the one that was sealed. For
// one that is not encrypted that is its recording's digest.
func (a *Archive) VerifyFile(ctx context.Context, r recorder.Recording) error {
	f, err := a.openFile(r)
	if err != nil {
		return err
	}
	defer f.Close()
	return a.compare(ctx, f, r, cmp.Or(r.FileDigest, r.Digest))
}

// Verify implements recorder.Archive: both digests are those of the row, and every sample can be
// decoded and agrees with the checksum inside.
func (a *Archive) Verify(ctx context.Context, r recorder.Recording) error {
	f, err := a.openSealed(ctx, r, false)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := decode(ctx, f, nil); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%w: %s cannot be decoded (%v)", recorder.ErrAltered, r.File(), err)
	}
	return nil
}

// audio identifies what is heard: the number of samples per side and their checksum.
type audio struct {
	samples uint64
	sum     [md5.Size]byte
}

// decode reads a whole stream of ours and proves it against its own checksum. hear, when
// given, gets each block of both sides.
func decode(ctx context.Context, f io.ReadSeeker, hear func(sides [2][]int32)) (audio, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return audio{}, err
	}
	stream, err := flac.New(bufio.NewReaderSize(f, 64<<10))
	if err != nil {
		return audio{}, err
	}
	info := stream.Info
	if info.NChannels != 2 || info.SampleRate != recorder.SampleRate || info.BitsPerSample != sampleBits {
		return audio{}, fmt.Errorf("it has %d channel(s), %d Hz, %d bit", info.NChannels, info.SampleRate, info.BitsPerSample)
	}
	var a audio
	var bytes []byte
	sum := md5.New()
	for {
		if err := ctx.Err(); err != nil {
			return audio{}, err
		}
		frame, err := stream.ParseNext()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return audio{}, err
		}
		sides := [2][]int32{frame.Subframes[0].Samples, frame.Subframes[1].Samples}
		bytes = bytes[:0]
		for i := range sides[0] {
			bytes = binary.LittleEndian.AppendUint16(bytes, uint16(sides[0][i]))
			bytes = binary.LittleEndian.AppendUint16(bytes, uint16(sides[1][i]))
		}
		sum.Write(bytes)
		a.samples += uint64(len(sides[0]))
		if hear != nil {
			hear(sides)
		}
	}
	sum.Sum(a.sum[:0])
	if a.samples != info.NSamples || a.sum != info.MD5sum {
		return audio{}, fmt.Errorf("its audio does not agree with the checksum inside")
	}
	return a, nil
}

// proofs remembers for some seconds which files were read and found to be what they are.
type proofs struct {
	mu    sync.Mutex
	known map[recorder.Digest]proof
}

type proof struct {
	file os.FileInfo
	at   time.Time
}

const (
	proofHolds = 30 * time.Second
	mostProofs = 256
)

func (p *proofs) holds(d recorder.Digest, now os.FileInfo, at time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	old, ok := p.known[d]
	return ok && at.Sub(old.at) < proofHolds && os.SameFile(old.file, now) &&
		old.file.Size() == now.Size() && old.file.ModTime().Equal(now.ModTime()) && old.file.Mode() == now.Mode()
}

func (p *proofs) add(d recorder.Digest, file os.FileInfo, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil || len(p.known) >= mostProofs {
		p.known = make(map[recorder.Digest]proof)
	}
	p.known[d] = proof{file, at}
}
