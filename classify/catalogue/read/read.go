// Package read parses catalogue.txt into structs, and renders these as the Go source of the
// compiled tables.
//
//  1. Read splits the text into stanzas and checks each one: no key is unknown, repeated or missing,
//     and every method in it has a stanza.
//  2. GoSource renders the result as tables_gen.go.
//
// The grammar is described at the start of catalogue.txt. The package does not depend on the
// compiled tables, so that they can be generated even if they do not compile.
package read

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Catalogue is the content of catalogue.txt, in the order of its stanzas.
type Catalogue struct {
	Methods []Method
	Errors  []Error
	Codes   []Code
}

// A Method is a method stanza.
type Method struct {
	Line          int // of the stanza's first line
	Name          string
	Documented    bool
	Summary, Link string
}

// An Error is an error stanza.
type Error struct {
	Line                int
	Name                string
	Documented          bool
	Owner               string
	Meaning, Remedy     string
	Link                string
	Uses                []Use
	Phrases             []Phrase // that identify the error but not the method
	Reasons             []Reason
	Samples, NearMisses []string
}

// A Reason is a reason line with the keys below it.
type Reason struct {
	Line          int
	Name          string
	Words, Remedy string
	Owner         string // empty: that of the error
	Texts         []Phrase
	Samples       []string
}

// A Code is a code stanza. Low and High are equal unless Text is a range.
type Code struct {
	Line            int
	Text            string
	Low, High       int32
	Title           string
	Documented      bool
	Owner           string
	Meaning, Remedy string
	Link            string
	Uses            []Use
}

// A Use is a use or raised line with the keys below it.
//
// Owner, Meaning and Remedy are empty if those of the stanza apply. Codes and Phrases are empty
// in a code stanza.
type Use struct {
	Line            int
	Method          string // General for all methods
	Documented      bool   // a use line, not a raised line
	When            string // "calling" by default
	Codes           []int32
	Phrases         []Phrase // that identify the error and this method
	Owner           string
	Meaning, Remedy string
}

// A Phrase is a text that belongs to one error only, or to one reason of an error.
type Phrase struct {
	Line int
	Text string
}

// minPhrase is the length of the shortest phrase, in bytes. Shorter texts occur by chance.
const minPhrase = 16

// minReason is the length of the shortest text of a reason, which is searched for only in records that
// show the error.
const minReason = 12

// General is written in place of a method for errors of all methods.
const General = "*"

// allowed are the values of the keys that have only certain ones.
var allowed = map[string][]string{
	"documented": {"yes", "no"},
	"owner":      {"application", "end user", "network", "service"},
	"when":       {"calling", "after", "any", "promise"},
}

// A SyntaxError is an error in the text of a catalogue.
type SyntaxError struct {
	Line  int
	Cause string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d: %s", e.Line, e.Cause)
}

func errorf(line int, format string, args ...any) error {
	return &SyntaxError{line, fmt.Sprintf(format, args...)}
}

// An entry is a key, its value with all continuation lines, and the entries indented below it.
type entry struct {
	line       int
	key, value string
	below      []entry
}

// Read parses the text of a catalogue. It returns the first error, a *SyntaxError.
func Read(text []byte) (*Catalogue, error) {
	stanzas, err := split(string(text))
	if err != nil {
		return nil, err
	}
	c := new(Catalogue)
	for _, s := range stanzas {
		switch head := s[0]; head.key {
		case "method":
			m, err := readMethod(s)
			if err != nil {
				return nil, err
			}
			c.Methods = append(c.Methods, m)
		case "error":
			e, err := readError(s)
			if err != nil {
				return nil, err
			}
			c.Errors = append(c.Errors, e)
		case "code":
			code, err := readCode(s)
			if err != nil {
				return nil, err
			}
			c.Codes = append(c.Codes, code)
		default:
			return nil, errorf(head.line, "stanza starts with %q; want method, error or code", head.key)
		}
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	return c, nil
}

// above are the keys that have other keys below them.
var above = []string{"use", "raised", "reason"}

// split divides text into stanzas. A stanza has at least one entry.
func split(text string) ([][]entry, error) {
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\x00") // rejected below, with its line
	}
	var stanzas [][]entry
	var stanza []entry
	var last *entry // that a continuation line belongs to
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSuffix(line, "\n")
		if i := strings.IndexFunc(line, unicode.IsControl); i >= 0 {
			return nil, errorf(number, "control character or invalid UTF-8 at byte %d", i+1)
		}
		rest := strings.TrimLeft(line, " ")
		indent := len(line) - len(rest)
		rest = strings.TrimRight(rest, " ")
		if strings.HasPrefix(rest, "#") {
			continue
		}
		if rest == "" {
			if len(stanza) > 0 {
				stanzas = append(stanzas, stanza)
			}
			stanza, last = nil, nil
			continue
		}
		if indent >= 4 {
			if last == nil {
				return nil, errorf(number, "continuation line without a line before it")
			}
			last.value = strings.TrimLeft(last.value+" "+rest, " ")
			continue
		}
		key, value, _ := strings.Cut(rest, " ")
		e := entry{line: number, key: key, value: strings.TrimLeft(value, " ")}
		switch indent {
		case 0:
			stanza = append(stanza, e)
			last = &stanza[len(stanza)-1]
		case 2:
			if len(stanza) == 0 || !slices.Contains(above, stanza[len(stanza)-1].key) {
				return nil, errorf(number, "%q is indented by 2, but not below a use, raised or reason line", key)
			}
			above := &stanza[len(stanza)-1]
			above.below = append(above.below, e)
			last = &above.below[len(above.below)-1]
		default:
			return nil, errorf(number, "indented by %d spaces; want 0, 2, or at least 4", indent)
		}
	}
	if len(stanza) > 0 {
		stanzas = append(stanzas, stanza)
	}
	return stanzas, nil
}

// fields collects the keys of a stanza or use that must not be repeated.
type fields struct {
	line int
	what string
	seen map[string]string
}

func (f *fields) set(e entry) error {
	if e.value == "" {
		return errorf(e.line, "%s has no value", e.key)
	}
	if _, twice := f.seen[e.key]; twice {
		return errorf(e.line, "%s is repeated in %s", e.key, f.what)
	}
	if values := allowed[e.key]; values != nil && !slices.Contains(values, e.value) {
		return errorf(e.line, "%s is %q; want one of %s", e.key, e.value, strings.Join(values, ", "))
	}
	if f.seen == nil {
		f.seen = make(map[string]string)
	}
	f.seen[e.key] = e.value
	return nil
}

func (f *fields) need(keys ...string) error {
	for _, key := range keys {
		if f.seen[key] == "" {
			return errorf(f.line, "%s has no %s", f.what, key)
		}
	}
	return nil
}

// documented reads a key whose default is yes.
func (f *fields) documented() bool { return f.seen["documented"] != "no" }

func readMethod(s []entry) (Method, error) {
	m := Method{Line: s[0].line, Name: s[0].value}
	if m.Name == "" || strings.ContainsAny(m.Name, " *") || !strings.Contains(m.Name, ".") {
		return m, errorf(m.Line, "method is %q; want a name such as Session.publish", m.Name)
	}
	f := fields{line: m.Line, what: "method " + m.Name}
	for _, e := range s[1:] {
		switch e.key {
		case "documented", "summary", "link":
			if err := f.set(e); err != nil {
				return m, err
			}
		default:
			return m, errorf(e.line, "unknown key %q of a method", e.key)
		}
	}
	if err := f.need("summary", "link"); err != nil {
		return m, err
	}
	m.Documented, m.Summary, m.Link = f.documented(), f.seen["summary"], f.seen["link"]
	return m, nil
}

func readError(s []entry) (Error, error) {
	out := Error{Line: s[0].line, Name: s[0].value}
	if !isWord(out.Name) {
		return out, errorf(out.Line, "error is %q; want one word of letters, digits and _", out.Name)
	}
	f := fields{line: out.Line, what: "error " + out.Name}
	for _, e := range s[1:] {
		switch e.key {
		case "documented", "owner", "meaning", "remedy", "link":
			if err := f.set(e); err != nil {
				return out, err
			}
		case "use", "raised":
			u, err := readUse(e)
			if err != nil {
				return out, err
			}
			if u.Method == General {
				return out, errorf(e.line, "%s is allowed in code stanzas only", General)
			}
			out.Uses = append(out.Uses, u)
		case "phrase":
			p, err := readPhrase(e, minPhrase)
			if err != nil {
				return out, err
			}
			out.Phrases = append(out.Phrases, p)
		case "reason":
			r, err := readReason(e)
			if err != nil {
				return out, err
			}
			out.Reasons = append(out.Reasons, r)
		case "match", "miss":
			if e.value == "" {
				return out, errorf(e.line, "%s has no value", e.key)
			}
			if e.key == "match" {
				out.Samples = append(out.Samples, e.value)
			} else {
				out.NearMisses = append(out.NearMisses, e.value)
			}
		default:
			return out, errorf(e.line, "unknown key %q of an error", e.key)
		}
	}
	if err := f.need("owner", "meaning", "remedy", "link"); err != nil {
		return out, err
	}
	if len(out.Samples) < 2 || len(out.NearMisses) < 2 {
		return out, errorf(out.Line, "%s has %d match and %d miss lines; want at least two of each", f.what, len(out.Samples), len(out.NearMisses))
	}
	out.Documented = f.documented()
	out.Owner, out.Meaning, out.Remedy, out.Link = f.seen["owner"], f.seen["meaning"], f.seen["remedy"], f.seen["link"]
	return out, checkUses(&f, out.Documented, out.Uses)
}

func readCode(s []entry) (Code, error) {
	out := Code{Line: s[0].line, Text: s[0].value}
	low, high, isRange := strings.Cut(out.Text, "-")
	if !isRange {
		high = low
	}
	var err error
	if out.Low, err = number(low); err == nil {
		out.High, err = number(high)
	}
	if err != nil || out.Low > out.High || isRange && out.Low == out.High {
		return out, errorf(out.Line, "code is %q; want a number or a range such as 3001-3007", out.Text)
	}
	f := fields{line: out.Line, what: "code " + out.Text}
	for _, e := range s[1:] {
		switch e.key {
		case "documented", "title", "owner", "meaning", "remedy", "link":
			if err := f.set(e); err != nil {
				return out, err
			}
		case "use", "raised":
			u, err := readUse(e)
			if err != nil {
				return out, err
			}
			if len(u.Codes) > 0 {
				return out, errorf(e.line, "codes after the method are allowed in error stanzas only")
			}
			if len(u.Phrases) > 0 {
				return out, errorf(u.Phrases[0].Line, "phrases are allowed in error stanzas only")
			}
			out.Uses = append(out.Uses, u)
		default:
			return out, errorf(e.line, "unknown key %q of a code", e.key)
		}
	}
	if err := f.need("owner", "meaning", "remedy", "link"); err != nil {
		return out, err
	}
	out.Documented, out.Title = f.documented(), f.seen["title"]
	out.Owner, out.Meaning, out.Remedy, out.Link = f.seen["owner"], f.seen["meaning"], f.seen["remedy"], f.seen["link"]
	return out, checkUses(&f, out.Documented, out.Uses)
}

// checkUses compares a stanza's documented key with its rows.
func checkUses(f *fields, documented bool, uses []Use) error {
	has := slices.ContainsFunc(uses, func(u Use) bool { return u.Documented })
	switch {
	case documented && !has:
		return errorf(f.line, "%s has no use line; add documented no if the reference lacks it", f.what)
	case !documented && has:
		return errorf(f.line, "%s is not documented, but has a use line; want raised", f.what)
	}
	return nil
}

func readUse(e entry) (Use, error) {
	words := strings.Fields(e.value)
	if len(words) == 0 {
		return Use{}, errorf(e.line, "%s names no method", e.key)
	}
	u := Use{Line: e.line, Method: words[0], Documented: e.key == "use", When: "calling"}
	for _, w := range words[1:] {
		n, err := number(w)
		if err != nil {
			return u, errorf(e.line, "%q is not a code", w)
		}
		if slices.Contains(u.Codes, n) {
			return u, errorf(e.line, "code %s is repeated", w)
		}
		u.Codes = append(u.Codes, n)
	}
	f := fields{line: e.line, what: e.key + " " + u.Method}
	for _, b := range e.below {
		switch b.key {
		case "when", "owner", "meaning", "remedy":
			if err := f.set(b); err != nil {
				return u, err
			}
		case "phrase":
			p, err := readPhrase(b, minPhrase)
			if err != nil {
				return u, err
			}
			u.Phrases = append(u.Phrases, p)
		default:
			return u, errorf(b.line, "unknown key %[2]q below a %[1]s line", e.key, b.key)
		}
	}
	if f.seen["when"] != "" {
		u.When = f.seen["when"]
	}
	u.Owner, u.Meaning, u.Remedy = f.seen["owner"], f.seen["meaning"], f.seen["remedy"]
	return u, nil
}

// readReason reads a reason line of an error.
func readReason(e entry) (Reason, error) {
	out := Reason{Line: e.line, Name: e.value}
	if !isWord(out.Name) || strings.ToLower(out.Name) != out.Name {
		return out, errorf(out.Line, "reason is %q; want one word of lower-case letters, digits and _", out.Name)
	}
	f := fields{line: e.line, what: "reason " + out.Name}
	for _, b := range e.below {
		switch b.key {
		case "words", "owner", "remedy":
			if err := f.set(b); err != nil {
				return out, err
			}
		case "text":
			p, err := readPhrase(b, minReason)
			if err != nil {
				return out, err
			}
			out.Texts = append(out.Texts, p)
		case "match":
			out.Samples = append(out.Samples, b.value)
		default:
			return out, errorf(b.line, "unknown key %q below a reason line", b.key)
		}
	}
	if err := f.need("words", "remedy"); err != nil {
		return out, err
	}
	if len(out.Texts) == 0 || len(out.Samples) == 0 {
		return out, errorf(out.Line, "%s has %d text and %d match lines; want at least one of each", f.what, len(out.Texts), len(out.Samples))
	}
	out.Words, out.Owner, out.Remedy = f.seen["words"], f.seen["owner"], f.seen["remedy"]
	return out, nil
}

// readPhrase reads a phrase, or the text of a reason. It must not contain characters that log formats
// escape or interpret as directives.
func readPhrase(e entry, shortest int) (Phrase, error) {
	p := Phrase{Line: e.line, Text: e.value}
	if len(p.Text) < shortest {
		return p, errorf(p.Line, "%s is %q; want at least %d bytes", e.key, p.Text, shortest)
	}
	for i := range len(p.Text) {
		if c := p.Text[i]; c < ' ' || c > '~' || strings.IndexByte("\"'`\\%", c) >= 0 {
			return p, errorf(p.Line, "byte %d of the %s is a quote, a backslash, %% or not ASCII", i+1, e.key)
		}
	}
	return p, nil
}

// check compares the stanzas with each other.
func (c *Catalogue) check() error {
	methods := make(map[string]bool)
	for _, m := range c.Methods {
		if methods[m.Name] {
			return errorf(m.Line, "method %s has a second stanza", m.Name)
		}
		methods[m.Name] = true
	}
	known := func(uses []Use) error {
		for _, u := range uses {
			if u.Method != General && !methods[u.Method] {
				return errorf(u.Line, "method %s has no stanza", u.Method)
			}
		}
		return nil
	}
	names := make(map[string]bool)
	for _, e := range c.Errors {
		if names[e.Name] {
			return errorf(e.Line, "error %s has a second stanza", e.Name)
		}
		names[e.Name] = true
		if err := known(e.Uses); err != nil {
			return err
		}
	}
	if err := cmp.Or(c.checkPhrases(), c.checkReasons()); err != nil {
		return err
	}
	for i, code := range c.Codes {
		for _, other := range c.Codes[:i] {
			if code.Low <= other.High && other.Low <= code.High {
				return errorf(code.Line, "code %s overlaps %s in line %d", code.Text, other.Text, other.Line)
			}
		}
		if err := known(code.Uses); err != nil {
			return err
		}
	}
	return nil
}

// checkPhrases checks that each phrase belongs to one error, and to one method or none, and that phrases of
// different errors do not contain each other.
func (c *Catalogue) checkPhrases() error {
	type owned struct {
		Phrase
		of *Error
	}
	var all []owned
	for i := range c.Errors {
		e := &c.Errors[i]
		for _, p := range e.Phrases {
			all = append(all, owned{p, e})
		}
		for _, u := range e.Uses {
			for _, p := range u.Phrases {
				all = append(all, owned{p, e})
			}
		}
	}
	for i, p := range all {
		for _, e := range c.Errors {
			if strings.Contains(p.Text, e.Name) {
				return errorf(p.Line, "the phrase contains the name %s; a name needs no phrase", e.Name)
			}
		}
		for _, q := range all[:i] {
			switch {
			case p.Text == q.Text && p.of == q.of:
				return errorf(p.Line, "the phrase is also in line %d; write a phrase of several methods once, outside all of them", q.Line)
			case p.of == q.of:
			case p.Text == q.Text:
				return errorf(p.Line, "the phrase is also in line %d, for %s", q.Line, q.of.Name)
			case strings.Contains(p.Text, q.Text) || strings.Contains(q.Text, p.Text):
				return errorf(p.Line, "one of this phrase and that in line %d, for %s, contains the other", q.Line, q.of.Name)
			}
		}
	}
	return nil
}

// checkReasons checks that each reason has one stanza, and that no text belongs to two reasons of an error.
func (c *Catalogue) checkReasons() error {
	lines := map[string]int{}
	for _, e := range c.Errors {
		texts := map[string]int{}
		for _, r := range e.Reasons {
			if line, twice := lines[r.Name]; twice {
				return errorf(r.Line, "reason %s is also in line %d", r.Name, line)
			}
			lines[r.Name] = r.Line
			for _, p := range r.Texts {
				if line, twice := texts[p.Text]; twice {
					return errorf(p.Line, "the text is also in line %d", line)
				}
				texts[p.Text] = p.Line
			}
		}
	}
	return nil
}

// number reads a code of one to nine decimal digits, with leading zeros or not.
func number(s string) (int32, error) {
	if strings.TrimLeft(s, "0123456789") != "" || len(s) > 9 {
		return 0, strconv.ErrSyntax
	}
	n, err := strconv.ParseInt(s, 10, 32)
	return int32(n), err
}

// isWord reports whether s consists of letters, digits and underscores.
func isWord(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return s != ""
}
