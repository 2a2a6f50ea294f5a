package chart

import (
	"math"
	"strings"
	"testing"

	"github.com/otlog/otlog/report/stats"
)

// drawn returns the elements on a canvas of 100 by 50 after drawing.
func drawn(t *testing.T, drawing func(c *canvas)) string {
	t.Helper()
	c := &canvas{width: 100, height: 50}
	drawing(c)
	svg, err := c.svg("T", "A")
	if err != nil {
		t.Fatal(err)
	}
	_, inside, _ := strings.Cut(svg, "</desc>\n")
	return strings.TrimSuffix(inside, "</svg>\n")
}

func TestCanvas(t *testing.T) {
	for _, test := range []struct {
		name    string
		drawing func(c *canvas)
		want    string
	}{
		{"in hundredths", func(c *canvas) {
			c.line(seriesClass, 1, false, at{0, 50}, at{100. / 3, 0}, at{1, 2})
		}, `<path class="series" fill="none" stroke="currentColor" stroke-width="1" d="M0 50L33.33 0L1 2"/>`},
		{"dashes", func(c *canvas) {
			c.line(seriesClass, 1.5, true, at{0, 50}, at{1, 50})
		}, `<path class="series" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="3 3" d="M0 50L1 50"/>`},
		{"area", func(c *canvas) {
			c.area(bandClass, at{0, 50}, at{1, 50}, at{1, 0})
		}, `<path class="band" fill="currentColor" d="M0 50L1 50L1 0Z"/>`},
		{"dot", func(c *canvas) {
			c.dot(seriesClass, at{10, 40}, 2)
		}, `<path class="series" fill="currentColor" d="M12 40A2 2 0 0 0 8 40A2 2 0 0 0 12 40Z"/>`},
		{"ring", func(c *canvas) {
			c.ring(beforeClass, at{10, 40}, 2)
		}, `<path class="paper" fill="currentColor" d="M12 40A2 2 0 0 0 8 40A2 2 0 0 0 12 40Z"/>
<path class="before" fill="none" stroke="currentColor" stroke-width="1.5" d="M12 40A2 2 0 0 0 8 40A2 2 0 0 0 12 40Z"/>`},
		{"text", func(c *canvas) {
			c.text(inkClass, 11, "end", at{1, 40}, "<b a=\"'&\">\xff")
			c.text(inkClass, 11, "end", at{1, 40}, "")
		}, `<text class="ink" fill="currentColor" font-size="11" text-anchor="end" x="1" y="40">&lt;b a=&#34;&#39;&amp;&#34;&gt;` + "\uFFFD</text>"},
		{"no zero is below zero", func(c *canvas) {
			c.line(gridClass, 1, false, at{-0.001, 0.001})
		}, `<path class="grid" fill="none" stroke="currentColor" stroke-width="1" d="M0 0"/>`},
	} {
		if got := strings.TrimSuffix(drawn(t, test.drawing), "\n"); got != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, got, test.want)
		}
	}
}

func TestCanvasCannotDraw(t *testing.T) {
	for want, v := range map[string]float64{"NaN": math.NaN(), "+Inf": math.Inf(1), "-Inf": math.Inf(-1)} {
		c := &canvas{width: 100, height: 50}
		c.dot(seriesClass, at{v, 1}, 2)
		if svg, err := c.svg("T", "A"); err == nil || err.Error() != `chart "T": `+want+" cannot be drawn" || svg != "" {
			t.Errorf("%v and %q, want an error for %s", err, svg, want)
		}
	}
}

// TestWidths checks that every printable ASCII character has a width of its own, and the sum
// for a label whose width in Arial is known.
func TestWidths(t *testing.T) {
	for c := ' '; c <= '~'; c++ {
		found := 0
		for _, a := range advances {
			found += strings.Count(a.chars, string(c))
		}
		if found != 1 {
			t.Errorf("%q is in %d classes", c, found)
		}
	}
	// 2026-W48: 6 digits, a hyphen and a W.
	if got, want := widthOf("2026-W48", 1000), 1.15*(6*556+333+944); math.Abs(got-want) > 1e-9 {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := widthOf("漢…", 1000); math.Abs(got-1.15*2000) > 1e-9 {
		t.Errorf("got %v for two wide characters", got)
	}
}

// TestCutBands checks where the edge of a band leaves the picture.
func TestCutBands(t *testing.T) {
	tr := &trend{canvas: &canvas{}, axis: scale{low: 0, high: 0.5}, first: 0, step: 100}
	for _, high := range []float64{0.25, 0.75, 0.25} {
		tr.points = append(tr.points, Point{Rate: &stats.Rate{Value: 0.1, High: high}, Complete: true})
	}
	tr.band(0, 3)
	if got, want := tr.out.String(), "M0 63L50 5L100 5L150 5L200 63L200 121L100 121L0 121Z"; !strings.Contains(got, want) {
		t.Errorf("%s, want %s", got, want)
	}
}
