package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/klauspost/compress/zstd"
)

const testdata = "../../testdata"

// TestReportsEqualThoseOfOneMachine checks the promise of the command, on each engine.
func TestReportsEqualThoseOfOneMachine(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			flags := e.start(t)
			for _, logs := range []string{"logs", "weeks", "shapes"} {
				t.Run(logs, func(t *testing.T) { compare(t, testdata, flags, logs) })
			}
		})
	}
}

// TestRangesEqualTheWholeFile divides files into ranges, which are shards of workers.
func TestRangesEqualTheWholeFile(t *testing.T) {
	dir := t.TempDir()
	var text, broken strings.Builder
	for n := range 40000 {
		text.WriteString(line(n%1000, n/10) + fmt.Sprintf("clean %x\n", sha256.Sum256([]byte{byte(n), byte(n >> 8)})))
		broken.WriteString([]string{line(n, n), "Session.publish :: OT_TIMEOUT without a time\n", "{\"time\":\"2026-11-16T10:00:00Z\",\"sess\n"}[n%3])
	}
	write(t, filepath.Join(dir, "plain.log"), []byte(text.String()))
	write(t, filepath.Join(dir, "packed.log.gz"), gzipped(t, text.String()[:3<<20]))
	write(t, filepath.Join(dir, "broken.jsonl"), []byte(broken.String()))
	write(t, filepath.Join(dir, "frames.log.zst"), inFrames(t, text.String()+"x"))
	write(t, filepath.Join(dir, "members.log.gz"), inMembers(t, text.String()+broken.String()))
	flags := append(engines[3].start(t), "-range", "1")
	for args, shards := range map[string]int{
		"plain.log": 5, "broken.jsonl": 3, "frames.log.zst": 5, "members.log.gz": 8, "packed.log.gz": 1,
		"plain.log packed.log.gz broken.jsonl": 9, ".": 22,
	} {
		t.Run(args, func(t *testing.T) {
			o := testOptions(t)
			o.RangeBytes = 1 << 20
			t.Chdir(dir)
			p, err := makePlan(context.Background(), o, strings.Fields(args))
			if err != nil || len(p.shards) < shards {
				t.Errorf("%d shards, %v: expected %d or more", len(p.shards), err, shards)
			}
			compare(t, dir, flags, strings.Fields(args)...)
		})
	}
}

// TestDamagedFrame checks that a compressed file in which a range is damaged fails the job, and that the hint of
// the message gives what otlog scan gives.
func TestDamagedFrame(t *testing.T) {
	dir := t.TempDir()
	var text strings.Builder
	for n := range 40000 {
		text.WriteString(fmt.Sprintf("clean %x\n", sha256.Sum256([]byte{byte(n), byte(n >> 8)})) + line(n%1000, n/10))
	}
	packed := inFrames(t, text.String())
	packed[len(packed)/2] ^= 1
	write(t, filepath.Join(dir, "app.log.zst"), packed)
	out := filepath.Join(t.TempDir(), "out.arrow")
	got := call(t, dir, "otlog-beam", "-o", out, "-range", "1", "app.log.zst")
	if got.status != exitFailed || !strings.Contains(got.err, "app.log.zst: ") || !strings.Contains(got.err, "hint: --range 0 reads what precedes the damage") {
		t.Errorf("status %d and\n%s", got.status, got.err)
	}
	checkEmpty(t, filepath.Dir(out))
	compare(t, dir, nil, "app.log.zst") // one range has all of it
	want := call(t, dir, "otlog", "scan", "-o", filepath.Join(t.TempDir(), "x"), "app.log.zst")
	if got := call(t, dir, "otlog-beam", "-o", out, "-range", "0", "app.log.zst"); got.status != exitDamaged || strings.ReplaceAll(got.err, "otlog-beam:", "otlog:") != want.err {
		t.Errorf("status %d and\n%s\nwant\n%s", got.status, got.err, want.err)
	}
}

// inFrames returns a file of many zstd frames.
func inFrames(t *testing.T, text string) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	var out []byte
	for part := range slices.Chunk([]byte(text), 300_000) {
		out = w.EncodeAll(part, out)
	}
	return out
}

// inMembers returns a file as bgzip writes it: gzip members whose headers state their size.
func inMembers(t *testing.T, text string) []byte {
	t.Helper()
	var out []byte
	for part := range slices.Chunk([]byte(text), 60_000) {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Extra = []byte("BC\x02\x00??")
		if _, err := w.Write(part); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		member := b.Bytes()
		binary.LittleEndian.PutUint16(member[16:], uint16(len(member)-1))
		out = append(out, member...)
	}
	return out
}

// gzipped returns a gzip file.
func gzipped(t *testing.T, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(content)) // a buffer takes everything
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// session returns a session ID of the test.
func session(n int) string {
	return fmt.Sprintf("2_MX40NTEyMzQ1Nn5-MTc2MzI4NjQwMDAwMH5hYmNkZWZn%07dfg", n)
}

// line returns a line of a log: a failure of a session.
func line(n, second int) string {
	return fmt.Sprintf(`{"time":"2026-11-16T10:%02d:%02d.000Z","sessionId":"%s","message":"OT_TIMEOUT: Session.publish :: Publishing failed (1500)"}`+"\n",
		second/60%60, second%60, session(n))
}

// TestTroubleIsThatOfOneMachine checks that what is wrong with inputs is reported as by otlog scan.
func TestTroubleIsThatOfOneMachine(t *testing.T) {
	dir := t.TempDir()
	good := line(1, 1) + line(2, 2)
	packed := gzipped(t, strings.Repeat(good, 5000))
	write(t, filepath.Join(dir, "good.log"), []byte(good))
	write(t, filepath.Join(dir, "other.log"), []byte(line(3, 3)))
	write(t, filepath.Join(dir, "copy.log.gz"), gzipped(t, good))
	write(t, filepath.Join(dir, "truncated.log.gz"), packed[:len(packed)*2/3])
	write(t, filepath.Join(dir, "broken.jsonl"), []byte(line(4, 4)+`{"time":"2026-11-16T10:00:05Z","sessionId`+"\n"+line(5, 5)))
	write(t, filepath.Join(dir, "notes", "a.txt"), []byte("nothing to see here\n"))
	write(t, filepath.Join(dir, "mixed", "app.log"), []byte(line(6, 6)))
	write(t, filepath.Join(dir, "mixed", "image.bin"), []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"))
	write(t, filepath.Join(dir, "empty.log"), nil)
	write(t, filepath.Join(dir, "secret.log"), []byte(`{"time":"2026-11-16T10:00:05Z","sessionId":"jane@example.com","name":"OT_jane@example.com"}`+"\n"))
	for _, test := range []struct {
		args   string
		status int
	}{
		{"good.log other.log", exitDone},
		{"good.log copy.log.gz", exitDamaged},
		{"truncated.log.gz other.log", exitDamaged},
		{"broken.jsonl", exitDamaged},
		{"mixed", exitDone},
		{"empty.log good.log", exitDone},
		{"secret.log", exitDone},
		{"mixed notes", exitFailed},
		{"good.log gone.log *.zst", exitFailed},
		{"notes", exitFailed},
	} {
		t.Run(test.args, func(t *testing.T) {
			args := strings.Fields(test.args)
			if got := call(t, dir, "otlog", append([]string{"scan", "-o", filepath.Join(t.TempDir(), "x")}, args...)...); got.status != test.status {
				t.Fatalf("the test expects status %d of otlog scan, and it is %d:\n%s", test.status, got.status, got.err)
			}
			if test.args == "notes" {
				checkNothingWritten(t, dir, args)
				return
			}
			compare(t, dir, nil, args...)
		})
	}
	t.Run("strict", func(t *testing.T) {
		out := filepath.Join(t.TempDir(), "out.arrow")
		got := call(t, dir, "otlog-beam", "-o", out, "-strict", "truncated.log.gz")
		if got.status != exitFailed || !strings.Contains(got.err, "--strict: not all input was read") {
			t.Errorf("status %d and\n%s", got.status, got.err)
		}
		checkEmpty(t, filepath.Dir(out))
	})
}

// checkNothingWritten runs the command, which must fail and leave nothing.
func checkNothingWritten(t *testing.T, dir string, args []string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out.arrow")
	if got := call(t, dir, "otlog-beam", append([]string{"-o", out}, args...)...); got.status != exitFailed {
		t.Errorf("status %d and\n%s", got.status, got.err)
	}
	checkEmpty(t, filepath.Dir(out))
}

func checkEmpty(t *testing.T, dir string) {
	t.Helper()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("the directory of the output has %v, %v", left, err)
	}
}

// TestSessionInManyFiles checks failures whose records are in several files: one session fails 40 times, and
// two records of each failure, one second apart, are in different files.
func TestSessionInManyFiles(t *testing.T) {
	dir := t.TempDir()
	var all bytes.Buffer
	files := make([]bytes.Buffer, 7)
	for n := range 80 {
		text := line(1, n/2*40+n%2)
		all.WriteString(text)
		files[n%len(files)].WriteString(text)
	}
	write(t, filepath.Join(dir, "all.log"), all.Bytes())
	for i := range files {
		write(t, filepath.Join(dir, "parts", fmt.Sprintf("%d.log", i)), files[i].Bytes())
	}
	flags := engines[3].start(t)
	many := compare(t, dir, flags, "parts")
	report := func(name string) string {
		return call(t, dir, "otlog", "report", "--format", "csv", name).out
	}
	if got, want := report(many), report("all.log"); got != want || !strings.Contains(want, ",40,") {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// inTheMiddle runs the command on a pipe, and returns when a worker is in the middle of it. ended receives the
// outcome of the command.
func inTheMiddle(t *testing.T, flags ...string) (cmd *exec.Cmd, pipe *os.File, ended chan outcome) {
	t.Helper()
	endless := filepath.Join(t.TempDir(), "pipe.log")
	if err := syscall.Mkfifo(endless, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd = program(t, "otlog-beam", append(flags, endless)...)
	started := make(chan struct{})
	ended = make(chan outcome, 1)
	go func() {
		ended <- wait(t, cmd, func() error {
			err := cmd.Start()
			close(started)
			if err != nil {
				return err
			}
			return cmd.Wait()
		})
	}()
	<-started
	opened := make(chan error, 1)
	go func() { // opening a pipe waits for its reader
		var err error
		pipe, err = os.OpenFile(endless, os.O_WRONLY, 0)
		opened <- err
	}()
	select {
	case err := <-opened:
		if err != nil {
			t.Fatal(err)
		}
	case got := <-ended:
		t.Fatalf("the command ended before a worker read: status %d and\n%s", got.status, got.err)
	}
	t.Cleanup(func() { pipe.Close() })
	if _, err := pipe.WriteString(strings.Repeat(line(1, 1), 100)); err != nil {
		t.Fatal(err)
	}
	return cmd, pipe, ended
}

// TestWorkerIsKilled kills a worker in the middle of a file. The job must fail, leave nothing, and work
// when it is run again. The worker is of a pool: Prism does not always notice that one of its own was killed.
func TestWorkerIsKilled(t *testing.T) {
	pool := startPool(t)
	flags := []string{"--runner=universal", "--endpoint=" + startPrism(t), "--environment_type=EXTERNAL", "--environment_config=" + pool.address}
	out := filepath.Join(t.TempDir(), "out.arrow")
	_, _, ended := inTheMiddle(t, append([]string{"-o", out}, flags...)...)
	pid, err := strconv.Atoi(pool.next(t, regexp.MustCompile(`started as process (\d+)`)))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if got := <-ended; got.status != exitFailed || !strings.Contains(got.err, "the job failed, and nothing was written") {
		t.Errorf("status %d and\n%s", got.status, got.err)
	}
	checkEmpty(t, filepath.Dir(out))
	compare(t, testdata, flags, "logs")
}

// TestSignal ends the command in the middle of a file: nothing is left, also in the directory for temporary
// files.
func TestSignal(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	out := filepath.Join(t.TempDir(), "out.arrow")
	cmd, _, ended := inTheMiddle(t, "-o", out)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if got := <-ended; got.status != 128+int(syscall.SIGTERM) || !strings.Contains(got.err, "nothing was written: terminated") {
		t.Errorf("status %d and\n%s", got.status, got.err)
	}
	checkEmpty(t, filepath.Dir(out))
	for _, left := range []string{"otlog-beam-*", "beam*", "worker*"} {
		if names, err := filepath.Glob(filepath.Join(tmp, left)); err != nil || len(names) > 0 {
			t.Errorf("the directory for temporary files has %q, %v", names, err)
		}
	}
}

// TestEngineIsMissing checks that a job without its engine or its workers fails.
func TestEngineIsMissing(t *testing.T) {
	nobody := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	for name, test := range map[string]struct {
		flags  []string
		status int
		says   string
	}{
		"no pool": {
			[]string{"--runner=universal", "--endpoint=" + startPrism(t), "--environment_type=EXTERNAL", "--environment_config=" + nobody},
			exitFailed, "the job failed, and nothing was written",
		},
		"no engine": {[]string{"--runner=universal", "--endpoint=" + nobody, "--environment_type=LOOPBACK"}, exitFailed, "--endpoint: no engine answers"},
		"no time":   {[]string{"--async"}, exitUsage, "--async: this command verifies the result"},
		"no runner": {[]string{"--runner=prims"}, exitUsage, `--runner: "prims" is not a runner`},
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out.arrow")
			got := call(t, testdata, "otlog-beam", append(append([]string{"-o", out}, test.flags...), "logs")...)
			if got.status != test.status || !strings.Contains(got.err, test.says) {
				t.Errorf("status %d and\n%s", got.status, got.err)
			}
			checkEmpty(t, filepath.Dir(out))
		})
	}
}

// TestFlagsAfterPaths checks that flags after a path are not taken for paths, or for missing.
func TestFlagsAfterPaths(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.arrow")
	got := call(t, testdata, "otlog-beam", "logs", "-o", out)
	if want := "otlog-beam: -o: flags come before paths"; got.status != exitUsage || !strings.HasPrefix(got.err, want) {
		t.Errorf("status %d and\n%s\nwant %s", got.status, got.err, want)
	}
	checkEmpty(t, filepath.Dir(out))
}

// TestNamesThatCannotBe checks what cannot be given to workers, or be written to: it is said before the job.
func TestNamesThatCannotBe(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "bad\xff.log"), []byte(line(1, 1)))
	write(t, filepath.Join(dir, "good.log"), []byte(line(2, 2)))
	got := call(t, dir, "otlog-beam", "-o", "out.arrow", "good.log", "bad\xff.log")
	if want := "its name is not UTF-8, so workers cannot get it"; got.status != exitFailed || !strings.Contains(got.err, want) {
		t.Errorf("status %d and\n%s\nwant %s", got.status, got.err, want)
	}
	got = call(t, dir, "otlog-beam", "-o", dir, "good.log")
	if want := ": this is a directory"; got.status != exitUsage || !strings.Contains(got.err, want) {
		t.Errorf("status %d and\n%s\nwant %s", got.status, got.err, want)
	}
}

// TestPoolIsKilled checks that workers do not outlive their pool.
func TestPoolIsKilled(t *testing.T) {
	pool := startPool(t)
	_, pipe, _ := inTheMiddle(t, "-o", filepath.Join(t.TempDir(), "out.arrow"), "--runner=universal", "--endpoint="+startPrism(t), "--environment_type=EXTERNAL", "--environment_config="+pool.address)
	if err := pool.process.Kill(); err != nil {
		t.Fatal(err)
	}
	// Writing fails once the only reader of the pipe has ended.
	var err error
	for err == nil {
		_, err = pipe.WriteString(line(1, 1))
	}
	if !errors.Is(err, syscall.EPIPE) {
		t.Error(err)
	}
}
