package unpack

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/otlog/otlog/parse/columnar"
	"github.com/otlog/otlog/parse/unpack/window"
)

// A DamageError is the error of a source that breaks off. Everything before the damage
// has been read.
type DamageError struct {
	Compression string // "" if the source is not packed
	Input       int64  // how many bytes of the packed stream had been read
	Offset      int64  // how many decoded bytes had been read
	Cause       error
}

func (e *DamageError) Error() string {
	if e.Compression == "" {
		return fmt.Sprintf("read error at byte %d: %v", e.Offset, e.Cause)
	}
	var expansion expansionError
	var group *columnar.GroupError
	var large *window.Error
	switch {
	case errors.As(e.Cause, &large):
		return fmt.Sprintf("%s data is not unpacked from byte %d on (%v): the %d decoded bytes before it were read", e.Compression, e.Input, e.Cause, e.Offset)
	case errors.As(e.Cause, &expansion):
		return fmt.Sprintf("%s data %v: stopped near byte %d, after %d decoded bytes (--max-expansion sets the limit)", e.Compression, expansion, e.Input, e.Offset)
	case errors.As(e.Cause, &group):
		return fmt.Sprintf("%s data is damaged near byte %d (%v): read the %d rows of the row group before it, and the other row groups", e.Compression, e.Input, e.Cause, group.Rows)
	case errors.Is(e.Cause, io.ErrUnexpectedEOF):
		return fmt.Sprintf("%s data is truncated near byte %d: the %d decoded bytes before it were read", e.Compression, e.Input, e.Offset)
	}
	return fmt.Sprintf("%s data is damaged near byte %d (%v): the %d decoded bytes before it were read", e.Compression, e.Input, e.Cause, e.Offset)
}

func (e *DamageError) Unwrap() error { return e.Cause }

// Precedes reports whether a is the error of an earlier row group than b.
func Precedes(a, b error) bool {
	var first, second *columnar.GroupError
	return errors.As(a, &first) && errors.As(b, &second) && first.Group < second.Group
}

// DamageAt returns err as a DamageError at an offset in decoded bytes. If err contains a
// DamageError of an inner layer, whose offset counts other bytes, only the offset changes.
func DamageAt(offset int64, err error) error {
	var damage *DamageError
	if errors.As(err, &damage) {
		at := *damage
		at.Offset = offset
		return &at
	}
	return &DamageError{Offset: offset, Cause: cause(err)}
}

// cause removes the operation and the path from the error of a file; the caller knows both.
func cause(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}

// unexpected replaces io.EOF where the stream must not end.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// DefaultMaxExpansion is how many times its size a source may unpack to. One line of a
// log, repeated without a time, reaches 11,900 (zstd -19; xz 6,900, bzip2 2,300, gzip
// 290); with a time it reaches 920. Data that is made to fill a disk (bzip2 of one byte,
// gzip in gzip, a sparse file in a tar, overlapping members of a zip) reaches millions.
const DefaultMaxExpansion = 20_000

// expansionFloor is how many bytes any source may unpack to, because the first few
// bytes of a stream may stand for many. Tests lower it.
var expansionFloor int64 = 64 << 20

// An expansionError is the error of a source that unpacks to more than the limit.
type expansionError struct{ limit int64 }

func (e expansionError) Error() string {
	return fmt.Sprintf("unpacks to more than %d times its size, which no log does", e.limit)
}

// expand counts n more bytes that were decoded inside depth layers. The members of an
// archive count together, because they may be made of the same bytes.
func (u *unpacker) expand(depth, n int) error {
	u.decoded[depth] += int64(n)
	limit := u.limit()
	if limit < 0 || u.decoded[depth] <= expansionFloor || u.decoded[depth]/limit < u.needed() {
		return nil
	}
	return expansionError{limit}
}

// needed returns how many bytes of the source were needed for what has been decoded.
func (u *unpacker) needed() int64 {
	if u.ahead == nil {
		return u.raw.n
	}
	n, _ := u.ahead.Position()
	return max(n, u.head)
}

// safeExpansion returns how many times its size a part of a source may unpack to, whatever is beside it,
// 0 for any.
func (u *unpacker) safeExpansion() int64 {
	if limit := u.limit(); limit > 0 {
		return max(limit/2, 1)
	}
	return 0
}

// limit returns the limit of expansion, negative if there is none.
func (u *unpacker) limit() int64 {
	if u.MaxExpansion == 0 {
		return DefaultMaxExpansion
	}
	return u.MaxExpansion
}

// A position is how many bytes of a stream were needed for what has been decoded, and the error
// of the last read.
type position interface{ Position() (n int64, err error) }

// A decoder reads a layer of a source. It limits the expansion, and its errors are
// DamageErrors that name the layer.
type decoder struct {
	io.Reader
	name   string
	input  position // of the packed stream
	expand func(n int) error
	out    int64
	err    error // what ended it
}

// decoder returns the decoder of the innermost of the layers. r decodes what is read
// through input.
func (u *unpacker) decoder(r io.Reader, input position, around layers) *decoder {
	return &decoder{
		Reader: r, name: around[len(around)-1].name, input: input,
		expand: func(n int) error { return u.expand(len(around), n) },
	}
}

func (d *decoder) Read(p []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	n, err := d.Reader.Read(p)
	d.out += int64(n)
	if err == nil {
		err = d.expand(n)
	}
	if err != nil && err != io.EOF {
		err = d.damage(err)
	}
	d.err = err
	return n, err
}

// failed reports whether the stream broke off.
func (d *decoder) failed() bool { return d.err != nil && d.err != io.EOF }

// damage returns err as a DamageError at the place that has been reached. An error of
// the packed stream comes first, because it causes the decoder's.
func (d *decoder) damage(err error) error {
	input, failed := d.input.Position()
	if failed != nil && failed != io.EOF {
		err = failed
	}
	var inner *DamageError
	if errors.As(err, &inner) {
		return inner
	}
	return &DamageError{Compression: d.name, Input: input, Offset: d.out, Cause: cause(err)}
}
