package dutylog

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"dutyline/telephony"
)

// numberFault is why a text is no number of a contact.
type numberFault string

const (
	noFault      numberFault = ""
	garbledFault numberFault = "garbled"   // a spreadsheet made 1.38E+10 of it: the digits are lost
	zeroFault    numberFault = "lost_zero" // a spreadsheet made a number of it and dropped the 0 of the area code
	noNumber     numberFault = "no_number"
)

var (
	scientific = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?[eE]\+?[0-9]+$`)
	wholeFloat = regexp.MustCompile(`^[0-9]+\.0+$`)
	dialable   = regexp.MustCompile(`^[0-9+(][0-9+\-(). /]*$`)
	onlyDigits = regexp.MustCompile(`^[0-9]{9,11}$`)
	extension  = regexp.MustCompile(`^(.*?)\s*(?:转|分机|ext\.?)\s*([0-9]{1,6})$`)
	// What input methods leave between digits.
	narrowMarks = strings.NewReplacer("－", "-", "—", "-", "–", "-", "（", "(", "）", ")", "＋", "+", "．", ".", "／", "/", "：", ":")
)

// ParseContactNumber reads a number as people write it into a directory, with or without an
// extension ("22730001转801"), and as spreadsheets leave it. ok is false when it is none.
func ParseContactNumber(text, areaCode string) (n telephony.Number, ok bool) {
	n, fault := contactNumber(text, areaCode)
	return n, fault == noFault
}

func contactNumber(text, areaCode string) (telephony.Number, numberFault) {
	text = narrowMarks.Replace(oneLine(text))
	if scientific.MatchString(text) || wholeFloat.MatchString(text) {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || v >= 1e15 || garbled(text) {
			return telephony.Number{}, garbledFault
		}
		text = strconv.FormatInt(int64(v), 10)
	}
	main, inside := text, ""
	if m := extension.FindStringSubmatch(text); m != nil {
		main, inside = m[1], m[2]
	}
	n := telephony.ParseNumber(main, areaCode)
	if lostZero(main) {
		return telephony.Number{}, zeroFault
	}
	if n.E164 == "" || !dialable.MatchString(main) {
		return telephony.Number{}, noNumber
	}
	if inside != "" {
		n.Raw += "转" + inside
	}
	return n, noFault
}

// lostZero recognises an area code without its 0, which nobody could dial.
func lostZero(text string) bool {
	digits := strings.NewReplacer("-", "", " ", "").Replace(text)
	if !onlyDigits.MatchString(digits) || telephony.ParseNumber(digits, "").E164 != "" {
		return false
	}
	return telephony.ParseNumber("0"+digits, "").E164 != ""
}

// splitNumbers parts the numbers of one cell.
func splitNumbers(text string) []string {
	var all []string
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、,，;；\n|", r) }) {
		pieces := strings.Split(strings.ReplaceAll(part, "／", "/"), "/")
		if slices.ContainsFunc(pieces, func(p string) bool { return len(p) < 7 }) {
			pieces = []string{part} // 024/22730001 is one number
		}
		for _, p := range pieces {
			if p = oneLine(p); p != "" {
				all = append(all, p)
			}
		}
	}
	return all
}

// GuessKind is the kind of a number of which a table does not say it.
func GuessKind(n telephony.Number) NumberKind {
	if strings.HasPrefix(n.E164, "+861") && len(n.E164) == 14 && n.E164[4] >= '3' {
		return NumberMobile
	}
	return NumberOffice
}
