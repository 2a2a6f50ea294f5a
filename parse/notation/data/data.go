// Package data rewrites texts that hold data, to JSON: what programs print (literals.go), YAML (yaml.go),
// and records with a line for each field (listings.go, prototext.go).
//
// A parser reads tokens or lines through a window (stream.go), so that a text may have any length.
package data

import "io"

// A Notation is one of package notation.
type Notation struct {
	Name string
	Is   func(head []byte, whole bool) bool
	Open func(text io.Reader) io.Reader
}

// Notations are tried in this order.
var Notations = []Notation{
	{"fluent-bit", isFluentBit, openFluentBit},
	{"literals", isLiterals, openLiterals},
	{"yaml", isYAML, openYAML},
	{"mysql", isMySQL, openListing(mysqlLine)},
	{"psql", isPsql, openListing(psqlLine)},
	{"clickhouse", isClickHouse, openListing(clickhouseLine)},
	{"sqlite", isSQLite, openListing(sqliteLine)},
	{"format-list", isFormatList, openListing(formatListLine)},
	{"toml", isTOML, openListing(tomlLine)},
	{"ini", isINI, openListing(iniLine)},
	{"prototext", isProto, openListing(protoLine)},
	{"redis", isRedis, openListing(redisStreamLine)},
	{"logcat", isLogcat, openListing(logcatLine)},
	{"redis", isRedisRaw, openListing(redisRawLine)},
	{"wevtutil", isWindowsEvents, openListing(windowsLine)},
	{"sqlplus", isSQLPlus, openListing(sqlplusLine)},
	{"aws-table", isAWS, openListing(awsLine)},
	{"ldif", isLDIF, openListing(ldifLine)},
}
