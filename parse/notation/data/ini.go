package data

import (
	"bytes"

	"github.com/otlog/otlog/parse/pattern"
)

// INI: a section for each record.

var (
	iniSection = pattern.New(`^\[[^\[\]]{1,100}\]$`)
	iniField   = pattern.New(`^([A-Za-z_@][\w.;@ -]{0,63}?) ?= ?(.*)$`)
)

// iniLine reads a line of INI. A line that is not a field belongs to the value before it.
func iniLine(l *listing, line []byte) {
	m := iniField.FindSubmatch(line)
	switch text := bytes.TrimSpace(line); {
	case iniSection.Match(text):
		l.flush()
		l.open = true
	case !l.open && len(text) > 0 && text[0] != ';' && text[0] != '#':
		l.err = &syntaxError{"INI", l.offset(), "a line before the first section"}
	case m != nil:
		if l.first == "" {
			l.first = string(m[1])
		}
		l.add(m[1], m[2])
	case len(l.fields) > 0 && len(text) > 0 && text[0] != ';' && text[0] != '#':
		l.more("\n", line)
	}
}

func isINI(head []byte, whole bool) bool {
	first := bytes.TrimLeft(bytes.TrimPrefix(head, utf8BOM), " \r\n")
	if len(first) == 0 || first[0] != '[' && first[0] != ';' && first[0] != '#' {
		return false
	}
	l := tryListing(head, whole, iniLine)
	return isBlocks(l, head) && l.timed == l.records && atEnd(l.err)
}
