package timestamp

import (
	"testing"
	"time"
)

// TestStamp finds the first date with a time of day.
func TestStamp(t *testing.T) {
	for text, want := range map[string]int{
		"":                                   -1,
		"2026-11-23T10:44:25":                0,
		"12:2026-11-23 10:44:25.972":         3,
		"a:b:c 1:2 at 2026-11-23T10:44:25Z":  13,
		"2026-11-23T10:44":                   -1,
		"12026-11-23T10:44:25":               -1,
		"2026-11-23_10:44:25":                -1,
		"11-23T10:44:25 2026-11-23T10:44:25": 15,
		"2026-11-23T10:44:2x 12:30":          -1,
	} {
		if got := Stamp([]byte(text)); got != want {
			t.Errorf("%.40q: got %d, want %d", text, got, want)
		}
	}
}

// TestChromium reads the times in Chrome's log, which follow the numbers of process and thread.
func TestChromium(t *testing.T) {
	for line, want := range map[string]string{
		"[1123/104425.959:ERROR:CONSOLE(1)] x":             "2026-11-23T10:44:25.959Z",
		"[1234:5678:1123/104425.959123:ERROR:CONSOLE:1] x": "2026-11-23T10:44:25.959123Z",
		"[1234:1123/104425.959:ERROR:CONSOLE(1)] x":        "2026-11-23T10:44:25.959Z",
		"[1332/104425.959:ERROR:CONSOLE(1)] x":             "",
		"[1123/254425.959:ERROR:CONSOLE(1)] x":             "",
		"[1123/104425:ERROR:CONSOLE(1)] x":                 "",
		"[1:2:3:1123/104425.959:ERROR:CONSOLE(1)] x":       "",
		"1123/104425.959 is a path":                        "",
	} {
		c := november(nil)
		got := ""
		if nanos, _ := c.Line([]byte(line)); nanos != NoTime {
			got = time.Unix(0, nanos).UTC().Format(time.RFC3339Nano)
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", line, got, want)
		}
	}
}

// TestNumbers reads the numbers that are times only in some places.
func TestNumbers(t *testing.T) {
	const ms = 1795430665959 * int64(time.Millisecond)
	for text, want := range map[string]int64{
		"1795430665959":        ms,
		"1795430665.959|":      ms,
		"1795430665959000000,": ms,
		"1795430665959.5 ":     ms + 500_000,
		"1795430665959x":       NoTime,
		"1795430665959-0":      NoTime,
		"17954306659590":       NoTime,
		"1263000000000":        NoTime, // 2010
		"2600000000000":        NoTime, // 2052
		"":                     NoTime,
	} {
		if got, _ := Epoch([]byte(text)); got != want {
			t.Errorf("Epoch(%q): got %d, want %d", text, got, want)
		}
	}
	for text, want := range map[string]int64{
		"46349.44752267":  ms,
		"46349,447522674": ms,
		"46349":           NoTime,
		"46349.447":       NoTime,
		"36349.44752267":  NoTime,
		"x46349.4475226":  NoTime,
	} {
		if got := Serial([]byte(text)); got != want {
			t.Errorf("Serial(%q): got %d, want %d", text, got, want)
		}
	}
	for text, want := range map[string]int64{
		"/Date(1795430665959)/":        ms,
		`\/Date(1795430665959+0100)\/`: ms,
		"/Date(1795430665)/":           NoTime,
		"/Date(x)/":                    NoTime,
	} {
		c := NewClock(Times{})
		if got := c.Value([]byte(text)); got != want {
			t.Errorf("Value(%q): got %d, want %d", text, got, want)
		}
	}
}

// TestLead reads times at the start of texts.
func TestLead(t *testing.T) {
	for text, want := range map[string]bool{
		"2026-11-23T10:44:25Z OT_TIMEOUT":          true,
		`\u001b[31m2026-11-23 10:44:25 ERROR late`: true,
		"[2026-11-23 10:44:25] late":               true,
		"2026-11-23T10:44:25Z":                     false,
		"Mon, 23 Nov 2026 10:44:25 GMT":            false,
		"OT_TIMEOUT at 2026-11-23T10:44:25Z":       false,
		"a text without a time in it":              false,
	} {
		c := NewClock(Times{})
		if got := c.Lead([]byte(text)) != NoTime; got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
}
