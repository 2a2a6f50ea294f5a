package sieve

import (
	"strings"
	"testing"
)

func TestNamesOfLogs(t *testing.T) {
	for _, name := range []string{
		"a.log", "a.LOG", "a.jsonl", "a.ndjson", "server.out", "server.err", "a.har", "dir.d/a.log",
		"a.log.gz", "a.log.zst", "a.jsonl.zstd", "a.log.1", "a.log.2.gz", "a.log.2026-11-02", "a.log.2026-11-02.gz", "a.log-20261102",
		"a.log-20261102.gz", "a.log.20261102_1.zst", "a.log.bz2", "a.log.xz", "a.log.zip", "app.log.tgz", "a-2026.11.02.log",
	} {
		if !IsLogName(name) {
			t.Errorf("%s is a log", name)
		}
	}
	for _, name := range []string{"", ".", "1", "2026-11-02", "core", "a.png", "a.txt", "a.json", "a.log.bak", "a.gz", "a.1", "log.d", "a.log/b", "CHANGELOG", "README"} {
		if IsLogName(name) {
			t.Errorf("%s may be anything", name)
		}
	}
}

// TestLeftOutIsASum checks that the order of files does not matter.
func TestLeftOutIsASum(t *testing.T) {
	var one, two LeftOut
	names := []string{"e", "b", "d", "a", "c"}
	for i := range names {
		one.Note(NotText, names[i])
		var more LeftOut
		more.Note(NotText, names[len(names)-1-i])
		two.Add(&more)
	}
	for _, l := range []LeftOut{one, two} {
		if f := l[NotText]; f.Count != 5 || strings.Join(f.Names, " ") != "a b c" || l.Files() != 5 {
			t.Errorf("got %v", l)
		}
	}
}
