// Package find turns arguments into sources: files, directories, patterns and the standard input.
package find

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/otlog/otlog/parse"
)

// Find turns arguments into sources, in order and without duplicates: a file is itself, a
// directory is the files below it, a pattern is the files it matches ("**" matches any number of
// directories), and "-" is the standard input. Hidden files of a directory are not read. The
// sources of a directory are read if they are logs by their content (package sieve). Find returns an
// error for every argument that matches nothing, beside the sources of the others.
func Find(args []string) (sources []parse.Source, err error) {
	seen := map[string]bool{}
	add := func(p, dir string) {
		if id := identity(p); !seen[id] {
			seen[id] = true
			sources = append(sources, parse.Source{Path: p, Dir: dir})
		}
	}
	var errs []error
	for _, arg := range args {
		if arg == "-" {
			add(arg, "")
			continue
		}
		info, statErr := os.Stat(arg)
		switch {
		case statErr == nil && info.IsDir():
			found, err := below(arg)
			if err == nil && len(found) == 0 {
				err = fmt.Errorf("%s: no files in this directory", arg)
			}
			if err != nil {
				errs = append(errs, err)
			}
			for _, p := range found {
				add(p, arg)
			}
		case statErr == nil:
			add(arg, "")
		case strings.ContainsAny(arg, "*?["):
			found, err := glob(arg)
			if err == nil && len(found) == 0 {
				err = fmt.Errorf("%s: no file matches", arg)
			}
			if err != nil {
				errs = append(errs, err)
			}
			for _, p := range found {
				add(p, "")
			}
		default:
			errs = append(errs, fmt.Errorf("%s: %w", arg, cause(statErr)))
		}
	}
	return sources, errors.Join(errs...)
}

// identity returns the path of the file that p leads to, so that a.log, ./a.log and a link
// to it are one source.
func identity(p string) string {
	if p == "-" {
		return p
	}
	if target, err := filepath.EvalSymlinks(p); err == nil {
		p = target
	}
	if whole, err := filepath.Abs(p); err == nil {
		p = whole
	}
	return p
}

// cause removes the operation and the path from the error of a file, because the caller
// names the path.
func cause(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}

// below returns the files in and below dir, sorted, without hidden ones. The error joins those of
// directories that cannot be read.
func below(dir string) (files []string, err error) {
	var errs []error
	walkBelow(dir, func(p string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("%s: %w", filepath.Clean(p), cause(err)))
		case strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
		case isFile(p, entry):
			files = append(files, p)
		}
		return nil
	})
	return files, errors.Join(errs...)
}

// walkBelow calls visit for every file and directory below root, with an error for a
// directory that cannot be read. Root may be a link to a directory.
func walkBelow(root string, visit fs.WalkDirFunc) {
	if !os.IsPathSeparator(root[len(root)-1]) {
		root += string(filepath.Separator)
	}
	filepath.WalkDir(root, func(p string, entry fs.DirEntry, err error) error { // returns what visit does: nil
		if p == root && err == nil {
			return nil
		}
		return visit(p, entry, err)
	})
}

// isFile reports whether p is a regular file or a link to one.
func isFile(p string, entry fs.DirEntry) bool {
	if entry.Type()&fs.ModeSymlink == 0 {
		return entry.Type().IsRegular()
	}
	info, err := os.Stat(p)
	return err == nil && info.Mode().IsRegular()
}

// glob returns the regular files that pattern matches, sorted. "**" matches any number of
// directories, including none.
func glob(pattern string) ([]string, error) {
	pattern = filepath.ToSlash(pattern)
	if _, err := path.Match(pattern, ""); err != nil {
		return nil, fmt.Errorf("%s: %w", pattern, err)
	}
	parts := strings.Split(pattern, "/")
	plain := slices.IndexFunc(parts, func(s string) bool { return strings.ContainsAny(s, "*?[") })
	root := strings.Join(parts[:plain], "/")
	switch {
	case plain == 0:
		root = "."
	case root == "":
		root = "/"
	}
	parts = slices.CompactFunc(parts[plain:], func(a, b string) bool { return a == "**" && b == "**" })
	var found []string
	var errs []error
	walkBelow(root, func(p string, entry fs.DirEntry, err error) error {
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, fmt.Errorf("%s: %w", filepath.Clean(p), cause(err)))
			}
			return nil
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", p, err))
			return nil
		}
		names := strings.Split(filepath.ToSlash(rel), "/")
		switch {
		case entry.IsDir() && !matchBelow(parts, names):
			return fs.SkipDir
		case matchParts(parts, names) && isFile(p, entry):
			found = append(found, p)
		}
		return nil
	})
	return found, errors.Join(errs...)
}

// matchBelow reports whether a pattern may match a file below a directory. Both are given
// as the parts of their paths.
func matchBelow(pattern, dir []string) bool {
	for i, name := range dir {
		if i+1 >= len(pattern) {
			return i < len(pattern) && pattern[i] == "**"
		}
		if pattern[i] == "**" {
			return true
		}
		if !matchName(pattern[i], name) {
			return false
		}
	}
	return true
}

// matchParts reports whether a pattern matches a path, part by part. Each part is compared with each
// part of the pattern at most once.
func matchParts(pattern, parts []string) bool {
	// reached has the parts of the pattern before which the path read so far may end.
	reached := make([]bool, len(pattern)+1)
	reach := func(set []bool, i int) {
		for set[i] = true; i < len(pattern) && pattern[i] == "**"; i++ {
			set[i+1] = true
		}
	}
	reach(reached, 0)
	next := make([]bool, len(reached))
	for _, name := range parts {
		clear(next)
		for i, part := range pattern {
			switch {
			case !reached[i]:
			case part != "**":
				if matchName(part, name) {
					reach(next, i+1)
				}
			case !strings.HasPrefix(name, "."):
				reach(next, i)
			}
		}
		reached, next = next, reached
	}
	return reached[len(pattern)]
}

// matchName matches one part of a path. As in a shell, only a pattern that starts with a
// dot matches a hidden name.
func matchName(pattern, name string) bool {
	if strings.HasPrefix(name, ".") && !strings.HasPrefix(pattern, ".") {
		return false
	}
	ok, _ := path.Match(pattern, name)
	return ok
}
