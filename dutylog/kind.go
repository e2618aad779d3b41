package dutylog

import (
	"slices"

	"dutyline/telephony"
)

// KindRule is what the log asks of the entries of one kind.
type KindRule struct {
	Kind     Kind               `json:"kind"`
	Required []Field            `json:"required"`
	Gaps     map[Field][]GapWhy `json:"gaps"` // which reasons may stand in place of a required value
}

// What is required of each kind. This table is the rule; nothing else decides it.
var required = []struct {
	kind   Kind
	fields []Field
}{
	{KindDuty, []Field{CallerUnit, CallerPerson, CallerTitle, ContactNumber, Content, ReadBack}},
	{KindMissed, []Field{CallBackResult}},
	{KindWrongNumber, nil},
	{KindNuisance, nil},
	{KindSpotCheck, []Field{CallerUnit, Inspector, CheckResult}},
	{KindOutgoing, []Field{CalledWhom, CalledWhy}},
	{KindNonDuty, nil},
	{KindStep, nil}, // what there is to say stands in the step
	{KindFax, []Field{CallerUnit, ContactNumber, Content}},
	{KindWeChat, []Field{CallerUnit, CallerPerson, Content}},
	{KindVisit, []Field{CallerUnit, CallerPerson, ContactNumber, Content}},
	{KindPatrol, []Field{Place, CheckResult}},
	{KindWarning, []Field{CallerUnit, WarningLevel, ValidUntil, Content, PassedTo}},
}

// Written are the kinds of what did not come by telephone: a person opens such an entry.
func Written() []Kind { return []Kind{KindFax, KindWeChat, KindVisit, KindPatrol, KindWarning} }

// fieldRule is one field: how long it may be, in characters, and which gaps it allows.
type fieldRule struct {
	field Field
	limit int
	gaps  []GapWhy
}

const (
	shortText  = 500
	middleText = 2000
	longText   = 20000
)

// The fields in the order of the form. A gap stands where the other side kept a value to
// itself, or where something could not be done. A service code and a wrong key make an outgoing
// call, too: whom it reached may be unknown or refused by who picked up, and it may have had no
// reason; only nobody can have refused why we called. What no kind requires has no gap.
var fieldRules = []fieldRule{
	{CallerUnit, shortText, []GapWhy{NotGiven, Refused}},
	{CallerPerson, shortText, []GapWhy{NotGiven, Refused}},
	{CallerTitle, shortText, []GapWhy{NotGiven, Refused}},
	{ContactNumber, shortText, []GapWhy{NotGiven, Refused}},
	{Content, longText, []GapWhy{NotGiven, Refused}},
	{Category, shortText, nil},
	{ReadBack, shortText, []GapWhy{NotPossible}},
	{CallBackResult, shortText, []GapWhy{NotPossible}},
	{Inspector, shortText, []GapWhy{NotGiven, Refused}},
	{CheckResult, shortText, []GapWhy{NotGiven}},
	{CalledWhom, shortText, []GapWhy{NotGiven, Refused}},
	{CalledWhy, shortText, []GapWhy{NotGiven}},
	{AnsweredBy, shortText, nil},
	{WarningLevel, shortText, []GapWhy{NotGiven}},
	{ValidUntil, shortText, []GapWhy{NotGiven}},
	{PassedTo, shortText, []GapWhy{NotPossible}},
	{Urgency, shortText, nil},
	{HappenedAt, shortText, nil},
	{Place, shortText, []GapWhy{NotPossible}},
	{Cause, middleText, nil},
	{Casualties, middleText, nil},
	{Losses, middleText, nil},
	{Measures, middleText, nil},
	{Trend, middleText, nil},
	{Needs, middleText, nil},
	{AlsoTold, shortText, nil},
	{ProposedHandling, middleText, nil},
	{Result, middleText, nil},
	{FollowUpNumber, shortText, nil},
	{Classification, shortText, nil},
	{LateReason, shortText, nil},
	{PaperSheet, shortText, []GapWhy{NotPossible}}, // it was on no sheet
}

// Categories of what a call is about, in the order in which they are offered. The set is closed:
// words of one's own could not be counted.
func Categories() []string {
	return []string{"突发事件", "信息报送", "预警信息", "指示批示", "业务咨询", "通知传达", "其他"}
}

// Urgencies are how soon a matter has to be dealt with, as official papers mark it.
func Urgencies() []string { return []string{"一般", "紧急", "特急"} }

// Classifications are the marks of an entry. There is none for what is classified, because nothing
// of it may be written here: the last one says that it is kept elsewhere.
func Classifications() []string { return []string{"公开", "内部", "另有涉密件"} }

// WarningLevels are the four of 预警, the gravest first.
func WarningLevels() []string { return []string{"红色", "橙色", "黄色", "蓝色"} }

// Words are the values of a field that has a closed set of them; nil for any other field.
func Words(f Field) []string {
	switch f {
	case Category:
		return Categories()
	case Urgency:
		return Urgencies()
	case Classification:
		return Classifications()
	case WarningLevel:
		return WarningLevels()
	}
	return nil
}

// IsTime reports whether a field holds a moment.
func IsTime(f Field) bool { return f == HappenedAt || f == ValidUntil }

// Kinds lists the rule of every kind, in the order in which the page offers them.
func Kinds() []KindRule {
	all := make([]KindRule, len(required))
	for i, r := range required {
		rule := KindRule{Kind: r.kind, Required: append([]Field{}, r.fields...), Gaps: map[Field][]GapWhy{}}
		for _, f := range r.fields {
			if gaps := GapsAllowed(f); len(gaps) > 0 {
				rule.Gaps[f] = gaps
			}
		}
		all[i] = rule
	}
	return all
}

// Required lists the fields that an entry of this kind must have, or give a gap for.
func Required(k Kind) []Field {
	for _, r := range required {
		if r.kind == k {
			return slices.Clone(r.fields)
		}
	}
	return nil
}

// Valid reports whether k is one of the closed set.
func (k Kind) Valid() bool {
	for _, r := range required {
		if r.kind == k {
			return true
		}
	}
	return false
}

// Tag is the tag that a call carries because of its entry's kind; empty for most kinds.
func (k Kind) Tag() telephony.Tag {
	switch k {
	case KindWrongNumber:
		return telephony.TagWrongNumber
	case KindNuisance:
		return telephony.TagNuisance
	case KindSpotCheck:
		return telephony.TagSpotCheck
	default:
		return ""
	}
}

// Fields lists what a person fills in, in the order of the form.
func Fields() []Field {
	all := make([]Field, len(fieldRules))
	for i, r := range fieldRules {
		all[i] = r.field
	}
	return all
}

// GapsAllowed lists the reasons that may stand in place of the field's value.
func GapsAllowed(f Field) []GapWhy {
	r, _ := ruleOf(f)
	return slices.Clone(r.gaps)
}

func ruleOf(f Field) (fieldRule, bool) {
	for _, r := range fieldRules {
		if r.field == f {
			return r, true
		}
	}
	return fieldRule{}, false
}
