package unpack

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"

	"github.com/ulikunitz/xz/lzma"

	"github.com/otlog/otlog/parse/unpack/window"
)

// An xzReader reads the container format of xz: streams of blocks, each with a checksum, and an
// index after them. The library decodes the blocks. Its own reader of the container is not
// used, because it allocates any dictionary that a block asks for, up to 4 GiB.
//
// The format is described at https://tukaani.org/xz/xz-file-format.txt.
type xzReader struct {
	in    *bufio.Reader
	share *window.Share // of the dictionary
	n     int64         // bytes read of the block or index
	err   error

	check  byte // the kind of checksum of the stream's blocks
	blocks uint64
	sizes  uint64 // decoded, of all blocks

	block io.Reader // the block that is being read, nil between blocks
	sum   hash.Hash
	out   uint64 // bytes decoded of the block
}

func newXzReader(r io.Reader, share *window.Share) *xzReader {
	return &xzReader{in: bufio.NewReaderSize(r, 64<<10), share: share, err: errXzStart}
}

// errXzStart is the state in which either a stream starts or the file ends.
var errXzStart = errors.New("between two streams")

// xzChecks are the sizes of checksums, by their kind.
var xzChecks = [16]int{0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64}

const xzMagic = "\xfd7zXZ\x00"

// Read fills p, unlike other readers, because a block may be empty.
func (x *xzReader) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		switch {
		case x.err == errXzStart:
			x.err = x.streamHeader()
		case x.err != nil:
			return n, x.err
		case x.block == nil:
			x.err = x.blockHeader()
		default:
			var k int
			k, x.err = x.block.Read(p[n:])
			x.sum.Write(p[n : n+k])
			x.out += uint64(k)
			n += k
			if x.err == io.EOF {
				x.err = x.blockEnd()
			}
		}
	}
	return n, nil
}

// bytes reads and counts n bytes.
func (x *xzReader) bytes(n int) ([]byte, error) {
	b := make([]byte, n)
	k, err := io.ReadFull(x.in, b)
	x.n += int64(k)
	return b, unexpected(err)
}

// streamHeader reads the header of a stream, after any padding. It returns io.EOF at
// the end of the file.
func (x *xzReader) streamHeader() error {
	word := make([]byte, 4)
	for string(word) == "\x00\x00\x00\x00" {
		if _, err := io.ReadFull(x.in, word); err != nil {
			return err // io.EOF where a stream may end
		}
	}
	rest, err := x.bytes(8)
	if err != nil {
		return err
	}
	head := append(word, rest...)
	flags := head[6:8]
	switch {
	case string(head[:6]) != xzMagic:
		return errors.New("the data after its end is not an xz stream")
	case binary.LittleEndian.Uint32(head[8:]) != crc32.ChecksumIEEE(flags):
		return errors.New("checksum mismatch in a stream header")
	case flags[0] != 0 || flags[1] > 15:
		return errors.New("unknown stream flags")
	}
	x.check, x.blocks, x.sizes = flags[1], 0, 0
	return nil
}

// blockHeader starts the next block, or reads the index if no block follows.
func (x *xzReader) blockHeader() error {
	x.n = 0
	size, err := x.bytes(1)
	if err != nil {
		return err
	}
	if size[0] == 0 {
		return x.index()
	}
	rest, err := x.bytes((int(size[0])+1)*4 - 1)
	if err != nil {
		return err
	}
	fields := rest[:len(rest)-4]
	if crc32.Update(crc32.ChecksumIEEE(size), crc32.IEEETable, fields) != binary.LittleEndian.Uint32(rest[len(fields):]) {
		return errors.New("checksum mismatch in a block header")
	}
	dictionary, err := xzDictionary(fields)
	if err != nil {
		return err
	}
	if err := x.share.Hold("dictionary", dictionary); err != nil {
		return err
	}
	x.n = 0
	x.block, err = lzma.Reader2Config{DictCap: int(dictionary)}.NewReader2(countedBytes{x})
	x.out = 0
	switch x.check {
	case 1:
		x.sum = crc32.NewIEEE()
	case 4:
		x.sum = crc64.New(crc64.MakeTable(crc64.ECMA))
	case 10:
		x.sum = sha256.New()
	default: // none, or a kind that nobody uses
		x.sum = noSum{crc32.NewIEEE()}
	}
	return unexpected(err)
}

// noSum is a checksum that is not compared.
type noSum struct{ hash.Hash }

func (noSum) Write(p []byte) (int, error) { return len(p), nil }

// countedBytes counts the bytes of a block.
type countedBytes struct{ x *xzReader }

func (c countedBytes) Read(p []byte) (int, error) {
	n, err := c.x.in.Read(p)
	c.x.n += int64(n)
	return n, err
}

// xzDictionary returns the size of the dictionary that a block header asks for.
func xzDictionary(fields []byte) (int64, error) {
	flags, r := fields[0], bytes.NewReader(fields[1:])
	for _, known := range []byte{0x40, 0x80} { // the compressed and the decoded size, which the index repeats
		if flags&known != 0 {
			if _, err := binary.ReadUvarint(r); err != nil {
				return 0, errors.New("invalid sizes in a block header")
			}
		}
	}
	filter := make([]byte, 3)
	if _, err := io.ReadFull(r, filter); err != nil || flags&0x3f != 0 || filter[0] != 0x21 || filter[1] != 1 {
		return 0, errors.New("a filter other than LZMA2 is not supported")
	}
	size, err := lzma.DecodeDictCap(filter[2])
	if err != nil {
		return 0, errors.New("invalid size of the dictionary in a block header")
	}
	return max(size, lzma.MinDictCap), nil
}

// blockEnd reads the padding and the checksum after a block.
func (x *xzReader) blockEnd() error {
	padding := int(-x.n & 3)
	end, err := x.bytes(padding + xzChecks[x.check])
	if err != nil {
		return err
	}
	sum := x.sum.Sum(nil)
	if x.check == 1 || x.check == 4 { // little-endian
		for i, j := 0, len(sum)-1; i < j; i, j = i+1, j-1 {
			sum[i], sum[j] = sum[j], sum[i]
		}
	}
	if _, none := x.sum.(noSum); !none && !bytes.Equal(sum, end[padding:]) {
		return errors.New("checksum mismatch in a block")
	}
	x.block = nil
	x.blocks++
	x.sizes += x.out
	return nil
}

// index reads the list of blocks and the footer, which end a stream.
func (x *xzReader) index() error {
	sum := crc32.NewIEEE()
	sum.Write([]byte{0})
	read := summedBytes{x, sum}
	blocks, err := binary.ReadUvarint(read)
	if err != nil {
		return unexpected(err)
	}
	var sizes uint64
	for range blocks {
		if _, err := binary.ReadUvarint(read); err != nil { // the compressed size
			return unexpected(err)
		}
		size, err := binary.ReadUvarint(read)
		if err != nil {
			return unexpected(err)
		}
		sizes += size
	}
	for x.n%4 != 0 {
		if _, err := read.ReadByte(); err != nil {
			return unexpected(err)
		}
	}
	const footer = 12
	end, err := x.bytes(4 + footer)
	if err != nil {
		return err
	}
	flags := end[12:14]
	switch {
	case binary.LittleEndian.Uint32(end) != sum.Sum32():
		return errors.New("checksum mismatch in the index")
	case blocks != x.blocks || sizes != x.sizes:
		return errors.New("the index does not match the blocks")
	case string(end[14:]) != "YZ" || binary.LittleEndian.Uint32(end[4:]) != crc32.ChecksumIEEE(end[8:14]) || flags[1] != x.check:
		return errors.New("invalid stream footer")
	}
	return errXzStart
}

// summedBytes counts and sums the bytes of the index.
type summedBytes struct {
	x   *xzReader
	sum hash.Hash
}

func (s summedBytes) ReadByte() (byte, error) {
	b, err := s.x.in.ReadByte()
	if err == nil {
		s.x.n++
		s.sum.Write([]byte{b})
	}
	return b, err
}
