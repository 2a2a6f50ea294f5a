package main

import (
	"context"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/bench/lab"
)

// traces is what pprof prints, shortened.
const traces = `File: otlog
Type: cpu
Duration: 3.29s, Total samples = 60000000ns (66.80%)
-----------+-------------------------------------------------------
  10000000ns   runtime.memmove
             github.com/otlog/otlog/parse/sighting.(*Person).keep (inline)
             github.com/otlog/otlog/parse.(*Decoder).lines
             github.com/otlog/otlog/aggregate.(*worker).block
-----------+-------------------------------------------------------
  20000000ns   github.com/otlog/otlog/aggregate/spill.(*Set[go.shape.struct { go.shape.[]uint8 }]).rotate.func1
             sync.(*WaitGroup).Go.func1
-----------+-------------------------------------------------------
  30000000ns   runtime.futex
`

func TestReadTraces(t *testing.T) {
	var sums perStage
	var stacks [][]string
	err := readTraces(strings.NewReader(traces), func(took time.Duration, stack []string) {
		sums[stageOf(stack)] += took.Seconds()
		stacks = append(stacks, stack)
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := (perStage{seeing: .01, settling: .02, other: .03}); sums != want {
		t.Errorf("%v, want %v, of %q", sums, want, stacks)
	}
	if len(stacks) != 3 || len(stacks[0]) != 4 || stacks[1][0] != "aggregate/spill.(*Set).rotate.func1" {
		t.Errorf("%q", stacks)
	}
	if err := readTraces(strings.NewReader("-----\n much f\n"), func(time.Duration, []string) {}); err == nil {
		t.Error("a sample without a time was read")
	}
}

func TestStageOf(t *testing.T) {
	worker := []string{"parse.(*Decoder).lines", "aggregate.(*worker).block", "aggregate.(*scan).work"}
	for _, c := range []struct {
		stack string
		want  stage
	}{
		{"parse/layout.(*Layouts).Read", cutting},
		{"bytes.IndexByte parse.lineEnd", cutting},
		{"classify.(*phraseIndex).next classify.(*Finder).Next parse/layout.(*node).textEnd", finding},
		{"classify.(*phraseIndex).next classify.Match aggregate.(*worker).judge", classifying},
		{"parse.(*walk).object parse.(*Decoder).decode", decoding},
		{"parse/sessionid.NextMark aggregate.(*worker).block.(*Decoder).Events.func1", cutting},
		{"aggregate.(*worker).count aggregate.(*worker).block-range1", counting},
		{"aggregate.(*Tally).See", seeing},
		{"runtime.growslice aggregate.(*Tally).Add", counting},
		{"runtime.gcAssistAlloc runtime.mallocgc aggregate.(*Tally).Add", collecting},
		{"syscall.pread internal/poll.(*FD).Pread parse.(*Reader).fill", reading},
		{"runtime.asyncPreempt", cutting},
	} {
		if got := stageOf(append(strings.Fields(c.stack), worker...)); got != c.want {
			t.Errorf("%s: %s, want %s", c.stack, stageNames[got], stageNames[c.want])
		}
	}
}

// TestRules checks that the functions of otlog that rules name exist: after a change of a name, the time
// of a function would count for its caller's stage.
func TestRules(t *testing.T) {
	files, err := lab.New(context.Background(), t.TempDir(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	if err := files.Build(files.Root, "otlog", "./cmd/otlog"); err != nil {
		t.Fatal(err)
	}
	text, err := files.Output("", "go", "tool", "nm", files.At("otlog"))
	if err != nil {
		t.Fatal(err)
	}
	var functions []string
	for line := range strings.Lines(text) {
		if f := strings.SplitN(strings.TrimSpace(line), " ", 3); len(f) == 3 {
			functions = append(functions, functionName(f[2]))
		}
	}
	for _, r := range rules {
		if !ours.MatchString(r.begins) || r.begins == sortsBeside {
			continue
		}
		if !slices.ContainsFunc(functions, func(name string) bool { return strings.HasPrefix(name, r.begins) }) {
			t.Errorf("no function begins with %s", r.begins)
		}
	}
}

var ours = regexp.MustCompile(`^(parse|classify|aggregate|report|main)[./]`)

func TestOf(t *testing.T) {
	shares := perStage{starting: .125, reading: .375, other: .5}
	if got, want := shares.of(5, 1), (perStage{starting: 1.5, reading: 1.5, other: 2}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestRun measures a small log, in two revisions that are the same.
func TestRun(t *testing.T) {
	before := "HEAD"
	if _, err := os.Stat(filepath.Join("..", "..", ".git")); err != nil {
		before = "" // the source alone
	}
	var out strings.Builder
	dir := t.TempDir()
	args := []string{"-size", "20MB", "-runs", "2", "-dir", dir, "-inputs", "console", "-layouts", "raw", "-before", before}
	if err := run(context.Background(), args, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`(?m)^\| (.*) \|(?: [0-9.]+ →)? ([0-9.]+) \|$`).FindAllStringSubmatch(out.String(), -1)
	if len(rows) != int(stages)+1 || rows[stages][1] != "**sum**" {
		t.Fatalf("printed %s", &out)
	}
	var sum float64
	for i, row := range rows {
		figure, err := strconv.ParseFloat(row[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		if i < int(stages) {
			sum += figure
		} else if math.Abs(sum-figure) > .01 || sum == 0 {
			t.Errorf("the stages add up to %.3f of %.3f", sum, figure)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left in the directory: %v, %v", left, err)
	}
	for _, args := range [][]string{{"-inputs", "mail"}, {"-layouts", "xz"}, {"-runs", "0"}, {"log.txt"}, {"-before", "no-revision", "-dir", dir}} {
		if err := run(context.Background(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%q was accepted", args)
		}
	}
}
