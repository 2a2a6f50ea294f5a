// Package crowd finds the failures near evidence by an index, if there are too many to consider one after
// the other.
package crowd

import (
	"github.com/otlog/otlog/aggregate/compatible"
	"github.com/otlog/otlog/aggregate/nearest"
	"github.com/otlog/otlog/classify"
)

// A Crowd is a set of failures. Evidence is asked for in the order of time.
type Crowd struct {
	Used bool // since Begin
	nearest.Set[compatible.Key]
	index compatible.Index
	keys  []compatible.Key
}

// Begin empties the crowd.
func (x *Crowd) Begin(rules compatible.Rules, rule compatible.Rule, w classify.Weight, l nearest.Limits) {
	x.Used, x.index.Rules = true, rules
	x.index.Reset(rule, w)
	x.Reset(l)
}

// Expect notes what evidence says that will be asked for, before the first Put.
func (x *Crowd) Expect(said compatible.Statement) { x.index.Expect(&said) }

// Put adds a failure, or replaces it.
func (x *Crowd) Put(f nearest.Item, said *compatible.Statement) {
	x.keys = x.index.OfFailure(said, x.keys[:0])
	x.Set.Put(f, x.keys)
}

// Near visits the failures that take evidence, and may be nearest to it.
func (x *Crowd) Near(said *compatible.Statement, first, last int64, visit func(number int32)) {
	x.Advance(first)
	x.keys = x.index.OfEvidence(said, x.keys[:0])
	for _, key := range x.keys {
		x.Set.Near(key, last, visit)
	}
}
