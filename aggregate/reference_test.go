package aggregate

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/otlog/otlog/aggregate/streams"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/digest"
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
	records   []*refRecord // in the order in which they were added
	joined    int          // when the last one was added
	floats    bool         // the places of the session's records do not matter
	recovered bool         // its attempt ended in success
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
	attempts := refAttempts(records)
	for session, g := range groups {
		failures := refGroup(g)
		if !strings.HasPrefix(session, "source:") {
			failures = refAttribute(failures, attempts, session)
		}
		out = append(out, failures...)
	}
	return out
}

// A refAttempt is one call of a method by the application.
type refAttempt struct {
	session, method, client string
	stated                  refIDs
	start, end              int64 // Unix milliseconds; 0: unknown, or no end
	outcome                 Outcome
	inferred                bool
}

// A refPost is a telemetry event of a call.
type refPost struct {
	record *refRecord
	method string
	starts bool
	ends   Outcome
	at     int64 // Unix milliseconds; 0: unknown
}

// refPostOf returns what a record says about a call, and what the events of one call have in
// common. ok is false if it says nothing.
func refPostOf(r *refRecord) (p refPost, call string, ok bool) {
	e := &r.event
	if e.Telemetry == nil || r.verdict.Native {
		return p, "", false
	}
	p = refPost{record: r}
	if e.Time != timestamp.NoTime {
		p.at = e.Time / 1e6
	}
	switch v, denied := string(e.Telemetry.Variation), string(e.Telemetry.Reason) == "AccessDenied"; {
	case v == "Attempt":
		p.starts = true
	case v == "Success":
		p.ends = Succeeded
	case v == "Failure", v == "Cancel" && denied:
		p.ends = Failed
	case v == "Cancel":
		p.ends = Cancelled
	default:
		return p, "", false
	}
	client, connection, stream := string(e.Client), string(e.ConnectionID), string(e.StreamID)
	switch action := string(e.Telemetry.Action); {
	case action == "Connect":
		p.method, call = "Session.connect", fmt.Sprintf("connect %q %q", client, connection)
	case action == "Publish" && stream != "":
		p.method, call = "Session.publish", fmt.Sprintf("publish %q %q", client, stream)
	case action == "Publish" && string(e.Telemetry.FailureReason) == "Permission":
		p.method, call = "Session.publish", fmt.Sprintf("publish %q %q at %d", client, connection, e.Time)
	case action == "Subscribe":
		p.method, call = "Session.subscribe", fmt.Sprintf("subscribe %q %q", client, cmp.Or(string(e.SubscriberID), stream))
	default:
		return p, "", false
	}
	return p, call, true
}

// states returns the best ID that a record states of its session, as refID takes it.
func (r *refRecord) states() string {
	switch {
	case len(r.event.Session) > 0:
		return "session:" + string(r.event.Session)
	case len(r.event.ConnectionID) > 0:
		return "connection:" + string(r.event.ConnectionID)
	}
	return r.client()
}

// refAttempts returns the attempts of all records, whose sessions are known.
func refAttempts(records []*refRecord) (out []*refAttempt) {
	calls := map[string][]refPost{}
	for _, r := range records {
		if p, call, ok := refPostOf(r); ok {
			calls[call] = append(calls[call], p)
		}
	}
	// The kinds of ID, the best first.
	kind := func(r *refRecord) int {
		for i, of := range []string{"session:", "connection:", "client:", "guid:"} {
			if strings.HasPrefix(r.states(), of) {
				return i
			}
		}
		return 4
	}
	order := func(p refPost) int {
		if p.starts {
			return 0
		}
		return map[Outcome]int{Succeeded: 1, Failed: 2, Cancelled: 3}[p.ends]
	}
	for _, posts := range calls {
		slices.SortFunc(posts, func(a, b refPost) int {
			return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(order(a), order(b)), cmp.Compare(kind(a.record), kind(b.record)),
				-refID(a.record.states()).Compare(refID(b.record.states())), -refID(a.record.client()).Compare(refID(b.record.client())),
				-refOrder(a.stated(), b.stated()))
		})
		// Equal events are one that was logged repeatedly: the first has the best ID.
		posts = slices.CompactFunc(posts, func(a, b refPost) bool { return a.at == b.at && order(a) == order(b) })
		var now *refAttempt
		for _, p := range posts {
			switch {
			case p.starts && now != nil && p.method == "Session.connect" && now.outcome == Failed && p.at-now.end <= 10_000:
				now.outcome, now.end = Open, 0 // the SDK tries again
			case p.starts, now == nil:
				now = &refAttempt{method: p.method, client: p.record.client(), stated: p.stated(), start: p.at, inferred: !p.starts}
				if !p.starts {
					now.outcome, now.end = p.ends, p.at
				}
				out = append(out, now)
			case now.outcome == Open:
				now.outcome, now.end = p.ends, p.at
			}
			if now.session == "" && p.record.states() != "" {
				now.session = p.record.session
			}
		}
	}
	return out
}

// refIDs are the stream and the subscriber that a record states, "" if it states none.
type refIDs struct{ stream, subscriber string }

func (r *refRecord) stated() refIDs {
	return refIDs{string(r.event.StreamID), string(r.event.SubscriberID)}
}

// stated returns what an event says of its call: a connect has no stream, and only a subscribe has a
// subscriber.
func (p refPost) stated() refIDs {
	switch stated := p.record.stated(); p.method {
	case "Session.publish":
		return refIDs{stream: stated.stream}
	case "Session.subscribe":
		return stated
	}
	return refIDs{}
}

// stated returns the first stream and the first subscriber that a record of a failure states.
func (f *refFailure) stated() (out refIDs) {
	for _, r := range f.records {
		s := r.stated()
		out.stream, out.subscriber = cmp.Or(out.stream, s.stream), cmp.Or(out.subscriber, s.subscriber)
	}
	return out
}

// apart reports whether two streams or two subscribers are stated, and differ.
func (i refIDs) apart(other refIDs) bool {
	return refApart(i.stream, other.stream) || refApart(i.subscriber, other.subscriber)
}

// refNearer compares how much two calls or failures are like a third: the same subscriber, then the
// same stream.
func refNearer(a, b, to refIDs) int {
	same := func(x, y string) bool { return x != "" && x == y }
	return cmp.Or(compareBools(same(a.subscriber, to.subscriber), same(b.subscriber, to.subscriber)),
		compareBools(same(a.stream, to.stream), same(b.stream, to.stream)))
}

// refOrder is the order of IDs where any order will do.
func refOrder(a, b refIDs) int {
	hash := func(id string) uint32 { return streams.Of([]byte(id), nil).Stream }
	return cmp.Or(cmp.Compare(hash(a.stream), hash(b.stream)), cmp.Compare(hash(a.subscriber), hash(b.subscriber)))
}

// refApart reports whether two calls are of different streams, or of different clients. One that
// states none may be of any.
func refApart(id, other string) bool { return id != "" && other != "" && id != other }

// otherClient reports whether two clients are different ones. A guid and a client instance ID may be
// of the same one.
func otherClient(a, b string) bool {
	return refApart(a, b) && strings.HasPrefix(a, "guid:") == strings.HasPrefix(b, "guid:")
}

// refAttribute makes the failures of each attempt in a session one.
func refAttribute(failures []*refFailure, all []*refAttempt, session string) (out []*refFailure) {
	var attempts []*refAttempt
	for _, a := range all {
		if a.session == session && !a.inferred && a.start != 0 {
			attempts = append(attempts, a)
		}
	}
	// during reports whether a failure that begins at an instant may belong to an attempt.
	during := func(a *refAttempt, at int64) bool {
		switch {
		case at < a.start*1e6:
			return false
		case a.outcome != Open:
			return at <= a.end*1e6+2e9
		}
		for _, b := range attempts {
			if b.method == a.method && !a.stated.apart(b.stated) && b.start > a.start && at >= b.start*1e6 {
				return false
			}
		}
		return at <= a.start*1e6+120e9
	}
	of := map[*refAttempt]*refFailure{}
	for _, f := range failures {
		s := f.summary()
		var best *refAttempt
		better := func(a, b *refAttempt) bool {
			same := func(x, y string) int {
				if x != "" && x == y {
					return 1
				}
				return 0
			}
			likely := map[Outcome]int{Failed: 3, Open: 2, Cancelled: 1}
			return cmp.Or(
				refNearer(a.stated, b.stated, f.stated()), cmp.Compare(same(a.client, s.client), same(b.client, s.client)),
				cmp.Compare(a.start, b.start), cmp.Compare(likely[a.outcome], likely[b.outcome]),
				// Any order will do, but it must be one.
				cmp.Compare(a.end, b.end), refOrder(a.stated, b.stated), refID(a.client).Compare(refID(b.client))) > 0
		}
		for _, a := range attempts {
			if s.counts && a.method == s.method && s.first != timestamp.NoTime && during(a, s.first) && !a.stated.apart(f.stated()) && !otherClient(a.client, s.client) &&
				(best == nil || better(a, best)) {
				best = a
			}
		}
		switch {
		case best == nil:
			out = append(out, f)
		case of[best] == nil:
			f.recovered = best.outcome == Succeeded
			of[best], out = f, append(out, f)
		default:
			of[best].records = append(of[best].records, f.records...)
		}
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
// only ever itself. Records without an ID belong to the session that their source is, if any.
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
	tenants := refTenants(records)
	for _, r := range records {
		if r.session == "source:"+r.source {
			r.session = cmp.Or(tenants[r.source], r.session)
		}
	}
}

// refTenants returns the sources that are one session: no record has a wrapper, and all IDs are of
// that session. A guid is of a session if it was seen with no other.
func refTenants(records []*refRecord) map[string]string {
	guids := map[string]map[string]bool{}
	for _, r := range records {
		if r.isGUID() && len(r.event.Session) > 0 {
			if guids[r.client()] == nil {
				guids[r.client()] = map[string]bool{}
			}
			guids[r.client()]["session:"+string(r.event.Session)] = true
		}
	}
	of := map[string]map[string]bool{} // sessions of the IDs of each source; "" for a wrapper
	for _, r := range records {
		if of[r.source] == nil {
			of[r.source] = map[string]bool{}
		}
		switch {
		case r.event.Wrapped:
			of[r.source][""] = true
		case r.session == "source:"+r.source:
		case r.isGUID() && r.session == r.client() && len(guids[r.session]) == 1:
			for s := range guids[r.session] {
				of[r.source][s] = true
			}
		default:
			of[r.source][r.session] = true
		}
	}
	out := map[string]string{}
	for source, sessions := range of {
		for s := range sessions {
			if len(sessions) == 1 && strings.HasPrefix(s, "session:") {
				out[source] = s
			}
		}
	}
	return out
}

func (r *refRecord) axis() Axis {
	switch {
	case r.event.Time != timestamp.NoTime:
		return Dated
	case r.event.OfDay != timestamp.NoTime:
		return Clock
	}
	return Placed
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
				r.axis() == Placed && r.place-o.last > 20 ||
				r.axis() != Placed && r.at()>>26 != o.at()>>26 {
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
	return fmt.Sprintf("%q %d %q %q %+v", source, r.axis(), r.client(), r.stated(), r.verdict)
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
		b, ids := client.Bytes(), streams.Of(r.event.StreamID, r.event.SubscriberID)
		return []int{late, int(v.Code), int(ids.Stream), int(ids.Subscriber), int(v.MethodFrom), int(v.Evidence), int(v.Weight)},
			[]string{r.name(), cmp.Or(string(v.MethodName), v.Method.Name()), string(b[:])}
	}
	a, x := key(r)
	b, y := key(other)
	return cmp.Or(cmp.Compare(a[0], b[0]), slices.Compare(x[:2], y[:2]), slices.Compare(a, b), slices.Compare(x, y), cmp.Compare(r.verdict.Reason, other.verdict.Reason))
}

// refFloats reports whether the places of a session's records do not matter: all of them are
// on one axis of time.
func refFloats(g []*refRecord) bool {
	return !strings.HasPrefix(g[0].session, "source:") && g[0].axis() != Placed &&
		!slices.ContainsFunc(g, func(r *refRecord) bool { return r.axis() != g[0].axis() })
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
// these float, by what they say. Records with a date come first, then those with a time of
// day, then those without a time, source by source.
func refSort(g []*refRecord, floats bool) {
	slices.SortFunc(g, func(a, b *refRecord) int {
		order := cmp.Or(cmp.Compare(sourceID(a.source, digest.Identity{}), sourceID(b.source, digest.Identity{})), cmp.Compare(a.place, b.place))
		switch {
		case a.axis() != b.axis():
			return cmp.Compare(a.axis(), b.axis())
		case a.axis() == Placed:
			return order
		case floats:
			order = a.says(b)
		}
		return cmp.Or(cmp.Compare(a.at(), b.at()), order)
	})
}

// The limits of DESIGN, rules 1 to 4.
const (
	refGap     = 2 * time.Second
	refLongest = 30 * time.Second
	refSocket  = 10 * time.Second
	refRecords = 20 // between two records of a source, in place of the gap

	refNever = time.Duration(math.MaxInt64)
)

// A refDistance is how far a record is from a failure.
type refDistance struct {
	apart   time.Duration
	follows bool // the failure does not end before the record
}

// distances returns how far a record is from a failure: in time, if they share an axis, and
// from each record of the failure that has no time in common with it, in records of their source.
func (f *refFailure) distances(r *refRecord) (out []refDistance) {
	if r.axis() != Placed {
		var same []*refRecord
		for _, x := range f.records {
			if x.axis() == r.axis() {
				same = append(same, x)
			}
		}
		if len(same) > 0 {
			first, last := refExtent(same)
			out = append(out, refDistance{time.Duration(max(first-r.last, r.at()-last, 0)), last >= r.at()})
		}
	}
	for _, x := range f.records {
		if x.source != r.source || x.axis() == r.axis() && r.axis() != Placed {
			continue
		}
		if n := max(x.place-r.lastPlace, r.place-x.lastPlace, 0); n <= refRecords {
			out = append(out, refDistance{time.Duration(n) * refGap / refRecords, x.lastPlace >= r.place})
		}
	}
	return out
}

// refExtent returns the first and last instant of records on one axis.
func refExtent(records []*refRecord) (first, last int64) {
	first, last = math.MaxInt64, math.MinInt64
	for _, x := range records {
		first, last = min(first, x.at()), max(last, x.last)
	}
	return first, last
}

// within returns the least distance of a record from a failure, refNever if that is more than a
// limit.
func (f *refFailure) within(r *refRecord, limit time.Duration) time.Duration {
	least := refNever
	for _, d := range f.distances(r) {
		if d.apart <= limit {
			least = min(least, d.apart)
		}
	}
	return least
}

// fits reports whether a failure would be at most 30 s long with a record.
func (f *refFailure) fits(r *refRecord) bool {
	if r.axis() == Placed {
		return true
	}
	with := []*refRecord{r}
	for _, x := range f.records {
		if x.axis() == r.axis() {
			with = append(with, x)
		}
	}
	first, last := refExtent(with)
	return time.Duration(last-first) <= refLongest
}

// begin returns the first position of a failure on the axis of a record; if the record has no
// time, in its source.
func (f *refFailure) begin(r *refRecord) int64 {
	first := int64(math.MaxInt64)
	for _, x := range f.records {
		switch {
		case r.axis() == Placed && x.source == r.source:
			first = min(first, x.place)
		case r.axis() != Placed && x.axis() == r.axis():
			first = min(first, x.at())
		}
	}
	return first
}

// refChains returns the failures of sorted records.
func refChains(g []*refRecord) (all []*refFailure) {
	count := 0
	put := func(f *refFailure, r *refRecord) {
		count++
		f.records, f.joined = append(f.records, r), count
	}
	// chain makes failures of records that no other failure takes.
	chain := func(records []*refRecord, limit time.Duration) {
		var own []*refFailure
		for _, r := range records {
			var best *refFailure
			better := func(f, than *refFailure) bool {
				if nearer := refNearer(f.stated(), than.stated(), r.stated()); nearer != 0 {
					return nearer > 0
				}
				if a, b := f.within(r, limit), than.within(r, limit); a != b {
					return a < b
				}
				return f.joined > than.joined
			}
			for _, f := range own {
				if f.takes(r) && f.fits(r) && f.within(r, limit) != refNever && (best == nil || better(f, best)) {
					best = f
				}
			}
			if best == nil {
				best = &refFailure{}
				own, all = append(own, best), append(all, best)
			}
			put(best, r)
		}
	}
	// join adds each record to the nearest failure, of equally near ones to the earliest, and
	// returns the others.
	join := func(records []*refRecord, distance func(*refFailure, *refRecord) time.Duration) (rest []*refRecord) {
		found := slices.Clone(all)
		for _, r := range records {
			var best *refFailure
			for _, f := range found {
				d := distance(f, r)
				if d == refNever {
					continue
				}
				if best == nil || d < distance(best, r) || d == distance(best, r) && f.begin(r) < best.begin(r) {
					best = f
				}
			}
			if best == nil {
				rest = append(rest, r)
			} else {
				put(best, r)
			}
		}
		return rest
	}
	of := func(w classify.Weight) (out []*refRecord) {
		for _, r := range g {
			if r.verdict.Weight == w {
				out = append(out, r)
			}
		}
		return out
	}

	chain(of(classify.Strong), refGap)
	chain(join(of(classify.Weak), func(f *refFailure, r *refRecord) time.Duration {
		if !f.takes(r) || !f.fits(r) {
			return refNever
		}
		return f.within(r, refGap)
	}), refGap)
	chain(join(of(classify.Socket), func(f *refFailure, r *refRecord) time.Duration {
		if !f.connects() {
			return refNever
		}
		least := refNever
		for _, d := range f.distances(r) {
			switch {
			case d.follows && d.apart <= refSocket:
				least = min(least, d.apart)
			case d.apart <= refGap: // any failure that follows is nearer
				least = min(least, refSocket+d.apart)
			}
		}
		return least
	}), refSocket)
	return all
}

func (f *refFailure) method() string {
	for _, r := range f.records {
		if m := r.method(); m != "" {
			return m
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
	if r.stated().apart(f.stated()) {
		return false
	}
	mine, other := f.name(), r.name()
	switch {
	case r.verdict.Weight == classify.Socket, other != "" && mine == other:
		return true
	case mine != "" && other != "":
		return r.verdict.Weight == classify.Weak && refRaises(mine, cmp.Or(r.method(), f.method()), r.verdict.Code)
	case mine != "":
		return refRaises(mine, cmp.Or(r.method(), f.method()), r.verdict.Code)
	case other != "":
		return refRaises(other, f.method(), f.code())
	}
	any := func(code int32) bool {
		// Telemetry of a failed subscribe states 1013 for every error.
		return code == 0 || code == 1013 && (r.method() == "Session.subscribe" || f.method() == "Session.subscribe")
	}
	return r.verdict.Code == f.code() || any(r.verdict.Code) || any(f.code())
}

// connects reports whether the failure is one of connect, as far as is known: by its method, else by
// an error or a code that connect has.
func (f *refFailure) connects() bool {
	connect := catalogue.LookupMethod([]byte("Session.connect"))
	switch m, name, code := f.method(), f.name(), f.code(); {
	case m != "":
		return m == "Session.connect"
	case name != "":
		id := catalogue.Lookup([]byte(name))
		return id == 0 || catalogue.Lists(id, connect)
	default:
		return code == 0 || catalogue.GoesWith(0, connect, code)
	}
}

func refRaises(name, method string, code int32) bool {
	id, m := catalogue.Lookup([]byte(name)), catalogue.LookupMethod([]byte(method))
	if id == 0 || method != "" && m == 0 {
		return true
	}
	if init := catalogue.LookupMethod([]byte("OT.initPublisher")); method == "Session.publish" && catalogue.Lists(id, init) && catalogue.Raises(id, init, code) {
		return true
	}
	return catalogue.Raises(id, m, code)
}

// refSummary is everything that a report states about a failure.
type refSummary struct {
	method, name string
	code         int32
	reason       catalogue.ReasonID // of the strongest record of the name that has one
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
		if r.axis() == Dated && out.first == timestamp.NoTime {
			out.first = r.at()
		}
		out.client = cmp.Or(out.client, r.client())
		isLate = isLate || r.verdict.Late
		proper = proper || !r.verdict.Late && r.verdict.MethodFrom == classify.MethodSpelled
	}
	out.code, out.counts = cmp.Or(code, socketCode), !isLate || proper
	reasonRank := -1
	for _, r := range records {
		rank := int(r.verdict.Evidence)
		if r.verdict.Weight != classify.Socket {
			rank += 10
		}
		if r.verdict.Reason != 0 && r.name() == out.name && rank >= reasonRank {
			out.reason, reasonRank = r.verdict.Reason, rank
		}
		for _, r := range r.alike {
			out.places = append(out.places, fmt.Sprintf("%s:%d", r.source, r.place))
		}
	}
	slices.Sort(out.places)
	return out
}

// reasons returns the number of different reasons that the records of a failure state.
func (f *refFailure) reasons() int {
	seen := map[catalogue.ReasonID]bool{}
	for _, r := range f.records {
		seen[r.verdict.Reason] = seen[r.verdict.Reason] || r.verdict.Reason != 0
	}
	delete(seen, 0)
	return len(seen)
}

// String returns the summary as text.
func (f *refFailure) String() string {
	s := f.summary()
	return fmt.Sprintf("%s %s %d, bucket %d, counts %v, recovered %v, reason %q: %s", s.method, s.name, s.code, BucketOf(s.first), s.counts, f.recovered, s.reason, strings.Join(s.places, " "))
}
