package paper

import (
	"strings"
	"time"

	"dutyline/telephony"
)

// What of the intervals a paper must say. Times that the other eye saw are no loss.
var unseenKinds = []struct {
	kind telephony.IntervalKind
	word string
}{
	{telephony.BlindInterval, "盲区时段（期间若有来电无从得知）"},
	{telephony.SwitchDown, "交换机停机（期间电话打不进来）"},
}

// unseenNotes say what was not seen in the period, or that all was. A log without them would
// look whole where it is not.
func unseenNotes(f Frame, p Period) []string {
	var notes []string
	for _, k := range unseenKinds {
		for _, i := range p.Unseen {
			whole := i
			if i, ok := within(i, p, f.Now); ok && i.Kind == k.kind {
				notes = append(notes, k.word+"："+unseenWhen(f, p, i)+"，原因："+causeWords(i.Cause)+lateNumbers(p, whole))
			}
		}
	}
	if notes == nil {
		notes = []string{"盲区时段：无"}
	}
	if f.Now.Before(p.To) {
		notes = append(notes, "打印时本日志所属时段尚未结束，其后的记录不在本页内。")
	}
	return notes
}

// lateNumbers name the entries that were written afterwards of what was not seen.
func lateNumbers(p Period, i telephony.Interval) string {
	var numbers []string
	for _, e := range sorted(p.Entries) {
		if i.Kind == telephony.BlindInterval && e.Late != nil && e.Late.Blind.Equal(i.From) {
			numbers = append(numbers, e.EntryNumber.String())
		}
	}
	if numbers == nil {
		return ""
	}
	return "，已补录：" + strings.Join(numbers, "、")
}

// within is the part of an interval that lies in the period; one that goes on reaches to now.
func within(i telephony.Interval, p Period, now time.Time) (telephony.Interval, bool) {
	if i.To.IsZero() {
		i.To = now
	}
	if i.From.Before(p.From) {
		i.From = p.From
	}
	if i.To.After(p.To) {
		i.To = p.To
	}
	return i, i.From.Before(i.To)
}

func unseenWhen(f Frame, p Period, i telephony.Interval) string {
	layout := "15:04:05"
	if p.To.Sub(p.From) > 25*time.Hour {
		layout = "1月2日 15:04:05"
	}
	to := i.To.In(f.Zone).Format(layout)
	if i.To.Equal(p.To) {
		to = "24:00"
	}
	return i.From.In(f.Zone).Format(layout) + "—" + to + "（" + lasting(i.To.Sub(i.From)) + "）"
}

// blindFor is how long nobody saw, in the period.
func blindFor(p Period, now time.Time) (sum time.Duration) {
	for _, i := range p.Unseen {
		if i, ok := within(i, p, now); ok && i.Kind == telephony.BlindInterval {
			sum += i.To.Sub(i.From)
		}
	}
	return sum
}
