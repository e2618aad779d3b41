// Package practice is the far side of a practice line: a simulated duty phone, the people who
// call it and the people whom it calls. They speak real SIP and RTP to a real Asterisk, with
// audio on both sides, so that a newcomer sees and hears everything that production does.
//
// A Line is one process with two SIP user agents. The phone registers as the duty phone and
// steps aside while a real phone is registered; the far side stands where the telephone
// network would be and needs no password. How the phone treats a call is told to it by number,
// inside the process, just before the call is placed; calls that nobody announced are treated
// by Config.Unplanned.
//
// Nothing here is part of production: dutyline serve does not import it.
package practice
