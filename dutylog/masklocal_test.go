package dutylog_test

import (
	"testing"

	"dutyline/dutylog"
)

// A landline without its area code is masked in a text; years, amounts and numbers of papers are none.
func TestLocalLandlinesInATextAreMasked(t *testing.T) {
	for text, want := range map[string]string{
		"请回电8888-7709联系":       "请回电****-7709联系",
		"回电 2273－0001。":        "回电 ****－0001。",
		"电话：227–0001":          "电话：***–0001",
		"8888.7709":            "****.7709",
		"135/2345/6706":        "135/****/6706",
		"2026-2027年度预算":        "2026-2027年度预算",
		"2026-2027 两年":         "2026-2027 两年",
		"损失3000-5000元":         "损失3000-5000元",
		"疏散 2000-3000 人":       "疏散 2000-3000 人",
		"2026-000123":          "2026-000123",
		"2026-11-28 18:00":     "2026-11-28 18:00",
		"8888 7709":            "8888 7709",
		"1000-2000":            "1000-2000",
		"T2026-003、08:00-9:00": "T2026-003、08:00-9:00",
	} {
		e := dutylog.Entry{Values: map[dutylog.Field]string{dutylog.Content: text}}
		if got := e.Mask().Values[dutylog.Content]; got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// Digits are an amount where a whole unit stands behind them, and a number where that is only the beginning of
// another word.
func TestAnAmountStaysAndALocalNumberBeforeAWordIsMasked(t *testing.T) {
	for text, want := range map[string]string{
		"请回电22730001 公安局张队":     "请回电****0001 公安局张队",
		"22730001 元宝区应急局":       "****0001 元宝区应急局",
		"回拨88887709 千山路派出所":     "回拨****7709 千山路派出所",
		"电话 2273000 平山镇":        "电话 ***3000 平山镇",
		"联系人电话22730001\n公安已到场":  "联系人电话****0001\n公安已到场",
		"22730001\n元":           "****0001\n元",
		"22730001  元":           "****0001  元",
		"88887709立即回电":          "****7709立即回电",
		"请拨22730001立即回复":        "请拨****0001立即回复",
		"22730001人民路":           "****0001人民路",
		"22730001 人来电":          "****0001 人来电",
		"22730001户部巷":           "****0001户部巷",
		"22730001户主":            "****0001户主",
		"22730001万科小区":          "****0001万科小区",
		"22730001，万科小区":         "****0001，万科小区",
		"22730001亿达公司":          "****0001亿达公司",
		"22730001千万要打":          "****0001千万要打",
		"22730001平安公司":          "****0001平安公司",
		"22730001吨位":            "****0001吨位",
		"8888-7709公安局":          "****-7709公安局",
		"8888-7709 人民路":         "****-7709 人民路",
		"损失3500000元":            "损失3500000元",
		"损失 3500000 元，":         "损失 3500000 元，",
		"损失3500000元左右":          "损失3500000元左右",
		"损失3500000万元":           "损失3500000万元",
		"损失3500000 亿":           "损失3500000 亿",
		"2000000人次":             "2000000人次",
		"受灾1200000人，":           "受灾1200000人，",
		"1200000人受灾":            "1200000人受灾",
		"1200000户停电":            "1200000户停电",
		"1200000亩。":             "1200000亩。",
		"1200000平方米厂房":          "1200000平方米厂房",
		"1200000立方米/秒":          "1200000立方米/秒",
		"1200000千瓦时":            "1200000千瓦时",
		"1200000公斤、1200000公顷过火": "1200000公斤、1200000公顷过火",
		"1200000吨(煤)":           "1200000吨(煤)",
		"疏散2000-3000户居民":        "疏散2000-3000户居民",
		"电话终端192.168.10.201已上线": "电话终端192.168.10.201已上线",
		"139.0000.1111":         "139.****.1111",
	} {
		e := dutylog.Entry{Values: map[dutylog.Field]string{dutylog.Content: text}}
		if got := e.Mask().Values[dutylog.Content]; got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// To whom a thing was passed on, and whom else the caller told, is masked as whom we called.
func TestWhomItWasPassedToIsMasked(t *testing.T) {
	for _, f := range []dutylog.Field{dutylog.CalledWhom, dutylog.PassedTo, dutylog.AlsoTold} {
		for whom, want := range map[string]string{"和平区应急局 张建国": "和平区应急局 张**", "张建国、李娜 13904011234": "张**、李* 139****1234", "市应急局值班室、和平区": "市应急局值班室、和平区", "": ""} {
			e := dutylog.Entry{Values: map[dutylog.Field]string{f: whom}}
			if got := e.Mask().Values[f]; got != want {
				t.Errorf("%s %q: %q, want %q", f, whom, got, want)
			}
		}
	}
}

// Whom we called is a person, too; a unit is none.
func TestWhomWeCalledIsMasked(t *testing.T) {
	for whom, want := range map[string]string{"王立新": "王**", "沈河区应急局": "沈河区应急局", "市政府总值班室 王立新": "市政府总值班室 王**", "": ""} {
		e := dutylog.Entry{Kind: dutylog.KindOutgoing, Values: map[dutylog.Field]string{dutylog.CalledWhom: whom, dutylog.CalledWhy: "报告险情"}}
		got := e.Mask().Values
		if got[dutylog.CalledWhy] != "报告险情" || got[dutylog.CalledWhom] != want {
			t.Errorf("%s: %q, want %q", whom, got[dutylog.CalledWhom], want)
		}
		if e.Values[dutylog.CalledWhom] != whom {
			t.Errorf("the entry itself was changed: %+v", e)
		}
	}
}
