package config

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/recorder"
	"dutyline/telephony"
)

var (
	lineName     = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,31}$`)
	endpointName = regexp.MustCompile(`^[A-Za-z0-9]+/[A-Za-z0-9_.-]+$`)
	areaCode     = regexp.MustCompile(`^0[1-9][0-9]{1,2}$`)
)

func (c *Config) check(f *Faults) {
	c.checkLines(f)
	if _, err := time.LoadLocation(c.Site.TimeZone); err != nil {
		f.add("site.time_zone", "%q is no known time zone; use a name such as Asia/Shanghai", c.Site.TimeZone)
	}
	if d := c.Site.ContactsStaleDays; d < 1 || d > 3650 {
		f.add("site.contacts_stale_days", "%d is not between 1 and 3650 days; 180 is usual", d)
	}
	if _, err := time.LoadLocation(c.Journal.TimeZone); err != nil {
		f.add("journal.time_zone", "%q is no known time zone; use a name such as Asia/Shanghai, or leave it empty", c.Journal.TimeZone)
	}
	if u, err := url.Parse(c.ARI.URL); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		f.add("ari.url", "%q is no address of an ARI; write for instance http://127.0.0.1:8088/ari", c.ARI.URL)
	}
	if c.ARI.User == "" {
		f.add("ari.user", "is missing; name the user of ari.conf")
	}
	if by := c.RecordedBy(); by != recorder.ByDialplan && by != recorder.BySnoop {
		f.add("recording.by", "%q is unknown; use dialplan, which records without this daemon, or snoop", c.Record.By)
	}
	c.checkPlaces(f)
	c.checkChannels(f)
	c.checkHealth(f)
	c.checkTests(f)
	c.checkRoster(f)
	c.checkIncidents(f)
	if d, officer := c.Figures.FreezeAfter, c.Review.OfficerDays; d > 40 {
		f.add("figures.freeze_after", "is %d working days; write at most 40, usually %d", d, dutylog.FreezeAfter)
	} else if d <= officer {
		f.add("figures.freeze_after", "is %d working days, and review.officer_days %d: the supervisor decides when the officer's days are over, so leave at least one more; write %d or more, usually %d", d, officer, officer+1, officer+dutylog.UsualSupervisorDays)
	}
	if a := c.Handover.Allowance; a < 0 || a > dutylog.LongestAllowance {
		f.add("handover.allowance", "is %s; give 0s to 12h, usually 15m", a)
	}
	if d := c.Review.OfficerDays; d < 1 || d > 30 {
		f.add("review.officer_days", "is %d; give 1 to 30 working days, usually 3", d)
	}
	if _, err := c.Assess.Persons().Check(); err != nil {
		f.add("assessment", "%v", err)
	}
	if a := c.SIP.Address; a != "" {
		if host, _, err := net.SplitHostPort(a); err != nil || net.ParseIP(host) == nil {
			f.add("sip.address", "%q is no address with a port; write for instance 127.0.0.1:9060, as capture_address in hep.conf", a)
		}
	}
}

func (c *Config) checkPlaces(f *Faults) {
	for _, place := range [][2]string{{"log.file", c.Log.File}, {"archive.folder", c.Archive.Folder}, {"tape.folder", c.Tape.Folder}} {
		if place[1] == "" {
			f.add(place[0], "is missing; name a place the daemon may write to")
		}
	}
	if c.Keys.EscrowRecipient != "" {
		if _, err := age.ParseX25519Recipient(c.Keys.EscrowRecipient); err != nil {
			f.add("keys.escrow_recipient", "is no public key of age (age1…); make a pair with age-keygen on another machine and write its public key here")
		}
	}
	if c.Disk.ReserveMB < 16 {
		f.add("disk.reserve_mb", "is %d; leave at least 16 MB to the duty log", c.Disk.ReserveMB)
	}
	if c.Disk.WarnDays < 1 {
		f.add("disk.warn_days", "is %d; say it at least 1 day before", c.Disk.WarnDays)
	}
	for _, days := range []struct {
		key  string
		days int
	}{{"recordings", c.Retain.Recordings}, {"attachments", c.Retain.Attachments}, {"tape", c.Retain.Tape}, {"journal", c.Retain.Journal}} {
		if days.days < 0 {
			f.add("retention."+days.key, "is %d days; write 0 to keep everything", days.days)
		}
	}
	if c.Tape.MaxMB < 16 {
		f.add("tape.max_mb", "is %d; allow at least 16", c.Tape.MaxMB)
	}
	if c.Proof.CheckpointEvery < time.Minute {
		f.add("evidence.checkpoint_every", "is %s; sign at most once a minute, usually 1h", c.Proof.CheckpointEvery)
	}
	if to := c.Proof.SendTo; to != "" && !filepath.IsAbs(to) {
		if u, err := url.Parse(to); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
			f.add("evidence.send_to", "%q is neither a folder nor an address; write for instance /mnt/archive/checkpoints or https://host/path", to)
		}
	}
	if _, _, err := net.SplitHostPort(c.Web.Listen); err != nil {
		f.add("web.listen", "%q is no address with a port; write for instance 127.0.0.1:8480", c.Web.Listen)
	}
	if (c.Web.TLSCert == "") != (c.Web.TLSKey == "") {
		f.add("web.tls_cert", "needs web.tls_key beside it; give both or neither")
	}
	if l := c.Web.LockAfter; l != 0 && l < time.Minute {
		f.add("web.lock_after", "is %s; write at least 1m, or 0 where pages never lock", l)
	}
	if c.Web.SessionIdle < time.Minute || c.Web.SessionMax < c.Web.SessionIdle {
		f.add("web.session_idle", "is %s and web.session_max %s; idle must be at least 1m and not above max", c.Web.SessionIdle, c.Web.SessionMax)
	}
}

var codeStyles = []string{alerts.ExchangeStyle, alerts.MobileStyle, alerts.PBXStyle}

func checkCodes(f *Faults, at string, l Line) {
	for _, style := range l.Codes.Without {
		if !slices.Contains(codeStyles, style) {
			f.add(at+".without", "%q is unknown; use exchange, mobile or pbx", style)
		}
	}
	if _, err := l.codesOver(alerts.ShippedCodes()); err != nil {
		f.add(at+".own", "%s", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
}

func (c *Config) checkLines(f *Faults) {
	if !areaCode.MatchString(c.Site.AreaCode) {
		f.add("site.area_code", "%q is no area code; write it with its leading 0, for instance \"024\" in quotes", c.Site.AreaCode)
	}
	if len(c.Lines) == 0 {
		f.add("lines", "is empty; describe at least one duty line")
	}
	names, owners := map[string]bool{}, map[string]string{}
	for i, l := range c.Lines {
		at := fmt.Sprintf("lines[%d]", i)
		if !lineName.MatchString(l.Name) {
			f.add(at+".name", "%q must be 1 to 32 of a-z, 0-9, _ and -", l.Name)
		}
		if names[l.Name] {
			f.add(at+".name", "%q is there twice; each line needs its own name", l.Name)
		}
		names[l.Name] = true
		checkEndpoints(f, at, l, owners)
		checkCodes(f, at+".codes", l)
		c.checkChain(f, at, l)
		if !slices.Contains([]string{"", "sip", "polarity", "none"}, l.Supervision) {
			f.add(at+".supervision", "%q is unknown; use sip, polarity or none", l.Supervision)
		}
		if err := l.rule().Validate(); err != nil {
			f.add(at+".rule", "%v", err)
		}
	}
}

func checkEndpoints(f *Faults, at string, l Line, owners map[string]string) {
	if len(l.Endpoints) == 0 {
		f.add(at+".endpoints", "is empty; name the duty phone, for instance PJSIP/duty")
	}
	if len(l.Trunks) == 0 {
		f.add(at+".trunks", "is empty; name where calls come from, for instance PJSIP/trunk")
	}
	checkNames(f, at+".endpoints", l.Endpoints)
	checkNames(f, at+".trunks", l.Trunks)
	for _, e := range l.Endpoints {
		if other, taken := owners[e]; taken {
			f.add(at+".endpoints", "%s belongs to line %q already; a phone serves one line", e, other)
		}
		owners[e] = l.Name
		if slices.Contains(l.Trunks, e) {
			f.add(at+".trunks", "%s is the duty phone of this line; it cannot be its trunk", e)
		}
	}
}

func checkNames(f *Faults, at string, names []string) {
	for _, e := range names {
		if !endpointName.MatchString(e) {
			f.add(at, "%q is no endpoint; write technology and name, for instance PJSIP/duty", e)
		}
	}
}

func (l Line) rule() telephony.Rule {
	r := telephony.DefaultRule()
	set(&r.On, l.Rule.On)
	set(&r.Off, l.Rule.Off)
	set(&r.Limit, l.Rule.Limit)
	set(&r.Offset, l.Rule.Offset)
	set(&r.Uncertainty, l.Rule.Uncertainty)
	return r
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// TelephonyLines are the lines in the words of the tracker.
func (c Config) TelephonyLines() []telephony.Line {
	lines := make([]telephony.Line, 0, len(c.Lines))
	for _, l := range c.Lines {
		s := telephony.Supervision(l.Supervision)
		if s == "" {
			s = telephony.SupervisionSIP
		}
		lines = append(lines, telephony.Line{
			Name: l.Name, Number: l.Number, Endpoints: l.Endpoints, Trunks: l.Trunks,
			AreaCode: c.Site.AreaCode, Rule: l.rule(), Supervision: s,
		})
	}
	return lines
}
