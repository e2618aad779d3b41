package alerts

import (
	"strings"
	"time"
	"unicode"

	"dutyline/dutylog"
)

// severityNames are the severities in the words of the duty room.
var severityNames = map[Severity]string{Info: "提示", Warning: "注意", Critical: "紧急"}

// postNames are the posts of a chain in the words of the duty room, as the page has them.
var postNames = map[dutylog.Post]string{
	dutylog.PostOfficer: "值班员", dutylog.PostChief: "值班处（科）领导", dutylog.PostLeader: "带班领导", Supervisor: "督查人员",
}

// Headline is a notice in one line: what it is about, whether it is over, and in front of
// everything whether somebody only pressed the test button.
func Headline(n Notice) string {
	title := oneLine(n.Title)
	if title == "" {
		title = oneLine(n.Rule)
	}
	switch {
	case n.Over:
		title = "已解除：" + title
	case n.Post != "" && n.Post != dutylog.PostOfficer:
		title = "尚无人处理，报" + postNames[n.Post] + "：" + title
	case n.Again:
		title = "仍未处理：" + title
	}
	if n.Test {
		title = "[测试] " + title
	}
	return title
}

// PlainText is a notice for people, in Chinese, one fact a line. Its time is that of ZONE, the
// site's, with the difference to UTC beside it; without a zone it is UTC. The same notice gives
// the same text, whenever it is sent. What is empty is left out; the line and the time never
// are, so that a robot that asks for a keyword can be given 线路.
func PlainText(n Notice, zone *time.Location) string {
	lines := []string{Headline(n), "线路：" + oneLine(n.Line), "时间：" + LocalTime(n.At, zone)}
	for _, fact := range [][2]string{
		{"级别：", severityNames[n.Severity]},
		{"规则：", n.Rule},
		{"日志编号：", n.EntryNumber},
		{"来电：", n.Caller},
	} {
		if value := oneLine(fact[1]); value != "" {
			lines = append(lines, fact[0]+value)
		}
	}
	if more := strings.TrimSpace(strings.ToValidUTF8(n.Text, "�")); more != "" {
		lines = append(lines, "", more)
	}
	return strings.Join(lines, "\n") + "\n"
}

// LocalTime is a time for people, to the second, in ZONE.
func LocalTime(at time.Time, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	return at.In(zone).Format("2006-01-02 15:04:05 (UTC-07:00)")
}

// oneLine keeps a text from breaking out of its line: subjects and facts are one line each.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "�"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
}
