package spill

import "slices"

// A Cursor yields the values of a set in order, each once.
type Cursor[T Value[T]] struct {
	set        *Set[T]
	shelf, end int // the next shelf of the set, and the one at which to stop
	merger     *merger[T]
	values     []T // the next ones
	room, more []T // for values of several runs
	err        error
}

// Cursor returns a cursor before the first value.
func (s *Set[T]) Cursor() *Cursor[T] {
	s.Flush()
	c := &Cursor[T]{set: s}
	c.Seek(Shelf{})
	return c
}

// Seek moves the cursor before the first value on a shelf, which ends it. A shelf has at most as
// many bits as the set; that of a set with values on disk has none.
func (c *Cursor[T]) Seek(to Shelf) {
	s := c.set
	c.values, c.err = nil, s.err
	if len(s.disk) > 0 {
		c.merger = newMerger(s.runs, s.disk)
		c.shelf, c.end = 0, 0
		return
	}
	wide := s.bits - to.Bits
	c.shelf, c.end = to.Number<<wide, (to.Number+1)<<wide
}

// Next returns the next value. ok is false at the end, and after an error.
func (c *Cursor[T]) Next() (x T, ok bool) {
	if len(c.values) == 0 && !c.fill() {
		return x, false
	}
	x, c.values = c.values[0], c.values[1:]
	return x, true
}

// Err returns the error that ended the cursor, if any.
func (c *Cursor[T]) Err() error { return c.err }

// fill gets the next values. It returns false at the end, and after an error.
func (c *Cursor[T]) fill() bool {
	if c.values = nil; c.err != nil {
		return false
	}
	if c.merger != nil {
		if c.room == nil {
			c.room = make([]T, 0, max(chunkBytes/sizeOf[T](), 1))
		}
		c.values = c.merger.appendTo(c.room[:0])
		c.err = c.merger.err
		return len(c.values) > 0 && c.err == nil
	}
	for c.shelf < c.end {
		c.values = c.take(c.shelf)
		c.shelf++
		if len(c.values) > 0 {
			return true
		}
	}
	return false
}

// take returns the values on a shelf, sorted. To sort the values of all runs together is faster
// than to merge the runs: there are many, with few values each.
func (c *Cursor[T]) take(shelf int) []T {
	var only []T
	all, runs := c.room[:0], 0
	for i := range c.set.runs {
		of := c.set.runs[i].of(shelf)
		if len(of) == 0 {
			continue
		}
		if runs++; runs == 1 {
			only = of
			continue
		}
		if runs == 2 {
			all = append(all, only...)
		}
		all = append(all, of...)
	}
	if runs <= 1 {
		return only
	}
	c.room = all
	c.more = slices.Grow(c.more[:0], len(all))[:len(all)]
	Sort(c.more, all)
	return slices.Compact(c.more)
}

// Inputs are cursors and followers that are read together.
type Inputs []interface {
	Seek(Shelf)
	Err() error
}

// Seek moves all of them to a shelf.
func (all Inputs) Seek(to Shelf) {
	for _, in := range all {
		in.Seek(to)
	}
}

// Err returns the error that ended one of them, if any.
func (all Inputs) Err() error {
	for _, in := range all {
		if err := in.Err(); err != nil {
			return err
		}
	}
	return nil
}
