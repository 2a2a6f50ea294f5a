package find

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tree creates files in a new directory, changes to it, and returns its path. A name that ends
// in a slash is an empty directory.
func tree(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range names {
		if err := os.MkdirAll(path.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "/") {
			continue
		}
		if err := os.WriteFile(name, []byte("a line\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// found returns the paths that Find finds, with slashes.
func found(args ...string) (paths []string, err error) {
	sources, err := Find(args)
	for _, s := range sources {
		paths = append(paths, filepath.ToSlash(s.Path))
	}
	return paths, err
}

func TestFind(t *testing.T) {
	dir := tree(t,
		"logs/b.log", "logs/a.jsonl", "logs/notes.md", "logs/deep/er/c.txt", "logs/.hidden.log", "logs/.git/d.log",
		"logs/deep/e.log.gz", "logs/deep/core", "x[1].log", "plain", ".dot.log", "empty/", "others/a.png",
	)
	tests := []struct {
		name string
		args string
		want string
	}{
		{"a file, whatever it is called", "plain logs/notes.md", "plain logs/notes.md"},
		{"arguments in their order", "logs/b.log logs/a.jsonl", "logs/b.log logs/a.jsonl"},
		{"a directory: the files below it, sorted", "logs", "logs/a.jsonl logs/b.log logs/deep/core logs/deep/e.log.gz logs/deep/er/c.txt logs/notes.md"},
		{"a directory with a slash", "logs/", "logs/a.jsonl logs/b.log logs/deep/core logs/deep/e.log.gz logs/deep/er/c.txt logs/notes.md"},
		{"the current directory", ".", "logs/a.jsonl logs/b.log logs/deep/core logs/deep/e.log.gz logs/deep/er/c.txt logs/notes.md others/a.png plain x[1].log"},
		{"a hidden directory that is named", "logs/.git", "logs/.git/d.log"},
		{"the standard input", "- logs/b.log -", "- logs/b.log"},

		{"a pattern", "logs/*", "logs/a.jsonl logs/b.log logs/notes.md"},
		{"a pattern for one character", "logs/?.log", "logs/b.log"},
		{"a class", "logs/[ab].*", "logs/a.jsonl logs/b.log"},
		{"a pattern for directories", "logs/*/*", "logs/deep/core logs/deep/e.log.gz"},
		{"any number of directories", "logs/**/*.[lt]*", "logs/b.log logs/deep/e.log.gz logs/deep/er/c.txt"},
		{"none included", "logs/**/b.log", "logs/b.log"},
		{"at the start", "**/c.txt", "logs/deep/er/c.txt"},
		{"at the end", "logs/deep/**", "logs/deep/core logs/deep/e.log.gz logs/deep/er/c.txt"},
		{"in the middle of others", "l*/**/er/**/*.txt", "logs/deep/er/c.txt"},
		{"a hidden file that the pattern names", ".*.log logs/.h*", ".dot.log logs/.hidden.log"},
		{"a hidden directory that the pattern names", "logs/.g*/*.log", "logs/.git/d.log"},
		{"and below any number of others", "**/.git/*.log", "logs/.git/d.log"},
		{"a whole path", dir + "/logs/*.log", filepath.ToSlash(dir) + "/logs/b.log"},
		{"a file whose name is a pattern", "x[1].log", "x[1].log"},

		{"a file once, by name", "logs/b.log logs/b.log", "logs/b.log"},
		{"however it is spelled", "./logs/b.log logs//b.log logs/deep/../b.log " + dir + "/logs/b.log", "./logs/b.log"},
		{"and found", "logs/b.log logs/*.log ./logs", "logs/b.log logs/a.jsonl logs/deep/core logs/deep/e.log.gz logs/deep/er/c.txt logs/notes.md"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := found(strings.Fields(test.args)...)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, strings.Fields(test.want)) {
				t.Errorf("got %q, want %s", got, test.want)
			}
		})
	}
}

func TestSourcesStateTheirDirectory(t *testing.T) {
	tree(t, "logs/deep/a.log", "logs/b.log", "c.log")
	sources, err := Find([]string{"c.log", "logs/b*", "./logs/", "-"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range sources {
		got = append(got, filepath.ToSlash(s.Path)+" "+s.Dir)
	}
	if want := []string{"c.log ", "logs/b.log ", "logs/deep/a.log ./logs/", "- "}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFindReportsEveryArgumentThatMatchesNothing(t *testing.T) {
	tree(t, "a.log", "empty/", "hidden/.a.log", "logs/b.log")
	tests := []struct {
		name, args, want string
		err              []string
	}{
		{"a missing file", "gone.log", "", []string{"gone.log: ", "no such file"}},
		{"an empty directory", "empty", "", []string{"empty: no files"}},
		{"a directory of hidden files", "hidden", "", []string{"hidden: no files in this directory"}},
		{"a pattern that matches nothing", "*.gz", "", []string{"*.gz: no file matches"}},
		{"one below a directory that is missing", "gone/*.log", "", []string{"gone/*.log: no file matches"}},
		{"one that matches a directory only", "lo*", "", []string{"lo*: no file matches"}},
		{"a bad pattern", "logs/[a", "", []string{"logs/[a: syntax error in pattern"}},
		{"beside sources that are there", "gone.log a.log *.gz logs empty", "a.log logs/b.log", []string{"gone.log: ", "\n*.gz: no file matches", "\nempty: no files"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := found(strings.Fields(test.args)...)
			if err == nil {
				t.Fatalf("no error, and %q", got)
			}
			for _, s := range test.err {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("error is %q, want %q in it", err, s)
				}
			}
			if !slices.Equal(got, strings.Fields(test.want)) {
				t.Errorf("got %q, want %s", got, test.want)
			}
		})
	}
	if _, err := Find([]string{"gone.log"}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file is %v, which is not fs.ErrNotExist", err)
	}
}

func TestFindFollowsLinks(t *testing.T) {
	tree(t, "store/2026-11-02.log", "elsewhere/x.log", "logs/a.log")
	for link, target := range map[string]string{
		"current":          "store",
		"logs/today.log":   "../store/2026-11-02.log",
		"logs/copy.log":    "a.log",
		"logs/broken.log":  "gone.log",
		"logs/more":        "../elsewhere", // a directory: could lead in a circle
		"store/latest.log": "2026-11-02.log",
	} {
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct{ name, args, want string }{
		{"to a directory, when named", "current", "current/2026-11-02.log"},
		{"to a directory, in a pattern", "current/2*.log", "current/2026-11-02.log"},
		{"to a file, when named", "logs/today.log", "logs/today.log"},
		{"to files in a directory", "logs", "logs/a.log logs/today.log"},
		{"to files that a pattern matches", "logs/*.log", "logs/a.log logs/today.log"},
		{"a file and a link to it are one", "store/2026-11-02.log current store logs/today.log", "store/2026-11-02.log"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := found(strings.Fields(test.args)...)
			if err != nil || !slices.Equal(got, strings.Fields(test.want)) {
				t.Errorf("got %q, %v, want %s", got, err, test.want)
			}
		})
	}
}

func TestOnlyDirectoriesThatMayMatchAreWalked(t *testing.T) {
	tests := []struct {
		pattern, dir string
		want         bool
	}{
		{"*.log", "a", false},
		{"a/*.log", "a", true},
		{"a/*.log", "b", false},
		{"a/*.log", "a/b", false},
		{"?/b/*.log", "a/b", true},
		{"*/*", ".git", false},
		{".g*/*", ".git", true},
		{"**", "a/b/c", true},
		{"a/**", "a/b/c", true},
		{"a/**", "b", false},
		{"a/**/c", "a/b/c/d", true},
		{"**/.git/*", "a/.git", true},
	}
	for _, test := range tests {
		if got := matchBelow(strings.Split(test.pattern, "/"), strings.Split(test.dir, "/")); got != test.want {
			t.Errorf("%s below %s: got %v, want %v", test.pattern, test.dir, got, test.want)
		}
	}
}

// A pattern with many "**" takes a number of comparisons that is at most the product of its parts and
// those of the path.
func TestManyStarsAreMatchedOnce(t *testing.T) {
	for _, test := range []struct {
		pattern, path string
		want          bool
	}{
		{strings.Repeat("**/a/", 12) + "x.log", strings.Repeat("a/", 400) + "y.log", false},
		{strings.Repeat("**/a/", 12) + "x.log", strings.Repeat("a/", 400) + "x.log", true},
		{strings.Repeat("**/", 400) + "x.log", strings.Repeat("a/", 4000) + "y.log", false},
		{strings.Repeat("**/*/", 40) + "x.log", strings.Repeat("a/", 39) + "x.log", false},
		{strings.Repeat("**/*/", 40) + "x.log", strings.Repeat("a/", 40) + "x.log", true},
		{"**/x.log", ".a/x.log", false},
		{"**/.a/**/x.log", "b/.a/x.log", true},
	} {
		if got := matchParts(strings.Split(test.pattern, "/"), strings.Split(test.path, "/")); got != test.want {
			t.Errorf("%.40s matches %.40s: %v", test.pattern, test.path, got)
		}
	}
}

// Links that lead back to a directory above, and directories whose path is longer than the system takes,
// neither end the search nor prolong it.
func TestLoopsAndDepth(t *testing.T) {
	tree(t, "logs/a.log", "logs/deep/b.log")
	if err := os.Symlink("..", "logs/deep/loop"); err != nil {
		t.Fatal(err)
	}
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chdir("logs/deep"); err != nil {
		t.Fatal(err)
	}
	for range 300 { // 300 names of 20 bytes
		name := strings.Repeat("d", 20)
		if err := os.Mkdir(name, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Chdir(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chdir(root); err != nil {
		t.Fatal(err)
	}
	for _, arg := range []string{"logs", "logs/**/*.log"} {
		paths, err := found(arg)
		if got := strings.Join(paths, " "); got != "logs/a.log logs/deep/b.log" {
			t.Errorf("%s: found %s", arg, got)
		}
		if err == nil || !strings.Contains(err.Error(), "file name too long") {
			t.Errorf("%s: %v", arg, err)
		}
	}
}
