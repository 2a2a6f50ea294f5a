package classify

import (
	"bytes"

	"github.com/otlog/otlog/classify/catalogue"
)

// nextName returns the offset of the first underscore in data that may belong to
// an error's name, -1 if there is none. Every name holds OT_ or PROXY_, and
// underscores are fewer than letters.
func nextName(data []byte) int {
	for from := 0; ; {
		n := bytes.IndexByte(data[from:], '_')
		if n < 0 {
			return -1
		}
		n += from
		if n >= 2 && data[n-1] == 'T' && data[n-2] == 'O' {
			return n
		}
		if n >= 5 && data[n-1] == 'Y' && string(data[n-5:n]) == "PROXY" {
			return n
		}
		from = n + 1
	}
}

// firstName returns the first name in text that is a whole word, 0 if there is
// none. A letter, digit or underscore beside it makes it another word.
func firstName(text []byte) catalogue.ID {
	for {
		n := nextName(text)
		if n < 0 {
			return 0
		}
		start, end := n, n+1
		for start > 0 && isWord(text[start-1]) {
			start--
		}
		for end < len(text) && isWord(text[end]) {
			end++
		}
		start += escapeLetters(text, start)
		if id := catalogue.Lookup(text[start:end]); id != 0 {
			return id
		}
		text = text[end:]
	}
}

// escapeLetters returns how many letters at start belong to a backslash before
// them. Where JSON stands in a text, a name may follow an escape that nobody
// has resolved: {"stack":"Error\nOT_TIMEOUT"}.
func escapeLetters(text []byte, start int) int {
	slashes := 0
	for slashes < start && text[start-1-slashes] == '\\' {
		slashes++
	}
	if slashes%2 == 0 {
		return 0
	}
	switch text[start] {
	case 'n', 't', 'r', 'b', 'f':
		return 1
	case 'u':
		return min(5, len(text)-start)
	}
	return 0
}

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}
