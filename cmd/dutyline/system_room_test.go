package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/config"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

// room is a duty room: a private Asterisk with the shipped templates and the whole daemon
// beside it, on the real duty log, as dutyline serve runs it.
type room struct {
	t    *testing.T
	sw   *asterisk.Process
	far  string // where outgoing and forwarded calls arrive
	cfg  config.Config
	logs output
	desk *desk // the officer's
	late lateness

	app  *app
	stop context.CancelFunc
	done chan error
}

const officerPassword = "Zhiban-2739"

// newRoom prepares everything and starts both; change may alter switch and configuration first.
func newRoom(t *testing.T, change ...func(*asterisk.Settings, *config.Config)) *room {
	t.Helper()
	r := &room{t: t, far: asterisktest.FreeUDP(t)}
	s := asterisktest.Settings(t)
	s.Qualify, s.TrunkContact = time.Second, "sip:"+r.far
	r.cfg = roomConfig(t.TempDir())
	for _, c := range change {
		c(&s, &r.cfg)
	}
	r.late.watch(t)
	r.sw = asterisktest.Start(t, s)
	if r.cfg.Journal.File != "" {
		r.cfg.Journal.File = r.sw.Settings.Journal()
	}
	r.cfg.ARI.URL, r.cfg.ARI.User = r.sw.Settings.ARI(), r.sw.Settings.ARIUser
	if r.cfg.ARI.Password == "" {
		r.cfg.ARI.Password = r.sw.Settings.ARIPassword
	}
	r.open()
	r.furnish()
	r.desk = newDesk(t, func() string { return r.app.URL() })
	r.desk.signIn("wang", officerPassword)
	t.Cleanup(func() {
		r.close()
		if t.Failed() {
			t.Logf("the daemon said:\n%s", r.logs.String())
		}
	})
	return r
}

// roomConfig is one line with a short cadence: the limit of three rings passes after 1.5 s.
func roomConfig(dir string) config.Config {
	on, off, uncertainty := 200*time.Millisecond, 300*time.Millisecond, 50*time.Millisecond
	c := config.Default()
	c.Lines = []config.Line{{Name: "duty", Number: practiceNumber, Endpoints: []string{"PJSIP/duty"}, Trunks: []string{"PJSIP/trunk"},
		Rule: config.Rule{On: &on, Off: &off, Uncertainty: &uncertainty}}}
	c.Log.File, c.Archive.Folder, c.Tape.Folder = filepath.Join(dir, "log.db"), filepath.Join(dir, "recordings"), filepath.Join(dir, "tape")
	c.Web.Listen, c.Web.TLSFolder = "127.0.0.1:0", filepath.Join(dir, "tls")
	return c
}

// cadence makes the bell slower, where a test has to see what happens during a ring although
// the machine is busy.
func cadence(on, off time.Duration) func(*asterisk.Settings, *config.Config) {
	return func(_ *asterisk.Settings, c *config.Config) { c.Lines[0].Rule.On, c.Lines[0].Rule.Off = &on, &off }
}

// furnish gives the log a login, a directory and a roster, with the commands that people use
// beside the running daemon.
func (r *room) furnish() {
	r.t.Helper()
	db, dir := r.cfg.Log.File, r.t.TempDir()
	works(r.t, officerPassword+"\n", "user", "add", "wang", "--role", "officer", "--name", "王值班", "--db", db)
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			r.t.Fatal(err)
		}
		return file
	}
	directory := write("directory.csv", "单位,姓名,职务,电话,上级\n沈河区应急局,刘建国,值班主任,024-22730001,否\n市应急指挥中心,,,024-22720107,是\n")
	works(r.t, "", "import", "directory", directory, "--db", db)
	today := time.Now().In(r.cfg.Site.Location())
	var roster strings.Builder
	roster.WriteString("日期,岗位,姓名,电话,开始,结束\n")
	for day := -1; day <= 1; day++ {
		fmt.Fprintf(&roster, "%s,值班员,王值班,22739110,00:00,24:00\n", today.AddDate(0, 0, day).Format(time.DateOnly))
	}
	works(r.t, "", "import", "roster", write("roster.csv", roster.String()), "--db", db)
}

// open starts the daemon on the room's folders.
func (r *room) open() {
	r.t.Helper()
	a, err := newApp(r.t.Context(), r.cfg, newLogger(&r.logs), nil)
	if err != nil {
		r.t.Fatalf("the daemon does not start: %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	r.app, r.stop, r.done = a, stop, make(chan error, 1)
	go func() { r.done <- a.Run(ctx) }()
}

// close stops the daemon and waits until it is gone; a daemon that is closed already stays so.
func (r *room) close() {
	r.t.Helper()
	if r.stop == nil {
		return
	}
	r.stop()
	r.stop = nil
	if err := <-r.done; err != nil {
		r.t.Errorf("the daemon stopped with a complaint: %v", err)
	}
}

// readyz asks whether calls are seen and written; status 0 where nobody listens yet, as while a
// process begins.
func (r *room) readyz() (status int, text string) {
	r.t.Helper()
	resp, err := http.Get(r.app.URL() + "/readyz")
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode, string(bytes.TrimSpace(raw))
}

func (r *room) awaitReady(within time.Duration) {
	r.t.Helper()
	r.desk.await(within, "the daemon says that it is ready", func() bool {
		status, _ := r.readyz()
		return status == 200
	})
}

// awaitLine waits until the line is in a state.
func (r *room) awaitLine(state string) wireLine {
	r.t.Helper()
	var l wireLine
	defer func() {
		if l.State != state {
			r.t.Logf("the page shows %+v; calls: %+v", l, r.desk.allCalls())
		}
	}()
	r.desk.await(15*time.Second, "the page shows the line as "+state, func() bool {
		l = r.desk.line()
		return l.State == state
	})
	return l
}

// awaitTalk waits until the line talks and the log says who answered: a phone goes off hook a
// little before the two are joined, and a daemon that is stopped in between cannot know the answer.
func (r *room) awaitTalk() wireLine {
	r.t.Helper()
	l := r.awaitLine("talking")
	r.desk.await(5*time.Second, "the answer is in the log", func() bool {
		return slices.ContainsFunc(r.desk.allCalls(), func(c wireCall) bool { return c.ID == l.CallID && c.AnsweredAt != nil })
	})
	return l
}

// recordedOnSwitch lists the originals that Asterisk still holds.
func (r *room) recordedOnSwitch() []string {
	r.t.Helper()
	files, err := filepath.Glob(filepath.Join(r.sw.Settings.Recording(), "*.wav"))
	if err != nil {
		r.t.Fatal(err)
	}
	return files
}

// fileSize is 0 for a file that is not there.
func fileSize(name string) int64 {
	info, err := os.Stat(name)
	if err != nil {
		return 0
	}
	return info.Size()
}
