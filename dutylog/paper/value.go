package paper

import (
	"slices"
	"strings"
	"time"

	"dutyline/dutylog"
)

// said are the words of one field: its value as it is kept, why there is none, or that it was erased;
// empty when nothing was said.
func said(e dutylog.Entry, f dutylog.Field) string {
	if g, ok := e.Gaps[f]; ok {
		return GapName(f, g.Why) + "（" + g.Reason + "）"
	}
	if v := strings.TrimSpace(e.Values[f]); v != "" {
		if f == dutylog.ReadBack {
			return "已复述"
		}
		return v
	}
	if whollyErased(e) {
		if f == dutylog.Content {
			return "（全部内容已依决定抹去）"
		}
		return ""
	}
	if slices.ContainsFunc(e.Erased, func(x dutylog.Erasure) bool { return slices.Contains(x.Fields, f) }) {
		return "（已抹去）"
	}
	return ""
}

// said is what stands on paper of one field of any sort: a moment stands in the time of the site, as
// every other time on paper does.
func (f Frame) said(e dutylog.Entry, field dutylog.Field) string {
	text := said(e, field)
	if !dutylog.IsTime(field) || text != strings.TrimSpace(e.Values[field]) {
		return text
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return text // an older dutyline kept any words
	}
	return f.minute(at)
}

// lines joins what there is of several texts, one a line.
func lines(texts ...string) string {
	texts = slices.DeleteFunc(texts, func(s string) bool { return s == "" })
	return strings.Join(texts, "\n")
}

// firstSaid is the first of several fields that says something: of whom an incoming and an
// outgoing call are about, for instance.
func firstSaid(fields ...dutylog.Field) func(dutylog.Entry) string {
	return func(e dutylog.Entry) string {
		for _, f := range fields {
			if s := said(e, f); s != "" {
				return s
			}
		}
		return ""
	}
}

// rest are the fields that no column of its own shows, with their names: a field that is new in
// the log is on paper at once.
func rest(f Frame, e dutylog.Entry, shown []dutylog.Field) string {
	var all []string
	for _, field := range dutylog.Fields() {
		if s := f.said(e, field); s != "" && !slices.Contains(shown, field) {
			all = append(all, FieldName(e.Kind, field)+"："+s)
		}
	}
	return strings.Join(all, "\n")
}

// contact is the number that was given, else the one that the switch showed.
func contact(e dutylog.Entry) string {
	if s := said(e, dutylog.ContactNumber); s != "" {
		return s
	}
	if whollyErased(e) {
		return "（已抹去）"
	}
	if e.CallID == "" && e.Number.Raw == "" {
		return ""
	}
	return numberText(e.Number)
}

// officer is who was at the phone: said by the person, else by the last handover or the roster.
func officer(e dutylog.Entry) string {
	for _, name := range []string{strings.TrimSpace(e.Values[dutylog.AnsweredBy]), e.Responsible, e.Rostered} {
		if name != "" {
			return name
		}
	}
	return ""
}
