package stream

import (
	"os"
	"sync"
)

// A guard is the one place that ends the program on a signal while a file has a name that it
// must not keep. It removes the name first. It waits for changes of names, and after it has begun,
// there are no more: the program cannot go on, find its file gone, and end with an error.
type guard struct {
	mu   sync.Mutex
	file *os.File // nil if there is none
	name string
}

// guarded calls f with a guard.
func guarded(f func(*guard) error) error {
	g := &guard{}
	ignore := OnSignal(g.end)
	err := f(g)
	ignore()
	return err
}

// change calls f, which may change the name. A signal does not come between.
func (g *guard) change(f func() error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return f()
}

// end removes the name and ends the program.
func (g *guard) end(got os.Signal) {
	g.mu.Lock() // for good
	if g.name != "" {
		g.file.Close() // some systems do not remove an open file
		os.Remove(g.name)
	}
	// The signal is sent again, uncaught, so that a shell sees what ended the program.
	endBy(got)
}
