package main_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

func after(seconds float64) time.Time { return noon.Add(time.Duration(seconds * float64(time.Second))) }

// talked is a call that began at a second, rang for 0.8 s and was talked in for 2 s.
func talked(caller string, at float64) (truth, logged) {
	t := truth{
		Caller: caller, Plan: fateAnswered, Media: true,
		InvitedAt: after(at), TryingAt: after(at + 0.01), RingingAt: after(at + 0.1), AnsweredAt: after(at + 0.9), HungUpAt: after(at + 2.9),
		HungUpBy: "caller", OverAt: after(at + 2.95), Status: 200,
		PhoneInvited: 1, PhoneInvitedAt: after(at + 0.09), PhoneRangAt: after(at + 0.1), PhoneFinalAt: after(at + 0.9), PhoneStatus: 200,
	}
	l := logged{
		ID: "x." + caller, Caller: caller, Outcome: "answered_in_time", HangupBy: "caller",
		RangAt: after(at + 0.1), RangUntil: after(at + 0.9), AnsweredAt: after(at + 0.9), EndedAt: after(at + 2.9),
		Recording: "sealed", RecordingFor: 2 * time.Second,
	}
	return t, l
}

// unanswered is a call that rang for so long until the caller left.
func unanswered(caller string, at, rang float64) (truth, logged) {
	t, l := talked(caller, at)
	t.Plan, t.Media, t.AnsweredAt, t.HungUpAt, t.HungUpBy = fateGivenUp, false, time.Time{}, time.Time{}, ""
	t.LeftAt, t.PhoneFinalAt, t.OverAt = after(at+0.1+rang), after(at+0.1+rang), after(at+0.12+rang)
	t.Status, t.PhoneStatus = 487, 487
	l.AnsweredAt, l.RangUntil, l.EndedAt, l.Outcome, l.Recording = time.Time{}, t.LeftAt, t.OverAt, "abandoned_early", "none"
	if rang > 1.5 {
		l.Outcome = "missed"
	}
	return t, l
}

// refusedAt is a call that the phone refused at once.
func refusedAt(caller string, at float64, status int, outcome string) (truth, logged) {
	t, l := unanswered(caller, at, 0)
	t.PhoneRangAt, t.RingingAt, t.LeftAt, t.Status, t.PhoneStatus = time.Time{}, time.Time{}, time.Time{}, status, status
	l.RangAt, l.RangUntil, l.HangupBy, l.Outcome = time.Time{}, time.Time{}, "officer", outcome
	return t, l
}

// all is one call of every kind, told right.
func all() evidence {
	var e evidence
	add := func(t truth, l logged) { e.truths, e.log = append(e.truths, t), append(e.log, l) }
	add(talked("1", 0))
	add(unanswered("2", 1, 0.8))
	add(unanswered("3", 2, 2.2))
	add(refusedAt("4", 3, 486, "engaged"))
	add(refusedAt("5", 4, 603, "rejected"))
	add(refusedAt("6", 5, 480, "unreachable"))
	nobody, l := unanswered("7", 6, 3)
	nobody.LeftAt, nobody.Status = time.Time{}, 480
	l.HangupBy = "system"
	add(nobody, l)
	late, l := talked("8", 10)
	late.PhoneFinalAt, late.AnsweredAt, late.HungUpAt, late.OverAt = after(12.3), after(12.3), after(14.3), after(14.4)
	l.RangUntil, l.AnsweredAt, l.EndedAt, l.Outcome = after(12.3), after(12.3), after(14.3), "answered_late"
	add(late, l)
	return e
}

func TestTheJudgeFindsNothingWrongWithTheTruth(t *testing.T) {
	r := judge(all())
	if r.line(3) != "torture: calls=8 kills=3 right=8 excused=0 lost=0 duplicated=0 recordings_lost=0 delayed_by_us=0" || !r.clean() || r.recordings != 2 {
		t.Errorf("%s\n%s\n%v", r.line(3), r.table(), r.complaints)
	}
}

// Of a talk without sound it is enough that the log says what became of its recording.
func TestTheJudgeTakesAStatedSilence(t *testing.T) {
	silent, l := talked("9", 20)
	silent.Media, l.Recording, l.RecordingReason, l.RecordingFor, l.Findings = false, "missing", "the switch's recording has no audio", 0, []string{"recording_missing"}
	if r := judge(evidence{truths: []truth{silent}, log: []logged{l}}); !r.clean() || r.silences != 1 || r.recordings != 0 {
		t.Errorf("%s\n%v", r.line(0), r.complaints)
	}
}

func TestTheJudgeFindsEveryLie(t *testing.T) {
	for _, c := range []struct {
		what   string
		change func(*evidence)
		want   string // the last figures of the line
		says   string
	}{
		{"a lost call", func(e *evidence) { e.log = e.log[1:] }, "lost=1 duplicated=0 recordings_lost=1 delayed_by_us=0", "not in the log"},
		{"a call that is there twice", func(e *evidence) {
			again := e.log[1]
			again.ID = "other"
			e.log = append(e.log, again)
		}, "lost=0 duplicated=1 recordings_lost=0 delayed_by_us=0", "2 times"},
		{"a call that nobody made", func(e *evidence) { e.log = append(e.log, logged{ID: "y", Caller: "99"}) }, "lost=0 duplicated=1 recordings_lost=0 delayed_by_us=0", "nobody called"},
		{"a wrong outcome", func(e *evidence) { e.log[2].Outcome = "abandoned_early" }, "lost=1 duplicated=0 recordings_lost=0 delayed_by_us=0", "logged as abandoned_early"},
		{"unknown for what was seen", func(e *evidence) { e.log[0].Outcome = "unknown" }, "lost=1 duplicated=0 recordings_lost=0 delayed_by_us=0", "logged as unknown"},
		{"a call that never ends", func(e *evidence) { e.log[0].EndedAt = time.Time{} }, "lost=1 duplicated=0 recordings_lost=0 delayed_by_us=0", "never ended"},
		{"the wrong one hung up", func(e *evidence) { e.log[0].HangupBy = "officer" }, "lost=1 duplicated=0 recordings_lost=0 delayed_by_us=0", "hung up"},
		{"a bent ring time", func(e *evidence) { e.log[1].RangUntil = e.log[1].RangUntil.Add(time.Second) }, "lost=1 duplicated=0 recordings_lost=0 delayed_by_us=0", "rung for"},
		{"a bent talk time", func(e *evidence) { e.log[0].EndedAt = e.log[0].EndedAt.Add(time.Hour) }, "lost=1 duplicated=0 recordings_lost=0 delayed_by_us=0", "lasted"},
		{"a silent talk of whose recording nothing is said", func(e *evidence) { e.truths[0].Media, e.log[0].Recording = false, "missing" }, "lost=0 duplicated=0 recordings_lost=1 delayed_by_us=0", "of its silence is not said"},
		{"a silent talk whose recording is waited for", func(e *evidence) { e.truths[0].Media, e.log[0].Recording = false, "pending" }, "lost=0 duplicated=0 recordings_lost=1 delayed_by_us=0", "of its silence is not said"},
		{"a recording that is not there", func(e *evidence) { e.log[0].Recording = "pending" }, "lost=0 duplicated=0 recordings_lost=1 delayed_by_us=0", "no finding"},
		{"a recording that is said to be missing while the switch lived", func(e *evidence) {
			e.log[0].Recording, e.log[0].RecordingReason, e.log[0].Findings = "missing", "the file is gone", []string{"recording_missing"}
		}, "lost=0 duplicated=0 recordings_lost=1 delayed_by_us=0", "although the switch lived"},
		{"a short recording", func(e *evidence) { e.log[0].RecordingFor = 500 * time.Millisecond }, "lost=0 duplicated=0 recordings_lost=1 delayed_by_us=0", "500ms of 2s"},
		{"a recording without the officer", func(e *evidence) { e.log[0].OfficerDB = -96 }, "lost=0 duplicated=0 recordings_lost=1 delayed_by_us=0", "no sound of the officer"},
		{"a recording without the caller, though a finding says so", func(e *evidence) {
			e.log[0].CallerDB, e.log[0].Findings = -96, []string{"silent_caller_side"}
		}, "lost=0 duplicated=0 recordings_lost=1 delayed_by_us=0", "no sound of the caller"},
		{"an INVITE said again", func(e *evidence) { e.truths[3].Retransmits = 1 }, "lost=0 duplicated=0 recordings_lost=0 delayed_by_us=1", "repeated 1 times"},
		{"a call refused by the switch", func(e *evidence) {
			e.truths[1] = truth{Caller: "2", InvitedAt: after(1), TryingAt: after(1.1), OverAt: after(1.2), Status: 503}
			e.log[1].Outcome = "unreachable"
		}, "lost=0 duplicated=0 recordings_lost=0 delayed_by_us=1", "status 503"},
		{"a phone that was picked up for nobody", func(e *evidence) { e.truths[0].AnsweredAt, e.truths[0].Status = time.Time{}, 0 },
			"lost=0 duplicated=0 recordings_lost=0 delayed_by_us=1", "delayed or failed"},
	} {
		t.Run(c.what, func(t *testing.T) {
			e := all()
			c.change(&e)
			r := judge(e)
			if !strings.HasSuffix(r.line(0), c.want) || r.clean() {
				t.Errorf("the judge says %s, want %s", r.line(0), c.want)
			}
			if got := strings.Join(r.complaints, "\n"); !strings.Contains(got, c.says) {
				t.Errorf("the judge complains: %s; want something with %q", got, c.says)
			}
		})
	}
}

// An interval that the log states excuses only what the bench really broke.
func TestOnlyAJustIntervalExcuses(t *testing.T) {
	blind := stated{Kind: "blind", From: after(-1), To: after(20)}
	down := stated{Kind: "switch_down", From: after(-1), To: after(20)}
	killed := window{Fault: "kill switch", Hurts: hurtsSwitch, From: after(0.5), To: after(0.7)}
	for _, c := range []struct {
		what          string
		stated        []stated
		windows       []window
		excused, lost int
	}{
		{"nothing is stated", nil, []window{killed}, 0, 1},
		{"stated, and the switch was killed", []stated{down}, []window{killed}, 1, 0},
		{"stated as blind, and the switch was killed", []stated{blind}, []window{killed}, 1, 0},
		{"stated, but only the daemon was killed", []stated{blind, down}, []window{{Fault: "kill daemon", Hurts: hurtsDaemon, From: after(0.5), To: after(0.7)}}, 0, 1},
		{"the switch was said to be dead when its journal was", []stated{down}, []window{{Fault: "journal gone", Hurts: hurtsJournal, From: after(0.5), To: after(0.7)}}, 0, 1},
		{"the journal was gone, and the daemon was dead", []stated{{Kind: "journal_down", From: after(0.5), To: after(20)}, {Kind: "live_down", From: after(1), To: after(2)}}, []window{{Fault: "journal gone", Hurts: hurtsJournal, From: after(0.5), To: after(0.7)}}, 1, 0},
		{"the journal was gone, and the live view saw all", []stated{{Kind: "journal_down", From: after(0.5), To: after(20)}}, []window{{Fault: "journal gone", Hurts: hurtsJournal, From: after(0.5), To: after(0.7)}}, 0, 1},
		{"the journal was hurt and said to be well", []stated{{Kind: "live_down", From: after(-1), To: after(20)}}, []window{{Fault: "garbage in journal", Hurts: hurtsJournal, From: after(0.5), To: after(0.7)}}, 0, 1},
		{"the switch was killed, and only the live view saw nothing", []stated{{Kind: "live_down", From: after(-1), To: after(20)}}, []window{killed}, 0, 1},
		{"the switch was killed at another time", []stated{down}, []window{{Fault: "kill switch", Hurts: hurtsSwitch, From: after(50), To: after(51)}}, 0, 1},
	} {
		t.Run(c.what, func(t *testing.T) {
			e := all()
			e.log = e.log[1:] // the first call is not in the log
			e.stated, e.windows = c.stated, c.windows
			if r := judge(e); r.excused != c.excused || r.lost != c.lost || r.right != 7 {
				t.Errorf("%s\n%s\n%v", r.line(0), r.table(), r.complaints)
			}
		})
	}
}

func TestBlindTimeWithoutHarmIsCounted(t *testing.T) {
	kept := func(kind string, from, to float64) stated {
		return stated{Kind: kind, From: after(from), To: after(to)}
	}
	hurt := func(what string, from, to float64) window {
		return window{Hurts: what, From: after(from), To: after(to)}
	}
	for _, c := range []struct {
		what    string
		stated  []stated
		windows []window
		want    time.Duration
	}{
		{"only the daemon was dead", []stated{kept("live_down", 0, 100), kept("journal_down", 10, 14)}, []window{hurt(hurtsDaemon, 0, 100)}, 4 * time.Second},
		{"the journal worked", []stated{kept("live_down", 0, 100)}, nil, 0},
		{"the switch is said to have been down", []stated{kept("live_down", 0, 100), kept("journal_down", 10, 14), kept("switch_down", 11, 12)}, nil, 4 * time.Second},
		{"the journal was cut, and what the dead daemon had not read was in it", []stated{kept("live_down", 0, 100), kept("journal_down", 10, 40)}, []window{hurt(hurtsJournal, 39, 39.5)}, 0},
		{"the journal was hurt, and is said to be down for long after that", []stated{kept("live_down", 0, 100), kept("journal_down", 10, 40)}, []window{hurt(hurtsJournal, 11, 12)}, 18 * time.Second},
		{"a call that was under way then lacks its first rows", []stated{kept("live_down", 0, 100), kept("journal_down", 13, 16)}, []window{hurt(hurtsJournal, 11, 12)}, 0},
		{"hurt twice", []stated{kept("live_down", 0, 100), kept("journal_down", 10, 40)}, []window{hurt(hurtsJournal, 11, 12), hurt(hurtsSwitch, 24, 25)}, 5 * time.Second},
		{"it is counted once, whatever the log calls it", []stated{kept("live_down", 0, 100), kept("journal_down", 10, 14), kept("blind", 10, 14), kept("journal_down", 12, 15)}, nil, 5 * time.Second},
	} {
		if got := judge(evidence{stated: c.stated, windows: c.windows}).blind; got != c.want {
			t.Errorf("%s: blind without harm for %v, want %v", c.what, got, c.want)
		}
	}
}

// A call that the death of the switch cut is told as it was up to then.
func TestACallThatWasCutIsJudgedByWhatIsKnown(t *testing.T) {
	cut, l := talked("1", 0)
	cut.HungUpAt, cut.HungUpBy, cut.Cut, cut.OverAt = time.Time{}, "", true, after(8)
	l.EndedAt, l.HangupBy, l.RecordingFor, l.Findings = after(2), "", 700*time.Millisecond, []string{"end_not_seen"}
	e := evidence{truths: []truth{cut}, log: []logged{l}, windows: []window{{Fault: "kill switch", Hurts: hurtsSwitch, From: after(2), To: after(4)}}}
	if r := judge(e); r.right != 1 || !r.clean() {
		t.Errorf("%s %v", r.line(0), r.complaints)
	}
	// Nobody saw that it was answered, and nothing of it was stored: that has to be said.
	unseen := l
	unseen.Outcome, unseen.AnsweredAt, unseen.Recording, unseen.RecordingFor = "unknown", time.Time{}, "none", 0
	e.log, e.stated = []logged{unseen}, []stated{{Kind: "switch_down", From: after(2), To: after(4)}}
	if r := judge(e); r.recordingsLost != 1 {
		t.Errorf("a recording that is not there without a word: %s", r.line(0))
	}
	e.log[0].RecordingReason = "nobody saw whether this call was answered, and the switch has no sound of it"
	if r := judge(e); r.excused != 1 || !r.clean() {
		t.Errorf("%s %v", r.line(0), r.complaints)
	}
	e.log, e.windows = []logged{l}, nil
	if r := judge(e); r.delayed != 1 {
		t.Errorf("cut although the switch lived: %s", r.line(0))
	}
}

func TestTheTableCountsEveryCallOnce(t *testing.T) {
	e := all()
	e.windows = []window{
		{Fault: "kill daemon", Hurts: hurtsDaemon, From: after(1.5), To: after(2)},
		{Fault: "kill daemon", Hurts: hurtsDaemon, From: after(30), To: after(31)},
		{Fault: "cut link", Hurts: hurtsDaemon, From: after(1.7), To: after(3)},
	}
	e.log = append(e.log[:3:3], e.log[4:]...)
	want := strings.Join([]string{
		"fault                  injected   calls   right excused                             lost",
		"cut link                      1       1       0 0                                      1",
		"kill daemon                   2       3       3 0                                      0",
		"none                          0       4       4 0                                      0", "",
	}, "\n")
	if diff := cmp.Diff(want, judge(e).table()); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}
