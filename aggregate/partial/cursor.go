package partial

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/axis"
	"github.com/otlog/otlog/aggregate/extent"
	"github.com/otlog/otlog/aggregate/lists"
	"github.com/otlog/otlog/aggregate/streams"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
)

// namesIn returns the names in a batch's dictionaries of errors, methods and labels. The four
// columns of labels share one list.
func namesIn(b arrow.RecordBatch) (n *aggregate.Names, err error) {
	defer recovered(&err)
	v := newView(b)
	n = &aggregate.Names{Errors: textsOf(v.err), Methods: textsOf(v.method)}
	seen := map[string]bool{}
	for _, column := range [...]*array.Dictionary{v.key, v.sdk, v.browser, v.os} {
		for _, text := range append([]string{""}, textsOf(column)...) {
			if !seen[text] {
				seen[text] = true
				n.Labels = append(n.Labels, text)
			}
		}
	}
	for _, kind := range [...]struct {
		names []string
		none  string
	}{{n.Errors, ""}, {n.Methods, catalogue.MethodID(0).Name()}, {n.Labels, ""}} {
		if len(kind.names) == 0 || len(kind.names) > maxNames || kind.names[0] != kind.none {
			return nil, contradicts(fmt.Sprintf("a dictionary has %d names, expected 1 to %d with %q first", len(kind.names), maxNames, kind.none))
		}
	}
	return n, nil
}

// maxNames is the number of names that fit into an aggregate.Name.
const maxNames = 1 << 16

func textsOf(d *array.Dictionary) []string {
	values := d.Dictionary().(*array.String)
	out := make([]string, values.Len())
	for i := range out {
		out[i] = string([]byte(values.Value(i))) // not a view into the batch
	}
	return out
}

// recovered turns a panic, which an inconsistent batch can cause, into an error.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("a reference points outside the file: %v", r)
	}
}

// A view is a batch whose columns have the types of the schema.
type view struct {
	id, session, client             *array.FixedSizeBinary
	sessions, clients, telemetry    *array.Boolean
	from, key, sdk, browser, os     *array.Dictionary
	bucketsOf, evidenceOf, stepsOf  *array.List
	buckets, firstSeen, lastSeen    *array.Timestamp
	source, stream, subscriber      []uint32
	evClient                        *array.FixedSizeBinary
	code                            []int32
	err, method, methodFrom, kind   *array.Dictionary
	reason                          *array.Dictionary
	weight, axis                    *array.Dictionary
	late                            *array.Boolean
	first                           []int64
	span, place, placeSpan, records []uint32
	call                            []uint64
	stepClient                      *array.FixedSizeBinary
	stepStream, stepSubscriber      []uint32
	stepAt                          *array.Timestamp
	stepMethod, stepWhat            *array.Dictionary
	text                            *array.String // nil: there is no such column
}

func newView(b arrow.RecordBatch) *view {
	names := func(i int) *array.Dictionary { return b.Column(i).(*array.Dictionary) }
	ids := func(i int) *array.FixedSizeBinary { return b.Column(i).(*array.FixedSizeBinary) }
	flags := func(i int) *array.Boolean { return b.Column(i).(*array.Boolean) }
	lists := func(i int) *array.List { return b.Column(i).(*array.List) }
	v := &view{
		id: ids(colID), from: names(colKnownBy), key: names(colAPIKey),
		sdk: names(colSDK), browser: names(colBrowser), os: names(colOS),
		session: ids(colSession), sessions: flags(colSessions), client: ids(colClient), clients: flags(colClients), telemetry: flags(colTelemetry),
		bucketsOf: lists(colBuckets), evidenceOf: lists(colEvidence), stepsOf: lists(colSteps),
	}
	v.firstSeen, v.lastSeen = b.Column(colFirstSeen).(*array.Timestamp), b.Column(colLastSeen).(*array.Timestamp)
	v.buckets = v.bucketsOf.ListValues().(*array.Timestamp)
	ev := v.evidenceOf.ListValues().(*array.Struct)
	numbers := func(i int) []uint32 { return ev.Field(i).(*array.Uint32).Uint32Values() }
	evNames := func(i int) *array.Dictionary { return ev.Field(i).(*array.Dictionary) }
	v.source, v.stream, v.subscriber, v.evClient = numbers(evSource), numbers(evStream), numbers(evSubscriber), ev.Field(evClient).(*array.FixedSizeBinary)
	v.code = ev.Field(evCode).(*array.Int32).Int32Values()
	v.err, v.method, v.methodFrom, v.kind = evNames(evError), evNames(evMethod), evNames(evMethodFrom), evNames(evKind)
	v.weight, v.axis, v.late = evNames(evWeight), evNames(evAxis), ev.Field(evLate).(*array.Boolean)
	v.reason = evNames(evReason)
	v.first = ev.Field(evFirst).(*array.Int64).Int64Values()
	v.span, v.place, v.placeSpan, v.records = numbers(evSpan), numbers(evPlace), numbers(evPlaceSpan), numbers(evRecords)
	st := v.stepsOf.ListValues().(*array.Struct)
	v.call, v.stepClient = st.Field(stepCall).(*array.Uint64).Uint64Values(), st.Field(stepClient).(*array.FixedSizeBinary)
	v.stepStream = st.Field(stepStream).(*array.Uint32).Uint32Values()
	v.stepSubscriber = st.Field(stepSubscriber).(*array.Uint32).Uint32Values()
	v.stepAt = st.Field(stepAt).(*array.Timestamp)
	if b.NumCols() > colText {
		v.text = b.Column(colText).(*array.String)
	}
	v.stepMethod, v.stepWhat = st.Field(stepMethod).(*array.Dictionary), st.Field(stepWhat).(*array.Dictionary)
	return v
}

// A cursor reads the entries of a stream. It implements aggregate.Cursor.
type cursor struct {
	stream    *stream
	withSteps bool
	batches   *batches
	view      *view
	rows      int
	row       int
	last      aggregate.SessionID
	started   bool
	entry     aggregate.Entry
	ledger    *ledger

	from, key, sdk, browser, os, err, method, methodFrom dictionaryColumn
	kind, weight, reason, axis, stepMethod, stepWhat     dictionaryColumn
}

func (s *stream) cursor(steps bool) (*cursor, error) {
	b, err := s.batches(nil)
	if err != nil {
		return nil, s.explain(err)
	}
	c := &cursor{stream: s, batches: b, withSteps: steps, ledger: s.account.ledger()}
	errorNumbers, methodNumbers, labelNumbers := numbersOf(s.names.Errors), numbersOf(s.names.Methods), numbersOf(s.names.Labels)
	callers := map[string]uint16{}
	for i := range catalogue.Methods() {
		callers[catalogue.MethodID(i).Name()] = uint16(i)
	}
	for _, d := range [...]struct {
		column  *dictionaryColumn
		numbers map[string]uint16
	}{
		{&c.from, numbersOf(knownBy)}, {&c.key, labelNumbers}, {&c.sdk, labelNumbers}, {&c.browser, labelNumbers}, {&c.os, labelNumbers},
		{&c.err, errorNumbers}, {&c.method, methodNumbers}, {&c.methodFrom, numbersOf(methodFroms)},
		{&c.kind, numbersOf(evidences)}, {&c.weight, numbersOf(weights)}, {&c.reason, numbersOf(reasons)}, {&c.axis, numbersOf(axes)},
		{&c.stepMethod, callers}, {&c.stepWhat, numbersOf(whats)},
	} {
		d.column.known = d.numbers
	}
	return c, nil
}

func numbersOf(names []string) map[string]uint16 {
	out := map[string]uint16{}
	for i, s := range names {
		if _, twice := out[s]; !twice {
			out[s] = uint16(i)
		}
	}
	return out
}

// Close ends the use of the cursor.
func (c *cursor) Close() { c.batches.close() }

// Next returns the next entry.
func (c *cursor) Next() (*aggregate.Entry, error) {
	if err := c.advance(); err != nil {
		return nil, c.stream.explain(err)
	}
	return &c.entry, nil
}

// explain adds the name of the file to an error: several files are read at the same time.
func (s *stream) explain(err error) error {
	if err == io.EOF || s.name == "" {
		return err
	}
	return fmt.Errorf("%s: %w", s.name, err)
}

// advance reads the next entry, of the next batch if need be.
func (c *cursor) advance() (err error) {
	defer recovered(&err)
	for c.row == c.rows {
		b, err := c.batches.next()
		if err == io.EOF && !c.stream.own {
			if err := c.ledger.end(); err != nil {
				return contradicts(err)
			}
		}
		if err != nil {
			return err
		}
		c.view, c.row, c.rows = newView(b), 0, int(b.NumRows())
		if err := c.read(c.view); err != nil {
			return contradicts(err)
		}
	}
	if err := c.next(); err != nil {
		return contradicts(err)
	}
	return nil
}

// read reads the dictionaries of a batch.
func (c *cursor) read(v *view) error {
	return cmp.Or(
		c.from.read(v.from), c.key.read(v.key), c.sdk.read(v.sdk), c.browser.read(v.browser), c.os.read(v.os),
		c.err.read(v.err), c.method.read(v.method), c.methodFrom.read(v.methodFrom), c.kind.read(v.kind),
		c.weight.read(v.weight), c.reason.read(v.reason), c.axis.read(v.axis), c.stepMethod.read(v.stepMethod), c.stepWhat.read(v.stepWhat))
}

// next reads the next row of the batch.
func (c *cursor) next() error {
	v, i, e := c.view, c.row, &c.entry
	c.row++
	*e = aggregate.Entry{Buckets: lists.Empty(e.Buckets), Evidence: lists.Empty(e.Evidence), Steps: lists.Empty(e.Steps)}
	e.ID, e.From = idAt(v.id, i), aggregate.SessionFrom(c.from.at(i))
	e.Key, e.SDK = aggregate.Name(c.key.at(i)), aggregate.Name(c.sdk.at(i))
	e.Browser, e.OS = aggregate.Name(c.browser.at(i)), aggregate.Name(c.os.at(i))
	e.Session, e.Client = linkAt(v.session, v.sessions, i), linkAt(v.client, v.clients, i)
	e.Telemetry = v.telemetry.Value(i)
	if v.text != nil && !v.text.IsNull(i) {
		e.Text = strings.Clone(v.text.Value(i)) // not a view into the batch
		if !c.stream.own && !isIDOf(e) {
			return errors.New("the text of an ID is not that of its session")
		}
	}
	none := e.ID.IsZero()
	switch {
	case none != (e.From == aggregate.FromSource):
		return fmt.Errorf("known_by is %s, which does not match the ID", e.From)
	case c.started && e.ID.Compare(c.last) <= 0:
		return errors.New("rows are not sorted")
	}
	c.last, c.started = e.ID, true
	if err := cmp.Or(c.buckets(v, i), c.extent(v, i), c.evidence(v, i), c.steps(v, i)); err != nil || c.stream.own {
		return err
	}
	if err := c.ledger.checkEntry(e); err != nil {
		return err
	}
	from, to := within(v.stepsOf, i)
	return c.ledger.add(e, to-from)
}

func (c *cursor) buckets(v *view, row int) error {
	from, to := within(v.bucketsOf, row)
	for i := from; i < to; i++ {
		bucket := aggregate.NoBucket
		if !v.buckets.IsNull(i) {
			var err error
			if bucket, err = bucketAt(int64(v.buckets.Value(i))); err != nil {
				return err
			}
		}
		c.entry.Buckets = append(c.entry.Buckets, bucket)
	}
	return nil
}

func (c *cursor) extent(v *view, row int) (err error) {
	if v.firstSeen.IsNull(row) != v.lastSeen.IsNull(row) {
		return errors.New("one of first_seen and last_seen is missing")
	}
	if !v.firstSeen.IsNull(row) {
		c.entry.Extent, err = extent.New(int64(v.firstSeen.Value(row)), int64(v.lastSeen.Value(row)))
	}
	return err
}

// bucketAt returns the bucket that starts at an instant in Unix seconds.
func bucketAt(start int64) (aggregate.Bucket, error) {
	const seconds = int64(15 * time.Minute / time.Second)
	bucket := aggregate.Bucket(start / seconds)
	if int64(bucket)*seconds != start || bucket == aggregate.NoBucket {
		return 0, fmt.Errorf("%d is not the start of a quarter-hour", start)
	}
	return bucket, nil
}

func (c *cursor) evidence(v *view, row int) error {
	from, to := within(v.evidenceOf, row)
	for i := from; i < to; i++ {
		x := aggregate.Evidence{
			Mark: aggregate.Mark{
				Client: idAt(v.evClient, i), Origin: v.source[i], Code: v.code[i],
				Stream: streams.IDs{Stream: v.stream[i], Subscriber: v.subscriber[i]},
				Error:  aggregate.Name(c.err.at(i)), Method: aggregate.Name(c.method.at(i)),
				From: classify.MethodFrom(c.methodFrom.at(i)), Kind: classify.Evidence(c.kind.at(i)), Weight: classify.Weight(c.weight.at(i)),
			},
			First: v.first[i], Span: v.span[i], Place: v.place[i], PlaceSpan: v.placeSpan[i], Records: v.records[i],
		}
		x.Flags = axis.New(aggregate.Axis(c.axis.at(i)), catalogue.ReasonID(c.reason.at(i)), v.late.Value(i))
		if !c.stream.own && int64(x.Origin) >= int64(len(c.stream.account.origins)) {
			return fmt.Errorf("source %d is not in the list", x.Origin)
		}
		c.entry.Evidence = append(c.entry.Evidence, x)
	}
	return nil
}

func (c *cursor) steps(v *view, row int) error {
	if !c.withSteps {
		return nil
	}
	from, to := within(v.stepsOf, row)
	for i := from; i < to; i++ {
		var at int64
		if !v.stepAt.IsNull(i) {
			at = int64(v.stepAt.Value(i))
		}
		if at < 0 || at > math.MaxInt64/int64(time.Millisecond) {
			return fmt.Errorf("%d is not the time of an event", at)
		}
		what, stream := c.stepWhat.at(i), streams.IDs{Stream: v.stepStream[i], Subscriber: v.stepSubscriber[i]}
		c.entry.Steps = append(c.entry.Steps,
			aggregate.NewStep(v.call[i], stream, idAt(v.stepClient, i), at, catalogue.MethodID(c.stepMethod.at(i)), what == 0, aggregate.Outcome(max(what, 1)-1)))
	}
	return nil
}

// within returns the range of the values of a row's list.
func within(l *array.List, row int) (from, to int) {
	start, end := l.ValueOffsets(row)
	if start < 0 || end < start || end > int64(l.ListValues().Len()) {
		panic(fmt.Sprintf("a list has the range %d to %d of %d", start, end, l.ListValues().Len()))
	}
	return int(start), int(end)
}

func idAt(a *array.FixedSizeBinary, row int) aggregate.SessionID {
	if a.IsNull(row) {
		return aggregate.SessionID{}
	}
	return aggregate.SessionIDOf([16]byte(a.Value(row)))
}

func linkAt(id *array.FixedSizeBinary, several *array.Boolean, row int) aggregate.Link {
	if several.Value(row) {
		return aggregate.Link{Several: true}
	}
	return aggregate.Link{ID: idAt(id, row)}
}

// A dictionaryColumn translates the names of a column to numbers of the stream.
type dictionaryColumn struct {
	known  map[string]uint16 // the number of each name
	names  arrow.ArrayData   // of the last batch
	number []uint16          // of each of its names
	column *array.Dictionary
	values []uint16
}

// read reads the column of the next batch.
func (d *dictionaryColumn) read(column *array.Dictionary) error {
	d.column, d.values = column, column.Indices().(*array.Uint16).Uint16Values()
	names := column.Dictionary().(*array.String)
	if d.names == names.Data() {
		return nil
	}
	d.names, d.number = names.Data(), d.number[:0]
	for i := range names.Len() {
		n, ok := d.known[names.Value(i)]
		if !ok {
			return fmt.Errorf("%q is not a known name", names.Value(i))
		}
		d.number = append(d.number, n)
	}
	return nil
}

// at returns the number of a row's name, 0 for null.
func (d *dictionaryColumn) at(row int) uint16 {
	if d.column.IsNull(row) {
		return 0
	}
	return d.number[d.values[row]]
}
