package cel

import (
	"bytes"
	"encoding/json"
	"os"
	"strconv"
	"sync"
)

// quarantined is the form in which garbage is kept.
type quarantined struct {
	File   string `json:"file"`
	Offset int64  `json:"offset"`
	Length int64  `json:"length"`
	Why    string `json:"why"`
	Text   string `json:"text"` // its beginning, quoted as in Go, so that no byte of it is lost
}

// Quarantined is the garbage that a line of the quarantine holds, byte by byte; false where a line
// is none of the quarantine's.
func Quarantined(line []byte) (garbage []byte, ok bool) {
	if !bytes.HasPrefix(line, []byte(`{"file":"`)) {
		return nil, false
	}
	var q quarantined
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if d.Decode(&q) != nil || len(bytes.TrimSpace(line[d.InputOffset():])) > 0 {
		return nil, false
	}
	text, err := strconv.Unquote(q.Text)
	return []byte(text), err == nil
}

// Quarantine is a file of bounded size: when it is full, it becomes FILE.1, in place of an
// older one, and a new one begins. So it never takes more than twice its limit.
type Quarantine struct {
	path  string
	limit int64
	mu    sync.Mutex
}

// NewQuarantine names the file; it is made when the first garbage comes.
func NewQuarantine(path string, limit int64) *Quarantine {
	return &Quarantine{path: path, limit: limit}
}

// Write appends one line.
func (q *Quarantine) Write(line []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if info, err := os.Stat(q.path); err == nil && info.Size()+int64(len(line)) > q.limit {
		if err := os.Rename(q.path, q.path+".1"); err != nil {
			return 0, err
		}
	}
	f, err := os.OpenFile(q.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600) // what callers sent is nobody else's business
	if err != nil {
		return 0, err
	}
	n, err := f.Write(line)
	if errClose := f.Close(); err == nil {
		err = errClose
	}
	return n, err
}
