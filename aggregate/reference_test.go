package aggregate

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

// This is the definition of a failure in the plainest code, without regard for speed: every
// rule considers all records. The correlator must agree with it.

// A refRecord is a record that may show an error.
type refRecord struct {
	source  string
	place   int64
	event   parse.Event
	verdict classify.Verdict

	session string // resolved; "source:" and its name if there is none

	// The records that were folded into this one, itself included, and the position and
	// place of the last.
	alike     []*refRecord
	last      int64 // as returned by at
	lastPlace int64
}

type refFailure struct {
	records []*refRecord // in the order in which they were added
	joined  int          // when the last one was added
	floats  bool         // the places of the session's records do not matter
}

// refFailures returns the failures of records, and sets the session of each record.
func refFailures(records []*refRecord) []*refFailure {
	refSessions(records)
	groups := map[string][]*refRecord{}
	for _, r := range records {
		if r.verdict.Failure {
			groups[r.session] = append(groups[r.session], r)
		}
	}
	var out []*refFailure
	for _, g := range groups {
		out = append(out, refGroup(g)...)
	}
	return out
}

// client returns the client of a record, "" if there is none. A guid is another client every day.
func (r *refRecord) client() string {
	switch {
	case len(r.event.Client) == 0:
		return ""
	case !r.event.GUID:
		return "client:" + string(r.event.Client)
	case r.event.Time == timestamp.NoTime:
		return "guid:" + string(r.event.Client) + "@"
	}
	return "guid:" + string(r.event.Client) + "@" + time.Unix(0, r.event.Time).UTC().Format(time.DateOnly)
}

func (r *refRecord) isGUID() bool { return strings.HasPrefix(r.client(), "guid:") }

// refSessions sets the session of each record: its own session ID; else its connection, else its
// client. A connection or client that was seen with exactly one session is that session; a
// connection that was seen with no session, but with one client, counts as that client. A guid is
// only ever itself.
func refSessions(records []*refRecord) {
	sessions, clients := map[string]map[string]bool{}, map[string]map[string]bool{}
	note := func(in map[string]map[string]bool, of, with string) {
		if in[of] == nil {
			in[of] = map[string]bool{}
		}
		in[of][with] = true
	}
	only := func(set map[string]bool) string {
		if len(set) != 1 {
			return ""
		}
		return slices.Collect(maps.Keys(set))[0]
	}
	for _, r := range records {
		connection, client := "connection:"+string(r.event.ConnectionID), r.client()
		if r.isGUID() {
			client = ""
		}
		if s := string(r.event.Session); s != "" {
			note(sessions, connection, "session:"+s)
			note(sessions, client, "session:"+s)
		}
		if client != "" {
			note(clients, connection, client)
		}
	}
	for _, r := range records {
		switch {
		case len(r.event.Session) > 0:
			r.session = "session:" + string(r.event.Session)
			continue
		case len(r.event.ConnectionID) > 0:
			r.session = "connection:" + string(r.event.ConnectionID)
			if len(sessions[r.session]) == 0 {
				r.session = cmp.Or(only(clients[r.session]), r.session)
			}
		default:
			r.session = cmp.Or(r.client(), "source:"+r.source)
		}
		r.session = cmp.Or(only(sessions[r.session]), r.session)
	}
}

func (r *refRecord) axis() Axis {
	switch {
	case r.event.Time != timestamp.NoTime:
		return dated
	case r.event.OfDay != timestamp.NoTime:
		return clock
	}
	return placed
}

func (r *refRecord) at() int64 {
	return [...]int64{r.event.Time, r.event.OfDay, r.place}[r.axis()]
}

// method returns the record's method for comparison, "" if it is a guess.
func (r *refRecord) method() string {
	m := cmp.Or(string(r.verdict.MethodName), r.verdict.Method.Name())
	switch {
	case r.verdict.MethodFrom <= classify.MethodOnly:
		return ""
	case m == "OT.initPublisher":
		return "Session.publish"
	}
	return m
}

func (r *refRecord) name() string {
	return cmp.Or(string(r.verdict.Name), r.verdict.Error.Name())
}

// refFold folds records that differ only in time and place, if they are in the same 2^26 ns
// or, without a time, at most 20 records apart.
func refFold(g []*refRecord, floats bool) []*refRecord {
	g = slices.Clone(g)
	slices.SortFunc(g, func(a, b *refRecord) int {
		return cmp.Or(cmp.Compare(a.at(), b.at()), cmp.Compare(a.place, b.place))
	})
	var out []*refRecord
	kinds := map[*refRecord]string{}
next:
	for _, r := range g {
		one, kind := *r, r.kind(floats)
		one.alike, one.last, one.lastPlace = []*refRecord{r}, r.at(), r.place
		for _, o := range out {
			if kinds[o] != kind ||
				r.axis() == placed && r.place-o.last > 20 ||
				r.axis() != placed && r.at()>>26 != o.at()>>26 {
				continue
			}
			o.alike = append(o.alike, r)
			o.last = max(o.last, r.at())
			o.place, o.lastPlace = min(o.place, r.place), max(o.lastPlace, one.lastPlace)
			continue next
		}
		out = append(out, &one)
		kinds[&one] = kind
	}
	return out
}

// kind returns what folded records have in common: without the source, if floats.
func (r *refRecord) kind(floats bool) string {
	source := r.source
	if floats {
		source = ""
	}
	return fmt.Sprintf("%q %d %q %q %+v", source, r.axis(), r.client(), r.stream(), r.verdict)
}

// says compares what records say.
func (r *refRecord) says(other *refRecord) int {
	key := func(r *refRecord) (numbers []int, names []string) {
		v, late := &r.verdict, 0
		if v.Late {
			late = 1
		}
		client := SessionID{}
		if len(r.event.Client) > 0 {
			client = refID(r.client())
		}
		b := client.Bytes()
		return []int{late, int(v.Code), int(streamOf(&r.event)), int(v.MethodFrom), int(v.Evidence), int(v.Weight)},
			[]string{r.name(), cmp.Or(string(v.MethodName), v.Method.Name()), string(b[:])}
	}
	a, x := key(r)
	b, y := key(other)
	return cmp.Or(cmp.Compare(a[0], b[0]), slices.Compare(x[:2], y[:2]), slices.Compare(a, b), slices.Compare(x, y))
}

// refFloats reports whether the places of a session's records do not matter: all of them have
// a time.
func refFloats(g []*refRecord) bool {
	return !strings.HasPrefix(g[0].session, "source:") &&
		!slices.ContainsFunc(g, func(r *refRecord) bool { return r.axis() == placed })
}

func refGroup(g []*refRecord) []*refFailure {
	floats := refFloats(g)
	g = refFold(g, floats)
	refSort(g, floats)
	failures := refChains(g)
	for _, f := range failures {
		f.floats = floats
	}
	return failures
}

// refSort sorts records by time, and those of one instant by source and place, or if
// these float, by what they say. Records without a time are last, source by source.
func refSort(g []*refRecord, floats bool) {
	slices.SortFunc(g, func(a, b *refRecord) int {
		order := cmp.Or(cmp.Compare(sourceID(a.source, Identity{}), sourceID(b.source, Identity{})), cmp.Compare(a.place, b.place))
		switch {
		case a.axis() != b.axis():
			return cmp.Compare(a.axis(), b.axis())
		case a.axis() == placed:
			return order
		case floats:
			order = a.says(b)
		}
		return cmp.Or(cmp.Compare(a.at(), b.at()), order)
	})
}

// refChains returns the failures of sorted records.
func refChains(g []*refRecord) []*refFailure {
	var failures []*refFailure
	count := 0
	put := func(f *refFailure, r *refRecord) {
		count++
		f.records, f.joined = append(f.records, r), count
	}
	chain := func(own *[]*refFailure, r *refRecord, within time.Duration) {
		var best *refFailure
		rank := func(f *refFailure) int { // of the stream first, then joined last
			if r.stream() != "" && f.stream() == r.stream() {
				return math.MaxInt32 + f.joined
			}
			return f.joined
		}
		for _, f := range *own {
			if f.takes(r) && f.distance(r) <= within && f.fits(r) && (best == nil || rank(f) > rank(best)) {
				best = f
			}
		}
		if best == nil {
			best = &refFailure{}
			*own, failures = append(*own, best), append(failures, best)
		}
		put(best, r)
	}
	of := func(w classify.Weight) (out []*refRecord) {
		for _, r := range g {
			if r.verdict.Weight == w {
				out = append(out, r)
			}
		}
		return out
	}

	var own []*refFailure
	for _, r := range of(classify.Strong) {
		chain(&own, r, 2*time.Second)
	}
	named := slices.Clone(failures)
	var rest []*refRecord
	for _, r := range of(classify.Weak) {
		best := nearest(named, r, func(f *refFailure) time.Duration {
			if d := f.distance(r); d <= 2*time.Second && f.takes(r) && f.fits(r) {
				return d
			}
			return never
		})
		if best == nil {
			rest = append(rest, r)
		} else {
			put(best, r)
		}
	}
	own = nil
	for _, r := range rest {
		chain(&own, r, 2*time.Second)
	}
	all := slices.Clone(failures)
	rest = nil
	for _, r := range of(classify.Socket) {
		best := nearest(all, r, func(f *refFailure) time.Duration {
			if m := f.method(); m != "" && m != "Session.connect" {
				return never
			}
			d := f.distance(r)
			if a := r.axis(); a != placed && d <= 10*time.Second {
				if _, last, _ := f.extent(a, ""); last >= r.at() {
					return d
				}
			}
			if d <= 2*time.Second {
				return 10*time.Second + d
			}
			return never
		})
		if best == nil {
			rest = append(rest, r)
		} else {
			put(best, r)
		}
	}
	own = nil
	for _, r := range rest {
		chain(&own, r, 10*time.Second)
	}
	return failures
}

const never = time.Duration(math.MaxInt64)

// nearest returns the failure with the least distance, of several the earliest.
func nearest(failures []*refFailure, r *refRecord, distance func(*refFailure) time.Duration) *refFailure {
	var best *refFailure
	least := never
	for _, f := range failures {
		d := distance(f)
		if d == never {
			continue
		}
		begin, _, _ := f.extent(r.axis(), r.source)
		if best != nil && d == least {
			if other, _, _ := best.extent(r.axis(), r.source); begin >= other {
				continue
			}
		}
		if d <= least {
			best, least = f, d
		}
	}
	return best
}

// extent returns the first and last position of a failure's records on an axis, or in a
// source if the axis is placed.
func (f *refFailure) extent(a Axis, source string) (first, last int64, ok bool) {
	first, last = math.MaxInt64, math.MinInt64
	for _, r := range f.records {
		if a == placed && r.source != source || a != placed && r.axis() != a {
			continue
		}
		from, to := r.place, r.lastPlace
		if a != placed {
			from, to = r.at(), r.last
		}
		first, last, ok = min(first, from), max(last, to), true
	}
	return first, last, ok
}

func (f *refFailure) distance(r *refRecord) time.Duration {
	first, last, ok := f.extent(r.axis(), r.source)
	if !ok {
		return never
	}
	d := max(first-r.last, r.at()-last, 0)
	if r.axis() == placed {
		return time.Duration(d) * 2 * time.Second / 20
	}
	return time.Duration(d)
}

func (f *refFailure) fits(r *refRecord) bool {
	first, last, ok := f.extent(r.axis(), r.source)
	return r.axis() == placed || !ok || time.Duration(max(last, r.last)-min(first, r.at())) <= 30*time.Second
}

func (f *refFailure) method() string {
	for _, r := range f.records {
		if m := r.method(); m != "" {
			return m
		}
	}
	return ""
}

func (r *refRecord) stream() string {
	return cmp.Or(string(r.event.SubscriberID), string(r.event.StreamID))
}

func (f *refFailure) stream() string {
	for _, r := range f.records {
		if s := r.stream(); s != "" {
			return s
		}
	}
	return ""
}

func (f *refFailure) name() string {
	for _, r := range f.records {
		if n := r.name(); n != "" {
			return n
		}
	}
	return ""
}

func (f *refFailure) code() int32 {
	for _, r := range f.records {
		if r.verdict.Code != 0 {
			return r.verdict.Code
		}
	}
	return 0
}

func (f *refFailure) takes(r *refRecord) bool {
	if m, own := r.method(), f.method(); m != "" && own != "" && m != own {
		return false
	}
	if s, own := r.stream(), f.stream(); s != "" && own != "" && s != own {
		return false
	}
	mine, other := f.name(), r.name()
	switch {
	case r.verdict.Weight == classify.Socket, other != "" && mine == other:
		return true
	case mine != "" && other != "":
		return r.verdict.Weight == classify.Weak && refRaises(mine, r.method(), r.verdict.Code)
	case mine != "":
		return refRaises(mine, r.method(), r.verdict.Code)
	case other != "":
		return refRaises(other, f.method(), f.code())
	}
	any := func(code int32) bool {
		// Telemetry of a failed subscribe states 1013 for every error.
		return code == 0 || code == 1013 && (r.method() == "Session.subscribe" || f.method() == "Session.subscribe")
	}
	return r.verdict.Code == f.code() || any(r.verdict.Code) || any(f.code())
}

func refRaises(name, method string, code int32) bool {
	id, m := catalogue.Lookup([]byte(name)), catalogue.LookupMethod([]byte(method))
	if id == 0 || method != "" && m == 0 {
		return true
	}
	return catalogue.Raises(id, m, code) || method == "Session.publish" && catalogue.Raises(id, catalogue.LookupMethod([]byte("OT.initPublisher")), code)
}

// refSummary is everything that a report states about a failure.
type refSummary struct {
	method, name string
	code         int32
	first        int64
	client       string // of the first record that states one
	counts       bool
	places       []string
}

func (f *refFailure) summary() refSummary {
	out := refSummary{method: "unknown", first: timestamp.NoTime}
	nameRank, methodRank := -1, -1
	var code, socketCode int32
	isLate, proper := false, false
	records := slices.Clone(f.records)
	refSort(records, f.floats)
	for _, r := range records {
		rank := int(r.verdict.Evidence)
		if r.verdict.Weight != classify.Socket {
			rank += 10
		}
		if r.name() != "" && rank >= nameRank {
			out.name, nameRank = r.name(), rank
		}
		m := cmp.Or(string(r.verdict.MethodName), r.verdict.Method.Name())
		if m != "unknown" && int(r.verdict.MethodFrom) >= methodRank {
			out.method, methodRank = m, int(r.verdict.MethodFrom)
		}
		if c, socket := r.verdict.Code, r.verdict.Weight == classify.Socket; c != 0 {
			if socket {
				socketCode = c
			} else {
				code = c
			}
		}
		if r.axis() == dated && out.first == timestamp.NoTime {
			out.first = r.at()
		}
		out.client = cmp.Or(out.client, r.client())
		isLate = isLate || r.verdict.Late
		proper = proper || !r.verdict.Late && r.verdict.MethodFrom == classify.MethodSpelled
	}
	out.code, out.counts = cmp.Or(code, socketCode), !isLate || proper
	for _, r := range records {
		for _, r := range r.alike {
			out.places = append(out.places, fmt.Sprintf("%s:%d", r.source, r.place))
		}
	}
	slices.Sort(out.places)
	return out
}

// String returns the summary as text.
func (f *refFailure) String() string {
	s := f.summary()
	return fmt.Sprintf("%s %s %d, bucket %d, counts %v: %s", s.method, s.name, s.code, BucketOf(s.first), s.counts, strings.Join(s.places, " "))
}
