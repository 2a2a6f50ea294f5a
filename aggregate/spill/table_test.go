package spill_test

import (
	"cmp"
	"testing"

	"github.com/otlog/otlog/aggregate/spill"
)

// A table on disk finds what one in memory finds, and holds few of its values.
func TestTablesFindTheSame(t *testing.T) {
	dir := spill.NewDir(t.TempDir(), 1<<20)
	defer dir.Close()
	for _, n := range []int{0, 1, 7, 4096, 4097, 1 << 16, 1<<16 + 1, 300_000} {
		fill := func(add func([2]int64) error) error {
			for i := range n {
				if err := add([2]int64{int64(i / 3), int64(i)}); err != nil {
					return err
				}
			}
			return nil
		}
		memory, err := spill.NewTable(nil, fill)
		if err != nil {
			t.Fatal(err)
		}
		before := dir.Written()
		disk, err := spill.NewTable(dir, fill)
		if err != nil {
			t.Fatal(err)
		}
		if written := dir.Written() - before; (written > 0) != (n > 1<<16) {
			t.Errorf("%d bytes of %d values, with 16 bytes each, are on disk", written, n)
		}
		for _, key := range []int64{-1, 0, 1, int64(n/3) - 1, int64(n / 3), int64(n), int64(n / 7), int64(n / 5)} {
			compare := func(x *[2]int64) int { return cmp.Compare(x[0], key) }
			want, known, err := memory.Last(compare)
			got, found, failed := disk.Last(compare)
			if err != nil || failed != nil || known != found || want != got {
				t.Errorf("%d in %d values: %v %v %v, want %v %v %v", key, n, got, found, failed, want, known, err)
			}
			if n > 0 && key >= 0 && (!found || got[0] != min(key, int64((n-1)/3))) {
				t.Errorf("%d in %d values: %v", key, n, got)
			}
		}
		if err := disk.Close(); err != nil {
			t.Error(err)
		}
	}
}
