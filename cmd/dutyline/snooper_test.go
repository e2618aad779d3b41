package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/ari"
)

// tappedSwitch notes which calls it is to record, and answers as the test wants it to.
type tappedSwitch struct {
	asked  chan string
	answer func(call string) error
}

func (s *tappedSwitch) Snoop(ctx context.Context, taps []telephony.Tap) (time.Time, error) {
	select {
	case s.asked <- fmt.Sprintf("%s×%d", taps[0].Channel, len(taps)):
	case <-ctx.Done():
	}
	if err := s.answer(taps[0].Channel); err != nil {
		return time.Time{}, err
	}
	return offeredAt.Add(time.Second), nil
}

var offeredAt = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func snoopChange(kind telephony.ChangeKind, id string) telephony.Change {
	return telephony.Change{Kind: kind, Call: &telephony.Call{ID: id, Line: "duty", Direction: telephony.Inbound, OfferedAt: offeredAt,
		AnsweredAt: offeredAt.Add(4 * time.Second), EndedAt: offeredAt.Add(9 * time.Second)}}
}

// snooping runs a snooper on synthetic time.
func snooping(t *testing.T, answer func(string) error, scene func(s *snooper, asked func() []string, said func() string)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		sw := &tappedSwitch{asked: make(chan string, 100), answer: answer}
		var logs output
		s := newSnooper(sw, newLogger(&logs))
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- s.Run(ctx) }()
		scene(s, func() (all []string) {
			synctest.Wait()
			for {
				select {
				case a := <-sw.asked:
					all = append(all, a)
				default:
					slices.Sort(all)
					return all
				}
			}
		}, logs.String)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestTheSnooperRecordsEachCallOnce(t *testing.T) {
	snooping(t, func(string) error { return nil }, func(s *snooper, asked func() []string, said func() string) {
		for n := range 10 {
			s.Told([]telephony.Change{snoopChange(telephony.CallOffered, fmt.Sprint(n)), snoopChange(telephony.CallAnswered, fmt.Sprint(n))})
		}
		if got := asked(); len(got) != 10 || got[0] != "0×2" {
			t.Errorf("asked %v", got)
		}
		s.Seen([]telephony.Channel{{ID: "3"}, {ID: "dutyline-far-3"}})
		s.Told([]telephony.Change{snoopChange(telephony.CallEnded, "3")})
		if got := asked(); len(got) != 0 || said() != "" {
			t.Errorf("asked again %v, said %s", got, said())
		}
		if lead := s.Lead("3"); lead != 3*time.Second {
			t.Errorf("recorded for %v before the answer", lead)
		}
	})
}

// A refusal is said once, with its remedy, and left at that; a switch that could not be asked is
// asked again when it is seen anew. A call that is over is not worth a word.
func TestTheSnooperMakesNoStorm(t *testing.T) {
	lost := &ari.Error{Reason: ari.Lost, What: "record", Remedy: "it reconnects"}
	answers := map[string]error{
		"refused": &ari.Error{Reason: ari.Refused, What: "record", Remedy: "load res_stasis_snoop", Err: errors.New("500")},
		"lost":    lost, "over": telephony.ErrNotFound,
	}
	snooping(t, func(call string) error { return answers[call] }, func(s *snooper, asked func() []string, said func() string) {
		for _, id := range []string{"refused", "lost", "over"} {
			s.Told([]telephony.Change{snoopChange(telephony.CallOffered, id)})
		}
		if got := asked(); !slices.Equal(got, []string{"lost×2", "over×2", "refused×2"}) {
			t.Errorf("asked %v", got)
		}
		if strings.Count(said(), "a call is not recorded") != 2 || !strings.Contains(said(), "load res_stasis_snoop") || !strings.Contains(said(), "seen anew") {
			t.Errorf("said %s", said())
		}
		<-time.NewTimer(time.Hour).C
		if got := asked(); len(got) != 0 {
			t.Errorf("asked again by itself: %v", got)
		}
		s.Seen([]telephony.Channel{{ID: "refused"}, {ID: "lost"}})
		if got := asked(); !slices.Equal(got, []string{"lost×2"}) {
			t.Errorf("after the switch was seen anew: asked %v", got)
		}
	})
}
