package dutylog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// What a number, a name and a text look like to somebody whose work does not need them.
func TestWhatIsMaskedOfNumbersNamesAndTexts(t *testing.T) {
	var b strings.Builder
	b.WriteString("numbers\n")
	for _, number := range []string{"", "110", "12345", "8001", "110119", "2273000", "22730001", "024-22730001", "02422730001", "+862422730001", "13900001111",
		"+8613900001111", "008613900001111", "139 0000 1111", "４００８００１２３４", "anonymous", "sip:duty@192.0.2.10", "*57*13900001111#", "95598", "1"} {
		fmt.Fprintf(&b, "%q → %q\n", number, dutylog.MaskNumber(number))
	}
	b.WriteString("\nnames\n")
	for _, name := range []string{"", "张", "张伟", "张小伟", "欧阳娜娜", "John Smith", "阿卜杜热合曼·买买提", "\xff",
		"和平区应急局", "市防汛抗旱指挥部", "皇姑区应急值班室", "王办", "张中心", "Anonymous", "\"anonymous\"", "匿名", "unknown", "Unknown Smith"} {
		fmt.Fprintf(&b, "%q → %q\n", name, dutylog.MaskName(name))
	}
	b.WriteString("\ntexts of an entry whose caller is 刘洋\n")
	for _, text := range []string{"", "刘洋报告，回电13900001111", "2026-11-27 14:30 起火，过火面积 1200 平方米", "值班室 024-22730001、0411-83630001，传真22730002",
		"救援 120、119 到场，12345 转来", "损失 350000 元", "损失 3500000 元", "身份证 210103199001011234", "刘洋刘洋", "21010319900101123X", "过水面积1200000平方米", "车牌辽A12345", "联系 ０２４２２７３０００１", "联系0",
		"回电138 0000 1111", "139-1234-5678，另139－1234－5678", "１３９　００００　１１１１", "+86 138 0000 1111", "0086-138-0000-1111", "86 24 2273 0001", "(024) 2273-0001", "0411 8363 0001转120",
		"400-800-1234", "13900001111公安局", "024-22730001 公安局", "138.0000.1111.", "139 0000 1111 120", "139 0000", "2026-11-27 139-0000-1111",
		"2026-11-27 14-30 至 2026-11-28", "2024-2025 年 3000-5000 户", "水位 32.50 32.60 32.70", "10 20 30 40 50 60 70", "08-12 09-30 10-15", "139    0000    1111"} {
		e := dutylog.Entry{Values: map[dutylog.Field]string{dutylog.CallerPerson: "刘洋", dutylog.Content: text}}
		fmt.Fprintf(&b, "%q → %q\n", text, e.Mask().Values[dutylog.Content])
	}
	goldenText(t, "mask.golden", b.String())
}

// secret are a name and numbers that stand in every place of an entry in which somebody may write one.
const (
	secretName   = "刘小洋"
	secretNumber = "13904011234"
)

func fullEntry() dutylog.Entry {
	values := map[dutylog.Field]string{}
	for _, f := range dutylog.Fields() {
		values[f] = "由" + secretName + "说，电话" + secretNumber
	}
	values[dutylog.CallerPerson], values[dutylog.ContactNumber], values[dutylog.Inspector] = secretName, secretNumber, secretName
	values[dutylog.CallerUnit], values[dutylog.CallerTitle] = "沈河区应急局", "值班员"
	values[dutylog.ReadBack], values[dutylog.AnsweredBy], values[dutylog.FollowUpNumber] = dutylog.ReadBackDone, "王芳", "续报202611270001"
	values[dutylog.Category], values[dutylog.Urgency] = dutylog.Categories()[0], dutylog.Urgencies()[0]
	values[dutylog.Classification], values[dutylog.WarningLevel] = dutylog.Classifications()[0], dutylog.WarningLevels()[0]
	values[dutylog.HappenedAt], values[dutylog.ValidUntil] = "2026-11-27T06:30:00.000Z", "2026-11-28T06:30:00.000Z"
	at := time.Date(2026, 11, 27, 6, 0, 0, 0, time.UTC)
	by := dutylog.Actor{Login: "wang", Name: "王芳", Role: dutylog.Officer}
	return dutylog.Entry{
		ID: "e-1", EntryNumber: dutylog.EntryNumber{Year: 2026, Serial: 12}, Kind: dutylog.KindDuty, State: dutylog.Complete, Revision: 3, Values: values,
		Gaps:       map[dutylog.Field]dutylog.Gap{dutylog.CallBackResult: {Why: dutylog.NotPossible, Reason: secretName + "不接" + secretNumber}},
		Candidates: []dutylog.Candidate{{ContactID: 4, Unit: "沈河区应急局", Person: secretName, Number: secretNumber}},
		Number:     telephony.ParseNumber(secretNumber, "024"), Rostered: "王芳", Responsible: "王芳", WrittenBy: "wang", Correction: "更正" + secretName + "的电话" + secretNumber,
		Steps: []dutylog.Step{
			{Number: 1, Kind: dutylog.StepReported, At: at, Whom: secretName + secretNumber, Text: "转告" + secretName + secretNumber, By: by},
			{Number: 2, Kind: dutylog.StepFedBack, At: at, Text: secretNumber, By: by, Struck: &dutylog.Strike{Reason: secretName + "打错" + secretNumber, By: by, At: at}},
		},
	}
}

// Of an entry in which the name and the number stand everywhere, nothing shows either, in no form
// in which it leaves the program; and everything else is as it was.
func TestNothingOfAMaskedEntryTellsWhoCalled(t *testing.T) {
	e := fullEntry()
	masked := e.Mask()
	text, err := masked.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{secretName, secretNumber, "小洋", "0401"} {
		if strings.Contains(string(text), form) {
			t.Errorf("%s stands in %s", form, text)
		}
		if words := dutylog.SearchText(masked, nil, shanghai); strings.Contains(words, form) {
			t.Errorf("%s is found in %s", form, words)
		}
	}
	for _, kept := range []string{`"刘**"`, `"139****1234"`, `"+86139****1234"`, `"沈河区应急局"`, `"值班员"`, `"王芳"`, `"续报202611270001"`, `"2026-11-27T06:30:00.000Z"`} {
		if !strings.Contains(string(text), kept) {
			t.Errorf("%s does not stand in %s", kept, text)
		}
	}
	if diff := cmp.Diff(fullEntry(), e); diff != "" {
		t.Errorf("the entry itself was changed:\n%s", diff)
	}
	if got := (dutylog.Revision{Entry: e}).Mask(); got.Entry.Values[dutylog.CallerPerson] != "刘**" {
		t.Errorf("a revision: %+v", got)
	}
	if got := (dutylog.Entry{}).Mask(); len(got.Values)+len(got.Steps)+len(got.Candidates) != 0 {
		t.Errorf("an empty one: %+v", got)
	}
}

// A call hides the other side, whichever it is, and shows the duty line.
func TestAMaskedCallHidesTheOtherSide(t *testing.T) {
	duty, other := telephony.ParseNumber("02422739110", "024"), telephony.ParseNumber(secretNumber, "024")
	in := dutylog.Call{Call: telephony.Call{ID: "1", Direction: telephony.Inbound, Caller: other, Called: duty, CallerName: secretName, ForwardedTo: secretNumber, RedirectedFrom: "02422730001"}}
	out := dutylog.Call{Call: telephony.Call{ID: "2", Direction: telephony.Outbound, Caller: duty, Called: other}}
	for _, c := range []dutylog.Call{in, out} {
		text, err := c.Mask().MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), secretNumber) || strings.Contains(string(text), secretName) || strings.Contains(string(text), "02422730001") || !strings.Contains(string(text), "02422739110") {
			t.Errorf("%s", text)
		}
	}
	if in.CallerName != secretName || in.Caller != other {
		t.Errorf("the call itself was changed: %+v", in)
	}
}

// FuzzMask: whatever the text, what is masked hides at most what it should, never grows digits and
// never breaks a character.
func FuzzMask(f *testing.F) {
	for _, s := range []string{"", "刘洋 024-22730001", "０１２３４５６７", "1-2-3-4-5-6-7-8", "0-", "024-", "\xff1234567"} {
		f.Add(s, "刘洋")
	}
	f.Fuzz(func(t *testing.T, text, person string) {
		e := dutylog.Entry{Values: map[dutylog.Field]string{dutylog.Content: text, dutylog.CallerPerson: person}}
		got := e.Mask().Values[dutylog.Content]
		if utf8.ValidString(text) && utf8.ValidString(person) && !utf8.ValidString(got) {
			t.Errorf("%q became %q", text, got)
		}
		digits := func(s string) int {
			return len(strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return r
				}
				return -1
			}, s))
		}
		if digits(got) > digits(text) {
			t.Errorf("%q became %q", text, got)
		}
		for at := 0; at < len(got); at++ {
			run := got[at:]
			run = run[:len(run)-len(strings.TrimLeft(run, "0123456789"))]
			if next, _ := utf8.DecodeRuneInString(strings.TrimSpace(got[at+len(run):])); len(run) >= 7 && !strings.ContainsRune("元万亿吨人户亩平立公千", next) {
				t.Errorf("%q shows %q", text, run)
			}
			at += len(run)
		}
	})
}

// A telephone number is hidden in every field and whatever parts its groups; a contact as the directory
// would write it is no exception, and an amount behind it is no reason to show it.
func TestANumberInGroupsIsHiddenWhateverPartsThem(t *testing.T) {
	for _, apart := range []string{"", " ", "-", " - ", "　", "\u00a0", "－", "–", "—", ".", "·"} {
		for number, hidden := range map[string][3]string{"mobile": {"139", "0401", "1234"}, "area": {"024", "2273", "0001"}, "abroad": {"+86 139", "0401", "1234"}, "service": {"4008", "001", "234"}} {
			for _, after := range []string{"", "。", "转120", "户", " 公安局"} {
				e := fullEntry()
				written := strings.Join(hidden[:], apart)
				e.Values[dutylog.Content] = "回电" + written + after
				e.Steps[0].Text = written + after
				masked := e.Mask()
				for _, text := range []string{masked.Values[dutylog.Content], masked.Steps[0].Text} {
					if strings.Contains(text, hidden[1]) || strings.Contains(text, written) || !strings.HasSuffix(text, after) {
						t.Errorf("%s %q before %q: %q", number, written, after, text)
					}
				}
			}
		}
	}
}

// What has neither the digits nor the length of a telephone number stands as it was written.
func TestWhatIsNoTelephoneNumberStays(t *testing.T) {
	for _, text := range []string{
		"2026-11-27 14:30",
		"2026-11-27 至 2026-11-30",
		"2026.11.27 08.30",
		"08-12 09-30 10-15",
		"110、119、120 均已到场",
		"过火 1200 1300 1400 平方米",
		"3000-5000 户",
		"水位 32.50 32.60 32.70",
		"139 人，0000 件，1111 元",
		"139\n0000\n1111",
		"桩号 138+000 至 139+500",
		"(2026) 12 号文件",
	} {
		e := dutylog.Entry{Values: map[dutylog.Field]string{dutylog.Content: text}}
		if got := e.Mask().Values[dutylog.Content]; got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// A field may name several people, with their ranks and numbers: each is hidden wherever the entry, a file of it, its incident or a
// sheet that was confirmed calls them by their names alone. Ranks, places and units stay.
func TestEverybodyWhomAFieldNamesIsHidden(t *testing.T) {
	for _, who := range []string{
		"张建国、李秀英", "李秀英，张建国", "张建国/李秀英", "张建国；李秀英", "张建国 科长", "张建国科长", "科长张建国", "张建国（主任）", "张建国(主任)", "张　建　国", "张建国13900001111", "联系人：张建国",
		"张建国和李秀英", "张建国及李秀英", "和平区 张建国", "和平区应急局 张建国 主任", "张建、张建国",
	} {
		const said, want = "和平区主任科长：张建国称和平区应急局停电", "和平区主任科长：张**称和平区应急局停电"
		e := dutylog.Entry{Values: map[dutylog.Field]string{dutylog.CallerPerson: who, dutylog.Content: said}}
		fact := dutylog.IncidentFact{Seq: 1, Kind: dutylog.FactScene, Body: dutylog.FactBody{Text: said}}
		sheet := dutylog.Sheet{Remarks: said, Matters: []dutylog.Matter{{Who: who}}}
		for place, got := range map[string]string{
			"an entry": e.Mask().Values[dutylog.Content], "another entry": (dutylog.Entry{Values: map[dutylog.Field]string{dutylog.Content: said}}).MaskAmong(who).Values[dutylog.Content],
			"a file": (dutylog.Attachment{Name: said}).Mask(e).Name, "an incident": dutylog.FoldIncident(1, []dutylog.IncidentFact{fact}).Mask(who).Facts[0].Body.Text,
		} {
			if got != want {
				t.Errorf("%s, where %q called: %q", place, who, got)
			}
		}
		if got := sheet.MaskConfirmed().Remarks; strings.Contains(got, "张建国") {
			t.Errorf("a sheet, where %q called: %q", who, got)
		}
	}
	e := dutylog.Entry{Values: map[dutylog.Field]string{dutylog.CallerPerson: "李和平", dutylog.Content: "李和平称和平区停电"}}
	if got := e.Mask().Values[dutylog.Content]; got != "李**称和平区停电" {
		t.Errorf("a name is taken apart: %q", got)
	}
}

// Whom a step went to, the name of a file, and a handover sheet that was confirmed name people, too.
func TestNamesBesideTheTextAreMasked(t *testing.T) {
	e := dutylog.Entry{Values: map[dutylog.Field]string{dutylog.CallerPerson: "刘小洋"}}
	for whom, want := range map[string]string{
		"和平区 张建国 13800002222": "和平区 张** 138****2222", "市应急局值班室": "市应急局值班室", "张建国、李娜": "张**、李*", "李局长（分管）": "李**（分*）", "": "", "刘小洋": "刘**",
	} {
		x := e
		x.Steps = []dutylog.Step{{Whom: whom}}
		if got := x.Mask().Steps[0].Whom; got != want {
			t.Errorf("whom %q → %q, want %q", whom, got, want)
		}
	}
	if got := (dutylog.Attachment{Name: "刘小洋13904015678.jpg"}).Mask(e).Name; got != "刘**139****5678.jpg" {
		t.Errorf("a file is called %q", got)
	}
	sheet := dutylog.Sheet{Remarks: "请回拨 13900009999 刘小洋", Matters: []dutylog.Matter{{Who: "沈河区应急局 刘小洋", Number: "13904015678", What: "南塔街刘小洋报告起火，回电13904015678",
		Steps: []dutylog.OpenStep{{Whom: "和平区 张建国 13800002222", Text: "转告刘小洋"}}}}}
	got := sheet.MaskConfirmed()
	want := dutylog.Sheet{Remarks: "请回拨 139****9999 刘**", Matters: []dutylog.Matter{{Missing: []dutylog.Field{}, Who: "沈河区应急局 刘**", Number: "139****5678", What: "南塔街刘**报告起火，回电139****5678",
		Steps: []dutylog.OpenStep{{Whom: "和平区 张** 138****2222", Text: "转告刘**"}}}}}
	if got.Remarks != want.Remarks || !cmp.Equal(got.Matters, want.Matters) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if sheet.Matters[0].Steps[0].Text != "转告刘小洋" {
		t.Error("the sheet itself was changed")
	}
}
