package dutylog

import "slices"

// Mask is an incident as Entry.Mask has an entry, for a list, the stream, a page or a paper. CALLERS are the persons who
// called about it: their names are hidden in whatever was taken from their entries or written of it since. What is known of
// the incident follows from its facts as they are shown, so that no place of it is left out.
func (i Incident) Mask(callers ...string) Incident {
	facts, hide := slices.Clone(i.Facts), hiding(callers...)
	for n := range facts {
		b := &facts[n].Body
		b.Phone = MaskNumber(b.Phone)
		*b, _ = b.changed(hide, func(Element) bool { return true }, true)
	}
	return FoldIncident(i.ID, facts)
}
