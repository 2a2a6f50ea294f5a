package partial

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/zeebo/xxh3"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/parse"
)

// formatVersion is raised when an older otlog cannot read what this one writes.
const formatVersion = "1"

// A File is what a partial holds: the sum of some inputs, and what was read of them.
type File struct {
	Part    *aggregate.Part
	Sources []*aggregate.Source
	Missing []string // what should have been read and was not found, in words

	ToolVersion string
	Catalogues  []string // versions by which records were classified: one, unless somebody insisted

	// Digest is of all bytes of the file, once it was read: two files with the same are
	// the same.
	Digest [16]byte
}

// The keys of a partial's metadata.
const (
	keyFormat     = "otlog.partial"
	keyTool       = "otlog.tool_version"
	keyCatalogues = "otlog.catalogue_versions"
	keySources    = "otlog.sources"
	keyOrigins    = "otlog.evidence_sources"
	keyMissing    = "otlog.missing"
	keyCoverage   = "otlog.coverage"
	keyPosts      = "otlog.posts"
)

// The end of a file, behind the Arrow stream, where no Arrow reader looks: the XXH3-128
// of all bytes before, and what says that it is one. So it is known of every file that it
// is whole, and that no bit of it has changed.
const (
	endMark  = "otlogEND"
	endBytes = 16 + len(endMark)
)

// Write writes a file. Compressed, it is a quarter as long, but not every reader of
// Arrow opens it.
func Write(w io.Writer, f *File, compress bool) error {
	metadata, err := f.metadata()
	if err != nil {
		return err
	}
	var options []ipc.Option
	if compress {
		options = append(options, ipc.WithZstd())
	}
	sum := &summing{Writer: w}
	if err := writeEntries(sum, f.Part, metadata, options...); err != nil {
		return err
	}
	digest := sum.hash.Sum128().Bytes()
	_, err = w.Write(append(digest[:], endMark...))
	return err
}

// summing hashes what is written.
type summing struct {
	io.Writer
	hash xxh3.Hasher
}

func (s *summing) Write(b []byte) (int, error) {
	n, err := s.Writer.Write(b)
	_, _ = s.hash.Write(b[:n]) // a hash takes anything
	return n, err
}

func (f *File) metadata() (arrow.Metadata, error) {
	var cells []jsonCoverage
	for _, c := range f.Part.Coverage {
		cells = append(cells, coverageToJSON(c))
	}
	var sources []jsonSource
	for _, s := range f.Sources {
		sources = append(sources, sourceToJSON(s))
	}
	var origins []string
	for _, id := range f.Part.Origins.Sources() {
		origins = append(origins, hex(uint64(id)))
	}
	keys := []string{keyFormat, keyTool, keyPosts}
	values := []string{formatVersion, f.ToolVersion, strconv.FormatInt(f.Part.Posts, 10)}
	for _, v := range [...]struct {
		key   string
		value any
	}{
		{keyCatalogues, f.Catalogues}, {keySources, sources}, {keyOrigins, origins}, {keyMissing, f.Missing}, {keyCoverage, cells},
	} {
		b, err := json.Marshal(v.value)
		if err != nil {
			return arrow.Metadata{}, fmt.Errorf("writing %s: %w", v.key, err)
		}
		keys, values = append(keys, v.key), append(values, string(b))
	}
	return arrow.NewMetadata(keys, values), nil
}

// Is reports whether a file that begins with head is an Arrow stream, as partials are.
func Is(head []byte) bool { return bytes.HasPrefix(head, []byte{0xff, 0xff, 0xff, 0xff}) }

// Open reads what stands beside the entries of a file of that size, having made sure
// that all of it is there as it was written. The Part reads from r when its entries are
// asked for.
func Open(r io.ReaderAt, size int64) (*File, error) {
	f := &File{}
	body, err := f.verify(r, size)
	if err != nil {
		return nil, err
	}
	s := &stream{r: r, size: body}
	metadata, err := s.open()
	if err != nil {
		return nil, err
	}
	if err := f.read(metadata, s); err != nil {
		return nil, err
	}
	return f, nil
}

// A VersionError is a file of another version of the format.
type VersionError struct {
	Version string
	Tool    string // version of the otlog that wrote it
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("it has version %q of the format of partials, and this otlog reads %s\nhint: scan its logs again, or use the otlog that wrote it (%q)", e.Version, formatVersion, e.Tool)
}

// verify returns the size of the Arrow stream in a file.
func (f *File) verify(r io.ReaderAt, size int64) (int64, error) {
	head := make([]byte, 4)
	if n, err := r.ReadAt(head, 0); n < len(head) && err != nil && err != io.EOF {
		return 0, err
	}
	if !Is(head) {
		return 0, errors.New("it is none of otlog's partials")
	}
	body := size - int64(endBytes)
	end := make([]byte, endBytes)
	if body > 0 {
		if _, err := r.ReadAt(end, body); err != nil {
			return 0, err
		}
	}
	if string(end[16:]) != endMark {
		if f.foreign(r, size) {
			return 0, errors.New("it is an Arrow stream, but none of otlog's partials (otlog scan writes them)")
		}
		return 0, fmt.Errorf("it was cut off: %d bytes are there, and the end is missing", size)
	}
	var sum xxh3.Hasher
	if _, err := io.Copy(&sum, io.NewSectionReader(r, 0, body)); err != nil {
		return 0, err
	}
	f.Digest = sum.Sum128().Bytes()
	if f.Digest != [16]byte(end) {
		return 0, errors.New("it is damaged: its bytes are not those that were written")
	}
	return body, nil
}

// foreign reports whether an Arrow stream is somebody else's.
func (f *File) foreign(r io.ReaderAt, size int64) bool {
	s := &stream{r: r, size: size}
	in, err := s.reader()
	if err != nil {
		return false // cut off too early to tell
	}
	defer in.Release()
	_, ok := in.Schema().Metadata().GetValue(keyFormat)
	return !ok
}

// read reads the metadata.
func (f *File) read(m arrow.Metadata, s *stream) error {
	value := func(key string) string { v, _ := m.GetValue(key); return v }
	switch v := value(keyFormat); {
	case v == "":
		return errors.New("it is an Arrow stream, but none of otlog's partials (otlog scan writes them)")
	case v != formatVersion:
		return &VersionError{Version: v, Tool: value(keyTool)}
	}
	f.ToolVersion = value(keyTool)
	var sources []jsonSource
	var origins []string
	var cells []jsonCoverage
	for _, v := range [...]struct {
		key string
		to  any
	}{
		{keyCatalogues, &f.Catalogues}, {keySources, &sources}, {keyOrigins, &origins}, {keyMissing, &f.Missing}, {keyCoverage, &cells},
	} {
		if err := json.Unmarshal([]byte(value(v.key)), v.to); err != nil {
			return fmt.Errorf("reading %s of its metadata: %w", v.key, err)
		}
	}
	posts, err := strconv.ParseInt(value(keyPosts), 10, 64)
	if err != nil || posts < 0 {
		return fmt.Errorf("reading %s of its metadata: %q is no number of events", keyPosts, value(keyPosts))
	}
	f.Part = s.part()
	f.Part.Posts = posts
	for _, c := range cells {
		f.Part.Coverage = append(f.Part.Coverage, c.coverage())
	}
	var ids []aggregate.SourceID
	for _, o := range origins {
		id, err := strconv.ParseUint(o, 16, 64)
		if err != nil {
			return fmt.Errorf("reading %s of its metadata: %w", keyOrigins, err)
		}
		ids = append(ids, aggregate.SourceID(id))
	}
	f.Part.Origins, s.sources = aggregate.NewOrigins(ids), len(ids)
	for _, source := range sources {
		out, err := source.source()
		if err != nil {
			return fmt.Errorf("reading %s of its metadata: %w", keySources, err)
		}
		f.Sources = append(f.Sources, out)
	}
	return nil
}

func hex(n uint64) string { return fmt.Sprintf("%016x", n) }

// A jsonCoverage is the coverage of a quarter of an hour: its start in Unix seconds,
// null for none, the records, and the first and last of their times in Unix
// nanoseconds.
type jsonCoverage [4]*int64

func coverageToJSON(c aggregate.Coverage) jsonCoverage {
	out := jsonCoverage{nil, &c.Records, nil, nil}
	if c.Cell != aggregate.NoCell {
		start := c.Cell.Start().Unix()
		out[0], out[2], out[3] = &start, &c.First, &c.Last
	}
	return out
}

func (c jsonCoverage) coverage() aggregate.Coverage {
	out := aggregate.Coverage{Cell: aggregate.NoCell, First: parse.NoTime, Last: parse.NoTime}
	if c[1] != nil {
		out.Records = *c[1]
	}
	if c[0] != nil && c[2] != nil && c[3] != nil {
		out.Cell, out.First, out.Last = aggregate.CellOf(time.Unix(*c[0], 0).UnixNano()), *c[2], *c[3]
	}
	return out
}

// A jsonSource is an input and what became of its bytes. Its names are the contract of
// docs/schema.md.
type jsonSource struct {
	ID          string           `json:"id"`
	Name        string           `json:"name"`
	Size        int64            `json:"size"`
	Head        string           `json:"head_xxh3"`
	Tail        string           `json:"tail_xxh3"`
	Format      string           `json:"format,omitempty"`
	Compression string           `json:"compression,omitempty"`
	Bytes       int64            `json:"bytes"`
	Lines       int64            `json:"lines"`
	Classified  int64            `json:"classified"`
	Telemetry   int64            `json:"telemetry"`
	Clean       int64            `json:"clean"`
	Skipped     map[string]int64 `json:"skipped,omitempty"`
	Failed      string           `json:"failed,omitempty"`
	Damage      string           `json:"damage,omitempty"`
	Empty       bool             `json:"empty,omitempty"`
	Shown       []jsonSkipped    `json:"shown,omitempty"`
	Doubts      []jsonDoubt      `json:"doubts,omitempty"`
}

type jsonSkipped struct {
	Reason string `json:"reason"`
	Offset int64  `json:"offset"`
	Bytes  int64  `json:"bytes"`
	Lines  int64  `json:"lines"`
	Cause  string `json:"cause"`
}

type jsonDoubt struct {
	Records int64  `json:"records"`
	Example string `json:"example"`
}

func sourceToJSON(s *aggregate.Source) jsonSource {
	out := jsonSource{
		ID: hex(uint64(s.ID)), Name: s.Name, Size: s.Identity.Size, Head: hex(s.Identity.Head), Tail: hex(s.Identity.Tail),
		Format: s.Format, Compression: s.Compression, Bytes: s.Account.Bytes, Lines: s.Account.Lines,
		Classified: s.Account.Records.Classified, Telemetry: s.Account.Records.Telemetry, Clean: s.Account.Records.Clean,
		Empty: s.Empty,
	}
	for _, r := range parse.Reasons {
		if n := s.Account.Skipped[r]; n > 0 {
			if out.Skipped == nil {
				out.Skipped = map[string]int64{}
			}
			out.Skipped[r.String()] = n
		}
	}
	if s.Failed != nil {
		out.Failed = s.Failed.Error()
	}
	if s.Damage != nil {
		out.Damage = s.Damage.Error()
	}
	for _, e := range s.Shown {
		out.Shown = append(out.Shown, jsonSkipped{e.Reason.String(), e.Offset, e.Bytes, e.Lines, e.Cause})
	}
	for i, d := range s.Doubts {
		if d.Records > 0 {
			for len(out.Doubts) < i {
				out.Doubts = append(out.Doubts, jsonDoubt{})
			}
			out.Doubts = append(out.Doubts, jsonDoubt{d.Records, d.Example})
		}
	}
	return out
}

func (j *jsonSource) source() (*aggregate.Source, error) {
	s := &aggregate.Source{Name: j.Name, Format: j.Format, Compression: j.Compression, Empty: j.Empty}
	s.Identity.Size = j.Size
	var id uint64
	for _, n := range [...]struct {
		text string
		to   *uint64
	}{{j.ID, &id}, {j.Head, &s.Identity.Head}, {j.Tail, &s.Identity.Tail}} {
		var err error
		if *n.to, err = strconv.ParseUint(n.text, 16, 64); err != nil {
			return nil, err
		}
	}
	s.ID = aggregate.SourceID(id)
	a := &s.Account
	a.Bytes, a.Lines = j.Bytes, j.Lines
	a.Records = aggregate.Records{Classified: j.Classified, Telemetry: j.Telemetry, Clean: j.Clean}
	for name, n := range j.Skipped {
		r, err := reasonOf(name)
		if err != nil {
			return nil, err
		}
		a.Skipped[r] = n
		a.Records.Skipped += n
	}
	if j.Failed != "" {
		s.Failed = errors.New(j.Failed)
	}
	if j.Damage != "" {
		s.Damage = errors.New(j.Damage)
	}
	for _, e := range j.Shown {
		r, err := reasonOf(e.Reason)
		if err != nil {
			return nil, err
		}
		s.Shown = append(s.Shown, &parse.SyntaxError{Reason: r, Offset: e.Offset, Bytes: e.Bytes, Lines: e.Lines, Cause: e.Cause})
	}
	for i, d := range j.Doubts {
		if i < len(s.Doubts) {
			s.Doubts[i].Records, s.Doubts[i].Example = d.Records, d.Example
		}
	}
	return s, nil
}

func reasonOf(name string) (parse.Reason, error) {
	i := slices.IndexFunc(parse.Reasons[:], func(r parse.Reason) bool { return r.String() == name })
	if i < 0 {
		return 0, fmt.Errorf("%q is no reason to skip a record", name)
	}
	return parse.Reasons[i], nil
}

// OpenFile opens a file by its name. Close ends its use.
func OpenFile(name string) (f *File, closer io.Closer, err error) {
	in, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	info, err := in.Stat()
	if err == nil {
		f, err = Open(in, info.Size())
	}
	if err != nil {
		in.Close() // only read from: nothing can be lost
		return nil, nil, err
	}
	return f, in, nil
}
