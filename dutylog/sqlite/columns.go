package sqlite

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// source is a transaction or the pool of readers.
type source interface {
	Query(query string, args ...any) (*sql.Rows, error)
	QueryRow(query string, args ...any) *sql.Row
}

// scanner is a row or the present one of several.
type scanner interface{ Scan(dest ...any) error }

// A text and a whole number to compare a column with, in the statements that every call runs. When a
// value is bound that the planner of SQLite looks at, a kept statement is compiled anew before it
// runs; to compile it takes several times as long. Inside of these it does not look.
const (
	aText  = "CAST(? AS TEXT)"
	aWhole = "CAST(? AS INTEGER)"
)

// micros is how a time is stored; nil for the zero time.
func micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// instant scans what micros stored.
type instant struct{ to *time.Time }

// Scan implements sql.Scanner.
func (i instant) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*i.to = time.Time{}
	case int64:
		*i.to = time.UnixMicro(v).UTC()
	default:
		return fmt.Errorf("a time is stored as %T", v)
	}
	return nil
}

// list is how a list of words is stored: a JSON array, [] when empty.
func list[T ~string](words []T) string {
	if len(words) == 0 {
		return "[]"
	}
	text, err := json.Marshal(words)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(text)
}

// words scans what list stored; an empty list is nil.
type words[T ~string] struct{ to *[]T }

// Scan implements sql.Scanner.
func (w words[T]) Scan(v any) error {
	*w.to = nil
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("a list is stored as %T", v)
	}
	if text == "[]" {
		return nil
	}
	return json.Unmarshal([]byte(text), w.to)
}

// marks is "?, ?, ?" for as many columns as are named.
func marks(columns string) string {
	return strings.TrimSuffix(strings.Repeat("?, ", strings.Count(columns, ",")+1), ", ")
}

// all scans every row with one function.
func all[T any](rows *sql.Rows, err error, scan func(scanner) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	items := []T{}
	for rows.Next() {
		item, err := scan(rows)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, rows.Err()
}
