package main

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestLimitsHaveTests checks that docs/limits.md names tests that exist, and one for each limit.
func TestLimitsHaveTests(t *testing.T) {
	page, err := os.ReadFile("../../docs/limits.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]bool{}
	function := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	eachTest(t, func(content []byte) {
		for _, m := range function.FindAllSubmatch(content, -1) {
			tests[string(m[1])] = true
		}
	})
	name := regexp.MustCompile("`(Test\\w+)`")
	rows := 0
	for line := range strings.Lines(string(page)) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| What") {
			continue
		}
		rows++
		named := name.FindAllStringSubmatch(line, -1)
		if len(named) == 0 {
			t.Errorf("no test holds this limit: %s", line)
		}
		for _, m := range named {
			if !tests[m[1]] {
				t.Errorf("%s does not exist", m[1])
			}
		}
	}
	if rows == 0 {
		t.Error("no limits")
	}
}

// eachTest visits the content of every file of tests in the module.
func eachTest(t *testing.T, visit func(content []byte)) {
	t.Helper()
	err := fs.WalkDir(os.DirFS("../.."), ".", func(p string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(p, "_test.go") {
			return err
		}
		content, err := os.ReadFile("../../" + p)
		visit(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
