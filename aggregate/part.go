package aggregate

import (
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/otlog/otlog/aggregate/spill"
)

// A Part is a sum of records: an entry for each session, sorted by ID, and totals. Parts can
// be merged.
type Part struct {
	// Open returns a cursor before the first entry. Several may be in use at a time.
	// Without steps, entries have no Steps.
	Open func(steps bool) (Cursor, error)

	Names    *Names   // of the numbers in entries
	Origins  *Origins // likewise
	Coverage []Coverage
	// Tenancies are of the sources of the part, sorted by source. Each source has at most one.
	Tenancies []*Tenancy
	Posts     int64 // telemetry events of attempts, with repeats

	merge *merge // set in parts that Merge returns
}

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

// A Link is the ID that a surrogate ID was seen with. The zero Link is none. A surrogate ID
// that was seen with several IDs belongs to none of them.
type Link struct {
	ID      SessionID
	Several bool
}

// one reports whether there is exactly one ID.
func (l Link) one() bool { return !l.ID.IsZero() }

// any reports whether there is at least one ID.
func (l Link) any() bool { return l.one() || l.Several }

// add adds a link of the same surrogate ID.
func (l *Link) add(other Link) {
	switch {
	case !l.any():
		*l = other
	case other.any() && *l != other:
		*l = Link{Several: true}
	}
}

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
// is empty, for what exceeds limit, in bytes. guard is as in [spill.NewDir].
func NewSpace(dir string, limit int64, codec Codec, guard func(name string) (done func())) *Space {
	return &Space{Dir: spill.NewDir(dir, limit, guard), limit: limit, codec: codec}
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

// bound bounds the memory of a set, if there is a space. About a dozen sets share it.
func bound[T spill.Value[T]](s *spill.Set[T], space *Space) {
	if space == nil {
		s.Bound(nil, 0)
		return
	}
	s.Bound(space.Dir, space.limit/40)
}

// longestSource is the maximum number of records in a source: distances between them are
// converted to nanoseconds, by perRecord.
const longestSource = math.MaxInt64 / perRecord

// earliest precedes the first instant that parse yields. It is late enough that no
// difference of two instants overflows.
const earliest = -86e17

// Check returns an error if no log can lead to the entry, so that everything counted of it
// is in range. covered has all buckets with records.
func (e *Entry) Check(covered map[Bucket]bool) error {
	if e.From == FromSource && len(e.Buckets) > 0 {
		return errors.New("records without an ID have quarter-hours")
	}
	if e.Telemetry && len(e.Buckets) == 0 {
		return errors.New("telemetry has no quarter-hour")
	}
	for _, b := range e.Buckets {
		if err := b.check(covered); err != nil {
			return err
		}
	}
	if err := e.Extent.check(e.Buckets); err != nil {
		return err
	}
	for i := range e.Evidence {
		x := &e.Evidence[i]
		if err := x.check(); err != nil {
			return err
		}
		if x.Axis() == dated {
			if err := BucketOf(x.First).check(covered); err != nil {
				return err
			}
		}
	}
	for _, s := range e.Steps {
		if err := BucketOf(s.nanos()).check(covered); err != nil {
			return err
		}
	}
	return nil
}

// Check returns an error if no source can lead to the tenancy. covered has all buckets with
// records.
func (t *Tenancy) Check(covered map[Bucket]bool) error {
	for _, b := range t.Buckets {
		if err := b.check(covered); err != nil {
			return err
		}
	}
	return t.Extent.check(t.Buckets)
}

// check checks that an extent begins in the first of the quarter-hours in which its records
// are, and ends in the last.
func (x Extent) check(buckets []Bucket) error {
	var first, last Bucket
	seen := false
	for _, b := range buckets {
		if b == NoBucket {
			continue
		}
		if !seen {
			first, last, seen = b, b, true
		}
		first, last = min(first, b), max(last, b)
	}
	const second = int64(time.Second)
	from, to, ok := x.Times()
	latest := BucketOf((math.MaxUint32 - 1) * second)
	inside := func(b Bucket) Bucket { return min(max(b, 0), latest) }
	if ok != seen || ok && (BucketOf(from*second) != inside(first) || BucketOf(to*second) != inside(last)) {
		return errors.New("records begin and end in other quarter-hours than they are in")
	}
	return nil
}

// check checks that a bucket has records.
func (b Bucket) check(covered map[Bucket]bool) error {
	if b != NoBucket && !covered[b] {
		return fmt.Errorf("the quarter-hour at %s has sessions, evidence or attempts, but no records", b.Start().Format(time.RFC3339))
	}
	return nil
}

// check checks that evidence is of records that are close together.
func (e *Evidence) check() error {
	var ok bool
	switch e.Axis() {
	case dated:
		ok = e.First > earliest && e.inOneTick()
	case clock:
		ok = e.First >= 0 && e.First < int64(48*time.Hour) && e.inOneTick()
	case placed:
		ok = e.First >= 0 && e.First < longestSource
	}
	switch {
	case !ok:
		return fmt.Errorf("the range of evidence is invalid: from %d to %d later, by %s", e.First, e.Span, e.Axis())
	case e.PlaceSpan > math.MaxUint32-e.Place:
		return fmt.Errorf("the range of evidence is invalid: from record %d to %d later", e.Place, e.PlaceSpan)
	case e.Records == 0:
		return errors.New("evidence has no record")
	}
	return nil
}

// inOneTick reports whether all records are in the same tick.
func (e *Evidence) inOneTick() bool {
	return e.First>>tickBits == (e.First+int64(e.Span))>>tickBits
}
