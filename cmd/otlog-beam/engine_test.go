package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials/insecure"
)

// The programs that TestMain builds: otlog, this command, and Beam's Prism.
var programs string

func TestMain(m *testing.M) {
	flag.Parse()
	beam.Init()
	status, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(status)
}

func runTests(m *testing.M) (int, error) {
	var err error
	if programs, err = os.MkdirTemp("", "otlog-beam-test-"); err != nil {
		return 0, err
	}
	defer os.RemoveAll(programs)
	// Commands that tests kill leave their directories for temporary files.
	if err := os.Setenv("TMPDIR", programs); err != nil {
		return 0, err
	}
	for name, args := range map[string][]string{
		"otlog":      {"-C", filepath.Join("..", ".."), "./cmd/otlog"},
		"otlog-beam": {"."},
		"prism":      {"github.com/apache/beam/sdks/v2/go/cmd/prism"},
	} {
		build := []string{"build", "-ldflags=-w", "-o", filepath.Join(programs, name)}
		if args[0] == "-C" {
			build, args = append([]string{"build", "-C", args[1]}, build[1:]...), args[2:]
		}
		if out, err := exec.Command("go", append(build, args...)...).CombinedOutput(); err != nil {
			return 0, fmt.Errorf("building %s: %w\n%s", name, err, out)
		}
	}
	return m.Run(), nil
}

// limit is how long a command may take. It only bounds a test that hangs.
const limit = 2 * time.Minute

// program returns a command that runs one of the programs. It is killed when the test ends.
func program(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, filepath.Join(programs, name), args...)
	cmd.WaitDelay = time.Second
	return cmd
}

// An outcome is what a command has printed, and its exit status.
type outcome struct {
	out, err string
	status   int
}

// call runs a program in a directory, "" for the current one.
func call(t *testing.T, dir, name string, args ...string) outcome {
	t.Helper()
	cmd := program(t, name, args...)
	cmd.Dir = dir
	return wait(t, cmd, cmd.Run)
}

// wait runs or ends a command.
func wait(t *testing.T, cmd *exec.Cmd, run func() error) outcome {
	t.Helper()
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	err := run()
	if failed := (*exec.ExitError)(nil); err != nil && !errors.As(err, &failed) {
		t.Fatalf("%s: %v\n%s", cmd, err, stderr.String())
	}
	return outcome{out.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// An engine is a way to run a job.
type engine struct {
	name string
	// start starts what the engine needs until the test ends, and returns the flags that choose it.
	start func(t *testing.T) []string
}

// The engines. Direct is Beam's own older runner in the process of the command.
var engines = []engine{
	{"embedded Prism", func(*testing.T) []string { return nil }},
	{"direct", func(*testing.T) []string { return []string{"--runner=direct"} }},
	{"Prism in a process", func(t *testing.T) []string {
		return []string{"--runner=universal", "--endpoint=" + startPrism(t), "--environment_type=LOOPBACK"}
	}},
	{"Prism and a worker in processes", func(t *testing.T) []string {
		return []string{"--runner=universal", "--endpoint=" + startPrism(t), "--environment_type=PROCESS"}
	}},
	{"Prism and a pool of workers in processes", func(t *testing.T) []string {
		return []string{"--runner=universal", "--endpoint=" + startPrism(t), "--environment_type=EXTERNAL", "--environment_config=" + startPool(t).address}
	}},
}

// startPrism starts Prism as a process, and returns the address of its job service.
func startPrism(t *testing.T) string {
	t.Helper()
	port := freePort(t) // Prism prints no port that the system chose
	address := fmt.Sprintf("127.0.0.1:%d", port)
	cmd := program(t, "prism", "-job_port", strconv.Itoa(port), "-serve_http=false", "-log_level", "error")
	start(t, cmd)
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	for state := conn.GetState(); state != connectivity.Ready; state = conn.GetState() {
		conn.Connect()
		if !conn.WaitForStateChange(ctx, state) {
			t.Fatalf("Prism does not listen on %s", address)
		}
	}
	return address
}

// freePort returns a port of the loopback interface that nobody listens on.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// start starts a process that the end of the test ends.
func start(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // the error is that it has ended
		_ = cmd.Wait()         // likewise
	})
}

// A workerPool is a running pool.
type workerPool struct {
	address string
	process *os.Process
	lines   chan string // what it prints after its address
}

// startPool starts a pool of workers as a process.
func startPool(t *testing.T) *workerPool {
	t.Helper()
	return readPool(t, program(t, "otlog-beam", "-worker_pool", "127.0.0.1:0"))
}

// readPool starts a pool by its command.
func readPool(t *testing.T, cmd *exec.Cmd) *workerPool {
	t.Helper()
	r, w := io.Pipe()
	cmd.Stderr = w
	start(t, cmd)
	p := &workerPool{process: cmd.Process, lines: make(chan string, 100)}
	go func() {
		defer close(p.lines)
		for in := bufio.NewScanner(r); in.Scan(); {
			p.lines <- in.Text()
		}
	}()
	p.address = p.next(t, regexp.MustCompile(`listening on (.*)`))
	return p
}

// next waits for a line of the pool that matches, and returns what its group matches.
func (p *workerPool) next(t *testing.T, pattern *regexp.Regexp) string {
	t.Helper()
	timeout := time.After(limit)
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				t.Fatalf("the pool ended before it printed %s", pattern)
			}
			if m := pattern.FindStringSubmatch(line); m != nil {
				return m[1]
			}
		case <-timeout:
			t.Fatalf("the pool does not print %s", pattern)
		}
	}
}

// compare runs otlog scan and the command with the same arguments, and checks that both say the same and
// that their partials are the same. It returns the partial of the command.
func compare(t *testing.T, dir string, flags []string, args ...string) string {
	t.Helper()
	here := t.TempDir()
	one, many := filepath.Join(here, "one.arrow"), filepath.Join(here, "many.arrow")
	want := call(t, dir, "otlog", append([]string{"scan", "--no-progress", "-o", one}, args...)...)
	got := call(t, dir, "otlog-beam", append(append([]string{"-o", many}, flags...), args...)...)
	if words := strings.ReplaceAll(got.err, "otlog-beam: ", "otlog: "); words != want.err || got.status != want.status {
		t.Errorf("status %d and\n%s\nwant status %d and\n%s", got.status, got.err, want.status, want.err)
	}
	if !bytes.Equal(read(t, one), read(t, many)) {
		t.Error("the partial is not that of otlog scan")
	}
	if want.status != exitFailed { // else reports name the partial in messages about what is missing
		checkSameReports(t, dir, many, args)
	}
	if left, _ := filepath.Glob(filepath.Join(here, "*")); len(left) != 2 {
		t.Errorf("the directory of the output has %q", left)
	}
	return many
}

// checkSameReports compares reports of a partial with those of the logs themselves.
func checkSameReports(t *testing.T, dir, many string, args []string) {
	t.Helper()
	for _, format := range [][]string{{"--format", "json"}, {"--format", "text", "--window", "1d"}, {"--format", "csv", "--by", "sdk"}} {
		want := call(t, dir, "otlog", append(append([]string{"report", "--no-progress"}, format...), args...)...)
		got := call(t, dir, "otlog", append(append([]string{"report"}, format...), many)...)
		if got.out != want.out || want.out == "" {
			t.Errorf("%v: the report of the partial is not that of the logs:\n%.2000s\nwant\n%.2000s", format, got.out, want.out)
		}
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, content, 0o666); err != nil {
		t.Fatal(err)
	}
}
