package main

import (
	"context"

	"github.com/otlog/otlog/bench/lab"
	"github.com/otlog/otlog/bench/layout"
)

// A log is a generated log in one layout.
type log struct {
	*lab.Log
	sum uint32 // of the text
}

func (j *job) generate(in lab.Input, l layout.Layout) (*log, error) {
	g, err := j.Generate(in, j.size, l)
	return &log{Log: g}, err
}

// A pair has the costs of two commands that ran one after the other.
type pair struct{ a, b lab.Cost }

// inTurn runs a and each of the others in turn, n times after a first time that does not count: a,
// the first, a, the second, …
func inTurn(ctx context.Context, a lab.Command, others []lab.Command, n int) ([][]pair, error) {
	pairs := make([][]pair, len(others))
	for i := range n + 1 {
		for k, b := range others {
			var p pair
			var err error
			if p.a, err = a.Run(ctx); err != nil {
				return nil, err
			}
			if p.b, err = b.Run(ctx); err != nil {
				return nil, err
			}
			if i > 0 { // the first run fills the file cache
				pairs[k] = append(pairs[k], p)
			}
		}
	}
	return pairs, nil
}
