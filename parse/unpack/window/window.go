// Package window bounds the memory that decoders take for windows and dictionaries. A few packed
// bytes can ask for any size, and all sources that are read at the same time share one Budget.
package window

import (
	"fmt"
	"sync"
)

// Most is the largest window or dictionary that is accepted: that of `zstd --long`, and twice that of
// `xz -9`.
const Most = 128 << 20

// Levels is how many decoders may read from each other: two compressions, and that of a zip between
// them.
const Levels = 3

// parts are the shares of memory that the windows of each level take together, as divisors: half of
// the memory. A decoder waits only for decoders of its own level, and those of the innermost level wait
// for none, so nothing waits for ever.
var parts = [Levels]int64{4, 8, 8}

// A Budget is memory for windows. The nil Budget limits only the size of each window.
type Budget struct {
	mu     sync.Mutex
	freed  sync.Cond
	levels [Levels]struct{ limit, used, peak int64 }
}

// New returns a budget within so many bytes of memory, nil if they are 0.
func New(memory int64) *Budget {
	if memory == 0 {
		return nil
	}
	b := &Budget{}
	b.freed.L = &b.mu
	for i := range b.levels {
		b.levels[i].limit = memory / parts[i]
	}
	return b
}

// Peak returns the largest number of bytes that were held at the same time, by level.
func (b *Budget) Peak() (out [Levels]int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.levels {
		out[i] = b.levels[i].peak
	}
	return out
}

// Share returns the share of a decoder that reads from so many others.
func (b *Budget) Share(level int) *Share { return &Share{budget: b, level: min(level, Levels-1)} }

// A Share is what one decoder holds of a budget.
type Share struct {
	budget *Budget
	level  int
	held   int64
}

// An Error is the error of a window that is too large.
type Error struct {
	What   string // "window" or "dictionary"
	Size   int64
	Memory int64 // with which it is accepted; 0: with none
}

func (e *Error) Error() string {
	if e.Memory == 0 {
		return fmt.Sprintf("%s larger than %d MiB", e.What, Most>>20)
	}
	return fmt.Sprintf("a %s of %d MiB needs --memory %dMiB or more", e.What, mib(e.Size), mib(e.Memory))
}

// mib returns a size in MiB, rounded up.
func mib(n int64) int64 { return (n + 1<<20 - 1) >> 20 }

// Holds reports whether a window of so many bytes fits into what is held.
func (s *Share) Holds(size int64) bool { return size <= s.held }

// Hold replaces what is held by a window of so many bytes, which must not be allocated before. It
// waits until other decoders release theirs.
func (s *Share) Hold(what string, size int64) error {
	b := s.budget
	s.Release()
	switch {
	case size > Most || size < 0:
		return &Error{What: what, Size: size}
	case b == nil:
		s.held = size
		return nil
	}
	l := &b.levels[s.level]
	if size > l.limit {
		return &Error{What: what, Size: size, Memory: size * parts[s.level]}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for l.used+size > l.limit {
		b.freed.Wait()
	}
	l.used += size
	l.peak = max(l.peak, l.used)
	s.held = size
	return nil
}

// Release gives back what is held.
func (s *Share) Release() {
	if b := s.budget; b != nil && s.held > 0 {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.levels[s.level].used -= s.held
		b.freed.Broadcast()
	}
	s.held = 0
}
