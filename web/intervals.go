package web

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

type intervalsInput struct {
	From string `query:"from" maxLength:"40" doc:"What went on at this instant or later (RFC 3339)"`
	To   string `query:"to" maxLength:"40" doc:"What began before this instant (RFC 3339)"`
	Kind string `query:"kind" maxLength:"40" doc:"live_down, journal_down, switch_down or blind; absent: all of them"`
}

type interval struct {
	Kind    string          `json:"kind" enum:"live_down,journal_down,switch_down,blind" doc:"blind: neither the live view nor the switch's journal saw, so calls may have come of which nothing is known"`
	From    stamp           `json:"from"`
	To      stamp           `json:"to" doc:"null: it goes on"`
	Cause   string          `json:"cause"`
	Seconds float64         `json:"seconds" doc:"How long it lasted, also beyond the period asked for; until now when it goes on"`
	Late    []lateEntryBody `json:"late" nullable:"false" doc:"Late entries that cover it; only in lists"`
}

// lateEntryBody is an entry that was written afterwards of what was not seen.
type lateEntryBody struct {
	EntryID     string `json:"entry_id"`
	EntryNumber string `json:"entry_number"`
}

type intervalList struct {
	Items      []interval `json:"items" nullable:"false" doc:"Oldest first"`
	NextCursor string     `json:"next_cursor" doc:"Always empty: there is one page"`
	LogSince   stamp      `json:"log_since" doc:"When the duty log began: of the time before it nothing is known, and no interval says so"`
}

type intervalListOutput struct{ Body intervalList }

func (a *app) intervals(ctx context.Context, in *intervalsInput) (*intervalListOutput, error) {
	from, to, err := period(in.From, in.To)
	if err != nil {
		return nil, err
	}
	kind := telephony.IntervalKind(in.Kind)
	if kind != "" && !slices.Contains(telephony.IntervalKinds(), kind) {
		return nil, invalid("query.kind", "is no kind of interval; there are "+words(telephony.IntervalKinds()))
	}
	all, err := a.Log.Intervals(ctx, from, to)
	if err != nil {
		return nil, problemOf(err)
	}
	slices.SortStableFunc(all, func(x, y telephony.Interval) int { return x.From.Compare(y.From) })
	covered, err := a.covered(ctx, all)
	if err != nil {
		return nil, problemOf(err)
	}
	items := make([]interval, 0, len(all))
	for _, i := range all {
		if kind == "" || i.Kind == kind {
			shown := a.shown(i)
			if i.Kind == telephony.BlindInterval {
				shown.Late = append(shown.Late, covered[i.From.UnixMicro()]...)
			}
			items = append(items, shown)
		}
	}
	since, err := a.Log.LogSince(ctx)
	if err != nil {
		return nil, problemOf(err)
	}
	return &intervalListOutput{intervalList{Items: items, LogSince: stamp(since)}}, nil
}

// unseenBetween are the intervals of a time that is shown to people, which also say of the time before the log began
// that nobody saw it.
func (a *app) unseenBetween(ctx context.Context, from, to time.Time) ([]telephony.Interval, error) {
	all, err := a.Log.Intervals(ctx, from, to)
	if err != nil {
		return nil, err
	}
	since, err := a.Log.LogSince(ctx)
	if before, there := dutylog.BeforeLog(since, from, to); there {
		all = append([]telephony.Interval{before}, all...)
	}
	return all, err
}

// covered are the late entries of blind intervals, by when these begin. The intervals are in order.
func (a *app) covered(ctx context.Context, all []telephony.Interval) (map[int64][]lateEntryBody, error) {
	by := map[int64][]lateEntryBody{}
	if len(all) == 0 {
		return by, nil
	}
	found, err := a.Log.LateEntries(ctx, all[0].From, all[len(all)-1].From)
	for _, l := range found {
		at := l.Blind.UnixMicro()
		by[at] = append(by[at], lateEntryBody{EntryID: l.EntryID, EntryNumber: l.EntryNumber.String()})
	}
	return by, err
}

func (a *app) shown(i telephony.Interval) interval {
	return interval{Late: []lateEntryBody{}, Kind: string(i.Kind), From: stamp(i.From), To: stamp(i.To), Cause: i.Cause,
		Seconds: i.Length(a.Now()).Round(time.Millisecond).Seconds()}
}

// intervalBody is what the stream says of an interval that began or ended.
func (a *app) intervalBody(v visitor, item dutylog.Item) (any, error) {
	if !v.can(seeIntervals) {
		return nil, nil
	}
	var i telephony.Interval
	if err := json.Unmarshal(item.Body, &i); err != nil {
		return nil, fmt.Errorf("read interval %s from the feed: %w", item.Subject, err)
	}
	return a.shown(i), nil
}
