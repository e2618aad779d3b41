package web_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// cells of a random table: good ones and such as have a fault.
func randomTable(r *rand.Rand) (rows [][]any) {
	rows = append(rows, []any{"单位", "姓名", "职务", "电话", "备注"})
	for i := range 1 + r.IntN(40) {
		row := []any{fmt.Sprint("单位", r.IntN(30)), []string{"张", "王", ""}[r.IntN(3)], fmt.Sprint("职务", i), fmt.Sprint(22000000 + r.IntN(5000)), ""}
		switch r.IntN(120) {
		case 0:
			row[3] = 2422730001 // the 0 is lost
		case 1:
			row[0] = ""
		case 2:
			row[3] = "分机"
		case 3:
			row[4] = strings.Repeat("x", 501)
		}
		rows = append(rows, row)
	}
	if r.IntN(8) == 0 {
		rows[0][4] = "房间号" // a column that we do not know
	}
	return rows
}

// Whatever a table holds: it is imported as it was shown, or nothing of it is.
func TestRandomTablesAreImportedWholeOrNotAtAll(t *testing.T) {
	h := newHouse(t, withTables)
	leader := h.as("leader")
	r := rand.New(rand.NewPCG(11, 4))
	taken, refused := 0, 0
	for range 40 {
		rows := randomTable(r)
		content, remove := tableBook(t, rows...), fmt.Sprint(r.IntN(2) == 0)
		before := leader.found(t, "?limit=500")
		shown := leader.post("/directory/preview", file(content, remove))
		if after := leader.found(t, "?limit=500"); after.Revision != before.Revision {
			t.Fatal("looking at a table changed the directory")
		}
		if shown.status != 200 {
			var f tableFaults
			if err := json.Unmarshal([]byte(shown.body), &f); err != nil || f.FaultCount == 0 || len(f.Faults) != f.FaultCount {
				t.Fatalf("refused without a fault: %v", shown)
			}
			got := leader.post("/directory/import", strings.TrimSuffix(file(content, remove), "}")+`,"token":"x"}`)
			if after := leader.found(t, "?limit=500"); got.status != 422 || after.Revision != before.Revision {
				t.Fatalf("%d faults, and something was imported: %v", f.FaultCount, got)
			}
			refused++
			continue
		}
		var plan, done planned
		shown.into(t, &plan)
		leader.post("/directory/import", strings.TrimSuffix(file(content, remove), "}")+`,"token":"`+plan.Token+`"}`).into(t, &done)
		after := leader.found(t, "?limit=500")
		if want := before.Total + plan.Added - plan.Removed; after.Total != want || done.Added != plan.Added || done.Changed != plan.Changed {
			t.Fatalf("%d contacts, want %d: shown %+v, done %+v", after.Total, want, plan, done)
		}
		if changes := plan.Added + plan.Changed + plan.Removed; after.Revision != before.Revision+int64(changes) {
			t.Fatalf("%d changes were shown and %d made", changes, after.Revision-before.Revision)
		}
		leader.post("/directory/preview", file(content, remove)).into(t, &plan)
		if plan.Added+plan.Changed+plan.Removed != 0 {
			t.Fatalf("the same table once more would change something: %+v", plan)
		}
		taken++
	}
	if taken < 8 || refused < 8 {
		t.Errorf("%d tables were taken and %d refused: this test judges little", taken, refused)
	}
}

// Only so much of a file is read, and nobody else than who may edit reads any.
func TestWhoMayImportAndHowMuch(t *testing.T) {
	h := newHouse(t, withTables)
	table := tableBook(t, []any{"单位", "电话"}, []any{"市水务局", "22730009"})
	for who, want := range map[string]int{"officer": 403, "auditor": 403, "chief": 200, "leader": 200, "supervisor": 200, "admin": 200} {
		if got := h.as(who).post("/directory/preview", file(table, "false")); got.status != want {
			t.Errorf("%s: %v, want %d", who, got, want)
		}
	}
	if p := h.as("admin").post("/directory/preview", file(make([]byte, 9<<20), "false")).problem(t); p.Status != 413 {
		t.Errorf("nine megabytes: %+v", p)
	}
	for _, body := range []string{`{"name":"x","content":"!","remove":true}`, `{"name":"x","remove":true}`, `{"content":"","remove":1}`, `[]`} {
		if p := h.as("admin").post("/directory/preview", body).problem(t); p.Status != 422 && p.Status != 400 {
			t.Errorf("%s: %+v", body, p)
		}
	}
}
