package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// The page is built into page/dist; a placeholder lies there so that the daemon compiles
// before the page was ever built.
//
//go:embed all:page/dist
var dist embed.FS

func embeddedPage() fs.FS {
	sub, err := fs.Sub(dist, "page/dist")
	if err != nil {
		panic(err) // the name is constant
	}
	return sub
}

// contentTypes by ending. The host's own table is not asked: it differs from one to the next,
// and browsers are told not to guess.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".json": "application/json", ".map": "application/json", ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon",
	".woff2": "font/woff2", ".woff": "font/woff", ".mp3": "audio/mpeg", ".wav": "audio/wav", ".txt": "text/plain; charset=utf-8",
	".webmanifest": "application/manifest+json",
}

// page serves the built page: files by name, everything else is index.html, whose script
// looks at the address itself.
type page struct {
	files fs.FS
	mu    sync.Mutex
	kept  map[string]*asset
}

type asset struct {
	body []byte
	zip  []byte // nil when it would not be smaller
	etag string
	kind string
}

func newPage(files fs.FS) *page { return &page{files: files, kept: map[string]*asset{}} }

// ServeHTTP implements http.Handler.
func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		newProblem(http.StatusMethodNotAllowed, "", "%s is not possible here; possible are GET, HEAD.", cut(r.Method, 20)).write(w)
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if name == "" || path.Ext(name) == "" {
		name = "index.html"
	}
	a, err := p.asset(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && name == "index.html":
		plainText(w, http.StatusServiceUnavailable, "The page is not built: run make, then start the daemon again. The API under /api/v1 works without it.")
		return
	case errors.Is(err, fs.ErrNotExist):
		newProblem(http.StatusNotFound, "", "The page has no file %s; load it again, it may be of an older version.", cut(name, 100)).write(w)
		return
	case err != nil:
		internal(err).write(w)
		return
	}
	p.send(w, r, name, a)
}

func (p *page) send(w http.ResponseWriter, r *http.Request, name string, a *asset) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "assets/") { // their names hold a hash of what is in them
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body, etag := a.body, a.etag
	if a.zip != nil {
		h.Set("Vary", "Accept-Encoding")
		if r.Header.Get("Range") == "" && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			body, etag = a.zip, a.etag+"z"
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", `"`+etag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// asset reads a file once; there are a few dozen, and they do not change while the daemon runs.
func (p *page) asset(name string) (*asset, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if a, ok := p.kept[name]; ok {
		return a, nil
	}
	if path.Base(name)[0] == '.' || !fs.ValidPath(name) {
		return nil, fs.ErrNotExist // the placeholder
	}
	body, err := fs.ReadFile(p.files, name)
	if err != nil {
		return nil, fmt.Errorf("read the page's %s: %w", name, err)
	}
	sum := sha256.Sum256(body)
	a := &asset{body: body, etag: hex.EncodeToString(sum[:12]), kind: contentTypes[path.Ext(name)]}
	if a.kind == "" {
		a.kind = "application/octet-stream"
	}
	a.zip = zipped(a)
	p.kept[name] = a
	return a, nil
}

func zipped(a *asset) []byte {
	if len(a.body) < 1024 || strings.HasPrefix(a.kind, "image/png") || strings.HasPrefix(a.kind, "font/") || strings.HasPrefix(a.kind, "audio/mpeg") {
		return nil
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(a.body); err != nil || z.Close() != nil || b.Len() >= len(a.body) {
		return nil
	}
	return b.Bytes()
}
