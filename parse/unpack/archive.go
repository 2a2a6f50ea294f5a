package unpack

import (
	"fmt"
	"path"
	"strconv"
	"strings"
)

// These limits bound the memory that a few packed bytes can ask for.
const (
	maxMembers = 100_000 // logs that are read of one archive
	maxName    = 1 << 10 // bytes that are kept of a member's name
)

var errTooMany = &UnreadableError{Cause: fmt.Sprintf("more than %d logs in one archive: the rest is not read", maxMembers)}

// An archive is a tar or zip that is being read.
type archive struct {
	*unpacker
	name     string
	around   layers         // the archive's own is the last
	names    map[string]int // how often each name occurred
	logs     int
	unwanted int
	damage   error // the first one of the archive as a whole
}

func (u *unpacker) archive(name string, around layers) *archive {
	return &archive{unpacker: u, name: name, around: around, names: map[string]int{}}
}

// wants reports whether a member is to be read, by the rules for files in a directory:
// hidden files and files that are not named like logs are skipped. It counts the latter,
// so it must be called once per member.
func (a *archive) wants(member string) bool {
	member = strings.ReplaceAll(member, `\`, "/") // zips from Windows
	for part := range strings.SplitSeq(member, "/") {
		if strings.HasPrefix(part, ".") && part != "." && part != ".." {
			return false
		}
	}
	if a.Wanted != nil && !a.Wanted(path.Base(member)) {
		a.unwanted++
		return false
	}
	return true
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
	a.logs++
	return a.open(a.title(name), d, a.around)
}

// unreadable yields a member that cannot be read.
func (a *archive) unreadable(name string, err error) bool {
	a.logs++
	return a.refuse(a.title(name), a.around, err)
}

// full reports whether the limit of members is reached.
func (a *archive) full() bool {
	if a.logs < maxMembers {
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
	if a.Unwanted != nil {
		a.Unwanted.Add(int64(a.unwanted))
	}
	switch {
	case a.damage != nil:
		return a.refuse(a.name, a.around, a.damage)
	case a.logs > 0:
		return true
	case a.unwanted > 0:
		return a.refuse(a.name, a.around, &UnreadableError{Cause: fmt.Sprintf("no logs in this archive, but %d other files (looked for names like *.log, *.txt, *.jsonl, also compressed)", a.unwanted)})
	}
	return a.refuse(a.name, a.around, ErrEmpty)
}
