package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem/gcs"
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem/local"
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem/s3"

	"github.com/otlog/otlog/aggregate/ranges"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/find"
	"github.com/otlog/otlog/parse/sieve"
	"github.com/otlog/otlog/report/words"
)

// A shard is what a worker scans at a time.
type shard struct {
	Number int64 // from 0, in the order of inputs
	Files  []file
}

// A file is an input, or a range of one.
type file struct {
	Name string // in reports, as the user typed it
	Path string // absolute, or a URL: workers have other working directories
	Dir  string `json:",omitempty"` // as parse.Source.Dir

	// Range, if set, says which sections are read. Sections have Section bytes of text, and the file has Bytes.
	Range   *ranges.Range `json:",omitempty"`
	Section int64         `json:",omitempty"`
	Bytes   int64         `json:",omitempty"`
}

// sectionBytes is the size of a section, unless ranges are smaller: that of otlog.
const sectionBytes = 4 << 20

// Files of a shard have at most so many bytes together, and are so many, unless there is only one:
// small enough that all workers are busy until the end, large enough that few partials are merged.
const (
	shardBytes = 64 << 20
	shardFiles = 1000
)

// A plan is what a job has to do.
type plan struct {
	options *options
	shards  []shard
	missing []string       // messages about arguments that matched nothing
	dirs    map[string]int // files found in directories that the user named
}

// makePlan finds the inputs and divides them into shards.
func makePlan(ctx context.Context, o *options, args []string) (*plan, error) {
	p := &plan{options: o, dirs: map[string]int{}}
	var files []file
	seen := map[string]bool{}
	var local []string // consecutive arguments, so that find.Find drops what is named twice
	takeLocal := func() error {
		if len(local) == 0 {
			return nil
		}
		sources, err := find.Find(local)
		p.miss(err)
		for _, s := range sources {
			path, err := filepath.Abs(s.Path)
			if err != nil {
				return fmt.Errorf("%s: finding its absolute path: %w", s.Path, err)
			}
			switch {
			case seen[path]:
			case !utf8.ValidString(path):
				p.miss(fmt.Errorf("%s: its name is not UTF-8, so workers cannot get it: use otlog scan", words.Printable(s.String())))
			default:
				seen[path] = true
				files = append(files, file{Name: s.String(), Path: path, Dir: s.Dir})
			}
		}
		local = nil
		return nil
	}
	for _, arg := range args {
		switch {
		case arg == "-":
			return nil, usageError(errors.New("-: workers cannot read the standard input of this command: save it as a file, or use otlog scan"))
		case !isRemote(arg):
			local = append(local, arg)
			continue
		}
		if err := takeLocal(); err != nil {
			return nil, err
		}
		found, err := list(ctx, arg)
		if err != nil {
			p.miss(err)
			continue
		}
		for _, url := range found {
			if !seen[url] {
				seen[url] = true
				files = append(files, file{Name: url, Path: url})
			}
		}
	}
	if err := takeLocal(); err != nil {
		return nil, err
	}
	return p, p.divide(files)
}

// miss notes the errors of arguments, one a line.
func (p *plan) miss(err error) {
	if err == nil {
		return
	}
	for line := range strings.Lines(err.Error()) {
		p.missing = append(p.missing, strings.TrimSpace(line))
	}
}

// divide makes shards of files.
func (p *plan) divide(files []file) error {
	var open shard
	var size int64
	end := func() {
		if len(open.Files) > 0 {
			open.Number = int64(len(p.shards))
			p.shards = append(p.shards, open)
		}
		open, size = shard{}, 0
	}
	for _, f := range files {
		if f.Dir != "" {
			p.dirs[f.Dir]++
		}
		n := int64(shardBytes) // of an object: its size is a question to a server
		if info, err := os.Stat(f.Path); err == nil && !isRemote(f.Path) {
			n = info.Size()
			divided, err := p.options.divide(&f, info)
			if err != nil {
				return err
			}
			if divided != nil {
				end()
				for _, r := range divided {
					open.Files = []file{r}
					end()
				}
				continue
			}
		}
		if size+n > shardBytes || len(open.Files) == shardFiles {
			end()
		}
		open.Files, size = append(open.Files, f), size+n
	}
	end()
	return nil
}

// divide returns the ranges of a file, nil if it is read in one piece: it is small, or is neither a plain file of
// lines, nor one of many zstd frames or bgzip members.
func (o *options) divide(f *file, info os.FileInfo) ([]file, error) {
	if !info.Mode().IsRegular() || o.RangeBytes == 0 || info.Size() <= min(o.RangeBytes, sectionBytes) {
		return nil, nil
	}
	input, err := o.input()
	if err != nil {
		return nil, err
	}
	input.Sieve, input.Divide, input.SectionSize = &sieve.Sieve{}, true, o.RangeBytes
	opened, err := parse.Open(f.source(context.Background(), nil))
	if err != nil {
		return nil, nil // the worker reports it
	}
	defer opened.Close() // only read from
	var out []file
	for in, err := range opened.Inputs(input) {
		readers, size := len(in.Readers()), in.Decoded()
		if err != nil || readers < 2 || size < o.RangeBytes {
			break // of Parquet, nothing is decoded yet
		}
		r := file{Name: f.Name, Path: f.Path, Dir: f.Dir, Section: min(sectionBytes, o.RangeBytes), Bytes: info.Size()}
		if in.Compression != "" {
			// One goroutine reads a range, so that each frame is decoded once.
			r.Section = o.RangeBytes
		}
		each, sections := int(o.RangeBytes/r.Section), int((size+r.Section-1)/r.Section)
		for from := 0; from < sections; from += each {
			r.Range = &ranges.Range{From: from, To: min(from+each, sections), Of: sections, Size: size}
			out = append(out, r)
		}
		break // such a file has one input
	}
	return out, nil
}

// isRemote reports whether a path is a URL of one of Beam's filesystems.
func isRemote(path string) bool { return strings.Contains(path, "://") }

// list returns the objects that a URL names.
func list(ctx context.Context, url string) ([]string, error) {
	fs, err := filesystem.New(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", url, err)
	}
	defer fs.Close() // only read from
	found, err := fs.List(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("%s: listing objects: %w", url, err)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: no object matches", url)
	}
	return found, nil
}

// source returns the file as a source. failed, if it is called, gets an error of the network: the engine
// has to try again, and the file is not damaged.
func (f *file) source(ctx context.Context, failed func(error)) parse.Source {
	s := parse.Source{Name: f.Name, Path: f.Path, Dir: f.Dir}
	if !isRemote(f.Path) {
		return s
	}
	s.Open = func() (io.ReadCloser, error) {
		fs, err := filesystem.New(ctx, f.Path)
		if err == nil {
			var r io.ReadCloser
			if r, err = fs.OpenRead(ctx, f.Path); err == nil {
				return &remote{ReadCloser: r, fs: fs, failed: failed}, nil
			}
			fs.Close()
		}
		failed(err)
		return nil, err
	}
	return s
}

// A remote stream is an object.
type remote struct {
	io.ReadCloser
	fs     filesystem.Interface
	failed func(error)
}

func (r *remote) Read(b []byte) (int, error) {
	n, err := r.ReadCloser.Read(b)
	if err != nil && err != io.EOF {
		r.failed(err)
	}
	return n, err
}

func (r *remote) Close() error { return errors.Join(r.ReadCloser.Close(), r.fs.Close()) }
