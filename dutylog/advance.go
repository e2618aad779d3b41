package dutylog

import (
	"slices"

	"dutyline/telephony"
)

// The order in which figures and the page show tags.
var tagOrder = []telephony.Tag{
	telephony.TagTest, telephony.TagSystem, telephony.TagSpotCheck, telephony.TagSuperior,
	telephony.TagWrongNumber, telephony.TagNuisance, telephony.TagWithheld,
}

// MergeTags joins tags of several sources, each once, in a fixed order; empty ones are left out.
func MergeTags(lists ...[]telephony.Tag) []telephony.Tag {
	all := slices.DeleteFunc(union(lists...), func(t telephony.Tag) bool { return t == "" })
	slices.SortStableFunc(all, func(a, b telephony.Tag) int { return tagRank(a) - tagRank(b) })
	return all
}

func tagRank(t telephony.Tag) int {
	if i := slices.Index(tagOrder, t); i >= 0 {
		return i
	}
	return len(tagOrder)
}

// stage is how far a call has come. A snapshot of an earlier stage is old news.
func stage(c telephony.Call) int {
	switch {
	case c.Ended():
		return 3
	case !c.AnsweredAt.IsZero():
		return 2
	case !c.RangAt.IsZero():
		return 1
	default:
		return 0
	}
}

// Advance is what the log keeps of a call after the tracker said more about it. News never
// takes a call back to an earlier stage, and a verdict once given never changes: after the
// end only findings, tags and texts that were empty are added.
//
// The one that settles a call is compared with what is kept (telephony.Reconcile); once the
// journal settled it, nothing is said any more.
func Advance(kept, said telephony.Call) telephony.Call {
	switch {
	case kept.SettledBy == telephony.SettledByJournal:
		return kept
	case said.SettledBy == telephony.SettledByJournal:
		return telephony.Reconcile(kept, said)
	case said.SettledBy != "" && kept.Ended():
		kept.SettledBy = said.SettledBy
		kept.Findings = union(kept.Findings, said.Findings)
		return kept
	case kept.Ended():
		kept.Findings = union(kept.Findings, said.Findings)
		kept.Tags = MergeTags(kept.Tags, said.Tags)
		keepText(&kept.CallerName, said.CallerName)
		keepText(&kept.ForwardedTo, said.ForwardedTo)
		keepText(&kept.RedirectedFrom, said.RedirectedFrom)
		return kept
	case stage(said) < stage(kept):
		return kept
	}
	said.Line, said.Direction = kept.Line, kept.Direction // a call never moves to another line
	if said.OfferedAt.IsZero() {
		said.OfferedAt = kept.OfferedAt
	}
	if said.RangAt.IsZero() {
		said.RangAt = kept.RangAt
	}
	keepText(&said.CallerName, kept.CallerName)
	return said
}

func keepText(text *string, other string) {
	if *text == "" {
		*text = other
	}
}
