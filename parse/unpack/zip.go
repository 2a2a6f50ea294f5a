package unpack

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
	"strings"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zip"

	"github.com/otlog/otlog/parse/unpack/window"
)

// maxDirectory is how many bytes of a zip are read for its directory, which is held in
// memory. They suffice for some 600,000 members.
const maxDirectory = 64 << 20

var errDirectory = fmt.Errorf("its directory is longer than %d MiB", maxDirectory>>20)

// Compression methods of a zip. All but the first two are rare.
const (
	zipStored  = 0
	zipDeflate = 8
	zipBzip2   = 12
	zipZstd    = 93
	zipXz      = 95
)

const encrypted = "not unpacked: this member of a zip is encrypted"

// zip yields the texts in the members of a zip. The directory of a zip is at its end, so
// that a zip which is not a regular file is copied to a temporary one first.
func (u *unpacker) zip(name string, r io.Reader, around layers) bool {
	a := u.archive(name, around)
	file, size, remove, err := u.regular(r, around)
	if file == nil {
		return u.refuse(name, around, err)
	}
	defer remove()
	if err != nil {
		a.note(DamageAt(0, err))
	}
	in := &zipBytes{ReaderAt: file, left: maxDirectory}
	directory, err := zip.NewReader(in, size)
	in.left = math.MaxInt64
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // names are only displayed
		in.n = size
		a.note(u.decoder(nil, &in.progress, around).damage(fmt.Errorf("no directory at its end, %w; members were found by their own headers", err)))
		return a.salvage(in, size) && a.end()
	}
	directory.RegisterDecompressor(zipBzip2, a.zipDecompressor(openBzip2))
	directory.RegisterDecompressor(zipZstd, a.zipDecompressor(openZstd))
	directory.RegisterDecompressor(zipXz, a.zipDecompressor(openXz))
	overlaps := overlapping(directory.File)
	for _, f := range directory.File {
		if at, ok := overlaps[f]; ok {
			in.n = at
			a.note(u.decoder(nil, &in.progress, around).damage(fmt.Errorf("%d members contain bytes of others, which no log does, and were not unpacked", len(overlaps))))
			continue
		}
		if f.Mode()&fs.ModeType != 0 || isHidden(f.Name) {
			continue
		}
		if a.full() {
			break
		}
		if !a.zipMember(f, in) {
			return false
		}
	}
	return a.end()
}

// overlapping returns the members that contain bytes of an earlier one, and where they begin. A few bytes
// can be members any number of times.
func overlapping(files []*zip.File) map[*zip.File]int64 {
	type member struct {
		*zip.File
		from, to int64
	}
	all := make([]member, 0, len(files))
	for _, f := range files {
		from, err := f.DataOffset()
		if size := f.CompressedSize64; err == nil && size > 0 { // otherwise there are no bytes, or opening it says why
			all = append(all, member{f, from, from + int64(min(size, math.MaxInt64/2))})
		}
	}
	slices.SortStableFunc(all, func(a, b member) int { return cmp.Compare(a.from, b.from) })
	out := map[*zip.File]int64{}
	end := int64(0)
	for _, m := range all {
		if m.from < end {
			out[m.File] = m.from
			continue
		}
		end = m.to
	}
	return out
}

// share returns the share of the decompressor of a member.
func (a *archive) share() *window.Share {
	return a.Windows.Share(a.around[:len(a.around)-1].level())
}

// zipDecompressor adapts the opener of a compression to package zip.
func (a *archive) zipDecompressor(open opener) zip.Decompressor {
	return func(r io.Reader) io.ReadCloser {
		rc, err := open(r, a.share())
		if err != nil {
			return io.NopCloser(&stickyReader{err: err})
		}
		return rc
	}
}

// zipMember yields the texts in a member that the directory lists.
func (a *archive) zipMember(f *zip.File, in *zipBytes) bool {
	if f.Flags&1 != 0 {
		return a.unreadable(f.Name, &UnreadableError{Cause: encrypted})
	}
	in.progress = progress{}
	r, err := f.Open()
	switch {
	case errors.Is(err, zip.ErrAlgorithm):
		return a.unreadable(f.Name, unknownMethod(f.Method))
	case err != nil:
		return a.unreadable(f.Name, a.decoder(nil, &in.progress, a.around).damage(unexpected(err)))
	}
	defer r.Close()
	return a.member(f.Name, a.decoder(r, &in.progress, a.around))
}

func unknownMethod(method uint16) error {
	return &UnreadableError{Cause: fmt.Sprintf("not unpacked: compression method %d of a zip is not supported", method)}
}

// zipBytes reads a zip at any offset.
type zipBytes struct {
	io.ReaderAt
	progress       // the last byte read
	left     int64 // how many bytes may be read
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

// salvage yields the texts in a zip without its directory, as in every truncated zip: it
// finds members by the headers before them. It compares no checksums, because the
// archive counts as damaged anyway.
func (a *archive) salvage(in *zipBytes, size int64) bool {
	for offset := int64(0); ; {
		head, found := nextZipHeader(in, offset, size)
		if !found {
			return true
		}
		offset = head.data + max(head.size, 0) // if the size is unknown, the next header is searched for
		if strings.HasSuffix(head.name, "/") || isHidden(head.name) {
			continue
		}
		if a.full() {
			return true
		}
		if !a.salvageMember(head, in, size) {
			return false
		}
	}
}

// salvageMember yields the texts in a member that was found by its header.
func (a *archive) salvageMember(head *zipHeader, in *zipBytes, size int64) bool {
	open := head.opener()
	switch {
	case head.flags&1 != 0:
		return a.unreadable(head.name, &UnreadableError{Cause: encrypted})
	case open == nil:
		return a.unreadable(head.name, unknownMethod(head.method))
	case head.size < 0 && head.method != zipDeflate: // deflate alone marks its end
		return a.unreadable(head.name, &UnreadableError{Cause: "not unpacked: the size of this member is only in the missing directory of the zip"})
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
	r, err := open(packed, a.share())
	d := a.decoder(r, &in.progress, a.around)
	if err != nil {
		return a.unreadable(head.name, d.damage(err))
	}
	defer r.Close()
	return a.member(head.name, d)
}

// A zipHeader is the header before a member of a zip.
type zipHeader struct {
	name          string
	flags, method uint16
	data          int64 // offset of the compressed member
	size          int64 // of the compressed member; -1 if the header does not contain it
}

// opener returns the function that decompresses the member, nil if its method is not supported.
func (h *zipHeader) opener() opener {
	switch h.method {
	case zipStored:
		return func(r io.Reader, _ *window.Share) (io.ReadCloser, error) { return io.NopCloser(r), nil }
	case zipDeflate:
		return func(r io.Reader, _ *window.Share) (io.ReadCloser, error) { return flate.NewReader(r), nil }
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

// nextZipHeader finds the first header of a member at or after an offset.
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

// zip64Size returns the compressed size of a large member, -1 if extra does not contain it.
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
