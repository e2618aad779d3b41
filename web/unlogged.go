package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/telephony"
)

// Unlogged is the exception of rule R5: what happened while the duty log could not be written,
// or not in time. It is a picture of one moment and empty as long as the log keeps up.
type Unlogged struct {
	Lines   map[string]telephony.LineState // newest state by line
	Alerts  []alerts.Alert                 // ring_3 and limit_passed of calls that still ring
	Changed <-chan struct{}                // closed when the picture is another one
}

// unnumbered is in place of the id of a frame that is not in the log: a reader that resumes
// goes on behind the newest frame that is.
const unnumbered dutylog.Seq = -1

// sendUnlogged sends what the log does not have yet, each thing once. A line that the log has
// caught up with is shown as the log has it.
func (s *stream) sendUnlogged(ctx context.Context) (changed <-chan struct{}, err error) {
	u := s.app.Unlogged()
	if len(u.Lines)+len(u.Alerts)+len(s.ahead)+len(s.told) == 0 {
		return u.Changed, nil
	}
	if err := s.recheck(ctx, true); err != nil {
		return nil, err
	}
	if err := s.sendLines(ctx, u, s.differing(u)); err != nil {
		return nil, err
	}
	told := make(map[string]bool, len(u.Alerts))
	for _, a := range u.Alerts {
		told[a.Key] = true
		if s.told[a.Key] {
			continue
		}
		if err := s.unloggedAlert(a); err != nil {
			return nil, err
		}
	}
	s.told = told
	return u.Changed, nil
}

// differing are the lines of which the reader was shown another unlogged state than this.
func (s *stream) differing(u Unlogged) map[string]bool {
	names := map[string]bool{}
	for _, l := range s.app.Lines {
		shown, was := s.ahead[l.Name]
		state, is := u.Lines[l.Name]
		if was != is || shown != state {
			names[l.Name] = true
		}
	}
	return names
}

// unloggedAlert has the key that the alert will have in the log: readers tell by it that the
// later frame says nothing new.
func (s *stream) unloggedAlert(a alerts.Alert) error {
	full, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("write alert %s: %w", a.Key, err)
	}
	body, err := alertBody(s.v, dutylog.Item{Subject: a.Key, Body: full})
	if err != nil || body == nil {
		return err
	}
	data, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("write alert %s: %w", a.Key, err)
	}
	data = append(bytes.TrimSuffix(data, []byte("}")), `,"logged":false}`...)
	return s.frame(string(dutylog.TopicAlert), unnumbered, data)
}
