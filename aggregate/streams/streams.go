// Package streams compares the streams and subscribers that records state. A stream may have
// several subscribers, and a record may state either ID, both or none: what it does not state may
// be anything.
package streams

import (
	"cmp"

	"github.com/zeebo/xxh3"
)

// IDs are hashes of the stream ID and the subscriber ID that a record states; 0: it states none.
type IDs struct{ Stream, Subscriber uint32 }

// Of returns the IDs of a record. An empty ID is not stated.
func Of(stream, subscriber []byte) IDs { return IDs{hash(stream), hash(subscriber)} }

func hash(id []byte) uint32 {
	if len(id) == 0 {
		return 0
	}
	return max(uint32(xxh3.Hash(id)), 1)
}

// Apart reports whether both state a stream, or both state a subscriber, and these differ.
func (i IDs) Apart(other IDs) bool {
	differ := func(a, b uint32) bool { return a != 0 && b != 0 && a != b }
	return differ(i.Stream, other.Stream) || differ(i.Subscriber, other.Subscriber)
}

// Alike returns 2 if both state the same subscriber, plus 1 if both state the same stream: of the
// subscribers of a stream, only one is the same.
func (i IDs) Alike(other IDs) int {
	alike := 0
	if i.Subscriber != 0 && i.Subscriber == other.Subscriber {
		alike = 2
	}
	if i.Stream != 0 && i.Stream == other.Stream {
		alike++
	}
	return alike
}

// Or returns the IDs, and those of other for what they do not state.
func (i IDs) Or(other IDs) IDs {
	return IDs{cmp.Or(i.Stream, other.Stream), cmp.Or(i.Subscriber, other.Subscriber)}
}

// Compare orders IDs.
func (i IDs) Compare(other IDs) int {
	return cmp.Or(cmp.Compare(i.Stream, other.Stream), cmp.Compare(i.Subscriber, other.Subscriber))
}

// A Key stands for all IDs with a stream and a subscriber, each of which is exact (0: not stated)
// or anyID.
type Key struct{ stream, subscriber uint64 }

const anyID = 1 << 32 // no hash of an ID

// Keys returns the keys that hold the IDs.
func (i IDs) Keys() [4]Key {
	stream, subscriber := uint64(i.Stream), uint64(i.Subscriber)
	return [...]Key{{stream, subscriber}, {anyID, subscriber}, {stream, anyID}, {anyID, anyID}}
}

// Shape returns the index in Keys of the only key that Like of these IDs may yield of other IDs.
func (i IDs) Shape() int {
	shape := 0
	if i.Stream == 0 {
		shape = 1
	}
	if i.Subscriber == 0 {
		shape += 2
	}
	return shape
}

// Like yields keys which together hold all IDs that are not Apart from these, each once, the most
// alike first.
func (i IDs) Like(yield func(Key) bool) {
	// 0 follows an ID, so that no key holds IDs that another one holds.
	like := func(id uint32) []uint64 {
		if id == 0 {
			return []uint64{anyID}
		}
		return []uint64{uint64(id), 0}
	}
	for _, subscriber := range like(i.Subscriber) {
		for _, stream := range like(i.Stream) {
			if !yield(Key{stream, subscriber}) {
				return
			}
		}
	}
}

// Holds reports whether a key stands for IDs.
func (k Key) Holds(i IDs) bool {
	holds := func(key uint64, id uint32) bool { return key == anyID || key == uint64(id) }
	return holds(k.stream, i.Stream) && holds(k.subscriber, i.Subscriber)
}

// Hash returns a hash of the key.
func (k Key) Hash() uint32 {
	return uint32((k.stream*0x9e3779b97f4a7c15 ^ k.subscriber*0xa0761d6478bd642f) >> 32)
}

// Values has one value for each stream and subscriber.
type Values map[Key]int64

// Set sets the value of IDs.
func (v Values) Set(of IDs, value int64) {
	for _, key := range of.Keys() {
		v[key] = value
	}
}

// Least returns the least of the values that were set last for IDs that may be of the same
// stream and subscriber, otherwise if there is none.
func (v Values) Least(of IDs, otherwise int64) int64 {
	for key := range of.Like {
		if value, ok := v[key]; ok {
			otherwise = min(otherwise, value)
		}
	}
	return otherwise
}
