package stream

import (
	"cmp"
	"io"
	"os"
	"strings"

	"github.com/otlog/otlog/internal/unnamed"
	"github.com/otlog/otlog/parse"
)

// Again makes sources readable repeatedly. Those that are not regular files, as standard input, a
// named pipe, or <(COMMAND) of a shell, are kept in temporary files while they are read for the first
// time. It must be closed.
type Again struct{ streams []*kept }

// NewAgain prepares sources. stdin is read for the source "-".
func NewAgain(sources []parse.Source, stdin io.Reader) *Again {
	a := &Again{}
	for i := range sources {
		s := &sources[i]
		k := &kept{}
		switch {
		case s.Path == "-":
			k.open = func() (io.ReadCloser, error) { return io.NopCloser(stdin), nil }
		case isStream(s.Path):
			path := s.Path
			k.open = func() (io.ReadCloser, error) { return os.Open(path) }
		default:
			continue
		}
		s.Open = k.again
		a.streams = append(a.streams, k)
	}
	return a
}

// isStream reports whether a path may give other bytes, or none, when it is opened again.
func isStream(path string) bool {
	info, err := os.Stat(path)
	// Some systems open /dev/fd/3 where the last reading has ended, whatever it leads to.
	return err == nil && (!info.Mode().IsRegular() || strings.HasPrefix(path, "/dev/"))
}

// Err returns the error of the temporary files. A source that could not be kept looks as if it
// were damaged, and must not count as read.
func (a *Again) Err() error {
	for _, k := range a.streams {
		if k.failed != nil {
			return k.failed
		}
	}
	return nil
}

// Close closes the streams and removes the files.
func (a *Again) Close() {
	for _, k := range a.streams {
		if k.from != nil {
			k.from.Close() // read only
		}
		if k.file != nil {
			k.file.Close() // nothing reads it any more
		}
	}
}

// A kept stream is a stream, and a file with the bytes that were read from it.
type kept struct {
	open   func() (io.ReadCloser, error)
	from   io.ReadCloser // nil until it is opened
	file   *os.File
	size   int64
	end    error // the error that ended the stream
	failed error // of the file
}

// again opens the stream, or the file if the stream is open.
func (k *kept) again() (io.ReadCloser, error) {
	if k.from == nil {
		from, err := k.open()
		if err != nil {
			return nil, err
		}
		k.from = from
		if k.file, k.failed = unnamed.Create(""); k.failed != nil {
			return nil, k.failed
		}
	}
	return &replay{kept: k}, nil
}

// more reads from the stream, and keeps what it reads.
func (k *kept) more(b []byte) (int, error) {
	if err := cmp.Or(k.failed, k.end); err != nil {
		return 0, err // io.EOF unwrapped
	}
	n, err := k.from.Read(b)
	k.end = err
	if _, err := k.file.WriteAt(b[:n], k.size); err != nil {
		k.failed = unnamed.Failed(err)
		return 0, k.failed
	}
	k.size += int64(n)
	return n, err
}

// A replay reads a kept stream from its start: first the file, and then the rest of the stream.
type replay struct {
	*kept
	at int64
}

func (r *replay) Read(b []byte) (n int, err error) {
	if left := r.size - r.at; left > 0 {
		n, err = r.file.ReadAt(b[:min(int64(len(b)), left)], r.at)
	} else {
		n, err = r.more(b)
	}
	r.at += int64(n)
	return n, err
}

// Close does nothing: the stream may be read again.
func (r *replay) Close() error { return nil }

// Keep returns a temporary file with all bytes of a stream. The error is an [*unnamed.Error] if it
// is that of the file.
func Keep(from io.Reader) (*os.File, error) {
	f, err := unnamed.Create("")
	if err != nil {
		return nil, err
	}
	source := &ended{Reader: from}
	if _, err := io.Copy(f, source); err != nil {
		f.Close() // it is not used
		if source.err == nil {
			err = unnamed.Failed(err)
		}
		return nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		f.Close()
		return nil, unnamed.Failed(err)
	}
	return f, nil
}

// An ended reader keeps the error that ended it.
type ended struct {
	io.Reader
	err error
}

func (e *ended) Read(b []byte) (int, error) {
	n, err := e.Reader.Read(b)
	if err != io.EOF {
		e.err = err
	}
	return n, err
}
