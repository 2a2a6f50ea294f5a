package parse

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A Source is one input as the user named it, or as it was found below a
// directory or by a glob.
type Source struct {
	Path string // "-" for the standard input
}

// Find turns arguments into sources, in order and each once: a file is itself,
// a directory is the logs below it, a pattern is what it matches ("**" matches
// any number of directories), and "-" is the standard input. No argument may be
// in vain: the error joins one for each that led to no source, beside the
// sources of the others. Files of a directory that are not named like logs are
// left aside; passed counts them.
func Find(args []string) (sources []Source, passed int, err error) {
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
			passed += others
			if err != nil {
				errs = append(errs, err)
			}
			if len(found) == 0 && err == nil {
				errs = append(errs, fmt.Errorf("%s: no logs in this directory (looked for names like *.log, *.txt, *.jsonl, also .gz and .zst)", arg))
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
	return sources, passed, errors.Join(errs...)
}

// identity names the file that p leads to, so that a.log, ./a.log and a link to
// it are one source.
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

// cause strips the operation and the path off a file error; the caller names
// the path in its own way.
func cause(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}

// below returns the logs in and below dir, sorted, and how many other files
// there are. What cannot be looked into is an error beside the rest.
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

// walkBelow calls visit for all that is below root, or with the error of what cannot
// be looked into. Root itself may be a link to a directory.
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

// isFile reports whether p is a file to read. A link to one is one.
func isFile(p string, entry fs.DirEntry) bool {
	if entry.Type()&fs.ModeSymlink == 0 {
		return entry.Type().IsRegular()
	}
	info, err := os.Stat(p)
	return err == nil && info.Mode().IsRegular()
}

// namedLikeLog reports whether a file found in a directory is meant: by its
// extension, looking through compression and rotation (app.log.2.gz,
// app.log-20261102).
func namedLikeLog(name string) bool {
	name = strings.ToLower(name)
	for {
		ext := path.Ext(name)
		switch ext {
		case ".gz", ".zst", ".zstd", ".gzip":
			name = strings.TrimSuffix(name, ext)
			continue
		case ".log", ".txt", ".json", ".jsonl", ".ndjson", ".out", ".err":
			return true
		}
		current := strings.TrimRight(name, ".-_0123456789")
		if current == name {
			return ext == "" && strings.Contains(name, "log")
		}
		name = current
	}
}

// glob returns the regular files that pattern matches, sorted. "**" stands for
// any number of directories, none included.
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

// matchBelow reports whether a pattern may match something below a directory,
// part by part.
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

// matchParts matches a path against a pattern, part by part.
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

// matchName matches one part of a path. A hidden name is matched by a pattern
// that says so, as in a shell.
func matchName(pattern, name string) bool {
	if strings.HasPrefix(name, ".") && !strings.HasPrefix(pattern, ".") {
		return false
	}
	ok, _ := path.Match(pattern, name)
	return ok
}

// An Input is an opened Source.
type Input struct {
	Format      Format
	Compression string // "" if plain

	readers []*Reader
	closers []io.Closer
	size    int64           // of a plain file that is read in sections
	decoded *countingReader // what a single reader reads from
}

// sampleSize is how much of a source is looked at to tell its format.
const sampleSize = 64 << 10

// ErrEmpty is what Open returns for a source without a byte.
var ErrEmpty = errors.New("empty: nothing to read")

// An UnreadableError is a source that holds no text that can be read.
type UnreadableError struct {
	Bytes int64 // decoded until that was clear
	Cause string
}

func (e *UnreadableError) Error() string { return "not a log: " + e.Cause }

// Open opens a source and tells its compression and format. An input that is
// plain and can be read at any offset gets a reader for every sectionSize
// bytes, any other input gets one. Standard input is read from stdin.
//
// The error is ErrEmpty, an *UnreadableError, a *DamageError if the source
// breaks off before its first byte is decoded, or says why it cannot be opened.
func Open(s Source, stdin io.Reader, sectionSize int64) (*Input, error) {
	in := &Input{}
	var raw io.Reader = stdin
	var file *os.File
	if s.Path != "-" {
		f, err := os.Open(s.Path)
		if err != nil {
			return nil, cause(err)
		}
		file, raw = f, f
		in.closers = append(in.closers, f)
	}
	if err := in.start(raw, file, sectionSize); err != nil {
		in.Close()
		return nil, err
	}
	return in, nil
}

func (in *Input) start(raw io.Reader, file *os.File, sectionSize int64) error {
	head, readErr := sample(raw, sampleSize)
	if len(head) == 0 {
		if readErr == io.EOF {
			return ErrEmpty
		}
		return &DamageError{Cause: cause(readErr)}
	}
	rest := &stickyReader{raw, readErr}
	packed := compressionOf(head)
	var decoded io.Reader
	if packed == nil {
		if size, ok := seekable(file); ok && size > sectionSize {
			if err := in.tell(head, false); err != nil {
				return err
			}
			in.size = size
			for from := int64(0); from < size; from += sectionSize {
				in.readers = append(in.readers, newSection(file, from, min(from+sectionSize, size), size, in.Format))
			}
			return nil
		}
		decoded = io.MultiReader(bytes.NewReader(head), rest)
	} else {
		in.Compression = packed.name
		if packed.open == nil {
			return &UnreadableError{Bytes: int64(len(head)), Cause: packed.name + " compression is not understood (gzip and zstd are)"}
		}
		counted := &countingReader{Reader: io.MultiReader(bytes.NewReader(head), rest)}
		unpacked, err := packed.open(counted)
		if err != nil {
			return &DamageError{Compression: packed.name, Input: counted.n, Cause: err}
		}
		in.closers = append(in.closers, unpacked)
		d := &decompressor{ReadCloser: unpacked, name: packed.name, input: counted}
		head, readErr = sample(d, sampleSize)
		if len(head) == 0 {
			if readErr == io.EOF {
				return ErrEmpty
			}
			return readErr
		}
		decoded = io.MultiReader(bytes.NewReader(head), &stickyReader{d, readErr})
	}
	if err := in.tell(head, readErr == io.EOF); err != nil {
		return err
	}
	in.decoded = &countingReader{Reader: decoded}
	in.readers = []*Reader{newReader(in.decoded, in.Format)}
	return nil
}

// Decoded returns how many decoded bytes the input's readers have to account
// for when they have ended.
func (in *Input) Decoded() int64 {
	if in.decoded != nil {
		return in.decoded.n
	}
	return in.size
}

// tell tells the format by the first decoded bytes.
func (in *Input) tell(head []byte, whole bool) error {
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return &UnreadableError{Bytes: int64(len(head)), Cause: "UTF-16 text is not understood (UTF-8 is)"}
	}
	// A log may hold a stray NUL; what is made of them is no text.
	if nul := bytes.Count(head, []byte{0}); nul*100 > len(head) {
		return &UnreadableError{Bytes: int64(len(head)), Cause: fmt.Sprintf("binary data, NUL byte at offset %d", bytes.IndexByte(head, 0))}
	}
	in.Format = detect(head, whole)
	return nil
}

// sample reads up to n bytes.
func sample(r io.Reader, n int) ([]byte, error) {
	head := make([]byte, n)
	n, err := io.ReadFull(r, head)
	if err == io.ErrUnexpectedEOF {
		// ReadFull says so of a short source; a decompressor's own
		// ErrUnexpectedEOF comes wrapped in a DamageError.
		err = io.EOF
	}
	return head[:n], err
}

// seekable returns the size of a regular file.
func seekable(f *os.File) (int64, bool) {
	if f == nil {
		return 0, false
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return 0, false
	}
	return info.Size(), true
}

// A stickyReader returns an error that its reader has returned already.
type stickyReader struct {
	io.Reader
	err error
}

func (s *stickyReader) Read(b []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	return s.Reader.Read(b)
}

// Readers returns the input's readers. They are independent of each other, may
// run at the same time, and together yield each record once.
func (in *Input) Readers() []*Reader { return in.readers }

// Close releases the input. Its readers must have ended.
func (in *Input) Close() {
	for _, c := range slices.Backward(in.closers) {
		c.Close() // only read from: nothing can be lost
	}
}
