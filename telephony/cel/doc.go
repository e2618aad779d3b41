// Package cel reads the switch's own journal: Asterisk's channel event logging (CEL), one
// JSON object a line. It only reads; Asterisk never waits for it and never sees it.
//
// decode.go turns one record into a telephony.Row; fields.go knows how Asterisk really
// writes its JSON. records.go cuts a stream of bytes into records and keeps what is none
// apart. source.go is one file and how far it was read, folder.go finds the files that
// rotation made of the journal, and tail.go follows all of them from a saved position.
//
// Asterisk (seen in 22.10) does not escape what callers send: a backslash stays as it is,
// and a line break in a number (sip:139%0A@…) breaks the record in two. Only quotes get a
// backslash, so a quote without one is always Asterisk's own. A caller's \"} before a line
// break can make the first half of a record look whole to a reader of JSON; it has no ids,
// which stand behind all that a caller can send, so it is known to go on. That is enough to
// find every record whole, and nobody who calls can forge or hide one.
package cel
