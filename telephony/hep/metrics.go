package hep

import "github.com/prometheus/client_golang/prometheus"

// metrics are the figures of one listener.
type metrics struct {
	received, decoded, lost prometheus.Counter
	refused                 *prometheus.CounterVec
	listening, last         prometheus.Gauge
}

// newMetrics registers the figures; a nil registerer keeps them to ourselves.
func newMetrics(reg prometheus.Registerer) *metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "dutyline_sip_mirror_" + name, Help: help})
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: "dutyline_sip_mirror_" + name, Help: help})
	}
	m := &metrics{
		received: counter("received_total", "Datagrams that came to the address of the SIP mirror."),
		decoded:  counter("decoded_total", "Of them, SIP messages."),
		lost:     counter("lost_total", "Datagrams that found our queue full, or the kernel's; the latter are told with the next one that comes."),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dutyline_sip_mirror_refused_total", Help: "Of them, those that were no SIP message for us, by reason.",
		}, []string{"reason"}),
		listening: gauge("listening", "1 while the SIP mirror is heard."),
		last:      gauge("last_message_timestamp_seconds", "Our clock when the last mirrored message came."),
	}
	for _, r := range reasons {
		m.refused.WithLabelValues(string(r))
	}
	if reg != nil {
		reg.MustRegister(m.received, m.decoded, m.lost, m.refused, m.listening, m.last)
	}
	return m
}
