package web_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/recorder"
	"dutyline/web"
)

func TestRecordingWholeAndInRanges(t *testing.T) {
	h := newHouse(t)
	h.sealed("1795436279.0")
	officer := h.as("officer")
	etag := `"` + strings.Repeat("ab", 32) + `"`
	whole := officer.get("/calls/1795436279.0/recording")
	if whole.status != 200 || whole.body != string(audio) {
		t.Fatalf("got %d with %d bytes, want %d", whole.status, len(whole.body), len(audio))
	}
	headers := map[string]string{"Content-Type": "audio/flac", "ETag": etag, "Accept-Ranges": "bytes",
		"Content-Disposition": `inline; filename="1795436279.0.flac"`, "Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
	for name, want := range headers {
		if got := whole.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for _, c := range []struct {
		header, value string
		status        int
		body, span    string
	}{
		{"Range", "bytes=4-13", 206, "0123456789", "bytes 4-13/400000"},
		{"Range", "bytes=399990-", 206, "abcdefabcdef"[:0] + string(audio[399990:]), "bytes 399990-399999/400000"},
		{"Range", "bytes=-6", 206, "abcdef", "bytes 399994-399999/400000"},
		{"Range", "bytes=400000-", 416, "", "bytes */400000"},
		{"If-None-Match", etag, 304, "", ""},
	} {
		got := officer.get("/calls/1795436279.0/recording", c.header, c.value)
		if got.status != c.status || got.header.Get("Content-Range") != c.span || c.status == 206 && got.body != c.body {
			t.Errorf("%s %s: %d %q %.40q", c.header, c.value, got.status, got.header.Get("Content-Range"), got.body)
		}
	}
	head := officer.do("HEAD", "/api/v1/calls/1795436279.0/recording", "")
	if head.status != 200 || head.header.Get("Content-Length") != "400000" || head.body != "" {
		t.Errorf("HEAD: %v %v", head.status, head.header)
	}
}

// A player that asks for what is not there is told so like by every other error.
func TestRangesThatAreNot(t *testing.T) {
	h := newHouse(t)
	h.sealed("1.0")
	officer := h.as("officer")
	const path = "/api/v1/calls/1.0/recording"
	for _, c := range []struct {
		method, header, value string
		status                int
		span, says            string
	}{
		{"GET", "Range", "bytes=400000-", 416, "bytes */400000", "has 400000 bytes"},
		{"GET", "Range", "bytes=900000-900001", 416, "bytes */400000", "has 400000 bytes"},
		{"GET", "Range", "bytes=9-4", 416, "", "Range cannot be read"},
		{"GET", "Range", "seconds=1-2", 416, "", "Range cannot be read"},
		{"GET", "If-Match", `"another"`, 412, "", "ask again without it"},
		{"HEAD", "Range", "bytes=400000-", 416, "bytes */400000", ""},
	} {
		got := officer.do(c.method, path, "", c.header, c.value)
		if got.status != c.status || got.header.Get("Content-Range") != c.span || got.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s %s: %v %v", c.header, c.value, got, got.header)
		}
		for _, of := range []string{"Content-Disposition", "Last-Modified"} {
			if c.status == 416 && got.header.Get(of) != "" {
				t.Errorf("%s %s: the answer has the file's %s", c.header, c.value, of)
			}
		}
		if c.method == "HEAD" {
			if kind := got.header.Get("Content-Type"); kind != "application/problem+json" || got.body != "" {
				t.Errorf("HEAD: %q %q", kind, got.body)
			}
			continue
		}
		if p := got.problem(t); p.Type != "about:blank" || !strings.Contains(p.Detail, c.says) {
			t.Errorf("%s %s: %v, want one that says %q", c.header, c.value, got, c.says)
		}
	}
	if got := officer.do("GET", path, ""); got.status != 200 || len(got.body) != len(audio) {
		t.Errorf("the whole afterwards: %d", got.status)
	}
}

func TestEveryListeningIsOnRecord(t *testing.T) {
	var kept []web.Access
	h := newHouse(t, func(d *web.Deps) {
		d.Audit = func(_ context.Context, a web.Access) { kept = append(kept, a) }
	})
	h.sealed("1795436279.0")
	h.as("leader").get("/calls/1795436279.0/recording", "Range", "bytes=5-6")
	if len(kept) != 1 {
		t.Fatalf("kept %v", kept)
	}
	got := kept[0]
	if got.Who.Login != "leader" || got.Object != "1795436279.0" || got.What != "recording.play" || got.Address != "127.0.0.1" || !got.At.Equal(h.clock.Now()) {
		t.Errorf("kept %+v", got)
	}

	plain := newHouse(t, func(d *web.Deps) { d.Audit = nil })
	plain.sealed("1.0")
	plain.as("officer").get("/calls/1.0/recording")
	if log := plain.logs.String(); !strings.Contains(log, "what=recording.play object=1.0 login=officer") || strings.Contains(log, password) {
		t.Errorf("the daemon's log:\n%s", log)
	}
}

func TestNoRecordingSaysWhy(t *testing.T) {
	h := newHouse(t)
	officer := h.as("officer")
	h.ring("running.0")
	missed := h.call("missed.0", h.clock.Now().Add(-time.Hour))
	missed.EndedAt = missed.OfferedAt.Add(20 * time.Second)
	missed.Outcome = "missed"
	h.record("ended", missed, missed.EndedAt)
	h.finished("pending.0", h.clock.Now())
	h.finished("lost.0", h.clock.Now())
	h.saveRecording("lost.0", recorder.Missing)
	for id, want := range map[string]string{"running.0": "none", "missed.0": "none", "pending.0": "pending", "lost.0": "missing"} {
		for _, part := range []string{"/recording", "/peaks"} {
			got := officer.get("/calls/" + id + part)
			p := got.problem(t)
			if got.status != 404 || p.Type != "/problems/no-recording" || !strings.Contains(p.Detail, ": "+want+":") {
				t.Errorf("%s%s: %v, want 404 that says %s", id, part, got, want)
			}
		}
	}
	if got := officer.get("/calls/none/recording"); got.status != 404 || got.problem(t).Type != "about:blank" {
		t.Errorf("unknown call: %v", got)
	}
}

func TestAlteredRecordingIsNotPlayed(t *testing.T) {
	h := newHouse(t)
	h.sealed("1.0")
	h.saveRecording("1.0", recorder.Failed) // the fake archive takes this for an altered file
	got := h.as("officer").get("/calls/1.0/recording")
	p := got.problem(t)
	if got.status != 500 || p.Type != "/problems/recording-altered" || strings.Contains(got.body, "secret") || strings.Contains(got.body, "fLaC") {
		t.Errorf("got %v", got)
	}
	if !strings.Contains(h.logs.String(), "/secret/path") {
		t.Error("the daemon's own log does not say which file")
	}
}

func TestARecordingWithoutItsKeySaysSo(t *testing.T) {
	h := newHouse(t)
	h.sealed("key-away.0")
	got := h.as("officer").get("/calls/key-away.0/recording")
	if p := got.problem(t); got.status != 503 || p.Type != "/problems/key-absent" || strings.Contains(got.body, "secret") {
		t.Errorf("got %v", got)
	}
}

func TestPeaks(t *testing.T) {
	h := newHouse(t)
	h.sealed("1.0")
	got := h.as("supervisor").get("/calls/1.0/peaks").body
	want := `{"duration_ms":2000,"per_second":20,"caller":[0,0.5],"officer":[]}` + "\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
