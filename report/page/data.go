package page

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/lookup"
	"github.com/otlog/otlog/report/words"
)

// A selection holds the counts of which a page in a browser adds up a part: some windows, or one
// group of clients. It has counts, never rates: page.js computes these as package stats does.
//
// Attempts and failures of windows add up. Sessions do not, because a session may be in several
// windows, so that a page shows them for a single span only.
type selection struct {
	Windows []string `json:"windows"` // their names; none if time is not divided

	// Shown is the span that the page is about: a window, or wholeInput.
	Shown int `json:"shown"`

	Of       string          `json:"of"`       // what session rates are shares of
	RateHead string          `json:"rateHead"` // of a column of session rates
	Top      int             `json:"top"`      // errors in a table; 0: all
	Calls    int             `json:"calls"`    // the first of Methods are those that every call uses
	Methods  []string        `json:"methods"`
	Errors   []selectedError `json:"errors"`
	Parts    []part          `json:"parts"` // the first is the whole input

	rows int // of all spans

	methods map[string]int
	errors  map[report.ErrorKey]int
}

type selectedError struct {
	Label  string `json:"label"`
	Method int    `json:"method"`
	Named  bool   `json:"named"`
}

// A part is the input, or a group of clients.
type part struct {
	Kind  string `json:"kind"` // "" of the input
	Name  string `json:"name"`
	Spans []span `json:"spans"`
}

// A span is a window, or the whole input: its sessions, and rows of counts that begin with an index
// into Methods or Errors. A number of sessions that is unknown is -1.
type span struct {
	Window   int       `json:"window"`
	Sessions int       `json:"sessions"`
	Methods  [][]int64 `json:"methods"` // failures, lines, recovered, sessions; attempts, failed, open, never ended, and whether they have no rate
	Errors   [][]int64 `json:"errors"`  // failures, lines, recovered, sessions
}

// wholeInput is the window of a span that is the whole input.
const wholeInput = -1

// maxSelectionRows is the largest number of rows of a selection. A row has about 20 bytes.
const maxSelectionRows = 20_000

// newSelection returns what a reader of the page may select, nil if there is no choice, or too
// much for a page. A dimension whose groups have too many rows is left out.
func newSelection(c *composer) *selection {
	r := c.r
	if c.o.Diff || r.Pair != nil || r.Whole == nil {
		return nil
	}
	s := &selection{
		Windows: []string{}, Shown: wholeInput, Errors: []selectedError{}, Of: c.sessions(), RateHead: c.rateHead(), Top: c.o.Top, Calls: len(lookup.CallMethods),
		methods: map[string]int{}, errors: map[report.ErrorKey]int{},
	}
	for _, method := range lookup.CallMethods {
		s.method(method)
	}
	var all, compared []int // windows
	if len(r.Windows) > 1 {
		for i, w := range r.Windows {
			name := windowName(r, w)
			if !w.Complete {
				name += "*"
			}
			all, s.Windows = append(all, i), append(s.Windows, name)
		}
	}
	if before, after, ok := r.LastComplete(); ok && c.ofWindow() {
		s.Shown, compared = after, []int{before, after}
	}
	s.add("", "", &r.Numbers, r.Whole, all)
	for i := range r.Breakdowns {
		b := &r.Breakdowns[i]
		if !b.Told() {
			continue
		}
		counted := compared
		if b.Dimension == r.By {
			counted = all
		}
		parts, rows := len(s.Parts), s.rows
		for j := range b.Groups {
			g := &b.Groups[j]
			windows := counted
			if len(g.Windows) != len(r.Windows) {
				windows = nil
			}
			s.add(dimensionName(b.Dimension), cmp.Or(g.Name, unknownGroup), &g.Numbers, g.Whole, windows)
		}
		if s.rows > maxSelectionRows && rows <= maxSelectionRows {
			s.Parts, s.rows = s.Parts[:parts], rows
		}
	}
	if s.rows > maxSelectionRows || len(s.Windows) == 0 && len(s.Parts) == 1 {
		return nil
	}
	return s
}

// add adds a part, whose numbers count some windows, and perhaps the whole input.
func (s *selection) add(kind, name string, n, whole *report.Numbers, windows []int) {
	if s.rows > maxSelectionRows {
		return
	}
	p := part{Kind: kind, Name: words.Printable(name)}
	if whole != nil {
		p.Spans = append(p.Spans, s.span(wholeInput, whole, 0))
	}
	spans := make([]span, len(n.Windows))
	if len(windows) > 0 {
		spans = s.spans(n)
	}
	for _, i := range windows {
		p.Spans = append(p.Spans, spans[i])
	}
	for i := range p.Spans {
		s.rows += 1 + len(p.Spans[i].Methods) + len(p.Spans[i].Errors)
	}
	if len(p.Spans) > 0 {
		s.Parts = append(s.Parts, p)
	}
}

// span returns the counts of one window of numbers, under another index.
func (s *selection) span(as int, n *report.Numbers, window int) span {
	out := s.spans(n)[window]
	out.Window = as
	return out
}

// spans returns the counts of all windows of numbers.
func (s *selection) spans(n *report.Numbers) []span {
	out := make([]span, len(n.Windows))
	for i, w := range n.Windows {
		out[i] = span{Window: i, Sessions: w.Sessions, Methods: [][]int64{}, Errors: [][]int64{}}
	}
	for i := range n.Methods {
		m := &n.Methods[i]
		a := m.Attempts
		if m.Window == report.Timeless || m.Failures == 0 && m.Recovered == 0 && a == nil {
			continue
		}
		row := []int64{int64(s.method(m.Name)), m.Failures, m.Lines, m.Recovered, known(m.SessionsFailed, m.Sessionless)}
		if a != nil && !a.AnyError {
			row = append(row, a.Attempts, a.Failed, a.Open, a.NeverEnded)
			if !a.Rated() {
				row = append(row, 1)
			}
		}
		out[m.Window].Methods = append(out[m.Window].Methods, row)
	}
	for i := range n.Errors {
		e := &n.Errors[i]
		if e.Window == report.Timeless || e.Failures == 0 || e.Acknowledged {
			continue
		}
		out[e.Window].Errors = append(out[e.Window].Errors, []int64{int64(s.error(e)), e.Failures, e.Lines, e.Recovered, known(e.Sessions, e.Sessionless)})
	}
	return out
}

// known returns a number of sessions, -1 if failures exist and none of their sessions is known.
func known(sessions int, sessionless int64) int64 {
	if sessions == 0 && sessionless > 0 {
		return -1
	}
	return int64(sessions)
}

func (s *selection) method(name string) int {
	i, ok := s.methods[name]
	if !ok {
		i = len(s.Methods)
		s.methods[name] = i
		s.Methods = append(s.Methods, words.Printable(name))
	}
	return i
}

func (s *selection) error(e *report.Error) int {
	i, ok := s.errors[e.Key()]
	if !ok {
		i = len(s.Errors)
		s.errors[e.Key()] = i
		s.Errors = append(s.Errors, selectedError{words.Printable(e.Label()), s.method(e.Method), e.Name != ""})
	}
	return i
}

// script returns the selection as an element that a browser does not run, and that the policy of
// the page does not concern. The encoding of JSON leaves no character that could end the element.
func (s *selection) script() (string, error) {
	if s == nil {
		return "", nil
	}
	data, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("counts of the page: %w", err)
	}
	return `<script type="application/json" id="counts">` + string(data) + "</script>", nil
}
