package textline

import (
	"bytes"

	"github.com/otlog/otlog/parse/timestamp"
)

// IsTime reports whether a line is a time and nothing else, but for brackets and the like.
func IsTime(line []byte) bool {
	const longest = 64
	if len(line) > longest {
		return false
	}
	line = TrimTime(line)
	if len(line) == 0 || !isDigit(line[0]) && !bytes.ContainsAny(line, ":.") {
		return false
	}
	var clock timestamp.Clock
	if clock.Value(line) != timestamp.NoTime {
		return true
	}
	doubt, _ := clock.Doubt()
	return doubt == timestamp.DayMonth
}

// TrimTime returns a line without brackets and the like around it.
func TrimTime(line []byte) []byte { return bytes.Trim(line, " \t\r[]()#*=:") }

// HasTimeLines reports whether nearly every record of a text is a line with its time, and a line with
// its message.
func HasTimeLines(text []byte) bool {
	const fewest = 3
	times, messages, others := 0, 0, 0
	after := false // a time
	for line := range bytes.Lines(text) {
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case len(bytes.TrimSpace(line)) == 0:
			after = false
			continue
		case IsTime(line):
			times++
			after = true
			continue
		case after:
			messages++
		case times > 0 && line[0] != ' ' && line[0] != '\t' && !IsFrame(line) && !IsBorder(line):
			others++
		}
		after = false
	}
	return times >= fewest && messages*10 >= times*9 && others*10 <= times
}
