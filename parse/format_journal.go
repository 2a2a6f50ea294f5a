package parse

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/timestamp"
)

// A journalSplitter finds the entries in the export format of the systemd journal
// (journalctl -o export). An entry is a run of fields, KEY=value, and ends with an empty line. It
// becomes a JSON object with the fields as members. A value that contains line feeds or control
// bytes follows a line with its key alone: its length in 8 bytes, and as many bytes.
// Source: https://systemd.io/JOURNAL_EXPORT_FORMATS
type journalSplitter struct{ limits limits }

// split implements splitter.
func (s *journalSplitter) split(b *Block, data []byte, e ending) int {
	n := 0
	for !b.isFull(s.limits) && n < len(data) {
		if n > 0 && e == windowFull {
			e = mayContinue
		}
		took := s.entry(b, data[n:], e)
		if n += took; took == 0 {
			break
		}
	}
	return n
}

// entry takes one entry.
func (s *journalSplitter) entry(b *Block, data []byte, e ending) int {
	text, fields := len(b.Data), 0
	span := func(n int) Span {
		return Span{Bytes: int64(n), Lines: countLines(data, n, e), Time: timestamp.NoTime}
	}
	end := func(n int) int {
		if fields > 0 {
			b.Data = append(b.Data, '}')
		}
		b.add(text, span(n))
		return n
	}
	for n := 0; ; {
		if n == len(data) && n > 0 && e == sourceEnds {
			return end(n)
		}
		key, value, width := journalField(data[n:], e == sourceEnds)
		if width < 0 || len(b.Data)-text > s.limits.record {
			b.Data = b.Data[:text]
			return s.skip(b, data, e)
		}
		n += width
		if len(key) == 0 {
			return end(n)
		}
		if fields++; fields == 1 {
			b.Data = append(b.Data, '{')
		} else {
			b.Data = append(b.Data, ',')
		}
		b.Data = append(jsontext.AppendQuoted(b.Data, key), ':')
		b.Data = jsontext.AppendQuoted(b.Data, value)
	}
}

// skip takes an entry that is incomplete or too long, 0 bytes if more of it may follow.
func (s *journalSplitter) skip(b *Block, data []byte, e ending) int {
	n := int64(len(data))
	switch e {
	case mayContinue:
		return 0
	case windowFull:
		b.skip(Oversize, n, countLines(data, len(data), e), oversize("entry", n, s.limits.record))
	default:
		b.skip(Damaged, n, countLines(data, len(data), e), fmt.Sprintf("the source ends within an entry of %d bytes", n))
	}
	return len(data)
}

// journalField reads one field, or the empty line that ends an entry: then key is empty. width is
// -1 if the field is incomplete. whole says that data ends with the source.
func journalField(data []byte, whole bool) (key, value []byte, width int) {
	n := bytes.IndexByte(data, '\n')
	if n < 0 {
		if n = len(data); !whole || n == 0 {
			return nil, nil, -1
		}
	}
	line := bytes.TrimSuffix(data[:n], []byte{'\r'})
	width = min(n+1, len(data))
	key, value, plain := bytes.Cut(line, []byte{'='})
	if plain || len(line) == 0 {
		return key, value, width
	}
	const size = 8
	if len(data) < width+size {
		return nil, nil, -1
	}
	length := binary.LittleEndian.Uint64(data[width:])
	if width += size; length > uint64(len(data)-width) {
		return nil, nil, -1
	}
	value = data[width : width+int(length)]
	if width += int(length); width < len(data) && data[width] == '\n' {
		width++
	} else if !whole {
		return nil, nil, -1
	}
	return key, value, width
}

// isJournal reports whether a text starts like the export format of the journal.
func isJournal(sample []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(sample, "\n"), []byte("__CURSOR="))
}
