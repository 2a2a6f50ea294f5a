package typed

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/otlog/otlog/aggregate/calendar"
	"github.com/otlog/otlog/parse/pattern"
)

// Instant parses an instant as people type it, in the zone of now:
//
//   - RFC 3339 (2026-11-16T10:00:00Z); a time without a zone is local, and seconds may be
//     missing,
//   - the first instant of a day (2026-11-16), of a month (2026-11) or of an ISO week
//     (2026-W47),
//   - a period before now (90m, 24h, 7d, 2w), where days are those of the calendar,
//   - now, and the first instant of today, yesterday, this week, last week, this month and
//     last month.
func Instant(s string, now time.Time) (time.Time, error) {
	if t, ok := inWords(s, now); ok {
		return t, nil
	}
	if m := ago.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1]) // at most five digits
		switch m[2] {
		case "w":
			return now.AddDate(0, 0, -7*n), nil
		case "d":
			return now.AddDate(0, 0, -n), nil
		}
		unit := map[string]time.Duration{"h": time.Hour, "m": time.Minute, "s": time.Second}[m[2]]
		return now.Add(-time.Duration(n) * unit), nil
	}
	zone := now.Location()
	if m := isoWeek.FindStringSubmatch(s); m != nil {
		year, _ := strconv.Atoi(m[1])
		week, _ := strconv.Atoi(m[2])
		// 4 January is always in week 1.
		t := calendar.Week.Start(noon(year, time.January, 4+7*(week-1), zone))
		if y, w := t.AddDate(0, 0, 3).ISOWeek(); y != year || w != week {
			return time.Time{}, fmt.Errorf("%d has no week %s", year, m[2])
		}
		return t, nil
	}
	for _, layout := range [...]string{time.DateOnly, "2006-01"} {
		if t, err := time.Parse(layout, s); err == nil {
			return startOfDay(t.Year(), t.Month(), t.Day(), zone), nil
		}
	}
	return parseClock(s, zone)
}

var (
	ago     = pattern.New(`^(\d{1,5})([wdhms])$`)
	isoWeek = pattern.New(`^(\d{4})-[Ww](\d\d)$`)
)

// inWords parses the words for an instant.
func inWords(s string, now time.Time) (t time.Time, ok bool) {
	today, week, month := calendar.Day.Start(now), calendar.Week.Start(now), calendar.Month.Start(now)
	switch strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == ' ' || r == '-' }), " ") {
	case "now":
		return now, true
	case "today":
		return today, true
	case "yesterday":
		return startOfDay(today.Year(), today.Month(), today.Day()-1, now.Location()), true
	case "this week":
		return week, true
	case "last week":
		return startOfDay(week.Year(), week.Month(), week.Day()-7, now.Location()), true
	case "this month":
		return month, true
	case "last month":
		return startOfDay(month.Year(), month.Month()-1, 1, now.Location()), true
	}
	return time.Time{}, false
}

// startOfDay returns the first instant of a day.
func startOfDay(year int, month time.Month, day int, zone *time.Location) time.Time {
	return calendar.Day.Start(noon(year, month, day, zone))
}

// noon returns noon of a day: every day has one.
func noon(year int, month time.Month, day int, zone *time.Location) time.Time {
	return time.Date(year, month, day, 12, 0, 0, 0, zone)
}

// parseClock parses a date and a time of day. A time without a zone that the clock shows
// twice is the earlier of the two.
func parseClock(typed string, zone *time.Location) (time.Time, error) {
	s := strings.ToUpper(strings.Replace(typed, " ", "T", 1))
	for _, layout := range [...]string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.In(zone), nil
		}
	}
	for _, layout := range [...]string{"2006-01-02T15:04:05", "2006-01-02T15:04"} {
		t, err := time.ParseInLocation(layout, s, zone)
		if err != nil {
			continue
		}
		if want, err := time.Parse(layout, s); err == nil && want.Format(time.TimeOnly) != t.Format(time.TimeOnly) {
			return time.Time{}, fmt.Errorf("clocks in %s skip %s", zone, want.Format("2006-01-02 15:04"))
		}
		for _, back := range [...]time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour} {
			if before := t.Add(-back); before.Format(time.DateTime) == t.Format(time.DateTime) {
				return before, nil
			}
		}
		return t, nil
	}
	return time.Time{}, fmt.Errorf("%q is not an instant: expected one like 2026-11-16T10:00:00Z, 2026-11-16, 2026-W47, 7d, 24h, yesterday, \"last week\"", typed)
}
