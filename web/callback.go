package web

import (
	"context"
	"errors"
	"net/http"

	"dutyline/telephony"
)

// CallBacks has the duty phone ring, and dials on when it is picked up. The error may be a
// telephony.CallBackRefusal.
type CallBacks interface {
	// CallBack gives the id that the call will have once the phone was picked up.
	CallBack(ctx context.Context, line, number string) (id string, err error)
}

type callBackInput struct {
	Body struct {
		Number string `json:"number" maxLength:"64" doc:"Whom to call, in any form"`
		Line   string `json:"line,omitempty" maxLength:"64" doc:"Whose duty phone; the first line's where none is named"`
	}
}

type callBackOutput struct {
	Body struct {
		CallID string `json:"call_id" doc:"Of the call that begins when the duty phone is picked up"`
	}
}

// callBack lets the duty phone ring for a call back. What comes of it is an outgoing call like any other.
func (a *app) callBack(ctx context.Context, in *callBackInput) (*callBackOutput, error) {
	if a.CallBacks == nil {
		return nil, refusedCallBack(telephony.BackStopping)
	}
	id, err := a.CallBacks.CallBack(ctx, in.Body.Line, in.Body.Number)
	var refusal telephony.CallBackRefusal
	switch {
	case errors.As(err, &refusal):
		return nil, refusedCallBack(refusal)
	case err != nil:
		p := newProblem(http.StatusServiceUnavailable, "", "The switch did not let the duty phone ring; dial by hand. The daemon's own log says why.")
		p.cause = err
		return nil, p
	}
	a.audit(ctx, callBack, id)
	out := &callBackOutput{}
	out.Body.CallID = id
	return out, nil
}

// refusedCallBack is why nobody is called back. Each has a type of its own, so that the page can say it.
func refusedCallBack(r telephony.CallBackRefusal) *Problem {
	status := http.StatusConflict
	switch r {
	case telephony.BackNoLine:
		status = http.StatusNotFound
	case telephony.BackNoNumber, telephony.BackBadNumber, telephony.BackOwnNumber:
		status = http.StatusUnprocessableEntity
	case telephony.BackUnseen, telephony.BackStopping, telephony.BackPhoneAway, telephony.BackNoPhone:
		status = http.StatusServiceUnavailable
	}
	return newProblem(status, problemBase+"call-back-"+string(r), "Nobody is called back: %s.", r.Error())
}
