package dutylog

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dutyline/telephony"
)

// What a masked list hides of a number and of a name.
const (
	keptDigits   = 4  // at the end of a number
	hiddenDigits = 4  // before these, at least: the same ones however a number is written
	shortNumber  = 5  // 110, 12345 or an extension: nobody's own
	numberInText = 7  // as many digits in a row are a number, fewer an amount or a time
	shownAtMost  = 10 // digits: of the number of an identity card the day of birth is hidden, too
	hiddenRunes  = 2  // of a name behind its first character, at most: its length is hidden, too
)

// Mask is an entry as a list, a print or an export shows it to somebody whose work does not need
// to know who called: the person's name and every number are hidden, units and officers are not.
// The name is hidden wherever it stands in the entry; other people's names within a text cannot be
// told from other words and stay.
func (e Entry) Mask() Entry { return e.MaskAmong() }

// MaskAmong is Mask where others called about the same event: their names are hidden in it, too.
func (e Entry) MaskAmong(callers ...string) Entry {
	e = e.clone()
	hide := hiding(append(slices.Clone(callers), e.Values[CallerPerson])...)
	for f, v := range e.Values {
		e.Values[f] = maskValue(f, v, hide)
	}
	for f, g := range e.Gaps {
		g.Reason = hide(g.Reason)
		e.Gaps[f] = g
	}
	for i := range e.Candidates {
		c := &e.Candidates[i]
		c.Person, c.Number = MaskName(c.Person), MaskNumber(c.Number)
	}
	for i := range e.Steps {
		s := &e.Steps[i]
		s.Whom, s.Text = maskWhom(hide(s.Whom)), hide(s.Text)
		if s.Struck != nil {
			struck := *s.Struck
			struck.Reason = hide(struck.Reason)
			s.Struck = &struck
		}
	}
	for i, name := range e.Attached {
		e.Attached[i] = hide(name)
	}
	e.Number, e.Correction = maskNumberOf(e.Number), hide(e.Correction)
	return e
}

// Mask is an attachment as Entry.Mask has its entry: people name files by who called and from where.
func (a Attachment) Mask(of Entry) Attachment {
	hide := hiding(of.Values[CallerPerson])
	a.Name, a.Reason = hide(a.Name), hide(a.Reason)
	return a
}

// aWhom is a word of what somebody writes about to whom a thing went: 和平区 张建国、李娜.
var aWhom = regexp.MustCompile(`[^\s、，,；;/（）()]+`)

// placeEnds are what places and parts of offices end with, beside units.
const placeEnds = "区县市省镇乡村处科股站所队"

// maskWhom hides the names in a text that says to whom something went. Units and places stay.
func maskWhom(text string) string {
	return aWhom.ReplaceAllStringFunc(text, func(word string) string {
		last, _ := utf8.DecodeLastRuneInString(word)
		first, _ := utf8.DecodeRuneInString(word)
		if isDigit(first) || first == '+' || utf8.RuneCountInString(word) > 2 && strings.ContainsRune(placeEnds, last) {
			return word
		}
		return MaskName(word)
	})
}

// MaskConfirmed is a sheet that was confirmed as Entry.Mask has its entries: what was confirmed stands in the
// log, unmasked.
func (s Sheet) MaskConfirmed() Sheet {
	s = s.Mask()
	var names []string
	s.Matters = slices.Clone(s.Matters)
	for _, m := range s.Matters {
		for _, word := range aWhom.FindAllString(m.Who, -1) {
			if maskWhom(word) != word {
				names = append(names, word)
			}
		}
	}
	hide := hiding(names...)
	for i := range s.Matters {
		m := &s.Matters[i]
		m.Who, m.Number, m.What = maskWhom(maskText(m.Who)), MaskNumber(m.Number), hide(m.What)
		m.Steps = slices.Clone(m.Steps)
		for n := range m.Steps {
			m.Steps[n].Whom, m.Steps[n].Text = maskWhom(hide(m.Steps[n].Whom)), hide(m.Steps[n].Text)
		}
	}
	s.Remarks = hide(s.Remarks)
	return s
}

// maskValue is what is shown of one field.
func maskValue(f Field, value string, hide func(string) string) string {
	switch f {
	case CallerPerson, Inspector:
		return MaskName(value)
	case ContactNumber:
		return MaskNumber(value)
	case CalledWhom, PassedTo, AlsoTold: // a unit, a person, or both
		return maskWhom(hide(value))
	case AnsweredBy, FollowUpNumber, ReadBack:
		return value
	}
	if IsTime(f) || Words(f) != nil {
		return value
	}
	return hide(value)
}

// Mask is a call as Entry.Mask has an entry. The duty line's own number stays.
func (c Call) Mask() Call {
	c.CallerName, c.ForwardedTo, c.RedirectedFrom = MaskName(c.CallerName), MaskNumber(c.ForwardedTo), MaskNumber(c.RedirectedFrom)
	if c.Direction == telephony.Outbound {
		c.Called = maskNumberOf(c.Called)
	} else {
		c.Caller = maskNumberOf(c.Caller)
	}
	return c
}

// Mask is a missed call as Entry.Mask has an entry.
func (m MissedCall) Mask() MissedCall {
	m.Text = hiding(m.Call.CallerName)(m.Text)
	m.Call = m.Call.Mask()
	return m
}

// Mask is a revision as Entry.Mask has an entry.
func (r Revision) Mask() Revision {
	r.Entry = r.Entry.Mask()
	return r
}

func maskNumberOf(n telephony.Number) telephony.Number {
	return telephony.Number{Raw: MaskNumber(n.Raw), E164: MaskNumber(n.E164)}
}

// MaskNumber hides digits of a number: 139****1111. What stands around them stays.
func MaskNumber(number string) string {
	digits := 0
	for _, r := range number {
		if isDigit(r) {
			digits++
		}
	}
	if digits <= shortNumber {
		return number
	}
	hidden, seen := max(hiddenDigits, digits-shownAtMost), 0
	return strings.Map(func(r rune) rune {
		if !isDigit(r) {
			return r
		}
		left := digits - seen // with this one
		seen++
		if left > keptDigits && left <= keptDigits+hidden {
			return '*'
		}
		return r
	}, number)
}

// What stands in place of a name and hides nobody: the words of switches for a caller without one, and
// what units end with. A unit is no person's name.
var (
	nobodys  = []string{"anonymous", "unknown", "unavailable", "restricted", "private", "withheld", "asserted", "匿名", "未知", "未知号码"}
	unitEnds = []string{"局", "厅", "委", "办", "办公室", "值班室", "指挥部", "指挥中心", "中心", "支队", "大队", "总队", "中队", "街道", "政府", "公司", "集团", "医院", "学校", "社区", "消防站", "派出所"}
)

// shortestUnit is how many characters the name of a unit has at least: 王办 may be a person.
const shortestUnit = 4

func namesNobody(name string) bool {
	bare := strings.ToLower(strings.Trim(name, " \"<>"))
	return slices.Contains(nobodys, bare) || utf8.RuneCountInString(bare) >= shortestUnit && slices.ContainsFunc(unitEnds, func(end string) bool { return strings.HasSuffix(bare, end) })
}

// MaskName keeps the first character of a name: 张**. What names a unit, or nobody, stays.
func MaskName(name string) string {
	if namesNobody(name) {
		return name
	}
	_, size := utf8.DecodeRuneInString(name)
	rest := utf8.RuneCountInString(name[size:])
	return name[:size] + strings.Repeat("*", min(rest, hiddenRunes))
}

// MaskText hides numbers in a text.
func MaskText(text string) string { return maskText(text) }

// anAddress is one of the network, as alerts name the host of a phone: no number, whatever its digits.
var anAddress = regexp.MustCompile(`^` + octet + `(?:\.` + octet + `){3}`)

const octet = `(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])`

// addressEnd is where an address ends with which a text begins; 0 where none does.
func addressEnd(text string) int {
	found := anAddress.FindString(text)
	if digitsEnd(text[len(found):]) > 0 {
		return 0
	}
	return len(found)
}

// hiding hides numbers in a text, and the people whom fields name: who is 张建国（主任） or 张建国、李秀英 in the field is 张建国 in
// the text. A word that is hidden in vain harms less than a name that is shown; units, places and ranks stay.
func hiding(fields ...string) func(text string) string {
	var names []string
	for _, who := range fields {
		if who == "" {
			continue
		}
		names = append(names, who, PersonName(who))
		for _, word := range strings.FieldsFunc(who, func(r rune) bool { return !unicode.IsLetter(r) && r != '·' }) {
			if maskWhom(word) == word || rankOnly.MatchString(word) {
				continue
			}
			names = append(names, PersonName(word))
			for _, name := range strings.FieldsFunc(word, func(r rune) bool { return strings.ContainsRune("和与及", r) }) {
				names = append(names, PersonName(name))
			}
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return len(b) - len(a) }) // 张建 is not hidden within 张建国
	names = slices.Compact(names)
	return func(text string) string { return maskText(text, names...) }
}

// maskText hides numbers in a text, and names.
func maskText(text string, names ...string) string {
	for _, name := range names {
		if utf8.RuneCountInString(name) > 1 {
			text = strings.ReplaceAll(text, name, MaskName(name))
		}
	}
	var b strings.Builder
	for text != "" {
		begin := strings.IndexFunc(text, isDigit)
		if begin < 0 {
			break
		}
		b.WriteString(text[:begin])
		text = text[begin:]
		if address := addressEnd(text); address > 0 {
			b.WriteString(text[:address])
			text = text[address:]
			continue
		}
		end := digitsEnd(text)
		if apart := telephoneEnd(text); apart > 0 { // no amount, whatever follows
			end = max(end, apart)
			b.WriteString(MaskNumber(text[:end]))
			text = text[end:]
			continue
		}
		if apart := localEnd(text); apart > 0 {
			b.WriteString(MaskNumber(text[:apart]))
			text = text[apart:]
			continue
		}
		run := text[:end]
		if utf8.RuneCountInString(run) >= numberInText && !unitFollows(text[end:]) {
			run = MaskNumber(run)
		}
		b.WriteString(run)
		text = text[end:]
	}
	return b.String() + text
}

// signsApart are what people write between the groups of a number, and how many of them at most. The search
// leaves the same signs out, and so does the page where it marks what was looked for.
const (
	signsApart    = " \u00a0\u3000-－‐‑–—.·/()（）"
	mostApart     = 3
	longestPhone  = 16 // digits, with 0086
	shortestFirst = 3  // digits of its first group, but for 86: days and hours have two
)

// telephoneEnd is where the telephone number ends with which a text begins, however its groups are
// parted: 139 0000 1111, 024-2273-0001, 400-800-1234. It is 0 where none begins: a date, a time or a
// range of amounts has neither its digits nor its length.
func telephoneEnd(text string) int {
	digits := ""
	for at := 0; ; {
		end := at + digitsEnd(text[at:])
		if digits += narrowDigits(text[at:end]); len(digits) > longestPhone || len(digits) < shortestFirst && digits != "86" {
			return 0
		}
		if isTelephone(digits) {
			return end
		}
		rest := strings.TrimLeft(text[end:], signsApart)
		at = len(text) - len(rest)
		if signs := utf8.RuneCountInString(text[end:at]); signs == 0 || signs > mostApart || digitsEnd(rest) == 0 {
			return 0
		}
	}
}

// isTelephone reports whether digits are a whole number of a mobile phone, with an area code, or of a service.
func isTelephone(digits string) bool {
	for _, country := range []string{"0086", "86"} {
		if within, ok := strings.CutPrefix(digits, country); ok && len(within) >= shortestAway {
			return isTelephone(within) || isTelephone("0"+within)
		}
	}
	switch {
	case len(digits) == 11 && digits[0] == '1':
		return digits[1] >= '3'
	case len(digits) == 10:
		return strings.HasPrefix(digits, "400") || strings.HasPrefix(digits, "800")
	}
	return (len(digits) == 11 || len(digits) == 12) && digits[0] == '0' && digits[1] != '0'
}

// shortestAway is how many digits a number has within the country at least.
const shortestAway = 10

func narrowDigits(digits string) string {
	return strings.Map(halfWidth, digits)
}

// digitsEnd is how many bytes of digits a text begins with.
func digitsEnd(text string) int {
	if end := strings.IndexFunc(text, func(r rune) bool { return !isDigit(r) }); end >= 0 {
		return end
	}
	return len(text)
}

// isDigit also takes the wide digits that Chinese input may write.
func isDigit(r rune) bool { return r >= '0' && r <= '9' || r >= '０' && r <= '９' }
