package main

import (
	"dutyline/dutylog"
	"dutyline/recorder"
	"dutyline/telephony"
)

// The Chinese words of an exhibit: those of the page.
var (
	kindNames = map[dutylog.Kind]string{
		dutylog.KindDuty: "值班来电", dutylog.KindMissed: "未接来电", dutylog.KindWrongNumber: "打错电话", dutylog.KindNuisance: "骚扰电话",
		dutylog.KindSpotCheck: "抽查电话", dutylog.KindOutgoing: "去电", dutylog.KindStep: "办理通话", dutylog.KindNonDuty: "非值班通话",
		dutylog.KindFax: "传真", dutylog.KindWeChat: "微信", dutylog.KindVisit: "来访", dutylog.KindPatrol: "巡查", dutylog.KindWarning: "预警",
	}
	stepNames = map[dutylog.StepKind]string{
		dutylog.StepReceived: "接报", dutylog.StepReported: "上报", dutylog.StepInstructed: "批示", dutylog.StepPassedOn: "转办",
		dutylog.StepAcknowledged: "签收", dutylog.StepFedBack: "反馈", dutylog.StepClosed: "办结",
	}
	stateNames = map[dutylog.EntryState]string{dutylog.Open: "未完成", dutylog.Complete: "已完成"}
	gapNames   = map[dutylog.GapWhy]string{dutylog.NotGiven: "未提供", dutylog.Refused: "拒绝提供", dutylog.NotPossible: "无法复述"}

	outcomeNames = map[telephony.Outcome]string{
		telephony.AnsweredInTime: "按时接听", telephony.AnsweredLate: "超时接听", telephony.Missed: "未接", telephony.AbandonedEarly: "对方提前挂断",
		telephony.Engaged: "占线", telephony.Rejected: "拒接", telephony.Unreachable: "话机不可达", telephony.Forwarded: "被转移",
		telephony.AnsweredElsewhere: "其他话机接听", telephony.AnsweredByMachine: "机器接听", telephony.Unknown: "情况不明",
		telephony.PlacedAnswered: "去电接通", telephony.PlacedUnanswered: "去电无人接", telephony.PlacedFailed: "去电失败",
	}
	recordingNames = map[recorder.Status]string{
		recorder.None: "本次通话未接通，没有录音", recorder.Pending: "录音正在归档", recorder.Sealed: "录音已封存，但无法打开",
		recorder.Missing: "没有找到录音", recorder.Failed: "录音归档失败", recorder.Expired: "录音已到保存期限，按规定删除", recorder.Erased: "录音已按决定删除",
		"": "没有录音",
	}
)
