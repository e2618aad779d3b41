package ari

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/CyCoreSystems/ari/v5"

	"dutyline/telephony"
)

var _ telephony.Switch = (*Client)(nil)

// Info names the switch and reads its clock. The clock has a resolution of one second,
// that of the Date header; Clock is the middle of that second.
func (c *Client) Info(ctx context.Context) (telephony.SwitchInfo, error) {
	var info ari.AsteriskInfo
	header, err := c.rest.get(ctx, "/asterisk/info", &info)
	if err != nil {
		return telephony.SwitchInfo{}, err
	}
	out := telephony.SwitchInfo{
		System:  info.ConfigInfo.Name,
		Version: info.SystemInfo.Version,
		Started: time.Time(info.StatusInfo.StartupTime).UTC(),
	}
	if t, err := http.ParseTime(header.Get("Date")); err == nil {
		out.Clock = t.Add(500 * time.Millisecond).UTC()
	}
	return out, nil
}

// channelData is a channel as ARI shows it. The library's type lacks three of these.
type channelData struct {
	ID         string       `json:"id"`
	Name       string       `json:"name"`
	State      string       `json:"state"`
	ProtocolID string       `json:"protocol_id"`
	RDNIS      string       `json:"caller_rdnis"`
	Created    ari.DateTime `json:"creationtime"`
	Caller     struct {
		Name   string `json:"name"`
		Number string `json:"number"`
	} `json:"caller"`
	Dialplan struct {
		Context string `json:"context"`
		Exten   string `json:"exten"`
		AppName string `json:"app_name"`
		AppData string `json:"app_data"`
	} `json:"dialplan"`
}

func (d channelData) channel() telephony.Channel {
	return telephony.Channel{
		ID: d.ID, Name: d.Name, State: d.State, Number: d.Caller.Number, CallerName: telephony.DisplayName(d.Caller.Name),
		RDNIS: d.RDNIS, Exten: d.Dialplan.Exten, Context: d.Dialplan.Context,
		App: d.Dialplan.AppName, AppData: d.Dialplan.AppData, SIPCallID: d.ProtocolID,
		Created: time.Time(d.Created).UTC(),
	}
}

// Snapshot lists what exists now. It is three questions, not one instant: what changes
// between them also comes as an event, because the subscription is older.
func (c *Client) Snapshot(ctx context.Context) (telephony.Snapshot, error) {
	info, err := c.Info(ctx)
	if err != nil {
		return telephony.Snapshot{}, err
	}
	out := telephony.Snapshot{At: c.switchTime(info.Clock), Up: c.config.Uptime(), Started: info.Started}
	var channels []channelData
	if _, err := c.rest.get(ctx, "/channels", &channels); err != nil {
		return telephony.Snapshot{}, err
	}
	for _, d := range channels {
		ch := d.channel()
		if c.ours(ch.Name) || strings.HasPrefix(ch.Name, "Local/") {
			if err := c.describe(ctx, &ch); err != nil {
				return telephony.Snapshot{}, err
			}
			if ch.LinkedID == "" {
				continue // it ended meanwhile: who it talked with could only be guessed
			}
		}
		out.Channels = append(out.Channels, ch)
	}
	var bridges []ari.BridgeData
	if _, err := c.rest.get(ctx, "/bridges", &bridges); err != nil {
		return telephony.Snapshot{}, err
	}
	for _, b := range bridges {
		out.Bridges = append(out.Bridges, telephony.Bridge{ID: b.ID, Channels: b.ChannelIDs})
	}
	out.Endpoints, err = c.endpoints(ctx)
	return out, err
}

// switchTime is now by the switch's clock. Its own answer is good to half a second only, so
// it counts when the clocks truly differ; else ours is the better reading of the same time.
func (c *Client) switchTime(clock time.Time) time.Time {
	now := c.now().UTC()
	if clock.IsZero() || clock.Sub(now).Abs() < 2*time.Second {
		return now
	}
	return clock
}

// describe adds what the list of channels does not show. A channel that ends meanwhile (then it
// has no linked id, which every channel has), or a value that is not set, is no fault.
func (c *Client) describe(ctx context.Context, ch *telephony.Channel) error {
	linked, err := c.variable(ctx, ch.ID, "CHANNEL(linkedid)")
	if err != nil {
		return err
	}
	ring, err := c.variable(ctx, ch.ID, "RINGTIME_MS")
	if err != nil {
		return err
	}
	ch.LinkedID = linked
	if ms, err := strconv.Atoi(ring); err == nil && ms >= 0 {
		ch.RangAfter = time.Duration(ms) * time.Millisecond
		ch.Rang = true
	}
	return nil
}

func (c *Client) variable(ctx context.Context, channel, name string) (string, error) {
	var v struct{ Value string }
	_, err := c.rest.get(ctx, "/channels/"+url.PathEscape(channel)+"/variable?variable="+url.QueryEscape(name), &v)
	if errors.Is(err, telephony.ErrNotFound) || ReasonOf(err) == Refused {
		return "", nil
	}
	return v.Value, err
}

// ours reports whether a channel belongs to an endpoint of the lines: "PJSIP/duty-0000001a"
// is a channel of "PJSIP/duty", and not of "PJSIP/du".
func (c *Client) ours(channel string) bool {
	i := strings.LastIndexByte(channel, '-')
	return i > 0 && slices.Contains(c.config.Endpoints, channel[:i])
}

// EndpointSetting reads one configured setting of an endpoint such as "PJSIP/duty": first
// the endpoint's own, then that of its address of record ("qualify_frequency").
func (c *Client) EndpointSetting(ctx context.Context, endpoint, setting string) (string, error) {
	tech, name, _ := strings.Cut(endpoint, "/")
	if tech != "PJSIP" || name == "" {
		return "", fmt.Errorf("setting %s of %s: only PJSIP endpoints can be read: %w", setting, endpoint, telephony.ErrNotFound)
	}
	own, err := c.pjsip(ctx, "endpoint", name)
	if err != nil {
		return "", fmt.Errorf("setting %s of %s: %w", setting, endpoint, err)
	}
	for aor := range strings.SplitSeq(own["aors"], ",") {
		if aor = strings.TrimSpace(aor); aor == "" {
			continue
		}
		// An aor's qualify_frequency is what counts; endpoints show a field of that name too.
		fields, err := c.pjsip(ctx, "aor", aor)
		if err != nil && !errors.Is(err, telephony.ErrNotFound) {
			return "", fmt.Errorf("setting %s of %s: %w", setting, endpoint, err)
		}
		if v, ok := fields[setting]; ok {
			return v, nil
		}
	}
	if v, ok := own[setting]; ok {
		return v, nil
	}
	return "", fmt.Errorf("setting %s of %s: %w", setting, endpoint, telephony.ErrNotFound)
}

func (c *Client) pjsip(ctx context.Context, kind, name string) (map[string]string, error) {
	var tuples []ari.ConfigTuple
	if _, err := c.rest.get(ctx, "/asterisk/config/dynamic/res_pjsip/"+kind+"/"+url.PathEscape(name), &tuples); err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, t := range tuples {
		out[t.Attribute] = t.Value
	}
	return out, nil
}

// StoredRecordings lists the names of recordings on the switch, finished or not.
func (c *Client) StoredRecordings(ctx context.Context) ([]string, error) {
	var list []ari.StoredRecordingData
	if _, err := c.rest.get(ctx, "/recordings/stored", &list); err != nil {
		return nil, c.oddName(ctx, err)
	}
	var names []string
	for _, r := range list {
		names = append(names, r.Name)
	}
	return names, nil
}

// oddName names the remedy where Asterisk answers 500 to the list of its recordings: it does so
// for all of them when the name of one file is no text.
func (c *Client) oddName(ctx context.Context, err error) error {
	var e *Error
	if !errors.As(err, &e) || e.status != http.StatusInternalServerError {
		return err
	}
	folder, _ := c.global(ctx, "DL_RECORDING")
	if folder == "" {
		folder = "the folder recording in Asterisk's spool"
	}
	odd := *e
	odd.Remedy = "look in " + folder + " for a file whose name is no text in UTF-8 (ls -b shows it with a backslash) and move it away; if there is none, look at Asterisk's log"
	return &odd
}

// FetchRecording copies one stored recording. The switch also serves one that is not
// finished and does not say so: fetch after the call has ended.
func (c *Client) FetchRecording(ctx context.Context, name string, to io.Writer) (int64, error) {
	path := "/recordings/stored/" + url.PathEscape(name) + "/file"
	resp, err := c.rest.do(ctx, http.MethodGet, path, nil)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	n, err := io.Copy(to, resp.Body)
	if err != nil {
		return n, fmt.Errorf("fetch recording %s (%d bytes came): %w", name, n, err)
	}
	return n, nil
}

// RemoveRecording deletes one stored recording.
func (c *Client) RemoveRecording(ctx context.Context, name string) error {
	_, err := c.rest.ask(ctx, http.MethodDelete, "/recordings/stored/"+url.PathEscape(name), nil)
	return err
}
