package stream

import (
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
)

// OnSignal calls f once if a signal would end the program: Ctrl-C, a closed terminal, or
// kill. That first signal does not end the program. After a call of ignore, f is not called.
func OnSignal(f func(os.Signal)) (ignore func()) {
	// Signals that are ignored, as in nohup or a background job, remain ignored.
	which := slices.DeleteFunc([]os.Signal{os.Interrupt, syscall.SIGHUP, syscall.SIGTERM}, signal.Ignored)
	if len(which) == 0 {
		return func() {}
	}
	signals, ignored := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, which...)
	go func() {
		select {
		case got := <-signals:
			signal.Reset(which...)
			f(got)
		case <-ignored:
		}
	}()
	return sync.OnceFunc(func() {
		signal.Stop(signals)
		close(ignored)
	})
}

// interrupted is the exit status on systems where a process cannot end itself by a signal.
const interrupted = 130

// RemoveOnSignal removes a file if a signal ends the program. After a call of keep, the
// file stays.
func RemoveOnSignal(name string) (keep func()) {
	return OnSignal(func(got os.Signal) {
		os.Remove(name)
		// The signal is sent again, uncaught, so that a shell sees what ended the program.
		if self, err := os.FindProcess(os.Getpid()); err == nil && self.Signal(got) == nil {
			select {} // until it arrives
		}
		os.Exit(interrupted)
	})
}
