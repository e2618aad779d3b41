package web

import (
	"github.com/danielgtaylor/huma/v2"

	"dutyline/dutylog"
)

// As in schema.go: these types only describe what dutylog writes.

type stepDoc struct {
	Number    int        `json:"number"`
	Kind      string     `json:"kind" enum:"received,reported,instructed,passed_on,acknowledged,fed_back,closed"`
	At        stamp      `json:"at" doc:"When it was done"`
	Whom      string     `json:"whom" doc:"To whom or by whom"`
	Text      string     `json:"text"`
	Channel   string     `json:"channel" enum:",phone,wechat,fax,system" doc:"By which way a report went upwards, as of an incident's reports; empty: another step, or one that is older than this"`
	Due       stamp      `json:"due" doc:"Until when it is to be answered; null: nobody said"`
	CallID    string     `json:"call_id" doc:"The outgoing call that was it"`
	By        actorDoc   `json:"by" doc:"Who wrote it"`
	WrittenAt stamp      `json:"written_at"`
	Struck    *strikeDoc `json:"struck" doc:"It was wrong: who struck it out, and why"`
}

type strikeDoc struct {
	Reason string   `json:"reason"`
	By     actorDoc `json:"by"`
	At     stamp    `json:"at"`
}

// documentBodies describes what dutylog itself reads: a patch, of which every field but the revision may
// be left out, and an entry that somebody opens. What is not listed is refused.
func documentBodies(doc *huma.OpenAPI) {
	patch := fieldSchemas()
	patch["revision"] = &huma.Schema{Type: huma.TypeInteger, Description: "The revision that was on the screen"}
	patch["kind"] = wordSchema(kindsEnum())
	patch["state"] = wordSchema([]any{string(dutylog.Open), string(dutylog.Complete)})
	patch["reason"] = &huma.Schema{Type: huma.TypeString, Description: "Why a complete entry is changed: it takes one, and no other does"}
	patch["gaps"] = &huma.Schema{Type: huma.TypeObject, Description: "By field; null clears a gap",
		AdditionalProperties: &huma.Schema{OneOf: []*huma.Schema{{Ref: "#/components/schemas/Gap"}, {Type: "null"}}}}
	setBody(doc.Paths[prefix+"/entries/{id}"].Patch, patch, "revision")

	draft := fieldSchemas()
	draft["key"] = &huma.Schema{Type: huma.TypeString, Description: "8 to 40 letters, digits and hyphens, made anew for each entry: saying the same again opens no second one"}
	draft["line"] = &huma.Schema{Type: huma.TypeString, Description: "The first one when absent"}
	draft["kind"] = wordSchema(wordsEnum(dutylog.Written()))
	setBody(doc.Paths[prefix+"/entries"].Post, draft, "key", "kind")
}

func setBody(op *huma.Operation, properties map[string]*huma.Schema, required ...string) {
	op.RequestBody.Content["application/json"] = &huma.MediaType{Schema: &huma.Schema{
		Type: huma.TypeObject, Properties: properties, Required: required, AdditionalProperties: false,
	}}
}

func fieldSchemas() map[string]*huma.Schema {
	all := map[string]*huma.Schema{}
	for _, f := range dutylog.Fields() {
		s := &huma.Schema{Type: huma.TypeString, Description: `"" clears it`}
		if dutylog.IsTime(f) {
			s.Description = `RFC 3339; "" clears it`
		}
		if words := dutylog.Words(f); words != nil {
			s.Enum = append([]any{""}, wordsEnum(words)...)
		}
		all[string(f)] = s
	}
	return all
}

func wordSchema(enum []any) *huma.Schema { return &huma.Schema{Type: huma.TypeString, Enum: enum} }

func wordsEnum[T ~string](words []T) (all []any) {
	for _, w := range words {
		all = append(all, string(w))
	}
	return all
}

func kindsEnum() (all []any) {
	for _, k := range dutylog.Kinds() {
		all = append(all, string(k.Kind))
	}
	return all
}
