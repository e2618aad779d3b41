package webhook_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/alerts/alertstest"
	"dutyline/alerts/webhook"
)

const (
	pathSecret   = "hidden-path-1"
	querySecret  = "hidden-query-2"
	headerSecret = "hidden-header-3"
)

var answers = map[alertstest.Manner]alertstest.Answer{
	alertstest.Well:     {Status: 202, Body: "ok"},
	alertstest.Broken:   {Status: 500, Body: "fault with " + pathSecret},
	alertstest.Busy:     {Status: 429, Body: "not so fast, " + headerSecret},
	alertstest.Refusing: {Status: 403, Body: "no " + headerSecret + " may\r\n/" + pathSecret + "?key=" + querySecret},
}

// sms is a gateway that takes the shipped example.
func sms(r *http.Request, body []byte) (alertstest.Taken, error) {
	if r.Method != "POST" || r.URL.Path != "/"+pathSecret || r.URL.Query().Get("key") != querySecret || r.Header.Get("X-Token") != headerSecret {
		return alertstest.Taken{}, errors.New("method, address or token is wrong: " + r.Method + " " + r.URL.String())
	}
	var m struct {
		ID      string   `json:"request_id"`
		Mobiles []string `json:"mobiles"`
		Content string   `json:"content"`
	}
	if err := json.Unmarshal(body, &m); err != nil {
		return alertstest.Taken{}, err
	}
	if len(m.Mobiles) != 2 || m.ID == "" || r.Header.Get("Idempotency-Key") == "" {
		return alertstest.Taken{}, errors.New("numbers or identity are missing")
	}
	return alertstest.Taken{ID: m.ID + " " + r.Header.Get("Idempotency-Key"), Text: m.Content}, nil
}

func config(address string) webhook.Config {
	return webhook.Config{
		URL:  address + "/" + pathSecret + "?key=" + querySecret,
		To:   []string{"13900000001", "13900000002"},
		Zone: alertstest.Zone, Template: "sms",
		Headers: []webhook.Header{{Name: "X-Token", ValueFile: "somewhere", Secret: headerSecret}},
	}
}

func start(t *testing.T, c webhook.Config) *webhook.Webhook {
	t.Helper()
	w, err := webhook.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestChannel(t *testing.T) {
	alertstest.Run(t, alertstest.Bench{
		Secrets: []string{"hidden"},
		Start: func(t *testing.T) (alerts.Channel, alertstest.Receiver) {
			h := alertstest.NewHTTP(t, answers, sms)
			return start(t, config(h.Server.URL)), h
		},
	})
}

func TestEveryStatusIsJudged(t *testing.T) {
	h := alertstest.NewHTTP(t, answers, sms)
	w := start(t, config(h.Server.URL))
	for status, want := range map[int]string{
		200: "taken", 204: "taken", 299: "taken", 301: "never", 302: "again", 400: "never", 404: "never", 408: "again",
		422: "never", 425: "again", 429: "again", 500: "again", 503: "again",
	} {
		h.Says(alertstest.Broken, alertstest.Answer{Status: status})
		got, err := "again", w.Deliver(t.Context(), alertstest.Notice())
		if err == nil {
			got = "taken"
		} else if errors.Is(err, alerts.ErrNever) {
			got = "never"
		}
		if got != want {
			t.Errorf("%d: %s (%v), want %s", status, got, err, want)
		}
	}
}

// A gateway may refuse with status 200: what its yes looks like is the site's to say. A web page is
// nobody's yes.
func TestWhatAYesLooksLike(t *testing.T) {
	page := "<!DOCTYPE html><html><body>请登录</body></html>"
	for name, c := range map[string]struct {
		yes, kind, body string
		taken           bool
	}{
		"any answer":               {"", "text/plain", "OK", true},
		"nothing":                  {"", "", "", true},
		"an error that looks good": {"", "application/json", `{"code":1001,"msg":"余额不足"}`, true}, // nobody said how a yes looks
		"a web page":               {"", "text/html; charset=utf-8", page, false},
		"a web page by its looks":  {"", "application/octet-stream", "\n\t" + page, false},
		"the yes":                  {`"code": *0[,}]`, "application/json", `{"code":0,"msg":"ok"}`, true},
		"an error":                 {`"code": *0[,}]`, "application/json", `{"code":1001,"msg":"余额不足"}`, false},
		"no answer to look at":     {`"code": *0[,}]`, "", "", false},
		"a page that is a yes":     {"提交成功", "text/html", "<html>提交成功</html>", true},
	} {
		h := alertstest.NewHTTP(t, answers, sms)
		h.Server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", c.kind)
			_, _ = io.WriteString(w, c.body)
		})
		with := config(h.Server.URL)
		with.Yes = c.yes
		err := start(t, with).Deliver(t.Context(), alertstest.Notice())
		if (err == nil) != c.taken || errors.Is(err, alerts.ErrNever) {
			t.Errorf("%s: %v, want taken %v", name, err, c.taken)
		}
		if err != nil && !strings.Contains(err.Error(), "yes") {
			t.Errorf("%s: the remedy is not named: %v", name, err)
		}
	}
	bad := config("https://receiver.example")
	if bad.Yes = "("; bad.Validate() == nil || !strings.Contains(bad.Validate().Error(), "yes: ") {
		t.Errorf("a pattern that is none: %v", bad.Validate())
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	followed := alertstest.NewHTTP(t, answers, func(r *http.Request, _ []byte) (alertstest.Taken, error) {
		return alertstest.Taken{}, errors.New("the redirect was followed, with what it carries")
	})
	from := http.RedirectHandler(followed.Server.URL, http.StatusTemporaryRedirect)
	h := alertstest.NewHTTP(t, answers, sms)
	h.Server.Config.Handler = from
	if err := start(t, config(h.Server.URL)).Deliver(t.Context(), alertstest.Notice()); err == nil || errors.Is(err, alerts.ErrNever) {
		t.Errorf("%v, want that it is tried again", err)
	}
}

func TestAnAnswerWithoutEndIsReadToItsLimitOnly(t *testing.T) {
	h := alertstest.NewHTTP(t, answers, sms)
	h.Server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	})
	if err := start(t, config(h.Server.URL)).Deliver(t.Context(), alertstest.Notice()); err == nil || errors.Is(err, alerts.ErrNever) {
		t.Errorf("%v, want that it is tried again", err)
	}
}

// A receiver that says yes and then breaks off has the message: sending it again would double it.
func TestAYesCountsAlsoWhenItsBodyBreaksOff(t *testing.T) {
	h := alertstest.NewHTTP(t, answers, sms)
	h.Server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.Write([]byte("half"))
	})
	if err := start(t, config(h.Server.URL)).Deliver(t.Context(), alertstest.Notice()); err != nil {
		t.Error(err)
	}
}

func TestFaultsOfAConfigurationAreSaidAtOnce(t *testing.T) {
	err := webhook.Config{
		Method: "GET", URL: "http://192.0.2.1/" + pathSecret, Body: `{"t": "{{.Title}}"}`,
		Headers: []webhook.Header{{Name: "a b", Value: "x"}, {Name: "A"}, {Name: "B", Value: "x", ValueFile: "y"}, {Name: "C", ValueFile: "z", Secret: headerSecret + "\r\nD: x"}},
	}.Validate()
	if err == nil {
		t.Fatal("it is valid")
	}
	var keys []string
	for _, line := range strings.Split(err.Error(), "\n") {
		key, _, _ := strings.Cut(line, ":")
		keys = append(keys, key)
	}
	want := []string{"url", "method", "headers[0].name", "headers[1].value", "headers[2].value", "headers[3].value", "body"}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Errorf("(-want +got):\n%s\n%v", diff, err)
	}
	if strings.Contains(err.Error(), pathSecret) || strings.Contains(err.Error(), headerSecret) {
		t.Errorf("a fault tells a secret: %v", err)
	}
	if _, err := webhook.New(webhook.Config{}); err == nil {
		t.Error("an empty configuration makes a channel")
	}
}

func TestAddressesThatAreRefused(t *testing.T) {
	for address, want := range map[string]string{
		"": "url_file", "ftp://host/x": "https://host/path", "host/x": "https://host/path", "https://": "https://host/path",
		"http://example.cn/x": "use https", "http://[::1]:9093/x": "", "http://localhost/x": "", "http://127.0.0.9/x": "", "https://example.cn/x": "",
		"https://exa mple/" + pathSecret: "https://host/path",
	} {
		err := webhook.Config{URL: address, Template: "alertmanager"}.Validate()
		if (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), pathSecret)) {
			t.Errorf("%q: %v, want %q", address, err, want)
		}
	}
}
