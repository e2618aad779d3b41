package cel_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"dutyline/telephony/cel"
)

// The short way of reading a time gives what time.Parse gives, of every day and zone, and refuses what that refuses.
func TestTheUsualTimeIsReadAsByTheLongWay(t *testing.T) {
	const form = "2006-01-02T15:04:05.000000-0700"
	r := rand.New(rand.NewPCG(1, 2))
	said := []string{"2026-02-29T00:00:00.000000+0800", "2024-02-29T23:59:59.999999-1130", "2026-13-01T00:00:00.000000+0800", "2026-00-10T00:00:00.000000+0800",
		"2026-11-23T24:00:00.000000+0800", "2026-11-23T12:60:00.000000+0800", "2026-11-23T12:00:60.000000+0800", "2026-11-23T12:00:00.000000+2400", "2026-11-23T12:00:00.000000+0860",
		"2026-11-00T12:00:00.000000+0800", "2026-11-23T12:00:00.00000a+0800", "0000-11-23T12:00:00.000000+0800", "9999-12-31T23:59:59.999999-0800"}
	for range 2000 {
		at := time.UnixMicro(r.Int64N(200*365*86400*1e6) - 50*365*86400*1e6)
		said = append(said, at.In(time.FixedZone("", 60*(r.IntN(27*60)-13*60))).Format(form))
	}
	for _, s := range said {
		row, err := cel.Decode(fmt.Appendf(nil, `{"eventtype":"ANSWER","eventtime":%q,"uniqueid":"1.1","linkedid":"1.1"}`, s))
		want, wrong := time.Parse(form, s)
		if wrong == nil && (want.UTC().Year() < 1 || want.UTC().Year() > 9999) {
			wrong = fmt.Errorf("outside of what is believed")
		}
		if (err == nil) != (wrong == nil) || err == nil && !row.At.Equal(want) {
			t.Errorf("%s: %v, %v; want %v, %v", s, row.At, err, want, wrong)
		}
	}
}
