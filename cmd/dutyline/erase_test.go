package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/dutylog/backup"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/recorder/recordertest"
	"dutyline/telephony"
)

// What somebody typed by mistake: with characters that JSON escapes in several ways.
const (
	typed     = "绝密<甲>级：今夜\"子时\"转移𠮷号设备"
	whoCalled = "王强𠮷"
)

// office is a duty room after a call about which too much was written, in every place where a
// daemon keeps something of a call.
type office struct {
	*vault
	call    telephony.Call
	file    string // configuration
	journal string
	spool   recordertest.Switch
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{vault: newVault(t), journal: filepath.Join(t.TempDir(), "cel.jsonl")}
	twoPeople(t, o.cfg.Log.File)
	o.file = writeConfig(t, o.cfg, "")
	o.call = endedCall("duty-1795436279.1")
	o.call.CallerName = whoCalled
	sealInto(t, o.db, o.cfg, o.keys, o.call)
	other := endedCall("duty-1795436279.10")
	other.OfferedAt = other.OfferedAt.Add(-72 * time.Hour)
	sealInto(t, o.db, o.cfg, o.keys, other)
	for i := range len(typed) / 9 { // as it is saved while somebody types
		o.write("e-"+o.call.ID, dutylog.Content, strings.ToValidUTF8(typed[:9*(i+1)], ""))
	}
	o.write("e-"+o.call.ID, dutylog.Content, typed)
	o.write("e-"+o.call.ID, dutylog.Content, "已改正")
	o.write("e-"+o.call.ID, dutylog.CallerUnit, "沈河区应急局")
	o.write("e-"+other.ID, dutylog.Content, "例行点名")
	o.said()
	o.lines()
	_, err := o.archive.Receive(t.Context(), o.call.ID, recorder.Far, func(to io.Writer) (int64, error) {
		far, _ := recordertest.Dialogue(time.Second)
		return io.Copy(to, bytes.NewReader(recordertest.WAV(far)))
	})
	o.ok(err)
	return o
}

func (o *office) write(entry string, f dutylog.Field, text string) {
	o.t.Helper()
	e, err := o.db.Entry(o.t.Context(), entry)
	o.ok(err)
	_, err = o.db.Amend(o.t.Context(), entry, dutylog.EntryPatch{Revision: e.Revision, Values: map[dutylog.Field]string{f: text}},
		dutylog.Actor{Login: "wang", Name: "王值班", Role: dutylog.Officer}, o.at)
	o.ok(err)
}

// said writes it into everything that people say of a call beside its entry: the review of its verdict, the
// listening review of its recording, the register of spot checks, alerts, and a note of the locked screen that waits.
func (o *office) said() {
	o.t.Helper()
	ctx := o.t.Context()
	by, super := dutylog.Actor{Login: "wang", Name: "王值班", Role: dutylog.Officer}, dutylog.Actor{Login: "sun", Name: "孙督查", Role: dutylog.Supervisor}
	_, err := o.db.SayOfVerdict(ctx, dutylog.ReviewFact{CallID: o.call.ID, Says: dutylog.ReviewExplained, Code: string(dutylog.ReasonOther), Text: "当时在记录" + typed, Outcome: o.call.Outcome, By: by}, 0)
	o.ok(err)
	d, err := o.db.KeepDraw(ctx, dutylog.Draw{Month: "2026-11", Seed: "x", PerOfficer: 1, Samples: []dutylog.OfficerSample{{Population: 1, Calls: []string{o.call.ID}}}, By: super})
	o.ok(err)
	_, err = o.db.SayOfCall(ctx, dutylog.ListeningFact{Draw: d.ID, CallID: o.call.ID, Says: dutylog.ListenReviewed, Text: "把" + typed + "说了两遍", By: super}, 0)
	o.ok(err)
	_, err = o.db.SaveSpotCheck(ctx, dutylog.SpotCheck{Direction: telephony.Inbound, Day: o.call.OfferedAt, Unit: "市应急局", Inspector: "刘明", Questions: "问及" + typed, Result: dutylog.SpotFailed, Findings: "答不上" + typed, CallID: o.call.ID}, super)
	o.ok(err)
	o.alerted(super)
	o.named(by, super)
	o.ok(o.db.KnowDevice(ctx, "d1", by.Login))
	o.ok(o.db.KeepNote(ctx, dutylog.CallNote{Key: "0f3c9a77-1", Device: "d1", Line: o.call.Line, BegunAt: o.call.OfferedAt, Edit: 1, Text: "来电称" + typed}))
}

// named writes it into what names the entry or its call: a dated duty, a suspected violation, a link, and what was
// accepted of the reconciliation.
func (o *office) named(by, super dutylog.Actor) {
	o.t.Helper()
	ctx, entry := o.t.Context(), "e-"+o.call.ID
	e, err := o.db.Entry(ctx, entry)
	o.ok(err)
	r, err := o.db.SaveTaskRule(ctx, dutylog.TaskRule{Title: "巡检", Post: dutylog.PostOfficer, Checks: []string{"配电柜"}, When: dutylog.Recurrence{Every: dutylog.EveryDay, Clock: "14:00"}}, super)
	o.ok(err)
	_, err = o.db.MarkTask(ctx, dutylog.TaskMark{Rule: r.Rule, Key: "2026-11-23", DueAt: o.at, Says: dutylog.SaysDone, Text: "见来电" + typed, Entry: e.EntryNumber.String(),
		Checks: []dutylog.Check{{Item: "配电柜", State: dutylog.CheckFaulty, Remark: "因" + typed + "未查"}}, By: by}, 0)
	o.ok(err)
	v, err := o.db.OpenViolation(ctx, dutylog.Violation{Why: dutylog.OpenedByHand, Item: 4, At: o.at, Text: "推诿" + typed, Evidence: []dutylog.EvidenceLink{{Kind: dutylog.EvidenceEntry, ID: entry}}, By: super})
	o.ok(err)
	_, err = o.db.SayOfViolation(ctx, dutylog.ViolationFact{Violation: v.ID, Says: dutylog.ViolationStated, Text: "当时在记" + typed, By: by}, 0)
	o.ok(err)
	o.ok(o.db.Link(ctx, dutylog.LinkOrder{A: entry, B: "e-duty-1795436279.10", Relation: dutylog.SameMatter, Reason: "都说" + typed, By: by}))
	_, err = o.db.SaveLedger(ctx, []dutylog.Discrepancy{{Key: "silent:" + o.call.ID, Kind: dutylog.Silent, Why: dutylog.NothingHeard, CallID: o.call.ID, EntryID: entry, Cause: "nobody is heard"}}, dutylog.Looked{})
	o.ok(err)
	_, err = o.db.AcceptLedger(ctx, "silent:"+o.call.ID, "听不清"+typed, super)
	o.ok(err)
}

// alerted raises two alerts of the call: one that somebody muted and took on, and one that tells of a further call.
func (o *office) alerted(by dutylog.Actor) {
	o.t.Helper()
	ctx, at := o.t.Context(), o.call.OfferedAt
	a := alerts.Alert{Key: "transferred/1", Rule: "transferred", Reason: "transferred", Certainty: alerts.Certain, Severity: alerts.Critical, Line: o.call.Line, CallID: o.call.ID, Detail: whoCalled, At: at}
	o.ok(o.db.Raise(ctx, a))
	_, err := o.db.Mute(ctx, 1, alerts.Mute{Until: time.Now().Add(time.Hour), Reason: "因" + typed, By: by})
	o.ok(err)
	_, err = o.db.Acknowledge(ctx, 1, by, "当时在记"+typed)
	o.ok(err)
	for n, call := range []string{o.call.ID, "duty-1795436279.10"} {
		at, to := at.Add(time.Duration(n)*time.Minute), []string{whoCalled, "13900001111"}[n]
		o.ok(o.db.Raise(ctx, alerts.Alert{Key: "phone_redirect/duty", Rule: "phone_redirect", Reason: alerts.ReasonPhoneRedirect, Certainty: alerts.Certain, Severity: alerts.Critical, Line: o.call.Line,
			CallID: call, Detail: to, Times: 1, LastAt: at, Evidence: []alerts.Evidence{{Kind: alerts.EvidenceCall, Ref: call, Text: to}}, At: at}))
	}
}

// lines writes the tape (one file closed already, one open), the journal and what the log refused.
func (o *office) lines() {
	o.t.Helper()
	escaped, _ := json.Marshal(whoCalled)
	ascii := string(spellings(whoCalled)[len(spellings(whoCalled))-1])
	event := func(at time.Time, id, name string) string {
		return fmt.Sprintf(`{"rx":"%s","event":{"type":"ChannelCreated","channel":{"id":"%s","caller":{"name":%s,"number":"02422730001"}}}}`+"\n",
			at.UTC().Format("2006-01-02T15:04:05.000000Z"), id, name)
	}
	during, before := o.call.AnsweredAt, o.call.OfferedAt.Add(-72*time.Hour)
	closed := event(before, "duty-1795436279.10", `"王强的别的电话"`) + event(during, o.call.ID, string(escaped)) + event(during, "duty-1795436279.2", `"`+ascii+`"`) +
		`{"rx":"` + during.UTC().Format("2006-01-02T15:04:05.000000Z") + `","event":{"type":"Other","number":"13900001111"}}` + "\n"
	tape := filepath.Join(o.cfg.Tape.Folder, "2026-11-23.jsonl")
	o.ok(os.WriteFile(tape, []byte(closed), 0o600))
	o.ok(os.Chtimes(tape, during, during))
	o.ok(os.WriteFile(filepath.Join(o.cfg.Tape.Folder, "2026-11-24.jsonl"), []byte(event(during, o.call.ID, string(escaped))+`{"rx":"2026-11-24T00:00:00.000000Z","event":{"type":"Kept"}}`), 0o600))
	o.ok(o.expirer().tape.Close(o.t.Context(), o.at))
	o.ok(os.WriteFile(o.journal, []byte(`{"EventType":"CHAN_START","LinkedID":"`+o.call.ID+`","Num":"02422730001"}`+"\n"+`{"EventType":"CHAN_START","LinkedID":"duty-1795436279.10"}`+"\n"), 0o640))
	o.ok(os.WriteFile(o.journal+".1", []byte(`{"UserField":"`+typed[:9]+`","EventExtra":`+quoted(typed)+`}`+"\n"), 0o640))
	aside := filepath.Join(filepath.Dir(o.cfg.Log.File), "refused-changes.jsonl")
	o.ok(os.WriteFile(aside, []byte(`{"call":{"id":"`+o.call.ID+`","caller_name":`+string(escaped)+`}}`+"\n"), 0o600))
}

func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// everywhere are the files below the data folder and beside the journal in which some spelling of
// a text stands; closed tapes are looked into as well.
func (o *office) everywhere(texts ...string) (found []string) {
	o.t.Helper()
	look := func(name string, content []byte) {
		for _, text := range texts {
			for _, s := range spellings(text) {
				if bytes.Contains(content, s) {
					found = append(found, fmt.Sprintf("%s: %q", filepath.Base(name), s))
				}
			}
		}
	}
	for _, folder := range []string{filepath.Dir(o.cfg.Log.File), filepath.Dir(o.journal)} {
		o.ok(filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := os.ReadFile(name)
			look(name, content)
			if strings.HasSuffix(name, ".jsonl.age") {
				plain, err := o.expirer().tape.read(name)
				o.ok(err)
				content, err = io.ReadAll(plain)
				o.ok(err)
				look(name, content)
			}
			return err
		}))
	}
	return found
}

func (o *office) erase(more ...string) string {
	o.t.Helper()
	n := approved(o.t, o.file, append([]string{"erase", "e-" + o.call.ID, "--reason", "误录涉密内容"}, more...)...)
	return works(o.t, "", "erase", "--request", n, "--config", o.file, "--journal", o.journal)
}

// TestErasedTextIsInNoByteOfTheDataFolder is the promise: one field, typed by mistake.
func TestErasedTextIsInNoByteOfTheDataFolder(t *testing.T) {
	o := newOffice(t)
	pieces := []string{typed, "绝密<甲>级", "今夜\"子时\"", "转移𠮷号"}
	before := o.everywhere(pieces...)
	for _, place := range []string{"log.db", "cel.jsonl.1"} {
		if !slices.ContainsFunc(before, func(f string) bool { return strings.HasPrefix(f, place) }) {
			t.Fatalf("%s does not hold the words at first: %v", place, before)
		}
	}
	out := o.erase("--field", "电话内容")
	if found := o.everywhere(pieces...); len(found) > 0 {
		t.Errorf("still there:\n%s\n%s", strings.Join(found, "\n"), out)
	}
	if d, said, err := o.db.Draw(t.Context(), 1); err != nil || len(d.Samples) != 1 || len(said) != 1 || said[0].Text != "把"+dutylog.RemarksErased+"说了两遍" || said[0].By.Login != "sun" {
		t.Errorf("what was heard of the recording: %+v, %v", said, err)
	}
	if checks, err := o.db.SpotCheckVersions(t.Context(), 1); err != nil || checks[0].Questions != "问及"+dutylog.RemarksErased || checks[0].Result != dutylog.SpotFailed {
		t.Errorf("the register of spot checks: %+v, %v", checks, err)
	}
	for _, words := range []string{"by decision 1", "blanked: 1 line(s) of " + o.journal + ".1", "no backup and no exhibit that the log knows of holds it", "not reached: pages that are open", "by eye: names of attached files"} {
		if !strings.Contains(out, words) {
			t.Errorf("it does not say %q:\n%s", words, out)
		}
	}
	e, err := o.db.Entry(t.Context(), "e-"+o.call.ID)
	if err != nil || e.Values[dutylog.CallerUnit] != "沈河区应急局" || e.Values[dutylog.Content] != "" || len(e.Erased) != 1 {
		t.Errorf("%+v, %v", e, err)
	}
	if r, err := o.db.Recording(t.Context(), o.call.ID); err != nil || r.Status != recorder.Sealed || o.archive.Verify(t.Context(), r) != nil {
		t.Errorf("the recording was not to go: %+v, %v", r, err)
	}
	if err := o.db.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestEraseACallAltogether: nothing of who called is left but in the directory and in the other
// call, whose id begins with the same digits.
func TestEraseACallAltogether(t *testing.T) {
	o := newOffice(t)
	lengths := o.lengths()
	r, err := o.db.Recording(t.Context(), o.call.ID)
	o.ok(err)
	out := o.erase()
	if found := o.everywhere(typed, whoCalled, "沈河区应急局"); len(found) > 0 {
		t.Errorf("still there:\n%s\n%s", strings.Join(found, "\n"), out)
	}
	for _, gone := range []string{filepath.Join(o.cfg.Archive.Folder, r.File()), filepath.Join(o.cfg.Archive.Folder, "intake", o.call.ID+"-far.wav")} {
		if _, err := os.Stat(gone); err == nil {
			t.Errorf("%s is there", gone)
		}
	}
	other, err := o.db.Call(t.Context(), "duty-1795436279.10")
	if err != nil || other.Caller.Raw != "02422730001" || o.archive.Verify(t.Context(), other.Recording) != nil {
		t.Errorf("the other call: %+v, %v", other, err)
	}
	if diff := cmp.Diff(lengths, o.lengths()); diff != "" {
		t.Errorf("files that others write or read on from an offset changed their length:\n%s", diff)
	}
	for name, words := range map[string]string{o.journal: "duty-1795436279.10", filepath.Join(o.cfg.Tape.Folder, "2026-11-24.jsonl"): "Kept"} {
		if content, _ := os.ReadFile(name); !bytes.Contains(content, []byte(words)) {
			t.Errorf("%s lost what was not to go: %q", name, content)
		}
	}
	tape := o.expirer().tape
	plain, err := tape.read(tape.path("2026-11-23.jsonl.age"))
	o.ok(err)
	left, err := io.ReadAll(plain)
	if err != nil || !bytes.Contains(left, []byte("王强的别的电话")) || !bytes.Contains(left, []byte("13900001111")) || bytes.Count(left, []byte("\n")) != 4 {
		t.Errorf("the closed tape, %v:\n%s", err, left)
	}
	if !strings.Contains(out, "deleted: the recording "+r.File()) {
		t.Errorf("that the recording is deleted is not said:\n%s", out)
	}
	if again := o.erase(); strings.Contains(again, "deleted:") { // it changes nothing and is a decision of its own
		t.Errorf("there was nothing left to delete:\n%s", again)
	}
	if e, err := o.db.Entry(t.Context(), "e-"+o.call.ID); err != nil || len(e.Erased) != 2 {
		t.Errorf("%+v, %v", e.Erased, err)
	}
}

// lengths are those of the files that another program has open.
func (o *office) lengths() map[string]int64 {
	return map[string]int64{"journal": sizeOf(o.journal), "tape": sizeOf(filepath.Join(o.cfg.Tape.Folder, "2026-11-24.jsonl"))}
}

// The protocol of an erasure is filed: it names no file as deleted that never was.
func TestAnErasureDeletesNoRecordingThatNeverWas(t *testing.T) {
	o := newOffice(t)
	story := missedCall("duty-1795439999.7")
	o.ok(o.db.Record(t.Context(), story))
	o.call = *story[len(story)-1].Call
	if out := o.erase(); strings.Contains(out, "deleted:") {
		t.Errorf("nobody answered, and nothing was recorded:\n%s", out)
	}
}

func TestBackupsThatStillHoldItAreListed(t *testing.T) {
	o := newOffice(t)
	at := time.Now().Add(time.Hour)
	o.ok(o.db.AddBackup(t.Context(), dutylog.Backup{Generation: "20261126T063000Z", At: at, Path: "/mnt/backup", Manifest: "ab"}))
	o.ok(o.db.AddBackup(t.Context(), dutylog.Backup{Generation: "20201126T063000Z", At: at.AddDate(-6, 0, 0), Path: "/mnt/older", Manifest: "ab"}))
	out := o.erase("--field", "content")
	if !strings.Contains(out, "still in a backup: 20261126T063000Z in /mnt/backup") || strings.Contains(out, "/mnt/older") {
		t.Error(out)
	}
}

// An erased recording stays in a backup as long as a generation has it, and goes with the last one; others stay.
func TestAnErasedRecordingGoesWithTheLastGenerationThatHasIt(t *testing.T) {
	o := newOffice(t)
	to := filepath.Join(t.TempDir(), "backup")
	backsUp := func(more ...string) string {
		return works(t, "", append([]string{"backup", to, "--config", o.file}, more...)...)
	}
	held := func(call string) bool {
		r, err := o.db.Recording(t.Context(), call)
		o.ok(err)
		_, err = os.Stat(filepath.Join(to, "recordings", r.File()))
		return err == nil
	}
	backsUp()
	if out := o.erase(); !strings.Contains(out, "still in a backup: ") || !strings.Contains(out, "goes when no generation there has it any more") {
		t.Error(out)
	}
	if backsUp(); !held(o.call.ID) {
		t.Error("it is gone from a backup of which a generation has it")
	}
	if out := backsUp("--keep", "1"); held(o.call.ID) || !strings.Contains(out, "erased recordings removed, which no generation has any more: 2026/11/23/") {
		t.Errorf("no generation has it any more, and it is there: %v\n%s", held(o.call.ID), out)
	}
	if !held("duty-1795436279.10") {
		t.Error("a recording that nobody erased is gone")
	}
}

// A backup that was killed and an exhibit hold it as well.
func TestUnfinishedBackupsAndExhibitsThatStillHoldItAreListed(t *testing.T) {
	o := newOffice(t)
	entry, folder := "e-"+o.call.ID, t.TempDir()
	log, err := o.db.Identity(t.Context())
	o.ok(err)
	to, err := backup.Create(folder, log)
	o.ok(err)
	t.Cleanup(func() { o.ok(to.Close()) })
	at := time.Now().UTC()
	draft, err := to.Begin(at, "test", 1) // and never finished
	o.ok(err)
	for _, a := range []dutylog.Access{
		{What: dutylog.TookBackup, Object: filepath.Join(folder, draft.Name())},
		{What: dutylog.TookBackup, Object: filepath.Join(folder, "20260101T000000Z")}, // which cleared up behind itself
		{What: dutylog.TookBackup, Object: "/mnt/elsewhere/20261126T063000Z"},         // on a disk that is not here
		{What: dutylog.TookExhibit, Object: entry},
		{What: dutylog.TookExhibit, Object: "e-another"},
	} {
		a.By, a.At = dutylog.Actor{Login: "sun", Name: "孙"}, at
		o.ok(o.db.NoteAccess(t.Context(), a))
	}
	out := o.erase("--field", "content")
	for _, words := range []string{"not finished: " + filepath.Join(folder, draft.Name()), "not finished: /mnt/elsewhere/20261126T063000Z", "still in an exhibit: made by sun"} {
		if !strings.Contains(out, words) {
			t.Errorf("%q is not in\n%s", words, out)
		}
	}
	if strings.Contains(out, "20260101T000000Z") || strings.Count(out, "exhibit:") != 1 || strings.Contains(out, "no backup and no exhibit") {
		t.Errorf("too much:\n%s", out)
	}
}

// TestNothingIsDecidedBeforeTheFilesAreClean: else the log would not know any more what to look for.
func TestNothingIsDecidedBeforeTheFilesAreClean(t *testing.T) {
	o := newOffice(t)
	args := []string{"erase", "--request", approved(t, o.file, "erase", "e-"+o.call.ID, "--reason", "误录"), "--config", o.file}
	refused(t, "", "name the right file with --journal", append(args, "--journal", o.journal+".none")...)
	key := o.keyRoom.file()
	o.ok(os.Rename(key, key+".away"))
	refused(t, "", "nothing was decided yet", append(args, "--journal", o.journal)...) // a closed tape cannot be looked into
	o.ok(os.Rename(key+".away", key))
	if e, err := o.db.Entry(t.Context(), "e-"+o.call.ID); err != nil || len(e.Erased) != 0 {
		t.Errorf("%+v, %v", e.Erased, err)
	}
	refused(t, "", "colour is no field of an entry; the fields are: caller_unit 来电单位", "erase", "e-"+o.call.ID, "--reason", "x", "--by", "sun", "--config", o.file, "--field", "colour")
	refused(t, "", "--by nobody", "erase", "e-"+o.call.ID, "--reason", "x", "--by", "nobody", "--config", o.file)
}

// TestOriginalsOnTheSwitchGoToo: a recording that waits is erased where it waits.
func TestOriginalsOnTheSwitchGoToo(t *testing.T) {
	o := newOffice(t)
	r, err := o.db.Recording(t.Context(), o.call.ID)
	o.ok(err)
	r.Status, r.SealedAt, r.RemovedAt, r.NextTry = recorder.Pending, time.Time{}, time.Time{}, o.at
	o.ok(o.db.SaveRecording(t.Context(), r))
	far, officer := recordertest.Dialogue(time.Second)
	o.spool.PutCall(o.call.ID, far, officer)
	e := o.eraser()
	if err := e.run(t.Context()); err == nil || !strings.Contains(err.Error(), "still on the switch") {
		t.Errorf("without a switch: %v", err)
	}
	e.sw = awaySwitch{}
	if err := e.run(t.Context()); err == nil || !strings.Contains(err.Error(), "nothing was decided yet") {
		t.Errorf("with a switch that is away: %v", err)
	}
	e.sw = &o.spool
	o.ok(e.run(t.Context()))
	if _, err := o.spool.FetchRecording(t.Context(), o.call.ID+"-far", io.Discard); !errors.Is(err, telephony.ErrNotFound) {
		t.Errorf("the original is there: %v", err)
	}
	if r, err := o.db.Recording(t.Context(), o.call.ID); err != nil || r.Status != recorder.Erased || !r.NextTry.IsZero() {
		t.Errorf("%+v, %v", r, err)
	}
}

// eraser carries out an approved erasure of the call, without a switch so far.
func (o *office) eraser() *eraser {
	o.t.Helper()
	var request int64
	_, err := fmt.Sscan(approved(o.t, o.file, "erase", "e-"+o.call.ID, "--reason", "误录"), &request)
	o.ok(err)
	a, err := o.db.Approval(o.t.Context(), request)
	o.ok(err)
	return &eraser{data: &data{cfg: o.cfg, log: o.db, keys: o.keys, archive: o.archive}, request: request, order: a.Order(), journal: o.journal, out: io.Discard}
}

type awaySwitch struct{}

func (awaySwitch) RemoveRecording(context.Context, string) error {
	return errors.New("connection refused")
}

func TestIDsAreLookedForAsAWhole(t *testing.T) {
	for line, want := range map[string]bool{
		`{"id":"duty-1.1"}`: true, `{"id":"duty-1.10"}`: false, `xduty-1.1`: false, `duty-1.1`: true, `duty-1.1-far`: true,
		`duty-1.10 duty-1.1`: true, ``: false, `"duty-1.1`: true,
	} {
		if got := containsID([]byte(line), []byte("duty-1.1")); got != want {
			t.Errorf("%s: %v", line, got)
		}
	}
	if containsID([]byte("x"), nil) {
		t.Error("no id is in nothing")
	}
}

// FuzzSweep: a swept file keeps its length and its line ends, holds no erased word, and every
// line without one stays as it was.
func FuzzSweep(f *testing.F) {
	f.Add([]byte("{\"a\":\"秘密计划\"}\n{\"b\":1}\r\n"), "秘密计划")
	f.Add([]byte("a\n\n\nabcd"), "abcd")
	f.Add([]byte("{\"num\":\"139\n\n0000\",\"id\":\"秘密计划\"}\n{\"b\":1}"), "秘密计划")
	f.Fuzz(func(t *testing.T, content []byte, word string) {
		if len(word) < shortestWord || strings.ContainsAny(word, "\r\n ") {
			return
		}
		name := filepath.Join(t.TempDir(), "x.jsonl")
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
		s := newSweep(sqlite.Traces{Words: []string{word}}, false, tapeCloser{})
		n, err := s.file(name)
		if err != nil {
			t.Fatal(err)
		}
		after, _ := os.ReadFile(name)
		if len(after) != len(content) || bytes.Contains(after, []byte(word)) {
			t.Fatalf("%q became %q", content, after)
		}
		at, blanked := 0, 0
		err = eachRecord(bytes.NewReader(content), func(record []byte) error {
			now := after[at:][:len(record)]
			at += len(record)
			left, hit := s.clean(record)
			if hit {
				blanked++
			}
			for i, c := range now { // each byte stays or becomes a blank, whatever is whole as one
				if c != left[i] || c != record[i] && (c != ' ' || record[i] == '\n') {
					t.Fatalf("%q became %q", record, now)
				}
			}
			if line := bytes.TrimRight(record, "\r\n"); hit != !bytes.Equal(record, now) && len(bytes.TrimSpace(record)) > 0 ||
				whole(line) && hit != s.hits(line) || hit && whole(line) && len(bytes.TrimSpace(now)) > 0 {
				t.Fatalf("%q became %q, said to have changed: %v", record, now, hit)
			}
			return nil
		})
		if err != nil || at != len(content) || blanked != n {
			t.Fatalf("%d of %d bytes are in records, %d were to go, %d are said, %v", at, len(content), blanked, n, err)
		}
	})
}
