package partial

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/zeebo/xxh3"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

// formatVersion is raised when an older otlog cannot read what this one writes.
const formatVersion = "1"

// A File is what a partial holds: the sum of some inputs, and what was read of them.
type File struct {
	Name    string // in errors
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
	var buckets []jsonCoverage
	for _, c := range f.Part.Coverage {
		buckets = append(buckets, coverageToJSON(c))
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
		{keyCatalogues, f.Catalogues}, {keySources, sources}, {keyOrigins, origins}, {keyMissing, f.Missing}, {keyCoverage, buckets},
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
func Open(r io.ReaderAt, size int64) (*File, error) { return open("", r, size) }

func open(name string, r io.ReaderAt, size int64) (*File, error) {
	f := &File{Name: name}
	s := &stream{r: r, name: name}
	if err := f.verify(s, size); err != nil {
		return nil, err
	}
	var metadata map[string]string
	err := s.open(func(m map[string]string) error {
		metadata = m
		return checkFormat(m)
	})
	if err != nil {
		return nil, err
	}
	if err := f.read(metadata, s); err != nil {
		return nil, err
	}
	return f, nil
}

// foreign is why an Arrow stream is refused that is somebody else's.
const foreign = "it is an Arrow stream, but none of otlog's partials (otlog scan writes them)"

// damaged is why a file is refused in which a bit is another one.
const damaged = "it is damaged: its bytes are not those that were written"

// checkFormat reports whether metadata is that of a partial which can be read.
func checkFormat(metadata map[string]string) error {
	switch v := metadata[keyFormat]; {
	case v == "":
		return errors.New(foreign)
	case v != formatVersion:
		return &VersionError{Version: v, Tool: metadata[keyTool]}
	}
	return nil
}

// A VersionError is a file of another version of the format.
type VersionError struct {
	Version string
	Tool    string // version of the otlog that wrote it
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("it has version %q of the format of partials, and this otlog reads %s\nhint: scan its logs again, or use the otlog that wrote it (%q)", e.Version, formatVersion, e.Tool)
}

// verify makes sure that a file is as it was written, and tells the stream where it ends.
func (f *File) verify(s *stream, size int64) error {
	head := make([]byte, 4)
	if n, err := s.r.ReadAt(head, 0); n < len(head) && err != nil && err != io.EOF {
		return err
	}
	if !Is(head) {
		return errors.New("it is none of otlog's partials")
	}
	s.size = size
	end := make([]byte, endBytes)
	if size > int64(endBytes) {
		if _, err := s.r.ReadAt(end, size-int64(endBytes)); err != nil {
			return err
		}
	}
	if string(end[16:]) != endMark {
		return s.endless()
	}
	s.size -= int64(endBytes)
	var sum xxh3.Hasher
	buffer := make([]byte, max(min(s.size, 64<<10), 1))
	if _, err := io.CopyBuffer(&sum, io.NewSectionReader(s.r, 0, s.size), buffer); err != nil {
		return err
	}
	f.Digest = sum.Sum128().Bytes()
	if f.Digest != [16]byte(end) {
		return errors.New(damaged)
	}
	s.digest = &f.Digest
	return nil
}

// endless says why a file does not end as it must.
func (s *stream) endless() error {
	m := s.messages()
	var other error
	m.about = func(metadata map[string]string) error {
		if metadata[keyFormat] == "" {
			other = errors.New(foreign)
		}
		return other
	}
	_, err := m.Message()
	if other != nil {
		return other
	}
	for err == nil {
		err = m.skip()
	}
	switch more := m.left - int64(endBytes); {
	case err == io.EOF && more > 0:
		return fmt.Errorf("%d bytes stand behind its end", more)
	case err == io.EOF && more == 0:
		return errors.New(damaged)
	}
	return fmt.Errorf("it was cut off: %d bytes are there, and the end is missing", s.size)
}

// read reads the metadata.
func (f *File) read(metadata map[string]string, s *stream) error {
	f.ToolVersion = metadata[keyTool]
	posts, err := strconv.ParseInt(metadata[keyPosts], 10, 64)
	if err != nil || checkCounts(posts) != nil {
		return fmt.Errorf("reading %s of its metadata: %q is no number of events", keyPosts, metadata[keyPosts])
	}
	f.Part = s.part()
	f.Part.Posts = posts
	s.covered = map[aggregate.Bucket]bool{}
	var origins []aggregate.SourceID
	for _, v := range [...]struct {
		key  string
		read func(string) error
	}{
		{keyCatalogues, func(list string) error { return readList(list, appendTo(&f.Catalogues)) }},
		{keyMissing, func(list string) error { return readList(list, appendTo(&f.Missing)) }},
		{keySources, func(list string) error { return readList(list, f.readSource) }},
		{keyOrigins, func(list string) error {
			return readList(list, func(o *string) error {
				id, err := strconv.ParseUint(*o, 16, 64)
				origins = append(origins, aggregate.SourceID(id))
				return err
			})
		}},
		{keyCoverage, func(list string) error {
			return readList(list, func(c *jsonCoverage) error {
				out, err := c.coverage()
				f.Part.Coverage, s.covered[out.Bucket] = append(f.Part.Coverage, out), true
				return err
			})
		}},
	} {
		if err := v.read(metadata[v.key]); err != nil {
			return fmt.Errorf("reading %s of its metadata: %w", v.key, err)
		}
	}
	f.Part.Origins, s.sources = aggregate.NewOrigins(origins), len(origins)
	return nil
}

func (f *File) readSource(s *jsonSource) error {
	out, err := s.source()
	f.Sources = append(f.Sources, out)
	return err
}

func appendTo[T any](list *[]T) func(*T) error {
	return func(x *T) error {
		*list = append(*list, *x)
		return nil
	}
}

// readList reads a JSON list, null if it is empty, element by element: so that what takes
// little room in JSON, and much in memory, is looked at before there is more of it.
func readList[T any](list string, take func(*T) error) error {
	d := json.NewDecoder(strings.NewReader(list))
	switch t, err := d.Token(); {
	case err == io.EOF:
		return io.ErrUnexpectedEOF
	case err != nil:
		return err
	case t == nil:
		return nil
	case t != json.Delim('['):
		return errors.New("it is no list")
	}
	for d.More() {
		var x T
		if err := d.Decode(&x); err != nil {
			return err
		}
		if err := take(&x); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// maxCount is how many there may be of anything: their sums fit into 64 bits, and other
// programs read the number as it stands.
const maxCount = 1 << 53

func checkCounts(counts ...int64) error {
	for _, n := range counts {
		if n < 0 || n > maxCount {
			return fmt.Errorf("%d is no number of anything", n)
		}
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
	if c.Bucket != aggregate.NoBucket {
		start := c.Bucket.Start().Unix()
		out[0], out[2], out[3] = &start, &c.First, &c.Last
	}
	return out
}

func (c jsonCoverage) coverage() (aggregate.Coverage, error) {
	out := aggregate.Coverage{Bucket: aggregate.NoBucket, First: timestamp.NoTime, Last: timestamp.NoTime}
	start, records, first, last := c[0], c[1], c[2], c[3]
	if records == nil {
		return out, errors.New("a quarter of an hour has no number of records")
	}
	out.Records = *records
	if start == nil {
		return out, checkCounts(out.Records)
	}
	if first == nil || last == nil {
		return out, errors.New("a quarter of an hour has no first or last time")
	}
	bucket, err := bucketAt(*start)
	out.Bucket, out.First, out.Last = bucket, *first, *last
	if err == nil && (*first > *last || aggregate.BucketOf(*first) != bucket || aggregate.BucketOf(*last) != bucket) {
		err = fmt.Errorf("its records of the quarter of an hour at %d go from %d to %d ns", *start, *first, *last)
	}
	return out, cmp.Or(err, checkCounts(out.Records))
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
	if err := checkCounts(j.Size, j.Bytes, j.Lines, j.Classified, j.Telemetry, j.Clean); err != nil {
		return nil, err
	}
	a := &s.Account
	a.Bytes, a.Lines = j.Bytes, j.Lines
	a.Records = aggregate.Records{Classified: j.Classified, Telemetry: j.Telemetry, Clean: j.Clean}
	for name, n := range j.Skipped {
		r, err := reasonOf(name)
		if err := cmp.Or(err, checkCounts(n)); err != nil {
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
		if err := cmp.Or(err, checkCounts(e.Offset, e.Bytes, e.Lines)); err != nil {
			return nil, err
		}
		s.Shown = append(s.Shown, &parse.SyntaxError{Reason: r, Offset: e.Offset, Bytes: e.Bytes, Lines: e.Lines, Cause: e.Cause})
	}
	for i, d := range j.Doubts {
		if err := checkCounts(d.Records); err != nil {
			return nil, err
		}
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

// OpenFile opens a partial that is a regular file, which must stay open until the entries
// have been read. Errors that occur then name the file.
func OpenFile(in *parse.File) (*File, error) {
	r, size, ok := in.Regular()
	if !ok {
		return nil, errors.New("not a regular file")
	}
	return open(in.Name, r, size)
}
