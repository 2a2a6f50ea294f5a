package report

import (
	"iter"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/batch"
)

// JSONSources returns the rows of sources in JSON.
func JSONSources(r *Report) any { return r.jsonSources() }

// NewOfBatches makes a report as New does, but folds other batches and names.
func NewOfBatches(c *aggregate.Counts, sources []*aggregate.Source, o Options, names *aggregate.Names, batches iter.Seq2[*batch.Batch, error]) (*Report, error) {
	return newReport(sources, o, func(r *Report, groups bool) (*input, error) {
		in, err := readCounts(c, r, groups)
		if err == nil {
			in.names, in.batches = names, batches
		}
		return in, err
	})
}
