package web

import (
	"context"
	"crypto/subtle"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/prometheus/client_golang/prometheus"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/recorder"
	"dutyline/telephony"
)

// Deps is everything the page and the API need from elsewhere. Fields without a remark are
// required.
type Deps struct {
	Log         dutylog.Store
	Alerts      alerts.Store
	Recordings  Recordings
	Sessions    scs.Store        // login sessions; tokens are stored hashed
	Lines       []telephony.Line // the first one is the default line
	Practice    Practice         // nil outside practice mode: then the practice line does not exist
	Tests       Tests            // nil: none are made, and none were
	Health      func() Health
	Unlogged    func() Unlogged // nil: nothing is shown before it is in the log
	Page        fs.FS           // nil: the page that is embedded in the binary
	Metrics     prometheus.Gatherer
	Registerer  prometheus.Registerer                // of the HTTP figures; nil: nobody reads them
	Now         func() time.Time                     // nil: time.Now
	SwitchNow   func() time.Time                     // what the switch's clock says; nil: Now
	Logger      *slog.Logger                         // nil: slog.Default
	Audit       func(context.Context, Access)        // nil: the daemon's own log; it must not wait
	Schedule    func() dutylog.Schedule              // until when incidents are to be reported; nil: the usual
	Roster      *dutylog.RosterRule                  // what the site thinks of a roster; nil: the usual
	Zone        *time.Location                       // of the site, for days and months; nil: UTC+8
	Search      dutylog.Searcher                     // nil: entries cannot be searched
	CallBacks   CallBacks                            // nil: the duty phone is rung for nobody
	Channels    Channels                             // nil: alerts do not leave the building
	AlertCalls  alerts.CallBook                      // nil: nobody is called about alerts
	Reconcile   func(context.Context) error          // compares calls, recordings and entries now; nil: nobody does
	Ledger      func() LedgerState                   // how the comparing goes; nil: nobody compares
	Verify      Verifier                             // nil: the log is verified at the machine only
	Unsigned    func() error                         // why the log is not signed now, or what is wrong with what was; nil: nobody signs it
	Lamps       func(line string) Lamps              // how a line is, by everything on which it depends; nil: nobody judges
	Presence    *Presence                            // which pages are open; nil: nobody wants to know
	Vault       dutylog.Vault                        // keeps attached files; nil: nothing can be attached
	Sheets      Sheets                               // what is printed; its zone nil: Asia/Shanghai
	Directory   Directory                            // of the site
	Calendar    dutylog.TaskCalendar                 // what kind of day a day is; nil: only weekends are known
	DutyChanged func()                               // something was handed over or done; nil: nobody wants to know
	OfficerDays int                                  // working days in which an officer explains a verdict first; 0: dutylog.UsualOfficerDays
	Scoring     func() (dutylog.ScoringRules, error) // the scoring rules in force, and why their file is not; nil: months are not assessed
	Responsible dutylog.Responsible                  // the responsible persons that the site names
	Journal     CallJournal                          // what the switch's own journal has of a call; nil: there is none
	Allowance   time.Duration                        // how long after a shift's end a handover is not late yet
	Version     string
	Secure      bool // served over TLS: see Config.Secure

	SessionIdle  time.Duration // 0: 12 h without a request end a session
	SessionMax   time.Duration // 0: 7 days after the login it ends in any case
	LockAfter    time.Duration // without a key or a click a session locks, see lock.go; 0: never
	MetricsToken string        // lets programs beyond loopback read /metrics, /healthz and /readyz; empty: none

	timing timing
}

// Recordings gives the sealed recordings; recorder/archive implements it. The row comes with
// the errors too, so that its status can be told.
type Recordings interface {
	Open(ctx context.Context, callID string) (io.ReadSeekCloser, recorder.Recording, error)
	Peaks(ctx context.Context, callID string) (recorder.Peaks, error)
}

// Practice places a call on the practice line. Place comes back as soon as the call is on its
// way; the call outlives the context. The error is a *dutylog.InvalidError, with a field of the
// request, when the call itself cannot be placed; any other one is trouble with switch or phone.
type Practice interface {
	Place(ctx context.Context, c PracticeCall) error
}

// PracticeCall is one call that somebody asked for.
type PracticeCall struct {
	From        string
	Name        string
	AnswerAfter *time.Duration // counted from the first ring; nil: it is never answered
	Talk        *time.Duration // nil: the practice line's own default
}

// Health is how the parts of the daemon are.
type Health struct {
	Switch   SwitchHealth
	Log      LogHealth
	Recorder RecorderHealth
	Practice bool
	Version  string
	Tape     TapeHealth
	Disk     DiskHealth
	Journal  JournalHealth
}

// SwitchHealth is the connection to the telephone switch.
type SwitchHealth struct {
	Connected bool
	Since     time.Time // of the present state
	Detail    string
}

// LogHealth is whether the duty log can be written.
type LogHealth struct {
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

// RecorderHealth is how many recordings are still to be fetched and sealed.
type RecorderHealth struct {
	Pending int    `json:"pending"`
	Detail  string `json:"detail"`
}

// TapeHealth is the state of the black box.
type TapeHealth struct {
	OK     bool   `json:"ok"`
	Bytes  int64  `json:"bytes"`
	Detail string `json:"detail"`
}

// JournalHealth is whether the switch's own journal, the second eye, can be read and is written.
type JournalHealth struct {
	OK         bool
	Detail     string    // what is wrong and what to do about it
	LastRow    time.Time // of the newest row that was read, by the switch's clock
	Configured bool
}

// DiskHealth is how much room there is on the disk that is the worst off, and for how long.
type DiskHealth struct {
	Room         string `json:"room" enum:"unknown,plenty,soon,edge" doc:"soon: it will be full within disk.warn_days; edge: nothing more is archived there"`
	FreeBytes    int64  `json:"free_bytes"`
	ReserveBytes int64  `json:"reserve_bytes" doc:"Left to the duty log"`
	Days         int    `json:"days" doc:"Until only the reserve is left; -1: not in sight"`
	Detail       string `json:"detail"`
}

// Access is one look at something that not everybody may see: who, what, when, from where.
type Access struct {
	Who     dutylog.Actor
	What    string // the permission that was used, for instance "recording.play"
	Object  string // the call's id
	Address string // of the person's computer
	At      time.Time
	Entries []string // the ids of the entries whose content a list, an incident or a sheet showed
	Part    bool     // a further piece of what was begun
}

// timing holds the intervals that tests shorten.
type timing struct {
	heartbeat time.Duration // a comment on an idle stream
	recheck   time.Duration // a stream asks whether its session still stands
	write     time.Duration // a reader that takes no byte for so long is cut
}

// app is one wired page and API.
type app struct {
	Deps
	sessions *sessions
	attempts *attempts
	hashing  chan struct{} // bounds how many passwords are hashed at once, 19 MiB each
	streams  *streams
	figures  *figures
	finder   finder
	nobody   string // a hash that no password has
	openAPI  []byte
	attach   sync.Mutex // one file at a time becomes an attachment: see attachFile
}

// New wires the page and the API.
func New(d Deps) http.Handler {
	a := newApp(d)
	mux := http.NewServeMux()
	a.routes(mux)
	return a.chain(mux)
}

func newApp(d Deps) *app {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.SwitchNow == nil {
		d.SwitchNow = d.Now
	}
	if d.Logger == nil {
		d.Logger = slog.Default()
	}
	if d.Unlogged == nil {
		d.Unlogged = func() Unlogged { return Unlogged{} }
	}
	if d.Unsigned == nil {
		d.Unsigned = func() error { return nil }
	}
	if d.Roster == nil {
		usual := dutylog.DefaultRosterRule()
		d.Roster = &usual
	}
	if d.Zone == nil {
		d.Zone = time.FixedZone("UTC+8", 8*3600)
	}
	if d.Page == nil {
		d.Page = embeddedPage()
	}
	if d.Sheets.Zone == nil {
		d.Sheets.Zone = time.FixedZone("Asia/Shanghai", 8*60*60)
	}
	if d.SessionIdle == 0 {
		d.SessionIdle = 12 * time.Hour
	}
	if d.SessionMax == 0 {
		d.SessionMax = 7 * 24 * time.Hour
	}
	if d.timing == (timing{}) {
		d.timing = timing{heartbeat: 15 * time.Second, recheck: 2 * time.Second, write: 10 * time.Second}
	}
	if d.Directory.Zone == nil {
		d.Directory.Zone = time.UTC
	}
	if d.Directory.StaleAfter == 0 {
		d.Directory.StaleAfter = 180 * 24 * time.Hour
	}
	a := &app{Deps: d, hashing: make(chan struct{}, 4), figures: newFigures(d.Registerer)}
	a.sessions = newSessions(d)
	a.attempts = newAttempts()
	a.streams = newStreams()
	a.nobody = nobodysHash()
	if a.Audit == nil {
		a.Audit = a.logAccess
	}
	return a
}

// logAccess is the audit trail where nobody keeps one.
func (a *app) logAccess(ctx context.Context, x Access) {
	a.Logger.InfoContext(ctx, "access", "what", x.What, "object", x.Object, "login", x.Who.Login, "role", x.Who.Role,
		"address", x.Address, "at", x.At)
}

// sameSecret compares in constant time; an empty secret matches nothing.
func sameSecret(given, want string) bool {
	return want != "" && subtle.ConstantTimeCompare([]byte(given), []byte(want)) == 1
}
