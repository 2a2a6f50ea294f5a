// Package notation rewrites texts whose records are neither lines, nor JSON, nor rows of a table.
//
// [Of] compares the first bytes of a text with every [Notation] in order. The first one that
// matches rewrites the text while it is read, to lines or to JSON objects, which package parse then
// reads as it reads any other text. A notation has a file of its own here.
//
// What a notation does not understand it does not touch: [Of] returns nil, and the text is read as
// it is. A text that stops being what its first bytes promise ends with an error.
package notation

import "io"

// A Notation is a way to write records down.
type Notation struct {
	Name string // stable: reports show it beside compressions
	// is reports whether a text that starts with head is written so. whole says that head is all
	// of it.
	is func(head []byte, whole bool) bool
	// open returns a reader of the rewritten text.
	open func(text io.Reader) io.Reader
}

// Open returns a reader of the rewritten text. Its error is that of the text, or says what of it
// cannot be rewritten.
func (n *Notation) Open(text io.Reader) io.Reader { return n.open(text) }

// Of returns the notation of a text, nil if it needs none.
func Of(head []byte, whole bool) *Notation {
	for i := range notations {
		if notations[i].is(head, whole) {
			return &notations[i]
		}
	}
	return nil
}

// notations are tried in this order.
var notations = []Notation{
	{"nul", endsInNUL, openNUL},
	{"fluent-bit", isFluentBit, openFluentBit},
	{"literals", isLiterals, openLiterals},
	{"yaml", isYAML, openYAML},
	{"mysql", isMySQL, openListing(mysqlLine)},
	{"psql", isPsql, openListing(psqlLine)},
	{"clickhouse", isClickHouse, openListing(clickhouseLine)},
	{"sqlite", isSQLite, openListing(sqliteLine)},
	{"format-list", isFormatList, openListing(formatListLine)},
	{"toml", isTOML, openListing(tomlLine)},
	{"prototext", isProto, openListing(protoLine)},
	{"redis", isRedis, openListing(redisStreamLine)},
	{"logcat", isLogcat, openListing(logcatLine)},
	{"redis", isRedisRaw, openListing(redisRawLine)},
	{"wevtutil", isWindowsEvents, openListing(windowsLine)},
	{"sqlplus", isSQLPlus, openListing(sqlplusLine)},
	{"aws-table", isAWS, openListing(awsLine)},
	{"ldif", isLDIF, openListing(ldifLine)},
}
