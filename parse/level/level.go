// Package level reads how serious a record says it is.
//
// [Value] reads a field made for levels, [Lead] the start of a text. Most records are clean, so both
// reject what is not a level as soon as possible.
package level

import (
	"time"

	"github.com/otlog/otlog/parse/jsontext"
)

// A Level is how serious a record says it is.
type Level uint8

// The levels.
const (
	Unknown      Level = iota // the record states none
	BelowWarning              // debug, info, notice and the like
	Warning                   // warning, error and worse
)

// A Kind is a kind of fields for levels. They differ in the meaning of numbers.
type Kind uint8

// The kinds.
const (
	Logger Kind = iota // 0 to 7 as in syslog, 10 to 60 as in pino and bunyan
	OTLP               // 1 to 24
	Syslog             // 0 to 7
	Status             // numbers are no levels
)

// Value returns the level in a field of a kind.
func Value(s []byte, kind Kind) Level {
	if len(s) == 0 || !digit(s[0]) {
		return word(s)
	}
	n := 0
	for _, c := range s {
		if !digit(c) || n > 100 {
			return Unknown
		}
		n = 10*n + int(c-'0')
	}
	switch {
	case kind == Status:
		return Unknown
	case kind == OTLP:
		return known(1 <= n && n <= 24, n >= 13)
	case n <= 7:
		return known(true, n <= 4)
	}
	return known(kind == Logger && 10 <= n && n <= 60, n >= 40)
}

func known(is, warning bool) Level {
	switch {
	case !is:
		return Unknown
	case warning:
		return Warning
	}
	return BelowWarning
}

// longestLevel and shortestLevel are the lengths of words for levels.
const longestLevel, shortestLevel = len("information"), len("err")

// word returns the level that a word names, in any case.
func word(s []byte) Level {
	switch string(s) { // frequent cases first
	case "info", "INFO", "debug", "DEBUG":
		return BelowWarning
	}
	if len(s) < shortestLevel || len(s) > longestLevel {
		return Unknown
	}
	var lower [longestLevel]byte
	for i, c := range s {
		lower[i] = c | ' '
	}
	switch string(lower[:len(s)]) {
	case "trace", "debug", "verbose", "silly", "spam", "info", "information", "notice", "log", "dbg", "inf":
		return BelowWarning
	case "warn", "warning", "error", "err", "severe", "fatal", "critical", "crit", "alert", "emerg", "emergency", "panic", "wrn", "ftl":
		return Warning
	}
	return Unknown
}

// The part of a text that Lead examines, in bytes, and how many words of it.
const maxLead, maxWords = 80, 4

// Lead returns the level at the start of a text: after the time, the host, the logger or the
// thread. A word is a level in capitals, in brackets, in color, before a colon, after level=, or
// directly after the time of day. The word "error" in a sentence is not: two words with nothing but
// a space after them are a sentence.
func Lead(text []byte) Level {
	text = text[:min(len(text), maxLead)]
	if len(text) > 4 && text[0] > '9' && (text[0] == '<' || digit(text[1])) {
		if l := prefix(text); l != Unknown {
			return l
		}
	}
	timed, keyed, numbers := false, false, 0
	i := 0
	if len(text) > len(time.DateTime) && text[4] == '-' && text[7] == '-' && text[13] == ':' && text[16] == ':' {
		i, timed = len(time.DateTime), true // frequent case first
	}
	for words, plain := 0, 0; i < len(text); {
		c := text[i]
		switch shapes[c] {
		case shapeLetter:
		case shapeDigit: // a time or another number
			for i++; i < len(text) && shapes[text[i]] != shapeEnd; i++ {
				timed = timed || text[i] == ':'
			}
			plain = 0
			numbers++
			continue
		default:
			i++
			if c == '\\' { // as in JSON
				i++
			} else if c == 0x1b { // a terminal sequence
				for ; i < len(text) && shapes[text[i]] != shapeLetter; i++ {
				}
				i++
			}
			continue
		}
		start, lower := i, byte(0)
		for ; i < len(text) && shapes[text[i]] < shapeOther; i++ {
			lower |= text[i]
		}
		after := byte(' ')
		if i < len(text) {
			after = text[i]
		}
		capitals := lower&' ' == 0
		// Frequent case first: a word of a sentence.
		if after != ' ' || capitals || timed || keyed {
			found, before := text[start:i], byte(' ')
			if start > 0 {
				before = text[start-1]
			}
			if len(found) == 1 && numbers >= 4 && timed { // Android's logcat: date, time, process, thread
				if l := letter(found[0]); l != Unknown {
					return l
				}
			}
			sure := keyed || after == ':' || after == 0x1b || before == '[' && after == ']' || before == '<' && after == '>'
			if sure || (capitals || timed) && (shapes[after] == shapeEnd || after == '-' || after == '/') {
				if l := word(found); l != Unknown && (sure || capitals || string(found) != "log") {
					return l
				}
			}
			if keyed = false; after == '=' {
				keyed, timed = isKey(found), false
				i++
				continue
			}
			if after == ':' && (string(found) == "OpenTok" || string(found) == "cOpenTok") {
				return ofLogger(text[i:])
			}
		}
		timed = false
		if plain++; after != ' ' {
			plain = 0
		}
		if words++; words == maxWords || plain == 2 {
			break
		}
		for ; i < len(text) && shapes[text[i]] != shapeEnd && text[i] != '['; i++ {
		}
	}
	return Unknown
}

// prefix returns the level in a priority of syslog (<11>1) or in the first letter of glog (E1123).
func prefix(text []byte) Level {
	if text[0] != '<' {
		if !digit(text[2]) || !digit(text[3]) || !digit(text[4]) {
			return Unknown
		}
		return letter(text[0])
	}
	n, i := 0, 1
	for ; i < 4 && digit(text[i]); i++ {
		n = 10*n + int(text[i]-'0')
	}
	return known(i > 1 && text[i] == '>', n%8 <= 4)
}

// letter returns the level that a letter stands for.
func letter(c byte) Level {
	switch c {
	case 'V', 'D', 'I':
		return BelowWarning
	case 'W', 'E', 'F':
		return Warning
	}
	return Unknown
}

// A shape is what a byte is to Lead.
type shape uint8

const (
	shapeLetter shape = iota
	shapeDigit        // or the underscore: part of a word
	shapeOther
	shapeEnd // of a field of a line
)

var shapes = func() (out [256]shape) {
	for i := range out {
		switch c := byte(i); {
		case digit(c) || c == '_':
			out[i] = shapeDigit
		case 'a' <= c|' ' && c|' ' <= 'z':
			out[i] = shapeLetter
		case jsontext.IsSpace(c) || c == ']' || c == '|' || c == '\\' || c == 0x1b:
			out[i] = shapeEnd
		default:
			out[i] = shapeOther
		}
	}
	return out
}()

// ofLogger returns the level at the end of a logger of the SDK, as in OpenTok:Session:error.
func ofLogger(text []byte) Level {
	last := 0
	for i, c := range text {
		if c == ':' {
			last = i + 1
		} else if shapes[c] >= shapeOther {
			text = text[:i]
			break
		}
	}
	return word(text[min(last, len(text)):])
}

// isKey reports whether a word is the key of a level in text such as level=error.
func isKey(s []byte) bool {
	switch string(s) {
	case "level", "lvl", "severity", "loglevel", "levelname":
		return true
	}
	return false
}

func digit(c byte) bool { return '0' <= c && c <= '9' }
