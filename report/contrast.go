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
		out = append(out, r.contrastsOf(&r.Breakdowns[i])...)
	}
	test(out)
	return out
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
	b := Breakdown{Dimension: ByBrowser}
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
	out := slices.DeleteFunc(r.contrastsOf(&b), func(c Contrast) bool { return c.Method != x.Method })
	test(out)
	return out
}

// contrastsOf returns the untested contrasts of one dimension, group by group.
func (r *Report) contrastsOf(b *Breakdown) []Contrast {
	var names []string
	var sides []*Side
	for i := range b.Groups {
		if g := &b.Groups[i]; g.Name != "" {
			names, sides = append(names, g.Name), append(sides, r.sideOf(g))
		}
	}
	if len(sides) < 2 {
		return nil
	}
	methods := map[string]bool{}
	for _, s := range sides {
		for name, m := range s.Methods {
			if m.SessionsFailed > 0 {
				methods[name] = true
			}
		}
	}
	of := append([]string{""}, slices.Sorted(maps.Keys(methods))...)
	var out []Contrast
	for _, method := range of {
		shares := make([]stats.Share, len(sides))
		var part, whole int64
		for i, s := range sides {
			shares[i] = s.FailedShare(method)
			part, whole = part+shares[i].Part, whole+shares[i].Whole
		}
		for i, share := range shares {
			if names[i] == Others || share.Unknown {
				continue
			}
			others := stats.NewShare(part-share.Part, whole-share.Whole)
			out = append(out, Contrast{b.Dimension, names[i], Change{
				Method: method, Scope: ScopeMethod, Measure: SessionRate, Of: r.Population(), WasOf: r.Population(),
				Before: others, After: share, Difference: stats.NewDifference(others.Rate, share.Rate),
			}})
		}
	}
	return out
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
