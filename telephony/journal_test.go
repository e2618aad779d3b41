package telephony_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
	"dutyline/telephony/cel"
)

// journal reads a recorded journal.
// journalNames lists the recorded journals.
func journalNames(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/journal/*.jsonl")
	if err != nil || len(files) < 5 {
		t.Fatalf("only %d journals found (%v)", len(files), err)
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = strings.TrimSuffix(filepath.Base(f), ".jsonl")
	}
	return names
}

func journal(t testing.TB, name string) []telephony.Row {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata/journal", name+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var rows []telephony.Row
	for line := range strings.Lines(string(b)) {
		row, err := cel.DecodeIn([]byte(line), time.UTC)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		rows = append(rows, row)
	}
	return rows
}

// journalLine is a line of the scenarios' phones.
func journalLine() []telephony.Line {
	return []telephony.Line{{Name: "duty", AreaCode: "024", Endpoints: []string{"PJSIP/duty*"}, Trunks: []string{"PJSIP/trunk*"}, Supervision: telephony.SupervisionSIP}}
}

func place(n int64) telephony.Position { return telephony.Position{File: "cel.jsonl", Offset: n} }

func callsOf(settlements []telephony.Settlement) []telephony.Call {
	var out []telephony.Call
	for _, s := range settlements {
		out = append(out, s.Call)
	}
	return out
}

// Rows that come one by one, all at once, or twice give the same calls.
func TestAJournalReadTwiceChangesNothing(t *testing.T) {
	rows := journal(t, "91_mixed_60calls_5cps")
	whole := telephony.NewJournal(journalLine())
	want := callsOf(whole.Read(rows, place(0), place(1), sceneStart, 0))
	if len(want) < 70 {
		t.Fatalf("only %d calls", len(want))
	}
	single := telephony.NewJournal(journalLine())
	var got []telephony.Call
	for i, row := range rows {
		got = append(got, callsOf(single.Read([]telephony.Row{row}, place(int64(i)), place(int64(i+1)), sceneStart, 0))...)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("row by row (-all at once):\n%s", diff)
	}
	again := telephony.NewJournal(journalLine())
	if diff := cmp.Diff(want, callsOf(again.Read(twice(rows), place(0), place(1), sceneStart, 0))); diff != "" {
		t.Errorf("each row twice (-once):\n%s", diff)
	}
}

func twice(rows []telephony.Row) []telephony.Row {
	var out []telephony.Row
	for _, r := range rows {
		if r.Kind != telephony.RowLinkedEnd {
			out = append(out, r)
		}
		out = append(out, r)
	}
	return out
}

// After a restart reading goes on from the beginning of the oldest call that has not ended;
// whenever the restart comes, the calls are the same, and nothing is lost: of calls that began
// before it and have ended since, the last rows alone are read again (torture seed 276094726).
func TestReadingOnAfterARestart(t *testing.T) {
	rows := journal(t, "90_mixed_30calls_3cps")
	want := callsOf(telephony.NewJournal(journalLine()).Read(rows, place(0), place(1), sceneStart, 0))
	for cut := 1; cut < len(rows); cut += 7 {
		first := telephony.NewJournal(journalLine())
		var got []telephony.Call
		for i, row := range rows[:cut] {
			got = append(got, callsOf(first.Read([]telephony.Row{row}, place(int64(i)), place(int64(i+1)), sceneStart, 0))...)
		}
		from := int(first.Position().Offset)
		second := telephony.NewJournal(journalLine())
		second.Settled(idsOf(got))
		for _, s := range second.Read(rows[from:], place(int64(from)), place(int64(len(rows))), sceneStart, 0) {
			if s.Lost.Kind != "" {
				t.Fatalf("restarted after %d rows, reading goes on from row %d: call %s is settled, and rows of it are said to be lost: %+v", cut, from, s.Call.ID, s.Lost)
			}
			if !slices.ContainsFunc(got, func(k telephony.Call) bool { return k.ID == s.Call.ID }) {
				got = append(got, s.Call)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("restarted after %d rows (-want +got):\n%s", cut, diff)
		}
	}
}

func idsOf(calls []telephony.Call) (ids []string) {
	for _, c := range calls {
		ids = append(ids, c.ID)
	}
	return ids
}

// A switch that is started anew has cut off what was running: answered calls keep their
// verdict, the others are unknown, and both say why.
func TestCallsThatARestartOfTheSwitchCut(t *testing.T) {
	for name, tt := range map[string]struct {
		until   telephony.RowKind
		outcome telephony.Outcome
	}{
		"in mid-talk": {telephony.RowBridgeExit, telephony.AnsweredInTime},
		"in mid-ring": {telephony.RowAnswer, telephony.Unknown},
	} {
		rows := journal(t, "01_answered_caller_hangup")
		rows = rows[:slices.IndexFunc(rows, func(r telephony.Row) bool { return r.Kind == tt.until })]
		started := rows[len(rows)-1].At.Add(5 * time.Second)
		j := telephony.NewJournal(journalLine())
		if got := j.Read(rows, place(0), place(9), sceneStart, 0); len(got) != 0 || j.Open() != 1 || j.Position().Place() != place(0).Place() {
			t.Fatalf("%s: settled %v, %d open, position %v", name, got, j.Open(), j.Position())
		}
		if got := j.SwitchStarted(rows[0].At, nil); len(got) != 0 {
			t.Fatalf("%s: a start before the call cut it: %v", name, got)
		}
		if got := j.SwitchStarted(started, map[string]bool{rows[0].UniqueID: true}); len(got) != 0 {
			t.Fatalf("%s: it is on the switch, and a start after it, by a clock that was set back, cut it: %v", name, got)
		}
		got := callsOf(j.SwitchStarted(started, nil))
		if len(got) != 1 || got[0].Outcome != tt.outcome || got[0].HangupBy != "" || !got[0].EndedAt.Equal(started) ||
			!slices.Contains(got[0].Findings, telephony.CutBySwitch) || !slices.Contains(got[0].Findings, telephony.EndNotSeen) {
			t.Errorf("%s: %+v", name, got)
		}
		if j.Open() != 0 || j.Position().Place() != place(9).Place() {
			t.Errorf("%s: %d open, position %v", name, j.Open(), j.Position())
		}
	}
}

// While a call is open, its beginning is the place to go on from; how far rows were read stands beside it.
func TestThePositionSaysHowFarRowsWereRead(t *testing.T) {
	rows := journal(t, "01_answered_caller_hangup")
	j := telephony.NewJournal(journalLine())
	j.Read(rows[:3], telephony.Position{}, place(3), sceneStart, 0)
	j.Read(rows[3:6], place(3), place(6), sceneStart, 0)
	if p := j.Position(); p.Place() != (telephony.Place{}) || p.Reached != place(6).Place() || !p.LastAt.Equal(rows[0].At) {
		t.Errorf("%+v", p)
	}
	j.Read(rows[6:], place(6), place(9), sceneStart, 0)
	if p := j.Position(); p.Place() != place(9).Place() {
		t.Errorf("%+v", p)
	}
}

// Calls of other phones of the switch settle nothing, and the daemon's memory stays bounded
// when ends are lost.
func TestTheJournalOfASharedSwitch(t *testing.T) {
	others := []telephony.Line{{Name: "duty", Endpoints: []string{"PJSIP/elsewhere"}, Trunks: []string{"PJSIP/none"}}}
	if got := telephony.NewJournal(others).Read(journal(t, "01_answered_caller_hangup"), place(0), place(1), sceneStart, 0); len(got) != 0 {
		t.Errorf("settled %v", got)
	}
	j := telephony.NewJournal(journalLine())
	for i := range 30 {
		row := telephony.Row{Kind: telephony.RowChanStart, UniqueID: "x" + string(rune('a'+i)), LinkedID: "x" + string(rune('a'+i)),
			Channel: "PJSIP/trunk-00000001", Exten: "1", At: sceneStart.Add(time.Duration(i) * 2 * time.Hour)}
		j.Read([]telephony.Row{row}, place(int64(i)), place(int64(i+1)), row.At, time.Duration(i)*2*time.Hour)
	}
	if j.Open() > 14 || j.Dropped()["call_never_ended"] == 0 {
		t.Errorf("%d open, dropped %v", j.Open(), j.Dropped())
	}
}

// Times in the rows may be anything: a row from the far future neither ends what runs nor
// counts as a sign that the journal is written.
func TestARowFromTheFutureEndsNothing(t *testing.T) {
	rows := journal(t, "01_answered_caller_hangup")
	now := rows[0].At.Add(time.Second)
	j := telephony.NewJournal(journalLine())
	j.Read(rows[:3], place(0), place(3), now, 0)
	odd := telephony.Row{Kind: telephony.RowHangup, UniqueID: "odd", LinkedID: "odd", At: now.AddDate(900, 0, 0)}
	if got := j.Read([]telephony.Row{odd}, place(3), place(4), now, 0); len(got) != 0 || j.LastAt().After(now) || j.Open() != 2 {
		t.Fatalf("settled %v, newest row %v, %d open", got, j.LastAt(), j.Open())
	}
	got := callsOf(j.Read(rows[3:], place(4), place(9), now, 0))
	if len(got) != 1 || got[0].Outcome != telephony.AnsweredInTime || len(got[0].Findings) != 0 {
		t.Errorf("%+v", got)
	}
}

// A call whose first rows are lost is not judged by what is left of it.
func TestAJournalThatLacksTheBeginningSettlesNothing(t *testing.T) {
	rows := journal(t, "01_answered_caller_hangup")
	live := telephony.Settle(journalLine(), rows, time.Time{})[0]
	live.SettledBy = ""
	for from := 1; from < len(rows)-1; from++ {
		for _, c := range telephony.Settle(journalLine(), rows[from:], time.Time{}) {
			if c.ID != live.ID || c.Outcome != telephony.Unknown || !slices.Contains(c.Findings, telephony.JournalInPart) || !telephony.OfOneCall(live, c) {
				t.Errorf("from row %d on: %+v", from, c)
			}
			got := telephony.Reconcile(live, c)
			if got.Outcome != live.Outcome || got.SettledBy != telephony.SettledByARI || !got.EndedAt.Equal(live.EndedAt) {
				t.Errorf("from row %d on, reconciled: %+v", from, got)
			}
		}
	}
}

// What a phone sent the call on to may ring before the switch has let that phone go: on a busy
// machine its end came more than ringMargin later, and the phone seemed to have rung itself.
func TestAPhoneThatSentTheCallOnDidNotRingWhenItsTargetDid(t *testing.T) {
	held := map[telephony.RowKind]bool{telephony.RowForward: true, telephony.RowHangup: true, telephony.RowChanEnd: true}
	for name, tt := range map[string]struct {
		ring string // ms from the dial to the first ring
		rang bool
	}{
		"the target rang": {"30", false},
		"the phone rang":  {"3", true},
	} {
		rows := journal(t, "05_302_user")
		phone, made := rows[3].UniqueID, rows[4].At
		for i := range rows {
			row := &rows[i]
			switch {
			case held[row.Kind] && (row.UniqueID == phone || row.Kind == telephony.RowForward):
				row.At = row.At.Add(60 * time.Millisecond)
			case tt.rang && row.Kind == telephony.RowChanStart && row.UniqueID == phone:
				row.At = made.Add(-40 * time.Millisecond)
			case row.User == "DL_END" && row.Extra["redir"] != "":
				row.Extra["ring_ms"] = tt.ring
			}
		}
		got := telephony.Settle(journalLine(), rows, time.Time{})
		if len(got) != 1 || got[0].Outcome != telephony.Forwarded || got[0].RangAt.IsZero() == tt.rang {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// FuzzSettle: whatever rows come, in whatever order, nothing panics and every call has exactly
// one outcome, ends once, and never before it began.
func FuzzSettle(f *testing.F) {
	rows := journal(f, "05_302_user")
	rows = append(rows, journal(f, "03_ring_then_busy_486")...)
	f.Add([]byte{0, 1, 2, 3, 4, 5})
	f.Add([]byte{9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 9})
	f.Add([]byte("\x00\x01\x02\x03\x04\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"))
	f.Fuzz(func(t *testing.T, order []byte) {
		var some []telephony.Row
		for _, i := range order {
			some = append(some, rows[int(i)%len(rows)])
		}
		for _, cut := range []time.Time{{}, sceneStart} {
			seen := map[string]bool{}
			for _, c := range telephony.Settle(journalLine(), some, cut) {
				if c.Outcome == "" || seen[c.ID] || c.EndedAt.Before(c.OfferedAt) || c.SettledBy != telephony.SettledByJournal {
					t.Fatalf("%+v", c)
				}
				seen[c.ID] = true
			}
		}
	})
}

// Of a call of which any one or two rows cannot be read no false verdict comes: it is as it was,
// or not known in full; and it never vanishes as long as the switch says that it is over.
func TestADamagedRowBendsNoCall(t *testing.T) {
	in := rand.New(rand.NewPCG(1, 2))
	looked := 0
	for _, name := range journalNames(t) {
		if name == "hostile_callers" { // has line breaks in its records
			continue
		}
		rows := journal(t, name)
		want := map[string]telephony.Call{}
		for _, c := range callsOf(telephony.NewJournal(journalLine()).Read(rows, place(0), place(1), sceneStart, 0)) {
			want[c.ID] = c
		}
		for i := range rows {
			damagedAt := []int{i}
			if in.IntN(2) == 0 {
				damagedAt = append(damagedAt, in.IntN(len(rows)))
			}
			hurt, ended := slices.Clone(rows), map[string]bool{}
			for _, at := range damagedAt {
				left := telephony.Row{Kind: telephony.RowDamaged}
				switch in.IntN(4) {
				case 0:
					left.LinkedID, left.UniqueID = rows[at].LinkedID, rows[at].UniqueID
				case 1:
					left.Channel = rows[at].Channel
				}
				hurt[at] = left
			}
			for _, r := range hurt {
				ended[r.LinkedID] = ended[r.LinkedID] || r.Kind == telephony.RowLinkedEnd
			}
			got := map[string]bool{}
			for _, c := range callsOf(telephony.NewJournal(journalLine()).Read(hurt, place(0), place(1), sceneStart, 0)) {
				got[c.ID] = true
				looked++
				if c.Outcome != telephony.Unknown && c.Outcome != want[c.ID].Outcome {
					t.Errorf("%s without rows %v: %s is %s, was %s", name, damagedAt, c.ID, c.Outcome, want[c.ID].Outcome)
				}
				if c.Outcome == telephony.Unknown && want[c.ID].Outcome != telephony.Unknown && !slices.Contains(c.Findings, telephony.JournalInPart) {
					t.Errorf("%s without rows %v: %s is unknown, and nothing says why: %v", name, damagedAt, c.ID, c.Findings)
				}
			}
			for id := range want {
				if begun := slices.ContainsFunc(hurt, func(r telephony.Row) bool {
					return r.UniqueID == id && r.Kind != telephony.RowDamaged && r.Kind != telephony.RowLinkedEnd
				}); ended[id] && begun && !got[id] {
					t.Errorf("%s without rows %v: %s vanished", name, damagedAt, id)
				}
			}
		}
	}
	if looked < 1000 {
		t.Errorf("only %d calls were looked at", looked)
	}
}

// A switch that is killed and started again within one second gives an id twice: these are two
// calls, and the first was cut off.
func TestAnIDThatComesAgainWithinASecondIsAnotherCall(t *testing.T) {
	rows := journal(t, "01_answered_caller_hangup")
	joined := slices.IndexFunc(rows, func(r telephony.Row) bool { return r.Kind == telephony.RowBridgeEnter })
	again := slices.Clone(rows)
	for i := range again {
		again[i].At = again[i].At.Add(time.Minute)
	}
	j := telephony.NewJournal(journalLine())
	got := callsOf(j.Read(slices.Concat(rows[:joined+2], again), place(0), place(1), sceneStart, 0))
	if len(got) != 2 || got[0].ID != got[1].ID || !slices.Contains(got[0].Findings, telephony.CutBySwitch) || got[1].Outcome != telephony.AnsweredInTime || len(got[1].Findings) != 0 {
		t.Errorf("%+v", got)
	}
	if got := callsOf(j.Read(slices.Concat(rows[:joined], rows[:joined]), place(1), place(2), sceneStart, 0)); len(got) != 0 || j.Open() != 1 {
		t.Errorf("rows that come twice: %+v, %d open", got, j.Open())
	}
}

// A call under a time long before the rows before it is kept as it is, and says that the clock was wrong.
func TestACallOfAClockThatWasFarBehindSaysSo(t *testing.T) {
	rows := journal(t, "01_answered_caller_hangup")
	now := rows[len(rows)-1].At
	moved := func(by time.Duration, id string) []telephony.Row {
		out := slices.Clone(rows)
		for i := range out {
			out[i].At = out[i].At.Add(by)
			out[i].UniqueID, out[i].LinkedID = strings.ReplaceAll(out[i].UniqueID, ".", id), strings.ReplaceAll(out[i].LinkedID, ".", id)
		}
		return out
	}
	read := func(j *telephony.Journal, from telephony.Position, rows ...telephony.Row) []telephony.Call {
		return callsOf(j.Read(rows, from, place(1), now, 0))
	}
	whole := read(telephony.NewJournal(journalLine()), place(0), rows...)
	const years, week = -25 * 365 * 24 * time.Hour, -7 * 24 * time.Hour
	for _, c := range []struct {
		name   string
		back   time.Duration
		since  time.Time
		from   time.Time // of the last row of the last run
		before []telephony.Row
		says   bool
	}{
		{"years behind the row before", years, time.Time{}, time.Time{}, moved(-time.Hour, "-"), true},
		{"years behind the last row before a start", years, time.Time{}, now.Add(-time.Hour), nil, true},
		{"years before the log began", years, now.Add(-time.Hour), time.Time{}, nil, true},
		{"and the clock was wrong before a start already", years, now.Add(-time.Hour), now.Add(years - time.Hour), nil, true},
		{"a file is read again", week, time.Time{}, time.Time{}, moved(-time.Hour, "-"), false},
		{"nothing is known of before", years, time.Time{}, time.Time{}, nil, false},
		{"in its order", 0, now.Add(week), now.Add(week), moved(-time.Hour, "-"), false},
	} {
		j := telephony.NewJournal(journalLine())
		j.Since(c.since)
		from := place(0)
		from.LastAt = c.from
		got := read(j, from, slices.Concat(c.before, moved(c.back, "."))...)
		if len(got) == 0 {
			t.Fatalf("%s: no call", c.name)
		}
		call := got[len(got)-1]
		if slices.Contains(call.Findings, telephony.SwitchClockBehind) != c.says || call.Outcome != whole[0].Outcome || !call.OfferedAt.Equal(whole[0].OfferedAt.Add(c.back)) {
			t.Errorf("%s: %+v", c.name, call)
		}
		live := call
		live.Findings, live.SettledBy = nil, ""
		if out := telephony.Reconcile(live, call); slices.Contains(out.Findings, telephony.SwitchClockBehind) != c.says || out.SettledBy != telephony.SettledByJournal {
			t.Errorf("%s, and the live view saw it, too: %+v", c.name, out)
		}
	}
}
