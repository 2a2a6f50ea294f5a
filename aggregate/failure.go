package aggregate

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse/timestamp"
)

// The limits of a failure, in nanoseconds.
const (
	gap       = int64(2 * time.Second)  // between two of its records
	longest   = int64(30 * time.Second) // from its first record to its last; socket records do not count
	socketGap = int64(10 * time.Second) // from a try of a socket to the end of the connect
)

// perRecord converts a distance in records into one in time: gapRecords are one gap.
const perRecord = gap / gapRecords

// A correlator finds the failures of one session after the other. The result depends only
// on the set of records.
type correlator struct {
	names    *dictionary
	evidence []Evidence
	byPlace  bool // some evidence has no time

	failures []failure
	of       []int32 // failure of each evidence, or none
}

const none = -1

// correlate finds the failures of all evidence of one session, or of one source without
// sessions. The evidence is sorted by evidenceOrder.
//
//  1. Strong evidence, which names its error, is chained: a record belongs to the failure
//     of the same error, in a compatible method and stream, whose last record is at most
//     gap earlier; a failure is at most longest long.
//  2. Weak evidence joins the nearest of these failures within gap whose error can be
//     raised with its code. The rest is chained among itself, by the same limits.
//  3. Socket evidence joins the connect failure that follows within socketGap, else one
//     that precedes it within gap. The rest is chained among itself, within socketGap.
//
// Evidence of weight Aside belongs to no failure.
func (c *correlator) correlate(all []Evidence) {
	c.evidence, c.failures, c.of = all, c.failures[:0], c.of[:0]
	c.byPlace = all[len(all)-1].Axis() == placed
	var weight [classify.Aside + 1][]int32
	for i := range all {
		c.of = append(c.of, none)
		weight[all[i].Weight] = append(weight[all[i].Weight], int32(i))
	}
	c.chain(weight[classify.Strong], gap)
	c.chain(c.join(weight[classify.Weak], 0, c.weakDistance), gap)
	c.chain(c.join(weight[classify.Socket], socketGap, c.socketDistance), socketGap)
}

// A failure is something that went wrong once: evidence of one session that belongs
// together.
type failure struct {
	err    Name
	code   int32 // identifies an error without a name
	class  Name  // the method, as class returns it; 0: unknown
	stream uint32
	when   [2]interval     // on the axes dated and clock
	where  []placeInterval // by source, if the session has records without a time
}

// An interval contains its first and last position.
type interval struct {
	first, last int64
	known       bool
}

func (v *interval) add(first, last int64) {
	if !v.known {
		*v = interval{first, last, true}
		return
	}
	v.first, v.last = min(v.first, first), max(v.last, last)
}

// distance returns the distance of two intervals, 0 if they overlap.
func (v *interval) distance(first, last int64) int64 {
	return max(v.first-last, first-v.last, 0)
}

// A placeInterval is an interval of records in a source.
type placeInterval struct {
	source uint32
	interval
}

// place returns the interval of a failure in a source, nil if it has no records there.
func (f *failure) place(source uint32) *placeInterval {
	for i := range f.where {
		if f.where[i].source == source {
			return &f.where[i]
		}
	}
	return nil
}

// chain makes failures of evidence, in order. Each record is at most within after the last
// record of its failure.
func (c *correlator) chain(which []int32, within int64) {
	if len(which) == 0 {
		return
	}
	open := openFailures{}
	for _, i := range which {
		c.link(open, i, within)
	}
}

// openFailures are the failures that later evidence may join, by error. The failure that
// was joined last is at the end.
type openFailures map[Name][]int32

// maxOpen is the number of open failures per error. Only crafted logs exceed it.
const maxOpen = 64

// link adds evidence to an open failure that takes it, else to a new failure. A failure of
// the same stream is preferred, then the failure that was joined last.
func (c *correlator) link(open openFailures, i int32, within int64) {
	e := &c.evidence[i]
	key := e.Error
	if e.Weight != classify.Strong {
		key = 0 // takes compares errors
	}
	candidates := open[key]
	best := none
	for place := len(candidates) - 1; place >= 0; place-- {
		f := &c.failures[candidates[place]]
		if !c.takes(f, e) || c.distance(f, e) > within || !fits(f, e) {
			continue
		}
		if e.Stream != 0 && f.stream == e.Stream {
			best = place
			break
		}
		if best == none {
			best = place
			if e.Stream == 0 {
				break
			}
		}
	}
	var f int32
	if best == none {
		f = int32(len(c.failures))
		c.failures = append(c.failures, failure{})
		if len(candidates) == maxOpen {
			candidates = slices.Delete(candidates, 0, 1)
		}
	} else {
		f = candidates[best]
		candidates = slices.Delete(candidates, best, best+1)
	}
	open[key] = append(candidates, f)
	c.put(f, i)
}

// takes reports whether evidence is compatible with a failure: in method, stream, error and
// code.
func (c *correlator) takes(f *failure, e *Evidence) bool {
	class := c.class(e)
	if class != 0 && f.class != 0 && class != f.class || e.Stream != 0 && f.stream != 0 && e.Stream != f.stream {
		return false
	}
	if e.Weight == classify.Socket || e.Error != 0 && f.err == e.Error {
		return true // the tries of a socket may have different errors
	}
	if e.Error != 0 && f.err != 0 {
		// The name of weak evidence is only the most likely one.
		return e.Weight == classify.Weak && c.raises(f.err, class, e.Code)
	}
	if f.err != 0 {
		return c.raises(f.err, class, e.Code)
	}
	if e.Error != 0 {
		return c.raises(e.Error, f.class, f.code)
	}
	subscribe := class == classSubscribe || f.class == classSubscribe
	return e.Code == f.code || anyCode(e.Code, subscribe) || anyCode(f.code, subscribe)
}

// anyCode reports whether a code is compatible with all codes: telemetry of a failed
// subscribe states 1013 for every error.
func anyCode(code int32, subscribe bool) bool { return code == 0 || code == 1013 && subscribe }

// raises reports whether a method can raise an error with a code.
func (c *correlator) raises(err, class Name, code int32) bool {
	if c.names.errors.foreign(err) || c.names.methods.foreign(class) {
		return true
	}
	id := catalogue.ID(err)
	return catalogue.Raises(id, catalogue.MethodID(class), code) ||
		class == classPublish && catalogue.Raises(id, methodInit, code)
}

// class returns the method of evidence for comparison, 0 if it is a guess. OT.initPublisher
// counts as Session.publish: both report a device that cannot be used.
func (c *correlator) class(e *Evidence) Name {
	switch {
	case e.From <= classify.MethodOnly:
		return 0
	case e.Method == Name(methodInit):
		return classPublish
	}
	return e.Method
}

var (
	methodInit     = catalogue.LookupMethod([]byte("OT.initPublisher"))
	classPublish   = Name(methodPublish)
	classConnect   = Name(methodConnect)
	classSubscribe = Name(methodSubscribe)
)

// distance returns the distance of evidence from a failure on the axis of the evidence, in
// nanoseconds.
func (c *correlator) distance(f *failure, e *Evidence) int64 {
	if a := e.Axis(); a != placed {
		if !f.when[a].known {
			return math.MaxInt64
		}
		return f.when[a].distance(e.First, e.last())
	}
	if w := f.place(e.Origin); w != nil {
		return w.distance(e.First, e.last()) * perRecord
	}
	return math.MaxInt64
}

// fits reports whether a failure is still short enough with the evidence. Places have no
// length.
func fits(f *failure, e *Evidence) bool {
	if e.Axis() == placed {
		return true
	}
	w := &f.when[e.Axis()]
	return !w.known || max(w.last, e.last())-min(w.first, e.First) <= longest
}

// put adds evidence i to a failure.
func (c *correlator) put(number, i int32) {
	f, e := &c.failures[number], &c.evidence[i]
	c.of[i] = number
	if e.Weight != classify.Socket || f.err == 0 {
		if f.err == 0 {
			f.err = e.Error
		}
		if f.code == 0 {
			f.code = e.Code
		}
	}
	if f.class == 0 {
		f.class = c.class(e)
	}
	if f.stream == 0 {
		f.stream = e.Stream
	}
	if a := e.Axis(); a != placed {
		f.when[a].add(e.First, e.last())
	}
	if !c.byPlace {
		return
	}
	w := f.place(e.Origin)
	if w == nil {
		f.where = append(f.where, placeInterval{source: e.Origin})
		w = &f.where[len(f.where)-1]
	}
	w.add(int64(e.Place), int64(e.Place)+int64(e.PlaceSpan))
}

// weakDistance returns the distance of weak evidence from a failure that it may join,
// math.MaxInt64 for other failures.
func (c *correlator) weakDistance(f *failure, e *Evidence) int64 {
	if d := c.distance(f, e); d <= gap && c.takes(f, e) && fits(f, e) {
		return d
	}
	return math.MaxInt64
}

// socketDistance returns the distance of a try of a socket from a connect failure that it
// may join, math.MaxInt64 for other failures. Any failure that ends after the try is nearer
// than a failure that ends before it.
func (c *correlator) socketDistance(f *failure, e *Evidence) int64 {
	if f.class != 0 && f.class != classConnect {
		return math.MaxInt64
	}
	d := c.distance(f, e)
	a := e.Axis()
	switch {
	case a != placed && d <= socketGap && f.when[a].last >= e.First:
		return d
	case d <= gap:
		return socketGap + d
	}
	return math.MaxInt64
}

// join adds each evidence to the nearest failure, of equally near ones to the earliest, and
// returns the evidence that no failure takes. ahead is how much later a failure may begin.
func (c *correlator) join(which []int32, ahead int64, distance func(*failure, *Evidence) int64) (rest []int32) {
	if len(c.failures) == 0 {
		return which
	}
	found := len(c.failures)
	var near neighbours
	for _, i := range which {
		e := &c.evidence[i]
		best, least := int32(none), int64(math.MaxInt64)
		for _, number := range near.of(c, e, found, max(ahead, gap)) {
			f := &c.failures[number]
			d := distance(f, e)
			if d < least || d == least && d != math.MaxInt64 && c.earlier(number, best, e) {
				best, least = number, d
			}
		}
		if best == none {
			rest = append(rest, i)
			continue
		}
		c.put(best, i)
	}
	return rest
}

// earlier reports whether failure a begins before failure b, on the axis of evidence.
func (c *correlator) earlier(a, b int32, e *Evidence) bool {
	x, y := c.begin(a, e), c.begin(b, e)
	return x < y || x == y && a < b
}

// begin returns the first position of a failure on the axis of evidence, math.MaxInt64 if
// it has none there.
func (c *correlator) begin(number int32, e *Evidence) int64 {
	f := &c.failures[number]
	if a := e.Axis(); a != placed {
		if f.when[a].known {
			return f.when[a].first
		}
		return math.MaxInt64
	}
	if w := f.place(e.Origin); w != nil {
		return w.first
	}
	return math.MaxInt64
}

// neighbours are the failures near evidence, which is asked for in order.
type neighbours struct {
	axis   Axis
	source uint32
	begun  bool
	queue  []int32 // failures that begin later, sorted by begin
	active []int32
}

// of returns the failures that begin at most ahead after the evidence and end at most a gap
// before it. Only the first found failures are considered.
func (n *neighbours) of(c *correlator, e *Evidence, found int, ahead int64) []int32 {
	if !n.begun || n.axis != e.Axis() || n.axis == placed && n.source != e.Origin {
		*n = neighbours{axis: e.Axis(), source: e.Origin, begun: true, queue: n.queue[:0], active: n.active[:0]}
		for i := range int32(found) {
			if c.begin(i, e) != math.MaxInt64 {
				n.queue = append(n.queue, i)
			}
		}
		slices.SortFunc(n.queue, func(a, b int32) int {
			return cmp.Or(cmp.Compare(c.begin(a, e), c.begin(b, e)), cmp.Compare(a, b))
		})
	}
	unit := int64(1)
	if n.axis == placed {
		unit = perRecord
	}
	for len(n.queue) > 0 && (c.begin(n.queue[0], e)-e.last())*unit <= ahead {
		n.active, n.queue = append(n.active, n.queue[0]), n.queue[1:]
	}
	n.active = slices.DeleteFunc(n.active, func(i int32) bool {
		f := &c.failures[i]
		return f.before(e)
	})
	return n.active
}

// before reports whether a failure ends more than a gap before evidence, and so before all
// later evidence.
func (f *failure) before(e *Evidence) bool {
	if a := e.Axis(); a != placed {
		return e.First-f.when[a].last > gap
	}
	if w := f.place(e.Origin); w != nil {
		return (e.First-w.last)*perRecord > gap
	}
	return true
}

// A summary is what the evidence of a failure says together.
type summary struct {
	err, method Name
	code        int32
	bucket      Bucket
	client      SessionID // zero: unknown
	counts      bool      // false: only the timer of a destroyed publisher reported it
	done        bool      // it was counted in a row

	named      rank // of the evidence for err
	coded      bool // code is that of a socket's try
	methodFrom classify.MethodFrom
	first      int64
	late       bool
	proper     bool
}

// A rank orders evidence for a name. Tries of a socket come last.
type rank struct {
	socket   bool
	evidence classify.Evidence
}

func (r rank) compare(other rank) int {
	return cmp.Or(-compareBools(r.socket, other.socket), cmp.Compare(r.evidence, other.evidence))
}

// summaries returns the summary of each failure that correlate has found. The strongest
// evidence names the failure, and its method; of equally strong evidence the last.
func (c *correlator) summaries() []summary {
	out := make([]summary, len(c.failures))
	for i := range out {
		out[i] = summary{bucket: NoBucket, first: timestamp.NoTime, named: rank{socket: true}}
	}
	for i := range c.evidence {
		if c.of[i] == none {
			continue
		}
		s, e := &out[c.of[i]], &c.evidence[i]
		if r := (rank{e.Weight == classify.Socket, e.Kind}); e.Error != 0 && (s.err == 0 || r.compare(s.named) >= 0) {
			s.err, s.named = e.Error, r
		}
		if e.Method != 0 && e.From >= s.methodFrom {
			s.method, s.methodFrom = e.Method, e.From
		}
		if socket := e.Weight == classify.Socket; e.Code != 0 && (s.code == 0 || s.coded || !socket) {
			s.code, s.coded = e.Code, socket
		}
		if e.Axis() == dated && s.first == timestamp.NoTime {
			s.first, s.bucket = e.First, BucketOf(e.First)
		}
		if s.client.IsZero() {
			s.client = e.Client
		}
		s.late = s.late || e.Late()
		s.proper = s.proper || !e.Late() && e.From == classify.MethodSpelled
	}
	for i := range out {
		s := &out[i]
		s.counts = !s.late || s.proper
	}
	return out
}
