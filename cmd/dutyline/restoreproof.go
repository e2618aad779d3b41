package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"dutyline/dutylog/audit"
	"dutyline/dutylog/backup"
	"dutyline/dutylog/sqlite"
)

// proveEvidence asks whether the restored log is as it was written, compared with the newest
// checkpoint that the backup's manifest names. It changes nothing.
func proveEvidence(ctx context.Context, m backup.Manifest, file string, tell *teller) (*audit.Report, error) {
	v, err := sqlite.OpenVerifier(ctx, file)
	if err != nil {
		return nil, err
	}
	report, err := v.Verify(ctx, sqlite.VerifyOptions{Outside: m.Checkpoint, Progress: func(done, total int64) { tell.step("prove the evidence", done, total) }})
	return report, errors.Join(err, v.Close())
}

var (
	errRestoredAltered = codedError{errors.New("the log is restored as it lies in the backup, and there it was altered: what is named above is not as it was written. Keep the backup as it is, and look for an older generation (--generation) that is intact"), exitAltered}
	errRestoredUnsure  = codedError{errors.New("the log is restored; of what is named above it cannot be told whether it was altered"), exitCannotTell}
)

// reportEvidence says what was found; the verdict is the error.
func reportEvidence(to io.Writer, m backup.Manifest, r *audit.Report) error {
	for _, f := range r.Findings {
		printFinding(to, f)
	}
	if r.Unlisted > 0 {
		fmt.Fprintf(to, "… and %d more; dutyline verify --list prints all\n", r.Unlisted)
	}
	with := "there is no checkpoint in the backup's manifest to compare it with"
	if m.Checkpoint != "" {
		with = "compared with the newest checkpoint in the backup's manifest; whoever could write the backup could have changed both, so compare with a filed one as well: dutyline verify --checkpoint FILE"
	}
	fmt.Fprintf(to, "evidence: %s, %d records, %s\n", r.Verdict(), r.Records, with)
	switch r.Verdict() {
	case audit.Altered:
		return errRestoredAltered
	case audit.CannotTell:
		return errRestoredUnsure
	}
	return nil
}
