package chart

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"

	"github.com/otlog/otlog/report/words"
)

// A class names the purpose of an element. The stylesheet of the page colours classes:
//
//	.chart .series { color: … }
//
// Lines have stroke="currentColor" and fill="none", areas and text have
// fill="currentColor", so a stylesheet only sets color. Without a stylesheet everything is
// drawn in the colour of the surrounding text. The <svg> element has class="chart"; lines
// and areas are <path>, text is <text> in the font of the page.
type class string

const (
	nameClass   class = "name"   // labels of rows
	inkClass    class = "ink"    // other text, and the line at zero
	gridClass   class = "grid"   // lines at ticks
	paperClass  class = "paper"  // background, inside a ring
	seriesClass class = "series" // measured values
	bandClass   class = "band"   // confidence intervals of a trend
	beforeClass class = "before" // values before
	worseClass  class = "worse"  // replaces series: a change for the worse
	betterClass class = "better" // replaces series: a change for the better
)

// An at is a point of the picture in user units, from the top left corner.
type at struct{ x, y float64 }

// A canvas collects elements that a strict Content-Security-Policy allows: no styles, no
// scripts, no references, no IDs.
type canvas struct {
	width, height float64
	out           strings.Builder
	err           error // the first number that cannot be drawn
}

// svg returns the element, with a name and a description for screen readers.
func (c *canvas) svg(title, about string) (string, error) {
	element := fmt.Sprintf("<svg class=\"chart\" role=\"img\" viewBox=\"0 0 %s %s\">\n<title>%s</title>\n<desc>%s</desc>\n%s</svg>\n",
		c.number(c.width), c.number(c.height), escape(words.Printable(title)), escape(words.Printable(about)), c.out.String())
	if c.err != nil {
		return "", fmt.Errorf("chart %q: %w", title, c.err)
	}
	return element, nil
}

// escape makes text safe in HTML and XML. All text of a picture passes here.
func escape(s string) string {
	return html.EscapeString(strings.ToValidUTF8(s, "\uFFFD"))
}

// line draws a line through points, dashed or solid.
func (c *canvas) line(of class, width float64, dashed bool, points ...at) {
	dashes := ""
	if dashed {
		dashes = ` stroke-dasharray="3 3"`
	}
	c.stroke(of, width, dashes, c.path(points))
}

func (c *canvas) stroke(of class, width float64, dashes, data string) {
	fmt.Fprintf(&c.out, "<path class=\"%s\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"%s\"%s d=\"%s\"/>\n", of, c.number(width), dashes, data)
}

// area fills the polygon between points.
func (c *canvas) area(of class, points ...at) { c.fill(of, c.path(points)+"Z") }

func (c *canvas) fill(of class, data string) {
	fmt.Fprintf(&c.out, "<path class=\"%s\" fill=\"currentColor\" d=\"%s\"/>\n", of, data)
}

// dot draws a filled circle.
func (c *canvas) dot(of class, center at, radius float64) { c.fill(of, c.circle(center, radius)) }

// ring draws a circle that hides what is below it.
func (c *canvas) ring(of class, center at, radius float64) {
	c.dot(paperClass, center, radius)
	c.stroke(of, 1.5, "", c.circle(center, radius))
}

// text writes a line. anchor is start, middle or end; p is that point of the baseline.
func (c *canvas) text(of class, size float64, anchor string, p at, s string) {
	if s == "" {
		return
	}
	fmt.Fprintf(&c.out, "<text class=\"%s\" fill=\"currentColor\" font-size=\"%s\" text-anchor=\"%s\" x=\"%s\" y=\"%s\">%s</text>\n",
		of, c.number(size), anchor, c.number(p.x), c.number(p.y), escape(s))
}

func (c *canvas) path(points []at) string {
	var d strings.Builder
	for i, p := range points {
		d.WriteByte("ML"[min(i, 1)])
		d.WriteString(c.point(p))
	}
	return d.String()
}

// circle is two half circles: an arc that ends where it starts would not be drawn.
func (c *canvas) circle(center at, radius float64) string {
	right, left := c.point(at{center.x + radius, center.y}), c.point(at{center.x - radius, center.y})
	half := "A" + c.number(radius) + " " + c.number(radius) + " 0 0 0 "
	return "M" + right + half + left + half + right + "Z"
}

func (c *canvas) point(p at) string { return c.number(p.x) + " " + c.number(p.y) }

// number rounds to hundredths, which are too small to see.
func (c *canvas) number(v float64) string {
	if c.err == nil && (math.IsNaN(v) || math.IsInf(v, 0)) {
		c.err = fmt.Errorf("%v cannot be drawn", v)
	}
	s := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(v, 'f', 2, 64), "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

// advances are the widths of characters in thousandths of the font size, in Arial and in
// fonts with its metrics.
var advances = [...]struct {
	width float64
	chars string
}{
	{191, "'"}, {222, "ijl"}, {260, "|"}, {278, ` !,./:;I[\]ft`}, {333, "()-`r·"}, {334, "{}"}, {355, `"`}, {389, "*"}, {469, "^"},
	{500, "Jckvsxyz"}, {556, "0123456789#$?L_abdeghnopqu"}, {584, "+<=>~"}, {611, "FTZ"}, {667, "&ABEKPSVXY"},
	{722, "CDHNRUw"}, {778, "GOQ"}, {833, "Mm"}, {889, "%"}, {944, "W"}, {1015, "@"},
}

// widthOf estimates how wide text is. The font of the page is unknown, and others may be
// wider than Arial: the estimate is 15% more.
func widthOf(s string, size float64) float64 {
	var thousandths float64
	for _, c := range s {
		width := 600.0
		if c >= 0x1100 { // mostly as wide as high
			width = 1000
		}
		for _, a := range advances {
			if strings.ContainsRune(a.chars, c) {
				width = a.width
			}
		}
		thousandths += width
	}
	return 1.15 * size * thousandths / 1000
}

// maxLabelRunes is how many characters a label has at most, however narrow they are.
const maxLabelRunes = 60

// cut shortens a label, which may come from outside, to a width.
func cut(label string, size, width float64) string {
	runes := []rune(words.Printable(label))
	for n := min(len(runes), maxLabelRunes); ; n-- {
		s := string(runes[:n])
		if n < len(runes) {
			s = string(runes[:max(n-1, 0)]) + "…"
		}
		if n <= 1 || widthOf(s, size) <= width {
			return s
		}
	}
}
