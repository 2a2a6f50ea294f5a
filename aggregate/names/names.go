// Package names numbers the names of errors, methods and labels.
//
//  1. A [Table] numbers the names of one kind that one worker has found.
//  2. A [Dictionary] numbers those of several workers or files anew, in the same way in every
//     process, and gives each of them a [Translation].
//  3. An [Order] has the rank of each number, so that names are compared without their text.
package names

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/otlog/otlog/classify/catalogue"
)

// A Name is the number of an error, a method or a label: that of the catalogue, or a greater
// one for names that the catalogue lacks. 0 is none. Names are valid within one Dictionary.
type Name uint16

// Texts holds the text of each Name. The first of each kind is the
// text for none: "" for errors and labels, "unknown" for methods.
type Texts struct {
	Errors, Methods []string
	Labels          []string // of SDK versions, browsers, systems and API keys

	Limit int // of names of each kind that the catalogue lacks; 0: MaxNames
}

// A Dictionary numbers the names of several parts in the same way.
type Dictionary struct{ Errors, Methods, Labels Table }

// NewDictionary returns an empty dictionary.
func NewDictionary() *Dictionary {
	return &Dictionary{Errors(), Methods(), Labels()}
}

// Texts returns the text of all names.
func (d *Dictionary) Texts() *Texts {
	n := &Texts{Labels: append([]string{""}, d.Labels.others...)}
	if d.Errors.Limit != MaxNames {
		n.Limit = d.Errors.Limit
	}
	for i := range catalogue.Errors() {
		n.Errors = append(n.Errors, catalogue.ID(i).Name())
	}
	for i := range catalogue.Methods() {
		n.Methods = append(n.Methods, catalogue.MethodID(i).Name())
	}
	n.Errors, n.Methods = append(n.Errors, d.Errors.others...), append(n.Methods, d.Methods.others...)
	return n
}

// Learn adds all texts, sorted, so that the numbers do not depend on the order of the lists.
func (d *Dictionary) Learn(lists []*Texts) {
	all := &Texts{Errors: []string{""}, Methods: []string{""}, Labels: []string{""}}
	limit := MaxNames
	for _, n := range lists {
		if n.Limit > 0 {
			limit = min(limit, n.Limit)
		}
	}
	d.Errors.Limit, d.Methods.Limit, d.Labels.Limit = limit, limit, limit
	for _, n := range lists {
		all.Errors = append(all.Errors, n.Errors...)
		all.Methods = append(all.Methods, n.Methods...)
		all.Labels = append(all.Labels, n.Labels...)
	}
	for _, names := range [...][]string{all.Errors, all.Methods, all.Labels} {
		slices.Sort(names)
	}
	d.Add(all)
}

// A Translation maps the names of a list to those of a dictionary.
type Translation struct{ Errors, Methods, Labels []Name }

// Add adds the names of a list, and returns their translation.
func (d *Dictionary) Add(n *Texts) *Translation {
	t := &Translation{}
	t.Errors = translate(n.Errors, func(s []byte) Name { return Name(catalogue.Lookup(s)) }, &d.Errors)
	t.Methods = translate(n.Methods, func(s []byte) Name { return Name(catalogue.LookupMethod(s)) }, &d.Methods)
	t.Labels = translate(n.Labels, func([]byte) Name { return 0 }, &d.Labels)
	return t
}

func translate(names []string, known func([]byte) Name, others *Table) []Name {
	out := make([]Name, len(names))
	for i, s := range names {
		if i == 0 || s == "" {
			continue
		}
		if out[i] = known([]byte(s)); out[i] == 0 {
			out[i] = others.Add([]byte(s))
		}
	}
	return out
}

// An Order holds the rank of each name in the order of Compare, which is the same in every
// process.
type Order struct{ Errors, Methods, Labels []uint16 }

// NewOrder returns the order of names.
func NewOrder(n *Texts) *Order {
	return &Order{ranks(n.Errors), ranks(n.Methods), ranks(n.Labels)}
}

// ranks returns the rank of each name.
func ranks(names []string) []uint16 {
	order := make([]int, len(names))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return Compare(names[a], names[b]) })
	out := make([]uint16, len(names))
	for place, number := range order {
		out[number] = uint16(place)
	}
	return out
}

// Warnings lists what the texts lack: names that were left out, and the ends of names.
func (n *Texts) Warnings() (out []string) {
	for _, kind := range [...]struct {
		what  string
		texts []string
	}{{"errors", n.Errors}, {"methods", n.Methods}, {"SDK versions, browsers, systems and API keys", n.Labels}} {
		cut := 0
		for _, text := range kind.texts {
			if isCut(text) {
				cut++
			}
		}
		if limit := cmp.Or(n.Limit, MaxNames); slices.Contains(kind.texts, Other) {
			out = append(out, fmt.Sprintf("more than %d names of %s are not in the catalogue: those that sort last are counted together as %s", limit, kind.what, Other))
		}
		if cut > 0 {
			out = append(out, fmt.Sprintf("names of %s were cut to %d bytes: %d of those that are kept; the digits at their end distinguish them", kind.what, MaxLength, cut))
		}
	}
	return out
}
