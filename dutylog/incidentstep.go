package dutylog

import "slices"

// StepFor is the handling step of an incident's first entry that a fact is, where a call was it: then the
// call needs no words of its own. False: it is none.
func (i Incident) StepFor(f IncidentFact) (StepDraft, bool) {
	b := f.Body
	d := StepDraft{At: f.At, CallID: b.CallID}
	if b.CallID == "" || len(i.Entries) == 0 || i.Entries[0].EntryID == EntryIDFor(b.CallID) {
		return d, false
	}
	r, _ := i.Report(b.Report)
	switch f.Kind {
	case FactDelivered:
		to, _ := wordOf(Recipients(), b.Recipient)
		d.Kind, d.Whom, d.Text, d.Channel = StepReported, joined(" ", to.Words, b.Receiver), r.Words(), channelPhone
	case FactReviewed, FactSigned:
		d.Kind, d.Whom, d.Text = StepInstructed, b.Name, r.Words()+map[FactKind]string{FactReviewed: "：电话审核", FactSigned: "：电话签发"}[f.Kind]
	case FactCalledOut:
		result, _ := wordOf(CalloutResults(), b.Result)
		d.Kind, d.Whom, d.Text = StepPassedOn, b.Whom, result.Words
	case FactScene:
		kind, _ := wordOf(SceneKinds(), b.Part)
		d.Kind, d.Whom, d.Text = StepFedBack, b.Whom, joined("：", kind.Words, b.Text)
	default:
		return d, false
	}
	return d, true
}

// StepOfFact is the number of the standing step that a fact is, among those of an entry; 0: none.
func StepOfFact(e Entry, f IncidentFact) int {
	at := slices.IndexFunc(e.Steps, func(s Step) bool { return s.Struck == nil && f.Body.CallID != "" && s.CallID == f.Body.CallID })
	if at < 0 {
		return 0
	}
	return e.Steps[at].Number
}
