package web

import (
	"context"
	"slices"
	"strings"

	"dutyline/dutylog"
)

// What is offered at once: more open incidents, or calls to superiors, are a disaster in which nobody picks from a list.
const (
	mostOpenIncidents = 200
	mostSuperiorCalls = 50
)

type incidentOffers struct {
	Incidents []IncidentHead `json:"incidents" nullable:"false" doc:"That are open: a new entry may tell of the same event"`
	Calls     []reportOffer  `json:"calls" nullable:"false" doc:"Outgoing calls to superiors while a clock ran, which are no delivery yet"`
}

type reportOffer struct {
	CallID    string        `json:"call_id"`
	Number    string        `json:"number"`
	Who       string        `json:"who" doc:"Whom the directory knows under this number"`
	Receiver  string        `json:"receiver" doc:"Who takes reports there, by the directory: person and title, else the duty room; the officer says who it was"`
	At        stamp         `json:"at" doc:"When it was answered"`
	Recorded  bool          `json:"recorded" doc:"Its recording is sealed"`
	Talk      float64       `json:"talk_seconds" doc:"How long it was talked, seconds with milliseconds; 0: the call is not over"`
	TooShort  bool          `json:"too_short" doc:"It was talked for less than 5 s and proves nothing by itself: POST …/deliveries takes a call_reason, else 422 incident-call_mismatch"`
	Incident  int64         `json:"incident"`
	Called    string        `json:"incident_number" doc:"How people call the incident, for instance T2026-003"`
	Title     string        `json:"title" doc:"Of the incident"`
	Report    int           `json:"report" doc:"What the call can have been: what others got and this recipient lacks, else what is due next, else a follow-up by telephone"`
	Stage     dutylog.Stage `json:"stage" enum:"first,written,detailed,follow_up,final"`
	Nth       int           `json:"nth"`
	Recipient string        `json:"recipient" doc:"To whom the called number belongs, by the directory (see GET /incidents/terms); empty: it cannot be told, the officer has to say"`
}

type incidentOffersOutput struct{ Body incidentOffers }

// incidentOffers are the incidents to which an entry may belong, and the calls that may have been reports.
func (a *app) incidentOffers(ctx context.Context, _ *struct{}) (*incidentOffersOutput, error) {
	open, _, err := a.Log.Incidents(ctx, dutylog.IncidentQuery{State: dutylog.IncidentOpen, Limit: mostOpenIncidents})
	if err != nil {
		return nil, problemOf(err)
	}
	if open, err = a.shownIncidents(ctx, open); err != nil {
		return nil, err
	}
	out := incidentOffers{Incidents: []IncidentHead{}, Calls: []reportOffer{}}
	for _, i := range open {
		out.Incidents = append(out.Incidents, incidentShown(i, a.SwitchNow()))
	}
	if len(open) == 0 {
		return &incidentOffersOutput{out}, nil
	}
	calls, err := a.Log.SuperiorCalls(ctx, dutylog.Since(open, a.SwitchNow()), mostSuperiorCalls)
	if err != nil {
		return nil, problemOf(err)
	}
	to, who := map[string]string{}, map[string]dutylog.Candidate{}
	for _, c := range calls {
		found, err := a.whoWasCalled(ctx, c)
		if err != nil {
			return nil, err
		}
		var units []string
		for _, k := range found {
			units = append(units, k.Unit)
		}
		if to[c.ID] = dutylog.RecipientOf(units); len(found) > 0 {
			who[c.ID] = found[0]
		}
	}
	for _, o := range dutylog.OfferReports(open, calls, to, a.SwitchNow()) {
		c := listed(visitorOf(ctx), o.Call)
		out.Calls = append(out.Calls, reportOffer{CallID: c.ID, Number: c.Called.Raw, Who: who[c.ID].Unit, Receiver: receiverOf(who[c.ID]), At: stamp(c.AnsweredAt), Recorded: c.Recording.Digest != "", Talk: talkSeconds(c), TooShort: dutylog.TalkTooShort(c) != "",
			Incident: o.Incident.ID, Called: o.Incident.Number.String(), Title: o.Incident.Title(), Report: o.Report.Number, Stage: o.Report.Stage, Nth: o.Report.Nth, Recipient: o.Recipient})
	}
	return &incidentOffersOutput{out}, nil
}

func talkSeconds(c dutylog.Call) float64 {
	if c.EndedAt.IsZero() {
		return 0
	}
	return c.EndedAt.Sub(c.AnsweredAt).Seconds()
}

// whoWasCalled are the superiors whom the call's own entry was offered, else whom the directory has under the number now.
func (a *app) whoWasCalled(ctx context.Context, c dutylog.Call) (found []dutylog.Candidate, err error) {
	var of []dutylog.Candidate
	if c.EntryID != "" {
		e, err := a.Log.Entry(ctx, c.EntryID)
		if err != nil {
			return nil, problemOf(err)
		}
		of = dutylog.Superiors(e.Candidates)
	}
	if len(of) > 0 {
		return of, nil
	}
	listed, err := a.Log.Candidates(ctx, c.Called)
	if err != nil {
		return nil, problemOf(err)
	}
	return dutylog.SuperiorContacts(listed), nil
}

// receiverOf is who takes a report there, as far as the directory says.
func receiverOf(k dutylog.Candidate) string {
	if k.Person == "" {
		return k.Unit
	}
	return strings.TrimSpace(k.Person + " " + k.Title)
}

type incidentTerms struct {
	Categories []dutylog.Word      `json:"categories" nullable:"false" doc:"Art. 19"`
	Triggers   []dutylog.Word      `json:"triggers" nullable:"false" doc:"Art. 18"`
	Elements   []dutylog.Word      `json:"elements" nullable:"false" doc:"Art. 18"`
	Stages     []dutylog.StageRule `json:"stages" nullable:"false" doc:"Art. 20, 22"`
	Recipients []dutylog.Word      `json:"recipients" nullable:"false"`
	Channels   []dutylog.Word      `json:"channels" nullable:"false"`
	Parts      []dutylog.Word      `json:"callout_parts" nullable:"false"`
	Results    []dutylog.Word      `json:"callout_results" nullable:"false"`
	Scene      []dutylog.Word      `json:"scene_kinds" nullable:"false"`
	Schedule   dutylog.Schedule    `json:"schedule" doc:"For incidents that are opened now"`
	Signers    []signerDoc         `json:"signers" nullable:"false" doc:"Who may review or sign: whose word by telephone can be noted"`
}

type incidentTermsOutput struct{ Body incidentTerms }

// signerDoc is somebody whose approval can be noted, and at which telephones they are.
type signerDoc struct {
	Login   string   `json:"login"`
	Name    string   `json:"name"`
	Role    string   `json:"role"`
	Numbers []string `json:"numbers" nullable:"false" doc:"Of them, by roster and directory, E.164"`
}

// signers are who may review or sign. Their numbers are for whoever notes an approval, who finds its call by them.
func (a *app) signers(ctx context.Context) ([]signerDoc, error) {
	accounts, err := a.Log.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	var people []dutylog.RosterPerson
	var directory dutylog.Directory
	if visitorOf(ctx).can(approveReports) {
		if people, err = a.Log.RosterPeople(ctx); err != nil {
			return nil, err
		}
		if directory, err = a.Log.Directory(ctx); err != nil {
			return nil, err
		}
	}
	signers := []signerDoc{}
	for _, x := range accounts {
		if x.Disabled || !slices.Contains(dutylog.PartReview.Entitled(), x.Role) {
			continue
		}
		numbers := []string{}
		for _, n := range dutylog.NumbersOf(x, people, directory.Contacts, a.Directory.AreaCode) {
			numbers = append(numbers, n.E164)
		}
		signers = append(signers, signerDoc{x.Login, x.Name, string(x.Role), numbers})
	}
	return signers, nil
}

// incidentTerms are the words of the regulation and the rules of reports, as data, and who may approve them.
func (a *app) incidentTerms(ctx context.Context, _ *struct{}) (*incidentTermsOutput, error) {
	signers, err := a.signers(ctx)
	if err != nil {
		return nil, problemOf(err)
	}
	return &incidentTermsOutput{incidentTerms{dutylog.IncidentCategories(), dutylog.IncidentTriggers(), dutylog.Elements(), dutylog.StageRules(), dutylog.Recipients(),
		dutylog.Channels(), dutylog.CalloutRoles(), dutylog.CalloutResults(), dutylog.SceneKinds(), a.schedule(), signers}}, nil
}
