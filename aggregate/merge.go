package aggregate

import (
	"io"
	"math"
	"slices"

	"github.com/otlog/otlog/aggregate/coverage"
	"github.com/otlog/otlog/aggregate/lists"
	"github.com/otlog/otlog/aggregate/names"
	"github.com/otlog/otlog/aggregate/spill"
)

// Merge returns the sum of parts. Each of its cursors opens cursors of the parts.
func Merge(parts ...*Part) *Part {
	m := &merge{parts: parts, dictionary: names.NewDictionary()}
	tenancies := tenanciesOf{}
	out := &Part{Open: func(whole bool) (Cursor, error) {
		c := m.cursor(whole, true)
		return c, c.seek(spill.Shelf{})
	}, merge: m}
	var ids []SourceID
	var texts []*Names
	var covered [][]Coverage
	for _, p := range parts {
		texts, covered = append(texts, p.Names), append(covered, p.Coverage)
	}
	m.dictionary.Learn(texts)
	for _, p := range parts {
		m.names = append(m.names, m.dictionary.Add(p.Names))
		out.Posts, out.HasIDs = out.Posts+p.Posts, out.HasIDs || p.HasIDs
		for _, x := range p.Tenancies {
			tenancies.add(x)
		}
		for _, piece := range p.Origins.Pieces {
			ids = append(ids, *piece.Source)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for _, p := range parts {
		var origins []mergedOrigin
		for _, piece := range p.Origins.Pieces {
			n, _ := slices.BinarySearch(ids, *piece.Source)
			origins = append(origins, mergedOrigin{uint32(n), piece.First})
		}
		m.origins = append(m.origins, origins)
	}
	out.Names, out.Origins, out.Coverage = m.dictionary.Texts(), NewOrigins(ids), coverage.Sum(covered)
	out.Tenancies = tenancies.sorted()
	m.order = &nameOrder{names.NewOrder(out.Names)}
	return out
}

// A merge reads several parts as one.
type merge struct {
	parts      []*Part
	dictionary *names.Dictionary
	order      *nameOrder
	names      []*names.Translation // of each part
	origins    [][]mergedOrigin     // of each part
}

// A mergedOrigin is the origin of a part, with its source numbered as in the merge.
type mergedOrigin struct {
	source uint32 // into the sources of the merge
	first  int64  // index of its first record in the source, from 0
}

// cursor returns a cursor, which must seek before it reads. If tidy is false, the contents of an
// entry may be unsorted and have repeats.
func (m *merge) cursor(whole, tidy bool) *mergeCursor {
	c := &mergeCursor{merge: m, whole: whole, tidy: tidy}
	for i := range m.parts {
		c.all = append(c.all, &mergeInput{names: m.names[i], origins: m.origins[i]})
	}
	return c
}

// A mergeCursor reads the entries of several parts, and joins entries with the same ID.
type mergeCursor struct {
	*merge
	whole, tidy bool
	all         []*mergeInput
	heap        spill.Heap[*mergeInput] // inputs whose entry has not been returned
	taken       []*mergeInput           // inputs whose entry the last Next returned
	sum         Entry
}

type mergeInput struct {
	from    Cursor
	entry   *Entry
	names   *names.Translation
	origins []mergedOrigin
}

// Less orders inputs by the ID of their entry.
func (in *mergeInput) Less(other *mergeInput) bool { return in.entry.ID.Compare(other.entry.ID) < 0 }

// seek moves the cursor before the first entry on a shelf, which ends it. The shelf has no bits
// unless all entries are in memory. The cursor must be closed before it seeks again.
func (c *mergeCursor) seek(to spill.Shelf) error {
	c.heap, c.taken = c.heap[:0], c.taken[:0]
	for i, in := range c.all {
		from, inMemory := in.from.(*tallyCursor)
		if !inMemory {
			var err error
			if in.from, err = c.parts[i].Open(c.whole); err != nil {
				for _, before := range c.all[:i] {
					before.from.Close()
				}
				return err
			}
			from, inMemory = in.from.(*tallyCursor)
		}
		if inMemory {
			from.seek(to)
		}
		c.taken = append(c.taken, in)
	}
	return nil
}

func (c *mergeCursor) Close() {
	for _, in := range c.all {
		in.from.Close()
	}
}

func (c *mergeCursor) Next() (*Entry, error) {
	// The entries of the previous call may be overwritten from here on.
	for _, in := range c.taken {
		err := in.advance()
		if err == nil {
			c.heap.Push(in)
		} else if err != io.EOF {
			return nil, err
		}
	}
	c.taken = c.taken[:0]
	if len(c.heap) == 0 {
		return nil, io.EOF
	}
	first := c.take()
	if len(c.heap) == 0 || c.heap[0].entry.ID != first.ID {
		return c.finish(first), nil
	}
	evidence := len(first.Evidence)
	for len(c.heap) > 0 && c.heap[0].entry.ID == first.ID {
		evidence += len(c.take().Evidence)
	}
	e := &c.sum
	*e = Entry{
		ID: first.ID, From: first.From, Buckets: lists.Empty(e.Buckets),
		Evidence: slices.Grow(lists.Empty(e.Evidence), evidence), Steps: lists.Empty(e.Steps),
	}
	for _, in := range c.taken {
		c.join(e, in.entry)
		in.entry.Evidence = lists.Empty(in.entry.Evidence) // not needed any more
	}
	return c.finish(e), nil
}

// take returns the entry with the smallest ID.
func (c *mergeCursor) take() *Entry {
	in := c.heap.Pop()
	c.taken = append(c.taken, in)
	return in.entry
}

func (c *mergeCursor) finish(e *Entry) *Entry {
	if c.tidy {
		c.sortEntry(e)
	}
	return e
}

// advance reads the next entry, and replaces the part's numbers of names and sources by those
// of the merge.
func (in *mergeInput) advance() error {
	e, err := in.from.Next()
	if err != nil {
		return err
	}
	in.entry = e
	n := in.names
	e.Key, e.SDK, e.Browser, e.OS = n.Labels[e.Key], n.Labels[e.SDK], n.Labels[e.Browser], n.Labels[e.OS]
	for i := range e.Evidence {
		x := &e.Evidence[i]
		x.Error, x.Method = n.Errors[x.Error], n.Methods[x.Method]
		o := in.origins[x.Origin]
		x.Origin, x.Place = o.source, uint32(min(o.first+int64(x.Place), math.MaxUint32))
		x.PlaceSpan = min(x.PlaceSpan, math.MaxUint32-x.Place)
		if x.Axis() == Placed {
			x.First += o.first
		}
	}
	return nil
}

// join adds the entry of another part with the same ID.
func (m *merge) join(e, other *Entry) {
	e.From, e.Text = min(e.From, other.From), max(e.Text, other.Text)
	e.Key, e.SDK = m.lesser(e.Key, other.Key), m.lesser(e.SDK, other.SDK)
	e.Browser, e.OS = m.lesser(e.Browser, other.Browser), m.lesser(e.OS, other.OS)
	e.Session.Add(other.Session)
	e.Client.Add(other.Client)
	e.Extent.Add(other.Extent)
	e.Telemetry = e.Telemetry || other.Telemetry
	e.Buckets = append(e.Buckets, other.Buckets...)
	e.Evidence = append(e.Evidence, other.Evidence...)
	e.Steps = append(e.Steps, other.Steps...)
}

// lesser returns the label that sorts first. If the events of a client have different
// labels, their order must not matter.
func (m *merge) lesser(a, b Name) Name {
	if a == 0 || b != 0 && m.order.Labels[b] < m.order.Labels[a] {
		return b
	}
	return a
}

// sortEntry sorts and deduplicates an entry, so that the result does not depend on how its
// records were split.
func (m *merge) sortEntry(e *Entry) {
	slices.Sort(e.Buckets)
	e.Buckets = slices.Compact(e.Buckets)
	slices.SortFunc(e.Steps, Step.Compare)
	e.Steps = slices.Compact(e.Steps)
	if len(e.Evidence) > 1 {
		order := evidenceOrder{names: m.order, sourced: e.ID.IsZero()}
		e.Evidence = order.sortAndFold(e.Evidence)
	}
}
