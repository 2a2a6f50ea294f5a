package parse

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"strings"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zip"
)

// maxDirectory is how much of a zip is read for its directory, all of which is held
// in memory: that of some 600,000 members.
const maxDirectory = 64 << 20

var errDirectory = fmt.Errorf("its directory is longer than %d MiB", maxDirectory>>20)

// Methods of packing in a zip. Others than the first two are rare.
const (
	zipStored  = 0
	zipDeflate = 8
	zipBzip2   = 12
	zipZstd    = 93
	zipXz      = 95
)

const encrypted = "not unpacked: an encrypted member of a zip"

// zip yields the members of a zip. One that is no file by itself is kept in a
// temporary file meanwhile, since its directory stands at its end.
func (u *unpacker) zip(name string, r io.Reader, from layers) bool {
	a := u.archive(name, from)
	file, size := u.file, u.size
	if file == nil || len(from) > 1 {
		kept, err := keep(r)
		if kept == nil {
			return u.refuse(name, from, fmt.Errorf("keeping it in a temporary file: %w", err))
		}
		defer kept.remove()
		if err != nil {
			a.note(damageAt(0, err))
		}
		file, size = kept, kept.size
	} else {
		// Members may overlap: what was read of it says little.
		u.raw.n = size
	}
	in := &zipBytes{ReaderAt: file, left: maxDirectory}
	directory, err := zip.NewReader(in, size)
	in.left = math.MaxInt64
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // names are only shown
		in.n = size
		a.note(u.decoder(nil, &in.progress, from).damage(fmt.Errorf("there is no directory at its end (%w): members are told by their own headers", err)))
		return a.salvage(in, size) && a.end()
	}
	directory.RegisterDecompressor(zipBzip2, zipMethod(openBzip2))
	directory.RegisterDecompressor(zipZstd, zipMethod(openZstd))
	directory.RegisterDecompressor(zipXz, zipMethod(openXz))
	for _, f := range directory.File {
		if f.Mode()&fs.ModeType != 0 || !a.wants(f.Name) {
			continue
		}
		if a.full() {
			break
		}
		if !a.zipped(f, in) {
			return false
		}
	}
	return a.end()
}

// zipMethod makes a method of packing in a zip of a compression.
func zipMethod(open func(io.Reader) (io.ReadCloser, error)) zip.Decompressor {
	return func(r io.Reader) io.ReadCloser {
		rc, err := open(r)
		if err != nil {
			return io.NopCloser(&stickyReader{err: err})
		}
		return rc
	}
}

// zipped yields what is in a member of a zip.
func (a *archive) zipped(f *zip.File, in *zipBytes) bool {
	if f.Flags&1 != 0 {
		return a.unread(f.Name, &UnreadableError{Cause: encrypted})
	}
	in.progress = progress{}
	r, err := f.Open()
	switch {
	case errors.Is(err, zip.ErrAlgorithm):
		return a.unread(f.Name, unknownMethod(f.Method))
	case err != nil:
		return a.unread(f.Name, a.decoder(nil, &in.progress, a.from).damage(unexpected(err)))
	}
	defer r.Close()
	return a.member(f.Name, a.decoder(r, &in.progress, a.from))
}

// unread yields a member that cannot be read.
func (a *archive) unread(member string, err error) bool {
	a.logs++
	return a.refuse(a.called(member), a.from, err)
}

func unknownMethod(method uint16) error {
	return &UnreadableError{Cause: fmt.Sprintf("not unpacked: method %d of packing in a zip is not understood", method)}
}

// zipBytes is what a zip is read from.
type zipBytes struct {
	io.ReaderAt
	progress       // of the member that is being read
	left     int64 // how much may be read
}

func (z *zipBytes) ReadAt(p []byte, offset int64) (int, error) {
	if z.left < int64(len(p)) {
		return 0, errDirectory
	}
	n, err := z.ReaderAt.ReadAt(p, offset)
	z.left -= int64(n)
	z.n, z.err = offset+int64(n), err
	return n, err
}

// salvage yields the members of a zip whose directory is missing, as that of every
// zip that was cut off: by the headers that stand before them. Their checksums are
// not compared, since the archive counts as damaged anyway.
func (a *archive) salvage(in *zipBytes, size int64) bool {
	for offset := int64(0); ; {
		head, found := nextZipHeader(in, offset, size)
		if !found {
			return true
		}
		offset = head.data + max(head.size, 0) // where it is not known, the next header is searched for
		if strings.HasSuffix(head.name, "/") || !a.wants(head.name) {
			continue
		}
		if a.full() {
			return true
		}
		if !a.salvaged(head, in, size) {
			return false
		}
	}
}

// salvaged yields what is in a member that was found by its header.
func (a *archive) salvaged(head *zipHeader, in *zipBytes, size int64) bool {
	open := head.opener()
	switch {
	case head.flags&1 != 0:
		return a.unread(head.name, &UnreadableError{Cause: encrypted})
	case open == nil:
		return a.unread(head.name, unknownMethod(head.method))
	case head.size < 0 && head.method != zipDeflate: // which tells its end itself
		return a.unread(head.name, &UnreadableError{Cause: "not unpacked: a member of a zip whose size stood in the directory"})
	}
	in.progress = progress{}
	left := size - head.data
	var packed io.Reader = io.NewSectionReader(in, head.data, left)
	switch {
	case head.size > left:
		packed = io.MultiReader(packed, &stickyReader{err: io.ErrUnexpectedEOF})
	case head.size >= 0:
		packed = io.NewSectionReader(in, head.data, head.size)
	}
	r, err := open(packed)
	d := a.decoder(r, &in.progress, a.from)
	if err != nil {
		return a.unread(head.name, d.damage(err))
	}
	defer r.Close()
	return a.member(head.name, d)
}

// A zipHeader is what stands before a member of a zip.
type zipHeader struct {
	name          string
	flags, method uint16
	data          int64 // where the member starts, packed
	size          int64 // packed; -1 if it is told elsewhere
}

// opener returns what unpacks the member, nil if nothing does.
func (h *zipHeader) opener() func(io.Reader) (io.ReadCloser, error) {
	switch h.method {
	case zipStored:
		return func(r io.Reader) (io.ReadCloser, error) { return io.NopCloser(r), nil }
	case zipDeflate:
		return func(r io.Reader) (io.ReadCloser, error) { return flate.NewReader(r), nil }
	case zipBzip2:
		return openBzip2
	case zipZstd:
		return openZstd
	case zipXz:
		return openXz
	}
	return nil
}

const zipMagic = "PK\x03\x04"

// nextZipHeader finds the first header of a member at or behind an offset.
func nextZipHeader(in io.ReaderAt, offset, size int64) (*zipHeader, bool) {
	chunk := make([]byte, 64<<10)
	for offset < size {
		n, err := in.ReadAt(chunk, offset)
		if i := bytes.Index(chunk[:n], []byte(zipMagic)); i >= 0 {
			if head, ok := zipHeaderAt(in, offset+int64(i)); ok {
				return head, true
			}
			offset += int64(i) + 1
			continue
		}
		if err != nil {
			return nil, false
		}
		offset += int64(n - len(zipMagic) + 1)
	}
	return nil, false
}

// zipHeaderAt reads the header at an offset.
func zipHeaderAt(in io.ReaderAt, offset int64) (*zipHeader, bool) {
	var fixed [30]byte
	if _, err := in.ReadAt(fixed[:], offset); err != nil {
		return nil, false
	}
	u16 := func(at int) uint16 { return binary.LittleEndian.Uint16(fixed[at:]) }
	names := make([]byte, int(u16(26))+int(u16(28)))
	offset += int64(len(fixed))
	if _, err := in.ReadAt(names, offset); err != nil || u16(26) == 0 {
		return nil, false
	}
	h := &zipHeader{name: string(names[:u16(26)]), flags: u16(6), method: u16(8), data: offset + int64(len(names))}
	h.size = int64(binary.LittleEndian.Uint32(fixed[18:]))
	switch {
	case h.size == math.MaxUint32:
		h.size = zip64Size(names[u16(26):])
	case h.size == 0 && h.flags&8 != 0:
		h.size = -1
	}
	return h, true
}

// zip64Size returns the packed size of a large member, -1 if it is not told.
func zip64Size(extra []byte) int64 {
	for len(extra) >= 4 {
		id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		extra = extra[4:]
		if n > len(extra) {
			break
		}
		if id == 1 && n >= 16 {
			if size := binary.LittleEndian.Uint64(extra[8:]); size > 0 && size < 1<<62 {
				return int64(size)
			}
			break
		}
		extra = extra[n:]
	}
	return -1
}

// A keptFile is a temporary file.
type keptFile struct {
	*os.File
	size int64
	left bool // its name is still there
}

// keep writes what r reads to a temporary file. It returns no file if that fails;
// an error beside one is that of r.
func keep(r io.Reader) (*keptFile, error) {
	f, err := os.CreateTemp("", "otlog-zip-*")
	if err != nil {
		return nil, err
	}
	// Where the system lets go of the name of an open file, nothing is left behind
	// however the program ends.
	kept := &keptFile{File: f, left: os.Remove(f.Name()) != nil}
	from := &countingReader{Reader: r}
	kept.size, err = io.Copy(f, from)
	if err != nil && (from.err == nil || from.err == io.EOF) {
		kept.remove()
		return nil, err
	}
	return kept, err
}

func (k *keptFile) remove() {
	k.Close()
	if k.left {
		os.Remove(k.Name())
	}
}
