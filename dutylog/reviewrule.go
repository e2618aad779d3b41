package dutylog

import (
	"fmt"
	"slices"
)

// ReviewReason is why a call was answered late or not at all, as the officer concerned says it.
type ReviewReason string

// The closed set of reasons, in the order in which the page offers them.
const (
	ReasonOtherCall  ReviewReason = "other_call"  // 正在接听或拨打其他电话
	ReasonOtherDuty  ReviewReason = "other_duty"  // 正在处置其他值班事项
	ReasonHandover   ReviewReason = "handover"    // 正在交接班
	ReasonNotHeard   ReviewReason = "not_heard"   // 没有听到铃声
	ReasonPhoneFault ReviewReason = "phone_fault" // 话机故障
	ReasonLineFault  ReviewReason = "line_fault"  // 线路故障
	ReasonHungUp     ReviewReason = "hung_up"     // 拿起话机时对方已挂断
	ReasonAway       ReviewReason = "away"        // 短暂离开座位
	ReasonOther      ReviewReason = "other"
)

// ReviewReasons lists them.
func ReviewReasons() []ReviewReason {
	return []ReviewReason{ReasonOtherCall, ReasonOtherDuty, ReasonHandover, ReasonNotHeard, ReasonPhoneFault, ReasonLineFault, ReasonHungUp, ReasonAway, ReasonOther}
}

// TechnicalCause is why a measured verdict is set aside: never for what people did, only for what
// machines did.
type TechnicalCause string

// The closed set of causes.
const (
	CausePhone    TechnicalCause = "phone"    // 话机故障
	CauseLine     TechnicalCause = "line"     // 线路或中继故障
	CauseSwitch   TechnicalCause = "switch"   // 交换机故障
	CausePower    TechnicalCause = "power"    // 停电
	CauseClock    TechnicalCause = "clock"    // 时钟不准
	CauseSettings TechnicalCause = "settings" // 线路设置有误
	CauseWorks    TechnicalCause = "works"    // 检修、割接
)

// TechnicalCauses lists them.
func TechnicalCauses() []TechnicalCause {
	return []TechnicalCause{CausePhone, CauseLine, CauseSwitch, CausePower, CauseClock, CauseSettings, CauseWorks}
}

// ReviewRefusal is why somebody may not say something of a verdict; empty: they may.
type ReviewRefusal string

// The closed set of refusals.
const (
	NothingToReview  ReviewRefusal = "nothing_to_review"
	NotTheirReview   ReviewRefusal = "not_their_part"
	NotConcerned     ReviewRefusal = "not_concerned"
	OwnCase          ReviewRefusal = "own_case"
	OfficerFirst     ReviewRefusal = "officer_first"
	DecidedAlready   ReviewRefusal = "decided_already"
	NotDecidedYet    ReviewRefusal = "not_decided_yet"
	SecondIsAsked    ReviewRefusal = "second_is_asked"
	SecondIsNotAsked ReviewRefusal = "second_is_not_asked"
	SameReviewer     ReviewRefusal = "same_reviewer"
	ReviewIsClosed   ReviewRefusal = "closed"
	NothingMoved     ReviewRefusal = "nothing_moved"
)

var reviewRefusals = map[ReviewRefusal]string{
	NothingToReview:  "the verdict of this call counts against nobody: there is nothing to review",
	NotTheirReview:   "this is not for your role: the officer concerned explains, a supervisor decides",
	NotConcerned:     "this call concerns somebody else: only the officer concerned explains it",
	OwnCase:          "you are concerned yourself: another supervisor decides",
	OfficerFirst:     "the officer concerned has the first word: wait for it, or until the time for it is over",
	DecidedAlready:   "it is decided already: ask for a second reviewer instead",
	NotDecidedYet:    "nobody has decided yet: a second reviewer comes after the first",
	SecondIsAsked:    "a second reviewer was asked for: that decision comes next",
	SecondIsNotAsked: "nobody asked for a second reviewer",
	SameReviewer:     "you decided the first time: the second reviewer is another person",
	ReviewIsClosed:   "the second reviewer has decided: nothing comes after",
	NothingMoved:     "the verdict concerns whom it was decided about: ask for a second reviewer instead",
}

// reviewParty is who may say something.
type reviewParty func(r Review, by Actor) ReviewRefusal

// reviewRights is who may say what, and when: one row per thing that can be said.
var reviewRights = []struct {
	says ReviewSays
	who  reviewParty
	when []ReviewState
}{
	{ReviewExplained, theConcerned, []ReviewState{AwaitsOfficer, AwaitsSupervisor}},
	{ReviewCommented, anImpartialSupervisor, []ReviewState{AwaitsSupervisor, Reviewed, AwaitsSecond}},
	{ReviewDecided, anImpartialSupervisor, []ReviewState{AwaitsSupervisor}},
	{ReviewSecondAsked, concernedOrSupervisor, []ReviewState{Reviewed}},
	{ReviewSecondDecided, aSecondReviewer, []ReviewState{AwaitsSecond}},
	{ReviewReopened, whereItMoved, []ReviewState{Reviewed, AwaitsSecond, ReviewedTwice}},
}

// May says why somebody may not say something of this verdict now; empty: they may.
func (r Review) May(says ReviewSays, by Actor) ReviewRefusal {
	if !WantsReview(r.Call.Call) {
		return NothingToReview
	}
	for _, right := range reviewRights {
		if right.says != says {
			continue
		}
		if refused := right.who(r, by); refused != "" {
			return refused
		}
		if !slices.Contains(right.when, r.State) {
			return r.notNow(says)
		}
		return ""
	}
	return NotTheirReview
}

// notNow is why something that is theirs to say cannot be said in this state.
func (r Review) notNow(says ReviewSays) ReviewRefusal {
	switch {
	case r.State == ReviewedTwice:
		return ReviewIsClosed
	case says == ReviewSecondDecided:
		return SecondIsNotAsked
	case says == ReviewSecondAsked && r.State == AwaitsSecond:
		return SecondIsAsked
	case says == ReviewSecondAsked:
		return NotDecidedYet
	case r.State == AwaitsOfficer:
		return OfficerFirst
	}
	return DecidedAlready
}

// MaySay lists what somebody may say of this verdict now.
func (r Review) MaySay(by Actor) []ReviewSays {
	all := []ReviewSays{}
	for _, right := range reviewRights {
		if r.May(right.says, by) == "" {
			all = append(all, right.says)
		}
	}
	return all
}

// Concerns reports whether a verdict is about somebody. The log knows officers by their names; where it
// does not know who sat there, it may have been anybody who is on duty.
func (c ReviewCase) Concerns(by Actor) bool {
	onDuty := by.Role == Officer || by.Role == Chief || by.Role == Leader
	return by.isNamed(c.Officer) || c.Officer == "" && onDuty
}

func theConcerned(r Review, by Actor) ReviewRefusal {
	switch {
	case by.Role == Auditor || by.Role == Admin || by.Role == Reader:
		return NotTheirReview
	case !r.Concerns(by):
		return NotConcerned
	}
	return ""
}

// isOwn reports whether somebody would judge themselves, or what they explained.
func (r Review) isOwn(by Actor) bool {
	return by.isNamed(r.Officer) || r.Explained != nil && by.is(r.Explained.By)
}

func anImpartialSupervisor(r Review, by Actor) ReviewRefusal {
	switch {
	case by.Role != Supervisor:
		return NotTheirReview
	case r.isOwn(by):
		return OwnCase
	}
	return ""
}

func concernedOrSupervisor(r Review, by Actor) ReviewRefusal {
	if by.Role == Supervisor {
		return ""
	}
	return theConcerned(r, by)
}

// whereItMoved is a supervisor, of a verdict that came to concern somebody else after it was decided.
func whereItMoved(r Review, by Actor) ReviewRefusal {
	if refused := anImpartialSupervisor(r, by); refused != "" {
		return refused
	}
	if _, moved := r.Moved(); !moved {
		return NothingMoved
	}
	return ""
}

// aSecondReviewer is another supervisor, or a duty leader where there is only one.
func aSecondReviewer(r Review, by Actor) ReviewRefusal {
	switch {
	case by.Role != Supervisor && by.Role != Leader:
		return NotTheirReview
	case r.isOwn(by):
		return OwnCase
	case r.Decision != nil && by.is(r.Decision.By):
		return SameReviewer
	}
	return ""
}

// Results lists what can be decided: a borderline verdict counts only as somebody says.
func (r Review) Results() []ReviewResult {
	if Borderline(r.Call.Call) {
		return []ReviewResult{ReviewCountsInTime, ReviewCountsLate, ReviewSetAside}
	}
	return []ReviewResult{ReviewStands, ReviewSetAside}
}

// Check says what is wrong with what somebody wants to say, and gives it as it is kept.
func (r Review) Check(f ReviewFact) (ReviewFact, error) {
	var err error
	if f.Text, err = CleanNote("text", f.Text); err != nil {
		return f, err
	}
	if refused := r.May(f.Says, f.By); refused != "" {
		return f, &InvalidError{Field: "says", Reason: reviewRefusals[refused]}
	}
	f.CallID, f.Officer, f.Outcome = r.Call.ID, r.Officer, r.Call.Outcome
	switch f.Says {
	case ReviewExplained:
		f.Result = ""
		return f, f.checkReason()
	case ReviewDecided, ReviewSecondDecided:
		return f.checkResult(r.Results())
	}
	f.Code, f.Result = "", ""
	if f.Text == "" {
		return f, &InvalidError{Field: "text", Reason: "is empty: say it in words"}
	}
	return f, nil
}

func (f ReviewFact) checkReason() error {
	switch {
	case !slices.Contains(ReviewReasons(), ReviewReason(f.Code)):
		return &InvalidError{Field: "code", Reason: fmt.Sprintf("%.40q is no reason: choose %s", f.Code, orList(ReviewReasons()))}
	case f.Text == "":
		return &InvalidError{Field: "text", Reason: "say in a few words what happened"}
	}
	return nil
}

// checkResult: what a machine did sets a verdict aside, and only with its proof.
func (f ReviewFact) checkResult(possible []ReviewResult) (ReviewFact, error) {
	switch {
	case !slices.Contains(possible, f.Result):
		return f, &InvalidError{Field: "result", Reason: fmt.Sprintf("%.40q is not possible for this verdict: choose %s", f.Result, orList(possible))}
	case f.Result != ReviewSetAside:
		f.Code = ""
	case !slices.Contains(TechnicalCauses(), TechnicalCause(f.Code)):
		return f, &InvalidError{Field: "code", Reason: "a verdict is set aside for a technical cause only: choose " + orList(TechnicalCauses())}
	case f.Text == "":
		return f, &InvalidError{Field: "text", Reason: "say what proves the technical cause: a fault report, a test call, an alert"}
	}
	if f.Text == "" && f.Result != ReviewStands {
		return f, &InvalidError{Field: "text", Reason: "say in a few words why"}
	}
	return f, nil
}
