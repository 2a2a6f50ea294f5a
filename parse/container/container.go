// Package container reads the lines that container runtimes write for each line of a program, and counts
// the lines of a sample that look so.
package container

import (
	"bytes"

	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/timestamp"
)

// A Chunk is a line of a container runtime's log.
type Chunk struct {
	Stream []byte
	Text   []byte // as written, including escapes
	More   bool   // the next line of the stream continues it

	AsWritten bool // the record is the line as written, if it is complete
	// Before and After surround the text in the record.
	Before, After []byte
}

// A Reader reads the lines of one container runtime.
type Reader struct {
	// IsWhole, if not nil, is a fast check of whether a line is a record by itself, as written.
	IsWhole func(line []byte) bool
	// Read reads a line, and reports false if the runtime did not write it.
	Read func(line []byte) (Chunk, bool)
}

// Docker reads the lines of Docker's json-file driver, and of collectors that keep the
// tag of another runtime.
var Docker = Reader{isWholeDockerLine, readDocker}

const dockerStart = `{"log":"`

// isWholeDockerLine reports whether a line is a complete line of the program. It may miss some.
func isWholeDockerLine(line []byte) bool {
	if len(line) < len(dockerStart) || string(line[:len(dockerStart)]) != dockerStart {
		return false
	}
	// Frequent case first: text without quotes.
	end := len(dockerStart) + bytes.IndexByte(line[len(dockerStart):], '"')
	if line[end-1] == '\\' {
		end, _ = jsontext.StringEnd(line, len(dockerStart))
	}
	return end >= len(dockerStart) && endsInLineFeed(line[len(dockerStart):end])
}

// endsInLineFeed reports whether a JSON string, as written, ends in a line feed.
func endsInLineFeed(s []byte) bool {
	s, ok := bytes.CutSuffix(s, []byte(`\n`))
	slashes := len(s) - len(bytes.TrimRight(s, `\`))
	return ok && slashes%2 == 0
}

func readDocker(line []byte) (Chunk, bool) {
	if !jsontext.LooksLikeObject(line) || jsontext.ValueEnd(line, 0) != len(line) {
		return Chunk{}, false
	}
	var log, stream, time, tag []byte
	for key, value := range jsontext.Members(line) {
		switch string(key) {
		case "log":
			log = jsontext.Quoted(value)
		case "stream":
			stream = jsontext.Quoted(value)
		case "time":
			time = value
		case "logtag":
			tag = jsontext.Quoted(value)
		}
	}
	if log == nil || stream == nil {
		return Chunk{}, false
	}
	x := Chunk{Stream: stream, Text: log, More: !endsInLineFeed(log), AsWritten: true, Before: []byte(dockerStart)}
	if tag != nil {
		x.More = string(tag) == "P"
	}
	x.After = append(append([]byte(`","stream":"`), stream...), '"')
	if time != nil {
		x.After = append(append(x.After, `,"time":`...), time...)
	}
	x.After = append(x.After, '}')
	return x, true
}

// CRI reads the lines of Kubernetes' container runtime interface: the time, the stream, a
// tag (P for a piece that continues, F for a full line or the last piece), and the text. The
// record is the time and the text.
var CRI = Reader{Read: readCRI}

func readCRI(line []byte) (Chunk, bool) {
	time, rest, ok1 := bytes.Cut(line, []byte{' '})
	stream, rest, ok2 := bytes.Cut(rest, []byte{' '})
	tag, text, _ := bytes.Cut(rest, []byte{' '})
	var clock timestamp.Clock
	_, n := clock.Parse(time)
	if !ok1 || !ok2 || n == 0 || n != len(time) || string(stream) != "stdout" && string(stream) != "stderr" || len(tag) != 1 || tag[0] != 'P' && tag[0] != 'F' {
		return Chunk{}, false
	}
	return Chunk{Stream: stream, Text: text, More: tag[0] == 'P', Before: line[:len(time)+1]}, true
}
