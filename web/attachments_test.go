package web_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/web"
)

// attached is one row of the list of attachments.
type attached struct {
	ID       int64
	Name     string
	Type     string
	Size     int64
	SHA256   string
	By       string
	At       string
	State    string
	Decision int64
}

const photo = "\xFF\xD8\xFF\xE0" + "a photo of the flooded road"

// upload sends a file as the page does.
func (c *client) upload(entry, name, content string) answer {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), "POST", c.base+"/api/v1/entries/"+entry+"/attachments?name="+name, strings.NewReader(content))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	res, err := c.http.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(b)}
}

func (h *house) filesKept() (n int) {
	h.t.Helper()
	entries, err := os.ReadDir(h.attached)
	if err != nil {
		h.t.Fatal(err)
	}
	return len(entries)
}

func listed(t *testing.T, c *client, entry string) []attached {
	t.Helper()
	var got struct{ Items []attached }
	c.get("/entries/"+entry+"/attachments").into(t, &got)
	return got.Items
}

func TestAFileIsAttachedListedAndTaken(t *testing.T) {
	h := newHouse(t)
	h.sealed("1.0")
	officer := h.as("officer")
	var x attached
	officer.upload("e-1.0", "%E7%8E%B0%E5%9C%BA.jpg", photo).into(t, &x)
	if x.Name != "现场.jpg" || x.Type != "image/jpeg" || x.Size != int64(len(photo)) || x.State != "kept" || x.By != "王officer" {
		t.Errorf("%+v", x)
	}
	if diff := cmp.Diff([]attached{x}, listed(t, h.as("auditor"), "e-1.0")); diff != "" {
		t.Errorf("(-attached +listed):\n%s", diff)
	}
	got := h.as("leader").get(fmt.Sprintf("/entries/e-1.0/attachments/%d", x.ID))
	if got.status != 200 || got.body != photo {
		t.Fatal(got.status)
	}
	for name, want := range map[string]string{"Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
		"Content-Disposition": "attachment; filename*=UTF-8''%E7%8E%B0%E5%9C%BA.jpg", "Etag": `"` + x.SHA256 + `"`} {
		if have := got.header.Get(name); have != want {
			t.Errorf("%s is %q, want %q", name, have, want)
		}
	}
	if part := officer.get(fmt.Sprintf("/entries/e-1.0/attachments/%d", x.ID), "Range", "bytes=0-3"); part.status != 206 || part.body != photo[:4] {
		t.Errorf("a range: %v", part)
	}
	if h.filesKept() != 1 {
		t.Errorf("%d files are kept", h.filesKept())
	}
	if paper := officer.get("/entries/e-1.0/sheet"); !strings.Contains(paper.body, "1. 现场.jpg（1 KB，SHA-256："+x.SHA256+"）") {
		t.Errorf("it is not on the printed sheet: %v", paper)
	}
}

// A file that comes after the entry was complete is a correction: it needs a reason, which stands in the list and on paper.
func TestAFileForACompleteEntryNeedsAReason(t *testing.T) {
	h := newHouse(t)
	h.sealed("1.0")
	officer := h.as("officer")
	var e web.EntryDoc
	officer.get("/entries/e-1.0").into(t, &e)
	officer.upload("e-1.0", "a.jpg", photo+"1").into(t, new(attached)) // an open one needs none
	officer.change(e, `"kind":"nuisance","state":"complete"`).into(t, &e)
	if p := officer.upload("e-1.0", "b.jpg", photo).problem(t); p.Status != 422 || len(p.Errors) != 1 || p.Errors[0].Location != "query.reason" || h.filesKept() != 1 {
		t.Errorf("%+v", p)
	}
	if got := officer.upload("e-1.0", "b.jpg&reason=%E4%BC%A0%E7%9C%9F%E5%90%8E%E5%88%B0", photo); got.status != 200 || !strings.Contains(got.body, `"reason":"传真后到"`) {
		t.Fatal(got)
	}
	if paper := officer.get("/entries/e-1.0/sheet").body; !strings.Contains(paper, "完成后由王officer于 2026-") || !strings.Contains(paper, " 补附，原因：传真后到") || strings.Count(paper, "补附") != 1 {
		t.Errorf("it is not on the printed sheet: %s", paper)
	}
}

func TestWhoTakesAnAttachmentIsNoted(t *testing.T) {
	h := newHouse(t)
	h.sealed("1.0")
	h.as("officer").upload("e-1.0", "a.jpg", photo)
	h.as("chief").get("/entries/e-1.0/attachments/1")
	h.as("chief").get("/entries/e-1.0/attachments/2")
	var got []string
	for _, x := range *h.accesses {
		got = append(got, x.Who.Login+" "+x.What+" "+x.Object)
	}
	if strings.Join(got, ", ") != "chief attachment.take e-1.0/1" {
		t.Errorf("noted were %v", got)
	}
}

func macroDocument(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "word/vbaProject.bin"} {
		if _, err := z.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFilesThatDoNotBelongHereAreRefused(t *testing.T) {
	h := newHouse(t)
	h.sealed("1.0")
	officer := h.as("officer")
	large := photo + strings.Repeat("x", dutylog.LargestAttachment)
	for _, c := range []struct {
		name, content string
		status        int
		want          string
	}{
		{"a.jpg", "", 422, "is empty"},
		{"a.png", photo, 422, "is a JPEG photo"},
		{"a.exe", "MZ\x90\x00\x03", 422, "is a program"},
		{"a.docx", macroDocument(t), 422, "holds macros"},
		{"..", photo, 422, "query.name: is no name of a file"},
		{"a.jpg", large, 413, "larger than"},
	} {
		if p := officer.upload("e-1.0", c.name, c.content).problem(t); p.Status != c.status || !strings.Contains(p.Detail, c.want) {
			t.Errorf("%s: %+v", c.name, p)
		}
	}
	if h.filesKept() != 0 || len(listed(t, officer, "e-1.0")) != 0 {
		t.Errorf("%d files were left, %v", h.filesKept(), listed(t, officer, "e-1.0"))
	}
}

// TestALengthThatIsNotSaidIsBounded: a body in chunks has no length, and is cut off all the same.
func TestALengthThatIsNotSaidIsBounded(t *testing.T) {
	h := newHouse(t)
	h.sealed("1.0")
	officer := h.as("officer")
	endless := io.MultiReader(strings.NewReader(photo), io.LimitReader(noughts{}, dutylog.LargestAttachment))
	req, err := http.NewRequestWithContext(t.Context(), "POST", officer.base+"/api/v1/entries/e-1.0/attachments?name=a.jpg", endless)
	if err != nil {
		t.Fatal(err)
	}
	res, err := officer.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 413 || h.filesKept() != 0 {
		t.Errorf("answered with %d, %d files are kept", res.StatusCode, h.filesKept())
	}
}

type noughts struct{}

func (noughts) Read(p []byte) (int, error) { return len(p), nil }

func TestOnlyFilesMayBeLarge(t *testing.T) {
	h := newHouse(t)
	h.sealed("1.0")
	if got := h.as("officer").patch("e-1.0", `{"revision":1,"content":"`+strings.Repeat("x", web.MaxBody)+`"}`); got.status != 413 {
		t.Errorf("a large patch: %d", got.status)
	}
	if p := h.as("officer").do("PATCH", "/api/v1/entries/e-1.0", "x", "Content-Type", "image/jpeg").problem(t); p.Status != 415 {
		t.Errorf("a patch that is a photo: %+v", p)
	}
}

func TestTheSameFileOnceAndNotTooMany(t *testing.T) {
	h := newHouse(t)
	h.sealed("1.0")
	h.sealed("2.0")
	officer := h.as("officer")
	officer.upload("e-1.0", "a.jpg", photo)
	if p := officer.upload("e-1.0", "b.jpg", photo).problem(t); p.Status != 422 || !strings.Contains(p.Detail, "attached to this entry already, as a.jpg") {
		t.Errorf("%+v", p)
	}
	if got := officer.upload("e-2.0", "a.jpg", photo); got.status != 200 || h.filesKept() != 1 {
		t.Errorf("the same file of another entry: %v, %d files", got, h.filesKept())
	}
	for i := 1; i < dutylog.MostAttachments; i++ {
		if got := officer.upload("e-1.0", "a.txt", fmt.Sprint("文件", i)); got.status != 200 {
			t.Fatal(got)
		}
	}
	if p := officer.upload("e-1.0", "a.txt", "one more").problem(t); p.Status != 422 || !strings.Contains(p.Detail, "one too many") {
		t.Errorf("%+v", p)
	}
	if h.filesKept() != dutylog.MostAttachments {
		t.Errorf("%d files are kept", h.filesKept())
	}
}

func TestAnAttachmentOfAnotherEntryIsNotFound(t *testing.T) {
	h := newHouse(t)
	h.sealed("1.0")
	h.sealed("2.0")
	officer := h.as("officer")
	officer.upload("e-1.0", "a.jpg", photo)
	for _, path := range []string{"/entries/e-2.0/attachments/1", "/entries/e-none/attachments/1", "/entries/e-1.0/attachments/9"} {
		if p := officer.get(path).problem(t); p.Status != 404 {
			t.Errorf("%s: %+v", path, p)
		}
	}
	if p := officer.upload("e-none", "a.jpg", photo).problem(t); p.Status != 404 {
		t.Errorf("to no entry: %+v", p)
	}
	for login, status := range map[string]int{"supervisor": 403, "auditor": 403, "admin": 403} {
		if got := h.as(login).upload("e-1.0", "b.jpg", photo); got.status != status {
			t.Errorf("%s attaches: %v", login, got)
		}
	}
}

func TestAnAttachmentThatWasAlteredOrErased(t *testing.T) {
	h := newHouse(t)
	h.sealed("1.0")
	officer := h.as("officer")
	var x attached
	officer.upload("e-1.0", "a.jpg", photo).into(t, &x)
	if err := os.Remove(filepath.Join(h.attached, x.SHA256+".age")); err != nil {
		t.Fatal(err)
	}
	if p := officer.get("/entries/e-1.0/attachments/1").problem(t); p.Status != 500 || !strings.Contains(p.Detail, "from the backup") || strings.Contains(p.Detail, ".age") {
		t.Errorf("gone: %+v", p)
	}
	h.erase("e-1.0")
	if p := officer.get("/entries/e-1.0/attachments/1").problem(t); p.Status != 404 || !strings.Contains(p.Detail, "erased by decision 1") {
		t.Errorf("erased: %+v", p)
	}
	if got := listed(t, officer, "e-1.0"); got[0].State != "erased" || got[0].Name != "" || got[0].Decision != 1 {
		t.Errorf("%+v", got)
	}
}

func TestWithoutAVaultNothingIsAttached(t *testing.T) {
	h := newHouse(t, func(d *web.Deps) { d.Vault = nil })
	h.sealed("1.0")
	if p := h.as("officer").upload("e-1.0", "a.jpg", photo).problem(t); p.Status != 503 {
		t.Errorf("%+v", p)
	}
}
