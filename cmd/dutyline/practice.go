package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"dutyline/dutylog"
	"dutyline/telephony"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/practice"
	"dutyline/web"
)

// practiceFlags are the settings of make run.
type practiceFlags struct {
	dir, templates, asterisk, listen, programme string
	httpPort, sipPort                           int
	pace                                        time.Duration
}

func newPracticeCommand() *cobra.Command {
	var f practiceFlags
	cmd := &cobra.Command{
		Use:   "practice",
		Short: "Run the whole product with a private Asterisk and simulated calls (make run)",
		Args:  cobra.NoArgs,
		RunE: untilStopped(func(ctx context.Context, cmd *cobra.Command, _ []string) error {
			return runPractice(ctx, f, cmd.OutOrStdout())
		}, syscall.SIGHUP),
	}
	flags := cmd.Flags()
	flags.StringVar(&f.dir, "var", "var", "folder for everything that is kept")
	flags.StringVar(&f.templates, "templates", "deploy/asterisk", "folder of Asterisk's configuration templates")
	flags.StringVar(&f.asterisk, "asterisk", "", "Asterisk program (default: VAR/asterisk/bin/asterisk)")
	flags.StringVar(&f.listen, "listen", "127.0.0.1", "address on which SIP, RTP and the page listen")
	flags.IntVar(&f.httpPort, "http-port", 8480, "port of the page; 0 takes a free one")
	flags.IntVar(&f.sipPort, "sip-port", 5160, "port of SIP; 0 takes free ones for SIP, RTP and ARI")
	flags.StringVar(&f.programme, "programme", "on", "simulated calls by themselves: on or off")
	flags.DurationVar(&f.pace, "pace", 20*time.Second, "the shortest pause between simulated calls, the longest is twice that")
	return cmd
}

// practiceRun is one run of make run.
type practiceRun struct {
	flags  practiceFlags
	out    io.Writer
	logger *slog.Logger
	lock   *os.File
	ports  practicePorts
	secret practiceFile // what an earlier run left: passwords stay the same
	users  []practiceUser
	aside  bool // a real phone has the simulated one's place; only the phone's own notes touch it
}

// runPractice starts switch, daemon and practice line, in this order, and stops them in the
// reverse one when ctx ends. It leaves no process.
func runPractice(ctx context.Context, f practiceFlags, out io.Writer) error {
	r, err := newPracticeRun(f, out)
	if err != nil {
		return err
	}
	defer r.lock.Close()
	r.say("starting Asterisk")
	sw, err := asterisk.Start(ctx, r.switchSettings())
	if err != nil {
		return stoppedEarly(ctx, addressHelp(err, f.listen))
	}
	keeper := newSwitchKeeper(sw, r.say, r.logger)
	defer keeper.stop()
	r.say("starting the duty log and the page")
	return r.serve(ctx, sw.Settings, keeper)
}

// absolute makes the folders independent of where another program is started in.
func (f *practiceFlags) absolute() error {
	for _, p := range []*string{&f.dir, &f.templates, &f.asterisk} {
		if *p == "" {
			continue
		}
		abs, err := filepath.Abs(*p)
		if err != nil {
			return fmt.Errorf("folder %s: %w", *p, err)
		}
		*p = abs
	}
	return nil
}

// addressHelp adds what make run offers when an address cannot be opened.
func addressHelp(err error, listen string) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%w (make run HTTP_PORT=0 SIP_PORT=0 takes free ports everywhere)", err)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("%s is no address of this machine; ip -4 addr lists them: %w", listen, err)
	}
	return err
}

// stoppedEarly makes Ctrl-C during the start no fault.
func stoppedEarly(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// newPracticeRun checks the flags, takes the folder for itself and finds the ports.
func newPracticeRun(f practiceFlags, out io.Writer) (*practiceRun, error) {
	if f.programme != "on" && f.programme != "off" {
		return nil, fmt.Errorf("programme %q: use on or off", f.programme)
	}
	if err := f.absolute(); err != nil {
		return nil, err
	}
	if f.asterisk == "" {
		f.asterisk = filepath.Join(f.dir, "asterisk", "bin", "asterisk")
	}
	if _, err := os.Stat(filepath.Join(f.templates, "pjsip.conf.tmpl")); err != nil {
		return nil, fmt.Errorf("no Asterisk templates in %s: start it in the project's folder, or name them with --templates", f.templates)
	}
	if err := os.MkdirAll(filepath.Join(f.dir, "log"), 0o700); err != nil {
		return nil, fmt.Errorf("make %s: %w; choose a folder you may write to with --var", f.dir, err)
	}
	r := &practiceRun{flags: f, out: out}
	var err error
	if r.lock, err = lockFolder(f.dir); err != nil {
		return nil, err
	}
	log, err := os.OpenFile(filepath.Join(f.dir, "log", "daemon.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the daemon's log: %w", err), r.lock.Close())
	}
	r.logger = newLogger(log)
	if r.secret, err = readPracticeFile(r.file()); err != nil {
		return nil, errors.Join(err, r.lock.Close())
	}
	if r.ports, err = choosePorts(f); err != nil {
		return nil, errors.Join(err, r.lock.Close())
	}
	return r, nil
}

// lockFolder makes sure that one practice line runs per folder; the lock goes with the process.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "practice.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("a practice line already runs in %s: stop it first (Ctrl-C where it runs), or choose another folder with make run VAR=...", dir)
	}
	return f, nil
}

func (r *practiceRun) say(format string, args ...any) {
	fmt.Fprintf(r.out, "dutyline: "+format+"\n", args...)
}

// file is where other programs find the addresses and passwords of this run.
func (r *practiceRun) file() string { return filepath.Join(r.flags.dir, "practice.json") }

func (r *practiceRun) switchSettings() asterisk.Settings {
	return asterisk.Settings{
		Binary: r.flags.asterisk, Dir: filepath.Join(r.flags.dir, "run"), Templates: os.DirFS(r.flags.templates),
		SystemName: "practice", SIPAddress: r.ports.sip, HTTPAddress: r.ports.ari,
		RTPFrom: r.ports.rtpFrom, RTPTo: r.ports.rtpTo,
		DutyPassword: r.secret.SIP.Duty.Password, TrunkContact: "sip:" + r.ports.farEnd, TrunkTone: true, Number: practiceNumber,
	}
}

// serve runs daemon and practice line until ctx ends.
func (r *practiceRun) serve(ctx context.Context, sw asterisk.Settings, keeper *switchKeeper) error {
	var a *app // from its start on, it asks the switch how it sees the phone
	line, err := r.newLine(sw, func(ctx context.Context) (telephony.Endpoint, error) {
		return a.sw.Endpoint(ctx, "PJSIP/"+sw.DutyUser)
	})
	if err != nil {
		return err
	}
	cfg, err := r.withOwn(r.config(sw))
	if err != nil {
		return err
	}
	a, err = newApp(ctx, cfg, r.logger, placer{line})
	if err != nil {
		return stoppedEarly(ctx, err)
	}
	if err := r.furnish(ctx, a); err != nil {
		a.close()
		return stoppedEarly(ctx, err)
	}
	return runParts(ctx, r.logger,
		part{name: "daemon", run: a.Run, grace: 30 * time.Second},
		part{name: "practice line", run: line.Run, grace: 10 * time.Second},
		part{name: "asterisk", run: keeper.Run, grace: 20 * time.Second},
		part{name: "banner", run: func(ctx context.Context) error { return r.announce(ctx, a, sw, line) }},
	)
}

func (r *practiceRun) newLine(sw asterisk.Settings, see func(context.Context) (telephony.Endpoint, error)) (*practice.Line, error) {
	return practice.New(practice.Config{
		SIPAddress: r.ports.sip, DutyUser: sw.DutyUser, DutyPassword: sw.DutyPassword,
		TrunkAddress: r.ports.trunk(), Number: practiceNumber, TestNumber: practiceSecondNumber, FarEndAddress: r.ports.farEnd,
		CacheDir: filepath.Join(r.flags.dir, "speech"), Socket: filepath.Join(r.flags.dir, "practice.sock"),
		Programme: r.flags.programme == "on", Seed: uint64(time.Now().UnixNano()), Pause: r.flags.pace, Log: r.logger,
		SeePhone: see, OnNote: r.tellPhone,
	})
}

// tellPhone says in the terminal when a real phone takes the simulated one's place, and when
// that one comes back.
func (r *practiceRun) tellPhone(n practice.Note) {
	if n.Kind == practice.PhoneAside || n.Kind == practice.PhoneRegistered && r.aside {
		r.say("%s", n.Text)
		r.aside = n.Kind == practice.PhoneAside
	}
}

// placer lets the page place calls on the practice line.
type placer struct{ line *practice.Line }

// Place implements web.Practice.
func (p placer) Place(ctx context.Context, c web.PracticeCall) error {
	return placing(p.line.Place(ctx, practiceCall(c)))
}

// placing tells what was asked for from what the switch could not do.
func placing(err error) error {
	var plan *practice.PlanError
	if errors.As(err, &plan) {
		return &dutylog.InvalidError{Field: plan.Part, Reason: plan.Reason}
	}
	return err
}

func practiceCall(c web.PracticeCall) practice.Call {
	call := practice.Call{From: c.From, Name: c.Name, Anonymous: c.From == "", Talk: practice.DefaultTalk}
	if c.Talk != nil {
		call.Talk = *c.Talk
	}
	if c.AnswerAfter != nil {
		call.AnswerAfter = *c.AnswerAfter
	} else {
		call.Does, call.GiveUpAfter = practice.NeverAnswer, 30*time.Second
	}
	return call
}
