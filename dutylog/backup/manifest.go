package backup

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// format of the folder and its manifests.
const format = 1

// File is one file of a backup.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

func (f File) sum() sum { return sum{f.Size, f.SHA256} }

// Recordings is the sum of a generation's list.
type Recordings struct {
	Count int   `json:"count"`
	Bytes int64 `json:"bytes"`
}

// Problem is a recording or file that the backup lacks, and why: a finished sentence.
type Problem struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

// Manifest describes one generation. It is written last.
type Manifest struct {
	Format      int        `json:"format"`
	Program     string     `json:"program"` // version that made it
	Schema      int64      `json:"schema"`  // of the duty log
	Log         string     `json:"log"`     // its identity
	At          time.Time  `json:"at"`      // of which instant it is the picture
	Checkpoint  string     `json:"checkpoint,omitempty"`
	Files       []File     `json:"files"` // beside the manifest
	Recordings  Recordings `json:"recordings"`
	Kept        []File     `json:"kept"` // tape and other growing files, below DIR/files by their digest
	Problems    []Problem  `json:"problems"`
	NotIncluded []string   `json:"not_included"` // said plainly
	Self        string     `json:"self"`         // SHA-256 of this text while "self" is empty
}

// encode gives the one spelling of a manifest.
func (m Manifest) encode() ([]byte, error) {
	m.Self = ""
	plain, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, err
	}
	h := sha256.Sum256(plain)
	m.Self = hex.EncodeToString(h[:])
	text, err := json.MarshalIndent(m, "", "  ")
	return append(text, '\n'), err
}

var errManifest = errors.New("the manifest is damaged")

// decodeManifest accepts exactly what encode writes.
func decodeManifest(text []byte) (Manifest, error) {
	var head struct{ Format int }
	if err := json.Unmarshal(text, &head); err != nil {
		return Manifest{}, fmt.Errorf("%w (%v)", errManifest, err)
	}
	if head.Format > format {
		return Manifest{}, fmt.Errorf("a newer dutyline made it (format %d, this program knows %d): install the newer version", head.Format, format)
	}
	var m Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return Manifest{}, fmt.Errorf("%w (%v)", errManifest, err)
	}
	again, err := m.encode()
	if err != nil || !bytes.Equal(text, again) {
		return Manifest{}, fmt.Errorf("%w (it is not what was written)", errManifest)
	}
	return m, nil
}

// file finds one of the generation's own files.
func (m Manifest) file(name string) (File, bool) {
	for _, f := range m.Files {
		if f.Name == name {
			return f, true
		}
	}
	return File{}, false
}
