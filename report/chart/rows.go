package chart

import "github.com/otlog/otlog/report/stats"

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

const (
	rowsWidth, rowHeight = 720, 22
	labelSize            = 12  // letters of row labels
	maxRowLabel          = 465 // width; the rest is for the marks
	labelGap             = 19  // between labels and marks
)

// Estimates draws one row for each estimate, the first on top: a dot with its 95% interval,
// and a ring for the value before. It returns an <svg> element; title and about are its name
// and description.
func Estimates(title, about string, rows []Estimate) (string, error) {
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
	return drawRows(title, about, "", newScale(0, high, 5, percentTick), marks)
}

// Differences draws one row for each difference, the first on top: a dot with its 95%
// interval, and a line at 0. It returns an <svg> element; title and about are its name and
// description.
func Differences(title, about string, rows []Gap) (string, error) {
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
	return drawRows(title, about, "change in percentage points", newScale(low, high, 6, pointsTick), marks)
}

// A mark is a row of either chart.
type mark struct {
	label  string
	after  *stats.Difference // or a rate, as a difference from 0
	before *stats.Rate
	tone   Tone
}

// drawRows draws marks from the top down, each in a row of its own. unit is the name of the
// axis, if it has one; then there is a line at 0.
func drawRows(title, about, unit string, axis scale, marks []mark) (string, error) {
	bottom := float64(rowHeight * max(len(marks), 1))
	c := &canvas{width: rowsWidth, height: bottom + 20}
	if unit != "" {
		c.height += 14
	}
	if len(marks) == 0 {
		return nothing(c, title, about)
	}
	labels := make([]string, len(marks))
	widest := 0.0
	for i, m := range marks {
		labels[i] = cut(m.label, labelSize, maxRowLabel)
		widest = max(widest, widthOf(labels[i], labelSize))
	}
	// Half of the outer tick labels is beside the marks.
	left, right := widest+labelGap, float64(rowsWidth)
	for _, t := range axis.ticks {
		half := widthOf(t.label, tickSize) / 2
		left, right = max(left, half), min(right, rowsWidth-half)
	}
	x := func(v float64) float64 { return left + axis.at(v)*(right-left) }
	y := func(row int) float64 { return rowHeight * (float64(row) + 0.5) }
	c.text(inkClass, tickSize, "middle", at{(left + right) / 2, c.height - descent}, unit)
	for _, t := range axis.ticks {
		c.text(inkClass, tickSize, "middle", at{x(t.value), bottom + 16}, t.label)
	}
	for i, label := range labels {
		c.text(nameClass, labelSize, "end", at{widest, y(i) + middle*labelSize}, label)
	}
	for _, t := range axis.ticks {
		c.line(gridClass, 1, false, at{x(t.value), bottom}, at{x(t.value), 0})
	}
	if unit != "" {
		c.line(inkClass, 1, false, at{x(0), 0}, at{x(0), bottom})
	}
	for i, m := range marks {
		of := seriesClass
		if m.tone == Worse || m.tone == Better {
			of = class(m.tone)
		}
		if m.after != nil {
			c.line(of, 2, false, at{x(m.after.Low), y(i)}, at{x(m.after.High), y(i)})
		}
		if m.before != nil {
			// Larger than the dot, which may lie inside it.
			c.ring(beforeClass, at{x(m.before.Value), y(i)}, 4.25)
		}
		if m.after != nil {
			c.dot(of, at{x(m.after.Value), y(i)}, 3.5)
		}
	}
	return c.svg(title, about)
}
