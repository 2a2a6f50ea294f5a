package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const minuteLayout = "2006-01-02 15:04"

// minute formats an instant for a table.
func minute(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(minuteLayout)
}

// number groups the digits of a count by threes.
func number[T int | int64](n T) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// percent returns a share, "-" if there is nothing to have a share of.
func percent[T int | int64](part, whole T) string {
	if whole == 0 {
		return "-"
	}
	return percentOf(float64(part) / float64(whole))
}

// percentOf is a share of one in percent, with the digits that it needs.
func percentOf(share float64) string { return fmt.Sprintf("%.*f %%", digitsOf(share), 100*share) }

// byteCount rounds to a unit that leaves few digits.
func byteCount(n int64) string {
	value, units := float64(n), []string{"B", "kB", "MB", "GB", "TB"}
	for value >= 1000 && len(units) > 1 {
		value, units = value/1000, units[1:]
	}
	if units[0] == "B" {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", value, units[0])
}

// Printable makes what strangers wrote safe for a terminal: whatever is not
// shown as itself is shown as its number.
func Printable(s string) string {
	if strings.IndexFunc(s, hidden) < 0 {
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

// PrintableLines is Printable for text of several lines.
func PrintableLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = Printable(line)
	}
	return strings.Join(lines, "\n")
}

func hidden(c rune) bool { return !unicode.IsPrint(c) }

// count is a number of things.
func count[T int | int64](n T, what string) string {
	if n != 1 {
		what += "s"
	}
	return number(n) + " " + what
}

// fromTo tells a time from one minute to another.
func fromTo(start, end time.Time) string {
	return fmt.Sprintf("%s to %s", start.Format(minuteLayout), end.Format(minuteLayout))
}
