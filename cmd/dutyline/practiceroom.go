package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"dutyline/config"
	"dutyline/dutylog"
	"dutyline/recorder/archive"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/practice"
	"dutyline/telephony/probe"
	"dutyline/web"
)

// practiceAccounts are the logins of the practice line, the officer's first.
func practiceAccounts() []dutylog.Account {
	return []dutylog.Account{
		{Login: "officer", Name: "王值班", Role: dutylog.Officer},
		{Login: "chief", Name: "周科长", Role: dutylog.Chief},
		{Login: "leader", Name: "李带班", Role: dutylog.Leader},
		{Login: "supervisor", Name: "赵督查", Role: dutylog.Supervisor},
		{Login: "auditor", Name: "钱审计", Role: dutylog.Auditor},
		{Login: "admin", Name: "管理员", Role: dutylog.Admin},
		{Login: "reader", Name: "沈河区应急局", Role: dutylog.Reader, Unit: "沈河区应急局"},
		{Login: "officer2", Name: "李值班", Role: dutylog.Officer}, // to whom the first one hands over
	}
}

// config is what a daemon beside this Asterisk is told.
func (r *practiceRun) config(sw asterisk.Settings) config.Config {
	c := config.Default()
	c.Roster.Watch = false           // the practice roster ends in four weeks, and nobody files it
	c.Health.RosteredOfficer = false // one login stands for every officer of the roster
	in := func(name string) string { return filepath.Join(r.flags.dir, name) }
	c.Site.Name = "演练值班室"
	c.Lines = []config.Line{{Name: "duty", Number: practiceNumber,
		Endpoints: []string{"PJSIP/" + sw.DutyUser}, Trunks: []string{"PJSIP/" + sw.Trunk}}}
	c.ARI = config.ARI{URL: sw.ARI(), User: sw.ARIUser, Password: sw.ARIPassword}
	c.Log.File, c.Archive.Folder = in("log.db"), in("recordings")
	c.Journal.File = sw.Journal()
	c.Tape.Folder, c.Tape.MaxMB = in("tape"), 256
	c.Tests.SecondLine = probe.Config{Server: r.ports.trunk(), Number: practiceSecondNumber} // the practice line is its own carrier
	c.Retain.RequireBackup = false                                                           // nobody backs up what is only practised
	c.Web.Listen, c.Web.TLSFolder = r.ports.page, in("tls")
	c.Web.TLSNames = []string{"localhost", "127.0.0.1"}
	return c
}

// furnish gives a new practice room its accounts, directory and roster; an old one keeps
// what people changed.
func (r *practiceRun) furnish(ctx context.Context, a *app) error {
	for _, account := range practiceAccounts() {
		if err := r.furnishAccount(ctx, a, account); err != nil {
			return err
		}
	}
	known, err := a.log.DirectoryRevision(ctx)
	if err != nil {
		return err
	}
	if known == 0 {
		contacts, err := dutylog.PracticeDirectory(a.cfg.Site.AreaCode)
		if err != nil {
			return err
		}
		if err := a.log.ReplaceDirectory(ctx, contacts, dutylog.SystemActor()); err != nil {
			return err
		}
	}
	now := time.Now()
	onDuty, err := a.log.OnDuty(ctx, now)
	if err != nil || len(onDuty) > 0 {
		return err
	}
	people, err := a.log.RosterPeople(ctx)
	if err != nil {
		return err
	}
	for _, p := range dutylog.PracticePeople() {
		if was := dutylog.PersonNamed(people, p.Name); was != nil {
			p.Version = was.Version
		}
		if err := a.log.SavePerson(ctx, p, dutylog.SystemActor()); err != nil {
			return err
		}
	}
	return a.log.ReplaceRoster(ctx, dutylog.PracticeRoster(now, a.cfg.Site.Location()))
}

func (r *practiceRun) furnishAccount(ctx context.Context, a *app, account dutylog.Account) error {
	password := r.secret.password(account.Login)
	known, err := a.log.Account(ctx, account.Login)
	switch {
	case errors.Is(err, dutylog.ErrNotFound):
		if password == "" {
			password = asterisk.NewPassword()
		}
		account.PasswordHash, account.CreatedAt = web.HashPassword(password), time.Now()
		err = a.log.AddAccount(ctx, account)
	case err != nil:
	case password == "" || !web.CheckPassword(known.PasswordHash, password):
		password = asterisk.NewPassword()
		err = a.log.SetPassword(ctx, account.Login, web.HashPassword(password), false)
	}
	r.users = append(r.users, practiceUser{Name: account.Login, Password: password, Role: string(account.Role)})
	return err
}

// announce waits until everything answers, writes practice.json and says how to begin.
func (r *practiceRun) announce(ctx context.Context, a *app, sw asterisk.Settings, line *practice.Line) error {
	select {
	case <-ctx.Done():
		return nil
	case <-line.Ready():
	}
	if err := waitConnected(ctx, a); err != nil {
		return stoppedEarly(ctx, err)
	}
	p := practiceFile{URL: a.URL(), Users: r.users, SIP: practiceSIP{
		Address: reachable(sw.SIPAddress),
		Duty:    practiceDuty{User: sw.DutyUser, Password: sw.DutyPassword},
		Trunk:   practiceTrunk{Address: r.ports.trunk(), Number: practiceNumber},
	}}
	if err := p.write(r.file()); err != nil {
		return err
	}
	r.banner(a, p)
	<-ctx.Done()
	r.say("stopping")
	return nil
}

// reachable is an address as a program on this machine reaches it: "all addresses" is none.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return address
}

// waitConnected waits until the daemon sees the switch.
func waitConnected(ctx context.Context, a *app) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !a.sw.Status().Connected {
		select {
		case <-ctx.Done():
			return fmt.Errorf("the daemon does not see Asterisk: %s", a.sw.Status().Detail)
		case <-tick.C:
		}
	}
	return nil
}

// duties says what each login is for.
var duties = map[dutylog.Role]string{
	dutylog.Officer:    "值班员 writes the log",
	dutylog.Chief:      "值班科长 reads and writes it",
	dutylog.Leader:     "带班领导 reads and writes it",
	dutylog.Supervisor: "督查 reads it, listens, marks spot checks",
	dutylog.Auditor:    "审计 reads everything, changes nothing",
	dutylog.Admin:      "管理员 sees lines and calls; logins: dutyline user",
	dutylog.Reader:     "查阅 sees the entries of its unit only",
}

func (r *practiceRun) banner(a *app, p practiceFile) {
	var b strings.Builder
	fmt.Fprintf(&b, "\n  值班台 page      %s\n", p.URL)
	for _, u := range p.Users {
		fmt.Fprintf(&b, "  log in as       %-11s password %s  %s\n", u.Name, u.Password, duties[dutylog.Role(u.Role)])
	}
	fmt.Fprintf(&b, "\n  duty phone      register at %s (UDP) as user %s, password %s\n", r.ports.sip, p.SIP.Duty.User, p.SIP.Duty.Password)
	if r.ports.sip != p.SIP.Address {
		fmt.Fprintf(&b, "                  (that is: at any address of this machine)\n")
	}
	fmt.Fprintf(&b, "                  a real phone that registers takes the simulated phone's place\n")
	fmt.Fprintf(&b, "  call it         sip:%s@%s from any SIP program on this machine, or\n", p.SIP.Trunk.Number, p.SIP.Trunk.Address)
	fmt.Fprintf(&b, "                  %s simulate call --from 02422730001 --name 沈河区应急局 --answer-after 7s --talk 20s\n", os.Args[0])
	if err := a.keys.Err(); err != nil {
		fmt.Fprintf(&b, "  录音密钥 key     %v\n", err)
	} else {
		fmt.Fprintf(&b, "  录音密钥 key     %s, fingerprint %s: without it no recording can be opened\n",
			filepath.Join(a.cfg.KeysFolder(), archive.KeyFile), a.keys.Fingerprint())
	}
	if err := a.signer.Fault(); err != nil {
		fmt.Fprintf(&b, "  日志签名 proof   %v\n", err)
	} else {
		fmt.Fprintf(&b, "  日志签名 proof   signed by the key of fingerprint %s: file it\n", a.signer.key.Fingerprint())
	}
	fmt.Fprintf(&b, "  commands        verify, exhibit, checkpoint, doctor ... --config %s\n", r.configFile())
	fmt.Fprintf(&b, "  yours 自行添加   channels, chain and rules of alerts: %s, read at each start (docs/alerts.md)\n", r.ownFile())
	fmt.Fprintf(&b, "  kept in         %s (log %s)\n", r.flags.dir, filepath.Join(r.flags.dir, "log", "daemon.log"))
	fmt.Fprintf(&b, "\nready: press Ctrl-C to stop everything\n")
	fmt.Fprint(r.out, b.String())
}
