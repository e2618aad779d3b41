// Package archive keeps recordings as evidence: both sides of a call in one lossless stereo
// FLAC file (left the far side, right the officer), written once, read-only, known by its
// SHA-256 and proved again on every opening.
//
//	intake/*.wav ──▶ merge ──▶ FLAC in a temporary file ──▶ fsync ──▶ rename ──▶ fsync the folder
//
// A sealed file is never written to again. The same two sides sealed twice give the same file,
// so a seal that was interrupted anywhere is simply repeated.
package archive
