package aggregate

import (
	"fmt"
	"io"

	"github.com/otlog/otlog/aggregate/coverage"
	"github.com/otlog/otlog/aggregate/hashed"
	"github.com/otlog/otlog/aggregate/spill"
)

// A Part is a sum of records: an entry for each session, sorted by ID, and totals. Parts can
// be merged.
type Part struct {
	// Open returns a cursor before the first entry. Several may be in use at a time. Unless
	// whole is set, entries have no Steps, and maybe no links: to get these takes time.
	Open func(whole bool) (Cursor, error)

	Names    *Names   // of the numbers in entries
	Origins  *Origins // likewise
	Coverage []Coverage
	// Tenancies are of the sources of the part, sorted by source. Each source has at most one.
	Tenancies []*Tenancy
	Posts     int64 // telemetry events of attempts, with repeats
	HasIDs    bool  // entries have a Text

	merge *merge // set in parts that Merge returns
}

// A Bucket is a quarter-hour.
type Bucket = coverage.Bucket

// NoBucket is the bucket of records without a time.
const NoBucket = coverage.None

// BucketOf returns the bucket of an instant in Unix nanoseconds.
func BucketOf(nanos int64) Bucket { return coverage.Of(nanos) }

// A Coverage counts the readable records in a bucket.
type Coverage = coverage.Coverage

// A Cursor reads the entries of a part, sorted by ID, each ID once.
type Cursor interface {
	// Next returns the next entry, or io.EOF at the end. The entry is valid until the next
	// call, and may be changed.
	Next() (*Entry, error)
	// Close ends the use of the cursor.
	Close()
}

// An Entry is everything known of one session or of one surrogate ID; the entry with the
// zero ID is of the records without an ID.
type Entry struct {
	ID   SessionID
	From SessionFrom // FromSource for the zero ID
	Text string      // the ID of a session as the logs have it; "" unless it was kept

	Key              Name // label of a session's API key
	SDK, Browser, OS Name // labels of a client

	Session Link // of a connection or client to its session
	Client  Link // of a connection to its client

	Telemetry bool // one of its records is telemetry

	Buckets  []Bucket // in which it was seen
	Extent   Extent   // when it was seen
	Evidence []Evidence
	Steps    []Step
}

// A Link is the ID that a surrogate ID was seen with.
type Link = hashed.Link

// A Space keeps on disk what does not fit into memory.
type Space struct {
	*spill.Dir
	limit int64 // bytes of memory
	codec Codec
}

// A Codec writes the entries of a part, and reads them back.
type Codec interface {
	// Write writes the entries of a part.
	Write(w io.Writer, p *Part) error
	// Read returns the part that Write wrote to the first size bytes of r, without
	// origins. It may be read any number of times, concurrently.
	Read(r io.ReaderAt, size int64) (*Part, error)
}

// NewSpace returns a space in dir, or in the system's directory for temporary files if dir
// is empty, for what exceeds limit, in bytes.
func NewSpace(dir string, limit int64, codec Codec) *Space {
	return &Space{Dir: spill.NewDir(dir, limit), limit: limit, codec: codec}
}

// keep writes the entries of a part, and returns the same part with its entries on disk.
func (s *Space) keep(p *Part) (*Part, error) {
	f, size, err := s.Write(func(w io.Writer) error { return s.codec.Write(w, p) })
	if err != nil {
		return nil, err
	}
	out, err := s.codec.Read(f, size)
	if err != nil {
		return nil, fmt.Errorf("reading back what was kept on disk: %w", err)
	}
	out.Origins = p.Origins
	return out, nil
}
