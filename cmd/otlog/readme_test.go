package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestReadmeShowsTheRealOutput runs the first command of README and compares its output with README,
// which shows only the beginning if it ends with "…".
func TestReadmeShowsTheRealOutput(t *testing.T) {
	t.Chdir("../..")
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	command := regexp.MustCompile(`(?m)^    \$ go run ./cmd/otlog (.*)$`).FindSubmatch(readme)
	shown := regexp.MustCompile("(?s)```text\n(.*?)```").FindSubmatch(readme)
	if command == nil || shown == nil {
		t.Fatal("README shows no command, or no output")
	}
	var out, errs bytes.Buffer
	if status := run(strings.Fields(string(command[1])), streams{in: os.Stdin, out: &out, err: &errs}); status != exitDone {
		t.Fatalf("exit status %d: %s", status, errs.String())
	}
	want, cut := bytes.CutSuffix(shown[1], []byte("…\n"))
	if got := out.Bytes(); !bytes.HasPrefix(got, want) || !cut && len(got) > len(want) {
		t.Errorf("README shows something else than the command prints:\n%s", out.String())
	}
}
