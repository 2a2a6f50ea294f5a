package corpus

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/otlog/otlog/classify/catalogue"
)

// The rules that make failures of records, applied to what naive_test.go finds. They are written
// as plainly as the definitions, without regard for speed.

const (
	gap       = 2 * time.Second
	longest   = 30 * time.Second
	socketGap = 10 * time.Second
)

// A group holds the records of one failure.
type group []*clue

func (g group) first() time.Time { return slices.MinFunc(g, byTime).at }
func (g group) last() time.Time  { return slices.MaxFunc(g, byTime).at }

func byTime(a, b *clue) int { return a.at.Compare(b.at) }

// name returns the name with the strongest evidence; socket lines are the weakest. Of equals,
// the later one counts.
func (g group) name() string {
	best, name := -1, ""
	for _, c := range g {
		rank := 2 * slices.Index([]string{"none", "code", "phrase", "name"}, c.evidence)
		if !c.socket {
			rank += 10
		}
		if c.name != "" && rank >= best {
			best, name = rank, c.name
		}
	}
	return name
}

func (g group) method() string {
	best, method := -1, ""
	for _, c := range g {
		if c.sure > best {
			best, method = c.sure, c.method
		}
	}
	return method
}

// code returns the code of a failure without a name, else 0.
func (g group) code() int {
	for _, c := range g {
		if c.code != 0 && g.name() == "" {
			return c.code
		}
	}
	return 0
}

// takes reports whether c, which has the same error, belongs to the group.
func (g group) takes(c *clue) bool {
	for _, other := range g {
		if !compatible(c.method, other.method) {
			return false
		}
	}
	return c.at.Sub(g.last()) <= gap && c.at.Sub(g.first()) <= longest
}

func compatible(a, b string) bool {
	pair := func(a, b string) bool { return a == "OT.initPublisher" && b == "Session.publish" }
	return a == b || a == "unknown" || b == "unknown" || pair(a, b) || pair(b, a)
}

// away returns the distance in time from c to the nearest record of the group.
func (g group) away(c *clue) time.Duration {
	nearest := time.Duration(math.MaxInt64)
	for _, other := range g {
		nearest = min(nearest, c.at.Sub(other.at).Abs())
	}
	return nearest
}

// correlate makes failures of the clues of one session. Clues that are aside belong to none.
func correlate(clues []*clue) []group {
	var strong, weak, sockets []*clue
	for _, c := range clues {
		switch {
		case c.aside:
		case c.socket:
			sockets = append(sockets, c)
		case c.name != "":
			strong = append(strong, c)
		default:
			weak = append(weak, c)
		}
	}
	named := chains(strong, func(c *clue) any { return c.name })
	var nameless []*clue
	for _, c := range inOrder(weak) {
		at := -1
		for i, g := range named {
			if g.away(c) <= gap && mayState(g, c) && (at < 0 || g.away(c) < named[at].away(c)) {
				at = i
			}
		}
		if at < 0 {
			nameless = append(nameless, c)
			continue
		}
		named[at] = append(named[at], c)
	}
	all := append(named, chains(nameless, func(c *clue) any { return c.code })...)
	return append(all, withSockets(all, sockets)...)
}

// withSockets adds each socket line to the connect failure that follows it, and returns the
// failures of the other socket lines.
func withSockets(all []group, sockets []*clue) []group {
	joined := make([]group, len(all))
	var alone []*clue
	for _, c := range inOrder(sockets) {
		at := -1
		for i, g := range all {
			wait := g.first().Sub(c.at)
			if g.method() == "Session.connect" && wait >= 0 && wait <= socketGap && (at < 0 || g.first().Before(all[at].first())) {
				at = i
			}
		}
		if at < 0 {
			alone = append(alone, c)
			continue
		}
		joined[at] = append(joined[at], c)
	}
	for i := range all {
		all[i] = append(all[i], joined[i]...)
	}
	return chains(alone, func(c *clue) any { return c.name })
}

// chains groups clues of one error that follow each other.
func chains(clues []*clue, errorOf func(*clue) any) (groups []group) {
	for _, c := range inOrder(clues) {
		at := slices.IndexFunc(groups, func(g group) bool { return errorOf(g[0]) == errorOf(c) && g.takes(c) })
		if at < 0 {
			groups = append(groups, group{c})
			continue
		}
		groups[at] = append(groups[at], c)
	}
	return groups
}

func inOrder(clues []*clue) []*clue {
	slices.SortStableFunc(clues, byTime)
	return clues
}

// A raising is an error name, a method that raises it, and its code, from the catalogue.
type raising struct {
	name, method string
	code         int
}

var raisings = func() map[raising]bool {
	m := map[raising]bool{}
	for _, e := range catalogue.Errors() {
		for _, u := range e.Uses {
			for _, code := range u.Codes {
				m[raising{e.Name, u.Method.Name(), int(code)}] = true
				m[raising{e.Name, "unknown", int(code)}] = true
			}
		}
	}
	return m
}()

// theName returns the only name that the method raises with the code, "" if there are several.
func theName(code int, method, text string) string {
	if m := exceptionLine.FindStringSubmatch(text); m != nil && code == 1500 && strings.HasPrefix(m[2], "ICEWorkflow ") {
		return "OT_TIMEOUT"
	}
	var list []string
	for r := range raisings {
		if r.code == code && r.method == method {
			list = append(list, r.name)
		}
	}
	if len(list) != 1 {
		return ""
	}
	return list[0]
}

// theMethod returns the only method of a name: among the methods that raise it with the code, if
// there are some. Without a name, it returns the only method that raises the code.
func theMethod(name string, code int) string {
	raising := map[string]bool{}
	for r := range raisings {
		if (name == "" || r.name == name) && r.code == code && r.method != "unknown" {
			raising[r.method] = true
		}
	}
	if len(raising) == 1 {
		for m := range raising {
			return m
		}
	}
	if len(known[name]) != 1 || len(raising) > 1 || slices.Contains(alsoRaised[:], name) {
		return ""
	}
	return known[name][0]
}

// mayState reports whether c, which has no name, can belong to the failure. In telemetry of a
// subscribe call, 1013 is the code of every error.
func mayState(g group, c *clue) bool {
	if !compatible(c.method, g.method()) {
		return false
	}
	return c.code == 0 || raisings[raising{g.name(), c.method, c.code}] ||
		c.subscribing && c.code == 1013 && g.method() == c.method
}

// sums are the numbers of a report, by day or for the whole input.
type sums struct {
	daily   bool
	rows    map[string]*Row
	methods map[string]*Method
	people  map[string]map[string]bool // sessions by row
	made    []call
}

// A call is one that an application made.
type call struct {
	method, session string
	start, end      time.Time // of its first and last event
	outcome         string
}

// takes reports whether a failure belongs to the call.
func (c call) takes(g group, id string) bool {
	return c.outcome != "" && id != "" && c.session == id && c.method == g.method() &&
		!g.first().Before(c.start) && !g.first().After(c.end.Add(gap))
}

func (l *look) sums(daily bool) *sums {
	t := &sums{daily, map[string]*Row{}, map[string]*Method{}, map[string]map[string]bool{}, nil}
	bySession := map[string][]*clue{}
	for _, c := range l.clues {
		id := l.linked(c.visit)
		bySession[id] = append(bySession[id], c)
		if c.aside {
			t.failure(group{c}, id, 0)
		}
	}
	for key, events := range l.events {
		method, _, _ := strings.Cut(key, " ")
		t.calls(method, events, l.linked(events[0].visit))
	}
	for id, clues := range bySession {
		during := map[int]group{} // the failures of each call are one
		for _, g := range correlate(clues) {
			i := slices.IndexFunc(t.made, func(c call) bool { return c.takes(g, id) })
			if i < 0 {
				t.failure(g, id, 1)
				continue
			}
			during[i] = inOrder(append(during[i], g...))
		}
		for i, g := range during {
			if t.made[i].outcome != "Success" {
				t.failure(g, id, 1)
				continue
			}
			t.failure(g, id, 0).Recovered++
			t.methods[t.methodOf(g.method(), g.first())].Recovered++
		}
	}
	for _, v := range l.visits {
		t.person("seen"+dayText(t.start(v.at)), l.linked(v))
	}
	return t
}

// linked returns the session of a record, empty if it has none.
func (l *look) linked(v visit) string {
	if v.session == "" && len(l.instances[v.instance]) == 1 {
		for id := range l.instances[v.instance] {
			return id
		}
	}
	return v.session
}

func (t *sums) start(at time.Time) *time.Time {
	if !t.daily {
		return nil
	}
	day := at.Truncate(24 * time.Hour)
	return &day
}

// person counts a session. A record without a session ID counts for none.
func (t *sums) person(what, id string) {
	if id == "" {
		return
	}
	if t.people[what] == nil {
		t.people[what] = map[string]bool{}
	}
	t.people[what][id] = true
}

// failure adds the records of n failures, 1 or 0, to a row.
func (t *sums) failure(g group, id string, n int64) *Row {
	want := Row{WindowStart: t.start(g.first()), Method: g.method(), Error: namePointer(g.name()), Code: codePointer(int16(g.code()))}
	key := rowKeyOf(&want)
	r := t.rows[key]
	if r == nil {
		r = &want
		r.Codes, r.Evidence, r.FirstSeen, r.LastSeen = map[int]int64{}, map[string]int64{}, g.first(), g.last()
		t.rows[key] = r
	}
	r.Failures += n
	for _, c := range g {
		r.Lines++
		r.Evidence[c.evidence]++
		if c.code != 0 {
			r.Codes[c.code]++
		}
		if c.at.Before(r.FirstSeen) {
			r.FirstSeen = c.at
		}
		if c.at.After(r.LastSeen) {
			r.LastSeen = c.at
		}
	}
	if n == 0 {
		return r
	}
	m := t.methodOf(r.Method, g.first())
	t.person(key, id)
	t.person("failed"+m, id)
	return r
}

func rowKeyOf(r *Row) string {
	key, _ := rowFact(r)
	return key
}

// methodOf returns the key of a method's row.
func (t *sums) methodOf(method string, at time.Time) string {
	m := &Method{WindowStart: t.start(at), Method: method}
	key, _ := methodFact(m, nil, nil)
	if t.methods[key] == nil {
		t.methods[key] = m
	}
	return key
}

// calls adds the events of one connection, stream or subscriber. They are one call, or several
// if the application calls again.
func (t *sums) calls(method string, events []event, id string) {
	events = slices.SortedStableFunc(slices.Values(events), func(a, b event) int { return a.at.Compare(b.at) })
	events = slices.CompactFunc(events, func(a, b event) bool { return a.at.Equal(b.at) && a.variation == b.variation })
	for len(events) > 0 {
		n := 1
		var failed, end time.Time
		outcome := ""
		for ; n < len(events); n++ {
			e := events[n]
			if e.variation == "Attempt" {
				if method != "Session.connect" || failed.IsZero() || e.at.Sub(failed) > 10*time.Second {
					break
				}
				outcome = "" // the SDK tries again
				continue
			}
			if outcome == "" {
				outcome, end = e.variation, e.at
			}
			if e.variation == "Failure" {
				failed = e.at
			}
		}
		t.called(method, events[0], outcome)
		t.made = append(t.made, call{method, id, events[0].at, end, outcome})
		events = events[n:]
	}
}

func (t *sums) called(method string, start event, outcome string) {
	key := t.methodOf(method, start.at)
	m := t.methods[key]
	m.Attempts++
	switch outcome {
	case "Success":
		m.Successes++
	case "Failure", "Denied":
		m.Failed++
	case "Cancel":
		m.Cancels++
	default:
		m.Open++
	}
}

// facts returns the rows that the report should have.
func (t *sums) facts() facts {
	all := facts{}
	for key, r := range t.rows {
		r.Sessions = int64(len(t.people[key]))
		all.add(rowFact(r))
	}
	for key, m := range t.methods {
		m.Sessions, m.Failing = int64(len(t.people["seen"+dayText(m.WindowStart)])), int64(len(t.people["failed"+key]))
		all.add(methodFact(m, nil, nil))
	}
	return all
}

// factsOf returns the rows of the truth.
func factsOf(rows []Row, methods []Method) facts {
	all := facts{}
	for i := range rows {
		all.add(rowFact(&rows[i]))
	}
	for i := range methods {
		all.add(methodFact(&methods[i], nil, nil))
	}
	return all
}
