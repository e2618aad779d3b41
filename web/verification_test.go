package web_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/web"
)

// fakeVerifier is a verification that ends when the test says so.
type fakeVerifier struct {
	state   web.Verification
	outside string
}

func (f *fakeVerifier) Start(by dutylog.Actor, outside string) bool {
	if f.state.Running {
		return false
	}
	f.state, f.outside = web.Verification{Running: true, By: by, Done: 3, Total: 7, Compared: outside != ""}, outside
	return true
}

func (f *fakeVerifier) State() web.Verification { return f.state }

type verificationJSON struct {
	Running  bool
	By       *struct{ Login, Name, Role string }
	BeganAt  *string `json:"began_at"`
	EndedAt  *string `json:"ended_at"`
	Compared bool
	Done     int64
	Total    int64
	Verdict  string
	Tallies  []struct {
		Name       string
		Intact     int64
		Altered    int64
		CannotTell int64 `json:"cannot_tell"`
		Erased     int64
	}
	Findings  []struct{ Answer, Object, Why string }
	More      int64
	Notes     []string
	Beginning string
	Problem   string
}

func TestTheAuditorVerifiesTheLog(t *testing.T) {
	f := &fakeVerifier{}
	h := newHouse(t, func(d *web.Deps) { d.Verify = f })
	auditor := h.as("auditor")
	var v verificationJSON
	auditor.get("/evidence/verification").into(t, &v)
	if v.Running || v.By != nil || v.Verdict != "" || v.Tallies == nil || v.Findings == nil || v.Notes == nil {
		t.Errorf("before anybody asked: %+v", v)
	}
	auditor.post("/evidence/verification", `{"checkpoint":"  dutyline log\n7\n "}`).into(t, &v)
	if !v.Running || v.Done != 3 || v.Total != 7 || !v.Compared || f.outside != "dutyline log\n7" || f.state.By.Login != "auditor" {
		t.Errorf("%+v, compared with %q", v, f.outside)
	}
	if got := h.as("supervisor").post("/evidence/verification", `{}`); got.status != 409 {
		t.Errorf("twice at once: %v", got)
	}
	noted := slices.ContainsFunc(*h.accesses, func(x web.Access) bool {
		return x.What == "evidence.verify" && x.Object == "log" && x.Who.Login == "auditor"
	})
	if !noted || len(*h.accesses) != 1 {
		t.Errorf("noted were %+v", *h.accesses)
	}
	r := &audit.Report{Records: 7, Notes: []string{"compare the fingerprint"}}
	r.Say("revision", audit.Finding{Answer: audit.Intact, Object: "revision e-1/1"})
	for i := range 150 {
		r.Say("recording", audit.Finding{Answer: audit.Altered, Object: fmt.Sprintf("recording %d", i), Why: "its digest is another"})
	}
	r.Of("revision").Erased = 1
	f.state = web.Verification{By: f.state.By, BeganAt: h.clock.Now(), EndedAt: h.clock.Now(), Report: r}
	h.as("admin").get("/evidence/verification").into(t, &v)
	if v.Running || v.Verdict != "altered" || len(v.Findings) != 100 || v.More != 50 || v.EndedAt == nil || v.By.Login != "auditor" {
		t.Errorf("%+v", v)
	}
	if v.Tallies[0].Intact != 1 || v.Tallies[0].Erased != 1 || v.Tallies[1].Altered != 150 || v.Findings[0].Why == "" || v.Notes[0] == "" {
		t.Errorf("%+v", v.Tallies)
	}
	f.state = web.Verification{BeganAt: h.clock.Now(), Fault: "the file is gone"}
	if auditor.get("/evidence/verification").into(t, &v); v.Problem != "the file is gone" || v.Verdict != "" {
		t.Errorf("%+v", v)
	}
}

func TestVerifyingIsForWhoLooksAfterTheLog(t *testing.T) {
	h := newHouse(t, func(d *web.Deps) { d.Verify = &fakeVerifier{} })
	for role, want := range map[string]int{"officer": 403, "chief": 403, "leader": 403, "supervisor": 200, "reader": 403} {
		if got := h.as(role).post("/evidence/verification", `{}`); got.status != want {
			t.Errorf("%s: %v", role, got)
		}
	}
	if got := h.as("auditor").post("/evidence/verification", `{"checkpoint":"`+strings.Repeat("x", 4001)+`"}`); got.status != 422 {
		t.Errorf("a novel: %v", got)
	}
	none := newHouse(t, func(d *web.Deps) { d.Verify = nil })
	if got := none.as("auditor").post("/evidence/verification", `{}`); got.status != 503 || !strings.Contains(got.body, "dutyline verify") {
		t.Errorf("where nobody verifies: %v", got)
	}
	if got := none.as("auditor").get("/evidence/verification"); got.status != 503 {
		t.Errorf("where nobody verifies: %v", got)
	}
}

// The auditor reads everything and changes nothing: of all routes that change something, none is
// open to them but those of their own session and the one that verifies; of all that read, all are.
func TestTheAuditorReadsEverythingAndChangesNothing(t *testing.T) {
	// Notes of the locked screen are written unseen, before anybody signs in.
	own := []string{"note.write", "session.begin", "session.end", "session.own", "session.password", "session.unlock", "presence.show", "evidence.verify"}
	// Files and papers for work, which hold nothing that the auditor does not read elsewhere.
	notTheirs := []string{"directory.export", "paper.print", "entry.write"}
	auditor := dutylog.Account{Login: "auditor", Role: dutylog.Auditor}
	reads, changes := 0, 0
	for _, row := range web.Rows() {
		may := web.May(auditor, true, row.Permission) == "allowed"
		switch {
		case slices.Contains(own, row.Permission):
		case row.Method == "GET" || row.Method == "":
			if reads++; may == slices.Contains(notTheirs, row.Permission) {
				t.Errorf("%s %s (%s): %v", row.Method, row.Path, row.Permission, may)
			}
		default:
			if changes++; may {
				t.Errorf("the auditor changes something: %s %s (%s)", row.Method, row.Path, row.Permission)
			}
		}
	}
	if reads < 40 || changes < 40 {
		t.Errorf("only %d routes that read and %d that change were judged", reads, changes)
	}
}
