package cel

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// errIncomplete means that the record goes on: after a line break in a value, or not at all.
var errIncomplete = errors.New("the record does not end")

// fields reads the members of one record, names in lower case. Asterisk's own writing is
// tried first, because it is no JSON once a caller's name has a backslash; then JSON as
// other programs, or a later Asterisk, may write it.
func fields(record []byte) (map[string]string, error) {
	own, err := ownFields(record)
	if err == nil && soundExtra(own) {
		return own, nil
	}
	var loose map[string]any
	if json.Unmarshal(record, &loose) != nil || loose == nil {
		return own, err
	}
	other := texts(loose)
	if errors.Is(err, errIncomplete) && (other["uniqueid"] == "" || other["linkedid"] == "") {
		return own, err // a caller's \"} and a line break: its ids are in the next line
	}
	return other, nil
}

// soundExtra is false when Asterisk's writing was seen in something that is escaped otherwise.
func soundExtra(m map[string]string) bool {
	e := m["eventextra"]
	return e == "" || e[0] != '{' || json.Valid([]byte(e))
}

// ownFields reads {"name":"value",…} in which nothing but quotes is escaped. A value ends
// at a `","` with a name behind it or at the closing `"}`, because a quote inside it has a backslash.
func ownFields(record []byte) (map[string]string, error) {
	rest, ok := bytes.CutPrefix(record, []byte(`{"`))
	if !ok {
		return nil, errors.New("it is no JSON object")
	}
	out := map[string]string{}
	for {
		name, after, ok := bytes.Cut(rest, []byte(`":`))
		switch {
		case !plainName(name):
			return nil, fmt.Errorf("it has no member name where one must stand, after %d members", len(out))
		case !ok || len(after) == 0:
			return nil, errIncomplete
		}
		value, next, last, err := ownValue(after)
		if err != nil {
			return nil, err
		}
		key := strings.ToLower(string(name))
		if _, twice := out[key]; !twice {
			out[key] = value
		}
		if last {
			return out, nil
		}
		rest = next
	}
}

// plainName is whether it can be a field's name, or the beginning of one.
func plainName(name []byte) bool {
	for _, c := range name {
		if c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return len(name) <= 64
}

func plainNumber(b []byte) bool {
	return len(b) > 0 && len(b) <= 40 && len(bytes.Trim(b, "0123456789.-")) == 0
}

// ownValue reads a value and says what follows: the next member from its name on, or the end.
func ownValue(b []byte) (value string, next []byte, last bool, err error) {
	if b[0] != '"' { // a number
		end := bytes.IndexAny(b, ",}")
		switch {
		case end < 0:
			return "", nil, false, errIncomplete
		case !plainNumber(b[:end]):
			return "", nil, false, errors.New("a value is neither text nor number")
		case b[end] == '}' && end == len(b)-1:
			return string(b[:end]), nil, true, nil
		case b[end] == ',' && bytes.HasPrefix(b[end:], []byte(`,"`)):
			return string(b[:end]), b[end+2:], false, nil
		}
		return "", nil, false, errors.New("something follows a number")
	}
	b = b[1:]
	text, next, ok := cutValue(b)
	if !ok {
		if text, ok = bytes.CutSuffix(b, []byte(`"}`)); !ok || bytes.HasSuffix(text, []byte(`\`)) { // the caller's quote
			if bareQuote(b[:max(0, len(b)-2)]) {
				return "", nil, false, errBareQuote
			}
			return "", nil, false, errIncomplete
		}
		last = true
	}
	if bareQuote(text) {
		return "", nil, false, errBareQuote
	}
	return strings.ReplaceAll(string(text), `\"`, `"`), next, last, nil
}

// cutValue cuts at the `","` that ends a value. One with a comma or the end behind it is a
// caller's `",` with the quote that ends the value.
func cutValue(b []byte) (text, next []byte, ok bool) {
	for from := 0; ; {
		at := bytes.Index(b[from:], []byte(`","`))
		if at < 0 {
			return nil, nil, false
		}
		at += from
		if next = b[at+3:]; len(next) == 0 || next[0] != ',' && next[0] != '}' {
			return b[:at], next, true
		}
		from = at + 1
	}
}

// errBareQuote comes of a record that was cut off and had the next one written after it.
var errBareQuote = errors.New("a quote stands where none can be")

func bareQuote(text []byte) bool {
	for i, c := range text {
		if c == '"' && (i == 0 || text[i-1] != '\\') {
			return true
		}
	}
	return false
}

// texts makes every member a text; what is no text keeps its JSON form.
func texts(in map[string]any) map[string]string {
	out := make(map[string]string, len(in))
	for k, v := range in {
		switch v := v.(type) {
		case string:
			out[strings.ToLower(k)] = v
		case nil:
			out[strings.ToLower(k)] = ""
		default:
			b, _ := json.Marshal(v) // it came from JSON
			out[strings.ToLower(k)] = string(b)
		}
	}
	return out
}
