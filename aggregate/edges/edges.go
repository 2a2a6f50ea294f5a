// Package edges finds the outermost of values that others outnumber, such as wrong clocks.
package edges

import "slices"

// Outermost has the few least values of owners, one for each, least first. Values may be added in
// any order, and so may what others have found.
type Outermost[K comparable] struct {
	most  int
	edges []edge[K]
}

type edge[K comparable] struct {
	owner K
	value int64
}

// New returns an Outermost of at most so many owners.
func New[K comparable](most int) *Outermost[K] { return &Outermost[K]{most: most} }

// Add adds a value of an owner.
func (o *Outermost[K]) Add(owner K, value int64) {
	if len(o.edges) == o.most && value >= o.edges[o.most-1].value {
		return
	}
	if i := slices.IndexFunc(o.edges, func(other edge[K]) bool { return other.owner == owner }); i >= 0 {
		if o.edges[i].value <= value {
			return
		}
		o.edges = slices.Delete(o.edges, i, i+1)
	}
	i := 0
	for i < len(o.edges) && o.edges[i].value <= value {
		i++
	}
	o.edges = slices.Insert(o.edges, i, edge[K]{owner, value})
	o.edges = o.edges[:min(len(o.edges), o.most)]
}

// Merge adds what another has found.
func (o *Outermost[K]) Merge(other *Outermost[K]) {
	for _, e := range other.edges {
		o.Add(e.owner, e.value)
	}
}

// Last returns the greatest of the values. ok is false if there are fewer owners than asked for.
func (o *Outermost[K]) Last() (value int64, ok bool) {
	if len(o.edges) < o.most {
		return 0, false
	}
	return o.edges[o.most-1].value, true
}
