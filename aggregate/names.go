package aggregate

import (
	"github.com/otlog/otlog/classify/catalogue"
)

// A name stands for an error or a method: the number that the catalogue gives
// it, or a greater one for what the catalogue lacks. 0 is none. It means
// something within one Tally only.
type name uint16

// names are the names that the catalogue lacks.
type names struct {
	known  int // how many the catalogue has, the zero one included
	others []string
	number map[string]name
}

// maxNames is how many names there may be that the catalogue lacks. A log may
// hold any number of made-up ones: those above count as none.
const maxNames = 10_000

func errorNames() names { return names{known: len(catalogue.Errors())} }

func methodNames() names { return names{known: len(catalogue.Methods())} }

func labelNames() names { return names{known: 1} }

// text returns a name that the catalogue lacks.
func (n *names) text(no name) string { return n.others[int(no)-n.known] }

// add returns the number of a name that the catalogue lacks.
func (n *names) add(s []byte) name {
	if no, ok := n.number[string(s)]; ok {
		return no
	}
	if len(n.others) == maxNames {
		return 0
	}
	if n.number == nil {
		n.number = map[string]name{}
	}
	no := name(n.known + len(n.others))
	n.others = append(n.others, string(s))
	n.number[string(s)] = no
	return no
}

// join adds the names of other and returns what its numbers become.
func (n *names) join(other *names) []name {
	out := make([]name, other.known+len(other.others))
	for i := range out {
		if i < other.known {
			out[i] = name(i)
		} else {
			out[i] = n.add([]byte(other.others[i-other.known]))
		}
	}
	return out
}

// foreign reports whether the catalogue lacks a name.
func (n *names) foreign(no name) bool { return int(no) >= n.known }

// ErrorNames returns the names of the errors in a Row, by number. The first is
// "", for an error whose name cannot be told.
func (t *Tally) ErrorNames() []string {
	t.start()
	var out []string
	for i := range catalogue.Errors() {
		out = append(out, catalogue.ID(i).Name())
	}
	return append(out, t.errors.others...)
}

// MethodNames returns the names of the methods in a Row, by number. The first is
// "unknown".
func (t *Tally) MethodNames() []string {
	t.start()
	var out []string
	for i := range catalogue.Methods() {
		out = append(out, catalogue.MethodID(i).Name())
	}
	return append(out, t.methods.others...)
}
