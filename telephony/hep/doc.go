// Package hep is the SIP view: it hears the copies of SIP messages that Asterisk's res_hep sends
// over UDP and tells from them what ARI does not show.
//
//	datagram ──Decode──▶ Packet ──Parse──▶ Message ──View.Take──▶ Fact
//
// Listener does the first two steps behind a bounded queue; View is a value without I/O and
// without a clock that joins messages to calls by Call-ID, which ARI gives as a channel's
// protocol_id (telephony.Channel.SIPCallID).
//
// ARI decides what a call came to; what is seen here annotates it. The mirror is UDP without
// sequence numbers: a message that is not here may have been lost, so only what was seen is a
// fact. Asterisk never waits for us and does not notice that nobody listens.
package hep
