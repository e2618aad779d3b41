package dutylog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"
)

// ParsePatch reads the body of a PATCH. One spelling only: names as documented, each at
// most once, texts as strings, "" (not null) to clear a value, null only to clear a gap.
// The error is an *InvalidError that names the field.
func ParsePatch(body []byte) (EntryPatch, error) {
	var p EntryPatch
	based := false // on a revision; which one, Amend judges
	err := eachMember(body, "", func(name string, raw json.RawMessage) error {
		based = based || name == "revision"
		return p.member(name, raw)
	})
	if err == nil && !based {
		err = &InvalidError{Field: "revision", Reason: "is missing: send the revision that was on the screen"}
	}
	if err != nil {
		return EntryPatch{}, err
	}
	return p, nil
}

func (p *EntryPatch) member(name string, raw json.RawMessage) error {
	switch name {
	case "revision":
		if err := json.Unmarshal(raw, &p.Revision); err != nil || string(raw) == "null" || p.Revision < 0 {
			return &InvalidError{Field: name, Reason: "is a whole number: send the revision that was on the screen"}
		}
	case "kind":
		s, err := parseText(name, raw)
		kind := Kind(s)
		p.Kind = &kind
		if err == nil && !kind.Valid() {
			err = &InvalidError{Field: name, Reason: fmt.Sprintf("%q is no kind of entry", s)}
		}
		return err
	case "state":
		s, err := parseText(name, raw)
		state := EntryState(s)
		p.State = &state
		if err == nil && state != Open && state != Complete {
			err = &InvalidError{Field: name, Reason: fmt.Sprintf("%q is neither open nor complete", s)}
		}
		return err
	case "reason":
		s, err := parseText(name, raw)
		p.Reason = s
		return err
	case "late_at":
		s, err := parseText(name, raw)
		if err == nil {
			p.Late = &LateChange{}
			p.Late.At, err = parseMoment(name, s)
		}
		return err
	case "gaps":
		p.Gaps = map[Field]*Gap{}
		return eachMember(raw, "gaps.", p.gap)
	default:
		if _, ok := ruleOf(Field(name)); !ok {
			return unknownField(name)
		}
		s, err := parseText(name, raw)
		if p.Values == nil {
			p.Values = map[Field]string{}
		}
		p.Values[Field(name)] = s
		return err
	}
	return nil
}

func (p *EntryPatch) gap(name string, raw json.RawMessage) error {
	if _, ok := ruleOf(Field(name)); !ok {
		return unknownField("gaps." + name)
	}
	if string(raw) == "null" {
		p.Gaps[Field(name)] = nil
		return nil
	}
	gap, prefix := &Gap{}, "gaps."+name+"."
	p.Gaps[Field(name)] = gap
	return eachMember(raw, prefix, func(member string, raw json.RawMessage) error {
		s, err := parseText(prefix+member, raw)
		switch member {
		case "why":
			gap.Why = GapWhy(s)
		case "reason":
			gap.Reason = s
		default:
			return unknownField(prefix + member)
		}
		return err
	})
}

func parseText(name string, raw json.RawMessage) (string, error) {
	if !utf8.Valid(raw) { // encoding/json would write U+FFFD in its place and say nothing
		return "", &InvalidError{Field: name, Reason: "has bytes that are no UTF-8: send the text in UTF-8"}
	}
	var s *string
	if err := json.Unmarshal(raw, &s); err != nil || s == nil {
		return "", &InvalidError{Field: name, Reason: `is a text in quotation marks ("" clears it)`}
	}
	return *s, nil
}

// eachMember reads a JSON object member by member. encoding/json alone would take names in
// any case and silently keep the last of two.
func eachMember(body []byte, prefix string, visit func(name string, raw json.RawMessage) error) error {
	where := prefix + "body"
	if prefix != "" {
		where = prefix[:len(prefix)-1]
	}
	notObject := &InvalidError{Field: where, Reason: "is no JSON object"}
	dec := json.NewDecoder(bytes.NewReader(body))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return notObject
	}
	seen := map[string]bool{}
	for dec.More() {
		token, err := dec.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return notObject
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return notObject
		}
		if seen[name] {
			return &InvalidError{Field: prefix + name, Reason: "is there twice"}
		}
		seen[name] = true
		if err := visit(name, raw); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil {
		return notObject
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return &InvalidError{Field: where, Reason: "has text after the JSON object"}
	}
	return nil
}

// MarshalJSON writes the patch in the one spelling that ParsePatch reads.
func (p EntryPatch) MarshalJSON() ([]byte, error) {
	body := map[string]any{"revision": p.Revision}
	if p.Kind != nil {
		body["kind"] = *p.Kind
	}
	if p.State != nil {
		body["state"] = *p.State
	}
	if p.Late != nil {
		body["late_at"] = p.Late.At.Format(time.RFC3339Nano)
	}
	if p.Gaps != nil {
		body["gaps"] = p.Gaps
	}
	if p.Reason != "" {
		body["reason"] = p.Reason
	}
	for f, v := range p.Values {
		body[string(f)] = v
	}
	return json.Marshal(body)
}
