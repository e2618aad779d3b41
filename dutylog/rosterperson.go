package dutylog

import "time"

// Standing is how somebody is employed; only regular staff may be on duty (Art. 8).
type Standing string

// The closed set of standings.
const (
	Regular   Standing = "regular"   // 在编在职
	Temporary Standing = "temporary" // 临聘人员
	Rehired   Standing = "rehired"   // 退休返聘
)

// RosterPerson is somebody who may stand in the roster. The roster knows people by their names.
type RosterPerson struct {
	Name     string
	Phone    string
	Login    string // empty: has none
	Standing Standing
	Left     time.Time // from when on no longer on duty; zero: still is
	Version  int64     // the number of the newest change of them; 0: of somebody new
}

// Check cleans a person and says what is wrong.
func (p RosterPerson) Check() (RosterPerson, error) {
	var err error
	if p.Name, err = wantText("name", p.Name, shortText); err != nil {
		return p, err
	}
	p.Name = PersonName(p.Name)
	if p.Phone, err = cleanField("phone", p.Phone, shortText); err != nil {
		return p, err
	}
	if p.Login, err = cleanField("login", p.Login, shortText); err != nil {
		return p, err
	}
	switch p.Standing {
	case Regular, Temporary, Rehired:
		return p, nil
	}
	return p, &InvalidError{Field: "standing", Reason: "is none of regular (在编在职), temporary (临聘), rehired (退休返聘): choose one"}
}

// PersonNamed finds a person by name, however it is spaced and marked; nil when nobody has it.
func PersonNamed(people []RosterPerson, name string) *RosterPerson {
	for i := range people {
		if SameName(people[i].Name, name) {
			return &people[i]
		}
	}
	return nil
}
