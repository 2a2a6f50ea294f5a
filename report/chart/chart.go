// Package chart draws rates and differences as plain SVG for a page with a strict policy:
// elements with classes, which the stylesheet of the page colours, and no styles, scripts or
// references. All text is escaped.
package chart

import (
	"slices"

	"github.com/otlog/otlog/report/stats"
)

// A Point is a rate in a window of a trend.
type Point struct {
	Label    string      // of the window
	Rate     *stats.Rate // nil: unknown, a gap in the line
	Complete bool        // an incomplete window has a ring, and a dashed line to it
}

const (
	trendWidth, trendHeight = 290, 140
	trendTop, trendBottom   = 5, 121 // of the marks
	tickSize                = 11     // letters of tick labels
	tickGap                 = 5.5    // between tick labels and marks
	middle                  = 0.36   // from the middle of digits and capitals down to the baseline, in sizes
	descent                 = 3.4    // from the baseline of tick labels down to the edge

	maxTrendLabel = 110 // width of a window's label
	maxTrendNames = 8   // windows that are labelled
	maxTrendDots  = 20  // points with a dot; more would hide the line

	// The axis of a trend ends at maxReach times the largest rate, and ignores the
	// intervals of incomplete windows. Higher intervals are cut off: one window with three
	// sessions must not flatten all others.
	maxReach = 3

	// leastRate is where an axis ends if no rate is above 0.
	leastRate = 0.01
)

// Trend draws rates over windows: a line over a band of 95% intervals. A point without
// neighbours or of an incomplete window has a bar instead of the band. Trend returns an
// <svg> element; title and about are its name and description.
func Trend(title, about string, points []Point) (string, error) {
	c := &canvas{width: trendWidth, height: trendHeight}
	known := false
	for _, p := range points {
		known = known || p.Rate != nil
	}
	if !known {
		return nothing(c, title, about)
	}
	t := newTrend(c, points)
	for i := 0; i < len(points); i++ {
		from := i
		for i < len(points) && points[i].Rate != nil {
			i++
		}
		if from < i {
			t.run(from, i)
		}
	}
	return c.svg(title, about)
}

// nothing finishes a picture without marks.
func nothing(c *canvas, title, about string) (string, error) {
	c.text(inkClass, tickSize, "middle", at{c.width / 2, c.height/2 + middle*tickSize}, "nothing to show")
	return c.svg(title, about)
}

// A trend is a picture of points, whose axes are drawn already.
type trend struct {
	*canvas
	points      []Point
	axis        scale
	first, step float64 // x of the first point, and from each to the next
}

func newTrend(c *canvas, points []Point) *trend {
	t := &trend{canvas: c, points: points, axis: newScale(0, reach(points), 3, percentTick)}
	labels := windowLabels(points)
	left := 0.0
	for _, tick := range t.axis.ticks {
		left = max(left, widthOf(tick.label, tickSize)+tickGap)
	}
	// Half of the outer labels is beside the outer points.
	const margin = 4 // of the marks
	last := len(points) - 1
	half := func(i int) float64 { return widthOf(labels[i], tickSize) / 2 }
	left = max(left, half(0)-margin)
	right := float64(trendWidth) - max(half(last)-margin, 0)
	t.first = left + margin
	if last > 0 {
		t.step = (right - left - 2*margin) / float64(last)
	} else {
		t.first = (left + right) / 2
	}
	for i, label := range labels {
		t.text(inkClass, tickSize, "middle", at{t.x(i), trendHeight - descent}, label)
	}
	for _, tick := range t.axis.ticks {
		t.text(inkClass, tickSize, "end", at{left - tickGap, t.y(tick.value) + middle*tickSize}, tick.label)
	}
	for _, tick := range t.axis.ticks {
		t.line(gridClass, 1, false, at{left, t.y(tick.value)}, at{right, t.y(tick.value)})
	}
	return t
}

func (t *trend) x(i int) float64 { return t.first + float64(i)*t.step }

func (t *trend) y(rate float64) float64 {
	return trendBottom - t.axis.at(rate)*(trendBottom-trendTop)
}

// run draws the points from one index up to another, all of which have a rate.
func (t *trend) run(from, to int) {
	for i := from; i < to; {
		first := i
		for i++; i < to && t.points[i-1].Complete && t.points[i].Complete; i++ {
		}
		t.band(first, i)
	}
	line := make([]at, 0, to-from)
	for i := from; i < to; i++ {
		line = append(line, at{t.x(i), t.y(t.points[i].Rate.Value)})
	}
	dashed := func(i int) bool { return !t.points[i-1].Complete || !t.points[i].Complete }
	for i := from + 1; i < to; {
		first := i - 1
		for i++; i < to && dashed(i) == dashed(first+1); i++ {
		}
		t.line(seriesClass, 1.75, dashed(first+1), line[first-from:i-from]...)
	}
	for i := from; i < to; i++ {
		if t.points[i].Complete && (to-from == 1 || len(t.points) <= maxTrendDots) {
			t.dot(seriesClass, line[i-from], 2.5)
		}
	}
	for i := from; i < to; i++ {
		if !t.points[i].Complete {
			t.ring(seriesClass, line[i-from], 2.75)
		}
	}
}

// band draws the intervals of the points from one index up to another, cut off at the end of
// the axis.
func (t *trend) band(from, to int) {
	var upper, lower []at
	for i := from; i < to; i++ {
		rate, end := t.points[i].Rate, t.axis.high
		if i > from {
			if before := t.points[i-1].Rate.High; (before > end) != (rate.High > end) {
				upper = append(upper, at{t.x(i-1) + t.step*(end-before)/(rate.High-before), trendTop})
			}
		}
		upper = append(upper, at{t.x(i), t.y(min(rate.High, end))})
		lower = append(lower, at{t.x(i), t.y(rate.Low)})
	}
	slices.Reverse(lower)
	if outline := append(upper, lower...); to-from == 1 {
		t.line(bandClass, 3, false, outline...)
	} else {
		t.area(bandClass, outline...)
	}
}

// reach returns the value up to which the axis of a trend has to go.
func reach(points []Point) float64 {
	var rate, complete, any float64
	for _, p := range points {
		if p.Rate == nil {
			continue
		}
		rate, any = max(rate, p.Rate.Value), max(any, p.Rate.High)
		if p.Complete {
			complete = max(complete, p.Rate.High)
		}
	}
	if complete == 0 {
		complete = any
	}
	if rate == 0 {
		return max(complete, leastRate)
	}
	return max(rate, min(complete, maxReach*rate))
}

// windowLabels returns the label of each point, "" for most if there are many: the first, the
// last and evenly spaced ones between have one.
func windowLabels(points []Point) []string {
	labels := make([]string, len(points))
	widest := 0.0
	for i, p := range points {
		labels[i] = cut(p.Label, tickSize, maxTrendLabel)
		widest = max(widest, widthOf(labels[i], tickSize))
	}
	const room, apart = trendWidth - 50, 8
	last := len(points) - 1
	steps := max(min(last, maxTrendNames-1, int(room/(widest+apart))), min(last, 1))
	if steps > 0 {
		steps = evenSteps(last, steps)
	}
	shown := make([]string, len(points))
	for i := range steps + 1 {
		n := (i*last + steps/2) / max(steps, 1)
		shown[n] = labels[n]
	}
	return shown
}

// evenSteps returns a number of steps, at most so many, that divides a length into equal
// whole numbers; or, if that were far fewer steps, into nearly equal ones.
func evenSteps(length, most int) int {
	for n := most; n > 2 && 2*n > most; n-- {
		if length%n == 0 {
			return n
		}
	}
	stride := (length + most - 1) / most
	return length / stride
}
