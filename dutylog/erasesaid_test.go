package dutylog_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
)

func TestWhatAnErasureTakesFromWhatWasSaid(t *testing.T) {
	words := []string{"王强家起火，其子烧伤", "王强"}
	for name, c := range map[string]struct {
		x     dutylog.SaidErasure
		own   bool
		texts []string
		want  [][]string
	}{
		"words, the longest first":             {dutylog.SaidErasure{Words: words}, true, []string{"王强说：王强家起火，其子烧伤", "", "无"}, [][]string{{"王强说：〔已抹去〕", "", "无"}, {"〔已抹去〕说：〔已抹去〕", "", "无"}}},
		"everything of the call":               {dutylog.SaidErasure{Whole: true, Words: words}, true, []string{"当时在处理另一部电话", ""}, [][]string{{"〔已抹去〕", ""}}},
		"a long word, said of another call":    {dutylog.SaidErasure{Whole: true, Words: words}, false, []string{"与王强家起火，其子烧伤同一起，王强"}, [][]string{{"与〔已抹去〕同一起，王强"}}},
		"nothing of it":                        {dutylog.SaidErasure{Words: words}, true, []string{"话机故障"}, nil},
		"said of no call, by an entry of none": {dutylog.SaidErasure{Whole: true, Words: words}, false, []string{"抽查值守情况"}, nil},
		"once more":                            {dutylog.SaidErasure{Whole: true}, true, []string{"〔已抹去〕"}, nil},
	} {
		if diff := cmp.Diff(c.want, c.x.Of(c.own, c.texts)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
