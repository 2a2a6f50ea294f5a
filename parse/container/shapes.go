package container

import (
	"bytes"

	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/textline"
)

// Shapes are how many lines of a sample, of those that are not blank, have a shape.
type Shapes struct {
	Total    int
	Objects  int // lines that start like a JSON object
	Brackets int // lines that start with a bracket or a brace
	Docker   int // lines of Docker
	CRI      int // lines of another container runtime
	Indent   int // the smallest indentation, -1 if there is no line
}

// ShapesOf returns the shapes of the lines of a sample.
func ShapesOf(sample []byte) Shapes {
	n := Shapes{Indent: -1}
	for line := range bytes.Lines(sample) {
		trimmed := bytes.TrimSpace(line)
		if textline.IsEventField(trimmed) {
			continue
		}
		trimmed = textline.Unframed(trimmed)
		if len(trimmed) == 0 {
			continue
		}
		if len(trimmed) == 1 && (trimmed[0] == '[' || trimmed[0] == ']') {
			n.Brackets++ // an array with one element per line
			continue
		}
		n.Total++
		if c := trimmed[0]; c == '{' || c == '[' {
			n.Brackets++
			if jsontext.OpensObject(trimmed) { // its end may be missing
				n.Objects++
			}
			// Collectors remove the line feed, which marks the last piece of a line.
			if x, ok := readDocker(trimmed); ok && (!x.More || bytes.Contains(trimmed, []byte(`"logtag"`))) {
				n.Docker++
			}
		} else if _, ok := readCRI(trimmed); ok {
			n.CRI++
		}
		if width := len(line) - len(bytes.TrimLeft(line, " \t")); n.Indent < 0 || width < n.Indent {
			n.Indent = width
		}
	}
	return n
}
