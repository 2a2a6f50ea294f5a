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

// raisedName returns a name that the catalogue lacks and that stands where only
// the name of an error can stand, nil if there is none.
func raisedName(r *Record, l *logger) []byte {
	if isName(r.Name) && fieldNamesError(r) {
		return r.Name
	}
	if r.Telemetry || !l.isError() {
		return nil
	}
	message := bytes.TrimPrefix(l.message, []byte("onStreamAvailableError "))
	end := wordEnd(message, 0)
	if !isName(message[:end]) || end < len(message) && bytes.IndexByte([]byte(": \t\r\n"), message[end]) < 0 {
		return nil
	}
	return message[:end]
}

// fieldNamesError reports whether a name that the catalogue lacks must be an
// error's because of what is beside its field. The telemetry of a failure says
// which error it was; an application may have constants like these names.
func fieldNamesError(r *Record) bool {
	if r.Telemetry {
		return r.Failed
	}
	return (r.Code != 0 || holdsStack(r.Text)) && !resemblesName(r.Name)
}

// maxName is how long a name may be.
const maxName = 64

// isName reports whether word has the form of the SDK's names.
func isName(word []byte) bool {
	if len(word) <= len("OT_") || len(word) > maxName || !bytes.HasPrefix(word, []byte("OT_")) {
		return false
	}
	for _, c := range word {
		if !isWord(c) || 'a' <= c && c <= 'z' {
			return false
		}
	}
	return true
}

// resemblesName reports whether a word is a name of the catalogue with more
// letters or less: OT_TIMEOUTS, OT_TIMEOUT_MS.
func resemblesName(word []byte) bool {
	for _, name := range knownNames {
		if bytes.Contains(name, word) || bytes.Contains(word, name) {
			return true
		}
	}
	return false
}

// knownNames are those of the catalogue.
var knownNames = func() [][]byte {
	var names [][]byte
	for _, e := range catalogue.Errors()[1:] {
		names = append(names, []byte(e.Name))
	}
	return names
}()

// holdsStack reports whether text has the stack of an error.
func holdsStack(text []byte) bool {
	return bytes.Contains(text, []byte("\n    at ")) || bytes.Contains(text, []byte("@http"))
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
