package archive

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/mewkiz/flac"
	"github.com/mewkiz/flac/frame"
	"github.com/mewkiz/flac/meta"

	"dutyline/recorder"
)

// encoder writes one stereo FLAC stream. The same samples always give the same bytes: there
// is no date and no version of ours inside.
type encoder struct {
	out      *counter
	flac     *flac.Encoder
	frame    frame.Frame
	sides    [2]chooser
	smallest int64 // frame, bytes
	largest  int64
	size     int64 // of the whole stream, known when it is closed
}

// newEncoder begins a stream in an empty file.
func newEncoder(file io.WriteSeeker) (*encoder, error) {
	e := &encoder{out: &counter{file: file, buffer: bufio.NewWriterSize(file, 64<<10)}}
	info := &meta.StreamInfo{BlockSizeMin: blockSize, BlockSizeMax: blockSize,
		SampleRate: recorder.SampleRate, NChannels: 2, BitsPerSample: sampleBits}
	var err error
	if e.flac, err = flac.NewEncoder(e.out, info); err != nil {
		return nil, err
	}
	e.flac.EnablePredictionAnalysis(false)
	for range e.sides {
		e.frame.Subframes = append(e.frame.Subframes, &frame.Subframe{Samples: make([]int32, 0, blockSize)})
	}
	return e, nil
}

// add writes one block: blockSize samples of each side, only the last block may be shorter.
func (e *encoder) add(sides [2][]int16) error {
	n := len(sides[0])
	e.frame.Header = frame.Header{HasFixedBlockSize: true, BlockSize: uint16(n),
		SampleRate: recorder.SampleRate, Channels: frame.ChannelsLR, BitsPerSample: sampleBits}
	for i, sub := range e.frame.Subframes {
		sub.NSamples, sub.Samples = n, sub.Samples[:0]
		for _, s := range sides[i] {
			sub.Samples = append(sub.Samples, int32(s))
		}
		e.sides[i].choose(sub)
	}
	before := e.out.written
	if err := e.flac.WriteFrame(&e.frame); err != nil {
		return e.out.cause(err)
	}
	size := e.out.written - before
	e.largest = max(e.largest, size)
	if e.smallest == 0 || size < e.smallest {
		e.smallest = size
	}
	return nil
}

// close completes the stream's header. The library counts the last, shorter block as the
// smallest and knows no frame sizes; the format wants neither, so both are put right here.
func (e *encoder) close() error {
	e.size = e.out.written
	if err := e.flac.Close(); err != nil {
		return e.out.cause(err)
	}
	if e.largest >= 1<<24 {
		return fmt.Errorf("a FLAC frame of %d bytes is larger than the format allows", e.largest)
	}
	const firstField = 8 // behind the signature and the block's own header
	if _, err := e.out.Seek(firstField, io.SeekStart); err != nil {
		return err
	}
	var head []byte
	head = binary.BigEndian.AppendUint16(head, blockSize)
	head = binary.BigEndian.AppendUint16(head, blockSize)
	head = append(head, byte(e.smallest>>16), byte(e.smallest>>8), byte(e.smallest))
	head = append(head, byte(e.largest>>16), byte(e.largest>>8), byte(e.largest))
	if _, err := e.out.Write(head); err != nil {
		return err
	}
	return e.out.buffer.Flush()
}

// counter buffers what is written and counts it. It hides the file's Close from the library,
// which would close it before it is synced.
type counter struct {
	file    io.WriteSeeker
	buffer  *bufio.Writer
	written int64
	failed  error // what the disk said first
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.buffer.Write(p)
	c.written += int64(n)
	c.failed = cmp.Or(c.failed, err)
	return n, err
}

// cause is what the disk said, which the library puts into words of its own.
func (c *counter) cause(err error) error { return cmp.Or(c.failed, err) }

func (c *counter) Seek(offset int64, whence int) (int64, error) {
	if err := c.buffer.Flush(); err != nil {
		c.failed = cmp.Or(c.failed, err)
		return 0, err
	}
	return c.file.Seek(offset, whence)
}
