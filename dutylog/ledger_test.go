package dutylog_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/recorder"
	"dutyline/telephony"
)

var ledgerNow = time.Date(2026, 11, 23, 16, 30, 0, 0, time.UTC)

// talkedCall is a call that was answered, talked on for a minute, and ended an hour ago.
func talkedCall(id string) telephony.Call {
	end := ledgerNow.Add(-time.Hour)
	return telephony.Call{ID: id, Line: "duty", Direction: telephony.Inbound, Outcome: telephony.AnsweredInTime,
		OfferedAt: end.Add(-70 * time.Second), RangAt: end.Add(-69 * time.Second), AnsweredAt: end.Add(-time.Minute), EndedAt: end}
}

func sealedRow(change ...func(*recorder.Recording)) recorder.Recording {
	r := recorder.Recording{CallID: "1.0", Status: recorder.Sealed, Path: "2026/11/23/1.0.flac", FileDigest: "d", Duration: time.Minute, Talk: time.Minute,
		SealedAt: ledgerNow.Add(-time.Hour), RemovedAt: ledgerNow.Add(-time.Hour)}
	for _, c := range change {
		c(&r)
	}
	return r
}

func findings(all ...telephony.Finding) func(*recorder.Recording) {
	return func(r *recorder.Recording) { r.Findings = all }
}

func because(reason string) func(*recorder.Recording) {
	return func(r *recorder.Recording) { r.Reason = reason }
}

func status(s recorder.Status) func(*recorder.Recording) {
	return func(r *recorder.Recording) { r.Status = s }
}

func waiting(r *recorder.Recording) { r.NextTry = ledgerNow.Add(time.Minute) }

// scene is one situation and what the ledger says of it.
type scene struct {
	Scene string `json:"scene"`
	Found []line `json:"found"`
}

type line struct {
	Key   string             `json:"key"`
	Kind  dutylog.LedgerKind `json:"kind"`
	Why   dutylog.LedgerWhy  `json:"why"`
	Of    []string           `json:"of,omitempty"`
	Cause string             `json:"cause"`
}

func sceneOf(t *testing.T, name string, found []dutylog.Discrepancy) scene {
	t.Helper()
	s := scene{Scene: name, Found: []line{}}
	for _, d := range found {
		l := line{d.Key, d.Kind, d.Why, nil, d.Cause}
		for _, of := range []string{d.CallID, d.EntryID, d.Name} {
			if of != "" {
				l.Of = append(l.Of, of)
			}
		}
		if strings.ContainsFunc(d.Key+d.Name, func(r rune) bool { return r < ' ' }) || strings.Contains(d.Key, " ") {
			t.Errorf("%s: a key or name that cannot be typed or printed: %q %q", name, d.Key, d.Name)
		}
		if !strings.HasPrefix(d.Key, string(d.Kind)+":") || d.Why == "" || len(d.Cause) < 20 {
			t.Errorf("%s: %+v", name, d)
		}
		s.Found = append(s.Found, l)
	}
	return s
}

func TestWhatDoesNotAgreeAboutCallsIsWrittenDown(t *testing.T) {
	unanswered := talkedCall("1.0")
	unanswered.AnsweredAt, unanswered.Outcome = time.Time{}, telephony.Missed
	running, fresh, test := talkedCall("1.0"), talkedCall("1.0"), talkedCall("1.0")
	running.EndedAt = time.Time{}
	fresh.EndedAt = ledgerNow.Add(-30 * time.Second)
	fresh.OfferedAt = fresh.EndedAt.Add(-10 * time.Second)
	test.Tags = []telephony.Tag{telephony.TagTest}
	lately := talkedCall("1.0")
	lately.EndedAt = ledgerNow.Add(-5 * time.Minute)
	const short, caller, officer = telephony.RecordingShort, telephony.SilentCallerSide, telephony.SilentOfficerSide
	missing := func(reason string) recorder.Recording {
		return sealedRow(status(recorder.Missing), because(reason), findings(telephony.RecordingMissing))
	}
	var all []scene
	for _, c := range []struct {
		name    string
		call    telephony.Call
		r       recorder.Recording
		entered bool
	}{
		{"all is well", talkedCall("1.0"), sealedRow(), true},
		{"sealed, padded with silence", talkedCall("1.0"), sealedRow(because("the officer's side ended 20ms earlier and is padded with silence")), true},
		{"not answered, nothing recorded", unanswered, recorder.Recording{CallID: "1.0", Status: recorder.None}, true},
		{"not answered, no row", unanswered, recorder.Recording{}, true},
		{"still running", running, recorder.Recording{}, true},
		{"still running, without an entry", running, recorder.Recording{}, false},
		{"over for half a minute", fresh, recorder.Recording{}, false},
		{"the switch has none", talkedCall("1.0"), missing("the switch stored no recording of this answered call: check that its recording folder can be written and is not full"), true},
		{"only a header", talkedCall("1.0"), missing("the switch's recording has no audio: check the media path (codecs, NAT, firewall) between switch, trunk and phone"), true},
		{"no WAV", talkedCall("1.0"), sealedRow(status(recorder.Failed), because("fetch the recording: the far side: not a recording of the duty line: it does not begin like a WAV file")), true},
		{"the log lacks the row", talkedCall("1.0"), recorder.Recording{}, true},
		{"waits for five minutes", lately, sealedRow(status(recorder.Pending), waiting, because("fetch the recording: no route")), true},
		{"waits for an hour", talkedCall("1.0"), sealedRow(status(recorder.Pending), waiting, because("fetch the recording: no route")), true},
		{"waits for an hour, nobody knows why", talkedCall("1.0"), sealedRow(status(recorder.Pending), waiting), true},
		{"still written", lately, sealedRow(status(recorder.Pending), waiting, because("the switch is still writing the recording; it is fetched when it is complete")), true},
		{"not answered, still written", unanswered, sealedRow(status(recorder.None), waiting, because("the switch is still writing the recording; it is fetched when it is complete")), true},
		{"nobody heard", talkedCall("1.0"), sealedRow(findings(caller, officer)), true},
		{"caller not heard", talkedCall("1.0"), sealedRow(findings(caller)), true},
		{"officer not heard", talkedCall("1.0"), sealedRow(findings(officer)), true},
		{"caller not recorded", talkedCall("1.0"), sealedRow(findings(caller), because("the switch recorded nothing of the caller's side; that channel is silent")), true},
		{"officer not recorded, a short talk", talkedCall("1.0"), sealedRow(because("the switch recorded nothing of the officer's side; that channel is silent")), true},
		{"too short", talkedCall("1.0"), sealedRow(findings(short), func(r *recorder.Recording) { r.Duration = 12340 * time.Millisecond }), true},
		{"cut on the switch, too short, officer not heard", talkedCall("1.0"), sealedRow(findings(short, officer),
			because("the recording was cut on the switch (crash or full disk); all that was stored is kept")), true},
		{"expired by decision", talkedCall("1.0"), sealedRow(status(recorder.Expired), findings(caller)), true},
		{"without an entry", talkedCall("1.0"), sealedRow(), false},
		{"a test call without an entry", test, sealedRow(), false},
		{"an id that somebody chose", talkedCall("../../etc/passwd\x00 沈"), missing("the switch stored no recording of this answered call"), true},
	} {
		call := dutylog.BookedCall{Call: dutylog.Call{Call: c.call, Recording: c.r}, Entered: c.entered}
		if c.entered {
			call.EntryID = "e-1.0"
		}
		all = append(all, sceneOf(t, c.name, dutylog.CheckCall(call, ledgerNow)))
	}
	old := ledgerNow.Add(-time.Hour)
	for _, c := range []struct {
		name string
		e    dutylog.BookedEntry
	}{
		{"an entry with its call", dutylog.BookedEntry{ID: "e-1.0", CallID: "1.0", Kind: dutylog.KindDuty, Known: true, At: old}},
		{"an entry by itself", dutylog.BookedEntry{ID: "e-1.0", Kind: dutylog.KindDuty, At: old}},
		{"a missed call without a call", dutylog.BookedEntry{ID: "e-1.0", Kind: dutylog.KindMissed, At: old}},
		{"an entry whose call is gone", dutylog.BookedEntry{ID: "e-1.0", CallID: "1.0", Kind: dutylog.KindDuty, At: old}},
		{"an entry of this minute", dutylog.BookedEntry{ID: "e-1.0", CallID: "1.0", Kind: dutylog.KindDuty, At: ledgerNow}},
	} {
		all = append(all, sceneOf(t, c.name, dutylog.CheckEntry(c.e, ledgerNow)))
	}
	golden(t, "ledger_calls.golden.json", all)
}

func TestWhatDoesNotAgreeAboutFilesIsWrittenDown(t *testing.T) {
	began := ledgerNow.Add(-time.Hour).Unix()
	stored := func(name string) recorder.StoredFile { return recorder.StoredFile{Name: name} }
	looked := func(s recorder.Received) recorder.StoredFile {
		return recorder.StoredFile{Name: "duty-1795436279.0-far", Looked: true, Sound: s}
	}
	claim := func(change ...func(*recorder.Recording)) []dutylog.Claim {
		return []dutylog.Claim{{CallID: "1.0", Recording: sealedRow(change...)}}
	}
	blind := []telephony.Interval{
		{Kind: telephony.LiveDown, From: time.Unix(1795436000, 0), To: time.Unix(1795437000, 0), Cause: "the daemon was stopped"},
		{Kind: telephony.BlindInterval, From: time.Unix(1795436000, 0), To: time.Unix(1795437000, 0), Cause: "the daemon was stopped; there is no journal"},
	}
	var all []scene
	for _, c := range []struct {
		name   string
		f      recorder.StoredFile
		claims []dutylog.Claim
		unseen []telephony.Interval
	}{
		{"of a running call", stored("1.0-far"), []dutylog.Claim{{CallID: "1.0", Running: true}}, nil},
		{"to be fetched", stored("1.0-far"), claim(status(recorder.Pending), waiting), nil},
		{"to be removed", stored("1.0-far"), claim(waiting), nil},
		{"of a failed one: its call says it", stored("1.0-far"), claim(status(recorder.Failed)), nil},
		{"there again after it was sealed and removed", stored("1.0-far"), claim(), nil},
		{"there again after it was expired", stored("1.0-far"), claim(status(recorder.Expired)), nil},
		{"of the second call with an id", stored("1.0-far"), append(claim(), dutylog.Claim{CallID: "1.0~2", Running: true}), nil},
		{"no such call", stored("duty-1795436279.0-far"), nil, nil},
		{"no such call, of a time that only the journal saw", stored("duty-1795436279.0-far"), nil, blind[:1]},
		{"no such call, of a time that nobody saw", stored("duty-1795436279.0-far"), nil, blind},
		{"no such call, begun this minute", stored("duty-" + formatUnix(ledgerNow.Add(-time.Minute)) + ".0-far"), nil, nil},
		{"no such call, an hour ago", stored(formatUnix(time.Unix(began, 0)) + ".0-officer"), nil, nil},
		{"no such call, from the future", stored("4000000000.0-far"), nil, nil},
		{"44 bytes", looked(recorder.Received{State: recorder.Whole, Bytes: 44}), nil, nil},
		{"with audio", looked(recorder.Received{State: recorder.Whole, Bytes: 160044, Samples: 80000}), nil, nil},
		{"a header that lies", looked(recorder.Received{State: recorder.Unfinished, Bytes: 1044, Samples: 500}), nil, nil},
		{"no WAV", looked(recorder.Received{Bytes: 17}), nil, nil},
		{"another's name", stored("voicemail/greeting"), nil, nil},
		{"a path", stored("../../../etc/passwd-far"), nil, nil},
		{"terminal commands", stored("\x1b[2J\r\nall is well\u202e-far"), nil, nil},
		{"no text", stored("\xff\xfe\x00-far"), nil, nil},
		{"Chinese", stored("来电录音"), nil, nil},
		{"nothing", stored(""), nil, nil},
		{"very long", stored(strings.Repeat("ab/", 700)), nil, nil},
	} {
		all = append(all, sceneOf(t, "switch: "+c.name, dutylog.CheckStored(c.f, c.claims, c.unseen, ledgerNow)))
	}
	for _, c := range []struct {
		name  string
		f     recorder.ArchivedFile
		claim []dutylog.Claim
	}{
		{"as sealed", recorder.ArchivedFile{Name: "2026/11/23/1.0.flac.age"}, claim()},
		{"as sealed, of the time before encryption", recorder.ArchivedFile{Name: "2026/11/23/1.0.flac"}, claim(func(r *recorder.Recording) { r.FileDigest = "" })},
		{"being sealed", recorder.ArchivedFile{Name: "2026/11/23/1.0.flac.age"}, claim(status(recorder.Pending), waiting)},
		{"a temporary file", recorder.ArchivedFile{Name: "2026/11/23/.1.0.flac.age.part", At: ledgerNow.Add(-time.Minute)}, nil},
		{"a temporary file of last week", recorder.ArchivedFile{Name: "2026/11/23/.1.0.flac.age.part", At: ledgerNow.AddDate(0, 0, -7)}, nil},
		{"a plain copy beside it", recorder.ArchivedFile{Name: "2026/11/23/1.0.flac"}, claim()},
		{"on another day", recorder.ArchivedFile{Name: "2026/11/24/1.0.flac.age"}, claim()},
		{"of a call without a recording", recorder.ArchivedFile{Name: "2026/11/23/1.0.flac.age"}, claim(status(recorder.Missing))},
		{"back after it was erased", recorder.ArchivedFile{Name: "2026/11/23/1.0.flac.age"}, claim(status(recorder.Erased), func(r *recorder.Recording) { r.Decision = 7 })},
		{"no such call", recorder.ArchivedFile{Name: "2026/11/23/9.0.flac.age", Size: 4711, At: ledgerNow.Add(-time.Hour)}, nil},
		{"no such call, written now", recorder.ArchivedFile{Name: "2026/11/23/9.0.flac.age", At: ledgerNow}, nil},
		{"somebody's notes", recorder.ArchivedFile{Name: "2026/11/23/notes.txt"}, nil},
		{"a link with our name", recorder.ArchivedFile{Name: "2026/11/23/9.0.flac.age", Folder: true}, nil},
		{"a folder", recorder.ArchivedFile{Name: "copy of 2026", Folder: true}, nil},
		{"terminal commands", recorder.ArchivedFile{Name: "2026/11/23/\x1b[2J.flac"}, nil},
	} {
		var of *dutylog.Claim
		if len(c.claim) > 0 {
			of = &c.claim[0]
		}
		all = append(all, sceneOf(t, "archive: "+c.name, dutylog.CheckFile(c.f, of, ledgerNow)))
	}
	long := func(r *recorder.Recording) { r.FileSize, r.Size = 20480, 20000 }
	for _, c := range []struct {
		name  string
		r     recorder.Recording
		size  int64
		there bool
	}{
		{"there", sealedRow(long), 20480, true},
		{"there, of the time before encryption", sealedRow(long, func(r *recorder.Recording) { r.FileDigest = "" }), 20000, true},
		{"gone", sealedRow(long), 0, false},
		{"cut", sealedRow(long), 100, true},
		{"longer", sealedRow(long), 20481, true},
		{"cut on the switch, and gone since", sealedRow(long, because("the recording was cut on the switch (crash or full disk); all that was stored is kept")), 0, false},
		{"gone, with a path that somebody chose", sealedRow(long, func(r *recorder.Recording) { r.Path = "../etc/\x1b[2J沈.flac" }), 0, false},
	} {
		all = append(all, sceneOf(t, "sealed: "+c.name, dutylog.CheckKept(c.r, c.size, c.there)))
	}
	golden(t, "ledger_files.golden.json", all)
}

func formatUnix(t time.Time) string {
	b, _ := json.Marshal(t.Unix())
	return string(b)
}

func item(key string, state dutylog.LedgerState) dutylog.LedgerItem {
	i := dutylog.LedgerItem{Discrepancy: discrepancy(key), State: state, Since: ledgerNow.Add(-time.Hour)}
	if state == dutylog.LedgerResolved {
		i.ResolvedAt = ledgerNow.Add(-time.Minute)
	}
	return i
}

func discrepancy(key string) dutylog.Discrepancy {
	kind, _, _ := strings.Cut(key, ":")
	return dutylog.Discrepancy{Key: key, Kind: dutylog.LedgerKind(kind), Cause: "c"}
}

func TestTheLedgerFollowsWhatIsFound(t *testing.T) {
	const call, sw, day, other = "silent:1.0", "recording_without_call:switch/x", "recording_without_call:archive/2026/11/22/1.0.flac", "recording_without_call:archive/notes"
	accepted := item(call, dutylog.LedgerResolved)
	accepted.Accepted = &dutylog.Acceptance{Reason: "known", At: ledgerNow}
	all := dutylog.Looked{Calls: true, Switch: true, Files: true}
	changedCause := discrepancy(call)
	changedCause.Cause = "another"
	open := []dutylog.LedgerItem{item(call, dutylog.LedgerOpen), item(sw, dutylog.LedgerOpen), item(day, dutylog.LedgerOpen), item(other, dutylog.LedgerOpen)}
	for _, c := range []struct {
		name   string
		kept   []dutylog.LedgerItem
		found  []dutylog.Discrepancy
		looked dutylog.Looked
		want   string
	}{
		{"new", nil, []dutylog.Discrepancy{discrepancy(call), discrepancy(call)}, all, call + " open now"},
		{"still there", open[:1], []dutylog.Discrepancy{discrepancy(call)}, all, ""},
		{"there for another reason", open[:1], []dutylog.Discrepancy{changedCause}, all, call + " open -1h0m0s"},
		{"all gone", open, nil, all, call + " resolved, " + sw + " resolved, " + day + " resolved, " + other + " resolved"},
		{"nothing was looked at", open, nil, dutylog.Looked{}, ""},
		{"the switch did not answer", open, nil, dutylog.Looked{Calls: true, Files: true}, call + " resolved, " + day + " resolved, " + other + " resolved"},
		{"only the last days of the archive", open, nil, dutylog.Looked{Files: true, Since: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}, other + " resolved"},
		{"that day of the archive", open, nil, dutylog.Looked{Files: true, Since: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}, day + " resolved, " + other + " resolved"},
		{"accepted and still there", []dutylog.LedgerItem{accepted}, []dutylog.Discrepancy{discrepancy(call)}, all, ""},
		{"accepted, and there for another reason", []dutylog.LedgerItem{accepted}, []dutylog.Discrepancy{changedCause}, all, call + " resolved"},
		{"it comes again", []dutylog.LedgerItem{item(call, dutylog.LedgerResolved)}, []dutylog.Discrepancy{discrepancy(call)}, all, call + " open now"},
	} {
		var got []string
		for _, i := range dutylog.SettleLedger(c.kept, c.found, c.looked, ledgerNow) {
			text := i.Key + " " + string(i.State)
			switch {
			case i.State == dutylog.LedgerOpen && i.Since.Equal(ledgerNow):
				text += " now"
			case i.State == dutylog.LedgerOpen:
				text += " " + i.Since.Sub(ledgerNow).String()
			case i.ResolvedAt.IsZero():
				text += " at no time"
			}
			got = append(got, text)
		}
		if diff := cmp.Diff(c.want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// What is said of a sealed recording's file is gone only when the archive was looked at, of whatever day it is.
func TestAFileThatIsGoneIsBackOnlyWhereItWasLookedFor(t *testing.T) {
	lately := ledgerNow.AddDate(0, 0, 31)
	for name, d := range map[string]dutylog.Discrepancy{
		"gone": dutylog.CheckKept(sealedRow(), 0, false)[0],
		"cut":  dutylog.CheckKept(sealedRow(), 1, true)[0],
	} {
		for _, looked := range []dutylog.Looked{{Calls: true, Switch: true}, {Calls: true, Switch: true, Since: lately}} {
			if looked.Covers(d) {
				t.Errorf("%s: %+v covers it without the archive", name, looked)
			}
			if looked.Files = true; !looked.Covers(d) {
				t.Errorf("%s: %+v does not cover it", name, looked)
			}
		}
	}
}

func TestAnItemIsAcceptedOnceWithAReason(t *testing.T) {
	who := dutylog.Actor{Login: "zhao", Name: "赵振华", Role: dutylog.Supervisor}
	open := item("silent:1.0", dutylog.LedgerOpen)
	got, err := open.Accept("  演练电话，无人说话 ", who, ledgerNow)
	if err != nil || got.State != dutylog.LedgerResolved || !got.ResolvedAt.Equal(ledgerNow) || got.Accepted.Reason != "演练电话，无人说话" || got.Accepted.By != who {
		t.Errorf("%+v, %v", got, err)
	}
	for name, c := range map[string]struct {
		item   dutylog.LedgerItem
		reason string
		words  string
	}{
		"twice":            {got, "again", "accepted already, by 赵振华"},
		"gone":             {item("silent:1.0", dutylog.LedgerResolved), "x", "went away by itself"},
		"without a reason": {open, " ", "say why"},
		"with a novel":     {open, strings.Repeat("x", 10_000), "shorten it"},
	} {
		var invalid *dutylog.InvalidError
		if _, err := c.item.Accept(c.reason, who, ledgerNow); !errors.As(err, &invalid) || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: %v", name, err)
		}
	}
	text, err := json.Marshal(got)
	if err != nil || !strings.Contains(string(text), `"accepted":{"by":{"login":"zhao"`) || !strings.Contains(string(text), `"resolved_at":"2026-11-23T16:30:00.000Z"`) {
		t.Errorf("%s %v", text, err)
	}
}

// FuzzLedgerNames: whatever a file is called, its item has a key that can be typed and a name that can be shown.
func FuzzLedgerNames(f *testing.F) {
	for _, s := range []string{"1795436279.0-far", "../../x-far", "\x1b[2J", "\xff", "2026/11/23/1.0.flac.age", strings.Repeat("沈", 2000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		found := append(dutylog.CheckStored(recorder.StoredFile{Name: name}, nil, nil, ledgerNow), dutylog.CheckFile(recorder.ArchivedFile{Name: name}, nil, ledgerNow)...)
		found = append(found, dutylog.CheckKept(recorder.Recording{CallID: name, Path: name}, 0, false)...)
		for _, d := range found {
			for _, c := range []byte(d.Key) {
				if c <= ' ' || c > '~' {
					t.Fatalf("key %q", d.Key)
				}
			}
			if strings.ContainsFunc(d.Name+d.Cause, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u202e' }) || len(d.Name) > 220 || len(d.Key) > 4000 {
				t.Fatalf("%q %q", d.Name, d.Cause)
			}
			dutylog.Looked{}.Covers(d)
		}
	})
}
