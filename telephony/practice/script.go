package practice

import (
	"hash/fnv"
	"time"
)

// turn is one thing that one side says.
type turn struct {
	by   Side
	text string
}

// script is a conversation. The officer speaks first, as whoever answers a telephone does.
type script []turn

// The conversations. They are made up, name no real person and report nothing that happened.
var scripts = []script{
	{
		{Officer, "您好，应急管理局值班室，请讲。"},
		{Caller, "你好，我这里是区应急局。今天下午两点到四点，我区降雨量达到三十二毫米，两处低洼路段积水，已经安排人员值守，没有人员伤亡。"},
		{Officer, "好的，我记录一下。下午两点到四点，降雨三十二毫米，两处路段积水，没有人员伤亡，对吗？"},
		{Caller, "对的，后续情况我们随时上报。"},
		{Officer, "请留一下您的姓名、职务和联系电话。"},
		{Caller, "我姓李，值班科长，就打这个号码。谢谢。"},
	},
	{
		{Officer, "您好，值班室。"},
		{Caller, "您好，我是街道办事处。辖区一处厂房冒烟，消防已经到场，现场没有明火，原因正在核实。"},
		{Officer, "请再说一遍地址。有没有人员被困？"},
		{Caller, "地址在工业园区二号路八号，没有人员被困，人员已经全部疏散。"},
		{Officer, "收到，我复述一遍：工业园区二号路八号，厂房冒烟，没有明火，没有人员被困。"},
		{Caller, "准确。半小时后我们再报一次进展。"},
	},
	{
		{Officer, "您好，应急值班室，请讲。"},
		{Caller, "您好，这里是市政府总值班室，现在进行值班抽查。请问今天的带班领导是哪一位？"},
		{Officer, "您好，今天带班的是张副局长，值班科长姓王，我是值班员。"},
		{Caller, "好的，联系方式有没有变化？通讯设备是否正常？"},
		{Officer, "没有变化，设备正常。"},
		{Caller, "好，请继续坚守岗位，再见。"},
	},
	{
		{Officer, "您好，值班室，请讲。"},
		{Caller, "你好，气象台通知：预计今天夜间到明天白天有大风降温，阵风七到八级，请提前做好防范。"},
		{Officer, "收到，今天夜间到明天白天，大风降温，阵风七到八级。"},
		{Caller, "是的，书面材料稍后传真。"},
		{Officer, "好的，谢谢，再见。"},
	},
	{
		{Officer, "您好，值班室。"},
		{Caller, "您好，请问报送材料是交到哪个科室？"},
		{Officer, "请交到综合协调科，上午八点半到十一点半都可以。"},
		{Caller, "好的，麻烦您了。"},
	},
}

// outgoingScript is what is said when the officer calls: there the far end answers.
var outgoingScript = script{
	{Caller, "喂，你好，哪里？"},
	{Officer, "您好，这里是应急管理局值班室。刚才的信息请补报一下现场处置情况。"},
	{Caller, "好的，现场已经处置完毕，人员全部撤离，书面报告十分钟内发过去。"},
	{Officer, "收到，请注意安全，再见。"},
	{Caller, "再见。"},
}

// scriptFor chooses a conversation by number, so that one caller always says the same.
func scriptFor(c Call) script {
	if c.Outgoing() {
		return outgoingScript
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(c.key()))
	return scripts[h.Sum32()%uint32(len(scripts))]
}

// tracks is a conversation as both sides send it, A-law at 8 kHz, of one length.
type tracks struct{ caller, officer []byte }

func (t tracks) of(s Side) []byte {
	if s == Officer {
		return t.officer
	}
	return t.caller
}

const (
	breath = 350 * time.Millisecond // between two turns
	hush   = 1200 * time.Millisecond
	brief  = 4 * time.Second // talks shorter than this do not wait for turns
)

// arrange puts clips on two tracks, one turn after the other. In a brief talk both speak at
// once: otherwise the second voice would never be heard.
func arrange(s script, clips [][]byte, talk time.Duration) tracks {
	var t tracks
	if talk < brief {
		for i, turn := range s {
			if turn.by == Officer {
				t.officer = append(t.officer, clips[i]...)
			} else {
				t.caller = append(t.caller, clips[i]...)
			}
		}
		return t.even(0)
	}
	for i, turn := range s {
		quiet := mute(len(clips[i]))
		if turn.by == Officer {
			t.officer, t.caller = append(t.officer, clips[i]...), append(t.caller, quiet...)
		} else {
			t.caller, t.officer = append(t.caller, clips[i]...), append(t.officer, quiet...)
		}
		gap := mute(samples(breath))
		t.officer, t.caller = append(t.officer, gap...), append(t.caller, gap...)
	}
	return t.even(samples(hush))
}

// even makes both tracks equally long, with so many samples of silence at the end, in whole packets.
func (t tracks) even(extra int) tracks {
	n := max(len(t.caller), len(t.officer)) + extra
	n = (n + packetSamples - 1) / packetSamples * packetSamples
	t.caller = append(t.caller, mute(n-len(t.caller))...)
	t.officer = append(t.officer, mute(n-len(t.officer))...)
	return t
}

func samples(d time.Duration) int { return int(d * sampleRate / time.Second) }
