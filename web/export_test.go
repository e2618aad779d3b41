package web

import (
	"slices"
	"time"

	"dutyline/dutylog"
)

// Row is a row of one of the two route tables, for tests.
type Row struct{ Method, Path, Permission string }

// Rows lists everything that can be reached.
func Rows() []Row {
	var all []Row
	for _, r := range table {
		all = append(all, Row{r.method, prefix + r.path, string(r.permission)})
	}
	for _, r := range plainTable() {
		all = append(all, Row{r.method, r.path, string(r.permission)})
	}
	return all
}

// Granted reports whether the table of permissions has a row.
func Granted(p string) bool { _, ok := grants[permission(p)]; return ok }

// Grants lists the rows of the table of permissions.
func Grants() []string {
	var all []string
	for p := range grants {
		all = append(all, string(p))
	}
	slices.Sort(all)
	return all
}

// May asks the table.
func May(a dutylog.Account, signedIn bool, p string) string {
	return string(visitor{account: a, signedIn: signedIn}.may(permission(p)))
}

// MayWith asks what an account may do with one object.
func MayWith(a dutylog.Account, p, kind string, e dutylog.Entry) string {
	return string(visitor{account: a, signedIn: true}.mayWith(permission(p), object{kind: objectKind(kind), entry: e}))
}

// MayReview asks what an account may do with a review that concerns somebody.
func MayReview(a dutylog.Account, p, officer string) string {
	return string(visitor{account: a, signedIn: true}.mayWith(permission(p), object{kind: aReview, officer: officer}))
}

// WithTiming shortens the intervals of event streams.
func WithTiming(d Deps, heartbeat, recheck, write time.Duration) Deps {
	d.timing = timing{heartbeat, recheck, write}
	return d
}

// Attempts are the counters of tries to sign in.
type Attempts = attempts

// NewAttempts makes them.
func NewAttempts() *Attempts { return newAttempts() }

// Take counts a try.
func (a *Attempts) Take(now time.Time, login, address string) time.Duration {
	return a.take(now, login, address)
}

// Right forgives.
func (a *Attempts) Right(login, address string) { a.right(login, address) }

// Remembered is how many keys are held.
func (a *Attempts) Remembered() (logins, addresses int) {
	return len(a.logins.byKey), len(a.address.byKey)
}

// Limits that tests reach on purpose.
const (
	RememberedKeys    = rememberedKeys
	StreamsPerAddress = streamsPerAddress
	MaxBody           = maxBody
	MaxTable          = maxTable
	Batch             = batch
	CertLife          = certLife
	CertRenew         = certRenew
	CertLook          = certLook
)

// AddressKey is what counts as one address.
func AddressKey(a string) string { return addressKey(a) }

// Certificates for tests on synthetic time.
type Certificates = certificates

// Test doors to the two kinds of certificates.
var (
	LoadSelfMade = loadSelfMade
	LoadOwn      = loadOwn
	Get          = (*certificates).get
)

// Documents decode an answer strictly, as /api/openapi.json describes it.
type (
	CallDoc     = callDoc
	EntryDoc    = entryDoc
	RevisionDoc = revisionDoc
	LineDoc     = lineBody
	HealthDoc   = healthBody
)

// ResumeFrom reads what a reader sent; known is false for what cannot come from us.
func ResumeFrom(header, query string) (after int64, given, known bool) {
	r := resumeFrom(&eventsInput{Header: header, Query: query})
	return int64(r.after), r.given, r.known
}

// Stamp is an instant in JSON.
type Stamp = stamp

// SheetPage writes a sheet as HTML, with the policy under which it is shown.
var SheetPage = sheetPage
