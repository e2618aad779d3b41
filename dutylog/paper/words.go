package paper

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"dutyline/dutylog"
	"dutyline/recorder"
	"dutyline/telephony"
)

// The Chinese words of what stands on paper: those of the page. A test sees to it that no field,
// kind or outcome lacks its word.
var (
	FieldNames = map[dutylog.Field]string{
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
		dutylog.LateReason:       "补录原因",
		dutylog.PaperSheet:       "纸质单编号",
		dutylog.PaperScan:        "纸质单扫描件",
		dutylog.StepTexts:        "办理过程",
		dutylog.CorrectionText:   "更正原因",
	}
	KindNames = map[dutylog.Kind]string{
		dutylog.KindDuty: "值班来电", dutylog.KindMissed: "未接来电", dutylog.KindWrongNumber: "打错电话", dutylog.KindNuisance: "骚扰电话",
		dutylog.KindSpotCheck: "抽查电话", dutylog.KindOutgoing: "去电", dutylog.KindStep: "办理通话", dutylog.KindNonDuty: "非值班通话",
		dutylog.KindFax: "传真", dutylog.KindWeChat: "微信", dutylog.KindVisit: "来访", dutylog.KindPatrol: "巡查", dutylog.KindWarning: "预警",
	}
	StepNames = map[dutylog.StepKind]string{
		dutylog.StepReceived: "接报", dutylog.StepReported: "上报", dutylog.StepInstructed: "批示", dutylog.StepPassedOn: "转办",
		dutylog.StepAcknowledged: "签收", dutylog.StepFedBack: "反馈", dutylog.StepClosed: "办结",
	}
	StateNames = map[dutylog.EntryState]string{dutylog.Open: "未完成", dutylog.Complete: "已完成"}
	GapNames   = map[dutylog.GapWhy]string{dutylog.NotGiven: "未提供", dutylog.Refused: "拒绝提供", dutylog.NotPossible: "无法复述"}

	OutcomeNames = map[telephony.Outcome]string{
		telephony.AnsweredInTime: "按时接听", telephony.AnsweredLate: "超时接听", telephony.Missed: "未接", telephony.AbandonedEarly: "对方提前挂断",
		telephony.Engaged: "占线", telephony.Rejected: "拒接", telephony.Unreachable: "话机不可达", telephony.Forwarded: "被转移",
		telephony.AnsweredElsewhere: "其他话机接听", telephony.AnsweredByMachine: "机器接听", telephony.Unknown: "情况不明",
		telephony.PlacedAnswered: "去电接通", telephony.PlacedUnanswered: "去电无人接", telephony.PlacedFailed: "去电失败",
	}
	RecordingNames = map[recorder.Status]string{
		recorder.None: "本次通话未接通，没有录音", recorder.Pending: "录音正在归档", recorder.Sealed: "录音已封存",
		recorder.Missing: "没有找到录音", recorder.Failed: "录音归档失败", recorder.Expired: "录音已到保存期限，按规定删除", recorder.Erased: "录音已按决定删除",
		"": "没有录音",
	}
	postNames = map[dutylog.Post]string{dutylog.PostOfficer: "值班员", dutylog.PostChief: "值班处领导", dutylog.PostLeader: "带班领导"}
)

// Word is the word of a value; what has none is shown as it is, never hidden.
func Word[T ~string](names map[T]string, v T) string {
	if name, ok := names[v]; ok {
		return name
	}
	return string(v)
}

// GapName is why a value is not there.
func GapName(f dutylog.Field, why dutylog.GapWhy) string {
	if name, ok := notPossible[f]; ok && why == dutylog.NotPossible {
		return name
	}
	return Word(GapNames, why)
}

// Known causes of what was not seen, by a mark in the daemon's English sentence.
var causes = []struct {
	mark *regexp.Regexp
	word string
}{
	{regexp.MustCompile(`daemon was not running`), "值班系统停机或看不到交换机"},
	{regexp.MustCompile(`link to the switch was lost`), "与交换机的连接中断"},
	{regexp.MustCompile(`switch ended and was started again`), "交换机停机后重新启动"},
	{regexp.MustCompile(`no journal of the switch is configured`), "没有配置交换机流水"},
	{regexp.MustCompile(`folder of the switch's journal does not exist`), "交换机流水的目录不存在"},
	{regexp.MustCompile(`(^|; )the switch's journal does not exist`), "交换机流水文件不存在"},
	{regexp.MustCompile(`journal may not be read`), "无权读取交换机流水"},
	{regexp.MustCompile(`it is not written`), "交换机流水没有写入"},
	{regexp.MustCompile(`rows of the switch's journal are lost`), "交换机流水缺失部分记录"},
	{regexp.MustCompile(`journal cannot be read|journal is no file`), "交换机流水无法读取"},
	{regexp.MustCompile(`journal says cannot be stored`), "值班日志无法写入"},
	{regexp.MustCompile(`duty log did not exist yet`), "值班日志尚未启用"},
}

// causeWords says in Chinese why something was not seen; what is not known stays as it is.
func causeWords(cause string) string {
	var said []string
	for _, c := range causes {
		if c.mark.MatchString(cause) {
			said = append(said, c.word)
		}
	}
	if said == nil {
		return cause
	}
	return strings.Join(said, "、")
}

// numberText is a number as it is dialled within the country, its area code set apart.
func numberText(n telephony.Number) string {
	within, ok := strings.CutPrefix(n.E164, "+86")
	switch {
	case n.Withheld():
		return "未显示号码"
	case !ok || len(within) < 9:
		return n.Raw
	case within[0] == '1' && len(within) == 11 || within[1:3] == "00":
		return within
	case within[0] == '2' || strings.HasPrefix(within, "10"):
		return "0" + within[:2] + "-" + within[2:]
	}
	return "0" + within[:3] + "-" + within[3:]
}

// lasting is how long something was, for people.
func lasting(d time.Duration) string {
	s := int64(d / time.Second)
	switch {
	case s < 1:
		return "不足 1 秒"
	case s < 60:
		return count(s) + " 秒"
	case s < 3600 && s%60 == 0:
		return count(s/60) + " 分钟"
	case s < 3600:
		return count(s/60) + " 分 " + count(s%60) + " 秒"
	}
	return count(s/3600) + " 小时 " + count(s%3600/60) + " 分"
}

func count[T int | int64](n T) string { return strconv.FormatInt(int64(n), 10) }

func whollyErased(e dutylog.Entry) bool {
	return slices.ContainsFunc(e.Erased, func(x dutylog.Erasure) bool { return len(x.Fields) == 0 })
}
