package webhook

import (
	"bytes"
	_ "embed" // the shipped templates
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"
	"time"

	"dutyline/alerts"
)

// Alertmanager is the body of POST /api/v2/alerts of Prometheus Alertmanager.
//
//go:embed alertmanager.tmpl
var Alertmanager string

// SMS is an example for a gateway that takes JSON; gateways differ: copy and change it.
//
//go:embed sms.tmpl
var SMS string

var shipped = map[string]string{"alertmanager": Alertmanager, "sms": SMS}

// fields is what a template may use: everything of the notice, and beside it
type fields struct {
	alerts.Notice
	Headline string   // one line for people: [测试] and 已解除 are in it
	Plain    string   // the whole notice for people
	Local    string   // At in the site's zone, for people
	To       []string // of the configuration
}

// functions of templates, beside those of text/template: json writes any value as JSON (a text
// with its quotes), utc a time as RFC 3339, after a time that is later by a duration.
var functions = template.FuncMap{
	"json": func(v any) (string, error) {
		b, err := json.Marshal(v)
		return string(b), err
	},
	"utc": func(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) },
	"after": func(duration string, t time.Time) (time.Time, error) {
		d, err := time.ParseDuration(duration)
		return t.Add(d), err
	},
}

// sample has in every field what breaks a body that does not escape it.
func sample() alerts.Notice {
	const odd = "样本 \"1\" \\ <&>\n"
	return alerts.Notice{
		ID: odd, AlertID: odd, Rule: odd, Reason: alerts.ReasonMissed, Severity: alerts.Critical, Line: odd,
		At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), EntryNumber: odd, Title: odd, Text: odd, Caller: odd,
	}
}

// template is the site's or a shipped one, tried out: a misspelt field is found when the
// configuration is read, not in the night in which the alarm is to be sent.
func (c Config) template() (*template.Template, error) {
	text, key := c.Body, "body"
	switch {
	case c.Body != "" && c.Template != "":
		return nil, errors.New("body: there is a template as well; give one of them")
	case c.Template != "":
		key = "template"
		if text = shipped[c.Template]; text == "" {
			return nil, fmt.Errorf("template: %q is not shipped; use one of %s, or write your own under body", c.Template, strings.Join(slices.Sorted(maps.Keys(shipped)), ", "))
		}
	case c.Body == "":
		return nil, errors.New("body: is missing; write a template there, or name a shipped one under template (alertmanager, sms)")
	}
	t, err := template.New(key).Funcs(functions).Option("missingkey=error").Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: is no template: %s; see the shipped ones for how it is written", key, alerts.Said(err.Error()))
	}
	if len(c.To) == 0 && c.Template == "sms" {
		return nil, errors.New("to: is empty; name the mobile numbers that get the message")
	}
	for _, n := range []alerts.Notice{sample(), {Over: true, Test: true, At: sample().At, EntryNumber: "2026-000123"}} {
		body, err := c.render(t, n)
		if err != nil {
			return nil, fmt.Errorf("%s: cannot be filled in: %s; the fields are those of a notice, and .Headline .Plain .Local .To", key, alerts.Said(err.Error()))
		}
		if c.json() && !json.Valid(body) {
			return nil, fmt.Errorf(`%s: gives no valid JSON once a text has quotes or line breaks in it; write {{json .Title}} instead of "{{.Title}}", or name another content type under headers`, key)
		}
	}
	return t, nil
}

func (c Config) render(t *template.Template, n alerts.Notice) ([]byte, error) {
	var b bytes.Buffer
	err := t.Execute(&b, fields{Notice: n, Headline: alerts.Headline(n), Plain: alerts.PlainText(n, c.Zone), Local: alerts.LocalTime(n.At, c.Zone), To: c.To})
	return b.Bytes(), err
}

// json says whether the body is declared as JSON, which is the default.
func (c Config) json() bool {
	for _, h := range c.Headers {
		if strings.EqualFold(h.Name, "Content-Type") {
			return strings.Contains(strings.ToLower(h.value()), "json")
		}
	}
	return true
}
