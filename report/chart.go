package report

import (
	"math"
	"strconv"

	"github.com/otlog/otlog/report/stats"
	"github.com/otlog/otlog/report/words"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A chart is a picture with words for whoever does not see it.
type chart struct {
	title string // what is drawn
	about string // what it shows: the worst value, the range
	svg   string // the whole element; which classes it has is told at role
}

// A point is a rate in a window of a trend.
type point struct {
	label    string      // of the window
	rate     *stats.Rate // nil if it has none: a gap in the line
	complete bool        // otherwise drawn hollow, and the line to it dashed
}

// An estimate is a row of a chart of rates.
type estimate struct {
	label  string
	after  *stats.Rate // nil: not known
	before *stats.Rate // nil: not known
	tone   tone        // worse, better or ""
}

// A gap is a row of a chart of differences.
type gap struct {
	label      string
	difference *stats.Difference // nil: not known
	tone       tone              // worse, better or ""
}

const (
	trendWidth, trendHeight = 300, 140
	rowsWidth, rowHeight    = 720, 22
	tickSize, labelSize     = 11, 12 // of letters

	maxLabelRunes = 60
	maxRowLabel   = 460 // width; the rest is for what is drawn
	maxTrendLabel = 110
	maxTrendNames = 8  // windows that are named
	maxTrendDots  = 20 // points that have a dot; more would hide the line

	// maxReach is how many times the largest rate the axis of a trend goes up to. It
	// does not go up for incomplete windows' intervals at all. What is above is cut
	// off: a window with three sessions would press all others flat.
	maxReach = 3

	// leastRate is where an axis ends if no rate is above 0.
	leastRate = 0.01
)

// trendChart draws rates over windows: a line, and behind it the 95 % intervals as a
// band, or as a bar where a point has no neighbour or its window is not complete.
func trendChart(title, about string, points []point) (chart, error) {
	canvas := newSVGCanvas(trendWidth, trendHeight)
	p := newPlot(canvas, plotter.Grid{Horizontal: draw.LineStyle{Color: roleGrid, Width: 1}})
	empty := true
	for i := 0; i < len(points); i++ {
		from := i
		for i < len(points) && points[i].rate != nil {
			i++
		}
		if from < i {
			empty = false
			if err := addRun(p, points[from:i], from, len(points)); err != nil {
				return chart{}, err
			}
		}
	}
	// Axes are set when all is added, for that stretches them.
	p.Y.Padding = 2
	setScale(&p.Y, 0, reach(points), 3, percentTick)
	last := float64(max(len(points)-1, 0))
	margin := last / 60
	if last == 0 {
		margin = 1
	}
	p.X.Min, p.X.Max = -margin, last+margin
	p.X.Padding = 7
	ticks := windowTicks(p, points)
	p.X.Tick.Marker = ticks
	if len(ticks) > 0 {
		// Half of the first label is left of the first point.
		var room vg.Length
		for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
			room = max(room, p.Y.Tick.Label.Width(t.Label))
		}
		p.Y.Padding = max(2, p.X.Tick.Label.Width(ticks[0].Label)/2-room)
	}
	return finish(canvas, p, title, about, empty)
}

// reach returns how far up the axis of a trend has to go.
func reach(points []point) float64 {
	var rate, complete, any float64
	for _, pt := range points {
		if pt.rate == nil {
			continue
		}
		rate, any = max(rate, pt.rate.Value), max(any, pt.rate.High)
		if pt.complete {
			complete = max(complete, pt.rate.High)
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

// addRun adds points that follow one another without a gap, the first of which is
// at x, and all of which there are so many.
func addRun(p *plot.Plot, run []point, x, all int) error {
	line := make(plotter.XYs, len(run))
	var solid, hollow plotter.XYs
	for i, pt := range run {
		line[i] = plotter.XY{X: float64(x + i), Y: pt.rate.Value}
		switch {
		case !pt.complete:
			hollow = append(hollow, line[i])
		case len(run) == 1 || all <= maxTrendDots:
			solid = append(solid, line[i])
		}
	}
	for i := 0; i < len(run); {
		from := i
		for i++; i < len(run) && run[i-1].complete && run[i].complete; i++ {
		}
		if err := addBand(p, run[from:i], x+from); err != nil {
			return err
		}
	}
	for i := 1; i < len(run); {
		from, dashed := i-1, !run[i-1].complete || !run[i].complete
		for i < len(run) && dashed == (!run[i-1].complete || !run[i].complete) {
			i++
		}
		style := draw.LineStyle{Color: roleSeries, Width: 1.75}
		if dashed {
			style.Dashes = []vg.Length{3, 3}
		}
		if err := addLine(p, line[from:i], style); err != nil {
			return err
		}
	}
	if err := addDots(p, solid, draw.GlyphStyle{Color: roleSeries, Radius: 2.5, Shape: draw.CircleGlyph{}}); err != nil {
		return err
	}
	return addDots(p, hollow, draw.GlyphStyle{Color: roleSeries, Radius: 2.75, Shape: hollowGlyph{}})
}

// addBand adds the intervals of points that follow one another.
func addBand(p *plot.Plot, run []point, x int) error {
	outline := make(plotter.XYs, 2*len(run))
	for i, pt := range run {
		outline[i] = plotter.XY{X: float64(x + i), Y: pt.rate.High}
		outline[len(outline)-1-i] = plotter.XY{X: float64(x + i), Y: pt.rate.Low}
	}
	if len(run) == 1 {
		return addLine(p, outline, draw.LineStyle{Color: roleBand, Width: 3})
	}
	area, err := plotter.NewPolygon(outline)
	if err != nil {
		return err
	}
	area.Color, area.LineStyle.Width = roleBand, 0
	p.Add(area)
	return nil
}

// windowTicks names the first window, the last, and as many between as there is
// room for, evenly.
func windowTicks(p *plot.Plot, points []point) plot.ConstantTicks {
	last := len(points) - 1
	if last < 0 {
		return nil
	}
	labels := make([]string, len(points))
	var widest vg.Length
	for i, pt := range points {
		labels[i] = cut(pt.label, p.X.Tick.Label, maxTrendLabel)
		widest = max(widest, p.X.Tick.Label.Width(labels[i]))
	}
	const room, apart = trendWidth - 50, 8
	steps := min(last, maxTrendNames-1, int(room/(widest+apart)))
	steps = max(steps, min(last, 1))
	if steps > 0 {
		steps = evenSteps(last, steps)
	}
	var ticks plot.ConstantTicks
	for i := range steps + 1 {
		at := 0
		if steps > 0 {
			at = (i*last + steps/2) / steps
		}
		if labels[at] != "" {
			ticks = append(ticks, plot.Tick{Value: float64(at), Label: labels[at]})
		}
	}
	return ticks
}

// evenSteps returns how many steps, at most so many, divide a length into whole numbers
// that are the same, or if that were far fewer, about the same.
func evenSteps(length, most int) int {
	for n := most; n > 2 && 2*n > most; n-- {
		if length%n == 0 {
			return n
		}
	}
	stride := (length + most - 1) / most
	return length / stride
}

// estimatesChart draws a row for each estimate, the first on top: a dot with its
// 95 % interval, and a hollow one for what was before.
func estimatesChart(title, about string, rows []estimate) (chart, error) {
	marks := make([]chartRow, len(rows))
	high := 0.0
	for i, r := range rows {
		marks[i] = chartRow{label: r.label, before: r.before, tone: r.tone}
		if r.after != nil {
			after := stats.Difference(*r.after)
			marks[i].after = &after
			high = max(high, r.after.High)
		}
		if r.before != nil {
			high = max(high, r.before.Value)
		}
	}
	if high == 0 {
		high = leastRate
	}
	canvas := newSVGCanvas(rowsWidth, vg.Length(max(len(rows), 1)*rowHeight)+20)
	p := newPlot(canvas, rowsGrid())
	if err := addMarks(p, marks); err != nil {
		return chart{}, err
	}
	setScale(&p.X, 0, high, 5, percentTick)
	return finish(canvas, p, title, about, len(rows) == 0)
}

// differencesChart draws a row for each difference, the first on top: a dot with its
// 95 % interval, and a line at 0.
func differencesChart(title, about string, rows []gap) (chart, error) {
	marks := make([]chartRow, len(rows))
	low, high := 0.0, 0.0
	for i, r := range rows {
		marks[i] = chartRow{label: r.label, after: r.difference, tone: r.tone}
		if r.difference != nil {
			low, high = min(low, r.difference.Low), max(high, r.difference.High)
		}
	}
	if low == high {
		low, high = -leastRate, leastRate
	}
	canvas := newSVGCanvas(rowsWidth, vg.Length(max(len(rows), 1)*rowHeight)+36)
	p := newPlot(canvas, rowsGrid())
	zero := plotter.XYs{{X: 0, Y: 0.5}, {X: 0, Y: 0.5 - float64(len(rows))}}
	if err := addLine(p, zero, draw.LineStyle{Color: roleInk, Width: 1}); err != nil {
		return chart{}, err
	}
	if err := addMarks(p, marks); err != nil {
		return chart{}, err
	}
	p.X.Label.Text = "percentage points, after minus before"
	p.X.Label.Padding = 2
	setScale(&p.X, low, high, 6, pointsTick)
	return finish(canvas, p, title, about, len(rows) == 0)
}

// A chartRow is a row of either chart.
type chartRow struct {
	label  string
	after  *stats.Difference // or a rate, which is one from 0
	before *stats.Rate
	tone   tone
}

func rowsGrid() plotter.Grid {
	return plotter.Grid{Vertical: draw.LineStyle{Color: roleGrid, Width: 1}}
}

// addMarks draws rows from the top down, each one unit of the y axis high.
func addMarks(p *plot.Plot, marks []chartRow) error {
	ticks := make(plot.ConstantTicks, 0, len(marks))
	style := &p.Y.Tick.Label
	style.Font.Size, style.Color = labelSize, roleName
	for i, m := range marks {
		y := -float64(i)
		if label := cut(m.label, *style, maxRowLabel); label != "" {
			ticks = append(ticks, plot.Tick{Value: y, Label: label})
		}
		color := roleSeries
		switch m.tone {
		case "worse":
			color = roleWorse
		case "better":
			color = roleBetter
		}
		if m.after != nil {
			interval := plotter.XYs{{X: m.after.Low, Y: y}, {X: m.after.High, Y: y}}
			if err := addLine(p, interval, draw.LineStyle{Color: color, Width: 2}); err != nil {
				return err
			}
		}
		if m.before != nil {
			// Larger than the other, which then is seen inside of it.
			dot := draw.GlyphStyle{Color: roleBefore, Radius: 4.25, Shape: hollowGlyph{}}
			if err := addDots(p, plotter.XYs{{X: m.before.Value, Y: y}}, dot); err != nil {
				return err
			}
		}
		if m.after != nil {
			dot := draw.GlyphStyle{Color: color, Radius: 3.5, Shape: draw.CircleGlyph{}}
			if err := addDots(p, plotter.XYs{{X: m.after.Value, Y: y}}, dot); err != nil {
				return err
			}
		}
	}
	p.Y.Tick.Marker = ticks
	p.Y.Min, p.Y.Max = 0.5-float64(max(len(marks), 1)), 0.5
	p.Y.Padding = 12
	p.X.Padding = 5
	return nil
}

// newPlot returns a plot without all that is drawn by default: a background, lines
// along the axes, ticks.
func newPlot(canvas *svgCanvas, grid plotter.Grid) *plot.Plot {
	p := plot.New()
	p.Add(&grid) // below all else
	p.BackgroundColor = nil
	letters := lettering{PlainTextHandler: draw.PlainTextHandler{Fonts: font.DefaultCache}, canvas: canvas}
	for _, axis := range [...]*plot.Axis{&p.X, &p.Y} {
		axis.LineStyle.Width, axis.Tick.Length = 0, 0
		for _, style := range [...]*draw.TextStyle{&axis.Label.TextStyle, &axis.Tick.Label} {
			style.Color, style.Handler = roleInk, letters
			style.Font = font.Font{Typeface: "Liberation", Variant: "Sans", Size: tickSize}
		}
	}
	// Digits and capitals have no descenders: their middle is above that of the line.
	p.Y.Tick.Label.YAlign = -0.59
	return p
}

// finish draws the plot, or says that it is empty.
func finish(canvas *svgCanvas, p *plot.Plot, title, about string, empty bool) (chart, error) {
	if area := draw.New(canvas); empty {
		area.FillText(p.X.Tick.Label, area.Center(), "nothing to show")
	} else {
		p.Draw(area)
	}
	svg, err := canvas.svg(words.Printable(title), words.Printable(about))
	if err != nil {
		return chart{}, err
	}
	return chart{title: title, about: about, svg: svg}, nil
}

func addLine(p *plot.Plot, xys plotter.XYs, style draw.LineStyle) error {
	line, err := plotter.NewLine(xys)
	if err != nil {
		return err
	}
	line.LineStyle = style
	p.Add(line)
	return nil
}

func addDots(p *plot.Plot, xys plotter.XYs, style draw.GlyphStyle) error {
	dots, err := plotter.NewScatter(xys)
	if err != nil {
		return err
	}
	dots.GlyphStyle = style
	p.Add(dots)
	return nil
}

// A hollowGlyph is a ring through which nothing is seen.
type hollowGlyph struct{}

func (hollowGlyph) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	c.SetColor(rolePaper)
	draw.CircleGlyph{}.DrawGlyph(c, style, at)
	c.SetLineStyle(draw.LineStyle{Color: style.Color, Width: 1.5})
	var ring vg.Path
	ring.Arc(at, style.Radius, 0, 2*math.Pi)
	ring.Close()
	c.Stroke(ring)
}

// setScale makes an axis go from low, which is 0 or less, to high, which is 0 or
// more, or as far beyond as the next round numbers are. It has at most so many steps,
// and not much less.
func setScale(axis *plot.Axis, low, high float64, steps int, label func(v float64, digits int) string) {
	for exponent := int(math.Floor(math.Log10((high - low) / float64(steps)))); ; exponent++ {
		for _, factor := range [...]float64{1, 2, 2.5, 5} {
			step := factor * math.Pow10(exponent)
			// What is a round number already must not be pushed on by rounding.
			first, last := math.Floor(low/step+1e-9), math.Ceil(high/step-1e-9)
			if last-first > float64(steps) {
				continue
			}
			digits := max(-exponent-2, 0) // in percent
			if factor == 2.5 {
				digits = max(-exponent-1, 0)
			}
			var ticks plot.ConstantTicks
			for i := first; i <= last; i++ {
				ticks = append(ticks, plot.Tick{Value: i * step, Label: label(i*step, digits)})
			}
			axis.Tick.Marker = ticks
			// Nor must what is at an end fall over it.
			axis.Min, axis.Max = (first-1e-9)*step, (last+1e-9)*step
			return
		}
	}
}

func percentTick(v float64, digits int) string {
	if v == 0 {
		digits = 0
	}
	return strconv.FormatFloat(100*v, 'f', digits, 64) + " %"
}

func pointsTick(v float64, digits int) string {
	s := strconv.FormatFloat(100*math.Abs(v), 'f', digits, 64)
	switch {
	case v > 0:
		return "+" + s
	case v < 0:
		return "−" + s
	}
	return "0"
}

// cut makes a label of strangers fit.
func cut(label string, style draw.TextStyle, width vg.Length) string {
	runes := []rune(words.Printable(label))
	for n := min(len(runes), maxLabelRunes); ; n-- {
		s := string(runes[:n])
		if n < len(runes) {
			s = string(runes[:max(n-1, 0)]) + "…"
		}
		if n <= 1 || style.Width(s) <= width {
			return s
		}
	}
}
