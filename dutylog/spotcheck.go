package dutylog

import (
	"context"
	"slices"
	"strings"
	"time"

	"dutyline/telephony"
)

// SpotCheck is one version of an entry of the register 抽查登记: a superior checked this duty room by
// telephone (in), or this duty room checked a subordinate unit (out). It changes by its next version only.
type SpotCheck struct {
	ID        int64 // of this version; the log gives it
	Check     int64 // of the entry; the same in all versions
	Direction telephony.Direction
	Day       time.Time // when it was made
	Unit      string    // who checked, or who was checked
	Inspector string    // who called
	Questions string    // what was asked
	Result    SpotResult
	Findings  string // in words: what was wrong, and what is done about it
	CallID    string // the call by which it was made; empty: another way, or not known
	Change    string // of a later version: what was corrected and why
	Struck    bool   // it was entered by mistake; it stays readable
	By        Actor
	At        time.Time
}

// SpotResult is how a spot check went.
type SpotResult string

// The closed set of results.
const (
	SpotPassed SpotResult = "passed" // 合格
	SpotPartly SpotResult = "partly" // 基本合格: something to mend
	SpotFailed SpotResult = "failed" // 不合格
)

// SpotResults lists them.
func SpotResults() []SpotResult { return []SpotResult{SpotPassed, SpotPartly, SpotFailed} }

// Confirmed reports whether a check counts for a month's sheet: a supervisor wrote this version. What the room that
// was checked writes of it is registered, and counts when a supervisor confirms it.
func (s SpotCheck) Confirmed() bool { return s.By.Role == Supervisor }

// MayChange says why somebody may not change an entry of the register that has these versions; nil: they may. Whoever
// was checked does not rewrite what came out of it.
func MayChange(versions []SpotCheck, by Actor) error {
	switch {
	case by.Role == Supervisor:
		return nil
	case slices.ContainsFunc(versions, SpotCheck.Confirmed):
		return &InvalidError{Field: "version", Reason: "a supervisor wrote or confirmed this spot check: only a supervisor changes it"}
	case !strings.EqualFold(versions[0].By.Login, by.Login):
		return &InvalidError{Field: "version", Reason: "somebody else registered this spot check: they change it, or a supervisor does"}
	}
	return nil
}

// firstSpotCheck is before which nobody was checked here: an earlier year is a slip of the pen.
var firstSpotCheck = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// spotEarly is how far a clock may go wrong before a check lies in the future.
const spotEarly = 5 * time.Minute

// CheckAt says what is wrong with an entry, and gives it as it is kept.
func (s SpotCheck) CheckAt(now time.Time) (SpotCheck, error) {
	for _, f := range []struct {
		name   string
		text   *string
		wanted string
	}{
		{"unit", &s.Unit, "is missing: say which unit checked, or was checked"},
		{"inspector", &s.Inspector, "is missing: say who called"},
		{"questions", &s.Questions, "is missing: say what was asked"},
		{"findings", &s.Findings, ""},
		{"change", &s.Change, ""},
	} {
		var err error
		if *f.text, err = CleanNote(f.name, *f.text); err != nil {
			return s, err
		}
		if *f.text == "" && f.wanted != "" {
			return s, &InvalidError{Field: f.name, Reason: f.wanted}
		}
	}
	switch {
	case s.Direction != telephony.Inbound && s.Direction != telephony.Outbound:
		return s, &InvalidError{Field: "direction", Reason: "is none: use in (we were checked) or out (we checked)"}
	case s.Result != SpotPassed && s.Result != SpotPartly && s.Result != SpotFailed:
		return s, &InvalidError{Field: "result", Reason: "is none: use " + orList(SpotResults())}
	case s.Result != SpotPassed && s.Findings == "":
		return s, &InvalidError{Field: "findings", Reason: "say what was wrong"}
	case s.Day.IsZero() || s.Day.After(now.Add(spotEarly)):
		return s, &InvalidError{Field: "day", Reason: "is missing, or lies in the future: say when the check was made"}
	case s.Day.Before(firstSpotCheck):
		return s, &InvalidError{Field: "day", Reason: "lies before the year 2000: say when the check was made"}
	case s.Check != 0 && s.Change == "":
		return s, &InvalidError{Field: "change", Reason: "say what is corrected and why: the older version stays readable"}
	case s.Check == 0 && s.Struck:
		return s, &InvalidError{Field: "struck", Reason: "nothing new is struck out"}
	}
	return s, nil
}

// Fits says why a call cannot be the one by which a check was made; nil: it can.
func (s SpotCheck) Fits(c telephony.Call) error {
	switch {
	case c.Direction != s.Direction && s.Direction == telephony.Inbound:
		return &InvalidError{Field: "call_id", Reason: "went out: a check by a superior came in"}
	case c.Direction != s.Direction:
		return &InvalidError{Field: "call_id", Reason: "came in: a check of a subordinate unit went out"}
	case !OpensEntry(c):
		return &InvalidError{Field: "call_id", Reason: "is a test or an alert call of the system's own"}
	}
	return nil
}

// SpotCheckQuery selects entries of the register, newest first; struck ones are among them.
type SpotCheckQuery struct {
	From, To  time.Time
	Direction telephony.Direction
	Limit     int // 1..500; 0 means 50
	Cursor    string
}

// SpotCheckStore keeps the register. Every version is evidence.
type SpotCheckStore interface {
	// SpotChecks lists the newest version of each entry.
	SpotChecks(ctx context.Context, q SpotCheckQuery) (items []SpotCheck, nextCursor string, err error)
	// SpotCheckVersions are all versions of one, oldest first; ErrNotFound where there is none.
	SpotCheckVersions(ctx context.Context, check int64) ([]SpotCheck, error)
	// SaveSpotCheck adds an entry (Check is 0), or a new version of one whose newest version is ID; ErrExists
	// when somebody else was faster, or a call has another entry already. An incoming call gets the tag spot_check.
	SaveSpotCheck(ctx context.Context, s SpotCheck, by Actor) (SpotCheck, error)
	// UnregisteredSpotChecks are calls with the tag spot_check of which the register has nothing, newest first.
	UnregisteredSpotChecks(ctx context.Context, since time.Time, limit int) ([]Call, error)
}
