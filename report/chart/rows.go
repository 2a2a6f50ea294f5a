package chart

import (
	"strings"

	"github.com/otlog/otlog/report/stats"
)

// A Tone says whether a change is good or bad news.
type Tone string

// What a Tone may be. Any other value is neither.
const (
	Worse  Tone = "worse"
	Better Tone = "better"
)

// An Estimate is a row of a chart of rates.
type Estimate struct {
	Label  string
	After  *stats.Rate // nil: unknown
	Before *stats.Rate // nil: unknown
	Tone   Tone
}

// A Gap is a row of a chart of differences.
type Gap struct {
	Label      string
	Difference *stats.Difference // nil: unknown
	Tone       Tone
}

// A Shape is the width of a chart of rows, for which it is drawn: its letters must not shrink.
type Shape uint8

// What a Shape may be.
const (
	Wide   Shape = iota // labels are beside the marks
	Narrow              // labels are above the marks: for a telephone
)

const (
	rowsWidth, rowHeight    = 720, 22 // of the wide shape
	narrowWidth, markHeight = 290, 24 // of the narrow shape
	lineHeight              = 15      // of a label above its mark
	labelSize               = 12      // letters of row labels
	maxRowLabel             = 465     // width; the rest is for the marks
	labelGap                = 19      // between labels and marks
	wideSteps, narrowSteps  = 6, 4    // of the axis, at most
	separator               = " · "   // between the parts of a label
)

// Estimates draws one row for each estimate, the first on top: a dot with its 95% interval,
// and a ring for the value before. It returns an <svg> element; title and about are its name
// and description.
func Estimates(title, about string, rows []Estimate, shape Shape) (string, error) {
	marks := make([]mark, len(rows))
	high := 0.0
	for i, r := range rows {
		marks[i] = mark{label: r.Label, before: r.Before, tone: r.Tone}
		if r.After != nil {
			after := stats.Difference(*r.After)
			marks[i].after = &after
			high = max(high, r.After.High)
		}
		if r.Before != nil {
			high = max(high, r.Before.Value)
		}
	}
	if high == 0 {
		high = leastRate
	}
	return drawRows(title, about, "", newScale(0, high, shape.steps()-1, percentTick), marks, shape)
}

// Differences draws one row for each difference, the first on top: a dot with its 95%
// interval, and a line at 0. It returns an <svg> element; title and about are its name and
// description.
func Differences(title, about string, rows []Gap, shape Shape) (string, error) {
	marks := make([]mark, len(rows))
	low, high := 0.0, 0.0
	for i, r := range rows {
		marks[i] = mark{label: r.Label, after: r.Difference, tone: r.Tone}
		if r.Difference != nil {
			low, high = min(low, r.Difference.Low), max(high, r.Difference.High)
		}
	}
	if low == high {
		low, high = -leastRate, leastRate
	}
	return drawRows(title, about, "change in percentage points", newScale(low, high, shape.steps(), pointsTick), marks, shape)
}

// A mark is a row of either chart.
type mark struct {
	label  string
	after  *stats.Difference // or a rate, as a difference from 0
	before *stats.Rate
	tone   Tone
}

func (s Shape) steps() int {
	if s == Narrow {
		return narrowSteps
	}
	return wideSteps
}

// A place is where a row is drawn.
type place struct {
	lines  []string // of the label
	anchor string
	label  at      // of the first line
	y      float64 // of the mark
}

// placeBeside returns the places of rows whose labels are to the left of the marks, the width of
// the labels, and the lower end of all rows.
func placeBeside(marks []mark) (places []place, widest, bottom float64) {
	for _, m := range marks {
		label := cut(m.label, labelSize, maxRowLabel)
		widest = max(widest, widthOf(label, labelSize))
		y := bottom + rowHeight/2
		places = append(places, place{[]string{label}, "end", at{0, y + middle*labelSize}, y})
		bottom += rowHeight
	}
	for i := range places {
		places[i].label.x = widest
	}
	return places, widest, bottom
}

// placeBelow returns the places of rows whose labels are above the marks, and the lower end of all
// rows.
func placeBelow(marks []mark) (places []place, bottom float64) {
	for _, m := range marks {
		lines := wrap(m.label)
		top := bottom
		bottom += lineHeight*float64(len(lines)) + markHeight
		places = append(places, place{lines, "start", at{0, top + labelSize}, bottom - markHeight + 7})
	}
	return places, bottom
}

// wrap returns the lines of a label above its mark. A label that is too wide has a line for each of
// its parts, and one of these may break at its last space.
func wrap(label string) []string {
	wide := func(s string) bool { return widthOf(s, labelSize) > narrowWidth }
	parts := []string{label}
	if wide(label) {
		parts = strings.SplitN(label, separator, 2)
	}
	var lines []string
	for _, part := range parts {
		if space := strings.LastIndexByte(part, ' '); space > 0 && wide(part) {
			lines, part = append(lines, cut(part[:space], labelSize, narrowWidth)), part[space+1:]
		}
		lines = append(lines, cut(part, labelSize, narrowWidth))
	}
	return lines
}

// drawRows draws marks from the top down, each in a row of its own. unit is the name of the
// axis, if it has one; then there is a line at 0.
func drawRows(title, about, unit string, axis scale, marks []mark, shape Shape) (string, error) {
	c := &canvas{width: rowsWidth, height: rowHeight}
	left := 0.0
	var places []place
	if shape == Narrow {
		c.width = narrowWidth
		places, c.height = placeBelow(marks)
	} else if len(marks) > 0 {
		places, left, c.height = placeBeside(marks)
		left += labelGap
	}
	bottom := c.height
	if c.height += 20; unit != "" {
		c.height += 14
	}
	if len(marks) == 0 {
		return nothing(c, title, about)
	}
	// Half of the outer tick labels is beside the marks.
	right := c.width
	for _, t := range axis.ticks {
		half := widthOf(t.label, tickSize) / 2
		left, right = max(left, half), min(right, c.width-half)
	}
	x := func(v float64) float64 { return left + axis.at(v)*(right-left) }
	c.text(inkClass, tickSize, "middle", at{(left + right) / 2, c.height - descent}, unit)
	for _, t := range axis.ticks {
		c.text(inkClass, tickSize, "middle", at{x(t.value), bottom + 16}, t.label)
	}
	for _, t := range axis.ticks {
		c.line(gridClass, 1, false, at{x(t.value), bottom}, at{x(t.value), 0})
	}
	if unit != "" {
		c.line(inkClass, 1, false, at{x(0), 0}, at{x(0), bottom})
	}
	for _, p := range places {
		for i, line := range p.lines {
			c.text(nameClass, labelSize, p.anchor, at{p.label.x, p.label.y + lineHeight*float64(i)}, line)
		}
	}
	for i, m := range marks {
		of, y := seriesClass, places[i].y
		if m.tone == Worse || m.tone == Better {
			of = class(m.tone)
		}
		if m.after != nil {
			c.line(of, 2, false, at{x(m.after.Low), y}, at{x(m.after.High), y})
		}
		if m.before != nil {
			// Larger than the dot, which may lie inside it.
			c.ring(beforeClass, at{x(m.before.Value), y}, 4.25)
		}
		if m.after != nil {
			c.dot(of, at{x(m.after.Value), y}, 3.5)
		}
	}
	return c.svg(title, about)
}
