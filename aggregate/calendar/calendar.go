// Package calendar divides time into the windows of a report, on the calendar of a zone.
package calendar

import (
	"fmt"
	"time"
)

// quarter is the unit of the offsets of all time zones in use.
const quarter = 15 * time.Minute

// A Window divides time on the calendar of a zone. The zero Window is the whole input.
type Window struct {
	unit  unit
	count int
}

type unit uint8

const (
	whole unit = iota
	minutes
	hours
	days
	weeks
	months
)

// The windows that divide time into days, ISO weeks and months.
var (
	Day   = Window{days, 1}
	Week  = Window{weeks, 1}
	Month = Window{months, 1}
)

// Windows lists the windows that Parse parses, shortest first.
var Windows = []string{"15m", "1h", "1d", "1w", "1mo"}

// Parse parses a window: 15m, 1h, 1d, 1w (ISO week), 1mo, or "all" for the whole
// input.
func Parse(s string) (Window, error) {
	switch s {
	case "all", "":
		return Window{}, nil
	case "15m":
		return Window{minutes, 15}, nil
	case "1h":
		return Window{hours, 1}, nil
	case "1d":
		return Day, nil
	case "1w":
		return Week, nil
	case "1mo":
		return Month, nil
	}
	return Window{}, fmt.Errorf("%q is not a window: expected one of 15m, 1h, 1d, 1w, 1mo, all", s)
}

// String returns the window in the form that Parse parses.
func (w Window) String() string {
	if w.unit == whole {
		return "all"
	}
	return fmt.Sprintf("%d%s", w.count, [...]string{"", "m", "h", "d", "w", "mo"}[w.unit])
}

// All reports whether the window is the whole input.
func (w Window) All() bool { return w.unit == whole }

// Start returns the first instant of the window that contains t, in the zone of t. On a day
// without a midnight, that is the first instant of the day.
func (w Window) Start(t time.Time) time.Time {
	year, month, day := t.Date()
	switch w.unit {
	case minutes, hours:
		// Computed from the clock's hour, not from the date: in an hour that the clock
		// repeats, a date is ambiguous.
		past := time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
		if w.unit == minutes {
			past %= time.Duration(w.count) * time.Minute
		}
		start := t.Add(-past)
		// Where clocks change by half an hour, an hour may begin with the change.
		for offset(start) != offset(t) {
			start = start.Add(quarter)
		}
		return start
	case days:
		return dayStart(year, month, day, t.Location())
	case weeks:
		return dayStart(year, month, day-(int(t.Weekday())+6)%7, t.Location())
	case months:
		return dayStart(year, month, 1, t.Location())
	}
	return time.Time{}
}

// End returns the first instant after the window that starts at start.
func (w Window) End(start time.Time) time.Time {
	year, month, day := start.Date()
	switch w.unit {
	case minutes:
		return start.Add(time.Duration(w.count) * time.Minute)
	case hours:
		end := start.Add(time.Duration(w.count) * time.Hour)
		if offset(end) == offset(start) && start.Minute() == 0 {
			return end
		}
		for end = start.Add(quarter); w.Start(end).Equal(start); {
			end = end.Add(quarter)
		}
		return end
	case days:
		return dayStart(year, month, day+1, start.Location())
	case weeks:
		return dayStart(year, month, day+7, start.Location())
	case months:
		return dayStart(year, month+1, 1, start.Location())
	}
	return time.Time{}
}

// offset returns the offset of the zone of t in seconds.
func offset(t time.Time) int {
	_, seconds := t.Zone()
	return seconds
}

// dayStart returns the first instant of a day. If clocks are put forward at midnight,
// time.Date returns an instant of the day before, or one hour too late.
func dayStart(year int, month time.Month, day int, zone *time.Location) time.Time {
	t := time.Date(year, month, day, 0, 0, 0, 0, zone)
	want := time.Date(year, month, day, 12, 0, 0, 0, zone).Day()
	for t.Day() != want {
		t = t.Add(quarter)
	}
	for before := t.Add(-quarter); before.Day() == want; before = t.Add(-quarter) {
		t = before
	}
	return t
}
