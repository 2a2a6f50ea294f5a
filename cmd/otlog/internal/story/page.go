package story

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/otlog/otlog/report/words"
)

// A page is a story for people, before it is text or Markdown. Its strings are not escaped.
type page struct {
	title  string
	facts  []fact
	since  string // the start, for the head of the timeline
	rows   []row
	note   string // below them
	advice []advice
	end    []string
	people bool // several clients took part
}

// A fact is a head with lines.
type fact struct {
	head  string
	lines []string
	alarm bool
}

// A row is an entry of the timeline.
type row struct {
	offset, client, head string
	lines                []string
	tone                 tone
}

// A tone is how important a row is.
type tone uint8

const (
	plain tone = iota
	faint      // folded lines and gaps
	good
	bad
	strong
)

// The number of entries that a page shows, at its start and at its end, and of folded lines that are worth
// an entry.
const (
	shownFirst  = 70
	leastFolded = 3 // lines
	shownLast   = 30
)

// title is the beginning of every output. By it, otlog knows its own output when it looks for logs.
const title = "otlog session: "

// alarms are what must be known of all that is written.
func (r *Result) alarms() (out []fact) {
	if damage := r.damage(); damage != "" {
		out = append(out, fact{"DAMAGED", []string{damage}, true})
	}
	if r.unredacted {
		out = append(out, fact{"NOT REDACTED", []string{"texts, names and IDs may contain secrets and personal data (--no-redact)"}, true})
	}
	return out
}

// damage names the sources that could not be read in full, "" if there are none. Records of a session may be
// in what is missing.
func (r *Result) damage() string {
	const shown = 3
	var names []string
	for _, s := range r.Sources {
		if s.Failed != nil || s.Damaged() {
			names = append(names, s.Name)
		}
	}
	n := len(names)
	if n == 0 {
		return ""
	}
	if n > shown {
		names = append(names[:shown], words.Number(n-shown)+" more")
	}
	return fmt.Sprintf("%s of %s could not be read in full, so records may be missing here: %s", words.Number(n), words.Count(len(r.Sources), "source"), words.List(names))
}

// compose makes the page of a story.
func (r *Result) compose(s *Story) *page {
	p := &page{title: title + s.Session, people: len(s.Clients) > 1}
	short := shortNames(s.Sources)
	add := func(head string, lines ...string) { p.facts = append(p.facts, fact{head: head, lines: lines}) }
	add("Result", s.Summary)
	p.facts[len(p.facts)-1].alarm = slices.ContainsFunc(s.Failures, func(f Failure) bool { return !f.Recovered })
	p.facts = append(p.facts, r.alarms()...)
	if outcomes := s.outcomes(); len(outcomes) > 0 {
		add("Attempts", outcomes...)
	} else {
		add("Attempts", "unknown: no record is telemetry of a call")
	}
	if s.SessionFrom != "session" {
		add("Session", "unknown: this is "+map[string]string{"connection": "the ID of a connection", "client": "the ID of a client", "guid": "the guid of a browser on a day"}[s.SessionFrom])
	}
	for _, asked := range s.Asked {
		add("Asked for", asked)
	}
	if s.APIKey != nil {
		key := *s.APIKey
		if s.Created != nil {
			key += ", session created " + minute(*s.Created) + " UTC"
		}
		add("API key", key)
	}
	if s.First != nil {
		p.since = instant(*s.First, s.ClockOnly)
		text := p.since
		if s.Last != nil && s.DurationMS != nil {
			text += ", " + duration(*s.DurationMS) + " to the last record"
		}
		add("Began", text)
	} else {
		add("Began", "unknown: no record has a time")
	}
	add("Records", s.recordWords())
	for i := range s.Clients {
		c := &s.Clients[i]
		add(strings.ToUpper(c.Label[:1])+c.Label[1:], c.words()...)
	}
	p.roll(s, short)
	p.advise(s, short)
	p.end = s.endWords(short)
	return p
}

// roll makes the rows of the timeline. Entries with few folded lines are left out, and counted. Equal
// failures in a row are one row.
func (p *page) roll(s *Story, short map[string]string) {
	few := map[string]int{}
	var first *Failure // of equal ones in a row
	for i := range s.Timeline {
		e := &s.Timeline[i]
		if e.Kind == KindFolded && e.Lines < leastFolded {
			for _, f := range e.Folded {
				few[f.Name] += f.Lines
			}
			continue
		}
		if e.Kind != KindFailure {
			first = nil
		} else if f := &s.Failures[*e.Failure-1]; first == nil || !first.alike(f) {
			first = f
		} else {
			p.again(first, f)
			continue
		}
		p.rows = append(p.rows, s.row(e, short))
	}
	if left := len(p.rows) - shownFirst - shownLast; left > 0 {
		entries := " more entries"
		if left == 1 {
			entries = " more entry"
		}
		between := row{lines: []string{words.Number(left) + entries + " here: --format json has all"}, tone: faint}
		p.rows = slices.Concat(p.rows[:shownFirst], []row{between}, p.rows[len(p.rows)-shownLast:])
	}
	if len(few) > 0 {
		p.note = "Not shown, fewer than " + words.Number(leastFolded) + " in a row: " + counted(few)
	}
}

// alike reports whether two failures differ only in their time and lines.
func (f *Failure) alike(other *Failure) bool {
	return f.full() == other.full() && f.Method == other.Method && f.Recovered == other.Recovered && equal(f.Client, other.Client) && equal(f.Reason, other.Reason)
}

// again adds a failure to the last row, which is of an equal one.
func (p *page) again(first, f *Failure) {
	r := &p.rows[len(p.rows)-1]
	r.head = fmt.Sprintf("%s to %d", headOf(first), f.Number)
	text := fmt.Sprintf("%s in a row", words.Count(f.Number-first.Number+1, "failure"))
	if f.OffsetMS != nil {
		text += ", the last at " + offset(*f.OffsetMS)
	}
	if f.Number > first.Number+1 {
		r.lines = r.lines[:len(r.lines)-1]
	}
	r.lines = append(r.lines, text)
}

func (s *Story) recordWords() string {
	out := fmt.Sprintf("%s, %s telemetry, in %s", words.Number(s.Records.Total), words.Number(s.Records.Telemetry), words.List(s.Sources))
	if n := s.Records.Repeated; n > 0 {
		out += fmt.Sprintf("; %s found again and not repeated here", words.Number(n))
	}
	if n := s.Records.LeftOut; n > 0 {
		out += fmt.Sprintf("; %s more left out to bound memory", words.Number(n))
	}
	return out
}

// words says what is known of a client.
func (c *Client) words() []string {
	var of []string
	if c.SDK != nil {
		of = append(of, "SDK "+*c.SDK)
	}
	for _, l := range []*string{c.Browser, c.OS} {
		if l != nil {
			of = append(of, *l)
		}
	}
	if len(of) == 0 {
		of = []string{"SDK and browser unknown"}
	}
	if c.Asked {
		of = append(of, "asked for")
	}
	out := []string{strings.Join(of, ", ")}
	if c.Instance != nil {
		out = append(out, "client "+*c.Instance)
	}
	const most = 5
	for i, id := range c.Connections {
		if i == most {
			return append(out, words.Count(len(c.Connections)-most, "more connection"))
		}
		out = append(out, "connection "+id)
	}
	return out
}

// row returns an entry for people.
func (s *Story) row(e *Entry, short map[string]string) row {
	r := row{}
	if e.OffsetMS != nil {
		r.offset = offset(*e.OffsetMS)
	}
	if e.Client != nil {
		r.client = *e.Client
	}
	switch e.Kind {
	case KindAttempt:
		a := &s.Attempts[*e.Attempt-1]
		r.head, r.lines = bare(a.Method), []string{s.attemptWords(a)}
		r.tone = map[string]tone{"succeeded": good, "failed": bad, "never_ended": bad}[a.Outcome]
	case KindFailure:
		f := &s.Failures[*e.Failure-1]
		r.head, r.tone = headOf(f), bad
		title := f.full() + in(f.Method)
		if reason := f.reason(); reason != "" {
			title += ", " + reason
		}
		if f.Recovered {
			r.tone = plain
			title += ": its attempt succeeded in the end"
		}
		r.lines = []string{title}
		if e.Text != "" {
			r.lines = append(r.lines, "“"+e.Text+"”")
		}
		r.lines = append(r.lines, fmt.Sprintf("%s: %s", words.Count(f.LineCount, "line"), placesOf(f, short)))
	case KindCause:
		r.head, r.lines = map[string]string{"browser": "browser", "sdk": "SDK"}[e.Origin], []string{e.Name, "“" + e.Text + "”", e.placeWords(short)}
	case KindLine:
		r.head, r.lines = "log", []string{e.Text + " (" + e.placeWords(short) + ")"}
	case KindFolded:
		r.lines, r.tone = []string{foldedWords(e)}, faint
	case KindGap:
		r.offset = ""
		r.lines, r.tone = []string{duration(*e.DurationMS) + " without a record"}, faint
	}
	return r
}

// headOf returns what a failure is called.
func headOf(f *Failure) string {
	if f.Recovered {
		return fmt.Sprintf("recovered %d", f.Number)
	}
	return fmt.Sprintf("FAILURE %d", f.Number)
}

// counted lists numbers of lines, the largest first: 8 telemetry, 4 debug output of the SDK.
func counted(lines map[string]int) string {
	names := slices.Sorted(maps.Keys(lines))
	slices.SortStableFunc(names, func(a, b string) int { return lines[b] - lines[a] })
	for i, name := range names {
		n := lines[name]
		if n == 1 {
			name = singular(name)
		}
		names[i] = words.Number(n) + " " + name
	}
	return strings.Join(names, ", ")
}

func foldedWords(e *Entry) string {
	lines := map[string]int{}
	for _, f := range e.Folded {
		lines[f.Name] = f.Lines
	}
	if len(e.Folded) == 1 {
		return e.Folded[0].Name + ": " + words.Count(e.Lines, "line")
	}
	return words.Count(e.Lines, "line") + ": " + counted(lines)
}

// attemptWords says how an attempt ended.
func (s *Story) attemptWords(a *Attempt) string {
	out := map[string]string{
		"succeeded": "succeeded", "failed": "failed", "cancelled": "cancelled by the application",
		"open": "had not ended when the input ends", "never_ended": "never ended",
	}[a.Outcome]
	if a.DurationMS != nil {
		out += " after " + duration(*a.DurationMS)
	}
	if a.Retries > 0 {
		out += ", " + retries(a.Retries)
	}
	if a.Inferred {
		out += " (its start is not in the log)"
	}
	switch {
	case a.Failure == nil:
	case s.Failures[*a.Failure-1].Recovered:
		out += fmt.Sprintf(" (recovered %d)", *a.Failure)
	default:
		out += fmt.Sprintf(": failure %d", *a.Failure)
	}
	return out
}

// placesOf lists the lines of a failure by source: app.log:12, 13; telemetry.jsonl:4.
func placesOf(f *Failure, short map[string]string) string {
	const most = 8
	lines := map[string][]string{}
	var order []string
	for _, l := range f.Lines[:min(len(f.Lines), most)] {
		if lines[l.Source] == nil {
			order = append(order, l.Source)
		}
		lines[l.Source] = append(lines[l.Source], fmt.Sprint(l.Line))
	}
	for i, source := range order {
		order[i] = short[source] + ":" + strings.Join(lines[source], ", ")
	}
	out := strings.Join(order, "; ")
	if more := f.LineCount - most; more > 0 {
		out += " and " + words.Number(more) + " more"
	}
	return out
}

func (e *Entry) placeWords(short map[string]string) string {
	out := fmt.Sprintf("%s:%d", short[e.Place.Source], e.Place.Line)
	if e.Lines > 1 {
		out += fmt.Sprintf(" and %s more", words.Number(e.Lines-1))
	}
	return out
}

// endWords says how the session ended.
func (s *Story) endWords(short map[string]string) []string {
	var out []string
	if e := &s.End; e.Place != nil {
		last := "Last record"
		if s.DurationMS != nil {
			last += " at " + offset(*s.DurationMS)
		}
		if e.Client != nil && len(s.Clients) > 1 {
			last += ", " + *e.Client
		}
		out = append(out, fmt.Sprintf("%s: %s (%s:%d)", last, e.Text, short[e.Place.Source], e.Place.Line))
	}
	open := func(numbers []int, how string) {
		const most = 5
		for i, n := range numbers {
			if i == most {
				out = append(out, words.Count(len(numbers)-most, "more attempt")+" "+how)
				return
			}
			a := &s.Attempts[n-1]
			by, from := "", ""
			if a.Client != nil && len(s.Clients) > 1 {
				by = " of " + *a.Client
			}
			if a.OffsetMS != nil {
				from = ", begun at " + offset(*a.OffsetMS) + ","
			}
			out = append(out, bare(a.Method)+by+from+" "+how)
		}
	}
	open(s.End.NeverEnded, "never ended: no event says that it succeeded, failed or was cancelled")
	open(s.End.Open, "had not ended when the input ends")
	if len(s.Attempts) > 0 && len(s.End.NeverEnded)+len(s.End.Open) == 0 {
		out = append(out, "Every attempt ended.")
	}
	return out
}

// bare returns a method without its class: publish.
func bare(method string) string {
	if _, after, ok := strings.Cut(method, "."); ok {
		return after
	}
	return method
}
