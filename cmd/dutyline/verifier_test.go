package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
)

var heAudits = dutylog.Actor{Login: "he", Name: "何审计", Role: dutylog.Auditor}

// verified runs one verification from the page to its end.
func verified(t *testing.T, v *verifier, outside string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- v.Run(ctx) }()
	if !v.Start(heAudits, outside) {
		t.Fatal("it does not begin")
	}
	for v.State().Running {
		select {
		case err := <-ended:
			t.Fatal(err)
		case <-time.After(time.Millisecond):
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

// Asked for on the page, the daemon says of its own log what the command says: intact, then altered,
// with what is altered; and compared with a checkpoint that was kept elsewhere.
func TestTheDaemonVerifiesItsOwnLog(t *testing.T) {
	r := newProofRoom(t)
	r.sign()
	v := newVerifier(verifyRun{db: r.cfg.Log.File, archive: r.cfg.Archive.Folder, key: r.cfg.EvidenceKey()}, time.Now)
	verified(t, v, "")
	s := v.State()
	if s.Report == nil || s.Report.Verdict() != audit.Intact || s.Fault != "" || s.By != heAudits || s.Compared || s.EndedAt.Before(s.BeganAt) || s.Report.Of("recording files").Intact == 0 {
		t.Fatalf("%+v", s)
	}
	var note string
	r.withLog(func(db *sqlite.DB) {
		e, err := db.Evidence(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		note = e.Latest.Note
	})
	verified(t, v, note)
	if s := v.State(); !s.Compared || s.Report == nil || !s.Report.Outside {
		t.Errorf("with a checkpoint: %+v", s)
	}
	verified(t, v, "no checkpoint at all")
	if s := v.State(); s.Fault == "" && (s.Report == nil || s.Report.Verdict() == audit.Intact) {
		t.Errorf("with what is no checkpoint: %+v", s)
	}
	recordings, err := filepath.Glob(filepath.Join(r.cfg.Archive.Folder, "*", "*", "*", "*"))
	if err != nil || len(recordings) == 0 {
		t.Fatalf("no recording: %v, %v", recordings, err)
	}
	if err := os.Chmod(recordings[0], 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(recordings[0], []byte("another recording"), 0o600); err != nil {
		t.Fatal(err)
	}
	verified(t, v, "")
	if s := v.State(); s.Report == nil || s.Report.Verdict() != audit.Altered || len(s.Report.Findings) != 1 || !strings.Contains(s.Report.Findings[0].Object, "recording file") {
		t.Errorf("a file was swapped: %+v", s)
	}
}

// One run at a time; the next one begins anew, and what could not be verified is said.
func TestOneVerificationAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVerifier(verifyRun{}, time.Now)
		trouble := errors.New("the disk is gone")
		v.check = func(ctx context.Context, o sqlite.VerifyOptions) (*audit.Report, error) {
			if o.Workers != 1 {
				t.Errorf("%d workers beside the calls", o.Workers)
			}
			o.Progress(3, 7)
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-time.After(time.Minute):
			}
			if o.Outside == "bad" {
				return nil, trouble
			}
			return &audit.Report{Records: 7}, nil
		}
		if s := v.State(); s.Running || !s.BeganAt.IsZero() || s.Report != nil {
			t.Errorf("before anybody asked: %+v", s)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- v.Run(ctx) }()
		if !v.Start(heAudits, "bad") || v.Start(heAudits, "") {
			t.Error("it does not begin, or twice at once")
		}
		time.Sleep(time.Second)
		if s := v.State(); !s.Running || s.Done != 3 || s.Total != 7 || !s.Compared {
			t.Errorf("while it runs: %+v", s)
		}
		time.Sleep(time.Minute)
		if s := v.State(); s.Running || s.Fault != trouble.Error() || s.Report != nil {
			t.Errorf("in trouble: %+v", s)
		}
		if !v.Start(heAudits, "") {
			t.Error("it does not begin again")
		}
		time.Sleep(2 * time.Minute)
		if s := v.State(); s.Running || s.Fault != "" || s.Report == nil || s.Report.Records != 7 || s.EndedAt.Sub(s.BeganAt) != time.Minute {
			t.Errorf("again: %+v", s)
		}
		v.Start(heAudits, "")
		time.Sleep(time.Second)
		cancel() // the daemon stops in the middle
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if s := v.State(); s.Running || s.Fault == "" {
			t.Errorf("stopped: %+v", s)
		}
	})
}
