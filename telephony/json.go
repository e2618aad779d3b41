package telephony

import (
	"encoding/json"
	"time"
)

// timeLayout is RFC 3339 in UTC with milliseconds, the product's only form of a time.
const timeLayout = "2006-01-02T15:04:05.000Z"

// callJSON is the wire form of a call; other programs rely on its names.
type callJSON struct {
	ID             string    `json:"id"`
	Line           string    `json:"line"`
	Direction      Direction `json:"direction"`
	Caller         string    `json:"caller"`
	CallerE164     string    `json:"caller_e164"`
	CallerName     string    `json:"caller_name"`
	Called         string    `json:"called"`
	CalledE164     string    `json:"called_e164"`
	Outcome        Outcome   `json:"outcome"`
	Tags           []Tag     `json:"tags"`
	OfferedAt      *string   `json:"offered_at"`
	RangAt         *string   `json:"rang_at"`
	AnsweredAt     *string   `json:"answered_at"`
	EndedAt        *string   `json:"ended_at"`
	RingMS         *int64    `json:"ring_ms"`
	CallerRingMS   *int64    `json:"caller_ring_ms"`
	Rings          int       `json:"rings"`
	Rule           string    `json:"rule"`
	HangupBy       Party     `json:"hangup_by"`
	ForwardedTo    string    `json:"forwarded_to"`
	RedirectedFrom string    `json:"redirected_from"`
	Findings       []Finding `json:"findings"`
	SettledBy      Settler   `json:"settled_by"`
	EntryID        string    `json:"entry_id"`
	Recording      any       `json:"recording"`
}

// MarshalJSON writes the call's telephony part. The entry and the recording belong to
// the duty log: here they are "" and null. Lists are never null.
func (c Call) MarshalJSON() ([]byte, error) { return c.MarshalWith("", nil) }

// MarshalWith writes the call with what the duty log adds to it: its entry and its recording.
func (c Call) MarshalWith(entryID string, recording any) ([]byte, error) {
	out := callJSON{
		EntryID: entryID, Recording: recording,
		ID: c.ID, Line: c.Line, Direction: c.Direction,
		Caller: c.Caller.Raw, CallerE164: c.Caller.E164, CallerName: c.CallerName,
		Called: c.Called.Raw, CalledE164: c.Called.E164,
		Outcome: c.Outcome, Tags: c.Tags, Rings: c.Rings, Rule: c.Rule, HangupBy: c.HangupBy,
		ForwardedTo: c.ForwardedTo, RedirectedFrom: c.RedirectedFrom, Findings: c.Findings, SettledBy: c.SettledBy,
		OfferedAt: JSONTime(c.OfferedAt), RangAt: JSONTime(c.RangAt),
		AnsweredAt: JSONTime(c.AnsweredAt), EndedAt: JSONTime(c.EndedAt),
	}
	if out.Tags == nil {
		out.Tags = []Tag{}
	}
	if out.Findings == nil {
		out.Findings = []Finding{}
	}
	out.RingMS = jsonMS(c.RingFor())
	out.CallerRingMS = jsonMS(c.CallerRingFor())
	return json.Marshal(out)
}

// JSONTime is how the API carries a time, to the millisecond; null when there is none.
func JSONTime(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format(timeLayout)
	return &s
}

func jsonMS(d time.Duration, ok bool) *int64 {
	if !ok {
		return nil
	}
	ms := d.Milliseconds()
	return &ms
}
