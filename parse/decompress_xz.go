package parse

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"

	"github.com/ulikunitz/xz/lzma"
)

// An xzReader reads the container of xz: streams of blocks, each with its check,
// and an index behind them. What stands in a block is the library's work. Its own
// container allocates whatever dictionary a block asks for, up to 4 GiB, and has
// no limit.
//
// The format is described at https://tukaani.org/xz/xz-file-format.txt.
type xzReader struct {
	in  *bufio.Reader
	n   int64 // bytes of the block or index that were read
	err error

	check  byte // how the blocks of the stream are checked
	blocks uint64
	sizes  uint64 // of all blocks, decoded

	block io.Reader // of the block that is being read, nil between blocks
	sum   hash.Hash
	out   uint64 // bytes decoded of it
}

func newXzReader(r io.Reader) *xzReader {
	return &xzReader{in: bufio.NewReaderSize(r, 64<<10), err: errXzStart}
}

// errXzStart says that a stream has to start, or the file to end.
var errXzStart = errors.New("between two streams")

// xzChecks are the sizes of checks, by their number.
var xzChecks = [16]int{0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64}

const xzMagic = "\xfd7zXZ\x00"

// Read reads until p is full, as others do not: a block may have no byte.
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

// unexpected is for an end where none may be.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// streamHeader reads the header of the first stream or of another one, behind
// padding. It returns io.EOF if there is none.
func (x *xzReader) streamHeader() error {
	word := make([]byte, 4)
	for string(word) == "\x00\x00\x00\x00" {
		if _, err := io.ReadFull(x.in, word); err != nil {
			return err // io.EOF at a sound end
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
		return errors.New("data behind the end that is no xz stream")
	case binary.LittleEndian.Uint32(head[8:]) != crc32.ChecksumIEEE(flags):
		return errors.New("checksum of the stream's header does not match")
	case flags[0] != 0 || flags[1] > 15:
		return errors.New("unknown flags of a stream")
	}
	x.check, x.blocks, x.sizes = flags[1], 0, 0
	return nil
}

// blockHeader starts the next block, or ends the stream where its index stands.
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
		return errors.New("checksum of a block's header does not match")
	}
	dictionary, err := xzDictionary(fields)
	if err != nil {
		return err
	}
	x.n = 0
	x.block, err = lzma.Reader2Config{DictCap: dictionary}.NewReader2(countedBytes{x})
	x.out = 0
	switch x.check {
	case 1:
		x.sum = crc32.NewIEEE()
	case 4:
		x.sum = crc64.New(crc64.MakeTable(crc64.ECMA))
	case 10:
		x.sum = sha256.New()
	default: // none, or one that is not in use
		x.sum = noSum{crc32.NewIEEE()}
	}
	return unexpected(err)
}

// noSum is a check that is passed over.
type noSum struct{ hash.Hash }

func (noSum) Write(p []byte) (int, error) { return len(p), nil }

// countedBytes counts the bytes of a block.
type countedBytes struct{ x *xzReader }

func (c countedBytes) Read(p []byte) (int, error) {
	n, err := c.x.in.Read(p)
	c.x.n += int64(n)
	return n, err
}

// xzDictionary returns the size of a block's dictionary.
func xzDictionary(fields []byte) (int, error) {
	flags, r := fields[0], bytes.NewReader(fields[1:])
	for _, known := range []byte{0x40, 0x80} { // sizes, packed and not: the index has them too
		if flags&known != 0 {
			if _, err := binary.ReadUvarint(r); err != nil {
				return 0, errors.New("broken sizes in a block's header")
			}
		}
	}
	filter := make([]byte, 3)
	if _, err := io.ReadFull(r, filter); err != nil || flags&0x3f != 0 || filter[0] != 0x21 || filter[1] != 1 {
		return 0, errors.New("a filter beside LZMA2, which is not understood")
	}
	size, err := lzma.DecodeDictCap(filter[2])
	if err != nil || size > maxWindow {
		return 0, fmt.Errorf("dictionary of more than %d MiB", maxWindow>>20)
	}
	return max(int(size), lzma.MinDictCap), nil
}

// blockEnd reads the padding and the check behind a block.
func (x *xzReader) blockEnd() error {
	padding := int(-x.n & 3)
	end, err := x.bytes(padding + xzChecks[x.check])
	if err != nil {
		return err
	}
	sum := x.sum.Sum(nil)
	if x.check == 1 || x.check == 4 { // written the other way round
		for i, j := 0, len(sum)-1; i < j; i, j = i+1, j-1 {
			sum[i], sum[j] = sum[j], sum[i]
		}
	}
	if _, none := x.sum.(noSum); !none && !bytes.Equal(sum, end[padding:]) {
		return errors.New("checksum of a block does not match")
	}
	x.block = nil
	x.blocks++
	x.sizes += x.out
	return nil
}

// index reads the list of blocks and the footer behind it, which end a stream.
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
		if _, err := binary.ReadUvarint(read); err != nil { // packed
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
		return errors.New("checksum of the index does not match")
	case blocks != x.blocks || sizes != x.sizes:
		return errors.New("the index does not match the blocks")
	case string(end[14:]) != "YZ" || binary.LittleEndian.Uint32(end[4:]) != crc32.ChecksumIEEE(end[8:14]) || flags[1] != x.check:
		return errors.New("broken end of a stream")
	}
	return errXzStart
}

// summedBytes are bytes of the index.
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
