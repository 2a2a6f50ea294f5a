package report

import "github.com/otlog/otlog/aggregate/clients"

// A Pair is two groups of clients, or of customers, to compare within one input.
type Pair struct {
	By Dimension

	// Before and After are names of groups, or what several names begin with: Chrome for all of
	// its versions, 2.35 for 2.35.1 and 2.35.2.
	Before, After string
}

// groupOf returns the group of a name: Before, After, or else [Others]. If both include it, the
// longer one counts.
func (p *Pair) groupOf(name string) string {
	before, after := clients.Includes(p.Before, name), clients.Includes(p.After, name)
	switch {
	case before && after && len(p.After) > len(p.Before), after && !before:
		return p.After
	case before:
		return p.Before
	}
	return Others
}

// PairNumbers returns the numbers of a group of the Pair; none if no client belongs to it.
func (r *Report) PairNumbers(name string) *Numbers {
	for _, g := range r.groups() {
		if g.Name == name {
			return g.Whole
		}
	}
	return &Numbers{Windows: []Window{{}}}
}

// Label names a group of the Pair, and says what it lacks because it is in the other one.
func (p *Pair) Label(name string) string {
	other := p.After
	if name == p.After {
		other = p.Before
	}
	label := Label(p.By, name)
	if clients.Includes(name, other) {
		label += " without " + other
	}
	return label
}

// Label names a group of a dimension in a sentence: SDK 2.35.2, Chrome 142.
func Label(d Dimension, name string) string {
	switch d {
	case BySDK:
		return "SDK " + name
	case ByAPIKey:
		return "API key " + name
	}
	return name
}
