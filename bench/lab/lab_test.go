package lab

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otlog/otlog/bench/corpus"
)

// TestCosts checks that the processes of a pipeline count.
func TestCosts(t *testing.T) {
	idle, err := Shell("true").Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	busy, err := Shell("head -c 200000000 /dev/zero | cat | wc -c").Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if busy.CPU <= idle.CPU || busy.Peak == 0 {
		t.Errorf("a busy pipeline took %v, an idle one %v", busy.CPU, idle.CPU)
	}
	if _, err := Shell("echo no >&2; exit 3").Run(context.Background()); err == nil || !strings.Contains(err.Error(), "no") {
		t.Errorf("a program that failed gave the error %v", err)
	}
}

func TestSpread(t *testing.T) {
	for want, s := range map[string][]float64{"2.00 [1.00 to 9.00]": {9, 1, 2}, "1.50 [1.00 to 2.00]": {1, 2}, "4.00 [4.00 to 4.00]": {4}} {
		if got := Spread(s, 2); got != want {
			t.Errorf("%v: %s, want %s", s, got, want)
		}
	}
}

// TestKeepClean checks that no line of the SDK remains.
func TestKeepClean(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "all"), filepath.Join(dir, "clean")
	f, err := os.Create(from)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := corpus.Generate(f, corpus.Options{Size: 200_000}); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	size, err := keepClean(from, to)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	if int64(len(text)) != size || size < 50_000 || strings.Contains(string(text), "OpenTok:") || strings.Contains(string(text), "clientSystemTime") {
		t.Errorf("%d of %d bytes remain", len(text), size)
	}
}
