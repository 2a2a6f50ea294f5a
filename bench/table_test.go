package bench

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/batch"
	"github.com/otlog/otlog/aggregate/calendar"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/report/rows"
)

// BenchmarkTable writes the rows of tables, from the counts of sessions to discarded bytes. Half of the
// sessions have one error, the others up to four; all have one method and one window.
func BenchmarkTable(b *testing.B) {
	const many = 1_000_000
	day, err := calendar.Parse("1d")
	if err != nil {
		b.Fatal(err)
	}
	for _, format := range rows.Formats() {
		for _, table := range rows.Tables() {
			for _, compress := range []bool{false, true}[:1+len("arrow")/len(format)] {
				b.Run(fmt.Sprintf("format=%s/table=%s/compress=%v", format, table, compress), func(b *testing.B) {
					written := 0
					for b.Loop() {
						size := &counter{}
						if err := writeTable(size, rows.Options{Format: format, Table: table, Window: day, Compress: compress}, many); err != nil {
							b.Fatal(err)
						}
						written = size.bytes
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/many, "ns/row")
					b.ReportMetric(float64(written)/many, "B/row")
				})
			}
		}
	}
}

// writeTable writes many rows of a table.
func writeTable(to io.Writer, o rows.Options, many int) error {
	w, err := rows.NewWriter(to, o)
	if err != nil {
		return err
	}
	table := batch.Tables[slices.Index(rows.Tables(), o.Table)]
	b := batch.NewBuilder(tableNames(), batch.Options{Window: o.Window, Tables: []batch.Table{table}})
	write := func() error {
		defer b.Reset()
		return w.Write(b.Batch())
	}
	sessions := newTableSessions(1)
	for n := 0; n < many; {
		s := sessions.next()
		if b.Add(s); b.Full() {
			if err := write(); err != nil {
				return err
			}
		}
		if n++; table == batch.Errors {
			n += len(s.Rows) - 1
		}
	}
	if err := write(); err != nil {
		return err
	}
	return w.Close()
}

type counter struct{ bytes int }

func (c *counter) Write(b []byte) (int, error) {
	c.bytes += len(b)
	return io.Discard.Write(b)
}

// tableNames returns the names of the catalogue, and labels as in telemetry.
func tableNames() *aggregate.Names {
	n := &aggregate.Names{Labels: []string{""}}
	for i := range catalogue.Errors() {
		n.Errors = append(n.Errors, catalogue.ID(i).Name())
	}
	for i := range catalogue.Methods() {
		n.Methods = append(n.Methods, catalogue.MethodID(i).Name())
	}
	for i := range 30 {
		n.Labels = append(n.Labels, fmt.Sprintf("2.%d.%d", 20+i/3, i%3), fmt.Sprintf("Chrome %d", 100+i), fmt.Sprintf("4%07d", i))
	}
	return n
}

// tableSessions yields sessions, each with as many attempts as rows, on a hundred days in turn.
type tableSessions struct {
	r    *rand.Rand
	many []aggregate.Session
	n    int
}

func newTableSessions(seed uint64) *tableSessions {
	t := &tableSessions{r: rand.New(rand.NewPCG(seed, 7)), many: make([]aggregate.Session, 1<<9)}
	for i := range t.many {
		t.many[i] = t.session(i)
	}
	return t
}

// next returns a session that is valid for the next 512 calls.
func (t *tableSessions) next() *aggregate.Session {
	s := &t.many[t.n%len(t.many)]
	t.n++
	s.ID = aggregate.SessionID{Hi: s.ID.Hi + 1, Lo: s.ID.Lo}
	for i := range s.Rows {
		some := uint32(t.n+i) * 2654435769 // pseudo-random
		s.Rows[i].First += int64(some)
		s.Rows[i].Last = s.Rows[i].First + int64(some>>1)
	}
	return s
}

func (t *tableSessions) session(i int) aggregate.Session {
	begin := time.Date(2026, 8, 1+i%100, 0, 15*t.r.IntN(90), 0, 0, time.UTC)
	bucket := aggregate.BucketOf(begin.UnixNano())
	label := func(kind int) aggregate.Name { return aggregate.Name(1 + 3*t.r.IntN(30) + kind) }
	s := aggregate.Session{ID: aggregate.SessionID{Hi: t.r.Uint64(), Lo: t.r.Uint64()}, APIKey: label(2), Buckets: []aggregate.Bucket{bucket, bucket + 1}}
	sdk, browser, method := label(0), label(1), 1+t.r.IntN(len(catalogue.Methods())-1)
	rows := 1
	if i%2 == 1 {
		rows += t.r.IntN(4)
	}
	for j := range rows {
		first := begin.UnixNano() + t.r.Int64N(int64(15*time.Minute))
		s.Rows = append(s.Rows, aggregate.Row{
			Bucket: bucket, Method: aggregate.Name(method), Error: aggregate.Name(1 + (i+j)%(len(catalogue.Errors())-1)),
			SDK: sdk, Browser: browser, Evidence: classify.ByName, Stated: 1500 * int32(j%2),
			Failures: 1, Lines: 1 + t.r.Int64N(3), First: first, Last: first + t.r.Int64N(int64(time.Minute)),
		})
		s.Attempts = append(s.Attempts, aggregate.Attempts{
			Method: catalogue.MethodID(method), Bucket: bucket + aggregate.Bucket(j), Outcome: aggregate.Failed, SDK: sdk, Browser: browser, Attempts: 1,
		})
	}
	return s
}
