package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/x/beamx"
)

func init() {
	register.DoFn3x1[context.Context, []byte, func(int64, []byte), error](&scanFn{})
	register.DoFn3x1[int64, func(*[]byte) bool, func(int64, []byte), error](&mergeFn{})
	register.DoFn3x1[context.Context, int64, func(*[]byte) bool, error](&writeFn{})
	register.Emitter2[int64, []byte]()
	register.Iter1[[]byte]()
}

// fan is how many blocks a merge adds up. A merge reads all of them at the same time, 128 KiB of each.
const fan = 32

// A span says which shards each group of a merge has: group g has those from g*Size.
type span struct{ Size, Shards int64 }

func (s span) of(group int64) (from, to int64) {
	return group * s.Size, min((group+1)*s.Size, s.Shards)
}

// scanFn scans a shard, as JSON, and emits the pieces of its block.
type scanFn struct{ Options options }

func (f *scanFn) ProcessElement(ctx context.Context, planned []byte, emit func(int64, []byte)) error {
	s := &shard{}
	if err := json.Unmarshal(planned, s); err != nil {
		return fmt.Errorf("reading what a shard is: %w", err)
	}
	return f.Options.scan(ctx, s, func(piece []byte) { emit(s.Number/fan, piece) })
}

// mergeFn merges the blocks of a group, and emits the pieces of their sum.
type mergeFn struct {
	Options options
	Span    span
}

func (f *mergeFn) ProcessElement(group int64, pieces func(*[]byte) bool, emit func(int64, []byte)) error {
	return f.Options.mergePieces(f.Span, group, pieces, func(sum *block) error {
		return writeBlock(sum, func(piece []byte) { emit(group/fan, piece) })
	})
}

// writeFn merges the last blocks, and writes their sum as a partial.
type writeFn struct {
	Options   options
	Span      span
	Temporary string
	Dirs      map[string]int
	Missing   []string
}

func (f *writeFn) ProcessElement(ctx context.Context, group int64, pieces func(*[]byte) bool) error {
	return f.Options.mergePieces(f.Span, group, pieces, func(sum *block) error {
		return f.Options.finish(ctx, sum, f.Temporary, f.Dirs, f.Missing)
	})
}

// mergePieces merges the blocks of a group from their pieces.
func (o *options) mergePieces(s span, group int64, pieces func(*[]byte) bool, use func(*block) error) error {
	g := &gathering{}
	defer g.close()
	var piece []byte
	for pieces(&piece) {
		if err := g.add(piece); err != nil {
			return err
		}
	}
	blocks, err := g.take(s.of(group))
	if err != nil {
		return err
	}
	sum, err := o.merge(blocks)
	if err != nil {
		return err
	}
	return use(sum)
}

// run builds the pipeline of a plan and runs it. The last merge writes to the file temporary.
func run(ctx context.Context, o *options, p *plan, temporary string, verbose bool) error {
	undo, err := prepare(verbose)
	defer undo()
	if err != nil {
		return err
	}
	if err := findEngine(ctx); err != nil {
		return err
	}
	shards := make([][]byte, len(p.shards))
	for i := range p.shards {
		if shards[i], err = json.Marshal(&p.shards[i]); err != nil {
			return fmt.Errorf("describing shard %d: %w", i, err)
		}
	}
	pipeline, s := beam.NewPipelineWithRoot()
	planned := beam.Reshuffle(s.Scope("plan"), beam.CreateList(s.Scope("plan"), shards))
	pieces := beam.ParDo(s.Scope("scan"), &scanFn{*o}, planned)
	n := int64(len(shards))
	size := int64(fan)
	for ; size < n; size *= fan {
		s := s.Scope(fmt.Sprintf("merge %d shards", size))
		pieces = beam.ParDo(s, &mergeFn{*o, span{size, n}}, beam.GroupByKey(s, pieces))
	}
	last := s.Scope("write")
	beam.ParDo0(last, &writeFn{*o, span{size, n}, temporary, p.dirs, p.missing}, beam.GroupByKey(last, pieces))
	err = beamx.Run(ctx, pipeline)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// prepare sets what Beam's runners need of this process.
func prepare(verbose bool) (undo func(), err error) {
	quiet(verbose)
	// Beam leaves files in the directory for temporary files.
	dir, err := os.MkdirTemp("", "otlog-beam-")
	if err != nil {
		return func() {}, fmt.Errorf("creating a directory for temporary files: %w", err)
	}
	before, was := os.LookupEnv("TMPDIR")
	undo = func() {
		if was {
			os.Setenv("TMPDIR", before)
		} else {
			os.Unsetenv("TMPDIR")
		}
		os.RemoveAll(dir)
	}
	if err := os.Setenv("TMPDIR", dir); err != nil {
		return undo, fmt.Errorf("setting TMPDIR: %w", err)
	}
	return undo, workerDefaults()
}
