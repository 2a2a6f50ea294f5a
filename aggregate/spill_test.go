package aggregate_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/bench/corpus"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

// logs generates logs, in so many files that a tally is spilled many times.
func logs(t *testing.T) (out []parse.Source) {
	t.Helper()
	dir := t.TempDir()
	for i := range uint64(12) {
		var b bytes.Buffer
		format := []corpus.Format{corpus.NDJSON, corpus.Console}[i%2]
		if _, err := corpus.Generate(&b, corpus.Options{Format: format, Seed: i / 2, Size: 400_000}); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, fmt.Sprint(i, ".log"))
		if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		out = append(out, parse.Source{Path: name})
	}
	return out
}

// A watchful codec calls watch before it writes.
type watchful struct {
	partial.Codec
	watch func(w io.Writer) (io.Writer, error)
}

func (c watchful) Write(w io.Writer, p *aggregate.Part) error {
	w, err := c.watch(w)
	if err != nil {
		return err
	}
	return c.Codec.Write(w, p)
}

// little is an amount of memory into which nothing fits.
const little = 1 << 10

func checkEmpty(t *testing.T, dir string) {
	t.Helper()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}

// TestSpillingDoesNotMatter compares scans with little and with enough memory.
func TestSpillingDoesNotMatter(t *testing.T) {
	sources := logs(t)
	enough, err := aggregate.Scan(sources, aggregate.Options{Jobs: 1, KeepIDs: true})
	if err != nil {
		t.Fatal(err)
	}
	want := everything(t, enough.Parts...)
	for _, jobs := range []int{1, 3} {
		dir := t.TempDir()
		var spills atomic.Int32
		codec := watchful{watch: func(w io.Writer) (io.Writer, error) {
			spills.Add(1)
			if runtime.GOOS == "linux" && jobs == 1 { // other workers may be creating a file
				checkEmpty(t, dir) // the file has no name
			}
			return w, nil
		}}
		space := aggregate.NewSpace(dir, little, codec)
		got, err := aggregate.Scan(sources, aggregate.Options{Jobs: jobs, Space: space, KeepIDs: true})
		if err != nil {
			t.Fatal(err)
		}
		if n := spills.Load(); n < int32(len(sources)) || space.Written() == 0 {
			t.Errorf("spilled %d times, %d bytes", n, space.Written())
		}
		counts, err := aggregate.Settle(space, got.Parts...)
		if err != nil {
			t.Fatal(err)
		}
		checkSame(t, aggregate.Everything(counts), want)
		// Spilled parts can be written to a file and read.
		checkSame(t, everything(t, travelled(t, aggregate.Merge(got.Parts...))), want)
		for i, s := range got.Sources {
			if s.Account != enough.Sources[i].Account {
				t.Errorf("%d workers account for %s by %+v, want %+v", jobs, s.Name, s.Account, enough.Sources[i].Account)
			}
		}
		if err := space.Close(); err != nil {
			t.Error(err)
		}
		checkEmpty(t, dir)
	}
}

func checkSame(t *testing.T, got, want []string) {
	t.Helper()
	if slices.Equal(got, want) {
		return
	}
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Fatalf("line %d of %d:\ngot  %s\nwant %s", i, len(want), got[i], want[i])
		}
	}
	t.Fatalf("%d lines, want %d", len(got), len(want))
}

// manySessions returns a tally of which Settle spills every set: with connections that belong
// to sessions, and others that belong to clients, with attempts and failures of both.
func manySessions() *aggregate.Tally {
	const n = 5000 // twenty of the shortest runs
	tally := &aggregate.Tally{}
	tally.Enter(1)
	number := int64(0)
	add := func(e parse.Event, v classify.Verdict) {
		e.OfDay = timestamp.NoTime
		tally.Add(&e, &v, number)
		number++
	}
	timeout := classify.Verdict{Failure: true, Error: catalogue.Lookup([]byte("OT_TIMEOUT")), Evidence: classify.ByName}
	for i := range n {
		at := 1795430665e9 + int64(i)*1e9
		id := func(what string) []byte { return fmt.Appendf(nil, "%s %d", what, i) }
		post := func(variation string) *parse.Telemetry {
			return &parse.Telemetry{Action: []byte("Connect"), Variation: []byte(variation), SDK: []byte("2.35.2")}
		}
		bound, free := id("bound"), id("free")
		add(parse.Event{Time: at, Session: id("s"), Client: bound, ConnectionID: bound}, classify.Verdict{})
		add(parse.Event{Time: at, Client: bound, ConnectionID: bound, Telemetry: post("Attempt")}, classify.Verdict{})
		add(parse.Event{Time: at + 1e9, ConnectionID: bound}, timeout)
		add(parse.Event{Time: at, Client: free, ConnectionID: free, Telemetry: post("Attempt")}, classify.Verdict{})
		add(parse.Event{Time: at + 1e9, ConnectionID: free}, timeout)
	}
	return tally
}

// TestSettlingOnDisk settles a tally that does not fit into memory.
func TestSettlingOnDisk(t *testing.T) {
	part := manySessions().Parts()
	want := everything(t, part...)
	dir := t.TempDir()
	space := aggregate.NewSpace(dir, little, partial.Codec{})
	counts, err := aggregate.Settle(space, part...)
	if err != nil {
		t.Fatal(err)
	}
	if n := space.Written(); n < 3<<20 {
		t.Errorf("only %d bytes were written", n)
	}
	if runtime.GOOS == "linux" {
		checkEmpty(t, dir)
	}
	checkSame(t, aggregate.Everything(counts), want)
	if err := space.Close(); err != nil {
		t.Error(err)
	}
	checkEmpty(t, dir)
	if _, err := aggregate.Settle(aggregate.NewSpace(filepath.Join(dir, "nowhere"), little, partial.Codec{}), part...); err == nil ||
		!strings.HasPrefix(err.Error(), "keeping on disk what does not fit into") {
		t.Errorf("got %v", err)
	}
}

// TestSpilledPartsHaveTheirOwnOrigins spills a tally again and again, and counts the sources that its parts
// have: those of their own evidence, and not of all before.
func TestSpilledPartsHaveTheirOwnOrigins(t *testing.T) {
	space := aggregate.NewSpace(t.TempDir(), little, partial.Codec{})
	defer space.Close()
	timeout := &classify.Verdict{Failure: true, Error: catalogue.Lookup([]byte("OT_TIMEOUT")), Evidence: classify.ByName}
	var tally aggregate.Tally
	const spills = 20
	for i := range spills {
		tally.Enter(aggregate.SourceID(i + 1))
		tally.Add(&parse.Event{Time: int64(i+1) * 1e12, OfDay: timestamp.NoTime, Session: fmt.Appendf(nil, "session %d", i)}, timeout, 0)
		if err := tally.Spill(space); err != nil {
			t.Fatal(err)
		}
	}
	// One more failure of the last source, which is not entered anew.
	tally.Add(&parse.Event{Time: 1e15, OfDay: timestamp.NoTime, Session: []byte("another session")}, timeout, 1)
	parts, all := tally.Parts(), 0
	for _, p := range parts {
		all += len(p.Origins.Pieces)
	}
	if len(parts) != spills+1 || all != spills+1 {
		t.Errorf("%d sources in %d parts", all, len(parts))
	}
	counts, err := aggregate.Settle(nil, parts...)
	if err != nil {
		t.Fatal(err)
	}
	if got := aggregate.Everything(counts); len(got) < spills+1 {
		t.Errorf("got %q", got)
	}
}

// TestScanEndsWithTheDisk checks that a scan fails when its Space does.
func TestScanEndsWithTheDisk(t *testing.T) {
	sources := logs(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	locked := t.TempDir()
	if err := os.Chmod(locked, 0o500); err != nil {
		t.Fatal(err)
	}
	whole := func(w io.Writer) (io.Writer, error) { return w, nil }
	for _, test := range []struct {
		name, dir string
		watch     func(io.Writer) (io.Writer, error)
		want      string
	}{
		{"no directory", filepath.Join(t.TempDir(), "nowhere"), whole, "nowhere"},
		{"a file", file, whole, "file"},
		{"a directory of others", locked, whole, "permission denied"},
		{"full at once", t.TempDir(), fullAfter(0), "no space left on device"},
		{"full after a while", t.TempDir(), fullAfter(5), "no space left on device"},
		{"broken", t.TempDir(), func(io.Writer) (io.Writer, error) { return nil, errors.New("the disk is gone") }, "the disk is gone"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.dir == locked && (os.Geteuid() == 0 || runtime.GOOS == "windows") {
				t.Skip("nothing is locked for this user")
			}
			for _, jobs := range []int{1, 3} {
				space := aggregate.NewSpace(test.dir, little, watchful{watch: test.watch})
				_, err := aggregate.Scan(sources, aggregate.Options{Jobs: jobs, Space: space})
				if errors.Is(err, errNotHere) {
					t.Skip(err)
				}
				if err == nil || !strings.HasPrefix(err.Error(), "keeping on disk what does not fit into 0 MiB of memory: ") || !strings.Contains(err.Error(), test.want) {
					t.Errorf("got %v", err)
				}
				if err := space.Close(); err != nil {
					t.Error(err)
				}
				if info, err := os.Stat(test.dir); err == nil && info.IsDir() {
					checkEmpty(t, test.dir)
				}
			}
		})
	}
}

var errNotHere = errors.New("there is no such device here")

// fullAfter returns a watch function for a disk that is full after a number of files.
func fullAfter(files int32) func(io.Writer) (io.Writer, error) {
	var n atomic.Int32
	return func(w io.Writer) (io.Writer, error) {
		if n.Add(1) <= files {
			return w, nil
		}
		f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errNotHere, err)
		}
		return f, nil // it is closed with the process
	}
}
