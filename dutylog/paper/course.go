package paper

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"dutyline/dutylog"
)

// FactNames are the words of what can happen in the course of an incident: those of the page.
var FactNames = map[dutylog.FactKind]string{
	dutylog.FactOpened: "建立事件", dutylog.FactLinked: "关联接报", dutylog.FactClassified: "事件定类", dutylog.FactElements: "更新要素", dutylog.FactClockMoved: "调整计时起点",
	dutylog.FactWritten: "起草报告", dutylog.FactReviewed: "审核", dutylog.FactSigned: "签发", dutylog.FactConfirmed: "确认签批", dutylog.FactDenied: "否认签批",
	dutylog.FactDelivered: "报送", dutylog.FactCalledOut: "通知", dutylog.FactScene: "现场", dutylog.FactInstructed: "批示", dutylog.FactConveyed: "传达批示",
	dutylog.FactFedBack: "反馈批示", dutylog.FactInstrClosed: "批示办结", dutylog.FactClosed: "事件办结", dutylog.FactReopened: "重新启动", dutylog.FactMerged: "并入其他事件",
	dutylog.FactAbsorbed: "并入本事件", dutylog.FactDiffers: "接报说法不一", dutylog.FactStruck: "划去记录",
}

// Course is the sheet of an incident's whole course 处置过程: what happened when, to the minute, whoever
// wrote it and however late.
func Course(f Frame, x IncidentFile) Sheet {
	i := x.Incident
	s := Sheet{Name: "突发事件处置过程-" + i.Number.String(), Unit: f.Unit, Title: "突发事件处置过程", Size: 9, Foot: f.foot(), Signatures: signers(),
		Under: []string{i.Number.String() + "　" + i.Title() + "　" + shortOf(dutylog.IncidentCategories(), i.Category), clockWords(f, i) + "　" + endWords(f, x), dutyWords(x.Duty)}}
	t := Table{Name: "处置过程", Columns: []Column{{"序号", 12, true}, {"时间", 28, true}, {"事项", 24, true}, {"内容", 57, false}, {"记录人", 18, true}, {"条目", 25, true}, {"通话、录音", 22, true}}}
	all := x.happenings()
	day := ""
	for n, h := range all {
		if d := f.day(happened(h.fact)); d != day {
			day = d
			t.Rows = append(t.Rows, Row{Cells: []string{d}, Strong: true})
		}
		t.Rows = append(t.Rows, courseRow(f, x, h, n+1, placeOf(all, h)))
	}
	s.Tables = []Table{t}
	if signed := signTable(f, x); len(signed.Rows) > 0 {
		s.Tables = append(s.Tables, signed)
	}
	s.Notes = append(s.Notes, "时间后注明“补记”的，为事后写入；划去的记录仍列出，并注明原因。")
	for _, o := range x.Merged {
		s.Notes = append(s.Notes, "注明“原 "+o.Number.String()+"”的，为该事件并入（"+f.minute(o.EndedAt)+"）前后的记录。")
	}
	return s
}

// happening is a fact, and of which incident it is.
type happening struct {
	of   dutylog.Incident
	fact dutylog.IncidentFact
}

// happenings are the facts of an incident and of those that were merged into it, in the order of what happened. Of an
// entry that came over with the merge, the link that counts now is enough.
func (x IncidentFile) happenings() (all []happening) {
	for n, i := range append([]dutylog.Incident{x.Incident}, x.Merged...) {
		for _, at := range inTime(i.Facts) {
			f := i.Facts[at]
			if n > 0 && f.Kind == dutylog.FactLinked && f.Struck == nil && x.Incident.Has(f.Body.Entry) {
				continue
			}
			all = append(all, happening{i, f})
		}
	}
	slices.SortStableFunc(all, func(a, b happening) int { return happened(a.fact).Compare(happened(b.fact)) })
	return all
}

// placeOf is the number, in the list, of the fact that another one strikes out; 0: it strikes none.
func placeOf(all []happening, h happening) int {
	if h.fact.Kind != dutylog.FactStruck {
		return 0
	}
	return 1 + slices.IndexFunc(all, func(o happening) bool { return o.of.ID == h.of.ID && o.fact.Seq == h.fact.Body.Fact })
}

func clockWords(f Frame, i dutylog.Incident) string {
	if i.ClockReason == "" {
		return "接报时间（计时起点）：" + f.minute(i.ClockStart)
	}
	return "接报时间：" + f.minute(i.ClockNatural) + "　计时起点：" + f.minute(i.ClockStart) + "（" + i.ClockReason + "）"
}

func endWords(f Frame, x IncidentFile) string {
	i := x.Incident
	switch i.State {
	case dutylog.IncidentClosed:
		return "办结：" + f.minute(i.EndedAt)
	case dutylog.IncidentMerged:
		return "已于 " + f.minute(i.EndedAt) + " 并入 " + x.named(i.MergedInto)
	}
	return "打印时尚未办结"
}

// happened is when something was so: of a linked entry, when it came.
func happened(f dutylog.IncidentFact) time.Time {
	if f.Kind == dutylog.FactLinked && f.Body.Intake != nil {
		return *f.Body.Intake
	}
	return f.At
}

// inTime are the places of the facts in the order of what happened; of what happened together, what was written first.
func inTime(facts []dutylog.IncidentFact) []int {
	order := make([]int, len(facts))
	for n := range facts {
		order[n] = n
	}
	slices.SortStableFunc(order, func(a, b int) int { return happened(facts[a]).Compare(happened(facts[b])) })
	return order
}

func courseRow(f Frame, x IncidentFile, h happening, number, strikes int) Row {
	fact, whose := h.fact, Word(FactNames, h.fact.Kind)
	if h.of.ID != x.Incident.ID {
		x.Incident, whose = h.of, whose+"\n原 "+h.of.Number.String()
	}
	at, written := happened(fact).In(f.Zone), fact.WrittenAt.In(f.Zone)
	when := at.Format("15:04")
	switch {
	case !dutylog.WrittenAfterwards(at, written):
	case written.Format(time.DateOnly) == at.Format(time.DateOnly):
		when += "\n补记 " + written.Format("15:04")
	default:
		when += "\n补记 " + written.Format("01-02 15:04")
	}
	what := factWords(f, x, fact)
	if strikes > 0 {
		what = "第 " + count(strikes) + " 项，原因：" + fact.Body.Reason
	}
	if fact.Struck != nil {
		what = lines(what, "【已由"+fact.Struck.By.Name+"于 "+f.minute(fact.Struck.At)+" 划去："+fact.Struck.Reason+"】")
	}
	row := Row{Cells: []string{count(number), when, whose, what, fact.By.Name, "—", "—"}}
	call := fact.Body.CallID
	if e, ok := x.Entries[fact.Body.Entry]; ok {
		row.Cells[5], row.Beside = e.EntryNumber.String(), e.ID
		call = cmp.Or(call, e.CallID) // that of whoever reported it
	}
	if c, ok := x.Calls[call]; ok {
		row.Cells[6], row.Call = callWords(f, c), c.ID
	}
	return row
}

// callWords are when a call came or was made, and whether its recording is there to be heard.
func callWords(f Frame, c dutylog.Call) string {
	recorded := "无录音"
	if c.Recording.Digest != "" {
		recorded = "有录音"
	}
	return c.OfferedAt.In(f.Zone).Format("15:04") + " 通话\n" + recorded
}

// signTable is which reports are owed and went out, until when and when, and who reviewed and signed them; after the
// incident's own reports those of incidents that were merged into it, each under its number. A report that is neither owed
// nor begun is left out.
func signTable(f Frame, x IncidentFile) Table {
	t := Table{Name: "审核、签发", Columns: []Column{{"报告", 26, true}, {"报送时限", 30, true}, {"报出时间", 30, true}, {"审核", 50, false}, {"签发", 50, false}}}
	add := func(i dutylog.Incident, r dutylog.Report) {
		sent := sentWords(f, i, r)
		if r.Version == 0 && sent == "" {
			return
		}
		name := reportName(r)
		if i.ID != x.Incident.ID {
			name += "\n原 " + i.Number.String()
		}
		reviewed, signed := approvalWords(f, i, r, dutylog.PartReview), approvalWords(f, i, r, dutylog.PartSign)
		if r.Version == 0 && r.SentAt.IsZero() { // there is nothing to sign
			reviewed, signed = "—", "—"
		}
		t.Rows = append(t.Rows, Row{Cells: []string{name, cmp.Or(dueWords(f, r), "—"), cmp.Or(sent, notSent), reviewed, signed}})
	}
	type which struct {
		incident int64
		report   int
	}
	shown := map[which]bool{}
	for _, r := range x.Incident.Reports {
		i, r := x.of(r)
		add(i, r)
		shown[which{i.ID, r.Number}] = true
	}
	for _, o := range x.Merged {
		for _, r := range o.Reports {
			if r.SentIn == 0 && !shown[which{o.ID, r.Number}] {
				add(o, r)
			}
		}
	}
	return t
}

// sentWords are when a report went out, or that it is owed and did not; empty: nothing of either.
func sentWords(f Frame, i dutylog.Incident, r dutylog.Report) string {
	switch {
	case !r.SentAt.IsZero():
		return f.minute(r.SentAt)
	case slices.ContainsFunc(i.Unreported(), func(o dutylog.Report) bool { return o.Number == r.Number }):
		return "未报送即办结"
	case r.DueAt.IsZero():
		return ""
	case f.switchNow().After(r.DueAt):
		return "未报送（时限已过）"
	}
	return notSent
}

// dutyWords are who led the duty when the incident was reported first, by the roster.
func dutyWords(on dutylog.OnDuty) string {
	who := func(p dutylog.Post) string { return cmp.Or(on[p].Name, "—") }
	return "接报时值班：值班员 " + who(dutylog.PostOfficer) + "　值班处（科）领导 " + who(dutylog.PostChief) + "　带班领导 " + who(dutylog.PostLeader)
}

// factWords are what one fact says.
func factWords(f Frame, x IncidentFile, fact dutylog.IncidentFact) string {
	b := fact.Body
	switch fact.Kind {
	case dutylog.FactOpened:
		return x.Incident.Number.String()
	case dutylog.FactLinked:
		return entryWords(x, b.Entry) + movedBack(f, b)
	case dutylog.FactClassified:
		return wordsOf(dutylog.IncidentCategories(), b.Category) + bracketed(triggerWords(b.Trigger))
	case dutylog.FactElements:
		return elementWords(b.Elements)
	case dutylog.FactDiffers:
		return joinWords(b.From, elementWords(b.Elements))
	case dutylog.FactClockMoved:
		return f.moved(b.Was) + " → " + f.moved(b.Start) + "，原因：" + b.Reason
	case dutylog.FactDelivered:
		return deliveredWords(f, x, fact)
	case dutylog.FactCalledOut:
		return joinWords(wordsOf(dutylog.CalloutRoles(), b.Part), b.Whom, b.Phone, wordsOf(dutylog.CalloutResults(), b.Result))
	case dutylog.FactScene:
		return joinWords(wordsOf(dutylog.SceneKinds(), b.Part), b.Whom, b.Text)
	case dutylog.FactStruck:
		return "原因：" + b.Reason
	}
	return reportFactWords(f, x, fact)
}

// reportFactWords are what a fact says of a report, an instruction, or the incident's end.
func reportFactWords(f Frame, x IncidentFile, fact dutylog.IncidentFact) string {
	b := fact.Body
	switch fact.Kind {
	case dutylog.FactWritten:
		return lines(x.reportWords(b.Report)+"，第 "+count(b.Version)+" 版", b.Text)
	case dutylog.FactReviewed, dutylog.FactSigned:
		by := cmp.Or(b.Name, fact.By.Name)
		if b.Login != "" {
			by += "（" + phoneWords(dutylog.ReportApproval{CallID: b.CallID, CallWith: b.CallWith, CallReason: b.CallReason, NotedBy: fact.By}) + "）" + waitWords(f, x.Incident, fact.Seq)
		}
		return x.reportWords(b.Report) + "，第 " + count(b.Version) + " 版，" + by
	case dutylog.FactConfirmed, dutylog.FactDenied:
		return joinWords(x.reportWords(b.Report), fact.By.Name, b.Reason)
	case dutylog.FactInstructed:
		text := joinWords(b.Whom + "批示：" + b.Text)
		if b.Attachment != 0 {
			text += "（附批示照片）"
		}
		if b.Due != nil {
			text += "（" + f.minute(*b.Due) + " 前反馈）"
		}
		return text
	case dutylog.FactMerged, dutylog.FactAbsorbed:
		return joinWords(x.named(b.Incident), b.Reason)
	}
	return joinWords(b.Whom, b.Text, b.Reason)
}

// deliveredWords are that a report went out, and what proves it.
func deliveredWords(f Frame, x IncidentFile, fact dutylog.IncidentFact) string {
	b := fact.Body
	d := dutylog.Delivery{Version: b.Version, Recipient: b.Recipient, At: fact.At, Receiver: b.Receiver, CallID: b.CallID, Attachment: b.Attachment, Evidence: b.Evidence, CallWith: b.CallWith, CallReason: b.CallReason}
	r, _ := x.Incident.Report(b.Report)
	return x.reportWords(b.Report) + "：" + wordsOf(dutylog.Recipients(), b.Recipient) + "，" + wordsOf(dutylog.Channels(), b.Channel) + deliveryProof(f, x, r, d)
}

// waitWords say of an approval by telephone that its person has not confirmed it.
func waitWords(f Frame, i dutylog.Incident, fact int) string {
	for _, r := range i.Reports {
		for _, a := range r.Approvals {
			switch {
			case a.Fact != fact || !a.Waits():
			case i.Unconfirmed(a, f.switchNow()):
				return "，本人逾期未确认"
			default:
				return "，本人未确认"
			}
		}
	}
	return ""
}

// moved is a moment that a fact may have.
func (f Frame) moved(t *time.Time) string {
	if t == nil {
		return "—"
	}
	return f.minute(*t)
}

// movedBack says that an older entry moved the start of the clock.
func movedBack(f Frame, b dutylog.FactBody) string {
	if b.Was == nil || b.Intake == nil || !b.Intake.Before(*b.Was) {
		return ""
	}
	return "\n接报时间由 " + f.minute(*b.Was) + " 提前到 " + f.minute(*b.Intake)
}

func entryWords(x IncidentFile, id string) string {
	e, ok := x.Entries[id]
	if !ok {
		return id
	}
	who := strings.TrimSpace(said(e, dutylog.CallerUnit) + " " + said(e, dutylog.CallerPerson))
	return lines(joinWords(e.EntryNumber.String(), Word(KindNames, e.Kind), cmp.Or(who, contact(e))), said(e, dutylog.Content))
}

func elementWords(of map[dutylog.Element]string) string {
	var all []string
	for _, w := range reportFields {
		if v, ok := of[w.element]; ok {
			all = append(all, w.field+"："+cmp.Or(v, notWritten))
		}
	}
	return strings.Join(all, "\n")
}

func (x IncidentFile) reportWords(number int) string {
	if r, ok := x.Incident.Report(number); ok {
		return reportName(r)
	}
	return "第 " + count(number) + " 号报告"
}

func joinWords(words ...string) string {
	words = slices.DeleteFunc(words, func(s string) bool { return s == "" })
	return strings.Join(words, "，")
}

func bracketed(text string) string {
	if text == "" {
		return ""
	}
	return "（" + text + "）"
}
