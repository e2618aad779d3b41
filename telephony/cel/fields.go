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

// errHole is of two halves that may be of two records.
var errHole = errors.New("it has a hole of zeros: the machine lost power, or its disk is bad")

// fields reads the members of one record, names in lower case. Asterisk's own writing is
// tried first, because it is no JSON once a caller's name has a backslash; then JSON as
// other programs, or a later Asterisk, may write it.
func fields(record []byte) (map[string]string, error) {
	if bytes.IndexByte(record, 0) >= 0 {
		return nil, errHole
	}
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
// The values are parts of one copy of the record.
func ownFields(record []byte) (map[string]string, error) {
	rest, ok := strings.CutPrefix(string(record), `{"`)
	if !ok {
		return nil, errors.New("it is no JSON object")
	}
	out := make(map[string]string, len(usual))
	for {
		name, after, ok := strings.Cut(rest, `":`)
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
		key, ok := usual[name]
		if !ok {
			key = strings.ToLower(name)
		}
		if _, twice := out[key]; !twice {
			out[key] = value
		}
		if last {
			return out, nil
		}
		rest = next
	}
}

// usual are the names that the shipped cel_custom.conf asks for, in lower case: a journal of a
// busy switch has twenty rows a call, and each has them all.
var usual = func() map[string]string {
	m := map[string]string{}
	for name := range strings.SplitSeq("EventType,EventTime,eventenum,userdeftype,Name,Num,ani,rdnis,dnid,Exten,Context,ChanName,AppName,AppData,UniqueID,LinkedID,Peer,UserField,EventExtra", ",") {
		m[name] = strings.ToLower(name)
		m[strings.ToLower(name)] = strings.ToLower(name)
	}
	return m
}()

// plainName is whether it can be a field's name, or the beginning of one.
func plainName(name string) bool {
	for _, c := range []byte(name) {
		if c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return len(name) <= 64
}

func plainNumber(s string) bool {
	return len(s) > 0 && len(s) <= 40 && len(strings.Trim(s, "0123456789.-")) == 0
}

// ownValue reads a value and says what follows: the next member from its name on, or the end.
func ownValue(b string) (value, next string, last bool, err error) {
	if b[0] != '"' { // a number
		end := strings.IndexAny(b, ",}")
		switch {
		case end < 0:
			return "", "", false, errIncomplete
		case !plainNumber(b[:end]):
			return "", "", false, errors.New("a value is neither text nor number")
		case b[end] == '}' && end == len(b)-1:
			return b[:end], "", true, nil
		case b[end] == ',' && strings.HasPrefix(b[end:], `,"`):
			return b[:end], b[end+2:], false, nil
		}
		return "", "", false, errors.New("something follows a number")
	}
	b = b[1:]
	text, next, ok := cutValue(b)
	if !ok {
		if text, ok = strings.CutSuffix(b, `"}`); !ok || strings.HasSuffix(text, `\`) { // the caller's quote
			if bareQuote(b[:max(0, len(b)-2)]) {
				return "", "", false, errBareQuote
			}
			return "", "", false, errIncomplete
		}
		last = true
	}
	if bareQuote(text) {
		return "", "", false, errBareQuote
	}
	return strings.ReplaceAll(text, `\"`, `"`), next, last, nil
}

// cutValue cuts at the `","` that ends a value. One with a comma or the end behind it is a
// caller's `",` with the quote that ends the value.
func cutValue(b string) (text, next string, ok bool) {
	for from := 0; ; {
		at := strings.Index(b[from:], `","`)
		if at < 0 {
			return "", "", false
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

func bareQuote(text string) bool {
	for from := 0; ; {
		i := strings.IndexByte(text[from:], '"')
		if i < 0 {
			return false
		}
		if i += from; i == 0 || text[i-1] != '\\' {
			return true
		}
		from = i + 1
	}
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
