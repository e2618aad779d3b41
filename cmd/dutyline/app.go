package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"dutyline/config"
	"dutyline/dutylog"
	docx "dutyline/dutylog/document"
	"dutyline/dutylog/sheet"
	"dutyline/dutylog/sqlite"
	"dutyline/dutylog/workbook"
	"dutyline/recorder"
	"dutyline/recorder/archive"
	"dutyline/telephony"
	"dutyline/telephony/ari"
	"dutyline/telephony/cel"
	"dutyline/telephony/tape"
	"dutyline/web"
)

// app is the daemon: everything wired together, nothing decided here. A call flows
//
//	ari ─▶ watcher (tape, tracker) ─▶ committer ─▶ duty log ─▶ web
//	                                                   └▶ collector ─▶ archive
type app struct {
	cfg       config.Config
	rules     *ruleBook
	senders   senders
	escalator *escalator
	duties    *escalator // the same for what the duty room is late with
	calendar  *logCalendar
	channels  *channelDesk
	index     *sqlite.Index // nil: entries cannot be searched
	logger    *slog.Logger
	clock     *clock
	registry  *prometheus.Registry
	lock      *os.File // held as long as the daemon runs on the log
	log       *sqlite.DB
	keys      *archive.Keys
	keyMade   bool // at this start
	proofMade bool // the key that signs checkpoints was made at this start
	archive   *archive.Archive
	signer    *checkpointer
	accesses  *accessKeeper
	sw        *ari.Client
	committer *committer
	logCheck  *logCheck
	watcher   *watcher
	auditor   *auditor
	prober    *prober
	backs     *callBacker
	steps     *clockWatch
	collector *recorder.Collector
	snooper   *snooper       // nil where the dialplan records
	vault     *archive.Vault // of attached files
	ledger    *reconciler
	keeper    *keeper
	journal   *journalist // nil where no journal is configured
	tail      *cel.Tail
	beat      *heartbeat
	lamps     *lampKeeper
	roster    *rosterKeeper
	figures   *figureKeeper
	scoring   *scoreBook
	suspector *suspector
	presence  *web.Presence
	sighted   firstSight
	verifier  *verifier // for whoever asks on the page
	deadman   *deadman  // tells another machine that we watch
	page      http.Handler
	listener  net.Listener
}

// newApp opens everything that can be wrong at start and says so; nothing runs yet.
// practice is nil in production.
func newApp(ctx context.Context, cfg config.Config, logger *slog.Logger, practice web.Practice) (*app, error) {
	a := &app{cfg: cfg, logger: logger, clock: newClock(), registry: prometheus.NewRegistry(), sighted: newFirstSight()}
	a.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	steps := []func(context.Context) error{a.open, a.wire, a.resume, a.listen}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			a.close()
			return nil, err
		}
	}
	a.verifier = newVerifier(verifyRun{db: cfg.Log.File, archive: cfg.Archive.Folder, key: cfg.EvidenceKey()}, a.clock.Now)
	a.page = web.New(web.Deps{
		Log: a.log, Alerts: a.log, Recordings: a.archive, Sessions: a.log.Sessions(), Lines: cfg.TelephonyLines(),
		Tests: a.prober, CallBacks: a.backs, Practice: practice, Health: func() web.Health { return a.health(practice != nil) }, Unlogged: a.committer.unlogged.Now,
		Metrics: a.registry, Registerer: a.registry, Now: a.clock.Now, SwitchNow: a.watcher.SwitchNow, Logger: logger, Version: version,
		Zone: cfg.Site.Location(), Roster: cfg.RosterRule(), Search: a.searcher(), Audit: a.accesses.Add, Unsigned: a.signer.Fault, Verify: a.verifier, Channels: a.channels, AlertCalls: a.alertCalls(), Lamps: a.lamps.Of, Presence: a.presence,
		Reconcile: a.ledger.Now, Ledger: a.ledger.State, Calendar: a.calendar, DutyChanged: a.duties.ClockSet, Allowance: cfg.Handover.Allowance, OfficerDays: cfg.Review.OfficerDays, Journal: switchRows(cfg.Journal), Schedule: scheduleOf(cfg, a.rules),
		Scoring: a.scoring.Rules, Responsible: cfg.Assess.Persons(),
		Vault: a.vault, Sheets: web.Sheets{Unit: cfg.Site.Name, Zone: cfg.Site.Location(), Workbook: workbook.Write, Document: docx.Filler(cfg.Site.ReportTemplate), Read: sheet.Read},
		Directory: directoryOf(cfg.Site),
		Secure:    cfg.Web.Secure(), SessionIdle: cfg.Web.SessionIdle, SessionMax: cfg.Web.SessionMax, LockAfter: cfg.Web.LockAfter, MetricsToken: cfg.Web.MetricsToken,
	})
	return a, nil
}

// open makes the folders and opens the duty log and the archive.
func (a *app) open(ctx context.Context) error {
	for _, folder := range a.cfg.DataFolders() {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return fmt.Errorf("make data folder: %w; create it and give it to the daemon's user", err)
		}
	}
	var err error
	if a.lock, err = lockLog(a.cfg.Log.File); err != nil {
		return err
	}
	if a.log, err = sqlite.Open(ctx, a.cfg.Log.File, sqlite.Options{Location: a.cfg.Site.Location(), Now: a.clock.Now, Plan: a.cfg.AlertPlan(), Roster: a.cfg.RosterRule(), Allowance: a.cfg.Handover.Allowance,
		Registerer: a.registry, Lines: lineNames(a.cfg.TelephonyLines())}); err != nil {
		return err
	}
	a.lookAtBeginning(ctx)
	if err := errors.Join(a.log.SeedTasks(ctx), a.log.SeedPhrases(ctx)); err != nil {
		return err
	}
	if a.index, err = a.log.OpenIndex(ctx); err != nil {
		a.logger.Error("entries cannot be searched", "err", err)
	}
	if a.keys, a.keyMade, err = openKeys(ctx, a.cfg, a.log, a.logger); err != nil {
		return err
	}
	if err := a.openEvidence(ctx); err != nil {
		return err
	}
	room := archive.Options{Keys: a.keys, Reserve: uint64(a.cfg.Disk.ReserveMB) << 20}
	if a.vault, err = archive.OpenVault(attachmentsBeside(a.cfg.Log.File), room); err != nil {
		return err
	}
	a.archive, err = archive.New(a.cfg.Archive.Folder, room, a.log, a.registry)
	return err
}

// openEvidence finds the key that signs, and records the rules by which calls are judged from
// now on. Without the key the daemon watches and logs all the same.
func (a *app) openEvidence(ctx context.Context) error {
	a.signer = &checkpointer{log: a.log, every: a.cfg.Proof.CheckpointEvery, sendTo: a.cfg.Proof.SendTo, logger: a.logger, now: a.clock.Now}
	a.signer.key, a.proofMade, a.signer.keyErr = openEvidenceKey(ctx, a.cfg.EvidenceKey(), a.log)
	return a.log.NoteRules(ctx, a.cfg.TelephonyLines(), a.cfg.Saved, a.clock.Now())
}

// wire connects the parts; data flows in one direction.
func (a *app) wire(context.Context) error {
	lines := a.cfg.TelephonyLines()
	a.rules = newRuleBook(a.cfg, a.log, a.clock.Now, a.logger)
	eye := ariConfig(a.cfg, a.logger)
	eye.Now, eye.Uptime = a.clock.Now, a.clock.Uptime
	a.sw = ari.New(eye, a.registry)
	a.committer = newCommitter(a.log, a.rules.Judge, filepath.Join(filepath.Dir(a.cfg.Log.File), "refused-changes.jsonl"), a.logger)
	measure(a.committer, lines, a.registry)
	a.accesses = newAccessKeeper(a.log, a.logger)
	a.logCheck = &logCheck{log: a.log, logger: a.logger}
	box := tape.NewWriter(tapeFolder(a.cfg.Tape.Folder), tape.Policy{MaxBytes: int64(a.cfg.Tape.MaxMB) << 20})
	a.watcher = newWatcher(lines, newTapeQueue(box), a.tell, a.logger)
	a.wireProber(lines)
	a.backs = newCallBacker(lines, a.sw, a.clock.Now, a.logger)
	a.watcher.clock = a.clock
	a.watcher.sip = newSIPView(a.cfg, a.watcher.homes, a.clock.Now, a.clock.Uptime, a.registry, a.logger)
	a.auditor = newAuditor(a.sw, lines, a.watcher.send, a.logger)
	a.auditor.now, a.auditor.up = a.watcher.SwitchNow, a.clock.Uptime
	a.watcher.audit = a.auditor.Ask
	a.collector = &recorder.Collector{Store: a.log, Switch: a.sw, Archive: a.archive, Now: a.clock.Now, Uptime: a.clock.Uptime, Wake: a.log.WakeDue, Log: a.logger}
	a.wireSnooper()
	a.ledger = newReconciler(a.log, a.archive, a.sw, a.clock.Now, a.logger)
	a.watcher.seen = func() { a.sighted.here(); a.collector.Hurry(); a.ledger.Seen() }
	kept := &data{cfg: a.cfg, log: a.log, keys: a.keys, archive: a.archive, vault: a.vault}
	a.keeper = &keeper{log: a.log, expirer: kept.expirer(dutylog.SystemActor(), a.logger), growth: growthOf(a.cfg),
		reserve: int64(a.cfg.Disk.ReserveMB) << 20, warn: a.cfg.Disk.WarnDays, space: spaceOn, hurry: a.collector.Hurry, logger: a.logger, now: a.clock.Now, trusted: a.clock.Trusted}
	a.keeper.expirer.now = a.clock.Now
	a.steps = &clockWatch{clock: a.clock, lines: lines, logger: a.logger, told: func() { a.collector.Hurry(); a.auditor.Ask(); a.escalator.ClockSet(); a.duties.ClockSet() }}
	a.auditor.also = a.steps.Faults
	late := &deadlines{log: a.log, alerts: a.rules, within: a.cfg.Deadlines(), now: a.watcher.SwitchNow}
	a.escalator = newEscalator(a.log, late, a.clock.Now, a.logger)
	incidents := &incidentKeeper{log: a.log, alerts: a.rules, line: lines[0].Name, now: a.watcher.SwitchNow}
	a.escalator.advance = incidents.before(a.escalator.advance)
	a.calendar = &logCalendar{log: a.log, now: a.clock.Now, logger: a.logger}
	a.wireDuties(lines)
	a.wireJournal(lines)
	a.wireLamps(lines)
	a.roster = &rosterKeeper{log: a.log, alerts: a.rules, watch: a.cfg.RosterWatch(), off: !a.cfg.Roster.Watch, line: lines[0].Name, now: a.clock.Now, logger: a.logger}
	a.figures = &figureKeeper{log: a.log, calendar: a.calendar.current, workdays: a.cfg.Figures.FreezeAfter, now: a.clock.Now, logger: a.logger}
	a.registry.MustRegister(&figureGauges{log: a.log, lines: lineNames(a.cfg.TelephonyLines()), zone: a.cfg.Site.Location(), allowance: a.cfg.Handover.Allowance, now: a.clock.Now, logger: a.logger})
	a.scoring = newScoreBook(a.cfg, a.log, a.clock.Now, a.logger)
	a.suspector = &suspector{log: a.log, zone: a.cfg.Site.Location(), now: a.clock.Now, logger: a.logger}
	return a.wireSenders()
}

// resume takes up where the last run stopped.
func (a *app) resume(ctx context.Context) error {
	left, err := a.log.Remainder(ctx, a.clock.Now().Add(-unsettledFor))
	if err != nil {
		return fmt.Errorf("read the calls that the last run left: %w", err)
	}
	a.nameDoubtful(left.Doubtful)
	if err := a.prober.resume(ctx); err != nil {
		return fmt.Errorf("take up the test calls of the last run: %w", err)
	}
	states, err := a.log.LineStates(ctx)
	if err != nil {
		return fmt.Errorf("read the lines' last states: %w", err)
	}
	if err := a.resumeSight(ctx, left.Unsettled); err != nil {
		return err
	}
	homes, err := a.log.Homes(ctx)
	if err != nil {
		return err
	}
	a.watcher.homes.homes = telephony.NewHomes(homes)
	if err := a.watcher.resumeCodes(ctx, a.log); err != nil { // it stops nothing else
		a.logger.Error("a service code that was refused as the last run ended cannot be told; look at the duty phone's forwarding by a test call", "err", err)
	}
	if a.snooper != nil {
		a.snooper.resume(left.Running)
	}
	a.rules.resume(left.Running)
	a.backs.Remember(left.Running)
	a.watcher.resume(left.Running, states)
	return nil
}

func (a *app) listen(ctx context.Context) (err error) {
	a.listener, err = web.Listen(ctx, a.cfg.Web)
	return err
}

// URL is the page's address.
func (a *app) URL() string { return a.cfg.Web.URL(a.listener.Addr()) }

// Run serves until ctx ends, then stops everything in reverse order.
func (a *app) Run(ctx context.Context) error {
	defer a.close()
	if a.keyMade {
		tellKey(a.cfg, a.keys, a.logger)
	}
	if a.proofMade {
		a.logger.Warn("the key that signs the log was made 已生成日志签名密钥: write its fingerprint down and file it 请抄录指纹并归档",
			"fingerprint", a.signer.key.Fingerprint(), "key", a.cfg.EvidenceKey())
	}
	return runParts(ctx, a.logger,
		part{name: "checkpoints", run: a.signer.Run}, // stops last: it signs what the others wrote
		part{name: "duty log", run: a.committer.Run, grace: 10 * time.Second},
		part{name: "accesses", run: a.accesses.Run},
		part{name: "watch", run: a.watcher.Run},
		part{name: "audit", run: a.auditor.Run},
		part{name: "sip", run: a.runSIP},
		part{name: "snooping", run: a.runSnooper},
		part{name: "sight", run: a.beat.Run},
		part{name: "journal", run: a.runJournal},
		part{name: "retention", run: a.sighted.then(a.keeper.Run), grace: 10 * time.Second},
		part{name: "reconciliation", run: a.ledger.Run},
		part{name: "log check", run: a.sighted.then(a.runLogCheck)},
		part{name: "search", run: a.sighted.then(a.runIndex)},
		part{name: "clock", run: a.steps.Run},
		part{name: "lamps", run: a.lamps.Run, grace: 10 * time.Second},
		part{name: "roster", run: a.roster.Run},
		part{name: "figures", run: a.sighted.then(a.figures.Run)},
		part{name: "scoring rules", run: a.scoring.Run},
		part{name: "suspicions", run: a.sighted.then(a.suspector.Run)},
		part{name: "heartbeat", run: a.deadman.Run, grace: 10 * time.Second},
		part{name: "rules", run: func(ctx context.Context) error { return a.rules.Run(ctx, a.watcher.SwitchNow) }},
		part{name: "alerts", run: a.senders.Run, grace: 10 * time.Second},
		part{name: "escalation", run: a.sighted.then(a.escalator.Run)},
		part{name: "duties", run: a.sighted.then(a.duties.Run)},
		part{name: "verification", run: a.verifier.Run},
		part{name: "recordings", run: a.collector.Run, grace: 10 * time.Second},
		part{name: "page", grace: 10 * time.Second, run: func(ctx context.Context) error { return web.Serve(ctx, a.listener, a.page, a.logger) }},
		part{name: "switch", run: func(ctx context.Context) error { return a.sw.Run(ctx, a.sink()) }},
		part{name: "call backs", run: a.backs.Run, grace: 10 * time.Second},
		part{name: "test calls", run: a.prober.Run, grace: 10 * time.Second}, // stops first: what it rings must not go on ringing
	)
}

// runIndex keeps the search index in step with the log.
func (a *app) runIndex(ctx context.Context) error {
	if a.index == nil {
		return waitFor(ctx)
	}
	return a.index.Run(ctx, func(err error) { a.logger.Error("new entries are found more slowly, or not at all", "err", err) })
}

// searcher is nothing where there is no index: a nil pointer in an interface would be something.
func (a *app) searcher() dutylog.Searcher {
	if a.index == nil {
		return nil
	}
	return a.index
}

func (a *app) close() {
	if a.listener != nil {
		_ = a.listener.Close() // closed already by the page, unless it never served
	}
	if a.archive != nil {
		if err := a.archive.Close(); err != nil {
			a.logger.Error("close the archive", "err", err)
		}
	}
	if a.vault != nil {
		_ = a.vault.Close() // nothing is written to its folder any more
	}
	if a.index != nil {
		_ = a.index.Close() // it is made anew when it was hurt
	}
	if a.log != nil {
		if err := a.log.Close(); err != nil {
			a.logger.Error("close the duty log", "err", err)
		}
	}
	if a.lock != nil {
		unlockLog(a.lock)
	}
}

// health gathers how the parts are.
func (a *app) health(practice bool) web.Health {
	sw := a.sw.Status()
	h := web.Health{
		Switch:   web.SwitchHealth{Connected: sw.Connected, Since: sw.Since, Detail: sw.Detail},
		Practice: practice, Version: version,
	}
	h.Log = a.logHealth()
	recordings := a.collector.Health()
	h.Recorder = web.RecorderHealth{Pending: recordings.Pending, Detail: recordings.Detail}
	h.Disk = a.keeper.Health()
	h.Journal = a.journalHealth()
	if err := a.keys.Err(); err != nil {
		h.Recorder.Detail = "recordings are neither sealed nor played: " + err.Error()
	}
	tapeFailed, malformed := a.watcher.health.read()
	h.Tape = web.TapeHealth{OK: tapeFailed == nil, Bytes: tapeFolder(a.cfg.Tape.Folder).bytes()}
	switch {
	case tapeFailed != nil:
		h.Tape.Detail = tapeFailed.Error()
	case malformed > 0:
		h.Tape.Detail = fmt.Sprintf("%d frames from the switch were no events; they are on the tape", malformed)
	}
	return h
}

// logHealth is whether the duty log takes what happens, and whether its file is sound.
func (a *app) logHealth() web.LogHealth {
	failed, waiting := a.committer.Health()
	damage := a.logCheck.Damage()
	switch {
	case waiting > 0 && failed != nil:
		return web.LogHealth{Detail: fmt.Sprintf("%d changes wait for the duty log: %v", waiting, failed)}
	case failed != nil:
		return web.LogHealth{Detail: failed.Error()}
	case damage != nil:
		return web.LogHealth{Detail: damage.Error()}
	}
	return web.LogHealth{OK: true}
}

// ariConfig is the switch's adapter as the configuration describes it.
func ariConfig(c config.Config, logger *slog.Logger) ari.Config {
	var endpoints []string
	for _, l := range c.Lines {
		endpoints = append(append(endpoints, l.Endpoints...), l.Trunks...)
	}
	slices.Sort(endpoints)
	return ari.Config{URL: c.ARI.URL, User: c.ARI.User, Password: c.ARI.Password, Endpoints: slices.Compact(endpoints), Log: logger,
		Snoops: c.RecordedBy() == recorder.BySnoop, NoJournal: c.Journal.File == "",
		Calls: slices.ContainsFunc(c.Alerts.Channels, func(ch config.Channel) bool { return ch.Phone != nil })}
}
