package shell

import (
	"strings"
	"unicode/utf8"
)

// Narrowest is the minimum width of help in columns.
const Narrowest = 40

// fit wraps the lines of a text that are wider than width. Paragraphs that begin without an indent flow.
// Of an indented line, the columns after the first one, or the words that are too many, move to the next
// line.
func fit(text string, width int) string {
	if width >= Width {
		return text // as it is written
	}
	var out []string
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			out = append(out, "")
		}
		lines := strings.Split(paragraph, "\n")
		if !isProse(lines) {
			for _, line := range lines {
				out = append(out, narrow(line, width))
			}
			continue
		}
		out = append(out, flow(strings.Join(lines, " "), "", "", width))
	}
	return strings.Join(out, "\n")
}

// isProse reports whether lines are sentences that may flow.
func isProse(lines []string) bool {
	for _, line := range lines {
		if strings.HasPrefix(line, " ") || strings.Contains(strings.TrimRight(line, " "), "   ") {
			return false
		}
	}
	return true
}

// narrow wraps one line.
func narrow(line string, width int) string {
	if utf8.RuneCountInString(line) <= width {
		return line
	}
	text := strings.TrimLeft(line, " ")
	indent := line[:len(line)-len(text)]
	if first, rest, ok := strings.Cut(text, "  "); ok {
		return narrow(indent+first, width) + "\n" + flow(strings.TrimLeft(rest, " "), indent+"    ", indent+"    ", width)
	}
	return flow(text, indent, indent+"    ", width)
}

// flow wraps the words of a text.
func flow(text, first, indent string, width int) string {
	var b strings.Builder
	b.WriteString(first)
	column, begins := utf8.RuneCountInString(first), true
	for _, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case begins:
		case column+1+n > width:
			b.WriteString("\n" + indent)
			column = utf8.RuneCountInString(indent)
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column, begins = column+n, false
	}
	return b.String()
}
