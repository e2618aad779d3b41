package dutylog

import (
	"fmt"
	"strings"
	"time"
)

// Limits of the times that people write. A log of a duty room reaches back as far as its papers do; what
// lies outside is a year that was mistyped, such as 0206 or 2062.
const (
	earliestYear = 1990
	// mostValid is how far ahead the end of a warning may lie.
	mostValid = 5 * 366 * 24 * time.Hour
	// early is by how much the clock of somebody's PC may be ahead of ours.
	early = time.Minute
)

// checkWhen refuses a time that nobody can have meant: before 1990, or later than so long from now.
// instead says what belongs into the field.
func checkWhen(field string, at, now time.Time, ahead time.Duration, instead string) error {
	switch year := at.Year(); {
	case year < earliestYear:
		return &InvalidError{Field: field, Reason: fmt.Sprintf("lies in the year %04d: check the year; nothing before %d is kept", year, earliestYear)}
	case !at.After(now.Add(ahead)):
		return nil
	case year > now.Year()+1:
		return &InvalidError{Field: field, Reason: fmt.Sprintf("lies in the future, in the year %d: check the year, and %s", year, instead)}
	}
	return &InvalidError{Field: field, Reason: "lies in the future: " + instead}
}

// PlausibleMoment refuses a time at which nothing can have been done that is written down now; a zero
// time is the caller's to judge.
func PlausibleMoment(field string, at, now time.Time, instead string) error {
	if at.IsZero() {
		return nil
	}
	return checkWhen(field, at, now, early, instead)
}

// checkMoment judges the time that stands in a field, and gives it as fields keep it.
func checkMoment(f Field, value string, now time.Time) (string, error) {
	at, err := parseMoment(string(f), value)
	switch {
	case err != nil:
		return "", err
	case f == ValidUntil:
		err = checkWhen(string(f), at, now, mostValid, "give until when it is valid, at most five years ahead")
	default:
		err = checkWhen(string(f), at, now, early, "give when it happened")
	}
	return at.Format(timeLayout), err
}

// parseMoment reads a time as the API says it.
func parseMoment(name, value string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339Nano, strings.TrimSpace(value))
	if err != nil {
		return at, &InvalidError{Field: name, Reason: "is no time in RFC 3339, for instance 2026-11-23T12:17:00Z"}
	}
	return at.UTC().Truncate(time.Millisecond), nil
}
