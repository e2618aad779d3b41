package webhook_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/alerts/alertstest"
	"dutyline/alerts/webhook"
)

func TestATemplateThatFailsIsAFaultOfTheConfiguration(t *testing.T) {
	for body, want := range map[string]string{
		`{"t": {{json .Titel}}}`:     "Titel",
		`{{`:                         "is no template",
		`{{nothing .Title}}`:         `function "nothing" not defined`,
		`{"t": "{{.Title}}"}`:        "{{json .Title}}",
		`{{after "soon" .At}}`:       "soon",
		`{{index .To 0}}`:            "index out of range",
		"":                           "alertmanager, sms",
		`{"t": {{json .Headline}}}`:  "",
		`{{json .}}`:                 "",
		`"{{utc (after "1h" .At)}}"`: "",
	} {
		err := webhook.Config{URL: "https://example.cn/x", Body: body}.Validate()
		if (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%s: %v, want one sentence with %q", body, err, want)
		}
	}
	for _, c := range []struct {
		template, body, want string
	}{{"alertmanager", "x", "give one of them"}, {"pager", "", "not shipped"}, {"sms", "", "to: is empty"}} {
		if err := (webhook.Config{URL: "https://example.cn/x", Template: c.template, Body: c.body}).Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// Forms and plain texts are possible too: the template is held to JSON only where it says so.
func TestABodyOfAnotherKind(t *testing.T) {
	var got, contentType string
	h := alertstest.NewHTTP(t, answers, func(r *http.Request, body []byte) (alertstest.Taken, error) {
		got, contentType = string(body), r.Header.Get("Content-Type")
		return alertstest.Taken{}, nil
	})
	w := start(t, webhook.Config{
		URL: h.Server.URL, Method: "PUT", Body: `to={{index .To 0}}&text={{urlquery .Headline}}`, To: []string{"13900000001"},
		Headers: []webhook.Header{{Name: "content-type", Value: "application/x-www-form-urlencoded"}},
	})
	if err := w.Deliver(t.Context(), alertstest.Notice()); err != nil {
		t.Fatal(err)
	}
	if want := "to=13900000001&text=%E5%80%BC"; !strings.HasPrefix(got, want) || contentType != "application/x-www-form-urlencoded" {
		t.Errorf("%s %s, want %s…", contentType, got, want)
	}
}

// What only a certain message breaks is found when that message is sent: another try is pointless.
func TestATemplateThatFailsForOneMessage(t *testing.T) {
	h := alertstest.NewHTTP(t, answers, func(*http.Request, []byte) (alertstest.Taken, error) { return alertstest.Taken{}, nil })
	w := start(t, webhook.Config{URL: h.Server.URL, Body: `{"year": {{json (slice .EntryNumber 0 4)}}}`})
	n := alertstest.Notice()
	if err := w.Deliver(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	n.EntryNumber = ""
	if err := w.Deliver(t.Context(), n); !errors.Is(err, alerts.ErrNever) || !strings.Contains(err.Error(), "mend it in the configuration") {
		t.Errorf("%v, want never", err)
	}
	if got := len(h.Taken()); got != 1 {
		t.Errorf("%d messages arrived, want 1", got)
	}
}

func TestShippedTemplatesGiveTheseBodies(t *testing.T) {
	var got strings.Builder
	h := alertstest.NewHTTP(t, answers, func(_ *http.Request, body []byte) (alertstest.Taken, error) {
		got.Write(body)
		return alertstest.Taken{}, nil
	})
	alarm, over, test := alertstest.Notice(), alertstest.Notice(), alertstest.Notice()
	over.ID, over.Over, test.ID, test.Test, test.EntryNumber = "over", true, "test", true, ""
	for _, name := range []string{"alertmanager", "sms"} {
		w := start(t, webhook.Config{URL: h.Server.URL, Template: name, To: []string{"13900000001"}, Zone: alertstest.Zone})
		for _, n := range []alerts.Notice{alarm, over, test} {
			if err := w.Deliver(t.Context(), n); err != nil {
				t.Fatal(err)
			}
		}
	}
	golden := filepath.Join("testdata", "bodies.golden.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("(-want +got; -update writes it anew):\n%s", diff)
	}
}
