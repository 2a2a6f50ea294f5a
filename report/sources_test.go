package report_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/report"
)

// manySources are sources of which most could not be read.
func manySources(n int) []*aggregate.Source {
	var out []*aggregate.Source
	for i := range n {
		s := &aggregate.Source{Name: fmt.Sprintf("%06d.log", i)}
		s.Account.Bytes, s.Account.Lines, s.Account.Records = 10, 1, aggregate.Records{Clean: 1}
		switch i % 4 {
		case 1:
			s.Damage = errors.New("truncated")
		case 2:
			s.Empty = true
		case 3:
			s.Account.Records = aggregate.Records{Skipped: 1}
			s.Account.Skipped[parse.Oversize] = 1
		}
		out = append(out, s)
	}
	return out
}

// Whatever the number of sources, the warnings about them are few, and say how many others there are.
func TestWarningsAreAddedUp(t *testing.T) {
	const n = 100_000
	got := report.SourceWarnings(manySources(n))
	if len(got) > report.MaxWarnings+5 {
		t.Fatalf("%d warnings", len(got))
	}
	last := got[len(got)-1]
	for _, want := range []string{"could not be read in full", "empty", "records skipped", "of 99,800 more sources"} {
		if !strings.Contains(last, want) {
			t.Errorf("%q lacks %q", last, want)
		}
	}
	if got := report.SourceWarnings(manySources(20)); len(got) != 10 {
		t.Errorf("%d warnings of 20 sources: %q", len(got), got)
	}
}

// What could not be opened, and then what is damaged, is listed by name before lesser warnings, wherever it
// is among the sources.
func TestGraveWarningsAreListedFirst(t *testing.T) {
	sources := manySources(1000)
	for i, s := range sources {
		s.Failed, s.Damage, s.Empty = nil, nil, i < 995
	}
	sources[990].Damage = errors.New("truncated")
	sources[998].Failed = errors.New("permission denied")
	got := report.SourceWarnings(sources)
	want := []string{"000998.log: permission denied", "000990.log: truncated", "000990.log: empty input"}
	if !slices.Equal(got[:len(want)], want) {
		t.Errorf("got %q first, want %q", got[:len(want)], want)
	}
	if few := report.SourceWarnings(sources[990:]); !strings.HasPrefix(few[0], "000990.log: truncated") {
		t.Errorf("few warnings are in the order of the sources: got %q", few)
	}
}

// Whatever the number of sources, JSON has few rows for them, which add up to all.
func TestSourcesAreAddedUp(t *testing.T) {
	for _, n := range []int{3, report.MaxSources, report.MaxSources + 1, 100_000} {
		rows, err := json.Marshal(report.JSONSources(&report.Report{Sources: manySources(n)}))
		if err != nil {
			t.Fatal(err)
		}
		var got []struct {
			Bytes   int64
			Records map[string]int64
		}
		if err := json.Unmarshal(rows, &got); err != nil {
			t.Fatal(err)
		}
		var bytes, records int64
		for _, s := range got {
			bytes += s.Bytes
			for _, k := range s.Records {
				records += k
			}
		}
		if bytes != int64(10*n) || records != int64(n) || len(got) > report.MaxSources+1 {
			t.Errorf("%d sources: %d rows, %d bytes, %d records", n, len(got), bytes, records)
		}
	}
}
