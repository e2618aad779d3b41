package paper

import (
	"cmp"
	"slices"
	"strings"

	"dutyline/dutylog"
)

// of is the incident and the report that a paper shows: where another incident, merged into this one, sent the
// report, and nothing was written of it here, it is the other one's. Its deadline is that of the clock that counts, and
// who was told of it here since is among those who got it.
func (x IncidentFile) of(r dutylog.Report) (dutylog.Incident, dutylog.Report) {
	i := x.Incident
	for _, o := range x.Merged { // each after the one into which it was merged
		if theirs, there := o.Report(cmp.Or(r.SentAs, r.Number)); there && o.ID == r.SentIn && r.Version == 0 {
			theirs = theirs.Inherits(r)
			theirs.Deliveries = slices.Concat(theirs.Deliveries, r.Deliveries)
			i, r = o, theirs
		}
	}
	return i, r
}

// named is how people call an incident.
func (x IncidentFile) named(id int64) string { return cmp.Or(x.Numbers[id], "另一起事件") }

// others are the incidents of which a paper of one tells besides.
func (x IncidentFile) others(than dutylog.Incident) (all []dutylog.Incident) {
	for _, o := range x.Merged {
		if o.ID != than.ID {
			all = append(all, o)
		}
	}
	return all
}

// mergedWords are what was reported, said and ordered of the incidents that were merged into this one, each under its
// number; empty: none was. SHOWN is the incident of which the paper shows the rest.
func mergedWords(f Frame, x IncidentFile, shown dutylog.Incident) string {
	var all []string
	for _, o := range x.others(shown) {
		theirs := x
		theirs.Incident = o
		all = append(all, lines("【并入的突发事件 "+o.Number.String()+"】", mergedReports(f, theirs), mergedUnit(f, o)))
	}
	return strings.Join(all, "\n")
}

func mergedReports(f Frame, x IncidentFile) string {
	var rows []string
	for _, r := range x.Incident.Reports {
		if len(r.Deliveries) == 0 {
			continue
		}
		signed := "尚未签发"
		if r.ApprovedBy != "" {
			signed = signerWords(r)
		}
		words := reportName(r) + "（签发：" + signed + "）"
		for _, d := range r.Deliveries {
			words += "；" + wordsOf(dutylog.Recipients(), d.Recipient) + " " + shortOf(dutylog.Channels(), d.Channel) + " " + f.minute(d.At) + deliveryProof(f, x, r, d)
		}
		rows = append(rows, words)
	}
	return strings.Join(rows, "\n")
}

func mergedUnit(f Frame, o dutylog.Incident) string {
	var rows []string
	for _, c := range o.Callouts {
		rows = append(rows, "通知："+joinWords(f.minute(c.At), wordsOf(dutylog.CalloutRoles(), c.Part), c.Whom, wordsOf(dutylog.CalloutResults(), c.Result)))
	}
	for _, n := range o.Instructions {
		state := "未办结"
		if !n.ClosedAt.IsZero() {
			state = "已办结"
		}
		rows = append(rows, "批示："+joinWords(f.minute(n.At), n.Whom, cmp.Or(n.Text, "（附批示照片）"), state))
	}
	return strings.Join(rows, "\n")
}

// mergedNotes say whose the report is, and of whom it tells besides.
func mergedNotes(f Frame, x IncidentFile, shown dutylog.Incident, r dutylog.Report) (notes []string) {
	if r.SentIn != 0 && r.Version > 0 {
		notes = append(notes, "本期报告已由 "+x.named(r.SentIn)+" 于 "+f.minute(r.SentAt)+" 报送；本页文字在并入后另行起草，签发和报送另行记录。")
	}
	if shown.ID != x.Incident.ID {
		notes = append(notes, "本期报告由 "+shown.Number.String()+" 报送，该事件已并入 "+x.Incident.Number.String()+"。")
	}
	if x.Incident.State == dutylog.IncidentMerged {
		notes = append(notes, "本事件已于 "+f.minute(x.Incident.EndedAt)+" 并入 "+x.named(x.Incident.MergedInto)+"。")
	}
	for _, o := range x.others(shown) {
		notes = append(notes, "突发事件 "+o.Number.String()+" 已于 "+f.minute(o.EndedAt)+" 并入，其报送、通知和批示列于“报送情况”。")
	}
	return notes
}
