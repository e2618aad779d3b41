package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

// checkpointLog is what the checkpointer needs of the duty log.
type checkpointLog interface {
	Checkpoint(ctx context.Context, key audit.Key, send bool) (dutylog.Checkpoint, error)
	DueCheckpoint(ctx context.Context) (dutylog.Checkpoint, error)
	CheckpointSent(ctx context.Context, size int64, failed error, next time.Time) error
}

// checkpointer signs what the log holds, at the start, at an interval and at the end, and
// sends it to another machine. What is still to be sent is a row with its next try, so that a
// restart forgets nothing and nobody waits for a share that hangs.
type checkpointer struct {
	log    checkpointLog
	key    audit.Key
	keyErr error // why nothing can be signed
	every  time.Duration
	sendTo string
	logger *slog.Logger
	now    func() time.Time

	mu    sync.Mutex
	fault error // of the last signing
	twin  error // two checkpoints of as many records lie on the other machine
}

const (
	sendLimit     = 30 * time.Second // a share or a machine that takes longer is tried again
	firstRetry    = time.Minute
	longestRetry  = time.Hour
	keptOnTheWay  = 64 // how many bytes of a refusal are told
	checkpointEnd = ".checkpoint.txt"
)

// Run signs until ctx ends, and once more then.
func (c *checkpointer) Run(ctx context.Context) error {
	if c.keyErr != nil {
		c.logger.Error("nothing can be signed: what is written now is not yet proved", "err", c.keyErr)
		<-ctx.Done()
		return nil
	}
	c.sign(ctx)
	sign := time.NewTicker(c.every)
	defer sign.Stop()
	send := time.NewTimer(c.send(ctx))
	defer send.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
			defer cancel()
			c.sign(last)
			return nil
		case <-sign.C:
			c.sign(ctx)
			send.Reset(0)
		case <-send.C:
			send.Reset(c.send(ctx))
		}
	}
}

func (c *checkpointer) sign(ctx context.Context) {
	_, err := c.log.Checkpoint(ctx, c.key, c.sendTo != "")
	if err != nil && ctx.Err() == nil {
		c.logger.Error("the log could not be signed", "err", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fault = err
}

// Fault says why the log is not signed, or what is wrong with what was signed; nil when all is well.
func (c *checkpointer) Fault() error {
	if c.keyErr != nil {
		return c.keyErr
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return cmp.Or(c.fault, c.twin)
}

// send sends what is due and says how long to wait until it looks again.
func (c *checkpointer) send(ctx context.Context) time.Duration {
	due, err := c.log.DueCheckpoint(ctx)
	if err != nil || due.NextTry.IsZero() || c.sendTo == "" {
		return c.every
	}
	if wait := due.NextTry.Sub(c.now()); wait > 0 {
		return min(wait, longestRetry)
	}
	failed := c.carry(ctx, due)
	wait := min(firstRetry<<min(due.Attempts, 10), longestRetry)
	if failed != nil && ctx.Err() == nil {
		c.logger.Warn("a checkpoint did not reach the other machine; it is tried again", "to", placeOf(c.sendTo), "in", wait, "err", failed)
	}
	if err := c.log.CheckpointSent(ctx, due.Size, failed, c.now().Add(wait)); err != nil && ctx.Err() == nil {
		c.logger.Warn("what became of a checkpoint could not be noted", "err", err)
	}
	return wait
}

// carry bounds the time even where the system call does not come back, as on a dead share.
func (c *checkpointer) carry(ctx context.Context, due dutylog.Checkpoint) error {
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		if filepath.IsAbs(c.sendTo) {
			done <- c.put(due)
			return
		}
		done <- post(ctx, c.sendTo, due)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("no answer within %v: look at the share or the machine", sendLimit)
	}
}

// put writes the checkpoint into the folder, and says when two of as many records lie there.
func (c *checkpointer) put(due dutylog.Checkpoint) error {
	if err := putFile(c.sendTo, due); err != nil {
		return err
	}
	twin := twinIn(c.sendTo)
	c.mu.Lock()
	known := c.twin != nil
	c.twin = twin
	c.mu.Unlock()
	if twin != nil && !known {
		c.logger.Error("the checkpoints on the other machine tell of two different logs", "err", twin)
	}
	return nil
}

// putFile writes the checkpoint into a folder under the number of records. None is ever written over: where another
// one of as many records lies there, the name of this one has its digest as well, and both stay.
func putFile(folder string, c dutylog.Checkpoint) error {
	plain := fmt.Sprintf("dutyline-%012d", c.Size)
	digest := sha256.Sum256([]byte(c.Note))
	for _, name := range []string{plain, plain + "-" + hex.EncodeToString(digest[:8])} {
		file := filepath.Join(folder, name+checkpointEnd)
		have, err := os.ReadFile(file)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return putNew(file, c.Note)
		case err != nil:
			return fmt.Errorf("%w: let the daemon's user read there", err)
		case string(have) == c.Note:
			return nil
		}
	}
	return fmt.Errorf("what lies in %s under the name of the checkpoint of %d records and its digest is something else: keep it, and move it to another folder", folder, c.Size)
}

func putNew(file, note string) error {
	f, err := os.CreateTemp(filepath.Dir(file), ".dutyline-*")
	if err != nil {
		return fmt.Errorf("%w: mount the folder and let the daemon's user write there", err)
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(note)
	if err = errors.Join(err, f.Chmod(0o444), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), file); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(file))
}

// twinIn says that a folder holds two checkpoints of as many records, until one of them is moved away.
func twinIn(folder string) error {
	found, err := fs.Glob(os.DirFS(folder), "dutyline-*-*"+checkpointEnd)
	if err != nil || len(found) == 0 {
		return err
	}
	return fmt.Errorf("%s lies beside another checkpoint of as many records: the log was restored from a backup, a second daemon sends there, or a holder of the key rewrote the log. "+
		"Keep both and compare each with the log (dutyline verify --checkpoint FILE): one of them does not fit. When the reason is known, note it, file both and move them to another folder", filepath.Join(folder, found[0]))
}

func post(ctx context.Context, to string, c dutylog.Checkpoint) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader([]byte(c.Note)))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "text/plain; charset=utf-8")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		if whole := (*url.Error)(nil); errors.As(err, &whole) {
			err = whole.Err // the rest of it names the address with what may be secret in it
		}
		return fmt.Errorf("%s: %w", placeOf(to), err)
	}
	defer res.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(res.Body, keptOnTheWay))
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%s answered %s %q", placeOf(to), res.Status, said)
	}
	return nil
}

// placeOf is an address without what may be secret in it.
func placeOf(to string) string {
	if at := strings.Index(to, "://"); at >= 0 {
		host, _, _ := strings.Cut(to[at+3:], "/")
		return to[:at+3] + host[strings.LastIndexByte(host, '@')+1:]
	}
	return to
}
