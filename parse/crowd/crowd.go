// Package crowd recognizes records in which errors of several sessions are, such as a whole log in one
// field.
package crowd

import (
	"bytes"

	"github.com/otlog/otlog/parse/sessionid"
)

// Least is the fewest bytes of such a record: two session IDs and two errors are longer.
const Least = 128

// Is reports whether a record has errors of several sessions.
//
// An error is between the first ID of a session and that of the next one, and another error
// before or after these. A record may well name two sessions and one error.
func Is(record []byte) bool {
	if len(record) < Least {
		return false
	}
	start, end := sessionid.Next(record)
	if start < 0 {
		return false
	}
	before, between := NextError(record[:start]) >= 0, false
	for rest := record; ; {
		id := rest[start:end]
		rest = rest[end:]
		if start, end = sessionid.Next(rest); start < 0 {
			return false
		}
		if between = between || NextError(rest[:start]) >= 0; bytes.Equal(id, rest[start:end]) {
			continue
		}
		if between && (before || NextError(rest[end:]) >= 0) {
			return true
		}
		before, between = before || between, false
	}
}

// NextError returns where a part of a record first names an error, -1 if it names none.
func NextError(part []byte) int {
	for from := 0; ; {
		n := bytes.Index(part[from:], []byte("OT"))
		if n < 0 {
			return -1
		}
		n += from
		if from = n + len("OT"); bytes.HasPrefix(part[from:], []byte("_")) || bytes.HasPrefix(part[from:], []byte(".exception")) {
			return n
		}
	}
}
