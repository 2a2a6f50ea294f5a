package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// A host is a network namespace. All hosts have the same files.
type host struct{ name, address string }

// twoHosts makes two hosts with a network of their own, which needs root. Addresses are those for documentation.
func twoHosts(t *testing.T) (a, b host) {
	t.Helper()
	prefix := fmt.Sprintf("otlog%d", os.Getpid())
	a, b = host{prefix + "a", "192.0.2.1"}, host{prefix + "b", "192.0.2.2"}
	ip := func(args ...string) {
		t.Helper()
		if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
			t.Fatalf("ip %q: %v\n%s", args, err, out)
		}
	}
	for _, h := range []host{a, b} {
		ip("netns", "add", h.name)
		t.Cleanup(func() { ip("netns", "del", h.name) })
	}
	ip("link", "add", "there", "netns", a.name, "type", "veth", "peer", "name", "there", "netns", b.name)
	for _, h := range []host{a, b} {
		ip("-n", h.name, "address", "add", h.address+"/24", "dev", "there")
		ip("-n", h.name, "link", "set", "there", "up")
		ip("-n", h.name, "link", "set", "lo", "up")
	}
	return a, b
}

// command returns a command that runs on the host. It is killed when the test ends.
func (h host) command(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, "ip", append([]string{"netns", "exec", h.name, name}, args...)...)
	cmd.WaitDelay = time.Second
	return cmd
}

// TestTwoHosts has the engine and the launcher on one host, and the workers on another one.
func TestTwoHosts(t *testing.T) {
	engine, workers := twoHosts(t)
	const port = "8073" // nobody else is on this host
	start(t, engine.command(t, filepath.Join(programs, "prism"), "-job_port", port, "-serve_http=false", "-log_level", "error"))
	pool := readPool(t, workers.command(t, filepath.Join(programs, "otlog-beam"), "-worker_pool", workers.address+":0"))
	for end := time.Now().Add(limit); engine.command(t, "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/"+port).Run() != nil; {
		if time.Now().After(end) {
			t.Fatal("Prism does not listen")
		}
	}
	for _, logs := range []string{"logs", "weeks"} {
		dir := t.TempDir()
		one, two := filepath.Join(dir, "one.arrow"), filepath.Join(dir, "two.arrow")
		want := call(t, testdata, "otlog", "scan", "--no-progress", "-o", one, logs)
		cmd := engine.command(t, filepath.Join(programs, "otlog-beam"), "-o", two, "--runner=universal", "--endpoint="+engine.address+":"+port,
			"--environment_type=EXTERNAL", "--environment_config="+pool.address, logs)
		cmd.Dir = testdata
		if got := wait(t, cmd, cmd.Run); got.status != want.status {
			t.Fatalf("%s: status %d and\n%s", logs, got.status, got.err)
		}
		if !bytes.Equal(read(t, one), read(t, two)) {
			t.Errorf("%s: the partial is not that of otlog scan", logs)
		}
		pool.next(t, regexp.MustCompile(`worker (.*): started as process`))
	}
}

func TestSeenFrom(t *testing.T) {
	for _, test := range []struct{ reached, endpoint, want string }{
		{"192.0.2.1:4567", "localhost:8073", "192.0.2.1:8073"},
		{"192.0.2.1:4567", "127.0.0.1:8073", "192.0.2.1:8073"},
		{"192.0.2.1:4567", "[::1]:8073", "192.0.2.1:8073"},
		{"[2001:db8::1]:4567", "localhost:8073", "[2001:db8::1]:8073"},
		{"192.0.2.1:4567", "engine.example:8073", "engine.example:8073"},
		{"127.0.0.1:4567", "localhost:8073", "localhost:8073"},
		{"localhost:4567", "localhost:8073", "localhost:8073"},
		{"", "localhost:8073", "localhost:8073"},
		{"192.0.2.1:4567", "", ""},
	} {
		if got := seenFrom(test.reached, test.endpoint); got != test.want {
			t.Errorf("%s, reached at %s: %s, want %s", test.endpoint, test.reached, got, test.want)
		}
	}
}
