package digest

import (
	"io"

	"github.com/zeebo/xxh3"
)

// An Identity identifies a file by its bytes before decompression, wherever it is stored. The zero
// Identity is unknown.
type Identity struct {
	Size int64
	Head uint64 // XXH3 of the first bytes; of a stream, of all
	Tail uint64 // XXH3 of as many last bytes; of a stream 0
}

// Identify returns the identity of a file that starts with head.
func Identify(file io.ReaderAt, size int64, head []byte) Identity {
	head = head[:min(int64(len(head)), size)]
	id := Identity{Size: size, Head: xxh3.Hash(head)}
	if id.Tail = id.Head; size > int64(len(head)) {
		tail := make([]byte, len(head))
		n, err := file.ReadAt(tail, size-int64(len(tail)))
		if err != nil && err != io.EOF {
			return Identity{}
		}
		id.Tail = xxh3.Hash(tail[:n])
	}
	return id
}

// A Stream identifies a stream by the bytes that are written to it.
type Stream struct {
	size int64
	hash xxh3.Hasher
}

func (s *Stream) Write(b []byte) (int, error) {
	s.size += int64(len(b))
	return s.hash.Write(b)
}

// Identity returns the identity of a stream that ends here.
func (s *Stream) Identity() Identity { return Identity{Size: s.size, Head: s.hash.Sum64()} }
