package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
	"dutyline/telephony"
	"dutyline/telephony/testcall"
)

// reviewRule is how this house reviews verdicts.
func (a *app) reviewRule() dutylog.ReviewRule {
	days := a.OfficerDays
	if days == 0 {
		days = dutylog.UsualOfficerDays
	}
	return dutylog.ReviewRule{OfficerDays: days, Calendar: a.calendar(), Zone: a.Zone}
}

type reviewFactBody struct {
	ID     int64                `json:"id"`
	Says   dutylog.ReviewSays   `json:"says" enum:"explained,commented,decided,second_asked,second_decided,reopened"`
	Code   string               `json:"code" doc:"Of an explanation its reason, of a verdict that is set aside its technical cause"`
	Result dutylog.ReviewResult `json:"result" enum:",stands,set_aside,counts_late,counts_in_time"`
	Text   string               `json:"text"`
	By     personBody           `json:"by"`

	Officer string `json:"officer" doc:"Whom the verdict concerned then; empty: nobody knew"`
	Past    bool   `json:"past" doc:"It counts no more: the verdict concerns another officer now, or the call turned out otherwise"`
}

// ReviewBody is a verdict under review. It is exported only for the library that writes it.
type ReviewBody struct {
	Call    dutylog.Call           `json:"call" doc:"As measured; no review changes it"`
	Officer string                 `json:"officer" doc:"Whom it concerns: who answered, as was said, else who was responsible; empty: nobody knows"`
	State   dutylog.ReviewState    `json:"state" enum:"awaits_officer,awaits_supervisor,decided,awaits_second,closed"`
	DueAt   stamp                  `json:"due_at" doc:"Until then the officer concerned has the word"`
	Overdue bool                   `json:"overdue" doc:"The time went by without a word"`
	About   string                 `json:"about" doc:"Whom the decision that stands was made about, where the call concerns another officer now: a supervisor may open the review again. Empty: it is the same one, or nobody decided"`
	Result  dutylog.ReviewResult   `json:"result" enum:",stands,set_aside,counts_late,counts_in_time" doc:"What it comes to; empty: nobody decided"`
	Facts   []reviewFactBody       `json:"facts" nullable:"false" doc:"What was said, oldest first"`
	May     []dutylog.ReviewSays   `json:"may" nullable:"false" doc:"What the visitor may say now"`
	Results []dutylog.ReviewResult `json:"results" nullable:"false" doc:"What can be decided"`
}

func (a *app) reviewOf(c dutylog.ReviewCase, by dutylog.Actor) ReviewBody {
	now := a.Now()
	r := c.At(now, a.reviewRule())
	body := ReviewBody{Call: c.Call, Officer: c.Officer, State: r.State, DueAt: stamp(r.DueAt), Overdue: r.Overdue(now), Result: r.Result(),
		Facts: []reviewFactBody{}, May: r.MaySay(by), Results: r.Results()}
	body.About, _ = r.Moved()
	for _, f := range c.Facts {
		body.Facts = append(body.Facts, reviewFactBody{ID: f.ID, Says: f.Says, Code: f.Code, Result: f.Result, Text: f.Text, By: personOf(f.By, f.At), Officer: f.Officer, Past: c.Past(f)})
	}
	return body
}

type reviewsInput struct {
	From   string `query:"from" maxLength:"40" doc:"Calls not before this instant (RFC 3339); absent: the last 100 days"`
	To     string `query:"to" maxLength:"40" doc:"Calls before this instant (RFC 3339)"`
	Waits  string `query:"waits" enum:",officer,supervisor" doc:"officer: nobody decided, and the officer concerned said nothing; supervisor: a decision is due"`
	Mine   bool   `query:"mine" doc:"Only what concerns the visitor; an officer sees nothing else"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
	Cursor string `query:"cursor" maxLength:"200" doc:"next_cursor of the page before"`
}

type reviewList struct {
	Items       []ReviewBody             `json:"items" nullable:"false" doc:"By their calls, newest first"`
	Total       int                      `json:"total" doc:"On all pages"`
	OfficerDays int                      `json:"officer_days" doc:"Working days that the officer concerned has"`
	Reasons     []dutylog.ReviewReason   `json:"reasons" nullable:"false" doc:"What an explanation may name"`
	Causes      []dutylog.TechnicalCause `json:"causes" nullable:"false" doc:"For which a verdict may be set aside"`
	NextCursor  string                   `json:"next_cursor" doc:"Empty on the last page"`
	Held        heldBody                 `json:"held" doc:"Of this time, not listed: officers have the first word, and until then nobody else reads these reviews"`
}

type heldBody struct {
	Total   int   `json:"total"`
	FirstAt stamp `json:"first_at" doc:"When the first of them can be read at the latest; null: there is none"`
}

type reviewListOutput struct{ Body reviewList }

// reviews lists verdicts that may be reviewed. An officer sees those that concern them and no others; everybody else
// sees one as soon as its officer had the first word.
func (a *app) reviews(ctx context.Context, in *reviewsInput) (*reviewListOutput, error) {
	from, to, err := period(in.From, in.To)
	if err != nil {
		return nil, err
	}
	now, v, rule := a.Now(), visitorOf(ctx), a.reviewRule()
	if from.IsZero() {
		from = now.Add(-dutylog.ReviewsBack)
	}
	end := now
	if !to.IsZero() && to.Before(now) {
		end = to
	}
	if end.Sub(from) > dutylog.ReviewsBack+24*time.Hour { // a day more: who asks for whole days is not refused
		return nil, invalid("query.from", "lies more than 100 days before to: ask for a shorter time")
	}
	q := dutylog.ReviewQuery{From: from, To: to, Waits: dutylog.ReviewWaits(in.Waits), Over: rule.Over(now), Limit: in.Limit, Cursor: in.Cursor}
	if in.Mine || v.account.Role == dutylog.Officer {
		q.Officer = v.account.Name
	}
	q.Onlooks, q.Reader = v.account.Role != dutylog.Officer, v.account.Name
	items, total, next, err := a.Log.ReviewCases(ctx, q)
	if err != nil {
		return nil, inQuery(err)
	}
	held, err := a.held(ctx, q)
	if err != nil {
		return nil, err
	}
	list := reviewList{Items: []ReviewBody{}, Total: total, OfficerDays: rule.OfficerDays, Reasons: dutylog.ReviewReasons(), Causes: dutylog.TechnicalCauses(), NextCursor: next, Held: held}
	for _, c := range items {
		c.Call = listed(v, c.Call)
		list.Items = append(list.Items, a.reviewOf(c, v.actor()))
	}
	return &reviewListOutput{list}, nil
}

// held counts the cases of a list that are not shown yet to whoever looks on.
func (a *app) held(ctx context.Context, q dutylog.ReviewQuery) (h heldBody, err error) {
	if !q.Onlooks || q.Officer != "" {
		return h, nil
	}
	total, began, err := a.Log.HeldReviews(ctx, q)
	if err != nil {
		return h, problemOf(err)
	}
	if h.Total = total; total > 0 {
		h.FirstAt = stamp(a.reviewRule().Due(began))
	}
	return h, nil
}

// burstBody is one ring of the bell.
type burstBody struct {
	Number  int   `json:"number"`
	FromMS  int64 `json:"from_ms" doc:"Since the switch saw the bell begin; below zero: before it did"`
	ToMS    int64 `json:"to_ms"`
	Allowed bool  `json:"allowed" doc:"Within the rings that are allowed"`
}

type ringSettings struct {
	Rule          string      `json:"rule" doc:"The version that judged the call"`
	LimitMS       *int64      `json:"limit_ms" doc:"When the limit passed; null: the version is of an older program and cannot be read"`
	OffsetMS      int64       `json:"offset_ms" doc:"How long the bell rang before the switch saw it"`
	UncertaintyMS int64       `json:"uncertainty_ms"`
	Rings         int         `json:"rings" doc:"How many are allowed"`
	Now           string      `json:"now" doc:"What the line has now; empty: the line is not configured any more"`
	Changes       []ruleSince `json:"changes" nullable:"false" doc:"What the line had, oldest first. It stands in the configuration file: who changed it is not known"`
	Bursts        []burstBody `json:"bursts" nullable:"false" doc:"The bell as the rule has it, until it stopped"`
}

// ruleSince is what a line had for a time: its rule, and of what it was made.
type ruleSince struct {
	Rule        string                `json:"rule" doc:"The version of cadence, limit, offset and uncertainty"`
	From        stamp                 `json:"from" doc:"Since when the daemon ran with it"`
	Until       stamp                 `json:"until" doc:"null: nothing else came since"`
	Held        bool                  `json:"held" doc:"It was so when the call came"`
	LimitMS     *int64                `json:"limit_ms" doc:"null: the version is of an older program and cannot be read"`
	Kept        bool                  `json:"kept" doc:"Whether number, endpoints, trunks and supervision were kept; an older program did not"`
	Number      string                `json:"number"`
	Endpoints   []string              `json:"endpoints" nullable:"false"`
	Trunks      []string              `json:"trunks" nullable:"false"`
	Supervision telephony.Supervision `json:"supervision" enum:",sip,polarity,none" doc:"What the trunk tells of answer and hang-up"`
	SavedAt     stamp                 `json:"saved_at" doc:"When the configuration file had been saved; null: not known. Who saved it, the system does not see"`
}

func ruleSinceOf(r dutylog.RuleChange, call time.Time) ruleSince {
	s := r.Settings
	body := ruleSince{Rule: r.Rule, From: stamp(r.At), Until: stamp(r.Until), Held: r.Held(call), Kept: len(s.Endpoints) > 0, Number: s.Number, Endpoints: append([]string{}, s.Endpoints...),
		Trunks: append([]string{}, s.Trunks...), Supervision: s.Supervision, SavedAt: stamp(r.Saved)}
	if rule, ok := telephony.ParseRule(r.Rule); ok {
		limit := rule.LimitAt().Milliseconds()
		body.LimitMS = &limit
	}
	return body
}

// journalRowBody is one row of the switch's own journal.
type journalRowBody struct {
	At      stamp  `json:"at"`
	What    string `json:"what"`
	Channel string `json:"channel"`
}

// momentBody is one moment of a call by everything that saw it.
type momentBody struct {
	Name    dutylog.MomentName `json:"name" enum:"offered,rang,quiet,answered,ended"`
	Judged  stamp              `json:"judged" doc:"By which the call was judged"`
	SIP     stamp              `json:"sip" doc:"By the SIP messages; null: it was not in them, or they are not known"`
	Journal stamp              `json:"journal" doc:"By the switch's own journal, judged anew; null: it has nothing of it"`
}

// sipMomentBody is one SIP message that begins, rings, answers or ends the call.
type sipMomentBody struct {
	At   stamp  `json:"at"`
	Leg  string `json:"leg" doc:"The endpoint"`
	What string `json:"what" doc:"INVITE, CANCEL, BYE, or the status with which an INVITE was answered"`
}

// clockBody is how the clocks stood when the call came.
type clockBody struct {
	At       stamp               `json:"at" doc:"When they were compared, by our clock"`
	OffsetMS int64               `json:"offset_ms" doc:"The switch's clock minus ours"`
	Machine  telephony.ClockKept `json:"machine" enum:",synchronised,alone" doc:"Whether a time service kept our clock; empty: the machine does not say"`
	ErrorMS  *int64              `json:"error_ms" doc:"By how much ours may have been wrong; null: the machine does not say"`
}

type disputeBody struct {
	ReviewBody
	Moments       []momentBody     `json:"moments" nullable:"false" doc:"The moments on which the verdict rests, by everything that saw them"`
	SIP           []sipMomentBody  `json:"sip" nullable:"false" doc:"The SIP messages of the call"`
	SIPWhy        string           `json:"sip_why" enum:",not_kept,not_mirrored,nothing" doc:"Why there are none: nothing was kept of this call, no messages were mirrored, or none of this call"`
	ClockThen     *clockBody       `json:"clock_then" doc:"How the clocks stood when the call came; null: it is not known"`
	Settings      ringSettings     `json:"settings"`
	Journal       []journalRowBody `json:"journal" nullable:"false" doc:"What the switch's own journal has of the call"`
	JournalWhy    string           `json:"journal_why" enum:",none,unreadable,nothing" doc:"Why there is nothing of it"`
	Blind         []interval       `json:"blind" nullable:"false" doc:"What was not seen while the call went on"`
	Test          *testcall.Result `json:"test" doc:"The nearest test call of the line; null: none within the last 500"`
	ClockOffsetMS *int64           `json:"clock_offset_ms" doc:"The switch's clock minus ours, as it is now; null: not known"`
}

type disputeOutput struct{ Body disputeBody }

// reviewCase reads one review for somebody who wants to do something with it.
func (a *app) reviewCase(ctx context.Context, p permission, id string) (dutylog.ReviewCase, error) {
	return one(ctx, p, func() (dutylog.ReviewCase, error) { return a.Log.ReviewCase(ctx, id) },
		func(c dutylog.ReviewCase) object {
			o := object{kind: aReview, officer: c.Officer}
			if r := c.At(a.Now(), a.reviewRule()); r.State == dutylog.AwaitsOfficer && c.Officer != "" {
				o.first = r.DueAt
			}
			return o
		})
}

func (a *app) oneReview(ctx context.Context, in *callInput) (*disputeOutput, error) {
	c, err := a.reviewCase(ctx, seeReviews, in.ID)
	if err != nil {
		return nil, err
	}
	body, err := a.dispute(ctx, c)
	if err != nil {
		return nil, err
	}
	a.audit(ctx, seeReviews, in.ID)
	return &disputeOutput{body}, nil
}

// dispute is a review with everything by which somebody can see for themselves how a verdict came about.
func (a *app) dispute(ctx context.Context, c dutylog.ReviewCase) (body disputeBody, err error) {
	d, err := a.material(ctx, c)
	if err != nil {
		return body, problemOf(err)
	}
	body = disputeBody{ReviewBody: a.reviewOf(c, visitorOf(ctx).actor()), Settings: settingsOf(d), Journal: []journalRowBody{}, JournalWhy: d.Why, Blind: []interval{}, Test: d.Test,
		Moments: []momentBody{}, SIP: []sipMomentBody{}, SIPWhy: d.SIPWhy()}
	for _, m := range d.Moments {
		body.Moments = append(body.Moments, momentBody{m.Name, stamp(m.Judged), stamp(m.SIP), stamp(m.Journal)})
	}
	body.takeWitness(d)
	for _, i := range d.Blind {
		body.Blind = append(body.Blind, interval{Kind: string(i.Kind), From: stamp(i.From), To: stamp(i.To), Cause: i.Cause, Late: []lateEntryBody{}})
	}
	for _, r := range d.Journal {
		what := r.Kind.String()
		if r.Kind == telephony.RowUser || r.Kind == telephony.RowUnknown {
			what = r.User
		}
		body.Journal = append(body.Journal, journalRowBody{stamp(r.At), what, r.Channel})
	}
	if d.Offset != nil {
		off := d.Offset.Milliseconds()
		body.ClockOffsetMS = &off
	}
	return body, nil
}

func (b *disputeBody) takeWitness(d paper.Dispute) {
	w := d.Witness
	if w == nil {
		return
	}
	for _, m := range w.SIP {
		b.SIP = append(b.SIP, sipMomentBody{stamp(m.At), m.Leg, m.What})
	}
	if w.ClockAt.IsZero() {
		return
	}
	b.ClockThen = &clockBody{At: stamp(w.ClockAt), OffsetMS: w.Ahead.Milliseconds(), Machine: w.Machine}
	if w.Error >= 0 {
		ms := w.Error.Milliseconds()
		b.ClockThen.ErrorMS = &ms
	}
}

// material gathers it, for the page and for paper alike.
func (a *app) material(ctx context.Context, c dutylog.ReviewCase) (d paper.Dispute, err error) {
	d.Review = c.At(a.Now(), a.reviewRule())
	if i := slices.IndexFunc(a.Lines, func(l telephony.Line) bool { return l.Name == c.Call.Line }); i >= 0 {
		d.Now = a.Lines[i].Rule.Version()
	}
	if d.Changes, err = a.Log.RuleChanges(ctx, c.Call.Line); err != nil {
		return d, err
	}
	if d.Blind, err = a.Log.Intervals(ctx, c.Call.OfferedAt, c.Call.EndedAt); err != nil {
		return d, err
	}
	if a.Tests != nil {
		if d.Test, err = a.Tests.TestNear(ctx, c.Call.Line, c.Call.OfferedAt); err != nil {
			return d, err
		}
	}
	if a.Health().Switch.Connected {
		off := a.SwitchNow().Sub(a.Now())
		d.Offset = &off
	}
	w, err := a.Log.CallWitness(ctx, c.Call.ID)
	switch {
	case err == nil:
		d.Witness = &w
	case !errors.Is(err, dutylog.ErrNotFound):
		return d, err
	}
	d.Journal, d.Why = a.journalOf(ctx, c.Call.Call)
	d.Moments = dutylog.MomentsOf(c.Call.Call, w.SIP, a.byJournal(c.Call.Call, d.Journal))
	d.Journal = d.Journal[:min(len(d.Journal), mostRows)]
	return d, nil
}

// byJournal is the call as the switch's journal alone has it, judged anew; nil: it does not have it.
func (a *app) byJournal(c telephony.Call, rows []telephony.Row) *telephony.Call {
	for _, j := range telephony.Settle(a.Lines, rows, time.Time{}) {
		if telephony.OfOneCall(c, j) {
			return &j
		}
	}
	return nil
}

// printReview is the same as a page to print.
func (a *app) printReview(ctx context.Context, in *callInput) (*huma.StreamResponse, error) {
	c, err := a.reviewCase(ctx, printReviews, in.ID)
	if err != nil {
		return nil, err
	}
	frame, err := a.frame(ctx)
	if err != nil {
		return nil, err
	}
	v := visitorOf(ctx)
	c.Call = listed(v, c.Call)
	d, err := a.material(ctx, c)
	if err != nil {
		return nil, problemOf(err)
	}
	a.audit(ctx, printReviews, in.ID)
	return a.asPage(noted(v, paper.Review(frame, d)))
}

// settingsOf is the rule that judged a call, the bell as it has it, and the rules that its line had.
func settingsOf(d paper.Dispute) ringSettings {
	c := d.Review.Call
	body := ringSettings{Rule: c.Rule, Now: d.Now, Changes: []ruleSince{}, Bursts: []burstBody{}}
	for _, r := range d.Changes {
		body.Changes = append(body.Changes, ruleSinceOf(r, c.OfferedAt))
	}
	rule, ok := telephony.ParseRule(c.Rule)
	if !ok {
		return body
	}
	limit := rule.LimitAt().Milliseconds()
	body.LimitMS, body.OffsetMS, body.UncertaintyMS, body.Rings = &limit, rule.Offset.Milliseconds(), rule.Uncertainty.Milliseconds(), rule.Limit
	if rang, ok := c.RingFor(); ok {
		for _, b := range rule.Bursts(rang) {
			body.Bursts = append(body.Bursts, burstBody{b.Number, b.From.Milliseconds(), b.To.Milliseconds(), b.Allowed})
		}
	}
	return body
}

// mostRows bounds what is shown of the switch's journal about one call.
const mostRows = 100

// journalOf is what the switch's own journal has of a call; why there is nothing is said.
func (a *app) journalOf(ctx context.Context, c telephony.Call) (rows []telephony.Row, why string) {
	if a.Journal == nil {
		return nil, "none"
	}
	rows, err := a.Journal(ctx, c.ID, c.OfferedAt)
	switch {
	case err != nil:
		a.Logger.WarnContext(ctx, "the switch's journal could not be read for a review", "call", c.ID, "error", err)
		return nil, "unreadable"
	case len(rows) == 0:
		return nil, "nothing"
	}
	return rows, ""
}

// CallJournal reads what the switch's own journal has of a call that was offered then, in its order.
type CallJournal func(ctx context.Context, callID string, offered time.Time) ([]telephony.Row, error)

type sayInput struct {
	ID   string `path:"id" maxLength:"200"`
	Body struct {
		Says   dutylog.ReviewSays   `json:"says" enum:"explained,commented,decided,second_asked,second_decided,reopened"`
		Code   string               `json:"code,omitempty" maxLength:"40" doc:"Of an explanation its reason, of a verdict that is set aside its technical cause"`
		Result dutylog.ReviewResult `json:"result,omitempty" enum:",stands,set_aside,counts_late,counts_in_time" doc:"Of a decision"`
		Text   string               `json:"text,omitempty" maxLength:"500" doc:"What happened, or what proves it"`
		Before int64                `json:"before,omitempty" doc:"Number of the newest fact that was seen; absent: there was none"`
	}
}

type reviewOutput struct{ Body ReviewBody }

// sayOfVerdict keeps what somebody says of a verdict.
func (a *app) sayOfVerdict(ctx context.Context, in *sayInput) (*reviewOutput, error) {
	c, err := a.reviewCase(ctx, sayReviews, in.ID)
	if err != nil {
		return nil, err
	}
	by := visitorOf(ctx).actor()
	f, err := c.At(a.Now(), a.reviewRule()).Check(dutylog.ReviewFact{Says: in.Body.Says, Code: in.Body.Code, Result: in.Body.Result, Text: in.Body.Text, By: by})
	if err == nil {
		_, err = a.Log.SayOfVerdict(ctx, f, in.Body.Before)
	}
	if errors.Is(err, dutylog.ErrExists) {
		return nil, newProblem(http.StatusConflict, typeMoved, "Somebody said something of this verdict meanwhile, or it changed: read it anew.")
	}
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	if c, err = a.Log.ReviewCase(ctx, in.ID); err != nil {
		return nil, problemOf(err)
	}
	return &reviewOutput{a.reviewOf(c, by)}, nil
}
