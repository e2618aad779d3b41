package paper

import (
	"cmp"
	"strings"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// Handover is the sheet of a handover 交接班记录. Without a number it is the sheet of this moment, which
// nobody has confirmed yet.
func Handover(f Frame, h dutylog.Handover, s dutylog.Sheet) Sheet {
	p := Sheet{Name: "交接班记录-" + f.Now.In(f.Zone).Format("2006-01-02-1504"), Unit: f.Unit, Title: "交接班记录", Size: 11, Foot: f.foot(),
		Under:      []string{"打印时的情况，尚未交接"},
		Signatures: []string{"交班人", "接班人", "值班处领导", "带班领导"}}
	if h.ID > 0 {
		p.Name, p.Under = "交接班记录-"+count(h.ID), []string{"第 " + count(h.ID) + " 号　" + f.minute(h.At)}
	}
	pairs := append(partyPairs(f, h, s), statePairs(f, s)...)
	if len(s.Incidents) > 0 { // an older sheet does not say whether there were any
		pairs = append(pairs, partPair("突发事件\n及批示", "", s.Incidents, s.Rest().Incidents, "“突发事件”页", func(i dutylog.OpenIncident) string { return incidentWords(f, i) }))
	}
	pairs = append(pairs,
		partPair("需继续办理", "没有未办结的条目", s.Matters, s.Rest().Matters, "“检索”页", func(m dutylog.Matter) string { return matterWords(f, m) }),
		partPair("未解除告警", "没有未解除的告警", s.Alerts, s.Rest().Alerts, "“告警”页", func(a dutylog.OpenAlert) string { return alertWords(f, a) }),
		listPair("定期事项", "没有到期未办的定期事项", s.Duties, func(d dutylog.OpenDuty) string {
			return f.moment(d.DueAt) + "　" + cmp.Or(dutyStates[d.State], d.State) + "　" + d.Title
		}),
		listPair("本班盲区", "没有盲区", s.Blind, unseenWords(f)))
	if s.Tells() {
		pairs = append(pairs, listPair("交换机停机", "没有停机", s.Down, unseenWords(f)))
	}
	pairs = append(pairs, pair{name: "交班人\n补充说明", value: s.Remarks, wide: true, room: 4})
	if h.ID > 0 {
		pairs = append(pairs, confirmedPair(f, h), pair{name: "交接单摘要", value: "SHA-256：" + h.Digest, wide: true})
	}
	if h.ErasedBy > 0 {
		p.Notes = append(p.Notes, "部分内容已依第 "+count(h.ErasedBy)+" 号删除决定抹去，摘要仍为交接时原文的摘要。")
	}
	p.Tables = []Table{{Name: "交接班记录", Columns: formColumns, Form: true, Rows: formRows(pairs)}}
	return p
}

// unseenWords say when nobody saw, or nobody could call, and why.
func unseenWords(f Frame) func(dutylog.Unseen) string {
	return func(u dutylog.Unseen) string {
		to := "至今"
		if u.To != nil {
			to = f.moment(u.To)
		}
		return f.moment(u.From) + "—" + to + "，原因：" + causeWords(u.Cause)
	}
}

// partyPairs say who hands over to whom, and of which time.
func partyPairs(f Frame, h dutylog.Handover, s dutylog.Sheet) []pair {
	outgoing, until := cmp.Or(h.Outgoing.Name, s.Outgoing, "首次接班，无交班人"), "—"
	if h.ID > 0 {
		until = f.minute(h.At)
	}
	return []pair{{name: "交班人", value: outgoing}, {name: "接班人", value: cmp.Or(h.Incoming.Name, "—")},
		{name: "本班起", value: cmp.Or(f.moment(s.From), "—")}, {name: "交接时间", value: until}}
}

// statePairs say what the shift had, and how the line is.
func statePairs(f Frame, s dutylog.Sheet) []pair {
	c := s.Counts
	had := "来电 " + count(c.Calls) + " 个，其中未接 " + count(c.Missed) + " 个、超时接听 " + count(c.Late) + " 个；去电 " + count(c.Outgoing) + " 个；新开条目 " + count(c.Entries) + " 条"
	if c.Waiting > 0 {
		had += "；待回拨来电人 " + count(c.Waiting) + " 名"
	}
	if c.Others > 0 { // an older sheet, which counts calls
		had += "；其他未接通来电待回拨 " + count(c.Others) + " 个"
	}
	test := "没有做过拨测"
	if s.Test != nil {
		test = f.moment(s.Test.At) + "　" + cmp.Or(testVerdicts[s.Test.Verdict], s.Test.Verdict)
	}
	return []pair{{name: "本班情况", value: had, wide: true}, {name: "线路体检", value: lampWords(s.Lamps), wide: true}, {name: "最近拨测", value: test, wide: true}}
}

func lampWords(lamps []dutylog.LampSeen) string {
	named := func(state string) (names []string) {
		for _, l := range lamps {
			if l.State == state {
				names = append(names, cmp.Or(lampNames[l.Lamp], l.Lamp))
			}
		}
		return names
	}
	if len(lamps) == 0 {
		return "体检结果不明"
	}
	var said []string
	if bad := named("bad"); bad != nil {
		said = append(said, "异常："+strings.Join(bad, "、"))
	}
	if dark := named("unknown"); dark != nil {
		said = append(said, "情况不明："+strings.Join(dark, "、"))
	}
	if good := named("good"); good != nil {
		said = append(said, count(len(good))+" 项正常")
	}
	return strings.Join(said, "；")
}

// listPair is a list across the form, each of its things on a line with a number.
func listPair[T any](name, none string, list []T, words func(T) string) pair {
	return partPair(name, none, list, 0, "", words)
}

// partPair is a listPair of which the sheet has no room for all: the last line says how many MORE there are, and where.
func partPair[T any](name, none string, list []T, more int, where string, words func(T) string) pair {
	if len(list) == 0 {
		return pair{name: name, value: none, wide: true}
	}
	rows := make([]string, len(list))
	for i, x := range list {
		rows[i] = count(i+1) + ". " + words(x)
	}
	if more > 0 {
		rows = append(rows, "另有 "+count(more)+" 件未列出，共 "+count(len(list)+more)+" 件，见"+where)
	}
	return pair{name: name, value: strings.Join(rows, "\n"), wide: true}
}

func matterWords(f Frame, m dutylog.Matter) string {
	text := m.EntryNumber + "　" + f.moment(m.At) + "　" + matterKind(m) + "　" + pressed(m.Urgency) + partyWords(m)
	if m.Late {
		text += "（补录）"
	}
	if m.Handling != "" && len(m.Steps) == 0 { // an older sheet, which has the one word
		text += "（" + Word(StepNames, dutylog.StepKind(m.Handling)) + "）"
	}
	if m.What != "" {
		text += "：" + m.What
	}
	names := make([]string, len(m.Missing))
	for i, field := range m.Missing {
		names[i] = FieldName(m.Kind, field)
	}
	if len(names) > 0 {
		text += "（待补：" + strings.Join(names, "、") + "）"
	}
	if m.Earlier > 0 {
		text += "\n　此前另有 " + count(m.Earlier) + " 步，见该条目"
	}
	for _, s := range m.Steps {
		text += "\n　" + openStepWords(f, s)
	}
	return text
}

// partyWords say who it was and the number to call back; one without a name has the word for no number, too.
func partyWords(m dutylog.Matter) string {
	number := telephony.ParseNumber(m.Number, "")
	if m.Who != "" && number.Withheld() {
		return m.Who
	}
	return spaced(m.Who, numberText(number))
}

// matterKind is what a matter is. A call that nobody answered has the word under which the sheet's figures count it;
// an older sheet does not know how it ended.
func matterKind(m dutylog.Matter) string {
	word := Word(KindNames, m.Kind)
	if m.Outcome != "" {
		word = Word(OutcomeNames, m.Outcome)
	}
	if m.CallBack {
		word += "【待回拨】"
	}
	return word
}

// openStepWords say of a step when it was done, by whom, what it was, to whom, and until when it is to be answered.
func openStepWords(f Frame, s dutylog.OpenStep) string {
	text := spaced(f.moment(s.At), stepName(dutylog.Step{Kind: s.Kind, Channel: s.Channel}), s.Whom)
	if s.Text != "" {
		text += "：" + s.Text
	}
	if s.Due != nil {
		text += "（时限 " + f.moment(s.Due) + "）"
	}
	if s.Written != nil {
		return text + "（" + s.By + "于 " + f.moment(s.Written) + " 补记）"
	}
	return text + "（" + s.By + "）"
}

// incidentWords is an incident with what is due next, and a line for each instruction that is open.
func incidentWords(f Frame, i dutylog.OpenIncident) string {
	text := i.Number + "　" + f.moment(i.ClockStart) + "接报　" + i.Title
	if i.Next != "" {
		text += "（下一报：" + i.Next + "，时限 " + f.moment(i.DueAt) + "）"
	}
	if len(i.Unapproved) > 0 {
		text += "（已报未签发：" + strings.Join(i.Unapproved, "、") + "）"
	}
	if len(i.Lacking) > 0 {
		text += "（未送达：" + strings.Join(i.Lacking, "；") + "）"
	}
	if len(i.Waiting) > 0 {
		text += "（电话签批待本人确认：" + strings.Join(i.Waiting, "、") + "）"
	}
	for _, x := range i.Instructions {
		text += "\n　批示 " + f.moment(x.At) + "　" + x.Whom + "：" + x.Text
		if x.DueAt != nil {
			text += "（办理时限 " + f.moment(x.DueAt) + "）"
		}
	}
	return text
}

func alertWords(f Frame, a dutylog.OpenAlert) string {
	by := "尚无人处理"
	if a.By != "" {
		by = a.By + "处理中"
	}
	title := a.Title
	if _, err := dutylog.ParseEntryNumber(a.Detail); err == nil { // which entry is not finished
		title += "：" + a.Detail
	}
	return f.moment(a.At) + "　" + cmp.Or(severityNames[a.Severity], a.Severity) + "　" + title + "（" + by + "）"
}

// pressed is how urgent a matter is, before everything else that is said of it.
func pressed(urgency string) string {
	if urgency == "" {
		return ""
	}
	return "【" + urgency + "】"
}

// confirmedPair says who confirmed with a login of their own; the lines below are for their hands.
func confirmedPair(f Frame, h dutylog.Handover) pair {
	var said []string
	for _, part := range dutylog.Parts() {
		c, ok := h.Confirmed(part)
		switch {
		case ok:
			said = append(said, Word(partNames, part)+"："+c.By.Name+"　"+f.minute(c.At))
		case part == dutylog.PartOutgoing && h.Unsigned != "":
			said = append(said, Word(partNames, part)+"：未确认，原因："+h.Unsigned)
		case part != dutylog.PartOutgoing || h.Outgoing.Login != "":
			said = append(said, Word(partNames, part)+"：未确认")
		}
	}
	return pair{name: "系统内确认", value: strings.Join(said, "\n"), wide: true}
}

// moment is a time of a document to the minute; empty where there is none.
func (f Frame) moment(text *string) string {
	if text == nil {
		return ""
	}
	at, err := time.Parse(time.RFC3339Nano, *text)
	if err != nil {
		return *text
	}
	return f.minute(at)
}

// The words of what a handover's sheet names by marks of its own: those of the page.
var (
	partNames = map[dutylog.Part]string{dutylog.PartOutgoing: "交班人", dutylog.PartIncoming: "接班人", dutylog.PartChief: "值班处领导", dutylog.PartLeader: "带班领导"}
	lampNames = map[string]string{"phone": "话机", "hook": "挂机", "engaged": "遇忙", "device": "设备", "trunk": "中继", "proof": "来电", "record": "录音",
		"journal": "流水", "disk": "磁盘", "clock": "时钟", "page": "页面", "officer": "值班员", "beat": "心跳"}
	testVerdicts = map[string]string{"reachable": "畅通", "forwarded": "转到别处", "custom_ringback": "彩铃", "busy": "遇忙", "no_ring": "不响铃", "cannot_tell": "无法判定"}
	dutyStates   = map[string]string{string(dutylog.TaskDue): "待办", string(dutylog.TaskOverdue): "逾期", string(dutylog.TaskMissed): "漏办"}

	severityNames = map[string]string{"critical": "紧急", "warning": "注意", "info": "提示"}
)
