package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
)

type muteInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Reason string    `json:"reason" minLength:"1" maxLength:"200" doc:"Why: others read it"`
		Until  time.Time `json:"until" doc:"Not past, and at most 7 days away"`
		Rule   bool      `json:"rule,omitempty" doc:"Everything of its rule on its line, also what comes until then"`
	}
}

// mute keeps an alert quiet; said again it is for that time instead.
func (a *app) mute(ctx context.Context, in *muteInput) (*alertOutput, error) {
	reason, err := dutylog.CleanReason("reason", in.Body.Reason)
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	muted, err := a.Alerts.Mute(ctx, in.ID, alerts.Mute{Until: in.Body.Until, Rule: in.Body.Rule, Reason: strings.TrimSpace(reason), By: visitorOf(ctx).actor()})
	if err != nil {
		return nil, muteProblem(err)
	}
	return &alertOutput{listed(visitorOf(ctx), muted)}, nil
}

type alertInput struct {
	ID int64 `path:"id" minimum:"1"`
}

// unmute ends a mute before its time.
func (a *app) unmute(ctx context.Context, in *alertInput) (*alertOutput, error) {
	told, err := a.Alerts.Unmute(ctx, in.ID, visitorOf(ctx).actor())
	if err != nil {
		return nil, muteProblem(err)
	}
	return &alertOutput{listed(visitorOf(ctx), told)}, nil
}

func muteProblem(err error) error {
	switch {
	case errors.Is(err, alerts.ErrOver):
		return newProblem(http.StatusConflict, typeAlertOver, "The alert is resolved already: mute its rule, if more of it is expected.")
	case errors.Is(err, alerts.ErrRings):
		return newProblem(http.StatusConflict, typeAlertRings, "A call rings at this moment, and such an alert is never muted: pick up, it ends by itself.")
	case errors.Is(err, alerts.ErrUnmuted):
		return newProblem(http.StatusConflict, typeAlertUnmuted, "The alert is not muted, or not any more: read the list anew.")
	case errors.Is(err, alerts.ErrMuteEnd):
		return problemOf(inBody(&dutylog.InvalidError{Field: "until", Reason: "must not be past, and at most 7 days away"}))
	}
	return problemOf(err)
}
