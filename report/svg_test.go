package report

import (
	"image/color"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// drawn returns what a canvas of 100 by 50 holds after drawing in a role.
func drawn(t *testing.T, drawing func(c *svgCanvas)) string {
	t.Helper()
	c := newSVGCanvas(100, 50)
	c.SetColor(roleSeries)
	drawing(c)
	svg, err := c.svg("T", "A")
	if err != nil {
		t.Fatal(err)
	}
	_, inside, _ := strings.Cut(svg, "</desc>\n")
	return strings.TrimSuffix(inside, "</svg>\n")
}

func line(points ...vg.Point) vg.Path {
	var p vg.Path
	p.Move(points[0])
	for _, at := range points[1:] {
		p.Line(at)
	}
	return p
}

func TestSVGCanvas(t *testing.T) {
	letters := font.Face{Font: font.Font{Size: 11}}
	for _, test := range []struct {
		name    string
		drawing func(c *svgCanvas)
		want    string
	}{
		{"y goes up, in hundredths", func(c *svgCanvas) {
			c.Stroke(line(vg.Point{X: 0, Y: 0}, vg.Point{X: 100. / 3, Y: 50}))
		}, `<path class="series" fill="none" stroke="currentColor" stroke-width="1" d="M0 50L33.33 0"/>`},
		{"dashes", func(c *svgCanvas) {
			c.SetLineWidth(1.5)
			c.SetLineDash([]vg.Length{3, 2}, 1)
			c.Stroke(line(vg.Point{X: 0, Y: 0}, vg.Point{X: 1, Y: 0}))
		}, `<path class="series" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="3 2" stroke-dashoffset="1" d="M0 50L1 50"/>`},
		{"no width, no line", func(c *svgCanvas) {
			c.SetColor(color.Black)
			c.SetLineWidth(0)
			c.Stroke(line(vg.Point{X: 0, Y: 0}, vg.Point{X: 1, Y: 0}))
			c.Stroke(nil)
			c.Fill(nil)
			c.FillString(letters, vg.Point{}, "")
			c.FillString(font.Face{}, vg.Point{}, "x")
		}, ``},
		{"circle", func(c *svgCanvas) {
			var p vg.Path
			p.Move(vg.Point{X: 12, Y: 10})
			p.Arc(vg.Point{X: 10, Y: 10}, 2, 0, 2*math.Pi)
			p.Close()
			c.Fill(p)
		}, `<path class="series" fill="currentColor" d="M12 40A2 2 0 0 0 8 40A2 2 0 0 0 12 40Z"/>`},
		{"arcs with the clock, and after a line", func(c *svgCanvas) {
			var p vg.Path
			p.Arc(vg.Point{X: 10, Y: 10}, 2, 0, -math.Pi)
			p.Arc(vg.Point{X: 20, Y: 10}, 2, math.Pi, math.Pi)
			c.Fill(p)
		}, `<path class="series" fill="currentColor" d="M12 40A2 2 0 0 1 10 42A2 2 0 0 1 8 40L18 40A2 2 0 0 0 20 42A2 2 0 0 0 22 40"/>`},
		{"curves", func(c *svgCanvas) {
			p := line(vg.Point{X: 0, Y: 0})
			p.QuadTo(vg.Point{X: 1, Y: 1}, vg.Point{X: 2, Y: 0})
			p.CubeTo(vg.Point{X: 3, Y: 1}, vg.Point{X: 4, Y: 1}, vg.Point{X: 5, Y: 0})
			c.Fill(p)
		}, `<path class="series" fill="currentColor" d="M0 50Q1 49 2 50C3 49 4 49 5 50"/>`},
		{"text", func(c *svgCanvas) {
			c.FillString(letters, vg.Point{X: 1, Y: 10}, "<b a=\"'&\">\xff")
		}, `<text class="series" fill="currentColor" font-size="11" x="1" y="40">&lt;b a=&#34;&#39;&amp;&#34;&gt;` + "\uFFFD</text>"},
		{"transforms, which Pop ends", func(c *svgCanvas) {
			c.Push()
			c.SetColor(roleInk)
			c.Rotate(math.Pi / 2)
			c.Translate(vg.Point{X: 3, Y: 4})
			c.FillString(letters, vg.Point{X: 1, Y: 10}, "x")
			c.Pop()
			c.Scale(2, 3)
			c.FillString(letters, vg.Point{X: 1, Y: 10}, "y")
		}, `<text class="ink" transform="rotate(-90 0 50) translate(3 -4)" fill="currentColor" font-size="11" x="1" y="40">x</text>
<text class="series" transform="translate(0 50) scale(2 3) translate(0 -50)" fill="currentColor" font-size="11" x="1" y="40">y</text>`},
		{"no zero is below zero", func(c *svgCanvas) {
			c.Fill(line(vg.Point{X: -0.001, Y: 50.001}))
		}, `<path class="series" fill="currentColor" d="M0 0"/>`},
	} {
		if got := strings.TrimSuffix(drawn(t, test.drawing), "\n"); got != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, got, test.want)
		}
	}
}

func TestSVGCanvasCannot(t *testing.T) {
	dot := line(vg.Point{X: 1, Y: 1})
	for want, drawing := range map[string]func(c *svgCanvas){
		"has no role":      func(c *svgCanvas) { c.SetColor(color.Black); c.Fill(dot) },
		"<nil> has no":     func(c *svgCanvas) { c.SetColor(nil); c.Stroke(dot) },
		"an image":         func(c *svgCanvas) { c.DrawImage(vg.Rectangle{}, nil) },
		"nothing was":      func(c *svgCanvas) { c.Pop() },
		"NaN cannot":       func(c *svgCanvas) { c.Fill(line(vg.Point{X: vg.Length(math.NaN())})) },
		"+Inf cannot":      func(c *svgCanvas) { c.Scale(math.Inf(1), 1) },
		"unknown type 9":   func(c *svgCanvas) { c.Fill(vg.Path{{Type: 9}}) },
		"0 control points": func(c *svgCanvas) { c.Fill(vg.Path{{Type: vg.CurveComp}}) },
	} {
		c := newSVGCanvas(100, 50)
		c.SetColor(roleSeries)
		drawing(c)
		if svg, err := c.svg("T", "A"); err == nil || !strings.Contains(err.Error(), want) || svg != "" {
			t.Errorf("%v and %q, want an error with %q and nothing", err, svg, want)
		}
	}
}
