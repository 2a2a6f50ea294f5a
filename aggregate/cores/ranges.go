package cores

import "sync"

// Ranges deal out numbered pieces of work of which neighbours have much in common: each worker gets the
// pieces of a range of its own, in order, and then the last ones of the others. They are safe for
// concurrent use.
type Ranges struct {
	mu   sync.Mutex
	left []span // by worker
}

// A span is the pieces from next to end.
type span struct{ next, end int }

// NewRanges divides pieces, numbered from 0, among workers.
func NewRanges(workers, pieces int) *Ranges {
	r := &Ranges{left: make([]span, workers)}
	for i := range r.left {
		r.left[i] = span{i * pieces / workers, (i + 1) * pieces / workers}
	}
	return r
}

// Next returns the next piece for a worker. It reports false if none is left.
func (r *Ranges) Next(worker int) (piece int, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if own := &r.left[worker]; own.next < own.end {
		own.next++
		return own.next - 1, true
	}
	most := &r.left[0]
	for i := range r.left {
		if other := &r.left[i]; other.end-other.next > most.end-most.next {
			most = other
		}
	}
	if most.next == most.end {
		return 0, false
	}
	most.end--
	return most.end, true
}
