package aggregate

import (
	"fmt"
	"io"
	"os"

	"github.com/zeebo/xxh3"

	"github.com/otlog/otlog/parse"
)

// An Identity tells an input by its content, wherever it lies. The zero Identity is not
// known.
type Identity struct {
	Size int64  // bytes, as they are stored or sent
	Head uint64 // XXH3 of the first 64 KiB; of a stream, of all
	Tail uint64 // XXH3 of the last 64 KiB; of a stream 0
}

const identifiedBy = 64 << 10

// identify reads the identity of a source, if it is a regular file.
func identify(s parse.Source) Identity {
	if s.Path == "-" {
		return Identity{}
	}
	info, err := os.Stat(s.Path)
	if err != nil || !info.Mode().IsRegular() {
		return Identity{} // to open it tells why
	}
	f, err := os.Open(s.Path)
	if err != nil {
		return Identity{}
	}
	defer f.Close() // only read from: nothing can be lost
	id := Identity{Size: info.Size()}
	for _, part := range [...]struct {
		hash *uint64
		at   int64
	}{{&id.Head, 0}, {&id.Tail, max(0, id.Size-identifiedBy)}} {
		b := make([]byte, min(identifiedBy, id.Size))
		n, err := f.ReadAt(b, part.at)
		if err != nil && err != io.EOF {
			return Identity{}
		}
		*part.hash = xxh3.Hash(b[:n])
	}
	return id
}

// sourceID is that of a source with a name and an identity.
func sourceID(name string, id Identity) SourceID {
	return SourceID(xxh3.HashString(fmt.Sprint(name, "\x00", id.Size, id.Head, id.Tail)))
}

// identify tells a source its identity.
func (s *Source) identify(id Identity) { s.Identity, s.ID = id, sourceID(s.Name, id) }

// identified is a stream that tells its identity when it has ended.
type identified struct {
	io.Reader
	size int64
	hash xxh3.Hasher
}

func (i *identified) Read(b []byte) (int, error) {
	n, err := i.Reader.Read(b)
	i.size += int64(n)
	_, _ = i.hash.Write(b[:n]) // a hash takes anything
	return n, err
}

func (i *identified) identity() Identity { return Identity{Size: i.size, Head: i.hash.Sum64()} }
