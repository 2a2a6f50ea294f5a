package story

import (
	"cmp"
	"slices"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/parse/timestamp"
	"github.com/otlog/otlog/report/lookup"
)

// A builder makes a Story of the records of a session.
type builder struct {
	*collector
	index *aggregate.Index
	zone  *time.Location

	people    []*person
	clockOnly bool
	first     int64   // of the first record that is of the session, NoTime if unknown
	end       *record // the last one that is of the session
	repeated  int
	attempts  []*call
	calls     map[uint64][]*call // attempts by aggregate.Attempt.Call
	failures  []*failure
	failureOf map[string]*failure // by ID
}

// A call is an attempt with its records.
type call struct {
	aggregate.Attempt
	number int
	who    int
	tries  int
	seen   bool
}

// A failure is a failure with its records.
type failure struct {
	*aggregate.Failure
	number  int
	who     int
	records []*record
	call    *call
	beside  []int
}

func newBuilder(c *collector, x *aggregate.Index, zone *time.Location) *builder {
	return &builder{collector: c, index: x, zone: zone, first: timestamp.NoTime, failureOf: map[string]*failure{}}
}

// build returns the story.
func (b *builder) build() *Story {
	b.records = b.all()
	b.order()
	b.dedupe()
	b.meet()
	b.span()
	b.call()
	b.fail()
	s := &Story{
		Session: b.name, SessionFrom: b.from.String(), Asked: []string{}, ClockOnly: b.clockOnly,
		Sources: b.sources, Clients: b.clients(), Attempts: []Attempt{}, Failures: []Failure{},
	}
	for _, asked := range b.asked {
		if asked != b.name && !slices.Contains(s.Asked, asked) {
			s.Asked = append(s.Asked, asked)
		}
	}
	s.decode()
	s.Records = Records{Total: len(b.records), Repeated: b.repeated, LeftOut: b.leftOut}
	if b.collector.last != nil {
		s.Records.LeftOut-- // it is shown
	}
	for _, r := range b.records {
		if r.posted {
			s.Records.Telemetry++
		}
	}
	s.Timeline = b.timeline()
	for _, c := range b.attempts {
		s.Attempts = append(s.Attempts, b.attempt(c))
	}
	for _, f := range b.failures {
		s.Failures = append(s.Failures, b.failure(f))
	}
	b.frame(s)
	s.End = b.ending()
	s.Summary = s.summary()
	return s
}

// dedupe merges records that are one: equal telemetry events of the same time, and lines of the same
// time and text in several sources.
func (b *builder) dedupe() {
	type identity struct {
		time int64
		same string
	}
	known := map[identity]*record{}
	kept := b.records[:0]
	for _, r := range b.records {
		if r.dated() && (r.same != "" || r.text != "") {
			key := identity{r.time, r.same}
			if r.same == "" {
				key.same = "line\x00" + r.client + "\x00" + r.conn + "\x00" + r.text
			}
			if first := known[key]; first != nil && (r.same != "" || first.source != r.source) {
				first.again = append(first.again, b.place(r))
				b.repeated++
				continue
			} else if first == nil {
				known[key] = r
			}
		}
		kept = append(kept, r)
	}
	clear(b.records[len(kept):])
	b.records = kept
}

func (b *builder) place(r *record) Place { return Place{b.sources[r.source], r.line} }

// span finds the first and the last record. A line that is only beside a failure may be of another session.
func (b *builder) span() {
	for _, r := range b.records {
		if r.alone {
			continue
		}
		if r.dated() && b.first == timestamp.NoTime {
			b.first = r.time
		}
		if r.dated() || b.end == nil || !b.end.dated() {
			b.end = r
		}
	}
}

// call gives each step its attempt: the one of its call that began last before it.
func (b *builder) call() {
	for _, a := range b.index.Attempts(b.id) {
		b.attempts = append(b.attempts, &call{Attempt: a, who: nobody})
	}
	slices.SortStableFunc(b.attempts, func(x, y *call) int {
		return cmp.Or(cmp.Compare(x.began(), y.began()), cmp.Compare(x.Method, y.Method), cmp.Compare(x.Call, y.Call))
	})
	b.calls = map[uint64][]*call{}
	for i, c := range b.attempts {
		c.number = i + 1
		b.calls[c.Call] = append(b.calls[c.Call], c)
	}
	for _, r := range b.records {
		if r.kind != step {
			continue
		}
		if c := b.callOf(r); c != nil {
			if r.step.Starts() {
				c.tries++
			}
			if c.who == nobody {
				c.who = r.who
			}
		}
	}
}

// began returns when the attempt began or, if that is unknown, ended.
func (c *call) began() int64 {
	if c.Start != timestamp.NoTime {
		return c.Start
	}
	return c.End
}

// latest returns the last of some attempts that began at a time or before, else the first.
func latest(of []*call, at int64) *call {
	var found *call
	for _, c := range of {
		if found == nil || c.began() <= at {
			found = c
		}
	}
	return found
}

// callOf returns the attempt that a step belongs to.
func (b *builder) callOf(r *record) *call { return latest(b.calls[r.step.Call], r.step.Nanos()) }

// fail gathers the lines of each failure.
func (b *builder) fail() {
	for _, r := range b.records {
		if r.failure == nil {
			continue
		}
		f := b.failureOf[r.failure.ID]
		if f == nil {
			f = &failure{Failure: r.failure, number: len(b.failures) + 1, who: nobody}
			b.failureOf[r.failure.ID] = f
			b.failures = append(b.failures, f)
		}
		f.records = append(f.records, r)
		if f.who == nobody {
			f.who = r.who
		}
	}
	for _, c := range b.attempts {
		if f := b.failureIn(c.Failure); f != nil {
			f.call = c
			if f.who == nobody {
				f.who = c.who
			}
		}
	}
}

// failureIn returns a failure of the story, nil if it has no record there.
func (b *builder) failureIn(f *aggregate.Failure) *failure {
	if f == nil {
		return nil
	}
	return b.failureOf[f.ID]
}

// attempt returns an attempt of the story.
func (b *builder) attempt(c *call) Attempt {
	out := Attempt{
		Number: c.number, Method: c.Method, Client: who(c.who), Outcome: c.outcome(), Inferred: c.Inferred, Retries: max(c.tries-1, 0),
	}
	out.Start, out.OffsetMS = b.when(c.began())
	if c.Start != timestamp.NoTime && c.End != timestamp.NoTime && !c.Inferred {
		out.DurationMS = pointer((c.End - c.Start) / int64(time.Millisecond))
	}
	if f := b.failureIn(c.Failure); f != nil {
		out.Failure = &f.number
	}
	return out
}

// outcome returns how an attempt ended, in words.
func (c *call) outcome() string {
	switch {
	case c.NeverEnded:
		return "never_ended"
	case c.Outcome == aggregate.Succeeded:
		return "succeeded"
	case c.Outcome == aggregate.Failed:
		return "failed"
	case c.Outcome == aggregate.Cancelled:
		return "cancelled"
	}
	return "open"
}

// mostLines is how many lines of a failure a story has.
const mostLines = 50

// failure returns a failure of the story.
func (b *builder) failure(f *failure) Failure {
	out := Failure{
		Number: f.number, ID: f.ID, Method: f.Method, Error: optional(f.Error), Client: who(f.who), Recovered: f.Recovered,
		Lines: []Line{}, Beside: append([]int{}, f.beside...),
	}
	if f.Code != 0 {
		out.Code = &f.Code
	}
	if f.call != nil {
		out.Attempt = &f.call.number
	}
	out.Time, out.OffsetMS = b.when(f.records[0].time)
	best := classify.None
	for _, r := range f.records {
		best = max(best, r.evidence)
		places := append([]Place{b.place(r)}, r.again...)
		out.LineCount += len(places)
		for _, p := range places {
			if len(out.Lines) < mostLines {
				out.Lines = append(out.Lines, Line{p, r.evidence.String(), r.text})
			}
		}
	}
	out.Evidence = best.String()
	meaning, remedy, owner, link := lookup.Advise(f.Method, f.Error, f.Code)
	if f.Reason != 0 {
		r := f.Reason.Get()
		out.Reason, remedy, owner = &r.Name, r.Remedy, r.Owner
	}
	out.Meaning, out.Remedy, out.Owner, out.Link = meaning, remedy, owner.String(), link
	return out
}

// when returns an instant in words, and its distance from the first record; nil if it is unknown.
func (b *builder) when(nanos int64) (at *string, offset *int64) {
	if nanos == timestamp.NoTime {
		return nil, nil
	}
	if b.first != timestamp.NoTime {
		offset = pointer((nanos - b.first) / int64(time.Millisecond))
	}
	layout := "2006-01-02T15:04:05.000Z07:00"
	zone := b.zone
	if b.clockOnly {
		layout, zone = "15:04:05.000", time.UTC
	}
	return pointer(time.Unix(0, nanos).In(zone).Format(layout)), offset
}

// frame sets when the session began and ended.
func (b *builder) frame(s *Story) {
	s.First, _ = b.when(b.first)
	if b.end != nil {
		s.Last, s.DurationMS = b.when(b.end.time)
	}
}

// ending says what the last record is, and what did not end.
func (b *builder) ending() End {
	out := End{NeverEnded: []int{}, Open: []int{}}
	if r := b.end; r != nil {
		out.Text, out.Place, out.Client = r.words(), pointer(b.place(r)), who(r.who)
	}
	for _, c := range b.attempts {
		switch c.outcome() {
		case "never_ended":
			out.NeverEnded = append(out.NeverEnded, c.number)
		case "open":
			out.Open = append(out.Open, c.number)
		}
	}
	return out
}
