package practice_test

import (
	"testing"

	"github.com/emiago/sipgo/sip"

	"dutyline/telephony/practice"
)

func TestJudgeOfBindings(t *testing.T) {
	own := sip.Uri{User: "dutyline-practice", Host: "127.0.0.1", Port: 40000}
	earlier := sip.Uri{User: "dutyline-practice", Host: "127.0.0.1", Port: 39999}
	desk := sip.Uri{User: "duty", Host: "192.168.1.20", Port: 5060}
	softphone := sip.Uri{User: "duty", Host: "127.0.0.1", Port: 40000} // even at our address: not ours
	for _, c := range []struct {
		name     string
		bindings []sip.Uri
		due      bool
		want     any
	}{
		{"nobody", nil, true, practice.Bind},
		{"nobody, though ours should be fresh: the switch was restarted", nil, false, practice.Bind},
		{"ours, fresh", []sip.Uri{own}, false, practice.Stay},
		{"ours, to be renewed", []sip.Uri{own}, true, practice.Bind},
		{"ours of an earlier life", []sip.Uri{earlier}, false, practice.Bind},
		{"a desk phone", []sip.Uri{desk}, false, practice.Aside},
		{"a desk phone, ours would be due", []sip.Uri{desk}, true, practice.Aside},
		{"a softphone on this machine", []sip.Uri{softphone}, true, practice.Aside},
		{"both", []sip.Uri{own, desk}, true, practice.Retreat},
		{"a desk phone and what we left behind", []sip.Uri{earlier, desk}, true, practice.Aside},
	} {
		if got := practice.Judge(c.bindings, own, c.due); any(got) != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
