package parse

import (
	"archive/tar"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
)

const (
	// maxMembers is how many logs of one archive are read, and maxName how much of
	// a member's name is kept: they bound the memory that a few packed bytes can
	// ask for.
	maxMembers = 100_000
	maxName    = 1 << 10
)

var errTooMany = &UnreadableError{Cause: fmt.Sprintf("more than %d logs in one archive: the others are not read", maxMembers)}

// An archive is a tar or zip that is being read.
type archive struct {
	*unpacker
	name   string
	from   layers         // it included
	known  map[string]int // how often a name was met
	logs   int
	passed int
	damage error // of the archive as a whole, the first one
}

func (u *unpacker) archive(name string, from layers) *archive {
	return &archive{unpacker: u, name: name, from: from, known: map[string]int{}}
}

// wants reports whether a member is meant to be read: those are that would be in a
// directory. It is asked once for each.
func (a *archive) wants(member string) bool {
	member = strings.ReplaceAll(member, `\`, "/") // as zips from Windows have it
	for part := range strings.SplitSeq(member, "/") {
		if strings.HasPrefix(part, ".") && part != "." && part != ".." {
			return false
		}
	}
	if !namedLikeLog(path.Base(member)) {
		a.passed++
		return false
	}
	return true
}

// called returns what a member is called in reports. The name is that of no other
// one, for an archive may hold two files of one name.
func (a *archive) called(member string) string {
	member = strings.TrimPrefix(member, "./")
	if len(member) > maxName {
		member = strings.ToValidUTF8(member[:maxName], "") + "…"
	}
	unique := member
	for a.known[unique] > 0 {
		a.known[member]++
		unique = member + " (" + strconv.Itoa(a.known[member]) + ")"
	}
	a.known[unique] = 1
	return a.name + "/" + unique
}

// member yields what is in a member, which d decodes.
func (a *archive) member(name string, d *decompressor) bool {
	a.logs++
	return a.open(a.called(name), d, a.from)
}

// full reports whether no other member can be read.
func (a *archive) full() bool {
	if a.logs < maxMembers {
		return false
	}
	a.note(errTooMany)
	return true
}

// note keeps what is wrong with the archive as a whole.
func (a *archive) note(err error) {
	if a.damage == nil {
		a.damage = err
	}
}

// end yields what is wrong with the archive as a whole.
func (a *archive) end() bool {
	if a.Passed != nil {
		a.Passed.Add(int64(a.passed))
	}
	switch {
	case a.damage != nil:
		return a.refuse(a.name, a.from, a.damage)
	case a.logs > 0:
		return true
	case a.passed > 0:
		return a.refuse(a.name, a.from, &UnreadableError{Cause: fmt.Sprintf("no logs in this archive, but %d other files (looked for names like *.log, *.txt, *.jsonl, packed ones too)", a.passed)})
	}
	return a.refuse(a.name, a.from, ErrEmpty)
}

const tarBlock = 512

// tar yields the members of a tar, which is read as a stream.
func (u *unpacker) tar(name string, r io.Reader, from layers) bool {
	a := u.archive(name, from)
	blocks := &tarBlocks{in: countingReader{Reader: bufio.NewReaderSize(r, 64<<10)}}
	// It is no part of a member: damage of the archive itself.
	whole := u.decoder(nil, &blocks.in.progress, from)
	next := tar.NewReader(blocks)
	for next != nil && !a.full() {
		head, err := next.Next()
		switch {
		case err == nil || errors.Is(err, tar.ErrInsecurePath): // it is only shown
			if !isRegular(head.Typeflag) || !a.wants(head.Name) {
				continue
			}
			d := u.decoder(next, &blocks.in.progress, from)
			if !a.member(head.Name, d) {
				return false
			}
			if d.failed() { // the member tells it
				next = nil
			}
		case err != io.EOF && blocks.in.err != nil:
			a.note(whole.damage(unexpected(err)))
			next = nil
		default:
			if err != io.EOF {
				a.note(whole.damage(err))
			} else if !blocks.ended() {
				a.note(whole.damage(errors.New("there is no end mark: it may have been cut off")))
			}
			next, err = blocks.another()
			if err != nil {
				a.note(whole.damage(err))
			}
		}
	}
	return a.end()
}

func isRegular(typeflag byte) bool {
	return typeflag == tar.TypeReg || typeflag == tar.TypeGNUSparse || typeflag == tar.TypeCont
}

// tarBlocks is what a tar is read from.
type tarBlocks struct {
	in    countingReader
	zeros int // NUL bytes that were read last, and nothing else
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

// ended reports whether the end mark was read, or a good part of it.
func (b *tarBlocks) ended() bool { return b.zeros >= tarBlock }

// another finds the next header behind the end of a tar, since tars are
// concatenated, or behind damage. It returns nil if there is none. What has to be
// passed over for that is an error if it is not empty.
func (b *tarBlocks) another() (*tar.Reader, error) {
	block := make([]byte, tarBlock)
	var passed int64
	var found *tar.Reader
	n, err := io.ReadFull(b, block[:-b.in.n&(tarBlock-1)]) // to the next border
	for ; err == nil; n, err = io.ReadFull(b, block) {
		if isTarHeader(block[:n]) {
			found = tar.NewReader(io.MultiReader(bytes.NewReader(block), b))
			break
		}
		if !allZero(block[:n]) {
			passed += int64(n)
		}
	}
	switch {
	case err != nil && err != io.EOF && err != io.ErrUnexpectedEOF:
		return nil, err
	case err != nil && !allZero(block[:n]):
		passed += int64(n)
	}
	if passed > 0 {
		return found, fmt.Errorf("%d bytes that belong to no file were passed over", passed)
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

// isTarHeader reports whether head starts as a tar does: not all of them bear a
// magic number, but all a checksum.
func isTarHeader(head []byte) bool {
	const from, to = 148, 156 // where it stands, as octal digits
	if len(head) < tarBlock || head[0] == 0 {
		return false
	}
	want, err := strconv.ParseInt(strings.Trim(string(head[from:to]), " \x00"), 8, 32)
	if err != nil {
		return false
	}
	var unsigned, signed int64 // there are tars of both
	for i, c := range head[:tarBlock] {
		if from <= i && i < to {
			c = ' '
		}
		unsigned += int64(c)
		signed += int64(int8(c))
	}
	return want == unsigned || want == signed
}
