package spill

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// spilling returns a set that holds hardly anything in memory.
func spilling(dir *Dir) *Set[number] {
	var set Set[number]
	set.Bound(1, 0, dir, 1<<30)
	set.limit = 1
	return &set
}

// checkEmpty reports files left in a directory.
func checkEmpty(t *testing.T, path string) {
	t.Helper()
	if left, err := os.ReadDir(path); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}

// TestRunsOnDisk compares runs on disk with a sorted slice: so many runs that they are
// merged, with repeats within and between them.
func TestRunsOnDisk(t *testing.T) {
	for _, test := range []struct {
		name   string
		length int // of a run
		values int
	}{
		{"some", runLength, 10*runLength + 5},
		{"many short ones", shortest, (maxRuns+20)*shortest + 5},
		{"a few", runLength, 5},
		{"none", runLength, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := t.TempDir()
			dir := NewDir(path, 1<<20)
			r, set := rand.New(rand.NewPCG(1, 51)), spilling(dir)
			set.length = test.length
			want := make([]number, test.values)
			for i := range want {
				want[i] = number(r.Uint64N(uint64(len(want)) * 2))
				set.Add(want[i])
			}
			slices.Sort(want)
			want = slices.Compact(want)
			for range 2 { // cursors can be opened repeatedly
				if got := slices.Collect(set.all()); !slices.Equal(got, want) {
					t.Errorf("got %d values, want %d", len(got), len(want))
				}
			}
			checkSideBySide(t, set, want)
			if set.err != nil {
				t.Error(set.err)
			}
			if n := len(set.disk); n > maxRuns || (n == 0) != (test.values == 0) {
				t.Errorf("%d runs on disk", n)
			}
			if n := dir.Written(); n < 8*int64(len(want)) {
				t.Errorf("%d bytes were written", n)
			}
			if len(dir.open) > 1 {
				t.Errorf("%d files are open", len(dir.open))
			}
			if runtime.GOOS == "linux" {
				checkEmpty(t, path)
			}
			if err := dir.Close(); err != nil {
				t.Error(err)
			}
			checkEmpty(t, path)
		})
	}
}

// checkSideBySide reads runs by two cursors at different positions.
func checkSideBySide(t *testing.T, set *Set[number], want []number) {
	t.Helper()
	ahead, behind := set.Cursor(), set.Cursor()
	for range len(want) / 2 {
		ahead.Next()
	}
	for i := range want {
		x, ok := behind.Next()
		if !ok || x != want[i] {
			t.Fatalf("value %d: got %v, %v, want %v", i, x, ok, want[i])
		}
		if i+len(want)/2 < len(want) {
			ahead.Next()
		}
	}
	for _, c := range []*Cursor[number]{ahead, behind} {
		if x, ok := c.Next(); ok || c.err != nil {
			t.Errorf("there is more: %v, %v", x, c.err)
		}
	}
}

func fill(set *Set[number]) {
	for x := range number(5 * runLength) {
		set.Add(x)
	}
}

// TestBrokenDisk checks that a cursor reports values that could not be written or read
// back.
func TestBrokenDisk(t *testing.T) {
	full := func() *os.File {
		f, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
		if err != nil {
			t.Skip(err)
		}
		return f
	}
	for _, test := range []struct {
		name  string
		spoil func(dir *Dir, set *Set[number])
		want  string
	}{
		{"no directory", func(dir *Dir, set *Set[number]) {
			dir.path = filepath.Join(dir.path, "nowhere")
			fill(set)
		}, "keeping on disk what does not fit into 1 MiB of memory: "},
		{"full", func(_ *Dir, set *Set[number]) {
			set.file = full()
			defer set.file.Close()
			fill(set)
			set.Flush()
		}, "keeping on disk what does not fit into 1 MiB of memory: write /dev/full: no space left on device"},
		{"gone", func(dir *Dir, set *Set[number]) {
			fill(set)
			set.Flush()
			dir.Close()
		}, "reading back what was kept on disk: "},
		{"cut", func(_ *Dir, set *Set[number]) {
			fill(set)
			set.Flush()
			if err := set.file.Truncate(9 * runLength); err != nil {
				t.Fatal(err)
			}
		}, "reading back what was kept on disk: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := t.TempDir()
			dir := NewDir(path, 1<<20)
			set := spilling(dir)
			test.spoil(dir, set)
			c := set.Cursor()
			for _, ok := c.Next(); ok; _, ok = c.Next() {
			}
			if c.err == nil || !strings.HasPrefix(c.err.Error(), test.want) {
				t.Errorf("got  %v\nwant %s", c.err, test.want)
			}
			dir.Close() // may be closed already
			checkEmpty(t, path)
		})
	}
}

func TestMissingDirectoryIsReported(t *testing.T) {
	set := spilling(NewDir(filepath.Join(t.TempDir(), "nowhere"), 64<<20))
	fill(set)
	if err := set.Cursor().err; !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "64 MiB of memory") {
		t.Errorf("got %v", err)
	}
}
