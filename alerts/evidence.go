package alerts

import (
	"encoding/json"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/testcall"
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
	EvidenceTest    EvidenceKind = "test"    // Ref is the number of the test call
)

// EvidenceKinds lists them.
func EvidenceKinds() []EvidenceKind {
	return []EvidenceKind{EvidenceCall, EvidenceEvent, EvidenceSIP, EvidenceJournal, EvidenceAudio, EvidenceTest}
}

// Evidence is one thing that an alert rests on: where to find it, and what it says.
type Evidence struct {
	Kind EvidenceKind
	Ref  string
	Text string         // as the switch or SIP said it; empty when the reference says all
	Said telephony.Said // the same for people; empty where there is none, and in what was raised before it was kept
	Test TestSaid       // of a test call
	At   time.Time
}

// TestSaid is what a test call says: its verdict, why, and what its caller heard.
type TestSaid struct {
	Verdict  testcall.Verdict  `json:"verdict"`
	Reason   testcall.Reason   `json:"reason"`
	Ringback testcall.Ringback `json:"ringback"`
}

// evidenceJSON is the wire form, and that in the log.
type evidenceJSON struct {
	Kind EvidenceKind    `json:"kind"`
	Ref  string          `json:"ref"`
	Text string          `json:"text"`
	Said *telephony.Said `json:"said"`
	Test *TestSaid       `json:"test"`
	At   *string         `json:"at"`
}

// MarshalJSON writes it as the API carries it.
func (e Evidence) MarshalJSON() ([]byte, error) {
	out := evidenceJSON{Kind: e.Kind, Ref: e.Ref, Text: e.Text, At: telephony.JSONTime(e.At)}
	if e.Said != (telephony.Said{}) {
		out.Said = &e.Said
	}
	if e.Test != (TestSaid{}) {
		out.Test = &e.Test
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (e *Evidence) UnmarshalJSON(raw []byte) error {
	var in evidenceJSON
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	*e = Evidence{Kind: in.Kind, Ref: in.Ref, Text: in.Text}
	if in.Said != nil {
		e.Said = *in.Said
	}
	if in.Test != nil {
		e.Test = *in.Test
	}
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
			if a.Reason.Gathers() && a.CallID != "" {
				list[i].Evidence[0].Text = a.Detail // each of several calls may have gone elsewhere
			}
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
	if ch.Kind == telephony.PhoneMoved {
		out = append(out, Evidence{Kind: EvidenceEvent, Ref: ch.Line, Text: ch.Detail, At: ch.At}) // each of several moves
	}
	if ch.Kind == telephony.CallSettled {
		out = append(out, Evidence{Kind: EvidenceJournal, Ref: ch.Call.ID, At: ch.At})
	}
	for _, p := range ch.Proofs {
		out = append(out, Evidence{Kind: EvidenceKind(p.Kind), Ref: p.Ref, Text: p.Text, Said: p.Said, At: p.At})
	}
	switch {
	case ch.Call != nil && !ch.Call.AnsweredAt.IsZero():
		out = append(out, Evidence{Kind: EvidenceAudio, Ref: ch.Call.ID, At: ch.Call.AnsweredAt})
	case len(out) == 0 && ch.Kind == telephony.LineChanged:
		said := telephony.Said{Name: telephony.SaidLineState, State: string(ch.State.State)}
		out = append(out, Evidence{Kind: EvidenceEvent, Ref: ch.Line, Text: said.String(), Said: said, At: ch.State.Since})
	case len(out) == 0:
		said := telephony.Said{Name: telephony.SaidFault, Finding: string(ch.Finding), Detail: ch.Detail}
		out = append(out, Evidence{Kind: EvidenceEvent, Ref: ch.Line, Text: said.String(), Said: said, At: ch.At})
	}
	return out
}
