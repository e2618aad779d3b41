package cel

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"
)

// Status is whether the journal can be read now, for health.
type Status struct {
	File     string
	LastRow  time.Time // the switch's clock
	LastRead time.Time // when it was last read to its end
	Ends     uint64    // how often it was since the start
	Behind   int64     // bytes that were there and not read at the last batch
	Rows     uint64    // since the start
	Bad      uint64    // stretches of garbage since the start
	Gaps     uint64
	Problem  string // empty while it can be read
	// Unwritten says that the journal was never read and is not there yet, though its folder is:
	// Asterisk makes the file with the first call.
	Unwritten bool
	Remedy    string
}

// Status is whether the journal can be read now.
func (t *Tail) Status() Status {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.status
}

// sinkError is what the sink said.
type sinkError struct{ error }

func (e *sinkError) Unwrap() error { return e.error }

// problem says what is wrong and what to do about it. That a file does not exist means
// something else once it was read, and when even its folder is missing.
func (t *Tail) problem(err error) (problem, remedy string) {
	var sink *sinkError
	dir := filepath.Dir(t.config.Path)
	var path *fs.PathError
	switch {
	case err == nil || errors.Is(err, errMoved):
		return "", ""
	case errors.As(err, &sink):
		return "what the switch's journal says cannot be stored: " + sink.Error(),
			"see to the duty log; nothing is lost: it is tried again, and the journal is read on from there"
	case errors.Is(err, fs.ErrNotExist) && errors.As(err, &path) && filepath.Clean(path.Path) == dir:
		return "the folder of the switch's journal does not exist, so Asterisk loses every record: " + dir,
			"create it and give it to the user that runs Asterisk: Asterisk does not make it"
	case errors.Is(err, fs.ErrNotExist):
		return "the switch's journal does not exist: " + t.config.Path,
			"Asterisk writes it with the next call; if it does not, compare cel.conf, cel_custom.conf and modules.conf with deploy/asterisk and look at: asterisk -rx 'cel show status'"
	case errors.Is(err, fs.ErrPermission):
		return "the switch's journal may not be read: " + err.Error(),
			"give the user of this daemon the right to read the file and to list its folder (a common group with Asterisk's user)"
	case errors.Is(err, errNoFile):
		return "the switch's journal is no file: " + t.config.Path, "name the file in which cel_custom.conf writes"
	}
	return "the switch's journal cannot be read: " + err.Error(), "look at the disk; it is tried again"
}

// unwritten reports whether only the file is missing, not its folder.
func (t *Tail) unwritten(err error) bool {
	var path *fs.PathError
	return errors.Is(err, fs.ErrNotExist) && !(errors.As(err, &path) && filepath.Clean(path.Path) == filepath.Dir(t.config.Path))
}

// report notes how the last look ended, and logs what changed.
func (t *Tail) report(err error) {
	problem, remedy := t.problem(err)
	t.mu.Lock()
	before := t.status.Problem
	t.status.Problem, t.status.Remedy = problem, remedy
	t.status.Unwritten = problem != "" && t.status.LastRow.IsZero() && t.unwritten(err)
	if problem == "" {
		t.status.LastRead = t.config.Now()
		t.status.Ends++
	}
	well := problem == "" || t.status.Unwritten // nobody need look after what the first call mends
	t.mu.Unlock()
	t.metrics.readable.Set(map[bool]float64{true: 1}[well])
	switch {
	case problem == before:
	case problem == "":
		t.config.Log.Info("the switch's journal can be read again", "file", t.config.Path)
	default:
		t.config.Log.Warn(problem, "remedy", remedy)
	}
}

// taken counts a batch that the sink took.
func (t *Tail) taken(b Batch, behind int64) {
	t.metrics.observe(b, behind, t.config.Now())
	if b.Gap != nil {
		t.config.Log.Warn(b.Gap.String())
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.status.LastRow, t.status.Behind = b.Position.LastAt, max(0, behind)
	t.status.Rows += uint64(len(b.Rows))
	t.status.Bad += uint64(b.Bad)
	if b.Gap != nil {
		t.status.Gaps++
	}
}

// setAside keeps garbage to be looked at. That it cannot be kept stops nothing.
func (f *follower) setAside(s *source, bad []garbage) {
	if f.config.Quarantine == nil {
		return
	}
	for _, g := range bad {
		line, err := json.Marshal(quarantined{
			File: s.path, Offset: s.offset + g.at, Length: g.length, Why: g.why.Error(), Text: fmt.Sprintf("%q", g.sample),
		})
		if err == nil {
			_, err = f.config.Quarantine.Write(append(line, '\n'))
		}
		if err != nil {
			f.config.Log.Warn("garbage from the switch's journal cannot be kept aside; look at the disk of the data folder", "err", err)
			return
		}
	}
}
