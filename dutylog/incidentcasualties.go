package dutylog

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// harms are the words by which casualties are told, the worst first: data. A text is compared with another one by how
// many people it names at each degree and beyond.
var harms = [][]string{
	{"死亡", "遇难", "身亡", "丧生", "遇害", "溺亡", "牺牲", "殉职", "罹难", "离世", "去世", "无生命体征", "死者", "死", "亡"},
	{"失联", "失踪", "下落不明"},
	{"重伤", "危重", "病危"},
	{"伤亡", "受伤", "轻伤", "伤者", "伤员", "中毒", "灼伤", "烧伤", "伤"},
	{"被困", "受困", "被埋"},
}

var (
	harmWord = regexp.MustCompile(alternatives(harms))
	// peopleCount is a number of people: what counts floors, minutes or years is none.
	peopleCount = regexp.MustCompile(`([0-9]+|[〇零一二两三四五六七八九十百]+)(?:余|多|几)?(?:人|名|例|位|口|个|死|伤|亡|失|重|轻|$)`)
	noHarm      = regexp.MustCompile(`无(?:[^效]|$)|没有|没|未|不|零(?:死|伤)|排除`)
	notKnown    = regexp.MustCompile(`^(?:情况|人数|数字)?(?:暂|尚|还|正在|有待|待|仍)?(?:不详|不明|不清|未知|未明|未报|核实|核查|统计|了解|无)`)
	// grew is what a number was before: in 由1人增至3人 there are three.
	grew       = regexp.MustCompile(`(?:由|从)(?:[0-9]+|[〇零一二两三四五六七八九十百]+)(?:人|名)?(?:增加|上升|增|升)(?:至|到|为)`)
	clauseEnds = regexp.MustCompile(`[，,；;。、.！!（）()\n]`)
	fullDigits = strings.NewReplacer("０", "0", "１", "1", "２", "2", "３", "3", "４", "4", "５", "5", "６", "6", "７", "7", "８", "8", "９", "9")
)

// alternatives are words of which the longest that fits is found: those of two characters before those of one.
func alternatives(degrees [][]string) string {
	words := slices.Concat(degrees...)
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	return strings.Join(words, "|")
}

// WorseCasualties reports whether a text tells of more people hurt than another one, or of people who are worse off, for
// instance of a death where none was reported. A harm without a readable figure counts as one person; that nothing is
// known of it counts as nobody.
func WorseCasualties(before, after string) bool {
	was, is := casualtiesOf(before), casualtiesOf(after)
	sumWas, sumIs := 0, 0
	for degree := range harms {
		sumWas, sumIs = sumWas+was[degree], sumIs+is[degree]
		if sumIs > sumWas {
			return true
		}
	}
	return false
}

// casualtiesOf counts the people that a text names, by degree of harm.
func casualtiesOf(text string) (people [5]int) {
	text = grew.ReplaceAllString(fullDigits.Replace(sameWords(text)), "")
	for _, clause := range clauseEnds.Split(text, -1) {
		numbers := peopleCount.FindAllStringSubmatchIndex(clause, -1)
		used, from := map[int]bool{}, 0
		for _, w := range harmWord.FindAllStringIndex(clause, -1) {
			degree := slices.IndexFunc(harms, func(words []string) bool { return slices.Contains(words, clause[w[0]:w[1]]) })
			n := nearest(numbers, used, w)
			switch {
			case n >= 0:
				used[n] = true
				people[degree] += countOf(clause[numbers[n][2]:numbers[n][3]])
			case !noHarm.MatchString(clause[from:w[0]]) && !unknownAfter(clause[w[1]:]):
				people[degree]++
			}
			from = w[1]
		}
	}
	return people
}

// nearest is the number that belongs to a word: the last before it that no other word has, else the first behind it.
func nearest(numbers [][]int, used map[int]bool, word []int) int {
	behind := -1
	for n := len(numbers) - 1; n >= 0; n-- {
		switch {
		case used[n]:
		case numbers[n][2] < word[0]:
			return n
		default:
			behind = n
		}
	}
	return behind
}

// unknownAfter reports whether what follows a word says that nothing is known of it: 伤亡不详, 伤亡情况正在核实.
func unknownAfter(rest string) bool {
	return notKnown.MatchString(rest)
}

// countOf reads a number below a thousand, in digits or in characters.
func countOf(text string) int {
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	total, digit := 0, 0
	for _, r := range text {
		switch at := strings.IndexRune("零一二三四五六七八九", r); {
		case r == '十':
			total, digit = total+max(digit, 1)*10, 0
		case r == '百':
			total, digit = total+max(digit, 1)*100, 0
		case r == '两':
			digit = 2
		case at >= 0:
			digit = at / len("零")
		}
	}
	return total + digit
}
