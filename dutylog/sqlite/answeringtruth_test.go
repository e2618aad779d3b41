package sqlite_test

import (
	"database/sql"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// bareCall is a call as somebody would note it on paper: nothing here knows the product's own rules.
type bareCall struct {
	id, line, outcome, officer, rule  string
	at, rang, answered, ended         time.Time
	borderline, test, outgoing, runs  bool
	verified, notGiven, refused       bool
	completeAfter, backAfter          int // seconds after the end; -1: never
	saidOfficer, responsible, backWhy string
	review                            string // what a review came to; empty: nobody decided
	reviewedAs                        string // the outcome that it was about: of another one it says nothing
}

// bareLog is three years of them, with the shifts of the time and what nobody saw.
type bareLog struct {
	calls   []bareCall
	shifts  [][2]time.Time // in order, none overlaps another
	blind   [][2]time.Time // whole seconds, once there was a log
	filings []bareFiling
}

// The rule changed in the middle of a month; February 2028 has 29 days.
var (
	threeYears  = [2]time.Time{time.Date(2026, 1, 31, 22, 0, 0, 0, time.UTC), time.Date(2029, 2, 1, 2, 0, 0, 0, time.UTC)}
	ruleChanges = time.Date(2027, 5, 17, 3, 4, 5, 0, time.UTC)
	logBegins   = time.Date(2026, 2, 10, 6, 30, 15, 0, time.UTC) // a whole second; one call says that it was before: its clock was wrong
	rosterKept  = time.Date(2026, 5, 12, 2, 30, 0, 0, time.UTC)  // the first shift is of June
)

// edgesOfTime are where calls are put close together: ends of months, years and days in both zones, the
// leap day, the hours that summer time takes and gives, the change of the rule.
func edgesOfTime(zones ...*time.Location) (all []time.Time) {
	all = append(all, ruleChanges)
	for _, z := range zones {
		for _, day := range []string{"2026-03-01", "2026-03-29", "2026-10-25", "2027-01-01", "2027-03-28", "2027-10-31", "2028-02-29", "2028-03-01", "2028-03-26", "2028-10-29", "2028-12-31"} {
			midnight, _ := time.ParseInLocation(time.DateOnly, day, z)
			all = append(all, midnight, midnight.Add(time.Hour), midnight.Add(2*time.Hour), midnight.Add(3*time.Hour))
		}
	}
	return all
}

func newBareLog(n int, zones ...*time.Location) (w bareLog) {
	r := rand.New(rand.NewPCG(20260101, 7))
	edges, length := edgesOfTime(zones...), int64(threeYears[1].Sub(threeYears[0])/time.Millisecond)
	times := make([]time.Time, n)
	for i := range times {
		at := threeYears[0].Add(time.Duration(r.Int64N(length)) * time.Millisecond)
		if r.IntN(20) == 0 {
			at = edges[r.IntN(len(edges))].Add(time.Duration(r.IntN(7_200_000)-3_600_000) * time.Millisecond)
		}
		times[i] = at.UTC()
	}
	slices.SortFunc(times, time.Time.Compare) // in order they are written quickly
	for i, at := range times {
		if c := newBareCall(r, i, at); i == 0 || !at.Before(logBegins) {
			w.calls = append(w.calls, c)
		}
	}
	for at := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC); at.Before(threeYears[1]); at = at.Add(12 * time.Hour) {
		if r.IntN(10) > 0 { // a gap of the roster now and then
			w.shifts = append(w.shifts, [2]time.Time{at, at.Add(12 * time.Hour)})
		}
	}
	for range 60 {
		from := logBegins.Add(time.Duration(r.Int64N(length/1000-900_000)) * time.Second)
		w.blind = append(w.blind, [2]time.Time{from, from.Add(time.Duration(1+r.IntN(9000)) * time.Second)})
	}
	for _, at := range edges { // across every edge, too
		w.blind = append(w.blind, [2]time.Time{at.Add(-70 * time.Second).UTC(), at.Add(50 * time.Second).UTC()})
	}
	w.filings = newBareFilings(r, w.shifts)
	return w
}

func newBareCall(r *rand.Rand, i int, at time.Time) bareCall {
	c := bareCall{id: fmt.Sprintf("bare-%06d", i), line: []string{"duty", "duty", "fire"}[r.IntN(3)], at: at, rule: "three", completeAfter: -1, backAfter: -1}
	if !at.Before(ruleChanges) {
		c.rule = "four"
	}
	c.outcome = strings.Fields("answered_in_time answered_in_time answered_in_time answered_in_time answered_late missed abandoned_early engaged rejected unreachable forwarded answered_elsewhere answered_by_machine unknown")[r.IntN(14)]
	c.test, c.outgoing, c.runs = r.IntN(40) == 0, r.IntN(40) == 0, r.IntN(400) == 0
	c.responsible = []string{"张伟", "李娜", "王磊", "陈静"}[at.YearDay()%4]
	if r.IntN(2) == 0 {
		c.saidOfficer = []string{"张伟", "孙丽"}[r.IntN(2)]
	}
	if c.officer = c.saidOfficer; c.officer == "" {
		c.officer = c.responsible
	}
	c.ended = at.Add(time.Duration(r.IntN(300_000)) * time.Millisecond)
	if strings.HasPrefix(c.outcome, "answered_") || c.outcome == "missed" || c.outcome == "rejected" {
		c.rang = at.Add(time.Duration(r.IntN(4000)) * time.Millisecond)
	}
	switch c.outcome {
	case "answered_in_time":
		c.answered = c.rang.Add(time.Duration(r.IntN(15_000)) * time.Millisecond)
	case "answered_late":
		c.answered = c.rang.Add(time.Duration(15_000+r.IntN(60_000)) * time.Millisecond)
		c.borderline = r.IntN(6) == 0
	}
	if r.IntN(60) == 0 {
		c.setClock(r)
	}
	if c.outcome == "answered_in_time" || c.outcome == "answered_late" {
		c.verified = r.IntN(10) > 0
	}
	if r.IntN(4) > 0 {
		c.completeAfter = r.IntN(20_000)
		c.notGiven, c.refused = r.IntN(8) == 0, r.IntN(16) == 0
	}
	if c.outcome == "missed" && r.IntN(3) > 0 {
		c.backAfter, c.backWhy = r.IntN(90_000), []string{"called_back", "called_again", "other_phone", "other_number", "other_way", "no_number", "not_needed", "entry_complete"}[r.IntN(8)]
	}
	c.reviewedAs = c.outcome
	if r.IntN(20) == 0 {
		c.reviewedAs = "unknown" // the journal showed later that it went otherwise
	}
	switch {
	case c.borderline:
		c.review = []string{"", "counts_late", "counts_in_time", "set_aside"}[r.IntN(4)]
	case slices.Contains([]string{"answered_late", "missed", "rejected", "unreachable"}, c.outcome) && r.IntN(4) == 0:
		c.review = "set_aside"
	}
	return c
}

// setClock is somebody who sets the clock while a call rings or is talked: forward or back, by a minute or by more than
// a day, so that it ends on another day or in another month than it came, or before it came.
func (c *bareCall) setClock(r *rand.Rand) {
	by := []time.Duration{-time.Minute, time.Minute, -time.Hour, time.Hour, -26 * time.Hour, 26 * time.Hour, -32 * 24 * time.Hour, 32 * 24 * time.Hour, 401 * 24 * time.Hour}[r.IntN(9)]
	c.ended = c.ended.Add(by)
	if !c.answered.IsZero() && r.IntN(2) == 0 {
		c.answered = c.answered.Add(by)
	}
}

// judged is how a call counts for the officer after review, in plain words; empty: nowhere.
func (c bareCall) judged() string {
	if c.reviewedAs == c.outcome {
		switch c.review {
		case "set_aside":
			return ""
		case "counts_late":
			return "answered_late"
		case "counts_in_time":
			return "answered_in_time"
		}
	}
	if c.borderline {
		return ""
	}
	return c.outcome
}

// fill writes the calls straight into the tables of a log: a hundred thousand by the usual way would take minutes.
func (w bareLog) fill(t *testing.T, path string) {
	t.Helper()
	raw := must(sql.Open("sqlite3", "file:"+path+"?_synchronous=OFF&_foreign_keys=off&_cache_size=-200000"))(t)
	defer raw.Close()
	tx := must(raw.BeginTx(ctx, nil))(t)
	insert := func(table, columns string) func(...any) {
		s := must(tx.Prepare("INSERT INTO " + table + " (" + columns + ") VALUES (" + strings.TrimSuffix(strings.Repeat("?,", strings.Count(columns, ",")+1), ",") + ")"))(t)
		return func(args ...any) { must(s.Exec(args...))(t) }
	}
	call := insert("calls", "id,line,direction,caller,caller_e164,caller_name,called,called_e164,outcome,reason,offered_at,rang_at,answered_at,ended_at,rings,rule,hangup_by,forwarded_to,redirected_from,findings,said_tags,set_tags,tags,entry_id")
	entry := insert("entries", "id,call_id,line,kind,state,revision,call_at,body")
	recording := insert("recordings", "call_id,status,reason,path,digest,size,duration_us,talk_us,findings,sealed_at,attempts")
	missed := insert("missed_calls", "call_id,at,settled_at,why,by_call,text,by_login,by_name,by_role")
	review := insert("call_reviews", "call_id,result,outcome,explained,stage")
	us := func(at time.Time) any {
		if at.IsZero() {
			return nil
		}
		return at.UnixMicro()
	}
	for _, c := range w.calls {
		direction, tags, findings, outcome, ended := "in", "[]", "[]", c.outcome, c.ended
		switch {
		case c.outgoing:
			direction = "out"
		case c.test:
			tags = `["spot_check","test"]`
		case c.runs:
			outcome, ended = "", time.Time{}
		}
		if c.borderline {
			findings = `["borderline"]`
		}
		call(c.id, c.line, direction, "", "", "", "", "", outcome, "", us(c.at), us(c.rang), us(c.answered), us(ended), 0, c.rule, "", "", "", findings, tags, "[]", tags, "e-"+c.id)
		state, completed, gaps := "open", int64(0), []string{}
		if c.completeAfter >= 0 {
			state, completed = "complete", c.ended.Add(time.Duration(c.completeAfter)*time.Second).UnixMicro()
		}
		if c.notGiven {
			gaps = append(gaps, `"caller_title":{"why":"not_given","reason":"x"}`)
		}
		if c.refused {
			gaps = append(gaps, `"caller_unit":{"why":"refused","reason":"x"}`)
		}
		entry("e-"+c.id, c.id, c.line, "duty", state, 1, us(c.at), fmt.Sprintf(`{"id":"e-%s","values":{"answered_by":%q},"gaps":{%s},"responsible":%q,"completed_at":%d,"reopened_at":0}`,
			c.id, c.saidOfficer, strings.Join(gaps, ","), c.responsible, completed))
		if c.verified {
			recording(c.id, "sealed", "", "", "", 0, 0, 0, "[]", us(c.ended), 0)
		}
		if c.review != "" {
			review(c.id, c.review, c.reviewedAs, 1, "decided")
		}
		if wait := slices.Contains([]string{"abandoned_early", "engaged"}, c.outcome) && c.completeAfter < 0; wait {
			missed(c.id, us(c.at), nil, "", "", "", "", "", "")
		}
		if c.outcome == "missed" {
			var settled any
			if c.backAfter >= 0 {
				settled = us(c.ended.Add(time.Duration(c.backAfter) * time.Second))
			}
			missed(c.id, us(c.at), settled, c.backWhy, "", "", "", "", "")
		}
	}
	shift, interval := insert("shifts", "from_at,to_at,post,name,phone"), insert("intervals", "kind,from_at,to_at,cause")
	for _, s := range w.shifts {
		shift(us(s[0]), us(s[1]), "duty_officer", "某某", "")
	}
	insert("roster_changes", "at,by_login,by_name,by_role,kind,from_at,to_at,subject,reason,was,became")(us(rosterKept), "", "", "", "import", nil, nil, "", "", "[]", "[]")
	filing := insert("roster_filings", "at,by_login,by_name,by_role,kind,name,first_day,last_day,sent_at,sent_to,receipt,note,supplement,shifts")
	for _, f := range w.filings {
		if !f.sent.IsZero() {
			filing(us(f.noted), "", "", "", f.kind, f.name, f.first, f.last, us(f.sent), "", "", "", 0, f.text)
		}
	}
	w.blindRows(func(kind string, from, to time.Time) { interval(kind, us(from), us(to), "x") })
	ok(t, tx.Commit())
}

// blindRows tells of what was down so that the blind times come out: the journal a little before and after,
// and a switch that was down meanwhile takes nothing away, because it came back at once.
func (w bareLog) blindRows(row func(kind string, from, to time.Time)) {
	seen := map[string]bool{}
	once := func(kind string, from, to time.Time) {
		if key := kind + from.String(); !seen[key] {
			seen[key] = true
			row(kind, from, to)
		}
	}
	for _, b := range w.blind {
		once("live_down", b[0], b[1])
		once("journal_down", b[0].Add(-10*time.Second), b[1].Add(10*time.Second))
	}
}

// sums is what a straight loop over the calls of one group comes to.
type sums struct {
	shares       map[string][2]int
	after        map[string][2]int // of the figures that judge, after review
	undecided    int
	rings        []int // tenths
	entering     []int
	back         []int
	unknown, all int
	rules        map[string]bool
	blind        int
}

func newSums() *sums {
	return &sums{shares: map[string][2]int{}, after: map[string][2]int{}, rules: map[string]bool{}}
}

func (s *sums) share(figure string, in bool) { tick(s.shares, figure, in) }

func tick(shares map[string][2]int, figure string, in bool) {
	x := shares[figure]
	x[1]++
	if in {
		x[0]++
	}
	shares[figure] = x
}

// add says of one call in plain words where it counts.
func (s *sums) add(c bareCall) {
	s.all++
	s.rules[c.rule] = true
	if in := c.answered.Sub(c.rang); (c.outcome == "answered_in_time" || c.outcome == "answered_late") && !c.answered.IsZero() && in >= 0 && in < 400*24*time.Hour {
		s.rings = append(s.rings, int(in.Milliseconds()/100))
	}
	if c.outcome == "unknown" {
		s.unknown++
		return
	}
	taken := c.outcome == "answered_in_time" || c.outcome == "answered_late"
	if (taken || c.outcome == "missed" || c.outcome == "rejected") && !c.borderline {
		s.share("on_time", c.outcome == "answered_in_time")
		s.share("missed", c.outcome == "missed")
	}
	if o := c.judged(); slices.Contains([]string{"answered_in_time", "answered_late", "missed", "rejected"}, o) {
		tick(s.after, "on_time", o == "answered_in_time")
		tick(s.after, "missed", o == "missed")
	}
	if c.borderline && (c.review == "" || c.reviewedAs != c.outcome) {
		s.undecided++
	}
	if c.outcome != "abandoned_early" {
		s.share("answer_rate", taken)
		waited := c.answered.Sub(c.at)
		s.share("within_15s", taken && waited >= 0 && waited < 15*time.Second)
	}
	if c.outcome == "missed" {
		measured := c.backWhy == "called_back" || c.backWhy == "called_again"
		s.share("called_back", measured || c.backWhy == "other_phone" || c.backWhy == "other_number" || c.backWhy == "other_way")
		if measured {
			s.back = append(s.back, c.backAfter)
		}
	}
	for _, o := range []string{"abandoned_early", "engaged", "rejected", "unreachable", "forwarded", "answered_elsewhere", "answered_by_machine"} {
		s.share(o, c.outcome == o)
	}
	if taken {
		s.share("recorded", c.verified)
	}
	s.share("entry_complete", c.completeAfter >= 0)
	if c.completeAfter >= 0 {
		s.share("value_not_given", c.notGiven)
		s.share("value_refused", c.refused)
		s.entering = append(s.entering, c.completeAfter)
	}
}

// summary is mean and percentiles by sorting.
func summary(of []int) (s dutylog.SpreadSummary) {
	if len(of) == 0 {
		return s
	}
	sort.Ints(of)
	total := 0
	for _, x := range of {
		total += x
	}
	rank := func(p float64) int32 { return int32(of[int(math.Ceil(p*float64(len(of))))-1]) }
	return dutylog.SpreadSummary{N: len(of), Mean: float64(total) / float64(len(of)), P50: rank(0.5), P90: rank(0.9), P95: rank(0.95), Max: int32(of[len(of)-1])}
}

// keyOf names the group of a moment by the calendar alone; of a call also by officer, line and shift.
func (w bareLog) keyOf(by dutylog.Grouping, at time.Time, c bareCall, zone *time.Location) string {
	local := at.In(zone)
	switch by {
	case dutylog.ByHour:
		return local.Format("2006-01-02T15:00:00Z07:00")
	case dutylog.ByDay:
		return local.Format("2006-01-02")
	case dutylog.ByMonth:
		return local.Format("2006-01")
	case dutylog.ByWeekHour:
		return fmt.Sprintf("%d %02d", map[time.Weekday]int{time.Monday: 1, time.Tuesday: 2, time.Wednesday: 3, time.Thursday: 4, time.Friday: 5, time.Saturday: 6, time.Sunday: 7}[local.Weekday()], local.Hour())
	case dutylog.ByOfficer:
		return c.officer
	case dutylog.ByLine:
		return c.line
	}
	next := sort.Search(len(w.shifts), func(n int) bool { return w.shifts[n][0].After(at) })
	if next == 0 || !at.Before(w.shifts[next-1][1]) {
		return ""
	}
	return w.shifts[next-1][0].Format(time.RFC3339) + "/" + w.shifts[next-1][1].Format(time.RFC3339)
}

// counted loops over every call and every blind second of a time.
func (w bareLog) counted(by dutylog.Grouping, from, to time.Time, zone *time.Location) map[string]*sums {
	groups := map[string]*sums{}
	at := func(key string) *sums {
		if groups[key] == nil {
			groups[key] = newSums()
		}
		return groups[key]
	}
	for _, c := range w.calls {
		if !c.outgoing && !c.test && !c.runs && !c.at.Before(from) && c.at.Before(to) {
			at(w.keyOf(by, c.at, c, zone)).add(c)
		}
	}
	dark := w.dark(from, to)
	if by == dutylog.ByOfficer || by == dutylog.ByLine || by == dutylog.ByShift {
		for key, g := range groups {
			if g.blind = len(dark); strings.Contains(key, "/") {
				g.blind = 0 // of a shift its own
			}
		}
		for s := range dark {
			if key := w.keyOf(by, time.Unix(s, 0).UTC(), bareCall{}, zone); by == dutylog.ByShift && groups[key] != nil && key != "" {
				groups[key].blind++
			}
		}
		return groups
	}
	for s := range dark {
		at(w.keyOf(by, time.Unix(s, 0), bareCall{}, zone)).blind++
	}
	return groups
}

// dark are the seconds of a time in which nobody saw, those before there was a log too.
func (w bareLog) dark(from, to time.Time) map[int64]bool {
	all := map[int64]bool{}
	for _, b := range append([][2]time.Time{{from, logBegins}}, w.blind...) {
		for s := max(b[0].Unix(), from.Unix()); s < min(b[1].Unix(), to.Unix()); s++ {
			all[s] = true
		}
	}
	return all
}

// compare asks the log and the loops for the same, and shows the first groups in which they differ.
func (w bareLog) compare(t *testing.T, db *sqlite.DB, by dutylog.Grouping, first, last dutylog.Date, zone *time.Location) {
	t.Helper()
	from, _ := time.ParseInLocation(time.DateOnly, string(first), zone)
	to, _ := time.ParseInLocation(time.DateOnly, string(last), zone)
	want := w.counted(by, from, to, zone)
	got := must(db.Answering(ctx, dutylog.AnsweringQuery{From: from, To: to, By: by, Now: threeYears[1].Add(48 * time.Hour)}))(t)
	bad := 0
	for _, g := range got.Groups {
		s := want[g.Key]
		if s == nil {
			s = newSums() // an hour or a day in which nobody called
		}
		delete(want, g.Key)
		if diff := cmp.Diff(s.shown(), shownGroup(g)); diff != "" {
			if bad++; bad < 3 {
				t.Errorf("%s in %s, %s to %s: %q (-loops +log):\n%s", by, zone, first, last, g.Key, diff)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		t.Errorf("%s in %s: the loops have %d calls of %q, the log has no such group", by, zone, want[key].all, key)
	}
}

func (s *sums) shown() map[string]any {
	all := map[string]any{"calls": s.all, "unknown": s.unknown, "blind": s.blind, "rules": strings.Join(slices.Sorted(maps.Keys(s.rules)), " "),
		"undecided": s.undecided, "ring": summary(s.rings), "entering": summary(s.entering), "back": summary(s.back)}
	for _, r := range dutylog.FigureRules() {
		all[string(r.Figure)] = s.shares[string(r.Figure)]
		all[string(r.Figure)+" after review"] = s.shares[string(r.Figure)]
		if r.Judges {
			all[string(r.Figure)+" after review"] = s.after[string(r.Figure)]
		}
	}
	return all
}

func shownGroup(g dutylog.AnsweringGroup) map[string]any {
	t := &g.Tally
	all := map[string]any{"calls": t.Calls(), "unknown": t.Outcomes()[telephony.Unknown], "blind": int(g.Blind / time.Second), "rules": strings.Join(t.Rules(), " "),
		"undecided": t.Undecided(), "ring": t.Rings.Summary(), "entering": t.Entering.Summary(), "back": t.CalledBack.Summary()}
	for _, r := range dutylog.FigureRules() {
		n, d := t.Of(r, false)
		all[string(r.Figure)] = [2]int{n, d}
		n, d = t.Of(r, true)
		all[string(r.Figure)+" after review"] = [2]int{n, d}
	}
	return all
}

// tickWaiting notes whether the caller of a call that nobody took waits.
func tickWaiting(want map[string][2]int, c bareCall) {
	switch c.outcome {
	case "missed":
		tick(want, "missed_not_called_back/", c.backAfter < 0)
	case "abandoned_early", "engaged":
		tick(want, "others_not_called_back/"+c.outcome, c.completeAfter < 0)
	case "rejected", "unreachable", "forwarded", "answered_by_machine":
		tick(want, "others_not_called_back/"+c.outcome, false)
	}
}

// compareDuty asks for the figures of a time that calls, roster and filings are made of, and loops over all three: who waits,
// the minutes in which no officer was on the roster, those in which there was none, what was filed too late or not at all.
func (w bareLog) compareDuty(t *testing.T, db *sqlite.DB, first, last dutylog.Date, zone *time.Location) {
	t.Helper()
	from, to, now := first.Start(zone), last.Start(zone), threeYears[1].Add(48*time.Hour)
	want := map[string][2]int{"blind seconds/": {len(w.dark(from, to))}}
	for _, c := range w.calls {
		if c.outgoing || c.test || c.runs || c.at.Before(from) || !c.at.Before(to) {
			continue
		}
		tickWaiting(want, c)
	}
	for at := from; at.Before(to); at = at.Add(time.Minute) {
		if at.Before(w.shifts[0][0]) {
			tick(want, "minutes without a roster/", true)
		} else {
			tick(want, "roster_uncovered/duty_officer", w.keyOf(dutylog.ByShift, at, bareCall{}, zone) == "")
		}
	}
	for _, f := range w.filings {
		if begins := midnight(f.first, zone); begins.Before(from) || !begins.Before(to) {
			continue
		}
		if late, known := f.late(zone); known {
			tick(want, "filings_late/", late)
		}
	}
	got := map[string][2]int{}
	for _, s := range dutylog.DutyFigures(must(db.DutyFacts(ctx, from, to, now))(t), 15*time.Minute, from, to, now) {
		if name := string(s.Figure) + "/" + s.Of; s.Denominator > 0 && (s.Figure != dutylog.RosterUncovered || s.Of == "duty_officer") {
			got[name] = [2]int{s.Numerator, s.Denominator}
		}
		got["blind seconds/"] = [2]int{int(s.Blind.Seconds())}
		if n := int(s.Unknown.Minutes()); n > 0 {
			got["minutes without a roster/"] = [2]int{n, n}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the other work from %s to %s in %s (-loops +log):\n%s", first, last, zone, diff)
	}
}

// compareCallers asks the same of one line: who waits, and nothing of the room's other work.
func (w bareLog) compareCallers(t *testing.T, db *sqlite.DB, line string, first, last dutylog.Date, zone *time.Location) {
	t.Helper()
	from, to, want, got := first.Start(zone), last.Start(zone), map[string][2]int{}, map[string][2]int{}
	for _, c := range w.calls {
		if c.line != line || c.outgoing || c.test || c.runs || c.at.Before(from) || !c.at.Before(to) {
			continue
		}
		tickWaiting(want, c)
	}
	for _, s := range must(db.DutyFigures(ctx, dutylog.DutyQuery{From: from, To: to, Now: threeYears[1].Add(48 * time.Hour), Line: line}))(t).Shares {
		got[string(s.Figure)+"/"+s.Of] = [2]int{s.Numerator, s.Denominator}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 {
		t.Errorf("who waits on %q from %s to %s in %s (-loops +log):\n%s", line, first, last, zone, diff)
	}
}

// compareLate lists the calls behind what was not in time after review, page by page, and loops over all.
func (w bareLog) compareLate(t *testing.T, db *sqlite.DB, first, last dutylog.Date, zone *time.Location) {
	t.Helper()
	from, to, want, got := first.Start(zone), last.Start(zone), []string{}, []string{}
	for _, c := range w.calls {
		if !c.outgoing && !c.test && !c.runs && !c.at.Before(from) && c.at.Before(to) && slices.Contains([]string{"answered_late", "missed", "rejected"}, c.judged()) {
			want = append(want, c.id)
		}
	}
	for cursor, more := "", true; more; more = cursor != "" {
		page, next, err := db.Calls(ctx, dutylog.CallQuery{From: from, To: to, Counted: true, Late: true, Limit: 500, Cursor: cursor})
		ok(t, err)
		cursor = next
		for _, c := range page {
			got = append(got, c.ID)
		}
	}
	slices.Sort(got) // the ids are in the order of time
	if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 {
		t.Errorf("not in time from %s to %s in %s (-loops +log):\n%s", first, last, zone, diff)
	}
}

// A hundred thousand calls over three years, by every grouping, in a zone without and in one with summer
// time: the log says what straight loops over the calls say.
func TestFiguresOfThreeYearsAreThoseOfAStraightLoop(t *testing.T) {
	t.Parallel()
	china, berlin := must(time.LoadLocation("Asia/Shanghai"))(t), must(time.LoadLocation("Europe/Berlin"))(t)
	w := newBareLog(100_000, china, berlin)
	path := filepath.Join(t.TempDir(), "log.db")
	begins := must(sqlite.Open(ctx, path, sqlite.Options{Now: newClock(logBegins).now}))(t)
	for _, y := range bareHolidays() {
		ok(t, begins.SaveHolidays(ctx, y, leader))
	}
	ok(t, begins.Close())
	for i, zone := range []*time.Location{china, berlin} {
		db := must(sqlite.Open(ctx, path, sqlite.Options{Now: newClock(threeYears[1].Add(48 * time.Hour)).now, Location: zone}))(t)
		if i == 0 {
			w.fill(t, path)
		}
		w.compare(t, db, dutylog.ByDay, "2028-02-20", "2028-03-05", zone) // counted for the answer
		keepAll(t, db, threeYears[1].Add(48*time.Hour))
		for _, q := range []struct {
			by          dutylog.Grouping
			first, last dutylog.Date
		}{
			{dutylog.ByMonth, "2026-01-31", "2029-02-01"}, {dutylog.ByOfficer, "2026-02-01", "2029-02-01"}, {dutylog.ByLine, "2027-05-01", "2028-05-01"}, {dutylog.ByLine, "2027-05-01", "2027-06-01"},
			{dutylog.ByWeekHour, "2026-02-01", "2029-02-01"}, {dutylog.ByDay, "2026-02-01", "2027-02-01"}, {dutylog.ByDay, "2027-02-01", "2028-02-01"},
			{dutylog.ByDay, "2028-02-01", "2029-02-01"}, {dutylog.ByShift, "2028-02-01", "2028-05-01"}, {dutylog.ByShift, "2028-05-01", "2028-08-01"}, {dutylog.ByShift, "2028-08-01", "2028-11-01"}, {dutylog.ByShift, "2028-11-01", "2029-01-31"}, {dutylog.ByHour, "2026-03-25", "2026-04-02"},
			{dutylog.ByHour, "2026-10-22", "2026-10-30"}, {dutylog.ByHour, "2028-02-26", "2028-03-04"}, {dutylog.ByHour, "2027-05-15", "2027-05-19"},
		} {
			w.compare(t, db, q.by, q.first, q.last, zone)
		}
		w.compareDuty(t, db, "2028-02-01", "2028-03-01", zone)
		w.compareDuty(t, db, "2026-01-31", "2027-02-01", zone) // log and roster begin
		w.compareDuty(t, db, "2027-02-01", "2028-02-01", zone)
		w.compareDuty(t, db, "2028-02-01", "2029-02-01", zone)
		w.compareLate(t, db, "2028-02-01", "2028-03-01", zone)
		w.compareCallers(t, db, "duty", "2028-02-01", "2028-03-01", zone)
		w.compareCallers(t, db, "fire", "2027-10-01", "2028-10-01", zone)
		ok(t, db.Close())
	}
}
