package parse

import (
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// maxWindow is the largest zstd window and xz dictionary that is accepted, what
// `zstd --long` writes and twice what `xz -9` does. It is held in memory while a
// frame or block is read.
const maxWindow = 128 << 20

// A packing is a way to pack bytes, told by the first ones.
type packing struct {
	name  string
	magic string
	open  func(io.Reader) (io.ReadCloser, error) // nil: an archive, or known by name only
}

var packings = []packing{
	{"gzip", "\x1f\x8b", openGzip},
	{"zstd", "\x28\xb5\x2f\xfd", openZstd},
	{"bzip2", "BZh", openBzip2},
	{"xz", "\xfd7zXZ\x00", openXz},
	{"lz4", "\x04\x22\x4d\x18", openLz4},
	{"lz4", "\x02\x21\x4c\x18", openLz4}, // as old versions of its tool wrote
	{"zip", "PK\x03\x04", nil},
	{"zip", "PK\x05\x06", nil}, // without members
	{"zip", "PK\x07\x08", nil}, // made for several disks
	{"tar", "", nil},           // by isTarHeader
	{"compress (.Z)", "\x1f\x9d", nil},
	{"7z", "7z\xbc\xaf\x27\x1c", nil},
	{"rar", "Rar!\x1a\x07", nil},
	{"lzip", "LZIP\x01", nil},
	{"snappy", "\xff\x06\x00\x00sNaPpY", nil},
	{"Parquet", "PAR1", nil},
	{"Arrow", "ARROW1\x00\x00", nil},
	{arrowStream, "\xff\xff\xff\xff", nil}, // a partial of otlog scan may come here
}

const arrowStream = "Arrow stream"

// archives says which packings hold several files.
var archives = map[string]bool{"tar": true, "zip": true}

// packingOf returns how the stream that head starts is packed, nil if it is
// plain.
func packingOf(head []byte) *packing {
	head = behindSkippable(head)
	for i := range packings {
		p := &packings[i]
		switch {
		case p.name == "tar" && isTarHeader(head):
			return p
		case p.magic == "" || !bytes.HasPrefix(head, []byte(p.magic)):
		case p.name == "bzip2" && !startsBzip2(head): // a log may start with its three letters
		default:
			return p
		}
	}
	return nil
}

// behindSkippable returns what stands behind the skippable frames that head starts
// with, for they may stand before zstd and lz4. If that is out of sight, it is
// taken for zstd.
func behindSkippable(head []byte) []byte {
	const header = 8 // magic and size
	for len(head) >= header && head[0]&0xf0 == 0x50 && string(head[1:4]) == "\x2a\x4d\x18" {
		size := int64(binary.LittleEndian.Uint32(head[4:]))
		if size >= int64(len(head)-header) {
			return []byte("\x28\xb5\x2f\xfd")
		}
		head = head[header+size:]
	}
	return head
}

// startsBzip2 looks at what follows "BZh": the size of blocks, and a block or the
// end, as far as they are in sight.
func startsBzip2(head []byte) bool {
	if len(head) < 4 || head[3] < '1' || head[3] > '9' {
		return false
	}
	magic := string(head[4:min(len(head), 10)])
	return strings.HasPrefix("\x31\x41\x59\x26\x53\x59", magic) || strings.HasPrefix("\x17\x72\x45\x38\x50\x90", magic)
}

const (
	maxCompressions = 2 // around each other
	maxLayers       = maxCompressions + 1
)

// layers are what a stream was unpacked from, outermost first.
type layers []*packing

func (l layers) String() string {
	names := make([]string, len(l))
	for i, p := range l {
		names[i] = p.name
	}
	return strings.Join(names, "+")
}

// refusal says why p is not unpacked that was found in l, "" if it is.
func (l layers) refusal(p *packing) string {
	if p.name == arrowStream {
		return "not a log: an Arrow stream; if otlog scan has written it, give it to otlog report or otlog merge, as it is and not in an archive"
	}
	if p.open == nil && !archives[p.name] {
		return fmt.Sprintf("not a log: %s data is not understood (%s)", p.name, understood)
	}
	archive, compressions := "", 0
	for _, outer := range l {
		if archives[outer.name] {
			archive = outer.name
		} else {
			compressions++
		}
	}
	switch {
	case archives[p.name] && archive != "":
		return fmt.Sprintf("not unpacked: a %s in a %s; members of an archive are not searched for archives", p.name, archive)
	case !archives[p.name] && compressions == maxCompressions:
		return fmt.Sprintf("not unpacked: compressed more than twice (%s+%s)", l, p.name)
	}
	return ""
}

func openGzip(r io.Reader) (io.ReadCloser, error) {
	return gzip.NewReader(r) // reads all members
}

func openZstd(r io.Reader) (io.ReadCloser, error) {
	// No goroutines of its own: the pipeline runs decoding and classifying side
	// by side already. BenchmarkZstdGoroutines compares.
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, err
	}
	return d.IOReadCloser(), nil
}

func openBzip2(r io.Reader) (io.ReadCloser, error) {
	return io.NopCloser(bzip2.NewReader(r)), nil // reads all streams
}

func openLz4(r io.Reader) (io.ReadCloser, error) {
	return io.NopCloser(lz4.NewReader(r)), nil // reads all frames
}

func openXz(r io.Reader) (io.ReadCloser, error) {
	return io.NopCloser(newXzReader(r)), nil // reads all streams
}

// DefaultMaxExpansion is how many times its size a source may unpack to. One line
// of log that is repeated without a time reaches 11,900 (zstd -19; xz 6,900, bzip2
// 2,300, gzip 290), with a time 920. What was made to fill a disk (bzip2 of one
// byte, gzip in gzip, a sparse file in a tar, members of a zip that overlap) reaches
// millions.
const DefaultMaxExpansion = 20_000

// expansionFloor is how much is unpacked whatever it was unpacked from: the start of
// a stream may say much in a few bytes.
const expansionFloor = 64 << 20

// An expansionError is a source that unpacks to more than it may.
type expansionError struct{ limit int64 }

func (e expansionError) Error() string {
	return fmt.Sprintf("it unpacks to more than %d times its size, which no log does (--max-expansion sets the limit)", e.limit)
}

// expand notes that n more bytes were decoded behind so many layers. All members of
// an archive count together: they may be made of the same bytes.
func (u *unpacker) expand(depth, n int) error {
	u.out[depth] += int64(n)
	limit, floor := u.MaxExpansion, u.expansionFloor
	if limit == 0 {
		limit = DefaultMaxExpansion
	}
	if floor == 0 {
		floor = expansionFloor
	}
	if limit < 0 || u.out[depth] <= floor || u.out[depth]/limit < u.raw.n {
		return nil
	}
	return expansionError{limit}
}

// A decompressor names the packing in the errors of its stream, and holds the
// limit of expansion.
type decompressor struct {
	io.Reader
	name   string
	input  *progress
	expand func(n int) error
	out    int64
	err    error // what ended it
}

// decoder returns the decompressor of the innermost of layers. r decodes what is
// read by way of input.
func (u *unpacker) decoder(r io.Reader, input *progress, from layers) *decompressor {
	return &decompressor{
		Reader: r, name: from[len(from)-1].name, input: input,
		expand: func(n int) error { return u.expand(len(from), n) },
	}
}

func (d *decompressor) Read(p []byte) (int, error) {
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

// failed reports whether it broke off.
func (d *decompressor) failed() bool { return d.err != nil && d.err != io.EOF }

// damage says where the stream broke off. If not the stream is at fault, but what
// it is read from, that tells.
func (d *decompressor) damage(err error) error {
	if d.input.err != nil && d.input.err != io.EOF {
		err = d.input.err
	}
	var below *DamageError
	if errors.As(err, &below) {
		return below
	}
	return &DamageError{Compression: d.name, Input: d.input.n, Offset: d.out, Cause: cause(err)}
}

// A DamageError is a source that broke off: what came before it was read.
type DamageError struct {
	Compression string // "" if the source is plain
	Input       int64  // bytes of the compressed source read until then
	Offset      int64  // bytes of the decoded source read until then
	Cause       error
}

func (e *DamageError) Error() string {
	if e.Compression == "" {
		return fmt.Sprintf("reading fails at offset %d: %v", e.Offset, e.Cause)
	}
	what, cause := "is damaged", e.Cause.Error()
	if errors.Is(e.Cause, io.ErrUnexpectedEOF) {
		cause = "unexpected end of file"
	}
	if errors.As(e.Cause, &expansionError{}) {
		what = "was given up"
	}
	return fmt.Sprintf("%s stream %s near byte %d, after %d decoded bytes: %s", e.Compression, what, e.Input, e.Offset, cause)
}

func (e *DamageError) Unwrap() error { return e.Cause }

// progress is how far a stream was read.
type progress struct {
	n   int64
	err error // what ended it
}

// A countingReader counts what was read through it.
type countingReader struct {
	io.Reader
	progress
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	c.err = err
	return n, err
}
