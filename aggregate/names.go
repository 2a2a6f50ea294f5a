package aggregate

import (
	"bytes"
	"cmp"
	"slices"
	"unicode/utf8"

	"github.com/otlog/otlog/classify/catalogue"
)

// A Name is the number of an error, a method or a label: that of the catalogue, or a greater
// one for names that the catalogue lacks. 0 is none. Names are valid within one Part.
type Name uint16

// Names holds the text of each Name in the entries of a Part. The first of each kind is the
// text for none: "" for errors and labels, "unknown" for methods.
type Names struct {
	Errors, Methods []string
	Labels          []string // of SDK versions, browsers, systems and API keys
}

// names numbers the names that the catalogue lacks.
type names struct {
	known  int // number of names in the catalogue, including none
	others []string
	number map[string]Name
}

// maxNames is the maximum number of names that the catalogue lacks. A crafted log can have
// any number of them: the rest count as none.
const maxNames = 10_000

func errorNames() names { return names{known: len(catalogue.Errors())} }

func methodNames() names { return names{known: len(catalogue.Methods())} }

func labelNames() names { return names{known: 1} }

// text returns the text of a name that the catalogue lacks.
func (n *names) text(no Name) string { return n.others[int(no)-n.known] }

// add returns the number of a name that the catalogue lacks.
func (n *names) add(s []byte) Name {
	if no, ok := n.number[string(s)]; ok {
		return no
	}
	if !utf8.Valid(s) {
		return n.add(bytes.ToValidUTF8(s, []byte("\ufffd"))) // other programs read partials
	}
	if len(n.others) == maxNames {
		return 0
	}
	if n.number == nil {
		n.number = map[string]Name{}
	}
	no := Name(n.known + len(n.others))
	n.others = append(n.others, string(s))
	n.number[string(s)] = no
	return no
}

// foreign reports whether the catalogue lacks a name.
func (n *names) foreign(no Name) bool { return int(no) >= n.known }

// A dictionary numbers the names of several parts in the same way.
type dictionary struct{ errors, methods, labels names }

func newDictionary() *dictionary {
	return &dictionary{errorNames(), methodNames(), labelNames()}
}

// names returns the text of all names.
func (d *dictionary) names() *Names {
	n := &Names{Labels: append([]string{""}, d.labels.others...)}
	for i := range catalogue.Errors() {
		n.Errors = append(n.Errors, catalogue.ID(i).Name())
	}
	for i := range catalogue.Methods() {
		n.Methods = append(n.Methods, catalogue.MethodID(i).Name())
	}
	n.Errors, n.Methods = append(n.Errors, d.errors.others...), append(n.Methods, d.methods.others...)
	return n
}

// learn adds the names of all parts, sorted, so that the numbers do not depend on the order
// of the parts.
func (d *dictionary) learn(parts []*Part) {
	all := &Names{Errors: []string{""}, Methods: []string{""}, Labels: []string{""}}
	for _, p := range parts {
		all.Errors = append(all.Errors, p.Names.Errors...)
		all.Methods = append(all.Methods, p.Names.Methods...)
		all.Labels = append(all.Labels, p.Names.Labels...)
	}
	for _, names := range [...][]string{all.Errors, all.Methods, all.Labels} {
		slices.Sort(names)
	}
	d.add(all)
}

// A translation maps the names of a part to those of a dictionary.
type translation struct{ errors, methods, labels []Name }

// add adds the names of a part, and returns their translation.
func (d *dictionary) add(n *Names) *translation {
	t := &translation{}
	t.errors = translate(n.Errors, func(s []byte) Name { return Name(catalogue.Lookup(s)) }, &d.errors)
	t.methods = translate(n.Methods, func(s []byte) Name { return Name(catalogue.LookupMethod(s)) }, &d.methods)
	t.labels = translate(n.Labels, func([]byte) Name { return 0 }, &d.labels)
	return t
}

func translate(names []string, known func([]byte) Name, others *names) []Name {
	out := make([]Name, len(names))
	for i, s := range names {
		if i == 0 || s == "" {
			continue
		}
		if out[i] = known([]byte(s)); out[i] == 0 {
			out[i] = others.add([]byte(s))
		}
	}
	return out
}

// A nameOrder holds the rank of each name in the order of their texts, which is the same in
// every process.
type nameOrder struct{ errors, methods, labels []uint16 }

func newNameOrder(n *Names) *nameOrder {
	return &nameOrder{ranks(n.Errors), ranks(n.Methods), ranks(n.Labels)}
}

// compare orders marks of the same source.
func (o *nameOrder) compare(a, b *Mark) int {
	return cmp.Or(
		cmp.Compare(a.Flags, b.Flags),
		cmp.Compare(o.errors[a.Error], o.errors[b.Error]),
		cmp.Compare(o.methods[a.Method], o.methods[b.Method]),
		cmp.Compare(a.Code, b.Code), a.Stream.Compare(b.Stream),
		cmp.Compare(a.From, b.From), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Weight, b.Weight),
		a.Client.Compare(b.Client),
	)
}

// compareLabels orders the labels of clients.
func (o *nameOrder) compareLabels(a, b Labels) int {
	if a == b {
		return 0
	}
	return cmp.Or(cmp.Compare(o.labels[a.SDK], o.labels[b.SDK]), cmp.Compare(o.labels[a.Browser], o.labels[b.Browser]), cmp.Compare(o.labels[a.OS], o.labels[b.OS]))
}

// ranks returns the rank of each name.
func ranks(names []string) []uint16 {
	order := make([]int, len(names))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(names[a], names[b]) })
	out := make([]uint16, len(names))
	for place, number := range order {
		out[number] = uint16(place)
	}
	return out
}
