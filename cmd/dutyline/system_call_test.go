package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mewkiz/flac"

	"dutyline/telephony/asterisk/asterisktest"
)

// clockTolerance is how far our ring time may be from the phone's own, on a machine that lets nobody wait.
const clockTolerance = 150 * time.Millisecond

// lateness is by how much this machine let a clock wait at most: what two programs measure differs by as much.
type lateness struct{ worst atomic.Int64 }

func (l *lateness) watch(t *testing.T) {
	const step = 5 * time.Millisecond
	go func() {
		for before := time.Now(); t.Context().Err() == nil; before = time.Now() {
			select {
			case <-t.Context().Done():
			case now := <-time.After(step):
				l.worst.Store(max(l.worst.Load(), int64(now.Sub(before)-step)))
			}
		}
	}()
}

// forget begins anew, with a call.
func (l *lateness) forget() { l.worst.Store(0) }

// tolerance is how far our ring time may be from the phone's own in a call.
func (l *lateness) tolerance() time.Duration { return clockTolerance + time.Duration(l.worst.Load()) }

// The tones by which the two sides are told apart.
const (
	callerTone = 700.0
	phoneTone  = 440.0
)

// A call by one SIP program to another, seen through the page's eyes only: it rings, the entry
// is there, it is answered, completed, sealed and played.
func TestSystemACallBecomesAFinishedEntry(t *testing.T) {
	t.Parallel()
	r := newRoom(t, cadence(400*time.Millisecond, 600*time.Millisecond))
	events := r.desk.follow("")
	phone := r.phone(2600*time.Millisecond, 0, phoneTone)
	r.awaitLine("idle")
	call := r.calls("caller", caller{number: "02422730001", talk: 2 * time.Second, hertz: callerTone})

	ringing := r.awaitRinging()
	entry := r.desk.entry("e-" + ringing.CallID)
	want := wireEntry{ID: "e-" + ringing.CallID, CallID: ringing.CallID, Kind: "duty", State: "open", Revision: 1, Number: "02422730001",
		CallerUnit: "沈河区应急局", CallerPerson: "刘建国", CallerTitle: "值班主任", ContactNumber: "02422730001", Rostered: "王值班",
		Missing: []string{"content", "read_back"}}
	if diff := cmp.Diff(want, entry); diff != "" {
		t.Errorf("the entry while the phone still rings (-want +got):\n%s", diff)
	}
	r.awaitTalk()
	call.Must(t)
	c := r.desk.settled(1)[0]
	r.checkAnswered(c, phone.rang(t), 2*time.Second)
	r.checkRecording(c, callerTone, phoneTone)
	r.complete(entry)
	r.checkFrames(events, c)
	r.desk.await(10*time.Second, "the switch's originals are gone after the seal was verified", func() bool { return len(r.recordedOnSwitch()) == 0 })
}

// awaitRinging waits for the third ring: the counter on the page has to count.
func (r *room) awaitRinging() wireLine {
	r.t.Helper()
	var l wireLine
	seen := map[int]bool{}
	r.desk.await(10*time.Second, "the page counts the rings up to the third", func() bool {
		l = r.desk.line()
		if l.State == "ringing" && l.Ring != nil {
			seen[*l.Ring] = true
		}
		return seen[3]
	})
	if !seen[1] || !seen[2] || l.CallID == "" || l.RangAt == nil || l.Limit != 3 || l.Number != practiceNumber {
		r.t.Errorf("rings seen %v, line %+v: want rings 1 to 3 of the limit 3, the call and when the bell began", seen, l)
	}
	if l := newDesk(r.t, r.app.URL).line(); l.Number != "" || l.CallID == "" || l.Ring == nil {
		r.t.Errorf("a signed-out page sees %+v: want the ring and no number", l)
	}
	return l
}

func (r *room) checkAnswered(c wireCall, phoneRang, talked time.Duration) {
	r.t.Helper()
	if diff := cmp.Diff("in answered_in_time by=caller rings=3 recording=sealed", c.brief()); diff != "" {
		r.t.Errorf("the call (-want +got):\n%s", diff)
	}
	if c.RingMS == nil || (time.Duration(*c.RingMS)*time.Millisecond-phoneRang).Abs() > r.late.tolerance() {
		r.t.Errorf("it rang for %v ms; the phone itself says %v", c.RingMS, phoneRang)
	}
	if c.AnsweredAt == nil || c.EndedAt == nil || (c.EndedAt.Sub(*c.AnsweredAt)-talked).Abs() > 2*r.late.tolerance() {
		r.t.Errorf("answered %v, ended %v: the caller talked for %v", c.AnsweredAt, c.EndedAt, talked)
	}
	if got := (time.Duration(c.Recording.DurationMS)*time.Millisecond - talked).Abs(); got > 2*r.late.tolerance() {
		r.t.Errorf("the recording has %d ms, the talk had %v", c.Recording.DurationMS, talked)
	}
	if c.Caller != "02422730001" || c.CallerE164 != "+862422730001" || c.Line != "duty" || c.EntryID != "e-"+c.ID ||
		c.Rule != "rings-3-on-400ms-off-600ms-pm-50ms" {
		r.t.Errorf("the call is %+v", c)
	}
}

// checkRecording plays a sealed recording as a browser does, by ranges, and listens to it.
func (r *room) checkRecording(c wireCall, left, right float64) {
	r.t.Helper()
	path := "/api/v1/calls/" + c.ID + "/recording"
	resp, whole := r.desk.ask("GET", path, nil)
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "audio/flac" || resp.Header.Get("ETag") != `"`+c.Recording.SHA256+`"` {
		r.t.Fatalf("the recording comes with %d %v", resp.StatusCode, resp.Header)
	}
	if sum := sha256.Sum256(whole); hex.EncodeToString(sum[:]) != c.Recording.SHA256 {
		r.t.Errorf("the recording's digest is %x, sealed was %s", sum, c.Recording.SHA256)
	}
	var parts []byte
	for from := 0; from < len(whole); from += 16 << 10 {
		resp, part := r.desk.ask("GET", path, nil, "Range", fmt.Sprintf("bytes=%d-%d", from, from+16<<10-1))
		if resp.StatusCode != 206 {
			r.t.Fatalf("a range of the recording is answered with %d", resp.StatusCode)
		}
		parts = append(parts, part...)
	}
	if !bytes.Equal(whole, parts) {
		r.t.Error("the ranges together are not the recording")
	}
	sides := decodeFLAC(r.t, whole)
	for i, side := range []struct {
		who         string
		own, others float64
	}{{"caller, left", left, right}, {"officer, right", right, left}} {
		own, others := voiceShare(sides[i], side.own), voiceShare(sides[i], side.others)
		if own < 0.7 || others > 0.02 {
			r.t.Errorf("%s: %.0f %% of the sound is their own voice, %.1f %% the other's", side.who, 100*own, 100*others)
		}
	}
	r.checkPeaks(c, len(sides[0]))
}

// voiceShare is how much of the sound is a tone, by tenths of a second: a lost packet shifts
// the rest of a tone, which is no other voice.
func voiceShare(samples []int16, hertz float64) float64 {
	var sum float64
	var heard int
	for block := range slices.Chunk(samples, 800) {
		if slices.Max(block) < 500 { // before the first packet
			continue
		}
		sum += asterisktest.ToneShare(block, hertz)
		heard++
	}
	return sum / float64(max(1, heard))
}

func (r *room) checkPeaks(c wireCall, samples int) {
	r.t.Helper()
	var p struct {
		DurationMS      int64 `json:"duration_ms"`
		PerSecond       int   `json:"per_second"`
		Caller, Officer []float64
	}
	r.desk.want(200, "GET", "/api/v1/calls/"+c.ID+"/peaks", nil, &p)
	if want := int64(samples) / 8; p.DurationMS != want || p.DurationMS != c.Recording.DurationMS {
		r.t.Errorf("the waveform is %d ms long, the call says %d, the sound has %d", p.DurationMS, c.Recording.DurationMS, want)
	}
	least := samples * p.PerSecond / 8000
	if p.PerSecond != 20 || len(p.Caller) < least || len(p.Officer) != len(p.Caller) || slices.Max(p.Caller) < 0.1 || slices.Max(p.Officer) < 0.1 || slices.Max(p.Caller) > 1 {
		r.t.Errorf("the waveform does not show both voices: %+v", p)
	}
}

// decodeFLAC gives both sides of a stereo recording at 8 kHz.
func decodeFLAC(t *testing.T, b []byte) (sides [2][]int16) {
	t.Helper()
	stream, err := flac.New(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("the recording is no FLAC: %v", err)
	}
	if i := stream.Info; i.NChannels != 2 || i.SampleRate != 8000 || i.BitsPerSample != 16 {
		t.Fatalf("the recording has %d channels at %d Hz, %d bits", i.NChannels, i.SampleRate, i.BitsPerSample)
	}
	for {
		block, err := stream.ParseNext()
		if err == io.EOF {
			return sides
		}
		if err != nil {
			t.Fatalf("the recording cannot be decoded: %v", err)
		}
		for i := range sides {
			for _, s := range block.Subframes[i].Samples {
				sides[i] = append(sides[i], int16(s))
			}
		}
	}
}

// complete finishes an entry as an officer does, with a second window that is too late.
func (r *room) complete(seen wireEntry) {
	r.t.Helper()
	path := "/api/v1/entries/" + seen.ID
	var p wireProblem
	r.desk.want(422, "PATCH", path, map[string]any{"revision": seen.Revision, "state": "complete"}, &p)
	if diff := cmp.Diff([]string{"content", "read_back"}, p.Missing); diff != "" {
		r.t.Errorf("what is said to be missing (-want +got):\n%s", diff)
	}
	var saved, done wireEntry
	r.desk.want(200, "PATCH", path, map[string]any{"revision": seen.Revision, "content": "桥下积水，需要抽水泵。"}, &saved)
	p = wireProblem{}
	r.desk.want(409, "PATCH", path, map[string]any{"revision": seen.Revision, "content": "另一个窗口"}, &p)
	if p.Entry == nil || p.Entry.Content != "桥下积水，需要抽水泵。" || p.Entry.Revision != saved.Revision {
		r.t.Errorf("the late window is shown %+v, want the entry as it stands", p.Entry)
	}
	r.desk.want(422, "PATCH", path, map[string]any{"revision": saved.Revision, "no_such_field": 1}, &p)
	r.desk.want(200, "PATCH", path, map[string]any{"revision": saved.Revision, "read_back": "done", "state": "complete"}, &done)
	if done.State != "complete" || done.WrittenBy == "" || len(done.Missing) != 0 {
		r.t.Errorf("the completed entry is %+v", done)
	}
	var kept wireList[struct {
		Entry wireEntry `json:"entry"`
		By    struct{ Name string }
	}]
	r.desk.want(200, "GET", path+"/revisions", nil, &kept)
	if len(kept.Items) != done.Revision || kept.Items[0].Entry.Content != "" || kept.Items[len(kept.Items)-1].By.Name != "王值班" {
		r.t.Errorf("kept versions: %+v", kept.Items)
	}
}

// checkFrames looks at what the page was told while it happened, and what it is told when it
// resumes.
func (r *room) checkFrames(f *follower, c wireCall) {
	r.t.Helper()
	awaitFrame(f, "line", "the page is told that the line rings", func(l wireLine) bool { return l.State == "ringing" && l.CallID == c.ID })
	// A state of the line that is shown before the log has it bears no number; an entry always does.
	first, _ := awaitFrame(f, "entry", "the page is told of the entry", func(e wireEntry) bool { return e.ID == c.EntryID && e.State == "open" })
	awaitFrame(f, "call", "the page is told that it rings", func(w wireCall) bool { return w.ID == c.ID && w.RangAt != nil && w.Outcome == "" })
	awaitFrame(f, "alert", "the page is told that the last ring begins", func(a struct {
		Reason string `json:"reason"`
		CallID string `json:"call_id"`
	}) bool {
		return a.Reason == "ring_3" && a.CallID == c.ID
	})
	awaitFrame(f, "line", "the page is told that they talk", func(l wireLine) bool { return l.State == "talking" && l.CallID == c.ID })
	awaitFrame(f, "call", "the page is told that the recording is sealed", func(w wireCall) bool { return w.recording() == "sealed" })
	awaitFrame(f, "entry", "the page is told that the entry is complete", func(e wireEntry) bool { return e.State == "complete" })
	again := r.desk.follow(first.id)
	awaitFrame(again, "entry", "a page that comes back is told of the entry", func(e wireEntry) bool { return e.ID == c.EntryID && e.State == "complete" })
	awaitFrame(again, "call", "a page that comes back is told of the call", func(w wireCall) bool { return w.recording() == "sealed" })
}
