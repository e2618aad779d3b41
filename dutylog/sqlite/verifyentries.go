package sqlite

import (
	"bytes"
	"strconv"

	"dutyline/dutylog/audit"
)

// entryQuery reads what is shown of entries, and whether that is the text of their last revision.
const entryQuery = `SELECT e.id, e.kind, e.state, e.line, e.call_at, e.call_id, e.handling, e.late, e.late_from, e.paper_sheet, e.body,
		r.body IS e.body AND NOT EXISTS (SELECT 1 FROM revisions later WHERE later.entry_id = e.id AND later.revision > e.revision)
	FROM entries e LEFT JOIN revisions r ON r.entry_id = e.id AND r.revision = e.revision`

// oddEntryQuery compares the columns of one entry with its text.
const oddEntryQuery = `SELECT json_extract(e.body, '$.kind', '$.state', '$.line', '$.call_at', '$.call_id') IS NOT json_array(e.kind, e.state, e.line, e.call_at, e.call_id)
		OR coalesce(json_extract(e.body, '$.handling'), '') <> e.handling
		OR (json_extract(e.body, '$.late') IS NOT NULL) <> e.late OR json_extract(e.body, '$.late.blind') IS NOT e.late_from
		OR CAST(json_extract(e.body, '$.values.paper_sheet') AS INTEGER) IS NOT e.paper_sheet
	FROM entries e WHERE e.id = ?`

// checkEntries compares what is shown of an entry with its last revision, which is covered.
func (r *verification) checkEntries() error {
	return r.read(r.ctx, func(row []value) error {
		if row[11].number() == 1 {
			if plainEntry(row) {
				return nil
			}
			var odd bool
			if err := r.db.reader.QueryRowContext(r.ctx, oddEntryQuery, string(row[0].text())).Scan(&odd); err != nil || !odd {
				return err
			}
		}
		r.say("entries", audit.Altered, "entry "+string(row[0].text()), "what is shown is not its last revision")
		return nil
	}, entryQuery)
}

// plainEntry reports whether the columns of a row of entryQuery say what its text says. Nearly all
// entries are so plain that it can tell, several times faster than SQLite; false says nothing.
func plainEntry(row []value) bool {
	const kind, state, line, callAt, callID, handling = 1, 2, 4, 8, 16, 32
	found, want := 0, kind|state|line|callAt
	if row[5].kind != nullValue {
		want |= callID
	}
	if len(row[6].text()) > 0 {
		want |= handling
	}
	once := func(which int, same bool) bool {
		again := found & which
		found |= which
		return again == 0 && same
	}
	var at [20]byte
	all := eachMember(row[10].text(), func(name, text []byte) bool {
		switch string(name) {
		case "kind":
			return once(kind, row[1].isQuoted(text))
		case "state":
			return once(state, row[2].isQuoted(text))
		case "line":
			return once(line, row[3].isQuoted(text))
		case "call_at":
			return once(callAt, bytes.Equal(text, strconv.AppendInt(at[:0], row[4].number(), 10)))
		case "call_id":
			return once(callID, row[5].isQuoted(text))
		case "handling":
			return once(handling, row[6].isQuoted(text))
		case "values":
			return !bytes.Contains(text, []byte("paper_sheet")) && !bytes.Contains(text, []byte(`\u`)) // which may stand for a letter of it
		}
		return string(name) != "late"
	})
	return all && found == want && row[7].number() == 0 && row[8].kind == nullValue && row[9].kind == nullValue
}

// isQuoted reports whether a JSON value is the text; false for one that needs an escape.
func (v value) isQuoted(text []byte) bool {
	n := len(text) - 1
	return v.kind == textValue && n > 0 && text[0] == '"' && text[n] == '"' && bytes.Equal(text[1:n], v.bytes) && bytes.IndexByte(v.bytes, '\\') < 0
}

// eachMember gives the members of a JSON object, each value as it stands, as long as do wants more. It
// is true when all of them were given; false where something is not as this program writes it: spaces,
// an escape in a name, an end that is missing.
func eachMember(text []byte, do func(name, value []byte) bool) bool {
	if len(text) < 2 || text[0] != '{' {
		return false
	}
	for i := 1; ; i++ {
		end := jsonTextEnd(text, i)
		if end < 0 || end >= len(text) || text[end] != ':' || bytes.IndexByte(text[i:end], '\\') >= 0 {
			return false
		}
		name := text[i+1 : end-1]
		i = end + 1
		end = jsonValueEnd(text, i)
		if end < 0 || end >= len(text) || !do(name, text[i:end]) {
			return false
		}
		if i = end; text[i] == '}' {
			return i == len(text)-1
		}
		if text[i] != ',' {
			return false
		}
	}
}

// jsonTextEnd is the position after the text that begins at i; -1 when there is none.
func jsonTextEnd(text []byte, i int) int {
	if i >= len(text) || text[i] != '"' {
		return -1
	}
	for i++; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// jsonValueEnd is the position after the value that begins at i; -1 when it does not end.
func jsonValueEnd(text []byte, i int) int {
	for depth := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			if i = jsonTextEnd(text, i); i < 0 {
				return -1
			}
			i-- // the loop goes on behind it
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return i
			}
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}
