package webhook_test

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts/alertstest"
	"dutyline/alerts/webhook"
)

var (
	update  = flag.Bool("update", false, "write the golden file anew")
	address = regexp.MustCompile(`address=(127\.0\.0\.1:[0-9]+)`)
)

// alertmanager starts Debian's, on a port that the kernel gives, until the test ends.
func alertmanager(t *testing.T) string {
	t.Helper()
	program, err := exec.LookPath("prometheus-alertmanager")
	if err != nil {
		t.Fatal("prometheus-alertmanager is not here: run make deps, and the tests with make test (or after: . deploy/env.sh)")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "alertmanager.yml")
	if err := os.WriteFile(file, []byte("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "--config.file="+file, "--storage.path="+dir, "--web.listen-address=127.0.0.1:0", "--cluster.listen-address=")
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Wait() }) // the test's context, which ends before, has killed it
	told := bufio.NewReader(said)
	for {
		line, err := told.ReadString('\n')
		if at := address.FindStringSubmatch(line); at != nil {
			go io.Copy(io.Discard, told)
			return "http://" + at[1]
		}
		if err != nil {
			t.Fatalf("alertmanager ended: %v", err)
		}
		t.Log(line)
	}
}

type shownAlert struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	StartsAt    time.Time         `json:"startsAt"`
	EndsAt      time.Time         `json:"endsAt"`
}

func shown(t *testing.T, base, filter string) []shownAlert {
	t.Helper()
	res, err := http.Get(base + "/api/v2/alerts?filter=" + url.QueryEscape(filter))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var all []shownAlert
	if err := json.NewDecoder(res.Body).Decode(&all); err != nil || res.StatusCode != 200 {
		t.Fatalf("%s: %v", res.Status, err)
	}
	return all
}

func TestARealAlertmanagerShowsTheAlertUntilItIsOver(t *testing.T) {
	base := alertmanager(t)
	w := start(t, webhook.Config{URL: base + "/api/v2/alerts", Template: "alertmanager", Zone: alertstest.Zone})
	n := alertstest.Notice()
	n.At = time.Now().Add(-time.Minute).Truncate(time.Millisecond)
	const mine = `alert_id="limit_passed/1795436279.0"`
	for range 2 { // a repeat is the same alert
		if err := w.Deliver(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	all := shown(t, base, mine)
	if len(all) != 1 {
		t.Fatalf("%d alerts are shown, want 1: %+v", len(all), all)
	}
	want := map[string]string{"alertname": "limit_passed", "alert_id": n.AlertID, "line": "duty", "severity": "critical"}
	if diff := cmp.Diff(want, all[0].Labels); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	if a := all[0]; !a.StartsAt.Equal(n.At) || !a.EndsAt.Equal(n.At.Add(24*time.Hour)) || a.Annotations["summary"] != n.Title || a.Annotations["entry"] != n.EntryNumber || a.Annotations["reason"] != "limit_passed" {
		t.Errorf("%+v", a)
	}
	n.ID, n.Over, n.At = "over", true, n.At.Add(30*time.Second)
	if err := w.Deliver(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	if all := shown(t, base, mine); len(all) != 0 {
		t.Errorf("it is over, yet it is shown: %+v", all)
	}
}

func TestARealAlertmanagerRefusesWhatIsNoAlert(t *testing.T) {
	base := alertmanager(t)
	w := start(t, webhook.Config{URL: base + "/api/v2/alerts", Body: `[{"labels": {"a b": {{json .Title}}}}]`})
	if err := w.Deliver(t.Context(), alertstest.Notice()); err == nil {
		t.Error("it is taken")
	} else if got := fmt.Sprint(err); !regexp.MustCompile(`answered 400 .* no further try will help$`).MatchString(got) {
		t.Error(got)
	}
}
