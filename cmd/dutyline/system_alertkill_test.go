package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony/asterisk/asterisktest"
)

// inbox is a receiver of alerts that keeps what it got, by the name in its address.
type inbox struct {
	mu  sync.Mutex
	got []string
}

func (i *inbox) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	var said string
	err := json.NewDecoder(r.Body).Decode(&said)
	i.mu.Lock()
	defer i.mu.Unlock()
	if err != nil {
		said = err.Error()
	}
	i.got = append(i.got, strings.TrimPrefix(r.URL.Path, "/")+": "+said)
}

func (i *inbox) letters() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]string(nil), i.got...)
}

// A daemon that is killed with an alert half told does not tell it a second time, and goes on with
// its chain where it was: two real processes, one after the other, on one log.
func TestSystemAnAlertOutlivesAKill(t *testing.T) {
	letters := &inbox{}
	receiver := httptest.NewServer(letters)
	defer receiver.Close()
	dir := t.TempDir()
	file := filepath.Join(dir, "dutyline.yaml")
	text := fmt.Sprintf(`
lines:
  - name: duty
    endpoints: [PJSIP/duty]
    trunks: [PJSIP/trunk]
    chain: {steps: [{post: duty_officer, channels: [officer], after: 0s}, {post: duty_leader, channels: [leader], after: 3s}]}
alerts:
  channels:
    - {name: officer, webhook: {url: "%[1]s/officer", body: '{{json .Headline}}'}}
    - {name: leader, webhook: {url: "%[1]s/leader", body: '{{json .Headline}}'}}
ari: {url: "http://%[3]s/ari"} # where nobody is: that is the alert
journal: {file: ""}
log: {file: %[2]s/log.db}
archive: {folder: %[2]s/recordings}
tape: {folder: %[2]s/tape}
web: {listen: %[4]q, tls_folder: %[2]s/tls}
`, receiver.URL, dir, asterisktest.FreeTCP(t), asterisktest.FreeTCP(t))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DUTYLINE_ARI_PASSWORD", "x")
	arrives := func(n int) {
		t.Helper()
		asterisktest.Eventually(t, 20*time.Second, fmt.Sprintf("%d messages are there", n), func() bool { return len(letters.letters()) >= n })
	}
	first := start(t, "serve", "--config", file)
	arrives(1)
	asterisktest.Eventually(t, 10*time.Second, "the log has it", func() bool { return delivered(t, filepath.Join(dir, "log.db")) == 1 })
	if err := first.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-first.exited
	second := start(t, "serve", "--config", file)
	arrives(2)
	second.ends(syscall.SIGTERM, 20*time.Second)
	want := []string{"officer: 看不到交换机，线路状况不明", "leader: 尚无人处理，报带班领导：看不到交换机，线路状况不明"}
	if diff := cmp.Diff(want, letters.letters()); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if got := stepsOf(t, filepath.Join(dir, "log.db")); got != "open; told duty_officer; told duty_leader" {
		t.Errorf("the log has %s", got)
	}
}

// delivered is how many deliveries the log keeps as done.
func delivered(t *testing.T, file string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+file+"?_query_only=on&_busy_timeout=5000")
	if err == nil {
		defer db.Close()
		err = db.QueryRowContext(t.Context(), "SELECT count(*) FROM deliveries WHERE state = 'delivered'").Scan(&n)
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}
