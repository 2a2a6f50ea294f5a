package report

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/otlog/otlog/report/stats"
)

// A Contrast compares a group of clients with all other groups of its dimension together: in the
// later of the two windows that are compared, or else in the whole input. Sessions whose client is
// unknown are in neither.
type Contrast struct {
	Dimension Dimension
	Group     string

	// Before is the share of the others and After that of the group. Method is "" for any failure.
	Change

	Earlier stats.Share // of the group, on the earlier side; zero if there is none
}

// Verdicts of a Contrast, beside Same and TooFew.
const (
	Higher = "higher"
	Lower  = "lower"
)

// contrasts compares each group with the others of its dimension, for any failure and for each
// method that failed. All of them are tested as one family. The groups of a Pair are compared as its
// sides.
func (r *Report) contrasts() []Contrast {
	if r.Pair != nil {
		return nil
	}
	var out []Contrast
	for i := range r.Breakdowns {
		b := &r.Breakdowns[i]
		var earlier *Breakdown
		if r.Baseline != nil {
			earlier = r.Baseline.breakdown(b.Dimension)
		}
		out = append(out, r.contrastsOf(b, earlier)...)
	}
	test(out)
	return out
}

// breakdown returns a breakdown of the report, nil if it has none of that dimension.
func (r *Report) breakdown(d Dimension) *Breakdown {
	for i := range r.Breakdowns {
		if r.Breakdowns[i].Dimension == d {
			return &r.Breakdowns[i]
		}
	}
	return nil
}

// test tests contrasts as one family.
func test(out []Contrast) {
	changes := make([]Change, len(out))
	for i := range out {
		changes[i] = out[i].Change
	}
	testAll(changes)
	for i := range out {
		c := &changes[i]
		c.judge()
		switch c.Verdict {
		case Up, Added:
			c.Verdict = Higher
		case Down, Gone:
			c.Verdict = Lower
		}
		out[i].Change = *c
	}
}

// within compares the browsers of one SDK version with each other, or the versions of one browser, for
// one method.
func (r *Report) within(x *Contrast) []Contrast {
	var earlier *Breakdown
	if r.Baseline != nil {
		earlier = r.Baseline.combinedWith(x)
	}
	out := slices.DeleteFunc(r.contrastsOf(r.combinedWith(x), earlier), func(c Contrast) bool { return c.Method != x.Method })
	test(out)
	return out
}

// combinedWith returns the browsers of one SDK version, or the versions of one browser.
func (r *Report) combinedWith(x *Contrast) *Breakdown {
	b := &Breakdown{Dimension: ByBrowser}
	if x.Dimension == ByBrowser {
		b.Dimension = BySDK
	}
	for _, g := range r.combined.Groups {
		sdk, browser, _ := strings.Cut(g.Name, "\x00")
		switch {
		case x.Dimension == BySDK && sdk == x.Group:
			g.Name = browser
		case x.Dimension == ByBrowser && browser == x.Group:
			g.Name = sdk
		default:
			continue
		}
		b.Groups = append(b.Groups, g)
	}
	return b
}

// contrastsOf returns the untested contrasts of one dimension, group by group. earlier has the groups
// of the baseline; nil: none.
func (r *Report) contrastsOf(b, earlier *Breakdown) []Contrast {
	type group struct {
		name     string
		now, was *Side
	}
	var groups []group
	methods := map[string]bool{}
	for i := range b.Groups {
		g := &b.Groups[i]
		if g.Name == "" {
			continue
		}
		x := group{g.Name, r.sideOf(g), r.earlierSideOf(g, earlier)}
		for name, m := range x.now.Methods {
			if m.SessionsFailed > 0 {
				methods[name] = true
			}
		}
		groups = append(groups, x)
	}
	if len(groups) < 2 {
		return nil
	}
	var out []Contrast
	for _, method := range append([]string{""}, slices.Sorted(maps.Keys(methods))...) {
		var part, whole int64
		for _, g := range groups {
			share := g.now.FailedShare(method)
			part, whole = part+share.Part, whole+share.Whole
		}
		for _, g := range groups {
			share := g.now.FailedShare(method)
			if g.name == Others || share.Unknown {
				continue
			}
			others := stats.NewShare(part-share.Part, whole-share.Whole)
			c := Contrast{Dimension: b.Dimension, Group: g.name, Change: Change{
				Method: method, Scope: ScopeMethod, Measure: SessionRate, Of: r.Population(), WasOf: r.Population(),
				Before: others, After: share, Difference: stats.NewDifference(others.Rate, share.Rate),
			}}
			if g.was != nil {
				c.Earlier = g.was.FailedShare(method)
			}
			out = append(out, c)
		}
	}
	return out
}

// earlierSideOf returns a group on the earlier side of the comparison, nil if it is not there.
func (r *Report) earlierSideOf(g *Group, earlier *Breakdown) *Side {
	if r.Baseline == nil {
		if before, _, ok := r.LastComplete(); ok {
			return g.Side(before)
		}
		return nil
	}
	if earlier == nil {
		return nil
	}
	for i := range earlier.Groups {
		if e := &earlier.Groups[i]; e.Name == g.Name && e.Whole != nil {
			return e.Whole.Side(0)
		}
	}
	return nil
}

// sideOf returns a group in the window that the report is about.
func (r *Report) sideOf(g *Group) *Side {
	if _, after, ok := r.LastComplete(); ok && r.Baseline == nil {
		return g.Side(after)
	}
	return g.Whole.Side(0)
}

// FailedShare returns the sessions in which a method failed, as a share of all sessions; of any
// method if it is "".
func (s *Side) FailedShare(method string) stats.Share {
	if method != "" {
		return s.MethodShare(method)
	}
	var sessionless int64
	for _, m := range s.Methods {
		sessionless += m.Sessionless
	}
	return SessionShare(s.Window.SessionsFailed, sessionless, s.Sessions)
}

// A jsonContrast is an element of the field contrasts, which has those that were tested.
type jsonContrast struct {
	WindowStart *string    `json:"window_start"`
	By          Dimension  `json:"by"`
	Group       string     `json:"group"`
	Method      *string    `json:"method"` // null: any failure
	Share       *jsonShare `json:"share"`
	Others      *jsonShare `json:"others"`
	Difference  *jsonRate  `json:"difference"`
	P           float64    `json:"p"`
	Q           float64    `json:"q"`
	Verdict     string     `json:"verdict"`
}

func (r *Report) jsonContrasts() []jsonContrast {
	start := time.Time{}
	if _, after, ok := r.LastComplete(); ok && r.Baseline == nil {
		start = r.Windows[after].Start
	}
	out := []jsonContrast{}
	for i := range r.Contrasts {
		c := &r.Contrasts[i]
		if c.Test == nil {
			continue
		}
		out = append(out, jsonContrast{
			WindowStart: instant(start), By: c.Dimension, Group: c.Group, Method: optional(c.Method),
			Share: shareJSON(c.After, c.Of), Others: shareJSON(c.Before, c.WasOf), Difference: (*jsonRate)(c.Difference),
			P: c.Test.P, Q: c.Test.Q, Verdict: c.Verdict,
		})
	}
	return out
}
