package spill

// A Heap holds sorted sequences to merge, the one with the least next value first.
type Heap[T interface{ Less(T) bool }] []T

// Push adds a sequence.
func (h *Heap[T]) Push(x T) {
	*h = append(*h, x)
	all := *h
	for i := len(all) - 1; i > 0; {
		parent := (i - 1) / 2
		if !all[i].Less(all[parent]) {
			return
		}
		all[i], all[parent] = all[parent], all[i]
		i = parent
	}
}

// Pop removes the first sequence.
func (h *Heap[T]) Pop() T {
	all := *h
	first, last := all[0], len(all)-1
	all[0] = all[last]
	*h = all[:last]
	h.Fix()
	return first
}

// Fix restores the order after the first sequence has advanced.
func (h *Heap[T]) Fix() {
	all := *h
	for i := 0; ; {
		least := i
		for _, child := range [2]int{2*i + 1, 2*i + 2} {
			if child < len(all) && all[child].Less(all[least]) {
				least = child
			}
		}
		if least == i {
			return
		}
		all[i], all[least] = all[least], all[i]
		i = least
	}
}
