package dutylog_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// everyone is one person of every role.
func everyone() (all []dutylog.Actor) {
	for _, r := range dutylog.Roles() {
		all = append(all, dutylog.Actor{Login: string(r), Name: "王" + string(r), Role: r})
	}
	return all
}

func signed(role dutylog.Role, login, digest string) dutylog.AssessmentFact {
	return dutylog.AssessmentFact{Says: dutylog.AssessSigned, Digest: digest, By: dutylog.Actor{Login: login, Name: "王" + login, Role: role}}
}

// Who may say what of a sheet, in every state.
func TestWhoSignsAndFreezes(t *testing.T) {
	sheet := dutylog.Score(month(t, "2026-11", zone(t, "Asia/Shanghai")).Facts("2026-11", "duty", nineOClock), scoring())
	_, digest := sheet.Freeze()
	supervisor, leader := signed(dutylog.Supervisor, "supervisor", digest), signed(dutylog.Leader, "leader", digest)
	old := signed(dutylog.Supervisor, "supervisor", "of an older sheet")
	cases := []struct {
		name string
		c    dutylog.AssessmentCase
	}{
		{"running", dutylog.AssessmentCase{Allowed: true}}, {"over", dutylog.AssessmentCase{Over: true, Allowed: true}}, {"over, no rules", dutylog.AssessmentCase{Over: true}},
		{"supervisor signed", dutylog.AssessmentCase{Over: true, Allowed: true, Said: []dutylog.AssessmentFact{supervisor}}},
		{"it changed since", dutylog.AssessmentCase{Over: true, Allowed: true, Said: []dutylog.AssessmentFact{old}}},
		{"the leader signed", dutylog.AssessmentCase{Over: true, Allowed: true, Said: []dutylog.AssessmentFact{leader}}},
		{"one person in both parts", dutylog.AssessmentCase{Over: true, Allowed: true, Said: []dutylog.AssessmentFact{signed(dutylog.Leader, "supervisor", digest)}}},
		{"both signed", dutylog.AssessmentCase{Over: true, Allowed: true, Said: []dutylog.AssessmentFact{supervisor, leader}}},
		{"reviews are open", dutylog.AssessmentCase{Over: true, Allowed: true, OpenOf: 2, Said: []dutylog.AssessmentFact{supervisor, leader}}},
		{"frozen", dutylog.AssessmentCase{Over: true, Allowed: true, Frozen: &dutylog.FrozenAssessment{Sheet: sheet, Digest: digest}}},
	}
	var text strings.Builder
	for _, c := range cases {
		c.c.Sheet = sheet
		fmt.Fprintf(&text, "%s (%s)\n", c.name, c.c.State())
		for _, by := range everyone() {
			for _, says := range []dutylog.AssessmentSays{dutylog.AssessNamed, dutylog.AssessSigned, dutylog.AssessFrozen, dutylog.AssessNoted} {
				if refused := c.c.May(says, by); refused != dutylog.AssessNotTheirs {
					fmt.Fprintf(&text, "  %-10s %-7s %s\n", by.Role, says, map[bool]string{true: "may", false: string(refused)}[refused == ""])
				}
			}
		}
	}
	goldenText(t, "assessmentdeeds.golden.txt", text.String())
}

func TestASignatureIsOfWhatWasSeen(t *testing.T) {
	c := dutylog.AssessmentCase{Over: true, Allowed: true, Sheet: dutylog.Score(month(t, "2026-11", zone(t, "Asia/Shanghai")).Facts("2026-11", "duty", nineOClock), scoring())}
	by := dutylog.Actor{Login: "wu", Name: "吴敏", Role: dutylog.Supervisor}
	if _, err := c.Check(dutylog.AssessmentFact{Says: dutylog.AssessSigned, Digest: "another", By: by}); !errors.Is(err, dutylog.ErrExists) {
		t.Errorf("%v", err)
	}
	_, digest := c.Sheet.Freeze()
	f, err := c.Check(dutylog.AssessmentFact{Says: dutylog.AssessSigned, Digest: digest, Persons: dutylog.Responsible{Head: "x"}, By: by})
	if err != nil || f.Month != "2026-11" || f.Line != "duty" || f.Persons.Head != "" {
		t.Errorf("%+v %v", f, err)
	}
	var wrong *dutylog.InvalidError
	if _, err := c.Check(dutylog.AssessmentFact{Says: dutylog.AssessFrozen, Digest: digest, By: by}); !errors.As(err, &wrong) || wrong.Field != "says" {
		t.Errorf("%v", err)
	}
	if f, err = c.Check(dutylog.AssessmentFact{Says: dutylog.AssessNamed, Persons: dutylog.Responsible{Head: " 孙志国 "}, By: by}); err != nil || f.Persons.Head != "孙志国" {
		t.Errorf("%+v %v", f, err)
	}
	c.Said = []dutylog.AssessmentFact{f}
	if p := c.Persons().Or(dutylog.Responsible{Head: "另一人", Duty: "张伟"}); p != (dutylog.Responsible{Head: "孙志国", Duty: "张伟"}) {
		t.Errorf("%+v", p)
	}
}

// A frozen sheet stands; what came later, and what other rules would say, stands beside it.
func TestCorrectionsAndOtherRulesChangeNoFrozenSheet(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	now := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	good, late := filledIn(rang(telephony.AnsweredInTime, time.Second)), filledIn(rang(telephony.AnsweredLate, 20*time.Second))
	facts := month(t, "2026-11", loc, append(several(24, good), late)...).Facts("2026-11", "duty", now)
	frozen := &dutylog.FrozenAssessment{Sheet: dutylog.Score(facts, scoring()), Facts: facts, Rules: scoring()}
	aside := late
	aside.Review = dutylog.ReviewSetAside
	later := month(t, "2026-11", loc, append(several(24, good), aside)...).Facts("2026-11", "duty", now)
	c := dutylog.AssessmentCase{Frozen: frozen, Facts: later, Sheet: dutylog.Score(later, frozen.Rules)}
	said := func(list []dutylog.ItemChange) (all []string) {
		for _, x := range list {
			of := func(i *dutylog.AssessmentItem) string {
				if i == nil {
					return "-"
				}
				return fmt.Sprintf("%s/%s %d/%d", i.Gets, i.Points, i.Share.Good, i.Share.Of)
			}
			all = append(all, x.ID+" "+of(x.Then)+" -> "+of(x.Now))
		}
		return all
	}
	if diff := cmp.Diff([]string{"on_time 10/20 24/25 -> 20/20 24/24"}, said(c.Corrections())); diff != "" {
		t.Errorf("corrections (-want +got):\n%s", diff)
	}
	other := scoring()
	other.Items[0].Bands = []dutylog.Band{{Least: 950, Gives: 200}}
	other.Items = append(other.Items[:1:1], other.Items[2:]...)
	other.Items = append(other.Items, dutylog.ScoringItem{ID: "engaged", Title: "畅通", Article: "第十二条", Figure: dutylog.AssessAnswerRate, Points: 100, Each: 10, Evidence: dutylog.EvidenceNone})
	sheet, changes := frozen.Retried(other)
	if diff := cmp.Diff([]string{"on_time 10/20 24/25 -> 20/20 24/25", "engaged - -> 10/10 25/25", "called_back 0/8 0/0 -> -"}, said(changes)); diff != "" {
		t.Errorf("other rules (-want +got):\n%s", diff)
	}
	if sheet.Gets == frozen.Sheet.Gets || frozen.Sheet.Items[0].Gets != 100 {
		t.Errorf("the frozen sheet changed: %+v", frozen.Sheet.Items[0])
	}
	if _, changes := frozen.Retried(scoring()); len(changes) != 0 {
		t.Errorf("its own rules change it: %v", said(changes))
	}
}

// Who is refused because of reviews is told how many there are and of which calls.
func TestASheetWaitsForItsReviews(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	c := dutylog.AssessmentCase{Over: true, Allowed: true, OpenOf: 22}
	c.Facts.From = dutylog.Month("2026-11").First().Start(loc)
	for _, id := range []string{"1.0", "2.0"} {
		c.Open = append(c.Open, dutylog.ReviewCase{Call: dutylog.Call{Call: telephony.Call{ID: id, OfferedAt: nineOClock}}})
	}
	_, err := c.Check(dutylog.AssessmentFact{Says: dutylog.AssessSigned, By: dutylog.Actor{Login: "a", Name: "刘督查", Role: dutylog.Supervisor}})
	if err == nil || !strings.Contains(err.Error(), "(22: 1.0 of 11-23 09:00, 2.0 of 11-23 09:00, and 20 more)") {
		t.Errorf("%v", err)
	}
}
