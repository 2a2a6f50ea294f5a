package aggregate

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/otlog/otlog/aggregate/lists"
	"github.com/otlog/otlog/aggregate/names"
	"github.com/otlog/otlog/aggregate/spans"
	"github.com/otlog/otlog/aggregate/streams"
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
	names    *names.Dictionary
	evidence []Evidence
	places   spans.Tree // of the evidence, in its source; none if all of it is on one axis of time

	failures []failure
	of       []int32 // failure of each evidence, or none
	joined   int32   // evidence that has joined a failure
	calls    attribution

	// Memory for each session anew:
	weight [classify.Aside + 1][]int32
	open   lists.Reused[int32] // by error, the failures that later evidence of the same axis may join by time
	found  []summary
}

const none = -1

// correlate finds the failures of all evidence of one session, or of one source without
// sessions. The evidence is sorted by evidenceOrder.
//
//  1. Strong evidence, which names its error, is chained: a record belongs to the failure
//     of the same error, in a compatible method and stream, that is at most gap away; a
//     failure is at most longest long.
//  2. Weak evidence joins the nearest of these failures within gap whose error can be
//     raised with its code. The rest is chained among itself, by the same limits.
//  3. Socket evidence joins the connect failure that follows within socketGap, else one
//     that precedes it within gap. The rest is chained among itself, within socketGap.
//
// Two records with a date are compared by time alone, and so are two with a time of day. All
// other pairs, such as a record with a time and one without, are near each other if at most
// gapRecords of their source lie between them, in either order.
//
// Within each of the three kinds, records with a date come first, by time; then those with a
// time of day, by time; then those without a time, by source and place. Each joins what the
// records before it have made. So records without a time join failures that have one, and
// never divide them.
//
// Evidence of weight Aside belongs to no failure.
func (c *correlator) correlate(all []Evidence) {
	c.evidence, c.failures, c.of, c.joined = all, c.failures[:0], c.of[:0], 0
	c.place()
	weight := &c.weight
	for i := range weight {
		weight[i] = weight[i][:0]
	}
	for i := range all {
		c.of = append(c.of, none)
		weight[all[i].Weight] = append(weight[all[i].Weight], int32(i))
	}
	c.chain(weight[classify.Strong], gap)
	c.chain(c.join(weight[classify.Weak], gap, c.weakDistance), gap)
	c.chain(c.join(weight[classify.Socket], socketGap, c.socketDistance), socketGap)
}

// place notes the places of the evidence, if they matter.
func (c *correlator) place() {
	c.places.Reset()
	if first, last := c.evidence[0].Axis(), c.evidence[len(c.evidence)-1].Axis(); first == last && first != Placed {
		return
	}
	for i := range c.evidence {
		first, last := c.evidence[i].places()
		c.places.Add(spans.Span{Group: c.evidence[i].Origin, First: first, Last: last, Index: int32(i)})
	}
	c.places.Sort()
}

// beside visits the failures of evidence that is compared with e by place and is near it. d
// is the distance; follows reports that the evidence does not end before e.
func (c *correlator) beside(e *Evidence, visit func(failure int32, d int64, follows bool)) {
	if c.places.Len() == 0 {
		return
	}
	first, last := e.places()
	c.places.Overlapping(e.Origin, first-gapRecords, last+gapRecords, func(s *spans.Span) bool {
		a := c.evidence[s.Index].Axis()
		if f := c.of[s.Index]; f != none && (a != e.Axis() || a == Placed) {
			visit(f, max(s.First-last, first-s.Last, 0)*perRecord, s.Last >= first)
		}
		return true
	})
}

// A failure is something that went wrong once: evidence of one session that belongs
// together.
type failure struct {
	err    Name
	code   int32             // identifies an error without a name
	class  Name              // the method, as class returns it; 0: unknown
	stream streams.IDs       // the first stream and subscriber that its records state
	when   [2]spans.Interval // on the axes Dated and Clock
	starts []start           // by source, if places matter
	joined int32             // increases with each evidence that joins a failure
	listed bool              // among the active failures of neighbours
}

// A start is the place of a failure's first record in a source.
type start struct {
	source uint32
	place  int64
}

// chain makes failures of evidence, in order. Each record is at most within away from the
// nearest record of its failure.
func (c *correlator) chain(which []int32, within int64) {
	if len(which) == 0 {
		return
	}
	own := int32(len(c.failures))
	axis := c.evidence[which[0]].Axis()
	c.open.Clear()
	for _, i := range which {
		if a := c.evidence[i].Axis(); a != axis {
			axis = a
			c.open.Clear()
		}
		c.link(own, i, within)
	}
}

// maxOpen is the number of open failures per error. Only crafted logs exceed it.
const maxOpen = 64

// link adds evidence to a failure that takes it, else to a new failure. Failures before own
// take none. A failure of the same subscriber is preferred, then one of the same stream, then
// the nearest, then the one that was joined last.
func (c *correlator) link(own, i int32, within int64) {
	e := &c.evidence[i]
	key := e.Error
	if e.Weight != classify.Strong {
		key = 0 // takes compares errors
	}
	best, least := int32(none), int64(math.MaxInt64)
	consider := func(number int32, d int64) {
		f := &c.failures[number]
		if number < own || d > within || best == number && d >= least || !c.takes(f, e) || !fits(f, e) {
			return
		}
		if best != none && best != number {
			other := &c.failures[best]
			if cmp.Or(cmp.Compare(e.Stream.Alike(f.stream), e.Stream.Alike(other.stream)), cmp.Compare(least, d), cmp.Compare(f.joined, other.joined)) <= 0 {
				return
			}
		}
		best, least = number, d
	}
	open := c.open.Of(int(key))
	candidates := *open
	if a := e.Axis(); a != Placed {
		// Later evidence is even farther from failures that are too far.
		candidates = slices.DeleteFunc(candidates, func(number int32) bool {
			d := c.failures[number].when[a].Distance(e.First, e.last())
			consider(number, d)
			return d > within
		})
	}
	c.beside(e, func(number int32, d int64, _ bool) { consider(number, d) })
	if best == none {
		best = int32(len(c.failures))
		c.failures = append(c.failures, failure{})
	}
	if e.Axis() != Placed && !slices.Contains(candidates, best) {
		if len(candidates) == maxOpen {
			candidates = slices.Delete(candidates, 0, 1)
		}
		candidates = append(candidates, best)
	}
	*open = candidates
	c.put(best, i)
}

// takes reports whether evidence is compatible with a failure: in method, stream, error and
// code.
func (c *correlator) takes(f *failure, e *Evidence) bool {
	class := c.class(e)
	if class != 0 && f.class != 0 && class != f.class || e.Stream.Apart(f.stream) {
		return false
	}
	if e.Weight == classify.Socket || e.Error != 0 && f.err == e.Error {
		return true // the tries of a socket may have different errors
	}
	if f.err != 0 {
		method := class
		if method == 0 {
			method = f.class
		}
		// The name of weak evidence is only the most likely one.
		return (e.Error == 0 || e.Weight == classify.Weak) && c.raises(f.err, method, e.Code)
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
	if c.names.Errors.Foreign(err) || c.names.Methods.Foreign(class) {
		return true
	}
	id := catalogue.ID(err)
	return catalogue.Raises(id, catalogue.MethodID(class), code) ||
		class == classPublish && catalogue.Lists(id, methodInit) && catalogue.Raises(id, methodInit, code)
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

// fits reports whether a failure is still short enough with the evidence. Places have no
// length.
func fits(f *failure, e *Evidence) bool {
	if e.Axis() == Placed {
		return true
	}
	w := &f.when[e.Axis()]
	return !w.Known || max(w.Last, e.last())-min(w.First, e.First) <= longest
}

// put adds evidence i to a failure.
func (c *correlator) put(number, i int32) {
	f, e := &c.failures[number], &c.evidence[i]
	c.of[i] = number
	c.joined++
	f.joined = c.joined
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
	f.stream = f.stream.Or(e.Stream)
	if a := e.Axis(); a != Placed {
		f.when[a].Add(e.First, e.last())
	}
	if c.places.Len() > 0 {
		f.begin(e)
	}
}

// begin notes the place of evidence that joins a failure.
func (f *failure) begin(e *Evidence) {
	place, _ := e.places()
	if i := slices.IndexFunc(f.starts, func(s start) bool { return s.source == e.Origin }); i >= 0 {
		f.starts[i].place = min(f.starts[i].place, place)
		return
	}
	f.starts = append(f.starts, start{e.Origin, place})
}

// never is a distance that is too far.
const never = math.MaxInt64

// weakDistance returns the distance of weak evidence from a failure that it may join, else
// never. d is the distance from its time or from one of its places.
func (c *correlator) weakDistance(f *failure, e *Evidence, d int64, _ bool) int64 {
	if d <= gap && c.takes(f, e) && fits(f, e) {
		return d
	}
	return never
}

// socketDistance returns the distance of a try of a socket from a connect failure that it
// may join, else never. Any failure that follows the try is nearer than one that precedes
// it.
func (c *correlator) socketDistance(f *failure, e *Evidence, d int64, follows bool) int64 {
	switch {
	case !c.connects(f):
		return never
	case follows && d <= socketGap:
		return d
	case d <= gap:
		return socketGap + d
	}
	return never
}

// connects reports whether a failure may be one of connect.
func (c *correlator) connects(f *failure) bool {
	switch {
	case f.class != 0:
		return f.class == classConnect
	case f.err != 0:
		return c.names.Errors.Foreign(f.err) || catalogue.Lists(catalogue.ID(f.err), methodConnect)
	}
	return f.code == 0 || catalogue.GoesWith(0, methodConnect, f.code)
}

// join adds each evidence to the nearest failure, of equally near ones to the earliest, and
// returns the evidence that no failure takes. ahead is how much later a failure may begin.
// distance is as weakDistance.
func (c *correlator) join(which []int32, ahead int64, distance func(f *failure, e *Evidence, d int64, follows bool) int64) (rest []int32) {
	if len(c.failures) == 0 {
		return which
	}
	near := neighbours{found: len(c.failures)}
	for _, i := range which {
		e := &c.evidence[i]
		best, least := int32(none), int64(never)
		consider := func(number int32, d int64, follows bool) {
			d = distance(&c.failures[number], e, d, follows)
			if d < least || d == least && d != never && c.compareBegins(number, best, e) < 0 {
				best, least = number, d
			}
		}
		if a := e.Axis(); a != Placed {
			for _, number := range near.of(c, e, ahead) {
				w := &c.failures[number].when[a]
				consider(number, w.Distance(e.First, e.last()), w.Last >= e.First)
			}
		}
		c.beside(e, consider)
		if best == none {
			rest = append(rest, i)
			continue
		}
		c.put(best, i)
		if e.Axis() != Placed {
			near.add(c, best)
		}
	}
	return rest
}

// compareBegins orders failures by their begin. Those that begin nowhere come last, in the order
// of correlate.
func (c *correlator) compareBegins(a, b int32, e *Evidence) int {
	return cmp.Or(cmp.Compare(c.failures[a].beginFor(e), c.failures[b].beginFor(e)), cmp.Compare(a, b))
}

// beginFor returns the first position of a failure on the axis of evidence, or in its source if
// the evidence has no time; math.MaxInt64 if the failure has none there.
func (f *failure) beginFor(e *Evidence) int64 {
	if a := e.Axis(); a != Placed && f.when[a].Known {
		return f.when[a].First
	}
	for _, s := range f.starts {
		if s.source == e.Origin && e.Axis() == Placed {
			return s.place
		}
	}
	return math.MaxInt64
}

// neighbours are the failures near evidence in time. Evidence with a time is asked for in
// order.
type neighbours struct {
	found  int // number of failures to consider
	axis   Axis
	begun  bool
	queue  []int32 // failures that begin later, sorted by begin
	active []int32
}

// of returns the failures that begin at most ahead after the evidence and end at most a gap
// before it.
func (n *neighbours) of(c *correlator, e *Evidence, ahead int64) []int32 {
	a := e.Axis()
	if !n.begun || n.axis != a {
		n.axis, n.begun, n.queue, n.active = a, true, n.queue[:0], n.active[:0]
		for i := range int32(n.found) {
			f := &c.failures[i]
			if f.listed = false; f.when[a].Known {
				n.queue = append(n.queue, i)
			}
		}
		slices.SortFunc(n.queue, func(x, y int32) int {
			return cmp.Or(cmp.Compare(c.failures[x].when[a].First, c.failures[y].when[a].First), cmp.Compare(x, y))
		})
	}
	for len(n.queue) > 0 && c.failures[n.queue[0]].when[a].First-e.last() <= ahead {
		n.add(c, n.queue[0])
		n.queue = n.queue[1:]
	}
	n.active = slices.DeleteFunc(n.active, func(i int32) bool {
		f := &c.failures[i]
		// A failure that ends before this evidence ends before all later evidence.
		if e.First-f.when[a].Last > gap {
			f.listed = false
		}
		return !f.listed
	})
	return n.active
}

// add makes a failure active, which evidence may have joined by place.
func (n *neighbours) add(c *correlator, number int32) {
	if f := &c.failures[number]; !f.listed {
		f.listed = true
		n.active = append(n.active, number)
	}
}

// A summary is what the evidence of a failure says together.
type summary struct {
	err, method Name
	code        int32
	reason      catalogue.ReasonID // of err; 0: unknown
	client      SessionID          // zero: unknown
	counts      bool               // false: only the timer of a destroyed publisher reported it
	recovered   bool               // its attempt ended in success
	done        bool               // it was counted in a row

	named      rank // of the evidence for err
	reasoned   rank // of the evidence for reason
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
	out := c.found[:0]
	for range c.failures {
		out = append(out, summary{first: timestamp.NoTime, named: rank{socket: true}})
	}
	c.found = out
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
		if e.Axis() == Dated && s.first == timestamp.NoTime {
			s.first = e.First
		}
		if s.client.IsZero() {
			s.client = e.Client
		}
		s.late = s.late || e.Late()
		s.proper = s.proper || !e.Late() && e.From == classify.MethodSpelled
	}
	c.reasons(out)
	for i := range out {
		s := &out[i]
		s.counts = !s.late || s.proper
	}
	return out
}

// reasons sets the reason of each failure: that of the strongest evidence of its error that has one,
// and of equally strong evidence the last.
func (c *correlator) reasons(found []summary) {
	for i := range c.evidence {
		e := &c.evidence[i]
		if e.Reason() == 0 || c.of[i] == none {
			continue
		}
		if s, r := &found[c.of[i]], (rank{e.Weight == classify.Socket, e.Kind}); e.Error == s.err && (s.reason == 0 || r.compare(s.reasoned) >= 0) {
			s.reason, s.reasoned = e.Reason(), r
		}
	}
}
