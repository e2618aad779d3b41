package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"text/template"

	"dutyline/alerts"
)

// answerLimit is how much of an answer is read, in bytes; nothing more of it matters.
const answerLimit = 4 << 10

// Webhook is one receiver.
type Webhook struct {
	config  Config
	address *url.URL
	body    *template.Template
	yes     *regexp.Regexp
	secrets []string
	client  *http.Client
}

var _ alerts.Channel = (*Webhook)(nil)

// New is the receiver of a valid configuration.
func New(c Config) (*Webhook, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if c.Method == "" {
		c.Method = http.MethodPost
	}
	w := &Webhook{config: c}
	w.address, _ = url.Parse(c.URL) // Validate has done it
	w.body, _ = c.template()
	w.yes = regexp.MustCompile(c.Yes) // and this
	w.secrets = secrets(c, w.address)
	w.client = &http.Client{
		Transport: &http.Transport{
			Proxy:             http.ProxyFromEnvironment, // many duty rooms reach the outside through one only
			DisableKeepAlives: true,                      // nothing is kept between calls
			ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return w, nil
}

// secrets are what must not be told when a receiver repeats it. Longer parts of a path are often
// keys; short ones are words such as api.
func secrets(c Config, address *url.URL) []string {
	all := []string{c.URL, address.RequestURI()}
	for part := range strings.SplitSeq(address.Path, "/") {
		if len(part) >= 8 {
			all = append(all, part)
		}
	}
	for _, values := range address.Query() {
		all = append(all, values...)
	}
	if password, ok := address.User.Password(); ok {
		all = append(all, password)
	}
	for _, h := range c.Headers {
		all = append(all, h.Secret)
	}
	return all
}

// Deliver sends the notice. Any 2xx is a yes that the site's pattern finds in the answer; without
// a pattern any but a web page: that is a proxy's or a portal's, whatever its status.
func (w *Webhook) Deliver(ctx context.Context, n alerts.Notice) error {
	place := alerts.Place(w.config.URL)
	req, err := w.request(ctx, n)
	if err != nil {
		return fmt.Errorf("%s: %w", place, err)
	}
	res, err := w.client.Do(req)
	if err != nil {
		return w.unreached(ctx, place, err)
	}
	defer res.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(res.Body, answerLimit)) // the status counts, also before a body that breaks off
	quoted := alerts.Said(string(said), w.secrets...)
	err = alerts.StatusError(res.StatusCode, quoted)
	switch {
	case err != nil:
	case w.config.Yes != "" && !w.yes.Match(said):
		err = fmt.Errorf("it answered %d %q, in which yes (%s) finds nothing: the message was not taken; ask the receiver's operator, or mend yes", res.StatusCode, quoted, w.config.Yes)
	case w.config.Yes == "" && webPage(res.Header.Get("Content-Type"), said):
		err = fmt.Errorf("it answered %d with a web page %q: a proxy or a login page is in between, or the address is wrong; where the receiver does answer so, say in yes what it answers", res.StatusCode, quoted)
	default:
		return nil
	}
	return fmt.Errorf("%s: %w", place, err)
}

func webPage(kind string, body []byte) bool {
	start := strings.ToLower(string(bytes.TrimLeft(body[:min(len(body), 512)], " \t\r\n\ufeff")))
	return strings.HasPrefix(kind, "text/html") || strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html")
}

// request carries the notice's ID as Idempotency-Key: a receiver that knows it drops a repeat.
func (w *Webhook) request(ctx context.Context, n alerts.Notice) (*http.Request, error) {
	body, err := w.config.render(w.body, n)
	if err != nil {
		return nil, fmt.Errorf("the template cannot be filled in for this message: %s; mend it in the configuration: %w", alerts.Said(err.Error()), alerts.ErrNever)
	}
	req, err := http.NewRequestWithContext(ctx, w.config.Method, w.address.String(), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("no request can be made; check url and method: %w", alerts.ErrNever)
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("Idempotency-Key", url.PathEscape(n.ID))
	req.Header.Set("User-Agent", "dutyline")
	for _, h := range w.config.Headers {
		req.Header.Set(h.Name, h.value())
	}
	return req, nil
}

// unreached says why there is no answer. What the library says holds the address, and of an
// answer that is no HTTP its beginning: both are left out or cleaned.
func (w *Webhook) unreached(ctx context.Context, place string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s: no answer in time: %w", place, ctx.Err())
	}
	if whole := (*url.Error)(nil); errors.As(err, &whole) {
		err = whole.Err
	}
	return fmt.Errorf("%s: no answer: %s; check that the receiver runs and that this machine may reach it", place, alerts.Said(err.Error(), w.secrets...))
}
