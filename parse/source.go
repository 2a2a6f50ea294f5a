package parse

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/otlog/otlog/parse/timestamp"
)

// A Source is one input as the user named it, or as it was found below a
// directory or by a glob.
type Source struct {
	Path string // "-" for the standard input

	// Read, if set, is raised by what is read of the file, as it is on the disk.
	// Some bytes may be read twice.
	Read *atomic.Int64
}

// Name returns what a source is called in reports.
func (s Source) Name() string {
	if s.Path == "-" {
		return "stdin"
	}
	return s.Path
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
				errs = append(errs, fmt.Errorf("%s: no logs in this directory (looked for names like *.log, *.txt, *.jsonl, packed ones too)", arg))
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

// namedLikeLog reports whether a file found in a directory or an archive is
// meant: by its extension, looking through packing and rotation (app.log.2.gz,
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

// Options say how to open sources.
type Options struct {
	Stdin io.Reader // what the source "-" reads

	// Format is the name of the format that all inputs are read as, "" to tell it
	// by their content.
	Format string
	Times  timestamp.Times // how to read times that do not tell all

	// SectionSize is how much of a plain file one reader gets, 0: all of it.
	SectionSize int64

	// MaxExpansion is how many times its size a source may unpack to.
	// 0: DefaultMaxExpansion, negative: any number.
	MaxExpansion int64

	// Passed, if there is one, counts the members of archives that are not named
	// like logs and were passed over.
	Passed *atomic.Int64

	expansionFloor int64 // in tests; 0: expansionFloor
}

// An Input is text that was found in a Source: the source itself, or one member
// of an archive.
type Input struct {
	Name        string // a member's is that of its archive, a slash, and its own
	Format      Format
	Compression string          // what it was unpacked from, outermost first, as in "gzip+tar"; "" if plain
	Times       timestamp.Times // how to read its times

	readers []*Reader
	size    int64           // of a plain file that is read in sections
	decoded *countingReader // what a single reader reads from
}

// sampleSize is how much of a source is looked at to tell its format.
const sampleSize = 64 << 10

// ErrEmpty is the error of an input without a byte.
var ErrEmpty = errors.New("empty: nothing to read")

// An UnreadableError is an input that holds no text that can be read.
type UnreadableError struct {
	Bytes int64 // decoded until that was clear
	Cause string
}

func (e *UnreadableError) Error() string { return e.Cause }

// understood ends a message about what is not.
const understood = "understood are text in UTF-8 and UTF-16, and gzip, zstd, bzip2, xz, lz4, tar and zip"

// Open opens a source, unpacks it as far as it is packed, and yields the inputs in
// it: one, or those of an archive in their order. An input comes with an error if
// it has no readers: ErrEmpty, an *UnreadableError, a *DamageError if it breaks
// off before its first byte is decoded, or what says why it cannot be opened. What
// is wrong with an archive as a whole is the error of an input with its name.
//
// The readers of an input must have ended before the next input is asked for: it
// comes from the same stream.
//
// A plain file gets a reader for every SectionSize bytes, any other input gets
// one.
func Open(s Source, o Options) iter.Seq2[*Input, error] {
	return func(yield func(*Input, error) bool) {
		u := &unpacker{Options: o, yield: yield}
		u.raw.Reader = o.Stdin
		if s.Path != "-" {
			f, err := os.Open(s.Path)
			if err != nil {
				yield(&Input{Name: s.Name()}, cause(err))
				return
			}
			defer f.Close() // only read from: nothing can be lost
			if info, err := f.Stat(); err == nil {
				u.Times = u.Times.Until(info.ModTime())
			}
			u.read(f, s.Read)
		}
		u.live, _ = u.raw.Reader.(Live)
		u.open(s.Name(), &u.raw, nil)
	}
}

// An unpacker opens one source.
type unpacker struct {
	Options
	yield func(*Input, error) bool
	file  io.ReaderAt // the source, if it is a regular file
	size  int64       // of file
	live  Live        // the source, if somebody waits for its lines
	raw   countingReader
	out   [maxLayers + 1]int64 // decoded so far, by how many layers were unpacked
}

// read makes a file the source. What is read of it raises read, if that is set.
func (u *unpacker) read(f *os.File, read *atomic.Int64) {
	var file interface {
		io.Reader
		io.ReaderAt
	} = f
	if read != nil {
		file = meteredFile{f, read}
	}
	u.raw.Reader = file
	if size, ok := sizeOf(f); ok {
		u.file, u.size = file, size
	}
}

// open tells by its first bytes what a stream is, and yields what is in it. Like
// all methods that yield, it reports whether to go on.
func (u *unpacker) open(name string, r io.Reader, from layers) bool {
	head, err := u.sample(r, from)
	if len(head) == 0 {
		return u.refuse(name, from, emptyOr(err))
	}
	r = io.MultiReader(bytes.NewReader(head), &stickyReader{r, err})
	p := packingOf(head)
	if p == nil {
		return u.text(name, r, head, err == io.EOF, from)
	}
	if cause := from.refusal(p); cause != "" {
		return u.refuse(name, from, &UnreadableError{Bytes: int64(len(head)), Cause: cause})
	}
	from = append(slices.Clip(from), p)
	switch p.name {
	case "tar":
		return u.tar(name, r, from)
	case "zip":
		return u.zip(name, r, from)
	}
	counted := &countingReader{Reader: r}
	unpacked, err := p.open(counted)
	if err != nil {
		d := u.decoder(nil, &counted.progress, from)
		return u.refuse(name, from, d.damage(err))
	}
	defer unpacked.Close()
	return u.open(name, u.decoder(unpacked, &counted.progress, from), from)
}

// text yields a stream that is packed no further.
func (u *unpacker) text(name string, r io.Reader, head []byte, whole bool, from layers) bool {
	decode := charsetOf(head)
	if decode != nil {
		r = decode(r)
		var err error
		if head, err = sample(r); len(head) == 0 {
			return u.refuse(name, from, emptyOr(err))
		}
		r, whole = io.MultiReader(bytes.NewReader(head), &stickyReader{r, err}), err == io.EOF
	}
	cause := notText(head)
	if u.Format == "" && cause == "" {
		cause = notUnderstood(head)
	}
	if cause != "" {
		return u.refuse(name, from, &UnreadableError{Bytes: int64(len(head)), Cause: cause})
	}
	loneCR := endsLinesInCR(head)
	if loneCR {
		r = carriageReturns{r}
		head = bytes.ReplaceAll(head, []byte{'\r'}, []byte{'\n'})
	}
	in := &Input{Name: name, Format: u.format(head, whole), Compression: from.String(), Times: u.Times}
	if plain := len(from) == 0 && decode == nil; plain && in.Format.kind == byLine && u.file != nil && u.SectionSize > 0 && u.size > u.SectionSize {
		in.section(u.file, u.size, u.SectionSize, loneCR)
	} else {
		in.decoded = &countingReader{Reader: r}
		in.readers = []*Reader{newReader(in.decoded, in.Format)}
		in.readers[0].live = u.live
	}
	return u.yield(in, nil)
}

// format returns the format of an input, of which head are the first bytes.
func (u *unpacker) format(head []byte, whole bool) Format {
	if f, ok := FormatOf(u.Format); ok {
		return f
	}
	return detect(head, whole)
}

// refuse yields an input that cannot be read.
func (u *unpacker) refuse(name string, from layers, err error) bool {
	return u.yield(&Input{Name: name, Compression: from.String()}, err)
}

// emptyOr returns what is wrong with an input whose first byte cannot be read.
func emptyOr(err error) error {
	if err == io.EOF {
		return ErrEmpty
	}
	return damageAt(0, err)
}

// section divides a plain file among readers.
func (in *Input) section(file io.ReaderAt, size, sectionSize int64, loneCR bool) {
	if loneCR {
		file = carriageReturnsAt{file}
	}
	in.size = size
	for from := int64(0); from < size; from += sectionSize {
		in.readers = append(in.readers, newSection(file, from, min(from+sectionSize, size), size, in.Format))
	}
}

// Readers returns the input's readers. They are independent of each other, may
// run at the same time, and together yield each record once.
func (in *Input) Readers() []*Reader { return in.readers }

// Decoded returns how many decoded bytes the input's readers have to account
// for when they have ended.
func (in *Input) Decoded() int64 {
	if in.decoded != nil {
		return in.decoded.n
	}
	return in.size
}

// sample reads the first bytes of r, of a live source as far as they come.
func (u *unpacker) sample(r io.Reader, from layers) ([]byte, error) {
	if u.live == nil || len(from) > 0 {
		return sample(r)
	}
	return sampleLive(pausing{r, u.live.Pause}, sampleSize)
}

// pausing reads a live source by way of another reader.
type pausing struct {
	io.Reader
	pause func() bool
}

func (p pausing) Pause() bool { return p.pause() }

// sample reads the first bytes of r.
func sample(r io.Reader) ([]byte, error) {
	head := make([]byte, sampleSize)
	n, err := io.ReadFull(r, head)
	if err == io.ErrUnexpectedEOF {
		// ReadFull says so of a short source; a decompressor's own
		// ErrUnexpectedEOF comes wrapped in a DamageError.
		err = io.EOF
	}
	return head[:n], err
}

// sizeOf returns the size of a regular file.
func sizeOf(f *os.File) (int64, bool) {
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

// meteredFile counts what is read of a file while it is read.
type meteredFile struct {
	*os.File
	read *atomic.Int64
}

func (f meteredFile) Read(b []byte) (int, error) {
	n, err := f.File.Read(b)
	f.read.Add(int64(n))
	return n, err
}

func (f meteredFile) ReadAt(b []byte, offset int64) (int, error) {
	n, err := f.File.ReadAt(b, offset)
	f.read.Add(int64(n))
	return n, err
}
