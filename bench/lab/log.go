package lab

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/otlog/otlog/bench/corpus"
	"github.com/otlog/otlog/bench/layout"
)

// An Input is a kind of log.
type Input struct {
	Name string
	Ext  string
	Args []string // of gencorpus
}

// Inputs are the logs that programs are compared on.
var Inputs = []Input{
	{"app", ".jsonl", []string{"-format", "app", "-error-rate", "0.02"}},
	{"telemetry", ".jsonl", []string{"-format", "ndjson", "-telemetry", "0.6"}},
	{"console", ".txt", []string{"-format", "console"}},
	{"sessions", ".jsonl", []string{"-format", "app", "-error-rate", "0.02", "-session-size", "1kB"}},
	{"errors", ".jsonl", []string{"-format", "ndjson", "-error-rate", "1"}},
}

func (in Input) String() string { return in.Name }

// A Log is a generated log in one layout.
type Log struct {
	Input  Input
	Layout layout.Layout
	Path   string
	Truth  *corpus.Truth
}

// Generate writes a log of so many bytes, such as 1GB. The same input has the same text in every layout.
func (l *Lab) Generate(in Input, size string, as layout.Layout) (*Log, error) {
	g := &Log{Input: in, Layout: as, Path: l.At(in.Name + "." + string(as) + in.Ext + as.Ext())}
	truth := l.At("truth.json")
	args := append([]string{"-size", size, "-layout", string(as), "-o", g.Path, "-truth", truth}, in.Args...)
	if err := l.Sh("", l.At("gencorpus"), args...); err != nil {
		return nil, err
	}
	f, err := os.Open(truth)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	g.Truth, err = corpus.ReadTruth(f)
	return g, err
}

// CheckReport compares every number of otlog's report by day, in JSON, with the truth.
func (g *Log) CheckReport(r io.Reader) error {
	wrong, err := g.Truth.Check(r)
	if err == nil && len(wrong) > 0 {
		err = fmt.Errorf("%d differences from the truth, the first: %s", len(wrong), wrong[0])
	}
	return err
}

// KeepClean copies the lines of a raw log that neither come from the SDK nor contain its errors. Of the
// truth of the copy only the size is known.
func (l *Lab) KeepClean(of *Log) (*Log, error) {
	g := *of
	g.Input.Name = of.Input.Name + "-clean"
	g.Path, g.Truth = l.At(g.Input.Name+of.Input.Ext), &corpus.Truth{}
	var err error
	g.Truth.Totals.Bytes, err = keepClean(of.Path, g.Path)
	return &g, err
}

// keepClean copies the lines and returns their size.
func keepClean(from, to string) (size int64, err error) {
	in, err := os.Open(from)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return 0, err
	}
	w := bufio.NewWriter(out)
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if !unclean.Match(lines.Bytes()) {
			n, _ := w.Write(append(lines.Bytes(), '\n')) // Flush returns the error
			size += int64(n)
		}
	}
	return size, errors.Join(lines.Err(), w.Flush(), out.Close())
}

var unclean = regexp.MustCompile(`(?i)\bOT_|\bOT\.|OpenTok|clientSystemTime|getUserMedia|permission|publish|Session\.|"code"|code:|\(\d{4}\)`)

// Choose returns the items with the names in text, which are separated by commas; all if text is empty.
// what names the flag.
func Choose[T fmt.Stringer](what, text string, all []T) ([]T, error) {
	if text == "" {
		return all, nil
	}
	var list []T
	for name := range strings.SplitSeq(text, ",") {
		i := slices.IndexFunc(all, func(item T) bool { return item.String() == name })
		if i < 0 {
			return nil, fmt.Errorf("-%s: expected some of %s, found %q", what, ListOf(all), name)
		}
		list = append(list, all[i])
	}
	return list, nil
}

// ListOf returns names, separated by commas.
func ListOf[T fmt.Stringer](all []T) string {
	var names []string
	for _, item := range all {
		names = append(names, item.String())
	}
	return strings.Join(names, ",")
}
