package dutylog

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// NameMark is what a roster says of somebody behind the name: 王强（代）.
type NameMark string

// The closed set of marks, each as it is kept.
const (
	MarkStandIn   NameMark = "代"  // stands in for whoever holds the post; the name is that of who sits there
	MarkTemporary NameMark = "临聘" // no regular staff (Art. 8)
	MarkRehired   NameMark = "返聘" // neither
)

// nameMarks are the words by which people write a mark.
var nameMarks = map[string]NameMark{
	"代": MarkStandIn, "代班": MarkStandIn, "代值": MarkStandIn, "代值班": MarkStandIn, "替": MarkStandIn, "替班": MarkStandIn, "顶班": MarkStandIn, "临时代班": MarkStandIn,
	"临聘": MarkTemporary, "临聘人员": MarkTemporary, "临时": MarkTemporary, "临时聘用": MarkTemporary, "临时人员": MarkTemporary, "聘": MarkTemporary, "聘用": MarkTemporary,
	"外聘": MarkTemporary, "编外": MarkTemporary, "派遣": MarkTemporary, "劳务派遣": MarkTemporary, "劳务": MarkTemporary,
	"返聘": MarkRehired, "退休返聘": MarkRehired,
}

// rankWord is a word of rank before or behind a name: 赵振华局长, 副主任 杨秀英.
const rankWord = `(?:常务|第一)?副?(?:局长|厅长|部长|处长|科长|股长|所长|站长|队长|大队长|中队长|支队长|总队长|主任|书记|区长|县长|市长|镇长|乡长|指挥长|总指挥|指挥)|(?:一级|二级|三级|四级)?(?:调研员|主任科员|科员)|党组成员|同志`

var (
	rankOnly   = regexp.MustCompile(`^(?:` + rankWord + `)$`)
	rankBehind = regexp.MustCompile(`^(.*?)(` + rankWord + `)$`)
	rankBefore = regexp.MustCompile(`^(` + rankWord + `)(.*)$`)
)

// shortestName is how many characters of a name have to be left beside a word of rank: 王局长 is all that
// is known of somebody.
const shortestName = 2

// standing is what a mark says of how somebody is employed; empty: nothing.
func (m NameMark) standing() Standing {
	return map[NameMark]Standing{MarkTemporary: Temporary, MarkRehired: Rehired}[m]
}

// inBrackets is a word in brackets before or behind a name.
var inBrackets = regexp.MustCompile(`^\s*[(（【\[［]\s*([^()（）【】\[\]［］]*?)\s*[)）】\]］]|[(（【\[［]\s*([^()（）【】\[\]［］]*?)\s*[)）】\]］]\s*$`)

// SplitName takes what a roster has for a person apart: the name in its one spelling, and the mark. It is the
// one place that says when two spellings are one person.
func SplitName(text string) (name string, mark NameMark) {
	name, _, mark = splitName(text)
	return name, mark
}

func splitName(text string) (name, title string, mark NameMark) {
	name, title, mark = splitMark(text)
	return oneSpelling(name), title, mark
}

// splitMark leaves the name as it was written.
func splitMark(text string) (name, title string, mark NameMark) {
	name = strings.TrimSpace(text)
	for m := inBrackets.FindStringSubmatch(name); m != nil; m = inBrackets.FindStringSubmatch(name) {
		word := strings.Join(strings.Fields(m[1]+m[2]), "")
		known, isMark := nameMarks[word]
		switch {
		case isMark && mark == "":
			mark = known
		case rankOnly.MatchString(word) && title == "":
			title = word
		default:
			return name, title, mark
		}
		name = strings.TrimSpace(strings.Replace(name, m[0], "", 1))
	}
	if parts := strings.Fields(name); mark == "" && len(parts) > 1 { // 王强 临聘
		if known, ok := nameMarks[parts[len(parts)-1]]; ok {
			name, mark = strings.TrimSpace(strings.TrimSuffix(name, parts[len(parts)-1])), known
		}
	}
	if title == "" {
		name, title = splitTitle(name)
	}
	return name, title, mark
}

// splitTitle takes the word of rank off a name.
func splitTitle(text string) (name, title string) {
	bare := func(s string) string { return strings.Join(strings.Fields(s), "") }
	if m := rankBehind.FindStringSubmatch(text); m != nil && isHan(bare(m[1])) && len([]rune(bare(m[1]))) >= shortestName {
		return strings.TrimSpace(m[1]), m[2]
	}
	if m := rankBefore.FindStringSubmatch(text); m != nil && isHan(bare(m[2])) && len([]rune(bare(m[2]))) >= shortestName {
		return strings.TrimSpace(m[2]), m[1]
	}
	return text, ""
}

// oneSpelling is a name as it is kept: rosters set 张　伟 apart, and by a blank nobody becomes another
// person. Names in other letters keep one blank between their words.
func oneSpelling(name string) string {
	parts := strings.Fields(name)
	if joined := strings.Join(parts, ""); isHan(joined) && spaced(parts) {
		return joined
	}
	return strings.Join(parts, " ")
}

// WithMark is a name as a roster shows it.
func WithMark(name string, mark NameMark) string {
	if mark == "" {
		return name
	}
	return name + "（" + string(mark) + "）"
}

// RosterName is what a roster has for a person, in one spelling: the name, then its rank and its mark, each
// apart from it.
func RosterName(text string) string {
	name, title, mark := splitName(text)
	return WithMark(WithMark(name, NameMark(title)), mark)
}

// PersonName is the person of a name, without any mark or rank.
func PersonName(text string) string {
	name, _ := SplitName(text)
	return name
}

// plainName is by what people are told apart, wherever names are compared or counted.
func plainName(text string) string { return strings.Join(strings.Fields(PersonName(text)), "") }

// SameName reports whether two names are one person's.
func SameName(a, b string) bool { return plainName(a) == plainName(b) }

// isNamed reports whether somebody is this person: a name that is not known is nobody's.
func (a Actor) isNamed(name string) bool { return plainName(name) != "" && SameName(a.Name, name) }

// is reports whether two accounts are one person's: the same login, or another one of the same name.
func (a Actor) is(other Actor) bool {
	return strings.EqualFold(a.Login, other.Login) || a.isNamed(other.Name)
}

// Concerned is whom a call concerns, without any mark: who answered it, as its entry says, else who was
// responsible; empty: nobody knows.
func Concerned(answeredBy, responsible string) string {
	return cmp.Or(PersonName(answeredBy), PersonName(responsible))
}

// spaced reports whether these are the characters of one name set apart: 张　伟, 欧阳 修.
func spaced(parts []string) bool {
	return len(parts) > 1 && len(parts) <= 3 && slices.ContainsFunc(parts, func(p string) bool { return len([]rune(p)) == 1 })
}

func isHan(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r < 0x3400 || r > 0x9fff && r != '·' })
}
