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
	Session    aggregate.SessionID
	HasSession bool

	Cell   aggregate.Cell
	Method string
	Error  string // "" if no name can be told
	Code   int32  // stands for a missing name; 0: none

	Client

	Evidence string
	Stated   int32 // code; 0: none

	Failures, Lines int64
	First, Last     int64 // Unix nanoseconds, parse.NoTime if no record bears a time
}

// A Client is what is told of the page load that a row is about, and of its
// session, "" where it is not.
type Client struct{ SDK, Browser, OS, APIKey string }

// clients returns how to read the four columns of clients, from the first on.
func clients(b arrow.RecordBatch, first int) func(row int) Client {
	sdk, browser, os, key := names(b, first), names(b, first+1), names(b, first+2), names(b, first+3)
	return func(row int) Client { return Client{sdk(row), browser(row), os(row), key(row)} }
}

// ErrorRows yields the rows of batches of ErrorsSchema. One row is reused.
func ErrorRows(batches iter.Seq[arrow.RecordBatch]) iter.Seq[*ErrorRow] {
	return func(yield func(*ErrorRow) bool) {
		var row ErrorRow
		for b := range batches {
			method, err, evidence := names(b, colMethod), names(b, colError), names(b, colEvidence)
			client := clients(b, colSDK)
			code, stated := b.Column(colCode).(*array.Int32), b.Column(colStated).(*array.Int32)
			session := b.Column(colSession).(*array.FixedSizeBinary)
			cell := b.Column(colCell).(*array.Timestamp)
			failures, lines := b.Column(colFailures).(*array.Int64), b.Column(colLines).(*array.Int64)
			first, last := b.Column(colFirst).(*array.Timestamp), b.Column(colLast).(*array.Timestamp)
			for i := range int(b.NumRows()) {
				row = ErrorRow{
					Cell: cellAt(cell, i), Method: method(i), Error: err(i), Code: code.Value(i),
					Client:   client(i),
					Evidence: evidence(i), Stated: stated.Value(i),
					Failures: failures.Value(i), Lines: lines.Value(i), First: timeAt(first, i), Last: timeAt(last, i),
				}
				row.Session, row.HasSession = sessionAt(session, i)
				if !yield(&row) {
					return
				}
			}
		}
	}
}

// An AttemptsRow is one row of the attempts stream.
type AttemptsRow struct {
	Session    aggregate.SessionID
	HasSession bool

	Method string
	Cell   aggregate.Cell
	Client
	Outcome  string
	Inferred bool
	Attempts int64
}

// AttemptsRows yields the rows of batches of AttemptsSchema. One row is reused.
func AttemptsRows(batches iter.Seq[arrow.RecordBatch]) iter.Seq[*AttemptsRow] {
	return func(yield func(*AttemptsRow) bool) {
		var row AttemptsRow
		for b := range batches {
			session := b.Column(0).(*array.FixedSizeBinary)
			method, client, outcome := names(b, 1), clients(b, 3), names(b, 7)
			cell := b.Column(2).(*array.Timestamp)
			inferred := b.Column(8).(*array.Boolean)
			attempts := b.Column(9).(*array.Int64)
			for i := range int(b.NumRows()) {
				row = AttemptsRow{Method: method(i), Cell: cellAt(cell, i), Client: client(i), Outcome: outcome(i), Inferred: inferred.Value(i), Attempts: attempts.Value(i)}
				row.Session, row.HasSession = sessionAt(session, i)
				if !yield(&row) {
					return
				}
			}
		}
	}
}

// A SightingRow is one row of the sightings stream.
type SightingRow struct {
	Session aggregate.SessionID
	KnownBy string
	Cell    aggregate.Cell
}

// SightingRows yields the rows of batches of SightingsSchema.
func SightingRows(batches iter.Seq[arrow.RecordBatch]) iter.Seq[SightingRow] {
	return func(yield func(SightingRow) bool) {
		for b := range batches {
			session, knownBy := b.Column(0).(*array.FixedSizeBinary), names(b, 1)
			cell := b.Column(2).(*array.Timestamp)
			for i := range int(b.NumRows()) {
				if !yield(SightingRow{Session: aggregate.SessionID(session.Value(i)), KnownBy: knownBy(i), Cell: cellAt(cell, i)}) {
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

func sessionAt(a *array.FixedSizeBinary, row int) (id aggregate.SessionID, known bool) {
	if a.IsNull(row) {
		return aggregate.SessionID{}, false
	}
	return aggregate.SessionID(a.Value(row)), true
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
