package alerts

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Hours are the same hours of some days of the week. Hours that end before they begin go on into
// the next day and belong to the day on which they began.
type Hours struct {
	Days     []time.Weekday // none: every day
	From, To time.Duration  // since midnight; To may be 24 h
}

const wholeDay = 24 * time.Hour

var dayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// ParseHours reads hours such as 08:30-17:30 on days such as mon, or says what they should be.
func ParseHours(text string, days []string) (Hours, error) {
	var h Hours
	for _, name := range days {
		i := slices.Index(dayNames, name)
		if i < 0 {
			return h, fmt.Errorf("%q is no day: write mon, tue, wed, thu, fri, sat or sun", name)
		}
		h.Days = append(h.Days, time.Weekday(i))
	}
	from, to, two := strings.Cut(text, "-")
	var err error
	if h.From, err = clockTime(from); err == nil && two {
		h.To, err = clockTime(to)
	}
	if err != nil || !two || h.From == h.To || h.From == wholeDay {
		return h, fmt.Errorf("%q are no hours: write for instance 08:30-17:30, and 00:00-24:00 for the whole day", text)
	}
	return h, nil
}

func clockTime(s string) (time.Duration, error) {
	if s == "24:00" {
		return wholeDay, nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != len("15:04") {
		return 0, fmt.Errorf("%q is no time of the day", s)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

// Hold reports whether a time, in the zone of the site, is within the hours.
func (h Hours) Hold(at time.Time) bool {
	since := time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute + time.Duration(at.Second())*time.Second
	today, yesterday := h.on(at.Weekday()), h.on((at.Weekday()+6)%7)
	if h.From < h.To {
		return today && since >= h.From && since < h.To
	}
	return today && since >= h.From || yesterday && since < h.To
}

func (h Hours) on(day time.Weekday) bool { return len(h.Days) == 0 || slices.Contains(h.Days, day) }
