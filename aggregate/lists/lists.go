// Package lists holds many short lists in one piece of memory.
package lists

import "iter"

// Lists are lists of values, one after the other in memory.
type Lists[T any] struct {
	values []T
	begin  []uint32 // index of the first value of each list, and the end
}

// Make makes n lists of all values, each with the number of its list. It reads them twice.
func Make[T any](n, values int, all iter.Seq2[uint32, T]) *Lists[T] {
	begin := make([]uint32, n+2)
	for list := range all {
		begin[list+2]++
	}
	for i := 2; i < len(begin); i++ {
		begin[i] += begin[i-1]
	}
	// begin[list+1] is the index of the list's next value. In the end it is the index where the
	// next list begins.
	out := make([]T, values)
	for list, x := range all {
		next := &begin[list+1]
		out[*next] = x
		*next++
	}
	return &Lists[T]{out, begin[:n+1]}
}

// Of returns a list, with the values in the order in which they came.
func (l *Lists[T]) Of(list int) []T { return l.values[l.begin[list]:l.begin[list+1]] }

// Len returns the number of all values.
func (l *Lists[T]) Len() int { return len(l.values) }
