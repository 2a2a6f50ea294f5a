//go:build !js

package stream

import (
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
)

// OnSignal calls f once if a signal would end the program: Ctrl-C, a closed terminal, or
// kill. That first signal does not end the program. After a call of
// ignore, f is not called; ignore waits for an f that has been called.
func OnSignal(f func(os.Signal)) (ignore func()) {
	// Signals that are ignored, as in nohup or a background job, remain ignored.
	which := slices.DeleteFunc([]os.Signal{os.Interrupt, syscall.SIGHUP, syscall.SIGTERM}, signal.Ignored)
	if len(which) == 0 {
		return func() {}
	}
	signals, ignored, done := make(chan os.Signal, 1), make(chan struct{}), make(chan struct{})
	signal.Notify(signals, which...)
	handle := func(got os.Signal) {
		signal.Reset(which...)
		f(got)
	}
	go func() {
		defer close(done)
		select {
		case got := <-signals:
			handle(got)
		case <-ignored:
			select {
			case got := <-signals: // came before
				handle(got)
			default:
			}
		}
	}()
	return sync.OnceFunc(func() {
		signal.Stop(signals)
		close(ignored)
		<-done
	})
}

// EndQuietly makes SIGQUIT end the program as SIGTERM does. Otherwise Go prints the stacks of all
// goroutines.
func EndQuietly() {
	if signal.Ignored(syscall.SIGQUIT) || signal.Ignored(syscall.SIGTERM) {
		return
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGQUIT)
	go func() {
		<-signals
		endBy(syscall.SIGTERM)
	}()
}

// interrupted is the exit status on systems where a process cannot end itself by a signal.
const interrupted = 130

// endBy sends a signal to the program.
func endBy(got os.Signal) {
	if self, err := os.FindProcess(os.Getpid()); err == nil && self.Signal(got) == nil {
		select {} // until it arrives
	}
	os.Exit(interrupted)
}
