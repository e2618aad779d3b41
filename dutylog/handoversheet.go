package dutylog

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"dutyline/dutylog/audit"
	"dutyline/telephony"
)

// sheetForm is the version of the form of a sheet. A reader of an old sheet finds there how it was meant:
// form 1 said nothing of times in which the switch was down.
const sheetForm = 2

// Sheet is what is handed over 交接单: what is open, how the line is, and what the shift had. It is
// a document: what was confirmed is its text, and nothing that happens later changes that. Times
// are RFC 3339 in UTC; null means "did not happen". It holds no moment of its own making, so that
// it is the same text as long as nothing happens.
type Sheet struct {
	Form     int         `json:"form" doc:"Version of this form"`
	From     *string     `json:"from" doc:"When the shift began: with the last handover; before the first one, by the roster"`
	Outgoing string      `json:"outgoing" doc:"Who hands over; empty at the first taking over"`
	Matters  []Matter    `json:"matters" nullable:"false" doc:"What is open in the log: the most urgent first, of these the newest"`
	Alerts   []OpenAlert `json:"alerts" nullable:"false" doc:"That stand: critical ones first, of these the newest"`
	Lamps    []LampSeen  `json:"lamps" nullable:"false" doc:"How everything is on which the lines depend"`
	Test     *LastTest   `json:"test" doc:"The last test call that is over; null: there was none"`
	Duties   []OpenDuty  `json:"duties" nullable:"false" doc:"Dated duties that are due, overdue or were missed in this shift"`
	// Incidents are absent where there are none, so that older sheets keep their text.
	Incidents []OpenIncident `json:"incidents,omitempty" doc:"That are open, or have an open instruction or an approval that waits; oldest first; absent: none"`
	Unlisted  *Unlisted      `json:"unlisted,omitempty" doc:"How much more there was than the sheet lists; absent: it lists everything"`
	Blind     []Unseen       `json:"blind" nullable:"false" doc:"Times of this shift in which nothing was seen"`
	Down      []Unseen       `json:"down,omitzero" nullable:"false" doc:"Times of this shift in which the switch was down, so that nobody could call; form 1 said nothing of them"`
	Counts    Counts         `json:"counts" doc:"What the shift had"`
	Remarks   string         `json:"remarks" doc:"By the outgoing officer"`
}

// EntryIDs are the entries that a sheet tells of.
func (s Sheet) EntryIDs() (ids []string) {
	for _, m := range s.Matters {
		ids = append(ids, m.EntryID)
	}
	return ids
}

// Matter is one thing of the log that the next shift goes on with.
type Matter struct {
	EntryID     string            `json:"entry_id"`
	EntryNumber string            `json:"entry_number"`
	At          *string           `json:"at"`
	Kind        Kind              `json:"kind"`
	Who         string            `json:"who" doc:"Unit and person, or whom we called"`
	Number      string            `json:"number" doc:"To call back: the contact's number, else that of the call"`
	What        string            `json:"what" doc:"The beginning of its content"`
	Missing     []Field           `json:"missing" nullable:"false" doc:"Required and still absent"`
	Urgency     string            `json:"urgency,omitempty" doc:"紧急 or 特急; absent: neither, and on sheets that are older than this"`
	Handling    Handling          `json:"handling,omitempty" doc:"How far it is handled; absent where no step was written"`
	Late        bool              `json:"late,omitempty" doc:"It was written afterwards"`
	CallBack    bool              `json:"call_back,omitempty" doc:"Nobody spoke with its caller, who is still to be called back"`
	Outcome     telephony.Outcome `json:"outcome,omitempty" doc:"Of a call that nobody answered: the word under which figures and counts have it; absent: another kind of entry, and on sheets that are older than this"`
	Steps       []OpenStep        `json:"steps,omitempty" doc:"What was done about it so far, in the order in which it was done; absent: nothing, and on sheets that are older than this"`
	Earlier     int               `json:"earlier_steps,omitempty" doc:"How many steps there were before those listed; absent: none"`
}

// OpenStep is a handling step of a matter that is not closed.
type OpenStep struct {
	Kind    StepKind `json:"kind"`
	At      *string  `json:"at" doc:"When it was done"`
	By      string   `json:"by" doc:"Who did it, or wrote it down"`
	Whom    string   `json:"whom" doc:"To whom or by whom"`
	Text    string   `json:"text"`
	CallID  string   `json:"call_id,omitempty" doc:"The outgoing call that was it"`
	Channel string   `json:"channel,omitempty" doc:"By which way a report went upwards"`
	Due     *string  `json:"due,omitempty" doc:"Until when it is to be answered"`
	Written *string  `json:"written_at,omitempty" doc:"When it was written down, where that was later than it was done (补记)"`
}

// mostOpenSteps is how many steps of a matter a sheet lists, the newest ones.
const mostOpenSteps = 12

// openSteps are the standing steps of an entry, in the order in which they were done; the newest ones, and how
// many there were before.
func openSteps(e Entry) (open []OpenStep, earlier int) {
	steps := slices.DeleteFunc(slices.Clone(e.Steps), func(s Step) bool { return s.Struck != nil })
	slices.SortStableFunc(steps, func(a, b Step) int { return a.At.Compare(b.At) })
	earlier = max(len(steps)-mostOpenSteps, 0)
	for _, s := range steps[earlier:] {
		by := s.By.Name
		if by == "" {
			by = s.By.Login
		}
		step := OpenStep{Kind: s.Kind, At: telephony.JSONTime(s.At), By: by, Whom: s.Whom, Text: s.Text, CallID: s.CallID, Channel: s.Channel, Due: telephony.JSONTime(s.Due)}
		if s.Afterwards() {
			step.Written = telephony.JSONTime(s.WrittenAt)
		}
		open = append(open, step)
	}
	return open, earlier
}

// OpenAlert is an alert that stands.
type OpenAlert struct {
	ID       int64   `json:"id"`
	Reason   string  `json:"reason"`
	Title    string  `json:"title" doc:"The reason in words"`
	Severity string  `json:"severity"`
	State    string  `json:"state"`
	Line     string  `json:"line"`
	Detail   string  `json:"detail"`
	At       *string `json:"at"`
	By       string  `json:"by" doc:"Who has it"`
}

// LampSeen is how one thing is on which a line depends.
type LampSeen struct {
	Line  string  `json:"line"`
	Lamp  string  `json:"lamp"`
	State string  `json:"state"`
	Cause string  `json:"cause"`
	Since *string `json:"since"`
}

// LastTest is what the last test call proved.
type LastTest struct {
	ID       int64   `json:"id"`
	At       *string `json:"at"`
	Line     string  `json:"line"`
	Verdict  string  `json:"verdict"`
	Ringback string  `json:"ringback"`
}

// OpenDuty is a dated duty that the next shift has to know of.
type OpenDuty struct {
	Rule  int64   `json:"rule"`
	Key   string  `json:"key"`
	Title string  `json:"title"`
	DueAt *string `json:"due_at"`
	State string  `json:"state"`
}

// Tells reports whether the sheet says of times in which the switch was down that there were any, or none.
func (s Sheet) Tells() bool { return s.Form != 1 }

// Unseen is a time in which nothing was seen, or in which the switch was down.
type Unseen struct {
	From  *string `json:"from"`
	To    *string `json:"to" doc:"null: it lasts"`
	Cause string  `json:"cause"`
}

// Counts is what a shift had. Test calls and our own alert calls are no part of it.
type Counts struct {
	Calls    int `json:"calls" doc:"That came in"`
	Missed   int `json:"missed" doc:"That nobody answered in time to be a call 未接: the one definition of figures and assessment"`
	Late     int `json:"answered_late"`
	Outgoing int `json:"outgoing"`
	Entries  int `json:"entries" doc:"Entries that were opened in it, late ones (补录) as well, whenever what they tell of came. On older sheets: whose calls came in it"`
	Waiting  int `json:"callers_waiting,omitempty" doc:"Callers who are still to be called back, of this shift and of earlier ones, each once however often they called; absent: nobody, and on sheets that are older than this"`
	Others   int `json:"others_waiting,omitempty" doc:"On older sheets: calls other than missed ones whose callers still waited for a call back"`
}

// matterText is how many characters of an entry's content a sheet shows.
const matterText = 60

// MatterOf is an entry with which something is still to be done, as a sheet shows it.
func MatterOf(e Entry) Matter {
	v := e.Values
	who := joined(" ", v[CallerUnit], v[CallerPerson], v[CallerTitle])
	if who == "" {
		who = v[CalledWhom]
	}
	at := e.CallAt
	if at.IsZero() {
		at = e.OpenedAt
	}
	urgency := v[Urgency]
	if urgencyRank(urgency) == 0 {
		urgency = "" // the usual one needs no word
	}
	steps, earlier := openSteps(e)
	return Matter{Steps: steps, Earlier: earlier, Urgency: urgency, EntryID: e.ID, EntryNumber: e.EntryNumber.String(), At: telephony.JSONTime(at), Kind: e.Kind, Who: who, Number: cmp.Or(v[ContactNumber], e.Number.Raw),
		What: shortened(joined(" · ", v[Content], v[CallBackResult], v[CheckResult], v[CalledWhy]), matterText), Missing: append([]Field{}, e.Missing()...), Late: e.Late != nil, Handling: e.Handling()}
}

// Whole is the sheet with no list absent, so that it has one spelling only.
func (s Sheet) Whole() Sheet {
	if s.Form == 0 {
		s.Form = sheetForm
	}
	s.Matters = append([]Matter{}, s.Matters...)
	for i, m := range s.Matters {
		s.Matters[i].Missing = append([]Field{}, m.Missing...)
		s.Matters[i].Steps = slices.Clone(m.Steps)
	}
	s.Alerts, s.Lamps = append([]OpenAlert{}, s.Alerts...), append([]LampSeen{}, s.Lamps...)
	s.Incidents = slices.Clone(s.Incidents)
	for i, x := range s.Incidents {
		s.Incidents[i].Instructions = append([]OpenInstruction{}, x.Instructions...)
	}
	s.Duties, s.Blind = append([]OpenDuty{}, s.Duties...), append([]Unseen{}, s.Blind...)
	if s.Tells() {
		s.Down = append([]Unseen{}, s.Down...)
	}
	return s
}

// Freeze is the text of a sheet, which is kept as it is, and the digest of that text.
func (s Sheet) Freeze() (text, digest string) {
	raw, err := json.Marshal(s.Whole())
	if err != nil {
		panic(err) // texts and numbers only
	}
	return string(raw), audit.Digest(raw)
}

// Digest is the digest under which a sheet was shown: that of its text.
func (s Sheet) Digest() string {
	_, digest := s.Freeze()
	return digest
}

// Thaw reads a sheet that was frozen, and refuses one whose text is not what the digest says.
func Thaw(text, digest string) (Sheet, error) {
	var s Sheet
	if audit.Digest([]byte(text)) != digest {
		return s, &InvalidError{Field: "sheet", Reason: "is not the one that was confirmed: its text has another digest; run dutyline verify"}
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, &InvalidError{Field: "sheet", Reason: "cannot be read: " + err.Error()}
	}
	return s.Whole(), nil
}

// Sheet is what was handed over, as it was confirmed, or what a decision to erase left of it.
func (h Handover) Sheet() (Sheet, error) {
	if h.ErasedBy > 0 {
		return Thaw(h.Text, audit.Digest([]byte(h.Text)))
	}
	return Thaw(h.Text, h.Digest)
}

// WithRemarks is the sheet with what the outgoing officer adds.
func (s Sheet) WithRemarks(remarks string) (Sheet, error) {
	remarks, err := cleanField("remarks", remarks, longText)
	s.Remarks = remarks
	return s, err
}

// joined puts a separator between the words that are there.
func joined(between string, words ...string) string {
	var there []string
	for _, w := range words {
		if w = strings.TrimSpace(w); w != "" {
			there = append(there, w)
		}
	}
	return strings.Join(there, between)
}

// shortened is a text in one line of at most so many characters.
func shortened(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
