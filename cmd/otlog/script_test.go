package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/testscript"

	_ "github.com/otlog/otlog/internal/testgc"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"otlog": mainAt})
}

// mainAt is main at the time $NOW, if it is set.
func mainAt() {
	debug.SetGCPercent(100) // as everywhere else
	now, err := time.Parse(time.RFC3339, os.Getenv("NOW"))
	if err != nil {
		main()
	}
	os.Exit(run(os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr, now: now}))
}

// TestScripts runs the scripts of testdata/script with the real command.
func TestScripts(t *testing.T) {
	logs, err := filepath.Abs("../../testdata/logs")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("LOGS", logs)
			e.Setenv("WEEKS", filepath.Join(filepath.Dir(logs), "weeks"))
			e.Setenv("NATIVE", filepath.Join(filepath.Dir(logs), "native"))
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			// status N COMMAND ARG... runs a command that must exit with status N.
			"status": func(ts *testscript.TestScript, _ bool, args []string) {
				want, err := strconv.Atoi(args[0])
				ts.Check(err)
				got := 0
				var exit *exec.ExitError
				if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
					got = exit.ExitCode()
				} else if err != nil {
					ts.Fatalf("%v", err)
				}
				if got != want {
					ts.Fatalf("exit status %d, want %d", got, want)
				}
			},
			// interrupt SIGNAL N FILE COMMAND ARG... pipes a file to a command, sends it a
			// signal while it waits for more, and expects the exit status N of a shell.
			"interrupt": func(ts *testscript.TestScript, _ bool, args []string) {
				want, err := strconv.Atoi(args[1])
				ts.Check(err)
				got, err := interrupt(ts, args[0], args[2], args[3:])
				ts.Check(err)
				if got != want {
					ts.Fatalf("exit status %d, want %d", got, want)
				}
			},
			// sessions FILE N writes one record of each of N sessions.
			"sessions": func(ts *testscript.TestScript, _ bool, args []string) {
				n, err := strconv.Atoi(args[1])
				ts.Check(err)
				var hours [24]string
				for h := range hours {
					hours[h] = fmt.Sprintf(`{"time":"2026-11-16T%02d:00:00Z","sessionId":"s`, h)
				}
				var b []byte
				for i := range n {
					b = append(strconv.AppendInt(append(b, hours[i%24]...), int64(i), 10), "\"}\n"...)
				}
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o644))
			},
			// nothing DIR expects that a directory is empty.
			"nothing": func(ts *testscript.TestScript, _ bool, args []string) {
				entries, err := os.ReadDir(ts.MkAbs(args[0]))
				ts.Check(err)
				if len(entries) > 0 {
					ts.Fatalf("%s holds %v", args[0], entries)
				}
			},
			// flip FILE N changes a bit of byte N of a file.
			"flip": func(ts *testscript.TestScript, _ bool, args []string) {
				n, err := strconv.Atoi(args[1])
				ts.Check(err)
				b := []byte(ts.ReadFile(args[0]))
				b[n] ^= 4
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o644))
			},
			// longline FILE N appends a line of N bytes to a file.
			"longline": func(ts *testscript.TestScript, _ bool, args []string) {
				n, err := strconv.Atoi(args[1])
				ts.Check(err)
				appendTo(ts, args[0], io.MultiReader(io.LimitReader(xs{}, int64(n)), strings.NewReader("\n")))
			},
			// pack FILE NAME=FROM... makes an archive, or a compressed file, of other files, by the
			// extension of FILE. NAME is written as a Go string.
			"pack": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), pack(ts, args[0], args[1:]), 0o644))
			},
			// repeat FILE N LINE appends N equal lines to a file.
			"repeat": func(ts *testscript.TestScript, _ bool, args []string) {
				n, err := strconv.Atoi(args[1])
				ts.Check(err)
				appendTo(ts, args[0], strings.NewReader(strings.Repeat(args[2]+"\n", n)))
			},
			// utf16 FILE FROM writes the ASCII of a file as UTF-16.
			"utf16": func(ts *testscript.TestScript, _ bool, args []string) {
				out := []byte("\xff\xfe")
				for _, c := range []byte(ts.ReadFile(args[1])) {
					out = append(out, c, 0)
				}
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), out, 0o644))
			},
			// truncate FILE N cuts a file after N bytes.
			"truncate": func(ts *testscript.TestScript, _ bool, args []string) {
				n, err := strconv.Atoi(args[1])
				ts.Check(err)
				ts.Check(os.Truncate(ts.MkAbs(args[0]), int64(n)))
			},
			// bytes FILE QUOTED appends bytes, written as a Go string, to a file.
			"bytes": func(ts *testscript.TestScript, _ bool, args []string) {
				data, err := strconv.Unquote(`"` + args[1] + `"`)
				ts.Check(err)
				appendTo(ts, args[0], bytes.NewReader([]byte(data)))
			},
		},
	})
}

// pack returns files in an archive, or one of them compressed.
func pack(ts *testscript.TestScript, name string, files []string) []byte {
	var b bytes.Buffer
	var w io.Closer
	var add func(name string, size int64) (io.Writer, error)
	switch path.Ext(name) {
	case ".gz":
		z := gzip.NewWriter(&b)
		w, add = z, func(string, int64) (io.Writer, error) { return z, nil }
	case ".zst":
		z, err := zstd.NewWriter(&b)
		ts.Check(err)
		w, add = z, func(string, int64) (io.Writer, error) { return z, nil }
	case ".tar":
		t := tar.NewWriter(&b)
		w, add = t, func(name string, size int64) (io.Writer, error) {
			return t, t.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: size})
		}
	case ".zip":
		z := zip.NewWriter(&b)
		w, add = z, func(name string, _ int64) (io.Writer, error) { return z.Create(name) }
	default:
		ts.Fatalf("no way to pack %s", name)
	}
	for _, arg := range files {
		name, from, _ := strings.Cut(arg, "=")
		name, err := strconv.Unquote(`"` + name + `"`)
		ts.Check(err)
		data := []byte(ts.ReadFile(from))
		to, err := add(name, int64(len(data)))
		ts.Check(err)
		_, err = to.Write(data)
		ts.Check(err)
	}
	ts.Check(w.Close())
	return b.Bytes()
}

func appendTo(ts *testscript.TestScript, name string, r io.Reader) {
	f, err := os.OpenFile(ts.MkAbs(name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	ts.Check(err)
	_, err = io.Copy(f, r)
	ts.Check(errors.Join(err, f.Close()))
}

// xs is an endless line.
type xs struct{}

func (xs) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// interrupt runs a command, sends it a signal, and returns its exit status.
func interrupt(ts *testscript.TestScript, name, file string, command []string) (int, error) {
	path, _, _ := strings.Cut(ts.Getenv("PATH"), string(os.PathListSeparator)) // where testscript.Main puts commands
	cmd := exec.Command(filepath.Join(path, command[0]), command[1:]...)
	cmd.Dir, cmd.Env = ts.MkAbs("."), append(os.Environ(), "TMPDIR="+ts.Getenv("TMPDIR"))
	cmd.Stdout, cmd.Stderr = ts.Stdout(), ts.Stderr()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	// A pipe cannot hold all of the text: when it is written, the command has begun to read.
	text := ts.ReadFile(file) + strings.Repeat("{\"message\":\"nothing\"}\n", 8<<10)
	if _, err := io.WriteString(stdin, text); err != nil {
		return 0, err
	}
	which := map[string]os.Signal{"INT": os.Interrupt, "TERM": syscall.SIGTERM, "KILL": os.Kill, "QUIT": syscall.SIGQUIT}[name]
	if err := cmd.Process.Signal(which); err != nil {
		return 0, err
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		return 0, err
	}
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return cmd.ProcessState.ExitCode(), nil
}
