package timestamp

import (
	"math"
	"time"
)

// walls are the clocks of a zone.
type walls struct {
	zone *time.Location

	// east is the offset in [from, to), in seconds as the clocks show them.
	from, to, east int64
}

// offset returns the seconds east of UTC when the clocks show wall, in nanoseconds from 1970. If they
// show wall twice or never, because they are changed, it is the offset before the change.
func (w *walls) offset(wall int64) int64 {
	if w.zone == nil {
		return 0
	}
	seconds := wall / int64(time.Second)
	if wall%int64(time.Second) < 0 {
		seconds--
	}
	if seconds < w.from || seconds >= w.to {
		w.findOffset(seconds)
	}
	return w.east
}

// findOffset finds the offset that applies when clocks show wall, in seconds, and the interval
// in which it applies.
func (w *walls) findOffset(wall int64) {
	// The clocks show one time just before a change and another one just after. The offset
	// before the change applies until the later of both.
	t := time.Unix(wall, 0).In(w.zone)
	for range 4 { // the change is less than a day away
		start, end := t.ZoneBounds()
		_, offset := t.Zone()
		w.from, w.to, w.east = math.MinInt64, math.MaxInt64, int64(offset)
		if !start.IsZero() {
			_, before := start.Add(-time.Second).Zone()
			w.from = start.Unix() + int64(max(before, offset))
		}
		if !end.IsZero() {
			_, after := end.Zone()
			w.to = end.Unix() + int64(max(offset, after))
		}
		switch {
		case wall < w.from:
			t = start.Add(-time.Second)
		case wall >= w.to:
			t = end
		default:
			return
		}
	}
}
