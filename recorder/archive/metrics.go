package archive

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	sealed  prometheus.Counter
	failed  prometheus.Counter
	altered prometheus.Counter
	bytes   prometheus.Counter
	seconds prometheus.Histogram
}

func newMetrics(registry prometheus.Registerer) metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "dutyline", Subsystem: "archive", Name: name, Help: help})
	}
	m := metrics{
		sealed:  counter("sealed_total", "Recordings sealed."),
		failed:  counter("seal_failures_total", "Tries to seal a recording that failed."),
		altered: counter("altered_total", "Times a sealed file was found changed or gone."),
		bytes:   counter("sealed_bytes_total", "Bytes of sealed recordings."),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "dutyline", Subsystem: "archive", Name: "seal_seconds",
			Help: "Time to merge, write and sync one recording.", Buckets: []float64{.02, .05, .1, .2, .5, 1, 2, 5, 10, 30, 60}}),
	}
	if registry != nil {
		registry.MustRegister(m.sealed, m.failed, m.altered, m.bytes, m.seconds)
	}
	return m
}
