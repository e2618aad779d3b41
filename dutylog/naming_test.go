package dutylog_test

import (
	"strings"
	"testing"

	"dutyline/dutylog"
)

// Who may say that somebody else answered than is recorded: a verdict follows the name.
func TestWhoMayNameWhoAnswered(t *testing.T) {
	known, decided := dutylog.Naming{Known: true}, dutylog.Naming{Known: true, Decided: true}
	mate := dutylog.Actor{Login: "li", Name: "李强", Role: dutylog.Officer}
	for name, c := range map[string]struct {
		phase    dutylog.Phase
		recorded string
		said     string
		by       dutylog.Actor
		of       dutylog.Naming
		refused  string // how the sentence begins; empty: it is taken
	}{
		"the first name, a colleague's":     {dutylog.Answered, "", "李强", byOfficer, known, ""},
		"the first name, nobody known":      {dutylog.Answered, "", "张三丰", byOfficer, dutylog.Naming{}, "is nobody"},
		"the first name after the decision": {dutylog.Answered, "", "李强", byOfficer, decided, "the verdict"},
		"one's own after the decision":      {dutylog.Answered, "", "李强", mate, decided, ""},
		"another for a colleague":           {dutylog.Answered, "李强", "张伟", mate, known, "somebody is recorded"},
		"onto a colleague":                  {dutylog.Answered, "张伟", "李强", byOfficer, known, "somebody is recorded"},
		"by the chief":                      {dutylog.Answered, "张伟", "李强", dutylog.Actor{Login: "c", Name: "王科", Role: dutylog.Chief}, known, "somebody is recorded"},
		"one's own":                         {dutylog.Answered, "张伟", "李 强", mate, known, ""},
		"by a supervisor":                   {dutylog.Answered, "张伟", "李强", bySuper, decided, ""},
		"by a supervisor, nobody known":     {dutylog.Answered, "张伟", "张三丰", bySuper, dutylog.Naming{}, "is nobody"},
		"taken away":                        {dutylog.Answered, "李强", "", mate, known, "somebody is recorded"},
		"taken away by who is responsible":  {dutylog.Answered, "李强", "", byOfficer, known, ""},
		"of a missed call":                  {dutylog.Unanswered, "", "张伟", byOfficer, known, "nobody answered"},
		"of a missed call, by a supervisor": {dutylog.Unanswered, "", "张伟", bySuper, known, "nobody answered"},
		"while it rings, a colleague":       {dutylog.Waiting, "", "李强", byOfficer, known, "the call is not answered"},
		"while it rings, oneself":           {dutylog.Waiting, "", "李强", mate, known, ""},
		"while it rings, who is on duty":    {dutylog.Waiting, "", "张伟", mate, known, ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := dutylog.Entry{Phase: c.phase, Responsible: "张伟", Values: map[dutylog.Field]string{dutylog.AnsweredBy: c.recorded}}
			err := e.MayName(c.said, c.by, c.of)
			if (err == nil) != (c.refused == "") || err != nil && !strings.HasPrefix(err.Error(), "answered_by: "+c.refused) {
				t.Errorf("%v, want %q", err, c.refused)
			}
		})
	}
	for phase, want := range map[dutylog.Phase]bool{dutylog.NoCall: false, dutylog.Dialled: false, dutylog.Connected: false, dutylog.Answered: true, dutylog.Unanswered: true, dutylog.Waiting: true} {
		e := dutylog.Entry{Phase: phase}
		if _, another := e.NamesAnother(dutylog.EntryPatch{Values: map[dutylog.Field]string{dutylog.AnsweredBy: "张伟"}}); another != want {
			t.Errorf("%q: %v", phase, another)
		}
	}
}
