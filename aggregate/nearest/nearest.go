// Package nearest finds the intervals nearest to a given one among those that share a key, without
// looking at all of them. Intervals are asked for in the order of time: a [Set] moves each interval
// from those that begin later to those that go on, and then to those that have ended.
package nearest

import (
	"cmp"
	"math"
	"slices"

	"github.com/otlog/otlog/aggregate/spill"
)

// An Item is an interval with a number, which no other Item in the set has.
type Item struct {
	Number      int32
	First, Last int64
	Joined      int32 // increases with each Put
}

// Limits are those of the intervals that a Set finds.
type Limits struct {
	Within  int64 // from the end of an interval to what is asked for
	Longest int64 // from the first position to the last, of the interval and of what is asked for; math.MaxInt64: any length
	// Latest prefers the interval that was put last, of equally near ones. Otherwise the one
	// that begins first is preferred, then that with the least number.
	Latest bool
}

// A Set finds intervals by keys.
type Set[K comparable] struct {
	Limits
	Work int64 // steps taken so far, for tests

	now    int64
	slots  map[int32]int32 // by number
	held   []held          // by slot; the first is none
	free   []int32         // slots
	groups map[K]int32
	roots  []group // by number of a group
	keys   []K     // likewise
	unused []int32 // numbers of groups

	ahead    []int32           // slots of what begins later, sorted by First and number
	ending   spill.Heap[event] // what ahead and going on ends when
	waiting  spill.Heap[event] // what is ahead, by Last
	ended    []event           // sorted by Last
	nodes    []node            // the first is none
	freed    []int32           // nodes
	priority uint32
}

// A state is where an interval is.
type state uint8

const (
	gone    state = iota
	later         // it begins after what was last asked for
	running       // it has begun, and has not ended before what was last asked for
	past          // it has ended
)

type held struct {
	Item
	state  state
	groups []int32
}

// A group holds the intervals of a key.
type group struct {
	root    int32
	members int32
	ahead   spill.Heap[start] // those that begin later, and are not too long; some may have begun
}

// A node is an interval in the tree of a group. The tree is a treap: sorted by First and number
// from left to right, and by random priority from top to bottom.
type node struct {
	slot          int32
	priority      uint32
	left, right   int32
	running, past int32 // the best of the tree
}

// An event is the end of an interval, as it was then.
type event struct {
	at   int64
	slot int32
}

// Less orders events by time.
func (e event) Less(other event) bool { return e.at < other.at }

// A start is the first position of an interval.
type start struct {
	first        int64
	number, slot int32
}

// Less orders intervals by their first positions.
func (s start) Less(other start) bool {
	return cmp.Or(cmp.Compare(s.first, other.first), cmp.Compare(s.number, other.number)) < 0
}

// Reset empties the set, and sets its limits.
func (s *Set[K]) Reset(l Limits) {
	*s = Set[K]{
		Limits: l, Work: s.Work, now: math.MinInt64, slots: map[int32]int32{}, groups: map[K]int32{}, held: make([]held, 1), nodes: make([]node, 1),
		priority: 2463534242,
	}
}

// Advance sets the position that is asked for next, which is not before any earlier one.
func (s *Set[K]) Advance(first int64) {
	s.now = first
	for len(s.ahead) > 0 {
		slot := s.ahead[0]
		if h := &s.held[slot]; h.state == later && h.First > first {
			break
		} else if h.state == later {
			s.run(slot)
		}
		s.ahead = s.ahead[1:]
	}
	for len(s.ending) > 0 && s.ending[0].at < first {
		e := s.ending.Pop()
		if h := &s.held[e.slot]; h.state == running && h.Last == e.at {
			h.state = past
			s.refreshAll(e.slot)
			s.ended = append(s.ended, e)
		}
	}
	for len(s.ended) > 0 && s.ended[0].at < first-s.Within {
		e := s.ended[0]
		s.ended = s.ended[1:]
		if h := &s.held[e.slot]; h.state == past && h.Last == e.at {
			s.remove(e.slot)
		}
	}
	for len(s.waiting) > 0 && s.waiting[0].at-first <= s.Longest {
		e := s.waiting.Pop()
		slot := e.slot
		if h := &s.held[slot]; h.state == later && h.Last == e.at {
			for _, g := range h.groups {
				s.Work++
				s.roots[g].ahead.Push(start{h.First, h.Number, slot})
			}
		}
	}
}

// Put adds an interval, or replaces the one with its number, whose first position must be the same
// unless it began later. Intervals that begin later than the last Advance must be put in the order
// of their first positions and numbers.
func (s *Set[K]) Put(x Item, keys []K) {
	slot, ok := s.slots[x.Number]
	if !ok {
		slot = int32(len(s.held))
		if n := len(s.free); n > 0 {
			slot, s.free = s.free[n-1], s.free[:n-1]
		} else {
			s.held = append(s.held, held{})
		}
		s.slots[x.Number] = slot
	}
	h := &s.held[slot]
	before := h.state
	h.Item = x
	groups := make([]int32, 0, len(keys))
	for _, k := range keys {
		groups = append(groups, s.group(k))
	}
	slices.Sort(groups)
	groups = slices.Compact(groups)
	for _, g := range groups {
		s.roots[g].members++
	}
	defer s.leave(h.groups)
	if x.First > s.now {
		h.groups, h.state = groups, later
		s.ahead = append(s.ahead, slot)
		s.waiting.Push(event{x.Last, slot})
		return
	}
	if before == running || before == past {
		for _, g := range h.groups {
			if _, same := slices.BinarySearch(groups, g); !same {
				s.roots[g].root = s.delete(s.roots[g].root, slot)
			}
		}
		for _, g := range groups {
			if _, same := slices.BinarySearch(h.groups, g); !same {
				s.enter(g, slot)
			}
		}
		h.groups = groups
		s.end(slot)
		s.refreshAll(slot)
		return
	}
	h.groups = groups
	s.run(slot)
}

// group returns the number of the group of a key.
func (s *Set[K]) group(k K) int32 {
	g, ok := s.groups[k]
	if ok {
		return g
	}
	if n := len(s.unused); n > 0 {
		g, s.unused = s.unused[n-1], s.unused[:n-1]
		s.roots[g], s.keys[g] = group{ahead: s.roots[g].ahead[:0]}, k
	} else {
		g = int32(len(s.roots))
		s.roots, s.keys = append(s.roots, group{}), append(s.keys, k)
	}
	s.groups[k] = g
	return g
}

// leave notes that an interval has left groups.
func (s *Set[K]) leave(groups []int32) {
	for _, g := range groups {
		if s.roots[g].members--; s.roots[g].members == 0 {
			delete(s.groups, s.keys[g])
			s.unused = append(s.unused, g)
		}
	}
}

// end notes that an interval has begun, and may have ended.
func (s *Set[K]) end(slot int32) {
	h := &s.held[slot]
	h.state = running
	s.ending.Push(event{h.Last, slot})
}

// run notes that an interval has begun.
func (s *Set[K]) run(slot int32) {
	s.end(slot)
	for _, g := range s.held[slot].groups {
		s.enter(g, slot)
	}
}

// enter adds an interval to the tree of a group.
func (s *Set[K]) enter(g, slot int32) {
	s.priority ^= s.priority << 13
	s.priority ^= s.priority >> 17
	s.priority ^= s.priority << 5
	n := int32(len(s.nodes))
	if f := len(s.freed); f > 0 {
		n, s.freed = s.freed[f-1], s.freed[:f-1]
	} else {
		s.nodes = append(s.nodes, node{})
	}
	s.nodes[n] = node{slot: slot, priority: s.priority}
	s.pull(n)
	s.roots[g].root = s.insert(s.roots[g].root, n)
}

// remove removes an interval that has ended.
func (s *Set[K]) remove(slot int32) {
	h := &s.held[slot]
	for _, g := range h.groups {
		s.roots[g].root = s.delete(s.roots[g].root, slot)
	}
	s.leave(h.groups)
	delete(s.slots, h.Number)
	*h = held{}
	s.free = append(s.free, slot)
}

// Near visits the intervals with a key which may be nearest to an interval that begins where the last
// Advance was, which must follow the last Put. It visits at most three: of those that begin later, that go
// on, and that have ended, the best one that is not too long together with the interval.
func (s *Set[K]) Near(key K, last int64, visit func(number int32)) {
	s.Work++
	number, ok := s.groups[key]
	if !ok {
		return
	}
	g := &s.roots[number]
	for len(g.ahead) > 0 {
		if h := &s.held[g.ahead[0].slot]; h.state == later && h.Number == g.ahead[0].number {
			visit(h.Number)
			break
		}
		s.Work++
		g.ahead.Pop()
	}
	first := int64(math.MinInt64)
	if s.Longest != math.MaxInt64 {
		first = last - s.Longest
	}
	goesOn, ended := s.best(g.root, first)
	for _, slot := range [2]int32{goesOn, ended} {
		if slot != 0 {
			visit(s.held[slot].Number)
		}
	}
}

// best returns the best intervals of a tree that begin at first or later.
func (s *Set[K]) best(root int32, first int64) (goesOn, ended int32) {
	for n := root; n != 0; {
		s.Work++
		x := &s.nodes[n]
		if s.held[x.slot].First < first {
			n = x.right
			continue
		}
		r := &s.nodes[x.right]
		goesOn, ended = s.betterRunning(goesOn, r.running), s.betterPast(ended, r.past)
		own, ownPast := s.own(x.slot)
		goesOn, ended = s.betterRunning(goesOn, own), s.betterPast(ended, ownPast)
		n = x.left
	}
	return goesOn, ended
}

// own returns the slot as one that goes on, or as one that has ended.
func (s *Set[K]) own(slot int32) (goesOn, ended int32) {
	switch s.held[slot].state {
	case running:
		return slot, 0
	case past:
		return 0, slot
	}
	return 0, 0
}

// betterRunning returns the better of two slots, either of which may be 0, of intervals that go on.
func (s *Set[K]) betterRunning(a, b int32) int32 {
	switch {
	case a == 0 || b == 0:
		return a + b
	case s.Latest && s.held[a].Joined < s.held[b].Joined, !s.Latest && s.compare(b, a) < 0:
		return b
	}
	return a
}

// betterPast is betterRunning for intervals that have ended.
func (s *Set[K]) betterPast(a, b int32) int32 {
	if a == 0 || b == 0 {
		return a + b
	}
	if x, y := s.held[a].Last, s.held[b].Last; x != y {
		if x < y {
			return b
		}
		return a
	}
	return s.betterRunning(a, b)
}

// compare orders intervals by their first positions.
func (s *Set[K]) compare(a, b int32) int {
	x, y := &s.held[a], &s.held[b]
	return cmp.Or(cmp.Compare(x.First, y.First), cmp.Compare(x.Number, y.Number))
}

// pull sets the best of a tree, whose branches are right.
func (s *Set[K]) pull(n int32) {
	s.Work++
	x := &s.nodes[n]
	l, r := &s.nodes[x.left], &s.nodes[x.right]
	goesOn, ended := s.own(x.slot)
	x.running = s.betterRunning(s.betterRunning(goesOn, l.running), r.running)
	x.past = s.betterPast(s.betterPast(ended, l.past), r.past)
}

// insert adds a node to a tree, and returns its root.
func (s *Set[K]) insert(root, n int32) int32 {
	if root == 0 {
		return n
	}
	x, added := &s.nodes[root], &s.nodes[n]
	switch less := s.compare(added.slot, x.slot) < 0; {
	case added.priority > x.priority:
		added.left, added.right = s.split(root, added.slot)
		root = n
	case less:
		x.left = s.insert(x.left, n)
	default:
		x.right = s.insert(x.right, n)
	}
	s.pull(root)
	return root
}

// split divides a tree into what is before an interval and what is after it.
func (s *Set[K]) split(root, slot int32) (before, after int32) {
	if root == 0 {
		return 0, 0
	}
	if x := &s.nodes[root]; s.compare(x.slot, slot) < 0 {
		before = root
		x.right, after = s.split(x.right, slot)
	} else {
		after = root
		before, x.left = s.split(x.left, slot)
	}
	s.pull(root)
	return before, after
}

// delete removes an interval from a tree, and returns its root.
func (s *Set[K]) delete(root, slot int32) int32 {
	if root == 0 {
		return 0
	}
	x := &s.nodes[root]
	if x.slot == slot {
		s.freed = append(s.freed, root)
		return s.join(x.left, x.right)
	}
	if s.compare(slot, x.slot) < 0 {
		x.left = s.delete(x.left, slot)
	} else {
		x.right = s.delete(x.right, slot)
	}
	s.pull(root)
	return root
}

// join makes one of two trees, the first of which is before the second.
func (s *Set[K]) join(a, b int32) int32 {
	switch {
	case a == 0 || b == 0:
		return a + b
	case s.nodes[a].priority > s.nodes[b].priority:
		s.nodes[a].right = s.join(s.nodes[a].right, b)
		s.pull(a)
		return a
	}
	s.nodes[b].left = s.join(a, s.nodes[b].left)
	s.pull(b)
	return b
}

// refreshAll updates the trees of an interval, whose state or end has changed.
func (s *Set[K]) refreshAll(slot int32) {
	for _, g := range s.held[slot].groups {
		s.refresh(s.roots[g].root, slot)
	}
}

func (s *Set[K]) refresh(root, slot int32) {
	if root == 0 {
		return
	}
	if x := &s.nodes[root]; x.slot != slot {
		if s.compare(slot, x.slot) < 0 {
			s.refresh(x.left, slot)
		} else {
			s.refresh(x.right, slot)
		}
	}
	s.pull(root)
}
