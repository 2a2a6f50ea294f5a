package main

import (
	"fmt"
	"slices"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/aggregate/ranges"
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
		if err := out.addSources(b); err != nil {
			return nil, err
		}
		parts = append(parts, f.Part)
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

// addSources adds the sources of the block that follows. If it begins with a range of the source that the
// sum ends with, the ranges are joined.
func (out *block) addSources(b *block) error {
	for i, s := range b.file.Sources {
		last := len(out.file.Sources) - 1
		next, before := b.extra.Ranges[i], out.extra.Ranges[last]
		if next == nil {
			out.file.Sources = append(out.file.Sources, s)
			continue
		}
		if before == nil || out.file.Sources[last].ID != s.ID {
			if out.extra.Ranges == nil {
				out.extra.Ranges = map[int]*ranges.Range{}
			}
			out.extra.Ranges[last+1] = next
			out.file.Sources = append(out.file.Sources, s)
			continue
		}
		if err := before.Join(out.file.Sources[last], next, s, b.file.Part); err != nil {
			return err
		}
	}
	return nil
}

// end ends the sources that were read in ranges.
func (out *block) end() error {
	for i, r := range out.extra.Ranges {
		if err := r.End(out.file.Sources[i]); err != nil {
			return err
		}
	}
	return nil
}
