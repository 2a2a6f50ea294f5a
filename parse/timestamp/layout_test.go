package timestamp

import (
	"regexp"
	"testing"
	"time"
)

func layoutOf(t testing.TB, text string) *Layout {
	t.Helper()
	l, err := ParseLayout(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return l
}

func TestLayout(t *testing.T) {
	tests := []struct{ layout, text, want string }{ // want: "" for NoTime
		{"%d/%m/%Y %H:%M:%S", "03/04/2026 10:44:25", "2026-04-03T10:44:25Z"},
		{"02/01/2006 15:04:05", "03/04/2026 10:44:25", "2026-04-03T10:44:25Z"},
		{"%m/%d/%Y, %I:%M:%S %p", "3/4/2026, 9:44:25 PM", "2026-03-04T21:44:25Z"},
		{"1/2/2006, 3:04:05 PM", "3/4/2026, 9:44:25 PM", "2026-03-04T21:44:25Z"},
		{"1/2/2006, 3:04:05 PM", "3/4/2026, 12:44:25 AM", "2026-03-04T00:44:25Z"},
		{"%d.%m.%y %R", "03.04.26 10:44", "2026-04-03T10:44:00Z"},
		{"%D %T", "03/04/70 10:44:25", "1970-03-04T10:44:25Z"},
		{"%F %T.%f", "2026-04-03 10:44:25.123456", "2026-04-03T10:44:25.123456Z"},
		{"%F %T,%L", "2026-04-03 10:44:25.123", "2026-04-03T10:44:25.123Z"},
		{"%F %T:%L", "2026-04-03 10:44:25:123", "2026-04-03T10:44:25.123Z"}, // in no known layout
		{"%F %T", "2026-04-03 10:44:25,5", "2026-04-03T10:44:25.5Z"},
		{"%e %B %Y %k.%M Uhr", " 3 April 2026 9.44 Uhr", "2026-04-03T09:44:00Z"},
		{"%A, %d %b %Y %l:%M %p", "Friday, 03 Apr 2026  9:44 pm", "2026-04-03T21:44:00Z"},
		{"[%d/%m/%Y %H:%M:%S%z]", "[03/04/2026 10:44:25+0530]", "2026-04-03T05:14:25Z"},
		{"%d/%m/%Y %H:%M:%S %z", "03/04/2026 10:44:25 Z", "2026-04-03T10:44:25Z"},
		{"%d/%m/%Y %H:%M:%S %Z", "03/04/2026 10:44:25 CET", "2026-04-03T09:44:25Z"},
		{"%d/%m/%Y %H:%M:%S %Z", "03/04/2026 10:44:25 XYZ", ""},
		{"%s", "1795430665", "2026-11-23T10:44:25Z"},
		{"t=%s", "t=1795430665.927", "2026-11-23T10:44:25.927Z"},
		{"%s.%N", "1795430665,927", "2026-11-23T10:44:25.927Z"},
		{"%d.%m. %H:%M:%S", "03.04. 10:44:25", "2026-04-03T10:44:25Z"},
		{"%d.%m. %H:%M:%S", "29.02. 10:44:25", "2024-02-29T10:44:25Z"},
		{"100%% %d%n%m%t%Y", "100% 3 4 2026", "2026-04-03T00:00:00Z"},
		{"Jan _2 06 03:04PM", "Apr  3 26 09:44PM", "2026-04-03T21:44:00Z"},
		{"Monday 2 January 2006 15:04:05.000 MST", "Friday 3 April 2026 10:44:25.123 UTC", "2026-04-03T10:44:25.123Z"},
		{"02/01/2006 15:04:05.000", "03/04/2026 10:44:25.12", ""},
		{"2006-01-02 15:04:05.999", "2026-04-03 10:44:25", "2026-04-03T10:44:25Z"},
		{"Janet 02.01.2006", "Janet 03.04.2026", "2026-04-03T00:00:00Z"},

		{"%d/%m/%Y %H:%M:%S", "03/13/2026 10:44:25", ""},
		{"%d/%m/%Y %H:%M:%S", "31/04/2026 10:44:25", ""},
		{"%d/%m/%Y %H:%M:%S", "03/04/2026 24:44:25", ""},
		{"%d/%m/%Y %H:%M", "03/04/2026 10:445", ""},
		{"%d/%m/%Y %H:%M:%S", "03/04/2026", ""},
		{"%d/%m/%Y %H:%M:%S %p", "03/04/2026 10:44:25 xm", ""},
		{"%d/%m/%Y", "", ""},
	}
	for _, test := range tests {
		c := NewClock(Times{Layout: layoutOf(t, test.layout), Latest: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)})
		want := int64(NoTime)
		if test.want != "" {
			want = at(t, test.want)
		}
		if got := c.Value([]byte(test.text)); got != want {
			t.Errorf("%s: %q is the value %v, want %q", test.layout, test.text, time.Unix(0, got).UTC(), test.want)
		}
		if got, ofDay := c.Line([]byte(test.text + " OT_TIMEOUT")); test.want != "" && (got != want || ofDay != NoTime) {
			t.Errorf("%s: %q starts with %d, want %q", test.layout, test.text, got, test.want)
		}
	}
}

func TestLayoutComesFirst(t *testing.T) {
	c := NewClock(Times{Layout: layoutOf(t, "%Y-%d-%m %H:%M:%S"), Zone: location(t, "Europe/Berlin")})
	for text, want := range map[string]string{
		"2026-04-03 10:44:25":           "2026-03-04T09:44:25Z",
		"2026-04-13 10:44:25":           "2026-04-13T08:44:25Z", // there is no month 13: read without the option
		"1795430665927":                 "2026-11-23T10:44:25.927Z",
		"Mon, 23 Nov 2026 10:44:25 GMT": "2026-11-23T10:44:25Z",
	} {
		if got := c.Value([]byte(text)); got != at(t, want) {
			t.Errorf("%q: got %v, want %s", text, time.Unix(0, got).UTC(), want)
		}
	}
	// After a prefix, too.
	c = NewClock(Times{Layout: layoutOf(t, "%d/%m/%Y %H:%M:%S")})
	for _, line := range []string{"INFO 03/04/2026 10:44:25 x", "[03/04/2026 10:44:25] x", "web-1  | 03/04/2026 10:44:25 x"} {
		if got, _ := c.Line([]byte(line)); got != at(t, "2026-04-03T10:44:25Z") {
			t.Errorf("%q: got %d", line, got)
		}
	}
}

func TestLayoutErrors(t *testing.T) {
	for layout, want := range map[string]string{
		"":                    "no month: add %m or %b, or in an example 01 or Jan",
		"%H:%M:%S":            "no month: add %m or %b, or in an example 01 or Jan",
		"%m %H:%M:%S":         "no day of the month: add %d, or in an example 02",
		"%d/%m/%Y %Q":         "%Q is not supported; use one of Y y m d e b B H I M S f p z Z a A s F T R D",
		"%d/%m/%Y %":          "ends in a percent sign",
		"yyyy-MM-dd HH:mm:ss": "write %Y, %m, %d, %H, %M and %S, or an example of the time 2006-01-02 15:04:05",
		"2006-002 01 15:04":   "days of the year are not supported",
	} {
		if _, err := ParseLayout(layout); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", layout, err, want)
		}
	}
}

// signed matches another form that only package time accepts: 3.4.+6, 15:04:05.+00.
var signed = regexp.MustCompile(`[+-]\d( |$)|[.,][+-]`)

// FuzzLayout compares layouts by example with package time.
func FuzzLayout(f *testing.F) {
	examples := []string{
		time.ANSIC, time.UnixDate, time.RubyDate, time.RFC822, time.RFC822Z, time.RFC850, time.RFC1123, time.RFC1123Z, time.RFC3339Nano,
		time.StampNano + " 2006", time.DateTime, "02/01/2006 15:04:05", "1/2/2006, 3:04:05 PM", "_2.1.06 15h04 pm", "2006-01-02,000 05.999 MST",
	}
	layouts := make([]*Layout, len(examples))
	for i, example := range examples {
		layouts[i] = layoutOf(f, example)
		f.Add(uint(i), time.Date(2026, 4, 3, 22, 44, 25, 123456789, time.UTC).Format(example))
		f.Add(uint(i), time.Date(1999, 12, 31, 0, 4, 5, 0, time.FixedZone("", 3600)).Format(example))
	}
	f.Fuzz(func(t *testing.T, which uint, text string) {
		which %= uint(len(examples))
		c := NewClock(Times{Layout: layouts[which]})
		nanos, n := layouts[which].read(&c, []byte(text))
		want, err := time.Parse(examples[which], text)
		if err != nil || want.Year() < minYear || want.Year() > maxYear || lenient.MatchString(text) {
			return
		}
		if signed.MatchString(text) {
			return
		}
		if name, _ := want.Zone(); name != "UTC" && name != "GMT" && name != "" {
			return
		}
		if nanos != want.UnixNano() || n != len(text) {
			t.Fatalf("%q by %s: got %d from %q, want %v", text, examples[which], nanos, text[:n], want)
		}
	})
}
