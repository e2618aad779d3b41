package audit

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// AppendField appends one field; see the package's words for the form. A value is nil, a
// string, bytes, a whole number, a truth, a floating-point number or a time.
func AppendField(to []byte, name string, value any) []byte {
	switch v := value.(type) {
	case nil:
		return to
	case string:
		return AppendText(to, name, v)
	case []byte:
		return AppendText(to, name, v)
	case int64:
		return AppendWhole(to, name, v)
	case int:
		return AppendWhole(to, name, int64(v))
	case bool:
		if v {
			return AppendText(to, name, "1")
		}
		return AppendText(to, name, "0")
	case float64:
		var number [32]byte
		return AppendText(to, name, strconv.AppendFloat(number[:0], v, 'g', -1, 64))
	case time.Time:
		return AppendWhole(to, name, v.UnixMicro())
	}
	panic(fmt.Sprintf("audit: field %s is a %T", name, value)) // a mistake in the program
}

// AppendWhole is AppendField of a whole number, which is not moved to the heap for it.
func AppendWhole(to []byte, name string, value int64) []byte {
	var number [20]byte
	return AppendText(to, name, strconv.AppendInt(number[:0], value, 10))
}

// AppendText is AppendField of a text or bytes, which are not moved to the heap for it.
func AppendText[T string | []byte](to []byte, name string, value T) []byte {
	if len(value) == 0 {
		return to
	}
	to = append(to, name...)
	to = append(to, ':')
	to = strconv.AppendInt(to, int64(len(value)), 10)
	to = append(to, ':')
	to = append(to, value...)
	return append(to, '\n')
}

// Content is a row in the form that is committed to. There are as many values as names.
func Content(names []string, values []any) []byte {
	to := make([]byte, 0, 512)
	for i, n := range names {
		to = AppendField(to, n, values[i])
	}
	return to
}

// Field is one field of a content.
type Field struct{ Name, Value string }

var errContent = errors.New("it is not in the form of a content: it was cut or changed")

// ParseContent reads back what AppendField wrote.
func ParseContent(content []byte) ([]Field, error) {
	var fields []Field
	for len(content) > 0 {
		name, rest, ok := bytes.Cut(content, []byte(":"))
		if !ok || len(name) == 0 {
			return nil, errContent
		}
		size, rest, ok := bytes.Cut(rest, []byte(":"))
		n, err := strconv.Atoi(string(size))
		if !ok || err != nil || n < 1 || n >= len(rest) || strconv.Itoa(n) != string(size) || rest[n] != '\n' {
			return nil, errContent
		}
		fields = append(fields, Field{Name: string(name), Value: string(rest[:n])})
		content = rest[n+1:]
	}
	return fields, nil
}
