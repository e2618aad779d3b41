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
