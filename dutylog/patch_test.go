package dutylog_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
)

func TestParsePatch(t *testing.T) {
	for body, want := range map[string]dutylog.EntryPatch{
		`{"revision":1}`: {Revision: 1},
		`{"revision":0}`: {}, // older than any entry, so stale: Amend says it
		` { "revision" : 3 , "content" : "火情" } `:             {Revision: 3, Values: values{"content": "火情"}},
		`{"content":"","revision":2}`:                         {Revision: 2, Values: values{"content": ""}},
		`{"revision":1,"kind":"nuisance","state":"complete"}`: {Revision: 1, Kind: is(dutylog.KindNuisance), State: is(dutylog.Complete)},
		`{"revision":1,"gaps":{"caller_title":{"why":"refused","reason":"不愿说"},"read_back":null}}`: {
			Revision: 1, Gaps: gaps{"caller_title": {Why: dutylog.Refused, Reason: "不愿说"}, "read_back": nil}},
		`{"revision":1,"late_at":"2026-11-23T20:17:00.5+08:00"}`: {Revision: 1, Late: &dutylog.LateChange{At: time.Date(2026, 11, 23, 12, 17, 0, 5e8, time.UTC)}},
		`{"revision":1,"gaps":{}}`:                               {Revision: 1, Gaps: gaps{}},
		`{"revision":1,"caller_unit":"\u706b","called_why":"x"}`: {Revision: 1, Values: values{"caller_unit": "火", "called_why": "x"}},
	} {
		got, err := dutylog.ParsePatch([]byte(body))
		if err != nil {
			t.Errorf("%s: %v", body, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
}

func TestParsePatchNamesWhatIsWrong(t *testing.T) {
	for body, field := range map[string]string{
		``:                                  "body",
		`null`:                              "body",
		`[]`:                                "body",
		`"x"`:                               "body",
		`{`:                                 "body",
		`{"revision":1`:                     "body",
		`{"revision":}`:                     "body",
		`{"revision":1}{}`:                  "body",
		`{"revision":1} x`:                  "body",
		`{}`:                                "revision",
		`{"content":"x"}`:                   "revision",
		`{"revision":-1}`:                   "revision",
		`{"revision":1.5}`:                  "revision",
		`{"revision":"1"}`:                  "revision",
		`{"revision":1,"late_at":""}`:       "late_at",
		`{"revision":1,"late_at":"14:05"}`:  "late_at",
		`{"revision":1,"late_at":null}`:     "late_at",
		`{"revision":null}`:                 "revision",
		`{"revision":-0.5}`:                 "revision",
		`{"revision":99999999999999999999}`: "revision",
		`{"revision":1,"revision":2}`:       "revision",
		`{"Revision":1}`:                    "Revision",
		`{"revision":1,"Content":"x"}`:      "Content",
		`{"revision":1,"content":"a","content":"b"}`:                                "content",
		`{"revision":1,"content":null}`:                                             "content",
		`{"revision":1,"content":7}`:                                                "content",
		`{"revision":1,"content":["x"]}`:                                            "content",
		`{"revision":1,"colour":"red"}`:                                             "colour",
		`{"revision":1,"written_by":"me"}`:                                          "written_by",
		`{"revision":1,"id":"e-1"}`:                                                 "id",
		`{"revision":1,"kind":"fire"}`:                                              "kind",
		`{"revision":1,"kind":null}`:                                                "kind",
		`{"revision":1,"state":"done"}`:                                             "state",
		`{"revision":1,"state":true}`:                                               "state",
		`{"revision":1,"gaps":null}`:                                                "gaps",
		`{"revision":1,"gaps":[]}`:                                                  "gaps",
		`{"revision":1,"gaps":{"colour":null}}`:                                     "gaps.colour",
		`{"revision":1,"gaps":{"caller_unit":"refused"}}`:                           "gaps.caller_unit",
		`{"revision":1,"gaps":{"caller_unit":{"why":"refused","note":"x"}}}`:        "gaps.caller_unit.note",
		`{"revision":1,"gaps":{"caller_unit":{"why":1}}}`:                           "gaps.caller_unit.why",
		`{"revision":1,"gaps":{"caller_unit":{"why":"refused","why":"not_given"}}}`: "gaps.caller_unit.why",
		"{\"revision\":1,\"content\":\"\xbb\xf0\xc7\xe9\"}":                         "content", // 火情 in GBK
	} {
		p, err := dutylog.ParsePatch([]byte(body))
		var invalid *dutylog.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v, want an error about %s", body, err, field)
		}
		if diff := cmp.Diff(dutylog.EntryPatch{}, p); diff != "" {
			t.Errorf("%s: a bad body gives a patch:\n%s", body, diff)
		}
	}
}

func TestUnknownFieldSaysWhereTheFieldsAre(t *testing.T) {
	_, err := dutylog.ParsePatch([]byte(`{"revision":1,"colour":"red"}`))
	if err == nil || !strings.Contains(err.Error(), "colour") || !strings.Contains(err.Error(), "entry-kinds") {
		t.Errorf("%v", err)
	}
}

func FuzzParsePatch(f *testing.F) {
	for _, seed := range []string{
		`{"revision":1}`, `{"revision":3,"content":"火情","kind":"duty","state":"complete"}`,
		`{"revision":1,"gaps":{"caller_title":{"why":"refused","reason":"x"},"read_back":null}}`,
		`{"revision":4,"state":"open","reason":"补记伤亡"}`, `{"revision":1,"happened_at":"2026-11-23T12:17:00+08:00","urgency":"特急"}`,
		`{"revision":1,"content":"\ud800"}`, `{"revision":1,"content":"\u0000"}`, `{"a":{"b":[1,2,{}]}}`, `{"revision":1e0}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := dutylog.ParsePatch(body)
		if err != nil {
			if !errors.As(err, new(*dutylog.InvalidError)) {
				t.Fatalf("%q: %T is no InvalidError", body, err)
			}
			return
		}
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		again, err := dutylog.ParsePatch(text)
		if err != nil {
			t.Fatalf("%q was read, %s was not: %v", body, text, err)
		}
		if diff := cmp.Diff(p, again); diff != "" {
			t.Fatalf("%q and %s differ:\n%s", body, text, diff)
		}
		// Whatever can be read can be asked of an entry without a crash, and keeps it sound.
		before := opened(inbound("02422730001"), shenhe)
		after, err := before.Amend(p, officer, later)
		if err == nil && after.State == dutylog.Complete && len(after.Missing()) > 0 {
			t.Fatalf("%q made an entry complete that lacks %v", body, after.Missing())
		}
	})
}
