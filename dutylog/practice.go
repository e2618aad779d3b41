package dutylog

import (
	"bytes"
	_ "embed" // the practice directory
	"encoding/csv"
	"time"
)

//go:embed practice/directory.csv
var practiceDirectory []byte

// PracticeDirectory is the directory of the practice line: districts, a number that three
// people share, and two superior duty rooms. All people are invented.
func PracticeDirectory(areaCode string) ([]Contact, error) {
	rows, err := csv.NewReader(bytes.NewReader(practiceDirectory)).ReadAll()
	if err != nil {
		return nil, err
	}
	table, err := ParseDirectory([]Table{{Rows: rows}}, areaCode)
	if err != nil {
		return nil, err
	}
	return table.Contacts(), nil
}

var (
	practiceOfficers = []string{"张伟", "李娜", "王强", "刘芳"}
	practiceChiefs   = []string{"陈建国", "杨秀英", "黄志明"}
	practiceLeaders  = []string{"赵振华", "周丽萍"}
)

// PracticeRoster covers the four weeks before and after now without a gap: officers change
// at 08:00 and 20:00, chiefs and leaders at 08:00.
func PracticeRoster(now time.Time, loc *time.Location) []Shift {
	const weeks = 4
	var shifts []Shift
	y, m, d := now.In(loc).Date()
	for day := -7 * weeks; day <= 7*weeks; day++ {
		morning := time.Date(y, m, d+day, 8, 0, 0, 0, loc)
		evening := time.Date(y, m, d+day, 20, 0, 0, 0, loc)
		next := time.Date(y, m, d+day+1, 8, 0, 0, 0, loc)
		// The number of the day since 1970, so that a later start gives the same people.
		n := int(morning.Unix() / 86400)
		add := func(from, to time.Time, post Post, names []string, i int, phone string) {
			shifts = append(shifts, Shift{From: from.UTC(), To: to.UTC(), Post: post, Name: names[i%len(names)], Phone: phone})
		}
		add(morning, evening, PostOfficer, practiceOfficers, 2*n, "02422739110")
		add(evening, next, PostOfficer, practiceOfficers, 2*n+1, "02422739110")
		add(morning, next, PostChief, practiceChiefs, n, "02422739111")
		add(morning, next, PostLeader, practiceLeaders, n, "02422739112")
	}
	return shifts
}

// practiceLeaderPhone is where whoever leads with the login "leader" is called when away: an approval by telephone is
// proved by a call with it.
const practiceLeaderPhone = "13940050062"

// PracticePeople are those of the practice roster, and whoever leads with a login: regular staff, all of them.
func PracticePeople() []RosterPerson {
	var people []RosterPerson
	for _, list := range []struct {
		names []string
		phone string
	}{{practiceOfficers, "02422739110"}, {practiceChiefs, "02422739111"}, {practiceLeaders, "02422739112"}} {
		for _, name := range list.names {
			people = append(people, RosterPerson{Name: name, Phone: list.phone, Standing: Regular})
		}
	}
	return append(people, RosterPerson{Name: "李带班", Login: "leader", Phone: practiceLeaderPhone, Standing: Regular})
}
