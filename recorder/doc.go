// Package recorder turns what the switch recorded into evidence: both sides of a call in
// one lossless stereo file (caller left, officer right), checked, sealed write-once under
// its digest and tied to its call.
//
// The dialplan records (so that it happens without us); this package only fetches
// afterwards. Where the dialplan does not, Snoops decides which calls are recorded from beside,
// into files of the same names:
//
//	call ended ──▶ ForCall ──▶ row ──▶ Collector: fetch ──▶ Assess ──▶ seal ──▶ row ──▶ verify ──▶ remove the originals
//
// What is still to be done is in the row (NextTry), never in a sleeping goroutine, so that
// a crash at any point costs a repetition and nothing else. The decisions are pure functions
// with named reasons: ForCall, Assess, Judge, NextAttempt. It is a core: the sealing itself
// is in recorder/archive.
package recorder
