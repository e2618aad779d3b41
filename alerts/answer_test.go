package alerts_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"dutyline/alerts"
)

func TestAPlaceHidesTheRestOfAnAddress(t *testing.T) {
	for address, want := range map[string]string{
		"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=hidden": "https://qyapi.weixin.qq.com",
		"https://u:hidden@host:8443/hidden":                           "https://host:8443",
		"https://host?key=hidden@x":                                   "https://host",
		"https://host#hidden":                                         "https://host",
		"hidden":                                                      "an address without a scheme",
	} {
		if got := alerts.Place(address); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

func TestWhatWasSaidIsShortAndHoldsNoSecret(t *testing.T) {
	if got := alerts.Said("bad  token\r\n hidden-1 and hidden-2, x", "hidden-1", "hidden-2", "x", ""); got != "bad token *** and ***, x" {
		t.Errorf("%q", got)
	}
	const odd = "hidden\"&\\1" // in an answer as it is, quoted by a library, and in JSON
	if got := alerts.Said(fmt.Sprintf(`%s %q {"e": "hidden\"\u0026\\1"}`, odd, odd), odd); strings.Contains(got, "hidden") {
		t.Errorf("%q", got)
	}
	for n := range 4 { // wherever the cut falls, no character is halved
		got := alerts.Said(strings.Repeat("a", n) + strings.Repeat("值", 200))
		if !utf8.ValidString(got) || len(got) > 170 || !strings.HasSuffix(got, "…") {
			t.Errorf("%q", got)
		}
	}
	// A secret at the cut is hidden as a whole: it is taken out before the rest is cut off.
	if got := alerts.Said(strings.Repeat("a", 155)+"hidden-1", "hidden-1"); strings.Contains(got, "hid") {
		t.Errorf("%q", got)
	}
}

func TestStatusSaysWhetherAnotherTryHelps(t *testing.T) {
	for status, want := range map[int]string{
		200: "taken", 202: "taken", 204: "taken",
		301: "never", 302: "again", 307: "again", 308: "never", 304: "again",
		400: "never", 401: "never", 403: "never", 404: "never", 405: "never", 410: "never", 413: "never", 422: "never",
		408: "again", 425: "again", 429: "again", 500: "again", 502: "again", 503: "again", 504: "again", 599: "again", 103: "again",
	} {
		err, got := alerts.StatusError(status, "because"), "again"
		switch {
		case err == nil:
			got = "taken"
		case errors.Is(err, alerts.ErrNever):
			got = "never"
		}
		if got != want {
			t.Errorf("%d: %s (%v), want %s", status, got, err, want)
		}
		if err != nil && !strings.Contains(err.Error(), `"because"`) {
			t.Errorf("%d: %v does not tell what was said", status, err)
		}
	}
}
