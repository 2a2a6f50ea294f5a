package partial_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse"
)

// randomTally holds rows with and without everything that may be missing.
func randomTally(records int) *aggregate.Tally {
	r := rand.New(rand.NewPCG(1, 9))
	t := &aggregate.Tally{}
	for line := range records {
		e := parse.Event{Time: parse.NoTime, OfDay: parse.NoTime}
		if r.IntN(10) > 0 {
			e.Time = 1795430665927e6 + r.Int64N(1e15)
		}
		if r.IntN(10) > 0 {
			e.Session = fmt.Appendf(nil, "1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5%d", r.IntN(records))
		}
		v := classify.Verdict{Failure: r.IntN(3) > 0, Method: catalogue.MethodID(r.IntN(5)), Error: catalogue.ID(r.IntN(9)), Evidence: classify.ByName}
		if v.Error == 0 {
			v.Evidence, v.Code = classify.None, 1500
		}
		if r.IntN(9) == 0 {
			v.Error, v.Name = 0, fmt.Appendf(nil, "OT_OF_TOMORROW_%d", r.IntN(9))
		}
		if r.IntN(3) == 0 {
			e.Telemetry = &parse.Telemetry{
				Action:    []byte("Connect"),
				Variation: []byte([]string{"Attempt", "Success", "Failure", "Cancel"}[r.IntN(4)]),
			}
			e.Client = fmt.Append(nil, "client ", r.IntN(records))
			e.Telemetry.SDK = []byte([]string{"", "2.20.3", "2.35.2"}[r.IntN(3)])
			e.ConnectionID = fmt.Append(nil, r.IntN(records))
		}
		t.Add(&e, &v, int64(line))
	}
	return t
}

// TestBatchesSayWhatTheTallySays reads back what was made of a tally that needs
// more than one batch.
func TestBatchesSayWhatTheTallySays(t *testing.T) {
	tally := randomTally(120_000)
	var want, got []partial.ErrorRow
	labels := tally.Labels()
	methods, errors := tally.MethodNames(), tally.ErrorNames()
	for r := range tally.Rows(aggregate.Filter{}) {
		want = append(want, partial.ErrorRow{
			Session: r.Session, HasSession: r.HasSession, Cell: r.Cell, Method: methods[r.Method], Error: errors[r.Error], Code: r.Code,
			Client:   partial.Client{SDK: labels[r.SDK], Browser: labels[r.Browser], OS: labels[r.OS], APIKey: labels[r.APIKey]},
			Evidence: r.Evidence.String(), Stated: r.Stated, Failures: r.Failures, Lines: r.Lines, First: r.First, Last: r.Last,
		})
	}
	batches := slices.Collect(partial.Errors(tally, aggregate.Filter{}))
	if len(batches) < 2 {
		t.Fatalf("%d rows in %d batches are too few for this test", len(want), len(batches))
	}
	for r := range partial.ErrorRows(slices.Values(batches)) {
		got = append(got, *r)
	}
	if !reflect.DeepEqual(got, want) {
		t.Error("errors differ")
	}
	var attempts []partial.AttemptsRow
	all, _ := tally.Attempts(aggregate.Filter{})
	for a := range all {
		attempts = append(attempts, partial.AttemptsRow{Session: a.Session, HasSession: a.HasSession, Method: a.Method.Name(), Cell: a.Cell, Client: partial.Client{SDK: labels[a.SDK], Browser: labels[a.Browser], OS: labels[a.OS], APIKey: labels[a.APIKey]}, Outcome: a.Outcome.String(), Inferred: a.Inferred, Attempts: a.Attempts})
	}
	attemptBatches, _ := partial.Attempts(tally, aggregate.Filter{})
	var gotAttempts []partial.AttemptsRow
	for a := range partial.AttemptsRows(attemptBatches) {
		gotAttempts = append(gotAttempts, *a)
	}
	if len(attempts) == 0 || !reflect.DeepEqual(gotAttempts, attempts) {
		t.Error("attempts differ")
	}
	var sightings []partial.SightingRow
	for s := range tally.Sightings(aggregate.Filter{}) {
		sightings = append(sightings, partial.SightingRow{Session: s.Session, KnownBy: s.From.String(), Cell: s.Cell})
	}
	if got := slices.Collect(partial.SightingRows(partial.Sightings(tally, aggregate.Filter{}))); !reflect.DeepEqual(got, sightings) {
		t.Error("sightings differ")
	}
	if got, want := slices.Collect(partial.CoverageRows(partial.Coverage(tally))), slices.Collect(tally.Coverage()); !reflect.DeepEqual(got, want) {
		t.Error("coverage differs")
	}
}

// TestBatchesAreArrow lets the library write and read them, which checks the
// layout of every buffer.
func TestBatchesAreArrow(t *testing.T) {
	tally := randomTally(1000)
	attempts, _ := partial.Attempts(tally, aggregate.Filter{})
	for name, batches := range map[string][]arrow.RecordBatch{
		"errors":    slices.Collect(partial.Errors(tally, aggregate.Filter{})),
		"attempts":  slices.Collect(attempts),
		"sightings": slices.Collect(partial.Sightings(tally, aggregate.Filter{})),
		"coverage":  slices.Collect(partial.Coverage(tally)),
	} {
		t.Run(name, func(t *testing.T) {
			var stream bytes.Buffer
			w := ipc.NewWriter(&stream, ipc.WithSchema(batches[0].Schema()))
			for _, b := range batches {
				if err := w.Write(b); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			r, err := ipc.NewReader(&stream)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Release()
			for i := 0; r.Next(); i++ {
				got, err := r.RecordBatch().MarshalJSON()
				if err != nil {
					t.Fatal(err)
				}
				want, err := batches[i].MarshalJSON()
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got, want) {
					t.Errorf("batch %d differs", i)
				}
			}
			if r.Err() != nil {
				t.Fatal(r.Err())
			}
		})
	}
}

func TestEmptyTallyHasNoBatches(t *testing.T) {
	tally := &aggregate.Tally{}
	if n := len(slices.Collect(partial.Errors(tally, aggregate.Filter{}))) + len(slices.Collect(partial.Sightings(tally, aggregate.Filter{}))) + len(slices.Collect(partial.Coverage(tally))); n > 0 {
		t.Errorf("got %d", n)
	}
}
