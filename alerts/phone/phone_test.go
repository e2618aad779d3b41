package phone_test

import (
	"context"
	"errors"
	"path"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/alerts/phone"
	"dutyline/dutylog"
	"dutyline/telephony"
)

var (
	lines = []telephony.Line{
		{Name: "duty", Number: "02422739110", AreaCode: "024", Endpoints: []string{"PJSIP/duty"}, Trunks: []string{"PJSIP/trunk"}},
		{Name: "hall", Number: "8100", AreaCode: "024", Endpoints: []string{"PJSIP/hall"}, Trunks: []string{"PJSIP/trunk"}},
	}
	shanghai = time.FixedZone("CST", 8*60*60)
	notice   = alerts.Notice{ID: "dutyline-7", AlertID: "7", Rule: "missed", Reason: alerts.ReasonMissed, Severity: alerts.Critical, Line: "duty",
		At: time.Date(2026, 11, 26, 4, 25, 30, 0, time.UTC), EntryNumber: "2026-000120", Title: "来电未接"}
)

// world is a switch, a log and people, all in memory. What a real switch does is proved with one
// (telephony/ari, cmd); this is for what happens between two of its answers.
type world struct {
	announced []telephony.Announcement
	said      telephony.Announced
	busy      map[string]bool
	fault     error // of placing
	forgotten []string
	calls     map[string]alerts.Call
	taken     []string
	ackFault  error
}

func (w *world) Announce(_ context.Context, a telephony.Announcement) error {
	if w.fault == nil {
		w.announced = append(w.announced, a)
	}
	return w.fault
}
func (w *world) Announced(context.Context, string) (telephony.Announced, error) { return w.said, nil }
func (w *world) ForgetAnnounced(_ context.Context, id string) error {
	w.forgotten = append(w.forgotten, id)
	return nil
}
func (w *world) InUse(_ context.Context, endpoint string) (bool, error) {
	used, known := w.busy[endpoint]
	if !known {
		return false, telephony.ErrNotFound
	}
	return used, nil
}
func (w *world) AlertCall(_ context.Context, id string) (alerts.Call, bool, error) {
	c, found := w.calls[id]
	return c, found, nil
}
func (w *world) KeepAlertCall(_ context.Context, c alerts.Call) error {
	w.calls[c.ID] = c
	return nil
}
func (w *world) AlertCalls(context.Context, int64) ([]alerts.Call, error) { return nil, nil }
func (w *world) acknowledge(_ context.Context, id int64, by dutylog.Actor, note string) (alerts.Alert, error) {
	w.taken = append(w.taken, by.Name)
	return alerts.Alert{ID: id}, w.ackFault
}

func config() phone.Config {
	return phone.Config{Via: []string{"PJSIP/second", "PJSIP/trunk"}, People: []phone.Person{{Name: "陈刚", Phone: "13900000001"}, {Name: "赵敏", Phone: "13900000002"}}, Prompts: "/p"}
}

func open(t *testing.T) (*world, *phone.Phone) {
	t.Helper()
	w := &world{calls: map[string]alerts.Call{}, busy: map[string]bool{"PJSIP/trunk": false}}
	p, err := phone.New(config(), phone.Deps{Channel: "call", Switch: w, Book: w, Acknowledge: w.acknowledge, Lines: lines, Zone: shanghai, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return w, p
}

func (w *world) only(t *testing.T) alerts.Call {
	t.Helper()
	if len(w.calls) != 1 {
		t.Fatalf("%d calls are kept: %+v", len(w.calls), w.calls)
	}
	for _, c := range w.calls {
		return c
	}
	return alerts.Call{}
}

// What leaves the building is rule, line, time and entry number, and every word of it can be had.
func TestWhatIsSaid(t *testing.T) {
	w, p := open(t)
	w.said = telephony.Announced{Known: true, Over: true, Answered: true, Key: "1"}
	n := notice
	n.Text, n.Caller, n.Attempt = "detail", "13612345678", 3
	if err := p.Deliver(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	want := telephony.Announcement{ID: "dutyline.call.dutyline-7.1795667130.3", Trunk: "PJSIP/trunk", Number: "13900000002", From: "02422739110", Ring: 30 * time.Second, Thanks: "/p/thanks",
		Sounds: []string{"/p/alert", "/p/reason-missed", "/p/line-duty", "/p/time", "/p/n-12", "/p/hour", "/p/n-25", "/p/minute", "/p/entry", "/p/n-1", "/p/n-2", "/p/n-0", "/p/key"}}
	if diff := cmp.Diff([]telephony.Announcement{want}, w.announced); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	words := map[string]string{}
	for _, pr := range phone.Prompts(lines) {
		words[pr.Name] = pr.Text
	}
	var said strings.Builder
	for _, file := range w.announced[0].Sounds {
		if words[path.Base(file)] == "" {
			t.Errorf("nobody knows what %s says", file)
		}
		said.WriteString(words[path.Base(file)])
	}
	if got := said.String(); got != "值班电话告警。来电未接。线路，零二四二二七三九一一零。时间，十二点二十五分。日志编号，一二零确认收到，请按一。" {
		t.Errorf("it is said: %s", got)
	}
	n.ID, n.Test, n.AlertID = "dutyline-test-1", true, "0"
	if err := p.Deliver(t.Context(), n); err != nil || len(w.taken) != 1 || len(w.announced) != 2 || w.announced[1].Sounds[0] != "/p/test" || !w.announced[1].Once || w.announced[1].Ring > 20*time.Second {
		t.Errorf("a test: %v, %v, %+v", err, w.taken, w.announced)
	}
}

// Each end of a call has its word, its sentence and its consequence.
func TestOutcomes(t *testing.T) {
	for want, said := range map[alerts.CallOutcome]telephony.Announced{
		alerts.CallTaken:    {Answered: true, Key: "1"},
		alerts.CallHeard:    {Answered: true, Key: "2", Cause: 16},
		alerts.CallBusy:     {Cause: 17},
		alerts.CallRejected: {Cause: 21},
		alerts.CallNoAnswer: {Cause: 19},
		alerts.CallFailed:   {Cause: 34},
	} {
		w, p := open(t)
		said.Known, said.Over = true, true
		w.said = said
		err := p.Deliver(t.Context(), notice)
		if got := w.only(t); got.Outcome != want || got.EndedAt.IsZero() || got.At.IsZero() || (err == nil) != (want == alerts.CallTaken) || (len(w.taken) == 1) != (err == nil) {
			t.Errorf("%s: %+v, %v, taken on by %v", want, got, err, w.taken)
		}
		if err != nil && (!strings.HasPrefix(err.Error(), "陈刚 ") || errors.Is(err, alerts.ErrNever) || strings.Contains(err.Error(), "13900000001")) {
			t.Errorf("%s: %v", want, err)
		}
		if len(w.forgotten) != 1 {
			t.Errorf("%s: the switch keeps it for ever", want)
		}
	}
}

// A run that was killed left a call behind. It is followed, not placed again; what it came to is not
// asked of anybody twice.
func TestACallThatWasBegunIsFollowed(t *testing.T) {
	begun := alerts.Call{ID: telephony.OwnCallID("dutyline-7.1795667130.0"), Channel: "call", AlertID: 7, Person: alerts.Person{Name: "陈刚", Phone: "13900000001"}, Trunk: "PJSIP/trunk", At: notice.At}
	pressed := telephony.Announced{Known: true, Over: true, Answered: true, Key: "1"}
	for _, c := range []struct {
		name   string
		change func(*alerts.Call)
		said   telephony.Announced
		placed int
	}{
		{"it is over meanwhile", func(*alerts.Call) {}, pressed, 0},
		{"the key was kept, and nothing more", func(c *alerts.Call) { c.Outcome = alerts.CallTaken }, telephony.Announced{}, 0},
		{"it never reached the switch", func(*alerts.Call) {}, telephony.Announced{}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, p := open(t)
			kept := begun
			c.change(&kept)
			w.calls[kept.ID], w.said = kept, c.said
			err := p.Deliver(t.Context(), notice)
			if len(w.announced) != c.placed {
				t.Errorf("called %d times, want %d", len(w.announced), c.placed)
			}
			if lost := c.placed > 0; (err == nil) == lost || (len(w.taken) == 1) == lost {
				t.Errorf("%v, taken on by %v", err, w.taken)
			}
		})
	}
	w, p := open(t)
	w.said, w.ackFault = pressed, errors.New("the log cannot be written")
	if err := p.Deliver(t.Context(), notice); err == nil || len(w.forgotten) > 0 {
		t.Errorf("a key that could not be kept: %v, forgotten %v", err, w.forgotten)
	}
	w.ackFault = nil
	if err := p.Deliver(t.Context(), notice); err != nil || len(w.announced) != 1 || len(w.taken) != 2 {
		t.Errorf("then it is kept: %v, called %d times", err, len(w.announced))
	}
	w, p = open(t)
	w.said, w.ackFault = pressed, alerts.ErrOver
	if err := p.Deliver(t.Context(), notice); err != nil {
		t.Errorf("over meanwhile: %v", err)
	}
}

// A call that never ends is given up in its time; a daemon that stops leaves it running.
func TestTheTimeOfACallIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p := open(t)
		w.said = telephony.Announced{Known: true}
		ctx, cancel := context.WithTimeout(t.Context(), config().TryTime())
		defer cancel()
		if err := p.Deliver(ctx, notice); !errors.Is(err, context.DeadlineExceeded) || w.only(t).Outcome != alerts.CallLost {
			t.Errorf("%v, %+v", err, w.only(t))
		}
		w, p = open(t)
		w.said = telephony.Announced{Known: true}
		ctx, stop := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, stop)
		if err := p.Deliver(ctx, notice); !errors.Is(err, context.Canceled) || w.only(t).Outcome != alerts.CallRuns || len(w.forgotten) > 0 {
			t.Errorf("%v, %+v", err, w.only(t))
		}
	})
}

func TestATrunkWithACallOnItIsNotUsed(t *testing.T) {
	w, p := open(t)
	w.busy["PJSIP/trunk"] = true
	err := p.Deliver(t.Context(), notice)
	if c := w.only(t); !errors.Is(err, alerts.ErrNotNow) || len(w.announced) > 0 || c.Outcome != alerts.CallTrunkInUse || c.WaitedAt.IsZero() || !c.At.IsZero() {
		t.Errorf("%v, %+v", err, c)
	}
	w.busy["PJSIP/second"], w.said = false, telephony.Announced{Known: true, Over: true, Answered: true, Key: "1"}
	if err := p.Deliver(t.Context(), notice); err != nil || w.announced[0].Trunk != "PJSIP/second" {
		t.Errorf("the other trunk is free: %v, %+v", err, w.announced)
	}
	w, p = open(t)
	w.busy = nil
	if err := p.Deliver(t.Context(), notice); err == nil || !strings.Contains(err.Error(), "correct via") || errors.Is(err, alerts.ErrNotNow) {
		t.Errorf("no such trunk: %v", err)
	}
	w, p = open(t)
	w.fault = errors.New("the switch refused")
	if err := p.Deliver(t.Context(), notice); err == nil || w.only(t).Outcome != alerts.CallFailed || !strings.Contains(err.Error(), "the switch refused") {
		t.Errorf("refused: %v, %+v", err, w.only(t))
	}
}

// Whom the chain names goes before the channel's own people; where the roster has the duty phone for
// a person's number, nobody is called and the next one's turn comes.
func TestWhomTheChainNamesIsCalledFirst(t *testing.T) {
	for attempt, want := range []string{"王强", "陈刚", "赵敏", "王强"} {
		w, p := open(t)
		w.said = telephony.Announced{Known: true, Over: true, Answered: true, Key: "1"}
		n := notice
		n.Attempt, n.Post, n.Person = attempt, dutylog.PostChief, alerts.Person{Name: "王强", Phone: "024-8612 0001"}
		if err := p.Deliver(t.Context(), n); err != nil || !cmp.Equal(w.taken, []string{want}) {
			t.Errorf("try %d: %v, taken on by %v, want %s", attempt, err, w.taken, want)
		}
		if attempt > 0 {
			continue
		}
		if w.announced[0].Number != "02486120001" {
			t.Errorf("dialled is %q", w.announced[0].Number)
		}
		w, p = open(t)
		n.Person.Phone = "22739110"
		err := p.Deliver(t.Context(), n)
		if err == nil || len(w.announced) > 0 || w.only(t).Outcome != alerts.CallDutyPhone || !strings.Contains(err.Error(), "the number is a duty phone's") || errors.Is(err, alerts.ErrNever) {
			t.Errorf("the duty phone in the roster: %v, %+v", err, w.announced)
		}
	}
}

// The duty phone is never called, in whatever way its number is written.
func TestTheDutyPhoneIsNeverCalled(t *testing.T) {
	for _, number := range []string{"02422739110", "22739110", "922739110", "+862422739110", "8100", "98100"} {
		c := config()
		c.People[1].Phone = number
		err := c.Beside(lines)
		if err == nil || !strings.HasPrefix(err.Error(), "people[1].phone: ") || !strings.Contains(err.Error(), "must stay free for callers") {
			t.Errorf("%s: %v", number, err)
		}
		if _, err := phone.New(c, phone.Deps{Lines: lines}); err == nil {
			t.Errorf("%s: a channel was opened", number)
		}
	}
	c := config()
	c.Via = []string{"PJSIP/duty"}
	if err := c.Beside(lines); err == nil || !strings.HasPrefix(err.Error(), "via: PJSIP/duty is the duty phone of line \"duty\"") {
		t.Errorf("%v", err)
	}
	if err := config().Beside(lines); err != nil {
		t.Error(err)
	}
}

func TestFaultsOfAConfiguration(t *testing.T) {
	err := phone.Config{Via: []string{"SIP/x", "PJSIP/a&PJSIP/b"}, From: "chief", People: []phone.Person{{Phone: "139 0000"}, {Name: "x", Phone: "110,1"}}, Ring: time.Second, Prompts: "/p&/q"}.Validate()
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	var keys []string
	for line := range strings.SplitSeq(err.Error(), "\n") {
		key, _, _ := strings.Cut(line, ": ")
		keys = append(keys, key)
	}
	if diff := cmp.Diff([]string{"via", "via", "from", "people[0].name", "people[0].phone", "people[1].phone", "ring", "prompts"}, keys); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := (phone.Config{}).Validate(); err == nil || !strings.Contains(err.Error(), "via: is empty") || !strings.Contains(err.Error(), "people: is empty") {
		t.Errorf("%v", err)
	}
}
