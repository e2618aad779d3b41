package audit_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"

	"dutyline/dutylog/audit"
)

var noon = time.Date(2026, 11, 23, 4, 17, 59, 0, time.UTC)

func newKey(t testing.TB) audit.Key {
	t.Helper()
	secret, err := audit.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := audit.ParseKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestTheFormOfContentIsFixed(t *testing.T) {
	got := audit.Content([]string{"id", "text", "empty", "null", "zero", "yes", "no", "level", "bytes", "at"},
		[]any{int64(-5), "火情\n:", "", nil, int64(0), true, false, -18.25, []byte{0, 10}, noon})
	want := "id:2:-5\ntext:8:火情\n:\nzero:1:0\nyes:1:1\nno:1:0\nlevel:6:-18.25\nbytes:2:\x00\n\nat:16:1795407479000000\n"
	if string(got) != want {
		t.Errorf("%q, want %q", got, want)
	}
	fields, err := audit.ParseContent(got)
	if err != nil || len(fields) != 8 || fields[1] != (audit.Field{Name: "text", Value: "火情\n:"}) {
		t.Errorf("%v, %v", fields, err)
	}
	for _, bad := range []string{"x", "x:", "x:1", "x:1:", "x:1:ab", "x:01:a\n", "x:2:a\n", ":1:a\n", "x:0:\n", "x:-1:a\n", "x:99999999999999999999:a\n", "x:1:a\ny"} {
		if f, err := audit.ParseContent([]byte(bad)); err == nil {
			t.Errorf("%q was read as %v", bad, f)
		}
	}
}

func TestAValueOfAnotherTypeIsAMistakeOfTheProgram(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("it was taken")
		}
	}()
	audit.AppendField(nil, "x", struct{}{})
}

// FuzzContent proves that two contents are equal only when their fields are.
func FuzzContent(f *testing.F) {
	f.Add("a", "b", "c", "d")
	f.Add("a:1", "x\n", "", "1:a\n")
	f.Fuzz(func(t *testing.T, n1, v1, n2, v2 string) {
		if strings.Contains(n1+n2, ":") || n1 == "" || n2 == "" {
			return // names are the program's own
		}
		content := audit.Content([]string{n1, n2}, []any{v1, v2})
		fields, err := audit.ParseContent(content)
		if err != nil {
			t.Fatalf("%q: %v", content, err)
		}
		var again []byte
		for _, x := range fields {
			again = audit.AppendField(again, x.Name, x.Value)
		}
		if !bytes.Equal(content, again) {
			t.Errorf("%q became %q", content, again)
		}
		var want []audit.Field
		for _, x := range []audit.Field{{Name: n1, Value: v1}, {Name: n2, Value: v2}} {
			if x.Value != "" {
				want = append(want, x)
			}
		}
		if diff := cmp.Diff(want, fields); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// FuzzParse feeds every decoder of this package with anything.
func FuzzParse(f *testing.F) {
	key := newKey(f)
	signed, err := key.Sign(audit.Checkpoint{Size: 5, At: noon})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	f.Add("a:1:b\n")
	f.Add(`{"index":1,"commitment":"AAAA","path":["AA=="]}`)
	f.Add("PRIVATE+KEY+dutyline+12345678+AAAA")
	f.Fuzz(func(t *testing.T, text string) {
		if fields, err := audit.ParseContent([]byte(text)); err == nil {
			var again []byte
			for _, x := range fields {
				again = audit.AppendField(again, x.Name, x.Value)
			}
			if string(again) != text {
				t.Errorf("%q was read and written as %q", text, again)
			}
		}
		if c, err := audit.Open(text, key.Verifier()); err == nil {
			if again, err := key.Sign(c); err != nil || !strings.HasPrefix(text, again[:strings.Index(again, "\n\n")]) {
				t.Errorf("%q was read as %+v", text, c)
			}
		}
		_ = audit.RootOf(text)
		var p audit.Proof
		if json.Unmarshal([]byte(text), &p) == nil {
			p.Check(audit.Checkpoint{Size: 5}, []byte("x"))
		}
		if k, err := audit.ParseKey(text); err == nil && k.Fingerprint() == "" {
			t.Error("a key without a fingerprint")
		}
	})
}

func TestACommitmentHidesAndBinds(t *testing.T) {
	salt := bytes.Repeat([]byte{7}, audit.SaltSize)
	one := audit.Commit(salt, []byte("火情"))
	if one != audit.Commit(salt, []byte("火情")) || one == audit.Commit(salt, []byte("无事")) || one == audit.Commit(bytes.Repeat([]byte{8}, audit.SaltSize), []byte("火情")) {
		t.Error("the commitment does not depend on salt and content alone")
	}
}

func TestALeafDependsOnEverythingOfItsRecord(t *testing.T) {
	base := audit.Record{Index: 3, Kind: audit.Call, Subject: "1.0", At: noon}
	seen := map[tlog.Hash]string{base.Leaf(): "itself"}
	for name, r := range map[string]audit.Record{
		"index":      {Index: 4, Kind: audit.Call, Subject: "1.0", At: noon},
		"kind":       {Index: 3, Kind: audit.Tag, Subject: "1.0", At: noon},
		"subject":    {Index: 3, Kind: audit.Call, Subject: "1.1", At: noon},
		"time":       {Index: 3, Kind: audit.Call, Subject: "1.0", At: noon.Add(time.Microsecond)},
		"taken over": {Index: 3, Kind: audit.Call, Subject: "1.0", At: noon, TakenOver: true},
		"commitment": {Index: 3, Kind: audit.Call, Subject: "1.0", At: noon, Commitment: audit.Commit(nil, nil)},
	} {
		if other, twice := seen[r.Leaf()]; twice {
			t.Errorf("the leaf does not depend on the %s: it is that of %s", name, other)
		}
		seen[r.Leaf()] = name
	}
	if got := base.String(); got != "call 1.0 (record 3)" {
		t.Errorf("%q", got)
	}
}

// TestTheStackIsTheTree compares with tlog itself, at every size, whole and put together.
func TestTheStackIsTheTree(t *testing.T) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) (found []tlog.Hash, err error) {
		for _, i := range indexes {
			found = append(found, stored[i])
		}
		return found, nil
	})
	var whole audit.Stack
	leaves := []tlog.Hash{}
	for n := range int64(200) {
		leaf := tlog.RecordHash(fmt.Appendf(nil, "%d", n))
		leaves = append(leaves, leaf)
		want, err := tlog.StoredHashesForRecordHash(n, leaf, reader)
		if err != nil {
			t.Fatal(err)
		}
		if got := whole.Add(leaf, 0, []tlog.Hash{leaf}); !cmp.Equal(got, want) {
			t.Fatalf("record %d completes %v, want %v", n, got, want)
		}
		stored = append(stored, want...)
		root, err := tlog.TreeHash(n+1, reader)
		if err != nil {
			t.Fatal(err)
		}
		if whole.Root() != root || whole.Size() != n+1 {
			t.Fatalf("the root of %d records differs", n+1)
		}
		if got := inChunks(leaves); got.Root() != root || got.Size() != n+1 {
			t.Fatalf("the root of %d records in chunks of 8 differs", n+1)
		}
	}
	if empty, err := tlog.TreeHash(0, reader); err != nil || new(audit.Stack).Root() != empty {
		t.Error("the root of the empty tree differs")
	}
}

func inChunks(leaves []tlog.Hash) audit.Stack {
	var whole audit.Stack
	for len(leaves) > 0 {
		var part audit.Stack
		n := min(8, len(leaves))
		for _, l := range leaves[:n] {
			part.Add(l, 0, nil)
		}
		if leaves = leaves[n:]; n == 8 {
			whole.Add(part.Root(), 3, nil)
		} else {
			before := whole.Clone()
			whole.Append(part)
			if before.Size() == whole.Size() {
				panic("a clone is not a copy")
			}
		}
	}
	return whole
}

func TestCheckpointsAreSignedAndRead(t *testing.T) {
	key, other := newKey(t), newKey(t)
	c := audit.Checkpoint{Size: 1234, Root: tlog.RecordHash([]byte("x")), At: noon}
	signed, err := key.Sign(c)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(signed, "dutyline duty log\n1234\n") || !strings.Contains(signed, "\nat 2026-11-23T04:17:59Z\n\n— dutyline ") {
		t.Errorf("signed:\n%s", signed)
	}
	if got, err := audit.Open(signed, other.Verifier(), key.Verifier()); err != nil || got != c {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := audit.Open(signed, other.Verifier()); !errors.Is(err, audit.ErrUnknownKey) {
		t.Errorf("another key: %v", err)
	}
	if _, err := audit.Open(strings.Replace(signed, "1234", "1235", 1), key.Verifier()); !errors.Is(err, audit.ErrSignature) {
		t.Errorf("changed: %v", err)
	}
	for _, text := range []string{"", "hello", "dutyline duty log\n"} {
		if _, err := audit.Open(text, key.Verifier()); err == nil || !strings.Contains(err.Error(), "dutyline checkpoint --out FILE") {
			t.Errorf("%q: %v", text, err)
		}
	}
	odd, err := key.SignText("dutyline duty log\n01234\n" + c.Root.String() + "\nat 2026-11-23T04:17:59Z\n")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := audit.Open(odd, key.Verifier()); err == nil {
		t.Error("two spellings of one size")
	}
	if _, err := audit.Open(signed, "no key"); err == nil {
		t.Error("no public key")
	}
	if got := audit.RootOf(signed); got != audit.Grouped(c.Root[:]) || audit.RootOf("x") != "" {
		t.Errorf("for print: %q", got)
	}
	if got := c.Printed(); !strings.HasPrefix(got, "1234  2026-11-23T04:17:59Z  ") || len(strings.Fields(got)) != 12 {
		t.Errorf("for print: %q", got)
	}
}

func TestAKeyIsNeverShown(t *testing.T) {
	secret, err := audit.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := audit.ParseKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	if len(strings.Fields(key.Fingerprint())) != 10 || key.Fingerprint() != audit.Fingerprint(key.Verifier()) {
		t.Errorf("fingerprint %q", key.Fingerprint())
	}
	for _, bad := range []string{"", "PRIVATE+KEY", secret[:20], strings.Replace(secret, "+dutyline+", "+other+", 1), secret[:len(secret)-9], secret + "x"} {
		if _, err := audit.ParseKey(bad); err == nil || strings.Contains(err.Error(), secret[30:40]) {
			t.Errorf("%.12q…: %v", bad, err)
		}
	}
	if text := fmt.Sprintf("%v %+v", key, key); strings.Contains(text, strings.TrimSpace(secret[40:])) {
		t.Error("the key prints its secret")
	}
	signed, err := key.SignText("list\n")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := audit.OpenText(signed, key.Verifier()); err != nil || text != "list\n" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := audit.OpenText(signed, newKey(t).Verifier()); !errors.Is(err, audit.ErrSignature) {
		t.Errorf("another key: %v", err)
	}
	if _, err := audit.OpenText(signed, "x"); err == nil {
		t.Error("no key")
	}
}

func TestProofsStandAlone(t *testing.T) {
	var whole audit.Stack
	var stored []tlog.Hash
	salt, content := bytes.Repeat([]byte{1}, audit.SaltSize), []byte("id:1:1\n")
	records := make([]audit.Record, 9)
	for i := range records {
		records[i] = audit.Record{Index: int64(i), Kind: audit.Access, Subject: fmt.Sprint(i), At: noon, Commitment: audit.Commit(salt, content)}
		stored = append(stored, whole.Add(records[i].Leaf(), 0, []tlog.Hash{records[i].Leaf()})...)
	}
	path, err := tlog.ProveRecord(9, 4, tlog.HashReaderFunc(func(indexes []int64) (found []tlog.Hash, err error) {
		for _, i := range indexes {
			found = append(found, stored[i])
		}
		return found, nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	c := audit.Checkpoint{Size: 9, Root: whole.Root(), At: noon}
	good := audit.Proof{Record: records[4], Salt: salt, Path: path}
	text, err := json.Marshal(good)
	if err != nil {
		t.Fatal(err)
	}
	var back audit.Proof
	if err := json.Unmarshal(text, &back); err != nil || !cmp.Equal(good, back) {
		t.Errorf("%+v came back as %+v, %v", good, back, err)
	}
	change := func(do func(*audit.Proof)) audit.Proof { p := good; do(&p); return p }
	for name, x := range map[string]struct {
		proof   audit.Proof
		content []byte
		want    audit.Answer
	}{
		"good":              {good, content, audit.Intact},
		"other content":     {good, []byte("id:1:2\n"), audit.Altered},
		"no content":        {good, nil, audit.CannotTell},
		"other salt":        {change(func(p *audit.Proof) { p.Salt = make([]byte, audit.SaltSize) }), content, audit.Altered},
		"other place":       {change(func(p *audit.Proof) { p.Index = 5 }), content, audit.Altered},
		"beyond the tree":   {change(func(p *audit.Proof) { p.Index = 9 }), content, audit.Altered},
		"other subject":     {change(func(p *audit.Proof) { p.Subject = "5" }), content, audit.Altered},
		"other time":        {change(func(p *audit.Proof) { p.At = noon.Add(1e6) }), content, audit.Altered},
		"said to be old":    {change(func(p *audit.Proof) { p.TakenOver = true }), content, audit.Altered},
		"shorter path":      {change(func(p *audit.Proof) { p.Path = p.Path[1:] }), content, audit.Altered},
		"erased":            {change(func(p *audit.Proof) { p.Salt, p.ErasedBy = nil, 3 }), nil, audit.Intact},
		"an earlier state":  {change(func(p *audit.Proof) { p.Salt = nil }), nil, audit.Intact},
		"erased and forged": {change(func(p *audit.Proof) { p.Salt, p.ErasedBy, p.Subject = nil, 3, "x" }), nil, audit.Altered},
	} {
		if got := x.proof.Check(c, x.content); got.Answer != x.want {
			t.Errorf("%s: %+v, want %s", name, got, x.want)
		}
	}
}

func TestTheWorstAnswerIsTheVerdict(t *testing.T) {
	var r audit.Report
	if r.Verdict() != audit.Intact {
		t.Error("nothing was altered")
	}
	var each []audit.Finding
	r.Each = func(f audit.Finding) { each = append(each, f) }
	r.Say("call", audit.Finding{Answer: audit.Intact, Object: "a"})
	r.Say("tag", audit.Finding{Answer: audit.CannotTell, Object: "b"})
	if r.Verdict() != audit.CannotTell {
		t.Error(r.Verdict())
	}
	r.Say("call", audit.Finding{Answer: audit.Altered, Object: "c"})
	if r.Verdict() != audit.Altered || len(r.Findings) != 2 || len(each) != 3 || !cmp.Equal(r.Order, []string{"call", "tag"}) {
		t.Errorf("%+v", r)
	}
	for range 10_001 {
		r.Say("call", audit.Finding{Answer: audit.Altered})
	}
	if len(r.Findings) != 10_000 || r.Unlisted != 3 || r.Of("call").Altered != 10_002 {
		t.Errorf("%d findings, %d beyond", len(r.Findings), r.Unlisted)
	}
}
