package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"dutyline/config"
	"dutyline/telephony"
)

// staleBackup is how old the newest backup may be: the shipped timer makes one every night, and
// three nights in a row that it failed are no accident.
const staleBackup = 72 * time.Hour

// proofFacts is what the log says of its own safety.
type proofFacts struct {
	signers []string  // fingerprints, the oldest first
	began   time.Time // its first record; zero: it has none
	backups int       // that are still there, as far as the log knows
	newest  time.Time
	path    string // of the newest
}

// proofFactsOf reads them; it makes and changes nothing. A log that is not there has none.
func proofFactsOf(ctx context.Context, file string) (p proofFacts, err error) {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	db, err := openReadOnly(file)
	if err != nil {
		return p, err
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, "SELECT fingerprint FROM signers ORDER BY rowid")
	if err != nil {
		return p, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return p, err
		}
		p.signers = append(p.signers, s)
	}
	var began, newest sql.NullInt64
	var path sql.NullString
	err = errors.Join(rows.Err(),
		db.QueryRowContext(ctx, "SELECT (SELECT at FROM records WHERE idx = 0), count(*), max(at), path FROM backups WHERE removed_at IS NULL").Scan(&began, &p.backups, &newest, &path))
	if began.Valid {
		p.began = time.UnixMicro(began.Int64)
	}
	if newest.Valid {
		p.newest, p.path = time.UnixMicro(newest.Int64), path.String
	}
	return p, err
}

// checkEvidenceKey asks whether the key that signs checkpoints is there, is its owner's only, and
// is the one that the log was signed with.
func checkEvidenceKey(c config.Config, p proofFacts, err error) telephony.Check {
	name := c.EvidenceKey()
	check := telephony.Check{Name: "evidence key", Remedy: "bring the file back from where a copy is kept; when it is lost for good, begin with a new key by dutyline checkpoint --new-key and file its fingerprint"}
	info, missing := os.Stat(name)
	switch {
	case errors.Is(missing, fs.ErrNotExist) && err != nil:
		check.OK, check.Detail = true, name+" is not there; whether it has to be is not known, because the duty log cannot be read"
		return check
	case errors.Is(missing, fs.ErrNotExist) && len(p.signers) == 0:
		check.OK, check.Detail = true, name+" is made at the first start of the daemon; write its fingerprint down and file it then"
		return check
	case missing != nil:
		check.Detail = missing.Error() + ": nothing more is signed"
		if !errors.Is(missing, fs.ErrNotExist) {
			check.Remedy = "let the daemon's user enter the folders above it"
		}
		return check
	case info.Mode().Perm()&0o077 != 0:
		check.Detail, check.Remedy = name+" can be read by others than its owner", "chmod 600 "+name+"; whoever read it could sign in the daemon's name, so consider a new key (dutyline checkpoint --new-key)"
		return check
	}
	key, broken := readEvidenceKey(name)
	switch {
	case errors.Is(broken, fs.ErrPermission):
		check.Detail, check.Remedy = broken.Error(), "run doctor as the daemon's user; if it says the same then, give the file to that user with chown"
	case broken != nil:
		check.Detail = broken.Error()
	case err != nil:
		check.OK, check.Detail = true, "fingerprint "+key.Fingerprint()+"; not compared, because the duty log cannot be read"
	case len(p.signers) == 0:
		check.OK, check.Detail = true, "fingerprint "+key.Fingerprint()+"; nothing was signed yet"
	case p.signers[len(p.signers)-1] == key.Fingerprint():
		check.OK, check.Detail = true, "fingerprint "+key.Fingerprint()+", which signed the log; compare it with the one that was filed"
	case slices.Contains(p.signers, key.Fingerprint()):
		check.Detail = fmt.Sprintf("%s is an older key (fingerprint %s); the log was last signed by %s", name, key.Fingerprint(), p.signers[len(p.signers)-1])
	default:
		check.Detail = fmt.Sprintf("%s never signed this log (fingerprint %s); %s did", name, key.Fingerprint(), p.signers[len(p.signers)-1])
		check.Remedy = "bring the right file back; when it is lost, begin with a new key by dutyline checkpoint --new-key and file its fingerprint"
	}
	return check
}

// checkSent looks at the checkpoints in a folder on another machine.
func checkSent(folder string) telephony.Check {
	check := telephony.Check{Name: "checkpoints elsewhere", OK: true, Detail: folder, Remedy: "mount the folder (evidence.send_to) and let the daemon's user write there"}
	if _, err := os.Stat(folder); err != nil {
		check.OK, check.Detail = false, err.Error()
	} else if err := twinIn(folder); err != nil {
		check.OK, check.Detail, check.Remedy = false, err.Error(), "compare both with the log before anything is moved; the sheets that were filed tell which of them is the older one"
	}
	return check
}

// checkBackup says how old the newest backup is that the log knows of.
func checkBackup(c config.Config, p proofFacts, err error, now time.Time) telephony.Check {
	check := telephony.Check{Name: "backup", OK: true, Remedy: "dutyline backup DIR --config FILE, best every night onto another disk (deploy/dutyline-backup.timer)"}
	held := ""
	if c.Retain.RequireBackup {
		held = "; until then nothing is deleted whose days are over (retention.require_backup)"
	}
	switch {
	case err != nil:
		check.Detail = "not known, because the duty log cannot be read"
	case p.backups == 0 && (p.began.IsZero() || now.Sub(p.began) < staleBackup):
		check.Detail = "none was made yet" + held
	case p.backups == 0:
		check.OK, check.Detail = false, "none was ever made, or all are gone: a disk that fails takes the whole log with it"+held
	default:
		age := now.Sub(p.newest)
		check.OK = age < staleBackup
		check.Detail = fmt.Sprintf("the newest of %d is %d hours old, in %s", p.backups, int(age.Hours()), p.path)
		if !check.OK {
			check.Detail = fmt.Sprintf("the newest of %d is %d days old (%s, in %s): what came since is in none", p.backups, int(age.Hours()/24), withZone(p.newest), p.path)
			check.Remedy += "; look why it failed: journalctl -u dutyline-backup"
		}
	}
	return check
}
