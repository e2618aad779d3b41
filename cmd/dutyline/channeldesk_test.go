package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dutyline/alerts"
	"dutyline/config"
	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/web"
)

type deskChannel func(context.Context, alerts.Notice) error

func (f deskChannel) Deliver(ctx context.Context, n alerts.Notice) error { return f(ctx, n) }

// A test message says that it is one; what came of it is kept with who sent it.
func TestAChannelIsTriedAndWhatCameOfItIsKept(t *testing.T) {
	log, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "log.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	var fault error
	var got alerts.Notice
	d := &channelDesk{book: log, now: time.Now}
	d.add(config.Channel{Name: "group", Robot: nil}, deskChannel(func(_ context.Context, n alerts.Notice) error { got = n; return fault }), []config.Line{{Name: "duty"}})
	chief := dutylog.Actor{Login: "chen", Name: "陈刚", Role: dutylog.Supervisor}
	if test, err := d.Test(t.Context(), "group", chief); err != nil || test.Error != "" || test.By != chief {
		t.Errorf("%+v, %v", test, err)
	}
	if !got.Test || got.Line != "duty" || !strings.HasPrefix(alerts.Headline(got), "[测试] ") {
		t.Errorf("the message: %+v", got)
	}
	fault = fmt.Errorf("it answered 500: ask its operator")
	if test, err := d.Test(t.Context(), "group", chief); err != nil || test.Error != fault.Error() {
		t.Errorf("%+v, %v", test, err)
	}
	list, err := d.List(t.Context())
	if err != nil || len(list) != 1 || list[0].Name != "group" || list[0].Least != alerts.Critical || list[0].State.Test.Error != fault.Error() || list[0].State.Test.By != chief {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := d.Test(t.Context(), "nowhere", chief); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("no such channel: %v", err)
	}
}

// One that never answers is given up in time, and is not tried twice at once.
func TestAChannelThatNeverAnswersIsTriedOnceAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &channelDesk{book: forgetful{}, now: time.Now}
		d.add(config.Channel{Name: "group"}, deskChannel(func(ctx context.Context, _ alerts.Notice) error { <-ctx.Done(); return ctx.Err() }), nil)
		done := make(chan alerts.ChannelTest)
		go func() {
			test, _ := d.Test(t.Context(), "group", dutylog.Actor{})
			done <- test
		}()
		synctest.Wait()
		if _, err := d.Test(t.Context(), "group", dutylog.Actor{}); !errors.Is(err, web.ErrTesting) {
			t.Errorf("the second at once: %v", err)
		}
		if test := <-done; !strings.Contains(test.Error, "has not answered within 20s") {
			t.Errorf("%+v", test)
		}
	})
}

// forgetful keeps nothing: what a real book keeps is proved above.
type forgetful struct{}

func (forgetful) ChannelState(context.Context, string) (alerts.ChannelState, error) {
	return alerts.ChannelState{}, nil
}

func (forgetful) KeepChannelTest(context.Context, alerts.ChannelTest) error { return nil }
