package dutylog_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
)

// edgeShift is a shift by the site's clock, "04-30 08:00" of the year 2027 where no year is said.
func edgeShift(t *testing.T, post dutylog.Post, name, from, to string) dutylog.Shift {
	t.Helper()
	at := func(s string) time.Time {
		if len(s) == len("04-30 08:00") {
			s = "2027-" + s
		}
		got, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
		if err != nil {
			t.Fatal(err)
		}
		return got.UTC()
	}
	return dutylog.Shift{From: at(from), To: at(to), Post: post, Name: name, Phone: "139"}
}

// A month's own findings end at its edges, but its shifts do not: what they forbid in the months around
// it is told, and what those months do among themselves is not.
func TestAMonthIsJudgedBeyondItsEdges(t *testing.T) {
	const officer, chief, leader = dutylog.PostOfficer, dutylog.PostChief, dutylog.PostLeader
	for _, c := range []struct {
		name   string
		month  dutylog.Month
		shifts []dutylog.Shift
		want   []string
	}{
		{"the last night meets another post of the next month", "2027-04", []dutylog.Shift{
			edgeShift(t, leader, "李娜", "04-30 08:00", "05-01 20:00"), edgeShift(t, officer, "李娜", "05-01 08:00", "05-02 08:00"),
		}, []string{"two_posts 05-01 08:00 李娜"}},
		{"the same, looked at from the next month", "2027-05", []dutylog.Shift{
			edgeShift(t, leader, "李娜", "04-30 08:00", "05-01 20:00"), edgeShift(t, officer, "李娜", "05-01 08:00", "05-02 08:00"),
		}, []string{"two_posts 05-01 08:00 李娜"}},
		{"it ends where the next one begins", "2027-04", []dutylog.Shift{
			edgeShift(t, leader, "李娜", "04-30 08:00", "05-01 08:00"), edgeShift(t, officer, "李娜", "05-01 08:00", "05-02 08:00"),
		}, nil},
		{"one post held by two beyond the edge", "2027-04", []dutylog.Shift{
			edgeShift(t, officer, "张伟", "04-30 20:00", "05-01 09:00"), edgeShift(t, officer, "李娜", "05-01 08:00", "05-01 20:00"),
		}, []string{"overlap 05-01 08:00 李娜"}},
		{"New Year's night", "2026-12", []dutylog.Shift{
			edgeShift(t, chief, "杨秀英", "2026-12-31 08:00", "2027-01-02 08:00"), edgeShift(t, leader, "杨秀英", "2027-01-01 08:00", "2027-01-02 08:00"),
		}, []string{"two_posts 01-01 08:00 杨秀英"}},
		{"New Year's night from January", "2027-01", []dutylog.Shift{
			edgeShift(t, chief, "杨秀英", "2026-12-31 08:00", "2027-01-02 08:00"), edgeShift(t, leader, "杨秀英", "2027-01-01 08:00", "2027-01-02 08:00"),
		}, []string{"two_posts 01-01 08:00 杨秀英"}},
		{"the leap day's night", "2028-02", []dutylog.Shift{
			edgeShift(t, officer, "张伟", "2028-02-29 20:00", "2028-03-01 08:00"), edgeShift(t, leader, "张伟", "2028-03-01 07:59", "2028-03-02 08:00"),
		}, []string{"two_posts 03-01 07:59 张伟"}},
		{"a week on call far beyond the edge", "2027-04", []dutylog.Shift{
			edgeShift(t, leader, "赵振华", "04-30 08:00", "05-10 08:00"), edgeShift(t, officer, "赵振华", "05-09 08:00", "05-09 20:00"),
		}, []string{"two_posts 05-09 08:00 赵振华"}},
		{"what the next month does by itself", "2027-04", []dutylog.Shift{
			edgeShift(t, leader, "赵振华", "04-30 08:00", "05-01 08:00"), edgeShift(t, leader, "李娜", "05-01 08:00", "05-02 08:00"), edgeShift(t, officer, "李娜", "05-01 08:00", "05-02 08:00"),
		}, nil},
		{"what the month before does by itself", "2027-05", []dutylog.Shift{
			edgeShift(t, leader, "李娜", "04-29 08:00", "04-30 08:00"), edgeShift(t, officer, "李娜", "04-29 08:00", "04-30 08:00"), edgeShift(t, officer, "张伟", "05-01 08:00", "05-02 08:00"),
		}, nil},
	} {
		from, to := c.month.Span(shanghai)
		var got []string
		for _, f := range dutylog.Forbidden(dutylog.CheckMonth(c.shifts, nil, dutylog.DefaultRosterRule(), from, to)) {
			got = append(got, fmt.Sprintf("%s %s %s", f.Reason, f.From.In(shanghai).Format("01-02 15:04"), f.Name))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +found):\n%s", c.name, diff)
		}
	}
}

// By a blank in the name nobody becomes another person: neither regular staff, nor free for a second post.
func TestABlankInANameEvadesNoRule(t *testing.T) {
	people := []dutylog.RosterPerson{{Name: "临时工甲", Standing: dutylog.Temporary}, {Name: "欧阳 修", Standing: dutylog.Rehired}, {Name: "李娜", Standing: dutylog.Regular}, {Name: "赵振华", Standing: dutylog.Regular}}
	const day, next = "05-01 08:00", "05-02 08:00"
	for _, c := range []struct {
		name string
		want string
	}{
		{"临时工甲", "临时工甲"}, {"临时工 甲", "临时工甲"}, {"临时工　甲", "临时工甲"}, {" 临 时 工 甲 ", "临时工甲"}, {"欧阳修", "欧阳 修"}, {"欧阳\u00a0修", "欧阳 修"},
		{"李娜", "李娜"}, {"李 娜", "李娜"}, {"李娜娜", ""}, {"", ""},
	} {
		got := ""
		if p := dutylog.PersonNamed(people, c.name); p != nil {
			got = p.Name
		}
		if got != c.want {
			t.Errorf("%q is %q, want %q", c.name, got, c.want)
		}
	}
	from, to := dutylog.Month("2027-05").Span(shanghai)
	for _, c := range []struct {
		officer, leader string
		want            dutylog.RosterReason // empty: nothing is forbidden
	}{
		{"临时工 甲", "李娜", dutylog.RosterNotRegular}, {"欧阳修", "李娜", dutylog.RosterNotRegular},
		{"李 娜", "李娜", dutylog.RosterTwoPosts}, {"李娜", "李　娜", dutylog.RosterTwoPosts}, {"李娜", "赵振华", ""},
	} {
		shifts := []dutylog.Shift{edgeShift(t, dutylog.PostOfficer, c.officer, day, next), edgeShift(t, dutylog.PostLeader, c.leader, day, next)}
		found := dutylog.Forbidden(dutylog.CheckRoster(shifts, people, dutylog.DefaultRosterRule(), from, to))
		switch {
		case c.want == "" && len(found) > 0, c.want != "" && (len(found) != 1 || found[0].Reason != c.want):
			t.Errorf("%q as officer, %q as leader: %+v, want %q", c.officer, c.leader, found, c.want)
		}
	}
}
