package main

import "dutyline/web"

// Down is why the journal is taken for one that is not written or not readable; empty when it
// is not.
func (j *journalist) Down() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.why
}

func (j *journalist) setDown(why string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.why = why
}

// journalHealth is how the second eye is, and what to do about it.
func (a *app) journalHealth() web.JournalHealth {
	if a.journal == nil {
		return web.JournalHealth{Detail: noJournal + ": calls of a time in which the daemon does not see the switch stay unknown; deploy/asterisk/README.md says how Asterisk writes one"}
	}
	seen := a.tail.Status()
	h := web.JournalHealth{Configured: true, LastRow: a.journal.Newest()}
	down := a.journal.Down()
	full := journalFull(a.cfg.Journal.File)
	switch {
	case seen.Problem != "" && !seen.Unwritten:
		h.Detail = seen.Problem + "; " + seen.Remedy
	case full != nil:
		h.Detail = full.Error() + "; make room there: Asterisk loses rows without a word when the disk is full"
	case down != "":
		h.Detail = down + "; " + journalRemedy
	case seen.Unwritten:
		h.OK, h.Detail = true, "nothing was written yet: Asterisk makes the file with the first call"
	default:
		h.OK = true
	}
	return h
}
