package aggregate

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/otlog/otlog/aggregate/axis"
	"github.com/otlog/otlog/aggregate/compatible"
	"github.com/otlog/otlog/aggregate/crowd"
	"github.com/otlog/otlog/aggregate/lists"
	"github.com/otlog/otlog/aggregate/nearest"
	"github.com/otlog/otlog/aggregate/spans"
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
	rules    compatible.Rules
	evidence []Evidence
	places   spans.Tree      // of the evidence, in its source; none if all of it is on one axis of time
	starts   map[start]int64 // index of a record in its source, if places matter
	failures []failure
	of       []int32 // failure of each evidence, or none
	joined   int32   // evidence that has joined a failure
	calls    attribution
	crowded  int   // how many failures are considered one after the other; 0: fewCandidates
	most     int   // evidence that is considered at a time; 0: mostEvidence
	work     int64 // failures and evidence that were considered, for tests

	// Memory for each session anew:
	weight      [classify.Aside + 1][]int32
	open        lists.Reused[int32] // by error, the failures that later evidence of the same axis may join by time
	found       []summary
	said        compatible.Statement // by the evidence that is looked at
	crowd       crowd.Crowd
	overcrowded bool // the last evidence has one candidate too many
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
	c.work += c.crowd.Work
	c.crowd = crowd.Crowd{}
}

// place notes the places of the evidence, if they matter.
func (c *correlator) place() {
	c.places.Reset()
	clear(c.starts)
	if first, last := c.evidence[0].Axis(), c.evidence[len(c.evidence)-1].Axis(); first == last && first != Placed {
		return
	}
	if c.starts == nil {
		c.starts = map[start]int64{}
	}
	for i := range c.evidence {
		first, last := c.evidence[i].places()
		c.places.Add(spans.Span{Group: placesOf(c.evidence[i].Origin, c.evidence[i].Axis()), First: first, Last: last, Index: int32(i)})
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
	for _, a := range axis.All {
		if a == e.Axis() && a != Placed {
			continue
		}
		c.places.Overlapping(placesOf(e.Origin, a), first-gapRecords, last+gapRecords, func(s *spans.Span) bool {
			c.work++
			if f := c.of[s.Index]; f != none {
				visit(f, max(s.First-last, first-s.Last, 0)*perRecord, s.Last >= first)
			}
			return true
		})
	}
}

// placesOf returns the group of the places of evidence on an axis in a source.
func placesOf(source uint32, a Axis) uint32 { return source*uint32(len(axis.All)) + uint32(a) }

// A failure is something that went wrong once: evidence of one session that belongs
// together.
type failure struct {
	compatible.Statement                   // the first error, code, method, stream and subscriber that its records state
	when                 [2]spans.Interval // on the axes Dated and Clock
	joined               int32             // increases with each evidence that joins a failure
	listed               bool              // among the active failures of neighbours
}

// A start is where the first record of a failure in a source is.
type start struct {
	failure int32
	source  uint32
}

// chain makes failures of evidence, in order. Each record is at most within away from the
// nearest record of its failure.
func (c *correlator) chain(which []int32, within int64) {
	if len(which) == 0 {
		return
	}
	own := int32(len(c.failures))
	on := c.evidence[which[0]].Axis()
	c.open.Clear()
	c.crowd.Used = false
	for n, i := range which {
		if a := c.evidence[i].Axis(); a != on {
			on = a
			c.open.Clear()
			c.crowd.Used = false
		}
		c.link(own, i, within)
		if c.overcrowded && !c.crowd.Used {
			// From here on, failures are found by an index.
			rule := compatible.Chain
			if c.evidence[i].Weight == classify.Weak {
				rule = compatible.Weak
			}
			c.crowding(rule, which[n:], nearest.Limits{Within: within, Longest: longest, Latest: true})
			for number := range c.open.Each {
				c.gather(number, on)
			}
			c.open.Clear()
		}
	}
}

// fewCandidates is how many failures are considered one after the other, per error. A log seldom has
// more at a time.
const fewCandidates = 64

// isCrowd reports whether there are too many failures to consider one after the other.
func (c *correlator) isCrowd(failures int) bool {
	return failures > cmp.Or(c.crowded, fewCandidates)
}

// link adds evidence to a failure that takes it, else to a new failure. Failures before own
// take none. A failure of the same subscriber is preferred, then one of the same stream, then
// the nearest, then the one that was joined last.
func (c *correlator) link(own, i int32, within int64) {
	e := &c.evidence[i]
	c.said, c.overcrowded = statementOf(e), false
	key := e.Error
	if e.Weight != classify.Strong {
		key = 0 // takes compares errors
	}
	best, least := int32(none), int64(math.MaxInt64)
	consider := func(number int32, d int64) {
		c.work++
		f := &c.failures[number]
		if number < own || d > within || best == number && d >= least || !c.rules.Takes(&f.Statement, &c.said, e.Weight) || !fits(f, e) {
			return
		}
		if best != none && best != number {
			other := &c.failures[best]
			if cmp.Or(cmp.Compare(e.Stream.Alike(f.Stream), e.Stream.Alike(other.Stream)), cmp.Compare(least, d), cmp.Compare(f.joined, other.joined)) <= 0 {
				return
			}
		}
		best, least = number, d
	}
	a := e.Axis()
	if c.crowd.Used {
		c.crowd.Near(&c.said, e.First, e.last(), func(number int32) { consider(number, c.failures[number].when[a].Distance(e.First, e.last())) })
		c.beside(e, func(number int32, d int64, _ bool) { consider(number, d) })
		c.gather(c.settleOn(best, i), a)
		return
	}
	open := c.open.Of(int(key))
	candidates := *open
	if a != Placed {
		// Later evidence is even farther from failures that are too far.
		candidates = slices.DeleteFunc(candidates, func(number int32) bool {
			d := c.failures[number].when[a].Distance(e.First, e.last())
			consider(number, d)
			return d > within
		})
	}
	c.beside(e, func(number int32, d int64, _ bool) { consider(number, d) })
	best = c.settleOn(best, i)
	if a != Placed && !slices.Contains(candidates, best) {
		candidates = append(candidates, best)
		c.overcrowded = c.isCrowd(len(candidates))
	}
	*open = candidates
}

// statementOf returns what evidence says of its error.
func statementOf(e *Evidence) compatible.Statement {
	return compatible.Statement{Error: e.Error, Code: e.Code, Class: compatible.ClassOf(e.Method, e.From), Stream: e.Stream}
}

// settleOn adds evidence i to a failure, to a new one if best is none, and returns its number.
func (c *correlator) settleOn(best, i int32) int32 {
	if best == none {
		best = int32(len(c.failures))
		c.failures = append(c.failures, failure{})
	}
	c.put(best, i)
	return best
}

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
	f.Add(&c.said, e.Weight)
	if a := e.Axis(); a != Placed {
		f.when[a].Add(e.First, e.last())
	}
	if c.places.Len() > 0 {
		place, _ := e.places()
		at := start{number, e.Origin}
		if before, ok := c.starts[at]; !ok || place < before {
			c.starts[at] = place
		}
	}
}

// never is a distance that is too far.
const never = math.MaxInt64

// weakDistance returns the distance of weak evidence from a failure that it may join, else
// never. d is the distance from its time or from one of its places.
func (c *correlator) weakDistance(f *failure, e *Evidence, d int64, _ bool) int64 {
	if d <= gap && c.rules.Takes(&f.Statement, &c.said, e.Weight) && fits(f, e) {
		return d
	}
	return never
}

// socketDistance returns the distance of a try of a socket from a connect failure that it
// may join, else never. Any failure that follows the try is nearer than one that precedes
// it.
func (c *correlator) socketDistance(f *failure, e *Evidence, d int64, follows bool) int64 {
	switch {
	case !c.rules.Connects(&f.Statement):
		return never
	case follows && d <= socketGap:
		return d
	case d <= gap:
		return socketGap + d
	}
	return never
}

// join adds each evidence to the nearest failure, of equally near ones to the earliest, and
// returns the evidence that no failure takes. ahead is how much later a failure may begin.
// distance is as weakDistance.
func (c *correlator) join(which []int32, ahead int64, distance func(f *failure, e *Evidence, d int64, follows bool) int64) (rest []int32) {
	if len(c.failures) == 0 {
		return which
	}
	near := neighbours{found: len(c.failures)}
	c.crowd.Used = false
	for n, i := range which {
		e := &c.evidence[i]
		c.said = statementOf(e)
		best, least := int32(none), int64(never)
		consider := func(number int32, d int64, follows bool) {
			c.work++
			d = distance(&c.failures[number], e, d, follows)
			if d < least || d == least && d != never && c.compareBegins(number, best, e) < 0 {
				best, least = number, d
			}
		}
		if a := e.Axis(); a != Placed {
			near.of(c, e, ahead, which[n:], func(number int32) {
				w := &c.failures[number].when[a]
				consider(number, w.Distance(e.First, e.last()), w.Last >= e.First)
			})
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

// compareBegins orders failures by when they begin. Those that begin nowhere come last, in the order
// of correlate.
func (c *correlator) compareBegins(a, b int32, e *Evidence) int {
	return cmp.Or(cmp.Compare(c.beginFor(a, e), c.beginFor(b, e)), cmp.Compare(a, b))
}

// beginFor returns the first position of a failure on the axis of evidence, or in its source if
// the evidence has no time; math.MaxInt64 if the failure has none there.
func (c *correlator) beginFor(number int32, e *Evidence) int64 {
	a := e.Axis()
	if a != Placed {
		if w := &c.failures[number].when[a]; w.Known {
			return w.First
		}
		return math.MaxInt64
	}
	if place, ok := c.starts[start{number, e.Origin}]; ok {
		return place
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
	active []int32 // others, if they are no crowd
}

// of visits failures that begin at most ahead after the evidence and end at most a gap before it:
// all of them, or if they are a crowd, those that may be nearest. The evidence is the first of what
// is left to ask for.
func (n *neighbours) of(c *correlator, e *Evidence, ahead int64, left []int32, visit func(number int32)) {
	a := e.Axis()
	byBegin := func(x, y int32) int {
		return cmp.Or(cmp.Compare(c.failures[x].when[a].First, c.failures[y].when[a].First), cmp.Compare(x, y))
	}
	if !n.begun || n.axis != a {
		n.axis, n.begun, n.queue, n.active, c.crowd.Used = a, true, n.queue[:0], n.active[:0], false
		for i := range int32(n.found) {
			f := &c.failures[i]
			if f.listed = false; f.when[a].Known {
				n.queue = append(n.queue, i)
			}
		}
		slices.SortFunc(n.queue, byBegin)
	}
	if c.crowd.Used {
		c.crowd.Advance(e.First)
	}
	for len(n.queue) > 0 && c.failures[n.queue[0]].when[a].First-e.last() <= ahead {
		n.add(c, n.queue[0])
		n.queue = n.queue[1:]
	}
	if c.crowd.Used {
		c.crowd.Near(&c.said, e.First, e.last(), visit)
		return
	}
	n.active = slices.DeleteFunc(n.active, func(i int32) bool {
		f := &c.failures[i]
		// A failure that ends before this evidence ends before all later evidence.
		if e.First-f.when[a].Last > gap {
			f.listed = false
		}
		return !f.listed
	})
	if c.isCrowd(len(n.active)) {
		rule, limits := compatible.Weak, nearest.Limits{Within: gap, Longest: longest}
		if e.Weight == classify.Socket {
			rule, limits.Longest = compatible.Connect, math.MaxInt64
		}
		c.crowding(rule, left, limits)
		slices.SortFunc(n.active, byBegin)
		for _, number := range n.active {
			c.gather(number, a)
		}
		c.crowd.Near(&c.said, e.First, e.last(), visit)
		return
	}
	for _, number := range n.active {
		visit(number)
	}
}

// add adds a failure, which evidence may have joined by place, or replaces it.
func (n *neighbours) add(c *correlator, number int32) {
	switch f := &c.failures[number]; {
	case c.crowd.Used:
		c.gather(number, n.axis)
	case !f.listed:
		f.listed = true
		n.active = append(n.active, number)
	}
}

// crowding makes a crowd, which will be asked for what is left of evidence, from the first on.
func (c *correlator) crowding(rule compatible.Rule, left []int32, l nearest.Limits) {
	first := &c.evidence[left[0]]
	c.crowd.Begin(c.rules, rule, first.Weight, l)
	for _, i := range left {
		c.crowd.Expect(statementOf(&c.evidence[i]))
	}
	c.crowd.Advance(first.First)
}

// gather adds a failure to the crowd, or replaces it.
func (c *correlator) gather(number int32, a Axis) {
	f := &c.failures[number]
	c.crowd.Put(nearest.Item{Number: number, First: f.when[a].First, Last: f.when[a].Last, Joined: f.joined}, &f.Statement)
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
