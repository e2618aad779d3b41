package alerts

// titles are the reasons in the words of the duty room, as the page has them.
var titles = map[Reason]string{
	ReasonMissed:           "来电未接",
	ReasonPhoneRedirect:    "值班话机把来电转走",
	ReasonFeatureForward:   "交换机把来电转走（设有呼叫转移）",
	ReasonPickup:           "来电被其他话机接走",
	ReasonTransfer:         "通话接听后被转给他人",
	ReasonMachine:          "来电由机器应答，无人接听",
	ReasonEngagedRefused:   "来电遇忙，未能打入",
	ReasonRejected:         "来电被拒接",
	ReasonUnreached:        "来电时值班话机响不了",
	ReasonUnknown:          "有一次来电未能看到全过程",
	ReasonRedirected:       "来电是别处转移过来的",
	ReasonMoved:            "值班话机从另一个地址注册",
	ReasonForwardCode:      "值班话机拨打了呼叫转移代码",
	ReasonForwardCancel:    "值班话机拨打了取消转移代码（此前可能设有转移）",
	ReasonForwardQuery:     "值班话机查询了呼叫转移",
	ReasonFeatureCode:      "值班话机拨打了业务代码",
	ReasonTestRefused:      "因拨测占用线路，有来电未能打入",
	ReasonTestForwarded:    "拨测证实：拨打值班电话，被转接到了别处",
	ReasonTestRingback:     "拨测证实：主叫听到彩铃或语音，不是标准回铃音",
	ReasonTestNoRing:       "拨测证实：拨打值班电话，话机不响",
	ReasonTestBusy:         "拨测证实：线路空闲，拨打却遇忙",
	ReasonTestUnclear:      "拨测没有得出结论",
	ReasonMisuseNumber:     "值班电话拨打了可能与值班无关的号码",
	ReasonMisuseDuration:   "值班电话占线过久",
	ReasonNuisanceCaller:   "骚扰电话再次来电",
	ReasonRing3:            "正在响第三声，尚未接听",
	ReasonLimitPassed:      "已超过三声，仍未接听",
	ReasonLineFault:        "线路配置有隐患",
	ReasonPhoneUnreachable: "值班话机离线，来电打不进来",
	ReasonLineBlind:        "看不到交换机，线路状况不明",
	ReasonWrongDevice:      "接听来电的不是登记的值班话机",
	ReasonOffHook:          "值班话机没有挂好（无通话却占线）",
	ReasonSilentLine:       "很久没有来电，线路可能不通",
	ReasonTrunk:            "中继线路不通，来电进不来",
	ReasonRecorder:         "录音没有正常保存",
	ReasonDisk:             "磁盘空间不足",
	ReasonClock:            "时钟没有与标准时间同步",
	ReasonJournal:          "交换机流水停止写入或读不到",
	ReasonPage:             "没有值班员打开页面，或页面不能发声",
	ReasonOfficer:          "登录人员与值班表不符",
	ReasonBeat:             "心跳信号送不出去，本机停摆将无人察觉",
	ReasonOverdue:          "值班日志超时未完成",
	ReasonRosterGap:        "值班表有空岗",
	ReasonFilingDue:        "值班表待报备（补报）",
	ReasonNoHolidays:       "年度节假日安排未录入或不完整",
	ReasonRulesRefused:     "告警规则文件有误，沿用原规则",
	ReasonHandoverLate:     "已到交接班时间，尚未办理交接班",
	ReasonDutyOverdue:      "定期事项逾期未办",
	ReasonReportSoon:       "信息报告即将到时限",
	ReasonReportLate:       "信息报告已超时限，尚未报出",
	ReasonUnapproved:       "信息报告已报出，尚未签发",
	ReasonInstructionLate:  "领导批示逾期未办结",
	ReasonClockLate:        "突发事件起算时间晚于首次接报，请考核人员核实",
	ReasonLacking:          "信息报告已报出，党委、政府或上级中尚有未送达的",
	ReasonUnproved:         "信息报告过时限后补记为按时报出，无通话、无附件，请考核人员核实",
	ReasonOmitted:          "突发事件未报告即办结，请考核人员核实",
	ReasonUnconfirmed:      "电话签批逾期未经本人确认，请考核人员核实",
	ReasonEntryDiffers:     "接报所述伤亡、地点或时间与事件现采用的不一致",
	ReasonMismatch:         "作为凭证的通话，号码不符或通话过短，请考核人员核实",
}

// Title is a reason for people.
func (r Reason) Title() string {
	if title := titles[r]; title != "" {
		return title
	}
	return string(r)
}

// Title is an alert in one line. What is sure as a rule and is not this time says so, for instance an
// outcome that was seen in part.
func (a Alert) Title() string {
	if a.Certainty == Weak && standings[a.Reason].certainty != Weak {
		return "疑似" + a.Reason.Title()
	}
	return a.Reason.Title()
}
