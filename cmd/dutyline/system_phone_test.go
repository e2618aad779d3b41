package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/zaf/g711"

	"dutyline/alerts"
	"dutyline/alerts/phone"
	"dutyline/config"
	"dutyline/dutylog"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
	"dutyline/telephony/practice"
)

// The people of the tests, in the order in which they are called.
const (
	chiefPhone  = "13900000001" // 陈刚
	leaderPhone = "13900000002" // 赵敏
	promptTone  = 700           // what the alert is said with, Hz
)

// callingRoom is a room whose alerts go out by phone calls over the line's only trunk, with its duty
// phone and a handset behind the trunk that does as it is told.
func callingRoom(t *testing.T, manners func(r *room, number string) asterisktest.Manners, change ...func(*config.Config)) (*room, *asterisktest.Handset, *deskPhone) {
	t.Helper()
	r := newRoom(t, cadence(time.Second, time.Second), func(_ *asterisk.Settings, c *config.Config) {
		for _, do := range change {
			do(c)
		}
		c.Alerts.Channels = []config.Channel{{Name: "call", Phone: &phone.Config{
			Via: []string{"PJSIP/trunk"}, People: []phone.Person{{Name: "陈刚", Phone: chiefPhone}, {Name: "赵敏", Phone: leaderPhone}},
			Ring: 5 * time.Second, Prompts: prompts(t),
		}}}
	})
	h := asterisktest.StartHandset(t, r.far, func(number string) asterisktest.Manners { return manners(r, number) })
	desk := r.phone(time.Second, 0, phoneTone) // it is there before anybody is called because it is not
	r.awaitLine("idle")
	return r, h, desk
}

// rang is whom the handset was called as.
func rang(h *asterisktest.Handset) (numbers []string) {
	for _, r := range h.Rung() {
		numbers = append(numbers, r.Number)
	}
	return numbers
}

// prompts are sound files of which only the first one is there: a tone.
func prompts(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	tone, err := os.ReadFile(asterisktest.Tone(t, promptTone, time.Second))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"alert", "test"} {
		if err := os.WriteFile(filepath.Join(dir, phone.Prompt{Name: name}.File()), tone, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// raise opens an alert as the rules do.
func (r *room) raise(key string) alerts.Alert {
	r.t.Helper()
	err := r.app.log.Raise(r.t.Context(), alerts.Alert{Key: key, Rule: "forward_code", Reason: alerts.ReasonForwardCode, Certainty: alerts.Certain, Severity: alerts.Critical, Line: "duty", At: time.Now()})
	if err != nil {
		r.t.Fatal(err)
	}
	return r.alert(key)
}

// alert is the one of a key; the zero one as long as there is none.
func (r *room) alert(key string) alerts.Alert {
	r.t.Helper()
	list, _, err := r.app.log.Alerts(r.t.Context(), alerts.Query{})
	if err != nil {
		r.t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(a alerts.Alert) bool { return a.Key == key })
	if i < 0 {
		return alerts.Alert{}
	}
	return list[i]
}

// called is what the log says of the calls about an alert.
func (r *room) called(alert int64) (all []string) {
	r.t.Helper()
	list, err := r.app.log.AlertCalls(r.t.Context(), alert)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, c := range list {
		all = append(all, fmt.Sprintf("%s %s %s", c.Person.Name, c.Person.Phone, c.Outcome))
	}
	return all
}

func (r *room) awaitTaken(within time.Duration, key, by string) alerts.Alert {
	r.t.Helper()
	var a alerts.Alert
	defer func() {
		if r.t.Failed() {
			r.t.Logf("calls: %v", r.called(a.ID))
		}
	}()
	r.desk.await(within, by+" has taken the alert on", func() bool {
		a = r.alert(key)
		return a.AcknowledgedBy.Name == by
	})
	return a
}

// The first person is busy, the next one answers and hangs up, the first one answers then and presses
// the key: the alert is his. The line's own log shows nothing of it.
func TestSystemPeopleAreCalledUntilOnePressesTheKey(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	times := map[string]int{}
	r, h, desk := callingRoom(t, func(_ *room, number string) asterisktest.Manners {
		mu.Lock()
		defer mu.Unlock()
		times[number]++
		switch {
		case number == leaderPhone:
			return asterisktest.Manners{Listen: time.Second, HangUp: true}
		case times[number] == 1:
			return asterisktest.Manners{Status: 486}
		}
		return asterisktest.Manners{Listen: time.Second, Key: "1"}
	})
	raised := r.raise("forward_code/1.0")
	a := r.awaitTaken(60*time.Second, raised.Key, "陈刚")
	if a.AcknowledgedBy != (dutylog.Actor{Login: "phone", Name: "陈刚"}) || a.Note != "电话按键确认" {
		t.Errorf("%+v, %q", a.AcknowledgedBy, a.Note)
	}
	want := []string{"陈刚 13900000001 busy", "赵敏 13900000002 answered", "陈刚 13900000001 acknowledged"}
	if diff := cmp.Diff(want, r.called(a.ID)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	var shown struct {
		Items []struct{ Person, Outcome, Trunk string }
	}
	r.desk.want(200, "GET", fmt.Sprintf("/api/v1/alerts/%d/calls", a.ID), nil, &shown)
	if n := len(shown.Items); n != 3 || shown.Items[n-1] != struct{ Person, Outcome, Trunk string }{"陈刚", "acknowledged", "PJSIP/trunk"} {
		t.Errorf("the API shows %+v", shown)
	}
	rung := h.Rung()
	if len(rung) != 3 || rung[2].From != practiceNumber {
		t.Fatalf("these calls arrived: %v", rang(h))
	}
	if share := asterisktest.ToneShare(rung[2].Heard[1600:4800], promptTone); share < 0.8 {
		t.Errorf("only %.2f of what is heard is the prompt", share)
	}
	r.desk.await(5*time.Second, "the delivery is done", func() bool {
		list, err := r.app.log.Deliveries(t.Context(), a.ID)
		return err == nil && len(list) == 1 && list[0].State == alerts.Delivered && list[0].Attempts == 3
	})
	r.leftNoTrace(desk)
	c := r.calls("caller", caller{number: "02488880001", talk: time.Second, hertz: callerTone}) // and the line is as it was
	c.Must(t)
	if calls := r.desk.settled(1); len(calls) != 1 || calls[0].Caller != "02488880001" {
		t.Errorf("%+v", calls)
	}
}

// leftNoTrace insists that no call of ours is in the log, and that the duty phone was never called.
func (r *room) leftNoTrace(desk *deskPhone) {
	r.t.Helper()
	if calls := r.desk.allCalls(); len(calls) > 0 {
		r.t.Errorf("calls of ours are in the log: %+v", calls)
	}
	var entries struct {
		Items []json.RawMessage `json:"items"`
	}
	r.desk.want(200, "GET", "/api/v1/entries", nil, &entries)
	if len(entries.Items) > 0 {
		r.t.Errorf("they have entries: %s", entries.Items)
	}
	if files := r.recordedOnSwitch(); len(files) > 0 {
		r.t.Errorf("they are recorded: %v", files)
	}
	for _, m := range desk.messages(r.t) {
		if strings.HasPrefix(m.text, "INVITE") {
			r.t.Errorf("the duty phone was called: %+v", m)
		}
	}
	list, _, err := r.app.log.Alerts(r.t.Context(), alerts.Query{})
	list = slices.DeleteFunc(list, func(a alerts.Alert) bool { return a.Reason.Lasts() }) // from before the phone came
	if err != nil || len(list) != 1 {
		r.t.Errorf("alerts beside the one: %+v, %v", list, err)
	}
}

// The key comes by SIP INFO, from somebody who is slow; whoever refuses or lets it ring is passed over.
func TestSystemWhoRefusesOrDoesNotAnswerIsPassedOver(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	n := 0
	r, _, _ := callingRoom(t, func(*room, string) asterisktest.Manners {
		mu.Lock()
		defer mu.Unlock()
		n++
		return []asterisktest.Manners{{Status: 603}, {Silent: true}, {Listen: 1500 * time.Millisecond, Key: "1", Info: true}}[min(n, 3)-1]
	})
	a := r.raise("forward_code/1.0")
	r.awaitTaken(60*time.Second, a.Key, "陈刚")
	want := []string{"陈刚 13900000001 rejected", "赵敏 13900000002 no_answer", "陈刚 13900000001 acknowledged"}
	if diff := cmp.Diff(want, r.called(a.ID)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// Nobody is called over the only trunk while it carries a call: the call waits, and then it is made.
// Who takes the alert on at the page meanwhile spares everybody the call.
func TestSystemTheOnlyTrunkIsLeftToTheLine(t *testing.T) {
	t.Parallel()
	r, h, _ := callingRoom(t, func(*room, string) asterisktest.Manners {
		return asterisktest.Manners{Listen: time.Second, Key: "1"}
	})
	talk := r.calls("caller", caller{number: "02488880001", talk: 12 * time.Second, hertz: callerTone})
	r.awaitTalk()
	a, spared := r.raise("forward_code/1.0"), r.raise("forward_code/2.0")
	r.desk.await(10*time.Second, "both wait for the trunk", func() bool {
		return len(r.called(a.ID)) > 0 && len(r.called(spared.ID)) > 0
	})
	if got := append(r.called(a.ID), r.called(spared.ID)...); !slices.Equal(got, []string{"陈刚 13900000001 trunk_in_use", "陈刚 13900000001 trunk_in_use"}) || r.desk.line().State != "talking" {
		t.Errorf("%v while the line is %s", got, r.desk.line().State)
	}
	r.desk.want(200, "POST", fmt.Sprintf("/api/v1/alerts/%d/acknowledge", spared.ID), map[string]string{}, nil)
	talk.Must(t)
	taken := r.awaitTaken(30*time.Second, a.Key, "陈刚")
	if got := rang(h); len(got) != 1 {
		t.Errorf("these calls arrived: %v", got)
	}
	list, err := r.app.log.AlertCalls(t.Context(), taken.ID)
	if err != nil || len(list) != 1 || list[0].WaitedAt.IsZero() || !list[0].At.After(list[0].WaitedAt) {
		t.Errorf("%+v, %v", list, err)
	}
	r.desk.await(5*time.Second, "the other one's call is needless", func() bool {
		d, err := r.app.log.Deliveries(t.Context(), spared.ID)
		return err == nil && len(d) == 1 && d[0].State == alerts.Needless
	})
	if calls := r.desk.settled(1); len(calls) != 1 || calls[0].EndedAt == nil || list[0].At.Before(*calls[0].EndedAt) {
		t.Errorf("he was called at %v, before the end of %+v", list[0].At, calls)
	}
}

// A call that nobody answers: that the limit passed cannot be told over the trunk on which it rings,
// and needs not be told when it is over; that it was missed is, once.
func TestSystemAMissedCallIsToldByPhone(t *testing.T) {
	t.Parallel()
	r, h, _ := callingRoom(t, func(*room, string) asterisktest.Manners {
		return asterisktest.Manners{Listen: time.Second, Key: "1"}
	})
	r.calls("caller-gives-up", caller{number: "02488880002", ring: 9 * time.Second}).Must(t)
	c := r.desk.settled(1)[0]
	a := r.awaitTaken(30*time.Second, "missed/"+c.ID, "陈刚")
	if a.State() != alerts.Resolved || c.Outcome != "missed" {
		t.Errorf("%+v, %s", a, c.Outcome)
	}
	limit := r.alert("limit_passed/" + c.ID)
	if list, err := r.app.log.Deliveries(t.Context(), limit.ID); err != nil || len(list) == 0 || slices.ContainsFunc(list, func(d alerts.Delivery) bool { return d.State != alerts.Needless }) {
		t.Errorf("that the limit passed: %+v, %v", list, err)
	}
	if got := rang(h); !slices.Equal(got, []string{chiefPhone}) {
		t.Errorf("these calls arrived: %v", got)
	}
	if calls := r.desk.allCalls(); len(calls) != 1 {
		t.Errorf("%+v", calls)
	}
}

// The daemon is killed while a phone rings for it. The call goes on without it, the key is not lost,
// and nobody is called twice: whether it is pressed while no daemon runs or the next one does already.
func TestSystemAKeyPressedForADaemonThatWasKilledCounts(t *testing.T) {
	for name, late := range map[string]bool{"no daemon runs": false, "the next one runs": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkKilled(t, late)
		})
	}
}

func checkKilled(t *testing.T, late bool) {
	far, press := asterisktest.FreeUDP(t), make(chan struct{})
	h := asterisktest.StartHandset(t, far, func(string) asterisktest.Manners {
		return asterisktest.Manners{After: time.Second, Listen: time.Second, Key: "1", Pressed: func() { <-press }}
	})
	s := asterisktest.Settings(t)
	s.TrunkContact = "sip:" + far
	r := &room{t: t, cfg: roomConfig(t.TempDir()), sw: asterisktest.Start(t, s)}
	r.cfg.Journal.File = r.sw.Settings.Journal()
	r.cfg.ARI = config.ARI{URL: r.sw.Settings.ARI(), User: r.sw.Settings.ARIUser, Password: r.sw.Settings.ARIPassword}
	file := writeConfig(t, r.cfg, fmt.Sprintf("alerts: {channels: [{name: call, phone: {via: [PJSIP/trunk], people: [{name: 陈刚, phone: %q}], prompts: %q}}]}\n", chiefPhone, prompts(t)))
	works(t, officerPassword+"\n", "user", "add", "wang", "--role", "officer", "--config", file)
	first := start(t, "serve", "--config", file) // no duty phone is there: that is the alert
	asterisktest.Eventually(t, 60*time.Second, "somebody is called", func() bool { return len(h.Rung()) > 0 })
	if err := first.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-first.exited
	over := func() {
		close(press)
		asterisktest.Eventually(t, 30*time.Second, "the call is over", func() bool { return h.Rung()[0].Over })
	}
	if !late {
		over()
	}
	second := start(t, "serve", "--config", file)
	base := second.page()
	if late {
		over()
	}
	d := newDesk(t, func() string { return base })
	d.want(200, "POST", "/api/v1/session", map[string]string{"username": "wang", "password": officerPassword}, nil)
	d.want(204, "POST", "/api/v1/session/password", map[string]string{"old": officerPassword, "new": officerPassword + "-new"}, nil)
	var found struct {
		Items []struct {
			Reason         alerts.Reason `json:"reason"`
			AcknowledgedBy string        `json:"acknowledged_by"`
		} `json:"items"`
	}
	d.await(20*time.Second, "the alert is his who pressed the key", func() bool {
		d.want(200, "GET", "/api/v1/alerts?state=acknowledged", nil, &found)
		return len(found.Items) == 1
	})
	if a := found.Items[0]; a.Reason != alerts.ReasonPhoneUnreachable || a.AcknowledgedBy != "陈刚" {
		t.Errorf("%+v", a)
	}
	if got := rang(h); len(got) != 1 {
		t.Errorf("he was called %d times", len(got))
	}
	if out := works(t, "", "alerts", "send", "call", "--config", file); !strings.Contains(out, "delivered") || len(h.Rung()) != 2 {
		t.Errorf("a test from the command line: %s; called %v", out, rang(h))
	}
}

// Whose turn it is in the chain is called first. The roster has the duty phone for the officer's number,
// as rosters do: it is not called, and the next one is.
func TestSystemTheChainsPersonIsCalledButNeverAtTheDutyPhone(t *testing.T) {
	t.Parallel()
	r, h, desk := callingRoom(t, func(*room, string) asterisktest.Manners {
		return asterisktest.Manners{Listen: time.Second, Key: "1"}
	}, func(c *config.Config) {
		c.Lines[0].Chain.Steps = []config.ChainStep{{Post: string(dutylog.PostOfficer), Channels: []string{"call"}}}
	})
	a := r.raise("forward_code/1.0")
	r.awaitTaken(30*time.Second, a.Key, "陈刚")
	want := []string{"王值班 22739110 duty_phone", "陈刚 13900000001 acknowledged"}
	if diff := cmp.Diff(want, r.called(a.ID)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if got := rang(h); !slices.Equal(got, []string{chiefPhone}) {
		t.Errorf("these calls arrived: %v", got)
	}
	r.leftNoTrace(desk)
}

// The test button calls the first person, says in synthesised Mandarin that it is a test, takes the key,
// and keeps who asked and what came of it.
func TestSystemATestCallSaysThatItIsOne(t *testing.T) {
	t.Parallel()
	r, h, _ := callingRoom(t, func(*room, string) asterisktest.Manners {
		return asterisktest.Manners{Listen: 2500 * time.Millisecond, Key: "1"}
	})
	speech, err := practice.Say(t.Context(), "这是告警通道测试，不是告警。")
	if err == nil {
		err = os.WriteFile(filepath.Join(r.cfg.Alerts.Channels[0].Phone.Prompts, "test.alaw"), speech, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	works(t, officerPassword+"\n", "user", "add", "zhao", "--role", "supervisor", "--name", "赵敏", "--db", r.cfg.Log.File)
	chief := newDesk(t, r.app.URL)
	chief.signIn("zhao", officerPassword)
	var got struct {
		Delivered bool   `json:"delivered"`
		Error     string `json:"error"`
	}
	chief.want(200, "POST", "/api/v1/alerts/channels/call/test", nil, &got)
	if got.Error != "" {
		t.Errorf("%+v", got)
	}
	if state, err := r.app.log.ChannelState(t.Context(), "call"); err != nil || state.Test.By.Login != "zhao" || state.Test.Error != "" {
		t.Errorf("%+v, %v", state, err)
	}
	calls, err := r.app.log.AlertCalls(t.Context(), 0)
	if err != nil || len(calls) != 1 || calls[0].Outcome != alerts.CallTaken || calls[0].Person.Phone != chiefPhone {
		t.Errorf("%+v, %v", calls, err)
	}
	piece := make([]int16, 1600) // 200 ms
	for i := range piece {
		piece[i] = g711.DecodeAlawFrame(speech[len(speech)/3+i])
	}
	if !slices.ContainsFunc(h.Rung(), func(c asterisktest.Rung) bool { return holds(c.Heard, piece) }) {
		t.Error("the sentence is not in what was heard")
	}
}

// holds reports whether a piece of sound is in another one, sample by sample.
func holds(all, piece []int16) bool {
	for i := range max(0, len(all)-len(piece)+1) {
		if slices.Equal(all[i:i+len(piece)], piece) {
			return true
		}
	}
	return false
}
