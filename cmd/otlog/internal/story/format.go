package story

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/otlog/otlog/report/words"
)

// shortNames returns a short name for each source: as many of its last parts as make it the only one.
func shortNames(sources []string) map[string]string {
	out := map[string]string{}
	for _, s := range sources {
		parts := strings.Split(s, "/")
		for n := 1; n <= len(parts); n++ {
			out[s] = strings.Join(parts[len(parts)-n:], "/")
			if !slices.ContainsFunc(sources, func(other string) bool { return other != s && strings.HasSuffix("/"+other, "/"+out[s]) }) {
				break
			}
		}
	}
	return out
}

// offset formats a distance from the start: +1.204 s, +1:02.345, +1:02:03.456, +2 d 1:02:03.456.
func offset(ms int64) string {
	sign := "+"
	if ms < 0 {
		sign, ms = "-", -ms
	}
	switch {
	case ms < 60_000:
		return fmt.Sprintf("%s%d.%03d s", sign, ms/1000, ms%1000)
	case ms < 3_600_000:
		return fmt.Sprintf("%s%d:%02d.%03d", sign, ms/60_000, ms/1000%60, ms%1000)
	}
	days := ""
	if d := ms / 86_400_000; d > 0 {
		days = fmt.Sprintf("%d d ", d)
	}
	return fmt.Sprintf("%s%s%d:%02d:%02d.%03d", sign, days, ms/3_600_000%24, ms/60_000%60, ms/1000%60, ms%1000)
}

// duration formats a duration: 0.204 s, 15.0 s, 2 min 14 s, 1 h 2 min, 3 d 4 h.
func duration(ms int64) string {
	switch s := ms / 1000; {
	case ms < 10_000:
		return fmt.Sprintf("%d.%03d s", s, ms%1000)
	case s < 60:
		return fmt.Sprintf("%d.%d s", s, ms/100%10)
	case s < 3600:
		return fmt.Sprintf("%d min %d s", s/60, s%60)
	case s < 48*3600:
		return fmt.Sprintf("%d h %d min", s/3600, s/60%60)
	default:
		return fmt.Sprintf("%d d %d h", s/86_400, s/3600%24)
	}
}

// instant formats the start of a session as written in JSON.
func instant(s string, clockOnly bool) string {
	if clockOnly {
		return s + " (no record has a date)"
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return s
	}
	zone := "UTC"
	if _, seconds := t.Zone(); seconds != 0 {
		zone = t.Format("-07:00")
	}
	return t.Format("2006-01-02 15:04:05.000 ") + zone
}

// minute formats an instant of JSON to the minute.
func minute(s string) string {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return s
	}
	return t.Format(words.MinuteLayout)
}

// ranges lists ascending numbers: 1, 4 to 7. It leaves out what is too much to read.
func ranges(numbers []int) string {
	const most = 8
	var out []string
	for from := 0; from < len(numbers); {
		to := from
		for to+1 < len(numbers) && numbers[to+1] == numbers[to]+1 {
			to++
		}
		switch {
		case len(out) == most:
			return strings.Join(append(out, "…"), ", ")
		case to > from+1:
			out = append(out, fmt.Sprintf("%d to %d", numbers[from], numbers[to]))
		default:
			to = from
			out = append(out, fmt.Sprint(numbers[from]))
		}
		from = to + 1
	}
	return strings.Join(out, ", ")
}
