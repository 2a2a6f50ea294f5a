package words

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON returns a writer for JSON text that replaces each character that is not printable, as Printable
// defines it, by its escape, as in \u202e. The meaning of the JSON stays the same, and a terminal shows it as
// it is. No call of Write may end within a character: those of a [json.Encoder] do not.
func JSON(w io.Writer) io.Writer { return jsonWriter{w} }

type jsonWriter struct{ w io.Writer }

func (j jsonWriter) Write(text []byte) (int, error) {
	if _, err := j.w.Write(escapeJSON(text)); err != nil {
		return 0, err
	}
	return len(text), nil
}

// escapeJSON returns JSON text in which all characters are printable, except for line feeds, which are
// between its values.
func escapeJSON(text []byte) []byte {
	raw := func(c rune) bool { return c != '\n' && hidden(c) }
	if bytes.IndexFunc(text, raw) < 0 {
		return text
	}
	var out []byte
	for _, c := range string(text) {
		switch {
		case !raw(c):
			out = utf8.AppendRune(out, c)
		case c > 0xffff:
			high, low := utf16.EncodeRune(c)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, c)
		}
	}
	return out
}
