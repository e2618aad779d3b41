package sqlite

import (
	"database/sql"

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

// concerns reports whether a call concerns somebody, or nobody that is known.
func concerns(answeredBy, responsible, name string) bool {
	who := dutylog.Concerned(answeredBy, responsible)
	return who == "" || dutylog.SameName(who, name)
}
