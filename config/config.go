// Package config reads the one configuration file, rejects what it does not know and
// reports every fault at once with its path. Only cmd reads it.
package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/viper"

	"dutyline/alerts"
	"dutyline/alerts/ping"
	"dutyline/dutylog"
	"dutyline/recorder"
	"dutyline/telephony"
	"dutyline/web"
)

// Config is everything a daemon is told. Secrets come from files or the environment.
type Config struct {
	Site    Site       `mapstructure:"site"`
	Lines   []Line     `mapstructure:"lines"`
	ARI     ARI        `mapstructure:"ari"`
	Log     Log        `mapstructure:"log"`
	Archive Archive    `mapstructure:"archive"`
	Keys    Keys       `mapstructure:"keys"`
	Record  Recording  `mapstructure:"recording"`
	Disk    Disk       `mapstructure:"disk"`
	Tape    Tape       `mapstructure:"tape"`
	Journal Journal    `mapstructure:"journal"`
	Retain  Retention  `mapstructure:"retention"`
	Proof   Evidence   `mapstructure:"evidence"`
	Web     web.Config `mapstructure:"web"`
	Alerts  Alerts     `mapstructure:"alerts"`
	SIP     SIP        `mapstructure:"sip"`

	Health    alerts.HealthRule `mapstructure:"health"`
	Heartbeat ping.Config       `mapstructure:"heartbeat"`
	Tests     Tests             `mapstructure:"tests"`
	Roster    Roster            `mapstructure:"roster"`
	Handover  Handover          `mapstructure:"handover"`
	Figures   Figures           `mapstructure:"figures"`
	Incidents Incidents         `mapstructure:"incidents"`
	Review    Review            `mapstructure:"review"`
	Assess    Assessment        `mapstructure:"assessment"`

	Saved time.Time `mapstructure:"-"` // when the file was saved that a daemon runs by; zero: not known
}

// Review is how verdicts are reviewed 复核.
type Review struct {
	OfficerDays int `mapstructure:"officer_days"` // working days in which the officer concerned has the first word
}

// Figures is how figures of the line are kept.
type Figures struct {
	FreezeAfter int `mapstructure:"freeze_after"` // working days of the next month for which a month stays open
}

// Handover is how the change of officers 交接班 is watched.
type Handover struct {
	Allowance time.Duration `mapstructure:"allowance"` // so long after a shift's end by the roster nobody is told
}

// SIP is where the switch sends copies of its SIP messages (HEP): the third eye, for what neither
// events nor journal show.
type SIP struct {
	Address string `mapstructure:"address"` // where we listen, as capture_address of hep.conf; empty: nowhere
}

// Site is where the duty room is.
type Site struct {
	Name     string `mapstructure:"name"`
	TimeZone string `mapstructure:"time_zone"` // IANA name; days and shifts are counted in it
	AreaCode string `mapstructure:"area_code"` // with its leading 0

	ReportTemplate string `mapstructure:"report_template"` // a .docx with fields in braces; empty: the shipped one

	ContactsStaleDays int `mapstructure:"contacts_stale_days"` // after which a contact of the directory is to be confirmed anew
}

// Line is one duty line; see telephony.Line.
type Line struct {
	Name        string   `mapstructure:"name"`
	Number      string   `mapstructure:"number"`
	Endpoints   []string `mapstructure:"endpoints"`
	Trunks      []string `mapstructure:"trunks"`
	Supervision string   `mapstructure:"supervision"`
	Rule        Rule     `mapstructure:"rule"`
	Codes       Codes    `mapstructure:"codes"`
	Chain       Chain    `mapstructure:"chain"`
	Quiet       Quiet    `mapstructure:"quiet"`
	// CompleteWithin is how long after the hang-up an entry may be unfinished; absent: alerts.CompleteWithin, 0: for ever.
	CompleteWithin *time.Duration `mapstructure:"complete_within"`
}

// Codes are the service codes of a line, where they are others than the shipped ones.
type Codes struct {
	Without []string `mapstructure:"without"` // styles that nobody answers here: exchange, mobile, pbx
	Own     []Code   `mapstructure:"own"`     // in place of the shipped ones that they overlap
}

// Code is one service code; see alerts.Code.
type Code struct {
	Code  string `mapstructure:"code"`
	Means string `mapstructure:"means"`
}

// codesOver is the table of a line: that of all lines with what is its own.
func (l Line) codesOver(base alerts.Codes) (alerts.Codes, error) {
	var own []alerts.Code
	for _, c := range l.Codes.Own {
		own = append(own, alerts.Code{Pattern: c.Code, Means: alerts.Meaning(c.Means), Style: "own"})
	}
	return base.Without(l.Codes.Without).With(own)
}

// Rule is a line's cadence and limit; see telephony.Rule. Absent values take the default.
type Rule struct {
	On          *time.Duration `mapstructure:"on"`
	Off         *time.Duration `mapstructure:"off"`
	Limit       *int           `mapstructure:"limit"`
	Offset      *time.Duration `mapstructure:"offset"`
	Uncertainty *time.Duration `mapstructure:"uncertainty"`
}

// ARI is how to reach the switch.
type ARI struct {
	URL          string `mapstructure:"url"` // for instance http://127.0.0.1:8088/ari
	User         string `mapstructure:"user"`
	PasswordFile string `mapstructure:"password_file"`
	Password     string `mapstructure:"-"` // from PasswordFile or DUTYLINE_ARI_PASSWORD
}

// Journal is the switch's own journal of calls (CEL, JSON lines), the second eye.
type Journal struct {
	File     string `mapstructure:"file"`      // empty: there is none, and blind intervals are stated
	TimeZone string `mapstructure:"time_zone"` // of the switch, where the journal's times carry none; empty: this machine's
}

// Location is the zone of the journal's times; call it after Load has checked it.
func (j Journal) Location() *time.Location {
	loc, err := time.LoadLocation(j.TimeZone)
	if j.TimeZone == "" || err != nil {
		return time.Local
	}
	return loc
}

// Log is where the duty log is kept.
type Log struct {
	File string `mapstructure:"file"`
}

// Archive is where sealed recordings are kept.
type Archive struct {
	Folder string `mapstructure:"folder"`
}

// Recording is who starts the recordings on the switch.
type Recording struct {
	By string `mapstructure:"by"` // dialplan or snoop; see recorder.By
}

// Keys is where the key lies that opens recordings, and who else may open them.
type Keys struct {
	Folder          string `mapstructure:"folder"`           // empty: "keys" beside the duty log
	EscrowRecipient string `mapstructure:"escrow_recipient"` // public key of age; empty: nobody else
}

// Evidence is how the duty log is proved: who signs its checkpoints, how often, and where a
// copy of them goes that nobody here can change.
type Evidence struct {
	KeyFile         string        `mapstructure:"key_file"` // empty: evidence.key in the keys' folder
	CheckpointEvery time.Duration `mapstructure:"checkpoint_every"`
	SendTo          string        `mapstructure:"send_to"` // a folder, or an address that takes a POST; empty: nowhere
}

// Disk bounds what may be archived, so that the duty log always has room.
type Disk struct {
	ReserveMB int `mapstructure:"reserve_mb"` // below, nothing more is archived
	WarnDays  int `mapstructure:"warn_days"`  // how long before the disk is full it is said
}

// Tape is the black box: what was read from the switch, as it was read.
type Tape struct {
	Folder string `mapstructure:"folder"`
	MaxMB  int    `mapstructure:"max_mb"`
}

// Retention is for how many days each kind is kept; 0 keeps it for ever. Entries, settlements
// and the records of the log never expire.
type Retention struct {
	Recordings    int  `mapstructure:"recordings"`
	Attachments   int  `mapstructure:"attachments"`
	Tape          int  `mapstructure:"tape"`
	Journal       int  `mapstructure:"journal"`
	RequireBackup bool `mapstructure:"require_backup"` // nothing goes that no backup holds
}

// Rule is the site's retention in the words of the recorder.
func (c Config) Rule() recorder.Retention {
	return recorder.Retention{RequireBackup: c.Retain.RequireBackup, Bounds: map[recorder.Kind]recorder.Bound{
		recorder.KindRecording:  {Days: c.Retain.Recordings},
		recorder.KindAttachment: {Days: c.Retain.Attachments},
		recorder.KindTape:       {Days: c.Retain.Tape, Bytes: int64(c.Tape.MaxMB) << 20},
		recorder.KindJournal:    {Days: c.Retain.Journal},
	}}
}

// RecordedBy is who starts the recordings, in the words of the recorder.
func (c Config) RecordedBy() recorder.By { return recorder.By(c.Record.By) }

// Faults is every fault of a configuration, each with its path.
type Faults struct {
	File string
	List []string

	weeded []string // paths of values of a wrong type
}

func (f *Faults) Error() string {
	return fmt.Sprintf("configuration %s has %d fault(s):\n  %s", f.File, len(f.List), strings.Join(f.List, "\n  "))
}

func (f *Faults) add(path, format string, args ...any) {
	if !f.hides(path) {
		f.List = append(f.List, path+": "+fmt.Sprintf(format, args...))
	}
}

// Default is a configuration without lines and without secrets.
func Default() Config {
	return Config{
		Site:    Site{TimeZone: "Asia/Shanghai", AreaCode: "024", ContactsStaleDays: 180},
		ARI:     ARI{URL: "http://127.0.0.1:8088/ari", User: "dutyline"},
		Log:     Log{File: "/var/lib/dutyline/log.db"},
		Archive: Archive{Folder: "/var/lib/dutyline/recordings"},
		Record:  Recording{By: string(recorder.ByDialplan)},
		Disk:    Disk{ReserveMB: 512, WarnDays: 30},
		Journal: Journal{File: "/var/log/asterisk/cel-custom/cel.jsonl"},
		Tape:    Tape{Folder: "/var/lib/dutyline/tape", MaxMB: 2048},
		Retain:  Retention{Recordings: 3650, Attachments: 3650, Tape: 30, Journal: 400, RequireBackup: true},
		Proof:   Evidence{CheckpointEvery: time.Hour},
		Web:     web.DefaultConfig(),
		Alerts:  Alerts{Channels: []Channel{}, Damping: 5 * time.Minute},
		Health:  alerts.DefaultHealth(), Heartbeat: ping.DefaultConfig(), Roster: DefaultRoster(),
		Handover: Handover{Allowance: 15 * time.Minute}, Incidents: DefaultIncidents(), Figures: Figures{FreezeAfter: dutylog.FreezeAfter}, Tests: Tests{CheckRing: time.Minute}, Review: Review{OfficerDays: dutylog.UsualOfficerDays},
	}
}

// Load reads FILE, takes secrets from where it points and checks everything.
// The error is a *Faults when the file was readable.
func Load(file string) (Config, error) {
	c, faults, err := read(file)
	if err != nil {
		return Config{}, err
	}
	c.readSecrets(faults)
	c.check(faults)
	if len(faults.List) > 0 {
		return Config{}, faults
	}
	return c, nil
}

// SavedAt is when FILE was saved, as the machine's files say; zero: that is not known.
func SavedAt(file string) time.Time {
	info, err := os.Stat(file)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// LoadLines reads only the lines (and the site) of FILE, for a replay on another machine
// where secrets and folders are not.
func LoadLines(file string) ([]telephony.Line, error) {
	c, faults, err := read(file)
	if err != nil {
		return nil, err
	}
	c.checkLines(faults)
	if len(faults.List) > 0 {
		return nil, faults
	}
	return c.TelephonyLines(), nil
}

func read(file string) (Config, *Faults, error) {
	v := viper.NewWithOptions(viper.KeyDelimiter("\x00"))
	v.SetConfigFile(file)
	v.SetConfigType("yaml")
	if err := v.ReadInConfig(); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return Config{}, nil, fmt.Errorf("configuration %s does not exist: name the right file with --config, or copy deploy/dutyline.yaml", file)
		}
		if errors.Is(err, os.ErrPermission) {
			return Config{}, nil, fmt.Errorf("read configuration %s: this user may not read it; run the command as the daemon's user: sudo -u dutyline dutyline …", file)
		}
		return Config{}, nil, fmt.Errorf("read configuration %s: %w; mend the YAML there (indent with spaces, write texts with odd characters in quotes)", file, err)
	}
	c, faults := Default(), &Faults{File: file}
	var meta mapstructure.Metadata
	dec, err := mapstructure.NewDecoder(&mapstructure.DecoderConfig{
		Result: &c, Metadata: &meta,
		DecodeHook: mapstructure.StringToTimeDurationHookFunc(),
	})
	if err != nil {
		return Config{}, nil, fmt.Errorf("prepare to read configuration: %w", err)
	}
	settings := v.AllSettings()
	faults.weedGroup("", settings, reflect.TypeFor[Config]())
	if err := dec.Decode(settings); err != nil {
		return Config{}, nil, fmt.Errorf("read configuration %s: %w; compare it with deploy/dutyline.yaml", file, err)
	}
	for _, key := range slices.Sorted(slices.Values(meta.Unused)) {
		faults.add(key, "unknown key; check its spelling against deploy/dutyline.yaml")
	}
	return c, faults, nil
}

func (c *Config) readSecrets(f *Faults) {
	c.ARI.Password = secret(f, "ari.password_file", c.ARI.PasswordFile, "DUTYLINE_ARI_PASSWORD", true)
	c.readChannelSecrets(f)
	if url := secret(f, "heartbeat.url_file", c.Heartbeat.URLFile, "DUTYLINE_HEARTBEAT_URL", false); url != "" {
		c.Heartbeat.URL = url
	}
	c.Tests.readSecrets(f)
	c.Web.MetricsToken = secret(f, "web.metrics_token_file", c.Web.MetricsFile, "DUTYLINE_METRICS_TOKEN", false)
}

// orSet is the other way to give a secret, where there is one.
func orSet(env string) string {
	if env == "" {
		return ""
	}
	return ", or set " + env
}

// secret takes a secret from the environment, else from a file that others cannot read.
func secret(f *Faults, path, file, env string, required bool) string {
	if s := os.Getenv(env); env != "" && s != "" {
		return s
	}
	if file == "" {
		if required {
			f.add(path, "is missing; name a file that holds the secret%s", orSet(env))
		}
		return ""
	}
	info, err := os.Stat(file)
	if errors.Is(err, os.ErrNotExist) {
		f.add(path, "%s does not exist; write the secret into it (chmod 600, owned by the daemon's user)%s", file, orSet(env))
		return ""
	}
	if err != nil {
		f.add(path, "%v; see that the daemon's user may read it, and run commands as that user", err)
		return ""
	}
	if info.Mode().Perm()&0o007 != 0 {
		f.add(path, "%s can be read by everybody; run chmod 640 %s", file, file)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		f.add(path, "%v; see that the daemon's user may read it, and run commands as that user", err)
		return ""
	}
	return strings.TrimSpace(string(b))
}

// Location is the site's time zone; call it after Load has checked it.
func (s Site) Location() *time.Location {
	loc, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// KeysFolder is where the key lies.
func (c Config) KeysFolder() string {
	if c.Keys.Folder != "" {
		return c.Keys.Folder
	}
	return filepath.Join(filepath.Dir(c.Log.File), "keys")
}

// EvidenceKey is the file with the key that signs checkpoints.
func (c Config) EvidenceKey() string {
	if c.Proof.KeyFile != "" {
		return c.Proof.KeyFile
	}
	return filepath.Join(c.KeysFolder(), "evidence.key")
}

// DataFolders are the folders the daemon writes to.
func (c Config) DataFolders() []string {
	return []string{filepath.Dir(c.Log.File), c.Archive.Folder, c.Tape.Folder}
}
