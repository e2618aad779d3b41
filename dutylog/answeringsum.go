package dutylog

import "time"

// MonthSum is a whole month for questions to which officer, hour or shift do not matter: what does not matter is
// added up before, so that three years cost as much as a month. Its sums are those of the tallies of its days.
type MonthSum struct {
	days     [][]byte // each day by itself, by line
	officers []byte   // by line and officer
	hours    []byte   // weekday × hour, by line
}

// SumMonth adds up the tallies of a month's days.
func SumMonth(days map[Date][]byte, zone *time.Location) (s MonthSum, err error) {
	all := [][]byte{}
	for _, code := range days {
		day, err := coarser([][]byte{code}, func(k CellKey) CellKey {
			return CellKey{Hour: DateOf(time.Unix(k.Hour, 0), zone).Start(zone).Unix(), Line: k.Line}
		})
		if err != nil {
			return s, err
		}
		s.days, all = append(s.days, day), append(all, code)
	}
	month, hours := int64(0), map[string]int64{} // any hour stands for all that are in the same group
	first := func(hour int64, of *int64) int64 {
		if *of == 0 {
			*of = hour
		}
		return *of
	}
	if s.officers, err = coarser(all, func(k CellKey) CellKey { return CellKey{Hour: first(k.Hour, &month), Line: k.Line, Officer: k.Officer} }); err != nil {
		return s, err
	}
	s.hours, err = coarser(all, func(k CellKey) CellKey {
		name := weekHour(time.Unix(k.Hour, 0), zone)
		hour := hours[name]
		hours[name] = first(k.Hour, &hour)
		return CellKey{Hour: hour, Line: k.Line}
	})
	return s, err
}

// Summed reports whether sums of months answer questions by this grouping.
func (g Grouping) Summed() bool { return g != ByHour && g != ByShift }

// Codes are the tallies that answer a question about the whole month.
func (s MonthSum) Codes(by Grouping) [][]byte {
	switch by {
	case ByDay:
		return s.days
	case ByWeekHour:
		return [][]byte{s.hours}
	}
	return [][]byte{s.officers}
}

// coarser adds tallies up by coarser keys.
func coarser(codes [][]byte, key func(CellKey) CellKey) ([]byte, error) {
	cells := Cells{}
	for _, code := range codes {
		err := AddCells(code, func(k CellKey) *Tally {
			k = key(k)
			if cells[k] == nil {
				cells[k] = &Tally{}
			}
			return cells[k]
		})
		if err != nil {
			return nil, err
		}
	}
	return cells.Encode(), nil
}
