package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/paper"
	"dutyline/recorder"
	"dutyline/telephony"
)

// writeWords writes what people read: the entry with all its revisions, and the statement.
func (x *exhibit) writeWords(context.Context) error {
	if err := x.put(exhibitEntry, []byte(x.entryText())); err != nil {
		return err
	}
	return x.put(exhibitStatement, []byte(x.statement()))
}

func (x *exhibit) local(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.In(x.cfg.Site.Location()).Format("2006-01-02 15:04:05")
}

// inText sets what somebody wrote or sent so that it cannot be taken for the exhibit's own words:
// its further lines stand to the right, and no character moves a reader's cursor.
func inText(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return '\uFFFD'
		}
		return r
	}, strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\n    │ "))
}

func (x *exhibit) entryText() string {
	var b strings.Builder
	e := x.entry
	number := inText(e.Number.Raw)
	if number == "" {
		number = "未显示号码"
		if slices.ContainsFunc(e.Erased, func(d dutylog.Erasure) bool { return len(d.Fields) == 0 }) {
			number = "（已抹去）"
		}
	}
	title, at, of := paper.Head(e, x.call.Direction == telephony.Outbound)
	fmt.Fprintf(&b, "%s %s\n单位：%s\n线路：%s\n%s：%s\n", title, e.EntryNumber, x.cfg.Site.Name, e.Line, at, x.local(e.CallAt))
	if of != "" {
		fmt.Fprintf(&b, "%s：%s\n", of, number)
	}
	if e.Late != nil {
		fmt.Fprintf(&b, "补录时间：%s\n", x.local(e.OpenedAt))
	}
	x.callText(&b)
	for i, r := range x.revisions {
		fmt.Fprintf(&b, "\n第 %d 版　%s　%s（%s）　类别：%s　状态：%s\n", r.Entry.Revision, x.local(r.At), inText(r.By.Name), r.By.Login,
			paper.Word(paper.KindNames, r.Entry.Kind), paper.Word(paper.StateNames, r.Entry.State))
		if i > 0 && !r.Entry.CallAt.Equal(x.revisions[i-1].Entry.CallAt) { // a late entry, of which the time was corrected
			fmt.Fprintf(&b, "  %s：由 %s 更正为 %s\n", at, x.local(x.revisions[i-1].Entry.CallAt), x.local(r.Entry.CallAt))
		}
		x.revisionText(&b, r.Entry)
	}
	x.stepsText(&b, e.Steps)
	return b.String()
}

// stepsText is what was done about the matter; what was struck out is shown, and says so.
func (x *exhibit) stepsText(b *strings.Builder, steps []dutylog.Step) {
	if len(steps) > 0 {
		b.WriteString("\n办理过程\n")
	}
	for _, s := range steps {
		fmt.Fprintf(b, "  %d. %s　%s　%s　%s（%s，%s记）\n", s.Number, x.local(s.At), paper.Word(paper.StepNames, s.Kind), inText(s.Whom), inText(s.Text), inText(s.By.Name), x.local(s.WrittenAt))
		if way := dutylog.ChannelName(s.Channel); way != "" {
			fmt.Fprintf(b, "     上报渠道：%s\n", way)
		}
		if !s.Due.IsZero() {
			fmt.Fprintf(b, "     时限：%s\n", x.local(s.Due))
		}
		if s.CallID != "" {
			fmt.Fprintf(b, "     通话：%s\n", s.CallID)
		}
		if s.Struck != nil {
			fmt.Fprintf(b, "     已划去：%s（%s，%s）\n", inText(s.Struck.Reason), inText(s.Struck.By.Name), x.local(s.Struck.At))
		}
	}
}

// valueText is a value as people read it.
func (x *exhibit) valueText(f dutylog.Field, value string) string {
	at, err := time.Parse(time.RFC3339, value)
	switch {
	case f == dutylog.ReadBack && value == dutylog.ReadBackDone:
		return "已复述"
	case dutylog.IsTime(f) && err == nil:
		return x.local(at)
	}
	return value
}

// callText says how the call went, as the switch showed it.
func (x *exhibit) callText(b *strings.Builder) {
	c := x.call
	if c.ID == "" {
		return
	}
	outcome := "通话尚未结束"
	if c.Ended() {
		outcome = paper.Word(paper.OutcomeNames, c.Outcome)
	}
	fmt.Fprintf(b, "通话结果：%s\n", outcome)
	if c.Direction == telephony.Inbound {
		fmt.Fprintf(b, "话机响铃：%s\n", x.local(c.RangAt))
		if c.Rings > 0 {
			fmt.Fprintf(b, "响铃声数：%d 声\n", c.Rings)
		}
		if ring, ok := c.RingFor(); ok {
			fmt.Fprintf(b, "响铃时长：%.1f 秒\n", ring.Seconds())
		}
	}
	fmt.Fprintf(b, "接听时间：%s\n结束时间：%s\n", x.local(c.AnsweredAt), x.local(c.EndedAt))
	if talk, ok := c.TalkFor(); ok {
		fmt.Fprintf(b, "通话时长：%d 秒\n", int(talk.Seconds()))
	}
}

func (x *exhibit) revisionText(b *strings.Builder, e dutylog.Entry) {
	for _, f := range dutylog.Fields() {
		v, filled := e.Values[f]
		v = x.valueText(f, v)
		g, gap := e.Gaps[f]
		switch {
		case filled && v != "":
			fmt.Fprintf(b, "  %s：%s\n", paper.FieldName(e.Kind, f), inText(v))
		case gap:
			fmt.Fprintf(b, "  %s：%s（原因：%s）\n", paper.FieldName(e.Kind, f), paper.GapName(f, g.Why), inText(g.Reason))
		default:
			for _, d := range e.Erased {
				if slices.Contains(d.Fields, f) {
					fmt.Fprintf(b, "  %s：%s\n", paper.FieldName(e.Kind, f), x.erasedWords(d))
				}
			}
		}
	}
	if e.Correction != "" {
		fmt.Fprintf(b, "  %s：%s\n", paper.FieldNames[dutylog.CorrectionText], inText(e.Correction))
	}
	if !e.ReadBackBeganAt.IsZero() {
		fmt.Fprintf(b, "  开始复述：%s（交换机时间）\n", x.local(e.ReadBackBeganAt))
	}
	for _, d := range e.Erased {
		if len(d.Fields) == 0 {
			fmt.Fprintf(b, "  全部内容：%s\n", x.erasedWords(d))
		}
	}
}

func (x *exhibit) erasedWords(d dutylog.Erasure) string {
	return fmt.Sprintf("（已依第 %d 号删除决定抹去，%s）", d.Decision, x.local(d.At))
}

// statement says in plain words what is proved and what is not.
func (x *exhibit) statement() string {
	var b strings.Builder
	c := checkClock()
	clock := "系统时钟未与标准时间同步（程序原文：" + c.Detail + "）"
	if c.OK {
		clock = "系统时钟已同步（程序原文：" + c.Detail + "）"
	}
	fmt.Fprintf(&b, `值班电话日志 取证材料说明

一、本文件夹的内容
  条目编号  %s（内部标识 %s）
  制作时间  %s，制作人 %s（%s）
  制作时的时钟状态  %s
  %s  条目的全部版本（便于阅读）
  content-*.txt  日志中的原始内容，逐条受证明保护
  %s  每条内容在日志（默克尔树）中的位置证明
  %s  签名校验点：日志当时共 %d 条，根哈希 %s
  %s  验证签名用的公钥，指纹 %s
  %s  以上全部文件的摘要清单及其签名
%s
二、能够证明什么
  1. 内容文件与日志写入时提交的内容一致，没有被修改、替换；日志中的位置和先后顺序没有变化。
  2. %s
  3. 本文件夹制作以后，任何一个文件被改动、删除、增加都能被发现。
  4. 校验点之前的日志，如果后来被改动，将与本校验点不符。
验证方法：在任意一台电脑上运行  dutyline verify --exhibit 本文件夹
  结果为 intact（完整，退出码 0）、altered（被改动，退出码 1）、cannot tell（无法判断，退出码 2）之一。

三、不能证明什么
`, x.entry.EntryNumber, x.entry.ID, x.local(x.now), x.by.Name, x.by.Login, clock, exhibitEntry, exhibitIndex,
		exhibitCheckpoint, x.checkpoint.Size, audit.Grouped(x.checkpoint.Root[:]), exhibitKey, audit.Fingerprint(x.verifier), exhibitManifest, x.attachedText(), x.digestText())
	for i, limit := range x.limits() {
		fmt.Fprintf(&b, "  %d. %s\n", i+1, limit)
	}
	x.lackText(&b)
	return b.String()
}

// digestText says whose digests were compared: what came by no telephone has no recording.
func (x *exhibit) digestText() string {
	if x.entry.CallID == "" {
		return "附件的 SHA-256 摘要与添加时登记的摘要一致。"
	}
	return "录音和附件的 SHA-256 摘要与封存、添加时登记的摘要一致。"
}

// limits is what the folder does not prove, one sentence each.
func (x *exhibit) limits() []string {
	all := []string{
		"不能证明签名密钥没有被他人掌握。掌握密钥的人可以重写整个日志并重新签名。请把上面的公钥指纹\n" +
			"     与首次启动时抄录归档的指纹核对，并把校验点与存放在别处的校验点（纸质日报、另一台机器）核对。",
		"不能证明写入日志的内容本身属实，只能证明写入以后没有改变。",
		"时间是本机和交换机时钟的时间，没有第三方时间戳。",
		"标有 taken over（启用前接收）的内容在启用证明功能之前就已存在，对启用之前的时间不作任何证明。",
	}
	if x.entry.CallID == "" {
		all[2] = "时间是本机时钟的时间，没有第三方时间戳。"
		all = append(all, "便于阅读的文本不在日志证明之内，只受清单签名保护。")
	} else {
		all = append(all, "交换机流水（"+exhibitJournal+"）和便于阅读的文本不在日志证明之内，只受清单签名保护。", "录音只能证明封存以后没有改变。")
	}
	all = append(all, "附件只能证明添加到条目以后没有改变，不能证明其内容属实，也不能证明它在添加以前没有被改动。")
	if x.key == nil {
		all = append(all, "制作时没有签名密钥，清单未签名：清单以外的改动无法由清单发现。")
	}
	return all
}

// attachedText lists what is attached to the entry and is in this folder, or says that nothing is.
func (x *exhibit) attachedText() string {
	if len(x.attached) == 0 {
		return "  附件  本材料中没有附件\n"
	}
	return strings.Join(x.attached, "\n") + "\n"
}

// voicesLacking is what a recording should hold and does not. That a voice is not in it does not
// prove that nobody spoke, and the reader is told so.
func voicesLacking(r recorder.Recording) []lack {
	var lacks []lack
	caller, officer := r.Unheard()
	const proves = "; it does not prove that nobody spoke"
	if caller {
		lacks = append(lacks, lack{"the voice of the other side: the recording has none" + proves, "对方的声音：录音中这一侧无声，不能据此认定对方没有说话", ""})
	}
	if officer {
		lacks = append(lacks, lack{"the officer's voice: the recording has none" + proves, "值班员的声音：录音中这一侧无声，不能据此认定值班员没有说话", ""})
	}
	if slices.Contains(r.Findings, telephony.RecordingShort) {
		lacks = append(lacks, lack{fmt.Sprintf("a part of the talk: the recording has %.1f s of %.1f s", r.Duration.Seconds(), r.Talk.Seconds()),
			fmt.Sprintf("部分通话：通话 %.1f 秒，录音只有 %.1f 秒", r.Talk.Seconds(), r.Duration.Seconds()), ""})
	}
	return lacks
}

// lackText says what is not there: erased by decision, or not to be had.
func (x *exhibit) lackText(b *strings.Builder) {
	b.WriteString("\n四、本材料中没有的内容\n")
	if len(x.lacks) == 0 && len(x.entry.Erased) == 0 {
		b.WriteString("  无\n")
	}
	for _, d := range x.entry.Erased {
		what := "全部内容"
		if len(d.Fields) > 0 {
			names := make([]string, len(d.Fields))
			for i, f := range d.Fields {
				names[i] = paper.FieldName(x.entry.Kind, f)
			}
			what = strings.Join(names, "、")
		}
		fmt.Fprintf(b, "  %s：%s\n", what, x.erasedWords(d))
	}
	for _, w := range x.lacks {
		b.WriteString("  " + w.read)
		if w.cause != "" {
			b.WriteString("（程序给出的原因：" + w.cause + "）")
		}
		b.WriteString("\n")
	}
}
