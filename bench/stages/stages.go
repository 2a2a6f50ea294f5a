package main

import "strings"

// A stage is a part of otlog's work.
type stage uint8

const (
	starting stage = iota
	reading
	unpacking
	cutting
	seeing
	finding
	decoding
	classifying
	counting
	settling
	reporting
	collecting
	other
	stages // how many there are
)

var stageNames = [stages]string{
	starting:    "start of the program",
	reading:     "read from the page cache",
	unpacking:   "decompress",
	cutting:     "cut into records, recognize lines",
	seeing:      "see who was there",
	finding:     "search for evidence",
	decoding:    "decode the other records",
	classifying: "classify",
	counting:    "count events",
	settling:    "settle and correlate",
	reporting:   "report",
	collecting:  "garbage collector and scheduler",
	other:       "other",
}

// rules say to which stage a function belongs, by the beginning of its name; of several rules, the first.
// A function without a rule works for its caller. So a rule names the entry of a stage, and what the stage
// calls needs none.
var rules = []struct {
	begins string
	stage  stage
}{
	{"internal/poll.", reading},
	{"syscall.", reading},
	{"github.com/klauspost/compress/", unpacking},
	{"github.com/pierrec/lz4/", unpacking},
	{"compress/", unpacking},

	{"parse/layout.", cutting},
	{"parse/sighting.", seeing},
	{"parse.(*Decoder).spans", cutting},
	{"parse.(*Decoder).lines", cutting},
	{"parse.(*Decoder).recordEnd", cutting},
	{"aggregate.(*worker).block.(*Decoder).Events", cutting}, // as the compiler inlines it
	{"parse.(*Decoder).", decoding},
	{"parse.(*Reader).", cutting},
	{"parse/digest.", cutting}, // of what is cut

	{"classify.(*Finder).", finding},
	{"aggregate.(*worker).judge", classifying},

	{"aggregate.(*Tally).See", seeing},
	{"aggregate.(*Tally).Add", counting},
	{"aggregate.(*Tally).", settling}, // sorts what was counted
	{sortsBeside, settling},
	{"aggregate.(*worker).", counting},
	{"aggregate.(*tallyCursor).", settling},
	{"aggregate.Settle", settling},
	{"aggregate.(*Counts).", settling},
	{"aggregate/cores.", settling},
	{"aggregate.(*scan).", cutting}, // recognizes the format

	{"aggregate/batch.", reporting},
	{"report.", reporting},
	{"report/", reporting},
	{"main.(*reportOptions).writeReport", reporting},

	{"runtime.gc", collecting}, // including allocations that help the collector
	{"runtime.bg", collecting},
	{"runtime.schedule", collecting},
	{"runtime.mcall", collecting},
	{"runtime.mstart", collecting},
	{"runtime.findRunnable", collecting},
}

// sortsBeside is a goroutine of earlier revisions, which sorted what was counted while the scan went on.
const sortsBeside = "aggregate/spill.(*Set).rotate.func"

// stageOf returns the stage of a stack, by the innermost function that has a rule.
func stageOf(stack []string) stage {
	for _, function := range stack {
		for _, r := range rules {
			if strings.HasPrefix(function, r.begins) {
				return r.stage
			}
		}
	}
	return other
}

// perStage has a figure for each stage.
type perStage [stages]float64

// of returns the time of each stage: of the whole time, the start is known, and the rest is divided by
// shares.
func (shares perStage) of(whole, start float64) perStage {
	for i := range shares {
		shares[i] *= whole - start
	}
	shares[starting] += start
	return shares
}
