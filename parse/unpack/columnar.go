package unpack

import (
	"bytes"
	"errors"
	"io"

	"github.com/otlog/otlog/parse/columnar"
)

// ownFile is why a file of otlog is not read as a log.
const ownFile = "not a log: otlog has written it; if otlog scan has, give it to otlog report or otlog merge uncompressed and outside any archive"

// arrow yields the rows of an Arrow stream or file.
func (u *unpacker) arrow(name string, r io.Reader, around layers) bool {
	packed := &counter{Reader: r}
	rows, err := columnar.OpenArrow(packed, u.column)
	if err != nil {
		return u.refuse(name, around, columnarError(err, u.decoder(nil, &packed.progress, around)))
	}
	return u.open(name, u.decoder(rows, &packed.progress, around), around)
}

// columnarError returns the error of a file that cannot be opened.
func columnarError(err error, d *decoder) error {
	if errors.Is(err, columnar.ErrOwn) {
		return &UnreadableError{Cause: ownFile, Own: true}
	}
	return d.damage(err)
}

// column returns the key of a column.
func (u *unpacker) column(name string) string {
	if u.Column == nil {
		return name
	}
	return u.Column(name)
}

// parquet yields the rows of a Parquet file. Its metadata is at its end, so that a file which
// is not a regular one is copied to a temporary one first.
func (u *unpacker) parquet(name string, r io.Reader, around layers) bool {
	file, size, remove, broken := u.regular(r, around)
	if file == nil {
		return u.refuse(name, around, broken)
	}
	defer remove()
	if broken != nil {
		return u.refuse(name, around, DamageAt(0, broken))
	}
	in := &extent{ReaderAt: file}
	p, err := columnar.OpenParquet(in, size, u.column)
	if err != nil {
		in.n = size
		return u.refuse(name, around, columnarError(err, u.decoder(nil, &in.progress, around)))
	}
	whole := &inTurn{readers: u.sections(p, file, around)}
	head, err := readHead(whole)
	if len(head) == 0 {
		return u.refuse(name, around, noFirstByte(err))
	}
	t := &Text{Name: name, Compression: around.String(), Charset: charsetName(head), Head: head, Whole: err == io.EOF, Sections: u.sections(p, file, around)}
	t.text.Reader = io.MultiReader(bytes.NewReader(head), &stickyReader{whole, err})
	return u.yield(t, nil)
}

// A Section is a part of a text: a row group of a Parquet file.
type Section struct {
	From int64 // where it begins in the file

	text counter
}

func (s *Section) Read(p []byte) (int, error) { return s.text.Read(p) }

// sections returns the row groups of a file.
func (u *unpacker) sections(p *columnar.Parquet, file io.ReaderAt, around layers) []*Section {
	all := make([]*Section, p.Groups())
	for i := range all {
		from, size := p.Extent(i)
		in := &extent{ReaderAt: file}
		in.n = from
		d := u.decoder(p.Rows(i, in), &in.progress, around)
		// Each group has a limit of its own, which does not depend on when others are read.
		limit, floor := u.limit(), expansionFloor/int64(len(all))
		d.expand = func(int) error {
			if limit < 0 || d.out <= floor || d.out/limit < size {
				return nil
			}
			return expansionError{limit}
		}
		all[i] = &Section{From: from, text: counter{Reader: d}}
	}
	return all
}

// An extent is a file of which progress is the last byte read.
type extent struct {
	io.ReaderAt
	progress
}

func (e *extent) ReadAt(p []byte, offset int64) (int, error) {
	n, err := e.ReaderAt.ReadAt(p, offset)
	e.n, e.err = offset+int64(n), err
	return n, err
}

// inTurn reads sections one after the other. One that breaks off does not end the text: its
// error follows the last section.
type inTurn struct {
	readers []*Section
	err     error // the first one
}

func (t *inTurn) Read(p []byte) (int, error) {
	for len(t.readers) > 0 {
		n, err := t.readers[0].Read(p)
		if err != nil {
			t.readers = t.readers[1:]
			if err != io.EOF && t.err == nil {
				t.err = err
			}
		}
		if n > 0 {
			return n, nil
		}
	}
	if t.err != nil {
		return 0, t.err
	}
	return 0, io.EOF
}
