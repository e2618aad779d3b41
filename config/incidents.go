package config

import (
	"errors"
	"time"

	"dutyline/dutylog"
)

// Incidents is until when an incident 突发事件 is to be reported (Art. 20). What is changed holds for
// incidents that are opened from then on.
type Incidents struct {
	First     time.Duration `mapstructure:"first"`     // after the intake
	Written   time.Duration `mapstructure:"written"`   // after the intake
	Detailed  time.Duration `mapstructure:"detailed"`  // after the intake
	FollowUp  time.Duration `mapstructure:"follow_up"` // after the last report, until the final one
	Essential time.Duration `mapstructure:"essential"` // after a death or another essential change
	Soon      time.Duration `mapstructure:"soon"`      // so long before a deadline it is told
	Confirm   time.Duration `mapstructure:"confirm"`   // until an approval by telephone is confirmed by its person
}

// DefaultIncidents is what the regulation asks for.
func DefaultIncidents() Incidents {
	s := dutylog.UsualSchedule()
	return Incidents{First: s.First.Duration(), Written: s.Written.Duration(), Detailed: s.Detailed.Duration(), FollowUp: s.FollowUp.Duration(),
		Essential: s.Essential.Duration(), Soon: s.Soon.Duration(), Confirm: s.Confirm.Duration()}
}

// Schedule is it as the duty log keeps it, in whole minutes. Whose getting a report stops its clock, the rule file says.
func (i Incidents) Schedule() dutylog.Schedule {
	minutes := func(d time.Duration) dutylog.Minutes { return dutylog.Minutes(d / time.Minute) }
	return dutylog.Schedule{First: minutes(i.First), Written: minutes(i.Written), Detailed: minutes(i.Detailed), FollowUp: minutes(i.FollowUp),
		Essential: minutes(i.Essential), Soon: minutes(i.Soon), Confirm: minutes(i.Confirm), StopsClock: dutylog.UsualRecipient}
}

func (c Config) checkIncidents(f *Faults) {
	names := map[string]string{"first_minutes": "first", "written_minutes": "written", "detailed_minutes": "detailed", "follow_up_minutes": "follow_up",
		"essential_minutes": "essential", "soon_minutes": "soon", "confirm_minutes": "confirm"}
	var wrong *dutylog.InvalidError
	if err := c.Incidents.Schedule().Check(); errors.As(err, &wrong) {
		f.add("incidents."+names[wrong.Field], "%s; the regulation asks for 10m, 50m and 100m", wrong.Reason)
	}
}
