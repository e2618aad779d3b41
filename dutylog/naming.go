package dutylog

// Naming is what the log knows of a name that is to stand for who answered a call.
type Naming struct {
	Known   bool // somebody with an account, or a person of the roster
	Decided bool // the call's verdict was decided by a review
}

// OnlyNames reports whether a patch changes nothing but who answered.
func (p EntryPatch) OnlyNames() bool {
	_, names := p.Values[AnsweredBy]
	return names && len(p.Values) == 1 && len(p.Gaps) == 0 && p.Kind == nil && p.State == nil && p.Late == nil
}

// NamesAnother reports whether a patch says of a call that came in that somebody else answered than is recorded.
func (e Entry) NamesAnother(p EntryPatch) (name string, another bool) {
	name, said := p.Values[AnsweredBy]
	cameIn := e.Phase != NoCall && e.Phase != Dialled && e.Phase != Connected
	return name, said && cameIn && !SameName(name, e.Values[AnsweredBy])
}

// MayName says why somebody may not say that another person answered than is recorded; nil: they may. A verdict
// follows the name, so nobody moves one to a colleague: whoever answered says so, or a supervisor does. Where nobody
// is recorded yet, any officer says who it was, as long as nothing is decided.
func (e Entry) MayName(name string, by Actor, n Naming) error {
	refused := func(reason string) error { return &InvalidError{Field: string(AnsweredBy), Reason: reason} }
	none := PersonName(name) == ""
	switch {
	case e.Phase == Unanswered && !none:
		return refused("nobody answered this call at the duty phone: leave it empty, and explain the call in its review")
	case !none && !n.Known:
		return refused("is nobody whom the log knows: choose somebody who has an account or is a person of the roster")
	case by.Role == Supervisor, !none && by.isNamed(name), none && by.isNamed(e.Responsible):
		return nil
	case PersonName(e.Values[AnsweredBy]) != "":
		return refused("somebody is recorded already: whoever answered says so themself, or a supervisor changes it")
	case n.Decided:
		return refused("the verdict of this call is decided: whoever answered says so themself, or a supervisor does")
	case e.Phase == Waiting && !SameName(name, e.Responsible) && !SameName(name, e.Rostered):
		return refused("the call is not answered yet: say who answered when somebody did")
	}
	return nil
}
