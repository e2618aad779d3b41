package tape_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony/tape"
)

var start = time.Date(2026, 11, 23, 12, 17, 59, 603123000, time.UTC)

// memory is a folder in memory. With broken set, every operation fails.
type memory struct {
	files  map[string]*bytes.Buffer
	open   int
	broken error
}

func newMemory() *memory { return &memory{files: map[string]*bytes.Buffer{}} }

type handle struct {
	*bytes.Buffer
	of *memory
}

func (h handle) Close() error { h.of.open--; return nil }
func (h handle) Write(b []byte) (int, error) {
	if h.of.broken != nil {
		return 0, h.of.broken
	}
	return h.Buffer.Write(b)
}

func (m *memory) Append(name string) (io.WriteCloser, error) {
	if m.broken != nil {
		return nil, m.broken
	}
	if m.files[name] == nil {
		m.files[name] = &bytes.Buffer{}
	}
	m.open++
	return handle{m.files[name], m}, nil
}

func (m *memory) List() (out []tape.File, err error) {
	for name, b := range m.files {
		out = append(out, tape.File{Name: name, Size: int64(b.Len())})
	}
	return out, m.broken
}

func (m *memory) Remove(name string) error {
	delete(m.files, name)
	return m.broken
}

func (m *memory) names() []string {
	var out []string
	for n := range m.files {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

func readAll(t *testing.T, text string) (out []tape.Record) {
	t.Helper()
	r := tape.NewReader(strings.NewReader(text))
	for {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, tape.Record{At: rec.At, Raw: bytes.Clone(rec.Raw)})
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	folder := newMemory()
	w := tape.NewWriter(folder, tape.Policy{MaxBytes: 1 << 20})
	records := []tape.Record{
		{At: start, Raw: []byte(`{"type":"ChannelCreated","channel":{"name":"沈阳"}}`)},
		{At: start.Add(time.Millisecond), Raw: []byte(`{"type":"Dial"`)},                        // cut off
		{At: start.Add(2 * time.Millisecond), Raw: []byte("{\"type\":\n\"ChannelDestroyed\"}")}, // two lines
		{At: start.Add(3 * time.Millisecond), Raw: []byte("no JSON at all \x01")},
		{At: start.Add(4 * time.Millisecond), Raw: []byte(`{}`)},
	}
	for _, r := range records {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil || folder.open != 0 {
		t.Errorf("closed twice: %v, %d files open", err, folder.open)
	}
	if diff := cmp.Diff([]string{"2026-11-23.jsonl"}, folder.names()); diff != "" {
		t.Fatal(diff)
	}
	text := folder.files["2026-11-23.jsonl"].String()
	if want := `{"rx":"2026-11-23T12:17:59.603123Z","event":{"type":"ChannelCreated"`; !strings.HasPrefix(text, want) {
		t.Errorf("the tape begins %.90q", text)
	}
	if diff := cmp.Diff(records, readAll(t, text)); diff != "" {
		t.Errorf("(-written +read):\n%s", diff)
	}
}

// The traces of the project are bare events.
func TestReadsBareEvents(t *testing.T) {
	got := readAll(t, "{\"type\":\"Dial\"}\n\n  {\"type\":\"ChannelCreated\"}\r\n{\"type\":\"last\"}")
	want := []tape.Record{{Raw: []byte(`{"type":"Dial"}`)}, {Raw: []byte(`{"type":"ChannelCreated"}`)}, {Raw: []byte(`{"type":"last"}`)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A bad line is named and the lines after it can still be read.
func TestBadLines(t *testing.T) {
	text := strings.Join([]string{
		`{"rx":"yesterday","event":{}}`,
		`{"rx":"2026-11-23T12:17:59.603123Z","event":{}`,
		`{"rx":"2026-11-23T12:17:59.603123Z","sound":"x"}`,
		`{"rx":"2026-11-23T12:17:59.603123Z","text":7}`,
		strings.Repeat("x", tape.MaxLine+10),
		`{"type":"Dial"}`,
	}, "\n") + "\n"
	r := tape.NewReader(strings.NewReader(text))
	for line := 1; line <= 5; line++ {
		_, err := r.Next()
		if !errors.Is(err, tape.ErrLine) || r.Line() != line || !strings.Contains(err.Error(), "line ") {
			t.Errorf("line %d: %v (reader is at %d)", line, err, r.Line())
		}
	}
	rec, err := r.Next()
	if err != nil || string(rec.Raw) != `{"type":"Dial"}` || r.Line() != 6 {
		t.Errorf("the good line: %q, %v", rec.Raw, err)
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
}

func TestReaderPassesErrorsOn(t *testing.T) {
	broken := errors.New("the disk is gone")
	r := tape.NewReader(io.MultiReader(strings.NewReader("{}\n"), errReader{broken}))
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(); !errors.Is(err, broken) || errors.Is(err, tape.ErrLine) {
		t.Errorf("%v", err)
	}
}

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) { return 0, e.err }

func TestNamesOfFiles(t *testing.T) {
	for name, day := range map[string]string{
		"2026-11-23.jsonl": "2026-11-23", "2026-11-22-002.jsonl": "2026-11-22", "2026-11-22-1002.jsonl.age": "2026-11-22", "2026-11-23.jsonl.age": "2026-11-23",
		"notes.txt": "", "2026-13-01.jsonl": "", "2026-11-22-x.jsonl": "", "2026-11-22.jsonl.gz": "", ".age": "", "2026-11-2.jsonl": "",
	} {
		got, ours := tape.Day(name)
		if ours != (day != "") || ours && got.Format(time.DateOnly) != day {
			t.Errorf("%s is of %v, %v; want %q", name, got, ours, day)
		}
	}
	names := []string{"2026-11-23.jsonl", "2026-11-22-1002.jsonl", "2026-11-22-002.jsonl.age", "2026-11-22.jsonl.age", "2026-11-21.jsonl"}
	slices.SortFunc(names, tape.Compare)
	if diff := cmp.Diff([]string{"2026-11-21.jsonl", "2026-11-22.jsonl.age", "2026-11-22-002.jsonl.age", "2026-11-22-1002.jsonl", "2026-11-23.jsonl"}, names); diff != "" {
		t.Error(diff)
	}
}

// A file a day, more when there is much; the tape itself removes nothing.
func TestRotation(t *testing.T) {
	folder := newMemory()
	folder.files["2026-11-10.jsonl"] = bytes.NewBufferString("old\n")
	policy := tape.Policy{MaxBytes: 8000}
	w := tape.NewWriter(folder, policy)
	raw := []byte(`{"type":"ChannelVarset","value":"` + strings.Repeat("x", 100) + `"}`)
	for day := range 3 {
		for i := range 60 {
			if err := w.Write(tape.Record{At: start.AddDate(0, 0, day).Add(time.Duration(i) * time.Second), Raw: raw}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	files, _ := folder.List()
	for _, f := range files {
		if f.Size > policy.MaxBytes/8 {
			t.Errorf("%s has %d bytes, one of eight parts of %d", f.Name, f.Size, policy.MaxBytes)
		}
	}
	if len(files) < 30 || !slices.Contains(folder.names(), "2026-11-10.jsonl") || !slices.Contains(folder.names(), "2026-11-25-002.jsonl") {
		t.Errorf("files %v", folder.names())
	}
}

// What was closed and encrypted is never opened again: the next part follows.
func TestAClosedFileStaysClosed(t *testing.T) {
	folder := newMemory()
	folder.files["2026-11-23.jsonl.age"] = bytes.NewBufferString("sealed")
	folder.files["2026-11-23-002.jsonl.age"] = bytes.NewBufferString("sealed")
	w := tape.NewWriter(folder, tape.Policy{MaxBytes: 1 << 20})
	if err := errors.Join(w.Write(tape.Record{At: start, Raw: []byte(`{}`)}), w.Close()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"2026-11-23-002.jsonl.age", "2026-11-23-003.jsonl", "2026-11-23.jsonl.age"}, folder.names()); diff != "" {
		t.Error(diff)
	}
}

// A new run goes on in the file of the last one.
func TestGoesOnAfterARestart(t *testing.T) {
	folder := newMemory()
	folder.files["2026-11-23.jsonl"] = bytes.NewBufferString("{}\n")
	folder.files["2026-11-23-002.jsonl"] = bytes.NewBufferString("{}\n")
	w := tape.NewWriter(folder, tape.Policy{MaxBytes: 1 << 20})
	if err := w.Write(tape.Record{At: start, Raw: []byte(`{}`)}); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if got := len(readAll(t, folder.files["2026-11-23-002.jsonl"].String())); got != 2 || len(folder.files) != 2 {
		t.Errorf("%d records in the second part, files %v", got, folder.names())
	}
}

// When the folder fails, the sentence names the file; it can be tried again.
func TestFolderFails(t *testing.T) {
	folder := newMemory()
	folder.broken = errors.New("no space left")
	w := tape.NewWriter(folder, tape.Policy{MaxBytes: 1 << 20})
	if err := w.Write(tape.Record{At: start, Raw: []byte(`{}`)}); !errors.Is(err, folder.broken) || !strings.Contains(err.Error(), "tape") {
		t.Errorf("%v", err)
	}
	folder.broken = nil
	if err := w.Write(tape.Record{At: start, Raw: []byte(`{}`)}); err != nil {
		t.Fatal(err)
	}
	folder.broken = errors.New("no space left")
	if err := w.Flush(); !errors.Is(err, folder.broken) || !strings.Contains(err.Error(), "2026-11-23.jsonl") {
		t.Errorf("flush: %v", err)
	}
	if err := w.Close(); !errors.Is(err, folder.broken) || folder.open != 0 {
		t.Errorf("close: %v, %d open", err, folder.open)
	}
}

func TestFileName(t *testing.T) {
	for part, want := range map[int]string{1: "2026-11-23.jsonl", 2: "2026-11-23-002.jsonl", 1234: "2026-11-23-1234.jsonl"} {
		if got := tape.FileName(start, part); got != want {
			t.Errorf("part %d is %s, want %s", part, got, want)
		}
	}
	if got := tape.FileName(time.Date(2026, 11, 24, 7, 0, 0, 0, time.FixedZone("CST", 8*3600)), 1); got != "2026-11-23.jsonl" {
		t.Errorf("days are UTC: %s", got)
	}
}

// FuzzReader: whatever a file holds, the reader ends and never panics; and every record that
// it gave comes back from a tape onto which it is written.
func FuzzReader(f *testing.F) {
	f.Add([]byte("{\"rx\":\"2026-11-23T12:17:59.603123Z\",\"event\":{}}\n{}"))
	f.Add([]byte("{\"rx\":\"\"}\n\n\x00"))
	f.Add([]byte("{\"rx\":\"2026-11-23T12:17:59Z\",\"text\":\"\\ud800 \\u0000\"}"))
	f.Add([]byte("{\"rx\":\"2026-11-23T12:17:59Z\",\"hex\":\"ff00\"}"))
	f.Add([]byte("\xff\xfe no text\n{\"half\":"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := tape.NewReader(bytes.NewReader(data))
		folder := newMemory()
		w := tape.NewWriter(folder, tape.Policy{MaxBytes: 1 << 40})
		var want []tape.Record
		for range len(data) + 2 {
			got, err := r.Next()
			if errors.Is(err, io.EOF) {
				wantBack(t, folder, w, want)
				return
			}
			if err != nil && !errors.Is(err, tape.ErrLine) {
				t.Fatal(err)
			}
			if err == nil {
				got.At = start // one day, one file
				want = append(want, tape.Record{At: got.At, Raw: bytes.Clone(got.Raw)})
				if err := w.Write(got); err != nil {
					t.Fatal(err)
				}
			}
		}
		t.Fatal("the reader does not end")
	})
}

// wantBack insists that a tape gives back what was written; the space around an event is not
// part of it.
func wantBack(t *testing.T, folder *memory, w *tape.Writer, want []tape.Record) {
	t.Helper()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if len(want) == 0 {
		return
	}
	got := readAll(t, folder.files[tape.FileName(start, 1)].String())
	if len(got) != len(want) {
		t.Fatalf("%d records were written, %d are read", len(want), len(got))
	}
	for i := range want {
		if !got[i].At.Equal(want[i].At) || !bytes.Equal(got[i].Raw, want[i].Raw) && !bytes.Equal(got[i].Raw, bytes.TrimSpace(want[i].Raw)) {
			t.Fatalf("written %q, read %q", want[i].Raw, got[i].Raw)
		}
	}
}

// FuzzRecord: whatever the switch sends, a tape keeps it byte for byte.
func FuzzRecord(f *testing.F) {
	f.Add([]byte(`{"type":"Dial"}`))
	f.Add([]byte("{\n}"))
	f.Add([]byte("caller \xff\xfe\x00"))
	f.Add([]byte("\"\xff\""))
	f.Add([]byte{})
	f.Add([]byte(`{"rx":"2026-11-23T12:17:59.603123Z","event":{}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		folder := newMemory()
		w := tape.NewWriter(folder, tape.Policy{MaxBytes: 1 << 40})
		if err := w.Write(tape.Record{At: start, Raw: raw}); err != nil {
			t.Fatal(err)
		}
		wantBack(t, folder, w, []tape.Record{{At: start, Raw: raw}})
	})
}
