package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"dutyline/dutylog/audit"
	"dutyline/recorder"
)

// Verifier reads a duty log that it does not change. The daemon may run meanwhile: what it
// writes after the beginning is not looked at.
type Verifier struct {
	db   *DB // without a writer
	size int64
	copy string // a folder of our own, where the file had to be copied; empty: none

	uri     string             // of the file that is read
	readers chan *packedReader // that nobody uses now

	structure []audit.Finding // about each part of what the file is made of
	strange   bool            // a table is not the log's own: no row is read
}

// VerifyOptions say what a verification is compared with, and who hears of it.
type VerifyOptions struct {
	Outside  string                  // a signed checkpoint that was kept elsewhere; empty: none
	Each     func(audit.Finding)     // every answer, the intact ones included; may be nil
	Progress func(done, total int64) // records; may be nil
	Workers  int                     // 0: one for each processor
}

// OpenVerifier opens a duty log for reading only.
func OpenVerifier(ctx context.Context, path string) (*Verifier, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("duty log %s: %w", path, err)
	}
	o := Options{}.withDefaults()
	v := &Verifier{db: &DB{path: abs, options: o, done: make(chan struct{})}, readers: make(chan *packedReader, runtime.GOMAXPROCS(0)+2)}
	file, how, err := v.place(abs)
	if err == nil {
		v.uri = "file:" + (&url.URL{Path: file}).EscapedPath() + "?" + how
		// No connection is ever used by two at a time: SQLite's lock for that would be taken for
		// every value of every row: a tenth of the whole.
		v.db.reader, err = connect(file, o, runtime.GOMAXPROCS(0)+2, how+"&_query_only=on&_mutex=no&_cache_size=-32768") // KiB
	}
	if err != nil {
		return nil, errors.Join(err, v.dropCopy())
	}
	if err := v.begin(ctx); err != nil {
		return nil, errors.Join(v.db.explain("verify", err), v.Close())
	}
	return v, nil
}

// place says which file is read, and how. While nobody has the log open, SQLite would make its
// side file anew; so it is told that nothing changes, and then it does not look at the -wal
// file. One that holds something is read from a copy of both.
func (v *Verifier) place(log string) (file, how string, err error) {
	if _, err := os.Stat(log + "-shm"); err == nil {
		return log, "mode=ro", nil
	}
	wal, err := os.Stat(log + "-wal")
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && wal.Size() == 0:
		return log, "mode=ro&immutable=1", nil
	case err == nil:
		v.copy, err = os.MkdirTemp("", "dutyline-verify-")
	}
	file = filepath.Join(v.copy, "log.db")
	for _, side := range []string{"", "-wal"} {
		if err == nil {
			err = copyFile(log+side, file+side)
		}
	}
	if err != nil {
		return "", "", fmt.Errorf("duty log %s: its -wal file holds something, and a copy to read both together cannot be made: %w; free some space, or name another folder with TMPDIR", log, err)
	}
	if _, err := os.Stat(log + "-shm"); err == nil {
		return log, "mode=ro", nil // somebody opened it meanwhile, and may have changed what was copied
	}
	return file, "mode=rw", nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

func (v *Verifier) dropCopy() error {
	if v.copy == "" {
		return nil
	}
	return os.RemoveAll(v.copy)
}

var errTooOld = errors.New("it was never opened by a dutyline that keeps evidence: nothing is proved of it; start the daemon once, then everything is covered from that moment on")

func (v *Verifier) begin(ctx context.Context) error {
	s := v.db.reading(ctx)
	var id, has int
	if err := s.QueryRow("PRAGMA application_id").Scan(&id); err != nil {
		return err
	}
	if id != applicationID {
		return errForeign
	}
	if err := s.QueryRow("SELECT count(*) FROM sqlite_schema WHERE name = 'records'").Scan(&has); err != nil {
		return err
	}
	schema, err := v.schema(s)
	switch {
	case has == 0 && schema != SchemaVersion():
		return errTooOld
	case err != nil:
		return err
	}
	ours, err := v.lookAtStructure(ctx)
	if v.strange = !ours; err != nil || v.strange {
		return err
	}
	rows, intervals, err := takenOver(s)
	switch {
	case err != nil:
		return err
	case !rows || !intervals:
		return &olderError{have: schema, know: schema}
	}
	return s.QueryRow("SELECT coalesce(max(idx) + 1, 0) FROM records").Scan(&v.size)
}

// olderError says that the file was not opened since a newer dutyline was installed: what that
// covers is not covered yet.
type olderError struct{ have, know int64 }

func (e *olderError) Error() string {
	return fmt.Sprintf("it was not opened for writing since this dutyline was installed (schema %d, this program knows %d): start the daemon once and verify again, or verify with the dutyline that wrote it", e.have, e.know)
}

// Close lets go of the file.
func (v *Verifier) Close() error {
	for len(v.readers) > 0 {
		(<-v.readers).close()
	}
	return errors.Join(v.db.reader.Close(), v.dropCopy())
}

// Recording reads one row, for whoever opens the files.
func (v *Verifier) Recording(ctx context.Context, callID string) (recorder.Recording, error) {
	return v.db.Recording(ctx, callID)
}

// SealedRecordings goes through the recordings whose files have to be there.
func (v *Verifier) SealedRecordings(ctx context.Context, do func(recorder.Recording) error) error {
	for after := ""; ; {
		rows, err := v.db.reading(ctx).Query("SELECT "+recordingColumns+" FROM recordings WHERE status = ? AND call_id > ? ORDER BY call_id LIMIT 500", string(recorder.Sealed), after)
		page, err := all(rows, err, scanRecording)
		if err != nil {
			return v.db.explain("list recordings", err)
		}
		for _, r := range page {
			if err := do(r); err != nil {
				return err
			}
			after = r.CallID
		}
		if len(page) == 0 {
			return nil
		}
	}
}

// verification is one run.
type verification struct {
	*Verifier
	VerifyOptions
	ctx context.Context

	mu         sync.Mutex
	report     audit.Report
	done       int64
	decisions  map[int64]map[int64]bool // which records each decision erased
	signatures []signed                 // checkpoints whose signatures fit, the smallest first
}

// Verify checks every record, every covered row and every checkpoint. The error says only
// that it could not be carried through.
func (v *Verifier) Verify(ctx context.Context, o VerifyOptions) (*audit.Report, error) {
	run := &verification{Verifier: v, VerifyOptions: o, ctx: ctx, decisions: map[int64]map[int64]bool{}}
	run.report.Records, run.report.Each = v.size, o.Each
	if run.sayStructure(); v.strange {
		return &run.report, nil
	}
	steps := []func() error{run.readCheckpoints, run.checkAll, run.conclude}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, v.db.explain("verify", err)
		}
	}
	return &run.report, ctx.Err()
}

// read hands over the rows of a query. A row is gone when do returns.
func (v *Verifier) read(ctx context.Context, do func(row []value) error, query string, args ...int64) error {
	if err := ctx.Err(); err != nil { // these reads are short
		return err
	}
	var p *packedReader
	select {
	case p = <-v.readers:
	default:
		var err error
		if p, err = openPacked(v.uri, int(v.db.options.LockTimeout.Milliseconds())); err != nil {
			return err
		}
	}
	defer func() {
		select {
		case v.readers <- p:
		default:
			p.close()
		}
	}()
	return p.read(do, query, args...)
}

// say counts one answer.
func (r *verification) say(name string, a audit.Answer, object, why string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(args) > 0 {
		why = fmt.Sprintf(why, args...)
	}
	r.report.Say(name, audit.Finding{Answer: a, Object: object, Why: why})
}

func (r *verification) tally(name string, do func(*audit.Tally)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	do(r.report.Of(name))
}

func (r *verification) note(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Notes = append(r.report.Notes, fmt.Sprintf(format, args...))
}

func (r *verification) workers() int {
	if r.Workers > 0 {
		return r.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// inParallel runs jobs on all processors and ends with the first error.
func (r *verification) inParallel(jobs []func() error) error {
	next := make(chan func() error)
	ctx, stop := context.WithCancelCause(r.ctx)
	defer stop(nil)
	var workers sync.WaitGroup
	for range r.workers() {
		workers.Go(func() {
			for job := range next {
				if err := job(); err != nil {
					stop(err)
					return
				}
			}
		})
	}
feed:
	for _, job := range jobs {
		select {
		case next <- job:
		case <-ctx.Done():
			break feed
		}
	}
	close(next)
	workers.Wait()
	return context.Cause(ctx)
}

// conclude says what the answers rest on.
func (r *verification) conclude() error {
	rep := &r.report
	if rep.Signed < rep.Records {
		r.note("%d of %d records are newer than the last checkpoint whose signature fits: whoever can write the file could have added them; the daemon signs them at its next checkpoint",
			rep.Records-rep.Signed, rep.Records)
	}
	switch {
	case rep.Outside:
	case r.Outside != "":
		r.note("the checkpoint from outside does not vouch for this log; why is named above")
	default:
		r.note("no checkpoint from outside was given: a holder of the signing key could have rewritten all of it, and the newest part could have been cut off; compare with a filed checkpoint (--checkpoint FILE)")
	}
	return nil
}

var _ interface {
	Recording(context.Context, string) (recorder.Recording, error)
} = (*Verifier)(nil)
