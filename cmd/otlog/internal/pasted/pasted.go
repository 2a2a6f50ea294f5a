// Package pasted reads what people paste into a terminal: one line of a log or a few, in any format
// that otlog reads in files.
//
//  1. Read reads the text as a log, twice: the failure that a record belongs to may depend on later
//     records. A text of which nothing can be read in the format that it seems to have is read as
//     plain lines.
//  2. newRecord copies what a record says, without secrets (record.go).
package pasted

import (
	"bytes"
	"io"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/cmd/otlog/internal/private"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/report/explain"
)

// Most is how many bytes of a text are read.
const Most = 4 << 20

// Read explains the records of a text. The sources account for what could not be read.
func Read(name string, text []byte, o parse.Options, rules *private.Rules) (*explain.Pasted, []*aggregate.Source, error) {
	p, sources, err := read(name, text, o, rules)
	if err != nil || p.Records() > 0 || o.Format != "" {
		return p, sources, err
	}
	// A line that was cut when it was copied, or one that looks like the head of a table.
	o.Format = "console"
	if plain, accounts, err := read(name, text, o, rules); err == nil && plain.Records() > 0 {
		return plain, accounts, nil
	}
	return p, sources, nil
}

func read(name string, text []byte, o parse.Options, rules *private.Rules) (*explain.Pasted, []*aggregate.Source, error) {
	source := []parse.Source{{Name: name, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(text)), nil
	}}}
	index, err := learn(source, o)
	if err != nil {
		return nil, nil, err
	}
	out := &explain.Pasted{}
	read, err := aggregate.WalkWhole(source, o, func(r *aggregate.Record) error {
		if isRecord(r) {
			out.Add(newRecord(r, index, rules))
		}
		return nil
	})
	rules.Sources(read)
	return out, read, err
}

// isRecord reports whether a record says something.
func isRecord(r *aggregate.Record) bool {
	return r.Verdict.Failure || r.Verdict.Native || r.Event.Telemetry != nil || !r.Event.Blank && len(bytes.TrimSpace(r.Event.Text)) > 0
}

// learn reads the text for the first time and returns the failures in it.
func learn(source []parse.Source, o parse.Options) (*aggregate.Index, error) {
	var tally aggregate.Tally
	entered := ""
	_, err := aggregate.WalkWhole(source, o, func(r *aggregate.Record) error {
		if r.Source != entered {
			tally.Enter(r.ID)
			entered = r.Source
		}
		tally.Add(r.Event, r.Verdict, r.Number)
		return nil
	})
	if err != nil {
		return nil, err
	}
	counts, err := aggregate.Settle(nil, tally.Parts()...)
	if err != nil {
		return nil, err
	}
	return counts.Index()
}
