package main_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"
)

// testRounds is how often a real call meets a test call.
const testRounds = 25

// testYields is from a real call's arrival at the line to the end of the test call that was ringing
// there, both by the switch's own stamps. The second line leads straight to the switch's trunk.
func (m *measurements) testYields(b *testing.B) float64 {
	const second = "02422739119"
	e := newBed(b, "tests: {second_line: {server: SWITCH, number: \""+second+"\"}}")
	s := e.asterisk.Settings
	phone := newPeers(b, s.SIPAddress, s.Number, s.DutyUser, s.DutyPassword)
	if err := phone.register(10 * time.Second); err != nil {
		b.Fatal(err)
	}
	tellf("%d test calls, each met by a real call", testRounds)
	var took []time.Duration
	for i := range testRounds {
		phone.expect(plan{caller: second, fate: fateNobody})
		before := e.feed.ofCaller(second).ID
		e.await(b, 20*time.Second, "a test call rings", func() bool {
			test := e.feed.ofCaller(second)
			if test.ID == before {
				e.startTest(b)
			}
			return test.ID != before && !test.RangAt.IsZero()
		})
		real := plan{caller: fmt.Sprintf("02423%06d", i), fate: fateAnswered, ring: 300 * time.Millisecond, talk: 100 * time.Millisecond}
		phone.place(real)
		var test, met seenCall
		e.await(b, 20*time.Second, "both calls are over", func() bool {
			test, met = e.feed.ofCaller(second), e.feed.ofCaller(real.caller)
			return !test.EndedAt.IsZero() && !met.EndedAt.IsZero()
		})
		if !slices.Contains(test.Tags, "test") || slices.Contains(met.Tags, "test") || met.Outcome != "answered_in_time" {
			b.Fatalf("the calls are %+v and %+v", test, met)
		}
		took = append(took, test.EndedAt.Sub(met.OfferedAt))
	}
	tellf("real call to the end of the test: %s", spread(took))
	return millis(percentile(took, 99))
}

// startTest asks for a test call. One that runs still, or a line in use, refuses it: it is asked again.
func (e *bed) startTest(b *testing.B) {
	b.Helper()
	res, err := e.client.Post(e.url+"/api/v1/probe", "application/json", nil)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	said, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusAccepted && res.StatusCode != http.StatusConflict {
		b.Fatalf("start a test call: %s %s", res.Status, said)
	}
}
