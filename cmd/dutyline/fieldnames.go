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
}

// fieldCalled finds a field by its name in the API or in the page; else it lists them.
func fieldCalled(name string) (dutylog.Field, error) {
	var all []string
	for _, f := range dutylog.Fields() {
		if name == string(f) || name == fieldNames[f] {
			return f, nil
		}
		all = append(all, string(f)+" "+fieldNames[f])
	}
	return "", fmt.Errorf("%s is no field of an entry; the fields are: %s", name, strings.Join(all, ", "))
}
