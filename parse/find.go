package parse

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Find turns arguments into sources, in order and without duplicates: a file is itself, a
// directory is the logs below it, a pattern is the files it matches ("**" matches any
// number of directories), and "-" is the standard input. Files in directories that are
// not named like logs are skipped, and counted in unwanted. Find returns an error for
// every argument that matches nothing, beside the sources of the others.
func Find(args []string) (sources []Source, unwanted int, err error) {
	seen := map[string]bool{}
	add := func(p string) {
		if id := identity(p); !seen[id] {
			seen[id] = true
			sources = append(sources, Source{Path: p})
		}
	}
	var errs []error
	for _, arg := range args {
		if arg == "-" {
			add(arg)
			continue
		}
		info, statErr := os.Stat(arg)
		switch {
		case statErr == nil && info.IsDir():
			found, others, err := below(arg)
			unwanted += others
			if err != nil {
				errs = append(errs, err)
			}
			if len(found) == 0 && err == nil {
				errs = append(errs, fmt.Errorf("%s: no logs in this directory (looked for names like *.log, *.txt, *.jsonl, also compressed)", arg))
			}
			for _, p := range found {
				add(p)
			}
		case statErr == nil:
			add(arg)
		case strings.ContainsAny(arg, "*?["):
			found, err := glob(arg)
			if err == nil && len(found) == 0 {
				err = fmt.Errorf("%s: no file matches", arg)
			}
			if err != nil {
				errs = append(errs, err)
			}
			for _, p := range found {
				add(p)
			}
		default:
			errs = append(errs, fmt.Errorf("%s: %w", arg, cause(statErr)))
		}
	}
	return sources, unwanted, errors.Join(errs...)
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

// below returns the logs in and below dir, sorted, and how many other files there are.
// The error joins those of directories that cannot be read.
func below(dir string) (logs []string, others int, err error) {
	var errs []error
	walkBelow(dir, func(p string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("%s: %w", filepath.Clean(p), cause(err)))
		case strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
		case !isFile(p, entry):
		case namedLikeLog(entry.Name()):
			logs = append(logs, p)
		default:
			others++
		}
		return nil
	})
	return logs, others, errors.Join(errs...)
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

// namedLikeLog reports whether a file in a directory or an archive is to be read. It
// decides by the extension, without those of compression and rotation (app.log.2.gz,
// app.log-20261102, app.log.zip).
func namedLikeLog(name string) bool {
	name = strings.ToLower(name)
	for {
		ext := path.Ext(name)
		switch ext {
		case ".gz", ".zst", ".zstd", ".gzip", ".bz2", ".xz", ".lz4", ".zip", ".tar", ".tgz":
			name = strings.TrimSuffix(name, ext)
			continue
		case ".log", ".txt", ".json", ".jsonl", ".ndjson", ".har", ".csv", ".tsv", ".out", ".err", ".arrow":
			return true
		}
		current := strings.TrimRight(name, ".-_0123456789")
		if current == name {
			return ext == "" && strings.Contains(name, "log")
		}
		name = current
	}
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
	parts = parts[plain:]
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

// matchParts reports whether a pattern matches a path, part by part.
func matchParts(pattern, parts []string) bool {
	if len(pattern) == 0 {
		return len(parts) == 0
	}
	if pattern[0] == "**" {
		for i := range len(parts) + 1 {
			if matchParts(pattern[1:], parts[i:]) {
				return true
			}
			if i < len(parts) && strings.HasPrefix(parts[i], ".") {
				break
			}
		}
		return false
	}
	return len(parts) > 0 && matchName(pattern[0], parts[0]) && matchParts(pattern[1:], parts[1:])
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
