package spill

import "slices"

// A Follower reads a set by key, in step with another sorted sequence.
type Follower[K Value[K], T Keyed[K, T]] struct {
	from    *Cursor[T]
	current []T  // what the last Of returned
	rest    []T  // after current
	own     bool // rest is not the buffer of the cursor
}

// A Keyed value is sorted by a key first, and has its rank.
type Keyed[K Value[K], T any] interface {
	Value[T]
	Key() K
}

// Follow returns a follower of a set.
func Follow[K Value[K], T Keyed[K, T]](s *Set[T]) *Follower[K, T] {
	return &Follower[K, T]{from: s.Cursor()}
}

// Seek moves the follower before the first value on a shelf, as that of a cursor.
func (f *Follower[K, T]) Seek(to Shelf) {
	f.from.Seek(to)
	f.current, f.rest = nil, nil
}

// Of returns the values with a key, which must not be less than the key of the call before.
// They are valid until the next call of Of or Next.
func (f *Follower[K, T]) Of(key K) []T {
	if len(f.current) > 0 && f.current[0].Key() == key {
		return f.current
	}
	n := 0
	for c := -1; c < 0; {
		for n = 0; n < len(f.rest); n++ {
			if c = f.rest[n].Key().Compare(key); c >= 0 {
				break
			}
		}
		f.rest = f.rest[n:]
		if len(f.rest) == 0 && !f.more() {
			f.current = nil
			return nil
		}
	}
	n = 0
	for n < len(f.rest) && f.rest[n].Key() == key {
		if n++; n == len(f.rest) && !f.more() {
			break
		}
	}
	f.current, f.rest = f.rest[:n:n], f.rest[n:]
	return f.current
}

// more adds values to rest. It returns false if there are none.
func (f *Follower[K, T]) more() bool {
	if len(f.rest) == 0 {
		ok := f.from.fill()
		f.rest, f.own = f.from.values, false
		return ok
	}
	if f.from.merger == nil {
		return false // a key has one rank, so its values are on one shelf
	}
	if !f.own {
		f.rest, f.own = slices.Clone(f.rest), true
	}
	if !f.from.fill() {
		return false
	}
	f.rest = append(f.rest, f.from.values...)
	return true
}

// Next returns the key of the values after those that Of returned. ok is false at the end.
func (f *Follower[K, T]) Next() (key K, ok bool) {
	if len(f.rest) == 0 && !f.more() {
		return key, false
	}
	return f.rest[0].Key(), true
}

// Err returns the error that ended the follower, if any.
func (f *Follower[K, T]) Err() error { return f.from.Err() }
