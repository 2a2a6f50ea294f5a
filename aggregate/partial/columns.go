package partial

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/classify/catalogue"
)

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

// column makes an array of its buffers: arrow's own builders hash every name again.
func column(typ arrow.DataType, n int, values []byte, missing *nulls) arrow.Array {
	return array.MakeFromData(array.NewData(typ, n, []*memory.Buffer{missing.buffer(), memory.NewBufferBytes(values)}, nil, missing.missing, 0))
}

func indexed(names arrow.Array, values []uint16, missing *nulls) arrow.Array {
	return array.NewDictionaryArray(nameType, column(nameType.IndexType, len(values), arrow.Uint16Traits.CastToBytes(values), missing), names)
}

// dictionary makes the array of names that the batches of a stream share.
func dictionary(names []string) arrow.Array {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	b.AppendValues(names, nil)
	return b.NewArray()
}

// dictionaries are all that a stream has.
type dictionaries struct {
	errors, methods, labels                                        arrow.Array
	knownBy, evidences, methodFroms, weights, axes, callers, whats arrow.Array
}

func newDictionaries(n *aggregate.Names) *dictionaries {
	var callers []string
	for i := range catalogue.Methods() {
		callers = append(callers, catalogue.MethodID(i).Name())
	}
	return &dictionaries{
		errors: dictionary(n.Errors), methods: dictionary(n.Methods), labels: dictionary(n.Labels),
		knownBy: dictionary(knownBy), evidences: dictionary(evidences), methodFroms: dictionary(methodFroms),
		weights: dictionary(weights), axes: dictionary(axes), callers: dictionary(callers), whats: dictionary(whats),
	}
}

// ids gathers SessionIDs; none is null.
type ids struct {
	bytes   []byte
	missing nulls
}

func (c *ids) add(id aggregate.SessionID) {
	b := id.Bytes()
	c.bytes = append(c.bytes, b[:]...)
	c.missing.add(id == aggregate.SessionID{})
}

func (c *ids) array() arrow.Array { return column(idType, c.missing.rows, c.bytes, &c.missing) }

// labels gathers names; number 0 is null.
type labels struct {
	numbers []uint16
	missing nulls
}

func (c *labels) add(n aggregate.Name) {
	c.numbers = append(c.numbers, uint16(n))
	c.missing.add(n == 0)
}

func (c *labels) array(names arrow.Array) arrow.Array { return indexed(names, c.numbers, &c.missing) }

// flags gathers booleans.
type flags struct{ set nulls }

func (c *flags) add(v bool) { c.set.add(!v) }

func (c *flags) array() arrow.Array { return column(boolType, c.set.rows, c.set.bits, &nulls{}) }

// entryColumns gathers entries column by column.
type entryColumns struct {
	rows                  int
	id                    ids
	from                  []uint16
	key, sdk, browser, os labels
	session, client       ids
	sessions, clients     flags
	cells                 []int64
	noCell                nulls
	cellsEnd              []int32
	evidenceEnd, stepsEnd []int32
	evidence              evidenceColumns
	steps                 stepColumns
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
	for _, cell := range e.Cells {
		c.cells = append(c.cells, cell.Start().Unix())
		c.noCell.add(cell == aggregate.NoCell)
	}
	c.cellsEnd = append(c.cellsEnd, int32(len(c.cells)))
	for i := range e.Evidence {
		c.evidence.add(&e.Evidence[i])
	}
	c.evidenceEnd = append(c.evidenceEnd, int32(len(c.evidence.first)))
	for _, s := range e.Steps {
		c.steps.add(s)
	}
	c.stepsEnd = append(c.stepsEnd, int32(len(c.steps.call)))
}

// size returns about how many bytes the batch takes.
func (c *entryColumns) size() int {
	return 90*c.rows + 8*len(c.cells) + 70*len(c.evidence.first) + 40*len(c.steps.call)
}

func (c *entryColumns) batch(schema *arrow.Schema, d *dictionaries) arrow.RecordBatch {
	cells := column(cellType, len(c.cells), arrow.Int64Traits.CastToBytes(c.cells), &c.noCell)
	return array.NewRecordBatch(schema, []arrow.Array{
		c.id.array(), indexed(d.knownBy, c.from, &nulls{}),
		c.key.array(d.labels), c.sdk.array(d.labels), c.browser.array(d.labels), c.os.array(d.labels),
		c.session.array(), c.sessions.array(), c.client.array(), c.clients.array(),
		list(cellType, c.cellsEnd, cells),
		list(evidenceType, c.evidenceEnd, c.evidence.array(d)),
		list(stepsType, c.stepsEnd, c.steps.array(d)),
	}, int64(c.rows))
}

// reset makes the columns empty and keeps their memory.
func (c *entryColumns) reset() {
	*c = entryColumns{
		id: c.id.empty(), from: c.from[:0],
		key: c.key.empty(), sdk: c.sdk.empty(), browser: c.browser.empty(), os: c.os.empty(),
		session: c.session.empty(), client: c.client.empty(),
		sessions: flags{c.sessions.set.empty()}, clients: flags{c.clients.set.empty()},
		cells: c.cells[:0], noCell: c.noCell.empty(), cellsEnd: c.cellsEnd[:0],
		evidenceEnd: c.evidenceEnd[:0], stepsEnd: c.stepsEnd[:0],
		evidence: c.evidence.empty(), steps: c.steps.empty(),
	}
}

func (n *nulls) empty() nulls   { return nulls{bits: n.bits[:0]} }
func (c *ids) empty() ids       { return ids{c.bytes[:0], c.missing.empty()} }
func (c *labels) empty() labels { return labels{c.numbers[:0], c.missing.empty()} }

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

type evidenceColumns struct {
	source, stream                         []uint32
	client                                 ids
	code                                   []int32
	err                                    labels
	method, methodFrom, kind, weight, axis []uint16
	late                                   flags
	first                                  []int64
	span, place, placeSpan, records        []uint32
}

func (c *evidenceColumns) add(e *aggregate.Evidence) {
	c.source, c.stream = append(c.source, e.Origin), append(c.stream, e.Part)
	c.client.add(e.Client)
	c.code = append(c.code, e.Code)
	c.err.add(e.Error)
	c.method, c.methodFrom = append(c.method, uint16(e.Method)), append(c.methodFrom, uint16(e.From))
	c.kind, c.weight = append(c.kind, uint16(e.Kind)), append(c.weight, uint16(e.Weight))
	c.axis = append(c.axis, uint16(e.Axis()))
	c.late.add(e.Late())
	c.first, c.span = append(c.first, e.First), append(c.span, e.Span)
	c.place, c.placeSpan = append(c.place, e.Place), append(c.placeSpan, e.PlaceSpan)
	c.records = append(c.records, e.Records)
}

func (c *evidenceColumns) empty() evidenceColumns {
	return evidenceColumns{
		source: c.source[:0], stream: c.stream[:0], client: c.client.empty(), code: c.code[:0], err: c.err.empty(),
		method: c.method[:0], methodFrom: c.methodFrom[:0], kind: c.kind[:0], weight: c.weight[:0], axis: c.axis[:0],
		late: flags{c.late.set.empty()}, first: c.first[:0],
		span: c.span[:0], place: c.place[:0], placeSpan: c.placeSpan[:0], records: c.records[:0],
	}
}

func (c *evidenceColumns) array(d *dictionaries) arrow.Array {
	n, all := len(c.first), &nulls{}
	numbers := func(values []uint32) arrow.Array {
		return column(arrow.PrimitiveTypes.Uint32, n, arrow.Uint32Traits.CastToBytes(values), all)
	}
	return structure(evidenceType, n,
		numbers(c.source), c.client.array(), numbers(c.stream),
		column(arrow.PrimitiveTypes.Int32, n, arrow.Int32Traits.CastToBytes(c.code), all),
		c.err.array(d.errors), indexed(d.methods, c.method, all), indexed(d.methodFroms, c.methodFrom, all),
		indexed(d.evidences, c.kind, all), indexed(d.weights, c.weight, all), c.late.array(), indexed(d.axes, c.axis, all),
		column(arrow.PrimitiveTypes.Int64, n, arrow.Int64Traits.CastToBytes(c.first), all),
		numbers(c.span), numbers(c.place), numbers(c.placeSpan), numbers(c.records))
}

type stepColumns struct {
	call         []uint64
	client       ids
	at           []int64
	noTime       nulls
	method, what []uint16
}

func (c *stepColumns) add(s aggregate.Step) {
	c.call = append(c.call, s.Call)
	c.client.add(s.Client)
	c.at = append(c.at, s.Millis())
	c.noTime.add(s.Millis() == 0)
	c.method = append(c.method, uint16(s.Method()))
	what := uint16(0)
	if !s.Starts() {
		what = 1 + uint16(s.Outcome())
	}
	c.what = append(c.what, what)
}

func (c *stepColumns) empty() stepColumns {
	return stepColumns{
		call: c.call[:0], client: c.client.empty(), at: c.at[:0], noTime: c.noTime.empty(),
		method: c.method[:0], what: c.what[:0],
	}
}

func (c *stepColumns) array(d *dictionaries) arrow.Array {
	n, all := len(c.call), &nulls{}
	return structure(stepsType, n,
		column(arrow.PrimitiveTypes.Uint64, n, arrow.Uint64Traits.CastToBytes(c.call), all), c.client.array(),
		column(stepTime, n, arrow.Int64Traits.CastToBytes(c.at), &c.noTime),
		indexed(d.callers, c.method, all), indexed(d.whats, c.what, all))
}
