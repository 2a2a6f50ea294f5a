package compatible

import (
	"cmp"
	"slices"

	"github.com/otlog/otlog/aggregate/names"
	"github.com/otlog/otlog/aggregate/streams"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
)

// A Key is shared by failures that agree in what the key says of them.
type Key struct {
	kind
	Stream streams.Key
}

// A kind is what a Key says of failures, except their streams.
type kind struct {
	err, class names.Name
	code       int32
	open       open
}

// open says what a kind leaves open.
type open uint8

const (
	anyClass     open = 1 << iota
	anyCodes          // all codes
	otherCode         // a code that the catalogue lacks
	foreignError      // one that the catalogue lacks
	foreignClass
)

// A Rule decides which failures evidence may join.
type Rule uint8

// The rules.
const (
	Chain   Rule = iota // of strong evidence, or of tries of sockets: see Takes
	Weak                // of weak evidence: see Takes
	Connect             // of tries of sockets: see Connects
)

// An Index gives the keys of failures and of evidence, so that the failures that take evidence, and
// no others, have one of its keys. What is indexed by one Rule must not be looked for by another.
type Index struct {
	Rules
	Rule   Rule
	Weight classify.Weight // of the evidence
	shapes [4]bool         // which of the keys of streams evidence has
	class  [2]bool         // whether evidence lacks a class, and whether it has one
	kinds  []kind          // of failures, if the rule is Weak
	seen   map[kind]bool
}

// Reset empties the index.
func (x *Index) Reset(rule Rule, w classify.Weight) {
	*x = Index{Rules: x.Rules, Rule: rule, Weight: w}
}

// Expect notes that the index will be asked for the keys of evidence. Failures have no keys for other
// evidence.
func (x *Index) Expect(e *Statement) {
	x.shapes[e.Stream.Shape()] = true
	if e.Class == 0 {
		x.class[0] = true
	} else {
		x.class[1] = true
	}
}

// OfFailure appends the keys of a failure.
func (x *Index) OfFailure(f *Statement, out []Key) []Key {
	var kinds []kind
	switch x.Rule {
	case Connect:
		if x.Connects(f) {
			out = append(out, Key{})
		}
		return out
	case Chain:
		err := f.Error
		if x.Weight == classify.Socket {
			err = 0 // any
		}
		if x.class[0] {
			kinds = append(kinds, kind{err: err, open: anyClass})
		}
		if x.class[1] {
			kinds = append(kinds, kind{err: err, class: f.Class})
		}
	case Weak:
		kinds = x.weakKinds(f)
	}
	keys := f.Stream.Keys()
	for _, k := range kinds {
		for shape, s := range keys {
			if x.shapes[shape] {
				out = append(out, Key{k, s})
			}
		}
	}
	return out
}

// weakKinds returns the kinds of a failure that weak evidence looks for.
func (x *Index) weakKinds(f *Statement) (out []kind) {
	class := kind{class: f.Class}
	classes := []kind{class}
	if x.Names.Methods.Foreign(f.Class) {
		classes = append(classes, kind{open: foreignClass})
	}
	for i, c := range classes {
		var own []kind
		add := func(k kind) {
			k.class, k.open = c.class, k.open|c.open
			own = append(own, k)
		}
		switch {
		case f.Error != 0 && x.Names.Errors.Foreign(f.Error):
			add(kind{open: foreignError})
		case f.Error != 0:
			add(kind{err: f.Error})
		default:
			add(kind{open: anyCodes})
			add(kind{code: f.Code})
			if !known(f.Code) {
				add(kind{open: otherCode})
			}
		}
		out = append(out, own...)
		if i == len(classes)-1 { // those with a bounded number
			for _, k := range own {
				if k.code == 0 || known(k.code) {
					x.note(k)
				}
			}
		}
	}
	return out
}

// known reports whether a code has a meaning of its own in rules.
func known(code int32) bool {
	return code == 0 || code == subscribeFailure || catalogue.GoesWith(0, 0, code)
}

// note adds a kind to those that exist.
func (x *Index) note(k kind) {
	if x.seen == nil {
		x.seen = map[kind]bool{}
	}
	if !x.seen[k] {
		x.seen[k], x.kinds = true, append(x.kinds, k)
	}
}

// OfEvidence appends the keys of the failures that take evidence.
func (x *Index) OfEvidence(e *Statement, out []Key) []Key {
	var kinds []kind
	switch x.Rule {
	case Connect:
		return append(out, Key{})
	case Chain:
		err := e.Error
		if x.Weight == classify.Socket {
			err = 0
		}
		kinds = []kind{{err: err, open: anyClass}}
		if e.Class != 0 {
			kinds = []kind{{err: err, class: e.Class}, {err: err}}
		}
	case Weak:
		kinds = x.weakKindsFor(e)
	}
	for s := range e.Stream.Like {
		for _, k := range kinds {
			out = append(out, Key{k, s})
		}
	}
	return out
}

// weakKindsFor returns the kinds of the failures that take weak evidence.
func (x *Index) weakKindsFor(e *Statement) (out []kind) {
	for _, k := range x.kinds {
		if e.Class != 0 {
			// The class is unknown, or the same.
			switch {
			case k.class == 0 && k.open&foreignClass == 0:
			case k.class == e.Class && k.open&foreignClass == 0:
			case k.open&foreignClass != 0 && x.Names.Methods.Foreign(e.Class):
				k.open &^= foreignClass
				k.class = e.Class
			default:
				continue
			}
		}
		out = x.matching(k, e, out)
	}
	slices.SortFunc(out, compareKinds)
	return slices.Compact(out)
}

// matching appends the kinds of the class of a kind that take evidence.
func (x *Index) matching(k kind, e *Statement, out []kind) []kind {
	class := k.class
	foreign := k.open&foreignClass != 0 || x.Names.Methods.Foreign(k.class)
	method := e.Class
	if method == 0 {
		method = class
	}
	raisesAll := foreign || x.Names.Methods.Foreign(method)
	subscribe := e.Class == classSubscribe || class == classSubscribe
	switch {
	case k.open&foreignError != 0:
		return append(out, k)
	case k.err != 0:
		if k.err == e.Error || raisesAll || x.raises(k.err, method, e.Code) {
			out = append(out, k)
		}
		return out
	case k.open&anyCodes != 0:
		if e.Error != 0 {
			if foreign || x.Names.Errors.Foreign(e.Error) {
				out = append(out, k)
			}
			return out
		}
		if anyCode(e.Code, subscribe) {
			return append(out, k)
		}
		k.open &^= anyCodes
		k.code = e.Code
		return append(out, k)
	case k.open&otherCode != 0:
		if e.Error != 0 && x.raises(e.Error, class, -1) {
			out = append(out, k)
		}
		return out
	}
	// No error, and a known code.
	if e.Error != 0 && (foreign || x.raises(e.Error, class, k.code)) || e.Error == 0 && anyCode(k.code, subscribe) {
		out = append(out, k)
	}
	return out
}

// compareKinds orders kinds.
func compareKinds(a, b kind) int {
	return cmp.Or(cmp.Compare(a.err, b.err), cmp.Compare(a.class, b.class), cmp.Compare(a.open, b.open), cmp.Compare(a.code, b.code))
}
