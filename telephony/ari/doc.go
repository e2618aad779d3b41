// Package ari is the live view of the switch: it reads Asterisk's events over a websocket
// and answers what the core asks of a telephony.Switch over REST.
//
// Four things a careless watcher does hurt calls; they are never done here. It never asks
// for all events (subscribeAll can block ARI for good), it never reads slowly (the read loop
// only stamps a frame and puts it on a queue that grows), it opens no outbound websocket,
// and no channel ever enters its application.
//
// A session is: connect under a name of its own, subscribe to the endpoints of the lines,
// check that the application lives, take a snapshot. What is read before the snapshot and
// what the snapshot shows overlap; every event is harmless when it comes twice.
//
//	websocket ──▶ read loop ──▶ queue ──▶ one goroutine ──▶ Sink
//
// Of CyCoreSystems/ari the typed data is used, and its REST client where nobody waits: it
// takes no context and has no timeout, so a switch that hangs would hang its caller, and it
// loses the reason of an answer that is not JSON. Its event side loses events.
package ari
