package web_test

import (
	"compress/gzip"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"dutyline/web"
)

var built = fstest.MapFS{
	"index.html":            {Data: []byte("<!doctype html><title>值班</title>")},
	"icon.svg":              {Data: []byte("<svg/>")},
	".keep":                 {},
	"assets/index-a1b2.js":  {Data: []byte("console.log(1)" + strings.Repeat("// a comment\n", 500))},
	"assets/index-a1b2.css": {Data: []byte("body{}")},
	"assets/ring.mp3":       {Data: []byte("ID3")},
}

func withPage(files fs.FS) func(*web.Deps) { return func(d *web.Deps) { d.Page = files } }

func TestPageFiles(t *testing.T) {
	h := newHouse(t, withPage(built))
	c := h.visitor()
	const ever, again = "public, max-age=31536000, immutable", "no-cache"
	for _, f := range []struct {
		path         string
		status       int
		kind, keep   string
		begins, name string
	}{
		{"/", 200, "text/html; charset=utf-8", again, "<!doctype", ""},
		{"/index.html", 200, "text/html; charset=utf-8", again, "<!doctype", ""},
		{"/entries/e-1", 200, "text/html; charset=utf-8", again, "<!doctype", "an address of the page's own script"},
		{"/login?next=/x", 200, "text/html; charset=utf-8", again, "<!doctype", ""},
		{"/icon.svg", 200, "image/svg+xml", again, "<svg", ""},
		{"/assets/index-a1b2.js", 200, "text/javascript; charset=utf-8", ever, "console", ""},
		{"/assets/index-a1b2.css", 200, "text/css; charset=utf-8", ever, "body", ""},
		{"/assets/ring.mp3", 200, "audio/mpeg", ever, "ID3", ""},
		{"/assets/index-old.js", 404, "application/problem+json", "no-store", "{", "a script of an older build must not be answered with HTML"},
		{"/.keep", 404, "application/problem+json", "no-store", "{", "the placeholder"},
		{"/assets", 200, "text/html; charset=utf-8", again, "<!doctype", "a folder has no listing"},
		{"/..%2f..%2fetc%2fpasswd.txt", 404, "application/problem+json", "no-store", "{", ""},
		{"/%00.js", 404, "application/problem+json", "no-store", "{", ""},
	} {
		got := c.do("GET", f.path, "")
		if got.status != f.status || got.header.Get("Content-Type") != f.kind || got.header.Get("Cache-Control") != f.keep || !strings.HasPrefix(got.body, f.begins) {
			t.Errorf("%s %s: %d %q %q %.60q", f.path, f.name, got.status, got.header.Get("Content-Type"), got.header.Get("Cache-Control"), got.body)
		}
	}
	if got := c.do("HEAD", "/", ""); got.status != 200 || got.body != "" {
		t.Errorf("HEAD: %v", got)
	}
}

func TestPageIsAskedForAgainCheaply(t *testing.T) {
	h := newHouse(t, withPage(built))
	c := h.visitor()
	tag := c.do("GET", "/", "").header.Get("ETag")
	if got := c.do("GET", "/", "", "If-None-Match", tag); got.status != 304 || tag == "" {
		t.Errorf("with its tag %q: %v", tag, got)
	}
}

func TestPageIsSentSmall(t *testing.T) {
	h := newHouse(t, withPage(built))
	c := h.visitor()
	got := c.do("GET", "/assets/index-a1b2.js", "", "Accept-Encoding", "gzip")
	z, err := gzip.NewReader(strings.NewReader(got.body))
	if err != nil {
		t.Fatal(err)
	}
	whole, err := io.ReadAll(z)
	if err != nil || string(whole) != string(built["assets/index-a1b2.js"].Data) || got.header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("unpacked %.30q, %v, %v", whole, err, got.header)
	}
	if got := c.do("GET", "/assets/index-a1b2.js", "", "Accept-Encoding", "identity"); got.header.Get("Content-Encoding") != "" || len(got.body) != len(whole) {
		t.Errorf("not packed: %v", got.header)
	}
	if got := c.do("GET", "/icon.svg", "", "Accept-Encoding", "gzip"); got.header.Get("Content-Encoding") != "" {
		t.Error("what is small already is packed")
	}
}

func TestPageThatIsNotBuilt(t *testing.T) {
	h := newHouse(t, withPage(fstest.MapFS{".keep": {}}))
	got := h.visitor().do("GET", "/", "")
	if got.status != 503 || !strings.Contains(got.body, "run make") || got.header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("got %v", got)
	}
	if got := h.visitor().get("/line"); got.status != 200 {
		t.Errorf("the API without a page: %v", got)
	}
}

func TestEmbeddedPageIsThereOrSaysWhatToDo(t *testing.T) {
	h := newHouse(t)
	got := h.visitor().do("GET", "/", "")
	if built := got.status == 200 && strings.Contains(got.body, "<html"); !built && !strings.Contains(got.body, "run make") {
		t.Errorf("got %v", got)
	}
}
