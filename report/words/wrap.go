package words

import "strings"

// Wrap divides text into lines of at most width columns. It breaks lines at spaces only, so that no
// name and no ID is cut. There is at least one line.
func Wrap(s string, width int) []string {
	var lines []string
	line, column := "", 0
	for word := range strings.FieldsSeq(s) {
		n := Width(word)
		switch {
		case line == "":
		case column+1+n > width:
			lines = append(lines, line)
			line, column = "", 0
		default:
			line += " "
			column++
		}
		line += word
		column += n
	}
	return append(lines, line)
}
