package batch

import (
	"cmp"
	"slices"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/columns"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse/timestamp"
)

// head holds the columns that the tables of windows share.
type head struct {
	start     *numberColumn[int64]
	id        *idColumn
	from, key *nameColumn
}

// newHead returns the columns. known says that every row is of a session.
func newHead(d *dictionaries, known bool) head {
	return head{
		start: newInstants("window_start", columns.Seconds),
		id:    &idColumn{heading: heading{"session", !known}},
		from:  newNames("session_from", false, d.froms),
		key:   newNames("api_key", true, d.labels),
	}
}

// len returns the number of rows.
func (h *head) len() int { return h.from.len() }

func (h *head) add(start int64, s *aggregate.Session) {
	h.start.add(start)
	h.id.add(s.ID)
	h.from.add(aggregate.Name(s.From))
	h.key.add(s.APIKey)
}

func froms() []string {
	var out []string
	for _, from := range aggregate.SessionFroms {
		out = append(out, from.String())
	}
	return out
}

// client holds the columns of what is known about a client.
type client struct{ sdk, browser, os *nameColumn }

func newClient(d *dictionaries) client {
	return client{newNames("sdk", true, d.labels), newNames("browser", true, d.labels), newNames("os", true, d.labels)}
}

func (c *client) add(sdk, browser, os aggregate.Name) {
	c.sdk.add(sdk)
	c.browser.add(browser)
	c.os.add(os)
}

// An errorTable has one row for all lines of a session that show one error of one method in
// one window, come from one kind of client, belong to failures with one reason, and give the same
// evidence and code. A failure is counted in one of its rows.
type errorTable struct {
	*selection
	undated *Undated

	head
	client                            client
	method, err, documented, evidence *nameColumn
	reason                            *nameColumn
	code, stated                      *numberColumn[int32]
	failures, recovered, lines        *numberColumn[int64]
	first, last                       *numberColumn[int64]
	judgements                        []judgement // by error and method of the catalogue
	block                             []aggregate.Row
}

// A judgement is what the catalogue says about an error of a method.
type judgement struct {
	made       bool
	documented aggregate.Name // index into documentations
	code       int32
}

// documentations lists what catalogue.Documented returns.
var documentations = []string{"no", "elsewhere", "yes"}

func evidences() []string {
	var out []string
	for _, e := range classify.Evidences {
		out = append(out, e.String())
	}
	return out
}

// reasons lists the names of the reasons, "" first.
func reasons() []string {
	var out []string
	for i := range catalogue.Reasons() {
		out = append(out, catalogue.ReasonID(i).String())
	}
	return out
}

func newErrorTable(s *selection, d *dictionaries, undated *Undated) *errorTable {
	return &errorTable{
		selection: s, undated: undated,
		head: newHead(d, false), client: newClient(d),
		method:     newNames("method", false, d.methods),
		err:        newNames("error", true, d.errors),
		documented: newNames("documented", false, d.documented),
		evidence:   newNames("evidence", false, d.evidence),
		reason:     newNames("reason", true, d.reasons),
		code:       newCodes("code"),
		stated:     newCodes("stated_code"),
		failures:   newCounts("failures", false),
		recovered:  newCounts("recovered", false),
		lines:      newCounts("lines", false),
		first:      newInstants("first_seen", columns.Nanos),
		last:       newInstants("last_seen", columns.Nanos),
		judgements: make([]judgement, len(catalogue.Errors())*len(catalogue.Methods())),
	}
}

func (t *errorTable) columns() []column {
	return []column{
		t.start, t.method, t.err, t.code, t.documented, t.id, t.from, t.key,
		t.client.sdk, t.client.browser, t.client.os, t.evidence, t.stated, t.failures, t.recovered, t.lines, t.first, t.last, t.reason,
	}
}

func (t *errorTable) add(s *aggregate.Session) {
	for rows := s.Rows; len(rows) > 0; {
		first := &rows[0]
		if !t.takes(first) {
			t.leaveOut(first)
			rows = rows[1:]
			continue
		}
		start, n := t.startOf(first.Bucket), 1
		for n < len(rows) && t.alike(first, &rows[n], start) {
			n++
		}
		t.addRows(s, start, rows[:n])
		rows = rows[n:]
	}
}

// takes reports whether a row is selected.
func (t *errorTable) takes(r *aggregate.Row) bool {
	return t.methods[r.Method] && t.errors[r.Error] && t.dated(r.Bucket)
}

// leaveOut counts a row that is not selected, if only its missing time is the reason.
func (t *errorTable) leaveOut(r *aggregate.Row) {
	if t.methods[r.Method] && t.errors[r.Error] {
		t.undated.FailuresLeftOut += r.Failures
	}
}

// alike reports whether a row shows the same error of the same method in the same window as
// a selected row before it. Rows that differ in nothing else are sorted by time.
func (t *errorTable) alike(before, r *aggregate.Row, start int64) bool {
	return r.Method == before.Method && r.Error == before.Error && r.Code == before.Code && t.takes(r) && t.startOf(r.Bucket) == start
}

// addRows adds the rows of one error of one method in one window.
func (t *errorTable) addRows(s *aggregate.Session, start int64, rows []aggregate.Row) {
	t.countUndated(rows)
	if rows[0].Bucket != rows[len(rows)-1].Bucket {
		// Rows that differ only in their quarter of an hour are one row.
		t.block = append(t.block[:0], rows...)
		rows = mergeRows(t.block)
	}
	for i := range rows {
		r := &rows[i]
		t.head.add(start, s)
		t.client.add(r.SDK, r.Browser, r.OS)
		t.method.add(r.Method)
		t.err.add(r.Error)
		j := t.judge(r)
		t.documented.add(j.documented)
		t.code.add(max(r.Code, j.code)) // one of them is 0
		t.evidence.add(aggregate.Name(r.Evidence))
		t.stated.add(r.Stated)
		t.reason.add(aggregate.Name(r.Reason))
		t.failures.add(r.Failures)
		t.recovered.add(r.Recovered)
		t.lines.add(r.Lines)
		t.first.add(r.First)
		t.last.add(r.Last)
	}
}

// countUndated counts the failures of rows that have no time.
func (t *errorTable) countUndated(rows []aggregate.Row) {
	for i := range rows {
		if rows[i].Bucket == aggregate.NoBucket {
			t.undated.Failures += rows[i].Failures
		}
	}
}

// mergeRows merges rows that differ only in their bucket, in place.
func mergeRows(rows []aggregate.Row) []aggregate.Row {
	compare := func(a, b aggregate.Row) int {
		switch {
		case a.Evidence != b.Evidence:
			return cmp.Compare(a.Evidence, b.Evidence)
		case a.Stated != b.Stated:
			return cmp.Compare(a.Stated, b.Stated)
		case a.Reason != b.Reason:
			return cmp.Compare(a.Reason, b.Reason)
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
		sum.Recovered += r.Recovered
		sum.Lines += r.Lines
		if sum.First == timestamp.NoTime || r.First != timestamp.NoTime && r.First < sum.First {
			sum.First = r.First
		}
		sum.Last = max(sum.Last, r.Last) // NoTime is less than any time
	}
	return rows[:n]
}

// judge looks a row up in the catalogue. The catalogue knows nothing about a name that it
// lacks.
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
		j.documented = aggregate.Name(slices.Index(documentations, catalogue.Documented(id, method)))
		if id != 0 {
			j.code = catalogue.FirstCode(id, method)
		}
	}
	return j
}
