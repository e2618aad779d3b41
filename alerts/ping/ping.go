// Package ping tells another machine, again and again, that the daemon watches. When it is silent
// for longer than agreed, that machine raises the alarm: who is dead cannot say so.
package ping

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"dutyline/alerts"
)

// Config is whom to tell, and how often. Whoever knows such an address can keep the other machine
// quiet: it is a secret, and comes from a file or the environment where it is one.
type Config struct {
	URL     string        `mapstructure:"url"`      // asked with GET; empty: nobody is told
	URLFile string        `mapstructure:"url_file"` // or a file that holds it
	Every   time.Duration `mapstructure:"every"`
}

// DefaultConfig tells nobody.
func DefaultConfig() Config { return Config{Every: time.Minute} }

// shortest is how often the other machine may be asked at most.
const shortest = time.Second

// Validate names what is wrong, one "key: sentence" a line.
func (c Config) Validate() error {
	var faults []error
	if u, err := url.Parse(c.URL); c.URL != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		faults = append(faults, errors.New("url: it is no address; write for instance https://watch.example.cn/ping/…"))
	}
	if c.Every < shortest {
		faults = append(faults, fmt.Errorf("every: is %s; send at most one a second, usually one a minute", c.Every))
	}
	return errors.Join(faults...)
}

// Pinger tells one machine.
type Pinger struct {
	address string
	client  *http.Client
}

// New is the pinger of a valid configuration.
func New(c Config) *Pinger {
	return &Pinger{address: c.URL, client: &http.Client{
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Ping tells it once; any 2xx is a yes. Errors name the place only.
func (p *Pinger) Ping(ctx context.Context) error {
	place := alerts.Place(p.address)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.address, nil)
	if err != nil {
		return fmt.Errorf("%s: no request can be made; check heartbeat.url", place)
	}
	req.Header.Set("User-Agent", "dutyline")
	res, err := p.client.Do(req)
	switch whole := (*url.Error)(nil); {
	case ctx.Err() != nil:
		return fmt.Errorf("%s: no answer in time", place)
	case errors.As(err, &whole):
		return fmt.Errorf("%s: %s", place, alerts.Said(whole.Err.Error(), p.secrets()...))
	case err != nil:
		return fmt.Errorf("%s: %s", place, alerts.Said(err.Error(), p.secrets()...))
	}
	defer res.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(res.Body, 1<<10)) // the status counts
	if err := alerts.StatusError(res.StatusCode, alerts.Said(string(said), p.secrets()...)); err != nil {
		return fmt.Errorf("%s: %w", place, err)
	}
	return nil
}

// secrets are what must not be told when the other side repeats it.
func (p *Pinger) secrets() []string {
	u, err := url.Parse(p.address)
	if err != nil {
		return []string{p.address}
	}
	return append(strings.Split(u.Path, "/"), p.address, u.RequestURI())
}
