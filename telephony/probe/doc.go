// Package probe places test calls through a second line: a small SIP user agent that calls,
// listens and hangs up.
//
// It is an adapter of telephony/testcall, which decides when to hang up and what the call
// proves. The messages are those of sipgo; what is sent when is decided here, in one goroutine
// with one timer, because a call that is given up has to be over at once and for certain: a real
// caller may be waiting. Whatever the other side sends, the worst that comes of it is a call
// with a fault.
//
//	config.go ─▶ Line.Call ─▶ call.go (signalling) ─┬▶ messages.go
//	                          sound.go (RTP) ───────┴▶ report ─▶ testcall
package probe
