package dutylog_test

import (
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// The moments of a call side by side: the caller's side tells of its arrival and end, the phone's of bell and
// answer. A password that was asked for, and what the other leg was told afterwards, are none of them.
func TestMomentsSideBySide(t *testing.T) {
	at := func(s float64) time.Time {
		return time.Date(2026, 11, 27, 14, 31, 4, 0, time.UTC).Add(time.Duration(s * float64(time.Second)))
	}
	in := func(s float64, what string) telephony.SIPMoment {
		return telephony.SIPMoment{At: at(s), Leg: "PJSIP/trunk", In: true, What: what}
	}
	phone := func(s float64, what string) telephony.SIPMoment {
		return telephony.SIPMoment{At: at(s), Leg: "PJSIP/duty", What: what}
	}
	judged := telephony.Call{OfferedAt: at(0), RangAt: at(0.2), RangUntil: at(7), AnsweredAt: at(7), EndedAt: at(20)}
	journal := telephony.Call{OfferedAt: at(0.001), RangAt: at(0.201), RangUntil: at(7.002), AnsweredAt: at(7.002), EndedAt: at(20.003)}
	for _, c := range []struct {
		name    string
		sip     []telephony.SIPMoment
		journal *telephony.Call
		want    [5]float64 // by SIP; below zero: it is not known
	}{
		{"answered", []telephony.SIPMoment{in(-0.01, "INVITE"), phone(0.1, "INVITE"), phone(0.19, "180"), in(0.21, "180"), phone(6.99, "200"), in(7.01, "200"), in(19.99, "BYE"), phone(20.01, "BYE")}, &journal,
			[5]float64{-0.01, 0.19, 6.99, 6.99, 19.99}},
		{"the caller gives up", []telephony.SIPMoment{in(0, "INVITE"), phone(0.1, "INVITE"), phone(0.2, "180"), in(5, "CANCEL"), phone(5.01, "CANCEL"), in(5.02, "487"), phone(5.03, "487")}, nil,
			[5]float64{0, 0.2, 5.01, -9, 5}},
		{"rejected", []telephony.SIPMoment{in(0, "INVITE"), phone(0.2, "180"), phone(3, "603"), in(3.01, "403")}, nil, [5]float64{0, 0.2, 3, -9, 3.01}},
		{"SIP is not known", nil, &journal, [5]float64{-9, -9, -9, -9, -9}},
	} {
		moments := dutylog.MomentsOf(judged, c.sip, c.journal)
		for i, m := range moments {
			want := time.Time{}
			if c.want[i] > -9 {
				want = at(c.want[i])
			}
			if !m.SIP.Equal(want) {
				t.Errorf("%s: %s by SIP at %v, want %v", c.name, m.Name, m.SIP, want)
			}
			if m.Journal.IsZero() != (c.journal == nil) || m.Judged.IsZero() {
				t.Errorf("%s: %s is %+v", c.name, m.Name, m)
			}
		}
	}
}
