package web

import (
	"context"

	"dutyline/dutylog"
)

type reportInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Key         string     `json:"key" maxLength:"40"`
		Stage       string     `json:"stage" enum:"first,written,detailed,follow_up,final"`
		Number      int        `json:"number,omitempty" minimum:"0" doc:"Which one of its stage; absent: the next that did not go out"`
		Elements    elementMap `json:"elements"`
		Text        string     `json:"text,omitempty"`
		BaseVersion int        `json:"base_version,omitempty" minimum:"0" doc:"The version on which it was made; 0: none was there"`
	}
}

type approveInput struct {
	ID     int64 `path:"id" minimum:"1"`
	Number int   `path:"number" minimum:"1"`
	Body   struct {
		Key     string         `json:"key" maxLength:"40"`
		Part    string         `json:"part" enum:"review,sign" doc:"review 审核: section chief or leader; sign 签发: leader"`
		Version int            `json:"version,omitempty" minimum:"0" doc:"That was read; absent: the newest"`
		ByPhone *approvalPhone `json:"by_phone,omitempty" doc:"It was said by telephone, and is noted by the officer"`
	}
}

type approvalPhone struct {
	Login  string `json:"login" minLength:"1" maxLength:"64" doc:"Who said so"`
	CallID string `json:"call_id,omitempty" maxLength:"200" doc:"The answered call in which it was said; absent: the switch did not see it, then at is required. Whether it was recorded does not matter here: page and papers say so where it was not"`
	At     string `json:"at,omitempty" maxLength:"40" doc:"When it was said, RFC 3339; where a call is named, that says when"`
	Reason string `json:"call_reason,omitempty" doc:"Why this call proves it though its number is not known as theirs, or it was talked for less than 5 s: without it 422 incident-call_mismatch. At least two Chinese characters or five letters, at most 500 characters; kept only where it is needed, and told to the supervisor (alert call_mismatch)"`
}

type confirmApprovalInput struct {
	ID     int64 `path:"id" minimum:"1"`
	Number int   `path:"number" minimum:"1"`
	Body   struct {
		Key     string `json:"key" maxLength:"40"`
		Confirm bool   `json:"confirm" doc:"false: it was not so, and does not count"`
		Reason  string `json:"reason,omitempty" doc:"What was not so; required then"`
		Fact    int    `json:"fact,omitempty" minimum:"0" doc:"Which approval; absent: the oldest that waits"`
	}
}

type deliverInput struct {
	ID     int64 `path:"id" minimum:"1"`
	Number int   `path:"number" minimum:"1"`
	Body   struct {
		Key        string `json:"key" maxLength:"40"`
		Recipient  string `json:"recipient,omitempty" maxLength:"40" doc:"See GET /incidents/terms"`
		Channel    string `json:"channel,omitempty" maxLength:"40"`
		At         string `json:"at,omitempty" maxLength:"40" doc:"RFC 3339; absent: now. Where a call proves it, the call says when"`
		Receiver   string `json:"receiver,omitempty" doc:"Name of who took it; by telephone required"`
		CallID     string `json:"call_id,omitempty" maxLength:"200" doc:"Of the outgoing, answered call by which it was told, channel phone only"`
		Attachment int64  `json:"attachment,omitempty" minimum:"0" doc:"Number of a file that is attached to a linked entry"`
		Evidence   string `json:"evidence,omitempty" doc:"What else proves it, in words"`
		CallReason string `json:"call_reason,omitempty" doc:"Why this call proves it though its number is not known as the recipient's, or it was talked for less than 5 s: without it 422 incident-call_mismatch. At least two Chinese characters or five letters, at most 500 characters; kept only where it is needed, and told to the supervisor (alert call_mismatch)"`
	}
}

// writeReport keeps the next version of a report.
func (a *app) writeReport(ctx context.Context, in *reportInput) (*incidentOutput, error) {
	i, err := a.incident(ctx, writeIncidents, in.ID)
	if err != nil {
		return nil, err
	}
	b := in.Body
	number := i.NextOf(dutylog.Stage(b.Stage))
	if r, there := i.Report(b.Number); b.Number != 0 && (!there || r.Stage != dutylog.Stage(b.Stage)) && b.Number != number {
		return nil, invalid("body.number", "is no report of this stage: leave it out for the next one")
	} else if b.Number != 0 {
		number = b.Number
	}
	return a.deed(ctx, i.ID, b.Key, dutylog.FactDraft{Kind: dutylog.FactWritten,
		Body: dutylog.FactBody{Report: number, Elements: b.Elements, Text: b.Text, Base: b.BaseVersion}})
}

// approveReport reviews or signs a report, or notes that somebody did so by telephone. Sending is another matter.
func (a *app) approveReport(ctx context.Context, in *approveInput) (*incidentOutput, error) {
	i, err := a.incident(ctx, approveReports, in.ID)
	if err != nil {
		return nil, err
	}
	b := in.Body
	d := dutylog.FactDraft{Kind: dutylog.FactReviewed, Body: dutylog.FactBody{Report: in.Number, Base: b.Version}}
	if b.Part == string(dutylog.PartSign) {
		d.Kind = dutylog.FactSigned
	}
	if p := b.ByPhone; p != nil {
		d.Body.Login, d.Body.CallID, d.Body.CallReason = p.Login, p.CallID, p.Reason
		if d.At, err = instant("body.by_phone.at", p.At); err != nil {
			return nil, err
		}
	}
	return a.deed(ctx, i.ID, b.Key, d)
}

// confirmApproval is what the person says at the next login of what was noted in their name.
func (a *app) confirmApproval(ctx context.Context, in *confirmApprovalInput) (*incidentOutput, error) {
	i, err := a.incident(ctx, approveReports, in.ID)
	if err != nil {
		return nil, err
	}
	d := dutylog.FactDraft{Kind: dutylog.FactDenied, Body: dutylog.FactBody{Report: in.Number, Fact: in.Body.Fact, Reason: in.Body.Reason}}
	if in.Body.Confirm {
		d.Kind = dutylog.FactConfirmed
	}
	return a.deed(ctx, i.ID, in.Body.Key, d)
}

// deliverReport keeps that a report went out, approved or not.
func (a *app) deliverReport(ctx context.Context, in *deliverInput) (*incidentOutput, error) {
	b := in.Body
	return a.happened(ctx, in.ID, b.Key, dutylog.FactDelivered, b.At, dutylog.FactBody{Report: in.Number, Recipient: b.Recipient,
		Channel: b.Channel, Receiver: b.Receiver, CallID: b.CallID, Attachment: b.Attachment, Evidence: b.Evidence, CallReason: b.CallReason})
}
