package ari

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
)

// Reason names why the switch could not be asked. The set is closed.
type Reason string

// The reasons, each with its own remedy.
const (
	Absent        Reason = "absent"         // nothing listens at the address
	WrongPassword Reason = "wrong_password" // the login was refused
	ReadOnly      Reason = "read_only"      // the login may not write
	NoARI         Reason = "no_ari"         // a web server answers, but it has no ARI
	Starting      Reason = "starting"       // Asterisk has not booted yet
	Silent        Reason = "silent"         // no answer in time
	Refused       Reason = "refused"        // some other answer
	Replaced      Reason = "replaced"       // another watcher took our name over: this socket is deaf
	DeadSocket    Reason = "dead_socket"    // the socket lives, but delivers nothing any more
	Lost          Reason = "lost"           // the connection broke
)

// Error says in one sentence why the switch could not be asked and what to do about it.
type Error struct {
	Reason Reason
	What   string // what was attempted, for instance "list endpoints at http://…"
	Remedy string
	Err    error // the cause, when there is more to say
	status int   // of the answer; 0 where none came
}

func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %s (%v): %s", e.What, sentences[e.Reason], e.Err, e.Remedy)
	}
	return fmt.Sprintf("%s: %s: %s", e.What, sentences[e.Reason], e.Remedy)
}

func (e *Error) Unwrap() error { return e.Err }

var sentences = map[Reason]string{
	Absent:        "no Asterisk answers",
	WrongPassword: "the ARI user or password is wrong",
	ReadOnly:      "the ARI user may only read",
	NoARI:         "the web server that answers has no ARI",
	Starting:      "Asterisk is still starting",
	Silent:        "Asterisk does not answer in time",
	Refused:       "Asterisk refused",
	Replaced:      "another watcher took over this one's name",
	DeadSocket:    "the event socket is dead although it looks alive",
	Lost:          "the connection to Asterisk broke",
}

var remedies = map[Reason]string{
	Absent:        "start Asterisk, enable its web server in http.conf, or correct ari.url",
	WrongPassword: "compare ari.user and its password file with the user in Asterisk's ari.conf",
	ReadOnly:      "set read_only = no for this user in Asterisk's ari.conf and reload res_ari",
	NoARI:         "set enabled = yes in Asterisk's ari.conf, load res_ari, or correct ari.url",
	Starting:      "wait; it is tried again",
	Silent:        "look at Asterisk's load and its log; it is tried again",
	Refused:       "look at Asterisk's log",
	Replaced:      "it reconnects under a new name; look for a second watcher with this login",
	DeadSocket:    "it reconnects under a new name",
	Lost:          "it reconnects",
}

func newError(r Reason, what string, cause error) *Error {
	return &Error{Reason: r, What: what, Remedy: remedies[r], Err: cause}
}

// ReasonOf is the named reason of an error, or "".
func ReasonOf(err error) Reason {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

// transportError names why no answer came.
func transportError(what string, err error) error {
	var dns *net.DNSError
	switch timeout := net.Error(nil); {
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("%s: %w", what, context.Canceled)
	case errors.Is(err, syscall.ECONNREFUSED), errors.As(err, &dns), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return newError(Absent, what, err)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return newError(Silent, what, err)
	default:
		return newError(Lost, what, err)
	}
}

// statusError names why the answer was not the one wanted. Answers of ARI are JSON; a web
// page with 404 comes from a web server that does not know ARI.
func statusError(what string, status int, json bool, detail string) error {
	cause := errors.New(detail)
	if detail == "" {
		cause = errors.New(http.StatusText(status))
	}
	switch {
	case status == http.StatusUnauthorized:
		return newError(WrongPassword, what, nil)
	case status == http.StatusForbidden:
		return newError(ReadOnly, what, nil)
	case status == http.StatusNotFound && !json:
		return newError(NoARI, what, nil)
	case status == http.StatusServiceUnavailable:
		return newError(Starting, what, nil)
	default:
		return &Error{Reason: Refused, What: what, Remedy: remedies[Refused], Err: fmt.Errorf("%d %w", status, cause), status: status}
	}
}
