package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// leastRight is the minimum share of right names, among names that the records identify.
const leastRight = 0.98

// A measured is a row of the table.
type measured struct {
	input, app string

	failed   int // failures that the calls had
	noTrace  int // without a record of them
	found    int // reported by otlog, with any name
	nameTold int // failures whose name the records identify
	right    int // of these, reported with that name
	method   int // found with one of the right methods
	unknown  int // found without a method
	missed   int // not found
	invented int // reported, but there was none, or none with that name
	twice    int // reported more than once in one session
	apart    int // reported in two sessions, since no record links them

	methods []string // failures with another method
	aparts  []string // failures in two sessions
}

func table(title string, rows []measured) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", title)
	fmt.Fprintln(&b, "| Input | application's lines | failures | no trace | found | identifiable name | correct name | correct method | method unknown | wrong method | missed | invented | counted twice | under two sessions |")
	fmt.Fprintln(&b, "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d |\n",
			r.input, r.app, r.failed, r.noTrace, r.found, r.nameTold, r.right, r.method, r.unknown, r.found-r.method-r.unknown, r.missed, r.invented, r.twice, r.apart)
	}
	return b.String()
}

// measure runs otlog events on one input and compares its failures with the happenings. A record
// belongs to the happening of its file, else of its session. Messages in said are shortened: another
// input of the same calls had them.
func measure(t *testing.T, said map[string]bool, input, app string, happenings []happening, logs *logSet, callOf map[string]string) measured {
	row := measured{input: input, app: app}
	all, failures := logs.shown()
	where := func(r shownRecord) string {
		if call := logs.owner[r.Source]; call != "" {
			return call
		}
		return callOf[or(r.Session)]
	}
	records := map[string][]shownRecord{}
	for _, r := range all {
		records[where(r)] = append(records[where(r)], r)
	}
	wrong := func(h happening, format string, args ...any) {
		t.Helper()
		what := fmt.Sprintf("%s: %s", h.call, fmt.Sprintf(format, args...))
		var b strings.Builder
		for _, f := range h.failures {
			fmt.Fprintf(&b, "\n\ttrue: %s %s (%s) in %s", f.kind, strings.Join(f.names, "|"), f.code, strings.Join(f.methods, "|"))
		}
		classified := slices.DeleteFunc(slices.Clone(records[h.call]), func(r shownRecord) bool { return r.Kind != "classified" })
		for _, r := range classified {
			fmt.Fprintf(&b, "\n\t%s", r)
		}
		if len(classified) == 0 {
			for _, record := range logs.records[h.call] {
				fmt.Fprintf(&b, "\n\tread: %.200s", record)
			}
		}
		shown := b.String()
		if said[what] || said[shown] {
			shown = " (as above)"
		}
		said[what], said[shown] = true, true
		t.Logf("%s, %s application's lines: %s%s", input, app, what, shown)
	}
	of := map[string][]shownFailure{}
	for _, f := range failures {
		call := where(f.records[0])
		for _, r := range f.records {
			if other := where(r); other != call {
				t.Logf("%s, %s application's lines: one failure is made of records of %s and of %s: %s", input, app, call, other, f)
				break
			}
		}
		of[call] = append(of[call], f)
	}
	known := map[string]bool{}
	for _, h := range happenings {
		known[h.call] = true
		if !h.skip {
			compareFailures(&row, h, of[h.call], logs.records[h.call], wrong)
		}
	}
	for _, call := range sortedKeys(of) {
		if !known[call] {
			row.invented += len(of[call])
			wrong(happening{call: call}, "failures of no call: %v", of[call])
		}
	}
	short := func(title string, lines []string) {
		for _, line := range lines {
			if !said[title+line] {
				t.Logf("%s, %s application's lines: %s: %s", input, app, title, line)
			}
			said[title+line] = true
		}
	}
	short("another method", row.methods)
	short("in two sessions", row.aparts)
	if float64(row.right) < leastRight*float64(row.nameTold) {
		t.Errorf("%s, %s application's lines: %d of %d names are right", input, app, row.right, row.nameTold)
	}
	if row.invented > 0 || row.twice > 0 {
		t.Errorf("%s, %s application's lines: %d failures are invented, %d are counted twice", input, app, row.invented, row.twice)
	}
	return row
}

// compareFailures matches the failures of a happening with the reported ones. Those of one session can
// match a true failure once.
func compareFailures(row *measured, h happening, failures []shownFailure, records []string, wrong func(happening, string, ...any)) {
	type match struct {
		by    map[string]bool // the sessions that it was reported in
		named bool
		as    []shownFailure
	}
	matches := make([]match, len(h.failures))
	for i := range matches {
		matches[i].by = map[string]bool{}
	}
	take := func(i int, f shownFailure) {
		m := &matches[i]
		m.by[f.records[0].identity()] = true
		m.named = m.named || slices.Contains(h.failures[i].names, f.err)
		m.as = append(m.as, f)
	}
	// A failure of noise alone is wrong, even if the call failed.
	noisy := func(f shownFailure) bool {
		return !slices.ContainsFunc(f.records, func(r shownRecord) bool { return !isNoise.of(r.Text) })
	}
	for _, f := range failures {
		if noisy(f) {
			row.invented++
			wrong(h, "invented: %v", f)
		}
	}
	failures = slices.DeleteFunc(slices.Clone(failures), noisy)
	// The best matches first.
	rest := failures
	for _, fits := range []func(truth, shownFailure) bool{
		func(want truth, f shownFailure) bool {
			return slices.Contains(want.names, f.err) && slices.Contains(want.methods, f.method)
		},
		func(want truth, f shownFailure) bool { return slices.Contains(want.names, f.err) },
		func(want truth, f shownFailure) bool { return f.err == "" && want.code == f.code },
		func(want truth, f shownFailure) bool { return f.err == "" },
	} {
		rest = slices.DeleteFunc(rest, func(f shownFailure) bool {
			for i, want := range h.failures {
				if fits(want, f) && !matches[i].by[f.records[0].identity()] {
					take(i, f)
					return true
				}
			}
			return false
		})
	}
	for _, f := range rest {
		id := f.records[0].identity()
		switch i := slices.IndexFunc(h.failures, func(want truth) bool {
			return want.required() && (f.err == "" || slices.Contains(want.names, f.err))
		}); {
		case i >= 0:
			row.twice++
			wrong(h, "counted twice: %v", f)
		default:
			// It is the failure that was not found, with a wrong name.
			if i := slices.IndexFunc(h.failures, truth.required); i >= 0 && !matches[i].by[id] {
				take(i, f)
			}
			row.invented++
			wrong(h, "invented: %v", f)
		}
	}
	for i, want := range h.failures {
		if !want.required() {
			continue
		}
		row.failed++
		m := matches[i]
		identifiable := slices.ContainsFunc(records, func(r string) bool { return identifies(r, want.names) && showsFailure(r) })
		if identifiable {
			row.nameTold++
			if m.named {
				row.right++
			} else if len(m.as) > 0 {
				wrong(h, "the name is missing: %v", m.as)
			}
		}
		switch {
		case len(m.as) > 0:
			row.found++
			method := func(names ...string) bool {
				return slices.ContainsFunc(m.as, func(f shownFailure) bool { return slices.Contains(names, f.method) })
			}
			if method(want.methods...) {
				row.method++
				break
			}
			if method("unknown") {
				row.unknown++
			}
			row.methods = append(row.methods, fmt.Sprintf("%s: %v", h.call, m.as))
		case slices.ContainsFunc(records, showsFailure):
			row.missed++
			wrong(h, "missed")
		default:
			row.noTrace++
		}
		if len(m.by) > 1 {
			row.apart++
			row.aparts = append(row.aparts, fmt.Sprintf("%s: %s", h.call, strings.Join(sortedKeys(m.by), " and ")))
		}
	}
}
