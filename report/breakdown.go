package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/otlog/otlog/aggregate"
)

// A Dimension is what a report can be divided by.
type Dimension string

// What there is to divide by: three labels that telemetry tells of a client, and the
// API key that a session's ID holds.
const (
	BySDK     Dimension = "sdk"
	ByBrowser Dimension = "browser"
	ByOS      Dimension = "os"
	ByAPIKey  Dimension = "apikey"
)

// Dimensions lists all there are.
func Dimensions() []Dimension { return []Dimension{BySDK, ByBrowser, ByOS, ByAPIKey} }

// A Breakdown divides a report by what clients are.
//
// A failure and an attempt belong to the group of their own client, so those of all
// groups add up to the report's. Sessions do not: one is seen in the group of each client
// that was seen in it, and in that without a name if nothing is told of any, or something
// in it is of a client that nothing is told of.
type Breakdown struct {
	Dimension Dimension
	Groups    []Group // by name, numbers in it as numbers; Others, and then that without a name, last
}

// Told reports whether any group has a name.
func (b *Breakdown) Told() bool {
	return slices.ContainsFunc(b.Groups, func(g Group) bool { return g.Name != "" })
}

// A Group is the part of a report that belongs to one name.
type Group struct {
	Name string // as in 2.35.2; "" if it is not told

	// Report is of this part. Its windows are those of the whole, with sessions of the
	// group only and without records; methods are a share of sessions of the group. It
	// has no sources, no account, no first and last record, no duplicates, no changes and
	// no warnings.
	//
	// If the dimension is not Report.By it is of what a page is of: of the last two
	// complete windows, or if something else is compared, or nothing, of the whole.
	//
	// Of the errors in Totals.Background some may have a failure in another group.
	Report *Report
}

// An errorRow is an Error of a group.
type errorRow struct {
	*Error
	group *Group
}

// A methodRow is a Method of a group.
type methodRow struct {
	*Method
	group *Group
}

// groups are what the rows of JSON and CSV are divided into: the report itself if they
// are not.
func (r *Report) groups() []*Group {
	for i := range r.Breakdowns {
		if b := &r.Breakdowns[i]; b.Dimension == r.By {
			out := make([]*Group, len(b.Groups))
			for i := range out {
				out[i] = &b.Groups[i]
			}
			return out
		}
	}
	return []*Group{{Report: r}}
}

// errorRows are sorted as Errors are, and then by group.
func (r *Report) errorRows() []errorRow {
	var out []errorRow
	for _, g := range r.groups() {
		for i := range g.Report.Errors {
			out = append(out, errorRow{&g.Report.Errors[i], g})
		}
	}
	slices.SortStableFunc(out, func(a, b errorRow) int { return a.Error.compare(b.Error) })
	return out
}

// methodRows are sorted as Methods are, and then by group.
func (r *Report) methodRows() []methodRow {
	var out []methodRow
	for _, g := range r.groups() {
		for i := range g.Report.Methods {
			out = append(out, methodRow{&g.Report.Methods[i], g})
		}
	}
	slices.SortStableFunc(out, func(a, b methodRow) int { return a.Method.compare(b.Method) })
	return out
}

// Others is the group of all names for which there is no room. Names may be made up by
// whoever writes a log.
const Others = "(others)"

// There are at most maxGroups groups with a name, and fewer if there are many windows:
// as many as take maxGroupWindows in all, but minGroups in any case. Those are kept that
// come first in the order of sessions, which is the same for the same records.
const (
	maxGroups       = 1000
	minGroups       = 20
	maxGroupWindows = 1 << 18
)

// A divider makes a Breakdown session by session.
type divider struct {
	dimension Dimension
	wholes    []*fold       // of which the groups are parts
	shown     []bool        // by window: whether it counts; nil: all do
	room      int           // for groups with a name
	groups    []*groupFolds // by label; nil: none
	others    *groupFolds   // nil: none
}

// groupFolds make the report of one group.
type groupFolds struct {
	name  string
	folds []*fold // of each whole
	seen  mark
}

// newDivider returns a divider of a report and, if that is another one, the same overall.
// What is not asked for row by row is made for what a page is of only.
func newDivider(d Dimension, wholes []*fold) *divider {
	r := wholes[0].report
	windows := max(len(r.Windows), 1)
	var shown []bool
	if before, after, ok := r.lastComplete(); d != r.By && len(wholes) > 1 {
		if ok && r.Baseline == nil {
			shown = make([]bool, windows)
			shown[before], shown[after] = true, true
			wholes = wholes[:1]
		} else {
			wholes = wholes[1:]
		}
	}
	return &divider{
		dimension: d, wholes: wholes, shown: shown,
		room:   min(max(maxGroupWindows/windows, minGroups), maxGroups),
		groups: make([]*groupFolds, len(wholes[0].names.Labels)),
	}
}

// session adds what is counted of one session to the groups that it belongs to.
func (d *divider) session(s *aggregate.Session) {
	if d.shown != nil && s.Known() && !slices.ContainsFunc(s.Cells, func(c aggregate.Cell) bool { return d.shown[d.wholes[0].windowOf(c)] }) {
		return // it is seen wherever something of it is counted
	}
	if len(s.Cells) > 0 {
		told := false
		for _, client := range s.Clients {
			if label := d.labelOf(s, client); label != 0 {
				d.see(s, label)
				told = true
			}
		}
		if !told {
			d.see(s, d.labelOf(s, aggregate.Traits{}))
		}
	}
	// What fails is a part of what was seen, also where its client is not told.
	for i := range s.Attempts {
		a := &s.Attempts[i]
		for _, f := range d.see(s, d.labelOf(s, aggregate.Traits{SDK: a.SDK, Browser: a.Browser, OS: a.OS})).folds {
			f.attempts(s, a)
		}
	}
	for i := range s.Rows {
		r := &s.Rows[i]
		for _, f := range d.see(s, d.labelOf(s, aggregate.Traits{SDK: r.SDK, Browser: r.Browser, OS: r.OS})).folds {
			f.row(s, r)
		}
	}
}

// see counts a session in the group of a label, once, and returns it.
func (d *divider) see(s *aggregate.Session, label aggregate.Name) *groupFolds {
	g := d.groups[label]
	if g == nil {
		g = d.newGroup(label)
		d.groups[label] = g
	}
	first := 0
	if g.seen.count(s.ID, &first); first > 0 {
		for _, f := range g.folds {
			f.sightings(s)
		}
	}
	return g
}

// labelOf returns the label of what belongs to a client in a session.
func (d *divider) labelOf(s *aggregate.Session, t aggregate.Traits) aggregate.Name {
	switch d.dimension {
	case BySDK:
		return t.SDK
	case ByBrowser:
		return t.Browser
	case ByOS:
		return t.OS
	}
	return s.APIKey
}

// newGroup returns a group for a label, that of others if there is no more room.
func (d *divider) newGroup(label aggregate.Name) *groupFolds {
	switch {
	case label == 0:
		return d.newFolds("")
	case d.room > 0:
		d.room--
		return d.newFolds(d.wholes[0].names.Labels[label])
	case d.others == nil:
		d.others = d.newFolds(Others)
	}
	return d.others
}

func (d *divider) newFolds(name string) *groupFolds {
	g := &groupFolds{name: name}
	for _, whole := range d.wholes {
		part := whole.part()
		part.only = d.shown
		g.folds = append(g.folds, part)
	}
	return g
}

// end makes the groups.
func (d *divider) end() Breakdown {
	var all []*groupFolds
	for _, g := range d.groups {
		if g != nil && g != d.others {
			all = append(all, g)
		}
	}
	if d.others != nil {
		all = append(all, d.others)
	}
	slices.SortFunc(all, func(a, b *groupFolds) int {
		return cmp.Or(cmp.Compare(d.place(a), d.place(b)), compareNatural(a.name, b.name))
	})
	b := Breakdown{Dimension: d.dimension}
	for _, g := range all {
		for _, f := range g.folds {
			f.end()
		}
		r := g.folds[0].report
		r.overall = nil // not known
		if d.shown == nil {
			r.overall = g.folds[len(g.folds)-1].report
		}
		// Of a label there may be nothing that is selected.
		if r.Totals.Sessions > 0 || len(r.Methods) > 0 {
			b.Groups = append(b.Groups, Group{g.name, r})
		}
	}
	return b
}

// place puts what is no name behind the names.
func (d *divider) place(g *groupFolds) int {
	switch {
	case g == d.others:
		return 1
	case g.name == "":
		return 2
	}
	return 0
}

// compareNatural orders names with the numbers in them as numbers: 2.9.0 before 2.10.1.
func compareNatural(a, b string) int {
	whole := strings.Compare(a, b)
	for a != "" && b != "" {
		x, y := numberAt(a), numberAt(b)
		if x == "" || y == "" {
			if a[0] != b[0] {
				return cmp.Compare(a[0], b[0])
			}
			a, b = a[1:], b[1:]
			continue
		}
		a, b = a[len(x):], b[len(y):]
		x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
		if c := cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y)); c != 0 {
			return c
		}
	}
	return cmp.Or(cmp.Compare(len(a), len(b)), whole)
}

// numberAt returns the digits that text begins with.
func numberAt(s string) string { return s[:len(s)-len(strings.TrimLeft(s, digits))] }
