package dutylog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
)

func names(contacts []dutylog.Contact) string {
	var all []string
	for _, c := range contacts {
		all = append(all, c.Unit+c.Person)
	}
	return strings.Join(all, " ")
}

func TestContactsAreFoundByWhateverIsTyped(t *testing.T) {
	card := func(id int64, unit, person, title string, numbers ...dutylog.ContactPhone) dutylog.Contact {
		return dutylog.Contact{ID: id, Unit: unit, Person: person, Title: title, Numbers: numbers}
	}
	contacts := []dutylog.Contact{
		card(1, "沈河区应急局", "王立新", "值班员", phone(dutylog.NumberOffice, "024-22730001"), phone(dutylog.NumberMobile, "13804050062")),
		card(2, "重庆路街道", "沈涛", "主任", phone(dutylog.NumberOffice, "22730002转801")),
		card(3, "市水务局", "徐文博", "沈阳站站长", phone(dutylog.NumberMobile, "13900001111")),
		card(4, "沈河区教育局", "", "", phone(dutylog.NumberFax, "0416-3123456")),
	}
	contacts[3].LastConfirmed = day("2026-11-01")
	contacts[1].Superior = true
	contacts[2].Remark = "夜间打手机 A座"
	find := dutylog.NewFinder(dutylog.Directory{Contacts: contacts, Revision: 3})
	for text, want := range map[string]string{
		"":          "重庆路街道沈涛 市水务局徐文博 沈河区应急局王立新 沈河区教育局", // superior duty rooms first
		"沈":         "重庆路街道沈涛 沈河区应急局王立新 沈河区教育局 市水务局徐文博", // a name before a unit before a title
		"shenhe":    "沈河区应急局王立新 沈河区教育局",
		"cqlu":      "重庆路街道沈涛",
		"wlx":       "沈河区应急局王立新",
		"shq yingj": "沈河区应急局王立新",
		"沈 水务":      "市水务局徐文博",
		"22730001":  "沈河区应急局王立新", "242273": "重庆路街道沈涛 沈河区应急局王立新", "0062": "沈河区应急局王立新", "024-2273": "重庆路街道沈涛 沈河区应急局王立新", "+86138": "",
		"041631": "沈河区教育局", "31234": "沈河区教育局", "801": "重庆路街道沈涛", "１３８": "沈河区应急局王立新",
		"a座": "市水务局徐文博", "yejian": "市水务局徐文博", "没有": "", "xyz": "", "138 139": "",
	} {
		if got := names(find.Find(dutylog.ContactQuery{Text: text})); got != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
	stale := find.Find(dutylog.ContactQuery{Text: "shen", StaleSince: noon, StaleAfter: 180 * 24 * time.Hour})
	if diff := cmp.Diff("重庆路街道沈涛 沈河区应急局王立新 市水务局徐文博", names(stale)); diff != "" {
		t.Errorf("nobody confirmed them (-want +got):\n%s", diff)
	}
}

func TestAFinderFollowsTheDirectory(t *testing.T) {
	before := manyContacts(30)
	for i := range before {
		before[i].Change = int64(i + 1)
	}
	find := dutylog.NewFinder(dutylog.Directory{Contacts: before, Revision: 30})
	after := append(append([]dutylog.Contact{}, before[1:10]...), before[12:]...)
	after[3].Person, after[3].Change = "欧阳修", 31
	after[5].Remark = "nobody said that this changed"
	after = append(after, dutylog.Contact{ID: 99, Unit: "新单位", Change: 32, Numbers: before[0].Numbers})
	next := find.Follow(dutylog.Directory{Contacts: after, Revision: 32})
	fresh := dutylog.NewFinder(next.Directory)
	for _, text := range []string{"", "oyx", "xdw", "22000000", "zhao", "shenhe"} {
		if diff := cmp.Diff(names(fresh.Find(dutylog.ContactQuery{Text: text})), names(next.Find(dutylog.ContactQuery{Text: text}))); diff != "" {
			t.Errorf("%q (-fresh +followed):\n%s", text, diff)
		}
	}
	if got := names(next.Find(dutylog.ContactQuery{Text: "nobody"})); got != "" {
		t.Errorf("what did not change was made ready again: %s", got)
	}
}

// manyContacts is the directory of a city.
func manyContacts(n int) []dutylog.Contact {
	family, given := []rune("赵钱孙李周吴郑王冯陈沈韩杨朱秦许何吕张孔曹严华金魏陶姜"), []rune("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英")
	units := []string{"沈河区", "和平区", "皇姑区", "大东区", "铁西区", "浑南区", "于洪区", "沈北新区", "苏家屯区", "辽中区", "新民市", "康平县", "法库县"}
	offices := []string{"应急管理局", "水务局", "教育局", "卫生健康局", "公安分局指挥中心", "交通运输局", "气象局", "街道办事处", "城市管理综合行政执法局", "消防救援大队"}
	var all []dutylog.Contact
	for i := range n {
		all = append(all, dutylog.Contact{ID: int64(i + 1), Unit: units[i%len(units)] + offices[i/13%len(offices)], Title: fmt.Sprintf("科员%d", i),
			Person:  string([]rune{family[i%len(family)], given[i/7%len(given)], given[i/3%len(given)]}),
			Numbers: []dutylog.ContactPhone{phone(dutylog.NumberOffice, fmt.Sprint(22000000+i)), phone(dutylog.NumberMobile, fmt.Sprint(13800000000+i*7))}})
	}
	return all
}

func BenchmarkFindAmong10000(b *testing.B) {
	find := dutylog.NewFinder(dutylog.Directory{Contacts: manyContacts(10_000)})
	for _, text := range []string{"沈河", "shq", "shenhequ yingji", "wf", "2273", "没有的字", "zzzz"} {
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				find.Find(dutylog.ContactQuery{Text: text})
			}
		})
	}
}

func BenchmarkNewFinderOf10000(b *testing.B) {
	d := dutylog.Directory{Contacts: manyContacts(10_000)}
	for b.Loop() {
		dutylog.NewFinder(d)
	}
}
