package alerts

import (
	"encoding/json"
	"strings"
	"time"

	"dutyline/telephony"
)

// EvidenceKind is what an alert points to.
type EvidenceKind string

// The closed set of kinds; event and sip are telephony's own words.
const (
	EvidenceCall    EvidenceKind = "call"    // Ref is the call's id
	EvidenceEvent   EvidenceKind = "event"   // Ref is the switch's channel, or the line; with At it is found on the tape
	EvidenceSIP     EvidenceKind = "sip"     // Ref is the Call-ID
	EvidenceJournal EvidenceKind = "journal" // Ref is the call as the switch's journal has it, At is of the row that ended it
	EvidenceAudio   EvidenceKind = "audio"   // Ref is the call whose recording it is
)

// EvidenceKinds lists them.
func EvidenceKinds() []EvidenceKind {
	return []EvidenceKind{EvidenceCall, EvidenceEvent, EvidenceSIP, EvidenceJournal, EvidenceAudio}
}

// Evidence is one thing that an alert rests on: where to find it, and what it says.
type Evidence struct {
	Kind EvidenceKind
	Ref  string
	Text string // as the switch or SIP said it; empty when the reference says all
	At   time.Time
}

// evidenceJSON is the wire form, and that in the log.
type evidenceJSON struct {
	Kind EvidenceKind `json:"kind"`
	Ref  string       `json:"ref"`
	Text string       `json:"text"`
	At   *string      `json:"at"`
}

// MarshalJSON writes it as the API carries it.
func (e Evidence) MarshalJSON() ([]byte, error) {
	return json.Marshal(evidenceJSON{e.Kind, e.Ref, e.Text, telephony.JSONTime(e.At)})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (e *Evidence) UnmarshalJSON(raw []byte) error {
	var in evidenceJSON
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	*e = Evidence{Kind: in.Kind, Ref: in.Ref, Text: in.Text}
	if in.At == nil {
		return nil
	}
	at, err := time.Parse(time.RFC3339, *in.At)
	e.At = at.UTC()
	return err
}

// withEvidence says of each alert what it rests on.
func withEvidence(ch telephony.Change, list []Alert) []Alert {
	for i, a := range list {
		if len(a.Ends) == 0 {
			list[i].Evidence = evidenceOf(ch)
		}
	}
	return list
}

// evidenceOf is the call with what was seen of it and, where somebody answered, its recording;
// of a line what the switch said of it.
func evidenceOf(ch telephony.Change) (out []Evidence) {
	if ch.Call != nil {
		out = append(out, Evidence{Kind: EvidenceCall, Ref: ch.Call.ID, At: ch.Call.OfferedAt})
	}
	if ch.Kind == telephony.CallSettled {
		out = append(out, Evidence{Kind: EvidenceJournal, Ref: ch.Call.ID, At: ch.At})
	}
	for _, p := range ch.Proofs {
		out = append(out, Evidence{Kind: EvidenceKind(p.Kind), Ref: p.Ref, Text: p.Text, At: p.At})
	}
	switch {
	case ch.Call != nil && !ch.Call.AnsweredAt.IsZero():
		out = append(out, Evidence{Kind: EvidenceAudio, Ref: ch.Call.ID, At: ch.Call.AnsweredAt})
	case len(out) == 0 && ch.Kind == telephony.LineChanged:
		out = append(out, Evidence{Kind: EvidenceEvent, Ref: ch.Line, Text: "line " + string(ch.State.State), At: ch.State.Since})
	case len(out) == 0:
		out = append(out, Evidence{Kind: EvidenceEvent, Ref: ch.Line, Text: strings.TrimSpace(string(ch.Finding) + " " + ch.Detail), At: ch.At})
	}
	return out
}
