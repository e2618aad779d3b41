// Package telephony turns what the switch says into calls, each with exactly one outcome.
//
// It is a core: nouns and rules, no I/O, no clock, no globals. Its sub-folders are
// adapters, one outside thing each. Values flow one way:
//
//	Event ──▶ Tracker.Apply ──▶ []Change ──▶ the duty log
//
// An event becomes evidence on a leg (arms.go, one function for each kind of event; legs.go).
// Legs that dial one another belong to one call (run.go). What changed is told (tell.go),
// what a line does now is worked out (lines.go), and when nothing of a call is left, its
// evidence is judged (judge.go; out.go for calls placed from the duty phone). Evidence is
// set once and judged at the end: an event that comes twice, or a little early or late,
// changes nothing. After a gap or a restart, resync.go takes up what exists.
//
// The switch's own journal is the second eye: its rows are gathered into calls (journal.go),
// retold as events and judged by the same tracker (settle.go, retell.go), and compared with
// what the live view saw (reconcile.go). What neither saw follows in blind.go.
//
// The rules are those of the regulation (Art. 12): the duty phone is answered within
// three rings, is never forwarded and is always reachable.
package telephony
