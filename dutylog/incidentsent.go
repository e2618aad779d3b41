package dutylog

// Sent is what was reported of the incident, for one into which it is merged.
func (i Incident) Sent() []SentThat {
	var all []SentThat
	for _, r := range i.Reports {
		if !r.SentAt.IsZero() {
			all = append(all, SentThat{r.Number, r.SentAt, r.ApprovedAt, r.ApprovedBy})
		}
	}
	for _, a := range i.Absorbed { // and what an incident had followed up that was merged into this one before
		for _, s := range a.Sent {
			if s.Report > ReportNumber(StageDetailed, 1) {
				all = append(all, s)
			}
		}
	}
	return all
}

// inherits adds to what was said of the reports here what incidents sent that were merged into this one.
func (i *Incident) inherits(said map[int]Report) {
	for _, a := range i.Absorbed {
		for _, s := range a.Sent {
			if s.Report > ReportNumber(StageDetailed, 1) {
				continue // follow-ups have numbers of their own here: see followedElsewhere
			}
			r := said[s.Report]
			r.Number, r.Stage = s.Report, stageOf(s.Report)
			r.inherit(a.Incident, s)
			said[s.Report] = r
		}
	}
}

// inherit takes over that another incident sent the report, where it was the first to. Its approval is that of its own
// text: one that was written here has to be signed here.
func (r *Report) inherit(from int64, s SentThat) {
	if !r.SentAt.IsZero() && !s.SentAt.Before(r.SentAt) {
		return
	}
	r.SentAt, r.SentIn = s.SentAt, from
	if r.Version == 0 {
		r.ApprovedAt, r.ApprovedBy = s.ApprovedAt, s.ApprovedBy
	}
}
