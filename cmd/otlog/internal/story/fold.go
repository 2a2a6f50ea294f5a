package story

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/otlog/otlog/classify/noise"
	"github.com/otlog/otlog/parse/timestamp"
)

// gapAfter is how long nothing happens before the timeline says so.
const gapAfter = time.Minute

// The number of lines of the application in a row, and of entries in all, that a story shows before it
// folds lines of the application, too.
const (
	mostInARow  = 3
	mostEntries = 40
)

// timeline returns the entries. If there would be too many, lines of the application are shown only
// beside failures.
func (b *builder) timeline() []Entry {
	t := b.unroll(func([]*record, int) bool { return true })
	if len(t) <= mostEntries {
		return t
	}
	return b.unroll(b.besideFailure)
}

// besideFailure reports whether a record is beside one that shows a failure.
func (b *builder) besideFailure(all []*record, i int) bool {
	const around = 3
	return slices.ContainsFunc(all[max(i-around, 0):min(i+around+1, len(all))], func(r *record) bool { return r.failure != nil })
}

// A roll is a timeline that is being made.
type roll struct {
	*builder
	out    []Entry
	folded map[string]int
	lines  []*record // of the application, in a row
}

// unroll makes the timeline. shows reports whether a line of the application is shown.
func (b *builder) unroll(shows func(all []*record, i int) bool) []Entry {
	t := &roll{builder: b, out: []Entry{}, folded: map[string]int{}}
	for _, c := range b.attempts {
		c.seen = false
	}
	for _, f := range b.failures {
		f.beside = nil
	}
	met := map[*failure]bool{}
	var before *record // with a time; nil if one without a time follows it
	for i, r := range b.records {
		if !r.dated() {
			before = nil
		} else {
			if before != nil && b.leftOut == 0 && r.time-before.time > int64(gapAfter) {
				t.gap(before, r)
			}
			before = r
		}
		if r.kind == line && shows(b.records, i) {
			t.lines = append(t.lines, r)
			continue
		}
		t.endLines()
		shown := false
		if r.kind == step {
			if c := b.callOf(r); c != nil && !c.seen {
				c.seen, shown = true, true
				t.attempt(c, r)
			}
		}
		if f := b.failureIn(r.failure); f != nil && !met[f] {
			met[f], shown = true, true
			t.fail(f, r)
		}
		if r.kind == cause {
			shown = true
			t.cause(r)
		}
		if !shown && r.kind != step && r.failure == nil {
			t.folded[r.foldName()]++
		}
	}
	t.flush()
	for _, c := range b.attempts {
		if !c.seen {
			t.attempt(c, nil) // its records were left out
		}
	}
	b.link(t.out)
	return t.out
}

// foldName returns what a record is called among those that are folded.
func (r *record) foldName() string {
	switch {
	case r.kind == telemetry:
		return "telemetry"
	case r.kind == aside:
		return asideErrors
	case r.kind == native:
		return nativeRecords
	case r.noise != nil:
		return r.noise.Name
	}
	return applicationLines
}

// The names of folded records that are in the plural.
const (
	asideErrors      = "errors that count as no failure"
	nativeRecords    = "records of a native SDK"
	applicationLines = "lines of the application"
)

// singular returns the name of folded records for one of them.
func singular(name string) string {
	switch name {
	case asideErrors:
		return "error that counts as no failure"
	case nativeRecords:
		return "record of a native SDK"
	case applicationLines:
		return "line of the application"
	}
	return name
}

// words returns what a record says, in short.
func (r *record) words() string {
	if r.text != "" {
		return r.text
	}
	return singular(r.foldName())
}

// flush adds what is folded.
func (t *roll) flush() {
	t.endLines()
	if len(t.folded) == 0 {
		return
	}
	e := Entry{Kind: KindFolded, Folded: []Folded{}}
	for _, name := range slices.Sorted(maps.Keys(t.folded)) {
		e.Folded = append(e.Folded, Folded{name, t.folded[name]})
		e.Lines += t.folded[name]
	}
	slices.SortStableFunc(e.Folded, func(a, b Folded) int { return cmp.Compare(b.Lines, a.Lines) })
	t.out = append(t.out, e)
	clear(t.folded)
}

// endLines adds the lines of the application in a row: all if they are few, else the first ones and the
// number of the others.
func (t *roll) endLines() {
	lines := t.lines
	t.lines = nil
	if len(lines) == 0 {
		return
	}
	shown := lines
	if len(lines) > mostInARow {
		shown = lines[:mostInARow-1]
	}
	for i, r := range shown {
		e := t.entry(KindLine, r)
		e.Text = r.text
		if i == 0 {
			t.flush()
		}
		if n := len(t.out); n > 0 && t.out[n-1].Kind == KindLine && t.out[n-1].Text == e.Text {
			t.out[n-1].Lines += e.Lines
			continue
		}
		t.out = append(t.out, e)
	}
	if more := len(lines) - len(shown); more > 0 {
		t.folded[applicationLines] += more
	}
}

// entry returns an entry of a record.
func (t *roll) entry(kind string, r *record) Entry {
	e := Entry{Kind: kind, Client: who(r.who), Place: new(Place), Folded: []Folded{}, Lines: 1 + len(r.again)}
	*e.Place = t.place(r)
	e.Time, e.OffsetMS = t.when(r.time)
	return e
}

func (t *roll) gap(from, to *record) {
	t.flush()
	e := Entry{Kind: KindGap, Folded: []Folded{}, DurationMS: pointer((to.time - from.time) / int64(time.Millisecond))}
	e.Time, e.OffsetMS = t.when(from.time)
	t.out = append(t.out, e)
}

// attempt adds an attempt. r is its first record, nil if that was left out.
func (t *roll) attempt(c *call, r *record) {
	t.flush()
	e := Entry{Kind: KindAttempt, Folded: []Folded{}}
	if r != nil {
		e = t.entry(KindAttempt, r)
	} else {
		e.Time, e.OffsetMS = t.when(c.began())
	}
	e.Client, e.Attempt, e.Name = who(c.who), &c.number, c.Method
	t.out = append(t.out, e)
}

func (t *roll) fail(f *failure, r *record) {
	t.flush()
	e := t.entry(KindFailure, r)
	e.Client, e.Failure, e.Name, e.Text = who(f.who), &f.number, f.Method, f.best().text
	e.Lines = 0
	for _, r := range f.records {
		e.Lines += 1 + len(r.again)
	}
	t.out = append(t.out, e)
}

// best returns the record with the strongest evidence, which says most of what happened. A line of the
// console says more than telemetry.
func (f *failure) best() *record {
	best := f.records[0]
	for _, r := range f.records[1:] {
		if r.evidence > best.evidence || r.evidence == best.evidence && best.posted && !r.posted {
			best = r
		}
	}
	return best
}

// cause adds a line that may give the reason of a failure. Equal ones in a row are one entry.
func (t *roll) cause(r *record) {
	if n := len(t.out); n > 0 && len(t.folded) == 0 && t.out[n-1].Kind == KindCause && t.out[n-1].Name == r.noise.Name && t.out[n-1].Text == r.text {
		t.out[n-1].Lines += 1 + len(r.again)
		return
	}
	t.flush()
	e := t.entry(KindCause, r)
	e.Origin = "browser"
	if r.noise.From == noise.SDK {
		e.Origin = "sdk"
	}
	e.Name, e.Text, e.Meaning, e.Remedy = r.noise.Name, r.text, r.noise.Meaning, r.noise.Remedy
	t.out = append(t.out, e)
}

// link notes with each failure the causes beside it, or within its attempt: a publish that is blocked
// fails 15 s later.
func (b *builder) link(t []Entry) {
	for i := range t {
		if t[i].Kind != KindCause {
			continue
		}
		for _, f := range b.failures {
			if b.within(f.call, &t[i]) || slices.ContainsFunc(f.records, func(r *record) bool { return b.besideEntry(r, &t[i]) }) {
				f.beside = append(f.beside, i)
			}
		}
	}
}

// within reports whether an entry is within an attempt that has ended.
func (b *builder) within(c *call, e *Entry) bool {
	if c == nil || e.OffsetMS == nil || c.Start == timestamp.NoTime || c.End == timestamp.NoTime {
		return false
	}
	_, start := b.when(c.Start)
	_, end := b.when(c.End)
	return *start <= *e.OffsetMS && *e.OffsetMS <= *end
}

// besideEntry reports whether a record is beside an entry, in the order of the timeline or in time.
func (b *builder) besideEntry(r *record, e *Entry) bool {
	if e.OffsetMS != nil && r.dated() {
		_, offset := b.when(r.time)
		d := *offset - *e.OffsetMS
		return -besideTime.Milliseconds() <= d && d <= besideTime.Milliseconds()
	}
	return b.sources[r.source] == e.Place.Source && max(r.line-e.Place.Line, e.Place.Line-r.line) <= besideRecords
}
