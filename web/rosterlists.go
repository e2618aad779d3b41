package web

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"dutyline/dutylog"
)

type rosterPersonBody struct {
	Name     string           `json:"name" maxLength:"500"`
	Phone    string           `json:"phone" maxLength:"500"`
	Login    string           `json:"login" maxLength:"500" doc:"Empty: has none"`
	Standing dutylog.Standing `json:"standing" enum:"regular,temporary,rehired" doc:"Only regular staff may be on duty (Art. 8)"`
	Left     stamp            `json:"left" doc:"From when on no longer on duty; null: still is"`
	Version  int64            `json:"version,omitempty" doc:"Which version it is; a change says which one it was made against, and is refused when there is a newer one; absent: somebody new"`
}

type peopleOutput struct {
	Body struct {
		Items []rosterPersonBody `json:"items" nullable:"false"`
	}
}

// rosterPeople lists who may stand in the roster.
func (a *app) rosterPeople(ctx context.Context, _ *struct{}) (*peopleOutput, error) {
	people, err := a.Log.RosterPeople(ctx)
	if err != nil {
		return nil, problemOf(err)
	}
	out := &peopleOutput{}
	out.Body.Items = []rosterPersonBody{}
	for _, p := range people {
		out.Body.Items = append(out.Body.Items, rosterPersonBody{Name: p.Name, Phone: p.Phone, Login: p.Login, Standing: p.Standing, Left: stamp(p.Left), Version: p.Version})
	}
	return out, nil
}

type personInput struct{ Body rosterPersonBody }

// savePerson enters somebody, or changes who has the name already.
func (a *app) savePerson(ctx context.Context, in *personInput) (*peopleOutput, error) {
	b := in.Body
	p := dutylog.RosterPerson{Name: b.Name, Phone: b.Phone, Login: b.Login, Standing: b.Standing, Left: time.Time(b.Left).UTC(), Version: b.Version}
	if time.Time(b.Left).IsZero() {
		p.Left = time.Time{}
	}
	err := a.Log.SavePerson(ctx, p, visitorOf(ctx).actor())
	if errors.Is(err, dutylog.ErrExists) && p.Version == 0 {
		return nil, newProblem(http.StatusConflict, typeMoved, "%s is in the list of people already: read the list anew, then change that row with its version.", p.Name)
	}
	if errors.Is(err, dutylog.ErrExists) {
		return nil, newProblem(http.StatusConflict, typeMoved, "Somebody else changed %s meanwhile, and nothing of yours was kept: read the list anew, then change it.", p.Name)
	}
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	return a.rosterPeople(ctx, nil)
}

type specialDayBody struct {
	Date string          `json:"date"`
	Kind dutylog.DayKind `json:"kind" enum:"holiday,make_up"`
	Name string          `json:"name"`
}

type holidayYearBody struct {
	Year   int              `json:"year"`
	Source string           `json:"source" doc:"The notice"`
	At     stamp            `json:"at" doc:"When somebody put it in; null: it came with the program"`
	By     string           `json:"by"`
	Days   []specialDayBody `json:"days" nullable:"false"`
}

type holidaysOutput struct {
	Body struct {
		Years []holidayYearBody `json:"years" nullable:"false" doc:"Of other years the holidays are not known"`
	}
}

// holidays lists the years whose public holidays are known.
func (a *app) holidays(ctx context.Context, _ *struct{}) (*holidaysOutput, error) {
	c, err := a.Log.Calendar(ctx)
	if err != nil {
		return nil, problemOf(err)
	}
	out := &holidaysOutput{}
	out.Body.Years = []holidayYearBody{}
	for _, y := range slices.Sorted(maps.Keys(c)) {
		b := holidayYearBody{Year: y, Source: c[y].Source, At: stamp(c[y].At), By: c[y].By, Days: []specialDayBody{}}
		for _, d := range c[y].Days {
			b.Days = append(b.Days, specialDayBody{Date: string(d.Date), Kind: d.Kind, Name: d.Name})
		}
		out.Body.Years = append(out.Body.Years, b)
	}
	return out, nil
}

type saveHolidaysInput struct {
	Year int `path:"year" minimum:"2020" maximum:"2199"`
	Body struct {
		Source string `json:"source" minLength:"1" maxLength:"500" doc:"The notice of the State Council"`
		Table  string `json:"table" maxLength:"20000" doc:"CSV with the columns 名称, 开始, 结束, 类型 (放假 or 上班)"`
	}
}

// saveHolidays replaces the public holidays of a year: all of the table or nothing.
func (a *app) saveHolidays(ctx context.Context, in *saveHolidaysInput) (*holidaysOutput, error) {
	days, err := dutylog.ParseHolidays(strings.NewReader(in.Body.Table), in.Year)
	if err != nil {
		return nil, rosterTableProblem("body.table", err)
	}
	y := dutylog.HolidayYear{Year: in.Year, Source: in.Body.Source, Days: days}
	if err := a.Log.SaveHolidays(ctx, y, visitorOf(ctx).actor()); err != nil {
		return nil, problemOf(inBody(err))
	}
	return a.holidays(ctx, nil)
}

// rosterTableProblem names every fault of a table with its row.
func rosterTableProblem(location string, err error) error {
	var table *dutylog.TableError
	if !errors.As(err, &table) {
		return problemOf(err)
	}
	p := invalid(location, "has faults, and nothing of it was taken")
	p.Detail, p.Errors = err.Error(), nil
	for _, r := range table.Rows {
		where := fmt.Sprintf("row %d", r.Row)
		if r.Column != "" {
			where += ", " + r.Column
		}
		p.Errors = append(p.Errors, FieldProblem{Location: location, Message: where + ": " + r.Reason})
	}
	p.Faults, p.FaultCount = tableFaults(table)
	return p
}

type periodBody struct {
	ID     int64  `json:"id,omitempty" doc:"0: a new one"`
	Name   string `json:"name" maxLength:"500"`
	First  string `json:"first" maxLength:"10"`
	Last   string `json:"last" maxLength:"10"`
	Notice string `json:"notice" maxLength:"500" doc:"The letter that asks for it"`
	Extra  string `json:"extra" maxLength:"2000" doc:"Staff in reserve"`
	Ended  string `json:"ended" maxLength:"500" doc:"Why it holds no more; empty: it holds. Its days up to the one on which it was ended stay; one that was ended before it began never was"`

	Version int64 `json:"version,omitempty" doc:"Which version it is; a change says which one it was made against, and is refused when there is a newer one; absent: a new one"`
}

type periodsOutput struct {
	Body struct {
		Items []periodBody `json:"items" nullable:"false"`
	}
}

// sensitivePeriods lists the times for which a superior asks for more, the newest first.
func (a *app) sensitivePeriods(ctx context.Context, _ *struct{}) (*periodsOutput, error) {
	periods, err := a.Log.SensitivePeriods(ctx)
	if err != nil {
		return nil, problemOf(err)
	}
	out := &periodsOutput{}
	out.Body.Items = []periodBody{}
	for _, p := range periods {
		out.Body.Items = append(out.Body.Items, periodBody{ID: p.ID, Name: p.Span.Name, First: string(p.Span.First), Last: string(p.Span.Last), Notice: p.Notice, Extra: p.Extra, Ended: p.Ended, Version: p.At.UnixMicro()})
	}
	return out, nil
}

type periodInput struct{ Body periodBody }

// savePeriod enters, changes or ends a sensitive period.
func (a *app) savePeriod(ctx context.Context, in *periodInput) (*periodsOutput, error) {
	b := in.Body
	p := dutylog.SensitivePeriod{ID: b.ID, Span: dutylog.DateSpan{Name: b.Name, First: dutylog.Date(b.First), Last: dutylog.Date(b.Last)}, Notice: b.Notice, Extra: b.Extra, Ended: b.Ended, At: time.UnixMicro(b.Version)}
	_, err := a.Log.SavePeriod(ctx, p, visitorOf(ctx).actor())
	if errors.Is(err, dutylog.ErrExists) {
		return nil, newProblem(http.StatusConflict, typeMoved, "Somebody else changed %s meanwhile, and nothing of yours was kept: read the list anew, then change it.", p.Span.Name)
	}
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	return a.sensitivePeriods(ctx, nil)
}
