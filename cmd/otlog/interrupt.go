package main

import (
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
)

// onEnding calls f once if a signal would end the program, which it does not the first
// time, until ignore is called. These are Ctrl-C, a terminal that is closed, and kill.
func onEnding(f func(os.Signal)) (ignore func()) {
	// Those that are ignored, as in nohup or a job in the background, remain so.
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

// removeAtEnd removes a file if a signal ends the program, which it still does, until
// keep is called.
func removeAtEnd(name string) (keep func()) {
	return onEnding(func(got os.Signal) {
		os.Remove(name)
		// As if the signal had never been caught, so that a shell sees what ended the
		// program.
		if self, err := os.FindProcess(os.Getpid()); err == nil && self.Signal(got) == nil {
			select {} // until it arrives
		}
		os.Exit(exitInterrupted)
	})
}
