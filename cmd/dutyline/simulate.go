package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"dutyline/telephony/practice"
)

// simulateFlags are what dutyline simulate and dutyline simulate call are told.
type simulateFlags struct {
	practiceFile string
	sipAddress   string
	trunkAddress string
	user         string
	number       string
	farEnd       string
	programme    string
	speech       string
	noPhone      bool
	seed         uint64
	first, pause time.Duration
}

func newSimulateCommand() *cobra.Command {
	var f simulateFlags
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Simulate the duty phone and the people who call it, on a practice Asterisk",
		Long: `Simulate registers a simulated duty phone at an Asterisk and plays an endless programme of
calls: real SIP and RTP, with voices on both sides. Ctrl-C hangs up and un-registers. A real
phone that registers as the duty phone takes the simulated one's place while it is registered.

make run does all this by itself. Addresses and the password come from practice.json, which
make run writes; flags take precedence. The password may also be given in
DUTYLINE_DUTY_PASSWORD. The Asterisk is one of your own, never a duty line in service.`,
		Args: cobra.NoArgs,
		RunE: untilStopped(func(ctx context.Context, cmd *cobra.Command, _ []string) error {
			return simulate(ctx, f, cmd.OutOrStdout(), cmd.ErrOrStderr())
		}),
	}
	cmd.PersistentFlags().StringVar(&f.practiceFile, "practice", "", "practice.json of a running practice line (default var/practice.json)")
	flags := cmd.Flags()
	flags.StringVar(&f.sipAddress, "sip-address", "", "host:port where the duty phone registers")
	flags.StringVar(&f.trunkAddress, "trunk-address", "", "host:port where callers call (default: where the phone registers)")
	flags.StringVar(&f.user, "user", "", "SIP user of the duty phone")
	flags.StringVar(&f.number, "number", "", "the duty number")
	flags.StringVar(&f.farEnd, "far-end", "", "host:port of the far side's own SIP socket (default 127.0.0.1:5170)")
	flags.StringVar(&f.programme, "programme", "on", "on or off")
	flags.StringVar(&f.speech, "speech", "", "speech program (default espeak-ng), off for generated voices")
	flags.BoolVar(&f.noPhone, "no-phone", false, "only callers: a real phone answers")
	flags.Uint64Var(&f.seed, "seed", 0, "number that fixes the programme (default: another one each time)")
	flags.DurationVar(&f.first, "first", 5*time.Second, "pause before the first call")
	flags.DurationVar(&f.pause, "pause", 20*time.Second, "shortest pause between calls; the longest is twice that")
	cmd.AddCommand(newSimulateCallCommand(&f))
	return cmd
}

// simulate runs a practice line until ctx ends.
func simulate(ctx context.Context, f simulateFlags, out, complaints io.Writer) error {
	cfg, err := f.config()
	if err != nil {
		return err
	}
	progress := progressPrinter(out)
	cfg.OnNote = progress
	cfg.Log = slog.New(slog.NewTextHandler(complaints, &slog.HandlerOptions{Level: slog.LevelWarn}))
	line, err := practice.New(cfg)
	if err != nil {
		return err
	}
	if cfg.Programme {
		fmt.Fprintf(out, "practice line at %s, programme with seed %d; Ctrl-C ends it\n", cfg.SIPAddress, cfg.Seed)
	}
	return line.Run(ctx)
}

// config puts together what practice.json and the flags say.
func (f simulateFlags) config() (practice.Config, error) {
	cfg := practice.Config{
		NoPhone: f.noPhone, Speech: f.speech, Seed: f.seed, First: f.first, Pause: f.pause,
		DutyPassword: os.Getenv("DUTYLINE_DUTY_PASSWORD"), FarEndAddress: f.farEnd,
	}
	switch f.programme {
	case "on":
		cfg.Programme = true
	case "off":
	default:
		return cfg, fmt.Errorf("--programme=%s: use on or off", f.programme)
	}
	if cfg.Seed == 0 {
		cfg.Seed = uint64(time.Now().UnixNano() % 1_000_000)
	}
	file, err := usualPracticeFile(f.practiceFile)
	switch {
	case err == nil:
		folder := filepath.Dir(file.path)
		cfg.CacheDir, cfg.Socket = filepath.Join(folder, "speech"), filepath.Join(folder, practice.SocketName)
	case f.sipAddress == "":
		return cfg, err
	case f.practiceFile != "":
		return cfg, err
	}
	cfg.SIPAddress = either(f.sipAddress, file.SIP.Address)
	cfg.TrunkAddress = either(f.trunkAddress, file.SIP.Trunk.Address)
	cfg.Number = either(f.number, file.SIP.Trunk.Number)
	cfg.DutyUser = either(f.user, file.SIP.Duty.User)
	cfg.DutyPassword = either(cfg.DutyPassword, file.SIP.Duty.Password)
	return cfg, nil
}

func either(first, second string) string {
	if first != "" {
		return first
	}
	return second
}

// findPracticeFile is the named file, else var/practice.json here or around the program.
func findPracticeFile(name string) string {
	if name != "" {
		return name
	}
	usual := filepath.Join("var", "practice.json")
	if _, err := os.Stat(usual); err == nil {
		return usual
	}
	if exe, err := os.Executable(); err == nil { // var/bin/dutyline
		if near := filepath.Join(filepath.Dir(filepath.Dir(exe)), "practice.json"); fileExists(near) {
			return near
		}
	}
	return usual
}

func fileExists(name string) bool { _, err := os.Stat(name); return err == nil }

// usualPracticeFile reads the file that findPracticeFile finds; here it has to be there.
func usualPracticeFile(name string) (practiceFile, error) {
	found := findPracticeFile(name)
	p, err := readPracticeFile(found)
	if err == nil && p.path == "" {
		err = fmt.Errorf("%s does not exist: start make run first, or name the right file with --practice", found)
	}
	return p, err
}

// progressPrinter prints one line per thing that happens. It may be called from anywhere.
func progressPrinter(out io.Writer) func(practice.Note) {
	var mu sync.Mutex
	return func(n practice.Note) {
		mu.Lock()
		defer mu.Unlock()
		call := ""
		if n.Call > 0 {
			call = fmt.Sprintf("call %d: ", n.Call)
		}
		fmt.Fprintf(out, "%s  %s%s\n", n.At.Local().Format("15:04:05.0"), call, n.Text)
	}
}

// callFlags are the parts of a call that are no plain field of it.
type callFlags struct {
	call                          practice.Call
	never, reject, busy, instant  bool
	forwardTo, hangUp             string
	answerAfter, talk, giveUpTime time.Duration
	rings                         bool // --answer-after was given, not taken from the default
}

func newSimulateCallCommand(shared *simulateFlags) *cobra.Command {
	var f callFlags
	cmd := &cobra.Command{
		Use:   "call",
		Short: "Place one call on the running practice line and tell what happens",
		Example: `  dutyline simulate call --from 02422730001 --name 沈河区应急局 --answer-after 7s --talk 20s
  dutyline simulate call --anonymous --never-answer --give-up-after 25s
  dutyline simulate call --to 13800001111 --talk 10s`,
		Args: cobra.NoArgs,
		RunE: untilStopped(func(ctx context.Context, cmd *cobra.Command, _ []string) error {
			f.rings = cmd.Flags().Changed("answer-after")
			call, err := f.plan()
			if err != nil {
				return err
			}
			socket := filepath.Join(filepath.Dir(findPracticeFile(shared.practiceFile)), practice.SocketName)
			return simulateCall(ctx, socket, call, cmd.OutOrStdout())
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&f.call.From, "from", "", "the caller's number")
	flags.StringVar(&f.call.Name, "name", "", "the caller's name")
	flags.BoolVar(&f.call.Anonymous, "anonymous", false, "the caller withholds the number")
	flags.StringVar(&f.call.To, "to", "", "instead: the officer calls this number")
	flags.DurationVar(&f.answerAfter, "answer-after", 5*time.Second, "how long it rings before something happens; a call is forwarded at once unless this is given")
	flags.DurationVar(&f.talk, "talk", practice.DefaultTalk, "how long they talk; 0s hangs up with the answer")
	flags.DurationVar(&f.giveUpTime, "give-up-after", 90*time.Second, "when whoever calls gives up")
	flags.StringVar(&f.hangUp, "hangup", "", "who hangs up: officer or caller (default: whoever called)")
	flags.BoolVar(&f.never, "never-answer", false, "nobody answers")
	flags.BoolVar(&f.busy, "busy", false, "the phone is engaged (486)")
	flags.BoolVar(&f.reject, "reject", false, "the phone rejects the call (603) after --answer-after")
	flags.BoolVar(&f.instant, "instant", false, "the phone answers without ringing, like a machine")
	flags.StringVar(&f.forwardTo, "forward-to", "", "the phone forwards the call (302) to this number, after --answer-after when that is given")
	cmd.MarkFlagsMutuallyExclusive("never-answer", "busy", "reject", "instant", "forward-to")
	return cmd
}

func (f callFlags) plan() (practice.Call, error) {
	c := f.call
	c.AnswerAfter, c.Talk, c.GiveUpAfter, c.HangUp = f.answerAfter, f.talk, f.giveUpTime, practice.Side(f.hangUp)
	c.Does = practice.Answers
	switch {
	case f.never:
		c.Does = practice.NeverAnswer
	case f.busy:
		c.Does = practice.Busy
	case f.reject:
		c.Does = practice.Rejects
	case f.instant:
		c.Does = practice.Instant
	case f.forwardTo != "":
		c.Does, c.ForwardTo = practice.Forwards, f.forwardTo
		if !f.rings {
			c.AnswerAfter = 0 // a phone with forwarding set
		}
	}
	if f.hangUp != "" && c.HangUp != practice.Officer && c.HangUp != practice.Caller {
		return c, fmt.Errorf("--hangup=%s: use officer or caller", f.hangUp)
	}
	if f.giveUpTime <= 0 {
		return c, fmt.Errorf("--give-up-after=%v: nobody gives up before the call is placed, use more than 0s", f.giveUpTime)
	}
	return c, nil
}

// simulateCall places the call over the control socket and prints each step.
func simulateCall(ctx context.Context, socket string, call practice.Call, out io.Writer) error {
	result, err := practice.CallOver(ctx, socket, call, progressPrinter(out))
	if errors.Is(err, context.Canceled) {
		return errors.New("the call was taken back")
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(out, summary(result))
	return nil
}

// summary says in one line how the call went, by the SIP peers' own clock.
func summary(r practice.Result) string {
	parts := []string{}
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	if r.Forwarded() {
		add("the phone sent the call on to %s (302)", r.Call.ForwardTo)
	}
	switch rang := r.RingFor(); {
	case rang > 0:
		add("the phone rang for %.1f s", rang.Seconds())
	case r.Far.InvitedAt.IsZero() && !r.Near.RingAt.IsZero():
		add("another phone rang")
	default:
		add("the phone did not ring")
	}
	switch {
	case r.Answered():
		add("they talked for %.1f s", r.Near.EndedAt.Sub(r.Near.AnsweredAt).Seconds())
		add("the %s hung up", r.HungUpBy)
		add("whoever called heard %s, who was called %s", heard(r.Near.Heard), heard(r.Far.Heard))
	case r.GaveUp:
		add("nobody answered")
	case r.Far.Status == declined:
		add("the phone rejected it (SIP %d), which the switch tells whoever called as %d", declined, r.Near.Status)
	default:
		add("it ended with SIP status %d%s", r.Near.Status, statusWords[r.Near.Status])
	}
	return strings.Join(parts, ", ")
}

// declined is what a phone says whose officer rejects a call. Asterisk makes a 403 of it for whoever called,
// so a 403 alone does not tell whether a phone or the dialplan refused.
const declined = 603

// statusWords say what a refusal means, and what to look at when it was not meant.
var statusWords = map[int]string{
	403: " (refused: either another phone than the simulated one rejected it, or this account may not call that number; look at the phone, then at the dialplan's contexts)",
	404: " (no such number: look at --to, and at the number of the line)",
	408: " (no answer from the other end: is the phone registered?)",
	480: " (the phone cannot be reached: is it registered and switched on?)",
	486: " (engaged: wait for the call that runs to end, or hang up the handset)",
	487: " (taken back by whoever called)",
	488: " (no codec in common: both ends have to speak G.711 A-law)",
	503: " (the switch could not place it: run dutyline doctor)",
	603: " (declined at the phone)",
}

// heard says how loud it was at one end; an end that is no simulated phone is not measured.
func heard(l practice.Level) string {
	switch {
	case l.Packets == 0:
		return "was not measured"
	case l.Mean <= inaudible:
		return "silence"
	}
	return fmt.Sprintf("%.0f dB", l.Mean)
}

// inaudible is the mean level, in dB below full scale, of a line on which nobody speaks.
const inaudible = -60
