package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// billOrder compares the log with somebody else's list of calls.
type billOrder struct {
	file      string
	tolerance time.Duration
	from, to  string
	their     []string
}

func (o *billOrder) run(cmd *cobra.Command, d *data, asJSON bool) error {
	if o.tolerance < 0 || o.tolerance > time.Hour {
		return fmt.Errorf("--tolerance %s: give a time between 0s and 1h", o.tolerance)
	}
	zone := d.cfg.Site.Location()
	task, err := o.parties(d)
	if err != nil {
		return err
	}
	if task.From, err = dayFlag("--from", o.from, zone, 0); err != nil {
		return err
	}
	if task.To, err = dayFlag("--to", o.to, zone, 1); err != nil {
		return err
	}
	sheets, err := readBillFile(o.file)
	if err != nil {
		return err
	}
	bill, err := dutylog.ParseBill(sheets, d.cfg.Site.AreaCode, zone)
	if err != nil {
		return fmt.Errorf("%s: %w", o.file, err)
	}
	if err := o.gather(cmd.Context(), d, bill, &task); err != nil {
		return err
	}
	report, err := task.Compare(bill)
	if err != nil {
		return fmt.Errorf("%s: %w", o.file, err)
	}
	if asJSON {
		err = printJSON(cmd.OutOrStdout(), billJSON(report))
	} else {
		err = printBill(cmd.OutOrStdout(), report, zone)
	}
	if err == nil && report.Differs() {
		err = codedError{errors.New("the list and the log differ: each difference is named above"), exitOpen}
	}
	return err
}

// parties is a task that knows our lines and whose list it is said to be.
func (o *billOrder) parties(d *data) (dutylog.BillTask, error) {
	task := dutylog.BillTask{Tolerance: o.tolerance, NumberOf: map[string]telephony.Number{}}
	for _, l := range d.cfg.Lines {
		n := telephony.ParseNumber(l.Number, d.cfg.Site.AreaCode)
		task.Lines, task.NumberOf[l.Name] = append(task.Lines, n), n
	}
	for _, text := range o.their {
		n := telephony.ParseNumber(text, d.cfg.Site.AreaCode)
		switch {
		case n.Withheld():
			return task, fmt.Errorf("--their %q is no number; write it like 024-22730001, several with commas between them", text)
		case slices.ContainsFunc(task.Lines, n.Same):
			return task, fmt.Errorf("--their %s is a number of ours: give that of the room whose list it is", text)
		}
		task.Theirs = append(task.Theirs, n)
	}
	return task, nil
}

// dayFlag reads a day; days later it begins.
func dayFlag(flag, text string, zone *time.Location, days int) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation(time.DateOnly, text, zone)
	if err != nil {
		return at, fmt.Errorf("%s %q is no day; write it like 2026-11-01", flag, text)
	}
	return at.AddDate(0, 0, days), nil
}

// gather reads what the log has of the time of the list, and some hours around it, because
// clocks may differ.
func (o *billOrder) gather(ctx context.Context, d *data, bill dutylog.Bill, task *dutylog.BillTask) (err error) {
	first, last := bill.Span()
	if !task.From.IsZero() && task.From.Before(first) {
		first = task.From
	}
	if task.To.After(last) {
		last = task.To
	}
	if last.Sub(first) > 2*366*24*time.Hour {
		return fmt.Errorf("%s: its times reach from %s to %s: split the list, or mend the date that is wrong", o.file, first.Format(time.DateOnly), last.Format(time.DateOnly))
	}
	from, to := first.Add(-dutylog.BillSearch-time.Hour), last.Add(dutylog.BillSearch+time.Hour)
	q := dutylog.CallQuery{From: from, To: to, Limit: 500}
	for {
		page, next, err := d.log.Calls(ctx, q)
		if err != nil {
			return err
		}
		for _, c := range page {
			if c.Ended() {
				task.Calls = append(task.Calls, c)
			}
		}
		if q.Cursor = next; next == "" {
			break
		}
	}
	own, err := d.log.PlacedAlertCalls(ctx, from, to)
	if err != nil {
		return err
	}
	for _, c := range own {
		task.System = append(task.System, dutylog.SystemCall{To: telephony.ParseNumber(c.Person.Phone, d.cfg.Site.AreaCode), At: c.At})
	}
	task.Unseen, err = d.log.Intervals(ctx, from, to)
	return err
}

func printBill(out io.Writer, r dutylog.BillReport, zone *time.Location) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	at := func(t time.Time) string { return t.In(zone).Format("2006-01-02 15:04:05") }
	fmt.Fprintf(w, "compared: %s to %s\n", at(r.From), at(r.To))
	fmt.Fprintf(w, "clocks: %s\n", clocksInWords(r))
	fmt.Fprintf(w, "matched: %d\n", r.Matched)
	fmt.Fprintf(w, "only in the list: %d\n", len(r.OnlyBill))
	for _, row := range r.OnlyBill {
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", row.Place, at(row.At), partiesOf(row), lasting(row))
	}
	fmt.Fprintf(w, "only in the log: %d\n", len(r.OnlyLog))
	missed := 0
	for _, c := range r.OnlyLog {
		fmt.Fprintf(w, "  call %s\t%s\t%s %s\t%s\n", dutylog.Printable(c.ID), at(c.OfferedAt), c.Direction, orWithheld(dutylog.OtherSide(c.Call)), c.Outcome)
		if c.AnsweredAt.IsZero() {
			missed++
		}
	}
	if missed > 0 && !r.Unanswered {
		fmt.Fprintf(w, "  (%d of them were not answered, and the list has only calls that were: it may not be meant to have them)\n", missed)
	}
	fmt.Fprintf(w, "duration differs: %d\n", len(r.Durations))
	for _, x := range r.Durations {
		fmt.Fprintf(w, "  %s\t%s\t%s\tlist %s, log %s\tcall %s\n", x.Row.Place, at(x.Row.At), partiesOf(x.Row), x.Row.Duration, x.Ours.Round(time.Second), dutylog.Printable(x.Call.ID))
	}
	fmt.Fprintf(w, "excused, nothing was seen then: %d\n", len(r.Excused))
	for _, x := range r.Excused {
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s: %s\n", x.Row.Place, at(x.Row.At), partiesOf(x.Row), x.Interval.Kind, x.Interval.Cause)
	}
	fmt.Fprintf(w, "unreadable: %d\n", len(r.Unreadable))
	for _, u := range r.Unreadable {
		fmt.Fprintf(w, "  %s\n", u)
	}
	printNotCompared(w, r)
	return w.Flush()
}

// printNotCompared says what the list has beside our calls, and which calls of ours it cannot have.
func printNotCompared(w io.Writer, r dutylog.BillReport) {
	if r.System > 0 {
		fmt.Fprintf(w, "calls about alerts, placed by the daemon itself: %d\n", r.System)
	}
	if r.NotOurs > 0 {
		fmt.Fprintf(w, "rows that name none of our lines: %d\n", r.NotOurs)
	}
	if r.Outgoing > 0 {
		fmt.Fprintf(w, "outgoing calls of ours, not compared because the list has none: %d\n", r.Outgoing)
	}
	if r.OtherLines > 0 {
		fmt.Fprintf(w, "calls of our other lines, not compared because the list names only %s: %d\n", strings.Join(r.Lines, ", "), r.OtherLines)
	}
	var theirs []string
	for _, n := range r.Theirs {
		theirs = append(theirs, orWithheld(n))
	}
	switch {
	case r.Concluded:
		fmt.Fprintf(w, "calls with others than %s, not compared because every row of the list has this number and it is taken for its own list: %d\n", theirs[0], r.Others)
	case len(theirs) > 0:
		fmt.Fprintf(w, "calls with others than %s, not compared because of --their: %d\n", strings.Join(theirs, ", "), r.Others)
	}
}

func clocksInWords(r dutylog.BillReport) string {
	words := "too few calls agree to compare them; they are taken to be alike"
	switch {
	case r.Sure && r.Offset == 0 && r.Coarse:
		words = "alike to the minute (the list has no seconds)"
	case r.Sure && r.Offset == 0:
		words = "alike"
	case r.Sure && r.Offset > 0:
		words = fmt.Sprintf("the list's is %s ahead of the log's; that was taken into account", r.Offset.Round(time.Second))
	case r.Sure:
		words = fmt.Sprintf("the list's is %s behind the log's; that was taken into account", (-r.Offset).Round(time.Second))
	}
	if r.Sure && r.AtAnswer {
		words += "; its times are those of the answer"
	}
	return words
}

func orWithheld(n telephony.Number) string {
	switch {
	case n.E164 != "":
		return n.E164
	case n.Raw != "":
		return n.Raw
	}
	return "withheld"
}

func partiesOf(r dutylog.BillRow) string {
	if r.Other.Raw != "" {
		return strings.TrimSpace(string(r.Direction) + " " + orWithheld(r.Other))
	}
	return orWithheld(r.Caller) + " → " + orWithheld(r.Called)
}

func lasting(r dutylog.BillRow) string {
	if !r.Measured {
		return ""
	}
	return r.Duration.String()
}

// billJSON is the report for programs: numbers as text, times in UTC.
func billJSON(r dutylog.BillReport) map[string]any {
	at := func(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
	row := func(b dutylog.BillRow) map[string]any {
		m := map[string]any{"place": b.Place, "at": at(b.At), "caller": b.Caller.Raw, "called": b.Called.Raw, "other": b.Other.Raw, "direction": string(b.Direction)}
		if b.Measured {
			m["duration_ms"] = b.Duration.Milliseconds()
		}
		return m
	}
	onlyBill, onlyLog, durations, excused, theirs := []any{}, []any{}, []any{}, []any{}, []any{}
	for _, n := range r.Theirs {
		theirs = append(theirs, n.Raw)
	}
	for _, b := range r.OnlyBill {
		onlyBill = append(onlyBill, row(b))
	}
	for _, c := range r.OnlyLog {
		onlyLog = append(onlyLog, c)
	}
	for _, x := range r.Durations {
		durations = append(durations, map[string]any{"row": row(x.Row), "call_id": x.Call.ID, "talk_ms": x.Ours.Milliseconds()})
	}
	for _, x := range r.Excused {
		excused = append(excused, map[string]any{"row": row(x.Row), "interval": x.Interval})
	}
	return map[string]any{
		"from": at(r.From), "to": at(r.To), "offset_ms": r.Offset.Milliseconds(), "offset_sure": r.Sure, "times_of_answer": r.AtAnswer, "matched": r.Matched,
		"only_in_list": onlyBill, "only_in_log": onlyLog, "duration_differs": durations, "excused": excused,
		"lines": append([]string{}, r.Lines...), "other_lines_not_compared": r.OtherLines, "their": theirs, "their_concluded": r.Concluded, "others_not_compared": r.Others,
		"unreadable": append([]string{}, r.Unreadable...), "not_ours": r.NotOurs, "system": r.System, "outgoing_not_compared": r.Outgoing,
	}
}
