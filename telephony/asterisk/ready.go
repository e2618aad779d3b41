package asterisk

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// readyPoll is how often a starting Asterisk is asked whether it is ready.
const readyPoll = 50 * time.Millisecond

// waitReady returns when ARI says that Asterisk has fully booted, under our name and with
// every module and SIP socket.
func (p *Process) waitReady(ctx context.Context) error {
	ticker := time.NewTicker(readyPoll)
	defer ticker.Stop()
	last := errors.New("no answer yet")
	for {
		select {
		case <-p.exited:
			return p.startError(fmt.Sprintf("ended while starting (%v)", p.exitErr))
		case <-ctx.Done():
			return p.startError(fmt.Sprintf("was not ready in time (%v)", last))
		case <-ticker.C:
		}
		if last = p.askInfo(ctx); last == nil {
			break
		}
	}
	if faults := p.fatalLogLines(); len(faults) > 0 {
		return p.startError("started, but cannot work")
	}
	return p.checkModules(ctx)
}

// askInfo is nil when our own Asterisk answers; until it has booted it answers 503.
func (p *Process) askInfo(ctx context.Context) error {
	var info struct {
		Config struct{ Name string } `json:"config"`
	}
	if err := p.get(ctx, "/asterisk/info", &info); err != nil {
		return err
	}
	if info.Config.Name != p.Settings.SystemName {
		return fmt.Errorf("ARI at %s is that of another Asterisk, %q", p.Settings.HTTPAddress, info.Config.Name)
	}
	return nil
}

func (p *Process) get(ctx context.Context, path string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.Settings.ARI()+path, nil)
	if err != nil {
		return err
	}
	req.SetBasicAuth(p.Settings.ARIUser, p.Settings.ARIPassword)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("ARI answered %s", resp.Status)
	}
	return json.Unmarshal(body, into)
}

// checkModules compares what runs with what modules.conf asked for.
func (p *Process) checkModules(ctx context.Context) error {
	var modules []struct{ Name, Status string }
	if err := p.get(ctx, "/asterisk/modules", &modules); err != nil {
		return p.startError(fmt.Sprintf("does not list its modules (%v)", err))
	}
	running := map[string]bool{}
	for _, m := range modules {
		running[m.Name] = m.Status == "Running"
	}
	wanted, err := p.wantedModules()
	if err != nil {
		return err
	}
	var missing []string
	for _, m := range wanted {
		if !running[m] {
			missing = append(missing, m)
		}
	}
	if len(missing) > 0 {
		return p.startError("runs without " + strings.Join(missing, ", "))
	}
	return nil
}

// wantedModules reads the list that was rendered.
func (p *Process) wantedModules() ([]string, error) {
	b, err := os.ReadFile(strings.TrimSuffix(p.confFile(), "asterisk.conf") + "modules.conf")
	if err != nil {
		return nil, fmt.Errorf("read the list of Asterisk's modules: %w", err)
	}
	var out []string
	for line := range strings.Lines(string(b)) {
		key, value, found := strings.Cut(line, "=")
		key = strings.TrimSpace(key)
		if found && (key == "load" || key == "require") {
			out = append(out, strings.TrimSpace(strings.TrimPrefix(value, ">")))
		}
	}
	return out, nil
}

// fatalLogLines are errors after which Asterisk goes on but calls do not work.
func (p *Process) fatalLogLines() []string {
	var out []string
	for _, line := range p.logLines() {
		if strings.Contains(line, "could not be started") || strings.Contains(line, "Address already in use") {
			out = append(out, line)
		}
	}
	return out
}

// startError finishes the sentence with what Asterisk itself said.
func (p *Process) startError(what string) error {
	var said []string
	for _, line := range p.logLines() {
		if strings.Contains(line, "ERROR") || strings.Contains(line, "Address already in use") {
			said = append(said, line)
		}
	}
	if len(said) == 0 {
		said = tail(readLines(p.Settings.Dir+"/log/console", 0), 3)
	}
	said = tail(said, 5)
	if len(said) == 0 {
		said = []string{"nothing was logged"}
	}
	return fmt.Errorf("asterisk in %s %s; its log says:\n  %s", p.Settings.Dir, what, strings.Join(said, "\n  "))
}

func (p *Process) logLines() []string { return readLines(p.logFile(), p.logStart) }

func tail(lines []string, n int) []string { return lines[max(0, len(lines)-n):] }

// readLines reads a log from an offset; a log that is not there has no lines.
func readLines(file string, from int64) []string {
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close()
	if _, err := f.Seek(from, io.SeekStart); err != nil {
		return nil
	}
	var out []string
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		if line := strings.TrimSpace(sc.Text()); line != "" {
			out = append(out, line)
		}
	}
	return out
}
