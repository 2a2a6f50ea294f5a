package parse

import (
	"bytes"

	"github.com/otlog/otlog/parse/container"
	"github.com/otlog/otlog/parse/timestamp"
)

// A pieceSplitter reads the logs of container runtimes. They divide a long line of the program
// into pieces of 16 KiB, and write lines of its other stream between these. The pieces are
// joined into one record, at the place of the last one.
type pieceSplitter struct {
	container.Reader
	limits limits
	lines  lineTaker
	open   []*joined // one for each stream whose last line is incomplete
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

func newPieceSplitter(r container.Reader, l limits) *pieceSplitter {
	return &pieceSplitter{Reader: r, limits: l, lines: lineTaker{limit: l.record}}
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
	var x container.Chunk
	var o *joined
	at, ok := 0, false
	if len(p.open) > 0 || p.IsWhole == nil || !p.IsWhole(line) {
		x, ok = p.Read(bytes.TrimRight(line, "\r\n"))
	}
	for i, c := range p.open {
		if ok && c.stream == string(x.Stream) {
			o, at = c, i
		}
	}
	if o == nil && (!x.More || len(p.open) == maxStreams) {
		text := len(b.Data)
		if ok && !x.AsWritten {
			b.Data = append(append(append(b.Data, x.Before...), x.Text...), x.After...)
		} else {
			b.Data = append(b.Data, line...)
		}
		b.add(text, Span{Bytes: int64(len(line)), Lines: lines, Time: timestamp.NoTime})
		return
	}
	if o == nil {
		o = &joined{stream: string(x.Stream), text: bytes.Clone(x.Before), after: bytes.Clone(x.After)}
		at = len(p.open)
		p.open = append(p.open, o)
	}
	o.bytes += int64(len(line))
	o.lines += lines
	if o.long = o.long || len(o.text)+len(x.Text) > p.limits.record; !o.long {
		o.text = append(o.text, x.Text...)
	}
	if !x.More {
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
