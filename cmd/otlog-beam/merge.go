package main

import (
	"fmt"
	"slices"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/classify/catalogue"
)

// merge adds up consecutive blocks, as otlog merge does. The result reads from them.
func (o *options) merge(blocks []*block) (*block, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	out := &block{first: blocks[0].first, last: blocks[len(blocks)-1].last}
	out.file = &partial.File{ToolVersion: o.Tool, Catalogues: []string{catalogue.Version}}
	var parts []*aggregate.Part
	for _, b := range blocks {
		f := b.file
		if !slices.Equal(f.Catalogues, out.file.Catalogues) {
			return nil, fmt.Errorf("the shards %d to %d were classified with catalogue %q, and others with %s", b.first, b.last, f.Catalogues, catalogue.Version)
		}
		parts = append(parts, f.Part)
		out.file.Sources = append(out.file.Sources, f.Sources...)
		out.file.LeftOut.Add(&f.LeftOut)
		for dir, n := range b.extra.None {
			if out.extra.None == nil {
				out.extra.None = map[string]int{}
			}
			out.extra.None[dir] += n
		}
	}
	out.file.Part = aggregate.Merge(parts...)
	return out, nil
}
