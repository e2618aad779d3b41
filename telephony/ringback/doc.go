// Package ringback listens to what a caller hears before the answer and says what it is.
//
// The regulation forbids a custom ring-back tone on the duty phone (Art. 12), and the called
// side cannot hear it: only a test call from another line can. This package judges the sound
// of such a call. It is part of the core: values in, a verdict out, no clock, no I/O.
//
//	samples ──▶ frames (spectrum.go) ──▶ steady tones (tones.go) ─┐
//	                    └──▶ whatever else is heard (other.go) ───┴▶ judge.go ──▶ Verdict
//
// A tone of an exchange is steady in pitch and loudness, has hard edges and a cadence of the
// catalogue, and nothing else is heard beside it but noise. Music fails at least one of these,
// however much of its energy lies at 450 Hz. Where the evidence does not suffice the verdict
// is CannotTell with the reason: it beats a wrong one, for an alert may follow.
//
// Nothing is concluded from a burst or pause of which an edge was not heard. So a standard
// ring-back that is heard from its beginning is named after 6.1 s, when its second burst
// ends, and after 5 to 9 s when listening begins somewhere else in its period.
//
// What it does not hear: sound below -58 dBm0 or softer than the noise of the line, modulated
// tones (those of India or Singapore are not told from a swinging note), tones of less than
// 85 ms.
package ringback
