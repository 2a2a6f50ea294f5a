package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse/timestamp"
)

// A derivation tells rows of what is counted session by session: which of it is
// selected, and in which window it stands. It says what fold says, one session at a time.
type derivation struct {
	names   *aggregate.Names
	window  aggregate.Window
	zone    *time.Location
	methods []bool // by number: the filter takes it
	errors  []bool // likewise
	bounded bool   // the filter has bounds of time
	of      string // the error that is asked for, if it is one

	cell   aggregate.Cell // the last one whose window was asked for
	start  int64          // of its window
	starts map[aggregate.Cell]int64
	hasher *hasher
	batch  batch
}

// noStart is in place of the start of a window where time is not divided, and for what
// bears no time. It comes before all others.
const noStart = timestamp.NoTime

func newDerivation(names *aggregate.Names, o *TableOptions, h *hasher) *derivation {
	d := &derivation{
		names: names, window: o.Window, zone: o.Zone, bounded: o.Filter.bounded(), of: o.Filter.Error,
		cell: aggregate.NoCell, start: noStart, starts: map[aggregate.Cell]int64{}, hasher: h,
	}
	for _, method := range names.Methods {
		d.methods = append(d.methods, o.Filter.takesMethod(method))
	}
	byError := Filter{Error: o.Filter.Error}
	for _, err := range names.Errors {
		d.errors = append(d.errors, byError.takes("", err))
	}
	return d
}

// takes reports whether what belongs to a method and began in a cell is selected.
func (d *derivation) takes(method aggregate.Name, c aggregate.Cell) bool {
	return d.methods[method] && (c != aggregate.NoCell || !d.bounded)
}

// startOf returns the start of the window that holds a cell, in Unix seconds.
func (d *derivation) startOf(c aggregate.Cell) int64 {
	if d.window.All() || c == aggregate.NoCell {
		return noStart
	}
	// Frequent case first: rows of a session stand side by side.
	if c == d.cell {
		return d.start
	}
	start, ok := d.starts[c]
	if !ok {
		start = d.window.Start(c.Start().In(d.zone)).Unix()
		d.starts[c] = start
	}
	d.cell, d.start = c, start
	return start
}

// A rowHead holds the columns that all tables have: when, and who.
type rowHead struct {
	*derivation
	windowStart *partial.TimeColumn
	id          *partial.TextColumn
	from, key   *partial.NameColumn
}

// newRowHead returns the columns; in some tables every row is of a session that is known.
func newRowHead(d *derivation, known bool) rowHead {
	var froms []string
	for _, from := range aggregate.SessionFroms {
		froms = append(froms, from.String())
	}
	return rowHead{
		derivation:  d,
		windowStart: partial.NewSeconds("window_start"),
		id:          partial.NewTexts("session", !known),
		from:        partial.NewWords("session_from", froms),
		key:         partial.NewNames("api_key", true, validTexts(d.names.Labels)),
	}
}

func (h *rowHead) add(start int64, s *aggregate.Session) {
	h.windowStart.Add(start)
	h.id.Add(h.hasher.hash(s.ID))
	h.from.Add(uint16(s.From))
	h.key.Add(uint16(s.APIKey))
}

// clientColumns hold what is known of the client.
type clientColumns struct{ sdk, browser, os *partial.NameColumn }

func newClientColumns(names *aggregate.Names) clientColumns {
	texts := validTexts(names.Labels)
	return clientColumns{
		sdk:     partial.NewNames("sdk", true, texts),
		browser: partial.NewNames("browser", true, texts),
		os:      partial.NewNames("os", true, texts),
	}
}

func (c *clientColumns) add(sdk, browser, os aggregate.Name) {
	c.sdk.Add(uint16(sdk))
	c.browser.Add(uint16(browser))
	c.os.Add(uint16(os))
}

// An errorTable has a row for all lines of a session that speak of one error of one
// method in one window, were posted by clients alike, and state the same. Failures stand
// in one of those that differ in what they state.
type errorTable struct {
	rowHead
	client clientColumns

	method, err, documented, evidence *partial.NameColumn
	code, stated                      *partial.CodeColumn
	failures, lines                   *partial.CountColumn
	first, last                       *partial.TimeColumn

	judgements []judgement // by error and method of the catalogue
	block      []aggregate.Row
}

// A judgement is what the catalogue says of an error of a method.
type judgement struct {
	made       bool
	documented uint16 // into documentations
	code       int32
}

// documentations are what catalogue.Documented may say.
var documentations = []string{"no", "elsewhere", "yes"}

func newErrorTable(d *derivation) *errorTable {
	return &errorTable{
		rowHead: newRowHead(d, false), client: newClientColumns(d.names),
		method:     partial.NewNames("method", false, validTexts(d.names.Methods)),
		err:        partial.NewNames("error", true, validTexts(d.names.Errors)),
		documented: partial.NewWords("documented", documentations),
		evidence:   partial.NewEvidence("evidence"),
		code:       partial.NewCodes("code"),
		stated:     partial.NewCodes("stated_code"),
		failures:   partial.NewCounts("failures", false),
		lines:      partial.NewCounts("lines", false),
		first:      partial.NewNanos("first_seen"),
		last:       partial.NewNanos("last_seen"),
		judgements: make([]judgement, len(catalogue.Errors())*len(catalogue.Methods())),
	}
}

func (t *errorTable) columns() []partial.Column {
	return []partial.Column{
		t.windowStart, t.method, t.err, t.code, t.documented, t.id, t.from, t.key,
		t.client.sdk, t.client.browser, t.client.os, t.evidence, t.stated, t.failures, t.lines, t.first, t.last,
	}
}

func (t *errorTable) session(s *aggregate.Session) {
	for rows := s.Rows; len(rows) > 0; {
		first := &rows[0]
		if !t.takes(first.Method, first.Cell) || !t.errors[first.Error] {
			rows = rows[1:]
			continue
		}
		start, n := t.startOf(first.Cell), 1
		for n < len(rows) && t.alike(first, &rows[n], start) {
			n++
		}
		t.add(s, start, rows[:n])
		rows = rows[n:]
	}
}

// alike reports whether a row is of the same error of the same method in the same window
// as one before it, which is selected. They come in order of time.
func (t *errorTable) alike(before, r *aggregate.Row, start int64) bool {
	return r.Method == before.Method && r.Error == before.Error && r.Code == before.Code &&
		t.takes(r.Method, r.Cell) && t.startOf(r.Cell) == start
}

// add adds rows of one error of one method in one window.
func (t *errorTable) add(s *aggregate.Session, start int64, rows []aggregate.Row) {
	if rows[0].Cell != rows[len(rows)-1].Cell {
		// What differs in its quarter of an hour only is one row.
		t.block = append(t.block[:0], rows...)
		rows = mergeRows(t.block)
	}
	for i := range rows {
		r := &rows[i]
		t.rowHead.add(start, s)
		t.method.Add(uint16(r.Method))
		t.err.Add(uint16(r.Error))
		t.client.add(r.SDK, r.Browser, r.OS)
		j := t.judge(r)
		t.documented.Add(j.documented)
		t.code.Add(max(r.Code, j.code)) // one of them is 0
		t.evidence.Add(uint16(r.Evidence))
		t.stated.Add(r.Stated)
		t.failures.Add(r.Failures)
		t.lines.Add(r.Lines)
		t.first.Add(r.First)
		t.last.Add(r.Last)
		t.batch.next()
	}
}

// mergeRows makes rows one that differ in their cell only, in place.
func mergeRows(rows []aggregate.Row) []aggregate.Row {
	compare := func(a, b aggregate.Row) int {
		switch {
		case a.Evidence != b.Evidence:
			return cmp.Compare(a.Evidence, b.Evidence)
		case a.Stated != b.Stated:
			return cmp.Compare(a.Stated, b.Stated)
		}
		return cmp.Or(cmp.Compare(a.SDK, b.SDK), cmp.Compare(a.Browser, b.Browser), cmp.Compare(a.OS, b.OS))
	}
	slices.SortStableFunc(rows, compare)
	n := 0
	for _, r := range rows {
		if n == 0 || compare(rows[n-1], r) != 0 {
			rows[n] = r
			n++
			continue
		}
		sum := &rows[n-1]
		sum.Failures += r.Failures
		sum.Lines += r.Lines
		if sum.First == timestamp.NoTime || r.First != timestamp.NoTime && r.First < sum.First {
			sum.First = r.First
		}
		sum.Last = max(sum.Last, r.Last) // NoTime is less than any time
	}
	return rows[:n]
}

// judge asks the catalogue about a row. A name that it lacks counts as none.
func (t *errorTable) judge(r *aggregate.Row) *judgement {
	id, method := catalogue.ID(r.Error), catalogue.MethodID(r.Method)
	if int(r.Error) >= len(catalogue.Errors()) {
		id = 0
	}
	if int(r.Method) >= len(catalogue.Methods()) {
		method = 0
	}
	j := &t.judgements[int(id)*len(catalogue.Methods())+int(method)]
	if !j.made {
		j.made = true
		j.documented = uint16(slices.Index(documentations, catalogue.Documented(id, method)))
		if id != 0 {
			j.code = catalogue.FirstCode(id, method)
		}
	}
	return j
}

// A methodTable has a row for each session that called a method in a window, or failed
// in it, and for each kind of client that did.
type methodTable struct {
	rowHead
	client clientColumns
	method *partial.NameColumn

	attempts, inferred, successes, cancels, failed, failures *partial.CountColumn

	block []methodCounts
}

// methodCounts are the counts of a row.
type methodCounts struct {
	of rowOf
	Attempts
	failures int64
}

// A rowOf tells a row of a session from others.
type rowOf struct {
	method           aggregate.Name
	sdk, browser, os aggregate.Name
	start            int64 // of the window
}

func (a rowOf) compare(b rowOf) int {
	switch {
	case a.method != b.method:
		return cmp.Compare(a.method, b.method)
	case a.start != b.start:
		return cmp.Compare(a.start, b.start)
	}
	return cmp.Or(cmp.Compare(a.sdk, b.sdk), cmp.Compare(a.browser, b.browser), cmp.Compare(a.os, b.os))
}

func newMethodTable(d *derivation) *methodTable {
	return &methodTable{
		rowHead: newRowHead(d, false), client: newClientColumns(d.names),
		method:    partial.NewNames("method", false, validTexts(d.names.Methods)),
		attempts:  partial.NewCounts("attempts", false),
		inferred:  partial.NewCounts("attempts_inferred", false),
		successes: partial.NewCounts("successes", false),
		cancels:   partial.NewCounts("cancels", false),
		failed:    partial.NewCounts("failed_attempts", true),
		failures:  partial.NewCounts("failures", false),
	}
}

func (t *methodTable) columns() []partial.Column {
	return []partial.Column{
		t.windowStart, t.method, t.id, t.from, t.key, t.client.sdk, t.client.browser, t.client.os,
		t.attempts, t.inferred, t.successes, t.cancels, t.failed, t.failures,
	}
}

// show leaves out the methods that have no more to do with the error that is asked for
// than any other method.
func (t *methodTable) show(c *aggregate.Counts, filter aggregate.Filter) error {
	shown := make([]bool, len(t.methods))
	for s, err := range c.Sessions(filter) {
		if err != nil {
			return err
		}
		for i := range s.Rows {
			if r := &s.Rows[i]; t.takes(r.Method, r.Cell) && t.errors[r.Error] {
				shown[r.Method] = true
			}
		}
	}
	t.methods = shown
	return nil
}

func (t *methodTable) session(s *aggregate.Session) {
	t.block = t.block[:0]
	for i := range s.Attempts {
		a := &s.Attempts[i]
		if method := aggregate.Name(a.Method); t.takes(method, a.Cell) {
			t.row(rowOf{method, a.SDK, a.Browser, a.OS, t.startOf(a.Cell)}).Attempts.add(a)
		}
	}
	for i := range s.Rows {
		r := &s.Rows[i]
		if r.Failures == 0 || !t.takes(r.Method, r.Cell) {
			continue
		}
		// A session that failed by another error could have failed by this one; but of
		// what bears no session, who knows?
		if is := t.errors[r.Error]; is || s.Known() {
			row := t.row(rowOf{r.Method, r.SDK, r.Browser, r.OS, t.startOf(r.Cell)})
			if is {
				row.failures += r.Failures
			}
		}
	}
	t.block = mergeCounts(t.block)
	for i := range t.block {
		t.add(s, &t.block[i])
	}
}

// row returns counts of a row, the last ones if those are of the same.
func (t *methodTable) row(of rowOf) *methodCounts {
	// Frequent case first: a session has one client, and few windows.
	if n := len(t.block); n == 0 || t.block[n-1].of != of {
		t.block = append(t.block, methodCounts{of: of})
	}
	return &t.block[len(t.block)-1]
}

// mergeCounts makes counts one that are of the same row, in place.
func mergeCounts(all []methodCounts) []methodCounts {
	if len(all) < 2 {
		return all
	}
	slices.SortFunc(all, func(a, b methodCounts) int { return a.of.compare(b.of) })
	n := 0
	for _, m := range all[1:] {
		if sum := &all[n]; sum.of == m.of {
			sum.Attempts.Attempts += m.Attempts.Attempts
			sum.Inferred += m.Inferred
			sum.Successes += m.Successes
			sum.Cancels += m.Cancels
			sum.Failed += m.Failed
			sum.failures += m.failures
			continue
		}
		n++
		all[n] = m
	}
	return all[:n+1]
}

func (t *methodTable) add(s *aggregate.Session, m *methodCounts) {
	t.rowHead.add(m.of.start, s)
	t.method.Add(uint16(m.of.method))
	t.client.add(m.of.sdk, m.of.browser, m.of.os)
	t.attempts.Add(m.Attempts.Attempts)
	t.inferred.Add(m.Inferred)
	t.successes.Add(m.Successes)
	t.cancels.Add(m.Cancels)
	if t.of != "" {
		m.Failed = -1 // none: no attempt tells its error
	}
	t.failed.Add(m.Failed)
	t.failures.Add(m.failures)
	t.batch.next()
}

// A sightingTable has a row for each session that was seen in a window.
type sightingTable struct{ rowHead }

func newSightingTable(d *derivation) *sightingTable { return &sightingTable{newRowHead(d, true)} }

func (t *sightingTable) columns() []partial.Column {
	return []partial.Column{t.windowStart, t.id, t.from, t.key}
}

func (t *sightingTable) session(s *aggregate.Session) {
	var last int64
	for i, c := range s.Cells {
		// Cells come in order, and so do windows.
		if start := t.startOf(c); i == 0 || start != last {
			t.rowHead.add(start, s)
			t.batch.next()
			last = start
		}
	}
}
