package sqlite

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"dutyline/dutylog"
)

const (
	usualPage   = 50
	largestPage = 500
)

func pageSize(limit int) int {
	if limit <= 0 {
		return usualPage
	}
	return min(limit, largestPage)
}

// where collects the conditions of a query.
type where struct {
	conditions []string
	args       []any
}

func (w *where) add(condition string, args ...any) {
	w.conditions = append(w.conditions, condition)
	w.args = append(w.args, args...)
}

func (w *where) equal(column, value string) {
	if value != "" {
		w.add(column+" = ?", value)
	}
}

func (w *where) period(column string, from, to time.Time) {
	if !from.IsZero() {
		w.add(column+" >= ?", micros(from))
	}
	if !to.IsZero() {
		w.add(column+" < ?", micros(to))
	}
}

func (w *where) String() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conditions, " AND ")
}

var errCursor = &dutylog.InvalidError{Field: "cursor", Reason: "does not belong to this list: begin again without a cursor"}

// A cursor is the sort key of the last row shown, so that rows that come in meanwhile shift
// nothing. order names the sort order for which it holds.
func encodeCursor(order string, at int64, id string) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s %d %s", order, at, id))
}

func decodeCursor(order, cursor string) (at int64, id string, err error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	parts := strings.SplitN(string(text), " ", 3)
	if err == nil && len(parts) == 3 && parts[0] == order {
		if at, err = strconv.ParseInt(parts[1], 10, 64); err == nil {
			return at, parts[2], nil
		}
	}
	return 0, "", errCursor
}
