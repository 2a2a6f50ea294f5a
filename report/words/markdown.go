package words

import (
	"fmt"
	"strings"
)

// Markdown escapes text so that it is shown as it is: without markup of Markdown or HTML, without
// links, and without mentioning a user.
func Markdown(s string) string {
	s = Printable(s)
	var b strings.Builder
	for i, c := range s {
		before, after := byte(' '), byte(' ')
		if i > 0 {
			before = s[i-1]
		}
		if i+1 < len(s) {
			after = s[i+1]
		}
		switch {
		// An underscore inside a word, as in every error name, is not markup.
		case strings.ContainsRune("\\`*[]<>|#~$", c), c == '_' && !(InWord(before) && InWord(after)):
			b.WriteByte('\\')
			b.WriteRune(c)
		case c == '&', c == '@', c == ':' && after == '/', c == '.' && strings.HasSuffix(strings.ToLower(s[:i]), "www"):
			fmt.Fprintf(&b, "&#%d;", c)
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// InWord reports whether a byte is part of a word: no markup begins or ends there.
func InWord(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}
