package unpack

import (
	"fmt"
	"io"
	"os"

	"github.com/otlog/otlog/internal/unnamed"
)

// maxCopy is how many bytes of a source are copied to a temporary file.
const maxCopy = 64 << 30

// regular returns the innermost of the layers as a file that can be read at any offset: the
// source if it is one, otherwise a temporary copy of r. remove removes the copy. The error is
// that of r if there is a file, and otherwise says why there is none.
func (u *unpacker) regular(r io.Reader, around layers) (file io.ReaderAt, size int64, remove func(), err error) {
	if u.file != nil && len(around) == 1 {
		// Parts of it may be read repeatedly, so the number of bytes read says little about
		// expansion.
		u.raw.n = u.size
		return u.file, u.size, func() {}, nil
	}
	copied, err := copyToDisk(r)
	if copied == nil {
		return nil, 0, nil, fmt.Errorf("copying it to disk: %w", err)
	}
	return copied, copied.size, copied.remove, err
}

// A tempFile is a temporary file without a name.
type tempFile struct {
	*os.File
	size int64
}

// copyToDisk copies r to a temporary file. It returns nil if the file cannot be written;
// an error beside a file is that of r.
func copyToDisk(r io.Reader) (*tempFile, error) {
	f, err := unnamed.Create("")
	if err != nil {
		return nil, err
	}
	copied := &tempFile{File: f}
	from := &counter{Reader: r}
	copied.size, err = io.CopyN(f, from, maxCopy+1)
	if err == io.EOF {
		err = nil
	}
	if copied.size > maxCopy {
		copied.remove()
		return nil, fmt.Errorf("it has more than %d GiB: save it as a file, uncompressed and outside any archive", maxCopy>>30)
	}
	if err != nil && (from.err == nil || from.err == io.EOF) {
		copied.remove()
		return nil, unnamed.Failed(err)
	}
	return copied, err
}

func (f *tempFile) remove() { f.Close() } // nothing reads it any more
