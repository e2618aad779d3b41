package web

import (
	"context"
	"slices"

	"dutyline/dutylog"
)

// What is offered at once: more open incidents, or calls to superiors, are a disaster in which nobody picks from a list.
const (
	mostOpenIncidents = 50
	mostSuperiorCalls = 50
)

type incidentOffers struct {
	Incidents []incidentBody `json:"incidents" nullable:"false" doc:"That are open: a new entry may tell of the same event"`
	Calls     []reportOffer  `json:"calls" nullable:"false" doc:"Outgoing calls to superiors while a clock ran, which are no delivery yet"`
}

type reportOffer struct {
	CallID    string        `json:"call_id"`
	Number    string        `json:"number"`
	Who       string        `json:"who" doc:"Whom the directory knows under this number"`
	At        stamp         `json:"at" doc:"When it was answered"`
	Recorded  bool          `json:"recorded" doc:"Its recording is sealed"`
	Incident  int64         `json:"incident"`
	Title     string        `json:"title" doc:"Of the incident"`
	Report    int           `json:"report" doc:"The one that is due"`
	Stage     dutylog.Stage `json:"stage" enum:"first,written,detailed,follow_up,final"`
	Nth       int           `json:"nth"`
	Recipient string        `json:"recipient" enum:"superior_bureau,party_committee,government" doc:"The likeliest"`
}

type incidentOffersOutput struct{ Body incidentOffers }

// incidentOffers are the incidents to which an entry may belong, and the calls that may have been reports.
func (a *app) incidentOffers(ctx context.Context, _ *struct{}) (*incidentOffersOutput, error) {
	open, _, err := a.Log.Incidents(ctx, dutylog.IncidentQuery{State: dutylog.IncidentOpen, Limit: mostOpenIncidents})
	if err != nil {
		return nil, problemOf(err)
	}
	out := incidentOffers{Incidents: []incidentBody{}, Calls: []reportOffer{}}
	for _, i := range open {
		out.Incidents = append(out.Incidents, incidentShown(i, a.SwitchNow()))
	}
	if len(open) == 0 {
		return &incidentOffersOutput{out}, nil
	}
	calls, err := a.Log.SuperiorCalls(ctx, dutylog.Since(open), mostSuperiorCalls)
	if err != nil {
		return nil, problemOf(err)
	}
	for _, o := range dutylog.OfferReports(open, calls) {
		who, err := a.whoWasCalled(ctx, o.Call)
		if err != nil {
			return nil, err
		}
		out.Calls = append(out.Calls, reportOffer{CallID: o.Call.ID, Number: o.Call.Called.Raw, Who: who, At: stamp(o.Call.AnsweredAt), Recorded: o.Call.Recording.Digest != "",
			Incident: o.Incident.ID, Title: o.Incident.Title(), Report: o.Report.Number, Stage: o.Report.Stage, Nth: o.Report.Nth, Recipient: "superior_bureau"})
	}
	return &incidentOffersOutput{out}, nil
}

// whoWasCalled is the superior whom the call's own entry names.
func (a *app) whoWasCalled(ctx context.Context, c dutylog.Call) (string, error) {
	if c.EntryID == "" {
		return "", nil
	}
	e, err := a.Log.Entry(ctx, c.EntryID)
	if err != nil {
		return "", problemOf(err)
	}
	for _, k := range e.Candidates {
		if k.Superior {
			return k.Unit, nil
		}
	}
	return "", nil
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
	Signers    []actorDoc          `json:"signers" nullable:"false" doc:"Who may review or sign: whose word by telephone can be noted"`
}

type incidentTermsOutput struct{ Body incidentTerms }

// incidentTerms are the words of the regulation and the rules of reports, as data, and who may approve them.
func (a *app) incidentTerms(ctx context.Context, _ *struct{}) (*incidentTermsOutput, error) {
	accounts, err := a.Log.Accounts(ctx)
	if err != nil {
		return nil, problemOf(err)
	}
	signers := []actorDoc{}
	for _, x := range accounts {
		if !x.Disabled && slices.Contains(dutylog.PartReview.Entitled(), x.Role) {
			signers = append(signers, actorDoc{x.Login, x.Name, string(x.Role)})
		}
	}
	return &incidentTermsOutput{incidentTerms{dutylog.IncidentCategories(), dutylog.IncidentTriggers(), dutylog.Elements(), dutylog.StageRules(), dutylog.Recipients(),
		dutylog.Channels(), dutylog.CalloutRoles(), dutylog.CalloutResults(), dutylog.SceneKinds(), a.schedule(), signers}}, nil
}
