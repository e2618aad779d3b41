package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dutyline/alerts"
	"dutyline/config"
	"dutyline/dutylog"
	"dutyline/telephony"
	"dutyline/telephony/ari"
	"dutyline/telephony/tape"
)

// rulesTrial is one run of dutyline alerts test.
type rulesTrial struct {
	config   string
	tapes    []string
	from, to string
	now      func() time.Time
}

// exitDiffers is the status when the changed rules tell something else than those in force.
const exitDiffers = 1

// trialDays is how much of the log is looked at when nothing is said.
const trialDays = 7

func newAlertsRulesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rules",
		Short: "Print the shipped rules, to be changed and named in alerts.rules",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(config.ShippedRules)
			return err
		},
	}
}

func newAlertsTestCommand() *cobra.Command {
	r := rulesTrial{now: time.Now}
	cmd := &cobra.Command{
		Use:   "test FILE [--tape TAPE… | --from DAY --to DAY]",
		Short: "Try a changed rule file on what was recorded: what it would tell more, less or otherwise (0 the same, 1 differs, 2 cannot tell)",
		Long: `Test reads the changed rule file FILE and replays a tape (--tape, also raw events, one JSON object a
line) or a period of the duty log (--from, --to; the last 7 days when neither is given) against it and
against the rules in force. Nothing is changed and nobody is told. It prints one alert a line:

  + would be told by the changed rules only
  - is told by the rules in force only
  ~ is told by both, with another certainty or severity

The status is 0 when both tell the same, 1 when they differ, 2 when that cannot be told: the file has a
mistake, which is said with its line, or tape or log cannot be read. The log is asked whether a number is
in the directory and who called before; without a log, nobody is known. What only SIP shows is on no
tape, and of the log calls are replayed, not the states of lines.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			err := r.run(cmd, args[0])
			if err != nil && !errors.As(err, new(codedError)) {
				err = cannotTell(cmd, err)
			}
			return err
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&r.config, "config", "/etc/dutyline/dutyline.yaml", "the daemon's configuration")
	flags.StringArrayVar(&r.tapes, "tape", nil, "a tape; may be given again")
	flags.StringVar(&r.from, "from", "", "first day of the log, for instance 2026-11-01")
	flags.StringVar(&r.to, "to", "", "last day of the log; today when not given")
	cmd.MarkFlagsMutuallyExclusive("tape", "from")
	cmd.MarkFlagsMutuallyExclusive("tape", "to")
	return cmd
}

func (r *rulesTrial) run(cmd *cobra.Command, file string) error {
	cfg, err := config.LoadPlaces(r.config)
	if err != nil {
		return err
	}
	changed, err := cfg.RulesIn(file)
	if err != nil {
		return err
	}
	inForce, err := rulesInForce(cfg)
	if err != nil {
		return err
	}
	if len(r.tapes) > 0 {
		if _, err := os.Stat(cfg.Log.File); err != nil {
			return r.compare(cmd, cfg, inForce, changed, nobodyKnown{}, nil)
		}
	}
	return withData(cmd, r.config, func(d *data) error {
		return r.compare(cmd, cfg, inForce, changed, logView{cmd.Context(), d.log}, d)
	})
}

// rulesInForce are those by which the daemon watches: of a file that is refused now the last good.
func rulesInForce(cfg config.Config) (alerts.Rules, error) {
	rules, err := cfg.Rules()
	if err != nil {
		if kept, old := cfg.RulesIn(keptRules(cfg)); old == nil {
			return kept, nil
		}
		return cfg.RulesIn("")
	}
	return rules, nil
}

func (r *rulesTrial) compare(cmd *cobra.Command, cfg config.Config, inForce, changed alerts.Rules, v alerts.View, d *data) error {
	changes, err := r.changes(cmd, cfg, d)
	if err != nil {
		return err
	}
	before, err := tell(inForce, changes, v)
	if err != nil {
		return err
	}
	after, err := tell(changed, changes, v)
	if err != nil {
		return err
	}
	return printDifference(cmd.OutOrStdout(), cfg.Site.Location(), before, after)
}

// changes are what happened, on the tapes or in the log.
func (r *rulesTrial) changes(cmd *cobra.Command, cfg config.Config, d *data) (changes []telephony.Change, err error) {
	for _, name := range r.tapes {
		of, err := tapeChanges(cfg.TelephonyLines(), name, cmd.ErrOrStderr())
		if err != nil {
			return nil, err
		}
		changes = append(changes, of...)
	}
	if len(r.tapes) > 0 {
		return changes, nil
	}
	from, to, err := r.period(cfg.Site.Location())
	if err != nil {
		return nil, err
	}
	return logChanges(cmd.Context(), d.log, cfg.TelephonyLines(), from, to)
}

// period is the days that are looked at, in the zone of the site.
func (r *rulesTrial) period(zone *time.Location) (from, to time.Time, err error) {
	day := func(text string, otherwise time.Time) time.Time {
		at, wrong := time.ParseInLocation(time.DateOnly, cmp.Or(text, otherwise.Format(time.DateOnly)), zone)
		if wrong != nil && err == nil {
			err = fmt.Errorf("%q is no day; write for instance 2026-11-01", text)
		}
		return at
	}
	to = day(r.to, r.now().In(zone)).AddDate(0, 0, 1)
	from = day(r.from, to.AddDate(0, 0, -trialDays))
	if err == nil && !from.Before(to) {
		err = fmt.Errorf("--from %s is after --to %s", r.from, r.to)
	}
	return from, to, err
}

// tapeChanges is what the tracker makes of a tape. Lines that are no events, such as the torn last
// one of a tape that is being written, are left out, and that is said.
func tapeChanges(lines []telephony.Line, name string, complaints io.Writer) (changes []telephony.Change, err error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read a tape: %w; give the path of a .jsonl file", err)
	}
	defer file.Close()
	tracker := telephony.NewTracker(lines)
	var last time.Time
	events, skipped := 0, 0
	for reader := tape.NewReader(file); ; {
		record, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !errors.Is(err, tape.ErrLine) {
			return nil, fmt.Errorf("tape %s: %w", name, err)
		}
		var ev telephony.Event
		if err == nil {
			ev, err = ari.Decode(record.Raw)
		}
		if err != nil {
			skipped++
			continue
		}
		events++
		changes = append(changes, tracker.Apply(ev)...)
		if ev.At.After(last) {
			last = ev.At
		}
	}
	switch {
	case events == 0:
		return nil, fmt.Errorf("tape %s has no event on it: give a .jsonl file; a sealed tape is opened first, see docs/secrecy.md", name)
	case skipped > 0:
		fmt.Fprintf(complaints, "dutyline: %s: %d lines are no events and were left out\n", name, skipped)
	}
	return append(changes, tracker.Finish(last)...), nil
}

// logChanges tells the calls of the log again, the oldest first.
func logChanges(ctx context.Context, log interface {
	dutylog.CallStore
	dutylog.IntervalStore
}, lines []telephony.Line, from, to time.Time) (changes []telephony.Change, err error) {
	unseen, err := log.Intervals(ctx, from, to)
	if err != nil {
		return nil, err
	}
	for cursor := ""; ; {
		page, next, err := log.Calls(ctx, dutylog.CallQuery{From: from, To: to, Limit: 500, Cursor: cursor})
		if err != nil {
			return nil, err
		}
		for _, c := range page {
			changes = append(changes, retold(c.Call, lines, unseen)...)
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	slices.SortStableFunc(changes, func(a, b telephony.Change) int { return a.At.Compare(b.At) })
	return changes, nil
}

// retold is a kept call as the tracker told it: offered, its rings, and how it ended. That it rings
// is told only while it does, so not where the live view saw nothing then.
func retold(c telephony.Call, lines []telephony.Line, unseen []telephony.Interval) (changes []telephony.Change) {
	add := func(kind telephony.ChangeKind, at time.Time, c telephony.Call) {
		changes = append(changes, telephony.Change{Kind: kind, At: at, Line: c.Line, Call: &c})
	}
	begun := c
	begun.Outcome, begun.Reason, begun.AnsweredAt, begun.EndedAt = "", "", time.Time{}, time.Time{}
	begun.Findings = slices.DeleteFunc(slices.Clone(c.Findings), func(f telephony.Finding) bool {
		return f != telephony.FeatureCode && f != telephony.RedirectedBefore
	})
	add(telephony.CallOffered, c.OfferedAt, begun)
	for _, l := range lines {
		rang, ok := c.RingFor()
		if l.Name != c.Line || !ok {
			continue
		}
		for _, warning := range []struct {
			kind  telephony.ChangeKind
			after time.Duration
		}{{telephony.CallRing3, l.Rule.Ring3At()}, {telephony.CallLimit, l.Rule.LimitAt()}} {
			at := c.RangAt.Add(warning.after)
			missed := slices.ContainsFunc(unseen, func(i telephony.Interval) bool { return i.Kind == telephony.LiveDown && i.Overlaps(at, at) })
			if rang >= warning.after && !missed {
				add(warning.kind, at, begun)
			}
		}
	}
	if c.Ended() {
		add(telephony.CallEnded, c.EndedAt, c)
	}
	return changes
}

// tell is what rules say of changes, by key; of a key what was said first. Calls that are one problem
// are told apart here: changed rules may tell one of them and not another.
func tell(r alerts.Rules, changes []telephony.Change, v alerts.View) (map[string]alerts.Alert, error) {
	told := map[string]alerts.Alert{}
	for _, ch := range changes {
		list, err := r.Judge(ch, v)
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			key := a.Key
			if a.Reason.Gathers() && a.CallID != "" {
				key = string(a.Reason) + "/" + a.CallID
			}
			if _, known := told[key]; len(a.Ends) == 0 && !known {
				told[key] = a
			}
		}
	}
	return told, nil
}

// printDifference lists what differs, the oldest first, and sums up.
func printDifference(out io.Writer, zone *time.Location, before, after map[string]alerts.Alert) error {
	type row struct {
		at   time.Time
		text string
	}
	var rows []row
	same, count := 0, map[string]int{}
	add := func(sign string, a alerts.Alert, more string) {
		count[sign]++
		text := strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s %s %s %s %s", sign, a.At.In(zone).Format("2006-01-02 15:04:05"), a.Line, a.Rule, a.Certainty, a.Severity, a.Detail, more)), " ")
		rows = append(rows, row{a.At, text})
	}
	for key, a := range after {
		b, known := before[key]
		switch {
		case !known:
			add("+", a, "")
		case a.Rule != b.Rule || a.Certainty != b.Certainty || a.Severity != b.Severity:
			add("~", a, fmt.Sprintf("(was %s %s %s)", b.Rule, b.Certainty, b.Severity))
		default:
			same++
		}
	}
	for key, b := range before {
		if _, known := after[key]; !known {
			add("-", b, "")
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return cmp.Or(a.at.Compare(b.at), strings.Compare(a.text, b.text)) })
	for _, r := range rows {
		fmt.Fprintln(out, r.text)
	}
	fmt.Fprintf(out, "%d alerts as before, %d more, %d no more, %d otherwise\n", same, count["+"], count["-"], count["~"])
	if len(rows) > 0 {
		return codedError{errors.New("the changed rules tell something else than those in force"), exitDiffers}
	}
	return nil
}

// nobodyKnown is the view where there is no log.
type nobodyKnown struct{}

// Listed implements alerts.View.
func (nobodyKnown) Listed(telephony.Number) (bool, error) { return false, nil }

// CallsFrom implements alerts.View.
func (nobodyKnown) CallsFrom(string, telephony.Number, time.Time, time.Time) ([]telephony.Call, error) {
	return nil, nil
}

// keptRules is where the last good rules are kept.
func keptRules(cfg config.Config) string {
	return filepath.Join(filepath.Dir(cfg.Log.File), "rules.good.yaml")
}
