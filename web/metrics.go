package web

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// figures are the adapter's metrics.
type figures struct {
	requests *prometheus.CounterVec   // by route, method and status
	seconds  *prometheus.HistogramVec // by route; streams and recordings are not in it
	streams  prometheus.Gauge
	cut      *prometheus.CounterVec // streams, by reason
	logins   *prometheus.CounterVec // by result
}

// newFigures registers the figures where cmd wants them; nil means nobody reads them.
func newFigures(r prometheus.Registerer) *figures {
	f := promauto.With(r)
	return &figures{
		requests: f.NewCounterVec(prometheus.CounterOpts{Name: "dutyline_http_requests_total",
			Help: "Requests answered, by route, method and status."}, []string{"route", "method", "status"}),
		seconds: f.NewHistogramVec(prometheus.HistogramOpts{Name: "dutyline_http_request_seconds",
			Help:    "Time to answer a request, by route; event streams and recordings are left out.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"route"}),
		streams: f.NewGauge(prometheus.GaugeOpts{Name: "dutyline_event_streams",
			Help: "Event streams that are open now."}),
		cut: f.NewCounterVec(prometheus.CounterOpts{Name: "dutyline_event_streams_ended_total",
			Help: "Event streams that ended, by reason."}, []string{"reason"}),
		logins: f.NewCounterVec(prometheus.CounterOpts{Name: "dutyline_logins_total",
			Help: "Attempts to sign in, by result (accepted, refused, limited)."}, []string{"result"}),
	}
}
