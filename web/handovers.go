package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"dutyline/dutylog"
)

// personBody is somebody who did something, and when.
type personBody struct {
	Login string `json:"login"`
	Name  string `json:"name"`
	At    stamp  `json:"at"`
}

type handoverBody struct {
	ID            int64              `json:"id"`
	At            stamp              `json:"at" doc:"When the incoming officer confirmed: from then on they are responsible"`
	From          stamp              `json:"from" doc:"When the shift that ended began"`
	Outgoing      *personBody        `json:"outgoing" doc:"null: nobody had taken over before"`
	Incoming      personBody         `json:"incoming"`
	Unsigned      string             `json:"unsigned" doc:"Why the outgoing officer did not confirm; empty: they did, or there was none"`
	Digest        string             `json:"digest" doc:"SHA-256 of the sheet's text, which everybody confirmed"`
	Confirmations []confirmationBody `json:"confirmations" nullable:"false"`
	ErasedBy      int64              `json:"erased_by" doc:"The newest decision that took words out of the sheet; 0: none. The digest is that of the sheet as it was confirmed"`
	Sheet         *dutylog.Sheet     `json:"sheet,omitempty" doc:"As it was confirmed; in lists absent"`
}

type confirmationBody struct {
	Part  dutylog.Part `json:"part" enum:"outgoing,incoming,chief,leader"`
	Login string       `json:"login"`
	Name  string       `json:"name"`
	At    stamp        `json:"at"`
}

func personOf(a dutylog.Actor, at time.Time) personBody {
	return personBody{Login: a.Login, Name: a.Name, At: stamp(at)}
}

func handoverOf(h dutylog.Handover) (handoverBody, error) {
	body := handoverBody{ID: h.ID, At: stamp(h.At), From: stamp(h.From), Incoming: personOf(h.Incoming, h.At), Unsigned: h.Unsigned,
		Digest: h.Digest, ErasedBy: h.ErasedBy, Confirmations: []confirmationBody{}}
	if h.Outgoing.Login != "" {
		c, _ := h.Confirmed(dutylog.PartOutgoing)
		p := personOf(h.Outgoing, c.At)
		body.Outgoing = &p
	}
	for _, c := range h.Confirmations {
		body.Confirmations = append(body.Confirmations, confirmationBody{Part: c.Part, Login: c.By.Login, Name: c.By.Name, At: stamp(c.At)})
	}
	if h.Text == "" {
		return body, nil
	}
	sheet, err := h.Sheet()
	if err != nil {
		return body, internal(err)
	}
	body.Sheet = &sheet
	return body, nil
}

type handoverNowBody struct {
	Last        *handoverBody       `json:"last" doc:"The newest one, without its sheet; its incoming officer is responsible. null: nobody ever took over"`
	Why         dutylog.HandoverWhy `json:"why" enum:"no_roster,still_theirs,awaited,handover_late" doc:"Why a handover is due or not"`
	ShiftEnd    stamp               `json:"shift_end" doc:"When the officers change next by the roster, or should have"`
	Deadline    stamp               `json:"deadline" doc:"From then on it is late"`
	Expected    string              `json:"expected" doc:"Who follows by the roster"`
	Sheet       dutylog.Sheet       `json:"sheet" doc:"As it is now, without remarks; numbers and names are masked for whose work does not need them"`
	SheetDigest string              `json:"sheet_digest" doc:"Send it along with the handover: another sheet is refused"`
}

type handoverNowOutput struct{ Body handoverNowBody }

// handoverNow is the sheet as it is now, and who is responsible.
func (a *app) handoverNow(ctx context.Context, _ *struct{}) (*handoverNowOutput, error) {
	last, err := a.Log.LastHandover(ctx, time.Time{})
	if err != nil {
		return nil, problemOf(err)
	}
	sheet, due, err := a.sheetShown(ctx, last)
	if err != nil {
		return nil, problemOf(err)
	}
	if err := a.auditSheet(ctx, seeHandovers, "handover sheet", sheet); err != nil {
		return nil, err
	}
	body := handoverNowBody{Why: due.Why, ShiftEnd: stamp(due.ShiftEnd), Deadline: stamp(due.Deadline), Expected: due.Expected,
		Sheet: sheet, SheetDigest: sheet.Digest()}
	if last != nil {
		last.Text = ""
		shown, err := handoverOf(*last)
		if err != nil {
			return nil, err
		}
		body.Last = &shown
	}
	return &handoverNowOutput{body}, nil
}

type handoversInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
	Cursor string `query:"cursor" maxLength:"400"`
}

type handoverList struct {
	Items      []handoverBody `json:"items" nullable:"false"`
	NextCursor string         `json:"next_cursor" doc:"Empty on the last page"`
}

type handoverListOutput struct{ Body handoverList }

func (a *app) handovers(ctx context.Context, in *handoversInput) (*handoverListOutput, error) {
	found, next, err := a.Log.Handovers(ctx, in.Limit, in.Cursor)
	if err != nil {
		return nil, inQuery(err)
	}
	list := handoverList{Items: []handoverBody{}, NextCursor: next}
	for _, h := range found {
		body, err := handoverOf(h)
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, body)
	}
	return &handoverListOutput{list}, nil
}

type handoverInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type handoverOutput struct {
	SetCookie string `header:"Set-Cookie"`
	Body      handoverBody
}

func (a *app) oneHandover(ctx context.Context, in *handoverInput) (*handoverOutput, error) {
	h, err := a.handover(ctx, seeHandovers, in.ID)
	if err != nil {
		return nil, err
	}
	told, err := h.Sheet()
	if err != nil {
		return nil, problemOf(err)
	}
	if err := a.auditSheet(ctx, seeHandovers, "handover "+strconv.FormatInt(in.ID, 10), told); err != nil {
		return nil, err
	}
	out, err := handoverAnswer(h, "")
	if err == nil && out.Body.Sheet != nil && !visitorOf(ctx).can(seeNames) {
		masked := out.Body.Sheet.MaskConfirmed()
		out.Body.Sheet = &masked
	}
	return out, err
}

func handoverAnswer(h dutylog.Handover, cookie string) (*handoverOutput, error) {
	body, err := handoverOf(h)
	return &handoverOutput{SetCookie: cookie, Body: body}, err
}

// secondBody is somebody who confirms at a page at which another person is signed in.
type secondBody struct {
	Username string `json:"username" minLength:"1" maxLength:"100"`
	Password string `json:"password" minLength:"1" maxLength:"200"`
}

type takeoverInput struct {
	Body struct {
		SheetDigest string      `json:"sheet_digest" maxLength:"64" doc:"Of the sheet that both saw"`
		Remarks     string      `json:"remarks,omitempty" maxLength:"20000" doc:"By the outgoing officer"`
		Second      *secondBody `json:"second,omitempty" doc:"The other one's own login; absent only when nobody took over before, or with unsigned"`
		Unsigned    string      `json:"unsigned,omitempty" maxLength:"500" doc:"Why the outgoing officer cannot confirm; then the incoming one takes over alone"`
		TakeDesk    bool        `json:"take_desk,omitempty" doc:"Signs the incoming officer in at this page, in place of the outgoing one"`
	}
}

// takeOver hands the desk over: both people confirm the sheet that they saw, each with their own
// login, and one transaction keeps it. The second password opens no session by itself.
func (a *app) takeOver(ctx context.Context, in *takeoverInput) (*handoverOutput, error) {
	v, b := visitorOf(ctx), in.Body
	ask := dutylog.Takeover{Signed: v.account}
	second, err := a.second(ctx, b.Second)
	if err != nil {
		return nil, err
	}
	ask.Second = second
	if ask.Unsigned, err = dutylog.CleanNote("unsigned", b.Unsigned); err != nil {
		return nil, problemOf(inBody(err))
	}
	last, err := a.Log.LastHandover(ctx, time.Time{})
	if err != nil {
		return nil, problemOf(err)
	}
	outgoing, incoming, err := ask.Parties(last)
	if err != nil {
		return nil, refusedHandover(err)
	}
	h, err := a.sheetToKeep(ctx, last, b.SheetDigest, b.Remarks)
	if err != nil {
		return nil, err
	}
	h.Outgoing, h.Incoming = outgoing, incoming
	if last != nil && second == nil {
		h.Unsigned = ask.Unsigned
	}
	before := int64(0)
	if last != nil {
		before = last.ID
	}
	if h, err = a.Log.AddHandover(ctx, h, before); err != nil {
		return nil, refusedHandover(err)
	}
	a.dutyChanged()
	a.Logger.InfoContext(ctx, "handed over", "incoming", incoming.Login, "outgoing", outgoing.Login, "handover", h.ID, "address", v.address)
	cookie, err := a.takeDesk(ctx, b.TakeDesk, v, incoming)
	if err != nil {
		return nil, err
	}
	return handoverAnswer(h, cookie)
}

// sheetToKeep is the sheet that both saw, with the remarks; refused when it is another one by now.
func (a *app) sheetToKeep(ctx context.Context, last *dutylog.Handover, seen, remarks string) (h dutylog.Handover, err error) {
	sheet, _, err := a.sheetNow(ctx, last, whole)
	if err != nil {
		return h, problemOf(err)
	}
	if sheet.Digest() != seen {
		return h, refusedHandover(dutylog.SheetChanged)
	}
	if sheet, err = sheet.WithRemarks(remarks); err != nil {
		return h, problemOf(inBody(err))
	}
	h.Text, h.Digest = sheet.Freeze()
	if sheet.From != nil {
		h.From, err = time.Parse(timeLayout, *sheet.From)
	}
	return h, err
}

// takeDesk signs the incoming officer in where the outgoing one was. Whoever is signed in already
// needs nothing.
func (a *app) takeDesk(ctx context.Context, wanted bool, v visitor, incoming dutylog.Actor) (cookie string, err error) {
	if !wanted || incoming.Login == v.account.Login {
		return "", nil
	}
	account, err := a.Log.Account(ctx, incoming.Login)
	if err != nil {
		return "", problemOf(err)
	}
	if cookie, err = a.sessions.begin(ctx, account, v.token); err != nil {
		return "", internal(err)
	}
	if a.Presence != nil {
		a.Presence.leave(v.account.Login)
	}
	a.Logger.InfoContext(ctx, "login", "login", account.Login, "role", account.Role, "address", v.address, "by", "handover")
	return cookie, nil
}

// second finds out who confirms beside, with the same limits as signing in; nil when nobody does.
func (a *app) second(ctx context.Context, s *secondBody) (*dutylog.Account, error) {
	if s == nil {
		return nil, nil
	}
	account, err := a.authenticate(ctx, s.Username, s.Password)
	if err != nil {
		var p *Problem
		if errors.As(err, &p) && p.Status == http.StatusUnauthorized { // the page's own session is well
			err = newProblem(http.StatusUnprocessableEntity, typeSecond, "The other one's login name or password is wrong, or the login is disabled.")
		}
		return nil, err
	}
	return &account, nil
}

type confirmInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Digest string      `json:"digest" maxLength:"64" doc:"Of the sheet that was read"`
		Second *secondBody `json:"second,omitempty" doc:"Who confirms at this page with a login of their own; absent: who is signed in"`
	}
}

// confirmHandover keeps that section chief or duty leader take over too.
func (a *app) confirmHandover(ctx context.Context, in *confirmInput) (*handoverOutput, error) {
	who := visitorOf(ctx).account
	second, err := a.second(ctx, in.Body.Second)
	if err != nil {
		return nil, err
	}
	if second != nil {
		who = *second
	}
	h, err := a.handover(ctx, handOver, in.ID)
	if err != nil {
		return nil, err
	}
	part, err := h.PartOf(who)
	if err != nil {
		return nil, refusedHandover(err)
	}
	c := dutylog.Confirmation{Part: part, By: dutylog.Actor{Login: who.Login, Name: who.Name, Role: who.Role}, Digest: in.Body.Digest}
	if h, err = a.Log.ConfirmHandover(ctx, in.ID, c); err != nil {
		return nil, refusedHandover(err)
	}
	return handoverAnswer(h, "")
}

// refusedHandover is why it is not taken. Each has a type of its own, so that the page can say it.
func refusedHandover(err error) error {
	var r dutylog.HandoverRefusal
	if !errors.As(err, &r) {
		return problemOf(err)
	}
	return newProblem(http.StatusConflict, problemBase+"handover-"+string(r), "%s.", upper(r.Error()))
}

// dutyChanged has what the duty room is late with looked at again.
func (a *app) dutyChanged() {
	if a.DutyChanged != nil {
		a.DutyChanged()
	}
}
