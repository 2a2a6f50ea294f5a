package unpack

import (
	"archive/tar"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const tarBlock = 512

// tar yields the texts in the members of a tar, which is read as a stream.
func (u *unpacker) tar(name string, r io.Reader, around layers) bool {
	a := u.archive(name, around)
	blocks := &tarBlocks{in: counter{Reader: bufio.NewReaderSize(r, 64<<10)}}
	// outside is for damage between members, which is that of the archive.
	outside := u.decoder(nil, &blocks.in.progress, around)
	next := tar.NewReader(blocks)
	for next != nil && !a.full() {
		head, err := next.Next()
		switch {
		case err == nil || errors.Is(err, tar.ErrInsecurePath): // names are only displayed
			if !isRegular(head.Typeflag) || isHidden(head.Name) {
				continue
			}
			d := u.decoder(next, &blocks.in.progress, around)
			if !a.member(head.Name, d) {
				return false
			}
			if d.failed() { // the member's error says why
				next = nil
			}
		case err != io.EOF && blocks.in.err != nil:
			a.note(outside.damage(unexpected(err)))
			next = nil
		default:
			if err != io.EOF {
				a.note(outside.damage(err))
			} else if !blocks.ended() {
				a.note(outside.damage(errors.New("the end mark is missing: it may be truncated")))
			}
			next, err = blocks.another()
			if err != nil {
				a.note(outside.damage(err))
			}
		}
	}
	return a.end()
}

func isRegular(typeflag byte) bool {
	return typeflag == tar.TypeReg || typeflag == tar.TypeGNUSparse || typeflag == tar.TypeCont
}

// tarBlocks reads the blocks of a tar.
type tarBlocks struct {
	in    counter
	zeros int // NUL bytes since the last other byte
}

func (b *tarBlocks) Read(p []byte) (int, error) {
	n, err := b.in.Read(p)
	if allZero(p[:n]) {
		b.zeros += n
	} else {
		b.zeros = 0
	}
	return n, err
}

// ended reports whether at least half of the end mark has been read.
func (b *tarBlocks) ended() bool { return b.zeros >= tarBlock }

// another finds the next header after the end of a tar, because tars are concatenated, or after
// damage. It returns nil if there is none, and an error if it skipped bytes that are not zero.
func (b *tarBlocks) another() (*tar.Reader, error) {
	block := make([]byte, tarBlock)
	var skipped int64
	var found *tar.Reader
	n, err := io.ReadFull(b, block[:-b.in.n&(tarBlock-1)]) // to the next border
	for ; err == nil; n, err = io.ReadFull(b, block) {
		if isTarHeader(block[:n]) {
			found = tar.NewReader(io.MultiReader(bytes.NewReader(block), b))
			break
		}
		if !allZero(block[:n]) {
			skipped += int64(n)
		}
	}
	switch {
	case err != nil && err != io.EOF && err != io.ErrUnexpectedEOF:
		return nil, err
	case err != nil && !allZero(block[:n]):
		skipped += int64(n)
	}
	if skipped > 0 {
		return found, fmt.Errorf("skipped %d bytes that belong to no file", skipped)
	}
	return found, nil
}

func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// isTarHeader reports whether head starts like a tar. Some tars have no magic number,
// but all have a checksum.
func isTarHeader(head []byte) bool {
	const from, to = 148, 156 // of the checksum, in octal digits
	if len(head) < tarBlock || head[0] == 0 {
		return false
	}
	want, err := strconv.ParseInt(strings.Trim(string(head[from:to]), " \x00"), 8, 32)
	if err != nil {
		return false
	}
	var unsigned, signed int64 // both occur
	for i, c := range head[:tarBlock] {
		if from <= i && i < to {
			c = ' '
		}
		unsigned += int64(c)
		signed += int64(int8(c))
	}
	return want == unsigned || want == signed
}
