package aggregate

import (
	"cmp"
	"slices"
)

// A span is an interval of positions: of the records of evidence in their source, or of an
// attempt in time.
type span struct {
	group       uint32 // positions of different groups cannot be compared
	first, last int64
	index       int32 // of the evidence or attempt
}

// spans find the intervals that overlap with a given one, without looking at the others.
type spans struct {
	all []span
	// The intervals of a group are a binary tree: the middle one is the root, those before
	// and after it are its branches. reach is the greatest last of each tree, by its root.
	reach []int64
}

// sort makes spans ready for overlapping.
func (s *spans) sort() {
	slices.SortFunc(s.all, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.first, b.first), cmp.Compare(a.index, b.index))
	})
	s.reach = slices.Grow(s.reach[:0], len(s.all))[:len(s.all)]
	for from := 0; from < len(s.all); {
		to := s.end(s.all[from].group)
		s.measure(from, to)
		from = to
	}
}

// end returns the index after the last span of a group.
func (s *spans) end(group uint32) int {
	i, _ := slices.BinarySearchFunc(s.all, uint64(group)+1, func(x span, next uint64) int {
		return cmp.Compare(uint64(x.group), next)
	})
	return i
}

// measure sets the reach of the tree of spans from to to, and returns it.
func (s *spans) measure(from, to int) int64 {
	root := (from + to) / 2
	reach := s.all[root].last
	if from < root {
		reach = max(reach, s.measure(from, root))
	}
	if root+1 < to {
		reach = max(reach, s.measure(root+1, to))
	}
	s.reach[root] = reach
	return reach
}

// overlapping visits the spans of a group that have a position in common with the one from
// first to last, the one that begins last first, until visit returns false.
func (s *spans) overlapping(group uint32, first, last int64, visit func(*span) bool) {
	to := s.end(group)
	from := 0
	if group > 0 {
		from = s.end(group - 1)
	}
	s.descend(from, to, first, last, visit)
}

func (s *spans) descend(from, to int, first, last int64, visit func(*span) bool) bool {
	root := (from + to) / 2
	if from == to || s.reach[root] < first {
		return true
	}
	x := &s.all[root]
	if x.first <= last {
		if !s.descend(root+1, to, first, last, visit) || x.last >= first && !visit(x) {
			return false
		}
	}
	return s.descend(from, root, first, last, visit)
}
