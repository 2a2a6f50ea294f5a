package explain

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/otlog/otlog/report/lookup"
	"github.com/otlog/otlog/report/words"
)

// MostExplained is how many different explanations of a pasted log are written.
const MostExplained = 50

// Pasted explains the records of a pasted log. The zero Pasted is empty.
type Pasted struct {
	folded   []*folded
	found    map[Explanation]int // index into folded
	failures []*ofFailure        // the first MostExplained
	numbers  map[string]int      // of all failures, by ID, from 0
	records  int
	last     int64 // line
	rest     int   // records whose explanation is not among the first MostExplained
}

// folded are the records with one explanation.
type folded struct {
	Explanation
	first    Record
	lines    lines
	records  int
	sessions map[string]bool
	until    time.Time // of the last record
}

// ofFailure are the records of one failure.
type ofFailure struct {
	Failure
	lines lines
}

// Add adds a record. It keeps a pointer to it.
func (p *Pasted) Add(r *Record) {
	p.records++
	p.last = max(p.last, r.Last)
	p.addFailure(r)
	x := r.explain()
	i, ok := p.found[x]
	if !ok {
		if len(p.folded) == MostExplained {
			p.rest++
			return
		}
		if p.found == nil {
			p.found = map[Explanation]int{}
		}
		i = len(p.folded)
		p.found[x] = i
		p.folded = append(p.folded, &folded{Explanation: x, first: *r, sessions: map[string]bool{}})
	}
	f := p.folded[i]
	f.records++
	f.lines.add(r.First, r.Last)
	f.until = r.Time
	if len(f.sessions) < MostExplained && r.Session != "" {
		f.sessions[r.Session] = true
	}
}

// addFailure notes that a record belongs to a failure.
func (p *Pasted) addFailure(r *Record) {
	if r.Failure == nil {
		return
	}
	number, ok := p.numbers[r.Failure.ID]
	if !ok {
		if p.numbers == nil {
			p.numbers = map[string]int{}
		}
		number = len(p.numbers)
		p.numbers[r.Failure.ID] = number
		if number < MostExplained {
			p.failures = append(p.failures, &ofFailure{Failure: *r.Failure})
		}
	}
	if number < MostExplained {
		p.failures[number].lines.add(r.First, r.Last)
	}
}

// Records returns how many records were added.
func (p *Pasted) Records() int { return p.records }

// Write writes the explanations as text, for a terminal of some width in columns (0: unknown).
func (p *Pasted) Write(w io.Writer, width int) error {
	out := newText(width)
	if p.records > 1 {
		p.writeFailures(out)
	}
	advised := map[advice]string{} // where it was written first
	for _, f := range p.folded {
		if out.Len() > 0 {
			out.WriteByte('\n')
		}
		head := ""
		if p.records > 1 {
			head = f.lines.String() + ": "
		}
		f.write(out, head)
		a := advice{f.Meaning, f.Remedy, f.Owner, f.Link}
		if before, ok := advised[a]; ok && a != (advice{}) {
			out.paragraph("Advice", "as for "+before)
			continue
		}
		advised[a] = strings.ToLower(f.lines.String())
		a.write(out)
	}
	if p.rest > 0 {
		out.title(fmt.Sprintf("%s more, with explanations beyond the first %d. otlog reports whole logs: otlog FILE", words.Count(p.rest, "record"), MostExplained))
	}
	return out.print(w)
}

// writeFailures says which lines are one failure.
func (p *Pasted) writeFailures(b *text) {
	if len(p.numbers) == 0 {
		fmt.Fprintf(b, "No failure in %s\n", words.Count(p.last, "line"))
		return
	}
	fmt.Fprintf(b, "%s in %s\n", words.Count(len(p.numbers), "failure"), words.Count(p.last, "line"))
	for _, f := range p.failures {
		name := f.Error
		if name == "" && f.Code != 0 {
			name = fmt.Sprintf("code %d", f.Code)
		}
		if name == "" {
			name = "an error without a name"
		}
		text := f.lines.String()
		if f.lines.several() {
			text += " are one failure"
		} else {
			text += " is a failure"
		}
		if text += ": " + words.Printable(name); f.Method != lookup.UnknownMethod {
			text += " in " + words.Printable(f.Method)
		}
		if f.Recovered {
			text += ", recovered"
		}
		b.line("  ", text, widest)
	}
	if more := len(p.numbers) - MostExplained; more > 0 {
		fmt.Fprintf(b, "  and %s\n", words.Count(more, "more failure"))
	}
}

// maxLine is how many characters of a line are repeated.
const maxLine = 300

// write writes the explanation. head is before its first line.
func (f *folded) write(b *text, head string) {
	r := &f.first
	part := b.optional
	b.line("", head+words.Printable(f.Summary), widest)
	part("Line", shorten(r.Text))
	part("What", f.What)
	part("Error", joined(f.Error, f.ErrorFrom, documentation(f.Documented, f.Method != "")))
	part("Reason", lookup.ReasonWords(f.Reason))
	if f.Code != 0 {
		part("Code", joined(fmt.Sprint(f.Code), f.CodeTitle))
	}
	if f.Method != "" || f.MethodFrom != "" {
		method := f.Method
		if method == "" {
			method = "unknown"
		}
		part("Method", joined(method, f.MethodFrom))
	}
	part("Counted", f.Counted)
	part("Time", f.time())
	part("Session", f.session())
	part("Connection", r.Connection)
	part("SDK", r.SDK)
}

// advice is what to do about a record.
type advice struct{ meaning, remedy, owner, link string }

func (a *advice) write(b *text) {
	b.optional("Meaning", a.meaning)
	b.optional("Remedy", a.remedy)
	b.optional("Owner", a.owner)
	b.optional("See", a.link)
}

// joined joins the parts that are not empty.
func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "; ")
}

// documentation says whether the vendor's reference lists an error.
func documentation(documented string, hasMethod bool) string {
	switch {
	case documented == "yes":
		return "documented for this method"
	case documented == "elsewhere" && hasMethod:
		return "documented for other methods"
	case documented == "elsewhere":
		return "documented"
	case documented == "no":
		return "not in the vendor's error reference"
	}
	return ""
}

// shorten returns the beginning of a text on one line.
func shorten(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > maxLine {
		return string(runes[:maxLine]) + "…"
	}
	return text
}

// time returns the time of the records.
func (f *folded) time() string {
	switch r := &f.first; {
	case r.Time.IsZero():
		if r.Clock != "" {
			return r.Clock + ", without a date"
		}
		return ""
	case f.records > 1 && f.until.After(r.Time):
		return instant(r.Time) + " to " + instant(f.until)
	default:
		return instant(r.Time)
	}
}

func instant(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.999 UTC") }

// session returns the session of the records, and what its ID contains.
func (f *folded) session() string {
	r := &f.first
	if len(f.sessions) > 1 {
		return words.Count(len(f.sessions), "session") + ", the first is " + r.Session
	}
	if r.Session == "" {
		return ""
	}
	key, created := "", ""
	if r.APIKey != "" {
		key = "API key " + r.APIKey
	}
	if !r.Created.IsZero() {
		created = "created " + instant(r.Created)
	}
	return joined(r.Session, key, created)
}

// lines are the numbers of lines, as ranges.
type lines struct {
	ranges [][2]int64
	more   int64 // lines beyond
}

// mostRanges bounds how many ranges of lines are kept.
const mostRanges = 8

func (l *lines) add(first, last int64) {
	if n := len(l.ranges); n > 0 && l.ranges[n-1][1]+1 >= first {
		l.ranges[n-1][1] = max(l.ranges[n-1][1], last)
		return
	}
	if len(l.ranges) == mostRanges {
		l.more += last - first + 1
		return
	}
	l.ranges = append(l.ranges, [2]int64{first, last})
}

func (l *lines) several() bool {
	return len(l.ranges) > 1 || len(l.ranges) == 1 && l.ranges[0][0] != l.ranges[0][1]
}

// String returns "Line 3", or "Lines 1, 2 and 5-7".
func (l *lines) String() string {
	var parts []string
	for _, r := range l.ranges {
		text := words.Number(r[0])
		if r[1] > r[0] {
			text += "-" + words.Number(r[1])
		}
		parts = append(parts, text)
	}
	if l.more > 0 {
		parts = append(parts, words.Number(l.more)+" more")
	}
	head := "Line "
	if l.several() {
		head = "Lines "
	}
	if n := len(parts); n > 1 {
		parts = append(parts[:n-2], parts[n-2]+" and "+parts[n-1])
	}
	return head + strings.Join(parts, ", ")
}
