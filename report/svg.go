package report

import (
	"fmt"
	"html"
	"image"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A role is what a mark is there for. Plotters take it for a colour; in the picture
// it is a class, to which the page's stylesheet gives a colour:
//
//	.chart .series { color: … }
//
// Lines have stroke="currentColor" and fill="none", areas and text have
// fill="currentColor": color is all that a stylesheet has to know, and without one
// all is drawn in the colour of the text around. The <svg> itself has class="chart";
// lines and areas are <path>, words are <text>, whose font is the page's.
type role string

const (
	roleName   role = "name"   // what rows are called
	roleInk    role = "ink"    // other words, and the line at no difference
	roleGrid   role = "grid"   // lines at round numbers
	rolePaper  role = "paper"  // what is behind the chart: the inside of a hollow dot
	roleSeries role = "series" // what was measured
	roleBand   role = "band"   // the interval around it in a trend
	roleBefore role = "before" // what it was before
	roleWorse  role = "worse"  // in place of series: what got worse
	roleBetter role = "better" // and better
)

// RGBA makes a role a color.Color; nothing is drawn with it.
func (role) RGBA() (r, g, b, a uint32) { return 0, 0, 0, 0xffff }

// svgCanvas draws SVG that a strict Content-Security-Policy lets pass: no styles, no
// scripts, no references, no IDs. What it cannot draw is an error that svg returns.
// A point is a user unit.
type svgCanvas struct {
	width, height vg.Length
	out           strings.Builder
	pen           pen
	saved         []pen
	anchor        string // of text: start, middle or end
	err           error
}

// A pen is what Push saves.
type pen struct {
	color     color.Color
	width     vg.Length
	dashes    []vg.Length
	offset    vg.Length
	transform string
}

func newSVGCanvas(width, height vg.Length) *svgCanvas {
	c := &svgCanvas{width: width, height: height, anchor: "start"}
	vg.Initialize(c)
	return c
}

// svg returns the element with the words for whoever does not see it.
func (c *svgCanvas) svg(title, about string) (string, error) {
	element := fmt.Sprintf("<svg class=\"chart\" role=\"img\" viewBox=\"0 0 %s %s\">\n<title>%s</title>\n<desc>%s</desc>\n%s</svg>\n",
		c.length(c.width), c.length(c.height), escape(title), escape(about), c.out.String())
	if c.err != nil {
		return "", fmt.Errorf("chart %q: %w", title, c.err)
	}
	return element, nil
}

// escape makes text safe in HTML and in XML.
func escape(s string) string {
	return html.EscapeString(strings.ToValidUTF8(s, "\uFFFD"))
}

// fail keeps the first error: drawing has no other way to return one.
func (c *svgCanvas) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

func (c *svgCanvas) Size() (width, height vg.Length) { return c.width, c.height }

func (c *svgCanvas) SetLineWidth(w vg.Length) { c.pen.width = w }

func (c *svgCanvas) SetLineDash(pattern []vg.Length, offset vg.Length) {
	c.pen.dashes, c.pen.offset = pattern, offset
}

func (c *svgCanvas) SetColor(color color.Color) { c.pen.color = color }

// The origin of vg is at the bottom left, y goes up, and angles go against the clock.
// Points are turned over one by one; so are transforms, since text must not be.

func (c *svgCanvas) Rotate(rad float64) {
	c.transform("rotate(%s 0 %s)", c.number(-rad*180/math.Pi), c.length(c.height))
}

func (c *svgCanvas) Translate(by vg.Point) {
	c.transform("translate(%s %s)", c.length(by.X), c.length(-by.Y))
}

func (c *svgCanvas) Scale(x, y float64) {
	c.transform("translate(0 %s) scale(%s %s) translate(0 %s)",
		c.length(c.height), c.number(x), c.number(y), c.length(-c.height))
}

func (c *svgCanvas) transform(format string, args ...any) {
	c.pen.transform = strings.TrimSpace(c.pen.transform + " " + fmt.Sprintf(format, args...))
}

func (c *svgCanvas) Push() { c.saved = append(c.saved, c.pen) }

func (c *svgCanvas) Pop() {
	last := len(c.saved) - 1
	if last < 0 {
		c.fail("nothing was pushed that could be popped")
		return
	}
	c.pen, c.saved = c.saved[last], c.saved[:last]
}

func (c *svgCanvas) Stroke(path vg.Path) {
	if c.pen.width <= 0 || len(path) == 0 {
		return
	}
	c.open("path")
	c.attribute("fill", "none")
	c.attribute("stroke", "currentColor")
	c.attribute("stroke-width", c.length(c.pen.width))
	if len(c.pen.dashes) > 0 {
		var lengths []string
		for _, d := range c.pen.dashes {
			lengths = append(lengths, c.length(d))
		}
		c.attribute("stroke-dasharray", strings.Join(lengths, " "))
		if c.pen.offset != 0 {
			c.attribute("stroke-dashoffset", c.length(c.pen.offset))
		}
	}
	c.attribute("d", c.data(path))
	c.out.WriteString("/>\n")
}

func (c *svgCanvas) Fill(path vg.Path) {
	if len(path) == 0 {
		return
	}
	c.open("path")
	c.attribute("fill", "currentColor")
	c.attribute("d", c.data(path))
	c.out.WriteString("/>\n")
}

func (c *svgCanvas) FillString(f font.Face, at vg.Point, s string) {
	if f.Font.Size <= 0 || s == "" {
		return
	}
	c.open("text")
	c.attribute("fill", "currentColor")
	c.attribute("font-size", c.length(f.Font.Size))
	if c.anchor != "start" {
		c.attribute("text-anchor", c.anchor)
	}
	c.attribute("x", c.length(at.X))
	c.attribute("y", c.length(c.height-at.Y))
	fmt.Fprintf(&c.out, ">%s</text>\n", escape(s))
}

func (c *svgCanvas) DrawImage(vg.Rectangle, image.Image) {
	c.fail("an image cannot be drawn")
}

// open begins an element in the role that is set.
func (c *svgCanvas) open(name string) {
	fmt.Fprintf(&c.out, "<%s", name)
	r, ok := c.pen.color.(role)
	if !ok {
		c.fail("the colour %v has no role", c.pen.color)
	}
	c.attribute("class", string(r))
	if c.pen.transform != "" {
		c.attribute("transform", c.pen.transform)
	}
}

func (c *svgCanvas) attribute(name, value string) {
	fmt.Fprintf(&c.out, " %s=\"%s\"", name, value)
}

// data returns the d attribute of a path.
func (c *svgCanvas) data(path vg.Path) string {
	var d []string
	at := "" // where the pen stands
	for _, part := range path {
		switch part.Type {
		case vg.MoveComp:
			at = c.point(part.Pos)
			d = append(d, "M"+at)
		case vg.LineComp:
			at = c.point(part.Pos)
			d = append(d, "L"+at)
		case vg.ArcComp:
			if start := c.point(onArc(part, 0)); len(d) == 0 {
				d = append(d, "M"+start)
			} else if start != at {
				d = append(d, "L"+start)
			}
			sweep := 0
			if part.Angle < 0 {
				sweep = 1
			}
			// In halves: an arc that ends where it starts would not be drawn.
			for _, share := range [...]float64{0.5, 1} {
				at = c.point(onArc(part, share))
				d = append(d, fmt.Sprintf("A%s %s 0 0 %d %s", c.length(part.Radius), c.length(part.Radius), sweep, at))
			}
		case vg.CurveComp:
			at = c.point(part.Pos)
			switch len(part.Control) {
			case 1:
				d = append(d, "Q"+c.point(part.Control[0])+" "+at)
			case 2:
				d = append(d, "C"+c.point(part.Control[0])+" "+c.point(part.Control[1])+" "+at)
			default:
				c.fail("a curve has %d control points", len(part.Control))
			}
		case vg.CloseComp:
			d = append(d, "Z")
		default:
			c.fail("a path has a part of the unknown type %d", part.Type)
		}
	}
	return strings.Join(d, "")
}

// onArc returns the point after a share of an arc, which is a full circle at most.
func onArc(arc vg.PathComp, share float64) vg.Point {
	angle := max(min(arc.Angle, 2*math.Pi), -2*math.Pi)
	sin, cos := math.Sincos(arc.Start + share*angle)
	return arc.Pos.Add(vg.Point{X: arc.Radius * vg.Length(cos), Y: arc.Radius * vg.Length(sin)})
}

func (c *svgCanvas) point(p vg.Point) string {
	return c.length(p.X) + " " + c.length(c.height-p.Y)
}

func (c *svgCanvas) length(l vg.Length) string { return c.number(l.Points()) }

// number rounds to hundredths, which nobody sees.
func (c *svgCanvas) number(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		c.fail("%v cannot be drawn", v)
		return "0"
	}
	s := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(v, 'f', 2, 64), "0"), ".")
	if s == "-0" || s == "" || s == "-" {
		return "0"
	}
	return s
}

// lettering places text by its anchor and reserves more room than it measures: what
// font the page has is not known here.
type lettering struct {
	draw.PlainTextHandler
	canvas *svgCanvas
}

// roomier is how much wider than the font that is measured others may be.
const roomier = 1.15

func (l lettering) Box(s string, f font.Font) (width, height, depth vg.Length) {
	width, height, depth = l.PlainTextHandler.Box(s, f)
	var squares vg.Length
	for _, c := range s {
		if c >= 0x1100 { // not in that font, and as wide as high in most
			squares += f.Size
		}
	}
	return max(width*roomier, squares), height, depth
}

func (l lettering) Draw(c vg.Canvas, s string, style draw.TextStyle, at vg.Point) {
	switch style.XAlign {
	case draw.XCenter:
		l.canvas.anchor = "middle"
	case draw.XRight:
		l.canvas.anchor = "end"
	}
	style.XAlign = draw.XLeft
	l.PlainTextHandler.Draw(c, s, style, at)
	l.canvas.anchor = "start"
}
