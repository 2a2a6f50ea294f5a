//go:build unix

package stream

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
)

// writers write a file again and again. They are run as processes of their own, which signals end.
var writers = map[string]func(name string, write func(io.Writer) error) error{
	"whole": WriteWhole,
	// What systems do that have no files without names.
	"named": func(name string, write func(io.Writer) error) error {
		w := &whole{name: name, mode: 0o666, replaces: true}
		return w.createNamed(func(f *os.File) error { return write(f) })
	},
}

const content = "content\n"

// TestMain is a writer, if the environment names one.
func TestMain(m *testing.M) {
	write := writers[os.Getenv("OTLOG_WRITER")]
	if write == nil {
		os.Exit(m.Run())
	}
	EndQuietly()
	for {
		err := write(os.Getenv("OTLOG_FILE"), func(w io.Writer) error {
			if _, err := io.WriteString(w, content); err != nil {
				return err
			}
			if os.Getenv("OTLOG_WAIT") == "" {
				return nil
			}
			fmt.Println("writing")
			select {}
		})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println("written")
	}
}

// endBySignal runs a writer, sends it a signal after it has printed some lines, and checks how it ends
// and what it leaves.
func endBySignal(t *testing.T, writer string, wait bool, lines int, signal syscall.Signal) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "OTLOG_WRITER="+writer, "OTLOG_FILE="+file)
	if wait {
		cmd.Env = append(cmd.Env, "OTLOG_WAIT=1")
	}
	var messages bytes.Buffer
	cmd.Stderr = &messages
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(out)
	for range lines {
		if _, err := in.ReadString('\n'); err != nil {
			t.Error(err)
		}
	}
	if err := cmd.Process.Signal(signal); err != nil {
		t.Error(err)
	}
	io.Copy(io.Discard, in) // a full pipe would hold up the process
	cmd.Wait()              // its status is checked below
	status := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if signal == syscall.SIGQUIT {
		signal = syscall.SIGTERM // see EndQuietly
	}
	// Sometimes, once in some thousand times, Go's runtime crashes instead. By its source, signal.Notify
	// can make it forward a signal to itself while another thread ends the program by that signal.
	crashed := !wait && (status.Signal() == syscall.SIGSEGV || status.Signal() == syscall.SIGTRAP)
	if !crashed && (status.Signal() != signal || messages.Len() > 0) {
		t.Errorf("after %d lines: ended with %v: %.300s", lines, cmd.ProcessState, messages.String())
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Error(err)
	}
	for _, e := range entries {
		if b, err := os.ReadFile(filepath.Join(dir, e.Name())); wait || e.Name() != "file" || err != nil || string(b) != content {
			t.Errorf("left %s: %q, %v", e.Name(), b, err)
		}
	}
}

func ignored(which syscall.Signal) bool { return signal.Ignored(which) }

// TestSignalsLeaveNothing sends signals while a file is being written.
func TestSignalsLeaveNothing(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGKILL} {
		for writer := range writers {
			if writer == "named" && signal == syscall.SIGKILL || writer == "whole" && !canLink(t) {
				continue // nothing can be done
			}
			if ignored(signal) {
				continue // also by the writer, as after nohup
			}
			t.Run(writer+" "+signal.String(), func(t *testing.T) { endBySignal(t, writer, true, 1, signal) })
		}
	}
}

// TestSignalsAtAnyTime sends signals at different times to processes that replace a file again and
// again. Each must end by the signal: a process that goes on finds its file gone, and fails.
func TestSignalsAtAnyTime(t *testing.T) {
	for writer := range writers {
		t.Run(writer, func(t *testing.T) {
			for lines := range 20 {
				endBySignal(t, writer, false, lines, []syscall.Signal{syscall.SIGINT, syscall.SIGTERM}[lines%2])
			}
		})
	}
}
