// Package asterisk runs a private Asterisk: it writes its configuration from the templates
// of deploy/asterisk, starts it, waits until it is ready and stops it without leaving a process.
//
// The practice line and every test on real parts use it. Several may run at the same time:
// each has its own folder, control socket and ports.
package asterisk
