package phone

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"dutyline/alerts"
	"dutyline/telephony"
)

// Prompt is one sound file and what is said in it.
type Prompt struct {
	Name string // of the file, without its ending
	Text string
}

// File is its name in the folder of a site that has them synthesised: raw A-law, 8 kHz. A file of
// another format that the switch plays, with the same name before its ending, will do as well.
func (p Prompt) File() string { return p.Name + alawEnding }

// Prompts are all that can be said about these lines. A site may record them in its own voice.
func Prompts(lines []telephony.Line) []Prompt {
	all := []Prompt{
		{"alert", "值班电话告警。"}, {"test", "这是告警通道测试，不是告警。"},
		{"time", "时间，"}, {"hour", "点"}, {"minute", "分。"}, {"entry", "日志编号，"},
		{"key", "确认收到，请按一。"}, {"thanks", "已确认，谢谢。"},
	}
	for _, r := range alerts.Reasons() {
		all = append(all, Prompt{"reason-" + string(r), r.Title() + "。"})
	}
	for _, l := range lines {
		all = append(all, Prompt{"line-" + l.Name, "线路，" + spelled(l.Number) + "。"})
	}
	for n := range 60 {
		all = append(all, Prompt{numberPrompt(n), chinese(n)})
	}
	return all
}

func numberPrompt(n int) string { return "n-" + strconv.Itoa(n) }

var chineseDigits = []rune("零一二三四五六七八九")

// chinese is a number below 100 as it is said.
func chinese(n int) string {
	switch tens, ones := n/10, n%10; {
	case n < 10:
		return string(chineseDigits[n])
	case tens == 1 && ones == 0:
		return "十"
	case tens == 1:
		return "十" + string(chineseDigits[ones])
	case ones == 0:
		return string(chineseDigits[tens]) + "十"
	default:
		return string(chineseDigits[tens]) + "十" + string(chineseDigits[ones])
	}
}

// spelled says digits one by one.
func spelled(number string) string {
	var b strings.Builder
	for _, r := range number {
		if r >= '0' && r <= '9' {
			b.WriteRune(chineseDigits[r-'0'])
		}
	}
	return b.String()
}

// sounds are the files that say a notice, one after the other: what it is about, line, time and
// entry number, and that 1 takes it on. Nothing else leaves the building.
func sounds(folder string, n alerts.Notice, zone *time.Location) []string {
	names := []string{"alert", "reason-" + string(n.Reason)}
	if n.Test {
		names = []string{"test"}
	}
	if n.Line != "" {
		names = append(names, "line-"+n.Line)
	}
	at := n.At.In(zone)
	names = append(names, "time", numberPrompt(at.Hour()), "hour", numberPrompt(at.Minute()), "minute")
	if _, number, ok := strings.Cut(n.EntryNumber, "-"); ok {
		names = append(names, "entry")
		for _, r := range strings.TrimLeft(number, "0") {
			if r >= '0' && r <= '9' {
				names = append(names, numberPrompt(int(r-'0')))
			}
		}
	}
	files := make([]string, 0, len(names)+1)
	for _, name := range append(names, "key") {
		files = append(files, path.Join(folder, name))
	}
	return files
}

// Missing reports which of the files are not in a folder, by their names without ending.
func Missing(prompts []Prompt, there []string) []string {
	have := map[string]bool{}
	for _, file := range there {
		have[strings.TrimSuffix(file, path.Ext(file))] = true
	}
	var missing []string
	for _, p := range prompts {
		if !have[p.Name] {
			missing = append(missing, p.Name)
		}
	}
	return missing
}

// because finishes the sentence about a call that did not take the alert on.
func because(c alerts.Call) error {
	words := map[alerts.CallOutcome]string{
		alerts.CallHeard:      "answered and pressed no 1",
		alerts.CallNoAnswer:   "did not answer",
		alerts.CallBusy:       "was busy",
		alerts.CallRejected:   "refused the call",
		alerts.CallFailed:     "could not be called; look at the number, and whether Asterisk's trunk takes calls",
		alerts.CallLost:       "was called, and what came of it is not known: Asterisk was started anew, or has no dutyline-alert in its dialplan (deploy/asterisk/extensions.conf.tmpl)",
		alerts.CallTrunkInUse: "is not called while a call is on the only trunk; it is tried again after that",
		alerts.CallDutyPhone:  "was not called: the number is a duty phone's, which stays free for callers; name another one in the configuration or the roster",
	}[c.Outcome]
	if c.Detail != "" {
		words += " (" + c.Detail + ")"
	}
	return fmt.Errorf("%s %s", c.Person.Name, words)
}
