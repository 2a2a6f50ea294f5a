package typed

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
)

// FuzzInstant compares instants without a zone with a search, minute by minute, for the first instant at
// which a clock shows what was typed.
func FuzzInstant(f *testing.F) {
	names := []string{"UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Beirut", "America/Havana", "Pacific/Apia", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Asuncion"}
	zones := make([]*time.Location, len(names))
	for i, name := range names {
		var err error
		if zones[i], err = time.LoadLocation(name); err != nil {
			f.Fatal(err)
		}
		for _, typed := range []string{"2026-03-29T02:30", "2026-10-25 02:30", "2018-11-04", "2011-12-30", "2026-04-05T01:45", "2026-11-16T10:00:00Z", "2026-11", "2018-11-04T00:00", "2026-W47", "7d", "yesterday", "2010-10-01  0:00"} {
			f.Add(typed, uint8(i))
		}
	}
	f.Fuzz(func(t *testing.T, typed string, which uint8) {
		zone := zones[int(which)%len(zones)]
		got, err := Instant(typed, time.Date(2026, 11, 23, 12, 0, 0, 0, zone))
		for _, layout := range []string{"2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly, "2006-01"} {
			shown, no := time.Parse(layout, typed)
			if no != nil || shown.Year() < 2010 || shown.Year() > 2037 || strings.Contains(typed, "  ") { // package time skips spaces
				continue
			}
			step := time.Minute
			if layout == time.DateOnly || layout == "2006-01" {
				step = 15 * time.Minute
			}
			at, end := shown.Add(-15*time.Hour).In(zone), shown.Add(15*time.Hour)
			for !at.After(end) && at.Format(layout) != shown.Format(layout) {
				at = at.Add(step)
			}
			switch found := !at.After(end); {
			case found && (err != nil || !got.Equal(at)):
				t.Fatalf("%q in %v: got %v, %v, want %v", typed, zone, got, err, at)
			case !found && err == nil && step == time.Minute:
				t.Fatalf("%q in %v: got %v, but no clock shows it", typed, zone, got)
			}
			return
		}
	})
}
