package telephony

import "slices"

// judgeOut gives a call placed from the duty phone its outcome: answered, not answered
// (it rang, it was busy, the officer gave up), or failed (nobody could be reached).
func (c *run) judgeOut() verdict {
	v := c.placed()
	v.hangupBy = c.whoHungUp(v)
	if v.outcome == PlacedAnswered && v.reason == ReasonFarAnswered && c.line.Supervision == SupervisionNone {
		v.findings = append(v.findings, SupervisionUnreliable)
	}
	return v
}

func (c *run) placed() verdict {
	if w, ok := c.winner(); ok {
		return verdict{outcome: PlacedAnswered, reason: ReasonFarAnswered, answeredAt: w.at}
	}
	said := map[answer]bool{}
	rang, tried := false, false
	for _, l := range c.legs {
		if l == c.root || l.local {
			continue
		}
		tried = true
		rang = rang || !l.rang.IsZero()
		said[l.response()] = true
	}
	if c.root == nil {
		return verdict{outcome: Unknown, reason: ReasonNotSeenToEnd}
	}
	gaveUp := !c.root.hungUp.IsZero()
	switch {
	case !tried && !c.root.up.IsZero():
		return verdict{outcome: PlacedAnswered, reason: ReasonSwitchAnswered, answeredAt: c.root.up}
	case !tried && gaveUp && c.localRang():
		return verdict{outcome: PlacedUnanswered, reason: ReasonOfficerGaveUp}
	case !tried:
		return verdict{outcome: PlacedFailed, reason: ReasonNotConnected}
	case said[busy]:
		return verdict{outcome: PlacedUnanswered, reason: ReasonFarBusy}
	case gaveUp && !said[failed]:
		return verdict{outcome: PlacedUnanswered, reason: ReasonOfficerGaveUp}
	case said[failed] && !rang:
		return verdict{outcome: PlacedFailed, reason: ReasonFarFailed}
	}
	return verdict{outcome: PlacedUnanswered, reason: ReasonFarNoAnswer}
}

func (c *run) localRang() bool {
	return slices.ContainsFunc(c.legs, func(l *leg) bool { return l.local && !l.rang.IsZero() })
}
