package dutylog_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

func TestWordsOfASearch(t *testing.T) {
	for query, want := range map[string]string{
		"火灾":              "火灾",
		"  火灾，沈河区 ":       "沈河区 火灾",
		"火灾 火灾":           "火灾",
		"ＡＢＣ１２３":          "abc123",
		"024-2273(9110)":  "2422739110",
		"024 2273":        "024 2273",
		"+86 13800001111": "13800001111",
		"2026-000123":     "2026000123",
		"3.5吨":            "35吨", // a dot may part the groups of a number
		"火灾.停电/断水—伤亡":     "伤亡 停电 断水 火灾",
		"131.2345.6701":   "13123456701",
		"132–2345–6702":   "13223456702",
		"135/2345/6706":   "13523456706",
		"139·2345—6709":   "13923456709",
		"139 2345　6709":   "139 2345 6709",
		"，。！ ":            "",
		"\"火\" OR 灾*":     "or 火 灾",
		"𠮷野家":             "𠮷野家",
		"ÉTUDE　étude":     "étude",
	} {
		if got := strings.Join(dutylog.SearchWords(query), " "); got != want {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
	}
}

// An entry is found by what people wrote of it, by its numbers in every form, and by who was on duty.
func TestWhatAnEntryIsFoundBy(t *testing.T) {
	text := dutylog.SearchText(dutylog.Entry{
		EntryNumber: dutylog.EntryNumber{Year: 2026, Serial: 123}, Rostered: "王磊", Responsible: "赵敏", Line: "duty", CallID: "1795436279.1",
		Values: map[dutylog.Field]string{dutylog.Content: "沈河区 3 号楼火灾", dutylog.ContactNumber: "138 0000 1111", dutylog.ReadBack: "done"},
		Gaps:   map[dutylog.Field]dutylog.Gap{dutylog.CallerPerson: {Why: dutylog.Refused, Reason: "不愿透露"}},
		Number: telephony.ParseNumber("22739110", "024"),
	}, nil, shanghai)
	for _, query := range []string{"火灾", "号楼", "楼火", "灾", "不愿透露", "王磊", "赵敏", "13800001111", "138 0000", "138-0000-1111", "2273", "02422739110", "+862422739110", "22739110", "2026-000123"} {
		if !dutylog.Holds(text, dutylog.SearchWords(query)) {
			t.Errorf("%q is not found in\n%s", query, text)
		}
	}
	for _, query := range []string{"火灾沈河", "done", "duty", "caller", "content", "1795436279", "赵磊"} {
		if dutylog.Holds(text, dutylog.SearchWords(query)) {
			t.Errorf("%q is found in\n%s", query, text)
		}
	}
}

// However the groups of a number are parted in a text, it is found by its digits and by each other spelling;
// whatever is masked as a number is also found as one.
func TestNumbersAreFoundInAnyForm(t *testing.T) {
	spellings := []string{"13123456701", "131 2345 6701", "131-2345-6701", "131.2345.6701", "131–2345–6701", "131—2345—6701", "131/2345/6701", "131·2345·6701",
		"(131)2345-6701", "（131）2345 6701", "１３１－２３４５－６７０１", "131\u00a02345\u30006701", "131‑2345‐6701"}
	for _, written := range spellings {
		e := dutylog.Entry{Values: map[dutylog.Field]string{dutylog.Content: "请回电" + written + "，联系张工"}}
		for _, query := range spellings {
			if !dutylog.Holds(dutylog.SearchText(e, nil, shanghai), dutylog.SearchWords(query)) {
				t.Errorf("%q is not found by %q: %q", written, query, dutylog.SearchText(e, nil, shanghai))
			}
		}
		if masked := e.Mask().Values[dutylog.Content]; !strings.Contains(masked, "****") {
			t.Errorf("%q is found and not masked: %s", written, masked)
		}
	}
}

// Whoever looks for a number may put the code of the country and the 0 of the area before it, or leave them away.
func TestANumberIsFoundWithAndWithoutItsPrefixes(t *testing.T) {
	mobile := []string{"13904015678", "139 0401 5678", "013904015678", "+8613904015678", "+86 139 0401 5678", "＋８６ 139-0401-5678", "8613904015678", "008613904015678", "0086 139 0401 5678", "0086-139-0401-5678"}
	fixed := []string{"02422730099", "024-22730099", "024-2273 0099", "(024)22730099", "+86 24 2273 0099", "+86 024 22730099", "862422730099", "0086242273 0099", "008624 22730099", "00 86 24 2273 0099", "2422730099"}
	for _, spellings := range [][]string{mobile, fixed} {
		for _, query := range spellings {
			words := dutylog.SearchWords(query)
			for _, written := range spellings {
				for where, e := range map[string]dutylog.Entry{
					"as the number of a call": {Number: telephony.ParseNumber(written, "024")},
					"in the content":          {Values: map[dutylog.Field]string{dutylog.Content: "请回电" + written + "，联系张工"}},
				} {
					if text := dutylog.SearchText(e, nil, shanghai); !dutylog.Holds(text, words) {
						t.Errorf("%q %s is not found by %q (%q): %q", written, where, query, words, text)
					}
				}
			}
			if other := "请回电13904015670或024-22730090"; dutylog.Holds(dutylog.SearchText(dutylog.Entry{Values: map[dutylog.Field]string{dutylog.Content: other}}, nil, shanghai), words) {
				t.Errorf("%q is found by %q", other, query)
			}
		}
	}
}

// A number to call back is written without the code of the area, and looked for with it.
func TestALocalNumberIsFoundWithTheCodeOfItsArea(t *testing.T) {
	written := map[string]dutylog.Entry{
		"as the number to call back": {Values: map[dutylog.Field]string{dutylog.ContactNumber: "22730001"}},
		"parted":                     {Values: map[dutylog.Field]string{dutylog.ContactNumber: "2273-0001"}},
		"in the content":             {Values: map[dutylog.Field]string{dutylog.Content: "请回电２２７３０００１，联系张工"}},
	}
	for where, e := range written {
		for _, query := range []string{"22730001", "2273-0001", "024-22730001", "02422730001", "024 2273 0001", "+862422730001", "0086-24-22730001", "2422730001"} {
			words := dutylog.SearchWords(query)
			if !dutylog.FoundBy(e, words, shanghai) {
				t.Errorf("%s it is not found by %q (%q)", where, query, words)
			}
			tokens := slices.Collect(dutylog.SearchTokens(dutylog.SearchText(e, nil, shanghai)))
			for _, w := range words {
				for _, token := range dutylog.LookedFor(w) {
					if !slices.Contains(tokens, token) {
						t.Errorf("%s the index has no %q, by which %q is looked for", where, token, query)
					}
				}
			}
		}
	}
	for query, content := range map[string]string{
		"024-22730001":   "请回电041122730001",  // of another area
		"024-2273 0001":  "请回电13822730001",   // a mobile telephone
		"02422730001":    "卡号622730001",      // the end of another number
		"0411-2273000":   "请回电22730001",      // its beginning
		"400-600-1234":   "请回电6001234",       // no area has 400
		"13822730001":    "请回电22730001",      // a mobile telephone has no area
		"024-22730001 火": "请回电22730001，联系张工", // and every word counts
	} {
		if e := (dutylog.Entry{Values: map[dutylog.Field]string{dutylog.Content: content}}); dutylog.FoundBy(e, dutylog.SearchWords(query), shanghai) {
			t.Errorf("%q finds %q", query, content)
		}
	}
}

func TestTokensOfATextAndOfAWord(t *testing.T) {
	for text, want := range map[string][2]string{
		"a火灾":     {"a a火 火 火灾 灾", "a火 火灾"},
		"火灾火灾":    {"火 火灾 灾 灾火", "火灾 灾火"},
		"火":       {"火", "火"},
		"024":     {"0 02 2 24 4", "02 24"},
		"02422":   {"0 02 0242 2 22 24 2422 4 42", "0242 2422"},
		"于14:35会": {"1 14 14:35 3 35 4 4: 5 5会 : :3 于 于1 会", "14:35 5会 于1"},
		"9:05":    {"0 05 5 9 9: : :0", "05 9: :0"},
		"京a1234号": {"1 12 1234 2 23 3 34 4 4号 a a1 京 京a 号", "1234 4号 a1 京a"},
	} {
		if got := strings.Join(slices.Compact(slices.Sorted(dutylog.SearchTokens(text))), " "); got != want[0] {
			t.Errorf("%s has the tokens %q, want %q", text, got, want[0])
		}
		if got := strings.Join(dutylog.LookedFor(text), " "); got != want[1] {
			t.Errorf("%s is looked for by %q, want %q", text, got, want[1])
		}
	}
}

// A time, the number of a list, an extension or another number beside it do not hide a number from whoever looks for it with
// the code of its area. What is a part of a longer number is not that number.
func TestALocalNumberIsFoundBesideOtherDigits(t *testing.T) {
	for _, content := range []string{"14:35 22730001 来电", "14:35，２２７３０００１ 来电", "1. 22730001 来电", "(1) 2273-0001", "22730001-801 值班室", "2273-0001-801", "22730001 22730002 均无人接",
		"22730002/22730001", "2273-0002 2273-0001", "2026-11-23 22730001", "13904015678 22730001", "22730001 13904015678", "0411-82730002 22730001"} {
		e := dutylog.Entry{Values: map[dutylog.Field]string{dutylog.Content: content}}
		text := dutylog.SearchText(e, nil, shanghai)
		for _, query := range []string{"22730001", "024-22730001", "+86 24 2273 0001"} {
			if words := dutylog.SearchWords(query); !dutylog.FoundBy(e, words, shanghai) || !dutylog.Holds(text, words) {
				t.Errorf("%q is not found by %q: %q", content, query, text)
			}
		}
	}
	for _, content := range []string{"1392273000 1", "1392273000 1 22730002", "139 22730001", "139 2273 0001", "139-2273-0001", "14:35 139 2273 0001", "0411-22730001", "0411 2273 0001", "+86 411 22730001", "卡号6228-22730001",
		"卡号6222 0222 2273 0001", "22730001234", "622730001 801", "2273000 13904015678"} {
		e := dutylog.Entry{Values: map[dutylog.Field]string{dutylog.Content: content}}
		if dutylog.FoundBy(e, dutylog.SearchWords("024-22730001"), shanghai) {
			t.Errorf("024-22730001 finds %q: %q", content, dutylog.SearchText(e, nil, shanghai))
		}
	}
}

// Whatever is written and whatever is looked for: each word of a text finds it, by itself and in
// part, and all that a word is looked for by is among the tokens of a text that holds it.
func FuzzSearch(f *testing.F) {
	f.Add("沈河区 3 号楼火灾，电话 024-2273 9110", "号楼")
	f.Add("ǅ İ ﬁ ½ ㊀ ﷺ", "fi")
	f.Add("1\u00a02", "12")
	f.Add("电话02422739110号", "2739110号")
	f.Add("定于14:35或2:05开会，1:2:3", "4:35")
	f.Add("024-2273\r911", "024-2273\n0001") // a line ends within a number: two words
	f.Add("1(0010000000", "0")
	f.Add("0 0010000000", "0010000000") // of another country
	f.Fuzz(func(t *testing.T, text, query string) {
		kept := dutylog.SearchText(dutylog.Entry{Values: map[dutylog.Field]string{dutylog.Content: text}}, nil, shanghai)
		tokens := slices.Collect(dutylog.SearchTokens(kept))
		words := dutylog.SearchWords(query)
		for _, w := range words {
			if strings.ContainsAny(w, " \"*\n") || w == "" {
				t.Errorf("%q is a word of %q", w, query)
			}
			for _, p := range dutylog.LookedFor(w) {
				if dutylog.Holds(kept, []string{w}) && !slices.Contains(tokens, p) {
					t.Errorf("%q is in %q, but its part %q is no token", w, kept, p)
				}
			}
		}
		for _, w := range dutylog.SearchWords(text) {
			if !dutylog.Holds(kept, []string{w}) {
				t.Errorf("%q of %q does not find it: %q", w, text, kept)
			}
		}
	})
}

// An entry is found by its moments, as an officer types them and as the clocks of the site show them, and by the
// names of what is attached.
func TestMomentsAndAttachmentsAreFound(t *testing.T) {
	e := dutylog.Entry{
		EntryNumber: dutylog.EntryNumber{Year: 2026, Serial: 1}, CallAt: time.Date(2026, 11, 23, 16, 35, 10, 0, time.UTC), // the 24th, 00:35 at the site
		CompletedAt: time.Date(2026, 11, 23, 16, 41, 0, 0, time.UTC),
		Values:      map[dutylog.Field]string{dutylog.HappenedAt: "2026-03-05T06:07:00Z", dutylog.Content: "比分 3:2，改到14:99"},
		Steps:       []dutylog.Step{{Kind: dutylog.StepReported, At: time.Date(2026, 11, 23, 16, 50, 0, 0, time.UTC), Due: time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC), Channel: "wechat", Whom: "市局"}},
	}
	text := dutylog.SearchText(e, []string{"沈河区_现场照片 (2).JPG", "传真.pdf"}, shanghai)
	for _, query := range []string{"2026-11-24", "2026/11/24", "2026.11.24", "11-24", "2026年11月24日", "11月24日", "00:35", "00：35", "００：３５", "0:35", "0时35分", "00点35分", "2026-11-24 00:35", "11月24日 00:35",
		"14:07", "2026-3-5", "3月5日", "03月05日", "2026-03-05", "00:41", "00:50", "2027-01-01", "1月1日", "微信", "3:2", "14:99", "现场照片", "照片 2", "jpg", "传真.pdf", "传真"} {
		if !dutylog.Holds(text, dutylog.SearchWords(query)) {
			t.Errorf("%q is not found in\n%s", query, text)
		}
	}
	for _, query := range []string{"2026-11-23", "11月23日", "16:35", "35:00", "14:35", "00:3524", "电话", "2:14"} {
		if dutylog.Holds(text, dutylog.SearchWords(query)) {
			t.Errorf("%q is found in\n%s", query, text)
		}
	}
}
