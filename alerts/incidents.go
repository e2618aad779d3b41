package alerts

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"dutyline/dutylog"
)

// incidentReasons are those of alerts about incidents 突发事件. A key names reason, incident and report,
// instruction or fact, so that neither a restart nor a second look repeats or forgets one.
var incidentReasons = []Reason{ReasonReportSoon, ReasonReportLate, ReasonUnapproved, ReasonInstructionLate, ReasonClockLate, ReasonLacking, ReasonUnproved, ReasonOmitted, ReasonMismatch, ReasonUnconfirmed, ReasonEntryDiffers}

// IncidentOf is the incident that an alert is about; 0 for every other alert.
func IncidentOf(a Alert) int64 {
	parts := strings.Split(a.Key, "/")
	if len(parts) != 3 || !slices.Contains(incidentReasons, Reason(parts[0])) {
		return 0
	}
	id, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return 0
	}
	return id
}

func incidentKey(r Reason, incident int64, number int) string {
	return fmt.Sprintf("%s/%d/%d", r, incident, number)
}

// Incidents tells of incidents what is due soon, overdue, sent without approval or not followed up, and
// of which that is over; and when it is to be asked again, the zero time when only a new fact changes
// something. ALL are the open incidents, and those about which an alert is STANDING. What is told of an
// incident began at its deadline, or when the fact was written by which that is known.
func Incidents(all []dutylog.Incident, standing []Alert, line string, now time.Time) (tell []Alert, next time.Time) {
	b := incidentBook{line: line, now: now, due: map[string]bool{}}
	for _, i := range all {
		b.look(i)
	}
	for _, a := range b.found {
		if known := slices.ContainsFunc(standing, func(s Alert) bool { return s.Key == a.Key }); !known {
			tell = append(tell, a)
		}
	}
	for _, a := range standing {
		if IncidentOf(a) != 0 && !b.due[a.Key] && a.Reason.Lasts() {
			tell = append(tell, Alert{Line: a.Line, At: later(now, a.At), Ends: []string{a.Key}})
		}
	}
	return tell, b.next
}

// incidentBook gathers what is to be told.
type incidentBook struct {
	line  string
	now   time.Time
	found []Alert
	due   map[string]bool
	next  time.Time
}

func (b *incidentBook) look(i dutylog.Incident) {
	known := i.Facts[len(i.Facts)-1].WrittenAt
	for _, r := range i.Reports {
		name := i.Number.String() + " " + r.Words()
		switch soon := r.DueAt.Add(-i.Schedule.Soon.Duration()); {
		case i.State != dutylog.IncidentOpen || r.DueAt.IsZero() || !r.SentAt.IsZero():
		case !b.now.Before(r.DueAt):
			b.tell(ReasonReportLate, i.ID, r.Number, name, later(r.DueAt, known))
		case !b.now.Before(soon):
			b.tell(ReasonReportSoon, i.ID, r.Number, name, later(soon, known))
			b.turn(r.DueAt)
		default:
			b.turn(soon)
		}
		b.lacking(i, r, name, known)
		for _, d := range r.Deliveries {
			if r.Unproved(d) {
				b.tell(ReasonUnproved, i.ID, d.Fact, name, d.NotedAt)
			}
			b.mismatch(i.ID, d.Fact, name, d.CallWith, d.CallReason, d.NotedAt)
		}
		b.approvals(i, r, name)
		if r.Unapproved() {
			b.tell(ReasonUnapproved, i.ID, r.Number, name, later(r.SentAt, known))
		}
	}
	for _, x := range i.OpenInstructions() {
		switch {
		case x.Overdue(b.now):
			b.tell(ReasonInstructionLate, i.ID, x.Number, i.Number.String()+" "+x.Whom, later(x.Due, known))
		case !x.Due.IsZero():
			b.turn(x.Due)
		}
	}
	b.disputes(i)
	b.closed(i)
	if i.ClockMoved != 0 {
		by := i.ClockStart.Sub(i.ClockNatural).Truncate(time.Minute)
		newest := max(i.ClockMoved, i.ClockBegan) // an older entry makes the difference another one, which is told anew
		b.tell(ReasonClockLate, i.ID, newest, fmt.Sprintf("%s 起算时间比首次接报晚 %d 分钟：%s", i.Number, int(by.Minutes()), i.ClockReason), i.Facts[newest-1].WrittenAt)
	}
}

// lacking tells who did not get a report that went out, from the moment on by which they had to.
func (b *incidentBook) lacking(i dutylog.Incident, r dutylog.Report, name string, known time.Time) {
	names := r.LackingWords()
	if names == "" || i.State != dutylog.IncidentOpen {
		return
	}
	switch due := r.DueTo(r.Lacking()[0]); { // who lacks it has it until the same moment as all who do
	case due.IsZero():
	case b.now.Before(due):
		b.turn(due)
	default:
		b.tell(ReasonLacking, i.ID, r.Number, name+"：未送达"+names, later(due, known))
	}
}

// approvals tells the supervisor of approvals by telephone that were noted with a call with another number, or that
// their person did not confirm in time.
func (b *incidentBook) approvals(i dutylog.Incident, r dutylog.Report, name string) {
	for _, a := range r.Approvals {
		b.mismatch(i.ID, a.Fact, name, a.CallWith, a.CallReason, i.Facts[a.Fact-1].WrittenAt)
		switch by := i.ConfirmBy(a); {
		case i.Unconfirmed(a, b.now):
			b.tell(ReasonUnconfirmed, i.ID, a.Fact, name+" "+a.Name, by)
		case a.Waits():
			b.turn(by)
		}
	}
}

// mismatch tells the supervisor of a call that proves something though its number is not known as that of whom it names.
func (b *incidentBook) mismatch(incident int64, fact int, name, with, reason string, at time.Time) {
	if reason != "" {
		b.tell(ReasonMismatch, incident, fact, name+"："+with+"，"+reason, at)
	}
}

// disputes tells who sits elsewhere that a caller says otherwise than is known: the leader and the supervisor see it where
// the officer may be too busy to compare.
func (b *incidentBook) disputes(i dutylog.Incident) {
	for _, said := range i.Told() {
		words := []string{}
		for _, d := range said {
			words = append(words, d.Words())
		}
		if at := said[0].At.Add(dutylog.DisputeSettles); b.now.Before(at) {
			b.turn(at)
		} else {
			b.tell(ReasonEntryDiffers, i.ID, said[0].Fact, i.Number.String()+" "+strings.Join(words, "；"), at)
		}
	}
}

// closed tells the supervisor that an incident was closed with reports owed, whether they were late or not yet: by
// that no deadline is met.
func (b *incidentBook) closed(i dutylog.Incident) {
	owed, by := []string{}, 0
	for _, r := range i.Unreported() {
		owed = append(owed, r.Words())
	}
	for _, f := range i.Facts {
		if f.Kind == dutylog.FactClosed {
			by = f.Seq
		}
	}
	if len(owed) > 0 {
		b.tell(ReasonOmitted, i.ID, by, i.Number.String()+" "+strings.Join(owed, "、")+"："+i.EndReason, i.Facts[by-1].WrittenAt)
	}
}

func (b *incidentBook) tell(r Reason, incident int64, number int, detail string, at time.Time) {
	key := incidentKey(r, incident, number)
	b.due[key] = true
	b.found = append(b.found, lasting(r, key, b.line, detail, at))
}

func (b *incidentBook) turn(at time.Time) {
	if b.next.IsZero() || at.Before(b.next) {
		b.next = at
	}
}
