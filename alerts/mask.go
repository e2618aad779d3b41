package alerts

import (
	"slices"
	"strings"

	"dutyline/dutylog"
)

// Mask is an alert as a list or the stream shows it to somebody whose work does not need to know who called,
// see dutylog.Entry.Mask: numbers are hidden wherever it says them. By its id it is taken on as before; its
// references name no number, but where one is a number that the detail has.
func (a Alert) Mask() Alert {
	refer := func(ref string) string { return ref }
	if hidden := dutylog.MaskText(a.Detail); hidden != a.Detail {
		said := a.Detail
		refer = func(ref string) string { return strings.ReplaceAll(ref, said, hidden) }
		a.Detail = hidden
	}
	a.Key, a.Note, a.Muted.Reason = refer(a.Key), dutylog.MaskText(a.Note), dutylog.MaskText(a.Muted.Reason)
	a.Evidence = slices.Clone(a.Evidence)
	for i := range a.Evidence {
		e := &a.Evidence[i]
		e.Ref, e.Text, e.Said.Number = refer(e.Ref), dutylog.MaskText(e.Text), dutylog.MaskNumber(e.Said.Number)
		e.Said.Endpoint, e.Said.URI, e.Said.Detail = dutylog.MaskText(e.Said.Endpoint), dutylog.MaskText(e.Said.URI), dutylog.MaskText(e.Said.Detail)
	}
	return a
}
