package recordertest

import (
	_ "embed"
	"encoding/binary"
	"time"

	"dutyline/recorder"
)

// The two sides of a report of a fire and its read-back, 16 s, as A-law bytes: synthetic
// voices (espeak-ng, Chinese and English) at telephone level that take turns, over the noise
// of a line.
var (
	//go:embed testdata/far.al
	far []byte
	//go:embed testdata/officer.al
	officer []byte
)

// Dialogue is a talk of the given length, as the switch decodes it from A-law: the far side
// and the officer take turns, and begin again when they are through.
func Dialogue(length time.Duration) (farSide, officerSide []int16) {
	n := int(length * recorder.SampleRate / time.Second)
	farSide, officerSide = make([]int16, n), make([]int16, n)
	for i := range n {
		farSide[i] = linear(far[i%len(far)])
		officerSide[i] = linear(officer[i%len(officer)])
	}
	return farSide, officerSide
}

// linear expands one A-law byte (ITU-T G.711).
func linear(b byte) int16 {
	b ^= 0x55
	exponent, v := int(b>>4&7), int(b&15)<<4+8
	if exponent > 0 {
		v = (v + 0x100) << (exponent - 1)
	}
	if b&0x80 == 0 {
		v = -v
	}
	return int16(v)
}

// WAV is a side's finished file as the switch stores it.
func WAV(samples []int16) []byte {
	size := 2 * len(samples)
	b := make([]byte, 0, 44+size)
	le := binary.LittleEndian
	b = append(b, "RIFF"...)
	b = le.AppendUint32(b, uint32(36+size))
	b = append(b, "WAVEfmt "...)
	b = le.AppendUint32(b, 16)
	b = le.AppendUint16(b, 1) // PCM
	b = le.AppendUint16(b, 1) // channel
	b = le.AppendUint32(b, recorder.SampleRate)
	b = le.AppendUint32(b, 2*recorder.SampleRate)
	b = le.AppendUint16(b, 2)
	b = le.AppendUint16(b, 16)
	b = append(b, "data"...)
	b = le.AppendUint32(b, uint32(size))
	for _, s := range samples {
		b = le.AppendUint16(b, uint16(s))
	}
	return b
}

// UnfinishedWAV is a file that is still being written, or whose writer was killed: its header
// says that there are no samples.
func UnfinishedWAV(samples []int16) []byte {
	b := WAV(samples)
	binary.LittleEndian.PutUint32(b[4:], 0)
	binary.LittleEndian.PutUint32(b[40:], 0)
	return b
}
