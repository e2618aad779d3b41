package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
	"dutyline/dutylog/workbook"
)

func TestTheUsualTableIsImportedFromAWorkbook(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	want := dutylog.PracticeRoster(time.Date(2026, 12, 15, 12, 0, 0, 0, zone), zone)
	folder := t.TempDir()
	book, log := filepath.Join(folder, "12月.xlsx"), filepath.Join(folder, "log.db")
	out, err := os.Create(book)
	if err != nil {
		t.Fatal(err)
	}
	if err := workbook.Write(out, paper.Roster(paper.Frame{Zone: zone}, paper.RosterMonth{Month: "2026-12", Shifts: want, Calendar: dutylog.SeedCalendar()})); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if said := works(t, "", "import", "roster", book, "--db", log); said != "the roster has 124 new shifts; days replaced: 31\n" {
		t.Errorf("%q", said)
	}
	db := openTestLog(t, log)
	at := time.Date(2026, 12, 31, 23, 0, 0, 0, zone)
	on, err := db.OnDuty(t.Context(), at)
	if err != nil || len(on) != 3 || on[dutylog.PostOfficer].Name != dutylog.At(want, at)[dutylog.PostOfficer].Name {
		t.Errorf("%v %v", on, err)
	}
	changes, _, err := db.RosterChanges(t.Context(), dutylog.RosterQuery{})
	if err != nil || len(changes) != 1 || !strings.HasPrefix(changes[0].By.Login, "shell:") || changes[0].Reason != "导入 12月.xlsx" || len(changes[0].After) != 124 {
		t.Errorf("%+v %v", changes, err)
	}
}

func TestAFaultyTableImportsNothing(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log.db")
	head := "2026年12月值班表\n日期,星期,带班领导,值班科领导,值班员\n"
	bad := table(t, "UTF-8", head+"1,二,赵振华,杨秀英,张伟\n2,二,赵振华,杨秀英,张伟/李娜\n")
	refused(t, "", "has 2 fault(s)", "import", "roster", bad, "--db", log)
	refused(t, "", "cell B4: 2026-12-02 is no 二", "import", "roster", bad, "--db", log)
	refused(t, "", "cell E4", "import", "roster", bad, "--db", log)
	refused(t, "", "write it like 2026-10", "import", "roster", bad, "--db", log, "--month", "12月")
	if got, err := openTestLog(t, log).Shifts(t.Context(), time.Time{}, time.Time{}); err != nil || len(got) != 0 {
		t.Errorf("%v %v", got, err)
	}
	_, said, err := command("", "import", "roster", table(t, "UTF-8", head+"1,二,张伟,杨秀英,张伟\n"), "--db", log)
	if err == nil || !strings.Contains(err.Error(), "1 fault(s) stand against this roster") || !strings.Contains(said, "against the roster: two_posts 张伟 from 2026-12-01 08:00 to 2026-12-02 08:00: one person cannot hold two posts at once: enter somebody else") {
		t.Errorf("%q %v", said, err)
	}
	if got, err := openTestLog(t, log).Shifts(t.Context(), time.Time{}, time.Time{}); err != nil || len(got) != 0 {
		t.Errorf("what could not be published was imported: %v %v", got, err)
	}
}

// Whom the list of people does not know is taken on with a reason, as on the page; without one they hinder the import.
func TestAnImportTakesPeopleOnWithAReason(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log.db")
	db := openTestLog(t, log)
	if err := db.SavePerson(t.Context(), dutylog.RosterPerson{Name: "赵振华", Standing: dutylog.Regular}, dutylog.SystemActor()); err != nil {
		t.Fatal(err)
	}
	file := table(t, "UTF-8", "日期,岗位,姓名,电话,开始,结束\n2099-12-01,值班员,李娜,13900001111,08:00,20:00\n")
	_, said, err := command("", "import", "roster", file, "--db", log)
	if err == nil || !strings.Contains(said, "people_unlisted 李娜") && !strings.Contains(said, "standing_unknown 李娜") || !strings.Contains(err.Error(), "--take-on") {
		t.Fatalf("%q %v", said, err)
	}
	out, said, err := command("", "import", "roster", file, "--db", log, "--take-on", "新调入", "--dry-run")
	if err != nil || !strings.Contains(out, "李娜 would be entered into the list of people as regular staff") || strings.Contains(said, "against the roster") {
		t.Errorf("%q %q %v", out, said, err)
	}
	works(t, "", "import", "roster", file, "--db", log, "--take-on", "新调入")
	people, err := db.RosterPeople(t.Context())
	if err != nil || len(people) != 2 || !slices.ContainsFunc(people, func(p dutylog.RosterPerson) bool { return p.Name == "李娜" && p.Standing == dutylog.Regular }) {
		t.Errorf("%+v %v", people, err)
	}
}

// A hole hinders no import, and is named with from and to, whether it is tried or done.
func TestAnImportNamesItsHoles(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log.db")
	list := "日期,岗位,姓名,电话,开始,结束\n"
	for _, post := range []string{"值班员", "值班处(科)领导", "带班领导"} {
		list += "2099-12-01," + post + "," + post + ",1,08:00,20:00\n2099-12-01," + post + "," + post + ",1,20:00,08:00\n2099-12-02," + post + "," + post + ",1,08:00,20:00\n"
	}
	file := table(t, "UTF-8", strings.Replace(list, "2099-12-01,值班员,值班员,1,20:00,08:00\n", "", 1))
	openTestLog(t, log)
	for _, flags := range [][]string{{"--dry-run"}, nil} {
		_, said, err := command("", append([]string{"import", "roster", file, "--db", log}, flags...)...)
		if want := "nobody on duty: duty_officer from 2099-12-01 20:00 to 2099-12-02 08:00: enter somebody for this time\n"; err != nil || said != want {
			t.Errorf("%v: %q, %v; want %q", flags, said, err, want)
		}
	}
}

// An import is judged beyond its own days, as a month that is published is: the last night of November
// meets the first day of December, and nobody holds two posts over the month's end.
func TestAnImportIsJudgedOverTheMonthsEnd(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log.db")
	list := "日期,岗位,姓名,电话,开始,结束\n"
	works(t, "", "import", "roster", table(t, "UTF-8", list+"2099-12-01,值班员,李娜,1,08:00,20:00\n"), "--db", log)
	_, said, err := command("", "import", "roster", table(t, "UTF-8", list+"2099-11-30,带班领导,李娜,1,20:00,12:00\n"), "--db", log)
	if err == nil || !strings.Contains(said, "two_posts 李娜 from 2099-12-01 08:00 to 2099-12-01 12:00") {
		t.Errorf("%q %v", said, err)
	}
	_, said, err = command("", "import", "roster", table(t, "UTF-8", list+"2099-11-30,带班领导,李娜,1,20:00,12:00\n"), "--db", log, "--dry-run")
	if err != nil || !strings.Contains(said, "two_posts 李娜") {
		t.Errorf("beforehand: %q %v", said, err)
	}
	works(t, "", "import", "roster", table(t, "UTF-8", list+"2099-11-30,带班领导,李娜,1,20:00,08:00\n"), "--db", log)
}

// An import that gives a shift in force to somebody else says why, as a swap does; the change has that, and the file.
func TestAnImportThatHandsAShiftOverSaysWhy(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log.db")
	list := "日期,岗位,姓名,电话,开始,结束\n"
	works(t, "", "import", "roster", table(t, "UTF-8", list+"2099-12-01,值班员,李娜,1,08:00,20:00\n"), "--db", log)
	other := table(t, "UTF-8", list+"2099-12-01,值班员,王强,1,08:00,20:00\n")
	refused(t, "", "--reason says why", "import", "roster", other, "--db", log)
	works(t, "", "import", "roster", other, "--db", log, "--reason", "李娜病假")
	changes, _, err := openTestLog(t, log).RosterChanges(t.Context(), dutylog.RosterQuery{Shifts: true})
	if err != nil || len(changes) != 2 || changes[0].Reason != "导入 "+filepath.Base(other)+"：李娜病假" || changes[0].Before[0].Name != "李娜" || changes[0].After[0].Name != "王强" {
		t.Errorf("%+v %v", changes, err)
	}
}

// Hours that were served stay whose they were; what the roster never said may be filled in, once.
func TestAnImportLeavesServedHoursAlone(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log.db")
	list := "日期,岗位,姓名,电话,开始,结束\n"
	works(t, "", "import", "roster", table(t, "UTF-8", list+"2024-03-01,值班员,李娜,1,08:00,20:00\n"), "--db", log)
	_, said, err := command("", "import", "roster", table(t, "UTF-8", list+"2024-03-01,值班员,张伟,1,08:00,20:00\n"), "--db", log)
	if err == nil || !strings.Contains(said, "served 李娜 from 2024-03-01 08:00 to 2024-03-01 20:00: who was on duty then is not changed any more") {
		t.Errorf("%q %v", said, err)
	}
	works(t, "", "import", "roster", table(t, "UTF-8", list+"2024-03-01,值班员,李 娜,2,08:00,20:00\n2024-03-01,带班领导,赵振华,1,08:00,20:00\n"), "--db", log)
	if on, err := openTestLog(t, log).OnDuty(t.Context(), time.Date(2024, 3, 1, 9, 0, 0, 0, time.FixedZone("", 8*3600))); err != nil || on[dutylog.PostOfficer].Phone != "2" || on[dutylog.PostLeader].Name != "赵振华" {
		t.Errorf("%v %v", on, err)
	}
}

// A roster is looked at before it is taken: what goes, what comes, what the rules have against it.
func TestARosterIsShownBeforeItIsTaken(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log.db")
	head := "2026年12月值班表\n日期,星期,带班领导,值班科领导,值班员\n"
	works(t, "", "import", "roster", table(t, "UTF-8", head+"1,二,赵振华,杨秀英,张伟\n2,三,赵振华,杨秀英,李娜\n"), "--db", log)
	db := openTestLog(t, log)
	before, err := db.Shifts(t.Context(), time.Time{}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	out, said, err := command("", "import", "roster", table(t, "UTF-8", head+"2,三,赵振华,王强,王强\n"), "--db", log, "--dry-run")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"- 2026-12-02 08:00 to 2026-12-03 08:00  duty_officer  李娜", "- 2026-12-02 08:00 to 2026-12-03 08:00  duty_section_chief  杨秀英",
		"+ 2026-12-02 08:00 to 2026-12-03 08:00  duty_officer  王强", "2 shifts would go and 2 come; days replaced: 1\nnothing was changed\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not said:\n%s", want, out)
		}
	}
	if strings.Contains(out, "赵振华") || strings.Contains(out, "张伟") || !strings.Contains(said, "two_posts 王强") {
		t.Errorf("%s%s", out, said)
	}
	if after, err := db.Shifts(t.Context(), time.Time{}, time.Time{}); err != nil || !slices.Equal(before, after) {
		t.Errorf("something was changed: %v %+v", err, after)
	}
	refused(t, "", "has 1 fault(s)", "import", "roster", table(t, "UTF-8", head+"2,二,赵振华,王强,王强\n"), "--db", log, "--dry-run")
}

func TestHolidaysAreImportedFromATable(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log.db")
	good := table(t, "GBK", "名称,开始,结束,类型\n元旦,2027-01-01,2027-01-03,放假\n")
	if said := works(t, "", "import", "holidays", "2027", good, "--source", "国办发明电", "--db", log); said != "2027 has 3 days of holiday or make-up work now\n" {
		t.Errorf("%q", said)
	}
	refused(t, "", "is not in 2028", "import", "holidays", "2028", good, "--source", "x", "--db", log)
	refused(t, "", "is no year", "import", "holidays", "明年", good, "--source", "x", "--db", log)
	refused(t, "", `required flag(s) "source"`, "import", "holidays", "2027", good, "--db", log)
	c, err := openTestLog(t, log).Calendar(t.Context())
	if err != nil || len(c) != 3 || c[2027].Source != "国办发明电" {
		t.Errorf("%+v %v", c, err)
	}
}
