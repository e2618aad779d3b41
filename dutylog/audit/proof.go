package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Proof is one record with all that shows, without the log, that it stands in a signed tree.
type Proof struct {
	Record
	Salt     []byte           // nil when the content was erased, or is not the newest state
	ErasedBy int64            // the decision; 0: none
	Path     tlog.RecordProof // hashes from the leaf to the root of the checkpoint's tree
}

// proofJSON is the wire form; times are microseconds since 1970, bytes base64.
type proofJSON struct {
	Index      int64    `json:"index"`
	Kind       Kind     `json:"kind"`
	Subject    string   `json:"subject"`
	At         int64    `json:"at_us"`
	TakenOver  bool     `json:"taken_over,omitempty"`
	Commitment []byte   `json:"commitment"`
	Salt       []byte   `json:"salt,omitempty"`
	ErasedBy   int64    `json:"erased_by,omitempty"`
	Path       [][]byte `json:"path"`
}

// MarshalJSON writes the proof for an exhibit.
func (p Proof) MarshalJSON() ([]byte, error) {
	out := proofJSON{Index: p.Index, Kind: p.Kind, Subject: p.Subject, At: p.At.UnixMicro(), TakenOver: p.TakenOver,
		Commitment: p.Commitment[:], Salt: p.Salt, ErasedBy: p.ErasedBy, Path: [][]byte{}}
	for _, h := range p.Path {
		out.Path = append(out.Path, h[:])
	}
	return json.Marshal(out)
}

var errProof = errors.New("it is not in the form of a proof")

// UnmarshalJSON reads what MarshalJSON wrote.
func (p *Proof) UnmarshalJSON(text []byte) error {
	var in proofJSON
	if err := json.Unmarshal(text, &in); err != nil {
		return err
	}
	*p = Proof{Record: Record{Index: in.Index, Kind: in.Kind, Subject: in.Subject, At: time.UnixMicro(in.At).UTC(), TakenOver: in.TakenOver},
		Salt: in.Salt, ErasedBy: in.ErasedBy}
	if copy(p.Commitment[:], in.Commitment) != len(p.Commitment) || len(in.Commitment) != len(p.Commitment) {
		return errProof
	}
	for _, b := range in.Path {
		if len(b) != tlog.HashSize {
			return errProof
		}
		p.Path = append(p.Path, tlog.Hash(b))
	}
	return nil
}

// Check says whether the record stands in the checkpoint's tree, and whether content is what
// it committed to. Content is nil where none is at hand.
func (p Proof) Check(c Checkpoint, content []byte) Finding {
	f := Finding{Answer: Altered, Object: p.Record.String()}
	if p.Index < 0 || p.Index >= c.Size || tlog.CheckRecord(p.Path, c.Size, c.Root, p.Index, p.Leaf()) != nil {
		f.Why = "it does not stand in the tree that was signed"
		return f
	}
	switch sum := Commit(p.Salt, content); {
	case p.Salt == nil && p.ErasedBy != 0:
		f.Answer, f.Why = Intact, fmt.Sprintf("erased by decision %d", p.ErasedBy)
	case p.Salt == nil:
		f.Answer, f.Why = Intact, "an earlier state, of which the content is not kept"
	case content == nil:
		f.Answer, f.Why = CannotTell, "its content is not here"
	case sum != p.Commitment:
		f.Why = "its content is not the one that was recorded"
	default:
		f.Answer = Intact
		if p.TakenOver {
			f.Why = "taken over at migration: nothing is proved about the time before " + p.At.UTC().Format(time.RFC3339)
		}
	}
	return f
}
