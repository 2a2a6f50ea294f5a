package gate

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/lookup"
)

// A SyntaxError says where a text stops being a gate, and why.
type SyntaxError struct {
	Offset   int    // of Word in the text, in bytes
	Word     string // "" at the end of the text
	Problem  string // with Word, for instance "is not a measure"
	Expected string
	Near     []string // what Word is probably a misspelling of
}

func (e *SyntaxError) Error() string {
	found := "unexpected end"
	if e.Word != "" {
		found = fmt.Sprintf("%q %s", e.Word, e.Problem)
	}
	return fmt.Sprintf("offset %d: %s: expected %s", e.Offset, found, e.Expected) + lookup.DidYouMean(e.Near)
}

// Parse reads a gate. Any error is a [*SyntaxError].
func Parse(s string) (Gate, error) {
	p := parser{s: s}
	g, err := p.gate()
	if err != nil {
		return Gate{}, err
	}
	return g, nil
}

// A parser reads the text of a gate from left to right.
type parser struct {
	s  string
	at int
}

const (
	spaces   = " \t\r\n"
	digits   = "0123456789"
	operator = "<>=!"
)

// take skips spaces and returns the following bytes of a set, and their offset.
func (p *parser) take(set string) (string, int) {
	return p.cut(func(rest string) string { return strings.TrimLeft(rest, set) })
}

// word skips spaces and returns the bytes up to the next space, operator or %, and their
// offset. They need not be a name: an error message shows the whole word.
func (p *parser) word() (string, int) {
	return p.cut(func(rest string) string {
		if end := strings.IndexAny(rest, spaces+operator+"%"); end >= 0 {
			return rest[end:]
		}
		return ""
	})
}

// cut skips spaces and returns the text up to what after leaves, and its offset.
func (p *parser) cut(after func(rest string) string) (string, int) {
	rest := strings.TrimLeft(p.s[p.at:], spaces)
	at := len(p.s) - len(rest)
	p.at = len(p.s) - len(after(rest))
	return p.s[at:p.at], at
}

// fail returns an error about a word, or about the next word if word is empty.
func (p *parser) fail(at int, word, problem, expected string, near ...string) error {
	if word == "" {
		word = strings.TrimLeft(p.s[at:], spaces)
		at = len(p.s) - len(word)
		if i := strings.IndexAny(word, spaces); i > 0 {
			word = word[:i]
		}
	}
	return &SyntaxError{Offset: at, Word: word, Problem: problem, Expected: expected, Near: near}
}

func (p *parser) gate() (g Gate, err error) {
	path, at := p.word()
	if path == "" {
		return g, p.fail(at, "", "is not a gate", anyMeasure())
	}
	if g.subject, g.measure, err = p.path(path, at); err != nil {
		return g, err
	}
	op, at := p.take(operator)
	if op == "" {
		g.op, err = p.change(&g.measure)
	} else if g.op = op; slices.Contains(operators(), op) {
		g.bound, err = p.number(&g.measure)
	} else {
		err = p.fail(at, op, "is not a comparison", orList(operators()), nearOperator(op)...)
	}
	if err != nil {
		return g, err
	}
	if _, at := p.take(""); at < len(p.s) {
		return g, p.fail(at, "", "is unexpected", "the end")
	}
	return g, nil
}

// path reads [SUBJECT.]MEASURE.
func (p *parser) path(path string, at int) (subject, measure, error) {
	whole := measuresOf(&subject{})
	if m, ok := find(whole, path); ok {
		return subject{}, m, nil
	}
	dot := strings.LastIndexByte(path, '.')
	head, tail := path[:max(dot, 0)], path[dot+1:]
	family := slices.ContainsFunc(whole, func(m measure) bool {
		of, _, two := strings.Cut(m.name, ".")
		return two && strings.EqualFold(head, of)
	})
	m, known := find(measures(), tail)
	s, named := parseSubject(path)
	switch {
	case family:
		return subject{}, m, p.fail(at, path, "is not a measure", orList(namesOf(whole)), nearMeasures(whole, path)...)
	case dot < 0 && known:
		return subject{}, m, p.fail(at, path, "needs a subject", "SUBJECT."+m.name, "any."+m.name)
	case named && (dot < 0 || s.listed()):
		return s, m, p.fail(at+len(path), "", "is not a measure of "+s.text, "."+strings.Join(namesOf(measuresOf(&s)), ", ."))
	case dot < 0:
		return subject{}, m, p.fail(at, path, "is not a measure", anyMeasure(), nearMeasures(whole, path)...)
	}
	if s, named = parseSubject(head); !named {
		return s, m, p.fail(at, head, "is not a subject", "connect, publish, subscribe, any, a method (Session.signal), an error (OT_TIMEOUT) or METHOD/ERROR", nearSubjects(head)...)
	}
	if !known || !m.fits(&s) {
		problem, of := "is not a measure", measuresOf(&s)
		if known {
			problem += " of " + s.text
		}
		return s, m, p.fail(at+dot+1, tail, problem, orList(namesOf(of)), nearMeasures(of, tail)...)
	}
	return s, m, nil
}

// change reads regressed or improved.
func (p *parser) change(m *measure) (string, error) {
	word, at := p.word()
	changes := []string{Regressed, Improved}
	i := slices.IndexFunc(changes, func(v string) bool { return strings.EqualFold(v, word) })
	switch {
	case i < 0:
		near := slices.DeleteFunc(changes, func(v string) bool { return word == "" || !lookup.Alike(word, v) })
		return "", p.fail(at, word, "is not a comparison", orList(append(operators(), Regressed, Improved)), near...)
	case m.name != report.SessionRate:
		return "", p.fail(at, word, "does not apply to "+m.name, orList(operators())+", because only "+report.SessionRate+" is tested")
	}
	return changes[i], nil
}

// maxDigits is more than any number in a report has.
const maxDigits = 20

// number reads a bound. The bound of a rate may be a share or a percentage.
func (p *parser) number(m *measure) (string, error) {
	word, at := p.word()
	percent, percentAt := p.take("%")
	expected := "a whole number"
	if m.rate {
		expected = "a number such as 0.02 or 2%"
	}
	before, after, point := strings.Cut(word, ".")
	number := before != "" && strings.Trim(before+after, digits) == "" && point == (after != "") && len(word) <= maxDigits
	switch {
	case !number:
		return "", p.fail(at, word, "is not a number", expected)
	case !m.rate && percent != "":
		return "", p.fail(percentAt, percent, "does not apply to "+m.name, "a whole number, because "+m.name+" is a count")
	case !m.rate && point:
		return "", p.fail(at, word, "is not a whole number", expected)
	case len(percent) > 1:
		return "", p.fail(percentAt, percent, "is unexpected", "%")
	}
	bound := word + percent
	if m.rate && limitOf(bound).Cmp(big.NewRat(1, 1)) > 0 {
		var near []string
		if percent == "" && limitOf(bound+"%").Cmp(big.NewRat(1, 1)) <= 0 {
			near = append(near, bound+"%")
		}
		return "", p.fail(at, bound, "is more than 100%", "at most 1 or 100%", near...)
	}
	return bound, nil
}

// limitOf returns the exact value of a bound, so that 20 of 1,000 is not above 2%.
func limitOf(bound string) *big.Rat {
	digits, percent := strings.CutSuffix(bound, "%")
	limit, ok := new(big.Rat).SetString(digits)
	if !ok {
		return new(big.Rat) // not from Parse
	}
	if percent {
		limit.Quo(limit, big.NewRat(100, 1))
	}
	return limit
}

// parseSubject reads a SUBJECT.
func parseSubject(s string) (subject, bool) {
	if strings.EqualFold(s, anyMethod) {
		return subject{text: anyMethod}, true
	}
	first, second, both := strings.Cut(s, "/")
	err, isError := lookup.Error(first)
	if both {
		err, isError = lookup.Error(second)
	} else if isError {
		return subject{text: err, err: err}, true
	}
	text, method := lookup.Method(first)
	switch {
	case method == "" || both && !isError:
		return subject{}, false
	case both:
		text += "/" + err
	}
	return subject{text: text, method: method, err: err}, true
}

// listed reports whether the catalogue has the method and the error of a subject.
func (s *subject) listed() bool {
	return (s.method == "" || lookup.KnownMethod(s.method)) && (s.err == "" || lookup.KnownError(s.err))
}

// anyMeasure describes what a gate may begin with.
func anyMeasure() string {
	return "SUBJECT.MEASURE or one of " + orList(namesOf(measuresOf(&subject{})))
}

func orList(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:len(items)-1], ", ") + " or " + items[len(items)-1]
}

func nearMeasures(among []measure, word string) []string {
	return slices.DeleteFunc(namesOf(among), func(name string) bool { return !lookup.Alike(word, name) })
}

// nearOperator translates operators of other languages.
func nearOperator(op string) []string {
	switch op {
	case "=", "===":
		return []string{"=="}
	case "=>":
		return []string{">="}
	case "=<":
		return []string{"<="}
	case "<>", "!":
		return []string{"!="}
	}
	return nil
}

// nearSubjects returns suggestions for the misspelled part of METHOD/ERROR.
func nearSubjects(word string) []string {
	first, second, both := strings.Cut(word, "/")
	if _, method := lookup.Method(first); both && method != "" {
		first = second
	}
	var out []string
	for _, name := range commonSubjects() {
		if lookup.Alike(first, name) {
			out = append(out, name)
		}
	}
	// A word of one or two letters is near to nearly everything.
	if len(out) == 0 && len(first) > 2 {
		out = lookup.Near(first)
	}
	return out
}
