package main

import (
	"strings"
	"testing"
	"time"

	"dutyline/config"
	"dutyline/dutylog"
	"dutyline/recorder"
	"dutyline/telephony"
)

// What a recording lacks is stated in the exhibit; only where it lacks nothing does it say so.
func TestTheExhibitStatesWhichVoiceIsMissing(t *testing.T) {
	for _, c := range []struct {
		found []telephony.Finding
		want  []string // in the Chinese text, each on a line of its own
	}{
		{nil, []string{"  无"}},
		{[]telephony.Finding{telephony.BorderlineVerdict}, []string{"  无"}},
		{[]telephony.Finding{telephony.SilentOfficerSide}, []string{"  值班员的声音：录音中这一侧无声，不能据此认定值班员没有说话"}},
		{[]telephony.Finding{telephony.SilentCallerSide}, []string{"  对方的声音：录音中这一侧无声，不能据此认定对方没有说话"}},
		{[]telephony.Finding{telephony.RecordingShort, telephony.SilentCallerSide, telephony.SilentOfficerSide}, []string{
			"  对方的声音：录音中这一侧无声，不能据此认定对方没有说话", "  值班员的声音：录音中这一侧无声，不能据此认定值班员没有说话",
			"  部分通话：通话 20.0 秒，录音只有 12.5 秒"}},
	} {
		x := exhibit{lacks: voicesLacking(recorder.Recording{Status: recorder.Sealed, Duration: 12500 * time.Millisecond, Talk: 20 * time.Second, Findings: c.found})}
		var b strings.Builder
		x.lackText(&b)
		lines := strings.Split(strings.Trim(b.String(), "\n"), "\n")
		if got, want := strings.Join(lines[1:], "\n"), strings.Join(c.want, "\n"); got != want {
			t.Errorf("%v:\n%s\nwant:\n%s", c.found, got, want)
		}
		for _, l := range x.lacks {
			if l.said == "" || strings.Contains(l.said, "声") {
				t.Errorf("%v: on the terminal: %q", c.found, l.said)
			}
		}
	}
}

// The exhibit of what came by no telephone says so: its title, its time and its fields are those of its
// kind, and nothing is said of a number, a recording or the switch.
func TestTheWordsOfAnExhibitFitTheKind(t *testing.T) {
	at := time.Date(2026, 11, 27, 6, 30, 0, 0, time.UTC)
	text := func(e dutylog.Entry, c dutylog.Call) (entry, limits string) {
		x := exhibit{data: &data{cfg: config.Config{Site: config.Site{Name: "沈河区应急局", TimeZone: "Asia/Shanghai"}}}, entry: e, call: c}
		e.Revision = 1
		x.revisions = []dutylog.Revision{{Entry: e, At: at, By: dutylog.Actor{Login: "zhangwei", Name: "张伟"}}}
		return x.entryText(), strings.Join(append(x.limits(), x.digestText()), "\n")
	}
	said := map[dutylog.Field]string{dutylog.CallerUnit: "市气象台", dutylog.Content: "大风预警"}
	calls := []string{"来电", "电话记录", "通话", "录音", "交换机", "未显示号码"}
	for kind, want := range map[dutylog.Kind][]string{
		dutylog.KindFax:     {"值班传真记录", "收到时间：2026-11-27 14:30:00", "来文单位：市气象台", "传真内容：大风预警"},
		dutylog.KindWeChat:  {"值班微信记录", "收到时间：", "发送单位：市气象台", "微信内容：大风预警"},
		dutylog.KindVisit:   {"来访接待记录", "来访时间：", "来访单位：市气象台", "来访事项：大风预警"},
		dutylog.KindPatrol:  {"值班巡查记录", "巡查时间：", "备注：大风预警"},
		dutylog.KindWarning: {"预警信息接收记录", "收到时间：", "发布单位：市气象台", "预警内容：大风预警"},
	} {
		values := said
		if kind == dutylog.KindPatrol {
			values = map[dutylog.Field]string{dutylog.Content: "大风预警"}
		}
		entry, limits := text(dutylog.Entry{ID: "w-1", Kind: kind, CallAt: at, Values: values}, dutylog.Call{})
		for _, w := range want {
			if !strings.Contains(entry, w) {
				t.Errorf("%s does not say %q:\n%s", kind, w, entry)
			}
		}
		for _, w := range calls {
			if strings.Contains(entry+limits, w) {
				t.Errorf("%s says %q:\n%s%s", kind, w, entry, limits)
			}
		}
	}
	inbound, limits := text(dutylog.Entry{ID: "e-1", CallID: "1.0", Kind: dutylog.KindDuty, CallAt: at, Values: said}, dutylog.Call{Call: telephony.Call{ID: "1.0", Direction: telephony.Inbound}})
	for _, w := range []string{"值班电话记录", "来电时间：2026-11-27 14:30:00\n来电号码：未显示号码\n", "来电单位：市气象台", "电话内容：大风预警"} {
		if !strings.Contains(inbound, w) {
			t.Errorf("a call does not say %q:\n%s", w, inbound)
		}
	}
	if !strings.Contains(limits, "录音和附件") || !strings.Contains(limits, "交换机流水") || !strings.Contains(limits, "录音只能证明") {
		t.Errorf("of a call it says nothing of its recording:\n%s", limits)
	}
	outbound, _ := text(dutylog.Entry{ID: "e-2", CallID: "2.0", Kind: dutylog.KindOutgoing, CallAt: at}, dutylog.Call{Call: telephony.Call{ID: "2.0", Direction: telephony.Outbound}})
	late, _ := text(dutylog.Entry{ID: "w-3", Kind: dutylog.KindDuty, CallAt: at, OpenedAt: at.Add(time.Hour), Late: &dutylog.Late{}}, dutylog.Call{})
	if !strings.Contains(outbound, "去电时间：") || !strings.Contains(outbound, "所拨号码：") || !strings.Contains(late, "接报时间：2026-11-27 14:30:00") || !strings.Contains(late, "补录时间：2026-11-27 15:30:00") {
		t.Errorf("%s\n%s", outbound, late)
	}
}
