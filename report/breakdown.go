package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/otlog/otlog/aggregate/batch"
)

// A Dimension is a property of clients or sessions that a report can be divided by.
type Dimension string

// The dimensions: three labels of a client, from telemetry, and the API key in a session ID.
const (
	BySDK     Dimension = "sdk"
	ByBrowser Dimension = "browser"
	ByOS      Dimension = "os"
	ByAPIKey  Dimension = "apikey"

	// bySDKAndBrowser combines two of them, for the headline.
	bySDKAndBrowser Dimension = "sdk and browser"
)

// Dimensions lists all dimensions.
func Dimensions() []Dimension { return []Dimension{BySDK, ByBrowser, ByOS, ByAPIKey} }

// A Breakdown divides a report into groups of clients.
//
// Failures and attempts belong to the group of their own client, so they add up to those of
// the report. Sessions do not: a session counts in the group of each client that was seen in
// it. It counts in the group without a name if the label of all its clients is unknown, or if
// an attempt or a line comes from a client whose label is unknown.
type Breakdown struct {
	Dimension Dimension
	Groups    []Group // sorted by name, with numbers in names as numbers; then Others, then the group without a name
}

// Told reports whether any group has a name.
func (b *Breakdown) Told() bool {
	return slices.ContainsFunc(b.Groups, func(g Group) bool { return g.Name != "" })
}

// A Group is the part of a report that belongs to one label.
type Group struct {
	Name string // for instance 2.35.2; "" if unknown

	// Numbers have the windows of the report. Windows count no records; totals have no account,
	// no first and last record and no duplicates; methods are a share of the group's sessions.
	//
	// If the dimension is not Report.By, they count only what a page shows: the two windows
	// that are compared, or else the whole input.
	//
	// Errors in Totals.Background may have a failure in another group.
	Numbers

	Whole *Numbers // the same with the whole input as one window; nil if not counted
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

// groups returns the groups of Report.By, or else the report itself as one group.
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
	return []*Group{{Numbers: r.Numbers, Whole: r.Whole}}
}

// errorRows returns the errors of all groups, sorted like Errors and then by group.
func (r *Report) errorRows() []errorRow {
	var out []errorRow
	for _, g := range r.groups() {
		for i := range g.Errors {
			out = append(out, errorRow{&g.Errors[i], g})
		}
	}
	slices.SortStableFunc(out, func(a, b errorRow) int { return a.Error.compare(b.Error) })
	return out
}

// methodRows returns the methods of all groups, sorted like Methods and then by group.
func (r *Report) methodRows() []methodRow {
	var out []methodRow
	for _, g := range r.groups() {
		for i := range g.Methods {
			out = append(out, methodRow{&g.Methods[i], g})
		}
	}
	slices.SortStableFunc(out, func(a, b methodRow) int { return a.Method.compare(b.Method) })
	return out
}

// Others is the group of all names for which there is no room. Names may be made up by
// whoever writes a log.
const Others = "(others)"

// There are at most maxGroups groups with a name. If there are many windows, there are fewer:
// maxGroupWindows windows in all groups together, but at least minGroups groups. Groups that
// come first in the order of sessions are kept; that order depends only on the records.
const (
	maxGroups       = 1000
	minGroups       = 20
	maxGroupWindows = 1 << 18
)

// A divider makes a Breakdown, batch by batch.
type divider struct {
	dimension Dimension
	pair      *Pair                // groups names; nil: each name is a group
	wholes    []*fold              // that the groups are parts of
	shown     []bool               // by window: whether it counts; nil: all do
	room      int                  // for groups with a name
	names     []string             // of labels
	groups    []*groupFolds        // by label; nil: none
	combined  map[[2]uint16]uint16 // labels of SDK and browser together
	sides     [2]*groupFolds       // of the pair; nil: none
	others    *groupFolds          // nil: none
}

// groupFolds make the numbers of one group.
type groupFolds struct {
	name  string
	folds []*fold // of each whole
	seen  mark
}

// newDivider returns a divider of a report, given its folds by window and of the whole
// input, if that is another one. Groups that are no rows are made only for what a page shows.
func newDivider(d Dimension, r *Report, wholes []*fold) *divider {
	windows := max(len(r.Windows), 1)
	var shown []bool
	if before, after, ok := r.LastComplete(); d != r.By && len(wholes) > 1 {
		if ok && r.Baseline == nil {
			shown = make([]bool, windows)
			shown[before], shown[after] = true, true
			wholes = wholes[:1]
		} else {
			wholes = wholes[1:]
		}
	}
	names := wholes[0].names.Labels
	if d == bySDKAndBrowser {
		names = []string{""}
	}
	return &divider{
		dimension: d, pair: r.Pair, wholes: wholes, shown: shown,
		room:  min(max(maxGroupWindows/windows, minGroups), maxGroups),
		names: names, groups: make([]*groupFolds, len(names)), combined: map[[2]uint16]uint16{},
	}
}

// add adds the rows of a batch to their groups.
func (d *divider) add(r *rows) {
	seen := 0 // into the rows of sessions
	for from := 0; from < r.clients.Len; {
		id, to := r.clients.Session(from), from+1
		for to < r.clients.Len && r.clients.Session(to) == id {
			to++
		}
		first := seen
		for seen < r.sessions.Len && r.sessions.Session(seen) == id {
			seen++
		}
		d.session(r, from, to, first, seen)
		from = to
	}
	for i := range r.methods.Len {
		if window := d.wholes[0].windowOf(r.methods.Start[i]); d.counts(window) {
			for _, f := range d.group(d.labelOf(&r.methods.Who, &r.methods.Client, i)).folds {
				f.method(r.methods, i)
			}
		}
	}
	for i := range r.errors.Len {
		if window := d.wholes[0].windowOf(r.errors.Start[i]); d.counts(window) {
			for _, f := range d.group(d.labelOf(&r.errors.Who, &r.errors.Client, i)).folds {
				f.error(r.errors, i)
			}
		}
	}
}

// counts reports whether what is in a window counts.
func (d *divider) counts(window int) bool {
	return d.shown == nil || window != Timeless && d.shown[window]
}

// session counts a session in the groups of its clients: rows from to to of clients, and
// first to last of sessions.
func (d *divider) session(r *rows, from, to, first, last int) {
	if d.shown != nil && first < last {
		shown := false
		for i := first; i < last; i++ {
			shown = shown || d.counts(d.wholes[0].windowOf(r.sessions.Start[i]))
		}
		if !shown {
			return // nothing in it counts
		}
	}
	named, unnamed := false, false
	for i := from; i < to; i++ {
		label := d.labelOf(&r.clients.Who, &r.clients.Client, i)
		switch {
		case label != 0:
			d.see(r, label, first, last)
			named = true
		case r.clients.Acted.Value(i):
			d.see(r, 0, first, last)
		default:
			unnamed = true
		}
	}
	if unnamed && !named {
		d.see(r, 0, first, last)
	}
}

// see counts a session in the group of a label, once.
func (d *divider) see(r *rows, label uint16, first, last int) {
	g := d.group(label)
	if first == last {
		return
	}
	n := 0
	if g.seen.count(r.sessions.Session(first), &n); n == 0 {
		return
	}
	for _, f := range g.folds {
		for i := first; i < last; i++ {
			f.session(r.sessions, i)
		}
	}
}

// labelOf returns the label by which a row is divided, 0 for none.
func (d *divider) labelOf(who *batch.Who, c *batch.Client, i int) uint16 {
	switch d.dimension {
	case BySDK:
		return c.SDK[i]
	case ByBrowser:
		return c.Browser[i]
	case ByOS:
		return c.OS[i]
	case bySDKAndBrowser:
		return d.combine(c.SDK[i], c.Browser[i])
	}
	return who.APIKey[i]
}

// combine returns the label of two labels, 0 if one of them is unknown.
func (d *divider) combine(sdk, browser uint16) uint16 {
	key := [2]uint16{sdk, browser}
	label := d.combined[key]
	if label != 0 || sdk == 0 || browser == 0 {
		return label
	}
	if len(d.names) <= maxGroups+1 { // the labels beyond are one: they have no groups of their own
		texts := d.wholes[0].names.Labels
		d.names, d.groups = append(d.names, combinedName(texts[sdk], texts[browser])), append(d.groups, nil)
	}
	label = uint16(len(d.names) - 1)
	d.combined[key] = label
	return label
}

// combinedName returns the name of a group of one SDK version and browser.
func combinedName(sdk, browser string) string { return sdk + "\x00" + browser }

// group returns the group of a label.
func (d *divider) group(label uint16) *groupFolds {
	g := d.groups[label]
	if g == nil {
		g = d.newGroup(label)
		d.groups[label] = g
	}
	return g
}

// newGroup returns a group for a label: that of others if there is no room left.
func (d *divider) newGroup(label uint16) *groupFolds {
	switch {
	case label == 0:
		return d.newFolds("")
	case d.pair != nil && d.pair.By == d.dimension:
		return d.pairFolds(d.pair.groupOf(d.names[label]))
	case d.room > 0:
		d.room--
		return d.newFolds(d.names[label])
	case d.others == nil:
		d.others = d.newFolds(Others)
	}
	return d.others
}

// pairFolds returns the group of a pair with that name.
func (d *divider) pairFolds(name string) *groupFolds {
	g := &d.others
	switch name {
	case d.pair.Before:
		g = &d.sides[0]
	case d.pair.After:
		g = &d.sides[1]
	}
	if *g == nil {
		*g = d.newFolds(name)
	}
	return *g
}

func (d *divider) newFolds(name string) *groupFolds {
	g := &groupFolds{name: name}
	for _, whole := range d.wholes {
		g.folds = append(g.folds, whole.part(d.shown))
	}
	return g
}

// end makes the groups.
func (d *divider) end() Breakdown {
	var all []*groupFolds
	for _, g := range d.groups {
		if g != nil && g != d.others && g != d.sides[0] && g != d.sides[1] {
			all = append(all, g)
		}
	}
	for _, g := range d.sides {
		if g != nil {
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
		group := Group{Name: g.name, Numbers: *g.folds[0].out}
		if d.shown == nil {
			group.Whole = g.folds[len(g.folds)-1].out
		}
		// A label may belong to nothing that is selected.
		if group.Totals.Sessions > 0 || len(group.Methods) > 0 {
			b.Groups = append(b.Groups, group)
		}
	}
	return b
}

// place sorts groups with a name first, then others, then the group without a name.
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
func numberAt(s string) string { return s[:len(s)-len(strings.TrimLeft(s, "0123456789"))] }
