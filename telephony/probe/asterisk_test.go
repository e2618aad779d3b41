package probe_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"dutyline/telephony/asterisk/asterisktest"
	"dutyline/telephony/probe"
	"dutyline/telephony/testcall"
)

// A real exchange that asks for a password: the account proves itself and the call gets through;
// with a wrong password the sentence says where to look, and nothing rings.
func TestAnAccountAtARealExchange(t *testing.T) {
	far := asterisktest.FreeUDP(t)
	s := asterisktest.Settings(t)
	s.TrunkContact = "sip:" + far
	sw := asterisktest.Start(t, s)
	phone := asterisktest.FarEnd(t, far, time.Second, asterisktest.Tone(t, 600, time.Second))
	call := func(password string) testcall.Caller {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		f := &follow{until: whenAnswered, hangUp: cancel}
		cfg := probe.Config{Server: sw.Settings.SIPAddress, User: sw.Settings.DutyUser, Password: password, Number: "02422739119"}
		met, _ := probe.New(cfg).Call(ctx, testcall.Order{Number: "13900001112", Token: "7f3a"}, f.report)
		return met
	}
	if met := call(sw.Settings.DutyPassword); met.Fault != "" || met.RingingAt.IsZero() || met.AnsweredAt.Before(met.RingingAt) || met.Status != 200 {
		t.Errorf("with the right password: %+v", met)
	}
	phone.Finish(t)
	if met := call("wrong"); !strings.Contains(met.Fault, "password") || !met.RingingAt.IsZero() || met.Status != 401 {
		t.Errorf("with a wrong one: %+v", met)
	}
	if err := probe.New(probe.Config{Server: sw.Settings.SIPAddress, Number: "02422739119"}).Reach(t.Context()); err != nil {
		t.Errorf("it is there, and cannot be reached: %v", err)
	}
}
