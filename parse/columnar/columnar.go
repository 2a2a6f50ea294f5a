// Package columnar reads Parquet files and Arrow streams as NDJSON: each row is a line with a
// JSON object whose keys are the names of the columns, so that a row is read like a record of
// any other log.
//
//   - [OpenParquet] opens a file (parquet.go) by the metadata at its end (metadata.go, in the
//     notation of thrift.go). Its row groups are read independently of each other, page by page
//     (page.go, encoding.go). nest.go puts the columns of a row together.
//   - [OpenArrow] reads a stream, or a file as the stream that it contains, batch by batch
//     (arrow.go).
//   - Values have the same form in both (value.go).
//
// Files may be crafted: nothing is allocated because a length claims it, beyond the limits of
// page.go and arrow.go, and a panic of a library is an error of the file.
//
// The package reads Parquet itself. The library that writes Parquet for otlog trusts what it
// reads, allocates what a length claims, and would make the program 1.7 MB longer.
package columnar

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/otlog/otlog/parse/jsontext"
)

// ErrOwn is the error of a file that otlog has written: its rows are results, not records.
var ErrOwn = errors.New("otlog has written it")

// ownKeys precedes the keys of the metadata that otlog writes.
const ownKeys = "otlog."

// A Rename returns the key of a column.
type Rename func(column string) string

// A rows reads lines that next appends. The lines before an error are whole.
type rows struct {
	next func(dst []byte) ([]byte, error) // appends whole lines; nil after an error
	buf  []byte
	at   int
	err  error
}

// chunk is how many bytes of lines are made at a time.
const chunk = 64 << 10

func (r *rows) Read(p []byte) (int, error) {
	for r.at == len(r.buf) && r.err == nil {
		r.buf, r.at = r.buf[:0], 0
		for len(r.buf) < chunk && r.err == nil {
			r.err = guard(func() (err error) {
				r.buf, err = r.next(r.buf)
				return err
			})
		}
		if r.err != nil {
			r.next = nil
		}
	}
	if r.at == len(r.buf) {
		return 0, r.err
	}
	n := copy(p, r.buf[r.at:])
	r.at += n
	return n, nil
}

// guard calls a function of a library that trusts its input. A panic becomes an error.
func guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("invalid contents: %s", shortened(fmt.Sprint(p)))
		}
	}()
	return f()
}

// shortened bounds the length of an error of a library, which may quote the file.
func shortened(s string) string {
	const most = 200 // bytes
	if len(s) > most {
		s = s[:most] + "…"
	}
	return s
}

// quotedKey returns a key as JSON, with its colon.
func quotedKey(name string) []byte {
	return append(jsontext.AppendQuoted(nil, []byte(name)), ':')
}

// appendComma separates a member or an element from the one before it.
func appendComma(dst []byte) []byte {
	if c := dst[len(dst)-1]; c != '{' && c != '[' {
		dst = append(dst, ',')
	}
	return dst
}

// unexpected replaces io.EOF where a file must not end.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
