package dutylog

import (
	"cmp"
	"slices"

	"dutyline/telephony"
)

// A sheet has room for so much. What is beyond that is counted on it, and the lists have it.
const (
	MostMatters   = 300
	MostAlerts    = 200
	MostIncidents = 200
)

// Unlisted is how much more there was than a sheet lists.
type Unlisted struct {
	Matters   int `json:"matters" doc:"Open entries: the list of open entries has them"`
	Alerts    int `json:"alerts" doc:"Standing alerts: the list of alerts has them"`
	Incidents int `json:"incidents" doc:"Incidents: the list of incidents has them"`
}

// OpenMatters is what is open in the log, as far as a sheet lists it.
type OpenMatters struct {
	Entries  []Entry         // the most urgent first, of these the newest
	CallBack map[string]bool // by call: its caller is still to be called back
	Callers  int             // who are still to be called back, each once, however often they called
	// Outcomes are those of the entries' calls, by call.
	Outcomes map[string]telephony.Outcome
	Total    int // with those that are not among the entries
}

// Matters are they as a sheet shows them; SHOWN is what of an entry its reader may see.
func (o OpenMatters) Matters(shown func(Entry) Entry) []Matter {
	matters := make([]Matter, len(o.Entries))
	for i, e := range o.Entries {
		matters[i] = MatterOf(shown(e))
		matters[i].CallBack = o.CallBack[e.CallID]
		if e.Kind == KindMissed {
			matters[i].Outcome = o.Outcomes[e.CallID]
		}
	}
	return matters
}

// urgencyRank is higher for what is more urgent, and 0 for what is not.
func urgencyRank(urgency string) int { return max(slices.Index(Urgencies(), urgency), 0) }

// Fit cuts alerts and incidents to what a sheet has room for, and counts what it does not list, the matters
// of TOTAL included. Alerts are sorted: critical ones first, of these the newest. Of the incidents, which
// have the oldest first, the newest stay.
func (s Sheet) Fit(total int) Sheet {
	more := Unlisted{Matters: max(total-len(s.Matters), 0), Alerts: max(len(s.Alerts)-MostAlerts, 0), Incidents: max(len(s.Incidents)-MostIncidents, 0)}
	s.Alerts = slices.Clone(s.Alerts)
	slices.SortStableFunc(s.Alerts, func(a, b OpenAlert) int { return cmp.Compare(calm(a), calm(b)) })
	s.Alerts = s.Alerts[:len(s.Alerts)-more.Alerts]
	s.Incidents = s.Incidents[more.Incidents:]
	if more != (Unlisted{}) {
		s.Unlisted = &more
	}
	return s
}

// calm is how little an alert presses.
func calm(a OpenAlert) int {
	if at := slices.Index([]string{"critical", "warning"}, a.Severity); at >= 0 {
		return at
	}
	return 2
}

// Rest is how much more there was than the sheet lists; all zero when it lists everything.
func (s Sheet) Rest() Unlisted {
	if s.Unlisted == nil {
		return Unlisted{}
	}
	return *s.Unlisted
}

// Mask hides numbers in what a sheet tells beside its matters, which are masked before they are cut short:
// the details of alerts name callers, and people write numbers into instructions.
func (s Sheet) Mask() Sheet {
	s = s.Whole()
	for i := range s.Alerts {
		s.Alerts[i].Detail = MaskText(s.Alerts[i].Detail)
	}
	for i := range s.Incidents {
		x := &s.Incidents[i]
		x.Title = MaskText(x.Title)
		for n := range x.Instructions {
			x.Instructions[n].Whom, x.Instructions[n].Text = MaskText(x.Instructions[n].Whom), MaskText(x.Instructions[n].Text)
		}
	}
	return s
}
