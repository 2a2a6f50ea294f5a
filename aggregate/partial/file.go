package partial

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/zeebo/xxh3"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/sieve"
)

// formatVersion changes when an older otlog cannot read what this one writes.
const formatVersion = "4"

// A File is a partial: the sum of inputs, and the account of each input.
type File struct {
	Name    string // in errors
	Part    *aggregate.Part
	Sources []*aggregate.Source
	Missing []string // inputs that were not found, in words
	LeftOut sieve.LeftOut

	ToolVersion string
	Catalogues  []string // versions by which records were classified; several after --force

	Digest [16]byte // of the bytes of a file that was read
}

// The end of a file, after the Arrow stream, where no Arrow reader looks: the XXH3-128 of all
// bytes before it, and endMark. It proves that the file is complete and that no bit of it
// has changed.
const (
	endMark  = "otlogEND"
	endBytes = 16 + len(endMark)
)

// Write writes a file. Compression makes it a quarter as long, but not every Arrow reader
// supports it.
func Write(w io.Writer, f *File, compress bool) error {
	metadata, err := f.metadata()
	if err != nil {
		return err
	}
	var options []ipc.Option
	if compress {
		options = append(options, ipc.WithZstd())
	}
	sum := &summing{Writer: w}
	if err := writeEntries(sum, f.Part, metadata, options...); err != nil {
		return err
	}
	digest := sum.hash.Sum128().Bytes()
	_, err = w.Write(append(digest[:], endMark...))
	return err
}

// summing hashes what is written.
type summing struct {
	io.Writer
	hash xxh3.Hasher
}

func (s *summing) Write(b []byte) (int, error) {
	n, err := s.Writer.Write(b)
	_, _ = s.hash.Write(b[:n]) // never fails
	return n, err
}

// Is reports whether a file that starts with head is a partial: an Arrow stream whose schema has
// the key of the format, or is longer than head.
func Is(head []byte) bool {
	if !isStream(head) || len(head) < 8 {
		return false
	}
	schema := head[8:]
	n := int64(binary.LittleEndian.Uint32(head[4:]))
	return n > int64(len(schema)) || bytes.Contains(schema[:n], []byte(keyFormat))
}

// isStream reports whether a file or a message starts like an Arrow stream.
func isStream(head []byte) bool { return bytes.HasPrefix(head, []byte{0xff, 0xff, 0xff, 0xff}) }

// Open verifies the size bytes of a file, and reads everything but its entries. The Part reads
// them from r later.
func Open(r io.ReaderAt, size int64) (*File, error) { return open("", r, size) }

func open(name string, r io.ReaderAt, size int64) (*File, error) {
	f := &File{Name: name}
	s := &stream{r: r, name: name}
	if err := f.verify(s, size); err != nil {
		return nil, err
	}
	var metadata map[string]string
	err := s.open(func(m map[string]string) error {
		metadata = m
		return checkFormat(m)
	})
	if err != nil {
		return nil, err
	}
	if err := f.read(metadata, s); err != nil {
		return nil, err
	}
	return f, nil
}

// foreign is the error of an Arrow stream of another program.
const foreign = "not a partial: an Arrow stream of another program (otlog scan writes partials)"

// damaged is the error of a file with changed bytes.
const damaged = "damaged: the bytes are not those that were written"

// checkFormat returns an error unless metadata is that of a readable partial.
func checkFormat(metadata map[string]string) error {
	switch v := metadata[keyFormat]; {
	case v == "":
		return errors.New(foreign)
	case v != formatVersion:
		return &VersionError{Version: v, Tool: metadata[keyTool]}
	}
	return nil
}

// A VersionError is the error of a file in another version of the format.
type VersionError struct {
	Version string
	Tool    string // version of the otlog that wrote it
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("version %q of the format of partials is not supported: this otlog reads version %s\nhint: scan its logs again, or use the otlog that wrote it (%q)", e.Version, formatVersion, e.Tool)
}

// verify checks the end of a file and its digest, and sets the size of the stream.
func (f *File) verify(s *stream, size int64) error {
	head := make([]byte, 4)
	if n, err := s.r.ReadAt(head, 0); n < len(head) && err != nil && err != io.EOF {
		return err
	}
	if !isStream(head) {
		return errors.New("not a partial")
	}
	s.size = size
	end := make([]byte, endBytes)
	if size > int64(endBytes) {
		if _, err := s.r.ReadAt(end, size-int64(endBytes)); err != nil {
			return err
		}
	}
	if string(end[16:]) != endMark {
		return s.endless()
	}
	s.size -= int64(endBytes)
	var sum xxh3.Hasher
	buffer := make([]byte, max(min(s.size, 64<<10), 1))
	if _, err := io.CopyBuffer(&sum, io.NewSectionReader(s.r, 0, s.size), buffer); err != nil {
		return err
	}
	f.Digest = sum.Sum128().Bytes()
	if f.Digest != [16]byte(end) {
		return errors.New(damaged)
	}
	s.digest = &f.Digest
	return nil
}

// endless returns the error of a file without a valid end.
func (s *stream) endless() error {
	m := s.messages()
	var other error
	m.about = func(metadata map[string]string) error {
		if metadata[keyFormat] == "" {
			other = errors.New(foreign)
		}
		return other
	}
	_, err := m.Message()
	if other != nil {
		return other
	}
	for err == nil {
		err = m.skip()
	}
	switch more := m.left - int64(endBytes); {
	case err == io.EOF && more > 0:
		return fmt.Errorf("%d bytes after the end", more)
	case err == io.EOF && more == 0:
		return errors.New(damaged)
	}
	return fmt.Errorf("truncated at byte %d: the end is missing", s.size)
}

// OpenFile opens a partial that is a regular file, which must stay open until the entries
// have been read. Errors that occur then name the file.
func OpenFile(in *parse.File) (*File, error) {
	r, size, ok := in.Regular()
	if !ok {
		return nil, errors.New("not a regular file")
	}
	return open(in.Name, r, size)
}
