package alerts

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"dutyline/dutylog"
)

// RosterWatch is how long before it matters the roster is an alert.
type RosterWatch struct {
	GapAhead  time.Duration // a post that nobody holds
	FileAhead time.Duration // a filing that is still to be made
}

// DefaultRosterWatch tells of gaps a week ahead and of filings two days ahead.
func DefaultRosterWatch() RosterWatch {
	return RosterWatch{GapAhead: 7 * 24 * time.Hour, FileAhead: 48 * time.Hour}
}

// urgentGap is when a gap is no longer a matter for office hours.
const urgentGap = 24 * time.Hour

// RosterFacts is what is known of the roster now.
type RosterFacts struct {
	Since    time.Time // from when on a roster is kept here; zero: none is, and nothing is said of it
	From, To time.Time // the roster was looked at between these; what touches them may go further
	Findings []dutylog.RosterFinding
	Duties   []dutylog.FilingDuty
	Calendar dutylog.Calendar // nil: it was not asked for
	Zone     *time.Location
}

// Judge decides which alerts stand, and when to decide again although nothing was changed. LINE is
// whose alerts they are: there is one roster for all lines.
func (w RosterWatch) Judge(f RosterFacts, line string, now time.Time) (stand []Alert, next time.Time) {
	if f.Since.IsZero() {
		return nil, next
	}
	soonest := func(at time.Time) {
		if at.After(now) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	for _, gap := range f.Findings {
		if gap.Reason != dutylog.RosterGap || !gap.To.After(now) {
			continue
		}
		soonest(gap.From.Add(-w.GapAhead))
		soonest(gap.From.Add(-urgentGap))
		soonest(gap.To)
		if a, told := w.ofGap(gap, f, line, now); told {
			stand = append(stand, a)
		}
	}
	for _, d := range f.Duties {
		soonest(d.Due.Add(-w.FileAhead))
		soonest(d.Due)
		if a, told := w.ofFiling(d, f, line, now); told {
			stand = append(stand, a)
		}
	}
	if f.Calendar != nil {
		missing, again := f.Calendar.Missing(now, f.Zone)
		soonest(again)
		stand = append(stand, ofHolidays(f.Calendar, missing, line, now)...)
	}
	return stand, next
}

// ofHolidays tells of each year whose public holidays nobody put in, or not all of them.
func ofHolidays(c dutylog.Calendar, years []int, line string, now time.Time) (stand []Alert) {
	for _, year := range years {
		a := ofRoster(ReasonNoHolidays, line, strconv.Itoa(year), Warning, now)
		a.Detail = strconv.Itoa(year) + " · 元旦、5月1日至2日、10月1日至3日为推定"
		if _, there := c[year]; there {
			a.Detail = strconv.Itoa(year) + " · 已录入的表中没有：" + strings.Join(c.Lacks(year), "、")
		}
		stand = append(stand, a)
	}
	return stand
}

// ofGap tells of one gap. Each is an alert of its own, by when it begins: a second one within the same days
// is not hidden by the first. One that the log sees no end of is told from when on, and one that it saw no
// beginning of is the same alert from one look to the next.
func (w RosterWatch) ofGap(gap dutylog.RosterFinding, f RosterFacts, line string, now time.Time) (Alert, bool) {
	left := gap.From.Sub(now)
	if left > w.GapAhead {
		return Alert{}, false
	}
	severity, stage := Warning, "ahead"
	if left <= urgentGap {
		severity, stage = Critical, "urgent"
	}
	const form = "01-02 15:04"
	from, to, begun := gap.From.In(f.Zone).Format(form), "", gap.From.UTC().Format("20060102T1504")
	if !gap.From.After(f.From) {
		from, begun = "", "begun"
	}
	if gap.To.Before(f.To) {
		to = gap.To.In(f.Zone).Format(form)
	}
	a := ofRoster(ReasonRosterGap, line, string(gap.Post)+"/"+begun+"/"+stage, severity, now)
	a.Detail = postNames[gap.Post] + " " + strings.TrimSpace(from+" – "+to)
	return a, true
}

// ofFiling tells of what is due soon, was not filed in time, or was changed since. What was due
// before a roster was kept here is nobody's fault now; so is what is over.
func (w RosterWatch) ofFiling(d dutylog.FilingDuty, f RosterFacts, line string, now time.Time) (Alert, bool) {
	if d.Span.Last.Add(1).In(f.Zone).Before(now) {
		return Alert{}, false
	}
	severity := Warning
	switch d.State {
	case dutylog.FilingOpen, dutylog.FilingUnknown:
		if d.Due.Sub(now) > w.FileAhead {
			return Alert{}, false
		}
	case dutylog.FilingOverdue:
		if !d.Due.After(f.Since) {
			return Alert{}, false
		}
		severity = Critical
	case dutylog.FilingSupplement:
	default:
		return Alert{}, false
	}
	a := ofRoster(ReasonFilingDue, line, d.Key()+"/"+string(d.State), severity, now)
	a.Detail = d.Span.Name
	if d.State != dutylog.FilingSupplement {
		a.Detail += " · " + d.Due.Add(-time.Minute).In(f.Zone).Format(time.DateOnly)
	}
	return a, true
}

func ofRoster(r Reason, line, what string, s Severity, now time.Time) Alert {
	return Alert{Key: string(r) + "/" + line + "/" + what, Rule: string(r), Reason: r, Certainty: standings[r].certainty, Severity: s, Line: line, At: now}
}

// RosterBook remembers which alerts of the roster stand, so that each is raised and ended once.
type RosterBook struct{ told map[string]bool }

// NewRosterBook begins with the alerts that stand.
func NewRosterBook(standing []Alert) *RosterBook {
	b := &RosterBook{told: map[string]bool{}}
	for _, a := range standing {
		if a.Reason == ReasonRosterGap || a.Reason == ReasonFilingDue || a.Reason == ReasonNoHolidays {
			b.told[a.Key] = true
		}
	}
	return b
}

// Take gives what is to be told so that these alerts stand and no others. What cannot be kept is to
// be given back to Untold.
func (b *RosterBook) Take(stand []Alert, line string, now time.Time) (tell []Alert) {
	keys := map[string]bool{}
	for _, a := range stand {
		keys[a.Key] = true
		if !b.told[a.Key] {
			b.told[a.Key] = true
			tell = append(tell, a)
		}
	}
	var over []string
	for key := range b.told {
		if !keys[key] {
			over = append(over, key)
			delete(b.told, key)
		}
	}
	slices.SortFunc(over, strings.Compare)
	if len(over) > 0 {
		tell = append(tell, Alert{Line: line, At: now, Ends: over})
	}
	return tell
}

// Untold takes back that something was told.
func (b *RosterBook) Untold(a Alert) {
	delete(b.told, a.Key)
	for _, key := range a.Ends {
		b.told[key] = true
	}
}
