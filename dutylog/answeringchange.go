package dutylog

// FigureChange is a figure that is counted otherwise now than it was frozen.
type FigureChange struct {
	Figure      Figure
	AfterReview bool // else as measured
	Then, Now   [2]int
}

// FigureChanges lists the figures that differ between two tallies, numerator and denominator of each.
func FigureChanges(then, now *Tally) (all []FigureChange) {
	for _, r := range figureRules {
		for _, afterReview := range []bool{false, true} {
			x := FigureChange{Figure: r.Figure, AfterReview: afterReview}
			x.Then[0], x.Then[1] = then.Of(r, afterReview)
			x.Now[0], x.Now[1] = now.Of(r, afterReview)
			if x.Then != x.Now {
				all = append(all, x)
			}
		}
	}
	return all
}

// DayChange is a day of a closed month on which calls are counted otherwise now. Its figures may be the same: then it
// is something else of a call that changed, such as who answered it or how long it rang.
type DayChange struct {
	Day       Date
	Then, Now Tally
}

// Changes lists the figures of that day which differ.
func (c *DayChange) Changes() []FigureChange { return FigureChanges(&c.Then, &c.Now) }

// dayChange reads the two tallies of a day; of a day without calls there is none.
func dayChange(d Date, then, now []byte) (c DayChange, err error) {
	c.Day = d
	for into, code := range map[*Tally][]byte{&c.Then: then, &c.Now: now} {
		if len(code) == 0 {
			continue
		}
		if err := AddCells(code, func(CellKey) *Tally { return into }); err != nil {
			return c, err
		}
	}
	return c, nil
}
