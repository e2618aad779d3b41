// Package testcall decides what a test call proves.
//
// Forwarding that is set at the exchange, and a custom ring-back tone (彩铃), cannot be seen from
// the called side. A test call from a second line shows them: its ring must arrive here, and its
// caller must hear the standard ring-back. This package is part of the core: values in, a verdict
// or a deadline out, no clock, no I/O. telephony/probe places the call; cmd brings both ends
// together.
//
//	when is the next one   timetable.go
//	is it ours             expect.go
//	when to hang up        stop.go
//	a spot check 抽查       check.go
//	what it proves         facts.go ─▶ verdict.go ─▶ result.go
package testcall
