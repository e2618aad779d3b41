package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
)

// sendAllLines shows every line as it stands now.
func (s *stream) sendAllLines(ctx context.Context) error {
	every := map[string]bool{}
	for _, l := range s.app.Lines {
		every[l.Name] = true
	}
	return s.sendLines(ctx, s.app.Unlogged(), every)
}

// sendLines shows the named lines as they stand now. What the log does not have has no id.
func (s *stream) sendLines(ctx context.Context, u Unlogged, names map[string]bool) error {
	if len(names) == 0 {
		return nil
	}
	all, err := s.app.lineBodies(ctx, s.v, u)
	if err != nil {
		return err
	}
	s.ahead = u.Lines
	for _, body := range all {
		if !names[body.Line] {
			continue
		}
		id := s.seq
		if !body.Logged {
			id = unnumbered
		}
		data, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("write line %s: %w", body.Line, err)
		}
		if err := s.frame(string(dutylog.TopicLine), id, data); err != nil {
			return err
		}
	}
	return nil
}

// item sends one item of the feed, as far as the reader may see it.
func (s *stream) item(ctx context.Context, item dutylog.Item) error {
	body, err := s.body(withVisitor(ctx, s.v), item)
	var refused *Problem
	switch {
	case errors.As(err, &refused) && refused.cause == nil:
		return nil // not theirs to see, or gone
	case err != nil:
		return err
	case body == nil:
		return nil
	}
	data, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("write %s %s: %w", item.Topic, item.Subject, err)
	}
	return s.frame(string(item.Topic), item.Seq, data)
}

// body is what a frame carries; nil when there is nothing to send.
func (s *stream) body(ctx context.Context, item dutylog.Item) (any, error) {
	switch item.Topic {
	case dutylog.TopicLine:
		return s.lineBody(item)
	case dutylog.TopicCall:
		c, err := s.app.call(ctx, seeCalls, item.Subject)
		if err == nil && s.unnoted(listOfCalls) {
			s.app.audit(ctx, seeCalls, listOfCalls)
		}
		return listed(s.v, c), err
	case dutylog.TopicEntry:
		e, err := s.app.entry(ctx, seeEntries, item.Subject)
		if err == nil && s.unnoted(e.ID) {
			s.shown = append(s.shown, e.ID)
		}
		return listed(s.v, s.v.own(e)), err
	case dutylog.TopicIncident:
		head, told, err := s.app.incidentFrame(ctx, item.Subject)
		for _, id := range told {
			if s.unnoted(listOfIncidents + "/" + id) {
				s.linked = append(s.linked, id)
			}
		}
		return head, err
	case dutylog.TopicAlert:
		return alertBody(s.v, item)
	case dutylog.TopicInterval:
		return s.app.intervalBody(s.v, item)
	}
	return nil, nil
}

// unnoted reports whether it is to be noted that the reader is shown this: of a stream that stays open for
// a shift again and again, and each thing once within dutylog.AccessAgain.
func (s *stream) unnoted(shown string) bool {
	now := s.app.Now()
	maps.DeleteFunc(s.noted, func(_ string, at time.Time) bool { return now.Sub(at) >= dutylog.AccessAgain })
	_, noted := s.noted[shown]
	if !noted {
		s.noted[shown] = now
	}
	return !noted
}

// noteEntries keeps which entries the reader was shown, by themselves and by incidents, as it is kept of lists.
func (s *stream) noteEntries(ctx context.Context) {
	ctx = withVisitor(ctx, s.v)
	if len(s.shown) > 0 {
		s.app.auditOf(ctx, seeEntries, listOfEntries, s.shown)
	}
	s.app.noteIncidents(ctx, s.linked)
	s.shown, s.linked = nil, nil
}

// lineBody shows the state that was committed, so that a short ring is not lost. While a
// reader catches up, past states are left out: a phone that rang an hour ago must not ring now.
// So are states older than one that the reader was shown before the log had it.
func (s *stream) lineBody(item dutylog.Item) (any, error) {
	line, err := s.app.lineNamed(item.Subject)
	if err != nil || item.Subject == "" || item.Seq <= s.replay {
		return nil, nil // history, or a line that is not configured any more
	}
	var status dutylog.LineStatus
	if err := json.Unmarshal(item.Body, &status); err != nil {
		return nil, fmt.Errorf("read line %s from the feed: %w", item.Subject, err)
	}
	if shown, ok := s.ahead[line.Name]; ok && status.Since.Before(shown.Since.Truncate(time.Millisecond)) {
		return nil, nil // the log keeps instants a little coarser
	}
	return s.app.lineFor(s.v, line, status), nil
}

// publicAlert is what everybody may hear: that it rings for the third time.
type publicAlert struct {
	Reason   string `json:"reason"`
	State    string `json:"state"`
	Line     string `json:"line"`
	CallID   string `json:"call_id"`
	OpenedAt stamp  `json:"opened_at"`
}

func alertBody(v visitor, item dutylog.Item) (any, error) {
	if v.can(seeAlerts) {
		return alertShown(v, bytes.TrimSpace(item.Body))
	}
	var public publicAlert
	if err := json.Unmarshal(item.Body, &public); err != nil {
		return nil, fmt.Errorf("read alert %s from the feed: %w", item.Subject, err)
	}
	if public.Reason != "ring_3" && public.Reason != "limit_passed" {
		return nil, nil
	}
	return public, nil
}

// alertShown is an alert of the feed as the list shows it to the visitor.
func alertShown(v visitor, body json.RawMessage) (any, error) {
	if v.can(seeNames) {
		return body, nil
	}
	var all map[string]any
	var said struct {
		Key, Detail, Note string
		MutedReason       string `json:"muted_reason"`
		Evidence          []alerts.Evidence
	}
	if err := errors.Join(json.Unmarshal(body, &all), json.Unmarshal(body, &said)); err != nil {
		return nil, fmt.Errorf("read an alert from the feed: %w", err)
	}
	a := alerts.Alert{Key: said.Key, Detail: said.Detail, Note: said.Note, Evidence: said.Evidence, Muted: alerts.Mute{Reason: said.MutedReason}}.Mask()
	all["key"], all["detail"], all["note"], all["muted_reason"], all["evidence"] = a.Key, a.Detail, a.Note, a.Muted.Reason, append([]alerts.Evidence{}, a.Evidence...)
	return all, nil
}
