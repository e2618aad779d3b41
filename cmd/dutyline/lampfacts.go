package main

import (
	"time"

	"dutyline/alerts"
	"dutyline/alerts/ping"
	"dutyline/telephony"
	"dutyline/web"
)

// sipLately is how long after the last copy of a SIP message it is still heard: the switch asks
// its phones every few seconds whether they are there.
const sipLately = 2 * time.Minute

// wireLamps adds what judges everything on which the lines depend.
func (a *app) wireLamps(lines []telephony.Line) {
	trunks := newTrunkBook()
	a.watcher.heard, a.auditor.trunks = trunks.Hear, trunks
	a.presence = web.NewPresence(a.clock.Uptime)
	a.lamps = newLampKeeper(&lampKeeper{log: a.log, lines: lines, rule: a.cfg.Health, zone: a.cfg.Site.Location(), now: a.clock.Now, uptime: a.clock.Uptime,
		logger: a.logger, alerts: a.rules, house: a.houseFacts, sip: a.sipFacts, locked: a.keys.Err, trunks: trunks, held: a.held}, a.registry)
	a.deadman = &deadman{every: a.cfg.Heartbeat.Every, held: func() string {
		if !a.lamps.Judges() {
			return "the line's health is not judged: look at the log's disk"
		}
		return a.held()
	}, now: a.clock.Now, logger: a.logger}
	if a.cfg.Heartbeat.URL != "" {
		a.deadman.ping = ping.New(a.cfg.Heartbeat).Ping
	}
}

// held is why the daemon does not say that it watches; empty when it does watch.
func (a *app) held() string {
	if s := a.sw.Status(); !s.Connected {
		return "the switch is away: " + s.Detail
	}
	if l := a.logHealth(); !l.OK {
		return "the duty log cannot be written: " + l.Detail
	}
	return ""
}

func (a *app) houseFacts() alerts.HouseFacts {
	journal := a.journalHealth()
	f := alerts.HouseFacts{Journal: alerts.JournalFacts{Configured: journal.Configured, OK: journal.OK, Detail: journal.Detail},
		Clock: clockFacts(), Pages: a.presence.Open(), Beat: a.deadman.Facts()}
	f.Disk, f.DiskSays = a.keeper.Room()
	return f
}
