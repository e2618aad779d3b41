package dutylog_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/telephony"
)

func account(login, name string, role dutylog.Role, change ...func(*dutylog.Account)) dutylog.Account {
	a := dutylog.Account{Login: login, Name: name, Role: role}
	for _, c := range change {
		c(&a)
	}
	return a
}

func actorOf(a dutylog.Account) dutylog.Actor {
	return dutylog.Actor{Login: a.Login, Name: a.Name, Role: a.Role}
}

// Who hands over to whom follows from who is signed in, who confirms beside, and who took over last.
func TestPartiesOfAHandover(t *testing.T) {
	disabled := func(a *dutylog.Account) { a.Disabled = true }
	newcomer := func(a *dutylog.Account) { a.MustChange = true }
	zhang, li := account("zhangwei", "张伟", dutylog.Officer), account("lina", "李娜", dutylog.Officer)
	wang, chief := account("wangq", "王强", dutylog.Officer), account("chen", "陈建国", dutylog.Chief)
	twice := account("zhang2", "张伟", dutylog.Officer) // the same person with a second login
	last := &dutylog.Handover{ID: 7, Incoming: actorOf(zhang)}
	none := dutylog.Actor{}
	for name, c := range map[string]struct {
		last               *dutylog.Handover
		ask                dutylog.Takeover
		outgoing, incoming dutylog.Actor
		refused            error
	}{
		"the first one takes over alone":               {nil, dutylog.Takeover{Signed: zhang}, none, actorOf(zhang), nil},
		"the first one is an officer":                  {nil, dutylog.Takeover{Signed: chief}, none, none, dutylog.NotAnOfficer},
		"nobody hands over to the first one":           {nil, dutylog.Takeover{Signed: zhang, Second: &li}, none, none, dutylog.NobodyToRelief},
		"signed in as outgoing, the incoming confirms": {last, dutylog.Takeover{Signed: zhang, Second: &li}, actorOf(zhang), actorOf(li), nil},
		"signed in as incoming, the outgoing confirms": {last, dutylog.Takeover{Signed: li, Second: &zhang}, actorOf(zhang), actorOf(li), nil},
		"the outgoing one alone":                       {last, dutylog.Takeover{Signed: zhang}, none, none, dutylog.SecondMissing},
		"the outgoing one alone, with a reason":        {last, dutylog.Takeover{Signed: zhang, Unsigned: "急病"}, none, none, dutylog.SecondMissing},
		"the incoming one alone":                       {last, dutylog.Takeover{Signed: li, Unsigned: "  "}, none, none, dutylog.SecondMissing},
		"the outgoing one cannot":                      {last, dutylog.Takeover{Signed: li, Unsigned: "张伟突发急病送医"}, actorOf(zhang), actorOf(li), nil},
		"the same login":                               {last, dutylog.Takeover{Signed: zhang, Second: &zhang}, none, none, dutylog.OnePersonTwice},
		"the same person with another login":           {last, dutylog.Takeover{Signed: zhang, Second: &twice}, none, none, dutylog.OnePersonTwice},
		"the same login beside another one":            {last, dutylog.Takeover{Signed: li, Second: &li}, none, none, dutylog.OnePersonTwice},
		"somebody who is not responsible hands over":   {last, dutylog.Takeover{Signed: li, Second: &wang}, none, none, dutylog.NotResponsible},
		"the responsible one takes over from himself":  {last, dutylog.Takeover{Signed: twice, Unsigned: "x"}, none, none, dutylog.OnePersonTwice},
		"a section chief takes the desk":               {last, dutylog.Takeover{Signed: zhang, Second: &chief}, actorOf(zhang), actorOf(chief), dutylog.NotAnOfficer},
		"a password that somebody else gave":           {last, dutylog.Takeover{Signed: zhang, Second: is(account("lina", "李娜", dutylog.Officer, newcomer))}, none, none, dutylog.MustChange},
		"a disabled login":                             {last, dutylog.Takeover{Signed: zhang, Second: is(account("lina", "李娜", dutylog.Officer, disabled))}, none, none, dutylog.LoginDisabled},
		"upper and lower case are the same login":      {last, dutylog.Takeover{Signed: account("ZhangWei", "张伟", dutylog.Officer), Second: &li}, actorOf(zhang), actorOf(li), nil},
	} {
		t.Run(name, func(t *testing.T) {
			outgoing, incoming, err := c.ask.Parties(c.last)
			if !errors.Is(err, c.refused) || (err == nil) != (c.refused == nil) {
				t.Fatalf("got %v, want %v", err, c.refused)
			}
			if err == nil && (outgoing != c.outgoing || incoming != c.incoming) {
				t.Errorf("%v hands over to %v", outgoing, incoming)
			}
		})
	}
}

func TestWhoConfirmsAfterwards(t *testing.T) {
	h := dutylog.Handover{Confirmations: []dutylog.Confirmation{{Part: dutylog.PartIncoming}, {Part: dutylog.PartLeader}}}
	for _, c := range []struct {
		who  dutylog.Account
		part dutylog.Part
		err  error
	}{
		{account("chen", "陈建国", dutylog.Chief), dutylog.PartChief, nil},
		{account("zhao", "赵振华", dutylog.Leader), "", dutylog.AlreadySaid},
		{account("lina", "李娜", dutylog.Officer), "", dutylog.NotTheirPart},
		{account("sun", "孙督查", dutylog.Supervisor), "", dutylog.NotTheirPart},
		{account("new", "新科长", dutylog.Chief, func(a *dutylog.Account) { a.MustChange = true }), dutylog.PartChief, dutylog.MustChange},
	} {
		part, err := h.PartOf(c.who)
		if part != c.part || !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
			t.Errorf("%s: %s %v", c.who.Role, part, err)
		}
	}
	if _, said := h.Confirmed(dutylog.PartOutgoing); said {
		t.Error("the outgoing one confirmed nothing")
	}
}

// Every refusal is a sentence of its own that says what to do.
func TestRefusalsAreSentences(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range []dutylog.HandoverRefusal{dutylog.OnePersonTwice, dutylog.NotAnOfficer, dutylog.NotResponsible, dutylog.SecondMissing, dutylog.NobodyToRelief,
		dutylog.MustChange, dutylog.LoginDisabled, dutylog.SheetChanged, dutylog.NotTheirPart, dutylog.AlreadySaid, dutylog.Overtaken} {
		if s := r.Error(); len(s) < 30 || seen[s] || strings.HasSuffix(s, ".") {
			t.Errorf("%s: %q", r, s)
		}
		seen[r.Error()] = true
	}
}

// A sheet has one spelling: an absent list and an empty one are the same text, and what was frozen
// comes back as it was.
func TestASheetIsFrozenAndThawed(t *testing.T) {
	e := dutylog.Entry{ID: "e-1", EntryNumber: dutylog.EntryNumber{Year: 2026, Serial: 12}, Kind: dutylog.KindDuty, State: dutylog.Open, CallAt: time.Date(2026, 11, 27, 0, 5, 0, 0, time.UTC),
		Values: values{dutylog.CallerUnit: "沈河区应急局", dutylog.CallerPerson: "刘洋", dutylog.Content: strings.Repeat("一处民房起火\n", 20)}}
	s := dutylog.Sheet{Outgoing: "张伟", Matters: []dutylog.Matter{dutylog.MatterOf(e)}, Counts: dutylog.Counts{Calls: 3, Missed: 1}}
	if m := s.Matters[0]; m.Who != "沈河区应急局 刘洋" || len([]rune(m.What)) != 61 || strings.Contains(m.What, "\n") || m.EntryNumber != "2026-000012" || *m.At != "2026-11-27T00:05:00.000Z" {
		t.Errorf("%+v", m)
	}
	s, err := s.WithRemarks("钥匙在抽屉里。\x00")
	if err != nil || s.Remarks != "钥匙在抽屉里。" {
		t.Fatalf("%q %v", s.Remarks, err)
	}
	text, digest := s.Freeze()
	back, err := dutylog.Thaw(text, digest)
	if err != nil {
		t.Fatal(err)
	}
	if again, d := back.Freeze(); again != text || d != digest || s.Digest() != digest {
		t.Errorf("another text:\n%s\n%s", text, again)
	}
	if diff := cmp.Diff(dutylog.Sheet{Matters: []dutylog.Matter{}}.Digest(), dutylog.Sheet{}.Digest()); diff != "" {
		t.Error(diff)
	}
	var invalid *dutylog.InvalidError
	if _, err := dutylog.Thaw(strings.Replace(text, "张伟", "李娜", 1), digest); !errors.As(err, &invalid) || !strings.Contains(err.Error(), "dutyline verify") {
		t.Errorf("a text that was changed: %v", err)
	}
	if _, err := (dutylog.Sheet{}).WithRemarks(strings.Repeat("字", 20001)); !errors.As(err, &invalid) || invalid.Field != "remarks" {
		t.Errorf("remarks without end: %v", err)
	}
}

// The number on the sheet is that to call back: the one that was given, else the one that the switch showed.
func TestAMatterHasTheNumberToCallBack(t *testing.T) {
	e := dutylog.Entry{Kind: dutylog.KindMissed, Number: telephony.ParseNumber("02422730001", "024"), Values: values{dutylog.CallerUnit: "和平区应急局"}}
	if m := dutylog.MatterOf(e); m.Who != "和平区应急局" || m.Number != "02422730001" {
		t.Errorf("of the call: %+v", m)
	}
	e.Values[dutylog.ContactNumber] = "13904011234"
	if m := dutylog.MatterOf(e); m.Number != "13904011234" {
		t.Errorf("as it was given: %+v", m)
	}
	if m := dutylog.MatterOf(e.Mask()); m.Number != "139****1234" {
		t.Errorf("masked: %+v", m)
	}
}

// Whom we called stands for who called, and an entry without a call has the time at which it was opened.
func TestAMatterWithoutACaller(t *testing.T) {
	opened := time.Date(2026, 11, 27, 1, 0, 0, 0, time.UTC)
	m := dutylog.MatterOf(dutylog.Entry{Kind: dutylog.KindOutgoing, OpenedAt: opened, Values: values{dutylog.CalledWhom: "市局指挥中心", dutylog.CalledWhy: "报送情况"}})
	if m.Who != "市局指挥中心" || m.What != "报送情况" || *m.At != "2026-11-27T01:00:00.000Z" || m.Missing == nil {
		t.Errorf("%+v", m)
	}
}
