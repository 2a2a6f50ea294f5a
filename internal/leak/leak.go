// Package leak finds goroutines that tests leave behind.
package leak

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// module is in the stack of each goroutine of otlog.
const module = "github.com/otlog/otlog/"

// Goroutines returns the stacks of goroutines of otlog other than the caller's, once those that are about to
// end have ended.
func Goroutines() []string {
	var found []string
	// Goroutines that have done their work need a turn to end. A blocked one does not end, however many.
	for range 10_000 {
		if found = goroutines(); len(found) == 0 {
			return nil
		}
		runtime.Gosched()
	}
	return found
}

func goroutines() []string {
	buffer := make([]byte, 64<<10)
	n := runtime.Stack(buffer, true)
	for n == len(buffer) {
		buffer = make([]byte, 2*len(buffer))
		n = runtime.Stack(buffer, true)
	}
	var found []string
	for i, stack := range strings.Split(string(buffer[:n]), "\n\n") {
		// The first one is the caller's.
		if i > 0 && strings.Contains(stack, module) && !ofTests(stack) {
			found = append(found, stack)
		}
	}
	return found
}

// ofTests reports whether a stack is that of a test that waits for others.
func ofTests(stack string) bool {
	return strings.Contains(stack, "testing.(*T).Parallel(") || strings.Contains(stack, "testing.(*T).Run(")
}

// A Suite is the tests of a package.
type Suite interface{ Run() int }

// Main runs the tests of a package, and exits with status 1 if they leave goroutines of otlog behind. It
// is called by TestMain.
func Main(m Suite) {
	status := m.Run()
	if status == 0 {
		if left := Goroutines(); len(left) > 0 {
			fmt.Fprintf(os.Stderr, "%d goroutines remain after all tests:\n\n%s\n", len(left), strings.Join(left, "\n\n"))
			status = 1
		}
	}
	os.Exit(status)
}
