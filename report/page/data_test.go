package page

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/otlog/otlog/internal/reporttest"
	"github.com/otlog/otlog/report"
)

func selectionFor(t *testing.T, r *report.Report, o Options) *selection {
	t.Helper()
	c, err := newComposer(r, o)
	if err != nil {
		t.Fatal(err)
	}
	return newSelection(c)
}

// added returns the sums of rows that begin with the same index, without their sessions, which do
// not add up.
func added(of []span, rows func(*span) [][]int64) map[int64]string {
	sums := map[int64][]int64{}
	for i := range of {
		for _, row := range rows(&of[i]) {
			sum := sums[row[0]]
			for j, n := range row[1:] {
				if j == len(sum) {
					sum = append(sum, 0)
				}
				if j != 3 {
					sum[j] += n
				}
			}
			sums[row[0]] = sum
		}
	}
	out := map[int64]string{}
	for index, sum := range sums {
		out[index] = fmt.Sprint(sum)
	}
	return out
}

// TestSelectionAddsUp checks that the counts of all windows add up to those of the whole input, in
// every group that has both.
func TestSelectionAddsUp(t *testing.T) {
	r := reporttest.OfTestdata(t, "weeks", report.Options{
		Window: reporttest.Window(t, "1w"), Breakdown: report.Dimensions()[:3], By: report.BySDK,
	})
	s := selectionFor(t, r, Options{})
	if want := []string{"2026-W43", "2026-W44", "2026-W45", "2026-W46", "2026-W47", "2026-W48*"}; !slices.Equal(s.Windows, want) || s.Shown != 4 {
		t.Errorf("windows %q, of which the page is about %d", s.Windows, s.Shown)
	}
	checked, two := 0, 0
	for _, p := range s.Parts {
		if p.Spans[0].Window != wholeInput {
			if two++; len(p.Spans) != 2 || p.Spans[0].Window != 3 || p.Spans[1].Window != 4 {
				t.Errorf("%s %s has other spans than the windows that are compared", p.Kind, p.Name)
			}
			continue
		}
		checked++
		methods, errors := func(s *span) [][]int64 { return s.Methods }, func(s *span) [][]int64 { return s.Errors }
		for _, rows := range []func(*span) [][]int64{methods, errors} {
			if got, want := added(p.Spans[1:], rows), added(p.Spans[:1], rows); !maps.Equal(got, want) || len(want) < 4 {
				t.Errorf("%s %s: %v, want %v", p.Kind, p.Name, got, want)
			}
		}
	}
	if checked != 4 || two != 9 {
		t.Errorf("%d parts with all windows, %d with two", checked, two)
	}
}

// TestNoSelection lists pages on which there is nothing to choose, or too much.
func TestNoSelection(t *testing.T) {
	one := reporttest.Weeks(reporttest.Publishing(40, 2000))
	if s := selectionFor(t, one, Options{}); s != nil {
		t.Errorf("a choice of one window: %+v", s)
	}
	if out, err := (*selection)(nil).script(); out != "" || err != nil {
		t.Errorf("%q and %v of nothing to choose", out, err)
	}
	if s := selectionFor(t, reporttest.AgainstBaseline(t, report.Options{}), Options{Diff: true}); s != nil {
		t.Errorf("a choice on the page of a diff: %+v", s)
	}
	weeks := slices.Repeat([]reporttest.Week{reporttest.Publishing(40, 2000)}, maxSelectionRows/3)
	if s := selectionFor(t, reporttest.Weeks(weeks...), Options{}); s != nil {
		t.Errorf("%d rows", s.rows)
	}
	if s := selectionFor(t, reporttest.Weeks(weeks[:1000]...), Options{}); s == nil || s.rows < 3000 {
		t.Error("no choice of 1,000 windows")
	}
}

// TestSelectionWithoutGroups checks that windows can be selected where groups have too many rows.
func TestSelectionWithoutGroups(t *testing.T) {
	weeks := slices.Repeat([]reporttest.Week{reporttest.Publishing(40, 2000)}, maxSelectionRows/4)
	r := reporttest.Weeks(weeks...)
	r.By = report.BySDK
	r.Breakdowns = []report.Breakdown{{Dimension: report.BySDK, Groups: []report.Group{{Name: "2.35.2", Numbers: r.Numbers}}}}
	if s := selectionFor(t, r, Options{}); s == nil || len(s.Parts) != 1 || len(s.Windows) != len(weeks) || s.rows > maxSelectionRows {
		t.Error("no choice of windows alone")
	}
}

// TestSelectionIsData checks that names from outside cannot end the element, and that unknown numbers
// and rates are marked.
func TestSelectionIsData(t *testing.T) {
	r := hostileReport()
	r.Errors[0].Sessions, r.Errors[0].Sessionless = 0, 9
	out, err := selectionFor(t, r, Options{}).script()
	if err != nil {
		t.Fatal(err)
	}
	data, ok := strings.CutPrefix(out, `<script type="application/json" id="counts">`)
	data, end := strings.CutSuffix(data, "</script>")
	var s selection
	if err := json.Unmarshal([]byte(data), &s); err != nil || !ok || !end || strings.ContainsAny(data, "<>&\x1b\u202e") {
		t.Errorf("%v in %q", err, out)
	}
	if n := s.Parts[0].Spans[1].Errors[0]; n[4] != -1 {
		t.Errorf("an error without any known session has %d", n[4])
	}
}
