package timestamp

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
)

// at returns the instant of a time in RFC 3339.
func at(t testing.TB, s string) int64 {
	t.Helper()
	instant, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return instant.UnixNano()
}

func TestClockReadsDateAndTime(t *testing.T) {
	tests := []struct{ text, read, want string }{ // read: the time in text
		{"2026-11-02T10:44:25Z", "2026-11-02T10:44:25Z", "2026-11-02T10:44:25Z"},
		{"2026-11-02T10:44:25.959Z opentok.js:36031 x", "2026-11-02T10:44:25.959Z", "2026-11-02T10:44:25.959Z"},
		{"2026-11-02 10:44:25,959 INFO x", "2026-11-02 10:44:25,959", "2026-11-02T10:44:25.959Z"},
		{"2026-11-02t10:44:25z", "2026-11-02t10:44:25z", "2026-11-02T10:44:25Z"},
		{"2026-11-02 10:44:25", "2026-11-02 10:44:25", "2026-11-02T10:44:25Z"},
		{"2026-11-02T10:44:25+01:00", "2026-11-02T10:44:25+01:00", "2026-11-02T09:44:25Z"},
		{"2026-11-02T10:44:25.5-0530", "2026-11-02T10:44:25.5-0530", "2026-11-02T16:14:25.5Z"},
		{"2026-11-02T00:10:00+14:00", "2026-11-02T00:10:00+14:00", "2026-11-01T10:10:00Z"},
		{"2026-11-02T10:44:25-00:00", "2026-11-02T10:44:25-00:00", "2026-11-02T10:44:25Z"},
		{"2026-11-02T10:44:25.123456789Z", "2026-11-02T10:44:25.123456789Z", "2026-11-02T10:44:25.123456789Z"},
		{"2026-11-02T10:44:25.123456789999Z", "2026-11-02T10:44:25.123456789999Z", "2026-11-02T10:44:25.123456789Z"},
		{"2026-11-02T10:44:25." + strings.Repeat("0", 40) + "1Z", "2026-11-02T10:44:25." + strings.Repeat("0", 40) + "1Z", "2026-11-02T10:44:25Z"},
		{"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
		{"1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999999Z"},
		{"1700-01-01T00:00:00+23:59", "1700-01-01T00:00:00+23:59", "1699-12-31T00:01:00Z"},
		{"2200-12-31T23:59:59-23:59", "2200-12-31T23:59:59-23:59", "2201-01-01T23:58:59Z"},
		// A leap second is the second after it.
		{"2016-12-31T23:59:60Z", "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},

		// Text that is neither a fraction nor a zone follows the time.
		{"2026-11-02T10:44:25. Then", "2026-11-02T10:44:25", "2026-11-02T10:44:25Z"},
		{"2026-11-02T10:44:25, then", "2026-11-02T10:44:25", "2026-11-02T10:44:25Z"},
		{"2026-11-02T10:44:25]", "2026-11-02T10:44:25", "2026-11-02T10:44:25Z"},
		{"2026-11-02T10:44:25-abcd", "2026-11-02T10:44:25", "2026-11-02T10:44:25Z"},
		{"2026-11-02T10:44:25+01:0", "2026-11-02T10:44:25", "2026-11-02T10:44:25Z"},
		{"2026-11-02T10:44:25+24:00", "2026-11-02T10:44:25", "2026-11-02T10:44:25Z"},

		{"2026-02-29T00:00:00Z", "", ""},
		{"2026-04-31T00:00:00Z", "", ""},
		{"2026-13-01T00:00:00Z", "", ""},
		{"2026-00-01T00:00:00Z", "", ""},
		{"2026-11-00T00:00:00Z", "", ""},
		{"2026-11-02T24:00:00Z", "", ""},
		{"2026-11-02T10:60:00Z", "", ""},
		{"2026-11-02T10:44:61Z", "", ""},
		{"1699-12-31T23:59:59Z", "", ""},
		{"2201-01-01T00:00:00Z", "", ""},
		{"2026-11-02", "", ""},
		{"2026-11-02T10:44", "2026-11-02T10:44", "2026-11-02T10:44:00Z"},
		{"2026-11-02T10:44:2", "", ""},
		{"2026-11-02_10:44:25", "2026-11-02_10:44:25", "2026-11-02T10:44:25Z"},
		{"02-11-2026 10:44:25", "", ""},
		{" 2026-11-02T10:44:25Z", "", ""},
		{"2o26-11-02T10:44:25Z", "", ""},
		{"2026-11-02T1o:44:25Z", "", ""},
		{"10:44:25.959 x", "", ""},
		{"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00T10:44:25Z", "", ""},
		{"", "", ""},
	}
	for _, test := range tests {
		var c Clock
		got, n := c.Parse([]byte(test.text))
		want := int64(NoTime)
		if test.want != "" {
			want = at(t, test.want)
		}
		if got != want || test.text[:n] != test.read {
			t.Errorf("%q: got %d from %q, want %d from %q", test.text, got, test.text[:n], want, test.read)
		}
	}
}

func TestClockReadsValues(t *testing.T) {
	tests := []struct{ value, want string }{
		{"1762041600", "2025-11-02T00:00:00Z"},
		{"1762041600.25", "2025-11-02T00:00:00.25Z"},
		{"1762041600.123456789123", "2025-11-02T00:00:00.123456789Z"},
		{"1762041600123", "2025-11-02T00:00:00.123Z"},
		{"1762041600123.5", "2025-11-02T00:00:00.1235Z"},
		{"1762041600123456", "2025-11-02T00:00:00.123456Z"},
		{"1762041600123456789", "2025-11-02T00:00:00.123456789Z"},
		{"1762041600123456789.9", "2025-11-02T00:00:00.123456789Z"},
		{"100000000", "1973-03-03T09:46:40Z"},
		{"7258118400", "2200-01-01T00:00:00Z"},
		{"7258118400000", "2200-01-01T00:00:00Z"},
		{"7258118400000000", "2200-01-01T00:00:00Z"},
		{"7258118400000000000", "2200-01-01T00:00:00Z"},
		{"2026-11-02T10:44:25.959+01:00", "2026-11-02T09:44:25.959Z"},
		{"2026-11-02 10:44:25", "2026-11-02T10:44:25Z"},

		// A value is a time only as a whole.
		{"2026-11-02T10:44:25Z and more", ""},
		{"2026-11-02T10:44:25 +01:00", "2026-11-02T09:44:25Z"},
		{"2026-11-02 10:44:25.959 -0330", "2026-11-02T14:14:25.959Z"},
		{"2026-11-02T10:44:25+01", "2026-11-02T09:44:25Z"},
		{"2026-11-02T10:44:25 +12ms", ""}, // more than a time
		{"2026-11-02T10:44:25+01:", ""},
		{"2026-11-02", ""},
		{"1762041600s", ""},
		{"1762041600.5.5", ""},
		{"1762041600.5Z", ""},
		{" 1762041600", ""},
		{"-1762041600", ""},
		{"+1762041600", ""},
		{"1.7620416e9", ""},
		{"12345678", ""}, // a duration or a counter
		{"0", ""},
		{"", ""},
		{".", ""},
		{"now", ""},
		{"9223372036854775807", "2262-04-11T23:47:16.854775807Z"},
		{"9223372036854775808", ""},
		{"9999999999999999999", ""},
		{"99999999999999999999", ""},
		{"9999999999", ""}, // seconds, too many for nanoseconds
		{"9223372036.854775808", ""},
		{"9223372036.9", ""},
	}
	for _, test := range tests {
		var c Clock
		want := int64(NoTime)
		if test.want != "" {
			want = at(t, test.want)
		}
		if got := c.Value([]byte(test.value)); got != want {
			t.Errorf("%q: got %d, want %d", test.value, got, want)
		}
	}
}

// standardLayouts are the known layouts that package time can express, with any zone or none.
var standardLayouts = func() (out []string) {
	for _, layout := range []string{
		"2006-01-02T15:04:05", "2006-01-02t15:04:05", "2006-01-02 15:04:05", "2006-1-2 15:04:05", "2006-1-2T15:04:05", "2006-1-2, 15:04:05",
		"2006/1/2 15:04:05", "2006/1/2T15:04:05", "2006/1/2, 15:04:05", "2006.1.2 15:04:05", "2006.1.2T15:04:05", "2006.1.2, 15:04:05",
		"2006 Jan 2 15:04:05", "2006 January 2 15:04:05", "2006 Jan 2, 15:04:05", "2006 January 2, 15:04:05",
		"2006 Jan 2T15:04:05", "2006 January 2T15:04:05",
		"20060102T150405", "20060102t150405", "20060102150405", "20060102 15:04:05",
		"2 Jan 2006 15:04:05", "2 January 2006 15:04:05", "2 Jan 2006, 15:04:05",
		"2/Jan/2006:15:04:05", "2/Jan/2006 15:04:05", "2-Jan-2006 15:04:05", "2-Jan-2006:15:04:05",
		"Jan 2 2006 15:04:05", "Jan 2, 2006 15:04:05", "Jan 2, 2006, 15:04:05", "Jan 2 2006, 15:04:05",
		"January 2 2006 15:04:05", "January 2, 2006 15:04:05", "January 2, 2006, 15:04:05",
		"Jan 2, 2006 @ 15:04:05", "Jan 2, 2006 at 15:04:05", "January 2, 2006 at 15:04:05",
	} {
		for _, day := range []string{"", "Mon ", "Mon, ", "Monday ", "Monday, "} {
			if day != "" && (layout[0] == '2' && layout[1] != ' ') {
				continue
			}
			clocks := []string{layout}
			if strings.Contains(layout, "15:04") {
				twelve := strings.Replace(layout, "15:04", "3:04", 1)
				clocks = append(clocks, twelve+" PM", twelve+"PM", twelve+" pm")
			}
			for _, clock := range clocks {
				for _, zone := range []string{"", "Z07:00", "Z0700", "Z07", " -07:00", " -0700", " -07", " Z07:00", " MST"} {
					if strings.HasPrefix(zone, "Z") && strings.HasSuffix(strings.ToLower(clock), "pm") {
						continue
					}
					out = append(out, day+clock+zone)
				}
			}
		}
	}
	for _, layout := range []string{time.ANSIC, "Monday Jan 2 15:04:05 2006", "Mon, Jan 2 15:04:05 2006"} {
		for _, zone := range []string{"", " -07:00", " -0700", " -07", "-07:00", "-0700", "-07", " MST"} {
			out = append(out, layout+zone, strings.TrimSuffix(layout, " 2006")+zone+" 2006")
		}
	}
	return out
}()

// standard returns what package time reads in one of the standardLayouts, and the layout. The
// layout is "" if none fits.
func standard(s string) (nanos int64, layout string) {
	if s == "" || lenient.MatchString(s) {
		return NoTime, ""
	}
	for _, layout := range standardLayouts {
		if isDigit(layout[0]) != isDigit(s[0]) {
			continue
		}
		t, err := time.Parse(layout, s)
		if err != nil || t.Year() < minYear || t.Year() > maxYear {
			continue
		}
		if name, _ := t.Zone(); strings.Contains(layout, "MST") && name != "UTC" && name != "GMT" {
			continue
		}
		return t.UnixNano(), layout
	}
	return NoTime, ""
}

// lenient matches texts that only package time accepts: offsets of a day and more, or with 60 minutes
// and more, at the end or before a year; unknown zones, names and signs in a row, and several spaces other than between a month and a day.
var lenient = regexp.MustCompile(`[+-](2[4-9]|[3-9]\d|\d\d:?[6-9]\d)(:?\d\d)?( \d{4})?$|[A-Z][+-]|  `)

// beyond matches texts that no layout of package time can express: a leap second, AM and PM
// with a narrow space, in mixed case or with points, other scripts, unknown zones and z, several spaces,
// times without seconds, digits alone with a fraction, glog, Unix times.
var beyond = regexp.MustCompile(`:?60|(GMT|UTC)[+-]|[^\x00-\x7f]|[AaPp](\. ?)?[Mm]|\d[AaPp]$|[a-z]/[A-Z]|` +
	`^@|[_:]\d\d[:-]\d\d[:-]|T\d\d-|:\d\d:\d{3}$|\d-[A-Za-z]{3}-\d\d |^\d+,\d|^\d{8}[-_]|^\d{15}|^\d+\. |[a-z]\. |[ Tt_:]\d?\d:\d\d($| ?[+-]| ?Z)|\d ?z$|  |[A-Z]{3,4}( \d{4})?$|^[IWEFD]\d|^\d+(\.\d+)?$`)

func TestClockReadsWhatPackageTimeWrites(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	zones := []*time.Location{time.UTC, time.FixedZone("", 5*3600+1800), time.FixedZone("", -9*3600)}
	c := Clock{}
	for _, layout := range standardLayouts {
		for range 50 {
			zone := zones[random.IntN(len(zones))]
			if strings.HasSuffix(layout, "-07") || strings.HasSuffix(layout, "Z07") {
				zone = zones[2*random.IntN(2)]
			}
			if !strings.Contains(layout, "-07") && !strings.Contains(layout, "Z07") {
				zone = time.UTC
			}
			text := time.Unix(random.Int64N(8e9)-1e9, 0).In(zone).Format(layout)
			want, err := time.Parse(layout, text)
			if err != nil {
				t.Fatal(err)
			}
			if got, n := c.Parse([]byte(text)); got != want.UnixNano() || n != len(text) {
				t.Fatalf("%q, which is %s: got %d from %q, want %v", text, layout, got, text[:n], want)
			}
		}
	}
}

// namesForeignMonth reports whether a text has the name of a month in another language than English.
func namesForeignMonth(text string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }), func(word string) bool {
		return foreignMonth([]byte(word)) > 0
	})
}

func FuzzClock(f *testing.F) {
	for _, s := range []string{
		"2026-11-02T10:44:25.959Z", "2026-11-02 10:44:25,959", "1969-12-31T23:59:59.999999999-23:59",
		"2026-02-30T10:44:25Z", "2016-12-31T23:59:60Z", "2026-11-02T1:44:25Z", "2026-11-02T10:44:25+24:60",
		"1762041600.25", "9223372036854775808", "2000-1-1 0:00 Z", "2000-1-1 0:00z", "2000-1-1_0:00", "20070101000000000Z",
		"Mon Nov 1 0:00:00 2000+00", "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00T10:44:25Z",
	} {
		f.Add(s, "2026-11-02T00:00:00Z")
		f.Add(s, s)
	}
	for _, test := range layouts {
		f.Add(test.text, "")
	}
	f.Fuzz(func(t *testing.T, s, before string) {
		var fresh, used Clock
		got, n := fresh.Parse([]byte(s))
		if (got == NoTime) != (n == 0) || n > len(s) {
			t.Fatalf("%q: got %d from %d bytes", s, got, n)
		}
		want, layout := standard(s)
		if layout != "" && (got != want || n != len(s)) {
			t.Fatalf("%q: got %d from %d bytes, want %d by %s", s, got, n, want, layout)
		}
		if layout == "" && n == len(s) && n > 0 && !beyond.MatchString(s) && !namesForeignMonth(s) {
			t.Fatalf("%q: got %d, but no layout of package time reads it", s, got)
		}
		value := fresh.Value([]byte(s))
		used.Parse([]byte(before))
		if again, m := used.Parse([]byte(s)); again != got || m != n {
			t.Fatalf("%q after %q: got %d from %d bytes, alone %d from %d", s, before, again, m, got, n)
		}
		if again := used.Value([]byte(s)); again != value {
			t.Fatalf("%q after %q: got the value %d, alone %d", s, before, again, value)
		}
	})
}

func TestNear(t *testing.T) {
	for _, test := range []struct{ instant, ofDay, want string }{
		{"2026-11-24T09:00:00Z", "08:55:01", "2026-11-24T08:55:01Z"},
		{"2026-11-24T09:00:00Z", "10:11:00", "2026-11-24T10:11:00Z"}, // in another time zone
		{"2026-11-24T00:10:00Z", "23:59:00", "2026-11-23T23:59:00Z"},
		{"2026-11-24T23:59:00Z", "00:01:00", "2026-11-25T00:01:00Z"},
		{"1969-12-31T23:00:00Z", "22:00:00", "1969-12-31T22:00:00Z"},
		{"2026-11-24T09:00:00Z", "", "2026-11-24T09:00:00Z"},
	} {
		instant, err := time.Parse(time.RFC3339, test.instant)
		ofDay := int64(NoTime)
		if at, err := time.Parse(time.TimeOnly, test.ofDay); err == nil {
			ofDay = int64(at.Sub(at.Truncate(24 * time.Hour)))
		}
		got := time.Unix(0, Near(instant.UnixNano(), ofDay)).UTC().Format(time.RFC3339)
		if err != nil || got != test.want {
			t.Errorf("%s near %s: got %s, want %s", test.ofDay, test.instant, got, test.want)
		}
	}
}

// TestDayNumber compares dates with those of package time, and dates that do not exist.
func TestDayNumber(t *testing.T) {
	for year := int64(minYear); year <= maxYear; year++ {
		for month := int64(1); month <= 12; month++ {
			for day := int64(1); day <= 31; day++ {
				date := time.Date(int(year), time.Month(month), int(day), 0, 0, 0, 0, time.UTC)
				days, ok := dayNumber(year, month, day)
				if ok != (date.Day() == int(day)) || ok && days*24*3600 != date.Unix() {
					t.Fatalf("%d-%d-%d: %d, %t", year, month, day, days, ok)
				}
			}
		}
	}
}
