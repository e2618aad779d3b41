package ari

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"dutyline/telephony"
)

// askTimeout bounds every question but the download of a recording.
const askTimeout = 5 * time.Second

// maxAnswer bounds what is read of one answer; a PBX with 10,000 endpoints needs 2 MB.
const maxAnswer = 64 << 20

// rest asks ARI. It keeps few connections and never retries.
type rest struct {
	base, user, password string
	client               *http.Client
	events               *http.Client // for the socket that events come on
}

func newREST(c Config) *rest {
	dialer := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 15 * time.Second}
	transport := &http.Transport{
		DialContext:         dialer.DialContext,
		MaxIdleConnsPerHost: 8,
		IdleConnTimeout:     10 * time.Second, // below Asterisk's session_inactivity, so that no answer is lost to a closing socket
	}
	return &rest{
		base: strings.TrimSuffix(c.URL, "/"), user: c.User, password: c.Password,
		client: &http.Client{Transport: transport},
		events: &http.Client{Transport: &http.Transport{DialContext: dialModerated(dialer), DisableKeepAlives: true}},
	}
}

func (r *rest) get(ctx context.Context, path string, into any) (http.Header, error) {
	return r.ask(ctx, http.MethodGet, path, into)
}

// ask makes one request and decodes its JSON answer. A thing that is not there is
// telephony.ErrNotFound; everything else that fails is an *Error.
func (r *rest) ask(ctx context.Context, method, path string, into any) (http.Header, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	resp, err := r.do(ctx, method, path, nil)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, transportError(r.what(method, path), err)
	}
	if into == nil {
		return resp.Header, nil
	}
	if err := json.Unmarshal(body, into); err != nil {
		return nil, newError(Refused, r.what(method, path), fmt.Errorf("an answer that is not understood: %w", err))
	}
	return resp.Header, nil
}

// put sends something as JSON.
func (r *rest) put(ctx context.Context, path string, value any) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	body, err := json.Marshal(value)
	if err != nil {
		return err
	}
	resp, err := r.do(ctx, http.MethodPut, path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// do returns an answer whose status is 2xx; its body is the caller's to close.
func (r *rest) do(ctx context.Context, method, path string, body io.Reader) (*http.Response, error) {
	what := r.what(method, path)
	req, err := http.NewRequestWithContext(ctx, method, r.base+path, body)
	if err != nil {
		return nil, fmt.Errorf("ari.url %q is not a web address: %w", r.base, err)
	}
	req.SetBasicAuth(r.user, r.password)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return nil, transportError(what, err)
	}
	if resp.StatusCode/100 == 2 {
		return resp, nil
	}
	defer resp.Body.Close()
	detail, isJSON := message(resp)
	if resp.StatusCode == http.StatusNotFound && isJSON {
		return nil, fmt.Errorf("%s: %w", what, errors.Join(telephony.ErrNotFound, errors.New(detail)))
	}
	return nil, statusError(what, resp.StatusCode, isJSON, detail)
}

// message is what ARI says about a refusal, and whether it was ARI that said it.
func message(resp *http.Response) (string, bool) {
	b, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	var m struct{ Message, Error string }
	if json.Unmarshal(b, &m) != nil {
		return "", false
	}
	if m.Message == "" {
		m.Message = m.Error
	}
	return m.Message, true
}

func (r *rest) what(method, path string) string {
	path, _, _ = strings.Cut(path, "?")
	return fmt.Sprintf("ask Asterisk (%s %s%s)", method, r.base, path)
}
