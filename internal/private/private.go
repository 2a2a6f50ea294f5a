// Package private redacts what leaves otlog: texts, IDs, names and accounts of sources.
//
// Records are read, classified and counted as they are. Redaction comes last, so it changes no number: IDs
// and names that are alike without their secrets stay apart by a number after them.
package private

import (
	"fmt"
	"path"
	"reflect"
	"strconv"
	"strings"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/internal/redact"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/sieve"
)

// Rules redact what leaves otlog. Only Hides may be called by several goroutines.
type Rules struct {
	Off bool // leave everything as it is

	own map[string]bool   // names of sources that the user typed, or found in a directory
	ids map[string]string // what replaces IDs
	as  map[string]int    // how many IDs have the same replacement
	last,
	lastAs string // the ID that was redacted last
}

// Read notes sources. Their names are the user's own, other than the names of members of archives.
func (r *Rules) Read(sources []parse.Source) {
	if r.own == nil {
		r.own = map[string]bool{}
	}
	for _, s := range sources {
		r.own[s.String()] = true
	}
}

// Text redacts a text.
func (r *Rules) Text(s string) string {
	if r.Off {
		return s
	}
	return redact.Text(s)
}

// Record returns what redacts texts of a record, which has values without their keys.
func (r *Rules) Record(raw []byte) func(string) string {
	if r.Off {
		return r.Text
	}
	return redact.FieldsOf(raw).Text
}

// Label redacts the name of an error, a method, a version, a browser or a system. Four numbers of which the
// first has one digit are a version, and no IP address.
func (r *Rules) Label(s string) string {
	if len(s) < 2 || s[1] == '.' && strings.Trim(s, "0123456789.") == "" {
		return s
	}
	return r.Text(s)
}

// Bytes redacts a name.
func (r *Rules) Bytes(s []byte) []byte {
	if r.Off || len(s) == 0 {
		return s
	}
	return []byte(r.Label(string(s)))
}

// mostIDs is how many IDs have numbers. A crafted log can have any number of them.
const mostIDs = 100_000

// ID redacts the ID of a session, a connection or a client. Different IDs stay different: the second e-mail
// address is [e-mail] #2.
func (r *Rules) ID(id string) string {
	if r.Off || id == "" {
		return id
	}
	if id == r.last {
		return r.lastAs
	}
	r.last, r.lastAs = id, r.id(id)
	return r.lastAs
}

func (r *Rules) id(id string) string {
	if known, ok := r.ids[id]; ok {
		return known
	}
	out := redact.Text(id)
	if out == id || len(r.ids) >= mostIDs {
		return out
	}
	if r.ids == nil {
		r.ids, r.as = map[string]string{}, map[string]int{}
	}
	r.as[out]++
	if n := r.as[out]; n > 1 {
		out += " #" + strconv.Itoa(n)
	}
	r.ids[id] = out
	return out
}

// Hides reports whether an ID is not shown as the log has it, even with --show-sessions.
func (r *Rules) Hides(id []byte) bool { return !r.Off && redact.Text(string(id)) != string(id) }

// Source redacts the name of a source: what the user did not type, the name of the member of an archive.
func (r *Rules) Source(name string) string {
	if r.Off || r.own[name] {
		return name
	}
	for dir := name; strings.Contains(dir, "/"); {
		dir = path.Dir(dir)
		if dir == "/" || dir == "." {
			break
		}
		if rest, ok := strings.CutPrefix(name, dir); ok && r.own[dir] {
			return dir + redact.Text(rest)
		}
	}
	return redact.Text(name)
}

// Sources redacts what accounts of sources say.
func (r *Rules) Sources(read []*aggregate.Source) {
	if r.Off {
		return
	}
	for _, s := range read {
		s.Failed, s.Damage = r.Error(s.Failed), r.Error(s.Damage)
		s.Name = r.Source(s.Name)
		for i, e := range s.Shown {
			shown := *e
			shown.Cause = redact.Text(e.Cause)
			s.Shown[i] = &shown
		}
		for i := range s.Doubts {
			s.Doubts[i].Example = redact.Text(s.Doubts[i].Example)
		}
		l := &s.Learned
		l.Time, l.Times, l.Identifiers = r.Label(l.Time), r.texts(l.Times), r.texts(l.Identifiers)
	}
}

func (r *Rules) texts(all []string) []string {
	var out []string
	for _, s := range all {
		out = append(out, r.Text(s))
	}
	return out
}

// Messages redacts messages of a partial.
func (r *Rules) Messages(all []string) []string { return r.texts(all) }

// LeftOut redacts the names of files that were left out.
func (r *Rules) LeftOut(left *sieve.LeftOut) {
	for why := range left {
		names := make([]string, 0, len(left[why].Names))
		for _, name := range left[why].Names {
			names = append(names, r.Source(name))
		}
		left[why].Names = names
	}
}

// Error redacts the message of an error. The name of a file that the user typed stays.
func (r *Rules) Error(err error) error {
	if err == nil || r.Off {
		return err
	}
	said := err.Error()
	text := redact.Text(said)
	if text == said {
		return err
	}
	if from, to := r.ownName(said); from < to {
		text = redact.Text(said[:from]) + said[from:to] + redact.Text(said[to:])
	}
	return &redacted{text, err}
}

// ownName returns where a message contains the longest name of a source that redaction would change; of names of
// one length, the first: an error of the system names its file first.
func (r *Rules) ownName(said string) (from, to int) {
	for name := range r.own {
		at := strings.Index(said, name)
		if at < 0 || len(name) < to-from || len(name) == to-from && at > from || redact.Text(name) == name {
			continue
		}
		from, to = at, at+len(name)
	}
	return from, to
}

// A redacted error has another message.
type redacted struct {
	text string
	err  error
}

func (e *redacted) Error() string { return e.text }
func (e *redacted) Unwrap() error { return e.err }

// Names returns names without secrets, each another one, as they were.
func (r *Rules) Names(n *aggregate.Names) *aggregate.Names {
	if r.Off {
		return n
	}
	return &aggregate.Names{Errors: r.names(n.Errors), Methods: r.names(n.Methods), Labels: r.names(n.Labels)}
}

func (r *Rules) names(all []string) []string {
	var out []string
	var used map[string]bool
	for i, name := range all {
		label := r.Label(name)
		if label == name {
			continue
		}
		if out == nil {
			out, used = append(out, all...), map[string]bool{}
			for _, other := range all {
				used[other] = true
			}
		}
		numbered := label
		for n := 2; used[numbered]; n++ {
			numbered = fmt.Sprintf("%s #%d", label, n)
		}
		used[numbered] = true
		out[i] = numbered
	}
	if out == nil {
		return all
	}
	return out
}

// Part returns a part whose entries have no IDs that are hidden.
func (r *Rules) Part(p *aggregate.Part) *aggregate.Part {
	if r.Off || !p.HasIDs {
		return p
	}
	out := *p
	out.Open = func(whole bool) (aggregate.Cursor, error) {
		c, err := p.Open(whole)
		if err != nil {
			return nil, err
		}
		return &cursor{c, r}, nil
	}
	return &out
}

// A cursor hides IDs.
type cursor struct {
	aggregate.Cursor
	rules *Rules
}

func (c *cursor) Next() (*aggregate.Entry, error) {
	e, err := c.Cursor.Next()
	if e != nil && e.Text != "" && c.rules.Hides([]byte(e.Text)) {
		e.Text = ""
	}
	return e, err
}

// Strings redacts all strings that v points to, except those of sources, which have their own rules.
func (r *Rules) Strings(v any) {
	if !r.Off {
		r.walk(reflect.ValueOf(v))
	}
}

func (r *Rules) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		if e := v.Elem(); e.Kind() == reflect.String && v.CanSet() {
			if s := r.Label(e.String()); s != e.String() { // others may point to it
				v.Set(reflect.ValueOf(&s).Convert(v.Type()))
			}
			return
		}
		r.walk(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; name != "Source" && name != "Sources" {
				r.walk(v.Field(i))
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			r.walk(v.Index(i))
		}
	case reflect.String:
		if v.CanSet() {
			v.SetString(r.Label(v.String()))
		}
	}
}
