package find

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// FuzzGlob compares the files that a pattern finds with a slow matcher that tries every way to divide a
// path.
func FuzzGlob(f *testing.F) {
	var files []string
	root := f.TempDir()
	for _, name := range []string{"a.log", "b.log.gz", ".hidden.log", "x/a.log", "x/y/a.log", "x/y/z/b.log", ".h/a.log", "x/.h/a.log", "x/.d.log", "ab/a/b.log", "a/a/a/a.log"} {
		full := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			f.Fatal(err)
		}
		if err := os.WriteFile(full, nil, 0o644); err != nil {
			f.Fatal(err)
		}
		files = append(files, name)
	}
	for _, pattern := range []string{"*", "**", "**/*.log", "x/**/a.log", "**/**/b.log", "*/*", ".h/*", "**/.h/*", "[ab]*/**/?.log", "**/y/**", "a/**/a.log", "*.log*"} {
		f.Add(pattern)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		if !strings.ContainsAny(pattern, "*?[") || strings.ContainsAny(pattern, "\x00\\") || pattern != path.Clean(pattern) ||
			strings.HasPrefix(pattern, "/") || strings.HasPrefix(pattern, "..") || strings.Count(pattern, "**") > 6 {
			return
		}
		if _, err := path.Match(pattern, ""); err != nil {
			return
		}
		var want []string
		for _, name := range files {
			if slowly(strings.Split(pattern, "/"), strings.Split(name, "/")) {
				want = append(want, name)
			}
		}
		sources, _ := Find([]string{root + "/" + pattern}) // an error is that nothing matches
		var got []string
		for _, s := range sources {
			rel, err := filepath.Rel(root, s.Path)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, filepath.ToSlash(rel))
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", pattern, got, want)
		}
	})
}

// slowly matches a path part by part. "**" is any number of directories that are not hidden; as the last
// part it needs a name. As in a shell, only a pattern that starts with a dot matches a hidden name.
func slowly(pattern, names []string) bool {
	switch {
	case len(pattern) == 0:
		return len(names) == 0
	case pattern[0] == "**":
		if slowly(pattern[1:], names) {
			return true
		}
		return len(names) > 0 && !strings.HasPrefix(names[0], ".") && slowly(pattern, names[1:])
	case len(names) == 0:
		return false
	}
	ok, _ := path.Match(pattern[0], names[0]) // a bad pattern matches nothing
	hidden := strings.HasPrefix(names[0], ".") && !strings.HasPrefix(pattern[0], ".")
	return ok && !hidden && slowly(pattern[1:], names[1:])
}
