package dutylog_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
)

// planned says what a plan does, one line each.
func planned(p dutylog.DirectoryPlan) []string {
	var all []string
	for _, i := range p.Items {
		c := i.After
		if c == nil {
			c = i.Before
		}
		line := strings.TrimSpace(fmt.Sprintf("%s %s %s", i.Kind, c.Name(), i.Reason))
		for _, ch := range i.Changes {
			line += fmt.Sprintf("; %s: %s→%s", ch.Field, ch.Before, ch.After)
		}
		all = append(all, line)
	}
	return all
}

func TestPlanOfAnImport(t *testing.T) {
	card := func(id int64, unit, person, title string, numbers ...dutylog.ContactPhone) dutylog.Contact {
		return dutylog.Contact{ID: id, Unit: unit, Person: person, Title: title, Numbers: numbers, Remark: "旧"}
	}
	now := dutylog.Directory{Revision: 7, Contacts: []dutylog.Contact{
		card(1, "水务局", "徐文博", "科员", phone(dutylog.NumberOffice, "22730001"), phone(dutylog.NumberFax, "22730009")),
		card(2, "水务局", "李娜", "科员", phone(dutylog.NumberOffice, "22730002")),
		card(3, "气象局", "何静", "预报员", phone(dutylog.NumberMobile, "13804050063")),
		card(4, "教育局", "", "值班室", phone(dutylog.NumberOffice, "22730004")),
		card(5, "卫健委", "赵敏", "", phone(dutylog.NumberOffice, "22730005")),
	}}
	for name, c := range map[string]struct {
		table  string
		remove bool
		want   []string
	}{
		"the same": {"编号,单位,姓名,职务,办公电话,手机,传真,备注\n1,水务局,徐文博,科员,22730001,,22730009,旧\n2,水务局,李娜,科员,22730002,,,旧\n3,气象局,何静,预报员,,13804050063,,旧\n4,教育局,,值班室,22730004,,,旧\n5,卫健委,赵敏,,22730005,,,旧\n", true,
			[]string{"unchanged 水务局 徐文博 科员 same_id", "unchanged 水务局 李娜 科员 same_id", "unchanged 气象局 何静 预报员 same_id", "unchanged 教育局 值班室 same_id", "unchanged 卫健委 赵敏 same_id"}},
		"columns that are not there are left alone": {"单位,姓名,职务,办公电话\n水务局,徐文博,科员,22730001\n", false,
			[]string{"unchanged 水务局 徐文博 科员 same_key", "kept 水务局 李娜 科员", "kept 气象局 何静 预报员", "kept 教育局 值班室", "kept 卫健委 赵敏"}},
		"one column for all numbers names them all": {"单位,姓名,职务,电话\n水务局,徐文博,科员,22730001\n", false,
			[]string{"changed 水务局 徐文博 科员 same_key; fax: 22730009→", "kept 水务局 李娜 科员", "kept 气象局 何静 预报员", "kept 教育局 值班室", "kept 卫健委 赵敏"}},
		"and leaves their kinds": {"单位,姓名,职务,电话\n水务局,徐文博,科员,22730001、22730009\n", false,
			[]string{"unchanged 水务局 徐文博 科员 same_key", "kept 水务局 李娜 科员", "kept 气象局 何静 预报员", "kept 教育局 值班室", "kept 卫健委 赵敏"}},
		"titles and units change, people come and go": {"单位,姓名,职务,电话,备注\n水务局,徐文博,副科长,22730001、22730009,旧\n应急局,何静,预报员,13804050063,旧\n教育局,值班员,,22730004,\n", true,
			[]string{"added 教育局 值班员", "changed 水务局 徐文博 副科长 same_person; title: 科员→副科长", "changed 应急局 何静 预报员 same_number; unit: 气象局→应急局", "removed 水务局 李娜 科员", "removed 教育局 值班室", "removed 卫健委 赵敏"}},
		"a name can be handed on": {"编号,单位,姓名,职务,电话\n2,水务局,徐文博,科员,22730002\n1,水务局,李娜,科员,22730001、22730009\n", true,
			[]string{"changed 水务局 徐文博 科员 same_id; person: 李娜→徐文博", "changed 水务局 李娜 科员 same_id; person: 徐文博→李娜", "removed 气象局 何静 预报员", "removed 教育局 值班室", "removed 卫健委 赵敏"}},
	} {
		table, err := parseDirectory(c.table)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		plan, err := dutylog.PlanDirectory(now, table, c.remove)
		if diff := cmp.Diff(c.want, planned(plan)); err != nil || diff != "" || plan.Revision != 7 {
			t.Errorf("%s: %v, of revision %d (-want +got):\n%s", name, err, plan.Revision, diff)
		}
	}
	for table, want := range map[string]string{
		"编号,单位,电话\n9,水务局,22730001\n":                                    "row 2 no_such_id 9",
		"编号,单位,姓名,职务,电话\n,水务局,李娜,科员,22730001\n3,水务局,李娜,科员,22730007\n":   "row 2 differs",
		"编号,单位,姓名,职务,电话\n3,水务局,李娜,科员,22730007\n":                        "row 2 twin 水务局 李娜 科员",
		"单位,姓名,职务,办公电话\n水务局,徐文博,科员," + strings.Repeat("110、", 1) + "\n": "",
	} {
		parsed, err := parseDirectory(table)
		if err == nil {
			_, err = dutylog.PlanDirectory(now, parsed, false)
		}
		if want == "" && err == nil {
			continue
		}
		if got := cellFaults(t, err); len(got) != 1 || want != "row 2 differs" && !strings.HasPrefix(got[0], want+"|") {
			t.Errorf("%q: %q, want %s", table, got, want)
		}
	}
}

// What somebody confirmed is not what an import wrote afterwards: with a new number the confirmation goes, but where the table
// gives another one. What an export carries along says nothing of the number that was written over.
func TestAnImportedNumberIsNotConfirmed(t *testing.T) {
	now := dutylog.Directory{Contacts: []dutylog.Contact{{ID: 1, Unit: "和平区应急局", Person: "张建国", LastConfirmed: day("2026-10-01"), ConfirmedBy: "王强",
		Numbers: []dutylog.ContactPhone{phone(dutylog.NumberOffice, "22730001转801"), phone(dutylog.NumberMobile, "13900001111")}}}}
	const unconfirmed = "; last_confirmed: 2026-10-01→; confirmed_by: 王强→"
	for _, c := range []struct{ name, table, want string }{
		{"another number", "单位,姓名,手机\n和平区应急局,张建国,13900002222\n", "; mobile: 13900001111→13900002222" + unconfirmed},
		{"one more", "单位,姓名,手机\n和平区应急局,张建国,13900001111、13900002222\n", "; mobile: 13900001111→13900001111、13900002222" + unconfirmed},
		{"another extension", "单位,姓名,办公电话\n和平区应急局,张建国,22730001转802\n", "; office: 22730001转801→22730001转802" + unconfirmed},
		{"one less", "单位,姓名,办公电话,手机\n和平区应急局,张建国,,13900001111\n", "; office: 22730001转801→"},
		{"the same, written otherwise", "单位,姓名,手机\n和平区应急局,张建国,139 0000 1111\n", "; mobile: 13900001111→139 0000 1111"},
		{"an export, the number written over", "编号,单位,姓名,手机,确认日期,确认人\n1,和平区应急局,张建国,13900002222,2026-10-01,王强\n", "; mobile: 13900001111→13900002222" + unconfirmed},
		{"another day of confirmation", "单位,姓名,手机,确认日期\n和平区应急局,张建国,13900002222,2026-11-20\n", "; mobile: 13900001111→13900002222; last_confirmed: 2026-10-01→2026-11-20"},
		{"somebody else on the same day", "单位,姓名,手机,确认日期,确认人\n和平区应急局,张建国,13900002222,2026-10-01,李娜\n", "; mobile: 13900001111→13900002222; confirmed_by: 王强→李娜"},
		{"somebody else, and no day", "单位,姓名,手机,确认人\n和平区应急局,张建国,13900002222,李娜\n", "; mobile: 13900001111→13900002222" + unconfirmed},
	} {
		table, err := parseDirectory(c.table)
		if err != nil {
			t.Fatal(c.name, err)
		}
		plan, err := dutylog.PlanDirectory(now, table, false)
		if err != nil {
			t.Fatal(c.name, err)
		}
		_, got, _ := strings.Cut(planned(plan)[0], ";")
		if got = ";" + got; got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// apply carries a plan out, as simply as can be.
func apply(d dutylog.Directory, p dutylog.DirectoryPlan) []string {
	after := map[int64]dutylog.Contact{}
	next := int64(1)
	for _, c := range d.Contacts {
		after[c.ID], next = c, max(next, c.ID+1)
	}
	for _, i := range p.Items {
		switch i.Kind {
		case dutylog.PlanRemoved:
			delete(after, i.Before.ID)
		case dutylog.PlanChanged:
			after[i.Before.ID] = *i.After
		case dutylog.PlanAdded:
			after[next] = *i.After
			next++
		}
	}
	var all []string
	for _, c := range after {
		all = append(all, strings.Join(dutylog.DirectoryRow(c)[1:], "|"))
	}
	slices.Sort(all)
	return all
}

func TestAReplacedDirectoryIsTheTable(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 2))
		before, wanted := randomDirectory(r, 1+r.IntN(30)), randomDirectory(r, 1+r.IntN(30))
		for i := range wanted { // some are known, by their number or by what they are
			switch wanted[i].ID = 0; r.IntN(3) {
			case 0:
				old := before[r.IntN(len(before))]
				if !slices.ContainsFunc(wanted, func(c dutylog.Contact) bool { return c.ID == old.ID || c.Name() == old.Name() }) {
					wanted[i].ID = old.ID
				}
			case 1:
				old := before[r.IntN(len(before))]
				if !slices.ContainsFunc(wanted, func(c dutylog.Contact) bool { return c.Unit == old.Unit }) {
					wanted[i].Unit, wanted[i].Person, wanted[i].Title = old.Unit, old.Person, old.Title
				}
			}
		}
		now := dutylog.Directory{Contacts: before}
		plan, err := dutylog.PlanDirectory(now, dutylog.TableOf(wanted), true)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		var want []string
		for _, c := range wanted {
			want = append(want, strings.Join(dutylog.DirectoryRow(c)[1:], "|"))
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, apply(now, plan)); diff != "" {
			t.Fatalf("seed %d (-table +directory):\n%s", seed, diff)
		}
		touched := map[int64]int{}
		for _, i := range plan.Items {
			if i.Before != nil {
				touched[i.Before.ID]++
			}
		}
		for _, c := range before {
			if touched[c.ID] != 1 {
				t.Fatalf("seed %d: contact %d is in %d items of the plan", seed, c.ID, touched[c.ID])
			}
		}
	}
}
