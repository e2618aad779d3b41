package telephony

// Check is one thing that was looked at, for a person who sets the system up.
type Check struct {
	Name   string // what was looked at, in a few words
	OK     bool
	Warn   bool   // OK, but to be looked at; see Remedy
	Detail string // what was found
	Remedy string // what to do; empty when all is well
}
