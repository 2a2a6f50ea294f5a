package classify

import (
	"bytes"

	"github.com/otlog/otlog/classify/catalogue"
)

// nextUnderscore returns the offset of the first underscore in data that may belong to an error's
// name or to a source file of the native SDKs, -1 if there is none. Every name contains OT_ or
// PROXY_, and underscores are rarer than letters.
func nextUnderscore(data []byte) int {
	for from := len("OT"); from < len(data); { // session IDs have an underscore before it
		n := bytes.IndexByte(data[from:], '_')
		if n < 0 {
			return -1
		}
		n += from
		from = n + 1
		switch data[n-1] {
		case 'T':
			if data[n-2] == 'O' {
				return n
			}
		case 'Y':
			if bytes.HasSuffix(data[:n], []byte("PROXY")) {
				return n
			}
		case 'k', 'r':
			if endsCorePrefix(data[:n]) {
				return n
			}
		}
	}
	return -1
}

// readNames reads the words with an underscore in text: it finds the first one that is a name of the
// catalogue, and those that are source files of the native SDKs, which telemetry does not name.
func (t *reading) readNames(text []byte, telemetry bool) {
	for {
		n := nextUnderscore(text)
		if n < 0 {
			return
		}
		start, end := wordStart(text, n), wordEnd(text, n+1)
		start += escapeLetters(text, start)
		word := text[start:end]
		text = text[end:]
		if t.name == 0 {
			t.name = catalogue.Lookup(word)
		}
		if telemetry && t.name != 0 {
			return
		}
		t.native = t.native || !telemetry && isCoreFile(word, text)
	}
}

// raisedName returns a name that the catalogue lacks, in a place where only names of errors
// occur. It returns nil if there is none.
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

// fieldNamesError reports whether the field Name contains an error that the catalogue lacks. In
// the telemetry of a failure it does. Elsewhere an application may have constants of the same
// form, so that a code or a stack is required.
func fieldNamesError(r *Record) bool {
	if r.Telemetry {
		return r.Failed
	}
	return (r.Code != 0 || containsStack(r.Text)) && !resemblesName(r.Name)
}

// maxName is the length of the longest name.
const maxName = 64

// isName reports whether word has the form of an SDK error name: OT_ and capitals.
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

// resemblesName reports whether word contains a name of the catalogue or is part of one:
// OT_TIMEOUTS, OT_TIMEOUT_MS.
func resemblesName(word []byte) bool {
	for _, name := range knownNames {
		if bytes.Contains(name, word) || bytes.Contains(word, name) {
			return true
		}
	}
	return false
}

// knownNames are the names of the catalogue.
var knownNames = func() [][]byte {
	var names [][]byte
	for _, e := range catalogue.Errors()[1:] {
		names = append(names, []byte(e.Name))
	}
	return names
}()

// containsStack reports whether text contains the stack of an error.
func containsStack(text []byte) bool {
	return bytes.Contains(text, []byte("\n    at ")) || bytes.Contains(text, []byte("@http"))
}
