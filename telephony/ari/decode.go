package ari

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/goccy/go-json"

	"dutyline/telephony"
)

// kinds says what each of Asterisk's event types is to us. A type that is listed as
// ignored is known and tells nothing about a duty line.
var kinds = map[string]telephony.EventKind{
	"ChannelCreated":         telephony.EventCreated,
	"ChannelStateChange":     telephony.EventState,
	"ChannelCallerId":        telephony.EventCaller,
	"ChannelConnectedLine":   telephony.EventConnected,
	"ChannelDialplan":        telephony.EventApp,
	"ChannelHangupRequest":   telephony.EventHangupRequest,
	"ChannelDestroyed":       telephony.EventDestroyed,
	"Dial":                   telephony.EventDial,
	"ChannelEnteredBridge":   telephony.EventEntered,
	"ChannelLeftBridge":      telephony.EventLeft,
	"BridgeBlindTransfer":    telephony.EventBlindTransfer,
	"BridgeAttendedTransfer": telephony.EventAttendedTransfer,
	"EndpointStateChange":    telephony.EventEndpoint,
	"PeerStatusChange":       telephony.EventEndpoint,
	"ContactStatusChange":    telephony.EventEndpoint,
	"ApplicationReplaced":    telephony.EventReplaced,
	clockSet:                 telephony.EventClockSet,

	"ChannelVarset": 0, "DeviceStateChanged": 0, "BridgeCreated": 0, "BridgeDestroyed": 0, "BridgeMerged": 0,
	"BridgeVideoSourceChanged": 0, "ChannelDtmfReceived": 0, "ChannelHold": 0, "ChannelUnhold": 0,
	"ChannelTalkingStarted": 0, "ChannelTalkingFinished": 0, "ChannelUserevent": 0, "ChannelToneDetected": 0,
	"ChannelTransfer": 0, "StasisStart": 0, "StasisEnd": 0, "TextMessageReceived": 0, "RecordingStarted": 0,
	"RecordingFinished": 0, "RecordingFailed": 0, "PlaybackStarted": 0, "PlaybackContinuing": 0,
	"PlaybackFinished": 0, "ApplicationMoveFailed": 0, "ApplicationRegistered": 0, "ApplicationUnregistered": 0,
	"RESTResponse": 0,
}

// unasked are the ignored types that every call brings many of: the switch is asked not to send
// them. What it sends besides is told by its other events or by nothing that matters here.
var unasked = []string{"ChannelVarset", "BridgeCreated", "BridgeDestroyed", "BridgeVideoSourceChanged"}

// rawChannel is a channel as Asterisk writes it. PeerStatus is there because the event
// PeerStatusChange calls something quite different "peer".
type rawChannel struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	State    string `json:"state"`
	Protocol string `json:"protocol_id"`
	Caller   struct {
		Name   string `json:"name"`
		Number string `json:"number"`
	} `json:"caller"`
	RDNIS    string `json:"caller_rdnis"`
	Dialplan struct {
		Context string `json:"context"`
		Exten   string `json:"exten"`
		App     string `json:"app_name"`
		AppData string `json:"app_data"`
	} `json:"dialplan"`
	Created string `json:"creationtime"`
}

// rawEvent has the members of all event types that matter.
type rawEvent struct {
	Timestamp  string      `json:"timestamp"`
	Channel    *rawChannel `json:"channel"`
	Caller     *rawChannel `json:"caller"`
	Peer       *rawChannel `json:"peer"`
	Forwarded  *rawChannel `json:"forwarded"`
	Transferee *rawChannel `json:"transferee"`
	FirstLeg   *rawChannel `json:"transferer_first_leg"`
	SecondLeg  *rawChannel `json:"transferer_second_leg"`
	Bridge     struct {
		ID string `json:"id"`
	} `json:"bridge"`
	DialStatus string `json:"dialstatus"`
	DialString string `json:"dialstring"`
	Forward    string `json:"forward"`
	Cause      int    `json:"cause"`
	TechCause  int    `json:"tech_cause"`
	Soft       bool   `json:"soft"`
	Result     string `json:"result"`
	Exten      string `json:"exten"` // of a blind transfer
	App        string `json:"dialplan_app"`
	AppData    string `json:"dialplan_app_data"`
	By         int64  `json:"by_us"` // of clockSet
	Endpoint   struct {
		Technology string `json:"technology"`
		Resource   string `json:"resource"`
		State      string `json:"state"`
	} `json:"endpoint"`
	Contact struct {
		URI    string `json:"uri"`
		Status string `json:"contact_status"`
	} `json:"contact_info"`
}

// Decode reads one ARI event. A type that tells nothing gives EventIgnored without being
// read in full, a type that is not known EventUnknown with its name; both are no error.
func Decode(raw []byte) (telephony.Event, error) {
	name, err := topType(raw)
	if err != nil {
		return telephony.Event{}, err
	}
	kind, known := kinds[string(name)]
	if !known {
		return telephony.Event{Kind: telephony.EventUnknown, Type: cut(string(name), 64)}, nil
	}
	if kind == telephony.EventIgnored {
		return telephony.Event{Type: "ignored"}, nil
	}
	var r rawEvent
	if err := json.Unmarshal(raw, &r); err != nil {
		return telephony.Event{}, fmt.Errorf("ARI event %s cannot be read: %w", name, err)
	}
	ev := telephony.Event{Kind: kind, Type: string(name)}
	if kind == telephony.EventClockSet {
		if by := time.Duration(r.By); by.Abs() > farthestSet/time.Microsecond {
			return telephony.Event{}, fmt.Errorf("the tape says that the clock was set by %d µs, which no clock can be", r.By)
		}
		ev.By = time.Duration(r.By) * time.Microsecond
		return ev, nil
	}
	if ev.At, err = parseTime(r.Timestamp); err != nil {
		return telephony.Event{}, fmt.Errorf("ARI event %s: %w", name, err)
	}
	if missing := fill(&ev, &r); missing != "" {
		return telephony.Event{}, fmt.Errorf("ARI event %s has no %s: its line is cut or not Asterisk's", name, missing)
	}
	return ev, nil
}

// fill copies what the kind of event has, and names the member that it lacks.
func fill(ev *telephony.Event, r *rawEvent) (missing string) {
	ev.Cause, ev.TechCause, ev.Soft = r.Cause, r.TechCause, r.Soft
	switch ev.Kind {
	case telephony.EventDial:
		ev.DialStatus, ev.DialString, ev.Forward = r.DialStatus, r.DialString, r.Forward
		setChannel(&ev.Channel, r.Caller)
		setChannel(&ev.Forwarded, r.Forwarded)
		if !setChannel(&ev.Peer, r.Peer) {
			return "peer"
		}
	case telephony.EventBlindTransfer:
		ev.OK, ev.Forward = r.Result == "Success", r.Exten
		setChannel(&ev.Peer, r.Transferee)
		if !setChannel(&ev.Channel, r.Channel) {
			return "channel"
		}
	case telephony.EventAttendedTransfer:
		ev.OK = r.Result == "Success"
		setChannel(&ev.Second, r.SecondLeg)
		setChannel(&ev.Peer, r.Transferee)
		if !setChannel(&ev.Channel, r.FirstLeg) {
			return "transferer_first_leg"
		}
	case telephony.EventEndpoint:
		if r.Endpoint.Resource == "" {
			return "endpoint"
		}
		ev.Endpoint = telephony.Endpoint{
			Name:   r.Endpoint.Technology + "/" + r.Endpoint.Resource,
			Online: r.Endpoint.State == "online",
			Known:  r.Endpoint.State == "online" || r.Endpoint.State == "offline",
		}
		ev.Contact = telephony.Contact{URI: r.Contact.URI, Gone: r.Contact.Status == "Removed",
			Answers: r.Contact.Status == "Reachable", Made: slices.Contains([]string{"NonQualified", "Created", "Updated"}, r.Contact.Status)}
	case telephony.EventReplaced:
	default:
		ev.Bridge = r.Bridge.ID
		if !setChannel(&ev.Channel, r.Channel) {
			return "channel"
		}
		if r.App != "" {
			ev.Channel.App, ev.Channel.AppData = r.App, r.AppData
		}
	}
	return ""
}

func setChannel(to *telephony.Channel, from *rawChannel) bool {
	if from == nil || from.ID == "" {
		return false
	}
	*to = telephony.Channel{
		ID: from.ID, Name: from.Name, State: from.State, Number: from.Caller.Number, CallerName: telephony.DisplayName(from.Caller.Name),
		RDNIS: from.RDNIS, Exten: from.Dialplan.Exten, Context: from.Dialplan.Context,
		App: from.Dialplan.App, AppData: from.Dialplan.AppData, SIPCallID: from.Protocol,
	}
	to.Created, _ = parseTime(from.Created) // absent or odd: the event's own time serves
	return true
}

var errNotObject = errors.New("not an ARI event: it is no JSON object")

// topType finds the member "type" of the outermost object without decoding the rest,
// and checks on the way that the object is whole. Most of what Asterisk sends is of no
// interest, and this is several times cheaper than decoding.
func topType(raw []byte) ([]byte, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || raw[0] != '{' {
		return nil, errNotObject
	}
	var name []byte
	depth := 0
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 && i != len(raw)-1 {
				return nil, errors.New("not an ARI event: something follows the JSON object")
			}
		case '"':
			end := stringEnd(raw, i)
			if end < 0 {
				return nil, errors.New("ARI event is cut off: a text does not end")
			}
			if depth == 1 && name == nil && string(raw[i:end]) == `"type"` {
				name = stringValue(raw, end)
			}
			i = end - 1
		}
	}
	switch {
	case depth != 0:
		return nil, errors.New("ARI event is cut off: its JSON object does not end")
	case name == nil:
		return nil, errors.New("not an ARI event: it has no type")
	}
	return name, nil
}

// stringEnd is the position after the JSON string that begins at i; -1 if it does not end.
func stringEnd(raw []byte, i int) int {
	for at := i + 1; ; {
		quote := bytes.IndexByte(raw[at:], '"')
		if quote < 0 {
			return -1
		}
		at += quote + 1
		escapes := 0
		for back := at - 2; back > i && raw[back] == '\\'; back-- {
			escapes++
		}
		if escapes%2 == 0 {
			return at
		}
	}
}

// stringValue reads the string that follows a key and its colon; nil if there is none.
func stringValue(raw []byte, at int) []byte {
	colon := false
	for ; at < len(raw); at++ {
		switch c := raw[at]; {
		case c == ':' && !colon:
			colon = true
		case c == '"' && colon:
			end := stringEnd(raw, at)
			if end < 0 {
				return nil
			}
			return raw[at+1 : end-1]
		case c != ' ' && c != '\t':
			return nil
		}
	}
	return nil
}

// parseTime reads Asterisk's "2026-11-23T12:17:59.603+0000" without the cost of time.Parse.
func parseTime(s string) (time.Time, error) {
	const form = "2006-01-02T15:04:05.000+0000"
	if len(s) == len(form) && s[4] == '-' && s[7] == '-' && s[10] == 'T' && s[13] == ':' && s[16] == ':' &&
		s[19] == '.' && s[23:] == "+0000" {
		y, m, d := number(s[0:4]), number(s[5:7]), number(s[8:10])
		h, min, sec, ms := number(s[11:13]), number(s[14:16]), number(s[17:19]), number(s[20:23])
		if y >= 0 && m >= 1 && m <= 12 && d >= 1 && d <= 31 && h >= 0 && h < 24 && min >= 0 && min < 60 && sec >= 0 && sec < 61 && ms >= 0 {
			return time.Date(y, time.Month(m), d, h, min, sec, ms*int(time.Millisecond), time.UTC), nil
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05.999999999Z0700", time.RFC3339Nano} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("its timestamp %q is no time", cut(s, 64))
}

// number reads a short run of digits; -1 if it is none.
func number(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	return n
}

func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return s[:limit] + "…"
}
