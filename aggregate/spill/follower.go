package spill

// A Follower reads a set by key, in step with another sorted sequence.
type Follower[K Value[K], T Keyed[K, T]] struct {
	from    *Cursor[T]
	current []T
}

// A Keyed value is sorted by a key first.
type Keyed[K Value[K], T any] interface {
	Value[T]
	Key() K
}

// Follow returns a follower of a set.
func Follow[K Value[K], T Keyed[K, T]](s *Set[T]) *Follower[K, T] {
	return &Follower[K, T]{from: s.Cursor()}
}

// Of returns the values with a key, which must not be less than the key of the call before.
// They are valid until the next call.
func (f *Follower[K, T]) Of(key K) []T {
	if len(f.current) > 0 && f.current[0].Key() == key {
		return f.current
	}
	f.current = f.current[:0]
	for x, ok := f.from.Peek(); ok; x, ok = f.from.Peek() {
		c := x.Key().Compare(key)
		if c > 0 {
			break
		}
		if c == 0 {
			f.current = append(f.current, x)
		}
		f.from.Next()
	}
	return f.current
}

// Next returns the key of the next values. ok is false at the end.
func (f *Follower[K, T]) Next() (key K, ok bool) {
	x, ok := f.from.Peek()
	if ok {
		key = x.Key()
	}
	return key, ok
}

// Err returns the error that ended the follower, if any.
func (f *Follower[K, T]) Err() error { return f.from.Err() }
