package main

import (
	"strings"
	"testing"
	"time"

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
