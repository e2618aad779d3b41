package paper

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"dutyline/dutylog"
)

// IncidentFile is an incident with what its papers show of the entries and calls it names.
type IncidentFile struct {
	Incident dutylog.Incident
	Merged   []dutylog.Incident       // that were merged into it, and into those
	Numbers  map[int64]string         // how people call the incidents that it names
	Entries  map[string]dutylog.Entry // by id
	Calls    map[string]dutylog.Call  // by id
	Duty     dutylog.OnDuty           // who was on duty by the roster when it was reported first
	Phone    string                   // at which the unit is asked about it
}

// What stands for something that is not there.
const (
	notWritten = "（未填写）"
	notSigned  = "（尚未签发）"
	notSent    = "（尚未报送）"
)

// reportFields are what a report says of the event, in the order of Art. 18, and the word beside each.
var reportFields = []struct {
	element dutylog.Element
	name    string // on the form
	field   string // in a template
}{
	{dutylog.ElementUnit, "发生单位", "发生单位"}, {dutylog.ElementTime, "发生时间", "发生时间"}, {dutylog.ElementPlace, "发生地点", "发生地点"},
	{dutylog.ElementCause, "起　　因", "起因"}, {dutylog.ElementNature, "事件性质", "事件性质"}, {dutylog.ElementLosses, "物资损失情况", "物资损失情况"},
	{dutylog.ElementCasualties, "人员伤亡情况", "人员伤亡情况"}, {dutylog.ElementMeasures, "已采取的措施", "已采取的措施"}, {dutylog.ElementTrend, "事件发展态势", "事件发展态势"},
}

// ReportWords are the words of a report by the name of their field, for a template of a site.
func ReportWords(f Frame, x IncidentFile, r dutylog.Report) map[string]string {
	i, r := x.of(r)
	words := map[string]string{
		"标题": reportTitle(i, r), "期别": reportName(r), "编号": reportNumber(i, r), "报送单位": f.Unit, "报告时间": f.minute(reportedAt(f, r)),
		"签发人": signerWords(r), "签发": approvalWords(f, i, r, dutylog.PartSign), "审核": approvalWords(f, i, r, dutylog.PartReview),
		"事件类别": categoryWords(i.ClassifiedFor(r)), "主送": strings.Join(shortWords(dutylog.Recipients()), "、"), "正文": r.Text, "与上期不同": changeWords(f, i, r),
		"报送情况": lines(deliveryWords(f, x, r), mergedWords(f, x, i)), "联系人": writerOf(r), "联系电话": x.Phone,
	}
	for _, e := range reportFields {
		words[e.field] = cmp.Or(elementsOf(i, r)[e.element], notWritten)
	}
	return words
}

// Report is the sheet of one report 突发事件信息报告.
func Report(f Frame, x IncidentFile, r dutylog.Report) Sheet {
	w := ReportWords(f, x, r)
	i, r := x.of(r)
	s := Sheet{Name: "突发事件信息报告-" + reportNumber(i, r), Unit: f.Unit, Title: "突发事件信息报告", Size: 11, Foot: f.foot(),
		Under:      []string{"（" + w["期别"] + "）", "编号：" + w["编号"] + "　　签发人：" + w["签发人"]},
		Signatures: []string{"值班员", "值班处领导", "带班领导"}}
	pairs := []pair{{name: "标　　题", value: w["标题"], wide: true}, {name: "主　　送", value: w["主送"], wide: true},
		{name: "事件类别", value: w["事件类别"], wide: true}, {name: "报告时间", value: w["报告时间"]}, {name: "报送时限", value: cmp.Or(dueWords(f, r), "—")}}
	for _, e := range reportFields {
		pairs = append(pairs, pair{name: e.name, value: w[e.field]})
	}
	pairs = append(pairs, pair{name: "报告内容", value: cmp.Or(w["正文"], notWritten), wide: true, room: 6},
		pair{name: "与上期不同", value: w["与上期不同"], wide: true},
		pair{name: "签　　发", value: w["签发"], wide: true}, pair{name: "审　　核", value: w["审核"], wide: true},
		pair{name: "报送情况", value: w["报送情况"], wide: true},
		pair{name: "联 系 人", value: cmp.Or(w["联系人"], "—")}, pair{name: "联系电话", value: cmp.Or(w["联系电话"], "—")})
	s.Tables = []Table{{Name: "突发事件信息报告", Columns: formColumns, Form: true, Rows: formRows(pairs)}}
	s.Notes = append(reportNotes(f, i, r), mergedNotes(f, x, i, r)...)
	return s
}

// reportNotes say what the reader of the paper must not overlook.
func reportNotes(f Frame, i dutylog.Incident, r dutylog.Report) (notes []string) {
	if r.Version == 0 {
		notes = append(notes, "打印时本期报告尚未起草，所列要素为目前掌握的情况。")
	} else {
		notes = append(notes, "本页为第 "+count(r.Version)+" 版，共 "+count(len(r.Versions))+" 版。")
	}
	if lacking := r.LackingWords(); lacking != "" {
		notes = append(notes, "打印时尚未送达："+lacking+"。"+overWords(i.LateTo(r, f.switchNow())))
	} else if r.CoveredBy != 0 {
		notes = append(notes, "本期应报内容已在时限前由终报一并报告。")
	} else if r.SentAt.IsZero() {
		notes = append(notes, "打印时本期报告尚未报送。")
	}
	if r.Unapproved() || r.SentIn != 0 && r.Version == 0 && r.ApprovedAt.IsZero() {
		notes = append(notes, "本期报告已报送，打印时尚未签发。")
	}
	if r.SentLate() {
		notes = append(notes, "本期报告报送时间晚于时限 "+lasting(r.SentAt.Sub(r.DueAt))+"。")
	} else if late := lateWords(i, r, f.switchNow()); late != "" {
		notes = append(notes, "晚于时限送达："+late+"。")
	}
	if i.ClockReason != "" {
		notes = append(notes, "计时起点 "+f.minute(i.ClockStart)+"，接报时间 "+f.minute(i.ClockNatural)+"，说明："+i.ClockReason)
	}
	return notes
}

// lateWords name who got a report after its deadline, and how long after.
func lateWords(i dutylog.Incident, r dutylog.Report, now time.Time) string {
	var words []string
	for _, l := range i.LateTo(r, now) {
		if !l.At.IsZero() {
			words = append(words, wordsOf(dutylog.Recipients(), l.Recipient)+" "+lasting(l.At.Sub(r.DueTo(l.Recipient))))
		}
	}
	return strings.Join(words, "、")
}

// overWords say that the deadline of a report is over, for those who have not got it.
func overWords(late []dutylog.LateRecipient) string {
	if slices.ContainsFunc(late, func(l dutylog.LateRecipient) bool { return l.At.IsZero() }) {
		return "时限已过。"
	}
	return ""
}

// elementsOf are what the report says; before it is written, what is known.
func elementsOf(i dutylog.Incident, r dutylog.Report) map[dutylog.Element]string {
	if r.Version > 0 {
		return r.Elements
	}
	return i.Elements
}

func reportTitle(i dutylog.Incident, r dutylog.Report) string {
	e := elementsOf(i, r)
	what := cmp.Or(e[dutylog.ElementPlace]+e[dutylog.ElementNature], e[dutylog.ElementUnit], i.Title()) // as it was known then
	return "关于" + strings.ReplaceAll(what, " ", "") + "的" + stageNames[r.Stage]
}

// stageNames are what a report is called by its stage.
var stageNames = map[dutylog.Stage]string{dutylog.StageFirst: "初报", dutylog.StageWritten: "书面报告", dutylog.StageDetailed: "详细报告", dutylog.StageFollowUp: "续报", dutylog.StageFinal: "终报"}

// reportName tells one report from the others of its incident: follow-ups are numbered.
func reportName(r dutylog.Report) string {
	if r.Stage == dutylog.StageFollowUp || r.Nth > 1 {
		return stageNames[r.Stage] + "第 " + count(r.Nth) + " 期"
	}
	return stageNames[r.Stage]
}

func reportNumber(i dutylog.Incident, r dutylog.Report) string {
	return i.Number.String() + "-" + count(r.Number)
}

// reportedAt is when the report was made: when it went out, else when it was written.
func reportedAt(f Frame, r dutylog.Report) time.Time {
	switch {
	case !r.SentAt.IsZero():
		return r.SentAt
	case len(r.Versions) > 0:
		return r.Versions[len(r.Versions)-1].WrittenAt
	}
	return f.switchNow()
}

func dueWords(f Frame, r dutylog.Report) string {
	if r.DueAt.IsZero() {
		return ""
	}
	if r.SentLate() {
		return f.minute(r.DueAt) + "（超时）"
	}
	return f.minute(r.DueAt)
}

// writerOf is who wrote the newest version.
func writerOf(r dutylog.Report) string {
	if len(r.Versions) == 0 {
		return ""
	}
	return r.Versions[len(r.Versions)-1].By.Name
}

// approvalWords say who approved what stands, when and how; what was said of an older version is told as such.
func approvalWords(f Frame, i dutylog.Incident, r dutylog.Report, part dutylog.ApprovalPart) string {
	var said []string
	for _, a := range r.Approvals {
		if a.Part != part {
			continue
		}
		text := a.Name + "　" + f.minute(a.At) + "（" + approvalWay(f, i, a) + "）"
		if a.Version != r.Version {
			text += "，对第 " + count(a.Version) + " 版"
		}
		said = append(said, text)
	}
	if said == nil && part == dutylog.PartSign {
		return signerWords(r)
	}
	return cmp.Or(strings.Join(said, "\n"), "—")
}

// signerWords are who signed what stands; by telephone, and not confirmed by them, is said.
func signerWords(r dutylog.Report) string {
	if r.ByWord {
		return r.ApprovedBy + "（电话，未确认）"
	}
	return cmp.Or(r.ApprovedBy, notSigned)
}

func approvalWay(f Frame, i dutylog.Incident, a dutylog.ReportApproval) string {
	switch {
	case !a.ByPhone:
		return "本人登录"
	case !a.DeniedAt.IsZero():
		return phoneWords(a) + "，本人于 " + f.minute(a.DeniedAt) + " 否认：" + a.DeniedWhy
	case i.Unconfirmed(a, f.switchNow()):
		return phoneWords(a) + "，本人逾期未确认"
	case a.ConfirmedAt.IsZero():
		return phoneWords(a) + "，本人未确认"
	}
	return phoneWords(a) + "，本人于 " + f.minute(a.ConfirmedAt) + " 确认"
}

// phoneWords say that it was said by telephone, and where no call of the switch shows it.
func phoneWords(a dutylog.ReportApproval) string {
	if a.CallID == "" {
		return "电话（无录音），" + a.NotedBy.Name + "记录"
	}
	return joinWords("电话", a.NotedBy.Name+"记录", otherNumber(a.CallWith, a.CallReason))
}

// changeWords name what this report says otherwise than the one that went before it.
func changeWords(f Frame, i dutylog.Incident, r dutylog.Report) string {
	before := sentBefore(i, r)
	if before == nil {
		return firstWords(f, i, r)
	}
	var changed []string
	for _, e := range dutylog.ChangedElements(before.Elements, elementsOf(i, r)) {
		for _, w := range reportFields {
			if w.element == e {
				changed = append(changed, w.field+"："+cmp.Or(before.Elements[e], notWritten)+" → "+cmp.Or(elementsOf(i, r)[e], notWritten))
			}
		}
	}
	return cmp.Or(strings.Join(changed, "\n"), "与"+reportName(*before)+"相同")
}

// firstWords are what a report says that none in writing went before: it is the first of all, or the first in writing after
// what was told by telephone (Art. 20 asks for that first, and for the text afterwards).
func firstWords(f Frame, i dutylog.Incident, r dutylog.Report) string {
	told := i.SpokenBefore(r)
	if len(told) == 0 {
		return "首次报告"
	}
	words := make([]string, len(told))
	for n, o := range told {
		words[n] = reportName(o) + "（" + f.minute(o.WentOut()) + "）"
	}
	return "首次书面报告，此前已电话报告：" + strings.Join(words, "、")
}

// sentBefore is the report that was sent last before this one.
func sentBefore(i dutylog.Incident, r dutylog.Report) (last *dutylog.Report) {
	for n := range i.Reports {
		o := &i.Reports[n]
		if o.Number == r.Number || o.Version == 0 || o.SentAt.IsZero() || !r.SentAt.IsZero() && o.SentAt.After(r.SentAt) {
			continue
		}
		if last == nil || o.SentAt.After(last.SentAt) {
			last = o
		}
	}
	return last
}

// deliveryWords are the table of recipients and channels as lines, one a recipient.
func deliveryWords(f Frame, x IncidentFile, r dutylog.Report) string {
	var rows []string
	late := x.Incident.LateTo(r, f.switchNow())
	for _, to := range dutylog.Recipients() {
		var went []string
		for _, by := range dutylog.Channels() {
			for _, d := range r.Deliveries {
				if d.Recipient == to.Code && d.Channel == by.Code {
					went = append(went, by.Short+" "+f.minute(d.At)+deliveryProof(f, x, r, d))
				}
			}
		}
		for _, d := range r.Elsewhere {
			if d.Recipient == to.Code {
				went = append(went, shortOf(dutylog.Channels(), d.Channel)+" "+f.minute(d.At)+"（"+joinWords("由 "+x.named(d.SentIn)+" 报送", lateBy(x.Incident, r, d))+"）")
			}
		}
		none := "未报送"
		if slices.Contains(late, dutylog.LateRecipient{Recipient: to.Code}) {
			none = "未报送（时限已过）"
		}
		rows = append(rows, to.Words+"："+cmp.Or(strings.Join(went, "；"), none))
	}
	if len(r.Deliveries)+len(r.Elsewhere) == 0 {
		if r.SentIn > 0 {
			return f.minute(r.SentAt) + " 已随并入的事件报送"
		}
		return notSent
	}
	return strings.Join(rows, "\n")
}

// otherNumber says that the call which proves something was with another number, and why it proves it all the same.
func otherNumber(with, reason string) string {
	if reason == "" {
		return ""
	}
	if strings.HasPrefix(with, dutylog.ShortTalk) {
		return with + "，说明：" + reason
	}
	return "通话号码不符（" + with + "），说明：" + reason
}

// spokenFirst says that a report was told before there was a text: what the text says was not told by that.
func spokenFirst(f Frame, r dutylog.Report, d dutylog.Delivery) string {
	if d.Version > 0 || len(r.Versions) == 0 || r.Versions[0].At.Before(d.At) {
		return ""
	}
	return "先口头报告，文字于 " + f.sameDay(r.Versions[0].At, d.At) + " 补写"
}

// sameDay is a moment of the same day as another one by its time, else with its date.
func (f Frame) sameDay(at, other time.Time) string {
	if at, other := at.In(f.Zone), other.In(f.Zone); at.Format(time.DateOnly) == other.Format(time.DateOnly) {
		return at.Format("15:04")
	}
	return f.minute(at)
}

// lateBy says how long after the deadline its recipient got a report by a delivery; empty: in time, or they had it before.
func lateBy(i dutylog.Incident, r dutylog.Report, d dutylog.Delivery) string {
	if late := i.LateBy(r, d); late > 0 {
		return "晚于时限 " + lasting(late)
	}
	return ""
}

func deliveryProof(f Frame, x IncidentFile, r dutylog.Report, d dutylog.Delivery) string {
	var said []string
	if late := lateBy(x.Incident, r, d); late != "" {
		said = append(said, late)
	}
	if d.Receiver != "" {
		said = append(said, "接收人"+d.Receiver)
	}
	if c, ok := x.Calls[d.CallID]; ok {
		said = append(said, recordedWords(c))
		if !strings.Contains(d.CallWith, dutylog.ShortTalk) { // else it is said with the reason
			said = append(said, talkWords(c)...)
		}
	}
	if other := otherNumber(d.CallWith, d.CallReason); other != "" {
		said = append(said, other)
	}
	if d.Attachment > 0 {
		said = append(said, "有附件")
	}
	if d.Evidence != "" {
		said = append(said, d.Evidence)
	}
	if spoken := spokenFirst(f, r, d); spoken != "" {
		said = append(said, spoken)
	}
	if said == nil {
		return ""
	}
	return "（" + strings.Join(said, "，") + "）"
}

// recordedWords say whether a call that proves something can be heard.
func recordedWords(c dutylog.Call) string {
	if c.Recording.Digest != "" {
		return "有通话录音"
	}
	return "有通话，无录音"
}

// talkWords say how long the talk of a call was; of one that is not over, nothing.
func talkWords(c dutylog.Call) []string {
	if short := dutylog.TalkTooShort(c); short != "" {
		return []string{short}
	}
	if c.AnsweredAt.IsZero() || c.EndedAt.IsZero() {
		return nil
	}
	return []string{"通话 " + lasting(c.EndedAt.Sub(c.AnsweredAt))}
}

// categoryWords are the category in the words of the regulation, and why it is reported besides.
func categoryWords(category, trigger string) string {
	text := wordsOf(dutylog.IncidentCategories(), category)
	if trigger != "" {
		text += "（" + triggerWords(trigger) + "）"
	}
	return cmp.Or(text, "—")
}

// triggerWords are the triggers of an incident in the words of the regulation.
func triggerWords(trigger string) string {
	var words []string
	for _, code := range dutylog.TriggerCodes(trigger) {
		words = append(words, wordsOf(dutylog.IncidentTriggers(), code))
	}
	return strings.Join(words, "、")
}

// shortOf is the short word of a code.
func shortOf(set []dutylog.Word, code string) string {
	at := slices.IndexFunc(set, func(w dutylog.Word) bool { return w.Code == code })
	if at < 0 {
		return code
	}
	return set[at].Short
}

func wordsOf(set []dutylog.Word, code string) string {
	at := slices.IndexFunc(set, func(w dutylog.Word) bool { return w.Code == code })
	if at < 0 {
		return code
	}
	return set[at].Words
}

func shortWords(set []dutylog.Word) (words []string) {
	for _, w := range set {
		words = append(words, w.Words)
	}
	return words
}
