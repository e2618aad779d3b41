package dutylog

import (
	"encoding/json"
	"slices"
	"time"

	"dutyline/recorder"
	"dutyline/telephony"
)

// timeLayout is RFC 3339 in UTC with milliseconds, the product's only form of a time.
const timeLayout = "2006-01-02T15:04:05.000Z"

func parseJSONTime(s *string) (time.Time, error) {
	if s == nil {
		return time.Time{}, nil
	}
	return time.Parse(timeLayout, *s)
}

type recordingJSON struct {
	Status     recorder.Status `json:"status"`
	SHA256     recorder.Digest `json:"sha256"`
	DurationMS *int64          `json:"duration_ms"`
	Reason     string          `json:"reason"`
}

// MarshalJSON writes the whole call: what the switch showed, its entry and its recording.
// While the call runs there is no recording yet: null. What is wrong with the recording is
// among the call's findings.
func (c Call) MarshalJSON() ([]byte, error) {
	var recording any
	if c.Recording.Status != "" {
		r := recordingJSON{Status: c.Recording.Status, SHA256: c.Recording.Digest, Reason: c.Recording.Reason}
		if c.Recording.Status == recorder.Sealed {
			ms := c.Recording.Duration.Milliseconds()
			r.DurationMS = &ms
		}
		recording = r
	}
	call := c.Call
	call.Findings = union(c.Call.Findings, c.Recording.Findings)
	return call.MarshalWith(c.EntryID, recording)
}

type entryJSON struct {
	ID               string        `json:"id"`
	EntryNumber      string        `json:"entry_number"`
	CallID           string        `json:"call_id"`
	Line             string        `json:"line"`
	Kind             Kind          `json:"kind"`
	State            EntryState    `json:"state"`
	Revision         int           `json:"revision"`
	CallAt           *string       `json:"call_at"`
	Number           string        `json:"number"`
	NumberE164       string        `json:"number_e164"`
	CallerUnit       string        `json:"caller_unit"`
	CallerPerson     string        `json:"caller_person"`
	CallerTitle      string        `json:"caller_title"`
	ContactNumber    string        `json:"contact_number"`
	Content          string        `json:"content"`
	Category         string        `json:"category"`
	ReadBack         string        `json:"read_back"`
	CallBackResult   string        `json:"call_back_result"`
	Inspector        string        `json:"inspector"`
	CheckResult      string        `json:"check_result"`
	CalledWhom       string        `json:"called_whom"`
	CalledWhy        string        `json:"called_why"`
	AnsweredBy       string        `json:"answered_by"`
	Urgency          string        `json:"urgency"`
	HappenedAt       string        `json:"happened_at"`
	Place            string        `json:"place"`
	Cause            string        `json:"cause"`
	Casualties       string        `json:"casualties"`
	Losses           string        `json:"losses"`
	Measures         string        `json:"measures"`
	Trend            string        `json:"trend"`
	Needs            string        `json:"needs"`
	AlsoTold         string        `json:"also_told"`
	PassedTo         string        `json:"passed_to"`
	ProposedHandling string        `json:"proposed_handling"`
	Result           string        `json:"result"`
	FollowUpNumber   string        `json:"follow_up_number"`
	Classification   string        `json:"classification"`
	WarningLevel     string        `json:"warning_level"`
	ValidUntil       string        `json:"valid_until"`
	Rostered         string        `json:"rostered"`
	Responsible      string        `json:"responsible"`
	WrittenBy        string        `json:"written_by"`
	ReadBackBy       string        `json:"read_back_by"`
	ReadBackAt       *string       `json:"read_back_at"`
	OpenedAt         *string       `json:"opened_at"`
	CompletedAt      *string       `json:"completed_at"`
	Gaps             map[Field]Gap `json:"gaps"`
	Candidates       []Candidate   `json:"candidates"`
	Missing          []Field       `json:"missing"`
	Kinds            []Kind        `json:"kinds"`
	ChangedAfter     bool          `json:"changed_after_read_back"`
	Hold             *holdJSON     `json:"hold"`
	Erased           []erasedJSON  `json:"erased"`
	Correction       string        `json:"correction"`
	ReopenedAt       *string       `json:"reopened_at"`
	ReadBackBeganAt  *string       `json:"read_back_began_at"`
	Handling         Handling      `json:"handling"`
	ClosedAt         *string       `json:"closed_at"`
	Steps            []stepJSON    `json:"steps"`
	StepOf           string        `json:"step_of"`
	LateReason       string        `json:"late_reason"`
	PaperSheet       string        `json:"paper_sheet"`
	Late             *lateJSON     `json:"late"`
	Attached         []string      `json:"attached,omitempty"`
}

type lateJSON struct {
	Blind   *string `json:"blind"`
	Scanned bool    `json:"scanned"`
}

type holdJSON struct {
	Reason string    `json:"reason"`
	By     actorJSON `json:"by"`
	At     *string   `json:"at"`
}

type stepJSON struct {
	Number    int         `json:"number"`
	Kind      StepKind    `json:"kind"`
	At        *string     `json:"at"`
	Whom      string      `json:"whom"`
	Text      string      `json:"text"`
	Channel   string      `json:"channel"`
	Due       *string     `json:"due"`
	CallID    string      `json:"call_id"`
	By        actorJSON   `json:"by"`
	WrittenAt *string     `json:"written_at"`
	Struck    *strikeJSON `json:"struck"`
}

type strikeJSON struct {
	Reason string    `json:"reason"`
	By     actorJSON `json:"by"`
	At     *string   `json:"at"`
}

// stepsJSON are the steps in the order in which they were done.
func stepsJSON(steps []Step) []stepJSON {
	out := make([]stepJSON, 0, len(steps))
	sorted := slices.Clone(steps)
	slices.SortStableFunc(sorted, func(a, b Step) int { return a.At.Compare(b.At) })
	for _, s := range sorted {
		j := stepJSON{s.Number, s.Kind, telephony.JSONTime(s.At), s.Whom, s.Text, s.Channel, telephony.JSONTime(s.Due), s.CallID, actorJSON(s.By), telephony.JSONTime(s.WrittenAt), nil}
		if s.Struck != nil {
			j.Struck = &strikeJSON{s.Struck.Reason, actorJSON(s.Struck.By), telephony.JSONTime(s.Struck.At)}
		}
		out = append(out, j)
	}
	return out
}

type erasedJSON struct {
	Decision int64   `json:"decision"`
	At       *string `json:"at"`
	Fields   []Field `json:"fields"`
}

// MarshalJSON writes the entry with what is still missing and which kinds fit its call; lists and gaps are never null.
func (e Entry) MarshalJSON() ([]byte, error) {
	v := e.Values
	out := entryJSON{
		ID: e.ID, EntryNumber: e.EntryNumber.String(), CallID: e.CallID, Line: e.Line, Kind: e.Kind, State: e.State, Revision: e.Revision,
		CallAt: telephony.JSONTime(e.CallAt), Number: e.Number.Raw, NumberE164: e.Number.E164,
		CallerUnit: v[CallerUnit], CallerPerson: v[CallerPerson], CallerTitle: v[CallerTitle],
		ContactNumber: v[ContactNumber], Content: v[Content], Category: v[Category], ReadBack: v[ReadBack],
		CallBackResult: v[CallBackResult], Inspector: v[Inspector], CheckResult: v[CheckResult],
		CalledWhom: v[CalledWhom], CalledWhy: v[CalledWhy], AnsweredBy: v[AnsweredBy],
		Urgency: v[Urgency], HappenedAt: v[HappenedAt], Place: v[Place], Cause: v[Cause], Casualties: v[Casualties], Losses: v[Losses], Measures: v[Measures], Trend: v[Trend], Needs: v[Needs], AlsoTold: v[AlsoTold], PassedTo: v[PassedTo], ProposedHandling: v[ProposedHandling], Result: v[Result], FollowUpNumber: v[FollowUpNumber], Classification: v[Classification], WarningLevel: v[WarningLevel], ValidUntil: v[ValidUntil],
		Correction: e.Correction, ReopenedAt: telephony.JSONTime(e.ReopenedAt), ReadBackBeganAt: telephony.JSONTime(e.ReadBackBeganAt),
		Handling: e.Handling(), ClosedAt: telephony.JSONTime(e.ClosedAt()), Steps: stepsJSON(e.Steps), StepOf: e.StepOf, LateReason: v[LateReason], PaperSheet: v[PaperSheet],
		Rostered: e.Rostered, Responsible: e.Responsible, WrittenBy: e.WrittenBy,
		ReadBackBy: e.ReadBackBy, ReadBackAt: telephony.JSONTime(e.ReadBackAt),
		OpenedAt: telephony.JSONTime(e.OpenedAt), CompletedAt: telephony.JSONTime(e.CompletedAt),
		Attached: e.Attached, Gaps: e.Gaps, Candidates: e.Candidates, Missing: e.Missing(), Kinds: e.Phase.Fits(), ChangedAfter: e.ChangedAfterReadBack,
	}
	if h := e.Hold; h != nil {
		out.Hold = &holdJSON{h.Reason, actorJSON(h.By), telephony.JSONTime(h.At)}
	}
	if e.Late != nil {
		out.Late = &lateJSON{telephony.JSONTime(e.Late.Blind), e.Scanned}
	}
	out.Erased = []erasedJSON{}
	for _, x := range e.Erased {
		out.Erased = append(out.Erased, erasedJSON{x.Decision, telephony.JSONTime(x.At), append([]Field{}, x.Fields...)})
	}
	if out.Gaps == nil {
		out.Gaps = map[Field]Gap{}
	}
	if out.Candidates == nil {
		out.Candidates = []Candidate{}
	}
	return json.Marshal(out)
}

// MarshalJSON writes one kept version: the entry as it was, who wrote it and when.
func (r Revision) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Entry Entry     `json:"entry"`
		By    actorJSON `json:"by"`
		At    *string   `json:"at"`
	}{r.Entry, actorJSON(r.By), telephony.JSONTime(r.At)})
}

type actorJSON struct {
	Login string `json:"login"`
	Name  string `json:"name"`
	Role  Role   `json:"role"`
}

// lineJSON is the body of a feed row about a line. What the page is shown besides (the
// number, the rule, the ring that rings now) is the API's to add.
type lineJSON struct {
	Line   string          `json:"line"`
	State  telephony.State `json:"state"`
	Since  *string         `json:"since"`
	CallID string          `json:"call_id"`
	RangAt *string         `json:"rang_at"`
	Faults []LineFault     `json:"faults"`
}

// MarshalJSON writes the line's state; the list of faults is never null.
func (s LineStatus) MarshalJSON() ([]byte, error) {
	out := lineJSON{Line: s.Line, State: s.State, Since: telephony.JSONTime(s.Since), CallID: s.CallID,
		RangAt: telephony.JSONTime(s.RangAt), Faults: s.Faults}
	if out.Faults == nil {
		out.Faults = []LineFault{}
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON wrote: the body of a feed row.
func (s *LineStatus) UnmarshalJSON(body []byte) error {
	var in lineJSON
	if err := json.Unmarshal(body, &in); err != nil {
		return err
	}
	since, err := parseJSONTime(in.Since)
	if err != nil {
		return err
	}
	rang, err := parseJSONTime(in.RangAt)
	if err != nil {
		return err
	}
	*s = LineStatus{LineState: telephony.LineState{Line: in.Line, State: in.State, Since: since, CallID: in.CallID, RangAt: rang}}
	if len(in.Faults) > 0 {
		s.Faults = in.Faults
	}
	return nil
}

// union keeps the order of first appearance; nil when there is nothing.
func union[T comparable](lists ...[]T) []T {
	var all []T
	for _, list := range lists {
		for _, v := range list {
			if !slices.Contains(all, v) {
				all = append(all, v)
			}
		}
	}
	return all
}
