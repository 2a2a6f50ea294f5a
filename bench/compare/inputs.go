package main

import (
	"os"

	"github.com/otlog/otlog/bench/corpus"
	"github.com/otlog/otlog/bench/layout"
)

// An input is a kind of log.
type input struct {
	name string
	ext  string
	args []string // of gencorpus
}

var inputs = []input{
	{"app", ".jsonl", []string{"-format", "app", "-error-rate", "0.02"}},
	{"telemetry", ".jsonl", []string{"-format", "ndjson", "-telemetry", "0.6"}},
	{"console", ".txt", []string{"-format", "console"}},
	{"sessions", ".jsonl", []string{"-format", "app", "-error-rate", "0.02", "-session-size", "1kB"}},
	{"errors", ".jsonl", []string{"-format", "ndjson", "-error-rate", "1"}},
}

func (in input) String() string { return in.name }

// A log is a generated log in one layout.
type log struct {
	input  input
	layout layout.Layout
	path   string
	truth  *corpus.Truth
	sum    uint32 // of the text
}

// generate writes a log. The same input has the same text in every layout.
func (j *job) generate(in input, l layout.Layout) (*log, error) {
	g := &log{input: in, layout: l, path: j.at(in.name + "." + string(l) + in.ext + l.Ext())}
	truth := j.at("truth.json")
	args := append([]string{"-size", j.size, "-layout", string(l), "-o", g.path, "-truth", truth}, in.args...)
	if err := j.sh("", j.at("gencorpus"), args...); err != nil {
		return nil, err
	}
	f, err := os.Open(truth)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	g.truth, err = corpus.ReadTruth(f)
	return g, err
}
