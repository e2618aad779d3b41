package practice_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"dutyline/telephony/practice"
)

func TestGuestEndsTheProgrammesCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f practice.Floor
		call, release, _, ok := f.TryProgramme(t.Context())
		if !ok {
			t.Fatal("an empty floor was refused")
		}
		hungUp := time.Second // the programme's caller needs a moment to say good-bye
		go func() {
			<-call.Done()
			<-time.After(hungUp)
			release()
		}()
		start := time.Now()
		leave, waited := f.Enter(t.Context())
		if !waited || time.Since(start) != hungUp {
			t.Errorf("the guest waited %v for the programme's call, want %v", time.Since(start), hungUp)
		}
		if _, _, wait, ok := f.TryProgramme(t.Context()); ok {
			t.Error("the programme calls while a guest is there")
		} else {
			other, waited := f.Enter(t.Context())
			if waited {
				t.Error("a second guest waited for nothing")
			}
			leave()
			leave() // twice counts once
			select {
			case <-wait:
				t.Error("the floor is free while the second guest is there")
			default:
			}
			other()
			<-wait
		}
		_, release, _, ok = f.TryProgramme(t.Context())
		if !ok {
			t.Error("the floor did not become free")
		}
		release()
	})
}

func TestGuestGivesUpWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f practice.Floor
		_, release, _, _ := f.TryProgramme(t.Context())
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		leave, _ := f.Enter(ctx) // the programme's call does not end
		if ctx.Err() == nil {
			t.Error("the guest did not wait")
		}
		leave()
		release()
	})
}
