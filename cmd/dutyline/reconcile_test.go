package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/recorder"
	"dutyline/recorder/recordertest"
	"dutyline/telephony"
)

// ledgerRoom is a vault with a switch beside it, and the reconciler that compares them.
type ledgerRoom struct {
	*vault
	sw *recordertest.Switch
	r  *reconciler
}

func newLedgerRoom(t *testing.T) *ledgerRoom {
	t.Helper()
	l := &ledgerRoom{vault: newVault(t), sw: &recordertest.Switch{}}
	l.r = newReconciler(l.db, l.archive, l.sw, func() time.Time { return l.at }, slog.New(slog.NewTextHandler(&l.logs, nil)))
	return l
}

// open is the ledger's open items, by key, after everything was compared.
func (l *ledgerRoom) open() map[string]string {
	l.t.Helper()
	l.ok(l.r.Now(l.t.Context()))
	return l.items(dutylog.LedgerOpen)
}

func (l *ledgerRoom) items(state dutylog.LedgerState) map[string]string {
	l.t.Helper()
	items, _, err := l.db.Ledger(l.t.Context(), dutylog.LedgerQuery{State: state, Limit: 500})
	l.ok(err)
	all := map[string]string{}
	for _, i := range items {
		all[i.Key] = string(i.Why)
	}
	return all
}

func (l *ledgerRoom) wantsOpen(what string, want map[string]string) {
	l.t.Helper()
	if diff := cmp.Diff(want, l.open()); diff != "" {
		l.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// put writes a file into the archive's folder.
func (l *ledgerRoom) put(name string) string {
	l.t.Helper()
	file := filepath.Join(l.cfg.Archive.Folder, name)
	l.ok(os.MkdirAll(filepath.Dir(file), 0o700))
	l.ok(os.WriteFile(file, []byte("x"), 0o600))
	old := l.at.Add(-time.Hour)
	l.ok(os.Chtimes(file, old, old))
	return file
}

func (l *ledgerRoom) change(id string, change func(*recorder.Recording)) {
	l.t.Helper()
	r, err := l.db.Recording(l.t.Context(), id)
	l.ok(err)
	change(&r)
	l.ok(l.db.SaveRecording(l.t.Context(), r))
}

func TestReconciliationFindsEveryKindAndResolvesIt(t *testing.T) {
	l := newLedgerRoom(t)
	speech, other := recordertest.Dialogue(3 * time.Second)
	for _, id := range []string{"1795436279.0", "1795436279.1", "1795436279.2"} {
		sealInto(t, l.db, l.cfg, l.keys, endedCall(id))
	}
	l.wantsOpen("all is well", map[string]string{})

	l.sw.PutCall("1795436000.9", speech, other)
	l.sw.Put("1795436279.0-far", recordertest.WAV(speech)) // sealed long ago
	l.sw.Put("../../../etc/passwd-far", []byte("root"))
	l.change("1795436279.1", func(r *recorder.Recording) {
		r.Findings = []telephony.Finding{telephony.SilentCallerSide, telephony.RecordingShort}
	})
	l.change("1795436279.2", func(r *recorder.Recording) {
		*r = recorder.Recording{CallID: r.CallID, Path: r.Path, Status: recorder.Missing, Talk: 2 * time.Second,
			Reason: "the switch's recording has no audio: check the media path (codecs, NAT, firewall) between switch, trunk and phone"}
	})
	stray := l.put("2026/11/23/1795436279.77.flac.age")
	l.put("notes\x1b[2J.txt")
	want := map[string]string{
		"recording_without_call:switch/1795436000.9-far":                   "no_such_call",
		"recording_without_call:switch/1795436000.9-officer":               "no_such_call",
		"recording_without_call:switch/1795436279.0-far":                   "left_over",
		"recording_without_call:switch/../../../etc/passwd-far":            "foreign_name",
		"one_sided:1795436279.1":                                           "caller_side_silent",
		"too_short:1795436279.1":                                           "shorter_than_talk",
		"header_only:1795436279.2":                                         "no_audio",
		"recording_without_call:archive/2026/11/23/1795436279.2.flac.age":  "left_over",
		"recording_without_call:archive/2026/11/23/1795436279.77.flac.age": "no_such_call",
		"recording_without_call:archive/notes%1B%5B2J.txt":                 "foreign_name",
	}
	for range 2 {
		l.wantsOpen("everything", want)
	}
	if calls := l.sw.Calls(); slices.ContainsFunc(calls, func(c string) bool { return strings.Contains(c, "passwd") || strings.HasPrefix(c, "remove") }) {
		t.Errorf("the switch was asked for %q", calls)
	} else if n := len(slices.DeleteFunc(calls, func(c string) bool { return c == "list" })); n != 3 {
		t.Errorf("%d recordings were looked into, want each of nobody's once: %q", n, calls)
	}

	l.ok(os.Remove(stray))
	l.ok(l.sw.RemoveRecording(t.Context(), "1795436000.9-far"))
	_, err := l.db.AcceptLedger(t.Context(), "too_short:1795436279.1", "停电", dutylog.SystemActor())
	l.ok(err)
	for _, gone := range []string{"recording_without_call:archive/2026/11/23/1795436279.77.flac.age", "recording_without_call:switch/1795436000.9-far", "too_short:1795436279.1"} {
		delete(want, gone)
	}
	l.wantsOpen("after some were mended", want)
	if got := l.items(dutylog.LedgerResolved); len(got) != 3 {
		t.Errorf("resolved: %v", got)
	}
	l.put("2026/11/23/1795436279.77.flac.age")
	want["recording_without_call:archive/2026/11/23/1795436279.77.flac.age"] = "no_such_call"
	l.wantsOpen("one comes again", want)
}

func TestWhatCannotBeLookedAtStaysAsItWas(t *testing.T) {
	l := newLedgerRoom(t)
	l.sw.Put("1795436000.9-far", recordertest.WAV(nil))
	stray := "recording_without_call:archive/readme"
	l.put("readme")
	want := map[string]string{"recording_without_call:switch/1795436000.9-far": "no_such_call", stray: "foreign_name"}
	l.wantsOpen("at first", want)
	if p := l.r.State().Problem; p != "" {
		t.Errorf("problem %q", p)
	}
	l.sw.Break(func(action, _ string) error {
		if action == "list" {
			return errors.New("connection refused")
		}
		return nil
	})
	l.ok(os.Remove(filepath.Join(l.cfg.Archive.Folder, "readme")))
	delete(want, stray)
	l.wantsOpen("without the switch", want)
	if p := l.r.State().Problem; !strings.Contains(p, "connection refused") || !strings.Contains(p, "nothing is said about them") {
		t.Errorf("problem %q", p)
	}
	l.sw.Break(nil)
	l.ok(l.sw.RemoveRecording(t.Context(), "1795436000.9-far"))
	l.wantsOpen("the switch is back", map[string]string{})
}

func TestOldDaysAreLookedAtOnceADay(t *testing.T) {
	l := newLedgerRoom(t)
	l.at = time.Date(2026, 12, 30, 4, 0, 0, 0, time.UTC)
	l.put("2026/11/23/1795436279.77.flac.age")
	l.put("2026/12/29/1795436279.78.flac.age")
	l.ok(l.r.round(t.Context(), false))
	const old, young = "recording_without_call:archive/2026/11/23/1795436279.77.flac.age", "recording_without_call:archive/2026/12/29/1795436279.78.flac.age"
	if diff := cmp.Diff(map[string]string{young: "no_such_call"}, l.items(dutylog.LedgerOpen)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	l.wantsOpen("all of it", map[string]string{old: "no_such_call", young: "no_such_call"})
	l.ok(l.r.round(t.Context(), false))
	if got := l.items(dutylog.LedgerOpen); len(got) != 2 {
		t.Errorf("what was not looked at is said to be gone: %v", got)
	}
}

func TestALyingHeaderIsSaidAndARecordingOfNobodyIsReadToItsEndOnly(t *testing.T) {
	l := newLedgerRoom(t)
	wav := recordertest.WAV(make([]int16, 800))
	copy(wav[40:], "\xff\xff\xff\xff")
	l.sw.Put("1795436000.9-far", wav)
	l.open()
	items, _, err := l.db.Ledger(t.Context(), dutylog.LedgerQuery{})
	l.ok(err)
	if len(items) != 1 || !strings.Contains(items[0].Cause, "its header does not agree") {
		t.Errorf("%+v", items)
	}
}

// fakeBooks notes when and how far back it was read.
type fakeBooks struct {
	mu    sync.Mutex
	began time.Time
	looks []string
	err   error
}

func (b *fakeBooks) LedgerCalls(_ context.Context, since time.Time) ([]dutylog.BookedCall, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	look := time.Since(b.began).String()
	if since.IsZero() {
		look += " whole"
	}
	b.looks = append(b.looks, look)
	return nil, b.err
}
func (b *fakeBooks) LedgerEntries(context.Context, time.Time) ([]dutylog.BookedEntry, error) {
	return nil, nil
}
func (b *fakeBooks) Claims(context.Context, []string) (map[string]dutylog.Claim, error) {
	return nil, nil
}
func (b *fakeBooks) ClaimsAgain(context.Context, string) ([]dutylog.Claim, error) { return nil, nil }
func (b *fakeBooks) Intervals(context.Context, time.Time, time.Time) ([]telephony.Interval, error) {
	return nil, nil
}
func (b *fakeBooks) SealedSince(context.Context, time.Time, func([]recorder.Recording) error) error {
	return nil
}
func (b *fakeBooks) SaveLedger(context.Context, []dutylog.Discrepancy, dutylog.Looked) (int, error) {
	return 0, nil
}

type emptyShelf struct{}

func (emptyShelf) Files(context.Context, time.Time, func([]recorder.ArchivedFile) error) error {
	return nil
}

func (emptyShelf) SizeOf(recorder.Recording) (int64, bool, error) { return 0, false, nil }

func TestTheNextComparisonIsAValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &fakeBooks{began: time.Now()}
		r := newReconciler(b, emptyShelf{}, &recordertest.Switch{}, time.Now, slog.New(slog.DiscardHandler))
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- r.Run(ctx) }()
		pass := func(d time.Duration) {
			<-time.After(d) // synthetic time
			synctest.Wait()
		}
		pass(11 * time.Minute)
		b.mu.Lock()
		b.err = errors.New("the log is locked")
		b.mu.Unlock()
		pass(time.Minute)
		r.Seen()
		pass(4 * time.Minute)
		b.mu.Lock()
		b.err = nil
		b.mu.Unlock()
		if err := r.Now(t.Context()); err != nil {
			t.Error(err)
		}
		pass(25 * time.Hour)
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		want := []string{"20s whole", "5m20s", "10m20s", "12m20s", "16m0s whole"}
		if diff := cmp.Diff(want, b.looks[:min(len(want), len(b.looks))]); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		whole := slices.DeleteFunc(slices.Clone(b.looks), func(s string) bool { return !strings.HasSuffix(s, "whole") })
		if len(whole) != 3 || len(b.looks) < 300 || len(b.looks) > 310 {
			t.Errorf("%d looks within a day, whole at %v", len(b.looks), whole)
		}
	})
}

// configFile writes the room's configuration; its switch answers so, or does not run.
func (l *ledgerRoom) configFile(answer http.HandlerFunc) string {
	l.t.Helper()
	l.cfg.ARI.URL = "http://127.0.0.1:1/ari"
	if answer != nil {
		s := httptest.NewServer(answer)
		l.t.Cleanup(s.Close)
		l.cfg.ARI.URL = s.URL + "/ari"
	}
	return writeConfig(l.t, l.cfg, "")
}

// hidesAll answers as an Asterisk does in whose spool one file has a name that is no text.
func hidesAll(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if strings.HasSuffix(r.URL.Path, "/asterisk/variable") {
		_, _ = io.WriteString(w, `{"value":"/spool/recording"}`)
		return
	}
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = io.WriteString(w, `{"message":"Allocation failed"}`)
}

// TestReconcileSaysWhatItCouldNotLookAt: that all agrees is never said of what nobody looked at.
func TestReconcileSaysWhatItCouldNotLookAt(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		says   []string
	}{
		"the switch is down":      {nil, []string{"connection refused", "start Asterisk"}},
		"one odd name hides them": {hidesAll, []string{"500 Allocation failed", "look in /spool/recording for a file whose name is no text"}},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedgerRoom(t)
			sealInto(t, l.db, l.cfg, l.keys, endedCall("1795436279.0"))
			file := l.configFile(c.answer)
			out, _, err := command("", "reconcile", "--config", file)
			before, result, _ := strings.Cut(out, "\n")
			var coded codedError
			if !errors.As(err, &coded) || coded.code != exitCannotTell || !strings.HasPrefix(before, "not looked at: the switch could not be asked for its recordings") ||
				result != "in what could be looked at nothing is open\n" || strings.Contains(out, "entries agree") {
				t.Errorf("%v\n%s", err, out)
			}
			l.r.spool = spoolOf(file)
			l.wantsOpen("nothing that is known", map[string]string{})
			for _, words := range c.says { // and so does the page, which shows the problem
				if problem := l.r.State().Problem; !strings.Contains(before, words) || !strings.Contains(problem, words) {
					t.Errorf("%q is not in %q, or not in %q", words, before, problem)
				}
			}
			l.put("stray")
			out, _, err = command("", "reconcile", "--config", file)
			if !errors.As(err, &coded) || coded.code != exitOpen || !strings.HasPrefix(out, "not looked at: ") || !strings.Contains(out, "archive/stray") {
				t.Errorf("with an open item: %v\n%s", err, out)
			}
		})
	}
	l := newLedgerRoom(t)
	file := l.configFile(nil)
	l.ok(os.Remove(l.cfg.Log.File))
	var coded codedError
	if _, err := combined("reconcile", "--config", file); !errors.As(err, &coded) || coded.code != exitCannotTell {
		t.Errorf("without a log: %v", err)
	}
}

func TestReconcilePrintsTheLedger(t *testing.T) {
	l := newLedgerRoom(t)
	sealInto(t, l.db, l.cfg, l.keys, endedCall("1795436279.0"))
	nothing := l.configFile(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "[]") })
	if out := works(t, "", "reconcile", "--config", nothing); out != "calls, recordings and entries agree: nothing is open\n" {
		t.Errorf("%q", out)
	}
	file := l.configFile(nil)
	l.change("1795436279.0", func(r *recorder.Recording) { r.Findings = []telephony.Finding{telephony.SilentOfficerSide} })
	l.put("copy \x1b[31m.wav")
	out, err := combined("reconcile", "--config", file)
	var coded codedError
	if !errors.As(err, &coded) || coded.code != 1 || !strings.Contains(err.Error(), "2 item(s) are open") {
		t.Errorf("%v", err)
	}
	for _, words := range []string{"one_sided:1795436279.0", "the officer is not heard", "copy %1B[31m.wav", "SINCE"} {
		if !strings.Contains(out, words) {
			t.Errorf("%q is not in\n%s", words, out)
		}
	}
	if strings.Contains(out, "\x1b") {
		t.Errorf("a file's name commands the terminal: %q", out)
	}
	out, err = combined("reconcile", "--config", file, "--json")
	var printed struct {
		Items   []struct{ Key, Kind, Why, State, Cause string }
		Problem string
	}
	if jsonErr := json.Unmarshal([]byte(out[strings.IndexByte(out, '{'):]), &printed); jsonErr != nil || err == nil || len(printed.Items) != 2 || !strings.Contains(printed.Problem, "switch") {
		t.Errorf("%v %v %+v", err, jsonErr, printed)
	}
	for _, args := range [][]string{
		{"--accept", "nothing:1.0", "--reason", "x"}, {"--accept", "one_sided:1795436279.0", "--reason", " "}, {"--accept", "one_sided:1795436279.0"},
		{"--accept", "one_sided:1795436279.0", "--reason", "x", "--by", "nobody"},
	} {
		if out, err := combined(append([]string{"reconcile", "--config", file}, args...)...); err == nil {
			t.Errorf("%v: %s", args, out)
		}
	}
	out = works(t, "", "reconcile", "--config", file, "--accept", "one_sided:1795436279.0", "--reason", "值班员话筒坏，已更换")
	if !strings.Contains(out, "accepted: one_sided:1795436279.0 (值班员话筒坏，已更换)") {
		t.Errorf("%q", out)
	}
	if _, err := combined("reconcile", "--config", file); err == nil || !strings.Contains(err.Error(), "1 item(s)") {
		t.Errorf("%v", err)
	}
}

// combined is a command's output and its error.
func combined(args ...string) (string, error) {
	out, errs, err := command("", args...)
	return errs + out, err
}
