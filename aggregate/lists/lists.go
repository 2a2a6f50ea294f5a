// Package lists holds many short lists without much memory for each of them.
package lists

import (
	"iter"
	"slices"
)

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

// Reused are lists by number that are emptied together, and keep their memory.
type Reused[T any] struct {
	lists [][]T
	used  []int // numbers of lists that may have values
}

// Of returns the list with a number, to be read and set until the next call of Of or Clear.
func (r *Reused[T]) Of(number int) *[]T {
	if number >= len(r.lists) {
		r.lists = append(r.lists, make([][]T, number+1-len(r.lists))...)
	}
	list := &r.lists[number]
	if len(*list) == 0 {
		r.used = append(r.used, number)
	}
	return list
}

// Clear empties all lists.
func (r *Reused[T]) Clear() {
	for _, number := range r.used {
		r.lists[number] = r.lists[number][:0]
	}
	r.used = r.used[:0]
}

// Each visits all values of all lists; those of a list that was emptied once, repeatedly.
func (r *Reused[T]) Each(visit func(T) bool) {
	for _, number := range r.used {
		for _, x := range r.lists[number] {
			if !visit(x) {
				return
			}
		}
	}
}

// Empty returns an empty list to append to: the same one, unless it is so long that its memory is
// freed.
func Empty[T any](list []T) []T {
	const most = 1 << 16
	if cap(list) > most {
		return nil
	}
	return list[:0]
}

// MergeAlike sorts rows and merges those that compare equal, in place.
func MergeAlike[T any](rows []T, compare func(a, b T) int, add func(to, from *T)) []T {
	slices.SortFunc(rows, compare)
	n := 0
	for _, row := range rows {
		if n > 0 && compare(rows[n-1], row) == 0 {
			add(&rows[n-1], &row)
			continue
		}
		rows[n] = row
		n++
	}
	return rows[:n]
}
