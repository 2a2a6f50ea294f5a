package batch

import (
	"encoding/binary"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/columns"
)

// Who holds the columns that all tables have. Labels are indices into Names.Labels, 0 for
// none.
type Who struct {
	Len    int
	ids    []byte
	From   []uint16 // aggregate.SessionFrom
	APIKey []uint16
}

// Session returns the session of a row, zero for none.
func (w *Who) Session(row int) aggregate.SessionID {
	b := w.ids[16*row:][:16]
	return aggregate.SessionID{Hi: binary.BigEndian.Uint64(b), Lo: binary.BigEndian.Uint64(b[8:])}
}

// Client holds the columns of a kind of client, as indices into Names.Labels, 0 for none.
type Client struct{ SDK, Browser, OS []uint16 }

// ErrorRows are the rows of table Errors.
type ErrorRows struct {
	Who
	Client
	Start         []int64 // of the window, Unix seconds; NoStart for none
	Method, Error []uint16
	Code, Stated  []int32  // 0 for none
	Documented    []uint16 // index into Documentation
	Evidence      []uint16 // classify.Evidence
	Failures      []int64
	Recovered     []int64 // failures of attempts that succeeded; not part of Failures
	Lines         []int64
	First, Last   []int64  // Unix nanoseconds; timestamp.NoTime for none
	Reason        []uint16 // catalogue.ReasonID

	IDs *array.String // session IDs as the logs have them, null if they were not kept; nil unless Options.IDs
}

// MethodRows are the rows of table Methods.
type MethodRows struct {
	Who
	Client
	Start    []int64 // of the window, Unix seconds; NoStart for none
	Method   []uint16
	Attempts []int64 // the sum of Successes, Cancels, Failed and Open
	Inferred []int64 // part of Attempts

	Successes, Cancels  []int64
	Failed              []int64 // -1 if attempts are not known by the selected error
	Open                []int64
	NeverEnded          []int64 // part of Open
	Failures, Recovered []int64
}

// SessionRows are the rows of table Sessions.
type SessionRows struct {
	Who
	Start     []int64 // of the window, Unix seconds; NoStart for none
	Telemetry *array.Boolean
}

// ClientRows are the rows of table Clients.
type ClientRows struct {
	Who
	Client
	Acted *array.Boolean
}

// Documentation lists what ErrorRows.Documented may be: whether the catalogue documents an
// error for the method.
func Documentation() []string { return documentations }

// ErrorRows returns the rows of table Errors, which must be in the batch.
func (b *Batch) ErrorRows() *ErrorRows {
	c := b.Records[Errors].Columns()
	r := &ErrorRows{
		Start: columns.Values[int64](c[0]), Method: columns.Values[uint16](c[1]), Error: columns.Values[uint16](c[2]),
		Code: columns.Values[int32](c[3]), Documented: columns.Values[uint16](c[4]),
		Who: who(c[5:8]), Client: clientOf(c[8:11]),
		Evidence: columns.Values[uint16](c[11]), Stated: columns.Values[int32](c[12]),
		Failures: columns.Values[int64](c[13]), Recovered: columns.Values[int64](c[14]), Lines: columns.Values[int64](c[15]),
		First: columns.Values[int64](c[16]), Last: columns.Values[int64](c[17]), Reason: columns.Values[uint16](c[18]),
	}
	if len(c) > 19 {
		r.IDs = c[19].(*array.String)
	}
	return r
}

// MethodRows returns the rows of table Methods, which must be in the batch.
func (b *Batch) MethodRows() *MethodRows {
	c := b.Records[Methods].Columns()
	return &MethodRows{
		Start: columns.Values[int64](c[0]), Method: columns.Values[uint16](c[1]),
		Who: who(c[2:5]), Client: clientOf(c[5:8]),
		Attempts: columns.Values[int64](c[8]), Inferred: columns.Values[int64](c[9]),
		Successes: columns.Values[int64](c[10]), Cancels: columns.Values[int64](c[11]),
		Failed: columns.Values[int64](c[12]), Open: columns.Values[int64](c[13]), NeverEnded: columns.Values[int64](c[14]),
		Failures: columns.Values[int64](c[15]), Recovered: columns.Values[int64](c[16]),
	}
}

// SessionRows returns the rows of table Sessions, which must be in the batch.
func (b *Batch) SessionRows() *SessionRows {
	c := b.Records[Sessions].Columns()
	return &SessionRows{Start: columns.Values[int64](c[0]), Who: who(c[1:4]), Telemetry: c[4].(*array.Boolean)}
}

// ClientRows returns the rows of table Clients, which must be in the batch.
func (b *Batch) ClientRows() *ClientRows {
	c := b.Records[Clients].Columns()
	return &ClientRows{Who: who(c[0:3]), Client: clientOf(c[3:6]), Acted: c[6].(*array.Boolean)}
}

func who(c []arrow.Array) Who {
	return Who{Len: c[0].Len(), ids: columns.Bytes(c[0]), From: columns.Values[uint16](c[1]), APIKey: columns.Values[uint16](c[2])}
}

func clientOf(c []arrow.Array) Client {
	return Client{columns.Values[uint16](c[0]), columns.Values[uint16](c[1]), columns.Values[uint16](c[2])}
}
