package dutylog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// proofCase is a call that is to prove a report or an approval.
type proofCase struct {
	name     string
	in       bool
	number   string   // of the other party, as the network has it
	units    []string // superiors whom the directory has under it
	phones   []string // of the leader, as roster and directory have them
	to       string   // the recipient; empty: the leader signs in it
	reason   string
	talk     time.Duration // 0: the call is not over
	wantNone bool          // nothing is kept of the reason
}

var proofCases = []proofCase{
	{name: "the superior bureau", number: "02422730110", units: []string{"市应急管理局值班室"}, to: "superior_bureau"},
	{name: "and a reason that nobody asked for", number: "02422730110", units: []string{"市应急管理局值班室"}, to: "superior_bureau", reason: "本来就是", wantNone: true},
	{name: "the government for the superior bureau", number: "02422730333", units: []string{"区政府总值班室"}, to: "superior_bureau"},
	{name: "the same, insisted on", number: "02422730333", units: []string{"区政府总值班室"}, to: "superior_bureau", reason: "政府总值班室转接到市局值班室"},
	{name: "the same, with no reason in words", number: "02422730333", units: []string{"区政府总值班室"}, to: "superior_bureau", reason: "无。"},
	{name: "the same, with two letters", number: "02422730333", units: []string{"区政府总值班室"}, to: "superior_bureau", reason: "OK!"},
	{name: "the same, with a laugh", number: "02422730333", units: []string{"区政府总值班室"}, to: "superior_bureau", reason: "haha 123"},
	{name: "the same, with one character", number: "02422730333", units: []string{"区政府总值班室"}, to: "superior_bureau", reason: "忙1"},
	{name: "the same, with two characters", number: "02422730333", units: []string{"区政府总值班室"}, to: "superior_bureau", reason: "转接"},
	{name: "the same, with five letters", number: "02422730333", units: []string{"区政府总值班室"}, to: "superior_bureau", reason: "relay"},
	{name: "the same, with too long a reason", number: "02422730333", units: []string{"区政府总值班室"}, to: "superior_bureau", reason: strings.Repeat("长", 100_000)},
	{name: "one number of committee and government", number: "02422730333", units: []string{"区委总值班室", "区政府总值班室"}, to: "party_committee"},
	{name: "one room of both", number: "02422730333", units: []string{"区委区政府总值班室"}, to: "government"},
	{name: "a superior whose name tells no recipient", number: "02422730555", units: []string{"总值班室"}, to: "government"},
	{name: "a number that nobody has", number: "13800138000", to: "government"},
	{name: "the same, insisted on", number: "13800138000", to: "government", reason: "区府办李主任的新手机"},
	{name: "no number at all", number: "", to: "government"},
	{name: "the leader, called", number: "13900001111", phones: []string{"139 0000 1111"}},
	{name: "the leader, calling", in: true, number: "+8613900001111", phones: []string{"13900001111"}},
	{name: "the leader at the office, local", number: "22739001", phones: []string{"024-22739001"}},
	{name: "the same with the country", number: "008602422739001", phones: []string{"22739001转801"}},
	{name: "an extension", number: "801", phones: []string{"801"}},
	{name: "another extension", number: "802", phones: []string{"801"}},
	{name: "somebody else", number: "13800138000", phones: []string{"13900001111"}},
	{name: "the same, insisted on", number: "13800138000", phones: []string{"13900001111"}, reason: "赵局长借用司机手机回电"},
	{name: "a superior instead of the leader", number: "02422730110", units: []string{"市应急管理局值班室"}, phones: []string{"13900001111"}},
	{name: "a leader of whom no number is known", number: "13900001111"},
	{name: "the bureau, for a tenth of a second", number: "02422730110", units: []string{"市应急管理局值班室"}, to: "superior_bureau", talk: 100 * time.Millisecond},
	{name: "the same, insisted on", number: "02422730110", units: []string{"市应急管理局值班室"}, to: "superior_bureau", talk: 100 * time.Millisecond, reason: "话机显示有误，当时已报"},
	{name: "the bureau, for five seconds", number: "02422730110", units: []string{"市应急管理局值班室"}, to: "superior_bureau", talk: 5 * time.Second},
	{name: "a stranger, for four seconds, insisted on", number: "13800138000", to: "government", talk: 4 * time.Second, reason: "区府办李主任的新手机"},
	{name: "the leader, for two seconds", number: "13900001111", phones: []string{"13900001111"}, talk: 2 * time.Second},
	{name: "withheld", in: true, number: "anonymous", phones: []string{"13900001111"}},
}

// tries is what comes of it: what was kept of the call, else the refusal.
func (c proofCase) tries(t *testing.T) string {
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:06")
	p.write(dutylog.StageFirst, "无")
	p.books.Accounts["zhao"] = dutylog.Account{Login: "zhao", Name: "赵振华", Role: dutylog.Leader}
	number, own := telephony.ParseNumber(c.number, "024"), telephony.ParseNumber("02422739110", "024")
	call := dutylog.Call{Call: telephony.Call{ID: "c", Direction: telephony.Outbound, Caller: own, Called: number, OfferedAt: p.time("2026-11-23 12:07"), AnsweredAt: p.time("2026-11-23 12:08")}}
	if c.talk > 0 {
		call.EndedAt = call.AnsweredAt.Add(c.talk)
	}
	if c.in {
		call.Direction, call.Caller, call.Called = telephony.Inbound, number, own
	}
	p.books.Calls["c"] = call
	p.books.Numbers, p.books.Parties = map[string][]telephony.Number{}, map[string]dutylog.Party{}
	for _, u := range c.units {
		p.books.Parties["c"] = dutylog.Party{Listed: append(p.books.Parties["c"].Listed, dutylog.Candidate{Unit: u, Superior: true})}
	}
	for _, n := range c.phones {
		phone, ok := dutylog.ParseContactNumber(n, "024")
		if !ok {
			phone = telephony.ParseNumber(n, "024")
		}
		p.books.Numbers["zhao"] = append(p.books.Numbers["zhao"], phone)
	}
	d := dutylog.FactDraft{Kind: dutylog.FactSigned, Body: dutylog.FactBody{Report: 1, Login: "zhao", CallID: "c", CallReason: c.reason}}
	if c.to != "" {
		d = dutylog.FactDraft{Kind: dutylog.FactDelivered, Body: dutylog.FactBody{Report: 1, Recipient: c.to, Channel: "phone", Receiver: "周敏", CallID: "c", CallReason: c.reason}}
	}
	p.at("2026-11-23 12:10")
	if err := p.try(dutyOfficer, d); err != nil {
		return whyNot(err) + ": " + err.Error()
	}
	b := p.i.Facts[len(p.i.Facts)-1].Body
	r, _ := p.i.Report(1)
	var with, reason string
	if c.to != "" {
		with, reason = r.Deliveries[0].CallWith, r.Deliveries[0].CallReason
	} else {
		with, reason = r.Approvals[0].CallWith, r.Approvals[0].CallReason
	}
	if with != b.CallWith || reason != b.CallReason || c.wantNone && reason != "" {
		t.Errorf("%s: kept is %q %q, shown %q %q", c.name, b.CallWith, b.CallReason, with, reason)
	}
	if reason == "" {
		return "theirs"
	}
	return "kept: " + with + " | " + reason
}

// The call that proves a report is with its recipient, and the one that proves an approval with who approved it, as
// directory and roster have their numbers, in whatever form. Else the officer is told, and insists with a reason.
func TestWhoseCallProvesIt(t *testing.T) {
	var out strings.Builder
	for _, c := range proofCases {
		way := "->"
		if c.in {
			way = "<-"
		}
		whom := c.to
		if whom == "" {
			whom = "zhao " + strings.Join(c.phones, "、")
		}
		reason := c.reason
		if len(reason) > 100 {
			reason = fmt.Sprintf("%d bytes", len(reason))
		}
		fmt.Fprintf(&out, "%-42s %s %q %v for %s, reason %q\n    %s\n", c.name, way, c.number, c.units, whom, reason, c.tries(t))
	}
	goldenText(t, "incidentparty.golden", out.String())
}

// What is insisted on stays when the fact is struck out, and the same deed again is the same.
func TestWhatWasInsistedOnStays(t *testing.T) {
	f := dutylog.IncidentFact{Seq: 1, Kind: dutylog.FactSigned, At: time.Unix(0, 0), Body: dutylog.FactBody{Report: 1, Login: "zhao", CallID: "c", CallWith: "13800138000", CallReason: "借用司机手机"}}
	d := dutylog.FactDraft{Kind: dutylog.FactSigned, Body: dutylog.FactBody{Report: 1, Login: "zhao", CallID: "c", CallReason: "借用司机手机"}}
	if !dutylog.SameDeed([]dutylog.IncidentFact{f}, []dutylog.FactDraft{d}) {
		t.Error("the same deed is another one")
	}
	d.Body.CallReason = "另一个理由"
	if dutylog.SameDeed([]dutylog.IncidentFact{f}, []dutylog.FactDraft{d}) {
		t.Error("another reason is the same deed")
	}
	f.Body.CallWith, f.Body.CallReason = "", "" // it was their number: the reason was not kept
	if !dutylog.SameDeed([]dutylog.IncidentFact{f}, []dutylog.FactDraft{d}) {
		t.Error("a reason that was not needed makes it another deed")
	}
}
