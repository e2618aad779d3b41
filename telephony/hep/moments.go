package hep

import (
	"strconv"

	"dutyline/telephony"
)

// mostMoments bounds what is kept of one dialog.
const mostMoments = 12

// Moments are the messages of one dialog that begin, ring, answer or end its call. Challenges for a
// password and what comes after the answer, except for the end, tell nothing of it.
func (v *View) Moments(d telephony.Dialog) (all []telephony.SIPMoment) {
	answered := false
	for _, m := range v.Messages(d.SIPCallID) {
		what := ""
		switch {
		case m.Request() && (m.Method == "INVITE" && m.ToTag == "" || m.Method == "CANCEL" || m.Method == "BYE"):
			what = m.Method
		case !m.Request() && m.Method == "INVITE" && m.Status >= 180 && m.Status != 401 && m.Status != 407 && !answered:
			what = strconv.Itoa(m.Status)
			answered = m.Status >= 200 && m.Status < 300
		}
		if what != "" && len(all) < mostMoments {
			all = append(all, telephony.SIPMoment{At: m.At, Leg: d.Endpoint, In: d.In, What: what})
		}
	}
	return all
}
