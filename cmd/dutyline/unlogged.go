package main

import (
	"maps"
	"slices"
	"sync"

	"dutyline/alerts"
	"dutyline/telephony"
	"dutyline/web"
)

// unlogged holds what the page must show although the duty log does not have it yet: the
// newest state of each line, and that the last allowed ring began or passed on a call that
// still rings. It is empty as long as the log keeps up.
type unlogged struct {
	mu      sync.Mutex
	lines   map[string]telephony.LineState
	alerts  []alerts.Alert
	changed chan struct{} // closed and replaced whenever something changes
}

func newUnlogged() *unlogged {
	return &unlogged{lines: map[string]telephony.LineState{}, changed: make(chan struct{})}
}

// Now is the picture at this moment.
func (u *unlogged) Now() web.Unlogged {
	u.mu.Lock()
	defer u.mu.Unlock()
	return web.Unlogged{Lines: maps.Clone(u.lines), Alerts: slices.Clone(u.alerts), Changed: u.changed}
}

// add takes further changes, oldest first.
func (u *unlogged) add(changes []telephony.Change) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.take(changes)
	u.tell()
}

// replace forgets everything but these changes.
func (u *unlogged) replace(changes []telephony.Change) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(changes) == 0 && len(u.lines) == 0 {
		return // the usual case: nothing to say
	}
	clear(u.lines)
	u.alerts = nil
	u.take(changes)
	u.tell()
}

func (u *unlogged) take(changes []telephony.Change) {
	for _, ch := range changes {
		u.lines[ch.Line] = ch.State
		switch ch.Kind {
		case telephony.CallRing3, telephony.CallLimit:
			for _, a := range (alerts.Rules{}).From(ch) {
				if !slices.ContainsFunc(u.alerts, func(told alerts.Alert) bool { return told.Key == a.Key }) {
					u.alerts = append(u.alerts, a)
				}
			}
		case telephony.CallAnswered, telephony.CallEnded: // nobody need hurry any more
			u.alerts = slices.DeleteFunc(u.alerts, func(told alerts.Alert) bool { return told.CallID == ch.Call.ID })
		}
	}
}

func (u *unlogged) tell() {
	close(u.changed)
	u.changed = make(chan struct{})
}
