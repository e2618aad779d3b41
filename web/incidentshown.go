package web

import (
	"context"
	"slices"

	"dutyline/dutylog"
)

// shownIncident is an incident as the visitor is shown it wherever it is shown, and how they are shown an entry of it: whose
// work does not need to know who called sees what entries say masked, as in a list of them.
func (a *app) shownIncident(ctx context.Context, i dutylog.Incident) (dutylog.Incident, func(dutylog.Entry) dutylog.Entry, error) {
	v := visitorOf(ctx)
	if v.can(seeNames) {
		return i, v.own, nil
	}
	callers, err := a.whoCalledAbout(ctx, i)
	if err != nil {
		return i, nil, problemOf(err)
	}
	return i.Mask(callers...), func(e dutylog.Entry) dutylog.Entry { return v.own(e).MaskAmong(callers...) }, nil
}

// shownIncidents is a list of them, of which it is kept that it was read.
func (a *app) shownIncidents(ctx context.Context, list []dutylog.Incident) (shown []dutylog.Incident, err error) {
	var told []string
	for _, i := range list {
		if i, _, err = a.shownIncident(ctx, i); err != nil {
			return nil, err
		}
		shown, told = append(shown, i), append(told, entriesOfIncident(i)...)
	}
	a.noteIncidents(ctx, told)
	return shown, nil
}

// noteIncidents keeps that somebody read what incidents say of entries, as it is kept of a list of entries.
func (a *app) noteIncidents(ctx context.Context, entries []string) {
	if len(entries) > 0 {
		slices.Sort(entries)
		a.auditOf(ctx, seeIncidents, listOfIncidents, slices.Compact(entries))
	}
}

// whoCalledAbout are the persons who called about an incident, the longest name first: a short one may be a part of it. An entry
// whose link was struck out counts, too: what it said may stand.
func (a *app) whoCalledAbout(ctx context.Context, i dutylog.Incident) (callers []string, err error) {
	read := map[string]bool{"": true}
	for _, f := range i.Facts {
		if read[f.Body.Entry] {
			continue
		}
		read[f.Body.Entry] = true
		e, err := a.Log.Entry(ctx, f.Body.Entry)
		if err != nil {
			return nil, err
		}
		callers = append(callers, e.Values[dutylog.CallerPerson])
	}
	slices.SortFunc(callers, func(a, b string) int { return len(b) - len(a) })
	return callers, nil
}

// entriesOfIncident are the ids of the entries that an incident shows.
func entriesOfIncident(i dutylog.Incident) (ids []string) {
	for _, l := range i.Entries {
		ids = append(ids, l.EntryID)
	}
	return ids
}
