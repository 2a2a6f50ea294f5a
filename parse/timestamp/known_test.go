package timestamp

import (
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// november returns a Clock of logs that were written until 24 November 2026.
func november(zone *time.Location) Clock {
	return NewClock(Times{Zone: zone, Latest: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)})
}

func location(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// layouts are times as programs write them.
var layouts = []struct{ text, want string }{
	// Syslog, without a year.
	{"Nov 23 10:44:25", "2026-11-23T10:44:25Z"},
	{"Nov  3 10:44:25", "2026-11-03T10:44:25Z"},
	{"Nov 23 10:44:25.123", "2026-11-23T10:44:25.123Z"},
	{"Nov 23 10:44:25 UTC", "2026-11-23T10:44:25Z"},
	{"Nov 24 23:59:59", "2026-11-24T23:59:59Z"}, // a day later than the log: clocks go wrong
	{"Nov 25 00:00:01", "2025-11-25T00:00:01Z"},
	{"Dec 31 23:59:60", "2026-01-01T00:00:00Z"},
	{"Feb 29 10:00:00", "2024-02-29T10:00:00Z"},
	// Syslog, with a year.
	{"Nov 23 2026 10:44:25", "2026-11-23T10:44:25Z"},
	{"2026 Nov 23 10:44:25.123", "2026-11-23T10:44:25.123Z"},

	// Web servers.
	{"23/Nov/2026:10:44:25 +0100", "2026-11-23T09:44:25Z"},
	{"23/Nov/2026:10:44:25", "2026-11-23T10:44:25Z"},
	{"2026/11/23 10:44:25", "2026-11-23T10:44:25Z"},

	{"2026-11-23 10:44:25,003", "2026-11-23T10:44:25.003Z"},
	{"2026/11/23 10:44:25.123456", "2026-11-23T10:44:25.123456Z"},
	{"2026.11.23 10:44:25", "2026-11-23T10:44:25Z"},
	{"2026-11-23, 10:44:25", "2026-11-23T10:44:25Z"},
	{"2026-11-23 10:44:25 UTC", "2026-11-23T10:44:25Z"},
	{"2026-11-23 10:44:25.959 Z", "2026-11-23T10:44:25.959Z"}, // Snowflake
	{"2026-11-23 10:44:25.5 CET", "2026-11-23T09:44:25.5Z"},
	{"2026-11-23 10:44:25 PM", "2026-11-23T22:44:25Z"},
	{"2026-7-3 9:44:25 AM", "2026-07-03T09:44:25Z"},
	{"20261123T104425Z", "2026-11-23T10:44:25Z"},
	{"20261123T104425.123+0100", "2026-11-23T09:44:25.123Z"},
	{"20261123 10:44:25,123", "2026-11-23T10:44:25.123Z"},
	{"20261123104425", "2026-11-23T10:44:25Z"},

	// C, date, Go, JavaScript, mail, systemd.
	{"Mon Nov 23 10:44:25 2026", "2026-11-23T10:44:25Z"},
	{"Mon Nov  2 10:44:25.123456 2026", "2026-11-02T10:44:25.123456Z"},
	{"Mon Nov 23 10:44:25 UTC 2026", "2026-11-23T10:44:25Z"},
	{"Mon Nov 23 10:44:25 PST 2026", "2026-11-23T18:44:25Z"},
	{"Mon Nov 23 10:44:25 -0700 2026", "2026-11-23T17:44:25Z"},
	{"Mon Nov 23 10:44:25 2026 +0100", "2026-11-23T09:44:25Z"},
	{"Mon 23 Nov 2026 10:44:25 AM UTC", "2026-11-23T10:44:25Z"},
	{"Mon 2026-11-23 10:44:25 UTC", "2026-11-23T10:44:25Z"},
	{"Mon, 23 Nov 2026 10:44:25 GMT", "2026-11-23T10:44:25Z"},
	{"Mon, 23 Nov 2026 10:44:25 +0100", "2026-11-23T09:44:25Z"},
	{"Mon, 2 Nov 2026 10:44:25 EST", "2026-11-02T15:44:25Z"},
	{"23 Nov 2026 10:44:25.123", "2026-11-23T10:44:25.123Z"},
	{"23-Nov-2026 10:44:25.123", "2026-11-23T10:44:25.123Z"},
	{"Mon Nov 23 2026 10:44:25 GMT+0100", "2026-11-23T09:44:25Z"},
	{"Nov 23, 2026, 9:44:25 PM", "2026-11-23T21:44:25Z"},
	{"Nov 23, 2026, 12:44:25\u202fAM", "2026-11-23T00:44:25Z"},
	{"November 23, 2026 at 12:44:25 PM", "2026-11-23T12:44:25Z"},
	{"November 23, 2026, 10:44 PM", "2026-11-23T22:44:00Z"}, // Metabase
	{"2026/11/23 9:44 AM", "2026-11-23T09:44:00Z"},
	{"Nov 23, 2026 @ 10:44:25.003", "2026-11-23T10:44:25.003Z"}, // Kibana

	// Markers of morning and afternoon.
	{"2026-11-23, 1:44:31 p.m.", "2026-11-23T13:44:31Z"}, // JavaScript: en-CA
	{"2026-11-23 12:44:25 a.m.", "2026-11-23T00:44:25Z"},
	{"2026-11-23 02:44:25 A.M.", "2026-11-23T02:44:25Z"},
	{"2026-11-23 02:44:25.5 p. m.", "2026-11-23T14:44:25.5Z"},
	{"2026-11-23 2:44:25\u00a0p.\u00a0m.", "2026-11-23T14:44:25Z"},
	{"2026-11-23 02:44:25\u00a0PM", "2026-11-23T14:44:25Z"},
	{"2026-11-23 02:44:25\u202fp.m.", "2026-11-23T14:44:25Z"},
	{"2026-11-23 02:44:25p.m. EST", "2026-11-23T19:44:25Z"},
	{"2026-11-23 02:44:25 (PM)", "2026-11-23T14:44:25Z"},
	{"2026-11-23 02:44:25P", "2026-11-23T14:44:25Z"},
	{"2026-11-23 00:44:25 AM", "2026-11-23T00:44:25Z"},
	{"2026-11-23 14:44:25 PM", "2026-11-23T14:44:25Z"},
	{"2026/11/23 02:44:25 μ.μ.", "2026-11-23T14:44:25Z"},
	{"2026/11/23 02:44:25 πμ", "2026-11-23T02:44:25Z"},
	{"2026/11/23 02:44:25 م", "2026-11-23T14:44:25Z"},
	{"2026/11/23 12:44:25 ص", "2026-11-23T00:44:25Z"},
	{"2026/11/23 下午2:44:25", "2026-11-23T14:44:25Z"},
	{"2026/11/23 上午02:44:25", "2026-11-23T02:44:25Z"},
	{"2026/11/23 午後0:44:25", "2026-11-23T12:44:25Z"},
	{"2026-11-23 오후 2:44:25", "2026-11-23T14:44:25Z"},

	// Zones after the time.
	{"2026-11-23 11:44:25 Europe/Berlin", "2026-11-23T10:44:25Z"},
	{"2026-07-23 11:44:25.5 Europe/Berlin", "2026-07-23T09:44:25.5Z"},
	{"2026-11-23T11:44:25[Europe/Berlin]", "2026-11-23T10:44:25Z"},
	{"2026-11-23T11:44:25 [Europe/Berlin]", "2026-11-23T10:44:25Z"},
	{"2026-11-23 5:44:25 a.m. America/Argentina/Buenos_Aires", "2026-11-23T08:44:25Z"},
	{"2026-11-23T05:44:25\u221205:00", "2026-11-23T10:44:25Z"},
	{"2026-11-23 05:44:25 \u22120500", "2026-11-23T10:44:25Z"},
	{"2026-11-23 12:44:25 UTC+2", "2026-11-23T10:44:25Z"},
	{"2026-11-23 05:44:25 GMT-5", "2026-11-23T10:44:25Z"},
	{"2026-11-23 05:44:25 GMT\u221205:00", "2026-11-23T10:44:25Z"},

	// Numbers that are not Unix times.
	{"20261123104425959", "2026-11-23T10:44:25.959Z"},
	{"20261123-104425", "2026-11-23T10:44:25Z"},
	{"20261123_104425.5", "2026-11-23T10:44:25.5Z"},

	// Without seconds, and with other separators.
	{"2026-11-23 10:44", "2026-11-23T10:44:00Z"},
	{"2026-11-23T10:44Z", "2026-11-23T10:44:00Z"},
	{"2026-11-23 11:44 +01:00", "2026-11-23T10:44:00Z"},
	{"2026-11-23 9:44", "2026-11-23T09:44:00Z"},
	{"2026-11-23 9:44 p.m.", "2026-11-23T21:44:00Z"},
	{"2026-11-23_10:44:25", "2026-11-23T10:44:25Z"},
	{"2026-11-23_10-44-25", "2026-11-23T10:44:25Z"},
	{"2026-11-23T10-44-25.5", "2026-11-23T10:44:25.5Z"},
	{"2026-11-23:10:44:25", "2026-11-23T10:44:25Z"},
	{"2026-11-23 10:44:25:959", "2026-11-23T10:44:25.959Z"},
	{"23-Nov-26 10:44:25", "2026-11-23T10:44:25Z"},
	{"23-Nov-26 10:44:25.5 PM", "2026-11-23T22:44:25.5Z"},
	{"2026. 11. 23. 오전 10:44:25", "2026-11-23T10:44:25Z"},
	{"2026. 11. 23. 오후 1:44", "2026-11-23T13:44:00Z"},
	{"2026年11月23日 10:44:25", "2026-11-23T10:44:25Z"},
	{"2026年11月23日 下午1:44:25", "2026-11-23T13:44:25Z"},
	{"2026年11月23日 10時44分25秒", "2026-11-23T10:44:25Z"},
	{"@1795430665.959", "2026-11-23T10:44:25.959Z"},
	{"@1795430665", "2026-11-23T10:44:25Z"},
	{"1795430665,959", "2026-11-23T10:44:25.959Z"},

	// Months in other languages.
	{"23. November 2026 10:44:25", "2026-11-23T10:44:25Z"},
	{"3. März 2026 10:44:25", "2026-03-03T10:44:25Z"},
	{"23. Okt. 2026, 10:44:25", "2026-10-23T10:44:25Z"},
	{"23 nov. 2026 10:44:25", "2026-11-23T10:44:25Z"},
	{"3 févr. 2026 10:44", "2026-02-03T10:44:00Z"},
	{"3 août 2026 10:44:25", "2026-08-03T10:44:25Z"},
	{"3 juin 2026, 10:44:25", "2026-06-03T10:44:25Z"},
	{"3-DIC-26 10:44:25", "2026-12-03T10:44:25Z"},

	// Oracle.
	{"23-NOV-26 10.44.25.959000 AM", "2026-11-23T10:44:25.959Z"},
	{"23-Nov-26 10.44.25.959000000 PM +01:00", "2026-11-23T21:44:25.959Z"},

	// glog.
	{"E1123 10:44:25.123456", "2026-11-23T10:44:25.123456Z"},
	{"I20261123 10:44:25.123456", "2026-11-23T10:44:25.123456Z"},

	// Unix times.
	{"1795430665.927", "2026-11-23T10:44:25.927Z"},
	{"1795430665927", "2026-11-23T10:44:25.927Z"},
	{"1795430665927000", "2026-11-23T10:44:25.927Z"},
	{"1795430665927000000", "2026-11-23T10:44:25.927Z"},
}

func TestClockReadsLayouts(t *testing.T) {
	for _, test := range layouts {
		c := november(nil)
		want := at(t, test.want)
		for _, after := range []string{"", " host app[12]: text", "\tINFO", "] 12"} {
			if got, n := c.Parse([]byte(test.text + after)); got != want || n != len(test.text) {
				t.Errorf("%q: got %d from %q, want %d", test.text+after, got, (test.text + after)[:n], want)
			}
		}
		if got := c.Value([]byte(test.text)); got != want {
			t.Errorf("%q: got the value %d, want %d", test.text, got, want)
		}
		if got := c.Value([]byte(test.text + " host")); got != NoTime {
			t.Errorf("%q and more is the value %d", test.text, got)
		}
	}
}

// TestDocumentedTimes reads the examples of docs/formats.md.
func TestDocumentedTimes(t *testing.T) {
	doc, err := os.ReadFile("../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(doc), "\n## Times\n")
	section, _, _ = strings.Cut(section, "\n## ")
	examples := regexp.MustCompile("(?m)^\\| `([^`]+)`").FindAllStringSubmatch(section, -1)
	if len(examples) < 16 {
		t.Fatalf("%d examples", len(examples))
	}
	for _, m := range examples {
		c := november(nil)
		value := c.Value([]byte(m[1]))
		line, _ := c.Line([]byte(m[1] + " OT_TIMEOUT"))
		if got := time.Unix(0, value).UTC().Format(time.DateTime); value != line || got != "2026-11-23 10:44:25" {
			t.Errorf("%s is the value %s, and %d at the start of a line", m[1], got, line)
		}
	}
}

func TestClockReadsOtherValues(t *testing.T) {
	const want = "2026-11-23T09:44:25Z"
	for _, text := range []string{
		`23\/Nov\/2026:10:44:25 +0100`,
		"Mon Nov 23 2026 10:44:25 GMT+0100 (Central European Standard Time)",
		"2026-11-23 10:44:25 +0100 CET",
		"2026-11-23T10:44:25+01:00[Europe/Berlin]",
		"<2026-11-23T10:44:25+01:00>", "(2026-11-23T10:44:25+01:00)", "[1795427065]", `\"2026-11-23T10:44:25+01:00\"`,
		"2026-11-23T10:44:25+01:00 [Europe/Berlin]",
		"2026-11-23T10:44:25+01:00[!Europe/Berlin][u-ca=gregory]",
	} {
		c := november(nil)
		if got := c.Value([]byte(text)); got != at(t, want) {
			t.Errorf("%q: got %d, want %s", text, got, want)
		}
	}
}

func TestNumbersAsValues(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"202611231044", "2026-11-23T10:44:00Z"},
		{"20261123104425", "2026-11-23T10:44:25Z"},
		{"20261123104425959", "2026-11-23T10:44:25.959Z"},
		{"1795430665,5", "2026-11-23T10:44:25.5Z"},
		{"202613231044", ""}, {"20261123996425", ""}, {"20261123104425", "2026-11-23T10:44:25Z"}, {"123456789012345678", ""},
		{"99991123104425", ""}, {"9999999999", ""},
	} {
		c := november(nil)
		want := int64(NoTime)
		if test.want != "" {
			want = at(t, test.want)
		}
		if got := c.Value([]byte(test.text)); got != want {
			t.Errorf("%s: got %v, want %s", test.text, time.Unix(0, got).UTC(), test.want)
		}
	}
}

func TestClockReadsNothingElse(t *testing.T) {
	for _, text := range []string{
		"Nov 31 10:44:25", "Nov 23 24:44:25", "Nov 23 10:44", "Nov 23", "Nov 23, 10:44:25", "Nov 2310:44:25", "Nova 23 10:44:25",
		"Novembre 23 10:44:25", "23 Nov 10:44:25", "23/Nov/26:10:44:25", "23/11/Nov:10:44:25", "32/Nov/2026:10:44:25",
		"2026/11-23 10:44:25", "2026/13/23 10:44:25", "20261323T104425Z", "20261123T1044", "20261123T10442512", "20261123104425123959",
		"Monster 23 10:44:25 2026", "Mon", "Mon, 23 Nov", "E1323 10:44:25.123456", "E1123 10:44:25", "X1123 10:44:25.123456",
		"1795430665", "1795430665.9", "179543066592", "1795430665927ms", "9795430665927", "17954306659270", "795430665.927000",
		"11-23 10:44:25.123", "10.0.0.1 10:44:25", "1500 Session.publish :: x", "3/4 10:44:25", "1.2.3.4:80 10:44:25",
		"Feb 30 10:44:25", "Mon Nov 23 10:44:25 +0100 20266",
		"202611231044 x", "2026-11-23 10:4", "2026-11-23 24:44", "2026-11-23 10:44x", "2026-11-23 10:44:", "2026-11-23:10:44",
		"2026-11-23 10:44:25:1500", "23. Novemb 2026 10:44:25", "@1795430665x", "@179543066", "1795430665,12", "2026年11月 10:44:25",
		"2026-11-23 10:44:25 ե.ե.", "2026/11/23 凌晨2:44:25", "2026-11-23 下午14:4:25", "2026-11-23 上午14:44:25", // unknown markers
		"may be late by 10:44:25", "Sat down at 10:44:25 2026",
	} {
		c := november(nil)
		if got, n := c.Parse([]byte(text)); got != NoTime && n == len(text) || c.doubt != NoDoubt && c.doubt != NoYear {
			t.Errorf("%q: got %d from %q, doubt %d", text, got, text[:n], c.doubt)
		}
	}
}

func TestDoubts(t *testing.T) {
	tests := []struct {
		text, doubted string
		want          Doubt
	}{
		{"03/04/2026 10:44:25 x", "03/04/2026 10:44:25", DayMonth},
		{"23/11/2026 10:44:25", "23/11/2026 10:44:25", DayMonth}, // ambiguous although 23 is no month: the next one may be 03/04
		{"11/23/2026, 9:44:25 AM x", "11/23/2026, 9:44:25 AM", DayMonth},
		{"3.4.2026 10:44:25.123 x", "3.4.2026 10:44:25.123", DayMonth},
		{"03-04-2026 10:44", "03-04-2026 10:44", DayMonth},
		{"26/11/23 10:44:25 INFO", "26/11/23 10:44:25", DayMonth},
		{"2026-11-23 10:44:25 BST", "2026-11-23 10:44:25 BST", ZoneName},
		{"2026-11-23 10:44:25 Europe/Atlantis", "2026-11-23 10:44:25 Europe/Atlantis", ZoneName},
		{"2026-11-23 10:44:25 UTC+2:30", "2026-11-23 10:44:25 UTC", ZoneName},
		{"2026-11-23 10:44:25 Session/Berlin", "", NoDoubt},
		{"Mon Nov 23 10:44:25 WIB 2026", "Mon Nov 23 10:44:25 WIB 2026", ZoneName},
		{"Nov 23 10:44:25 host", "Nov 23 10:44:25", NoYear},
		{"E1123 10:44:25.123456 1 a.go:1] x", "E1123 10:44:25.123456", NoYear},
		{"11-23 10:44:25.123  1234  5678 E ReactNativeJS: x", "11-23 10:44:25.123", NoYear}, // logcat
		{"11-23 10:44:25.123 E/ReactNativeJS( 1234): x", "11-23 10:44:25.123", NoYear},
		{"Nov 23 2026 10:44:25", "", NoDoubt},
	}
	for _, test := range tests {
		c := november(nil)
		got, _ := c.Parse([]byte(test.text))
		if c.doubt != test.want || test.want != NoDoubt && string(c.doubted) != test.doubted {
			t.Errorf("%q: doubt %d about %q, want %d about %q", test.text, c.doubt, c.doubted, test.want, test.doubted)
		}
		if (got == NoTime) != (test.want == DayMonth || test.want == ZoneName) {
			t.Errorf("%q: got %d", test.text, got)
		}
		// A doubt ends with the next time.
		if c.Parse([]byte("2026-11-23T10:44:25Z")); c.doubt != NoDoubt {
			t.Errorf("after %q: doubt %d", test.text, c.doubt)
		}
	}
	c := november(nil)
	if c.Value([]byte("2026-11-23 10:44:25 WIB")); c.doubt != ZoneName {
		t.Errorf("doubt %d about a value with a zone", c.doubt)
	}
	for _, text := range []string{"2026-11-23 10:44:25 (PST)", "2026-11-23T10:44:25[CET]"} {
		if got := c.Value([]byte(text)); got != NoTime || c.doubt != ZoneName {
			t.Errorf("%q: got %d, doubt %d", text, got, c.doubt)
		}
	}
	c = Clock{}
	if got, _ := c.Parse([]byte("Nov 23 10:44:25 host")); got != NoTime {
		t.Errorf("a time without a year is %d where nothing is known of the log", got)
	}
}

func TestTimesUntilAFileWasChanged(t *testing.T) {
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct{ changed, want time.Time }{
		{now.AddDate(-2, 0, 0), now.AddDate(-2, 0, 0)},
		{now.AddDate(1, 0, 0), now},
		{time.Time{}, now},
		{time.Unix(1, 0), now}, // in an image or a package
	} {
		if got := (Times{Latest: now}).Until(test.changed).Latest; !got.Equal(test.want) {
			t.Errorf("changed %v: got %v, want %v", test.changed, got, test.want)
		}
	}
	if got := (Times{}).Until(now).Latest; !got.IsZero() {
		t.Errorf("got %v", got)
	}
}

func TestZoneOfTimesWithoutOne(t *testing.T) {
	berlin, lordHowe := location(t, "Europe/Berlin"), location(t, "Australia/Lord_Howe")
	tests := []struct {
		zone       *time.Location
		text, want string
	}{
		{berlin, "2026-07-01 12:00:00", "2026-07-01T10:00:00Z"},
		{berlin, "2026-11-23 12:00:00,5", "2026-11-23T11:00:00.5Z"},
		{berlin, "2026-11-23 12:00:00Z", "2026-11-23T12:00:00Z"},
		{berlin, "1969-12-31 23:59:59.5", "1969-12-31T22:59:59.5Z"},
		{berlin, "2026-11-23 12:00:00 UTC", "2026-11-23T12:00:00Z"},
		{berlin, "Nov 23 12:00:00", "2026-11-23T11:00:00Z"},
		{berlin, "1795430665.927", "2026-11-23T10:44:25.927Z"},
		// The hour from 2 to 3 is skipped: it is read as if it were not.
		{berlin, "2026-03-29 01:59:59", "2026-03-29T00:59:59Z"},
		{berlin, "2026-03-29 02:30:00", "2026-03-29T01:30:00Z"},
		{berlin, "2026-03-29 03:00:00", "2026-03-29T01:00:00Z"},
		// The hour from 2 to 3 comes twice: the first one is meant.
		{berlin, "2026-10-25 01:59:59", "2026-10-24T23:59:59Z"},
		{berlin, "2026-10-25 02:30:00", "2026-10-25T00:30:00Z"},
		{berlin, "2026-10-25 03:00:00", "2026-10-25T02:00:00Z"},
		{berlin, "2026-10-25 02:30:00 CET", "2026-10-25T01:30:00Z"},
		{berlin, "2026-10-25 02:30:00 CEST", "2026-10-25T00:30:00Z"},
		{lordHowe, "2026-04-05 01:45:00", "2026-04-04T14:45:00Z"}, // half an hour twice
		{lordHowe, "2026-10-04 02:15:00", "2026-10-03T15:45:00Z"}, // and skipped
		{location(t, "America/New_York"), "2026-11-23 12:00:00 EST", "2026-11-23T17:00:00Z"},
		{location(t, "Europe/London"), "2026-07-01 12:00:00 BST", "2026-07-01T11:00:00Z"},
		{location(t, "Asia/Kolkata"), "2026-07-01 12:00:00 IST", "2026-07-01T06:30:00Z"},
		{location(t, "Asia/Shanghai"), "2026-07-01 12:00:00 CST", "2026-07-01T04:00:00Z"},
		{nil, "2026-07-01 12:00:00 CST", "2026-07-01T18:00:00Z"},
		{time.FixedZone("x", -3600), "2026-07-01 12:00:00", "2026-07-01T13:00:00Z"},
		{location(t, "Pacific/Apia"), "2011-12-30 12:00:00", "2011-12-30T22:00:00Z"}, // a day that was skipped
	}
	for _, test := range tests {
		c := november(test.zone)
		if got := c.Value([]byte(test.text)); got != at(t, test.want) {
			t.Errorf("%q in %v: got %v, want %s", test.text, test.zone, time.Unix(0, got).UTC(), test.want)
		}
	}
}

// TestNamedZonesAllocateNothing reads times of two zones in turn.
func TestNamedZonesAllocateNothing(t *testing.T) {
	c := november(nil)
	lines := [2][]byte{[]byte("2026-11-23 11:44:25 Europe/Berlin x"), []byte("2026-11-23 05:44:25 [America/New_York] x")}
	read := func() {
		for range 2 {
			if got, _ := c.Line(lines[0]); got != at(t, "2026-11-23T10:44:25Z") {
				t.Errorf("got %d", got)
			}
		}
	}
	if got, _ := c.Line(lines[1]); got != at(t, "2026-11-23T10:44:25Z") {
		t.Errorf("got %d", got)
	}
	read()
	if n := testing.AllocsPerRun(100, read); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestOffsetIsThatOfTheZone compares with package time, for times that a clock shows once.
func TestOffsetIsThatOfTheZone(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca", "America/Caracas", "UTC"} {
		zone := location(t, name)
		c := NewClock(Times{Zone: zone})
		for range 20000 {
			instant := time.Unix(random.Int64N(4e9)-1e9, 0)
			if random.IntN(2) == 0 { // near a change
				if start, _ := instant.In(zone).ZoneBounds(); !start.IsZero() {
					instant = start.Add(time.Duration(random.IntN(6*3600)-3*3600) * time.Second)
				}
			}
			wall := instant.In(zone).Format("2006-01-02 15:04:05")
			got := time.Unix(0, c.Value([]byte(wall))).In(zone)
			if shown := got.Format("2006-01-02 15:04:05"); shown != wall {
				t.Fatalf("%s in %s: got %v", wall, name, got)
			}
			if got.After(instant) {
				t.Fatalf("%s in %s: got %v, but it was %v before", wall, name, got, instant)
			}
			// Earlier times make no difference.
			fresh := NewClock(Times{Zone: zone})
			if again := fresh.Value([]byte(wall)); again != got.UnixNano() {
				t.Fatalf("%s in %s: got %d, a new Clock %d", wall, name, got.UnixNano(), again)
			}
		}
	}
}

func TestTimeOfALine(t *testing.T) {
	const stamp, want = "2026-11-23 10:44:25.972", "2026-11-23T10:44:25.972Z"
	for _, line := range []string{
		stamp, "[" + stamp + "] x", "\x1b[32m" + stamp + "\x1b[0m x", "\x1b[32m[" + stamp + "] \x1b[0mx",
		"INFO " + stamp + " x", "info: " + stamp, "[INFO] " + stamp, "[INFO][" + stamp + "]", "ERROR [" + stamp + "] x", "WARN  | " + stamp,
		"[info] [" + stamp + "] x", "\x1b[31mERROR\x1b[0m " + stamp, "E, [2026-11-23T10:44:25.972000 #12] ERROR -- : x",
		"[12:main] - " + stamp, "<34>1 2026-11-23T10:44:25.972Z host app - - - x", "<34>Nov 23 10:44:25.972 host app: x",
		"web-1  | " + stamp + " x", "0|app  | 2026-11-23T10:44:25.972: x", "[pod/web-0/app] " + stamp,
		`time="2026-11-23T10:44:25.972Z" level=info`, "ts=2026-11-23T10:44:25.972Z level=info", `level=info ts=2026-11-23T10:44:25.972Z`,
		"1795430665.972 x", "[1795430665972] x", "1795430665972",
		"E1123 10:44:25.972000   12 app.go:3] x",
		`203.0.113.9 - - [23/Nov/2026:10:44:25.972 +0000] "GET / HTTP/1.1" 200 1`,
		`web-0.example - alice [23/Nov/2026:10:44:25.972 +0000] "GET / HTTP/1.1" 200 1`,
		stamp + " ошибка. нет сети", stamp + " 错误: x", stamp + " müde", stamp + " a b", stamp + " [main] x", stamp + " App/Main x",
		"[Mon Nov 23 10:44:25.972 2026] [core:error] x", "[23/Nov/2026:10:44:25.972] x",
	} {
		c := november(nil)
		got, ofDay := c.Line([]byte(line))
		if got != at(t, want) || ofDay != NoTime {
			t.Errorf("%q: got %d, %d, want %d", line, got, ofDay, at(t, want))
		}
	}
	for _, line := range []string{
		"", "[", "[]", "[x", "[x]", "<34>", "<x>" + stamp, "\x1b[", "INFO", "INFO x " + stamp, "started " + stamp, "information " + stamp,
		"at " + stamp, "level=info", "x=" + stamp, "web-1 |" + stamp, "a b c d [23/Nov/2026:10:44:25 +0000]",
		"[a] [b] [c] [d] [e] " + stamp, "May be 2026", "- - [", "1 - [x", "{" + stamp + "}",
	} {
		c := november(nil)
		if got, ofDay := c.Line([]byte(line)); got != NoTime || ofDay != NoTime {
			t.Errorf("%q: got %d, %d", line, got, ofDay)
		}
	}
	for _, line := range []string{"10:44:25.972 x", "[10:44:25.972] x", "\x1b[2m10:44:25.972\x1b[0m x"} {
		c := november(nil)
		if got, ofDay := c.Line([]byte(line)); got != NoTime || ofDay != int64(38665972*time.Millisecond) {
			t.Errorf("%q: got %d, %d", line, got, ofDay)
		}
	}
}

func TestTimesDoNotAllocate(t *testing.T) {
	berlin := location(t, "Europe/Berlin")
	layout, err := ParseLayout("%d/%m/%Y %I:%M:%S %p %Z")
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{
		"2026-11-02T10:44:25.959Z", "2026-11-03 10:44:25,959+0100", "2026-02-30T10:44:25Z", "no time", "03/04/2026 10:44:25",
		"2026-11-23 10:44:25 BST", "INFO 2026-11-23 10:44:25", "03/04/2026 10:44:25 PM CET", "03/04/2026 10:44:25 PM XYZ",
		`203.0.113.9 - - [23/Nov/2026:10:44:25 +0000] "GET`, `23\/Nov\/2026:10:44:25 +0100`, "web-1  | x", "level=info x", "<3>x",
		"2026-03-29 02:30:00", "2026-10-25 02:30:00 CET", "November 23, 2026 10:44:25",
	}
	for _, test := range layouts {
		texts = append(texts, test.text)
	}
	for _, times := range []Times{{}, {Zone: berlin, Layout: layout, Latest: time.Now()}} {
		c := NewClock(times)
		for _, text := range texts {
			line := []byte(text)
			if n := testing.AllocsPerRun(100, func() {
				c.Line(line)
				c.Value(line)
			}); n > 0 {
				t.Errorf("%q: %v allocations", text, n)
			}
		}
	}
}
