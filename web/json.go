package web

import (
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// timeLayout is RFC 3339 in UTC with milliseconds, the product's only form of a time.
const timeLayout = "2006-01-02T15:04:05.000Z"

// stamp is an instant in JSON; the zero one is null.
type stamp time.Time

// MarshalJSON implements json.Marshaler.
func (s stamp) MarshalJSON() ([]byte, error) {
	if t := time.Time(s); !t.IsZero() {
		return json.Marshal(t.UTC().Format(timeLayout))
	}
	return []byte("null"), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (s *stamp) UnmarshalJSON(b []byte) error {
	var t time.Time
	err := json.Unmarshal(b, &t)
	*s = stamp(t)
	return err
}

// Schema implements huma.SchemaProvider.
func (s stamp) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date-time", Nullable: true,
		Description: "An instant on the switch's clock; null when it did not happen", Examples: []any{"2026-11-23T12:17:59.603Z"}}
}

// period reads the from and to of a list: [from, to).
func period(from, to string) (begin, end time.Time, err error) {
	if begin, err = instant("query.from", from); err != nil {
		return
	}
	if end, err = instant("query.to", to); err != nil {
		return
	}
	if !begin.IsZero() && !end.IsZero() && !end.After(begin) {
		err = invalid("query.to", "is not after from: nothing lies between them")
	}
	return
}

func instant(location, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}, invalid(location, "is no time in RFC 3339, for instance 2026-11-23T12:17:59Z (write the + of an offset as %2B)")
	}
	if t.IsZero() { // it would be no bound
		return time.Time{}, invalid(location, "is long before any call: leave it out where there is no bound")
	}
	return t.UTC(), nil
}
