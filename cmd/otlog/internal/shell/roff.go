package shell

import (
	"fmt"
	"strings"
)

// A roff is a text with the macros of man(7).
type roff struct{ strings.Builder }

// escaped returns text that roff prints as it is.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case strings.ContainsRune(`\-'"^~`+"`", r):
			b.WriteString(map[rune]string{
				'\\': `\e`, '-': `\-`, '\'': `\(aq`, '"': `\(dq`, '^': `\(ha`, '~': `\(ti`, '`': `\(ga`,
			}[r])
		case r > '~':
			fmt.Fprintf(&b, `\[u%04X]`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// line writes a line of text.
func (w *roff) line(text string) {
	if strings.HasPrefix(text, ".") {
		w.WriteString(`\&`) // a line with a dot first is a macro
	}
	w.WriteString(escaped(text) + "\n")
}

func (w *roff) macro(name string, args ...string) {
	w.WriteString("." + name)
	for _, a := range args {
		if a == "" || strings.Contains(a, " ") {
			a = `"` + escaped(a) + `"`
		} else {
			a = escaped(a)
		}
		w.WriteString(" " + a)
	}
	w.WriteByte('\n')
}

// prose writes paragraphs.
func (w *roff) prose(text string) {
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		w.macro("PP")
		w.line(strings.Join(strings.Fields(paragraph), " "))
	}
}

// verbatim writes lines without filling them.
func (w *roff) verbatim(text string) {
	w.macro("PP")
	w.macro("nf")
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		w.line(line)
	}
	w.macro("fi")
}

// item writes a tag and the text after it.
func (w *roff) item(tag, text string) {
	w.macro("TP")
	w.macro("B", tag)
	w.line(text)
}
