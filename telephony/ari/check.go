package ari

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/CyCoreSystems/ari/v5"
	"github.com/CyCoreSystems/ari/v5/client/native"

	"dutyline/telephony"
)

// maxClockOffset is how far the switch's clock may be from ours: its answer is exact to a
// second, and call times come from it.
const maxClockOffset = 2 * time.Second

// neededModules is without what watching and recording calls does not work.
var neededModules = []string{
	"res_ari_applications.so", "res_ari_events.so", "res_ari_channels.so", "res_ari_bridges.so", "res_ari_endpoints.so",
	"res_ari_recordings.so", "res_ari_asterisk.so", "chan_pjsip.so", "app_dial.so",
}

// modules is what is needed besides for how this site records and for its journal.
func (c *Client) modules() []string {
	all := slices.Clone(neededModules)
	if c.config.Snoops {
		all = append(all, "app_stasis.so", "res_stasis_snoop.so", "res_stasis_recording.so", "format_wav.so")
	} else {
		all = append(all, "app_mixmonitor.so")
	}
	if !c.config.NoJournal {
		all = append(all, "cel_custom.so", "app_celgenuserevent.so")
	}
	if c.config.Calls {
		all = append(all, "app_read.so", "app_playback.so", "app_stack.so", "func_channel.so", "func_global.so")
	}
	return all
}

// Check looks at everything that the lines need of the switch. It changes nothing. When the
// switch cannot be asked at all, that is the only thing it says.
func (c *Client) Check(ctx context.Context, lines []telephony.Line) []telephony.Check {
	info, err := c.Info(ctx)
	if err != nil {
		return []telephony.Check{failed("Asterisk", err)}
	}
	out := []telephony.Check{
		passed("Asterisk", fmt.Sprintf("%s, version %s, up since %s", orNone(info.System, "without a system name"), info.Version, info.Started.Format(time.DateTime))),
		c.checkClock(info),
		c.checkWrite(ctx),
		c.checkModules(ctx),
		c.checkDialplan(ctx),
		c.checkSpool(ctx),
	}
	for _, l := range lines {
		for _, e := range l.Endpoints {
			out = append(out, c.checkPhone(ctx, l, e))
		}
		for _, e := range l.Trunks {
			out = append(out, c.checkTrunk(ctx, e))
		}
	}
	return out
}

func orNone(s, none string) string {
	if s == "" {
		return none
	}
	return s
}

func passed(name, detail string) telephony.Check {
	return telephony.Check{Name: name, OK: true, Detail: detail}
}

// failed takes the remedy out of an error that has one.
func failed(name string, err error) telephony.Check {
	var e *Error
	if errors.As(err, &e) {
		detail := sentences[e.Reason]
		if e.Err != nil {
			detail += ": " + e.Err.Error()
		}
		return telephony.Check{Name: name, Detail: detail, Remedy: e.Remedy}
	}
	return telephony.Check{Name: name, Detail: err.Error(), Remedy: remedies[Refused]}
}

func (c *Client) checkClock(info telephony.SwitchInfo) telephony.Check {
	offset := info.Clock.Sub(c.now()).Round(100 * time.Millisecond)
	if info.Clock.IsZero() || offset.Abs() <= maxClockOffset {
		return passed("clock of the switch", "agrees with ours")
	}
	return telephony.Check{
		Name: "clock of the switch", Detail: fmt.Sprintf("is %v away from ours", offset),
		Remedy: "keep both machines' clocks right with NTP: call times come from the switch",
	}
}

// checkWrite asks for something that only a login that may write gets as far as.
func (c *Client) checkWrite(ctx context.Context) telephony.Check {
	_, err := c.rest.ask(ctx, "POST", "/applications/dutyline-no-such-application/subscription?eventSource=bridge%3A", nil)
	if err == nil || errors.Is(err, telephony.ErrNotFound) {
		return passed("ARI rights", "the login may subscribe to events")
	}
	return failed("ARI rights", err)
}

// checkModules uses the library's client: the command that calls it ends by itself.
func (c *Client) checkModules(ctx context.Context) telephony.Check {
	const name = "modules of the switch"
	modules := native.New(&native.Options{
		Application: "dutyline-check", URL: c.rest.base, Username: c.config.User, Password: c.config.Password,
	}).Asterisk().Modules()
	needed, answer := c.modules(), make(chan []string, 1)
	go func() {
		var missing []string
		for _, m := range needed {
			data, err := modules.Data(ari.NewKey(ari.ModuleKey, m))
			if err != nil || data.Status != "Running" {
				missing = append(missing, m)
			}
		}
		answer <- missing
	}()
	select {
	case <-ctx.Done():
		return failed(name, newError(Silent, name, ctx.Err()))
	case missing := <-answer:
		if len(missing) == 0 {
			return passed(name, fmt.Sprintf("all %d that are needed run", len(needed)))
		}
		return telephony.Check{
			Name: name, Detail: "these do not run: " + strings.Join(missing, ", "),
			Remedy: "load them in Asterisk's modules.conf (see deploy/asterisk/modules.conf.tmpl) and restart it",
		}
	}
}

// checkDialplan finds the variable that our dialplan sets. ARI shows no contexts.
func (c *Client) checkDialplan(ctx context.Context) telephony.Check {
	const name = "dialplan"
	folder, err := c.global(ctx, "DL_RECORDING")
	switch {
	case err != nil:
		return failed(name, err)
	case c.config.Snoops && folder != "":
		return telephony.Check{
			Name: name, Detail: "it records by itself (DL_RECORDING is set), and recording.by is snoop: the second recording of every call fails",
			Remedy: "set recording.by to dialplan, which does not depend on this daemon",
		}
	case c.config.Snoops:
		return passed(name, "does not record; this daemon does (recording.by is snoop), and while it is away nobody: a call that is answered then has no recording")
	case folder == "":
		return telephony.Check{
			Name: name, Detail: "the duty line's dialplan is not loaded (DL_RECORDING is not set), so calls are not recorded",
			Remedy: "put deploy/asterisk/extensions.conf.tmpl into Asterisk's extensions.conf and run: asterisk -rx 'dialplan reload'; where it must stay as it is, set recording.by to snoop",
		}
	}
	return c.checkContexts(ctx, name, folder)
}

// neededContexts are those into which calls of the line come, each with what fails without it. ARI shows
// no contexts: the dialplan says in DL_CONTEXTS which ones it has.
var neededContexts = []struct{ name, without string }{
	{"dutyline-record", "no call is recorded"},
	{callBackContext, "no call back can be placed"},
}

func (c *Client) checkContexts(ctx context.Context, name, folder string) telephony.Check {
	said, err := c.global(ctx, "DL_CONTEXTS")
	if err != nil {
		return failed(name, err)
	}
	var lacks []string
	for _, x := range neededContexts {
		if !slices.Contains(strings.Fields(said), x.name) {
			lacks = append(lacks, x.name+" (without it "+x.without+")")
		}
	}
	if lacks != nil {
		return telephony.Check{
			Name: name, Detail: "DL_CONTEXTS does not name " + strings.Join(lacks, ", ") + ": the dialplan is of an older version, or a part of it was left out",
			Remedy: "take these contexts and the line DL_CONTEXTS from deploy/asterisk/extensions.conf.tmpl into Asterisk's extensions.conf and run: asterisk -rx 'dialplan reload'",
		}
	}
	return passed(name, "the duty line's dialplan is loaded and records into "+folder)
}

func (c *Client) global(ctx context.Context, name string) (string, error) {
	var v struct{ Value string }
	_, err := c.rest.get(ctx, "/asterisk/variable?variable="+url.QueryEscape(name), &v)
	return v.Value, err
}

func (c *Client) checkSpool(ctx context.Context) telephony.Check {
	const name = "recordings on the switch"
	names, err := c.StoredRecordings(ctx)
	if err != nil {
		return failed(name, err)
	}
	return passed(name, fmt.Sprintf("readable; %d wait or are in progress", len(names)))
}

// endpointSettings reads what the core judges of a duty endpoint's configuration.
func (c *Client) endpointSettings(ctx context.Context, endpoint string) (telephony.EndpointSettings, error) {
	var s telephony.EndpointSettings
	for _, want := range []struct {
		setting string
		into    *string
	}{{"redirect_method", &s.RedirectMethod}, {"qualify_frequency", &s.QualifyFrequency}} {
		v, err := c.EndpointSetting(ctx, endpoint, want.setting)
		if errors.Is(err, telephony.ErrNotFound) {
			return telephony.EndpointSettings{}, nil
		}
		if err != nil {
			return s, err
		}
		*want.into = v
	}
	s.Known = true
	return s, nil
}

func (c *Client) checkPhone(ctx context.Context, l telephony.Line, endpoint string) telephony.Check {
	name := "phone " + endpoint
	settings, err := c.endpointSettings(ctx, endpoint)
	if err != nil {
		return failed(name, err)
	}
	if faults := telephony.AuditEndpoint(l.Name, endpoint, settings); len(faults) > 0 {
		var said []string
		for _, f := range faults {
			said = append(said, f.Detail)
		}
		return telephony.Check{Name: name, Detail: string(faults[0].Finding), Remedy: strings.Join(said, "; ")}
	}
	state, err := c.Endpoint(ctx, endpoint)
	if err != nil {
		return failed(name, err)
	}
	if !state.Online {
		return telephony.Check{Name: name, Detail: "is configured, but no phone is registered or it does not answer", Remedy: "switch the phone on and check its SIP account"}
	}
	return passed(name, "is registered and answers")
}

func (c *Client) checkTrunk(ctx context.Context, endpoint string) telephony.Check {
	name := "trunk " + endpoint
	if _, err := c.Endpoint(ctx, endpoint); err != nil {
		if errors.Is(err, telephony.ErrNotFound) {
			return telephony.Check{Name: name, Detail: "is not known to the switch", Remedy: "add it to pjsip.conf or correct the line's trunks"}
		}
		return failed(name, err)
	}
	return passed(name, "is configured")
}

// Endpoint tells how the switch sees one phone or trunk, such as "PJSIP/duty".
func (c *Client) Endpoint(ctx context.Context, endpoint string) (telephony.Endpoint, error) {
	all, err := c.endpoints(ctx)
	if err != nil {
		return telephony.Endpoint{}, err
	}
	for _, e := range all {
		if e.Name == endpoint {
			return e, nil
		}
	}
	return telephony.Endpoint{}, fmt.Errorf("endpoint %s: %w", endpoint, telephony.ErrNotFound)
}

// ModuleRuns tells whether a module of the switch is loaded and runs.
func (c *Client) ModuleRuns(ctx context.Context, module string) (bool, error) {
	var m struct{ Status string }
	_, err := c.rest.get(ctx, "/asterisk/modules/"+url.PathEscape(module), &m)
	if errors.Is(err, telephony.ErrNotFound) {
		return false, nil
	}
	return m.Status == "Running", err
}
