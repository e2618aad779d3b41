package practice_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/google/go-cmp/cmp"

	"dutyline/telephony/practice"
)

func TestBoardGivesEachCallOnce(t *testing.T) {
	var p practice.Board
	one, two, other := practice.NewBooking(1), practice.NewBooking(2), practice.NewBooking(3)
	var got []int
	take := func(key string) {
		id := 0
		if b := p.Take(key); b != nil {
			id = b.ID()
		}
		got = append(got, id)
	}
	take("110") // nobody announced
	p.Post("110", one)
	p.Post("110", two)
	p.Post("120", other)
	take("110") // the oldest first
	take("120")
	take("110")
	take("110")
	p.Post("110", one)
	p.Post("110", two)
	p.Drop("110", one) // it was given up on the way
	p.Drop("110", one) // twice is harmless
	p.Drop("119", two) // never posted there
	take("110")
	take("110")
	if d := cmp.Diff([]int{0, 1, 3, 2, 0, 2, 0}, got); d != "" {
		t.Errorf("calls in the order they were taken (-want +got):\n%s", d)
	}
}

func TestSettleWaitsForTheFarEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const limit = 2 * time.Second
		settle := func(b *practice.Booking) (practice.Result, time.Duration) {
			start := time.Now()
			r := b.Settle(limit)
			return r, time.Since(start)
		}
		if _, d := settle(practice.NewBooking(1)); d != 0 {
			t.Errorf("a call that another phone took was waited for: %v", d)
		}
		b := practice.NewBooking(2)
		left := b.Reach()
		go func() {
			<-time.After(time.Second)
			b.FarIs(practice.Leg{Status: 200})
			left()
			left() // harmless
		}()
		if r, d := settle(b); d != time.Second || r.Far.Status != 200 {
			t.Errorf("after %v with status %d", d, r.Far.Status)
		}
		stuck := practice.NewBooking(3)
		stuck.Reach()
		stuck.FarIs(practice.Leg{Status: 486})
		if r, d := settle(stuck); d != limit || r.Far.Status != 486 {
			t.Errorf("a far end that never leaves: after %v with status %d", d, r.Far.Status)
		}
		forked := practice.NewBooking(4)
		first := forked.Reach()
		forked.Reach()() // a second phone comes and goes
		go first()
		if _, d := settle(forked); d != 0 {
			t.Errorf("forked: %v", d)
		}
	})
}

func TestScriptsAreConversations(t *testing.T) {
	chinese := regexp.MustCompile(`^[\p{Han}，。？：、]+$`)
	seen := map[string]bool{}
	all := practice.Scripts()
	if len(all) < 5 {
		t.Fatalf("only %d conversations", len(all))
	}
	for i, s := range all {
		speaks := map[string]int{}
		for j, line := range s {
			speaks[line[0]]++
			if !chinese.MatchString(line[1]) {
				t.Errorf("conversation %d, line %d: %q holds something that a synthesizer may stumble over", i, j, line[1])
			}
			if j > 0 && line[0] == s[j-1][0] {
				t.Errorf("conversation %d, line %d: the %s speaks twice in a row", i, j, line[0])
			}
		}
		if speaks["caller"] < 1 || speaks["officer"] < 1 {
			t.Errorf("conversation %d: %v", i, speaks)
		}
		if first := s[0]; first[0] != "officer" && i < len(all)-1 || first[0] != "caller" && i == len(all)-1 {
			t.Errorf("conversation %d: %s answers the telephone", i, first[0])
		}
		if key := fmt.Sprint(s); seen[key] {
			t.Errorf("conversation %d is there twice", i)
		} else {
			seen[key] = true
		}
	}
}

// The simulated phone is a phone to every other program, too: it can be called, cancelled and
// found engaged by calls that nobody announced.
func TestPhoneTreatsUnplannedCalls(t *testing.T) {
	t.Parallel()
	f := newFakeSwitch(t)
	phone := "" // where it registered
	s := alone(t, f, true)
	s.config.PollEvery = time.Hour
	registered := make(chan struct{})
	go func() {
		defer close(registered)
		for range 2 { // the query and the registration
			m := f.receive(5 * time.Second)
			if m.Message == nil {
				return
			}
			phone = m.from.String()
			f.answer(m, 200, "")
		}
	}()
	s.run(t)
	<-registered
	to := udp(t, phone)
	invite := func(branch string) string {
		return request("INVITE", "dutyline-practice", branch, f.contact(), sdp("8"), f)
	}
	f.send(invite("first"), to)
	f.awaitStatus(180)
	s.awaitText(t, practice.CallPlaced, `"duty" that is not ours`)
	f.send(invite("second"), to)
	f.awaitStatus(486)
	f.send(request("ACK", "dutyline-practice", "second", "", "", f), to)
	f.send(request("CANCEL", "dutyline-practice", "first", "", "", f), to)
	f.awaitStatus(487)
	f.send(request("ACK", "dutyline-practice", "first", "", "", f), to)
	ends := s.await(t, practice.CallEnded).Text + s.await(t, practice.CallEnded).Text
	if !strings.Contains(ends, "(SIP 486)") || !strings.Contains(ends, "(SIP 487)") {
		t.Errorf("the first two calls: %s", ends)
	}
	f.send(invite("third"), to)
	m := f.awaitStatus(200)
	if m.Message == nil || len(m.Body()) == 0 {
		t.Fatal("answered without sound")
	}
	tag, _ := m.To().Params.Get("tag")
	f.send(strings.Replace(request("ACK", "dutyline-practice", "third", ";tag="+tag, "", f), "z9hG4bKthird", "z9hG4bKack", 1), to)
	s.end(t)
	f.await(sip.BYE)
	s.awaitText(t, practice.CallEnded, "s of talk")
}
