// Package telephony turns what the switch says into calls, each with exactly one outcome.
//
// It is a core: nouns and rules, no I/O, no clock, no globals. Its sub-folders are
// adapters, one outside thing each. Values flow one way:
//
//	Event ──▶ Tracker.Apply ──▶ []Change ──▶ the duty log
//
// The rules are those of the regulation (Art. 12): the duty phone is answered within
// three rings, is never forwarded and is always reachable.
package telephony
