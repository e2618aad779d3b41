package main

import (
	"fmt"
	"strings"

	"dutyline/dutylog"
)

// fieldNames are the fields of an entry in the words of the page.
var fieldNames = map[dutylog.Field]string{
	dutylog.CallerUnit:     "来电单位",
	dutylog.CallerPerson:   "通话人姓名",
	dutylog.CallerTitle:    "职务",
	dutylog.ContactNumber:  "联系电话",
	dutylog.Content:        "电话内容",
	dutylog.Category:       "信息类别",
	dutylog.ReadBack:       "复述校对",
	dutylog.CallBackResult: "回拨结果",
	dutylog.Inspector:      "抽查人",
	dutylog.CheckResult:    "抽查结果",
	dutylog.CalledWhom:     "去电对象",
	dutylog.CalledWhy:      "去电事由",
	dutylog.AnsweredBy:     "接听人",

	dutylog.Urgency:          "紧急程度",
	dutylog.HappenedAt:       "事发时间",
	dutylog.Place:            "地点",
	dutylog.Cause:            "原因",
	dutylog.Casualties:       "伤亡情况",
	dutylog.Losses:           "损失情况",
	dutylog.Measures:         "已采取措施",
	dutylog.Trend:            "发展趋势",
	dutylog.Needs:            "请求事项",
	dutylog.AlsoTold:         "已报告单位",
	dutylog.PassedTo:         "转交对象",
	dutylog.ProposedHandling: "拟办意见",
	dutylog.Result:           "办理结果",
	dutylog.FollowUpNumber:   "续报编号",
	dutylog.Classification:   "密级标识",
	dutylog.WarningLevel:     "预警级别",
	dutylog.ValidUntil:       "有效期至",
	dutylog.StepTexts:        "办理过程",
	dutylog.CorrectionText:   "更正原因",
}

// fieldCalled finds a field by its name in the API or in the page; else it lists them.
func fieldCalled(name string) (dutylog.Field, error) {
	var all []string
	for _, f := range append(dutylog.Fields(), dutylog.StepTexts, dutylog.CorrectionText) {
		if name == string(f) || name == fieldNames[f] {
			return f, nil
		}
		all = append(all, string(f)+" "+fieldNames[f])
	}
	return "", fmt.Errorf("%s is no field of an entry; the fields are: %s", name, strings.Join(all, ", "))
}
