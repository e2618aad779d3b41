package web_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"dutyline/dutylog/audit"
	"dutyline/web"
)

type evidence struct {
	Records     int64
	Fingerprint string
	Problem     string
	Checkpoint  *struct {
		Size int64
		Root string
		Note string
	}
}

func TestTheNewestCheckpointIsShown(t *testing.T) {
	h := newHouse(t)
	secret, err := audit.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := audit.ParseKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	ask := func() (e evidence) {
		t.Helper()
		got := h.as("supervisor").get("/evidence")
		if err := json.Unmarshal([]byte(got.body), &e); err != nil || got.status != 200 {
			t.Fatalf("%v: %v", got, err)
		}
		return e
	}
	if e := ask(); e.Checkpoint != nil || e.Fingerprint != "" || e.Records == 0 {
		t.Errorf("before anything was signed: %+v", e)
	}
	signed, err := h.db.Checkpoint(context.Background(), key, false)
	if err != nil {
		t.Fatal(err)
	}
	e := ask()
	if e.Checkpoint == nil || e.Checkpoint.Note != signed.Note || e.Checkpoint.Size != signed.Size || e.Fingerprint != key.Fingerprint() {
		t.Errorf("%+v, signed was %+v", e, signed)
	}
	if groups := strings.Fields(e.Checkpoint.Root); len(groups) != 10 || len(groups[0]) != 4 {
		t.Errorf("for print: %q", e.Checkpoint.Root)
	}
}

func TestThatNothingIsSignedIsShown(t *testing.T) {
	h := newHouse(t, func(d *web.Deps) { d.Unsigned = func() error { return errors.New("the key is gone") } })
	if got := h.as("admin").get("/evidence"); got.status != 200 || !strings.Contains(got.body, "the key is gone") {
		t.Errorf("%v", got)
	}
}

func TestWhoReadsEntriesIsNoted(t *testing.T) {
	h := newHouse(t)
	h.sealed("1.0")
	for _, path := range []string{"/entries/e-1.0", "/entries/e-1.0/revisions", "/entries", "/calls/1.0/recording", "/entries/e-none", "/calls/1.0"} {
		h.as("leader").get(path)
	}
	var got []string
	for _, x := range *h.accesses {
		got = append(got, fmt.Sprint(x.Who.Login, " ", x.What, " ", x.Object))
	}
	want := "leader entry.see e-1.0, leader entry.see e-1.0, leader entry.see entries, leader recording.play 1.0, leader call.see 1.0"
	if strings.Join(got, ", ") != want {
		t.Errorf("noted were %s, want %s", strings.Join(got, ", "), want)
	}
}
