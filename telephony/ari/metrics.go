package ari

import (
	"bytes"
	"crypto/rand"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// nameSeed makes our application names unlike those of every other watcher and earlier run.
var nameSeed = rand.Text()[:10]

// metrics are the figures of one client.
type metrics struct {
	events     *prometheus.CounterVec
	unknown    prometheus.Counter
	reconnects prometheus.Counter
	connected  prometheus.Gauge
	lag        prometheus.Histogram
	byType     map[string]prometheus.Counter
}

// newMetrics registers the figures; a nil registerer keeps them to ourselves.
func newMetrics(reg prometheus.Registerer, q *queue[item]) *metrics {
	m := &metrics{
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dutyline_ari_events_total", Help: "Events read from the switch, by type.",
		}, []string{"type"}),
		unknown: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "dutyline_ari_unknown_events_total", Help: "Events of a type this version does not know.",
		}),
		reconnects: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "dutyline_ari_reconnects_total", Help: "Attempts to connect again after the connection was lost.",
		}),
		connected: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "dutyline_ari_connected", Help: "1 while the switch is seen.",
		}),
		lag: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "dutyline_ari_event_lag_seconds", Help: "From the switch's time stamp to our reading of it; includes the clocks' difference.",
			Buckets: []float64{0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2, 10},
		}),
		byType: map[string]prometheus.Counter{},
	}
	for _, t := range knownTypes {
		m.byType[t] = m.events.WithLabelValues(t)
	}
	depth := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "dutyline_ari_queue_depth", Help: "Events read but not yet handled.",
	}, func() float64 { now, _ := q.depth(); return float64(now) })
	high := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "dutyline_ari_queue_high_water", Help: "Most events that ever waited at once.",
	}, func() float64 { _, high := q.depth(); return float64(high) })
	if reg != nil {
		reg.MustRegister(m.events, m.unknown, m.reconnects, m.connected, m.lag, depth, high)
	}
	return m
}

// observe counts one frame; it runs behind the queue.
func (m *metrics) observe(f Frame) {
	if counter, ok := m.byType[eventType(f.Raw)]; ok {
		counter.Inc()
	} else {
		m.unknown.Inc()
	}
	if at, ok := eventTime(f.Raw); ok {
		m.lag.Observe(f.Received.Sub(at).Seconds())
	}
}

var (
	typeKey = []byte(`"type":"`)
	timeKey = []byte(`"timestamp":"`)
)

// eventType reads the type without decoding the event. Asterisk writes it first; an event
// that does not begin so is looked through.
func eventType(raw []byte) string {
	const brace = 1
	if len(raw) > brace+len(typeKey) && bytes.Equal(raw[brace:brace+len(typeKey)], typeKey) {
		rest := raw[brace+len(typeKey):]
		if end := bytes.IndexByte(rest, '"'); end >= 0 {
			return string(rest[:end])
		}
	}
	name, _ := topType(raw)
	return string(name)
}

// eventTime reads the first time stamp, which Asterisk writes right after the type.
func eventTime(raw []byte) (time.Time, bool) {
	head := raw[:min(len(raw), 120)]
	i := bytes.Index(head, timeKey)
	if i < 0 {
		return time.Time{}, false
	}
	rest := head[i+len(timeKey):]
	end := bytes.IndexByte(rest, '"')
	if end < 0 {
		return time.Time{}, false
	}
	t, err := parseTime(string(rest[:end]))
	return t, err == nil
}

// knownTypes are the events of Asterisk 22. Others are counted together: a label that the
// far side chooses would grow without end.
var knownTypes = []string{
	"ApplicationMoveFailed", "ApplicationRegistered", "ApplicationReplaced", "ApplicationUnregistered",
	"BridgeAttendedTransfer", "BridgeBlindTransfer", "BridgeCreated", "BridgeDestroyed", "BridgeMerged",
	"BridgeVideoSourceChanged", "ChannelCallerId", "ChannelConnectedLine", "ChannelCreated", "ChannelDestroyed",
	"ChannelDialplan", "ChannelDtmfReceived", "ChannelEnteredBridge", "ChannelHangupRequest", "ChannelHold",
	"ChannelLeftBridge", "ChannelStateChange", "ChannelTalkingFinished", "ChannelTalkingStarted", "ChannelToneDetected",
	"ChannelTransfer", "ChannelUnhold", "ChannelUserevent", "ChannelVarset", "ContactStatusChange", "DeviceStateChanged",
	"Dial", "EndpointStateChange", "MissingParams", "PeerStatusChange", "PlaybackContinuing", "PlaybackFinished",
	"PlaybackStarted", "RecordingFailed", "RecordingFinished", "RecordingStarted", "RESTResponse", "StasisEnd",
	"StasisStart", "TextMessageReceived",
}
