package dutylog

import (
	"fmt"
	"regexp"
	"strconv"
)

var (
	titleMonth = regexp.MustCompile(`(20\d\d)\s*[年./-]\s*(1[0-2]|0?[1-9])(?:\D|$)`)
	// titleUntil is the month with which the time of a title ends: 2026年10-12月, 2026年9月28日至10月8日.
	titleUntil = regexp.MustCompile(`[至到、和~～－—–-]\s*(?:(20\d\d)\s*[年./-]\s*(1[0-2]|0?[1-9])(?:\D|$)|(1[0-2]|0?[1-9])\s*月)`)
	// titleWords are what a roster's own title says; a date above it, of a letter or of the filing, is not its month.
	titleWords = regexp.MustCompile(`值班|值守|带班|排班|轮值|在岗|安排|班表`)
	// wholeDate is a day, and datedLine says when something was made or sent.
	wholeDate = regexp.MustCompile(`20\d\d\s*[年./-]\s*(?:1[0-2]|0?[1-9])\s*[月./-]\s*\d`)
	datedLine = regexp.MustCompile(`(?:报送|报备|制表|填表|填报|打印|印发|更新|编制|上报)\S{0,4}(?:日期|时间|于|[:：])`)
)

// readTitle looks for the month above the header, and in the sheet's name: first in a title of a roster, then in
// the name, then in what stands nearest above the header and is no day.
func (g *rosterGrid) readTitle() {
	var titles, others []string
	for row := g.header - 1; row >= 0; row-- {
		for _, text := range g.Rows[row] {
			switch {
			case titleWords.MatchString(text) && !datedLine.MatchString(text):
				titles = append(titles, text)
			case !wholeDate.MatchString(text):
				others = append(others, text)
			}
		}
	}
	titles = append(titles, g.Name)
	for i, text := range append(titles, others...) {
		if m := titleMonth.FindStringSubmatchIndex(text); m != nil {
			g.month = monthIn(text[m[2]:m[3]], text[m[4]:m[5]])
			if i < len(titles) {
				g.until = lastMonth(text[m[5]:], g.month)
			}
			return
		}
	}
}

func monthIn(year, month string) Month {
	n, _ := strconv.Atoi(month)
	return Month(fmt.Sprintf("%s-%02d", year, n))
}

// lastMonth is the one that the rest of a title names behind its first one: that one where it names no other.
func lastMonth(rest string, first Month) Month {
	m := titleUntil.FindStringSubmatch(rest)
	switch {
	case m == nil:
		return first
	case m[1] != "":
		return max(first, monthIn(m[1], m[2]))
	}
	last := monthIn(string(first[:4]), m[3])
	if last < first {
		last = monthIn(strconv.Itoa(first.First().Year()+1), m[3])
	}
	return last
}

// besideTitle is how many days before and after the time of its title a table has at most: those of a week that begins in
// another month, or of a holiday.
const besideTitle = 10

// titled reports whether a day may stand in a table with this title: one of another month or year is a slip, or left from
// the file that the table was made of.
func (g *rosterGrid) titled(d Date) bool {
	return g.until == "" || g.month.First().Add(-besideTitle) <= d && d <= g.until.Last().Add(besideTitle)
}
