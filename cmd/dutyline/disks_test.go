package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutyline/recorder"
)

// The archive was moved to a larger disk, as the remedy says: log, tape and attachments stayed on the smaller one.
func TestTheDiskThatIsTheWorstOffIsTold(t *testing.T) {
	s := newVault(t)
	s.cfg.Journal.File = filepath.Join(t.TempDir(), "cel.jsonl")
	var large, small int64
	n, hurried := int64(0), 0
	k := s.keeper(&n, &hurried)
	k.growth = growthOf(s.cfg)
	k.space = func(folder string) (space, error) {
		switch folder {
		case s.cfg.Archive.Folder:
			return space{1, large}, nil
		case filepath.Dir(s.cfg.Journal.File):
			return space{3, 1 << 20}, nil // of the switch: the reserve is not for it
		}
		return space{2, small}, nil
	}
	day := s.at.UTC().Truncate(24 * time.Hour)
	s.ok(s.db.NoteUsage(t.Context(), []recorder.Usage{
		{Day: day.AddDate(0, 0, -10), Kind: recorder.KindRecording}, {Day: day, Kind: recorder.KindRecording, Bytes: 100 << 30},
		{Day: day.AddDate(0, 0, -10), Kind: recorder.KindAttachment}, {Day: day, Kind: recorder.KindAttachment, Bytes: 10 << 30}}))
	k.noted = s.at
	for _, c := range []struct {
		large, small int64
		room         string
		says         []string
	}{
		{1000 << 30, 1000 << 30, "plenty", nil},
		{1000 << 30, 1 << 20, "edge", []string{"1.0 MB are free on the disk of " + filepath.Dir(s.cfg.Log.File), "no call can be logged", "move log.file or tape.folder to a larger disk"}},
		{1 << 20, 1000 << 30, "edge", []string{"on the disk of " + s.cfg.Archive.Folder, "nothing more is archived", "move archive.folder to a larger disk"}},
		{1000 << 30, 20 << 30, "soon", []string{"1.0 GB are added a day: in 19 day(s)", "log.file"}}, // what the archive adds is added elsewhere
	} {
		large, small = c.large, c.small
		s.ok(k.look(t.Context()))
		h := k.Health()
		if h.Room != c.room {
			t.Errorf("%d and %d bytes free: %+v", c.large, c.small, h)
		}
		for _, w := range c.says {
			if !strings.Contains(h.Detail, w) {
				t.Errorf("it does not say %q: %s", w, h.Detail)
			}
		}
	}
	s.wants("the disk is at its edge")
}

func TestADiskThatCannotBeAskedHidesNoOther(t *testing.T) {
	s := newVault(t)
	n, hurried := int64(0), 0
	k := s.keeper(&n, &hurried)
	k.space = func(folder string) (space, error) {
		if folder == s.cfg.Archive.Folder {
			return space{}, fmt.Errorf("%s is not mounted", folder)
		}
		return space{2, n}, nil
	}
	for free, want := range map[int64]string{1 << 20: "no call can be logged", 100 << 30: "is not mounted"} {
		n = free
		if err := k.look(t.Context()); err == nil {
			t.Error("that one cannot be asked is not told")
		}
		if _, says := k.Room(); !strings.Contains(says, want) || !strings.Contains(k.Health().Detail, want) {
			t.Errorf("%d bytes free on the log's disk: %q, want %q", free, says, want)
		}
	}
}

func TestAttachmentsAndTheJournalAreForeseen(t *testing.T) {
	for kind, name := range map[recorder.Kind]string{recorder.KindAttachment: "%d.age", recorder.KindJournal: "cel.jsonl.%d"} {
		t.Run(string(kind), func(t *testing.T) {
			s := newVault(t)
			s.cfg.Journal.File = filepath.Join(t.TempDir(), "cel.jsonl")
			free, hurried := int64(100<<30), 0
			k := s.keeper(&free, &hurried)
			k.expirer.journal = s.cfg.Journal.File
			folder := attachmentsBeside(s.cfg.Log.File)
			if kind == recorder.KindJournal {
				folder = filepath.Dir(s.cfg.Journal.File)
			}
			s.ok(os.MkdirAll(folder, 0o700))
			for day := range 4 { // 20 GB a day
				file := filepath.Join(folder, fmt.Sprintf(name, day))
				s.ok(os.WriteFile(file, nil, 0o600))
				s.ok(os.Truncate(file, 20<<30))
				free -= 20 << 30
				s.at = s.at.AddDate(0, 0, 1)
				s.ok(k.look(t.Context()))
			}
			if h := k.Health(); h.Room != "soon" || h.Days != 0 {
				t.Errorf("20 GB a day came and 20 are left: %+v", h)
			}
		})
	}
}
