package web

import (
	"dutyline/dutylog"
)

type evidenceLinkBody struct {
	Kind dutylog.EvidenceKind `json:"kind" enum:"call,entry,incident,handover,roster,filing,task,spot_check,listening,violation,alert"`
	ID   string               `json:"id" doc:"By which its page opens it"`
	At   stamp                `json:"at"`
	What string               `json:"what" doc:"Outcome, stage, post, title … of it"`
}

func evidenceLinksOf(list []dutylog.EvidenceLink) []evidenceLinkBody {
	all := []evidenceLinkBody{}
	for _, e := range list {
		all = append(all, evidenceLinkBody{e.Kind, e.ID, stamp(e.At), e.What})
	}
	return all
}

type bandBody struct {
	Least float64 `json:"least" doc:"Percent that did well"`
	Gives float64 `json:"gives" doc:"Points"`
}

// points are tenths in the log, and a number in JSON.
func points(p dutylog.Points) float64 { return float64(p) / 10 }

type assessmentItemBody struct {
	ID          string             `json:"id"`
	Title       string             `json:"title"`
	Article     string             `json:"article" doc:"Of the regulation, from which the demand is"`
	Figure      dutylog.Assessed   `json:"figure"`
	OfLine      bool               `json:"of_line" doc:"The figure is of calls; otherwise of the other work of the room"`
	Minutes     bool               `json:"minutes" doc:"The figure counts minutes"`
	Gets        float64            `json:"gets"`
	Points      float64            `json:"points" doc:"What it is worth"`
	Each        float64            `json:"each" doc:"What one case takes away where cases are counted"`
	Bands       []bandBody         `json:"bands" nullable:"false"`
	Within      int                `json:"within_minutes" doc:"Of missed_called_back: until so many minutes after the call's end a call back is in time; 0: whenever it was"`
	Late        int                `json:"late" doc:"Of missed_called_back: who was called back later than that; they are not in numerator"`
	Why         dutylog.ItemWhy    `json:"why" enum:"band,below,cases,nothing,unknown" doc:"nothing, unknown: it was not judged and counts neither in gets nor in of"`
	Band        *bandBody          `json:"band" doc:"The one that is reached; null: none"`
	Numerator   int                `json:"numerator" doc:"That did well, after review"`
	Denominator int                `json:"denominator"`
	Measured    shareBody          `json:"measured" doc:"Before any review"`
	Unknown     int                `json:"unknown" doc:"Calls of which the end was not seen, or that nobody decided: counted neither way"`
	Evidence    []evidenceLinkBody `json:"evidence" nullable:"false" doc:"Those that did not do well, oldest first"`
	More        int                `json:"more" doc:"For which the list is too short"`
}

func assessmentItemOf(i dutylog.AssessmentItem) assessmentItemBody {
	f, _ := i.Figure.FigureOf()
	body := assessmentItemBody{ID: i.ID, Title: i.Title, Article: i.Article, Figure: i.Figure, OfLine: f.OfLine, Minutes: f.Minutes, Gets: points(i.Gets), Points: points(i.Points), Each: points(i.Each), Within: i.Within, Late: i.Share.Late,
		Bands: []bandBody{}, Why: i.Why, Numerator: i.Share.Good, Denominator: i.Share.Of, Measured: shareBody{i.Share.Measured[0], i.Share.Measured[1]}, Unknown: i.Share.Unknown,
		Evidence: evidenceLinksOf(i.Share.Against), More: i.Share.More}
	for _, b := range i.Bands {
		body.Bands = append(body.Bands, bandBody{points(b.Least), points(b.Gives)})
	}
	if i.Band != nil {
		body.Band = &bandBody{points(i.Band.Least), points(i.Band.Gives)}
	}
	return body
}

type responsibleBody struct {
	Head   string `json:"head" maxLength:"500" doc:"主要负责同志, 第一责任人 (Art. 31)"`
	Deputy string `json:"deputy" maxLength:"500" doc:"分管领导, 直接责任人"`
	Duty   string `json:"duty" maxLength:"500" doc:"值班同志, 具体责任人; where nobody names them, the officers of the roster"`
}

// assessedLineBody is how one line of the room was answered.
type assessedLineBody struct {
	Line       string    `json:"line"`
	Calls      int       `json:"calls"`
	Unknown    int       `json:"unknown"`
	OnTime     shareBody `json:"on_time"`
	AnswerRate shareBody `json:"answer_rate"`
	CalledBack shareBody `json:"called_back" doc:"Of the missed ones whose call back is due, those whose callers do not wait any more: reached, or somebody said why no call back is needed or possible. As the item missed_called_back counts"`
	Complete   shareBody `json:"entry_complete"`
}

type assessmentSheetBody struct {
	Room         string               `json:"room" doc:"What the duty room is called"`
	Lines        []assessedLineBody   `json:"lines" nullable:"false" doc:"How each of its lines was answered, after review: what the items of calls rest on. An older sheet has none"`
	Rules        string               `json:"rules" doc:"Name of the scoring rules"`
	RulesDigest  string               `json:"rules_digest"`
	Items        []assessmentItemBody `json:"items" nullable:"false"`
	Gets         float64              `json:"gets"`
	Of           float64              `json:"of" doc:"Of the items that were judged"`
	Most         float64              `json:"most" doc:"Of all items"`
	OfHundred    *float64             `json:"of_hundred" doc:"gets of of, on a scale of a hundred; null: nothing was judged"`
	Calls        int                  `json:"calls"`
	BlindSeconds float64              `json:"blind_seconds"`
	Unknown      int                  `json:"unknown"`
	Undecided    int                  `json:"undecided" doc:"Borderline answers that nobody decided: counted nowhere"`
	Rings        []string             `json:"ring_rules" nullable:"false"`
	Closed       bool                 `json:"figures_closed" doc:"The figures of its calls are frozen"`
	Persons      responsibleBody      `json:"persons"`
	Digest       string               `json:"digest" doc:"Of this sheet: who signs or freezes sends it along"`
}

func assessmentSheetOf(s dutylog.Assessment) assessmentSheetBody {
	_, digest := s.Freeze()
	body := assessmentSheetBody{Room: s.Room, Lines: []assessedLineBody{}, Rules: s.Rules, RulesDigest: s.Digest, Items: []assessmentItemBody{}, Gets: points(s.Gets), Of: points(s.Of), Most: points(s.Most), Calls: s.Calls, BlindSeconds: s.Blind.Seconds(),
		Unknown: s.Unknown, Undecided: s.Open, Rings: append([]string{}, s.Rings...), Closed: s.Closed, Persons: responsibleBody(s.Persons), Digest: digest}
	for _, l := range s.Lines {
		body.Lines = append(body.Lines, assessedLineBody{l.Line, l.Calls, l.Unknown, shareBody{l.OnTime[0], l.OnTime[1]}, shareBody{l.AnswerRate[0], l.AnswerRate[1]}, shareBody{l.CalledBack[0], l.CalledBack[1]}, shareBody{l.Complete[0], l.Complete[1]}})
	}
	for _, i := range s.Items {
		body.Items = append(body.Items, assessmentItemOf(i))
	}
	if h, ok := s.OfHundred(); ok {
		score := points(h)
		body.OfHundred = &score
	}
	return body
}

type assessmentFactBody struct {
	ID     int64                  `json:"id"`
	Says   dutylog.AssessmentSays `json:"says" enum:"named,signed,frozen,noted"`
	Digest string                 `json:"digest" doc:"Of the sheet that it is about; empty: none"`
	Holds  bool                   `json:"holds" doc:"Of a signature: the sheet is still the one that was signed"`
	Text   string                 `json:"text"`
	By     personBody             `json:"by"`
}

type itemChangeBody struct {
	ID    string              `json:"id"`
	Title string              `json:"title"`
	Then  *assessmentItemBody `json:"then" doc:"null: there was no such item"`
	Now   *assessmentItemBody `json:"now" doc:"null: there is none any more"`
}

func itemChangesOf(list []dutylog.ItemChange) []itemChangeBody {
	all := []itemChangeBody{}
	for _, c := range list {
		body := itemChangeBody{ID: c.ID, Title: c.Title}
		for _, side := range []struct {
			from *dutylog.AssessmentItem
			to   **assessmentItemBody
		}{{c.Then, &body.Then}, {c.Now, &body.Now}} {
			if side.from != nil {
				item := assessmentItemOf(*side.from)
				*side.to = &item
			}
		}
		all = append(all, body)
	}
	return all
}

type assessmentBody struct {
	Month       dutylog.Month            `json:"month"`
	Line        string                   `json:"line" doc:"Of a sheet that an older program froze for one line; empty: it is the duty room's"`
	State       dutylog.AssessmentState  `json:"state" enum:"running,open,signed,ready,frozen"`
	Sheet       assessmentSheetBody      `json:"sheet" doc:"As it stands; of a frozen one as it was frozen"`
	Said        []assessmentFactBody     `json:"said" nullable:"false" doc:"Oldest first"`
	May         []dutylog.AssessmentSays `json:"may" nullable:"false" doc:"What the visitor may say now"`
	OpenReviews openReviewsBody          `json:"open_reviews" doc:"What keeps the sheet from being signed: the officers concerned still have the word, or a borderline call is undecided"`
	FrozenBy    *personBody              `json:"frozen_by" doc:"null: it is not frozen"`
	Corrections []itemChangeBody         `json:"corrections" nullable:"false" doc:"Of a frozen sheet: what differs now by its own rules. The sheet itself stands"`
	RulesFault  string                   `json:"rules_fault" doc:"Why the file of scoring rules is not in force; empty: it is"`
	RulesBefore []scoringChangeBody      `json:"rules_in_month" nullable:"false" doc:"Scoring rules that came into force within the month; the sheet is scored by one set only, which it names"`
}

type openReviewsBody struct {
	Total int              `json:"total"`
	Items []openReviewBody `json:"items" nullable:"false" doc:"Newest first, at most 20"`
}

type openReviewBody struct {
	CallID    string              `json:"call_id"`
	OfferedAt stamp               `json:"offered_at"`
	State     dutylog.ReviewState `json:"state" enum:"awaits_officer,awaits_supervisor" doc:"awaits_supervisor: a borderline call that nobody decided"`
	DueAt     stamp               `json:"due_at" doc:"Until then the officer concerned has the word"`
}

// openReviewsOf names them; to an officer only those about themselves, see reviews.
func (a *app) openReviewsOf(c dutylog.AssessmentCase, by dutylog.Actor) openReviewsBody {
	body := openReviewsBody{Total: c.OpenOf, Items: []openReviewBody{}}
	for _, o := range c.Open {
		if by.Role == dutylog.Officer && !o.Concerns(by) {
			continue
		}
		r := o.At(a.Now(), a.reviewRule())
		body.Items = append(body.Items, openReviewBody{o.Call.ID, stamp(o.Call.OfferedAt), r.State, stamp(r.DueAt)})
	}
	return body
}

type scoringChangeBody struct {
	Name   string `json:"name"`
	Digest string `json:"digest"`
	Since  stamp  `json:"since"`
}
