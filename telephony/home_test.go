package telephony_test

import (
	"fmt"
	"testing"
	"time"

	"dutyline/telephony"
)

var registeredAt = time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)

// A phone that registers from another host moved, also when we were away meanwhile; another port of
// the same host, or the same again, is no move.
func TestAPhoneThatMoves(t *testing.T) {
	by := func(eye telephony.HomeEye, host string) telephony.Home {
		return telephony.Home{Phone: "duty", Eye: eye, Host: host}
	}
	type step struct {
		home  telephony.Home
		after time.Duration
		from  string
		news  bool
	}
	for name, c := range map[string]struct {
		known []telephony.Home
		steps []step
	}{
		"for the first time": {nil, []step{{by(telephony.HomeBySIP, "10.0.0.1"), 0, "", true}, {by(telephony.HomeBySIP, "10.0.0.1"), time.Hour, "", false}}},
		"moves": {nil, []step{{by(telephony.HomeBySIP, "10.0.0.1"), 0, "", true}, {by(telephony.HomeBySIP, "10.0.0.77"), time.Hour, "10.0.0.1", true},
			{by(telephony.HomeBySIP, "10.0.0.1"), 2 * time.Hour, "10.0.0.77", true}}},
		"moved while we were away":   {[]telephony.Home{by(telephony.HomeBySIP, "10.0.0.77")}, []step{{by(telephony.HomeBySIP, "10.0.0.99"), 0, "10.0.0.77", true}}},
		"stayed while we were away":  {[]telephony.Home{by(telephony.HomeByContact, "10.0.0.77")}, []step{{by(telephony.HomeByContact, "10.0.0.77"), 0, "", false}}},
		"each eye has its own":       {[]telephony.Home{by(telephony.HomeBySIP, "203.0.113.5")}, []step{{by(telephony.HomeByContact, "192.168.1.20"), 0, "", true}}},
		"nobody says where":          {nil, []step{{by(telephony.HomeByContact, ""), 0, "", false}}},
		"both eyes see one move":     {[]telephony.Home{by(telephony.HomeBySIP, "203.0.113.5"), by(telephony.HomeByContact, "192.168.1.20")}, []step{{by(telephony.HomeByContact, "192.168.1.21"), 0, "192.168.1.20", true}, {by(telephony.HomeBySIP, "203.0.113.6"), 20 * time.Millisecond, "", true}}},
		"two that share the account": {nil, []step{{by(telephony.HomeByContact, "10.0.0.1"), 0, "", true}, {by(telephony.HomeByContact, "10.0.0.2"), time.Hour, "10.0.0.1", true}, {by(telephony.HomeByContact, "10.0.0.1"), 2 * time.Hour, "", false}}},
	} {
		h := telephony.NewHomes(c.known)
		for i, s := range c.steps {
			if from, news := h.Seen(s.home, registeredAt.Add(s.after)); from != s.from || news != s.news {
				t.Errorf("%s, step %d: moved from %q, news %v; want %q, %v", name, i, from, news, s.from, s.news)
			}
		}
	}
}

// Where a phone is counts as proved only when this run saw it.
func TestWhereAPhoneIsMustBeProved(t *testing.T) {
	sip := telephony.Home{Phone: "duty", Eye: telephony.HomeBySIP, Host: "10.0.0.1"}
	contact := telephony.Home{Phone: "duty", Eye: telephony.HomeByContact, Host: "10.0.0.1"}
	h := telephony.NewHomes([]telephony.Home{sip, contact})
	if host, proved := h.Of("duty"); host != "10.0.0.1" || proved {
		t.Errorf("after a start: %q %v", host, proved)
	}
	h.Seen(contact, registeredAt)
	if _, proved := h.Of("duty"); !proved {
		t.Error("the switch keeps the same contact, and that proves nothing")
	}
	h.Gone(contact)
	if _, proved := h.Of("duty"); proved {
		t.Error("its contact is gone, and it is proved")
	}
	h.Seen(telephony.Home{Phone: "duty", Eye: telephony.HomeByContact, Host: "10.0.0.99"}, registeredAt)
	if _, proved := h.Of("duty"); proved {
		t.Error("it is registered elsewhere, and proved here")
	}
	h.Seen(sip, registeredAt)
	if host, proved := h.Of("duty"); host != "10.0.0.1" || !proved {
		t.Errorf("after it registered: %q %v", host, proved)
	}
	if _, proved := h.Of("nobody"); proved {
		t.Error("a phone of which nothing was heard is somewhere")
	}
}

// Whatever registers, what is remembered is bounded.
func TestHomesAreBounded(t *testing.T) {
	h := telephony.NewHomes(nil)
	kept := 0
	for i := range 5000 {
		if _, news := h.Seen(telephony.Home{Phone: fmt.Sprint(i), Eye: telephony.HomeBySIP, Host: "10.0.0.1"}, registeredAt); news {
			kept++
		}
	}
	if kept != 1000 {
		t.Errorf("%d are kept", kept)
	}
}

func TestContactHost(t *testing.T) {
	for uri, want := range map[string]string{
		"":                                    "",
		"sip:duty@127.0.0.1:29074":            "127.0.0.1",
		" <sip:duty@192.0.2.7;transport=udp>": "192.0.2.7",
		"sips:duty@[2001:DB8::1]:5061;ob":     "2001:db8::1",
		"sip:192.0.2.9":                       "192.0.2.9",
		"sip:a@Phone.example?x=y":             "phone.example",
		"tel:110":                             "",
		"nonsense":                            "",
		"sip:":                                "",
	} {
		if got := telephony.ContactHost(uri); got != want {
			t.Errorf("%q: %q, want %q", uri, got, want)
		}
	}
}
