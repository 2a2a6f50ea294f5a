package partial

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/coverage"
	"github.com/otlog/otlog/aggregate/extent"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/digest"
	"github.com/otlog/otlog/parse/sieve"
	"github.com/otlog/otlog/parse/timestamp"
)

// The keys of a partial's metadata.
const (
	keyFormat     = "otlog.partial"
	keyTool       = "otlog.tool_version"
	keyCatalogues = "otlog.catalogue_versions"
	keySources    = "otlog.sources"
	keyOrigins    = "otlog.evidence_sources"
	keyMissing    = "otlog.missing"
	keyLeftOut    = "otlog.left_out"
	keyCoverage   = "otlog.coverage"
	keyTenancies  = "otlog.tenancies"
	keyPosts      = "otlog.posts"
)

// metadata returns the metadata of the Arrow stream: everything but the entries.
func (f *File) metadata() (arrow.Metadata, error) {
	buckets, err := listOfCoverage(f.Part.Coverage)
	if err != nil {
		return arrow.Metadata{}, err
	}
	var sources []jsonSource
	for _, s := range f.Sources {
		sources = append(sources, sourceToJSON(s))
	}
	var origins []string
	for _, id := range f.Part.Origins.Sources() {
		origins = append(origins, hex64(uint64(id)))
	}
	var tenancies []jsonTenancy
	for _, t := range f.Part.Tenancies {
		tenancies = append(tenancies, tenancyToJSON(t))
	}
	keys := []string{keyFormat, keyTool, keyPosts}
	values := []string{formatVersion, f.ToolVersion, strconv.FormatInt(f.Part.Posts, 10)}
	for _, v := range [...]struct {
		key   string
		value any
	}{
		{keyCatalogues, f.Catalogues}, {keySources, sources}, {keyOrigins, origins}, {keyMissing, f.Missing}, {keyLeftOut, leftOutToJSON(&f.LeftOut)}, {keyCoverage, buckets}, {keyTenancies, tenancies},
	} {
		b, err := json.Marshal(v.value)
		if err != nil {
			return arrow.Metadata{}, fmt.Errorf("writing %s: %w", v.key, err)
		}
		keys, values = append(keys, v.key), append(values, string(b))
	}
	return arrow.NewMetadata(keys, values), nil
}

// read reads the metadata into the file and the stream.
func (f *File) read(metadata map[string]string, s *stream) error {
	f.ToolVersion = metadata[keyTool]
	posts, err := strconv.ParseInt(metadata[keyPosts], 10, 64)
	if err != nil || checkCounts(posts) != nil {
		return fmt.Errorf("metadata %s: %q is not a number of events", keyPosts, metadata[keyPosts])
	}
	f.Part = s.part()
	f.Part.Posts = posts
	a := &s.account
	a.posts = posts
	for _, v := range [...]struct {
		key  string
		read func(string) error
	}{
		{keyCatalogues, func(list string) error { return readList(list, appendTo(&f.Catalogues)) }},
		{keyMissing, func(list string) error { return readList(list, appendTo(&f.Missing)) }},
		{keyLeftOut, func(list string) error { return readList(list, f.readLeftOut) }},
		{keySources, func(list string) error { return readList(list, f.readSource) }},
		{keyOrigins, func(list string) error {
			return readList(list, func(o *string) error {
				id, err := strconv.ParseUint(*o, 16, 64)
				a.origins = append(a.origins, aggregate.SourceID(id))
				return err
			})
		}},
		{keyCoverage, func(list string) error {
			return readList(list, func(c *jsonCoverage) error {
				out, err := c.coverage()
				if err != nil {
					return err
				}
				return a.cover(&out)
			})
		}},
		{keyTenancies, func(list string) error {
			return readList(list, func(j *jsonTenancy) error {
				t, err := j.tenancy()
				if err != nil {
					return err
				}
				f.Part.Tenancies = append(f.Part.Tenancies, t)
				return a.checkTenancy(t)
			})
		}},
	} {
		if err := v.read(metadata[v.key]); err != nil {
			return fmt.Errorf("metadata %s: %w", v.key, err)
		}
	}
	f.Part.Origins, f.Part.Coverage = aggregate.NewOrigins(a.origins), a.cells.Sorted()
	return a.check(f.Sources)
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

// readList reads a JSON list, or null, and calls take with each element. It decodes one
// element at a time: a short text can decode to a large list, so take checks each element
// before the next one is decoded.
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
		return errors.New("not a list")
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

// maxCount is the maximum of any count, so that sums fit into 64 bits, and other programs read
// the JSON number exactly.
const maxCount = 1 << 53

func checkCounts(counts ...int64) error {
	for _, n := range counts {
		if n < 0 || n > maxCount {
			return fmt.Errorf("%d is not a valid count", n)
		}
	}
	return nil
}

// checkNative checks that native records are part of clean and telemetry records.
func checkNative(r aggregate.Records) error {
	if r.Native > r.Clean+r.Telemetry {
		return fmt.Errorf("%d native records among %d clean and %d telemetry records", r.Native, r.Clean, r.Telemetry)
	}
	return nil
}

func hex64(n uint64) string { return fmt.Sprintf("%016x", n) }

// A jsonCoverage is the coverage of a bucket: its start in Unix seconds, or null for records
// without a time; the numbers of classified, telemetry, clean and native records; the same numbers
// of records without an ID; the first and last time of all records in Unix nanoseconds.
type jsonCoverage [11]*int64

// listOfCoverage returns the JSON of a list. It converts one element at a time: there may be many.
func listOfCoverage(list []aggregate.Coverage) (json.RawMessage, error) {
	if err := coverage.Check(len(list)); err != nil || len(list) == 0 {
		return nil, err
	}
	out := []byte("[")
	for i, c := range list {
		b, err := json.Marshal(coverageToJSON(c))
		if err != nil {
			return nil, err
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, b...)
	}
	return append(out, ']'), nil
}

func coverageToJSON(c aggregate.Coverage) jsonCoverage {
	all, some := &c.Records, &c.WithoutID
	out := jsonCoverage{nil, &all.Classified, &all.Telemetry, &all.Clean, &all.Native, &some.Classified, &some.Telemetry, &some.Clean, &some.Native, nil, nil}
	if c.Bucket != aggregate.NoBucket {
		start := c.Bucket.Start().Unix()
		out[0], out[9], out[10] = &start, &c.First, &c.Last
	}
	return out
}

func (c jsonCoverage) coverage() (aggregate.Coverage, error) {
	out := aggregate.Coverage{Bucket: aggregate.NoBucket, First: timestamp.NoTime, Last: timestamp.NoTime}
	start, first, last := c[0], c[9], c[10]
	if slices.Contains(c[1:9], nil) {
		return out, errors.New("a quarter-hour has no number of records")
	}
	out.Records = aggregate.Records{Classified: *c[1], Telemetry: *c[2], Clean: *c[3], Native: *c[4]}
	out.WithoutID = aggregate.Records{Classified: *c[5], Telemetry: *c[6], Clean: *c[7], Native: *c[8]}
	// No kind has more records without an ID than in all.
	err := cmp.Or(
		checkCounts(*c[1], *c[2], *c[3], *c[4], *c[5], *c[6], *c[7], *c[8], *c[1]-*c[5], *c[2]-*c[6], *c[3]-*c[7], *c[4]-*c[8]),
		checkNative(out.Records), checkNative(out.WithoutID),
	)
	if start == nil || err != nil {
		return out, err
	}
	if first == nil || last == nil {
		return out, errors.New("a quarter-hour has no first or last time")
	}
	bucket, err := bucketAt(*start)
	out.Bucket, out.First, out.Last = bucket, *first, *last
	if err == nil && (*first > *last || aggregate.BucketOf(*first) != bucket || aggregate.BucketOf(*last) != bucket) {
		err = fmt.Errorf("the records of the quarter-hour at %d range from %d to %d ns", *start, *first, *last)
	}
	return out, err
}

// A jsonTenancy is an aggregate.Tenancy. IDs are hexadecimal; cells are the starts of
// quarter-hours in Unix seconds, null for records without a time.
type jsonTenancy struct {
	Source     string    `json:"source"`
	Several    bool      `json:"several,omitempty"`
	Session    string    `json:"session,omitempty"`
	Surrogates []string  `json:"others,omitempty"`
	Buckets    []*int64  `json:"cells,omitempty"`
	Extent     *[2]int64 `json:"seen,omitempty"` // first and last, in Unix seconds
}

func tenancyToJSON(t *aggregate.Tenancy) jsonTenancy {
	out := jsonTenancy{Source: hex64(uint64(t.Source)), Several: t.Several}
	if !t.Session.IsZero() {
		out.Session = hexID(t.Session)
	}
	for _, id := range t.Surrogates {
		out.Surrogates = append(out.Surrogates, hexID(id))
	}
	for _, b := range t.Buckets {
		var start *int64
		if b != aggregate.NoBucket {
			start = new(int64)
			*start = b.Start().Unix()
		}
		out.Buckets = append(out.Buckets, start)
	}
	if first, last, ok := t.Extent.Times(); ok {
		out.Extent = &[2]int64{first, last}
	}
	return out
}

func (j *jsonTenancy) tenancy() (*aggregate.Tenancy, error) {
	source, err := strconv.ParseUint(j.Source, 16, 64)
	if err != nil {
		return nil, err
	}
	t := &aggregate.Tenancy{Source: aggregate.SourceID(source), Several: j.Several}
	if j.Session != "" {
		if t.Session, err = idOf(j.Session); err != nil {
			return nil, err
		}
	}
	for _, s := range j.Surrogates {
		id, err := idOf(s)
		if err != nil {
			return nil, err
		}
		t.Surrogates = append(t.Surrogates, id)
	}
	for _, start := range j.Buckets {
		b := aggregate.NoBucket
		if start != nil {
			if b, err = bucketAt(*start); err != nil {
				return nil, err
			}
		}
		t.Buckets = append(t.Buckets, b)
	}
	if j.Extent != nil {
		t.Extent, err = extent.New(j.Extent[0], j.Extent[1])
	}
	return t, err
}

func hexID(id aggregate.SessionID) string {
	b := id.Bytes()
	return hex.EncodeToString(b[:])
}

// idOf parses the ID that hexID formats.
func idOf(s string) (aggregate.SessionID, error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != 16 {
		return aggregate.SessionID{}, fmt.Errorf("%q is not an ID", s)
	}
	return aggregate.SessionIDOf([16]byte(b)), nil
}

// A jsonSource is the account of an input. docs/schema.md documents its names.
type jsonSource struct {
	ID          string           `json:"id"`
	Name        string           `json:"name"`
	Size        int64            `json:"size"`
	Head        string           `json:"head_xxh3"`
	Tail        string           `json:"tail_xxh3"`
	Format      string           `json:"format,omitempty"`
	Compression string           `json:"compression,omitempty"`
	ContentSize int64            `json:"content_size,omitempty"`
	ContentCRC  string           `json:"content_crc32,omitempty"`
	Bytes       int64            `json:"bytes"`
	Lines       int64            `json:"lines"`
	Classified  int64            `json:"classified"`
	Telemetry   int64            `json:"telemetry"`
	Clean       int64            `json:"clean"`
	Native      int64            `json:"native,omitempty"` // part of clean and telemetry
	Blank       int64            `json:"blank"`
	Levels      int64            `json:"levels"`
	Below       bool             `json:"below_warning"`
	Skipped     map[string]int64 `json:"skipped,omitempty"`
	Failed      string           `json:"failed,omitempty"`
	Damage      string           `json:"damage,omitempty"`
	Empty       bool             `json:"empty,omitempty"`
	Shown       []jsonSkipped    `json:"shown,omitempty"`
	Doubts      []jsonDoubt      `json:"doubts,omitempty"`

	TimeField       string   `json:"time_field,omitempty"`
	TimeCandidates  []string `json:"time_candidates,omitempty"`
	IdentifierNames []string `json:"identifier_candidates,omitempty"`
	MissingFields   []string `json:"missing_fields,omitempty"`
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
		ID: hex64(uint64(s.ID)), Name: s.Name, Size: s.Identity.Size, Head: hex64(s.Identity.Head), Tail: hex64(s.Identity.Tail),
		Format: s.Format, Compression: s.Compression, Bytes: s.Account.Bytes, Lines: s.Account.Lines,
		Classified: s.Account.Records.Classified, Telemetry: s.Account.Records.Telemetry, Clean: s.Account.Records.Clean,
		Native: s.Account.Records.Native, Blank: s.Account.Blank, Levels: s.Account.Levels, Below: s.Account.BelowWarning,
		Empty: s.Empty,
	}
	if s.Content != (digest.Content{}) {
		out.ContentSize, out.ContentCRC = s.Content.Bytes, fmt.Sprintf("%08x", s.Content.CRC)
	}
	out.TimeField, out.TimeCandidates = s.Learned.Time, s.Learned.Times
	out.IdentifierNames, out.MissingFields = s.Learned.Identifiers, s.Learned.Missing
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
	learned := parse.Learned{Time: j.TimeField, Times: j.TimeCandidates, Identifiers: j.IdentifierNames, Missing: j.MissingFields}
	s := &aggregate.Source{Learned: learned, Name: j.Name, Format: j.Format, Compression: j.Compression, Empty: j.Empty}
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
	if err := checkCounts(j.Size, j.ContentSize, j.Bytes, j.Lines, j.Classified, j.Telemetry, j.Clean, j.Native, j.Blank, j.Levels); err != nil {
		return nil, err
	}
	if j.Blank > j.Clean || j.Levels > j.Classified+j.Telemetry+j.Clean || j.Below && j.Levels > 0 {
		return nil, fmt.Errorf("%d blank records and %d levels are too many", j.Blank, j.Levels)
	}
	if j.ContentCRC != "" {
		crc, err := strconv.ParseUint(j.ContentCRC, 16, 32)
		if err != nil {
			return nil, err
		}
		s.Content = digest.Content{Bytes: j.ContentSize, CRC: uint32(crc)}
	}
	a := &s.Account
	a.Bytes, a.Lines = j.Bytes, j.Lines
	a.Blank, a.Levels, a.BelowWarning = j.Blank, j.Levels, j.Below
	a.Records = aggregate.Records{Classified: j.Classified, Telemetry: j.Telemetry, Clean: j.Clean, Native: j.Native}
	if err := checkNative(a.Records); err != nil {
		return nil, err
	}
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
	if err := checkSource(s); err != nil {
		return nil, err
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

// A jsonLeftOut counts files that are not logs.
type jsonLeftOut struct {
	Reason string   `json:"reason"`
	Files  int64    `json:"files"`
	Names  []string `json:"names,omitempty"` // the first few
}

func leftOutToJSON(left *sieve.LeftOut) (out []jsonLeftOut) {
	for why, f := range left {
		if f.Count > 0 {
			out = append(out, jsonLeftOut{sieve.Why(why).String(), f.Count, f.Names})
		}
	}
	return out
}

func (f *File) readLeftOut(j *jsonLeftOut) error {
	if err := checkCounts(j.Files); err != nil {
		return err
	}
	for why := range f.LeftOut {
		if sieve.Why(why).String() == j.Reason {
			var more sieve.LeftOut
			more[why] = sieve.Files{Count: j.Files, Names: j.Names}
			f.LeftOut.Add(&more)
			return checkCounts(f.LeftOut[why].Count)
		}
	}
	return fmt.Errorf("%q is not a reason to leave out a file", j.Reason)
}

func reasonOf(name string) (parse.Reason, error) {
	i := slices.IndexFunc(parse.Reasons[:], func(r parse.Reason) bool { return r.String() == name })
	if i < 0 {
		return 0, fmt.Errorf("%q is not a reason to skip a record", name)
	}
	return parse.Reasons[i], nil
}
