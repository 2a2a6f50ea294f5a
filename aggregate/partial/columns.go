package partial

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/columns"
	"github.com/otlog/otlog/classify/catalogue"
)

// dictionaries are the dictionaries of a stream, one for each kind of name.
type dictionaries struct {
	errors, methods, labels                                        arrow.Array
	knownBy, evidences, methodFroms, weights, axes, callers, whats arrow.Array
	reasons                                                        arrow.Array
}

func newDictionaries(n *aggregate.Names) *dictionaries {
	var callers []string
	for i := range catalogue.Methods() {
		callers = append(callers, catalogue.MethodID(i).Name())
	}
	return &dictionaries{
		errors: columns.Dictionary(n.Errors), methods: columns.Dictionary(n.Methods), labels: columns.Dictionary(n.Labels),
		knownBy: columns.Dictionary(knownBy), evidences: columns.Dictionary(evidences), methodFroms: columns.Dictionary(methodFroms),
		weights: columns.Dictionary(weights), axes: columns.Dictionary(axes), reasons: columns.Dictionary(reasons), callers: columns.Dictionary(callers), whats: columns.Dictionary(whats),
	}
}

// ids is a column of SessionIDs. The zero SessionID is null.
type ids struct {
	bytes   []byte
	missing columns.Nulls
}

func (c *ids) add(id aggregate.SessionID) {
	b := id.Bytes()
	c.bytes = append(c.bytes, b[:]...)
	c.missing.Add(id.IsZero())
}

func (c *ids) array() arrow.Array { return columns.New(idType, c.missing.Len(), c.bytes, &c.missing) }

// labels is a column of names. 0 is null.
type labels struct {
	numbers []uint16
	missing columns.Nulls
}

func (c *labels) add(n aggregate.Name) {
	c.numbers = append(c.numbers, uint16(n))
	c.missing.Add(n == 0)
}

func (c *labels) array(names arrow.Array) arrow.Array {
	return columns.Indexed(names, c.numbers, &c.missing)
}

// flags is a column of booleans.
type flags struct{ set columns.Nulls }

func (c *flags) add(v bool) { c.set.Add(!v) }

func (c *flags) array() arrow.Array { return columns.New(boolType, c.set.Len(), c.set.Bits(), nil) }

// textColumn is a column of texts. The empty text is null.
type textColumn struct {
	bytes   []byte
	ends    []int32
	missing columns.Nulls
}

func (c *textColumn) add(s string) {
	c.bytes = append(c.bytes, s...)
	c.ends = append(c.ends, int32(len(c.bytes)))
	c.missing.Add(s == "")
}

func (c *textColumn) array() arrow.Array {
	return columns.Texts(c.bytes, append([]int32{0}, c.ends...), &c.missing)
}

func (c *textColumn) empty() textColumn {
	return textColumn{c.bytes[:0], c.ends[:0], c.missing.Empty()}
}

// entryColumns holds the columns of a batch of entries.
type entryColumns struct {
	rows                  int
	id                    ids
	from                  []uint16
	key, sdk, browser, os labels
	session, client       ids
	sessions, clients     flags
	telemetry             flags
	buckets               []int64
	noBucket              columns.Nulls
	bucketsEnd            []int32
	firstSeen, lastSeen   []int64
	noTime                columns.Nulls
	evidenceEnd, stepsEnd []int32
	evidence              evidenceColumns
	steps                 stepColumns
	hasIDs                bool // there is a column of texts
	texts                 textColumn
}

func (c *entryColumns) add(e *aggregate.Entry) {
	c.rows++
	c.id.add(e.ID)
	c.from = append(c.from, uint16(e.From))
	c.key.add(e.Key)
	c.sdk.add(e.SDK)
	c.browser.add(e.Browser)
	c.os.add(e.OS)
	c.session.add(e.Session.ID)
	c.sessions.add(e.Session.Several)
	c.client.add(e.Client.ID)
	c.clients.add(e.Client.Several)
	c.telemetry.add(e.Telemetry)
	for _, bucket := range e.Buckets {
		c.buckets = append(c.buckets, bucket.Start().Unix())
		c.noBucket.Add(bucket == aggregate.NoBucket)
	}
	c.bucketsEnd = append(c.bucketsEnd, int32(len(c.buckets)))
	first, last, ok := e.Extent.Times()
	c.firstSeen, c.lastSeen = append(c.firstSeen, first), append(c.lastSeen, last)
	c.noTime.Add(!ok)
	for i := range e.Evidence {
		c.evidence.add(&e.Evidence[i])
	}
	c.evidenceEnd = append(c.evidenceEnd, int32(len(c.evidence.first)))
	for _, s := range e.Steps {
		c.steps.add(s)
	}
	c.stepsEnd = append(c.stepsEnd, int32(len(c.steps.call)))
	if c.hasIDs {
		c.texts.add(e.Text)
	}
}

// size returns the approximate size of the batch in bytes.
func (c *entryColumns) size() int {
	return 106*c.rows + 8*len(c.buckets) + 76*len(c.evidence.first) + 48*len(c.steps.call) + len(c.texts.bytes) + 4*len(c.texts.ends)
}

// batch returns the columns as a record batch, which is valid until they change.
func (c *entryColumns) batch(schema *arrow.Schema, d *dictionaries) arrow.RecordBatch {
	buckets := columns.New(bucketType, len(c.buckets), arrow.Int64Traits.CastToBytes(c.buckets), &c.noBucket)
	seconds := func(values []int64) arrow.Array {
		return columns.New(columns.Seconds, c.rows, arrow.Int64Traits.CastToBytes(values), &c.noTime)
	}
	all := []arrow.Array{
		c.id.array(), columns.Indexed(d.knownBy, c.from, nil),
		c.key.array(d.labels), c.sdk.array(d.labels), c.browser.array(d.labels), c.os.array(d.labels),
		c.session.array(), c.sessions.array(), c.client.array(), c.clients.array(), c.telemetry.array(),
		list(bucketType, c.bucketsEnd, buckets), seconds(c.firstSeen), seconds(c.lastSeen),
		list(evidenceType, c.evidenceEnd, c.evidence.array(d)),
		list(stepsType, c.stepsEnd, c.steps.array(d)),
	}
	if c.hasIDs {
		all = append(all, c.texts.array())
	}
	return array.NewRecordBatch(schema, all, int64(c.rows))
}

// reset empties the columns, and keeps their memory.
func (c *entryColumns) reset() {
	*c = entryColumns{
		id: c.id.empty(), from: c.from[:0],
		key: c.key.empty(), sdk: c.sdk.empty(), browser: c.browser.empty(), os: c.os.empty(),
		session: c.session.empty(), client: c.client.empty(),
		sessions: flags{c.sessions.set.Empty()}, clients: flags{c.clients.set.Empty()},
		telemetry: flags{c.telemetry.set.Empty()},
		buckets:   c.buckets[:0], noBucket: c.noBucket.Empty(), bucketsEnd: c.bucketsEnd[:0],
		firstSeen: c.firstSeen[:0], lastSeen: c.lastSeen[:0], noTime: c.noTime.Empty(),
		evidenceEnd: c.evidenceEnd[:0], stepsEnd: c.stepsEnd[:0],
		evidence: c.evidence.empty(), steps: c.steps.empty(),
		hasIDs: c.hasIDs, texts: c.texts.empty(),
	}
}

func (c *ids) empty() ids       { return ids{c.bytes[:0], c.missing.Empty()} }
func (c *labels) empty() labels { return labels{c.numbers[:0], c.missing.Empty()} }

// list returns an array of lists. List i ends before value ends[i].
func list(of arrow.DataType, ends []int32, values arrow.Array) arrow.Array {
	offsets := append(make([]int32, 1, len(ends)+1), ends...)
	return array.MakeFromData(array.NewData(listOf(of), len(ends),
		[]*memory.Buffer{nil, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(offsets))}, []arrow.ArrayData{values.Data()}, 0, 0))
}

func structure(typ *arrow.StructType, n int, fields ...arrow.Array) arrow.Array {
	var data []arrow.ArrayData
	for _, f := range fields {
		data = append(data, f.Data())
	}
	return array.MakeFromData(array.NewData(typ, n, []*memory.Buffer{nil}, data, 0, 0))
}

// evidenceColumns holds the fields of evidence.
type evidenceColumns struct {
	source, stream, subscriber             []uint32
	client                                 ids
	code                                   []int32
	err, reason                            labels
	method, methodFrom, kind, weight, axis []uint16
	late                                   flags
	first                                  []int64
	span, place, placeSpan, records        []uint32
}

func (c *evidenceColumns) add(e *aggregate.Evidence) {
	c.source = append(c.source, e.Origin)
	c.stream, c.subscriber = append(c.stream, e.Stream.Stream), append(c.subscriber, e.Stream.Subscriber)
	c.client.add(e.Client)
	c.code = append(c.code, e.Code)
	c.err.add(e.Error)
	c.method, c.methodFrom = append(c.method, uint16(e.Method)), append(c.methodFrom, uint16(e.From))
	c.kind, c.weight = append(c.kind, uint16(e.Kind)), append(c.weight, uint16(e.Weight))
	c.reason.add(aggregate.Name(e.Reason()))
	c.axis = append(c.axis, uint16(e.Axis()))
	c.late.add(e.Late())
	c.first, c.span = append(c.first, e.First), append(c.span, e.Span)
	c.place, c.placeSpan = append(c.place, e.Place), append(c.placeSpan, e.PlaceSpan)
	c.records = append(c.records, e.Records)
}

func (c *evidenceColumns) empty() evidenceColumns {
	return evidenceColumns{
		source: c.source[:0], stream: c.stream[:0], subscriber: c.subscriber[:0], client: c.client.empty(), code: c.code[:0], err: c.err.empty(),
		method: c.method[:0], methodFrom: c.methodFrom[:0], kind: c.kind[:0], weight: c.weight[:0], reason: c.reason.empty(), axis: c.axis[:0],
		late: flags{c.late.set.Empty()}, first: c.first[:0],
		span: c.span[:0], place: c.place[:0], placeSpan: c.placeSpan[:0], records: c.records[:0],
	}
}

func (c *evidenceColumns) array(d *dictionaries) arrow.Array {
	n := len(c.first)
	numbers := func(values []uint32) arrow.Array {
		return columns.New(arrow.PrimitiveTypes.Uint32, n, arrow.Uint32Traits.CastToBytes(values), nil)
	}
	return structure(evidenceType, n,
		numbers(c.source), c.client.array(), numbers(c.stream), numbers(c.subscriber),
		columns.New(arrow.PrimitiveTypes.Int32, n, arrow.Int32Traits.CastToBytes(c.code), nil),
		c.err.array(d.errors), columns.Indexed(d.methods, c.method, nil), columns.Indexed(d.methodFroms, c.methodFrom, nil),
		columns.Indexed(d.evidences, c.kind, nil), columns.Indexed(d.weights, c.weight, nil), c.reason.array(d.reasons), c.late.array(), columns.Indexed(d.axes, c.axis, nil),
		columns.New(arrow.PrimitiveTypes.Int64, n, arrow.Int64Traits.CastToBytes(c.first), nil),
		numbers(c.span), numbers(c.place), numbers(c.placeSpan), numbers(c.records))
}

// stepColumns holds the fields of steps.
type stepColumns struct {
	call               []uint64
	client             ids
	stream, subscriber []uint32
	at                 []int64
	noTime             columns.Nulls
	method, what       []uint16
}

func (c *stepColumns) add(s aggregate.Step) {
	c.call = append(c.call, s.Call)
	c.client.add(s.Client)
	c.stream, c.subscriber = append(c.stream, s.Stream.Stream), append(c.subscriber, s.Stream.Subscriber)
	c.at = append(c.at, s.Millis())
	c.noTime.Add(s.Millis() == 0)
	c.method = append(c.method, uint16(s.Method()))
	what := uint16(0)
	if !s.Starts() {
		what = 1 + uint16(s.Outcome())
	}
	c.what = append(c.what, what)
}

func (c *stepColumns) empty() stepColumns {
	return stepColumns{
		call: c.call[:0], client: c.client.empty(), stream: c.stream[:0], subscriber: c.subscriber[:0], at: c.at[:0], noTime: c.noTime.Empty(),
		method: c.method[:0], what: c.what[:0],
	}
}

func (c *stepColumns) array(d *dictionaries) arrow.Array {
	n := len(c.call)
	numbers := func(values []uint32) arrow.Array {
		return columns.New(arrow.PrimitiveTypes.Uint32, n, arrow.Uint32Traits.CastToBytes(values), nil)
	}
	return structure(stepsType, n,
		columns.New(arrow.PrimitiveTypes.Uint64, n, arrow.Uint64Traits.CastToBytes(c.call), nil), c.client.array(),
		numbers(c.stream), numbers(c.subscriber),
		columns.New(stepTime, n, arrow.Int64Traits.CastToBytes(c.at), &c.noTime),
		columns.Indexed(d.callers, c.method, nil), columns.Indexed(d.whats, c.what, nil))
}
