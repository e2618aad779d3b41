package dutylog_test

import (
	"testing"

	"dutyline/dutylog"
)

// Whoever is asked whether a fact may be struck out gets the answer of who tries it.
func TestWhatMayBeStruckOutIsWhatIsTaken(t *testing.T) {
	p := newPlay(t, "2026-11-23 12:00").at("2026-11-23 12:08")
	p.books.Accounts["chen"] = dutylog.Account{Login: "chen", Name: "陈刚", Role: dutylog.Leader}
	leader := dutylog.Actor{Login: "chen", Name: "陈刚", Role: dutylog.Leader}
	all := func(when string) {
		for n := 0; n <= len(p.i.Facts)+1; n++ {
			for _, who := range []dutylog.Actor{dutyOfficer, leader} {
				before := p.i
				err := p.try(who, dutylog.FactDraft{Kind: dutylog.FactStruck, Body: dutylog.FactBody{Fact: n, Reason: "误记"}})
				p.i = before
				if says := p.i.WhyNotStruck(n, who); (says == nil) != (err == nil) {
					t.Errorf("%s, fact %d, %s: %v is said, and it is %v", when, n, who.Login, says, err)
				}
			}
		}
	}
	all("opened")
	p.sends(dutylog.StageFirst, "无").link("e-2", "2026-11-23 12:01")
	p.by(leader, dutylog.FactReviewed, dutylog.FactBody{Report: 1})
	if err := p.try(dutyOfficer, dutylog.FactDraft{Kind: dutylog.FactSigned, At: p.now, Body: dutylog.FactBody{Report: 1, Login: "chen"}}); err != nil {
		t.Fatal(err)
	}
	signed := len(p.i.Facts)
	all("signed by telephone")
	if p.i.WhyNotStruck(signed, dutyOfficer) != nil {
		t.Error("who noted it strikes it out until its person said anything of it")
	}
	p.by(leader, dutylog.FactConfirmed, dutylog.FactBody{Report: 1, Fact: signed})
	if p.i.WhyNotStruck(signed, dutyOfficer) == nil || p.i.WhyNotStruck(signed, leader) != nil {
		t.Error("what its person confirmed is struck out by who noted it")
	}
	all("confirmed")
	p.do(dutylog.FactStruck, dutylog.FactBody{Fact: len(p.i.Facts) - 4, Reason: "误记"})
	all("struck out")
	closes(p, "12:30")
	all("closed")
}
