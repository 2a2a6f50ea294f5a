package report_test

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/parquet-go/parquet-go"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/batch"
	"github.com/otlog/otlog/aggregate/columns"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/internal/reporttest"
	"github.com/otlog/otlog/parse/find"
	"github.com/otlog/otlog/parse/timestamp"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/rows"
)

// TestReportIsTheFoldOfItsParquetFiles writes the tables of a run as Parquet files, reads
// them back, folds them, and compares the JSON with that of the run: all but its warnings,
// and times below a microsecond.
func TestReportIsTheFoldOfItsParquetFiles(t *testing.T) {
	for _, dir := range []string{"../testdata/logs", "../testdata/weeks"} {
		sources, err := find.Find([]string{dir})
		if err != nil {
			t.Fatal(err)
		}
		read, err := aggregate.Scan(sources, aggregate.Options{})
		if err != nil {
			t.Fatal(err)
		}
		counts, err := aggregate.Settle(nil, read.Parts...)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range []report.Options{
			{},
			{Window: reporttest.Window(t, "1w")},
			{Window: reporttest.Window(t, "1d"), By: report.BySDK},
			{Window: reporttest.Window(t, "1h"), By: report.ByAPIKey, Filter: report.Filter{Method: "Session.publish"}},
			{Window: reporttest.Window(t, "1w"), By: report.ByBrowser, Zone: time.FixedZone("", 5*3600)},
			{By: report.ByOS, Filter: report.Filter{Error: "OT_TIMEOUT"}},
		} {
			want, err := report.New(counts, read.Sources, o)
			if err != nil {
				t.Fatal(err)
			}
			f := newParquetFiles()
			for _, table := range batch.Tables {
				var b bytes.Buffer
				if err := rows.Write(&b, counts, rows.Options{Format: "parquet", Table: table.String(), Window: o.Window, Zone: o.Zone, Filter: o.Filter}); err != nil {
					t.Fatal(err)
				}
				f.read(t, table, b.Bytes())
			}
			got, err := report.NewOfBatches(counts, read.Sources, o, f.names(), f.batches())
			if err != nil {
				t.Fatal(err)
			}
			if a, b := withoutWarnings(t, got), withoutWarnings(t, want); !bytes.Equal(a, b) {
				t.Errorf("%s, %s by %q, %+v: got\n%s\nwant\n%s", dir, o.Window, o.By, o.Filter, a, b)
			}
		}
	}
}

// withoutWarnings returns the JSON of a report without what Parquet files do not hold.
func withoutWarnings(t *testing.T, r *report.Report) []byte {
	t.Helper()
	r.Warnings = nil
	errors := [][]report.Error{r.Errors}
	for _, b := range r.Breakdowns {
		for _, g := range b.Groups {
			errors = append(errors, g.Errors)
		}
	}
	for _, all := range errors {
		for i := range all {
			all[i].First, all[i].Last = all[i].First.Truncate(time.Microsecond), all[i].Last.Truncate(time.Microsecond)
		}
	}
	return reporttest.Print(t, func(w io.Writer) error { return report.WriteJSON(w, r) })
}

// parquetFiles are the tables of one run.
type parquetFiles struct {
	records                 [len(batch.Tables)]arrow.RecordBatch
	sessions                map[string]aggregate.SessionID // by hash
	errors, methods, labels *words
}

// words are numbered in the order in which they are first seen.
type words struct {
	texts  []string
	number map[string]uint16
}

func newWords(none string) *words { return &words{[]string{none}, map[string]uint16{none: 0}} }

func (w *words) of(text string) uint16 {
	n, ok := w.number[text]
	if !ok {
		n = uint16(len(w.texts))
		w.texts, w.number[text] = append(w.texts, text), n
	}
	return n
}

func newParquetFiles() *parquetFiles {
	return &parquetFiles{sessions: map[string]aggregate.SessionID{"": {}}, errors: newWords(""), methods: newWords("unknown"), labels: newWords("")}
}

func (f *parquetFiles) names() *aggregate.Names {
	return &aggregate.Names{Errors: f.errors.texts, Methods: f.methods.texts, Labels: f.labels.texts}
}

// batches yields all rows as one batch.
func (f *parquetFiles) batches() iter.Seq2[*batch.Batch, error] {
	return func(yield func(*batch.Batch, error) bool) { yield(&batch.Batch{Records: f.records}, nil) }
}

// read makes a record batch of a file.
func (f *parquetFiles) read(t *testing.T, table batch.Table, file []byte) {
	t.Helper()
	in, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	values := make([][]parquet.Value, len(in.Schema().Fields())) // by column
	for _, group := range in.RowGroups() {
		for row, err := range parquetRows(group) {
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range row {
				values[i] = append(values[i], v.Clone())
			}
		}
	}
	var fields []arrow.Field
	var arrays []arrow.Array
	for i, field := range in.Schema().Fields() {
		a := f.column(field.Name(), values[i])
		fields, arrays = append(fields, arrow.Field{Name: field.Name(), Type: a.DataType()}), append(arrays, a)
	}
	f.records[table] = array.NewRecordBatch(arrow.NewSchema(fields, nil), arrays, int64(arrays[0].Len()))
}

func parquetRows(group parquet.RowGroup) iter.Seq2[parquet.Row, error] {
	return func(yield func(parquet.Row, error) bool) {
		in := group.Rows()
		defer in.Close()
		some := make([]parquet.Row, 64)
		for {
			n, err := in.ReadRows(some)
			for _, row := range some[:n] {
				if !yield(row, nil) {
					return
				}
			}
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// column makes an array as package batch does.
func (f *parquetFiles) column(name string, values []parquet.Value) arrow.Array {
	switch name {
	case "session":
		return f.ids(values)
	case "method":
		return indexed(values, f.methods)
	case "error":
		return indexed(values, f.errors)
	case "api_key", "sdk", "browser", "os":
		return indexed(values, f.labels)
	case "session_from":
		return indexed(values, fixed(aggregate.SessionFroms[:]))
	case "evidence":
		return indexed(values, fixed(classify.Evidences[:]))
	case "reason":
		var all []catalogue.ReasonID
		for i := range catalogue.Reasons() {
			all = append(all, catalogue.ReasonID(i))
		}
		return indexed(values, fixed(all))
	case "documented":
		return indexed(values, fixed(batch.Documentation()))
	case "code", "stated_code":
		return numbers(values, func(v parquet.Value) int32 { return v.Int32() }, 0)
	case "window_start":
		return numbers(values, func(v parquet.Value) int64 { return v.Int64() / 1e6 }, batch.NoStart)
	case "first_seen", "last_seen":
		return numbers(values, func(v parquet.Value) int64 { return v.Int64() * 1e3 }, int64(timestamp.NoTime))
	case "acted", "telemetry":
		b := array.NewBooleanBuilder(memory.DefaultAllocator)
		for _, v := range values {
			b.Append(v.Boolean())
		}
		return b.NewArray()
	}
	return numbers(values, func(v parquet.Value) int64 { return v.Int64() }, -1)
}

func (f *parquetFiles) ids(values []parquet.Value) arrow.Array {
	var out []byte
	for _, v := range values {
		id, ok := f.sessions[string(v.ByteArray())]
		if !ok {
			id = aggregate.SessionID{Lo: uint64(len(f.sessions))}
			f.sessions[string(v.ByteArray())] = id
		}
		b := id.Bytes()
		out = append(out, b[:]...)
	}
	return columns.New(columns.ID, len(values), out, nil)
}

func indexed(values []parquet.Value, w *words) arrow.Array {
	var indices []uint16
	for _, v := range values {
		if v.IsNull() {
			indices = append(indices, 0)
		} else {
			indices = append(indices, w.of(string(v.ByteArray())))
		}
	}
	return columns.Indexed(columns.Dictionary(w.texts), indices, nil)
}

func fixed[T any](all []T) *words {
	w := &words{number: map[string]uint16{}}
	for _, x := range all {
		w.of(fmt.Sprint(x))
	}
	return w
}

func numbers[T int32 | int64](values []parquet.Value, of func(parquet.Value) T, none T) arrow.Array {
	out := make([]T, len(values))
	for i, v := range values {
		if out[i] = none; !v.IsNull() {
			out[i] = of(v)
		}
	}
	typ := arrow.DataType(arrow.PrimitiveTypes.Int64)
	if _, ok := any(none).(int32); ok {
		typ = arrow.PrimitiveTypes.Int32
	}
	return columns.New(typ, len(out), arrow.GetBytes(out), nil)
}
