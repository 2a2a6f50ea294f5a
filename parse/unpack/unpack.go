// Package unpack finds the text in a source: it removes compression, opens archives
// and converts UTF-16 to UTF-8.
//
// The path through the package:
//
//  1. [Texts] compares the first bytes of a source with the magic numbers in
//     compression.go. File names do not matter.
//  2. A compressed stream is decompressed, and its first bytes are compared again: up
//     to two compressions may be nested.
//  3. Each member of an archive (tar.go, zip.go) that is not hidden is examined in the
//     same way, so that a .tar.gz of .zst files is read without a case of its own.
//  4. What is not packed is text: charset.go converts it to UTF-8 with line feeds, or
//     rejects it as binary data.
//  5. Package notation rewrites text whose records are neither lines, nor JSON, nor rows.
//  6. A Parquet or Arrow file is read as NDJSON, a line for each row (columnar.go).
//  7. damage.go says at which byte a stream breaks off, and ends one that expands to
//     more than any log does.
package unpack

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/otlog/otlog/parse/detect"
	"github.com/otlog/otlog/parse/notation"
	"github.com/otlog/otlog/parse/unpack/frames"
	"github.com/otlog/otlog/parse/unpack/parallel"
	"github.com/otlog/otlog/parse/unpack/window"
)

// HeadSize is how many bytes at the start of a source, a member or a text are examined.
const HeadSize = 64 << 10

// A Source is a stream whose first bytes have been read.
type Source struct {
	Name string
	Head []byte    // the first bytes: HeadSize, or fewer if Err is not nil or the stream is live
	Err  error     // the error that ended Head; nil if Rest follows
	Rest io.Reader // the bytes after Head

	// File is the source from its first byte, and Size its size, if it is a regular
	// file; otherwise nil and 0.
	File io.ReaderAt
	Size int64
}

// Options say how to unpack.
type Options struct {
	// MaxExpansion limits the size of what a source unpacks to, as a multiple of the
	// source's size. 0 means DefaultMaxExpansion, a negative number no limit.
	MaxExpansion int64
	// AsWritten leaves texts as they are written, whatever their notation.
	AsWritten bool
	// Live says that nobody waits for more of the source than there is.
	Live bool
	// Pool, if set, decompresses zstd frames and bgzip members on several cores. The stream is
	// read ahead, so a live one has none.
	Pool *Pool
	// Divide lets a text be read from any offset although its file is compressed, if it has many zstd
	// frames or bgzip members. Damage is then found where the text is read, and not in order.
	Divide bool
	// Windows, if set, bounds the memory that decoders take together for windows.
	Windows *window.Budget
	// Column returns the key of a column of a Parquet or Arrow file. nil keeps its name.
	Column func(name string) string
}

// A Pool is shared by all sources that are read at the same time.
type Pool = parallel.Pool

// A Text is a stream of text in UTF-8: the source itself, or a member of an archive.
// Read returns it from its first byte.
type Text struct {
	Name        string // of a member: the archive's name, a slash, and the member's name
	Compression string // the layers around the text, outermost first, as in "gzip+tar"; "" if there are none
	Charset     string // "UTF-8", also for ASCII, "UTF-16LE", "UTF-16BE", or "not UTF-8"
	Head        []byte // the first bytes: HeadSize, or up to detect.Most if these do not show the format
	Whole       bool   // Head is the whole text
	Body        bool   // the text is that of a mail, not a file attached to it

	// File and Size are the text if it can be read from any offset; otherwise nil and 0.
	File io.ReaderAt
	Size int64

	// Sections are the whole text in parts of whole lines, which may be read at the same
	// time in place of it; nil if there are none.
	Sections []*Section

	text counter
}

func (t *Text) Read(p []byte) (int, error) { return t.text.Read(p) }

// N returns how many bytes have been read, by Read and from the sections.
func (t *Text) N() int64 {
	n := t.text.n
	for _, s := range t.Sections {
		n += s.text.n
	}
	return n
}

// ErrEmpty is the error of a source or member without a single byte.
var ErrEmpty = errors.New("empty: nothing to read")

// An UnreadableError is the error of a source or member that contains no text, or none
// that can be read.
type UnreadableError struct {
	Bytes  int64 // how many decoded bytes were examined
	Cause  string
	Binary bool // the bytes are not text
	Own    bool // otlog has written it
}

func (e *UnreadableError) Error() string { return e.Cause }

// Supported ends a message about data in an unsupported form.
const Supported = "supported are text in UTF-8 and UTF-16, Parquet and Arrow, and gzip, zstd, bzip2, xz, lz4, snappy, brotli, tar and zip"

// Texts yields the texts in a source: one, or those of an archive in its order. A text
// that cannot be read is yielded with an error, and only its name, compression and body are
// set then. The error is ErrEmpty, an *UnreadableError, a *DamageError if the stream
// breaks off before the first byte, or an error of the system. An error of an archive
// as a whole is yielded last, with the archive's name.
//
// All texts of a source share one stream: a text must be read to its end, or given up,
// before the next one is asked for.
func Texts(s Source, o Options) iter.Seq2[*Text, error] {
	return func(yield func(*Text, error) bool) {
		u := &unpacker{Options: o, yield: yield, file: s.File, size: s.Size}
		u.raw = counter{Reader: s.Rest}
		u.raw.n, u.head = int64(len(s.Head)), int64(len(s.Head))
		u.examine(s.Name, s.Head, s.Err, &u.raw, nil)
	}
}

// An unpacker unpacks one source. Its methods that yield report whether to continue.
type unpacker struct {
	Options
	yield func(*Text, error) bool
	file  io.ReaderAt // the source, if it is a regular file
	size  int64       // of file
	raw   counter     // the source
	ahead position    // of what has been decoded, if the source is read ahead
	head  int64       // bytes of the source that are read in any case
	body  bool        // see Text.Body
	page  bool        // the text is HTML
	// decoded counts the decoded bytes, by the number of layers around them.
	decoded [maxLayers + 2]int64 // a notation counts as one
}

// open reads the first bytes of a stream and yields the texts in it. around are the
// layers that have been removed.
func (u *unpacker) open(name string, r io.Reader, around layers) bool {
	head, err := readHead(r)
	return u.examine(name, head, err, r, around)
}

// examine yields the texts in the stream that starts with head. err is the error that
// ended head; rest follows.
func (u *unpacker) examine(name string, head []byte, err error, rest io.Reader, around layers) bool {
	if len(head) == 0 {
		return u.refuse(name, around, noFirstByte(err))
	}
	r := io.MultiReader(bytes.NewReader(head), &stickyReader{rest, err})
	p := packingOf(head)
	if p == nil && isBrotli(name, head, around) {
		p = &brotliPacking
	}
	if p == nil {
		return u.text(name, r, head, err == io.EOF, around)
	}
	if cause := around.refusal(p); cause != "" {
		return u.refuse(name, around, &UnreadableError{Bytes: int64(len(head)), Cause: cause})
	}
	around = append(slices.Clip(around), p)
	switch p.name {
	case "tar":
		return u.tar(name, r, around)
	case "zip":
		return u.zip(name, r, around)
	case "mail":
		return u.mail(name, head, r, around)
	case parquet:
		return u.parquet(name, r, around)
	case arrow:
		return u.arrow(name, r, around)
	}
	packed := &counter{Reader: r}
	unpacked, err := u.decompress(p, packed, around)
	if err != nil {
		d := u.decoder(nil, packed, around)
		return u.refuse(name, around, d.damage(err))
	}
	defer unpacked.Close()
	var input position = packed
	if ahead, ok := unpacked.(position); ok {
		input = ahead
	}
	return u.open(name, u.decoder(unpacked, input, around), around)
}

// decompress opens a stream of packing p, the innermost of the layers.
func (u *unpacker) decompress(p *packing, r io.Reader, around layers) (io.ReadCloser, error) {
	share := u.Windows.Share(around[:len(around)-1].level())
	serial := func(r io.Reader) (io.ReadCloser, error) { return p.open(r, share) }
	switch {
	case u.Pool == nil:
	case len(around) > 1: // reading ahead would break off the layers around it too early
	case p.name == "zstd":
		return u.onSeveralCores(parallel.Zstd(r, serial, u.Pool, u.safeExpansion())), nil
	case p.name == "gzip":
		return u.onSeveralCores(parallel.Bgzip(r, serial, u.Pool, u.safeExpansion())), nil
	}
	return serial(r)
}

// onSeveralCores notes the reader of the source, which reads ahead.
func (u *unpacker) onSeveralCores(r *parallel.Reader) *parallel.Reader {
	u.ahead = r
	return r
}

// text yields a stream that has no further layer.
func (u *unpacker) text(name string, r io.Reader, head []byte, whole bool, around layers) bool {
	t := &Text{Name: name, Compression: around.String(), Body: u.body}
	t.Charset = charsetName(head)
	decode := charsetOf(head)
	if decode != nil {
		r = decode(r)
		var err error
		if head, err = readHead(r); len(head) == 0 {
			return u.refuse(name, around, noFirstByte(err))
		}
		r, whole = io.MultiReader(bytes.NewReader(head), &stickyReader{r, err}), err == io.EOF
	} else if len(around) == 0 {
		t.File, t.Size = u.file, u.size
	} else if u.Divide && u.file != nil && len(around) == 1 {
		if f := frames.Of(u.file, u.size, around[0].name, u.safeExpansion()); f != nil {
			t.File, t.Size = f, f.Size()
		}
	}
	if isPadded(head) {
		start := head
		r = &unpadded{Reader: r}
		var err error
		if head, err = readHead(r); len(head) == 0 && err != io.EOF {
			return u.refuse(name, around, noFirstByte(err))
		} else if len(head) == 0 || notText(head) != "" { // the padding was longer than the head
			return u.refuse(name, around, &UnreadableError{Bytes: int64(len(start)), Cause: notText(start), Binary: true})
		}
		r, whole = io.MultiReader(bytes.NewReader(head), &stickyReader{r, err}), err == io.EOF
		t.File, t.Size, t.Compression = nil, 0, strings.TrimPrefix(t.Compression+"+NUL padding", "+")
	}
	if cause := notText(head); cause != "" {
		return u.refuse(name, around, &UnreadableError{Bytes: int64(len(head)), Cause: cause, Binary: !isUTF32(head)})
	}
	if endsLinesInCR(head) {
		r = carriageReturns{r}
		if t.File != nil {
			t.File = carriageReturnsAt{t.File}
		}
		head = bytes.ReplaceAll(head, []byte{'\r'}, []byte{'\n'})
	}
	r, head, whole = u.extend(r, head, whole)
	if cause := notText(head); cause != "" { // after a head of white space
		return u.refuse(name, around, &UnreadableError{Bytes: int64(len(head)), Cause: cause, Binary: true})
	}
	n := notation.Of(head, whole)
	if u.page && n == nil {
		n = notation.OfPage()
	}
	if n != nil && !u.AsWritten {
		in := &counter{Reader: r}
		r = &decoder{
			Reader: n.Open(in), name: n.Name, input: &in.progress,
			expand: func(n int) error { return u.expand(len(around)+1, n) },
		}
		var err error
		if head, err = readHead(r); len(head) == 0 {
			return u.refuse(name, around, noFirstByte(err))
		}
		r, whole = io.MultiReader(bytes.NewReader(head), &stickyReader{r, err}), err == io.EOF
		t.File, t.Size, t.Compression = nil, 0, strings.TrimPrefix(t.Compression+"+"+n.Name, "+")
		r, head, whole = u.extend(r, head, whole)
	}
	t.Head, t.Whole, t.text.Reader = head, whole, r
	return u.yield(t, nil)
}

// extend reads more of a text that starts with head, until its format, or the notation of markup, can be
// detected. It returns a reader of the text from its first byte, as r is, and its first bytes.
func (u *unpacker) extend(r io.Reader, head []byte, whole bool) (io.Reader, []byte, bool) {
	if u.Live || u.AsWritten {
		return r, head, whole
	}
	enough := func() bool {
		return detect.Enough(head) && (!detect.OpensMarkup(head) || notation.Of(head, false) != nil)
	}
	for size := 2 * HeadSize; !whole && len(head) < detect.Most && !enough(); size *= 2 {
		var err error
		head, err = readFirst(r, size)
		r, whole = io.MultiReader(bytes.NewReader(head), &stickyReader{r, err}), err == io.EOF
		if err != nil {
			break
		}
	}
	return r, head, whole
}

// refuse yields a stream that cannot be read.
func (u *unpacker) refuse(name string, around layers, err error) bool {
	return u.yield(&Text{Name: name, Compression: around.String(), Body: u.body}, err)
}

// noFirstByte returns the error of a stream whose first read returned err.
func noFirstByte(err error) error {
	if err == io.EOF {
		return ErrEmpty
	}
	return DamageAt(0, err)
}

// readHead reads the first bytes of r. Its error is io.EOF if they are all.
func readHead(r io.Reader) ([]byte, error) { return readFirst(r, HeadSize) }

// readFirst reads the first bytes of r, at most size.
func readFirst(r io.Reader, size int) ([]byte, error) {
	const small, more = 1 << 10, 8 // many members of archives are small
	head := make([]byte, 0, min(size, small))
	for {
		n, err := io.ReadFull(r, head[len(head):cap(head)])
		head = head[:len(head)+n]
		if err == io.ErrUnexpectedEOF {
			// ReadFull's own: a decompressor's is wrapped in a DamageError.
			err = io.EOF
		}
		if err != nil || len(head) == size {
			return head, err
		}
		head = append(make([]byte, 0, min(size, more*len(head))), head...)
	}
}

// A stickyReader returns an error that its reader has returned before.
type stickyReader struct {
	io.Reader
	err error
}

func (s *stickyReader) Read(b []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	return s.Reader.Read(b)
}

// progress is how far a stream has been read.
type progress struct {
	n   int64 // bytes
	err error // the last read's
}

// Position implements position.
func (p *progress) Position() (int64, error) { return p.n, p.err }

// A counter counts the bytes read through it.
type counter struct {
	io.Reader
	progress
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	c.err = err
	return n, err
}
