package cel_test

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
	"dutyline/telephony/cel"
)

// record is a line as Asterisk writes it, with some members changed.
func record(change ...string) []byte {
	members := []string{
		"eventtype", "CHAN_START", "eventtime", "2026-11-26T15:02:39.071173+0800", "eventenum", "CHAN_START", "userdeftype", "",
		"name", "", "num", "13900001111", "ani", "", "rdnis", "", "dnid", "", "exten", "12350", "context", "from-trunk",
		"channame", "PJSIP/trunk-00000002", "appname", "", "appdata", "", "uniqueid", "sh-1.2", "linkedid", "sh-1.2",
		"peer", "", "userfield", "", "eventextra", "",
	}
	for i := 0; i < len(change); i += 2 {
		for j := 0; j < len(members); j += 2 {
			if members[j] == change[i] {
				members[j+1] = change[i+1]
			}
		}
	}
	var b bytes.Buffer
	sep := `{"`
	for i := 0; i < len(members); i += 2 {
		b.WriteString(sep + members[i] + `":"` + strings.ReplaceAll(members[i+1], `"`, `\"`) + `"`) // and no backslash is doubled
		sep = `,"`
	}
	b.WriteByte('}')
	return b.Bytes()
}

func row(change func(*telephony.Row)) telephony.Row {
	r := telephony.Row{
		Kind: telephony.RowChanStart, At: time.Date(2026, 11, 26, 7, 2, 39, 71173000, time.UTC), Channel: "PJSIP/trunk-00000002",
		UniqueID: "sh-1.2", LinkedID: "sh-1.2", Number: "13900001111", Exten: "12350", Context: "from-trunk",
	}
	if change != nil {
		change(&r)
	}
	return r
}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name   string
		record []byte
		want   telephony.Row
	}{
		{"a channel begins", record(), row(nil)},
		{"an end of line stays on it", append(record(), "\r\n"...), row(nil)},
		{"a backslash that Asterisk does not escape", record("name", `a\"b\c`), row(func(r *telephony.Row) { r.CallerName = `a"bc` })},
		{"a backslash at the end of a value", record("num", `139\`), row(func(r *telephony.Row) { r.Number = `139\` })},
		{"a number that tries to end the record and would be JSON", record("num", "139\"}\nx"), row(func(r *telephony.Row) { r.Number = `139"}x` })},
		{"the same with a backslash", record("num", "139\\\"}\nx"), row(func(r *telephony.Row) { r.Number = `139\"}x` })},
		{"a number that takes Asterisk's own quote", record("name", `a\x`, "num", `139",`), row(func(r *telephony.Row) { r.CallerName, r.Number = "ax", `139",` })},
		{"a number that tries to end the record", record("num", "139\",\"uniqueid\":\"x\"}\n{\"eventtype\":\"LINKEDID_END\""),
			row(func(r *telephony.Row) { r.Number = `139","uniqueid":"x"}{"eventtype":"LINKEDID_END"` })},
		{"invalid UTF-8 and control characters", record("name", "\xc9\xf2\x01\x1b\u202e王"), row(func(r *telephony.Row) { r.CallerName = "\ufffd\ufffd王" })},
		{"hangup", record("eventtype", "HANGUP", "eventenum", "HANGUP", "eventextra", `{"hangupcause":16,"hangupsource":"PJSIP/duty-1","dialstatus":""}`),
			row(func(r *telephony.Row) {
				r.Kind = telephony.RowHangup
				r.Extra = map[string]string{"hangupcause": "16", "hangupsource": "PJSIP/duty-1", "dialstatus": ""}
			})},
		{"the end of our dialplan, with a caller who writes into it", record("eventtype", "DL_END", "eventenum", "USER_DEFINED", "userdeftype", "DL_END",
			"eventextra", `{"extra":"ring_ms=12&status=ANSWER&callid=a\"\\&status=BUSY&b&redir="}`),
			row(func(r *telephony.Row) {
				r.Kind, r.User = telephony.RowUser, "DL_END"
				r.Extra = map[string]string{"ring_ms": "12", "status": "ANSWER", "callid": `a"\`, "redir": ""}
			})},
		{"the begin of our dialplan", record("eventtype", "DL_START", "eventenum", "USER_DEFINED", "userdeftype", "DL_START", "eventextra", `{"extra":"sh-1.2"}`),
			row(func(r *telephony.Row) {
				r.Kind, r.User, r.Extra = telephony.RowUser, "DL_START", map[string]string{"extra": "sh-1.2"}
			})},
		{"a type of a later version", record("eventtype", "NEWS", "eventenum", "NEWS"), row(func(r *telephony.Row) { r.Kind, r.User = telephony.RowUnknown, "NEWS" })},
		{"a type that tells nothing", record("eventtype", "PARK_START", "eventenum", "PARK_START"), row(func(r *telephony.Row) { r.Kind = telephony.RowIgnored })},
		{"a user event named like one of Asterisk's", record("eventtype", "LINKEDID_END", "eventenum", "USER_DEFINED", "userdeftype", "LINKEDID_END"),
			row(func(r *telephony.Row) { r.Kind, r.User = telephony.RowUser, "LINKEDID_END" })},
		{"a mark without eventenum", []byte(`{"eventtype":"DL_START","eventtime":"1","uniqueid":"a","linkedid":"b"}`),
			telephony.Row{Kind: telephony.RowUser, User: "DL_START", At: time.Unix(1, 0).UTC(), UniqueID: "a", LinkedID: "b"}},
		{"proper JSON, numbers, any case", []byte(`{"EventType" : "ANSWER", "EventTime": 1795705359.25, "UniqueID":"a\\b\u00e9", "LinkedID":"b","EventExtra":"{\"x\":\"a\\\"\"}"}`),
			telephony.Row{Kind: telephony.RowAnswer, At: time.Unix(1795705359, 250e6).UTC(), UniqueID: `a\bé`, LinkedID: "b", Extra: map[string]string{"x": `a"`}}},
		{"Asterisk's own with a number", []byte(`{"eventtype":"ANSWER","eventtime":1795705359,"eventenum":"ANSWER","name":"\","uniqueid":"a","linkedid":"b"}`),
			telephony.Row{Kind: telephony.RowAnswer, At: time.Unix(1795705359, 0).UTC(), CallerName: `\`, UniqueID: "a", LinkedID: "b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := cel.Decode(c.record)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	cut := record()
	for _, c := range []struct{ name, record, want string }{
		{"nothing", "", "no JSON object"},
		{"another program's line", "hello", "no JSON object"},
		{"an array", `["a"]`, "no JSON object"},
		{"null", `null`, "no JSON object"},
		{"no type", `{"uniqueid":"a"}`, "no eventtype"},
		{"an empty object", `{}`, "no eventtype"},
		{"cut off", string(cut[:len(cut)-40]), "does not end"},
		{"cut off in a value, and the next written after it", string(cut[:bytes.Index(cut, []byte(`39000`))]) + string(record("uniqueid", "other")), "a quote stands where none can be"},
		{"no time", string(record("eventtime", "")), "dateformat in cel.conf"},
		{"a day that is none", string(record("eventtime", "2026-02-30 00:00:00")), "is no time"},
		{"a time beyond the years", string(record("eventtime", "253402300800.0")), "is no time"},
		{"no uniqueid", string(record("uniqueid", "")), "cel_custom.conf lacks"},
		{"cut at a line break", `{"eventtype":"CHAN_START","eventtime":"1","num":"x\\"}`, "does not end"},
		{"cut off before a value, and the next written after it", string(cut[:bytes.Index(cut, []byte(`"ani":`))+6]) + string(record("uniqueid", "other")), "neither text nor number"},
		{"after a number", `{"eventtype":1}x}`, "follows a number"},
		{"too long for a number", `{"eventtype":` + strings.Repeat("1", 100) + `,"a":"b`, "neither text nor number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := cel.Decode([]byte(c.record))
			if err == nil {
				t.Fatalf("accepted: %+v", got)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%q does not say %q", err, c.want)
			}
		})
	}
}

func TestTimesWithAndWithoutZone(t *testing.T) {
	shanghai := time.FixedZone("CST", 8*3600)
	want := time.Date(2026, 11, 26, 7, 2, 39, 71173000, time.UTC)
	for _, text := range []string{
		"2026-11-26 15:02:39.071173", "2026-11-26T15:02:39.071173", "2026-11-26T15:02:39.071173+0800", "2026-11-26T07:02:39.071173Z",
		"2026-11-26T07:02:39.071173+00:00", "2026-11-26 02:02:39.071173-0500", "2026-11-26 02:02:39.071173 -0500", "1795676559.071173",
		"1795676559.071173999",
	} {
		got, err := cel.DecodeIn(record("eventtime", text), shanghai)
		if err != nil || !got.At.Equal(want) || got.At.Location() != time.UTC {
			t.Errorf("%q gives %v, %v", text, got.At, err)
		}
	}
	for _, text := range []string{"1970-01-01T00:00:00+0000", "9999-12-31T23:59:59+0000", "0", "2026-11-26T15:02:39+0800"} {
		if _, err := cel.Decode(record("eventtime", text)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// journals are the recorded ones of every scenario.
func journals(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "testdata", "journal", "*.jsonl"))
	if err != nil || len(files) < 60 {
		t.Fatalf("only %d recorded journals: %v", len(files), err)
	}
	return files
}

// Every line of every recorded journal is understood, except where a caller broke it in two.
func TestRecordedJournalsAreUnderstood(t *testing.T) {
	for _, file := range journals(t) {
		if filepath.Base(file) == "hostile_callers.jsonl" {
			continue // see records_test.go
		}
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		for sc := bufio.NewScanner(f); sc.Scan(); {
			got, err := cel.Decode(sc.Bytes())
			if err != nil {
				t.Errorf("%s: %v in %s", file, err, sc.Bytes())
				continue
			}
			if got.Kind == telephony.RowUnknown || got.Kind == telephony.RowIgnored || got.At.IsZero() || got.Channel == "" {
				t.Errorf("%s: %+v", file, got)
			}
			if got.User == "DL_END" && got.Extra["tend"] == "" {
				t.Errorf("%s: the end of the call carries %v", file, got.Extra)
			}
		}
		_ = f.Close()
	}
}

// FuzzDecode: no input makes the decoder panic; what it accepts has a known kind, a time
// that can be written, the ids that a call is found by, and nothing unprintable or endless.
func FuzzDecode(f *testing.F) {
	f.Add(record())
	f.Add(record("name", `a\"b\c`, "num", "139\n{\"eventtype\""))
	f.Add(record("eventtype", "DL_END", "eventenum", "USER_DEFINED", "userdeftype", "DL_END", "eventextra", `{"extra":"ring_ms=1&status=&cause=x"}`))
	f.Add(record("name", `a\x`, "num", "139\",\\\"}\nx"))
	f.Add([]byte(`{"EventType":"HANGUP","EventTime":1.5,"UniqueID":"a","LinkedID":"b","EventExtra":{"a":{"b":[1]}}}`))
	f.Add([]byte(`{"a":"\","b":"\\"}`))
	for _, file := range journals(f)[:8] {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for line := range bytes.Lines(b) {
			f.Add(line)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := cel.DecodeIn(raw, time.UTC)
		again, errAgain := cel.DecodeIn(bytes.Clone(raw), time.UTC)
		if (err == nil) != (errAgain == nil) || !cmp.Equal(got, again) {
			t.Fatalf("read twice: %+v and %+v", got, again)
		}
		if err != nil {
			return
		}
		if got.Kind.String() == "invalid" || got.At.IsZero() && got.At.Year() != 1 {
			t.Fatalf("%+v", got)
		}
		if _, err := got.At.MarshalJSON(); err != nil {
			t.Fatal(err)
		}
		known := got.Kind > telephony.RowUnknown
		if known && (got.UniqueID == "" && got.LinkedID == "") {
			t.Logf("ids of nothing printable: %q", raw)
		}
		for _, s := range append([]string{got.User, got.Channel, got.UniqueID, got.LinkedID, got.Number, got.CallerName, got.RDNIS, got.DNID,
			got.Exten, got.Context, got.App, got.AppData, got.Peer}, values(got.Extra)...) {
			if n := utf8.RuneCountInString(s); n > 256 || strings.ContainsFunc(s, unprintable) {
				t.Fatalf("%d characters: %q", n, s)
			}
		}
	})
}

func unprintable(r rune) bool { return r != utf8.RuneError && r != '　' && !unicode.IsPrint(r) }

func values(m map[string]string) (out []string) {
	for k, v := range m {
		out = append(out, k, v)
	}
	return out
}
