package dutylog

import (
	"fmt"
	"regexp"
	"strconv"
)

var (
	titleMonth = regexp.MustCompile(`(20\d\d)\s*[年./-]\s*(1[0-2]|0?[1-9])(?:\D|$)`)
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
	for _, text := range append(append(titles, g.Name), others...) {
		if m := titleMonth.FindStringSubmatch(text); m != nil {
			n, _ := strconv.Atoi(m[2])
			g.month = Month(fmt.Sprintf("%s-%02d", m[1], n))
			return
		}
	}
}
