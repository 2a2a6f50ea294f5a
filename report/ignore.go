package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/report/lookup"
	"github.com/otlog/otlog/report/words"
)

// An Ignore lists acknowledged errors, which somebody knows already. It is written with one
// error a line:
//
//	ERROR [METHOD] [until DATE] [# why]
//
// ERROR is a name, or the code of an error without a name. METHOD is a name in reports;
// without METHOD, or with *, the line applies to all methods. The line expires on DATE, for
// instance 2026-12-31. Blank lines and lines that begin with # are skipped; case does not
// matter.
//
// An Ignore changes where errors are shown, and which errors gates count. It changes no number:
// rates, tests and q-values include acknowledged errors.
type Ignore struct {
	name  string
	lines []IgnoredLine
}

// An IgnoredLine is a line of an Ignore.
type IgnoredLine struct {
	Number int       // in the file, from 1
	Error  string    // "" if the line has a code
	Code   int32     // 0 if the line has a name
	Method string    // "" for any
	Until  time.Time // when the line expires; zero: never
	Why    string    // "" if the line does not say

	Expired bool
	Matched bool // the report has such an error, whether the line has expired or not
}

const ignoreForm = "ERROR [METHOD] [until DATE] [# why]"

// ParseIgnore reads an Ignore. Errors and warnings begin with name.
func ParseIgnore(name string, r io.Reader) (*Ignore, error) {
	out := &Ignore{name: words.Printable(name)}
	lines := bufio.NewScanner(r)
	number := 0
	for lines.Scan() {
		number++
		text := lines.Text()
		if number == 1 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		line, err := parseIgnored(text)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", out.name, number, err)
		}
		if line != nil {
			line.Number = number
			out.lines = append(out.lines, *line)
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, fmt.Errorf("%s:%d: the line is too long: expected %s", out.name, number+1, ignoreForm)
	} else if err != nil {
		return nil, fmt.Errorf("%s: %w", out.name, err)
	}
	return out, nil
}

// parseIgnored parses one line, nil if it is blank or a comment.
func parseIgnored(text string) (*IgnoredLine, error) {
	text, why, _ := strings.Cut(text, "#")
	fields := strings.Fields(text)
	if len(fields) == 0 {
		return nil, nil
	}
	line := &IgnoredLine{Why: strings.TrimSpace(why)}
	// take returns the next word, "" if there is none.
	take := func() (word string) {
		if len(fields) > 0 {
			word, fields = fields[0], fields[1:]
		}
		return word
	}
	if err := line.parseError(take(), fields); err != nil {
		return nil, err
	}
	word := take()
	if word != "" && word != "*" && !strings.EqualFold(word, "until") {
		if _, line.Method = lookup.Method(word); line.Method == "" {
			return nil, fmt.Errorf("%q is not a method: expected %s%s", word, ignoreForm, line.methodHint(word))
		}
		word = take()
	} else if word == "*" {
		word = take()
	}
	if strings.EqualFold(word, "until") {
		var err error
		if word = take(); word == "" {
			return nil, errors.New("until needs a date such as 2026-12-31")
		}
		if line.Until, err = time.Parse(time.DateOnly, word); err != nil {
			return nil, fmt.Errorf("%q is not a date: expected one such as 2026-12-31", word)
		}
		word = take()
	}
	if word != "" {
		return nil, fmt.Errorf("%q is unexpected: expected %s", word, ignoreForm)
	}
	return line, nil
}

// parseError parses the error of the line. rest are the following words.
func (l *IgnoredLine) parseError(word string, rest []string) error {
	if strings.Trim(word, "0123456789") == "" {
		code, err := strconv.ParseInt(word, 10, 32)
		if err != nil || code == 0 {
			return fmt.Errorf("%q is not an error code", word)
		}
		l.Code = int32(code)
		return nil
	}
	if !lookup.IsName(word) {
		// METHOD/ERROR as in gates, or METHOD ERROR.
		method, err, ok := strings.Cut(word, "/")
		if !ok && len(rest) > 0 {
			err = rest[0]
		}
		return fmt.Errorf("%q is not an error name or code: expected %s%s", word, ignoreForm, hintTo(err, method))
	}
	name, listed := lookup.Error(word)
	if !listed {
		name = strings.ToUpper(word) // logs may have names that the catalogue lacks
	}
	l.Error = name
	return nil
}

// methodHint suggests a correction of a word that is not a method.
func (l *IgnoredLine) methodHint(word string) string {
	if hint := hintTo(word, l.Error); hint != "" {
		return hint
	}
	near := slices.DeleteFunc(lookup.Near(word), func(name string) bool { return !lookup.KnownMethod(name) })
	return lookup.DidYouMean(near)
}

// hintTo shows how to write an error and a method, "" if one of them is neither.
func hintTo(err, method string) string {
	name, isError := lookup.Error(err)
	if _, method = lookup.Method(method); !isError || method == "" {
		return ""
	}
	return fmt.Sprintf("\nhint: write %s %s", name, method)
}

// String returns the line without the reason.
func (l *IgnoredLine) String() string {
	if l.Until.IsZero() {
		return l.Subject()
	}
	return l.Subject() + " until " + l.Until.Format(time.DateOnly)
}

// Subject returns the error of the line, with the method if there is one.
func (l *IgnoredLine) Subject() string {
	out := l.Error
	if out == "" {
		out = strconv.Itoa(int(l.Code))
	}
	if l.Method != "" {
		out += " " + l.Method
	}
	return out // names hold only printable characters
}

// key returns the key of the line, without its method.
func (l *IgnoredLine) key() ErrorKey { return ErrorKey{Name: strings.ToUpper(l.Error), Code: l.Code} }

// An acknowledger finds the lines that match an error.
type acknowledger struct {
	lines []IgnoredLine
	by    map[ErrorKey][]int // indices into lines, by error
}

// acknowledger returns an Ignore as of a time in a zone. As of the zero Time nothing has
// expired.
func (i *Ignore) acknowledger(now time.Time, zone *time.Location) *acknowledger {
	a := &acknowledger{lines: slices.Clone(i.lines), by: map[ErrorKey][]int{}}
	for n := range a.lines {
		l := &a.lines[n]
		if !l.Until.IsZero() {
			year, month, day := l.Until.Date()
			l.Until = time.Date(year, month, day, 0, 0, 0, 0, zone)
			l.Expired = !now.Before(l.Until)
		}
		a.by[l.key()] = append(a.by[l.key()], n)
	}
	return a
}

// find reports whether an error is acknowledged, and returns the reason of the first line that
// matches.
func (a *acknowledger) find(of ErrorKey) (found bool, why string) {
	for _, n := range a.by[ErrorKey{Name: strings.ToUpper(of.Name), Code: of.Code}] {
		l := &a.lines[n]
		if l.Method != "" && !strings.EqualFold(l.Method, of.Method) {
			continue
		}
		l.Matched = true
		if !l.Expired && !found {
			found, why = true, l.Why
		}
	}
	return found, why
}

// mark marks the acknowledged errors of a report and of its groups.
func (a *acknowledger) mark(r *Report) {
	a.markNumbers(&r.Numbers, r.Whole)
	for _, b := range r.Breakdowns {
		for i := range b.Groups {
			a.markNumbers(&b.Groups[i].Numbers, b.Groups[i].Whole)
		}
	}
}

// markNumbers marks the acknowledged errors of numbers by window, and of the whole input.
func (a *acknowledger) markNumbers(n, whole *Numbers) {
	for _, n := range []*Numbers{n, whole} {
		if n == nil {
			continue
		}
		for i := range n.Errors {
			e := &n.Errors[i]
			e.Acknowledged, e.Reason = a.find(e.Key())
		}
	}
}

// acknowledge marks the acknowledged errors of a report and of its baseline, and returns
// warnings about lines that have expired or match nothing.
func (r *Report) acknowledge(o *Options, names *aggregate.Names) []string {
	a := o.Ignore.acknowledger(o.Now, r.Zone)
	a.mark(r)
	if r.Baseline != nil {
		a.mark(r.Baseline)
	}
	for i := range r.Changes {
		if c := &r.Changes[i]; c.Scope == ScopeError {
			c.Acknowledged, c.Reason = a.find(ErrorKey{c.Method, c.Error, c.Code})
		}
	}
	r.Ignored = a.lines
	var out []string
	for i := range a.lines {
		l := &a.lines[i]
		problem := l.unknown(names)
		if l.Expired {
			problem = fmt.Sprintf("%s expired on %s and is no longer acknowledged", l.Subject(), l.Until.Format(time.DateOnly))
		}
		if problem != "" {
			out = append(out, fmt.Sprintf("%s:%d: %s", o.Ignore.name, l.Number, problem))
		}
	}
	return out
}

// unknown returns the part of a line that neither the catalogue nor the logs have, which is
// probably a mistake; "" if there is none.
func (l *IgnoredLine) unknown(names *aggregate.Names) string {
	has := func(names []string, name string) bool {
		return slices.ContainsFunc(names, func(s string) bool { return strings.EqualFold(s, name) })
	}
	kind, name := "", ""
	switch {
	case l.Matched:
	case l.Error == "" && catalogue.LookupCode(l.Code) == nil:
		return fmt.Sprintf("the code %d is in neither the catalogue nor the logs", l.Code)
	case l.Error != "" && !lookup.KnownError(l.Error) && !has(names.Errors, l.Error):
		kind, name = "error", l.Error
	case l.Method != "" && !lookup.KnownMethod(l.Method) && !has(names.Methods, l.Method):
		kind, name = "method", l.Method
	}
	if kind == "" {
		return ""
	}
	out := fmt.Sprintf("the %s %s is in neither the catalogue nor the logs", kind, name)
	if near := lookup.Near(name); len(near) > 0 {
		out += ": did you mean " + strings.Join(near, " or ") + "?"
	}
	return out
}
