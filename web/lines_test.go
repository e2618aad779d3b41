package web_test

import (
	"encoding/json"
	"net"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
	"dutyline/web"
)

// TestRingCounter: which ring it is at a moment, by the rule of the line.
func TestRingCounter(t *testing.T) {
	fxo := telephony.DefaultRule()
	fxo.Offset = 3 * time.Second // the gateway tells late
	for _, c := range []struct {
		name  string
		rule  telephony.Rule
		after time.Duration // since the bell
		ring  int
	}{
		{"at once", telephony.DefaultRule(), 0, 1},
		{"before the second", telephony.DefaultRule(), 4999 * time.Millisecond, 1},
		{"the second", telephony.DefaultRule(), 5 * time.Second, 2},
		{"the third", telephony.DefaultRule(), 10 * time.Second, 3},
		{"one too many", telephony.DefaultRule(), 15 * time.Second, 4},
		{"the switch's clock is ahead", telephony.DefaultRule(), -2 * time.Second, 1},
		{"behind a gateway", fxo, 2 * time.Second, 2},
	} {
		h := newHouse(t, func(d *web.Deps) {
			d.Lines = []telephony.Line{{Name: "duty", Number: "02422739110", Rule: c.rule}}
		})
		call := h.ring("1.0")
		h.clock.Add(call.RangAt.Sub(h.clock.Now()) + c.after)
		var got web.LineDoc
		h.visitor().get("/line").into(t, &got)
		if got.Ring == nil || *got.Ring != c.ring || got.Rule.OffsetMS != c.rule.Offset.Milliseconds() || got.Rule.Version != c.rule.Version() {
			t.Errorf("%s: %+v, want ring %d", c.name, got, c.ring)
		}
	}
}

func TestLineWhileTalkingAndAfter(t *testing.T) {
	h := newHouse(t)
	c := h.ring("1.0")
	look := func() web.LineDoc {
		t.Helper()
		var got web.LineDoc
		h.visitor().get("/line").into(t, &got)
		return got
	}
	c.AnsweredAt = c.RangAt.Add(3 * time.Second)
	h.record(telephony.CallAnswered, c, c.AnsweredAt)
	if got := look(); got.State != telephony.Talking || got.CallID != "1.0" || got.Ring != nil || !time.Time(got.RangAt).IsZero() {
		t.Errorf("talking: %+v", got)
	}
	c.EndedAt, c.Outcome = c.AnsweredAt.Add(time.Minute), telephony.AnsweredInTime
	h.record(telephony.CallEnded, c, c.EndedAt)
	if got := look(); got.State != telephony.Idle || got.CallID != "" || !time.Time(got.Since).Equal(c.EndedAt.Truncate(time.Millisecond)) {
		t.Errorf("over: %+v", got)
	}
}

func TestStampsHaveOneForm(t *testing.T) {
	at := time.Date(2026, 11, 23, 20, 17, 59, 603_999_999, time.FixedZone("", 8*3600))
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{at, `"2026-11-23T12:17:59.603Z"`}, {time.Time{}, `null`}, {time.Unix(0, 0), `"1970-01-01T00:00:00.000Z"`},
	} {
		got, err := json.Marshal(web.Stamp(c.at))
		if err != nil || string(got) != c.want {
			t.Errorf("%v is %s (%v), want %s", c.at, got, err, c.want)
		}
		var back web.Stamp
		if err := json.Unmarshal(got, &back); err != nil || !time.Time(back).Equal(c.at.Truncate(time.Millisecond)) {
			t.Errorf("%s read back is %v (%v)", got, time.Time(back), err)
		}
	}
}

func TestAddressForTheBrowser(t *testing.T) {
	port := func(ip string) net.Addr { return &net.TCPAddr{IP: net.ParseIP(ip), Port: 8480} }
	secure := web.Config{Listen: "0.0.0.0:8480", TLSFolder: "tls"}
	got := []string{
		web.DefaultConfig().URL(port("127.0.0.1")), secure.URL(port("0.0.0.0")), secure.URL(port("::")), secure.URL(port("192.0.2.1")),
		web.Config{Listen: "[::1]:0"}.URL(port("::1")), web.Config{}.URL(&net.UnixAddr{Name: "/run/page"}),
	}
	want := []string{"http://127.0.0.1:8480", "https://127.0.0.1:8480", "https://[::1]:8480", "https://192.0.2.1:8480", "http://[::1]:8480", "http:///run/page"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
