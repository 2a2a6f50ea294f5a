package aggregate

import (
	"cmp"
	"math"
	"slices"

	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
)

// A failure is one thing that went wrong once, in the making: the evidence of
// one session that belongs together.
type failure struct {
	err   name
	code  int32 // that stands for a missing name
	class name  // the method for which it counts as another failure; zero: not known
	part  uint32
	when  [2]interval   // on the axes dated and clock
	where []placeExtent // in each of its sources, if the session has records without a time
}

// An interval goes from its first place to its last, both within.
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

// distance is how far two intervals are apart, zero if they meet.
func (v *interval) distance(first, last int64) int64 {
	return max(v.first-last, first-v.last, 0)
}

type placeExtent struct {
	source uint32
	interval
}

// perRecord makes a distance in records one in time: gapRecords of them are a gap.
const perRecord = gap / gapRecords

// A correlator finds the failures of one session after the other. What it finds
// is a function of the set of evidence: it looks at it in the order of time,
// source and place.
type correlator struct {
	t        *Tally
	evidence []evidence
	byPlace  bool // some evidence bears no time

	failures []failure
	of       []int32 // failure of each evidence; none if it belongs to none
}

const none = -1

// correlate finds the failures of evidence, which is all that one session, or
// one source without sessions, has, in the order of settle.
//
//  1. Evidence that names its error is chained: the same error in a compatible
//     method, each at most a gap behind the one before, 30 s in all.
//  2. Weak evidence joins the nearest of these failures within a gap that may
//     state its code; the rest is chained likewise.
//  3. Tries of sockets join the connect failure that follows, else one that was
//     just before; the rest is chained likewise, with a longer gap.
//
// What stands aside founds and joins no failure.
func (c *correlator) correlate(all []evidence) {
	c.evidence, c.failures, c.of = all, c.failures[:0], c.of[:0]
	c.byPlace = all[len(all)-1].axis() == placed
	var weight [classify.Aside + 1][]int32
	for i := range all {
		c.of = append(c.of, none)
		weight[all[i].weight] = append(weight[all[i].weight], int32(i))
	}
	c.chain(weight[classify.Strong], gap)
	c.chain(c.join(weight[classify.Weak], 0, c.weakDistance), gap)
	c.chain(c.join(weight[classify.Socket], socketGap, c.socketDistance), socketGap)
}

// chain makes failures of evidence, each at most within behind the one before.
func (c *correlator) chain(which []int32, within int64) {
	if len(which) == 0 {
		return
	}
	open := openFailures{}
	for _, i := range which {
		c.link(open, i, within)
	}
}

// openFailures are the failures that evidence to come may join, by error, the
// one that was joined last at the end.
type openFailures map[name][]int32

// maxOpen is how many failures of one error are looked at: more of them at a
// time are only made by somebody who wants to.
const maxOpen = 64

// link adds evidence to the failure of its error that was joined last among
// those that take it, else to a new one. Evidence of a stream goes to a failure
// of that stream first.
func (c *correlator) link(open openFailures, i int32, within int64) {
	e := &c.evidence[i]
	key := e.err
	if e.weight != classify.Strong {
		key = 0 // errors are compared one by one
	}
	candidates := open[key]
	best := none
	for place := len(candidates) - 1; place >= 0; place-- {
		f := &c.failures[candidates[place]]
		if !c.takes(f, e) || c.distance(f, e) > within || !fits(f, e) {
			continue
		}
		if e.part != 0 && f.part == e.part {
			best = place
			break
		}
		if best == none {
			best = place
			if e.part == 0 {
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

// takes reports whether evidence may speak of a failure's error, in a method
// that is compatible.
func (c *correlator) takes(f *failure, e *evidence) bool {
	class := c.class(e)
	if class != 0 && f.class != 0 && class != f.class || e.part != 0 && f.part != 0 && e.part != f.part {
		return false
	}
	if e.weight == classify.Socket || e.err != 0 && f.err == e.err {
		return true // of tries of a socket, the last one tells the error
	}
	if e.err != 0 && f.err != 0 {
		// Weak evidence: its name is only the likeliest.
		return e.weight == classify.Weak && c.raises(f.err, class, e.code)
	}
	if f.err != 0 {
		return c.raises(f.err, class, e.code)
	}
	if e.err != 0 {
		return c.raises(e.err, f.class, f.code)
	}
	subscribe := class == classSubscribe || f.class == classSubscribe
	return e.code == f.code || anyCode(e.code, subscribe) || anyCode(f.code, subscribe)
}

// anyCode reports whether a code tells nothing: telemetry of a failed subscribe
// states 1013 whatever the error's code is.
func anyCode(code int32, subscribe bool) bool { return code == 0 || code == 1013 && subscribe }

// raises reports whether an error may be raised with that code.
func (c *correlator) raises(err, class name, code int32) bool {
	if c.t.errors.foreign(err) || c.t.methods.foreign(class) {
		return true
	}
	id := catalogue.ID(err)
	return catalogue.Raises(id, catalogue.MethodID(class), code) ||
		class == classPublish && catalogue.Raises(id, methodInit, code)
}

// class returns what tells an evidence's method from others: zero if the method
// is only guessed. A device that cannot be had is reported by OT.initPublisher
// and by Session.publish alike.
func (c *correlator) class(e *evidence) name {
	switch {
	case e.from <= classify.MethodOnly:
		return 0
	case e.method == name(methodInit):
		return classPublish
	}
	return e.method
}

var (
	methodInit     = catalogue.LookupMethod([]byte("OT.initPublisher"))
	classPublish   = name(methodPublish)
	classConnect   = name(methodConnect)
	classSubscribe = name(methodSubscribe)
)

// distance is how far evidence is from a failure, in nanoseconds, by its own
// axis.
func (c *correlator) distance(f *failure, e *evidence) int64 {
	if a := e.axis(); a != placed {
		if !f.when[a].known {
			return math.MaxInt64
		}
		return f.when[a].distance(e.first, e.last())
	}
	for i := range f.where {
		if w := &f.where[i]; w.source == e.origin {
			return w.distance(e.first, e.last()) * perRecord
		}
	}
	return math.MaxInt64
}

// fits reports whether a failure with the evidence is not too long. Places tell
// nothing of that.
func fits(f *failure, e *evidence) bool {
	if e.axis() == placed {
		return true
	}
	w := &f.when[e.axis()]
	return !w.known || max(w.last, e.last())-min(w.first, e.first) <= longest
}

// put adds evidence to a failure.
func (c *correlator) put(number, i int32) {
	f, e := &c.failures[number], &c.evidence[i]
	c.of[i] = number
	if e.weight != classify.Socket || f.err == 0 {
		if f.err == 0 {
			f.err = e.err
		}
		if f.code == 0 {
			f.code = e.code
		}
	}
	if f.class == 0 {
		f.class = c.class(e)
	}
	if f.part == 0 {
		f.part = e.part
	}
	if a := e.axis(); a != placed {
		f.when[a].add(e.first, e.last())
	}
	if !c.byPlace {
		return
	}
	at := slices.IndexFunc(f.where, func(w placeExtent) bool { return w.source == e.origin })
	if at < 0 {
		at = len(f.where)
		f.where = append(f.where, placeExtent{source: e.origin})
	}
	f.where[at].add(int64(e.place), int64(e.place)+int64(e.placeSpan))
}

// weakDistance is how far a failure is from weak evidence, more than a gap if
// the evidence cannot join it.
func (c *correlator) weakDistance(f *failure, e *evidence) int64 {
	if d := c.distance(f, e); d <= gap && c.takes(f, e) && fits(f, e) {
		return d
	}
	return math.MaxInt64
}

// socketDistance is how far a connect failure is behind a try of a socket. One
// that was before counts as farther than any that follows.
func (c *correlator) socketDistance(f *failure, e *evidence) int64 {
	if f.class != 0 && f.class != classConnect {
		return math.MaxInt64
	}
	d := c.distance(f, e)
	a := e.axis()
	switch {
	case a != placed && d <= socketGap && f.when[a].last >= e.first:
		return d
	case d <= gap:
		return socketGap + d
	}
	return math.MaxInt64
}

// join adds each evidence to the nearest failure there is, the earlier of two,
// and returns what cannot be added. ahead is how far a failure may follow.
func (c *correlator) join(which []int32, ahead int64, distance func(*failure, *evidence) int64) (rest []int32) {
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

// earlier reports whether one failure begins before another one, on the axis of
// the evidence that may join either.
func (c *correlator) earlier(a, b int32, e *evidence) bool {
	x, y := c.begin(a, e), c.begin(b, e)
	return x < y || x == y && a < b
}

// begin is the first place of a failure on the axis of an evidence.
func (c *correlator) begin(number int32, e *evidence) int64 {
	f := &c.failures[number]
	if a := e.axis(); a != placed {
		if f.when[a].known {
			return f.when[a].first
		}
		return math.MaxInt64
	}
	for _, w := range f.where {
		if w.source == e.origin {
			return w.first
		}
	}
	return math.MaxInt64
}

// neighbours are the failures that evidence may be near to, while evidence comes
// in the order of settle.
type neighbours struct {
	axis   axis
	source uint32
	begun  bool
	queue  []int32 // by begin: those that lie ahead
	active []int32
}

// of returns the failures that are not farther than ahead, and maybe others.
// Only the first found failures are looked at.
func (n *neighbours) of(c *correlator, e *evidence, found int, ahead int64) []int32 {
	if !n.begun || n.axis != e.axis() || n.axis == placed && n.source != e.origin {
		*n = neighbours{axis: e.axis(), source: e.origin, begun: true, queue: n.queue[:0], active: n.active[:0]}
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

// before reports whether a failure ends more than a gap before evidence, and so
// before all that comes behind it.
func (f *failure) before(e *evidence) bool {
	if a := e.axis(); a != placed {
		return e.first-f.when[a].last > gap
	}
	for _, w := range f.where {
		if w.source == e.origin {
			return (e.first-w.last)*perRecord > gap
		}
	}
	return true
}
