// Package probe places test calls, and those of spot checks 抽查, through a second line: a small SIP user agent that calls,
// listens and hangs up.
//
// It is an adapter of telephony/testcall, which decides when to hang up and what the call
// proves. The messages are those of sipgo; what is sent when is decided here, in one goroutine
// with one timer, because a call that is given up has to be over at once and for certain: a real
// caller may be waiting. Whatever the other side sends, the worst that comes of it is a call
// with a fault.
//
// Who answers a spot check hears, over and over until somebody hangs up:
// 您好，这是值班电话抽查，接听时间已经记录。请报出单位和姓名，督查人员随后与您联系。报完请挂机，谢谢。
//
//	config.go ─▶ Line.Call ─▶ call.go (signalling) ─┬▶ messages.go
//	                          sound.go (RTP) ───────┴▶ report ─▶ testcall
//	                          say.go (RTP, of a spot check)
package probe
