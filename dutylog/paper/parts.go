package paper

// Parts cuts a sheet whose last table is too long for one paper into several: each has so many rows of it at most,
// says which part it is, and begins with the day that it goes on with. What else the sheet holds is on the first.
func (s Sheet) Parts(most int) []Sheet {
	if len(s.Tables) == 0 || len(s.Tables[len(s.Tables)-1].Rows) <= most {
		return []Sheet{s}
	}
	last := len(s.Tables) - 1
	rows := s.Tables[last].Rows
	var parts []Sheet
	for day := -1; len(rows) > 0; {
		part, n := s, min(most, len(rows))
		if n < len(rows) && n > 1 && rows[n-1].Strong { // a day does not end one part and begin the next
			n--
		}
		table := s.Tables[last]
		table.Rows = rows[:n:n]
		if day >= 0 && !rows[0].Strong {
			head := s.Tables[last].Rows[day]
			head.Continued = true
			table.Rows = append([]Row{head}, table.Rows...)
		}
		part.Tables = append(s.Tables[:last:last], table)
		if len(parts) > 0 {
			part.Tables, part.Notes = []Table{table}, nil
		}
		before := len(s.Tables[last].Rows) - len(rows)
		for i := range n {
			if rows[i].Strong {
				day = before + i
			}
		}
		parts, rows = append(parts, part), rows[n:]
	}
	for i := range parts {
		parts[i].Title += "（第 " + count(i+1) + " 部分，共 " + count(len(parts)) + " 部分）"
	}
	return parts
}
