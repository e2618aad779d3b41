package dutylog_test

import (
	"testing"

	"dutyline/dutylog"
)

// Whoever ever stated for the duty room does not confirm or send back, also where a colleague stated after them.
func TestWhoStatedOnceDoesNotConfirm(t *testing.T) {
	v := dutylog.Violation{ID: 1, Item: 1, Facts: []dutylog.ViolationFact{
		said(dutylog.ViolationStated, "leader", dutylog.Leader, ""), said(dutylog.ViolationStated, "officer", dutylog.Officer, ""), said(dutylog.ViolationProposed, "super", dutylog.Supervisor, dutylog.NotUpheld)}}
	leader := dutylog.Actor{Login: "leader", Name: "leader", Role: dutylog.Leader}
	for _, says := range []dutylog.ViolationSays{dutylog.ViolationConfirmed, dutylog.ViolationReturned} {
		if got := v.May(says, leader); got != dutylog.ViolationSame {
			t.Errorf("%s: %q", says, got)
		}
		other := dutylog.Actor{Login: "leader2", Name: "other", Role: dutylog.Leader}
		if got := v.May(says, other); got != "" {
			t.Errorf("%s by another leader: %q", says, got)
		}
	}
}
