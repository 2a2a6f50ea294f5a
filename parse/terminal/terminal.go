// Package terminal removes the parts of a text that only a terminal or a browser's console
// interprets: escape sequences, and the directives of console.log.
package terminal

import "bytes"

// AppendPlain appends src to dst without escape sequences and the directives %c %o %O %s %d %i
// %f.
func AppendPlain(dst, src []byte) []byte {
	percent, escape := -1, -1 // the next ones; two searches take a quarter of the time of one loop
	for at := 0; ; {
		if percent < at {
			percent = indexFrom(src, at, '%')
		}
		if escape < at {
			escape = indexFrom(src, at, 0x1b)
		}
		next := min(percent, escape)
		dst = append(dst, src[at:next]...)
		if next == len(src) {
			return dst
		}
		width := 0
		if next == percent {
			width = Directive(src[next:])
		} else {
			width = Escape(src[next:])
		}
		if width == 0 {
			dst = append(dst, src[next])
			width = 1
		}
		at = next + width
	}
}

// indexFrom returns the offset of the first c in s at or after from, len(s) if there is none.
func indexFrom(s []byte, from int, c byte) int {
	if n := bytes.IndexByte(s[from:], c); n >= 0 {
		return from + n
	}
	return len(s)
}

// Directive returns the width of the directive that starts at the percent sign s[0], 0 if there
// is none.
func Directive(s []byte) int {
	if len(s) < 2 {
		return 0
	}
	switch s[1] {
	case 'c', 'o', 's', 'd', 'i', 'f':
		return 2
	case 'O':
		if len(s) > 3 && s[2] == 'T' && s[3] == '_' { // an error's name after a percent sign
			return 0
		}
		return 2
	}
	return 0
}

// Escape returns the width of the escape sequence that starts at the ESC s[0] (ECMA-48: CSI,
// OSC and short ones), 0 if it is incomplete.
func Escape(s []byte) int {
	if len(s) < 2 {
		return 0
	}
	switch s[1] {
	case '[':
		for i := 2; i < len(s); i++ {
			if s[i] >= 0x40 && s[i] <= 0x7e {
				return i + 1
			}
			if s[i] < 0x20 || s[i] > 0x7e {
				return 0
			}
		}
		return 0
	case ']':
		for i := 2; i < len(s); i++ {
			switch {
			case s[i] == 0x07:
				return i + 1
			case s[i] == 0x1b && i+1 < len(s) && s[i+1] == '\\':
				return i + 2
			case s[i] < ' ':
				return 0
			}
		}
		return 0
	}
	// Any number of intermediate bytes and a final one: ESC ( B, ESC 7.
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] >= 0x30 && s[i] <= 0x7e:
			return i + 1
		case s[i] < 0x20 || s[i] > 0x7e:
			return 0
		}
	}
	return 0
}
