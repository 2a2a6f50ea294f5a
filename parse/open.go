package parse

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/otlog/otlog/parse/digest"
	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/notation"
	"github.com/otlog/otlog/parse/sieve"
	"github.com/otlog/otlog/parse/timestamp"
	"github.com/otlog/otlog/parse/unpack"
	"github.com/otlog/otlog/parse/unpack/window"
)

// A Source is a stream of bytes to read: a file, the standard input, or any other stream.
type Source struct {
	Name string // in reports; "" means the path
	Path string // of a file; "-" is the standard input

	// Dir is the directory that the user named and that contains the file; "" if the user named
	// the file. Options.Sieve decides whether a file of a directory is read.
	Dir string

	// Open, if set, opens the source in place of the file at Path. The stream is read in
	// sections, by several goroutines at once, if it is a regular file by its method Stat
	// and has the method ReadAt, as *os.File does. It may be Live.
	Open func() (io.ReadCloser, error)

	// Progress, if set, counts the bytes read from the source, before decompression. Some
	// bytes may be read, and counted, twice.
	Progress *atomic.Int64
}

// String returns the source's name in reports.
func (s Source) String() string {
	switch {
	case s.Name != "":
		return s.Name
	case s.Path == "-":
		return "stdin"
	}
	return s.Path
}

func (s Source) open() (io.ReadCloser, error) {
	switch {
	case s.Open != nil:
		return s.Open()
	case s.Path == "-":
		return io.NopCloser(os.Stdin), nil
	}
	return os.Open(s.Path)
}

// cause removes the operation and the path from the error of a file, because the caller
// names the path.
func cause(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}

// A Live stream is a stream whose records are wanted as soon as they arrive.
type Live interface {
	io.ReadCloser
	// Pause reports whether the records read so far are wanted now, before more is read.
	Pause() bool
}

// HeadSize is how many bytes at the start of a source are read to recognize it.
const HeadSize = unpack.HeadSize

// A File is an open source, whose first bytes have been read.
type File struct {
	Name string

	dir     string // Source.Dir
	closer  io.Closer
	head    []byte
	err     error     // the error that ended head; io.EOF if head is the whole source
	rest    io.Reader // after head
	at      io.ReaderAt
	size    int64
	changed time.Time // when the file was last written, zero if unknown
	live    Live      // nil if it is not

	progress *atomic.Int64 // Source.Progress
}

// Open opens a source and reads its first bytes. A source is opened once: its first bytes
// decide whether it is a partial, identify it, and say how it is packed. The caller closes
// the file. If a file of a directory cannot be opened, the error is an *UnreadableError.
func Open(s Source) (*File, error) {
	stream, err := s.open()
	switch {
	case err != nil && s.Dir != "" && !errors.Is(err, syscall.EMFILE):
		return nil, &UnreadableError{Cause: fmt.Sprintf("not read: %v", cause(err))}
	case err != nil:
		return nil, cause(err)
	}
	f := &File{Name: s.String(), dir: s.Dir, closer: stream, rest: stream, progress: s.Progress}
	f.live, _ = stream.(Live)
	if file, ok := stream.(interface{ Stat() (fs.FileInfo, error) }); ok {
		if info, err := file.Stat(); err == nil {
			f.changed = info.ModTime()
			if at, ok := stream.(io.ReaderAt); ok && info.Mode().IsRegular() {
				f.at, f.size = at, info.Size()
			}
		}
	}
	if s.Progress != nil {
		f.rest = unpack.Counted(f.rest, s.Progress)
		if f.at != nil {
			f.at = unpack.CountedAt(f.at, s.Progress)
		}
	}
	f.head, f.err = f.readHead()
	return f, nil
}

// readHead reads the first HeadSize bytes. Of a live stream it reads at least a line, and
// more only until the stream pauses.
func (f *File) readHead() ([]byte, error) {
	size := HeadSize
	if f.at != nil { // a file says that it has ended only when more is asked for
		size = int(min(f.size+1, HeadSize))
	}
	head := make([]byte, 0, size)
	for len(head) < HeadSize {
		if len(head) == cap(head) { // the file has grown
			head = append(make([]byte, 0, HeadSize), head...)
		}
		n, err := f.rest.Read(head[len(head):cap(head)])
		head = head[:len(head)+n]
		if err != nil {
			return head, err
		}
		if f.live != nil && bytes.IndexByte(head, '\n') >= 0 && f.live.Pause() {
			break
		}
	}
	return head, nil
}

// Head returns the first bytes of the source: HeadSize, or all if there are fewer. Of a
// Live stream there may be fewer in any case.
func (f *File) Head() []byte { return f.head }

// Regular returns a reader of a regular file at any offset, and the file's size. It
// reports false if the source is another stream.
func (f *File) Regular() (r io.ReaderAt, size int64, ok bool) { return f.at, f.size, f.at != nil }

// Stream returns a reader of the source from its first byte. Stream and Inputs read the
// same bytes: only one of them can be used.
func (f *File) Stream() io.Reader {
	if f.err != nil {
		return io.MultiReader(bytes.NewReader(f.head), failed{f.err})
	}
	return io.MultiReader(bytes.NewReader(f.head), f.rest)
}

// A failed reader returns an error.
type failed struct{ err error }

func (f failed) Read([]byte) (int, error) { return 0, f.err }

// Tee copies to w all bytes of the source: its first ones now, the others when they are
// read from Inputs. A regular file may be read otherwise, so Tee is for other streams.
func (f *File) Tee(w io.Writer) {
	w.Write(f.head)
	f.rest = io.TeeReader(f.rest, w)
}

// Close closes the source.
func (f *File) Close() error { return f.closer.Close() }

// DefaultMaxExpansion is how many times its size a source may unpack to.
const DefaultMaxExpansion = unpack.DefaultMaxExpansion

// Options say how to read sources.
type Options struct {
	// Format is the name of the format that all inputs are read as. If it is "", each
	// input's first bytes decide.
	Format string
	Times  timestamp.Times // how to read incomplete times
	Fields field.Names     // that the user names
	Pool   *unpack.Pool    // decompresses on several cores; nil: on one
	Divide bool            // compressed files have sections, too, if they have frames: see unpack.Options

	// Windows, if set, bounds the memory that decoders take together for windows.
	Windows *window.Budget

	// SectionSize is how many bytes of a plain file one Reader reads. If it is 0, each input
	// has only one Reader.
	SectionSize int64

	// MaxExpansion limits the size of what a source unpacks to, as a multiple of the
	// source's size: 0 means DefaultMaxExpansion, a negative number no limit.
	MaxExpansion int64

	// Sieve, if set, leaves out files of directories and members of archives that are not logs.
	Sieve *sieve.Sieve
}

// An Input is text that was found in a Source: the source itself, or one member of an archive.
type Input struct {
	Name        string // of a member: the archive's name, a slash, and the member's name
	Format      Format
	Compression string          // the layers around the text, outermost first, as in "gzip+tar"; "" if there are none
	Times       timestamp.Times // how to read its times
	Learned     Learned         // about its fields

	text    *unpack.Text
	readers []*Reader

	skipsProse     bool // samples leave out lines that do not look like records
	sampled, timed int  // how many of the first records were read, and how many have a time
}

// The errors of an input.
type (
	// An UnreadableError is the error of an input that contains no text, or none that can
	// be read.
	UnreadableError = unpack.UnreadableError
	// A DamageError is the error of an input that breaks off. Everything before the damage
	// has been read.
	DamageError = unpack.DamageError
)

// Precedes reports whether the first of two errors of an input is of an earlier place in it.
func Precedes(err, other error) bool { return unpack.Precedes(err, other) }

// ErrEmpty is the error of an input without a single byte.
var ErrEmpty = unpack.ErrEmpty

// Inputs unpacks the source and yields the inputs in it: one, or those of an archive in its
// order. An input that cannot be read is yielded with an error and has no readers. The error
// is ErrEmpty, an *UnreadableError, a *DamageError if the input breaks off before its first
// byte, or an error of the system. An error of an archive as a whole is yielded last, with
// the archive's name. What Options.Sieve leaves out is not yielded.
//
// All inputs of a source share one stream: the readers of an input must have ended before
// the next input is asked for.
//
// A plain file has a reader for every SectionSize bytes, a Parquet file one for every row group,
// any other input has one.
func (f *File) Inputs(o Options) iter.Seq2[*Input, error] {
	return func(yield func(*Input, error) bool) {
		source := unpack.Source{Name: f.Name, Head: f.head, Err: f.err, Rest: f.rest, File: f.at, Size: f.size}
		var left sieve.LeftOut
		none := true
		var last *unpack.Text
		for text, err := range unpack.Texts(source, unpack.Options{Pool: o.Pool, Divide: o.Divide, Windows: o.Windows, MaxExpansion: o.MaxExpansion, AsWritten: o.Format != "", Live: f.live != nil, Column: o.Fields.Column}) {
			in := &Input{Name: text.Name, Compression: text.Compression}
			found := o.Sieve != nil && (f.dir != "" || text.Name != f.Name && !text.Body)
			doubted := found && !sieve.IsLogName(text.Name)
			switch {
			case err != nil:
			case found && sieve.IsOutput(text.Head):
				err = sieve.NoLog{Why: sieve.Output}
			default:
				err = f.read(in, text, o, doubted)
			}
			if why, out := whyLeft(err); out && (doubted || found && why == sieve.Output) {
				left.Note(why, text.Name)
				last = text
				continue
			}
			none = false
			if !yield(in, err) {
				return
			}
		}
		if o.Sieve == nil || last == nil {
			return
		}
		if none && f.dir == "" {
			yield(&Input{Name: f.Name, Compression: last.Compression}, &UnreadableError{Cause: fmt.Sprintf("no logs in this archive, but %s", left.String())})
			return
		}
		if none && last.Name != f.Name { // an archive counts as one file
			left = sieve.LeftOut{}
			left.Note(sieve.NoSign, f.Name)
		}
		o.Sieve.Add(&left, f.dir, none)
		if f.progress != nil && f.at != nil && none {
			f.progress.Add(f.size - int64(len(f.head))) // the rest is not read
		}
	}
}

// whyLeft returns why a file is left out that gives err. It reports false if the file is a log, or
// may be one that cannot be read.
func whyLeft(err error) (why sieve.Why, ok bool) {
	var none sieve.NoLog
	var unread *UnreadableError
	switch {
	case errors.As(err, &none):
		return none.Why, true
	case errors.Is(err, ErrEmpty):
		return sieve.NoContent, true
	case errors.As(err, &unread) && unread.Own:
		return sieve.Output, true
	case errors.As(err, &unread) && unread.Binary:
		return sieve.NotText, true
	}
	return 0, false
}

// read makes the readers of an input. If the input is doubted, because neither the user nor its
// name says that it is a log, its first bytes must look like one.
func (f *File) read(in *Input, text *unpack.Text, o Options, doubted bool) error {
	if o.Format == "" {
		if cause := notation.Refused(text.Head); cause != "" {
			if doubted && !sieve.LooksLikeLog(text.Head) {
				return sieve.NoLog{Why: sieve.NoSign}
			}
			return &UnreadableError{Bytes: int64(len(text.Head)), Cause: cause}
		}
	}
	var ok bool
	if in.Format, ok = FormatOf(o.Format); !ok {
		in.Format = formatIn(text.Head, text.Whole, o.Fields)
	}
	if o.Format == "" && in.Format.Name != "har" && notation.IsEncoded(text.Head) {
		return &UnreadableError{Bytes: int64(len(text.Head)), Cause: "not read: the log in it is base64 or hexadecimal that otlog decodes in files, JSON and CSV only; save what it says as a file, for instance with base64 -d, and read that (--input-format console reads it as it is)"}
	}
	in.Times = o.Times.Until(f.changed)
	in.learn(text.Head, text.Whole, o.Fields)
	if brokeOff := !text.Whole && len(text.Head) < HeadSize; doubted && !brokeOff {
		if err := sieve.Judge(text.Name, text.Head, in.sampled, in.timed); err != nil {
			return err
		}
	}
	in.text = text
	if lines := in.Format.kind == byLine && !in.Format.stacks; lines && o.SectionSize > 0 && len(text.Sections) > 1 {
		for _, section := range text.Sections {
			r := newReader(section, in.Format)
			r.offset = section.From // orders its records after those of the sections before it
			in.readers = append(in.readers, r)
		}
		return nil
	}
	if sections := in.Format.kind == byLine && o.SectionSize > 0 && text.Size > o.SectionSize; !sections {
		r := newReader(text, in.Format)
		r.live = f.live
		in.readers = []*Reader{r}
		return nil
	}
	for from := int64(0); from < text.Size; from += o.SectionSize {
		in.readers = append(in.readers, newSection(text.File, from, min(from+o.SectionSize, text.Size), text.Size, in.Format))
	}
	return nil
}

// Readers returns the input's readers. They are independent of each other, may run at the
// same time, and together yield each record once.
func (in *Input) Readers() []*Reader { return in.readers }

// Decoded returns how many decoded bytes the input's readers have to account for when they
// have ended.
func (in *Input) Decoded() int64 {
	switch {
	case len(in.readers) == 0:
		return 0
	case len(in.readers) > 1 && in.text.Sections == nil:
		return in.text.Size
	}
	return in.text.N()
}

// Content returns the content of the text when the input's readers have ended. It depends neither
// on the number of readers nor on the size of blocks.
func (in *Input) Content() digest.Content {
	var c digest.Content
	for _, r := range in.readers {
		c.Join(r.content)
	}
	return c
}
