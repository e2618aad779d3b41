package main

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"dutyline/config"
	"dutyline/recorder"
)

// growing is a kind of data, and the folder in which it grows.
type growing struct {
	kind   recorder.Kind
	folder string
}

// growthOf is what fills disks, the archive first.
func growthOf(c config.Config) []growing {
	all := []growing{{recorder.KindRecording, c.Archive.Folder}, {recorder.KindLog, filepath.Dir(c.Log.File)},
		{recorder.KindTape, c.Tape.Folder}, {recorder.KindAttachment, attachmentsBeside(c.Log.File)}}
	if c.Journal.File != "" {
		all = append(all, growing{recorder.KindJournal, filepath.Dir(c.Journal.File)})
	}
	return all
}

// keyOf is where the configuration says what lies on a disk; attachments lie beside the log.
var keyOf = map[recorder.Kind]string{recorder.KindRecording: "archive.folder", recorder.KindLog: "log.file", recorder.KindTape: "tape.folder"}

// space is which disk a folder is on, and how much of it is free.
type space struct {
	device uint64
	free   int64
}

// spaceOn is the disk of a folder, and how many bytes the daemon's user may still write there.
func spaceOn(folder string) (s space, err error) {
	var info unix.Stat_t
	if s.free, err = freeOn(folder); err == nil {
		err = unix.Stat(folder, &info)
	}
	s.device = uint64(info.Dev)
	return s, err
}

// freeOn is how many bytes the daemon's user may still write on a folder's disk.
func freeOn(folder string) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, fmt.Errorf("ask how much of the disk of %s is free: %w", folder, err)
	}
	return int64(s.Bavail) * s.Bsize, nil
}

// disk is one disk and what grows on it.
type disk struct {
	space
	folder string // the first on it
	kinds  []recorder.Kind
}

// disksOf asks for each folder's disk. One that holds nothing but the switch's journal is looked at with the journal:
// the reserve is not for it.
func disksOf(all []growing, ask func(folder string) (space, error)) (disks []disk, faults error) {
	for _, s := range all {
		at, err := ask(s.folder)
		i := slices.IndexFunc(disks, func(d disk) bool { return d.device == at.device })
		switch {
		case s.kind == recorder.KindJournal && (err != nil || i < 0):
		case err != nil:
			faults = errors.Join(faults, err)
		case i < 0:
			disks = append(disks, disk{at, s.folder, []recorder.Kind{s.kind}})
		default:
			disks[i].kinds = append(disks[i].kinds, s.kind)
		}
	}
	return disks, faults
}

// outlook is when a disk will be full.
type outlook struct {
	recorder.Outlook
	disk disk
}

// outlookOf is that of the disk which is the worst off.
func outlookOf(disks []disk, usages []recorder.Usage, reserve int64, warn int, now time.Time) (worst outlook) {
	for i, d := range disks {
		grows := slices.DeleteFunc(slices.Clone(usages), func(u recorder.Usage) bool { return !slices.Contains(d.kinds, u.Kind) })
		if o := (outlook{recorder.Forecast(grows, d.free, reserve, warn, now), d}); i == 0 || o.worseThan(worst) {
			worst = o
		}
	}
	return worst
}

func (o outlook) worseThan(other outlook) bool {
	rooms := []recorder.Room{recorder.RoomEdge, recorder.RoomSoon, recorder.RoomUnknown, recorder.RoomPlenty}
	days := func(o outlook) int {
		if o.Days < 0 {
			return math.MaxInt
		}
		return o.Days
	}
	return cmp.Or(cmp.Compare(slices.Index(rooms, o.Room), slices.Index(rooms, other.Room)), cmp.Compare(days(o), days(other)), cmp.Compare(o.Free, other.Free)) < 0
}

// inSentences says what an outlook means and what to do; nothing when there is nothing to do.
func inSentences(o outlook) string {
	free, perDay, folder := inWords(o.Free), inWords(o.PerDay), o.disk.folder
	var keys []string
	for _, kind := range o.disk.kinds {
		if key := keyOf[kind]; key != "" {
			keys = append(keys, key)
		}
	}
	remedy := "Make room, shorten retention or move " + strings.Join(keys, " or ") + " to a larger disk"
	switch o.Room {
	case recorder.RoomEdge:
		return fmt.Sprintf("%s are free on the disk of %s, less than the reserve of %s (disk.reserve_mb): %s. %s; it goes on by itself", free, folder, inWords(o.Reserve), o.disk.stops(), remedy)
	case recorder.RoomSoon:
		return fmt.Sprintf("%s are free on the disk of %s and %s are added a day: in %d day(s) only the reserve is left. %s", free, folder, perDay, o.Days, remedy)
	}
	return ""
}

// stops is what a disk at its edge stops; the log goes on to the last byte.
func (d disk) stops() string {
	switch {
	case slices.Contains(d.kinds, recorder.KindRecording):
		return "nothing more is archived"
	case slices.Contains(d.kinds, recorder.KindLog):
		return "nothing more can be attached, and when it is full no call can be logged"
	}
	return "when it is full the tape stops"
}
