package batch

import (
	"cmp"
	"slices"

	"github.com/otlog/otlog/aggregate"
)

// A methodTable has one row for each session that called a method in a window, or failed in
// it, and for each kind of client that did.
type methodTable struct {
	*selection
	undated *Undated

	head
	client                                         client
	method                                         *nameColumn
	attempts, inferred, successes, cancels, failed *numberColumn[int64]
	open, neverEnded, failures, recovered          *numberColumn[int64]
	block                                          []methodCounts
}

// methodCounts are the counts of a row.
type methodCounts struct {
	methodKey
	attempts, inferred, successes, cancels, failed int64
	open, neverEnded, failures, recovered          int64
}

// A methodKey identifies a row of a session.
type methodKey struct {
	method           aggregate.Name
	sdk, browser, os aggregate.Name
	start            int64 // of the window
}

func (a methodKey) compare(b methodKey) int {
	switch {
	case a.method != b.method:
		return cmp.Compare(a.method, b.method)
	case a.start != b.start:
		return cmp.Compare(a.start, b.start)
	}
	return cmp.Or(cmp.Compare(a.sdk, b.sdk), cmp.Compare(a.browser, b.browser), cmp.Compare(a.os, b.os))
}

func newMethodTable(s *selection, d *dictionaries, undated *Undated) *methodTable {
	return &methodTable{
		selection: s, undated: undated,
		head: newHead(d, false), client: newClient(d),
		method:     newNames("method", false, d.methods),
		attempts:   newCounts("attempts", false),
		inferred:   newCounts("attempts_inferred", false),
		successes:  newCounts("successes", false),
		cancels:    newCounts("cancels", false),
		failed:     newCounts("failed_attempts", true),
		open:       newCounts("open", false),
		neverEnded: newCounts("never_ended", false),
		failures:   newCounts("failures", false),
		recovered:  newCounts("recovered", false),
	}
}

func (t *methodTable) columns() []column {
	return []column{
		t.start, t.method, t.id, t.from, t.key, t.client.sdk, t.client.browser, t.client.os,
		t.attempts, t.inferred, t.successes, t.cancels, t.failed, t.open, t.neverEnded, t.failures, t.recovered,
	}
}

func (t *methodTable) add(s *aggregate.Session) {
	t.block = t.block[:0]
	for i := range s.Attempts {
		a := &s.Attempts[i]
		method := aggregate.Name(a.Method)
		switch {
		case !t.methods[method]:
		case !t.dated(a.Bucket):
			t.undated.AttemptsLeftOut += a.Attempts
		default:
			t.row(methodKey{method, a.SDK, a.Browser, a.OS, t.startOf(a.Bucket)}).addAttempts(a)
		}
	}
	for i := range s.Rows {
		r := &s.Rows[i]
		if r.Failures+r.Recovered == 0 || !t.methods[r.Method] || !t.dated(r.Bucket) {
			continue
		}
		// A session that failed by another error could have failed by this one. Without a
		// session nobody knows.
		if is := t.errors[r.Error]; is || s.Known() {
			row := t.row(methodKey{r.Method, r.SDK, r.Browser, r.OS, t.startOf(r.Bucket)})
			if is {
				row.failures += r.Failures
				row.recovered += r.Recovered
			}
		}
	}
	t.block = mergeCounts(t.block)
	for i := range t.block {
		t.addRow(s, &t.block[i])
	}
}

// row returns the last counts if they have the key, else new ones.
func (t *methodTable) row(k methodKey) *methodCounts {
	// Frequent case first: a session has one client and few windows.
	if n := len(t.block); n == 0 || t.block[n-1].methodKey != k {
		t.block = append(t.block, methodCounts{methodKey: k})
	}
	return &t.block[len(t.block)-1]
}

func (m *methodCounts) addAttempts(a *aggregate.Attempts) {
	m.attempts += a.Attempts
	if a.Inferred {
		m.inferred += a.Attempts
	}
	switch a.Outcome {
	case aggregate.Succeeded:
		m.successes += a.Attempts
	case aggregate.Failed:
		m.failed += a.Attempts
	case aggregate.Cancelled:
		m.cancels += a.Attempts
	case aggregate.Open:
		m.open += a.Attempts
		m.neverEnded += a.NeverEnded
	}
}

// mergeCounts merges counts that have the same key, in place.
func mergeCounts(all []methodCounts) []methodCounts {
	if len(all) < 2 {
		return all
	}
	slices.SortFunc(all, func(a, b methodCounts) int { return a.compare(b.methodKey) })
	n := 0
	for _, m := range all[1:] {
		if sum := &all[n]; sum.methodKey == m.methodKey {
			sum.attempts += m.attempts
			sum.inferred += m.inferred
			sum.successes += m.successes
			sum.cancels += m.cancels
			sum.failed += m.failed
			sum.open += m.open
			sum.neverEnded += m.neverEnded
			sum.failures += m.failures
			sum.recovered += m.recovered
			continue
		}
		n++
		all[n] = m
	}
	return all[:n+1]
}

func (t *methodTable) addRow(s *aggregate.Session, m *methodCounts) {
	t.head.add(m.start, s)
	t.client.add(m.sdk, m.browser, m.os)
	t.method.add(m.method)
	t.attempts.add(m.attempts)
	t.inferred.add(m.inferred)
	t.successes.add(m.successes)
	t.cancels.add(m.cancels)
	if t.oneError {
		m.failed = -1 // null: no attempt states its error
	}
	t.failed.add(m.failed)
	t.open.add(m.open)
	t.neverEnded.add(m.neverEnded)
	t.failures.add(m.failures)
	t.recovered.add(m.recovered)
}
