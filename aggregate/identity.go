package aggregate

import (
	"fmt"
	"io"

	"github.com/zeebo/xxh3"

	"github.com/otlog/otlog/parse"
)

// An Identity identifies an input by its content, wherever it is stored. The zero Identity
// is unknown.
type Identity struct {
	Size int64  // bytes, before decompression
	Head uint64 // XXH3 of the first parse.HeadSize bytes; of a stream, of all
	Tail uint64 // XXH3 of the last parse.HeadSize bytes; of a stream 0
}

// identify returns the identity of a regular file; other streams have none before they end.
func identify(f *parse.File) Identity {
	r, size, ok := f.Regular()
	if !ok {
		return Identity{}
	}
	head := f.Head()
	head = head[:min(int64(len(head)), size)]
	id := Identity{Size: size, Head: xxh3.Hash(head)}
	if id.Tail = id.Head; size > parse.HeadSize {
		tail := make([]byte, parse.HeadSize)
		n, err := r.ReadAt(tail, size-parse.HeadSize)
		if err != nil && err != io.EOF {
			return Identity{}
		}
		id.Tail = xxh3.Hash(tail[:n])
	}
	return id
}

// sourceID is that of a source with a name and an identity.
func sourceID(name string, id Identity) SourceID {
	return SourceID(xxh3.HashString(fmt.Sprint(name, "\x00", id.Size, id.Head, id.Tail)))
}

// identify tells a source its identity.
func (s *Source) identify(id Identity) { s.Identity, s.ID = id, sourceID(s.Name, id) }

// A streamIdentity identifies a stream by the bytes that are written to it.
type streamIdentity struct {
	size int64
	hash xxh3.Hasher
}

func (i *streamIdentity) Write(b []byte) (int, error) {
	i.size += int64(len(b))
	return i.hash.Write(b)
}

func (i *streamIdentity) identity() Identity {
	return Identity{Size: i.size, Head: i.hash.Sum64()}
}
