package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
)

// The test program starts itself as another process on the same file when this is set.
const helperFile, helperName = "DUTYLOG_TEST_FILE", "DUTYLOG_TEST_NAME"

func TestMain(m *testing.M) {
	if file := os.Getenv(helperFile); file != "" {
		err := error(nil)
		if name := os.Getenv(helperName); name == "incident" {
			err = incidentHelper(file)
		} else {
			err = helper(file, name)
		}
		if err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// helper writes until its input ends, and prints a line for every write that is durable.
func helper(file, name string) error {
	ctx := context.Background()
	db, err := sqlite.Open(ctx, file, sqlite.Options{})
	if err != nil {
		return err
	}
	fmt.Println("ready")
	in := bufio.NewScanner(os.Stdin)
	for i := 0; in.Scan(); i++ {
		account := dutylog.Account{Login: fmt.Sprintf("%s-%d", name, i), Name: name, Role: dutylog.Officer, PasswordHash: "x"}
		if err := db.AddAccount(ctx, account); err != nil {
			return err
		}
		if err := db.Record(ctx, story(inbound(i, "02422730001"), "missed")); err != nil {
			return err
		}
		fmt.Println(i)
	}
	return db.Close()
}

// process is another process on the same file.
type process struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
	in    *bufio.Writer
	close func() error
}

func start(t *testing.T, file, name string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), helperFile+"="+file, helperName+"="+name)
	in := must(cmd.StdinPipe())(t)
	out := must(cmd.StdoutPipe())(t)
	ok(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return &process{cmd: cmd, lines: bufio.NewScanner(out), in: bufio.NewWriter(in), close: in.Close}
}

func (p *process) read(t *testing.T) string {
	t.Helper()
	if !p.lines.Scan() {
		t.Fatal("the other process ended early")
	}
	if strings.HasPrefix(p.lines.Text(), "failed") {
		t.Fatal(p.lines.Text())
	}
	return p.lines.Text()
}

// write asks for one more write.
func (p *process) write(t *testing.T) {
	t.Helper()
	fmt.Fprintln(p.in)
	ok(t, p.in.Flush())
}

func TestTwoProcessesOnOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	// Both find no file and make the schema at the same time.
	processes := []*process{start(t, path, "a"), start(t, path, "b")}
	for _, p := range processes {
		if got := p.read(t); got != "ready" {
			t.Fatal(got)
		}
	}
	db := openAt(t, path, sqlite.Options{})
	const writes = 15
	var wg sync.WaitGroup
	for _, p := range processes {
		wg.Go(func() {
			for range writes {
				p.write(t)
				p.read(t)
			}
			ok(t, p.close())
			if err := p.cmd.Wait(); err != nil {
				t.Errorf("the other process: %v", err)
			}
		})
	}
	for i := range writes { // the daemon writes meanwhile
		rings(t, db, inbound(100+i, "1"))
	}
	wg.Wait()
	if got := len(must(db.Accounts(ctx))(t)); got != 2*writes {
		t.Errorf("%d logins, want %d", got, 2*writes)
	}
	calls, _, err := db.Calls(ctx, dutylog.CallQuery{Limit: 500})
	if err != nil || len(calls) != 2*writes {
		t.Errorf("%d calls, want %d: the two processes told the same story; %v", len(calls), 2*writes, err)
	}
	ok(t, db.Verify(ctx))
}

func TestWhatWasAnsweredSurvivesAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	p := start(t, path, "victim")
	p.read(t)
	acknowledged := -1
	for range 12 {
		p.write(t)
		acknowledged = must(strconv.Atoi(p.read(t)))(t)
	}
	p.write(t) // one more is under way when it dies
	ok(t, p.cmd.Process.Kill())
	if err := p.cmd.Wait(); err == nil {
		t.Fatal("the process was not killed")
	}
	db := openAt(t, path, sqlite.Options{})
	for i := range acknowledged + 1 {
		c := inbound(i, "02422730001")
		if call := must(db.Call(ctx, c.ID))(t); !call.Ended() || call.Recording.Status == "" {
			t.Errorf("call %d is there in part: %+v", i, call)
		}
		if history := must(db.Revisions(ctx, "e-"+c.ID))(t); len(history) != 2 {
			t.Errorf("call %d has %d revisions", i, len(history))
		}
	}
	if got, want := len(since(t, db, 0)), int(last(t, db)); got != want {
		t.Errorf("the feed has %d rows up to number %d", got, want)
	}
	ok(t, db.Verify(ctx))
}
