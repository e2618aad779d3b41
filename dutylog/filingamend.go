package dutylog

import (
	"slices"
	"strings"
	"time"
)

// FilingPatch is what is said of a filing afterwards: a receipt that came later, or when it was sent in truth.
// What is empty stays.
type FilingPatch struct {
	Receipt   string
	ReceiptAt time.Time // when it came
	SentAt    time.Time
	Reason    string // wanted where something that stood is replaced
}

// Amend gives the version of a filing that stands from now on.
func (f Filing) Amend(p FilingPatch, by Actor, now time.Time) (Filing, error) {
	v := f
	v.ID, v.Amends, v.Versions, v.At, v.By = 0, f.ID, nil, now, by
	receipt, err := cleanField("receipt", p.Receipt, shortText)
	if err != nil {
		return v, err
	}
	switch receipt = strings.TrimSpace(receipt); {
	case receipt != "" && p.ReceiptAt.IsZero():
		return v, &InvalidError{Field: "receipt_at", Reason: "is missing: write down when the receipt came"}
	case receipt != "":
		v.Receipt, v.ReceiptAt = receipt, p.ReceiptAt
	case p.SentAt.IsZero() || !p.ReceiptAt.IsZero():
		return v, &InvalidError{Field: "receipt", Reason: "is missing: write down what came back"}
	}
	if !p.SentAt.IsZero() {
		v.SentAt = p.SentAt
	}
	if err := v.checkTimes(p, now); err != nil {
		return v, err
	}
	if v.SentAt.Equal(f.SentAt) && v.Receipt == f.Receipt && v.ReceiptAt.Equal(f.ReceiptAt) {
		return v, &InvalidError{Field: "reason", Reason: "is for nothing: what stands already is the same"}
	}
	if f.Receipt == "" && p.SentAt.IsZero() { // it only came later
		v.Reason, err = cleanField("reason", p.Reason, shortText)
	} else {
		v.Reason, err = CleanReason("reason", p.Reason)
	}
	return v, err
}

// checkTimes refuses what cannot be: a time that is still to come, and a receipt of what was not sent yet.
func (f Filing) checkTimes(p FilingPatch, now time.Time) error {
	if err := PlausibleMoment("sent_at", p.SentAt, now, "write down when it was sent"); err != nil {
		return err
	}
	if err := PlausibleMoment("receipt_at", p.ReceiptAt, now, "write down when the receipt came"); err != nil {
		return err
	}
	switch early := !f.ReceiptAt.IsZero() && f.ReceiptAt.Before(f.SentAt.Truncate(time.Minute)); {
	case early && p.ReceiptAt.IsZero():
		return &InvalidError{Field: "sent_at", Reason: "lies after its receipt came: check both times, and correct that of the receipt first where it is wrong"}
	case early:
		return &InvalidError{Field: "receipt_at", Reason: "lies before the roster was sent: check both times, and correct that of the sending first where it is wrong"}
	}
	return nil
}

// StandingFilings puts together what is kept of filings, oldest first: each stands as its newest version says,
// and was noted when it was.
func StandingFilings(kept []Filing) []Filing {
	standing := []Filing{}
	for _, f := range kept {
		if f.Amends == 0 {
			standing = append(standing, f)
			continue
		}
		if i := slices.IndexFunc(standing, func(s Filing) bool { return s.ID == f.Amends }); i >= 0 {
			standing[i] = standing[i].asSays(f)
		}
	}
	return standing
}

// asSays is a filing as a later version of it says.
func (f Filing) asSays(v Filing) Filing {
	if len(f.Versions) == 0 {
		f.Versions = []Filing{f}
	}
	f.Versions = append(f.Versions, v)
	f.SentAt, f.Receipt, f.ReceiptAt, f.Shifts = v.SentAt, v.Receipt, v.ReceiptAt, v.Shifts
	return f
}
