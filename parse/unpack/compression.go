package unpack

import (
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/pierrec/lz4/v4"

	"github.com/otlog/otlog/parse/columnar"
	"github.com/otlog/otlog/parse/unpack/window"
)

// An opener opens a decoder, which holds its window in share until it is closed.
type opener func(r io.Reader, share *window.Share) (io.ReadCloser, error)

// A packing is a compression or an archive format, recognized by its magic number.
type packing struct {
	name  string
	magic string
	open  opener // nil: an archive, or not supported
}

var packings = []packing{
	{"gzip", "\x1f\x8b", openGzip},
	{"zstd", "\x28\xb5\x2f\xfd", openZstd},
	{"bzip2", "BZh", openBzip2},
	{"xz", xzMagic, openXz},
	{"lz4", "\x04\x22\x4d\x18", openLz4},
	{"lz4", "\x02\x21\x4c\x18", openLz4}, // old versions of its tool
	{"zip", zipMagic, nil},
	{"zip", "PK\x05\x06", nil}, // without members
	{"zip", "PK\x07\x08", nil}, // made for several disks
	{"tar", "", nil},           // recognized by isTarHeader
	{"mail", "", nil},          // recognized by isMail
	{"compress (.Z)", "\x1f\x9d", nil},
	{"7z", "7z\xbc\xaf\x27\x1c", nil},
	{"rar", "Rar!\x1a\x07", nil},
	{"lzip", "LZIP\x01", nil},
	{"snappy", "\xff\x06\x00\x00sNaPpY", openSnappy},
	{parquet, columnar.ParquetMagic, nil},
	{arrow, columnar.ArrowMagic, nil},
	{arrow, columnar.ArrowStream, nil},
	{"Avro", "Obj\x01", nil},
	{"ORC", "ORC", nil},
	{"base64", "", openBase64},     // recognized by isBase64Text
	{"uuencode", "", openUuencode}, // recognized by isUuencoded
}

// The names of columnar formats, which columnar.go reads.
const (
	parquet = "parquet"
	arrow   = "arrow"
)

func (p *packing) isArchive() bool { return p.name == "tar" || p.name == "zip" || p.name == "mail" }

func (p *packing) isColumnar() bool { return p.name == parquet || p.name == arrow }

// packingOf returns the packing of the stream that starts with head, nil if it is not packed.
func packingOf(head []byte) *packing {
	head = afterSkippable(head)
	for i := range packings {
		p := &packings[i]
		switch {
		case p.name == "tar" && isTarHeader(head), p.name == "mail" && isMail(head), p.name == "base64" && isBase64Text(head), p.name == "uuencode" && isUuencoded(head):
			return p
		case p.magic == "" || !bytes.HasPrefix(head, []byte(p.magic)):
		case p.name == "bzip2" && !startsBzip2(head): // a log may start with its three letters
		case p.name == "ORC" && !startsORC(head):
		default:
			return p
		}
	}
	return nil
}

// brotliPacking has no magic number.
var brotliPacking = packing{"brotli", "", openBrotli}

// isBrotli reports whether data of no other kind is brotli: by its name, and because it is no
// text.
func isBrotli(name string, head []byte, around layers) bool {
	inside := len(around) > 0 && around[len(around)-1] == &brotliPacking
	return !inside && strings.EqualFold(path.Ext(name), ".br") && !utf8.Valid(head[:min(len(head), 1<<10)&^3])
}

// afterSkippable returns head without the skippable frames that may precede zstd and
// lz4. If they are longer than head, it returns the magic number of zstd.
func afterSkippable(head []byte) []byte {
	const header = 8 // magic number and size
	for len(head) >= header && head[0]&0xf0 == 0x50 && string(head[1:4]) == "\x2a\x4d\x18" {
		size := int64(binary.LittleEndian.Uint32(head[4:]))
		if size >= int64(len(head)-header) {
			return []byte("\x28\xb5\x2f\xfd")
		}
		head = head[header+size:]
	}
	return head
}

// startsBzip2 reports whether "BZh" is followed by the size of the blocks and then, if
// head is long enough, by the mark of a block or of the end.
func startsBzip2(head []byte) bool {
	if len(head) < 4 || head[3] < '1' || head[3] > '9' {
		return false
	}
	mark := string(head[4:min(len(head), 10)])
	return strings.HasPrefix("\x31\x41\x59\x26\x53\x59", mark) || strings.HasPrefix("\x17\x72\x45\x38\x50\x90", mark)
}

// startsORC reports whether "ORC" is followed by data. A log may start with these letters.
func startsORC(head []byte) bool {
	return bytes.IndexByte(head[:min(len(head), 1<<10)], 0) >= 0
}

const (
	maxCompressions = 2 // nested in each other
	maxLayers       = maxCompressions + 1
)

// layers are the packings around a stream, outermost first.
type layers []*packing

func (l layers) String() string {
	names := make([]string, len(l))
	for i, p := range l {
		names[i] = p.name
	}
	return strings.Join(names, "+")
}

// level returns how many decoders there are around one that decodes what is inside l: compressions, and
// that of a zip, which may compress a member.
func (l layers) level() int {
	n := 0
	for _, p := range l {
		if !p.isArchive() && !p.isColumnar() || p.name == "zip" {
			n++
		}
	}
	return n
}

// refusal returns why a stream of packing p inside l is not unpacked, "" if it is.
func (l layers) refusal(p *packing) string {
	if convert := converters[p.name]; convert != "" {
		return fmt.Sprintf("%s data is not supported: convert it to Parquet or NDJSON (%s)", p.name, convert)
	}
	if p.open == nil && !p.isArchive() && !p.isColumnar() {
		return fmt.Sprintf("not a log: %s data is not supported (%s)", p.name, Supported)
	}
	archive, compressions := "", 0
	for _, outer := range l {
		if outer.isArchive() {
			archive = outer.name
		} else {
			compressions++
		}
	}
	switch {
	case p.isArchive() && archive != "":
		return fmt.Sprintf("not unpacked: a %s in a %s; archives inside archives are not supported", p.name, archive)
	case !p.isArchive() && compressions == maxCompressions:
		return fmt.Sprintf("not unpacked: compressed more than twice (%s+%s)", l, p.name)
	}
	return ""
}

// converters say how to convert files that are not supported.
var converters = map[string]string{
	"Avro": "avro-tools tojson FILE > FILE.jsonl",
	"ORC":  "orc-tools data FILE > FILE.jsonl",
}

func openGzip(r io.Reader, _ *window.Share) (io.ReadCloser, error) {
	return gzip.NewReader(r) // reads all members
}

// The memory of decoders that does not depend on the stream, or that a stream can ask for at any time.
const (
	bzip2Memory  = 4 << 20
	lz4Memory    = 12 << 20 // two blocks of 4 MiB, or one of 8 MiB of the old format
	snappyMemory = 1 << 20
	brotliMemory = 16 << 20
)

// holding opens a decoder that takes so much memory.
func holding(share *window.Share, size int64, open func() io.Reader) (io.ReadCloser, error) {
	if err := share.Hold("buffer", size); err != nil {
		return nil, err
	}
	return &held{open(), share}, nil
}

// A held decoder releases its memory when it is closed.
type held struct {
	io.Reader
	share *window.Share
}

func (h *held) Close() error {
	h.share.Release()
	return nil
}

func openBzip2(r io.Reader, share *window.Share) (io.ReadCloser, error) {
	return holding(share, bzip2Memory, func() io.Reader { return bzip2.NewReader(r) }) // reads all streams
}

func openLz4(r io.Reader, share *window.Share) (io.ReadCloser, error) {
	return holding(share, lz4Memory, func() io.Reader { return lz4.NewReader(r) }) // reads all frames
}

func openSnappy(r io.Reader, share *window.Share) (io.ReadCloser, error) {
	return holding(share, snappyMemory, func() io.Reader { return s2.NewReader(r) }) // reads all streams, in blocks of at most 64 KiB
}

func openBrotli(r io.Reader, share *window.Share) (io.ReadCloser, error) {
	return holding(share, brotliMemory, func() io.Reader { return brotli.NewReader(r) }) // its window has at most 16 MiB
}

func openXz(r io.Reader, share *window.Share) (io.ReadCloser, error) {
	return &held{newXzReader(r, share), share}, nil // reads all streams
}
