package main

import (
	"context"
	"fmt"

	"dutyline/config"
	"dutyline/telephony"
	"dutyline/telephony/probe"
)

// checkTests asks whether test calls can be made. That they cannot is no fault, and is said with
// what therefore nobody can know.
func checkTests(ctx context.Context, c config.Config) telephony.Check {
	check := telephony.Check{Name: "test calls 拨测", OK: true}
	line := c.Tests.SecondLine
	if !line.Set() {
		check.Warn = true
		check.Detail = "there is no second line: a forwarding set at the exchange, a custom ring-back tone (彩铃) and whether calls arrive at all cannot be known"
		check.Remedy = "give this machine an account on another line than the duty line, and write it into tests.second_line"
		return check
	}
	if err := probe.New(line).Reach(ctx); err != nil {
		check.OK, check.Detail, check.Remedy = false, err.Error(), "correct tests.second_line.server, or let SIP (UDP) pass to it"
		return check
	}
	check.Detail = fmt.Sprintf("from %s by %s", line.Number, line.Server)
	if t := c.Tests; len(t.Times) == 0 && t.Every == 0 && len(t.Handovers) == 0 {
		check.Warn = true
		check.Detail += ", only when somebody asks for one"
		check.Remedy = "let one be made before each handover: tests.handovers and tests.before_handover"
	}
	return check
}
