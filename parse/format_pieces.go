package parse

import (
	"bytes"

	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/timestamp"
)

// A pieceSplitter reads the logs of container runtimes. They divide a long line of the program
// into pieces of 16 KiB, and write lines of its other stream between these. The pieces are
// joined into one record, at the place of the last one.
type pieceSplitter struct {
	pieceReader
	limits limits
	lines  lineTaker
	open   []*joined // one for each stream whose last line is incomplete
}

// A chunk is a line of a container runtime's log.
type chunk struct {
	stream []byte
	text   []byte // as written, including escapes
	more   bool   // the next line of the stream continues it

	asWritten bool // the record is the line as written, if it is complete
	// before and after surround the text in the record.
	before, after []byte
}

// A joined record is one that is incomplete so far.
type joined struct {
	stream string
	text   []byte // so far
	after  []byte
	long   bool
	skipped
}

// maxStreams is the largest number of open streams. Containers have two.
const maxStreams = 8

func newPieceSplitter(r pieceReader, l limits) *pieceSplitter {
	return &pieceSplitter{pieceReader: r, limits: l, lines: lineTaker{limit: l.record}}
}

// split implements splitter.
func (p *pieceSplitter) split(b *Block, data []byte, e ending) int {
	n := 0
	for !b.isFull(p.limits) && (n < len(data) || e.last() && p.lines.long != nil) {
		if n > 0 && e == windowFull {
			e = mayContinue
		}
		line, took, ok := p.lines.take(b, data[n:], e)
		if ok {
			p.line(b, line, countLines(data[n:], took, e))
		}
		n += took
		if took == 0 {
			break
		}
	}
	if e.last() && n == len(data) {
		for _, o := range p.open {
			p.finish(b, o)
		}
		p.open = p.open[:0]
	}
	return n
}

// line takes one line.
func (p *pieceSplitter) line(b *Block, line []byte, lines int64) {
	var x chunk
	var o *joined
	at, ok := 0, false
	if len(p.open) > 0 || p.whole == nil || !p.whole(line) {
		x, ok = p.read(bytes.TrimRight(line, "\r\n"))
	}
	for i, c := range p.open {
		if ok && c.stream == string(x.stream) {
			o, at = c, i
		}
	}
	if o == nil && (!x.more || len(p.open) == maxStreams) {
		text := len(b.Data)
		if ok && !x.asWritten {
			b.Data = append(append(append(b.Data, x.before...), x.text...), x.after...)
		} else {
			b.Data = append(b.Data, line...)
		}
		b.add(text, Span{Bytes: int64(len(line)), Lines: lines, Time: timestamp.NoTime})
		return
	}
	if o == nil {
		o = &joined{stream: string(x.stream), text: bytes.Clone(x.before), after: bytes.Clone(x.after)}
		at = len(p.open)
		p.open = append(p.open, o)
	}
	o.bytes += int64(len(line))
	o.lines += lines
	if o.long = o.long || len(o.text)+len(x.text) > p.limits.record; !o.long {
		o.text = append(o.text, x.text...)
	}
	if !x.more {
		p.finish(b, o)
		p.open = append(p.open[:at], p.open[at+1:]...)
	}
}

// finish appends the record that the pieces form.
func (p *pieceSplitter) finish(b *Block, o *joined) {
	if o.long {
		b.skip(Oversize, o.bytes, o.lines, oversize("joined line", o.bytes, p.limits.record))
		return
	}
	text := len(b.Data)
	b.Data = append(append(b.Data, o.text...), o.after...)
	b.add(text, Span{Bytes: o.bytes, Lines: o.lines, Time: timestamp.NoTime})
}

// A pieceReader reads the lines of one container runtime.
type pieceReader struct {
	// whole, if not nil, is a fast check of whether a line is a record by itself, as written.
	whole func(line []byte) bool
	// read reads a line, and reports false if the runtime did not write it.
	read func(line []byte) (chunk, bool)
}

// dockerReader reads the lines of Docker's json-file driver, and of collectors that keep the
// tag of another runtime.
var dockerReader = pieceReader{isWholeDockerLine, readDocker}

const dockerStart = `{"log":"`

// isWholeDockerLine reports whether a line is a complete line of the program. It may miss some.
func isWholeDockerLine(line []byte) bool {
	if len(line) < len(dockerStart) || string(line[:len(dockerStart)]) != dockerStart {
		return false
	}
	end, _ := jsontext.StringEnd(line, len(dockerStart))
	return end > 0 && endsInLineFeed(line[len(dockerStart):end])
}

// endsInLineFeed reports whether a JSON string, as written, ends in a line feed.
func endsInLineFeed(s []byte) bool {
	s, ok := bytes.CutSuffix(s, []byte(`\n`))
	slashes := len(s) - len(bytes.TrimRight(s, `\`))
	return ok && slashes%2 == 0
}

func readDocker(line []byte) (chunk, bool) {
	if !jsontext.LooksLikeObject(line) || jsontext.ValueEnd(line, 0) != len(line) {
		return chunk{}, false
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
		return chunk{}, false
	}
	x := chunk{stream: stream, text: log, more: !endsInLineFeed(log), asWritten: true, before: []byte(dockerStart)}
	if tag != nil {
		x.more = string(tag) == "P"
	}
	x.after = append(append([]byte(`","stream":"`), stream...), '"')
	if time != nil {
		x.after = append(append(x.after, `,"time":`...), time...)
	}
	x.after = append(x.after, '}')
	return x, true
}

// criReader reads the lines of Kubernetes' container runtime interface: the time, the stream, a
// tag (P for a piece that continues, F for a full line or the last piece), and the text. The
// record is the time and the text.
var criReader = pieceReader{read: readCRI}

func readCRI(line []byte) (chunk, bool) {
	time, rest, ok1 := bytes.Cut(line, []byte{' '})
	stream, rest, ok2 := bytes.Cut(rest, []byte{' '})
	tag, text, _ := bytes.Cut(rest, []byte{' '})
	var clock timestamp.Clock
	_, n := clock.Parse(time)
	if !ok1 || !ok2 || n == 0 || n != len(time) || string(stream) != "stdout" && string(stream) != "stderr" || len(tag) != 1 || tag[0] != 'P' && tag[0] != 'F' {
		return chunk{}, false
	}
	return chunk{stream: stream, text: text, more: tag[0] == 'P', before: line[:len(time)+1]}, true
}
