package words

import (
	"strings"
	"testing"
	"time"
)

func TestNumbers(t *testing.T) {
	for got, want := range map[string]string{
		Number(0): "0", Number(999): "999", Number(1134): "1,134", Number(int64(1234567)): "1,234,567",
		Count(1, "session"): "1 session", Count(1134, "session"): "1,134 sessions", Count(0, "row"): "0 rows",
		Percent(0, 0): "-", Percent(206, 1134): PercentOf(206. / 1134), Percent(0, 5): PercentOf(0),
		Fraction(26, 1082):                       "26 of 1,082",
		Share(3, 1000, "failure", "has", "have"): "3 of 1,000 failures have", Share(1, 10, "failure", "has", "have"): "1 of 10 failures has",
		Share(0, 1, "record", "shows", "show"): "0 of 1 record shows", Share(0, 10, "record", "shows", "show"): "0 of 10 records show",
		Points(0.0431, 1): "+4.3", Points(-0.006, 1): "-0.6", Points(-0.0000001, 1): "0.0", Points(0, 2): "0.00",
		Small(0.0009): "<0.001", Small(0.001): "0.001", Small(0.8731): "0.873",
		Bytes(999): "999 B", Bytes(1500): "1.5 kB", Bytes(14_400_000): "14.4 MB", Bytes(5e15): "5000.0 TB",
		List(nil): "", List([]string{"a", "b", "c"}): "a, b, c", List(strings.Split("abcde", "")): "a, b, c and 2 more",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestDigits checks that a rare event never looks like none, down to one in a hundred million.
func TestDigits(t *testing.T) {
	for share, want := range map[float64]int{0: 1, 1: 1, 0.001: 1, 0.00095: 1, 0.00094: 2, 0.0001: 2, 0.000001: 4, 1e-12: 6} {
		if got := Digits(share); got != want {
			t.Errorf("%v: got %d, want %d", share, got, want)
		}
	}
	for width, want := range map[float64]int{0.5: 1, 0.01: 1, 0.0099: 2, 0.0001: 3, 0: 6} {
		if got := PointDigits(width); got != want {
			t.Errorf("interval of %v: got %d, want %d", width, got, want)
		}
	}
}

func TestTimes(t *testing.T) {
	at := time.Date(2026, 10, 26, 10, 0, 59, 0, time.UTC)
	if got := Minute(at) + "|" + Minute(time.Time{}) + "|" + Span(at, at.Add(time.Hour)); got != "2026-10-26 10:00|-|2026-10-26 10:00 to 2026-10-26 11:00" {
		t.Errorf("got %q", got)
	}
}

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"größe 漢":               "größe 漢",
		"\x1b]0;owned\x07":      `\u001b]0;owned\u0007`,
		"a\u202eb\u2066\u200f":  `a\u202eb\u2066\u200f`,
		"two\nlines\tand\r":     `two\u000alines\u0009and\u000d`,
		"no utf-8 \xff\xfe.log": "no utf-8 \ufffd\ufffd.log",
		"\ufffd stays":          "\ufffd stays",
	} {
		if got := Printable(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	if got := PrintableLines("a\x1b\nb"); got != "a\\u001b\nb" {
		t.Errorf("got %q", got)
	}
}

func TestColumns(t *testing.T) {
	got := Columns([][]string{{"Error", "Codes", ""}, {"größe", "-", "x"}, {"a longer name", "1500", ""}})
	want := "Error          Codes\ngröße          -      x\na longer name  1500\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
