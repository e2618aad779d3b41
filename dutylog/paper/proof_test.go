package paper_test

import (
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
)

// proofs are reports that were told by telephone, and what is known of the call: what the report, and the course, says of it.
func TestWhatACallProvesOnPaper(t *testing.T) {
	story := func(recorded bool, talk time.Duration, with, reason string) []string {
		x := aFire()
		facts := append([]dutylog.IncidentFact(nil), x.Incident.Facts...)
		for n := range facts {
			if facts[n].Body.CallID == "c-up" {
				facts[n].Body.CallWith, facts[n].Body.CallReason = with, reason
			}
		}
		x.Incident = dutylog.FoldIncident(x.Incident.ID, facts)
		c := x.Calls["c-up"]
		c.Recording.Digest = ""
		if recorded {
			c.Recording.Digest = "sha256:0123"
		}
		c.EndedAt = c.AnsweredAt.Add(talk)
		x.Calls["c-up"] = c
		var lines []string
		for _, s := range []paper.Sheet{paper.Report(frame, x, reportOf(t, x, 1)), paper.Course(frame, x)} {
			for _, table := range s.Tables {
				for _, row := range table.Rows {
					for _, cell := range row.Cells {
						for _, l := range strings.Split(cell, "\n") {
							if strings.Contains(l, "王某") {
								lines = append(lines, l)
							}
						}
					}
				}
			}
		}
		return lines
	}
	golden(t, "proofs.golden.json", map[string][]string{
		"1 recorded":            story(true, 83*time.Second, "", ""),
		"2 without a recording": story(false, 83*time.Second, "", ""),
		"3 over at once, with the officer's reason": story(true, 3*time.Second, "通话仅 3.0 秒", "对方只说收到，随后微信确认"),
		"4 over at once and without a recording":    story(false, 3*time.Second, "通话仅 3.0 秒", "对方只说收到，随后微信确认"),
		"5 another number and over at once":         story(true, 3*time.Second, "13800000001，通话仅 3.0 秒", "值班室临时换用的手机"),
		"6 another number, without a recording":     story(false, 83*time.Second, "13800000001", "值班室临时换用的手机"),
	})
}
