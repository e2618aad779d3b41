package robot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"dutyline/alerts"
)

// answerLimit is how much of an answer is read, in bytes; theirs have a few hundred.
const answerLimit = 4 << 10

// Robot is one robot in one group. Vendors know no identity of a message: a repeat reads exactly
// the same, down to the second of what happened, and people tell it by that.
type Robot struct {
	config  Config
	vendor  vendor
	address *url.URL
	secrets []string
	client  *http.Client
}

var _ alerts.Channel = (*Robot)(nil)

// New is the robot of a valid configuration.
func New(c Config) (*Robot, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	r := &Robot{config: c, vendor: vendors[c.Kind]}
	r.address, _ = url.Parse(c.Webhook) // Validate has done it
	r.secrets = []string{c.Webhook, r.address.RequestURI(), r.vendor.token(r.address), c.Secret}
	r.client = &http.Client{
		Transport: &http.Transport{
			Proxy:             http.ProxyFromEnvironment, // many duty rooms reach the outside through one only
			DisableKeepAlives: true,                      // nothing is kept between calls
			ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return r, nil
}

// Deliver sends the notice as a text, which every client shows, WeChat's too; markdown is not.
func (r *Robot) Deliver(ctx context.Context, n alerts.Notice) error {
	place := string(r.config.Kind) + " at " + alerts.Place(r.config.Webhook)
	req, sign, err := r.request(ctx, n)
	if err != nil {
		return fmt.Errorf("%s: no request can be made; check webhook_file: %w", place, alerts.ErrNever)
	}
	status, answer, err := r.exchange(req)
	if ctx.Err() != nil && err != nil {
		return fmt.Errorf("%s: no answer in time: %w", place, ctx.Err())
	}
	secrets := append([]string{sign, url.QueryEscape(sign)}, r.secrets...)
	if err != nil {
		return fmt.Errorf("%s: no answer: %s; check that this machine may reach it", place, alerts.Said(err.Error(), secrets...))
	}
	if err := r.judge(status, answer, secrets); err != nil {
		return fmt.Errorf("%s: %w", place, err)
	}
	return nil
}

// request gives the signature as well: it must not be told either.
func (r *Robot) request(ctx context.Context, n alerts.Notice) (*http.Request, string, error) {
	address := *r.address
	message := request{query: address.Query(), body: r.vendor.body(cut(alerts.PlainText(n, r.config.Zone), r.vendor.limit))}
	var sign string
	if r.config.Secret != "" {
		r.vendor.sign(&message, r.config.Secret, time.Now())
		if sign = message.query.Get("sign"); sign == "" {
			sign, _ = message.body["sign"].(string)
		}
	}
	address.RawQuery = message.query.Encode()
	body, err := json.Marshal(message.body)
	if err != nil {
		return nil, "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address.String(), bytes.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("User-Agent", "dutyline")
	return req, sign, nil
}

// exchange reads the whole answer: only its code says whether the message was taken.
func (r *Robot) exchange(req *http.Request) (int, []byte, error) {
	res, err := r.client.Do(req)
	if err != nil {
		if whole := (*url.Error)(nil); errors.As(err, &whole) {
			err = whole.Err // the rest of it names the address
		}
		return 0, nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, answerLimit))
	return res.StatusCode, answer, err
}

// judge decides by the code in the answer, and by the status where there is none: HTTP 200 alone
// is no yes.
func (r *Robot) judge(status int, answer []byte, secrets []string) error {
	said := alerts.Said(string(answer), secrets...)
	code, found := codeOf(answer, r.vendor.codes)
	if remedy := r.vendor.never[code]; found && remedy != "" {
		return fmt.Errorf("it answered %s: %s: %w", said, remedy, alerts.ErrNever)
	}
	switch {
	case found && code != 0:
		return fmt.Errorf("it answered %s: it does not take the message now, and may later", said)
	case status/100 != 2:
		return alerts.StatusError(status, said)
	case !found:
		return fmt.Errorf("it answered %q, which is no answer of such a robot; look whether a proxy or a login page is in between", said)
	}
	return nil
}

// codeOf finds the code under the names that the vendor gives it, and no other: {"code": 0} of
// something in between is no yes of WeCom.
func codeOf(answer []byte, names []string) (int, bool) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(answer, &fields) != nil {
		return 0, false
	}
	for _, name := range names {
		if value, there := fields[name]; there {
			code, err := strconv.Atoi(string(value))
			return code, err == nil
		}
	}
	return 0, false
}
