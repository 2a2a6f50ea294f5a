package names

import (
	"bytes"
	"cmp"
	"fmt"
	"unicode/utf8"

	"github.com/zeebo/xxh3"

	"github.com/otlog/otlog/classify/catalogue"
)

// A Table numbers the names of one kind that the catalogue lacks. It keeps those that sort first, at most
// Limit of them. The others are one name, [Other]: what a log says must not take any amount of memory.
//
// So which names are kept depends on the set of names alone, not on their order, and not on how they
// are divided among tables: a name that is among the first of all is among the first of every part.
type Table struct {
	Limit int // 0: MaxNames

	known  int      // number of names in the catalogue, including none
	others []string // by number; Other for those that were kept once
	number map[string]Name
	kept   []Name // a heap: the one that sorts last comes first
	other  Name   // of Other; 0: no name was left out
}

const (
	// MaxNames is the number of names of a kind that the catalogue lacks and that are kept. A log has
	// few. They and the names of the catalogue have numbers of 16 bits.
	MaxNames = 10_000

	// MaxLength is the number of bytes of a name that are kept. A longer one is cut: its start is
	// followed by "…" and a hash of the whole name, so that names with the same start stay apart. The
	// longest name of the catalogue has a third of it, and a long user agent twice as many, of which
	// only the browser and the system are names.
	MaxLength = 128

	// Other is the text of the name of all names that are not kept.
	Other = "(other)"

	hashLength = 16 // digits
	ellipsis   = "…"
)

// Errors returns an empty table of errors.
func Errors() Table { return Table{known: len(catalogue.Errors())} }

// Methods returns an empty table of methods.
func Methods() Table { return Table{known: len(catalogue.Methods())} }

// Labels returns an empty table of labels.
func Labels() Table { return Table{known: 1} }

// IsZero reports whether the table is not one of Errors, Methods or Labels yet.
func (t *Table) IsZero() bool { return t.known == 0 }

// Text returns the text of a name that the catalogue lacks: Other, if it is not kept.
func (t *Table) Text(no Name) string { return t.others[int(no)-t.known] }

// Foreign reports whether the catalogue lacks a name.
func (t *Table) Foreign(no Name) bool { return int(no) >= t.known }

// Len returns the number of names that are kept.
func (t *Table) Len() int { return len(t.kept) }

// Compare orders the texts of names. Other comes last, so that whichever names are left out, they come
// after those that are kept.
func Compare(a, b string) int {
	if (a == Other) != (b == Other) {
		if a == Other {
			return 1
		}
		return -1
	}
	return cmp.Compare(a, b)
}

// Add returns the number of a name that the catalogue lacks.
func (t *Table) Add(s []byte) Name {
	if no, ok := t.number[string(s)]; ok {
		return no
	}
	if normal, changed := normalize(s); changed {
		return t.Add(normal)
	}
	limit := cmp.Or(t.Limit, MaxNames)
	switch {
	case string(s) == Other:
		return t.useOther()
	case len(t.kept) < limit:
	case string(s) > t.Text(t.kept[0]):
		return t.useOther()
	default:
		t.useOther()
		t.drop()
	}
	no := t.next(string(s))
	t.number[string(s)] = no
	t.push(no)
	return no
}

// Number returns the number of a name that was added, 0 if it was not.
func (t *Table) Number(s []byte) Name {
	if no, ok := t.number[string(s)]; ok {
		return no
	}
	if normal, changed := normalize(s); changed {
		return t.Number(normal)
	}
	return t.other // if a name is not kept, there is one
}

// next returns the next number, of a text.
func (t *Table) next(s string) Name {
	if t.number == nil {
		t.number = map[string]Name{}
	}
	no := Name(t.known + len(t.others))
	t.others = append(t.others, s)
	return no
}

func (t *Table) useOther() Name {
	if t.other == 0 {
		t.other = t.next(Other)
	}
	return t.other
}

// drop leaves out the name that sorts last.
func (t *Table) drop() {
	last := t.kept[0]
	delete(t.number, t.Text(last))
	end := len(t.kept) - 1
	t.kept[0] = t.kept[end]
	t.kept = t.kept[:end]
	for i := 0; ; {
		greatest := i
		for _, child := range [2]int{2*i + 1, 2*i + 2} {
			if child < end && t.Text(t.kept[child]) > t.Text(t.kept[greatest]) {
				greatest = child
			}
		}
		if greatest == i {
			break
		}
		t.kept[i], t.kept[greatest] = t.kept[greatest], t.kept[i]
		i = greatest
	}
	t.others[int(last)-t.known] = Other
}

// push adds a name to the heap.
func (t *Table) push(no Name) {
	t.kept = append(t.kept, no)
	for i := len(t.kept) - 1; i > 0; {
		parent := (i - 1) / 2
		if t.Text(t.kept[i]) <= t.Text(t.kept[parent]) {
			return
		}
		t.kept[i], t.kept[parent] = t.kept[parent], t.kept[i]
		i = parent
	}
}

// Crowded reports whether Compact must be called before more names are added: few numbers are left.
func (t *Table) Crowded() bool { return t.known+len(t.others) > 1<<16-1<<8 }

// Dropped reports whether a name that was kept once has been left out.
func (t *Table) Dropped() bool {
	numbers := len(t.kept)
	if t.other != 0 {
		numbers++
	}
	return numbers < len(t.others)
}

// Compact gives names new numbers without gaps, and returns the new number of each old one.
func (t *Table) Compact() []Name {
	out := make([]Name, t.known+len(t.others))
	for i := range t.known {
		out[i] = Name(i)
	}
	old := *t
	*t = Table{Limit: old.Limit, known: old.known}
	for i, text := range old.others {
		out[old.known+i] = t.Add([]byte(text))
	}
	return out
}

// normalize returns a name as it is kept. changed reports whether it is another one.
func normalize(s []byte) (normal []byte, changed bool) {
	if len(s) <= MaxLength && utf8.Valid(s) {
		return s, false
	}
	whole := xxh3.Hash(s)
	s = bytes.ToValidUTF8(s, []byte("\ufffd")) // other programs read partials
	if len(s) <= MaxLength {
		return s, true
	}
	end := MaxLength - len(ellipsis) - hashLength
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return fmt.Appendf(bytes.Clone(s[:end]), "%s%0*x", ellipsis, hashLength, whole), true
}

// isCut reports whether the text of a name is only the start of what the log says.
func isCut(text string) bool {
	at := len(text) - hashLength - len(ellipsis)
	if at < MaxLength-hashLength-len(ellipsis)-utf8.UTFMax || len(text) > MaxLength || text[at:at+len(ellipsis)] != ellipsis {
		return false
	}
	for _, c := range []byte(text[at+len(ellipsis):]) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
