package cel

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"dutyline/telephony"
)

// Config says which journal is read, and how.
type Config struct {
	Path string         // of the journal, for instance /var/log/asterisk/cel-custom/cel.jsonl
	Zone *time.Location // of times that carry none; default this machine's
	// Interval is how often the file is looked at; default 200 ms.
	Interval time.Duration
	// AtEnd begins behind what is there when there is no saved position. The default is to
	// read the whole current file: reading everything twice changes nothing.
	AtEnd   bool
	MaxLine int // longest record in bytes; default 1 MiB
	// Quarantine gets one JSON line for each stretch of garbage; nil throws it away.
	Quarantine io.Writer
	Log        *slog.Logger // default slog.Default()
	Now        func() time.Time
}

// chunk is how much is read, and at most handed over, at once.
const chunk = 128 << 10

var errNoFile = errors.New("it is no regular file")

// Tail follows one journal. It is safe for concurrent use; Run is called once.
type Tail struct {
	config  Config
	metrics *metrics

	mu     sync.Mutex
	status Status
}

// New prepares a tail; it opens nothing. Figures go to reg when it is not nil.
func New(c Config, reg prometheus.Registerer) *Tail {
	if c.Zone == nil {
		c.Zone = time.Local
	}
	if c.Interval == 0 {
		c.Interval = 200 * time.Millisecond
	}
	if c.MaxLine == 0 {
		c.MaxLine = 1 << 20
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Tail{config: c, metrics: newMetrics(reg), status: Status{File: c.Path}}
}

// Run reads on from a position until ctx ends, and hands everything to the sink in the
// journal's order. The zero Position is a first start.
func (t *Tail) Run(ctx context.Context, from telephony.Position, sink Sink) error {
	f := newFollower(t, from, sink)
	defer f.closeAll()
	tick := time.NewTicker(t.config.Interval)
	defer tick.Stop()
	for {
		if err := f.poll(ctx); err != nil {
			return nil // only ctx ends it
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// follower is one run of a tail.
type follower struct {
	*Tail
	sink     Sink
	last     telephony.Position // what the sink has taken
	queue    []*source          // files in their order: the first is being read, the last was the journal at the last look
	records  records
	buf      []byte
	nowhere  time.Time // since when the folder is missing
	looked   bool      // for the first time
	grew     bool      // something was read since the last look
	announce bool      // of a first start: its position is handed over before anything is
}

func newFollower(t *Tail, from telephony.Position, sink Sink) *follower {
	return &follower{
		Tail: t, sink: sink, last: from, buf: make([]byte, chunk),
		records: records{zone: t.config.Zone, limit: t.config.MaxLine, now: t.config.Now, last: from.LastAt},
	}
}

func (f *follower) closeAll() {
	for _, s := range f.queue {
		s.close()
	}
	f.queue = nil
}

// poll reads everything that is there now. The error is ctx's.
func (f *follower) poll(ctx context.Context) error {
	trouble := f.look()
	f.looked, f.grew = true, false
	for len(f.queue) > 0 {
		// Asterisk closes a record's file before it opens one for the next record. So when a
		// later file has something in it, what is in this one now is all of it.
		complete := f.laterHasData()
		err := f.drain(ctx)
		if err == nil {
			switch {
			case complete:
				f.records.end()
			case !f.grew:
				f.records.quiet()
			}
			err = f.deliver(ctx, !complete)
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, errCut):
			if err := f.cut(); err != nil {
				trouble = err
			}
			continue
		case err != nil: // of the disk: find the place anew next time
			f.closeAll()
			f.records.forget()
			f.report(err)
			return nil
		}
		if !complete {
			break
		}
		f.next()
	}
	f.report(trouble)
	return nil
}

func (f *follower) laterHasData() bool {
	if f.queue[0].copy && len(f.queue) > 1 {
		return true
	}
	for _, s := range f.queue[1:] {
		if s.size() > 0 {
			return true
		}
	}
	return false
}

// next goes on in the following file. A gap that was not told yet goes with it.
func (f *follower) next() {
	gap := f.queue[0].gap
	f.queue[0].close()
	f.queue = f.queue[1:]
	f.records.forget()
	if f.queue[0].gap == nil {
		f.queue[0].gap = gap
	}
}

// errCut says that a file does not hold any more what was read of it.
var errCut = errors.New("the file was cut")

// drain reads the first file to its present end.
func (f *follower) drain(ctx context.Context) error {
	s := f.queue[0]
	for {
		n, err := s.file.ReadAt(f.buf, s.read)
		if n > 0 {
			// What was read is what follows the place only if that is still there now.
			if !s.intact() {
				return errCut
			}
			f.grew = true
			s.took(f.buf[:n])
			f.records.add(f.buf[:n])
			if err := f.deliver(ctx, false); err != nil {
				return err
			}
			continue
		}
		if err != nil && err != io.EOF {
			return err
		}
		if !s.intact() {
			return errCut
		}
		return nil
	}
}

// deliver hands over what was found, until the sink takes it. At the end of the file, a gap
// is told even when no record follows it yet.
func (f *follower) deliver(ctx context.Context, atEnd bool) error {
	s := f.queue[0]
	if f.announce {
		if err := f.tellBeginning(ctx, s); err != nil {
			return err
		}
	}
	rows, bad, settled := f.records.take()
	tell := s.gap != nil && (atEnd || len(rows) > 0)
	if settled == 0 && !tell {
		return nil
	}
	offset := s.offset + settled
	head, before, ok := s.edges(offset)
	if !ok || !s.intact() {
		return errCut
	}
	b := Batch{Rows: rows, Bad: len(bad), Written: s.written(), Position: telephony.Position{
		File: f.config.Path, Inode: inode(s.info()), Offset: offset, Mark: markOf(head, before), LastAt: f.last.LastAt,
	}}
	times := timesOf(rows)
	if len(times) > 0 {
		b.Position.LastAt = times[len(times)-1]
	}
	if tell {
		if s.gap.To = f.config.Now(); !f.last.LastAt.IsZero() {
			s.gap.From = f.last.LastAt
		}
		for _, at := range times {
			if at.After(s.gap.From) { // rows of before may come again
				s.gap.To = at
				break
			}
		}
		b.Gap = s.gap
	}
	if err := f.hand(ctx, b); err != nil {
		return err
	}
	f.setAside(s, bad)
	s.offset, s.head, s.before = offset, head, before
	if tell {
		s.gap = nil
	}
	f.last = b.Position
	f.taken(b, s.size()-offset)
	return nil
}

// tellBeginning hands over where a first start begins, before any record: a call whose first record
// comes next begins behind a place that can be found again, also when the file has another name then.
func (f *follower) tellBeginning(ctx context.Context, s *source) error {
	head, before, ok := s.edges(s.offset)
	if !ok || !s.intact() {
		return errCut
	}
	b := Batch{Position: telephony.Position{File: f.config.Path, Inode: inode(s.info()), Offset: s.offset, Mark: markOf(head, before)}}
	if err := f.hand(ctx, b); err != nil {
		return err
	}
	f.last, f.announce = b.Position, false
	return nil
}

// timesOf are those of the rows that could be read.
func timesOf(rows []telephony.Row) (at []time.Time) {
	for _, r := range rows {
		if r.Kind != telephony.RowDamaged {
			at = append(at, r.At)
		}
	}
	return at
}

// hand gives the batch to the sink until it takes it. The error is ctx's.
func (f *follower) hand(ctx context.Context, b Batch) error {
	tick := time.NewTicker(f.config.Interval)
	defer tick.Stop()
	for {
		err := f.sink(ctx, b)
		if err == nil || ctx.Err() != nil {
			return ctx.Err()
		}
		f.report(&sinkError{err})
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// look finds out whether another file has become the journal.
func (f *follower) look() error {
	info, err := os.Stat(f.config.Path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, errDir := os.Stat(filepath.Dir(f.config.Path)); errDir != nil {
		if f.nowhere.IsZero() {
			f.nowhere = f.config.Now()
		}
		return errDir
	}
	if len(f.queue) == 0 {
		return f.locate()
	}
	f.nowhere = time.Time{} // what follows is not known to be next: rotated sees to that
	switch {
	case err != nil: // no problem when it was renamed: the next call makes the next one
		files, errList := chain(f.config.Path)
		if errList == nil && place(files, f.queue[len(f.queue)-1]) >= 0 {
			return nil
		}
		return err
	case !os.SameFile(info, f.queue[len(f.queue)-1].info()):
		return f.rotated()
	}
	return nil
}
