package web

import (
	"context"
	"time"

	"dutyline/dutylog"
)

type filingDutyBody struct {
	Kind   dutylog.FilingKind  `json:"kind" enum:"month,holiday,sensitive"`
	Name   string              `json:"name" doc:"The month, or the name of holiday or period"`
	First  string              `json:"first"`
	Last   string              `json:"last"`
	Due    stamp               `json:"due" doc:"It is filed before"`
	Guess  bool                `json:"due_presumed" doc:"A year has no table of holidays: due is reckoned by weekends alone"`
	State  dutylog.FilingState `json:"state" enum:"open,overdue,filed,filed_late,filed_undated,filed_noted,supplement,deadline_unknown" doc:"supplement: filed, and the roster was changed since; filed_noted: said to be filed in time, and written down here after the deadline and more than 12 hours after it was sent"`
	Asks   bool                `json:"asks" doc:"Somebody has to do something"`
	Newest int64               `json:"filing" doc:"The newest filing; 0: none"`
}

type filingsInput struct {
	First string `query:"first" maxLength:"10" doc:"The first day; two months ago when absent"`
	Last  string `query:"last" maxLength:"10" doc:"The last day; three months ahead when absent"`
}

type filingsOutput struct {
	Body struct {
		Duties  []filingDutyBody `json:"duties" nullable:"false" doc:"What is to be filed, by its first day"`
		Filings []filingBody     `json:"filings" nullable:"false" doc:"What was filed, oldest first, without the shifts"`
	}
}

type filingBody struct {
	ID         int64              `json:"id"`
	Kind       dutylog.FilingKind `json:"kind" enum:"month,holiday,sensitive"`
	Name       string             `json:"name"`
	First      string             `json:"first"`
	Last       string             `json:"last"`
	At         stamp              `json:"at" doc:"When it was entered here"`
	By         string             `json:"by"`
	SentAt     stamp              `json:"sent_at"`
	SentTo     string             `json:"sent_to"`
	Receipt    string             `json:"receipt"`
	Note       string             `json:"note"`
	ReceiptAt  stamp              `json:"receipt_at" doc:"When a receipt came that was added afterwards; null: it was noted with the filing, or there is none"`
	Supplement int64              `json:"supplement" doc:"Of which filing it is the supplement; 0: none"`
	Shifts     []rosterShiftBody  `json:"shifts" nullable:"false" doc:"The version that was sent: the roster as it stood at sent_at"`
	Versions   []filingVersion    `json:"versions" nullable:"false" doc:"As it stood, oldest first, up to what stands now; empty: nothing was said of it afterwards"`
}

// filingVersion is how a filing stood from a time on.
type filingVersion struct {
	At        stamp             `json:"at" doc:"Since when"`
	By        string            `json:"by"`
	Reason    string            `json:"reason"`
	SentAt    stamp             `json:"sent_at"`
	Receipt   string            `json:"receipt"`
	ReceiptAt stamp             `json:"receipt_at"`
	Shifts    []rosterShiftBody `json:"shifts" nullable:"false"`
}

func filingOf(f dutylog.Filing, whole bool) filingBody {
	b := filingBody{ID: f.ID, Kind: f.Kind, Name: f.Span.Name, First: string(f.Span.First), Last: string(f.Span.Last), At: stamp(f.At), By: f.By.Name,
		SentAt: stamp(f.SentAt), SentTo: f.SentTo, Receipt: f.Receipt, Note: f.Note, ReceiptAt: stamp(f.ReceiptAt), Supplement: f.Supplement, Shifts: []rosterShiftBody{}, Versions: []filingVersion{}}
	if whole {
		b.Shifts = shiftBodies(f.Shifts)
	}
	for _, v := range f.Versions {
		version := filingVersion{At: stamp(v.At), By: v.By.Name, Reason: v.Reason, SentAt: stamp(v.SentAt), Receipt: v.Receipt, ReceiptAt: stamp(v.ReceiptAt), Shifts: []rosterShiftBody{}}
		if whole {
			version.Shifts = shiftBodies(v.Shifts)
		}
		b.Versions = append(b.Versions, version)
	}
	return b
}

// filings lists what is to be filed and what was.
func (a *app) filings(ctx context.Context, in *filingsInput) (*filingsOutput, error) {
	today := dutylog.DateOf(a.Now(), a.Zone)
	first, last := today.Add(-62), today.Add(93)
	for _, d := range []struct {
		field, text string
		to          *dutylog.Date
	}{{"first", in.First, &first}, {"last", in.Last, &last}} {
		if d.text == "" {
			continue
		}
		day, err := dutylog.ParseDate(d.text)
		if err != nil {
			return nil, invalid("query."+d.field, err.Error())
		}
		*d.to = day
	}
	if last < first || last > first.Add(800) {
		return nil, invalid("query.last", "is before the first day, or more than two years after it")
	}
	facts, err := a.Log.FilingFacts(ctx, first, last)
	if err != nil {
		return nil, problemOf(err)
	}
	out := &filingsOutput{}
	out.Body.Duties, out.Body.Filings = []filingDutyBody{}, []filingBody{}
	for _, d := range facts.FilingDuties(first, last, a.Now()) {
		out.Body.Duties = append(out.Body.Duties, filingDutyBody{Kind: d.Kind, Name: d.Span.Name, First: string(d.Span.First), Last: string(d.Span.Last),
			Due: stamp(d.Due), Guess: d.Presumed, State: d.State, Asks: d.State.Asks(), Newest: d.Last})
	}
	for _, f := range facts.Filings {
		out.Body.Filings = append(out.Body.Filings, filingOf(f, false))
	}
	return out, nil
}

type fileInput struct {
	Body struct {
		Kind    dutylog.FilingKind `json:"kind" enum:"month,holiday,sensitive"`
		First   string             `json:"first" maxLength:"10" doc:"The first day of the month, holiday or period"`
		Name    string             `json:"name" maxLength:"500" doc:"As the duty has it"`
		SentAt  time.Time          `json:"sent_at"`
		SentTo  string             `json:"sent_to" maxLength:"500" doc:"To whom it was sent"`
		Receipt string             `json:"receipt" maxLength:"500" doc:"What came back, or the name of the scan that shows it"`
		Note    string             `json:"note" maxLength:"2000"`
	}
}

type filingOutput struct{ Body filingBody }

// fileRoster keeps that the roster was filed, with the version that stood when it was sent.
func (a *app) fileRoster(ctx context.Context, in *fileInput) (*filingOutput, error) {
	first, err := dutylog.ParseDate(in.Body.First)
	if err != nil {
		return nil, invalid("body.first", err.Error())
	}
	facts, err := a.Log.FilingFacts(ctx, first, first)
	if err != nil {
		return nil, problemOf(err)
	}
	f := dutylog.Filing{Kind: in.Body.Kind, Span: dutylog.DateSpan{Name: in.Body.Name, First: first}, SentAt: in.Body.SentAt.UTC(), SentTo: in.Body.SentTo, Receipt: in.Body.Receipt, Note: in.Body.Note}
	for _, d := range facts.FilingDuties(first, first, a.Now()) {
		if d.Key() == f.Key() {
			f.Span = d.Span
		}
	}
	if f.Span.Last == "" {
		return nil, invalid("body.first", "no month, holiday or sensitive period that is to be filed begins on this day: enter the holidays or the period first")
	}
	kept, err := a.Log.File(ctx, f, visitorOf(ctx).actor())
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	a.dutyChanged()
	return &filingOutput{filingOf(kept, true)}, nil
}

type filingInput struct {
	ID int64 `path:"id" minimum:"1"`
}

// filing gives one filing with the version that was sent.
func (a *app) filing(ctx context.Context, in *filingInput) (*filingOutput, error) {
	f, err := a.Log.Filing(ctx, in.ID)
	if err != nil {
		return nil, problemOf(err)
	}
	return &filingOutput{filingOf(f, true)}, nil
}

type amendFilingInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Receipt   string    `json:"receipt,omitempty" maxLength:"500" doc:"What came back, or the name of the scan that shows it; absent: it stays"`
		ReceiptAt time.Time `json:"receipt_at,omitempty" doc:"When it came"`
		SentAt    time.Time `json:"sent_at,omitempty" doc:"When it was sent in truth; absent: it stays"`
		Reason    string    `json:"reason,omitempty" maxLength:"500" doc:"Why a receipt or a time that stands is corrected"`
	}
}

// amendFiling keeps what is said of a filing afterwards.
func (a *app) amendFiling(ctx context.Context, in *amendFilingInput) (*filingOutput, error) {
	p := dutylog.FilingPatch{Receipt: in.Body.Receipt, ReceiptAt: in.Body.ReceiptAt.UTC(), SentAt: in.Body.SentAt.UTC(), Reason: in.Body.Reason}
	kept, err := a.Log.AmendFiling(ctx, in.ID, p, visitorOf(ctx).actor())
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	a.dutyChanged()
	return &filingOutput{filingOf(kept, true)}, nil
}
