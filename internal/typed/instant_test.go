package typed

import (
	"testing"
	"time"
)

func TestParseInstant(t *testing.T) {
	for _, test := range []struct{ zone, now, typed, want string }{
		{"UTC", "2026-11-23T10:44:25.5Z", "now", "2026-11-23T10:44:25.5Z"},
		{"UTC", "2026-11-23T10:44:25Z", "2026-11-16T10:00:00Z", "2026-11-16T10:00:00Z"},
		{"UTC", "2026-11-23T10:44:25Z", "2026-11-16T10:00:00.123456789+01:00", "2026-11-16T09:00:00.123456789Z"},
		{"UTC", "2026-11-23T10:44:25Z", "2026-11-16 10:00", "2026-11-16T10:00:00Z"},
		{"UTC", "2026-11-23T10:44:25Z", "2026-11-16t10:00z", "2026-11-16T10:00:00Z"},
		{"UTC", "2026-11-23T10:44:25Z", "2026-11-16", "2026-11-16T00:00:00Z"},
		{"UTC", "2026-11-23T10:44:25Z", "2026-11", "2026-11-01T00:00:00Z"},
		{"UTC", "2026-11-23T10:44:25Z", "2026-W47", "2026-11-16T00:00:00Z"},
		{"UTC", "2026-11-23T10:44:25Z", "2026-w01", "2025-12-29T00:00:00Z"},
		{"UTC", "2026-11-23T10:44:25Z", "2026-W53", "2026-12-28T00:00:00Z"},
		{"UTC", "2026-11-23T10:44:25Z", "90s", "2026-11-23T10:42:55Z"},
		{"UTC", "2026-11-23T10:44:25Z", "30m", "2026-11-23T10:14:25Z"},
		{"UTC", "2026-11-23T10:44:25Z", "24h", "2026-11-22T10:44:25Z"},
		{"UTC", "2026-11-23T10:44:25Z", "7d", "2026-11-16T10:44:25Z"},
		{"UTC", "2026-11-23T10:44:25Z", "2w", "2026-11-09T10:44:25Z"},
		{"UTC", "2026-11-23T10:44:25Z", "today", "2026-11-23T00:00:00Z"},
		{"UTC", "2026-11-23T10:44:25Z", "Yesterday", "2026-11-22T00:00:00Z"},
		{"UTC", "2026-11-25T10:44:25Z", "this week", "2026-11-23T00:00:00Z"},
		{"UTC", "2026-11-25T10:44:25Z", "last-week", "2026-11-16T00:00:00Z"},
		{"UTC", "2026-01-01T10:44:25Z", "last month", "2025-12-01T00:00:00Z"},
		{"UTC", "2026-01-31T10:44:25Z", "this month", "2026-01-01T00:00:00Z"},
		// Days, weeks, and times without a zone are in the zone of now.
		{"America/New_York", "2026-11-23T03:44:25Z", "today", "2026-11-22T00:00:00-05:00"},
		{"Pacific/Auckland", "2026-11-22T12:00:00Z", "this week", "2026-11-23T00:00:00+13:00"},
		{"Asia/Kathmandu", "2026-11-23T10:44:25Z", "2026-11-16T10:00", "2026-11-16T10:00:00+05:45"},
		// Clocks go forward on 29 March and back on 25 October.
		{"Europe/Berlin", "2026-03-30T10:00:00+02:00", "yesterday", "2026-03-29T00:00:00+01:00"},
		{"Europe/Berlin", "2026-03-30T01:00:00+02:00", "24h", "2026-03-29T00:00:00+01:00"},
		{"Europe/Berlin", "2026-03-30T12:00:00+02:00", "7d", "2026-03-23T12:00:00+01:00"},
		{"Europe/Berlin", "2026-10-26T10:00:00+01:00", "1d", "2026-10-25T10:00:00+01:00"},
		{"Europe/Berlin", "2026-10-26T10:00:00+01:00", "48h", "2026-10-24T11:00:00+02:00"},
		{"Europe/Berlin", "2026-10-26T10:00:00+01:00", "2026-10-25T02:30", "2026-10-25T02:30:00+02:00"},
		{"Europe/Berlin", "2026-10-26T10:00:00+01:00", "2026-10-25T02:30+01:00", "2026-10-25T02:30:00+01:00"},
		{"Europe/Berlin", "2026-10-26T10:00:00+01:00", "2026-10-25T03:30", "2026-10-25T03:30:00+01:00"},
		{"Australia/Lord_Howe", "2026-04-06T10:00:00+10:30", "2026-04-05T01:45", "2026-04-05T01:45:00+11:00"},
		// A day without midnight begins at its first instant.
		{"Africa/Cairo", "2026-04-25T10:00:00+03:00", "yesterday", "2026-04-24T01:00:00+03:00"},
		{"Africa/Cairo", "2026-04-25T10:00:00+03:00", "2026-04-24", "2026-04-24T01:00:00+03:00"},
	} {
		now := instantIn(t, test.now, test.zone)
		got, err := Instant(test.typed, now)
		if err != nil {
			t.Errorf("%s: %v", test.typed, err)
			continue
		}
		if s := got.Format(time.RFC3339Nano); s != test.want {
			t.Errorf("%s at %s in %s: got %s, want %s", test.typed, test.now, test.zone, s, test.want)
		}
	}
}

func TestParseInstantFails(t *testing.T) {
	now := instantIn(t, "2026-11-23T10:44:25Z", "Europe/Berlin")
	for _, typed := range []string{
		"", "d", "-7d", "7", "7 d", "7y", "1234567d", "tomorrow", "last year", "monday",
		"2026", "2026-13", "2026-02-30", "2026-W00", "2027-W53", "2026-W1", "16.11.2026", "10:00",
		"2026-11-16T25:00Z", "2026-03-29T02:30", "2026-11-16T10:00:00+0100x",
	} {
		if got, err := Instant(typed, now); err == nil {
			t.Errorf("%q is %v", typed, got)
		}
	}
}

func instantIn(t *testing.T, s, zone string) time.Time {
	t.Helper()
	out, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return out.In(loc)
}
