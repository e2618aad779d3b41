package dutylog

import "dutyline/telephony"

// OpenIncident is an incident that the next shift goes on with, as a sheet shows it. It tells deadlines
// and not whether they are over: the sheet is the same text as long as nothing is written.
type OpenIncident struct {
	ID           int64             `json:"id"`
	Number       string            `json:"number"`
	State        IncidentState     `json:"state" enum:"open,closed,merged"`
	Title        string            `json:"title"`
	ClockStart   *string           `json:"clock_start"`
	Next         string            `json:"next" doc:"The report that is due next; empty: none is"`
	DueAt        *string           `json:"due_at"`
	Unapproved   []string          `json:"unapproved" nullable:"false" doc:"Reports that were sent and that nobody signed"`
	Lacking      []string          `json:"lacking,omitempty" doc:"Reports that went out, and who did not get them"`
	Waiting      []string          `json:"waiting,omitempty" doc:"Approvals by telephone that wait for the person's own word"`
	Instructions []OpenInstruction `json:"instructions" nullable:"false" doc:"That are not closed"`
}

// OpenInstruction is an instruction that is not closed.
type OpenInstruction struct {
	Number int     `json:"number"`
	Whom   string  `json:"whom" doc:"Who instructed"`
	Text   string  `json:"text" doc:"Its beginning"`
	At     *string `json:"at"`
	DueAt  *string `json:"due_at"`
}

// Words is what people call the part.
func (p ApprovalPart) Words() string {
	if p == PartSign {
		return "签发"
	}
	return "审核"
}

// OnSheet are the incidents of a handover sheet, the oldest first. LIST has the newest first.
func OnSheet(list []Incident) (open []OpenIncident) {
	for n := len(list) - 1; n >= 0; n-- {
		i := list[n]
		x := OpenIncident{ID: i.ID, Number: i.Number.String(), State: i.State, Title: i.Title(), ClockStart: telephony.JSONTime(i.ClockStart), Unapproved: []string{}, Instructions: []OpenInstruction{}}
		if r := i.NextDue(); r != nil {
			x.Next, x.DueAt = r.Words(), telephony.JSONTime(r.DueAt)
		}
		for _, r := range i.Reports {
			if r.Unapproved() {
				x.Unapproved = append(x.Unapproved, r.Words())
			}
		}
		for _, r := range i.Reports {
			if names := r.LackingWords(); names != "" {
				x.Lacking = append(x.Lacking, r.Words()+"："+names)
			}
		}
		for _, r := range i.Reports {
			for _, a := range r.Approvals {
				if a.Waits() {
					x.Waiting = append(x.Waiting, r.Words()+" "+a.Part.Words()+" "+a.Name)
				}
			}
		}
		for _, o := range i.OpenInstructions() {
			x.Instructions = append(x.Instructions, OpenInstruction{o.Number, o.Whom, shortened(o.Text, matterText), telephony.JSONTime(o.At), telephony.JSONTime(o.Due)})
		}
		open = append(open, x)
	}
	return open
}
