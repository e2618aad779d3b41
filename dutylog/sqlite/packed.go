package sqlite

/*
#include <stdlib.h>
#include <string.h>

// A few functions of the library that the driver links in, as https://sqlite.org/c3ref has them.
typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;
extern int sqlite3_open_v2(const char *, sqlite3 **, int, const char *);
extern int sqlite3_close_v2(sqlite3 *);
extern int sqlite3_busy_timeout(sqlite3 *, int);
extern int sqlite3_extended_errcode(sqlite3 *);
extern int sqlite3_prepare_v2(sqlite3 *, const char *, int, sqlite3_stmt **, const char **);
extern int sqlite3_bind_int64(sqlite3_stmt *, int, long long);
extern int sqlite3_step(sqlite3_stmt *);
extern int sqlite3_finalize(sqlite3_stmt *);
extern int sqlite3_column_count(sqlite3_stmt *);
extern int sqlite3_column_type(sqlite3_stmt *, int);
extern long long sqlite3_column_int64(sqlite3_stmt *, int);
extern double sqlite3_column_double(sqlite3_stmt *, int);
extern const unsigned char *sqlite3_column_text(sqlite3_stmt *, int);
extern const void *sqlite3_column_blob(sqlite3_stmt *, int);
extern int sqlite3_column_bytes(sqlite3_stmt *, int);

enum { ROW = 100, INTEGER = 1, FLOAT = 2, TEXT = 3, BLOB = 4 };

// pack writes as many rows as there is room for: of each value its type, its length and itself.
// It returns ROW when the present row has no room any more, else what the last step gave.
static int pack(sqlite3_stmt *s, int columns, int waiting, unsigned char *to, int size, int *used) {
	int at = 0;
	for (;; waiting = 0) {
		int rc = waiting ? ROW : sqlite3_step(s);
		*used = at;
		if (rc != ROW) return rc;
		for (int i = 0; i < columns; i++) {
			int type = sqlite3_column_type(s, i), n = 0;
			const void *from = 0;
			long long whole;
			double real;
			switch (type) {
			case INTEGER: whole = sqlite3_column_int64(s, i); from = &whole; n = 8; break;
			case FLOAT: real = sqlite3_column_double(s, i); from = &real; n = 8; break;
			case TEXT: from = sqlite3_column_text(s, i); n = sqlite3_column_bytes(s, i); break;
			case BLOB: from = sqlite3_column_blob(s, i); n = sqlite3_column_bytes(s, i); break;
			}
			if (size - at < 5 || size - at - 5 < n) return ROW;
			to[at] = (unsigned char)type;
			memcpy(to + at + 1, &n, 4);
			if (n > 0) memcpy(to + at + 5, from, n);
			at += 5 + n;
		}
	}
}
*/
import "C"

import (
	"encoding/binary"
	"fmt"
	"math"
	"unsafe"

	"github.com/mattn/go-sqlite3"

	"dutyline/dutylog/audit"
)

// A packedReader reads rows many at a time, without a call into SQLite and a copy on the heap for
// each value: a verification reads every row of the log. It is for one goroutine.
type packedReader struct {
	db   *C.sqlite3
	buf  []byte
	row  []value
	used C.int
}

// value is one of a row as SQLite has it.
type value struct {
	kind  byte
	whole int64 // of a whole number; the bits of another number
	bytes []byte
}

// The kinds of values, by SQLite's numbers.
const (
	wholeValue = 1
	floatValue = 2
	textValue  = 3
	blobValue  = 4
	nullValue  = 5
)

const (
	packedAtOnce = 64 << 10 // bytes
	largestRow   = 1 << 30  // SQLite has none that are larger

	openReadWrite, openURI, openNoMutex = 0x2, 0x40, 0x8000 // the address says more, for instance that it is only read
)

// openPacked opens the file at a URI.
func openPacked(uri string, busyMS int) (*packedReader, error) {
	p := &packedReader{buf: make([]byte, packedAtOnce)}
	name := C.CString(uri)
	defer C.free(unsafe.Pointer(name))
	if rc := C.sqlite3_open_v2(name, &p.db, openReadWrite|openURI|openNoMutex, nil); rc != 0 {
		err := p.fault(rc)
		p.close()
		return nil, err
	}
	C.sqlite3_busy_timeout(p.db, C.int(busyMS))
	for _, setting := range []string{"query_only = on", "cache_size = -32768"} { // KiB
		if err := p.read(func([]value) error { return nil }, "PRAGMA "+setting); err != nil {
			p.close()
			return nil, err
		}
	}
	return p, nil
}

func (p *packedReader) close() { C.sqlite3_close_v2(p.db) } // nothing was written

// fault is an error of the driver's kind, so that it is explained as all others are.
func (p *packedReader) fault(rc C.int) error {
	extended := rc
	if p.db != nil {
		extended = C.sqlite3_extended_errcode(p.db)
	}
	return sqlite3.Error{Code: sqlite3.ErrNo(rc & 0xff), ExtendedCode: sqlite3.ErrNoExtended(extended)}
}

// read hands over the rows of a query. A row and its bytes are gone when do returns.
func (p *packedReader) read(do func(row []value) error, query string, args ...int64) error {
	text := C.CString(query)
	defer C.free(unsafe.Pointer(text))
	var s *C.sqlite3_stmt
	if rc := C.sqlite3_prepare_v2(p.db, text, -1, &s, nil); rc != 0 {
		return p.fault(rc)
	}
	defer C.sqlite3_finalize(s)
	for i, a := range args {
		if rc := C.sqlite3_bind_int64(s, C.int(i+1), C.longlong(a)); rc != 0 {
			return p.fault(rc)
		}
	}
	columns := C.sqlite3_column_count(s)
	const done = 101
	for waiting := C.int(0); ; waiting = 1 {
		rc := C.pack(s, columns, waiting, (*C.uchar)(unsafe.Pointer(&p.buf[0])), C.int(len(p.buf)), &p.used)
		if err := p.unpack(int(columns), do); err != nil {
			return err
		}
		switch {
		case rc == done:
			return nil
		case rc != C.ROW:
			return p.fault(rc)
		case p.used == 0 && len(p.buf) >= largestRow:
			return fmt.Errorf("a row has more than %d bytes", len(p.buf))
		case p.used == 0: // one row alone has no room
			p.buf = make([]byte, 2*len(p.buf))
		}
	}
}

func (p *packedReader) unpack(columns int, do func(row []value) error) error {
	for from := p.buf[:p.used]; len(from) > 0; {
		p.row = p.row[:0]
		for range columns {
			n := int(binary.NativeEndian.Uint32(from[1:]))
			v := value{kind: from[0], bytes: from[5 : 5+n : 5+n]}
			if v.kind == wholeValue || v.kind == floatValue {
				v.whole = int64(binary.NativeEndian.Uint64(v.bytes))
			}
			p.row, from = append(p.row, v), from[5+n:]
		}
		if err := do(p.row); err != nil {
			return err
		}
	}
	return nil
}

// number is a whole number; one that is of another type than it must be is 0, and fits nothing. So
// do text and blob.
func (v value) number() int64 {
	if v.kind != wholeValue {
		return 0
	}
	return v.whole
}

func (v value) text() []byte {
	if v.kind != textValue {
		return nil
	}
	return v.bytes
}

func (v value) blob() []byte {
	if v.kind != blobValue {
		return nil
	}
	return v.bytes
}

// appendTo appends the value as a field of a content.
func (v value) appendTo(content []byte, name string) []byte {
	switch v.kind {
	case wholeValue:
		return audit.AppendWhole(content, name, v.whole)
	case floatValue:
		return audit.AppendField(content, name, math.Float64frombits(uint64(v.whole)))
	case textValue, blobValue:
		return audit.AppendText(content, name, v.bytes)
	}
	return content
}
