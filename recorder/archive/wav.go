package archive

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"dutyline/recorder"
)

const (
	bytesPerSample = 2
	headerSize     = 44           // what the switch writes in front of the samples
	maxChunks      = 64           // in front of the samples; a real file has two
	longest        = 24 * 60 * 60 // seconds of one call; more is no call
	largestFile    = headerSize + longest*recorder.SampleRate*bytesPerSample
	pcm            = 1 // format tag
)

// wav says where the samples of a side lie in its file.
type wav struct {
	offset  int64
	samples int64
	whole   bool // the header's length agrees with what is there
}

// readWAV reads the header of a side: PCM, 8 kHz, 16 bit, mono. A file that ends too early,
// or whose header says nothing of the samples behind it, was cut or is still being written:
// its samples are counted from its size. An odd last byte is half a sample and left out.
// Anything else is ErrCorrupt.
func readWAV(file io.ReaderAt, size int64) (wav, error) {
	if size < headerSize {
		return wav{offset: size}, nil
	}
	var head [12]byte
	if err := readAt(file, head[:], 0); err != nil {
		return wav{}, err
	}
	if string(head[:4]) != "RIFF" || string(head[8:]) != "WAVE" {
		return wav{}, corrupt("it does not begin like a WAV file")
	}
	formatted := false
	at := int64(len(head))
	for range maxChunks {
		id, length, err := chunkAt(file, at)
		switch {
		case errors.Is(err, io.EOF):
			return wav{}, corrupt("it has no samples chunk")
		case err != nil:
			return wav{}, err
		case id == "fmt ":
			if err := checkFormat(file, at+8, length); err != nil {
				return wav{}, err
			}
			formatted = true
		case id == "data" && !formatted:
			return wav{}, corrupt("its samples come before their format")
		case id == "data":
			return samplesAt(file, at+8, length, size), nil
		}
		at += 8 + length + length%2
	}
	return wav{}, corrupt("it has too many chunks before its samples")
}

func samplesAt(file io.ReaderAt, at, length, size int64) wav {
	there := size - at
	w := wav{offset: at, samples: there / bytesPerSample, whole: length == there}
	if length > 0 && length < there && endsInChunks(file, at+length+length%2, size) {
		w.samples, w.whole = length/bytesPerSample, true
	}
	return w
}

// endsInChunks says whether the rest of a file is chunks that end with it, or padding; if
// not, the header is older than the samples.
func endsInChunks(file io.ReaderAt, at, size int64) bool {
	for range maxChunks {
		if at >= size {
			return at == size
		}
		id, length, err := chunkAt(file, at)
		if err != nil || strings.ContainsFunc(id, func(r rune) bool { return r < ' ' || r > '~' }) {
			return false // samples look like anything
		}
		at += 8 + length + length%2
	}
	return false
}

func chunkAt(file io.ReaderAt, at int64) (id string, length int64, err error) {
	var head [8]byte
	if err := readAt(file, head[:], at); err != nil {
		return "", 0, err
	}
	return string(head[:4]), int64(binary.LittleEndian.Uint32(head[4:])), nil
}

func checkFormat(file io.ReaderAt, at, length int64) error {
	var f [16]byte
	if length < int64(len(f)) {
		return corrupt("its format is too short")
	}
	if err := readAt(file, f[:], at); errors.Is(err, io.EOF) {
		return corrupt("its format is cut")
	} else if err != nil {
		return err
	}
	le := binary.LittleEndian
	tag, channels, rate, width := le.Uint16(f[0:]), le.Uint16(f[2:]), le.Uint32(f[4:]), le.Uint16(f[14:])
	if tag != pcm || channels != 1 || rate != recorder.SampleRate || width != 8*bytesPerSample {
		return corrupt(fmt.Sprintf("it has format %d, %d channel(s), %d Hz, %d bit; let the dialplan record as .wav (format 1, 1 channel, 8000 Hz, 16 bit)",
			tag, channels, rate, width))
	}
	return nil
}

func corrupt(why string) error { return fmt.Errorf("%w: %s", recorder.ErrCorrupt, why) }

// readAt fills p; io.EOF when the file ends before.
func readAt(file io.ReaderAt, p []byte, at int64) error {
	n, err := file.ReadAt(p, at)
	if n == len(p) {
		return nil
	}
	return err
}

// blocks reads samples in blocks; after the last one it gives silence.
type blocks struct {
	in    io.Reader
	left  int64 // samples
	bytes [blockSize * bytesPerSample]byte
	block [blockSize]int16
}

func (w wav) blocks(file io.ReaderAt) *blocks {
	return &blocks{in: io.NewSectionReader(file, w.offset, w.samples*bytesPerSample), left: w.samples}
}

// next gives n samples, n ≤ blockSize, and how many of them were recorded; the rest is padding.
func (b *blocks) next(n int) (samples []int16, recorded int, err error) {
	recorded = int(min(int64(n), b.left))
	raw := b.bytes[:recorded*bytesPerSample]
	if _, err := io.ReadFull(b.in, raw); err != nil {
		return nil, 0, fmt.Errorf("read the intake: %w", err)
	}
	for i := range recorded {
		b.block[i] = int16(binary.LittleEndian.Uint16(raw[i*bytesPerSample:]))
	}
	clear(b.block[recorded:n])
	b.left -= int64(recorded)
	return b.block[:n], recorded, nil
}
