package partial

import (
	"iter"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/parse"
)

// An ErrorRow is one row of the errors stream.
type ErrorRow struct {
	Method   string
	Error    string // "" if no name can be told
	Code     int32  // stands for a missing name; 0: none
	Evidence string

	Session    aggregate.SessionID
	HasSession bool
	Cell       aggregate.Cell

	Lines       int64
	First, Last int64 // Unix nanoseconds, parse.NoTime if no record bears a time
}

// ErrorRows yields the rows of batches of ErrorsSchema. One row is reused.
func ErrorRows(batches iter.Seq[arrow.RecordBatch]) iter.Seq[*ErrorRow] {
	return func(yield func(*ErrorRow) bool) {
		var row ErrorRow
		for b := range batches {
			method, err, evidence := names(b, colMethod), names(b, colError), names(b, colEvidence)
			code := b.Column(colCode).(*array.Int32)
			session := b.Column(colSession).(*array.FixedSizeBinary)
			cell := b.Column(colCell).(*array.Timestamp)
			lines := b.Column(colLines).(*array.Int64)
			first, last := b.Column(colFirst).(*array.Timestamp), b.Column(colLast).(*array.Timestamp)
			for i := range int(b.NumRows()) {
				row = ErrorRow{
					Method: method(i), Error: err(i), Code: code.Value(i), Evidence: evidence(i),
					Cell:  cellAt(cell, i),
					Lines: lines.Value(i), First: timeAt(first, i), Last: timeAt(last, i),
				}
				if session.IsValid(i) {
					row.HasSession, row.Session = true, aggregate.SessionID(session.Value(i))
				}
				if !yield(&row) {
					return
				}
			}
		}
	}
}

// An AttemptsRow is one row of the attempts stream.
type AttemptsRow struct {
	Method   string
	Cell     aggregate.Cell
	Outcome  string
	Inferred bool
	Attempts int64
}

// AttemptsRows yields the rows of batches of AttemptsSchema.
func AttemptsRows(batches iter.Seq[arrow.RecordBatch]) iter.Seq[AttemptsRow] {
	return func(yield func(AttemptsRow) bool) {
		for b := range batches {
			method, outcome := names(b, 0), names(b, 2)
			cell := b.Column(1).(*array.Timestamp)
			inferred := b.Column(3).(*array.Boolean)
			attempts := b.Column(4).(*array.Int64)
			for i := range int(b.NumRows()) {
				row := AttemptsRow{Method: method(i), Cell: cellAt(cell, i), Outcome: outcome(i), Inferred: inferred.Value(i), Attempts: attempts.Value(i)}
				if !yield(row) {
					return
				}
			}
		}
	}
}

// SightingRows yields the rows of batches of SightingsSchema.
func SightingRows(batches iter.Seq[arrow.RecordBatch]) iter.Seq[aggregate.Sighting] {
	return func(yield func(aggregate.Sighting) bool) {
		for b := range batches {
			session := b.Column(0).(*array.FixedSizeBinary)
			cell := b.Column(1).(*array.Timestamp)
			for i := range int(b.NumRows()) {
				if !yield(aggregate.Sighting{Session: aggregate.SessionID(session.Value(i)), Cell: cellAt(cell, i)}) {
					return
				}
			}
		}
	}
}

// CoverageRows yields the rows of batches of CoverageSchema.
func CoverageRows(batches iter.Seq[arrow.RecordBatch]) iter.Seq[aggregate.Coverage] {
	return func(yield func(aggregate.Coverage) bool) {
		for b := range batches {
			cell, records := b.Column(0).(*array.Timestamp), b.Column(1).(*array.Int64)
			first, last := b.Column(2).(*array.Timestamp), b.Column(3).(*array.Timestamp)
			for i := range int(b.NumRows()) {
				if !yield(aggregate.Coverage{Cell: cellAt(cell, i), Records: records.Value(i), First: timeAt(first, i), Last: timeAt(last, i)}) {
					return
				}
			}
		}
	}
}

// names returns how to read a dictionary column; a null is "".
func names(b arrow.RecordBatch, column int) func(row int) string {
	indices := b.Column(column).(*array.Dictionary)
	values := indices.Dictionary().(*array.String)
	return func(row int) string {
		if indices.IsNull(row) {
			return ""
		}
		return values.Value(indices.GetValueIndex(row))
	}
}

func cellAt(a *array.Timestamp, row int) aggregate.Cell {
	if a.IsNull(row) {
		return aggregate.NoCell
	}
	return aggregate.CellOf(time.Unix(int64(a.Value(row)), 0).UnixNano())
}

func timeAt(a *array.Timestamp, row int) int64 {
	if a.IsNull(row) {
		return parse.NoTime
	}
	return int64(a.Value(row))
}
