package partial

import (
	"iter"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse"
)

// batchRows is how many rows a batch holds at most.
const batchRows = 64 << 10

// Errors yields the counts of t as record batches of ErrorsSchema.
func Errors(t *aggregate.Tally) iter.Seq[arrow.RecordBatch] {
	methods := dictionary(len(catalogue.Methods()), func(i int) string { return catalogue.MethodID(i).Name() })
	errors := dictionary(len(catalogue.Errors()), func(i int) string { return catalogue.ID(i).Name() })
	evidence := dictionary(len(classify.Evidences), func(i int) string { return classify.Evidence(i).String() })
	return func(yield func(arrow.RecordBatch) bool) {
		var b errorColumns
		flush := func() bool {
			ok := yield(b.batch(methods, errors, evidence))
			b = errorColumns{}
			return ok
		}
		for row := range t.Rows() {
			b.add(&row)
			if len(b.lines) == batchRows && !flush() {
				return
			}
		}
		if len(b.lines) > 0 {
			flush()
		}
	}
}

// errorColumns gathers rows column by column, as the buffers of the arrays that
// are made of them: arrow's own dictionary builders hash every value again.
type errorColumns struct {
	method, err, evidence            []uint16
	code                             []int32
	session                          []byte
	cell, lines, first, last         []int64
	noError, noCode, noSession       nulls
	noCell, noFirst, noLast, noNulls nulls
}

func (b *errorColumns) add(r *aggregate.Row) {
	b.method = append(b.method, uint16(r.Method))
	b.err = append(b.err, uint16(r.Error))
	b.noError.add(r.Error == 0)
	b.code = append(b.code, r.Code)
	b.noCode.add(r.Code == 0)
	b.evidence = append(b.evidence, uint16(r.Evidence))
	b.session = append(b.session, r.Session[:]...)
	b.noSession.add(!r.HasSession)
	b.cell = append(b.cell, r.Cell.Start().Unix())
	b.noCell.add(r.Cell == aggregate.NoCell)
	b.lines = append(b.lines, r.Lines)
	b.first = append(b.first, r.First)
	b.noFirst.add(r.First == parse.NoTime)
	b.last = append(b.last, r.Last)
	b.noLast.add(r.Last == parse.NoTime)
}

func (b *errorColumns) batch(methods, errors, evidence arrow.Array) arrow.RecordBatch {
	n := len(b.lines)
	return record(ErrorsSchema, n,
		indexed(methods, b.method, &b.noNulls),
		indexed(errors, b.err, &b.noError),
		column(arrow.PrimitiveTypes.Int32, n, arrow.Int32Traits.CastToBytes(b.code), &b.noCode),
		indexed(evidence, b.evidence, &b.noNulls),
		column(session, n, b.session, &b.noSession),
		column(cellTime, n, arrow.Int64Traits.CastToBytes(b.cell), &b.noCell),
		column(arrow.PrimitiveTypes.Int64, n, arrow.Int64Traits.CastToBytes(b.lines), &b.noNulls),
		column(instant, n, arrow.Int64Traits.CastToBytes(b.first), &b.noFirst),
		column(instant, n, arrow.Int64Traits.CastToBytes(b.last), &b.noLast),
	)
}

// Attempts yields the attempts of t as one record batch of AttemptsSchema, and
// returns how many of their events were seen more than once.
func Attempts(t *aggregate.Tally) (batches iter.Seq[arrow.RecordBatch], duplicates int64) {
	all, duplicates := t.Attempts()
	methods := dictionary(len(catalogue.Methods()), func(i int) string { return catalogue.MethodID(i).Name() })
	outcomes := dictionary(len(aggregate.Outcomes), func(i int) string { return aggregate.Outcome(i).String() })
	return func(yield func(arrow.RecordBatch) bool) {
		var method, outcome []uint16
		var cells, attempts []int64
		var noCell, inferred, noNulls nulls
		for a := range all {
			method = append(method, uint16(a.Method))
			outcome = append(outcome, uint16(a.Outcome))
			cells = append(cells, a.Cell.Start().Unix())
			noCell.add(a.Cell == aggregate.NoCell)
			inferred.add(!a.Inferred) // a bitmap of booleans is laid out like one of valid values
			attempts = append(attempts, a.Attempts)
		}
		if n := len(cells); n > 0 {
			yield(record(AttemptsSchema, n,
				indexed(methods, method, &noNulls),
				column(cellTime, n, arrow.Int64Traits.CastToBytes(cells), &noCell),
				indexed(outcomes, outcome, &noNulls),
				column(arrow.FixedWidthTypes.Boolean, n, inferred.bits, &noNulls),
				column(arrow.PrimitiveTypes.Int64, n, arrow.Int64Traits.CastToBytes(attempts), &noNulls)))
		}
	}, duplicates
}

// Sightings yields the sightings of t as record batches of SightingsSchema.
func Sightings(t *aggregate.Tally) iter.Seq[arrow.RecordBatch] {
	return func(yield func(arrow.RecordBatch) bool) {
		var ids []byte
		var cells []int64
		var noCell, noNulls nulls
		flush := func() bool {
			ok := yield(record(SightingsSchema, len(cells),
				column(session, len(cells), ids, &noNulls),
				column(cellTime, len(cells), arrow.Int64Traits.CastToBytes(cells), &noCell)))
			ids, cells, noCell = nil, nil, nulls{}
			return ok
		}
		for s := range t.Sightings() {
			ids = append(ids, s.Session[:]...)
			cells = append(cells, s.Cell.Start().Unix())
			noCell.add(s.Cell == aggregate.NoCell)
			if len(cells) == batchRows && !flush() {
				return
			}
		}
		if len(cells) > 0 {
			flush()
		}
	}
}

// Coverage yields the coverage of t as one record batch of CoverageSchema: a
// year has 35 040 cells.
func Coverage(t *aggregate.Tally) iter.Seq[arrow.RecordBatch] {
	return func(yield func(arrow.RecordBatch) bool) {
		var cells, records, first, last []int64
		var noTime, noNulls nulls
		for c := range t.Coverage() {
			cells = append(cells, c.Cell.Start().Unix())
			noTime.add(c.Cell == aggregate.NoCell)
			records = append(records, c.Records)
			first, last = append(first, c.First), append(last, c.Last)
		}
		if len(cells) > 0 {
			yield(record(CoverageSchema, len(cells),
				column(cellTime, len(cells), arrow.Int64Traits.CastToBytes(cells), &noTime),
				column(arrow.PrimitiveTypes.Int64, len(cells), arrow.Int64Traits.CastToBytes(records), &noNulls),
				column(instant, len(cells), arrow.Int64Traits.CastToBytes(first), &noTime),
				column(instant, len(cells), arrow.Int64Traits.CastToBytes(last), &noTime)))
		}
	}
}

// nulls gathers a validity bitmap, which stays empty while no value is missing.
type nulls struct {
	rows, missing int
	bits          []byte
}

func (n *nulls) add(missing bool) {
	if missing {
		n.missing++
	}
	if n.rows%8 == 0 {
		n.bits = append(n.bits, 0)
	}
	if !missing {
		bitutil.SetBit(n.bits, n.rows)
	}
	n.rows++
}

// buffer returns the bitmap as arrow wants it: none if nothing is missing.
func (n *nulls) buffer() *memory.Buffer {
	if n.missing == 0 {
		return nil
	}
	return memory.NewBufferBytes(n.bits)
}

func column(typ arrow.DataType, n int, values []byte, missing *nulls) arrow.Array {
	return array.MakeFromData(array.NewData(typ, n, []*memory.Buffer{missing.buffer(), memory.NewBufferBytes(values)}, nil, missing.missing, 0))
}

func indexed(names arrow.Array, values []uint16, missing *nulls) arrow.Array {
	return array.NewDictionaryArray(name, column(name.IndexType, len(values), arrow.Uint16Traits.CastToBytes(values), missing), names)
}

func record(s *arrow.Schema, rows int, columns ...arrow.Array) arrow.RecordBatch {
	return array.NewRecordBatch(s, columns, int64(rows))
}

// dictionary makes the array of names that the batches of a stream share.
func dictionary(n int, name func(int) string) arrow.Array {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	for i := range n {
		b.Append(name(i))
	}
	return b.NewArray()
}
