package paper

import (
	"cmp"
	"slices"

	"dutyline/dutylog"
)

// ofKind are the words of a kind of entry that did not come by telephone: how its paper is titled, and
// what the time on it is. A kind without a row is a telephone call.
var ofKind = map[dutylog.Kind]struct{ title, when string }{
	dutylog.KindFax:     {"值班传真记录", "收到时间"},
	dutylog.KindWeChat:  {"值班微信记录", "收到时间"},
	dutylog.KindVisit:   {"来访接待记录", "来访时间"},
	dutylog.KindPatrol:  {"值班巡查记录", "巡查时间"},
	dutylog.KindWarning: {"预警信息接收记录", "收到时间"},
}

// What a field is called in an entry of this kind, where that is not its usual name.
var fieldOfKind = map[dutylog.Field]map[dutylog.Kind]string{
	dutylog.CallerUnit:    {dutylog.KindFax: "来文单位", dutylog.KindWeChat: "发送单位", dutylog.KindVisit: "来访单位", dutylog.KindWarning: "发布单位"},
	dutylog.CallerPerson:  {dutylog.KindFax: "来文联系人", dutylog.KindWeChat: "发送人姓名", dutylog.KindVisit: "来访人姓名"},
	dutylog.ContactNumber: {dutylog.KindFax: "传真号或电话"},
	dutylog.Content: {dutylog.KindFax: "传真内容", dutylog.KindWeChat: "微信内容", dutylog.KindVisit: "来访事项", dutylog.KindWarning: "预警内容",
		dutylog.KindPatrol: "备注"},
	dutylog.CheckResult: {dutylog.KindPatrol: "巡查情况"},
	dutylog.AnsweredBy: {dutylog.KindOutgoing: "拨打人", dutylog.KindFax: "接收人", dutylog.KindWeChat: "接收人", dutylog.KindVisit: "接待人",
		dutylog.KindPatrol: "巡查人", dutylog.KindWarning: "接收人"},
}

// What "not possible" means of a field, where that is not reading back.
var notPossible = map[dutylog.Field]string{
	dutylog.CallBackResult: "无法回拨", dutylog.PassedTo: "无需转交", dutylog.Place: "无法说明", dutylog.PaperSheet: "没有纸质单",
}

// FieldName is what a field is called in an entry of this kind.
func FieldName(kind dutylog.Kind, field dutylog.Field) string {
	return cmp.Or(fieldOfKind[field][kind], Word(FieldNames, field))
}

// titleOf is how the paper of an entry is titled.
func titleOf(e dutylog.Entry) string { return cmp.Or(ofKind[e.Kind].title, "值班电话记录") }

// Head are the words above an entry: its title, what the time on it is, and what its number is; the
// last one is empty where it came by no telephone and so has none.
func Head(e dutylog.Entry, outbound bool) (title, when, number string) {
	title, when, number = titleOf(e), cmp.Or(ofKind[e.Kind].when, "来电时间"), "来电号码"
	if outbound || e.Kind == dutylog.KindOutgoing {
		when, number = "去电时间", "所拨号码"
	}
	if e.Late != nil {
		when = cmp.Or(ofKind[e.Kind].when, "接报时间")
	}
	if !byTelephone(e) {
		number = ""
	}
	return title, when, number
}

// byTelephone reports whether an entry has a number that a switch showed, or would have shown.
func byTelephone(e dutylog.Entry) bool {
	return e.CallID != "" || !slices.Contains(dutylog.Written(), e.Kind)
}
