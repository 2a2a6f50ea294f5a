package leak

import (
	"strings"
	"testing"
)

func TestGoroutines(t *testing.T) {
	if left := Goroutines(); len(left) > 0 && !strings.Contains(left[0], "testing") {
		t.Fatalf("before: %q", left)
	}
	stop := make(chan struct{})
	started := make(chan struct{})
	go func() {
		close(started)
		<-stop
	}()
	<-started
	if left := strings.Join(goroutines(), "\n"); !strings.Contains(left, "TestGoroutines.func1") {
		t.Errorf("a blocked goroutine is not found: %s", left)
	}
	close(stop)
	for _, stack := range Goroutines() {
		if strings.Contains(stack, "TestGoroutines.func1") {
			t.Errorf("one that ends is: %s", stack)
		}
	}
}
