package sqlite

import (
	"database/sql"
	"sync"

	"github.com/mattn/go-sqlite3"

	"dutyline/dutylog"
)

// driverName is SQLite with the functions by which a statement tells people apart: as dutylog does, and not by
// how a name is written. No table, index or trigger uses them, so that any other program can read the file.
const driverName = "sqlite3_dutylog"

func init() {
	sql.Register(driverName, &sqlite3.SQLiteDriver{ConnectHook: func(c *sqlite3.SQLiteConn) error {
		if err := c.RegisterFunc("concerned", dutylog.Concerned, true); err != nil {
			return err
		}
		if err := c.RegisterFunc("concerns", concerns, true); err != nil {
			return err
		}
		return c.RegisterFunc("same_name", dutylog.SameName, true)
	}})
}

// concerns reports whether a call concerns somebody, or nobody that is known. A list asks it of many thousand calls and of
// few names, so what came out is kept: names that are the same stay the same.
func concerns(answeredBy, responsible, name string) bool {
	asked := [3]string{answeredBy, responsible, name}
	concerned.mu.Lock()
	defer concerned.mu.Unlock()
	does, known := concerned.kept[asked]
	if !known {
		who := dutylog.Concerned(answeredBy, responsible)
		does = who == "" || dutylog.SameName(who, name)
		if concerned.kept == nil || len(concerned.kept) >= mostNames {
			concerned.kept = map[[3]string]bool{}
		}
		concerned.kept[asked] = does
	}
	return does
}

const mostNames = 5000 // kept at once

var concerned struct {
	mu   sync.Mutex
	kept map[[3]string]bool
}
