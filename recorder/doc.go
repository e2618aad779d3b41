// Package recorder turns what the switch recorded into evidence: both sides of a call in
// one lossless stereo file (caller left, officer right), checked, sealed write-once under
// its digest and tied to its call.
//
// The dialplan records (so that it happens without us); this package only fetches
// afterwards. It is a core: the sealing itself is in recorder/archive.
package recorder
