// Package words formats what reports print: counts, percentages, times, sizes, and text
// from outside that must be safe to show.
package words

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// MinuteLayout is the layout of instants in a report for people.
const MinuteLayout = "2006-01-02 15:04"

// Minute formats an instant in [MinuteLayout], the zero Time as "-".
func Minute(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(MinuteLayout)
}

// Span formats a period: 2026-10-26 10:00 to 2026-10-26 11:00.
func Span(start, end time.Time) string {
	return fmt.Sprintf("%s to %s", start.Format(MinuteLayout), end.Format(MinuteLayout))
}

// Number formats a count with its digits in groups of three: 1,134.
func Number[T int | int64](n T) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Count formats a number of things, in the plural unless n is 1: 2 sessions.
func Count[T int | int64](n T, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return Number(n) + " " + thing
}

// Share formats a part of a number of things with the verb that it needs, one or many: 3 of 10 failures have,
// 1 of 10 failures has, 0 of 1 record shows.
func Share[T int | int64](part, whole T, thing, one, many string) string {
	verb := many
	if part == 1 || whole == 1 {
		verb = one
	}
	return Number(part) + " of " + Count(whole, thing) + " " + verb
}

// Percent formats part/whole in percent, "-" if whole is 0.
func Percent[T int | int64](part, whole T) string {
	if whole == 0 {
		return "-"
	}
	return PercentOf(float64(part) / float64(whole))
}

// PercentOf formats a share of one in percent with as many decimals as [Digits] returns.
func PercentOf(share float64) string { return Ratio(share, Digits(share)) }

// Ratio formats a share of one in percent with a number of decimals.
func Ratio(share float64, digits int) string { return fmt.Sprintf("%.*f%%", digits, 100*share) }

// Fraction formats a part and its whole: 26 of 1,082.
func Fraction(part, whole int64) string { return Number(part) + " of " + Number(whole) }

// Points formats a difference of shares of one in percentage points: +4.3.
func Points(difference float64, digits int) string {
	out := fmt.Sprintf("%+.*f", digits, 100*difference)
	if strings.Trim(out, "+-0.") == "" {
		return out[1:] // zero has no sign
	}
	return out
}

// PointDigits returns how many decimals a difference needs whose interval has that width, in
// shares of one: 1 to 6.
func PointDigits(width float64) int {
	digits := 1
	for points := 100 * width; points < 1 && digits < 6; points *= 10 {
		digits++
	}
	return digits
}

// Small formats a p-value or q-value, of which only the small ones differ.
func Small(p float64) string {
	if p < 0.001 {
		return "<0.001"
	}
	return fmt.Sprintf("%.3f", p)
}

// MaxListed is how many names a sentence lists before it counts the rest.
const MaxListed = 3

// List joins names with commas, at most [MaxListed]: a, b, c and 2 more.
func List(names []string) string {
	out := strings.Join(names[:min(len(names), MaxListed)], ", ")
	if more := len(names) - MaxListed; more > 0 {
		out += " and " + Number(more) + " more"
	}
	return out
}

// Digits returns how many decimals a share of one needs in percent, 1 to 6, so that a rare
// event does not look like none.
func Digits(share float64) int {
	digits := 1
	for percent := 100 * share; 0 < percent && percent < 0.095 && digits < 6; percent *= 10 {
		digits++
	}
	return digits
}

// Bytes formats a size in the decimal unit that leaves up to three digits before the point:
// 1.5 MB.
func Bytes(n int64) string {
	value, units := float64(n), []string{"B", "kB", "MB", "GB", "TB"}
	for value >= 1000 && len(units) > 1 {
		value, units = value/1000, units[1:]
	}
	if units[0] == "B" {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", value, units[0])
}

// Width returns how many columns of a terminal a printable text takes.
func Width(s string) int {
	c := runewidth.Condition{} // not what the environment says: output is the same everywhere
	return c.StringWidth(s)
}

// Printable makes text from outside safe to show: it replaces each character that is not
// printable by its number, as in \u001b, and each byte that is not UTF-8 by \ufffd.
func Printable(s string) string {
	if strings.IndexFunc(s, hidden) < 0 && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for _, c := range s {
		if hidden(c) {
			fmt.Fprintf(&b, "\\u%04x", c)
		} else {
			b.WriteRune(c)
		}
	}
	return b.String()
}

// PrintableLines is [Printable] for text of several lines.
func PrintableLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = Printable(line)
	}
	return strings.Join(lines, "\n")
}

// hidden reports whether a character is not printable.
func hidden(c rune) bool { return !unicode.IsPrint(c) }
