package aggregate

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

// spilling are runs that hold next to nothing in memory.
func spilling(space *Space, aside bool) *runs[sighting] {
	return &runs[sighting]{space: space, limit: 1, aside: aside}
}

// checkEmpty holds that a directory is empty.
func checkEmpty(t *testing.T, dir string) {
	t.Helper()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}

// TestRunsOnDisk compares runs on disk with a sorted slice: so many that they are merged,
// and with repeats in and between them.
func TestRunsOnDisk(t *testing.T) {
	for _, test := range []struct {
		name   string
		aside  bool
		values int
	}{
		{"at once", false, (maxRuns + 20) * runLength},
		{"aside", true, 10*runLength + 5},
		{"a few", true, 5},
		{"none", false, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			space := NewSpace(dir, 1<<20, nil, nil)
			r, set := rand.New(rand.NewPCG(1, 51)), spilling(space, test.aside)
			want := make([]sighting, test.values)
			for i := range want {
				want[i] = sighting(r.Uint64N(uint64(len(want)) * 2))
				set.add(want[i])
			}
			slices.Sort(want)
			want = slices.Compact(want)
			for range 2 { // any number of times
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
			if n := space.Written(); n < 8*int64(len(want)) {
				t.Errorf("%d bytes were written", n)
			}
			if len(space.open) > 1 {
				t.Errorf("%d files are open", len(space.open))
			}
			if runtime.GOOS == "linux" {
				checkEmpty(t, dir)
			}
			if err := space.Close(); err != nil {
				t.Error(err)
			}
			checkEmpty(t, dir)
		})
	}
}

// checkSideBySide goes through runs by two cursors, one of them ahead.
func checkSideBySide(t *testing.T, set *runs[sighting], want []sighting) {
	t.Helper()
	ahead, behind := set.cursor(), set.cursor()
	for range len(want) / 2 {
		ahead.next()
	}
	for i := range want {
		x, ok := behind.next()
		if !ok || x != want[i] {
			t.Fatalf("value %d: got %v, %v, want %v", i, x, ok, want[i])
		}
		if i+len(want)/2 < len(want) {
			ahead.next()
		}
	}
	for _, c := range []*cursor[sighting]{ahead, behind} {
		if x, ok := c.next(); ok || c.err != nil {
			t.Errorf("there is more: %v, %v", x, c.err)
		}
	}
}

func fill(set *runs[sighting]) {
	for x := range sighting(5 * runLength) {
		set.add(x)
	}
}

// TestBrokenDisk holds that what cannot be written or read back is told, and nothing is
// left out in silence.
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
		spoil func(space *Space, set *runs[sighting])
		want  string
	}{
		{"no directory", func(space *Space, set *runs[sighting]) {
			space.dir = filepath.Join(space.dir, "nowhere")
			fill(set)
		}, "keeping on disk what does not fit into 1 MiB of memory: "},
		{"full", func(_ *Space, set *runs[sighting]) {
			set.file = full()
			defer set.file.Close()
			fill(set)
			set.settle()
		}, "keeping on disk what does not fit into 1 MiB of memory: write /dev/full: no space left on device"},
		{"gone", func(space *Space, set *runs[sighting]) {
			fill(set)
			set.settle()
			space.Close()
		}, "reading back what was kept on disk: "},
		{"cut", func(_ *Space, set *runs[sighting]) {
			fill(set)
			set.settle()
			if err := set.file.Truncate(9 * runLength); err != nil {
				t.Fatal(err)
			}
		}, "reading back what was kept on disk: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, aside := range []bool{false, true} {
				dir := t.TempDir()
				space := NewSpace(dir, 1<<20, nil, nil)
				set := spilling(space, aside)
				test.spoil(space, set)
				c := set.cursor()
				for _, ok := c.next(); ok; _, ok = c.next() {
				}
				if c.err == nil || !strings.HasPrefix(c.err.Error(), test.want) {
					t.Errorf("got  %v\nwant %s", c.err, test.want)
				}
				space.Close() // it may be closed
				checkEmpty(t, dir)
			}
		})
	}
}

func TestMissingDirectoryIsTold(t *testing.T) {
	set := spilling(NewSpace(filepath.Join(t.TempDir(), "nowhere"), 64<<20, nil, nil), false)
	fill(set)
	if err := set.cursor().err; !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "64 MiB of memory") {
		t.Errorf("got %v", err)
	}
}
