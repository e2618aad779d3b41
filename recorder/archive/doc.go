// Package archive keeps recordings as evidence: both sides of a call in one lossless stereo
// FLAC file (left the far side, right the officer), encrypted with age for the site's key and
// an escrow key, written once, read-only, proved again on every opening.
//
//	intake/*.wav ──▶ merge ──▶ FLAC in a nameless file ──▶ age ──▶ temporary file ──▶ fsync ──▶ rename ──▶ fsync the folder
//
// A row knows two digests. Digest is that of the FLAC, which is what was recorded and what a
// player gets; it stays the same whoever encrypts it. FileDigest is that of the file on the
// disk, so that the archive can be verified, backed up and compared without the key. Files of
// the time before encryption have only the first and stay playable.
//
// A sealed file is never written to again. The same two sides sealed twice give the same FLAC,
// and the file that is there already stays, so a seal that was interrupted anywhere is simply
// repeated. What is in the intake is not encrypted; it is there for seconds, or as long as a
// recording waits to be completed.
package archive
