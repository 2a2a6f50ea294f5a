// Package cores does numbered pieces of work on several cores.
package cores

import (
	"sync"
	"sync/atomic"
)

// Each calls do for each piece of work, numbered from 0, on several workers. No worker does two
// pieces at a time. After an error, which Each returns, no new piece begins.
func Each(workers, pieces int, do func(worker, piece int) error) error {
	var (
		next   atomic.Int64
		wait   sync.WaitGroup
		failed sync.Once
		first  error
	)
	work := func(worker int) {
		for {
			piece := int(next.Add(1)) - 1
			if piece >= pieces {
				return
			}
			if err := do(worker, piece); err != nil {
				failed.Do(func() { first = err })
				next.Store(int64(pieces))
				return
			}
		}
	}
	for worker := 1; worker < min(workers, pieces); worker++ {
		wait.Go(func() { work(worker) })
	}
	work(0)
	wait.Wait()
	return first
}

// InOrder calls do for each piece of work, numbered from 0, on several workers, and yields the
// results in the order of the pieces. do sets a result, which may hold that of an earlier
// piece: it is valid until the next one is yielded. At most twice as many results as workers
// are held, so workers do not run far ahead. After an error, nothing more is yielded. All
// workers have ended when InOrder returns, also if yield returns false.
func InOrder[T any](workers, pieces int, do func(worker, piece int, result *T) error, yield func(*T, error) bool) {
	type outcome struct {
		result *T
		err    error
	}
	ahead := 2 * workers
	free := make(chan *T, ahead)
	// The results that are held are of pieces in a row, so each has a place of its own.
	done := make([]chan outcome, ahead)
	for i := range done {
		free <- new(T)
		done[i] = make(chan outcome, 1)
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	stop := make(chan struct{})
	defer wait.Wait()
	defer close(stop)
	for worker := range workers {
		wait.Go(func() {
			for {
				var result *T
				select {
				case result = <-free:
				case <-stop:
					return
				}
				// Who has no result yet must take no piece: the others could wait for it forever.
				piece := int(next.Add(1)) - 1
				if piece >= pieces {
					return
				}
				err := do(worker, piece, result)
				done[piece%ahead] <- outcome{result, err}
			}
		})
	}
	for piece := range pieces {
		o := <-done[piece%ahead]
		if !yield(o.result, o.err) || o.err != nil {
			return
		}
		free <- o.result
	}
}
