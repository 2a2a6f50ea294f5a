package edges

// Ends find from when to when most of many owners are. An owner may be seen in pieces, in any order.
type Ends[K comparable] struct {
	few         int // owners that are enough
	owners      map[K]bool
	first, last *Outermost[K]
}

// NewEnds returns Ends that leave out the outermost owners on either end, if there are at least few.
func NewEnds[K comparable](few, outermost int) *Ends[K] {
	return &Ends[K]{few, map[K]bool{}, New[K](outermost + 1), New[K](outermost + 1)}
}

// Meet notes that there is an owner, whose time is unknown.
func (e *Ends[K]) Meet(owner K) {
	if len(e.owners) < e.few {
		e.owners[owner] = true
	}
}

// See notes from when to when an owner was seen.
func (e *Ends[K]) See(owner K, first, last int64) {
	e.Meet(owner)
	e.first.Add(owner, first)
	e.last.Add(owner, -last)
}

// Merge adds what another has found.
func (e *Ends[K]) Merge(other *Ends[K]) {
	for owner := range other.owners {
		e.Meet(owner)
	}
	e.first.Merge(other.first)
	e.last.Merge(other.last)
}

// Find returns the ends. ok is false if there are too few owners.
func (e *Ends[K]) Find() (first, last int64, ok bool) {
	first, ok = e.first.Last()
	last, _ = e.last.Last()
	return first, -last, ok && len(e.owners) >= e.few
}
