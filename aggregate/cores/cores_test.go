package cores

import (
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
)

var errBroken = errors.New("broken")

func TestEach(t *testing.T) {
	for _, workers := range []int{1, 2, 3, 7} {
		for _, pieces := range []int{0, 1, 2, 100} {
			done, busy := make([]atomic.Int32, pieces), make([]atomic.Bool, workers)
			err := Each(workers, pieces, func(worker, piece int) error {
				if busy[worker].Swap(true) {
					t.Errorf("worker %d does two pieces at a time", worker)
				}
				done[piece].Add(1)
				runtime.Gosched()
				busy[worker].Store(false)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
			for piece := range done {
				if n := done[piece].Load(); n != 1 {
					t.Errorf("%d workers did piece %d of %d %d times", workers, piece, pieces, n)
				}
			}
		}
	}
}

func TestEachEndsWithAnError(t *testing.T) {
	for _, workers := range []int{1, 3} {
		var after atomic.Int32
		err := Each(workers, 1_000_000, func(_, piece int) error {
			if piece >= 10 {
				after.Add(1)
				return errBroken
			}
			return nil
		})
		if err != errBroken || after.Load() > int32(workers) {
			t.Errorf("%d workers: %v, %d pieces after the error", workers, err, after.Load())
		}
	}
}

func TestInOrder(t *testing.T) {
	for _, workers := range []int{1, 2, 3, 7} {
		for _, pieces := range []int{0, 1, 5, 300} {
			for _, stop := range []int{0, 3, pieces} { // how many are read
				for _, broken := range []int{-1, 0, 2} {
					want := min(stop, pieces)
					if broken >= 0 && broken < want {
						want = broken + 1
					}
					var running atomic.Int32
					got := 0
					InOrder(workers, pieces, func(_, piece int, result *int) error {
						running.Add(1)
						defer running.Add(-1)
						for range piece % 3 {
							runtime.Gosched()
						}
						if *result = piece; piece == broken {
							return errBroken
						}
						return nil
					}, func(result *int, err error) bool {
						if got == stop {
							return false
						}
						if *result != got || (err != nil) != (got == broken) {
							t.Fatalf("%d workers: result %d is %d, %v", workers, got, *result, err)
						}
						got++
						return true
					})
					if got != want || running.Load() != 0 {
						t.Errorf("%d workers, %d pieces, broken %d, stop after %d: got %d, %d are running", workers, pieces, broken, stop, got, running.Load())
					}
				}
			}
		}
	}
}
