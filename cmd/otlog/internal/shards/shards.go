// Package shards checks that what is added up is what a list names: each shard of a log, once.
//
// A shard is what one otlog scan reads: a file, an archive, the objects of a folder, or a pipe with a
// name. A partial states the names of its inputs, so it needs no other mark of its shards.
package shards

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/report/words"
)

// A List names the shards that a sum must hold.
type List struct {
	file  string // in messages
	names []string
	lines map[string]int // of the file, by name
}

// Parse reads a list: one name a line, with space around it or without. Blank lines, and lines that
// begin with #, name nothing.
func Parse(file string, r io.Reader) (*List, error) {
	l := &List{file: words.Printable(file), lines: map[string]int{}}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	number := 0
	for lines.Scan() {
		number++
		name := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff")) // as editors of Windows begin a file
		if name == "" || name[0] == '#' {
			continue
		}
		if folder := strings.TrimRight(name, "/"); folder != "" {
			name = folder
		}
		if before := l.lines[name]; before > 0 {
			return nil, fmt.Errorf("%s:%d: %s is in line %d too", l.file, number, words.Printable(name), before)
		}
		l.names, l.lines[name] = append(l.names, name), number
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", l.file, number+1, err)
	}
	if len(l.names) == 0 { // the command that wrote the list failed
		return nil, fmt.Errorf("%s: no shard is in the list", l.file)
	}
	return l, nil
}

// Names returns the names in the list.
func (l *List) Names() []string { return l.names }

// CheckName returns an error if no line of a list can be this name.
func CheckName(name string) error {
	if name != strings.TrimSpace(name) || strings.HasPrefix(name, "#") || strings.ContainsFunc(name, unicode.IsControl) {
		return fmt.Errorf("%q: expected one line that does not begin with #, without space around it", name)
	}
	return nil
}

// shard returns the shard that an input belongs to: it has the name of the shard, or is in the folder or
// archive of that name.
func (l *List) shard(input string) (name string, ok bool) {
	for name = input; ; {
		if l.lines[name] > 0 {
			return name, true
		}
		end := strings.LastIndexByte(name, '/')
		if end < 0 {
			return "", false
		}
		name = name[:end]
	}
}

// A Copy is a partial whose inputs are, with the same counts, in other ones: of a shard that was scanned again.
// A partial that lacks an input is none.
type Copy struct {
	*partial.File
	says string
}

// String says why the copy is left out.
func (c Copy) String() string { return c.says }

// Once returns partials without those that are copies. It keeps the partials with the most inputs, and of
// those with the same inputs the first. Otherwise the order does not matter.
func (l *List) Once(partials []*partial.File) (once []*partial.File, copies []Copy) {
	type held struct {
		*aggregate.Source
		in *partial.File
	}
	inputs := map[string]held{}
	copied := map[*partial.File]string{}
	for _, p := range largestFirst(partials) {
		again := func(s *aggregate.Source) bool {
			_, listed := l.shard(s.Name)
			h, ok := inputs[s.Name]
			return listed && ok && same(s, h.Source)
		}
		if len(p.Sources) > 0 && len(p.Missing) == 0 && !slices.ContainsFunc(p.Sources, func(s *aggregate.Source) bool { return !again(s) }) {
			first := p.Sources[0]
			if of := inputs[first.Name].in; len(of.Sources) == len(p.Sources) && !slices.Equal(p.Part.Coverage, of.Part.Coverage) {
				continue // scanned with other options: the same records have other times
			}
			copied[p] = fmt.Sprintf("%s: left out: %s counts once, from %s", words.Printable(p.Name), words.Printable(first.Name), words.Printable(inputs[first.Name].in.Name))
			continue
		}
		for _, s := range p.Sources {
			if _, ok := inputs[s.Name]; !ok {
				inputs[s.Name] = held{s, p}
			}
		}
	}
	for _, p := range partials {
		if says := copied[p]; says != "" {
			copies = append(copies, Copy{p, says})
		} else {
			once = append(once, p)
		}
	}
	return once, copies
}

// largestFirst returns partials in the order of how many inputs they have, and then of their names.
func largestFirst(partials []*partial.File) []*partial.File {
	names := map[*partial.File][]string{}
	for _, p := range partials {
		for _, s := range p.Sources {
			names[p] = append(names[p], s.Name)
		}
		slices.Sort(names[p])
	}
	out := slices.Clone(partials)
	slices.SortStableFunc(out, func(a, b *partial.File) int {
		return cmp.Or(cmp.Compare(len(b.Sources), len(a.Sources)), slices.Compare(names[a], names[b]))
	})
	return out
}

// same reports whether two inputs have the same content and were counted alike. They may be compressed in
// different ways.
func same(a, b *aggregate.Source) bool {
	content := a.Empty && b.Empty
	switch {
	case a.Content.Bytes > 0 && b.Content.Bytes > 0:
		content = a.Content == b.Content
	case a.Identity.Size > 0: // of the start and the end of a file
		content = a.Identity == b.Identity
	}
	return content && a.Format == b.Format && a.Account == b.Account && trouble(a) == trouble(b)
}

func trouble(s *aggregate.Source) string {
	if err := s.Trouble(); err != nil {
		return err.Error()
	}
	return ""
}

// mostNamed is how many shards, and how many inputs, an error names.
const mostNamed = 100

// Check returns an error, which names all of them up to a bound, if a shard is missing, counts twice, or is
// not in the list, or if it is not known what a partial holds. unread are partials that cannot be read.
func (l *List) Check(partials []*partial.File, logs, unread []*aggregate.Source) error {
	all := inputs{list: l, held: map[string]place{}, shards: map[string]place{}, failed: map[string]error{}}
	for _, p := range partials {
		if err := all.add(words.Printable(p.Name), p.Sources); err != nil {
			return err
		}
	}
	if err := all.add("the logs", logs); err != nil {
		return err
	}
	return all.check(unread)
}

// inputs are what is added up.
type inputs struct {
	list    *List
	held    map[string]place // by the name of the input
	shards  map[string]place // by the name of the shard
	failed  map[string]error // why a shard could not be opened
	unknown []string         // inputs that are in no shard, in words
}

// A place is an input and where it is.
type place struct {
	*aggregate.Source
	in string
}

// add adds the inputs of a partial, or logs. It returns an error if one of them counts twice.
func (x *inputs) add(in string, sources []*aggregate.Source) error {
	for _, s := range sources {
		shard, ok := x.list.shard(s.Name)
		if !ok {
			x.unknown = append(x.unknown, fmt.Sprintf("%s, of %s", words.Printable(s.Name), in))
			continue
		}
		if s.Failed != nil {
			x.failed[shard] = s.Failed
			continue
		}
		now := place{s, in}
		if before, ok := x.held[s.Name]; ok {
			return twice(s.Name, before, now)
		}
		if before, ok := x.shards[shard]; ok && before.in != in {
			return twice(shard, before, now)
		}
		x.held[s.Name], x.shards[shard] = now, now
	}
	return nil
}

// ofHosts is what to do about two shards of one name that are no copies.
const ofHosts = "; logs of two hosts need names of their own: otlog scan --name HOST/app.log"

// twice is the error of an input, or a shard, that counts twice.
func twice(name string, a, b place) error {
	name = words.Printable(name)
	switch {
	case a.in == b.in:
		return fmt.Errorf("%s is in %s twice, and must not count twice\nhint: scan it again, and merge with --expect", name, a.in)
	case a.Name != b.Name || same(a.Source, b.Source):
		return fmt.Errorf("%s is in %s and in %s, and must not count twice\nhint: leave one of them out%s", name, a.in, b.in, ofHosts)
	}
	return fmt.Errorf("%s is in %s (%s) and in %s (%s), which differ\nhint: leave out the one that is wrong, or scan it again%s", name, a.in, a.size(), b.in, b.size(), ofHosts)
}

func (p place) size() string {
	out := fmt.Sprintf("%s, %s", words.Count(p.Account.Records.Total(), "record"), words.Count(p.Account.Bytes, "byte"))
	if p.Damaged() {
		out += ", damaged"
	}
	return out
}

// check returns an error if something is missing, not in the list or unread.
func (x *inputs) check(unread []*aggregate.Source) error {
	l := x.list
	var said []string
	for _, s := range unread {
		said = append(said, fmt.Sprintf("%s: %v", words.Printable(s.Name), s.Damage))
	}
	said = l.limited(said, "cannot be read")
	var missing []string
	for _, name := range l.names {
		_, held := x.shards[name]
		says := fmt.Sprintf("%s:%d: missing: %s", l.file, l.lines[name], words.Printable(name))
		switch err := x.failed[name]; {
		case err != nil:
			missing = append(missing, says+": "+err.Error())
		case !held:
			missing = append(missing, says)
		}
	}
	var unknown []string
	for _, input := range x.unknown {
		unknown = append(unknown, l.file+": not in the list: "+input)
	}
	if len(said)+len(missing)+len(unknown) == 0 {
		return nil
	}
	said = append(said, l.limited(missing, "missing")...)
	said = append(said, l.limited(unknown, "not in the list")...)
	said = append(said, l.file+": "+x.summary(len(unread), len(missing), len(unknown))+": nothing was written")
	if len(missing) > 0 && len(unknown) > 0 {
		said = append(said, "hint: a shard has the name that otlog scan was given: its path, or --name")
	}
	return errors.New(strings.Join(said, "\n"))
}

// limited returns the first lines of what is wrong, and one that counts the others.
func (l *List) limited(lines []string, wrong string) []string {
	if len(lines) <= mostNamed {
		return lines
	}
	return append(lines[:mostNamed:mostNamed], fmt.Sprintf("%s: %s: %s more", l.file, wrong, words.Number(len(lines)-mostNamed)))
}

// is returns the verb of n things.
func is(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// summary counts what is wrong.
func (x *inputs) summary(unread, missing, unknown int) string {
	var parts []string
	if unread > 0 {
		parts = append(parts, words.Count(unread, "partial")+" cannot be read")
	}
	if missing > 0 {
		parts = append(parts, fmt.Sprintf("%s of %s %s missing", words.Number(missing), words.Count(len(x.list.names), "shard"), is(missing)))
	}
	if unknown > 0 {
		parts = append(parts, fmt.Sprintf("%s %s not in the list", words.Count(unknown, "input"), is(unknown)))
	}
	return strings.Join(parts, ", ")
}
