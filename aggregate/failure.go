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
	err    Name
	code   int32 // that stands for a missing name
	class  Name  // the method for which it counts as another failure; zero: not known
	stream uint32
	when   [2]interval   // on the axes dated and clock
	where  []placeExtent // in each of its sources, if the session has records without a time
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
	names    *dictionary
	evidence []Evidence
	byPlace  bool // some evidence bears no time

	failures []failure
	of       []int32 // failure of each evidence; none if it belongs to none
}

const none = -1

// correlate finds the failures of evidence, which is all that one session, or
// one source without sessions, has, in the order of sortAndFold.
//
//  1. Evidence that names its error is chained: the same error in a compatible
//     method, each at most a gap behind the one before, 30 s in all.
//  2. Weak evidence joins the nearest of these failures within a gap that may
//     state its code; the rest is chained likewise.
//  3. Tries of sockets join the connect failure that follows, else one that was
//     just before; the rest is chained likewise, with a longer gap.
//
// What stands aside founds and joins no failure.
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
type openFailures map[Name][]int32

// maxOpen is how many failures of one error are looked at: more of them at a
// time are only made by somebody who wants to.
const maxOpen = 64

// link adds evidence to the failure of its error that was joined last among
// those that take it, else to a new one. Evidence of a stream goes to a failure
// of that stream first.
func (c *correlator) link(open openFailures, i int32, within int64) {
	e := &c.evidence[i]
	key := e.Error
	if e.Weight != classify.Strong {
		key = 0 // errors are compared one by one
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

// takes reports whether evidence may speak of a failure's error, in a method
// that is compatible.
func (c *correlator) takes(f *failure, e *Evidence) bool {
	class := c.class(e)
	if class != 0 && f.class != 0 && class != f.class || e.Stream != 0 && f.stream != 0 && e.Stream != f.stream {
		return false
	}
	if e.Weight == classify.Socket || e.Error != 0 && f.err == e.Error {
		return true // of tries of a socket, the last one tells the error
	}
	if e.Error != 0 && f.err != 0 {
		// Weak evidence: its name is only the likeliest.
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

// anyCode reports whether a code tells nothing: telemetry of a failed subscribe
// states 1013 whatever the error's code is.
func anyCode(code int32, subscribe bool) bool { return code == 0 || code == 1013 && subscribe }

// raises reports whether an error may be raised with that code.
func (c *correlator) raises(err, class Name, code int32) bool {
	if c.names.errors.foreign(err) || c.names.methods.foreign(class) {
		return true
	}
	id := catalogue.ID(err)
	return catalogue.Raises(id, catalogue.MethodID(class), code) ||
		class == classPublish && catalogue.Raises(id, methodInit, code)
}

// class returns what tells an evidence's method from others: zero if the method
// is only guessed. A device that cannot be had is reported by OT.initPublisher
// and by Session.publish alike.
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

// distance is how far evidence is from a failure, in nanoseconds, by its own
// axis.
func (c *correlator) distance(f *failure, e *Evidence) int64 {
	if a := e.Axis(); a != placed {
		if !f.when[a].known {
			return math.MaxInt64
		}
		return f.when[a].distance(e.First, e.last())
	}
	for i := range f.where {
		if w := &f.where[i]; w.source == e.Origin {
			return w.distance(e.First, e.last()) * perRecord
		}
	}
	return math.MaxInt64
}

// fits reports whether a failure with the evidence is not too long. Places tell
// nothing of that.
func fits(f *failure, e *Evidence) bool {
	if e.Axis() == placed {
		return true
	}
	w := &f.when[e.Axis()]
	return !w.known || max(w.last, e.last())-min(w.first, e.First) <= longest
}

// put adds evidence to a failure.
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
	at := slices.IndexFunc(f.where, func(w placeExtent) bool { return w.source == e.Origin })
	if at < 0 {
		at = len(f.where)
		f.where = append(f.where, placeExtent{source: e.Origin})
	}
	f.where[at].add(int64(e.Place), int64(e.Place)+int64(e.PlaceSpan))
}

// weakDistance is how far a failure is from weak evidence, more than a gap if
// the evidence cannot join it.
func (c *correlator) weakDistance(f *failure, e *Evidence) int64 {
	if d := c.distance(f, e); d <= gap && c.takes(f, e) && fits(f, e) {
		return d
	}
	return math.MaxInt64
}

// socketDistance is how far a connect failure is behind a try of a socket. One
// that was before counts as farther than any that follows.
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

// join adds each evidence to the nearest failure there is, the earlier of two,
// and returns what cannot be added. ahead is how far a failure may follow.
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

// earlier reports whether one failure begins before another one, on the axis of
// the evidence that may join either.
func (c *correlator) earlier(a, b int32, e *Evidence) bool {
	x, y := c.begin(a, e), c.begin(b, e)
	return x < y || x == y && a < b
}

// begin is the first place of a failure on the axis of an evidence.
func (c *correlator) begin(number int32, e *Evidence) int64 {
	f := &c.failures[number]
	if a := e.Axis(); a != placed {
		if f.when[a].known {
			return f.when[a].first
		}
		return math.MaxInt64
	}
	for _, w := range f.where {
		if w.source == e.Origin {
			return w.first
		}
	}
	return math.MaxInt64
}

// neighbours are the failures that evidence may be near to, while evidence comes
// in the order of sortAndFold.
type neighbours struct {
	axis   Axis
	source uint32
	begun  bool
	queue  []int32 // by begin: those that lie ahead
	active []int32
}

// of returns the failures that are not farther than ahead, and maybe others.
// Only the first found failures are looked at.
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

// before reports whether a failure ends more than a gap before evidence, and so
// before all that comes behind it.
func (f *failure) before(e *Evidence) bool {
	if a := e.Axis(); a != placed {
		return e.First-f.when[a].last > gap
	}
	for _, w := range f.where {
		if w.source == e.Origin {
			return (e.First-w.last)*perRecord > gap
		}
	}
	return true
}
