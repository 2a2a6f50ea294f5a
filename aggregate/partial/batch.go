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

// Errors yields the counts of t that a filter selects as record batches of
// ErrorsSchema.
func Errors(t *aggregate.Tally, f aggregate.Filter) iter.Seq[arrow.RecordBatch] {
	methods, errors, labels := dictionary(t.MethodNames()), dictionary(t.ErrorNames()), dictionary(t.Labels())
	evidence := dictionary(evidenceNames())
	return func(yield func(arrow.RecordBatch) bool) {
		var b errorColumns
		flush := func() bool {
			ok := yield(b.batch(methods, errors, labels, evidence))
			b = errorColumns{}
			return ok
		}
		for row := range t.Rows(f) {
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

func evidenceNames() []string {
	var out []string
	for _, e := range classify.Evidences {
		out = append(out, e.String())
	}
	return out
}

// errorColumns gathers rows column by column, as the buffers of the arrays that
// are made of them: arrow's own dictionary builders hash every value again.
type errorColumns struct {
	client                               clientColumns
	method, err, evidence                []uint16
	code, stated                         []int32
	session                              []byte
	cell, failures, lines, first, last   []int64
	noError, noCode, noStated, noSession nulls
	noCell, noFirst, noLast, noNulls     nulls
}

func (b *errorColumns) add(r *aggregate.Row) {
	b.method = append(b.method, uint16(r.Method))
	b.err = append(b.err, uint16(r.Error))
	b.noError.add(r.Error == 0)
	b.code = append(b.code, r.Code)
	b.noCode.add(r.Code == 0)
	b.session = append(b.session, r.Session[:]...)
	b.noSession.add(!r.HasSession)
	b.cell = append(b.cell, r.Cell.Start().Unix())
	b.noCell.add(r.Cell == aggregate.NoCell)
	b.client.add(r.SDK, r.Browser, r.OS, r.APIKey)
	b.evidence = append(b.evidence, uint16(r.Evidence))
	b.stated = append(b.stated, r.Stated)
	b.noStated.add(r.Stated == 0)
	b.failures = append(b.failures, r.Failures)
	b.lines = append(b.lines, r.Lines)
	b.first = append(b.first, r.First)
	b.noFirst.add(r.First == parse.NoTime)
	b.last = append(b.last, r.Last)
	b.noLast.add(r.Last == parse.NoTime)
}

func (b *errorColumns) batch(methods, errors, labels, evidence arrow.Array) arrow.RecordBatch {
	n := len(b.lines)
	sdk, browser, os, key := b.client.arrays(labels)
	return record(ErrorsSchema, n,
		indexed(methods, b.method, &b.noNulls),
		indexed(errors, b.err, &b.noError),
		column(arrow.PrimitiveTypes.Int32, n, arrow.Int32Traits.CastToBytes(b.code), &b.noCode),
		column(session, n, b.session, &b.noSession),
		column(cellTime, n, arrow.Int64Traits.CastToBytes(b.cell), &b.noCell),
		sdk, browser, os, key,
		indexed(evidence, b.evidence, &b.noNulls),
		column(arrow.PrimitiveTypes.Int32, n, arrow.Int32Traits.CastToBytes(b.stated), &b.noStated),
		column(arrow.PrimitiveTypes.Int64, n, arrow.Int64Traits.CastToBytes(b.failures), &b.noNulls),
		column(arrow.PrimitiveTypes.Int64, n, arrow.Int64Traits.CastToBytes(b.lines), &b.noNulls),
		column(instant, n, arrow.Int64Traits.CastToBytes(b.first), &b.noFirst),
		column(instant, n, arrow.Int64Traits.CastToBytes(b.last), &b.noLast),
	)
}

// Attempts yields the attempts of t that a filter selects as record batches of
// AttemptsSchema, and returns how many of the events of all were seen more than once.
func Attempts(t *aggregate.Tally, f aggregate.Filter) (batches iter.Seq[arrow.RecordBatch], duplicates int64) {
	all, duplicates := t.Attempts(f)
	var methodNames, outcomeNames []string
	for i := range catalogue.Methods() {
		methodNames = append(methodNames, catalogue.MethodID(i).Name())
	}
	for _, o := range aggregate.Outcomes {
		outcomeNames = append(outcomeNames, o.String())
	}
	methods, outcomes, labels := dictionary(methodNames), dictionary(outcomeNames), dictionary(t.Labels())
	return func(yield func(arrow.RecordBatch) bool) {
		var b attemptColumns
		flush := func() bool {
			ok := yield(b.batch(methods, labels, outcomes))
			b = attemptColumns{}
			return ok
		}
		for a := range all {
			b.add(&a)
			if len(b.cells) == batchRows && !flush() {
				return
			}
		}
		if len(b.cells) > 0 {
			flush()
		}
	}, duplicates
}

type attemptColumns struct {
	client                               clientColumns
	session                              []byte
	method, outcome                      []uint16
	cells, attempts                      []int64
	noSession, noCell, inferred, noNulls nulls
}

func (b *attemptColumns) add(a *aggregate.Attempts) {
	b.session = append(b.session, a.Session[:]...)
	b.noSession.add(!a.HasSession)
	b.method = append(b.method, uint16(a.Method))
	b.cells = append(b.cells, a.Cell.Start().Unix())
	b.noCell.add(a.Cell == aggregate.NoCell)
	b.client.add(a.SDK, a.Browser, a.OS, a.APIKey)
	b.outcome = append(b.outcome, uint16(a.Outcome))
	b.inferred.add(!a.Inferred) // a bitmap of booleans is laid out like one of valid values
	b.attempts = append(b.attempts, a.Attempts)
}

func (b *attemptColumns) batch(methods, labels, outcomes arrow.Array) arrow.RecordBatch {
	n := len(b.cells)
	sdk, browser, os, key := b.client.arrays(labels)
	return record(AttemptsSchema, n,
		column(session, n, b.session, &b.noSession),
		indexed(methods, b.method, &b.noNulls),
		column(cellTime, n, arrow.Int64Traits.CastToBytes(b.cells), &b.noCell),
		sdk, browser, os, key,
		indexed(outcomes, b.outcome, &b.noNulls),
		column(arrow.FixedWidthTypes.Boolean, n, b.inferred.bits, &b.noNulls),
		column(arrow.PrimitiveTypes.Int64, n, arrow.Int64Traits.CastToBytes(b.attempts), &b.noNulls))
}

// clientColumns are the labels of clients and their sessions.
type clientColumns struct {
	sdk, browser, os, key         []uint16
	noSDK, noBrowser, noOS, noKey nulls
}

func (b *clientColumns) add(sdk, browser, os, key int) {
	b.sdk, b.browser, b.os, b.key = append(b.sdk, uint16(sdk)), append(b.browser, uint16(browser)), append(b.os, uint16(os)), append(b.key, uint16(key))
	b.noSDK.add(sdk == 0)
	b.noBrowser.add(browser == 0)
	b.noOS.add(os == 0)
	b.noKey.add(key == 0)
}

func (b *clientColumns) arrays(labels arrow.Array) (sdk, browser, os, key arrow.Array) {
	return indexed(labels, b.sdk, &b.noSDK), indexed(labels, b.browser, &b.noBrowser), indexed(labels, b.os, &b.noOS), indexed(labels, b.key, &b.noKey)
}

// Sightings yields the sightings of t that a filter selects as record batches of
// SightingsSchema.
func Sightings(t *aggregate.Tally, f aggregate.Filter) iter.Seq[arrow.RecordBatch] {
	var kinds []string
	for _, f := range aggregate.SessionFroms {
		kinds = append(kinds, f.String())
	}
	knownBy := dictionary(kinds)
	return func(yield func(arrow.RecordBatch) bool) {
		var ids []byte
		var from []uint16
		var cells []int64
		var noCell, noNulls nulls
		flush := func() bool {
			ok := yield(record(SightingsSchema, len(cells),
				column(session, len(cells), ids, &noNulls),
				indexed(knownBy, from, &noNulls),
				column(cellTime, len(cells), arrow.Int64Traits.CastToBytes(cells), &noCell)))
			ids, from, cells, noCell = nil, nil, nil, nulls{}
			return ok
		}
		for s := range t.Sightings(f) {
			ids = append(ids, s.Session[:]...)
			from = append(from, uint16(s.From))
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
func dictionary(names []string) arrow.Array {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	b.AppendValues(names, nil)
	return b.NewArray()
}
