package sqlite_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
)

// serve is a small program with sessions, as web has them: /in logs in, / says who is there.
func serve(db *sqlite.DB) *httptest.Server {
	manager := scs.New()
	manager.Store, manager.IdleTimeout, manager.Lifetime, manager.HashTokenInStore = db.Sessions(), time.Hour, 24*time.Hour, true
	mux := http.NewServeMux()
	mux.HandleFunc("/in", func(_ http.ResponseWriter, r *http.Request) {
		manager.Put(r.Context(), dutylog.SessionLogin, r.FormValue("login"))
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, manager.GetString(r.Context(), dutylog.SessionLogin))
	})
	return httptest.NewServer(manager.LoadAndSave(mux))
}

// get asks as a browser that keeps its cookie, whatever the server's port.
func get(t *testing.T, client *http.Client, url string) string {
	t.Helper()
	res := must(client.Get(url))(t)
	defer res.Body.Close()
	return string(must(io.ReadAll(res.Body))(t))
}

func TestSessionsOutliveARestartAndEndWithTheirLogin(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	first := must(sqlite.Open(ctx, path, sqlite.Options{}))(t)
	ok(t, first.AddAccount(ctx, account("zhangwei", dutylog.Officer)))
	ok(t, first.AddAccount(ctx, account("zhao", dutylog.Leader)))
	before := serve(first)
	client := &http.Client{Jar: must(cookiejar.New(nil))(t)} // cookies do not look at ports
	get(t, client, before.URL+"/in?login=zhangwei")
	if got := get(t, client, before.URL); got != "zhangwei" {
		t.Fatalf("logged in as %q", got)
	}
	before.Close()
	ok(t, first.Close())

	second := openAt(t, path, sqlite.Options{})
	after := serve(second)
	defer after.Close()
	if got := get(t, client, after.URL); got != "zhangwei" {
		t.Errorf("after the restart the page is logged in as %q", got)
	}
	ok(t, second.DisableAccount(ctx, "zhao"))
	if got := get(t, client, after.URL); got != "zhangwei" {
		t.Errorf("disabling another login left %q", got)
	}
	ok(t, second.DisableAccount(ctx, "zhangwei"))
	if got := get(t, client, after.URL); got != "" {
		t.Errorf("a disabled login is still logged in as %q", got)
	}
}
