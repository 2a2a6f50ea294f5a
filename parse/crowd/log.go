package crowd

import (
	"bytes"

	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/sessionid"
	"github.com/otlog/otlog/parse/textline"
	"github.com/otlog/otlog/parse/timestamp"
)

// MayBeLog reports whether a record that shows an error may contain several records: it lists objects, or
// it has lists or lines, and several errors, sessions or times. Frequent cases first: most records name one
// error, or name it twice in a few bytes, and have no list.
func MayBeLog(record []byte) bool {
	switch {
	case len(record) < Least:
		return false
	case namesSeveral(record):
		return containsAny(record, lists) || containsAny(record, lines) || timestamp.Stamps(record, 2) == 2
	case bytes.IndexByte(record, '[') < 0:
		return false
	case listsObjects(record):
		return true
	}
	return containsAny(record, lists[1:]) && (sessionid.Several(record) || timestamp.Stamps(record, 2) == 2)
}

// lists are what a record contains that contains a list of objects, of rows or of texts.
var lists = [][]byte{[]byte("},"), []byte("],"), []byte(`["`)}

// lines are what a record contains that contains lines.
var lines = [][]byte{[]byte("<br"), []byte("</"), []byte(`\n`), []byte("\n")}

func containsAny(record []byte, marks [][]byte) bool {
	for _, mark := range marks {
		if bytes.Contains(record, mark) {
			return true
		}
	}
	return false
}

// namesSeveral reports whether a record names two errors, and has a time, a session or a logger between
// them.
func namesSeveral(record []byte) bool {
	for n := NextError(record); n >= 0; {
		record = record[n+len("OT"):]
		if n = NextError(record); n >= 0 && (textline.MayHoldTime(record[:n]) || bytes.Contains(record[:n], sessionid.Mark) || bytes.Contains(record[:n], []byte("OpenTok:"))) {
			return true
		}
	}
	return false
}

// listsObjects reports whether an object follows another one in a list.
func listsObjects(record []byte) bool {
	for {
		n := bytes.Index(record, lists[0])
		if n < 0 {
			return false
		}
		record = record[n+len(lists[0]):]
		if next := jsontext.SkipSpace(record, 0); next < len(record) && record[next] == '{' {
			return true
		}
	}
}
