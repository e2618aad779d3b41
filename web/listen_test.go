package web_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/web"
)

func TestListenRefusesWhatIsNotSafeOrNotPossible(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		config web.Config
		says   []string
	}{
		{"every address without TLS", web.Config{Listen: "0.0.0.0:0"}, []string{"web.listen", "tls_cert", "tls_folder", "tls_off: true"}},
		{"every address, written short", web.Config{Listen: ":0"}, []string{"tls_off: true"}},
		{"every IPv6 address", web.Config{Listen: "[::]:0"}, []string{"tls_off: true"}},
		{"a name beyond loopback", web.Config{Listen: "no-such-host.invalid:0"}, []string{"tls_off: true"}},
		{"a certificate without its key", web.Config{Listen: "127.0.0.1:0", TLSCert: "x"}, []string{"web.tls_key", "both"}},
		{"certificate files that are not there", web.Config{Listen: "127.0.0.1:0", TLSCert: "/none.pem", TLSKey: "/none.key"}, []string{"web.tls_cert", "/none.pem"}},
		{"certificate files that are none", web.Config{Listen: "127.0.0.1:0", TLSCert: file, TLSKey: file}, []string{"web.tls_cert", "PEM"}},
		{"a folder that is a file", web.Config{Listen: "0.0.0.0:0", TLSFolder: file}, []string{"web.tls_folder"}},
		{"no port", web.Config{Listen: "127.0.0.1"}, []string{"web.listen", "127.0.0.1:8480"}},
		{"a port in use", web.Config{Listen: taken.Addr().String()}, []string{"web.listen", "already uses " + taken.Addr().String(), "another port"}},
		{"an address of another computer", web.Config{Listen: "192.0.2.1:0", TLSOff: true}, []string{"web.listen", "no address 192.0.2.1:0"}},
	} {
		l, err := web.Listen(t.Context(), c.config)
		if err == nil {
			l.Close()
			t.Errorf("%s: listens", c.name)
			continue
		}
		for _, want := range c.says {
			if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: %q does not say %q in one line", c.name, err, want)
			}
		}
	}
}

func TestListenOnLoopbackIsPlain(t *testing.T) {
	for _, c := range []web.Config{{Listen: "127.0.0.1:0"}, {Listen: "localhost:0"}, {Listen: "0.0.0.0:0", TLSOff: true}} {
		l, err := web.Listen(t.Context(), c)
		if err != nil {
			t.Errorf("%s: %v", c.Listen, err)
			continue
		}
		if url := c.URL(l.Addr()); c.Secure() || !strings.HasPrefix(url, "http://127.0.0.1:") && !strings.HasPrefix(url, "http://[::1]:") {
			t.Errorf("%s: secure %v, %s", c.Listen, c.Secure(), url)
		}
		l.Close()
	}
}

// serve runs the whole server until the test ends.
func serve(t *testing.T, c web.Config, handler http.Handler) (address string, stop func() error) {
	t.Helper()
	l, err := web.Listen(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- web.Serve(ctx, l, handler, nil) }()
	stop = func() error {
		cancel()
		select {
		case err := <-done:
			done <- err
			return err
		case <-time.After(10 * time.Second):
			return errors.New("the server does not stop")
		}
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String(), stop
}

func TestSelfMadeCertificateServesThePage(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "tls")
	c := web.Config{Listen: "0.0.0.0:0", TLSFolder: folder, TLSNames: []string{"zhiban.example", "192.0.2.9"}}
	h := newHouse(t, func(d *web.Deps) {
		d.Secure = c.Secure()
		*d = web.WithTiming(*d, 100*time.Millisecond, time.Hour, 20*time.Millisecond)
	})
	address, _ := serve(t, c, h.server.Config.Handler)
	kept := filepath.Join(folder, "dutyline.pem")
	info, err := os.Stat(kept)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v: want a file for its owner only", info, err)
	}
	pool := x509.NewCertPool()
	content, err := os.ReadFile(kept)
	if err != nil || !pool.AppendCertsFromPEM(content) {
		t.Fatal("the certificate cannot be given to a browser")
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"127.0.0.1", "localhost", "zhiban.example", "192.0.2.9"} {
		conn, err := tls.Dial("tcp", "127.0.0.1:"+port, &tls.Config{RootCAs: pool, ServerName: name})
		if err != nil {
			t.Errorf("as %s: %v", name, err)
			continue
		}
		conn.Close()
	}
	// A real browser's session over TLS and HTTP/2: the cookie is bound to this host.
	browser := h.visitor()
	browser.base = "https://127.0.0.1:" + port
	transport := browser.http.Transport.(*http.Transport)
	transport.TLSClientConfig, transport.ForceAttemptHTTP2 = &tls.Config{RootCAs: pool}, true
	got := browser.login("officer", password)
	if cookie := got.header.Get("Set-Cookie"); !strings.HasPrefix(cookie, "__Host-dutyline=") || !strings.Contains(cookie, "; Secure") {
		t.Errorf("cookie %q", cookie)
	}
	l := browser.listen("")
	if f := l.next(); l.proto != "HTTP/2.0" || f.event != "line" || !strings.Contains(f.data, "02422739110") {
		t.Errorf("%s, first frame %+v", l.proto, f)
	}
	// The stream outlives the deadline of each write: nothing to say is no stalled reader.
	for beats := 0; beats < 3; {
		f, ok := <-l.frames
		if !ok {
			t.Fatalf("the stream ended after %d heartbeats", beats)
		}
		if f.comment != "" {
			beats++
		}
	}
}

func TestSelfMadeCertificateIsKeptAndRenewed(t *testing.T) {
	folder := t.TempDir()
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	load := func(names ...string) *web.Certificates {
		t.Helper()
		c, err := web.LoadSelfMade(folder, names, clock)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	serial := func(c *web.Certificates) string {
		t.Helper()
		pair, err := web.Get(c, nil)
		if err != nil {
			t.Fatal(err)
		}
		cert, err := x509.ParseCertificate(pair.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		if now.Before(cert.NotBefore) || now.After(cert.NotAfter) {
			t.Errorf("not valid at %v: %v to %v", now, cert.NotBefore, cert.NotAfter)
		}
		return cert.SerialNumber.String()
	}
	first := load("a.example")
	if again := load("a.example"); serial(again) != serial(first) {
		t.Error("a second start makes another certificate: every browser would ask again")
	}
	second := load("a.example", "b.example")
	if serial(second) == serial(first) {
		t.Error("a new name is not in the certificate")
	}
	running, before := second, serial(second)
	now = now.Add(web.CertLife - web.CertRenew - time.Hour)
	if serial(running) != before {
		t.Error("renewed too early")
	}
	now = now.Add(2 * time.Hour)
	if serial(running) == before {
		t.Error("not renewed while the daemon runs")
	}
	kept := filepath.Join(folder, "dutyline.pem")
	if err := os.WriteFile(kept, []byte("cut off in the mid"), 0o600); err != nil {
		t.Fatal(err)
	}
	serial(load("a.example")) // a damaged file is replaced
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 1 {
		t.Errorf("left behind: %v, %v", files, err)
	}
}

func TestOwnCertificateIsReadAgainWhenReplaced(t *testing.T) {
	source, now := t.TempDir(), time.Now()
	files := func(name string) []byte {
		t.Helper()
		if _, err := web.LoadSelfMade(source, []string{name}, time.Now); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(source, "dutyline.pem"))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	file := filepath.Join(t.TempDir(), "own.pem")
	put := func(content []byte, at time.Time) {
		t.Helper()
		if err := errors.Join(os.WriteFile(file, content, 0o600), os.Chtimes(file, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	names := func(c *web.Certificates) []string {
		t.Helper()
		pair, err := web.Get(c, nil)
		if err != nil {
			t.Fatal(err)
		}
		cert, err := x509.ParseCertificate(pair.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		return cert.DNSNames
	}
	put(files("old.example"), now.Add(-time.Hour))
	c, err := web.LoadOwn(file, file, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	put(files("new.example"), now)
	if slices.Contains(names(c), "new.example") {
		t.Error("looked at the file for every handshake")
	}
	now = now.Add(web.CertLook)
	if !slices.Contains(names(c), "new.example") {
		t.Error("the new file is not served")
	}
	put(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE"}), now.Add(time.Minute))
	now = now.Add(web.CertLook)
	if !slices.Contains(names(c), "new.example") {
		t.Error("a damaged new file took the page off the network")
	}
}

func TestServerStopsWithOpenStreams(t *testing.T) {
	h := newHouse(t)
	address, stop := serve(t, web.Config{Listen: "127.0.0.1:0"}, h.server.Config.Handler)
	browser := h.visitor()
	browser.base = "http://" + address
	l := browser.listen("")
	l.next()
	begun := time.Now()
	if err := stop(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("stopping took %v", took)
	}
	l.next()
	l.ended()
	if _, err := net.Dial("tcp", address); err == nil {
		t.Error("the port is still open")
	}
}

// TestSlowHeadersAreCut sends a request that never ends.
func TestServerReadsNoEndlessHeaders(t *testing.T) {
	h := newHouse(t)
	address, _ := serve(t, web.Config{Listen: "127.0.0.1:0"}, h.server.Config.Handler)
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n")
	go func() {
		for { // until the server closes the connection
			if _, err := io.WriteString(conn, "X-A: "+strings.Repeat("a", 1000)+"\r\n"); err != nil {
				return
			}
		}
	}()
	answer, _ := io.ReadAll(conn)
	if !strings.Contains(string(answer), "431") {
		t.Errorf("got %.80q", answer)
	}
}
