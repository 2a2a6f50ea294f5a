package unpack

import (
	"fmt"
	"strconv"
	"strings"
)

// These limits bound the memory that a few packed bytes can ask for.
const (
	maxMembers = 100_000 // that are read of one archive
	maxName    = 1 << 10 // bytes that are kept of a member's name
)

var errTooMany = &UnreadableError{Cause: fmt.Sprintf("more than %d files in one archive: the rest is not read", maxMembers)}

// An archive is a tar or zip that is being read.
type archive struct {
	*unpacker
	name   string
	around layers         // the archive's own is the last
	names  map[string]int // how often each name occurred
	files  int
	damage error // the first one of the archive as a whole
}

func (u *unpacker) archive(name string, around layers) *archive {
	return &archive{unpacker: u, name: name, around: around, names: map[string]int{}}
}

// isHidden reports whether a member or a directory above it is hidden, as in a directory.
func isHidden(member string) bool {
	member = strings.ReplaceAll(member, `\`, "/") // zips from Windows
	for part := range strings.SplitSeq(member, "/") {
		if strings.HasPrefix(part, ".") && part != "." && part != ".." {
			return true
		}
	}
	return false
}

// title returns the name of a member in reports. It is unique, although an archive may
// contain two files of the same name.
func (a *archive) title(member string) string {
	member = strings.TrimPrefix(member, "./")
	if len(member) > maxName {
		member = strings.ToValidUTF8(member[:maxName], "") + "…"
	}
	unique := member
	for a.names[unique] > 0 {
		a.names[member]++
		unique = member + " (" + strconv.Itoa(a.names[member]) + ")"
	}
	a.names[unique] = 1
	return a.name + "/" + unique
}

// member yields the texts in a member, which d decodes.
func (a *archive) member(name string, d *decoder) bool {
	a.files++
	return a.open(a.title(name), d, a.around)
}

// unreadable yields a member that cannot be read.
func (a *archive) unreadable(name string, err error) bool {
	a.files++
	return a.refuse(a.title(name), a.around, err)
}

// full reports whether the limit of members is reached.
func (a *archive) full() bool {
	if a.files < maxMembers {
		return false
	}
	a.note(errTooMany)
	return true
}

// note keeps an error of the archive as a whole.
func (a *archive) note(err error) {
	if a.damage == nil {
		a.damage = err
	}
}

// end yields the error of the archive as a whole, if there is one.
func (a *archive) end() bool {
	switch {
	case a.damage != nil:
		return a.refuse(a.name, a.around, a.damage)
	case a.files == 0:
		return a.refuse(a.name, a.around, ErrEmpty)
	}
	return true
}
