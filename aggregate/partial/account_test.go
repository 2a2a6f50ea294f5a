package partial

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/extent"
	"github.com/otlog/otlog/aggregate/streams"
)

// TestCountsContradict changes one count of a valid file at a time.
func TestCountsContradict(t *testing.T) {
	quarter := aggregate.BucketOf(at)
	evidence := func(records uint32) []aggregate.Evidence {
		x := plain()
		x.Records = records
		return []aggregate.Evidence{x}
	}
	steps := func(n int) (out []aggregate.Step) {
		for i := range n {
			out = append(out, aggregate.NewStep(uint64(i), streams.IDs{}, id(3), at/1e6, 1, true, 0))
		}
		return out
	}
	// valid has a session with 40 classified records and two events, and one classified record
	// without an ID.
	type edited struct {
		entries  []aggregate.Entry
		coverage *aggregate.Coverage
		source   *aggregate.Source
		file     *File
	}
	// undated makes the session one that was seen at no time.
	undated := func(x *edited) {
		x.entries[1].Buckets, x.entries[1].Extent = []aggregate.Bucket{aggregate.NoBucket}, aggregate.Extent{}
		x.source.Account.Records.Clean++
		x.file.Part.Coverage = append(x.file.Part.Coverage, aggregate.Coverage{Bucket: aggregate.NoBucket, Records: aggregate.Records{Clean: 1}})
	}
	for _, test := range []struct {
		name string
		edit func(*edited)
		want string
	}{
		{"valid", func(*edited) {}, ""},
		{"a source with more classified records than its quarter-hours", func(x *edited) { x.source.Account.Records.Classified = 99 },
			"the sources have 99 classified, 2 telemetry, 5 clean and 0 native records, and the quarter-hours 41 classified, 2 telemetry, 5 clean and 0 native records"},
		{"telemetry", func(x *edited) { x.source.Account.Records.Telemetry++ }, "3 telemetry"},
		{"clean", func(x *edited) { x.source.Account.Records.Clean-- }, "4 clean"},
		{"native", func(x *edited) { x.source.Account.Records.Native++ }, "1 native"},
		{"no source", func(x *edited) { x.file.Sources = nil }, "the sources have 0 classified"},
		{"more records than bytes", func(x *edited) { x.source.Account.Bytes = 47 }, "48 records in 40 lines are more than 47 bytes can have"},
		{"more lines than bytes", func(x *edited) { x.source.Account.Bytes, x.source.Account.Lines = 48, 49 }, "48 records in 49 lines are more than 48 bytes can have"},
		{"more events than records", func(x *edited) { x.file.Part.Posts = 44 }, "44 events of attempts are more than the 43 classified and telemetry records"},
		{"more steps than events", func(x *edited) { x.file.Part.Posts = 1 }, "the attempts have more events than the 1 that were counted"},
		{"evidence of another source", func(x *edited) { x.file.Part.Origins = aggregate.NewOrigins([]aggregate.SourceID{8}) },
			"the source 0000000000000008 of evidence is not in the list of sources"},
		{"evidence of a source without classified records", func(x *edited) {
			x.file.Part.Origins = aggregate.NewOrigins([]aggregate.SourceID{8})
			x.file.Sources = append(x.file.Sources, &aggregate.Source{ID: 8})
		}, "the source 0000000000000008 has evidence of more than its 0 classified records"},
		{"more evidence than classified records", func(x *edited) { x.entries[1].Evidence = evidence(41) }, "the source 0000000000000007 has evidence of more than its 41 classified records"},
		{"less evidence", func(x *edited) { x.entries[1].Evidence = evidence(39) }, "there is evidence of 40 records, but 41 are classified"},
		{"evidence in a quarter-hour without it", func(x *edited) {
			c := *x.coverage
			c.Bucket, c.First, c.Last = quarter+8, at+8*900e9, at+8*900e9
			x.coverage.Records.Classified, x.coverage.WithoutID.Classified = 1, 1
			c.Records, c.WithoutID = aggregate.Records{Classified: 40}, aggregate.Records{}
			x.file.Part.Coverage = append(x.file.Part.Coverage, c)
		}, "has evidence of more than its 1 classified records"},
		{"more evidence without an ID", func(x *edited) {
			x.entries[0].Evidence, x.entries[1].Evidence = evidence(2), evidence(39)
		}, "there is evidence of 2 records without an ID, but 1 are classified"},
		{"more telemetry than records", func(x *edited) {
			x.coverage.Records, x.coverage.WithoutID = aggregate.Records{Clean: 48}, aggregate.Records{}
			x.source.Account.Records = aggregate.Records{Clean: 48}
			x.file.Part.Posts, x.entries[0].Evidence, x.entries[1].Evidence, x.entries[1].Steps = 0, nil, nil, nil
		}, "more sessions have telemetry than the 0 classified and telemetry records"},
		{"attempts without telemetry", func(x *edited) { x.entries[1].Telemetry = false }, "attempts without telemetry"},
		{"evidence of a session at another time", undated,
			"has evidence of a session that was not seen then"},
		{"attempts of a session at another time", func(x *edited) {
			undated(x)
			x.entries[1].Evidence = nil
		}, "has attempts of a session that was not seen then"},
		{"attempts in a quarter-hour without events", func(x *edited) {
			c := *x.coverage
			c.Bucket, c.First, c.Last = quarter+8, at+8*900e9, at+8*900e9
			x.coverage.Records, x.coverage.WithoutID = aggregate.Records{Clean: 5}, aggregate.Records{}
			c.Records, c.WithoutID = aggregate.Records{Classified: 41, Telemetry: 2}, aggregate.Records{Classified: 1}
			x.file.Part.Coverage = append(x.file.Part.Coverage, c)
			x.entries[0].Evidence, x.entries[1].Evidence = nil, nil
		}, "has more events of attempts than its 0 classified and telemetry records"},
		{"more sessions than records with an ID", func(x *edited) { x.coverage.WithoutID = x.coverage.Records }, "has more sessions than its 0 records with an ID"},
	} {
		t.Run(test.name, func(t *testing.T) {
			x := edited{entries: []aggregate.Entry{
				{From: aggregate.FromSource, Evidence: evidence(1)},
				{ID: id(1), Buckets: []aggregate.Bucket{quarter}, Evidence: evidence(40), Steps: steps(2)},
			}}
			part := entries(x.entries...)
			part.Coverage = []aggregate.Coverage{{
				Bucket: quarter, First: at, Last: at,
				Records: aggregate.Records{Classified: 41, Telemetry: 2, Clean: 5}, WithoutID: aggregate.Records{Classified: 1},
			}}
			x.coverage = &part.Coverage[0]
			x.file = crafted(t, part)
			x.source = x.file.Sources[0]
			x.source.Account.Bytes, x.source.Account.Lines = 4000, 40
			test.edit(&x)
			file := written(t, x.file, false)
			if test.want != "" {
				rejected(t, file, test.want)
			} else if _, err := use(file); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestShownRecordsContradict shows skipped records that cannot be.
func TestShownRecordsContradict(t *testing.T) {
	for _, test := range []struct {
		name, shown, want string
	}{
		{"valid", `{"reason":"damaged","offset":90,"bytes":10}`, ""},
		{"one that is not counted", `{"reason":"undecodable"}`, "undecodable records are shown that were not counted"},
		{"more than are counted", `{"reason":"damaged"},{"reason":"damaged"}`, "damaged records are shown that were not counted"},
		{"one after the end", `{"reason":"damaged","offset":91,"bytes":10}`, "a skipped record of 10 bytes at byte 91 ends after 100 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := made(t, crafted(t, entries()), func(m map[string]string) {
				m[keySources] = fmt.Sprintf(`[{"id":"7","head_xxh3":"0","tail_xxh3":"0","bytes":100,"clean":99,"skipped":{"damaged":1},"shown":[%s]}]`, test.shown)
			})
			if test.want != "" {
				rejected(t, file, test.want)
			} else if _, err := use(file); err != nil {
				t.Error(err)
			}
		})
	}
}

// manySeen returns a session that was seen in a number of quarter-hours, the last one first, with evidence in
// each of them, and the account of its records.
func manySeen(t testing.TB, n int) (*aggregate.Entry, *account) {
	e, a := &aggregate.Entry{ID: id(1)}, &account{}
	for i := range n {
		x := plain()
		x.First += int64(n-i) * int64(15*time.Minute)
		bucket := aggregate.BucketOf(x.First)
		e.Buckets, e.Evidence = append(e.Buckets, bucket), append(e.Evidence, x)
		e.Extent.Add(extent.Of(x.First))
		if err := a.cover(&aggregate.Coverage{Bucket: bucket, Records: aggregate.Records{Classified: 1}}); err != nil {
			t.Fatal(err)
		}
	}
	return e, a
}

// TestSeenInAnyOrder checks that the order of the quarter-hours of a session does not matter, and stays.
func TestSeenInAnyOrder(t *testing.T) {
	e, a := manySeen(t, 5)
	before := slices.Clone(e.Buckets)
	l := a.ledger()
	if err := l.checkEntry(e); err != nil {
		t.Error(err)
	}
	if !slices.Equal(e.Buckets, before) {
		t.Errorf("got %v, want %v", e.Buckets, before)
	}
	e.Buckets = slices.Delete(e.Buckets, 2, 3)
	if err := l.checkEntry(e); err == nil || !strings.Contains(err.Error(), "evidence of a session that was not seen then") {
		t.Errorf("got %v", err)
	}
}

// BenchmarkCheckEntry checks sessions that were seen in many quarter-hours. The time for each piece of
// evidence grows little with their number.
func BenchmarkCheckEntry(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			e, a := manySeen(b, n)
			l := a.ledger()
			for b.Loop() {
				if err := l.checkEntry(e); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/evidence")
		})
	}
}
