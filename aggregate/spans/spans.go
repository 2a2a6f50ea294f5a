// Package spans finds intervals that overlap with a given one, without looking at all others.
package spans

import (
	"cmp"
	"slices"
)

// A Span is an interval of positions, with the index of what it belongs to.
type Span struct {
	Group       uint32 // positions of different groups cannot be compared
	First, Last int64  // both are part of the interval
	Index       int32
}

// A Tree holds spans. Sort must be called between adding spans and looking for them.
type Tree struct {
	spans []Span
	// The spans of a group are a binary tree: the middle one is the root, those before and
	// after it are its branches. reach is the greatest Last of each tree, by its root.
	reach []int64
}

// Reset removes all spans.
func (t *Tree) Reset() { t.spans = t.spans[:0] }

// Len returns the number of spans.
func (t *Tree) Len() int { return len(t.spans) }

// Add adds a span.
func (t *Tree) Add(s Span) { t.spans = append(t.spans, s) }

// Sort prepares the tree for Overlapping.
func (t *Tree) Sort() {
	slices.SortFunc(t.spans, func(a, b Span) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.First, b.First), cmp.Compare(a.Index, b.Index))
	})
	t.reach = slices.Grow(t.reach[:0], len(t.spans))[:len(t.spans)]
	for from := 0; from < len(t.spans); {
		to := t.end(t.spans[from].Group)
		t.measure(from, to)
		from = to
	}
}

// end returns the index after the last span of a group.
func (t *Tree) end(group uint32) int {
	i, _ := slices.BinarySearchFunc(t.spans, uint64(group)+1, func(s Span, next uint64) int {
		return cmp.Compare(uint64(s.Group), next)
	})
	return i
}

// measure sets the reach of the tree of some spans, and returns it.
func (t *Tree) measure(from, to int) int64 {
	root := (from + to) / 2
	reach := t.spans[root].Last
	if from < root {
		reach = max(reach, t.measure(from, root))
	}
	if root+1 < to {
		reach = max(reach, t.measure(root+1, to))
	}
	t.reach[root] = reach
	return reach
}

// Overlapping visits the spans of a group that have a position in common with the interval from
// first to last, until visit returns false. Spans are visited from the last First to the
// first; of those with an equal First, the one with the greatest Index comes first.
func (t *Tree) Overlapping(group uint32, first, last int64, visit func(*Span) bool) {
	from := 0
	if group > 0 {
		from = t.end(group - 1)
	}
	t.descend(from, t.end(group), first, last, visit)
}

func (t *Tree) descend(from, to int, first, last int64, visit func(*Span) bool) bool {
	root := (from + to) / 2
	if from == to || t.reach[root] < first {
		return true
	}
	if s := &t.spans[root]; s.First <= last {
		if !t.descend(root+1, to, first, last, visit) || s.Last >= first && !visit(s) {
			return false
		}
	}
	return t.descend(from, root, first, last, visit)
}

// An Interval contains its first and last position. The zero Interval has none.
type Interval struct {
	First, Last int64
	Known       bool
}

// Add extends the interval by another.
func (v *Interval) Add(first, last int64) {
	if !v.Known {
		*v = Interval{first, last, true}
		return
	}
	v.First, v.Last = min(v.First, first), max(v.Last, last)
}

// Distance returns the distance of two intervals, 0 if they overlap.
func (v *Interval) Distance(first, last int64) int64 {
	return max(v.First-last, first-v.Last, 0)
}
