package telephony

import "strings"

// Said is what a proof says, as a name with its parameters, so that a page can say it in its reader's
// language. A SIP message has none: it is shown as it is.
type Said struct {
	Name        SaidName `json:"name"`
	Number      string   `json:"number,omitempty"`
	Endpoint    string   `json:"endpoint,omitempty"`
	Event       string   `json:"event,omitempty"`  // the switch's name of it
	Status      string   `json:"status,omitempty"` // how a dial ended, or a SIP status
	Application string   `json:"application,omitempty"`
	URI         string   `json:"uri,omitempty"` // of a contact
	State       string   `json:"state,omitempty"`
	Finding     string   `json:"finding,omitempty"`
	Detail      string   `json:"detail,omitempty"`
}

// SaidName names what can be said.
type SaidName string

// The closed set; each with the parameters that its text has.
const (
	SaidDialled         SaidName = "dialled"
	SaidRedirecting     SaidName = "redirecting_number"
	SaidSentOn          SaidName = "sent_on"
	SaidRedirectAnswer  SaidName = "redirect_answer"
	SaidLaterRedirect   SaidName = "redirecting_later"
	SaidAnsweredBy      SaidName = "answered_by"
	SaidDialEnded       SaidName = "dial_ended"
	SaidApplication     SaidName = "application"
	SaidTransfer        SaidName = "transfer"
	SaidTransferTo      SaidName = "transfer_to"
	SaidTransferFailed  SaidName = "transfer_failed"
	SaidTransferToFails SaidName = "transfer_to_failed"
	SaidHandedOn        SaidName = "handed_on"
	SaidContact         SaidName = "contact"
	SaidContacts        SaidName = "contacts"
	SaidLineState       SaidName = "line_state"
	SaidFault           SaidName = "fault"
)

// saidTexts are in the switch's own words, for the log and for whoever reads its trace.
var saidTexts = map[SaidName]string{
	SaidDialled:         "dialled {number}",
	SaidRedirecting:     "redirecting number {number}",
	SaidSentOn:          "Dial {status} {endpoint} forward={number}",
	SaidRedirectAnswer:  "{event} {endpoint} tech_cause={status}",
	SaidLaterRedirect:   "{endpoint} has a redirecting number after it was dialled (181)",
	SaidAnsweredBy:      "answered by {endpoint}",
	SaidDialEnded:       "Dial {status} {endpoint}",
	SaidApplication:     "dialplan application {application}",
	SaidTransfer:        "{event} {endpoint}",
	SaidTransferTo:      "{event} {endpoint} to {number}",
	SaidTransferFailed:  "{event} {endpoint} failed",
	SaidTransferToFails: "{event} {endpoint} to {number} failed",
	SaidHandedOn:        "whom the officer called talks with somebody else",
	SaidContact:         "{event} {uri}",
	SaidContacts:        "the switch keeps the contact {uri}",
	SaidLineState:       "line {state}",
	SaidFault:           "{finding} {detail}",
}

// SaidNames lists the closed set, in no order.
func SaidNames() []SaidName {
	out := make([]SaidName, 0, len(saidTexts))
	for n := range saidTexts {
		out = append(out, n)
	}
	return out
}

// String is it in the switch's own words.
func (s Said) String() string {
	fill := strings.NewReplacer("{number}", s.Number, "{endpoint}", s.Endpoint, "{event}", s.Event, "{status}", s.Status,
		"{application}", s.Application, "{uri}", s.URI, "{state}", s.State, "{finding}", s.Finding, "{detail}", s.Detail)
	return strings.TrimSpace(fill.Replace(saidTexts[s.Name]))
}

// clean bounds what may come from a caller and takes out what cannot be shown.
func (s Said) clean() Said {
	for _, field := range []*string{&s.Number, &s.Endpoint, &s.Event, &s.Status, &s.Application, &s.URI, &s.State, &s.Finding, &s.Detail} {
		*field = printable(*field, 2*maxName)
	}
	return s
}
