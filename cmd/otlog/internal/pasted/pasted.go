// Package pasted reads what people paste into a terminal: one line of a log or a few, in any format
// that otlog reads in files.
//
//  1. Read reads the text as a log, twice: the failure that a record belongs to may depend on later
//     records. A text of which nothing can be read in the format that it seems to have is read as
//     plain lines.
//     At most Most bytes are read: of the text, and of what it unpacks to.
//  2. newRecord copies what a record says, without secrets (record.go).
package pasted

import (
	"bytes"
	"cmp"
	"errors"
	"io"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/internal/private"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/report/explain"
)

// Most is how many bytes of a text are read.
const Most = 4 << 20

// errEnough ends the reading of a text that unpacks to more than Most bytes.
var errEnough = errors.New("the text is too long")

// Read explains the records of a text. The sources account for what could not be read. cut reports that
// the text is longer than what was read.
func Read(name string, text []byte, o parse.Options, rules *private.Rules) (p *explain.Pasted, sources []*aggregate.Source, cut bool, err error) {
	if len(text) > Most {
		// Half a line may seem to say something else.
		text = text[:Most]
		text, cut = text[:cmp.Or(bytes.LastIndexByte(text, '\n')+1, Most)], true
	}
	o.MaxExpansion = 1 // of what is no record, too: as little as possible
	p, sources, err = read(name, text, o, rules)
	if err == errEnough {
		return p, sources, true, nil
	}
	if err != nil || p.Records() > 0 || o.Format != "" {
		return p, sources, cut, err
	}
	// A line that was cut when it was copied, or one that looks like the head of a table.
	o.Format = "console"
	if plain, accounts, err := read(name, text, o, rules); err == nil && plain.Records() > 0 {
		return plain, accounts, cut, nil
	}
	return p, sources, cut, nil
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
	read, err := walk(source, o, func(r *aggregate.Record) {
		if isRecord(r) {
			out.Add(newRecord(r, index, rules))
		}
	})
	for _, s := range read {
		if cut := (*aggregate.CutError)(nil); errors.As(s.Damage, &cut) {
			s.Damage = nil // what is pasted is often cut
		}
	}
	rules.Sources(read)
	return out, read, err
}

// walk visits the records of a text, up to Most bytes.
func walk(source []parse.Source, o parse.Options, visit func(*aggregate.Record)) ([]*aggregate.Source, error) {
	left := Most
	return aggregate.WalkWhole(source, o, func(r *aggregate.Record) error {
		if left -= r.Event.Bytes; left < 0 {
			return errEnough
		}
		visit(r)
		return nil
	})
}

// isRecord reports whether a record says something.
func isRecord(r *aggregate.Record) bool {
	return r.Verdict.Failure || r.Verdict.Native || r.Event.Telemetry != nil || !r.Event.Blank && len(bytes.TrimSpace(r.Event.Text)) > 0
}

// learn reads the text for the first time and returns the failures in it.
func learn(source []parse.Source, o parse.Options) (*aggregate.Index, error) {
	var tally aggregate.Tally
	entered := ""
	_, err := walk(source, o, func(r *aggregate.Record) {
		if r.Source != entered {
			tally.Enter(r.ID)
			entered = r.Source
		}
		tally.Add(r.Event, r.Verdict, r.Number)
	})
	if err != nil && err != errEnough {
		return nil, err
	}
	counts, err := aggregate.Settle(nil, tally.Parts()...)
	if err != nil {
		return nil, err
	}
	return counts.Index()
}
