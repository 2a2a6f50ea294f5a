package timestamp

import (
	"bytes"

	"github.com/otlog/otlog/parse/terminal"
)

// Line reads the time at the start of a console line: an instant or, without a date, the time
// of day in nanoseconds since midnight. Colours, a level, a word in brackets and the like may
// precede a date. The value that the line does not state is NoTime.
func (c *Clock) Line(line []byte) (instant, ofDay int64) {
	c.doubt = NoDoubt
	for len(line) > 0 && line[0] == 0x1b { // colours
		width := terminal.Escape(line)
		if width == 0 {
			return NoTime, NoTime
		}
		line = line[width:]
	}
	if c.layout != nil {
		if t, n := c.layout.read(c, line); n > 0 || c.doubt != NoDoubt {
			return t, NoTime
		}
	}
	at := line
	if len(at) > 0 && at[0] == '[' {
		at = at[1:]
	}
	// Frequent cases first.
	if len(at) == 0 {
		return NoTime, NoTime
	}
	if isDigit(at[0]) {
		if t, n := c.Parse(at); n > 0 || c.doubt != NoDoubt {
			return t, NoTime
		}
		if t := timeOfDay(at); t != NoTime {
			return NoTime, t
		}
	} else if letter(line[0]) && !leads(line) {
		return NoTime, NoTime
	} else if t, n := c.Parse(at); n > 0 || c.doubt != NoDoubt {
		return t, NoTime
	}
	if line[0] == '[' && isDigit(at[0]) {
		if t, n := c.chromium(at[processes(at):]); n > 0 {
			return t, NoTime
		}
	}
	rest := line
	for range maxPrefixes {
		width := prefix(rest)
		if width == 0 {
			break
		}
		if rest = rest[width:]; len(rest) == 0 {
			return NoTime, NoTime
		}
		at := rest
		if at[0] == '[' || at[0] == '"' {
			at = at[1:]
		}
		if t, n := c.Parse(at); n > 0 || c.doubt != NoDoubt {
			return t, NoTime
		}
	}
	return c.access(line), NoTime
}

// processes returns the width of the numbers of process and thread that precede a time in Chrome's
// log: 1234:5678:
func processes(b []byte) int {
	s := scanner{b: b}
	for range 2 {
		mark := s.n
		if _, ok := s.number(1, 10); !ok || !s.skip(':') {
			return mark
		}
	}
	return s.n
}

// leads reports whether a line that begins with a letter may start with a time: its first
// word may be a month, a day, a level or a key, or is followed by two spaces, a bar or a dash.
// It rejects most lines without a time.
func leads(line []byte) bool {
	switch threeLetters(line) {
	case 'j'<<16 | 'a'<<8 | 'n', 'f'<<16 | 'e'<<8 | 'b', 'm'<<16 | 'a'<<8 | 'r', 'a'<<16 | 'p'<<8 | 'r',
		'm'<<16 | 'a'<<8 | 'y', 'j'<<16 | 'u'<<8 | 'n', 'j'<<16 | 'u'<<8 | 'l', 'a'<<16 | 'u'<<8 | 'g',
		's'<<16 | 'e'<<8 | 'p', 'o'<<16 | 'c'<<8 | 't', 'n'<<16 | 'o'<<8 | 'v', 'd'<<16 | 'e'<<8 | 'c',
		'm'<<16 | 'o'<<8 | 'n', 't'<<16 | 'u'<<8 | 'e', 'w'<<16 | 'e'<<8 | 'd', 't'<<16 | 'h'<<8 | 'u',
		'f'<<16 | 'r'<<8 | 'i', 's'<<16 | 'a'<<8 | 't', 's'<<16 | 'u'<<8 | 'n',
		't'<<16 | 'r'<<8 | 'a', 'd'<<16 | 'e'<<8 | 'b', 'i'<<16 | 'n'<<8 | 'f', 'n'<<16 | 'o'<<8 | 't',
		'w'<<16 | 'a'<<8 | 'r', 'e'<<16 | 'r'<<8 | 'r', 'f'<<16 | 'a'<<8 | 't', 'c'<<16 | 'r'<<8 | 'i',
		'a'<<16 | 'l'<<8 | 'e', 'e'<<16 | 'm'<<8 | 'e', 'p'<<16 | 'a'<<8 | 'n', 's'<<16 | 'e'<<8 | 'v',
		'v'<<16 | 'e'<<8 | 'r', 'l'<<16 | 'o'<<8 | 'g',
		't'<<16 | 'i'<<8 | 'm', 't'<<16 | 's'<<8 | '=', 'd'<<16 | 'a'<<8 | 't', 'l'<<16 | 'e'<<8 | 'v',
		'l'<<16 | 'v'<<8 | 'l':
		return true
	}
	if len(line) > 1 && !letter(line[1]) { // I 2006-…, I0102 15:04:05.000000
		return true
	}
	n := bytes.IndexByte(line[:min(len(line), maxPrefix)], ' ')
	return n > 0 && n+1 < len(line) && (line[n+1] == ' ' || line[n+1] == '|' || line[n+1] == '-')
}

// What may precede the time of a line.
const (
	maxPrefixes = 4   // words, brackets and the like
	maxPrefix   = 128 // bytes of each
)

// access reads the time in the access log of a web server: it is in brackets after the client
// and the user.
func (c *Clock) access(line []byte) int64 {
	head := line[:min(len(line), 2*maxPrefix)]
	start := bytes.IndexByte(head, '[')
	if start < 0 || len(head)-start < len("[02/Jan/2006:15:04:05") || head[start+3] != '/' || !bytes.Contains(head[:start], dash) {
		return NoTime
	}
	t, _ := c.dayFirst(line, start+1)
	return t
}

var dash = []byte(" - ")

// prefix returns the width of a prefix that may precede the time of a line, with the spaces
// and punctuation after it. It returns 0 if there is none.
func prefix(line []byte) int {
	if len(line) == 0 {
		return 0
	}
	n := 0
	head, c := line[:min(len(line), maxPrefix)], line[0]
	switch {
	case c == 0x1b:
		n = terminal.Escape(line)
	case c == '[':
		n = bytes.IndexByte(head, ']') + 1
	case c == '<':
		n = priority(head)
	case letter(c), isDigit(c):
		for n < len(head) && isWord(head[n]) {
			n++
		}
		if n < len(head) && head[n] == '=' {
			n = pair(head, n)
		} else if !isLevel(head[:n]) {
			n = container(head)
		}
	}
	if n == 0 {
		return 0
	}
	for n < len(line) && bytes.IndexByte(prefixEnds, line[n]) >= 0 {
		n++
	}
	return n
}

var prefixEnds = []byte(" \t:,|-")

// priority returns the width of the start of a syslog message: <34>, and the version after it
// if it is one of RFC 5424.
func priority(line []byte) int {
	s := scanner{line, 1}
	if _, ok := s.number(1, 3); !ok || !s.skip('>') {
		return 0
	}
	version := s
	if _, ok := version.number(1, 2); ok && version.skip(' ') {
		return version.n
	}
	return s.n
}

// pair returns the width of the key of a time (time="2006-…), or of the key and value of a
// level (level=info). The equals sign is at n.
func pair(line []byte, n int) int {
	switch string(line[:n]) {
	case "time", "ts", "t", "timestamp", "datetime", "date":
		return n + 1
	case "level", "lvl", "severity":
		return bytes.IndexByte(line, ' ') + 1
	}
	return 0
}

// container returns the width of the name that docker compose and process managers write
// before a line: "web-1  | ".
func container(line []byte) int {
	n := bytes.IndexByte(line, ' ')
	if n < 0 {
		return 0
	}
	s := scanner{line, n}
	if !s.spaces() || !s.skip('|') || s.peek() != ' ' {
		return 0
	}
	return s.n
}

// isLevel reports whether word is the name of a level.
func isLevel(word []byte) bool {
	var lower [8]byte
	if len(word) == 0 || len(word) > len(lower) {
		return false
	}
	for i, c := range word {
		lower[i] = c | 0x20
	}
	switch string(lower[:len(word)]) {
	case "trace", "debug", "info", "notice", "warn", "warning", "error", "err", "fatal", "critical", "crit",
		"alert", "emerg", "panic", "severe", "verbose", "log",
		"i", "w", "e", "d", "f", "v":
		return true
	}
	return false
}

// Lead reads the time at the start of a text in an object, as written. A text that is only a time is
// none: it says when something else happened.
func (c *Clock) Lead(text []byte) int64 {
	const shortest = len("2006-01-02 15:04:05 ")
	if len(text) <= shortest || bytes.IndexByte(text, ' ') < 0 || c.Value(text) != NoTime {
		return NoTime
	}
	if bytes.IndexByte(text[:shortest], '\\') >= 0 {
		text = c.unescape(text)
	}
	instant, _ := c.Line(bytes.TrimLeft(text, " \t\r\n"))
	return instant
}
