package archive

import (
	"io"
	"slices"

	"dutyline/recorder"
)

// SetFault makes steps of durable writes fail: the smallest seam between us and the disk.
func (a *Archive) SetFault(fault func(step, path string) error) { a.disk.fault = fault }

// Steps are the steps of sealing one call into a new folder, in order.
var Steps = []string{stepFolder, stepRemove, stepCreate, stepWrite, stepSync, stepRename, stepSettle}

// BlockSize is the number of samples per frame and side.
const BlockSize = blockSize

// Limited is what stops a side that is longer than any call.
func Limited(to io.Writer, most int64) io.Writer { return &limited{to: to, left: most} }

// KeepPeaks bounds the waveforms in memory; Kept says which calls' digests are there.
func (a *Archive) KeepPeaks(most int) { a.waves.most = most }

// Kept are the digests of the waveforms in memory, the one asked for longest ago first.
func (a *Archive) Kept() []recorder.Digest { return slices.Clone(a.waves.order) }
