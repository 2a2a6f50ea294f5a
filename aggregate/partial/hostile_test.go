package partial

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/ipc"
	flatbuffers "github.com/google/flatbuffers/go"
	"github.com/klauspost/compress/zstd"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/axis"
	"github.com/otlog/otlog/aggregate/streams"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
)

// The files in these tests have a valid digest and crafted contents. No file may cause a
// panic, an endless loop, or more allocations than mostAllocated.

// refused checks that a file is rejected with an error that contains want.
func rejected(t *testing.T, file []byte, want string) {
	t.Helper()
	var err error
	if n := allocates(func() { _, err = use(file) }); n > mostAllocated(len(file)) {
		t.Errorf("%d bytes were allocated for a file of %d", n, len(file))
	}
	switch {
	case err == nil:
		t.Errorf("accepted, want %s", want)
	case !strings.Contains(err.Error(), want):
		t.Errorf("got  %v\nwant %s", err, want)
	case strings.Contains(err.Error(), "\n"):
		t.Errorf("not one line: %v", err)
	}
}

// id returns a SessionID. A greater n has a greater ID.
func id(n byte) aggregate.SessionID { return aggregate.SessionIDOf([16]byte{0, n}) }

// plain returns valid evidence.
func plain() aggregate.Evidence {
	return aggregate.Evidence{Mark: aggregate.Mark{Error: 1, Method: 1}, First: at, Records: 1}
}

func TestContradictions(t *testing.T) {
	entry := func(edit func(*aggregate.Entry)) *aggregate.Part {
		e := aggregate.Entry{ID: id(1), From: aggregate.FromClient, Buckets: []aggregate.Bucket{aggregate.NoBucket, aggregate.BucketOf(at)}}
		edit(&e)
		return entries(e)
	}
	evidence := func(edit func(*aggregate.Evidence)) *aggregate.Part {
		return entry(func(e *aggregate.Entry) {
			x := plain()
			edit(&x)
			e.Evidence = append(e.Evidence, x)
		})
	}
	on := func(a aggregate.Axis, first int64, span uint32) *aggregate.Part {
		return evidence(func(x *aggregate.Evidence) {
			x.Flags = axis.New(a, 0, false)
			x.First, x.Span = first, span
		})
	}
	step := func(millis int64) *aggregate.Part {
		return entry(func(e *aggregate.Entry) {
			e.Steps = append(e.Steps, aggregate.NewStep(1, streams.IDs{}, id(2), millis, 1, true, 0))
		})
	}
	const dated, clock, placed = axis.Dated, axis.Clock, axis.Placed
	for _, test := range []struct {
		name string
		part *aggregate.Part
		want string // "": accepted
	}{
		{"nothing wrong", evidence(func(*aggregate.Evidence) {}), ""},
		{"a number without a name: kind of ID", entry(func(e *aggregate.Entry) { e.From = 9 }), "known_by"},
		{"API key", entry(func(e *aggregate.Entry) { e.Key = 9 }), "api_key"},
		{"SDK", entry(func(e *aggregate.Entry) { e.SDK = 65535 }), "sdk"},
		{"error", evidence(func(x *aggregate.Evidence) { x.Error = 2 }), "error"},
		{"method", evidence(func(x *aggregate.Evidence) { x.Method = 2 }), "method"},
		{"how the method is known", evidence(func(x *aggregate.Evidence) { x.From = 200 }), "method_from"},
		{"how the error is known", evidence(func(x *aggregate.Evidence) { x.Kind = 200 }), "evidence"},
		{"weight", evidence(func(x *aggregate.Evidence) { x.Weight = 200 }), "weight"},
		{"axis", evidence(func(x *aggregate.Evidence) { x.Flags = 3 }), "axis"},
		{"reason", evidence(func(x *aggregate.Evidence) { x.Flags = axis.New(0, 31, false) }), "reason"},
		{"source", evidence(func(x *aggregate.Evidence) { x.Origin = 1 }), "source 1 is not in the list"},
		{"call", entry(func(e *aggregate.Entry) {
			e.Steps = []aggregate.Step{aggregate.NewStep(1, streams.IDs{}, id(2), at/1e6, 255, true, 0)}
		}), "steps"},
		{"outcome", entry(func(e *aggregate.Entry) {
			e.Steps = []aggregate.Step{aggregate.NewStep(1, streams.IDs{}, id(2), at/1e6, 1, false, 250)}
		}), "steps"},

		{"unsorted", entries(aggregate.Entry{ID: id(2)}, aggregate.Entry{ID: id(1)}), "not sorted"},
		{"repeated", entries(aggregate.Entry{ID: id(1)}, aggregate.Entry{ID: id(1)}), "not sorted"},
		{"no session", entries(aggregate.Entry{}), "known_by is session"},
		{"a source with an ID", entries(aggregate.Entry{ID: id(1), From: aggregate.FromSource}), "known_by is source"},
		{"quarter-hours without an ID", entries(aggregate.Entry{From: aggregate.FromSource, Buckets: []aggregate.Bucket{aggregate.BucketOf(at)}}), "records without an ID have quarter-hours"},

		{"seen when there is no record", entry(func(e *aggregate.Entry) { e.Buckets = []aggregate.Bucket{5} }), "the quarter-hour at 1970-01-01T01:15:00Z has sessions, evidence or attempts, but no records"},
		{"seen at the end of time", entry(func(e *aggregate.Entry) { e.Buckets = []aggregate.Bucket{math.MaxInt32} }), "but no records"},
		{"failed when there is no record", on(dated, 5, 0), "but no records"},
		{"began when there is no record", step(1), "but no records"},
		{"failed at the beginning of time", on(dated, math.MinInt64+1, 0), "the range of evidence is invalid"},
		{"failed without a time", on(dated, math.MinInt64, 0), "the range of evidence is invalid"},
		{"failed to the end of time", on(dated, math.MaxInt64, 1), "the range of evidence is invalid"},
		{"longer than one", on(dated, at, 1<<31), "the range of evidence is invalid"},
		{"longer than one at the beginning", on(dated, math.MinInt64, math.MaxUint32), "the range of evidence is invalid"},
		{"before midnight", on(clock, -1, 0), "the range of evidence is invalid"},
		{"long after midnight", on(clock, 1e15, 0), "the range of evidence is invalid"},
		{"long on that day", on(clock, 1, math.MaxUint32), "the range of evidence is invalid"},
		{"before the first record", on(placed, -1, 0), "the range of evidence is invalid"},
		{"after the last record", on(placed, math.MaxInt64, 0), "the range of evidence is invalid"},
		{"many records", on(placed, 1<<35, math.MaxUint32), ""},
		{"beyond all places", evidence(func(x *aggregate.Evidence) { x.Place, x.PlaceSpan = math.MaxUint32, 1 }), "the range of evidence is invalid"},
		{"at the last place", evidence(func(x *aggregate.Evidence) { x.Place, x.PlaceSpan, x.Records = 0, math.MaxUint32, math.MaxUint32 }), ""},
		{"of no record", evidence(func(x *aggregate.Evidence) { x.Records = 0 }), "no record"},
		{"a step before time", step(-1), "is not the time of an event"},
		{"a step after the end of time", step(1 << 45), "is not the time of an event"},
		{"a step without a time", step(0), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, options := range [][]ipc.Option{nil, {ipc.WithZstd()}} {
				file := made(t, crafted(t, test.part), nil, options...)
				if test.want != "" {
					rejected(t, file, test.want)
				} else if _, err := use(file); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestLinksToAnywhere links surrogate IDs to missing IDs, to themselves, and in circles. Such
// files are valid, and everything is counted once.
func TestLinksToAnywhere(t *testing.T) {
	link := func(n byte) aggregate.Link { return aggregate.Link{ID: id(n)} }
	bucket := []aggregate.Bucket{aggregate.BucketOf(at)}
	one := func(n byte, from aggregate.SessionFrom, session, client aggregate.Link) aggregate.Entry {
		x := plain()
		x.Client, x.Stream = id(n+1), streams.IDs{Stream: uint32(n)}
		return aggregate.Entry{
			ID: id(n), From: from, Session: session, Client: client, Buckets: bucket, SDK: 1,
			Evidence: []aggregate.Evidence{x},
			Steps:    []aggregate.Step{aggregate.NewStep(uint64(n), streams.IDs{Stream: uint32(n)}, id(n), at/1e6, 1, true, 0)},
		}
	}
	several, none := aggregate.Link{Several: true}, aggregate.Link{}
	const session, connection, client = aggregate.FromSession, aggregate.FromConnection, aggregate.FromClient
	for _, test := range []struct {
		name string
		all  []aggregate.Entry
	}{
		{"to nothing", []aggregate.Entry{one(1, connection, link(9), none), one(2, client, link(8), none), one(3, connection, none, link(7))}},
		{"to itself", []aggregate.Entry{one(1, connection, link(1), link(1)), one(2, client, link(2), link(2)), one(3, connection, none, link(3))}},
		{"in a circle", []aggregate.Entry{one(1, connection, link(2), none), one(2, client, link(3), none), one(3, client, link(1), none)}},
		{"in a circle by clients", []aggregate.Entry{one(1, connection, none, link(2)), one(2, connection, none, link(1))}},
		{"to a connection", []aggregate.Entry{one(1, connection, link(2), none), one(2, connection, link(3), none), one(3, connection, several, none)}},
		{"of a session", []aggregate.Entry{one(1, session, link(2), link(3)), one(2, session, several, several)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, err := opened(written(t, crafted(t, entries(test.all...)), false))
			if err != nil {
				t.Fatal(err)
			}
			c, err := aggregate.Settle(nil, f.Part)
			if err != nil {
				t.Fatal(err)
			}
			lines, attempts, failures := int64(0), int64(0), int64(0)
			for s, err := range c.Sessions(aggregate.Filter{}) {
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range s.Rows {
					lines += r.Lines
					failures += r.Failures
				}
				for _, a := range s.Attempts {
					attempts += a.Attempts
				}
			}
			if n := int64(len(test.all)); lines != n || attempts != n || failures < 1 || failures > n {
				t.Errorf("%d lines, %d attempts, %d failures of %d", lines, attempts, failures, n)
			}
		})
	}
}

func TestCraftedMetadata(t *testing.T) {
	set := func(key, value string) func(map[string]string) {
		return func(m map[string]string) { m[key] = value }
	}
	source := func(fields string) func(map[string]string) {
		return set(keySources, `[{"id":"7","head_xxh3":"0","tail_xxh3":"0","bytes":999,"classified":1,"clean":100,`+fields+`}]`)
	}
	start := aggregate.BucketOf(at).Start().Unix()
	bucket := func(format string, of ...any) func(map[string]string) {
		return set(keyCoverage, fmt.Sprintf(format, of...))
	}
	for _, test := range []struct {
		name string
		edit func(map[string]string)
		want string
	}{
		{"no number of events", set(keyPosts, ""), `"" is not a number of events`},
		{"less than no events", set(keyPosts, "-1"), `"-1" is not a number of events`},
		{"more events than there can be", set(keyPosts, "9223372036854775807"), "is not a number of events"},
		{"no JSON", set(keySources, "nothing"), keySources},
		{"cut JSON", set(keySources, `[{"id":"1"`), keySources},
		{"JSON that goes on", set(keyMissing, `["a"`), keyMissing},
		{"no list", set(keyCatalogues, `{"a":1}`), "not a list"},
		{"a list of something else", set(keyCatalogues, `[[]]`), keyCatalogues},
		{"nothing at all", set(keyOrigins, ""), keyOrigins},
		{"a reason to leave out that is none", set(keyLeftOut, `[{"reason":"weather","files":1}]`), `"weather" is not a reason to leave out a file`},
		{"less than no files", set(keyLeftOut, `[{"reason":"empty","files":-1}]`), "-1 is not a valid count"},
		{"more files than there can be", set(keyLeftOut, `[{"reason":"empty","files":9007199254740992},{"reason":"empty","files":1}]`), "is not a valid count"},
		{"brackets", set(keyCoverage, strings.Repeat("[", 100_000)), keyCoverage},
		{"brackets in a source", source(`"shown":` + strings.Repeat("[", 100_000)), keySources},
		{"objects", set(keySources, strings.Repeat(`{"a":`, 100_000)), keySources},
		{"an ID that is none", set(keyOrigins, `["x"]`), keyOrigins},
		{"an ID that is too long", set(keyOrigins, `["00000000000000007"]`), ""},
		{"fewer sources than evidence names", set(keyOrigins, "[]"), "source 0 is not in the list"},
		{"a reason that is none", source(`"skipped":{"weather":1}`), `"weather" is not a reason to skip a record`},
		{"a shown reason that is none", source(`"shown":[{"reason":"weather"}]`), `"weather" is not a reason to skip a record`},
		{"less than nothing skipped", source(`"skipped":{"damaged":-1}`), "-1 is not a valid count"},
		{"less than no bytes", source(`"bytes":-1`), "-1 is not a valid count"},
		{"more lines than there can be", source(`"lines":9223372036854775807`), "is not a valid count"},
		{"more lines than a number", source(`"lines":9223372036854775808`), keySources},
		{"less than no content", source(`"content_size":-1`), "-1 is not a valid count"},
		{"a content that is no number", source(`"content_size":1,"content_crc32":"123456789"`), "value out of range"},
		{"doubtful doubts", source(`"doubts":[{"records":-1}]`), "-1 is not a valid count"},
		{"too many doubts", source(`"doubts":[{},{},{},{},{},{"records":1}]`), ""},
		{"a source twice", set(keyOrigins, `["7","7","7"]`), ""},
		{"evidence of a source that is not listed", set(keyOrigins, `["8"]`), "the source 0000000000000008 of evidence is not in the list of sources"},

		{"less than no records", bucket(`[[%d,-1,0,0,0,0,0,0,0,%d,%d]]`, start, at, at), "-1 is not a valid count"},
		{"less than no records without a time", bucket(`[[null,0,0,0,0,0,0,-1,0,null,null]]`), "-1 is not a valid count"},
		{"no number of records", bucket(`[[%d,0,null,0,0,0,0,0,0,%d,%d]]`, start, at, at), "has no number of records"},
		{"no first time", bucket(`[[%d,1,0,0,0,0,0,0,0,null,%d]]`, start, at), "has no first or last time"},
		{"not at a quarter", bucket(`[[%d,1,0,0,0,0,0,0,0,%d,%d]]`, start+1, at, at), "is not the start of a quarter-hour"},
		{"beyond all buckets", bucket(`[[9223372036854775800,1,0,0,0,0,0,0,0,%d,%d]]`, at, at), "is not the start of a quarter-hour"},
		{"times of another one", bucket(`[[%d,1,0,0,0,0,0,0,0,%d,%d]]`, start, at-3600e9, at), "range from"},
		{"extreme times", bucket(`[[%d,1,0,0,0,0,0,0,0,-9223372036854775808,9223372036854775807]]`, start), "range from"},
		{"the end of time", bucket(`[[1932735282300,1,0,0,0,0,0,0,0,9223372036854775807,9223372036854775807]]`), "range from"},
		{"the last before the first", bucket(`[[%d,1,0,0,0,0,0,0,0,%d,%d]]`, start, at, at-1), "range from"},
		{"a bucket twice", bucket(`[[%[1]d,1,0,50,0,0,0,0,0,%[2]d,%[2]d],[%[1]d,0,0,50,0,0,0,0,0,%[2]d,%[2]d]]`, start, at), ""},
		{"more without an ID than there are", bucket(`[[%d,1,0,0,0,2,0,0,0,%d,%d]]`, start, at, at), "-1 is not a valid count"},
		{"more native records than there can be", bucket(`[[%d,5,1,1,3,0,0,0,0,%d,%d]]`, start, at, at), "3 native records among 1 clean and 1 telemetry records"},
		{"more native records without an ID than there can be", bucket(`[[%d,5,2,2,3,1,0,0,1,%d,%d]]`, start, at, at), "1 native records among 0 clean and 0 telemetry records"},
		{"more native records without an ID than there are", bucket(`[[%d,5,2,2,1,0,2,2,2,%d,%d]]`, start, at, at), "-1 is not a valid count"},
		{"less than no native records", source(`"native":-1`), "-1 is not a valid count"},
		{"more blank records than clean ones", source(`"clean":2,"telemetry":3,"blank":3`), "3 blank records and 0 levels are too many"},
		{"more levels than records", source(`"clean":2,"classified":1,"levels":4`), "0 blank records and 4 levels are too many"},
		{"levels although one is below warning", source(`"clean":2,"levels":1,"below_warning":true`), "0 blank records and 1 levels are too many"},
		{"less than no levels", source(`"levels":-1`), "-1 is not a valid count"},
		{"more native records than there are", source(`"clean":2,"telemetry":3,"native":6`), "6 native records among 2 clean and 3 telemetry records"},
		{"a tenancy of no source", set(keyTenancies, `[{"source":"x"}]`), "invalid syntax"},
		{"a tenancy of no session", set(keyTenancies, `[{"source":"7","session":"12"}]`), `"12" is not an ID`},
		{"a tenancy of no surrogate", set(keyTenancies, `[{"source":"7","others":["zz"]}]`), `"zz" is not an ID`},
		{"a tenancy when there is no record", set(keyTenancies, `[{"source":"7","cells":[900],"seen":[900,901]}]`), "but no records"},
		{"a tenancy at no quarter", set(keyTenancies, `[{"source":"7","cells":[901]}]`), "is not the start of a quarter-hour"},
		{"a tenancy that was seen at another time", set(keyTenancies, `[{"source":"7","cells":[null],"seen":[900,901]}]`), "records begin and end in other quarter-hours"},
		{"a tenancy that ends before it begins", set(keyTenancies, `[{"source":"7","seen":[901,900]}]`), "range from 901 to 900 s"},
		{"a tenancy of another source", set(keyTenancies, `[{"source":"9","session":"00000000000000000000000000000001"}]`), ""},
		{"a tenancy twice", set(keyTenancies, `[{"source":"7","several":true},{"source":"7","cells":[null,null]}]`), ""},
		{"no bucket", bucket(`[[],[null],[null,1]]`), "has no number of records"},
	} {
		t.Run(test.name, func(t *testing.T) {
			x := plain()
			part := entries(aggregate.Entry{ID: id(1), Buckets: []aggregate.Bucket{aggregate.BucketOf(at)}, Evidence: []aggregate.Evidence{x}})
			file := made(t, crafted(t, part), test.edit)
			if test.want != "" {
				rejected(t, file, test.want)
			} else if _, err := use(file); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestShortJSON reads JSON lists that take much more memory than text.
func TestShortJSON(t *testing.T) {
	const n = 1 << 18
	for key, element := range map[string]string{keySources: "{},", keyCoverage: "[],", keyMissing: `"",`, keyLeftOut: `{"reason":"empty"},`, keyOrigins: `"0",`} {
		t.Run(key, func(t *testing.T) {
			file := made(t, crafted(t, entries()), func(m map[string]string) {
				m[key] = "[" + strings.TrimSuffix(strings.Repeat(element, n), ",") + "]"
			})
			if got := allocates(func() { _, _ = use(file) }); got > mostAllocated(len(file)) {
				t.Errorf("%d bytes were allocated for a file of %d", got, len(file))
			}
		})
	}
}

func TestNames(t *testing.T) {
	part := func(edit func(*aggregate.Names)) []byte {
		p := entries()
		edit(p.Names)
		return made(t, crafted(t, p), nil)
	}
	many := func(n int) []string {
		out := []string{""}
		for i := 1; i < n; i++ {
			out = append(out, fmt.Sprint("name ", i))
		}
		return out
	}
	for _, test := range []struct {
		name string
		file []byte
		want string
	}{
		{"not UTF-8", part(func(n *aggregate.Names) { n.Labels = append(n.Labels, "\xff") }), "not valid utf8"},
		{"error not UTF-8", part(func(n *aggregate.Names) { n.Errors = append(n.Errors, "OT_\xc3") }), "not valid utf8"},
		{"as many as there are numbers", part(func(n *aggregate.Names) { n.Errors = many(maxNames) }), ""},
		{"more errors than numbers", part(func(n *aggregate.Names) { n.Errors = many(maxNames + 1) }), "a dictionary has 65537 names"},
		{"more labels than numbers", part(func(n *aggregate.Names) { n.Labels = many(2 * maxNames) }), "a dictionary has 131072 names"},
		{"no errors", part(func(n *aggregate.Names) { n.Errors = nil }), "a dictionary has 0 names"},
		{"no zero error", part(func(n *aggregate.Names) { n.Errors = []string{"OT_TIMEOUT"} }), `with "" first`},
		{"no zero method", part(func(n *aggregate.Names) { n.Methods = []string{""} }), `with "unknown" first`},
		{"repeated", part(func(n *aggregate.Names) { n.Labels = append(n.Labels, "a", "a", "") }), ""},
		{"an enumeration", sealed(bytes.Replace(streamOf(written(t, small(), false)), []byte("connection"), []byte("connexxion"), 1)), `"connexxion" is not a known name`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.want != "" {
				rejected(t, test.file, test.want)
			} else if _, err := use(test.file); err != nil {
				t.Error(err)
			}
		})
	}
}

// A streamPart is a message of a stream, or its end.
type streamPart struct {
	all  []byte
	meta []byte // of all
	body []byte // likewise
}

func (m *streamPart) table() flatbuffers.Table { return root(m.meta) }

// header returns the header of the message, of a dictionary that of its batch.
func (m *streamPart) header() flatbuffers.Table {
	h, _ := field(m.table(), 2)
	if t := m.table(); t.GetByteSlot(slot(1), 0) == isDictionary {
		h, _ = field(h, 1)
	}
	return h
}

// messagesOf returns the parts of a stream, which share its memory.
func messagesOf(stream []byte) (out []streamPart) {
	for len(stream) > 8 {
		n := int(binary.LittleEndian.Uint32(stream[4:]))
		m := streamPart{meta: stream[8 : 8+n]}
		t := m.table()
		size := 8 + n + int(t.GetInt64Slot(slot(3), 0))
		m.body = stream[8+n : size]
		m.all, stream = stream[:size], stream[size:]
		out = append(out, m)
	}
	return append(out, streamPart{all: stream})
}

func joined(parts ...streamPart) []byte {
	var out []byte
	for _, p := range parts {
		out = append(out, p.all...)
	}
	return sealed(out)
}

func TestMessagesOutOfOrder(t *testing.T) {
	m := messagesOf(streamOf(written(t, small(), false)))
	schema, dictionary, batch, end := m[0], m[1], m[len(m)-2], m[len(m)-1]
	all := func(parts ...[]streamPart) []byte { return joined(slices.Concat(parts...)...) }
	one := func(p streamPart) []streamPart { return []streamPart{p} }
	for _, test := range []struct {
		name string
		file []byte
		want string
	}{
		{"nothing", joined(end), "no schema"},
		{"only the schema", joined(schema, end), "no batch"},
		{"no end", all(m[:len(m)-1]), "8 bytes are missing at the end"},
		{"no batch", all(m[:len(m)-2], one(end)), "no batch"},
		{"no dictionary", joined(schema, batch, end), "invalid contents"},
		{"a missing dictionary", all(one(schema), m[2:]), "invalid contents"},
		{"a dictionary twice", all(m[:2], m[1:]), "the messages are not those of a partial"},
		{"one dictionary for another", all(one(schema), one(dictionary), one(dictionary), m[3:]), "invalid contents"},
		{"a dictionary after the batch", all(m[:len(m)-1], one(dictionary), one(end)), "the messages are not those of a partial"},
		{"a schema twice", all(one(schema), m), "the messages are not those of a partial"},
		{"a schema in between", all(m[:len(m)-1], one(schema), one(end)), "the messages are not those of a partial"},
		{"a batch first", all(one(batch), m), "the messages are not those of a partial"},
		{"a batch twice", all(m[:len(m)-1], one(batch), one(end)), "not sorted"},
		{"a batch after the end", all(m, one(batch)), "bytes after the end"},
	} {
		t.Run(test.name, func(t *testing.T) { rejected(t, test.file, test.want) })
	}
}

// TestClaims reads messages with wrong numbers and lengths.
func TestClaims(t *testing.T) {
	edited := func(message int, edit func(p *streamPart)) []byte {
		stream := streamOf(written(t, small(), false))
		parts := messagesOf(stream)
		if message < 0 {
			message += len(parts)
		}
		edit(&parts[message])
		return sealed(stream)
	}
	set := func(b []byte, at flatbuffers.UOffsetT, n uint32) { binary.LittleEndian.PutUint32(b[at:], n) }
	// vector sets the length of a list of the table.
	vector := func(number int, n uint32) func(*streamPart) {
		return func(p *streamPart) {
			h := p.header()
			set(h.Bytes, h.Vector(fieldAt(h, number))-4, n)
		}
	}
	const schema, batch = 0, -2
	for _, test := range []struct {
		name string
		file []byte
		want string
	}{
		{"long metadata", edited(batch, func(p *streamPart) { set(p.all, 4, math.MaxInt32) }), "claims 2147483647 bytes"},
		{"longer metadata", edited(batch, func(p *streamPart) { set(p.all, 4, math.MaxUint32) }), "claims 4294967295 bytes"},
		{"short metadata", edited(batch, func(p *streamPart) { set(p.all, 4, 1) }), "invalid layout"},
		{"no beginning", edited(batch, func(p *streamPart) { set(p.all, 0, 100) }), "a message has no valid start"},
		{"a long body", edited(batch, func(p *streamPart) { tab := p.table(); tab.MutateInt64Slot(slot(3), 1<<40) }), "claims 1099511627776 bytes"},
		{"a negative body", edited(batch, func(p *streamPart) { tab := p.table(); tab.MutateInt64Slot(slot(3), -1) }), "claims -1 bytes"},
		{"a short body", edited(batch, func(p *streamPart) { tab := p.table(); tab.MutateInt64Slot(slot(3), 8) }), "a buffer claims"},
		{"many keys", edited(schema, vector(2, math.MaxUint32)), "the metadata has 4294967295 keys"},
		{"some more keys", edited(schema, vector(2, 900)), ""},
		{"many columns", edited(schema, vector(1, math.MaxUint32)), "more columns than a partial has"},
		{"some more columns", edited(schema, vector(1, 20)), ""},
		{"many buffers", edited(batch, vector(2, math.MaxUint32)), "a batch has"},
		{"fewer buffers", edited(batch, vector(2, 3)), "a batch has"},
		{"fewer values", edited(batch, vector(1, 3)), "a batch has"},
		{"many rows", edited(batch, func(p *streamPart) { h := p.header(); h.MutateInt64Slot(slot(0), math.MaxInt64) }), "invalid contents"},
		{"fewer rows", edited(batch, func(p *streamPart) { h := p.header(); h.MutateInt64Slot(slot(0), 1) }), "invalid contents"},
		{"a long name", edited(schema, func(p *streamPart) {
			f := element(p.header(), 1, colSteps)
			name := f.Pos + fieldAt(f, 0)
			set(f.Bytes, name+flatbuffers.GetUOffsetT(f.Bytes[name:]), 100)
		}), "the name of a column has 100 bytes"},
		{"a union", edited(schema, func(p *streamPart) { f := element(p.header(), 1, 0); f.MutateByteSlot(slot(2), 14) }), "a type that no column"},
		{"another type", edited(schema, func(p *streamPart) { f := element(p.header(), 1, 0); f.MutateByteSlot(slot(2), 5) }), "the columns are not those of a partial"},
		{"a key that is all", edited(schema, func(p *streamPart) { // all keys point to the same long value
			h := p.header()
			first := h.Vector(fieldAt(h, 2))
			longest := element(h, 2, 0)
			for i := range length(h, 2) {
				if e := element(h, 2, i); len(text(e, 1)) > len(text(longest, 1)) {
					longest = e
				}
			}
			for i := range length(h, 2) {
				x := first + flatbuffers.UOffsetT(4*i)
				set(h.Bytes, x, uint32(longest.Pos-x))
			}
		}), ""},
	} {
		t.Run(test.name, func(t *testing.T) { rejected(t, test.file, test.want) })
	}
}

// TestColumnsWithinColumns nests a column in itself, so that the number of paths is
// exponential.
func TestColumnsWithinColumns(t *testing.T) {
	b := flatbuffers.NewBuilder(0)
	table := func(fields int, set func()) flatbuffers.UOffsetT {
		b.StartObject(fields)
		set()
		return b.EndObject()
	}
	list := func(of ...flatbuffers.UOffsetT) flatbuffers.UOffsetT {
		b.StartVector(4, len(of), 4)
		for _, o := range slices.Backward(of) {
			b.PrependUOffsetT(o)
		}
		return b.EndVector(len(of))
	}
	structure := table(0, func() {})
	name := b.CreateString("x")
	var inner flatbuffers.UOffsetT
	for range 1000 {
		children := list()
		if inner != 0 {
			children = list(inner, inner)
		}
		inner = table(7, func() {
			b.PrependUOffsetTSlot(0, name, 0)
			b.PrependByteSlot(2, 13, 0)
			b.PrependUOffsetTSlot(3, structure, 0)
			b.PrependUOffsetTSlot(5, children, 0)
		})
	}
	pair := func(key, value string) flatbuffers.UOffsetT {
		k, v := b.CreateString(key), b.CreateString(value)
		return table(2, func() {
			b.PrependUOffsetTSlot(0, k, 0)
			b.PrependUOffsetTSlot(1, v, 0)
		})
	}
	columns, metadata := list(inner), list(pair(keyFormat, formatVersion))
	schema := table(4, func() {
		b.PrependUOffsetTSlot(1, columns, 0)
		b.PrependUOffsetTSlot(2, metadata, 0)
	})
	b.Finish(table(5, func() {
		b.PrependInt16Slot(0, 4, 0)
		b.PrependByteSlot(1, isSchema, 0)
		b.PrependUOffsetTSlot(2, schema, 0)
	}))
	meta := b.FinishedBytes()
	stream := binary.LittleEndian.AppendUint32([]byte{0xff, 0xff, 0xff, 0xff}, uint32(len(meta)))
	rejected(t, sealed(append(stream, meta...)), "more columns than a partial has")
}

// TestEveryNumberOfTheLayout changes every position and length in each message.
func TestEveryNumberOfTheLayout(t *testing.T) {
	for i, compress := range []bool{false, true, false, true} {
		file := []*File{small(), smallWithIDs()}[i/2]
		stream := streamOf(written(t, file, compress))
		parts := messagesOf(stream)
		for i := range parts[:len(parts)-1] {
			if i == 0 {
				continue
			}
			h := parts[i].header()
			for _, list := range []int{1, 2} { // values, buffers
				for j := range 2 * length(h, list) {
					b := h.Bytes[int(h.Vector(fieldAt(h, list)))+8*j:][:8]
					was := int64(binary.LittleEndian.Uint64(b))
					others := []int64{0, was - 1, was + 1, -1, math.MaxInt64}
					if compress {
						others = others[2:]
					}
					for _, n := range others {
						binary.LittleEndian.PutUint64(b, uint64(n))
						if n != was {
							tryOut(t, sealed(stream))
						}
					}
					binary.LittleEndian.PutUint64(b, uint64(was))
				}
			}
		}
	}
}

// tryOut uses a file, which may be rejected for any reason.
func tryOut(t *testing.T, file []byte) {
	t.Helper()
	if _, err := use(file); err != nil && strings.Contains(err.Error(), "\n") {
		t.Errorf("not one line: %v", err)
	}
}

// TestEveryOffset changes every offset of the lists of a batch and of the names of a
// dictionary.
func TestEveryOffset(t *testing.T) {
	everyOffset(t, small(), 21, 25, 60)            // of buckets, evidence and steps
	everyOffset(t, smallWithIDs(), 21, 25, 60, 85) // of texts, too
}

// everyOffset changes every offset in some buffers of the last batch of a file.
func everyOffset(t *testing.T, f *File, ofBatch ...int) {
	t.Helper()
	stream := streamOf(written(t, f, false))
	parts := messagesOf(stream)
	for i := range parts[:len(parts)-1] {
		buffers := []int{1} // of a dictionary
		switch i {
		case 0:
			continue
		case len(parts) - 2:
			buffers = ofBatch
		}
		for _, number := range buffers {
			at, n := pair(parts[i].header(), 2, number)
			for j := int64(0); j < n; j += 4 {
				b := parts[i].body[at+j : at+j+4]
				was := binary.LittleEndian.Uint32(b)
				for _, x := range []uint32{was - 1, was + 1, was + 1000, math.MaxUint32} {
					if x == was {
						continue
					}
					binary.LittleEndian.PutUint32(b, x)
					tryOut(t, sealed(stream))
				}
				binary.LittleEndian.PutUint32(b, was)
			}
		}
	}
}

// TestCompressedClaims reads compressed buffers with a wrong size.
func TestCompressedClaims(t *testing.T) {
	stream := streamOf(written(t, smallWithIDs(), true))
	parts := messagesOf(stream)
	for i := range parts[:len(parts)-1] {
		if i == 0 {
			continue
		}
		h := parts[i].header()
		for j := range length(h, 2) {
			at, n := pair(h, 2, j)
			if n == 0 {
				continue
			}
			b := parts[i].body[at : at+8]
			was := binary.LittleEndian.Uint64(b)
			for _, x := range []uint64{1 << 40, 1 << 62, 1 << 63, math.MaxUint64 - 1} {
				binary.LittleEndian.PutUint64(b, x)
				rejected(t, sealed(stream), "a compressed buffer claims")
			}
			for _, x := range []uint64{0, was - 1, was + 1, math.MaxUint64} {
				binary.LittleEndian.PutUint64(b, x)
				tryOut(t, sealed(stream))
			}
			binary.LittleEndian.PutUint64(b, was)
		}
	}
}

// TestBombs reads files that are much longer when they are decompressed.
func TestBombs(t *testing.T) {
	zeros := make([]byte, 1<<20)
	many := entries()
	many.Names.Labels = append(many.Names.Labels, strings.Repeat("x", 100<<20))
	var wide bytes.Buffer
	w, err := zstd.NewWriter(&wide, zstd.WithWindowSize(64<<20))
	if err != nil {
		t.Fatal(err)
	}
	for range 80 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	rejected(t, made(t, crafted(t, many), nil, ipc.WithZstd()), "a compressed buffer claims")
	if _, err := capacity(wide.Bytes()); err == nil || err.Error() != "a compressed buffer needs a window of 67108864 bytes" {
		t.Errorf("got %v", err)
	}
}

func TestFrames(t *testing.T) {
	packed := func(n int, options ...zstd.EOption) []byte {
		var b bytes.Buffer
		w, err := zstd.NewWriter(&b, options...)
		if err != nil {
			t.Fatal(err)
		}
		data := make([]byte, n)
		for i := range data {
			data[i] = byte(i * i >> 7)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for _, n := range []int{1, 100, 1000, 128 << 10, 1<<20 + 1} {
		for _, crc := range []bool{false, true} {
			frame := packed(n, zstd.WithEncoderCRC(crc))
			if got, err := capacity(frame); err != nil || got < int64(n) || got > int64(n)+maxBlock {
				t.Errorf("%d bytes: got %d, %v", n, got, err)
			}
			for cut := range min(len(frame), 2000) {
				if _, err := capacity(frame[:cut]); err == nil {
					t.Errorf("%d bytes: a frame of %d of %d bytes is accepted", n, cut, len(frame))
				}
			}
			if _, err := capacity(slices.Concat(frame, frame)); err == nil {
				t.Error("two frames are accepted")
			}
		}
	}
	skippable := binary.LittleEndian.AppendUint32([]byte{0x50, 0x2a, 0x4d, 0x18}, 0)
	if _, err := capacity(append(skippable, packed(9)...)); err == nil {
		t.Error("a skippable frame is accepted")
	}
}

// TestErrorsNameTheFile checks that errors while entries are read name the file.
func TestErrorsNameTheFile(t *testing.T) {
	file := made(t, crafted(t, entries(aggregate.Entry{ID: id(2)}, aggregate.Entry{ID: id(1)})), nil)
	f, err := open("some.arrow", bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = contents(f.Part); err == nil || err.Error() != "some.arrow: invalid contents: rows are not sorted" {
		t.Errorf("got %v", err)
	}
}

// A broken reader fails at one byte.
type brokenReader struct {
	*bytes.Reader
	at int64
}

func (r brokenReader) ReadAt(b []byte, at int64) (int, error) {
	if at+int64(len(b)) > r.at {
		return 0, errors.New("the disk is gone")
	}
	return r.Reader.ReadAt(b, at)
}

// TestUnreadable checks that errors of the reader are returned, not reported as damage.
func TestUnreadable(t *testing.T) {
	b := written(t, small(), false)
	for n := range int64(len(b)) {
		if _, err := Open(brokenReader{bytes.NewReader(b), n}, int64(len(b))); err == nil || err.Error() != "the disk is gone" {
			t.Fatalf("byte %d: got %v", n, err)
		}
	}
}

// TestCraftedEntries adds up files of valid entries that no log yields. Their sum is the same
// in any order and grouping.
func TestCraftedEntries(t *testing.T) {
	for seed := range uint64(25) {
		r := rand.New(rand.NewPCG(seed, 5))
		var parts []*aggregate.Part
		for range 1 + r.IntN(3) {
			f, err := opened(written(t, crafted(t, entries(craftedEntries(r)...)), r.IntN(2) == 0))
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, f.Part)
		}
		want, err := contents(parts...)
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(parts)
		merged, err := opened(written(t, crafted(t, aggregate.Merge(parts...)), false))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range [][]*aggregate.Part{parts, {aggregate.Merge(parts...)}, {merged.Part}} {
			if got, err := contents(p...); err != nil || !slices.Equal(got, want) {
				t.Fatalf("seed %d: %v\n got %s\nwant %s", seed, err, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
			}
		}
	}
}

// craftedEntries returns random entries.
func craftedEntries(r *rand.Rand) (out []aggregate.Entry) {
	any := func() aggregate.SessionID { return id(byte(r.IntN(10))) } // 0: none
	link := func() aggregate.Link {
		if r.IntN(5) == 0 {
			return aggregate.Link{Several: true}
		}
		return aggregate.Link{ID: any()}
	}
	for n := range byte(10) {
		if r.IntN(3) == 0 {
			continue
		}
		e := aggregate.Entry{ID: id(n), From: aggregate.SessionFrom(r.IntN(3)), Session: link(), Client: link(), SDK: aggregate.Name(r.IntN(2)), Key: aggregate.Name(r.IntN(2))}
		if n == 0 {
			e.From = aggregate.FromSource
		} else {
			e.Buckets = []aggregate.Bucket{aggregate.BucketOf(at), aggregate.NoBucket, aggregate.BucketOf(at)}[:2+r.IntN(2)]
		}
		for range r.IntN(4) {
			x := plain()
			x.Flags = axis.New(axis.All[r.IntN(3)], catalogue.ReasonID(r.IntN(len(catalogue.Reasons()))), r.IntN(2) == 0)
			x.Stream = streams.IDs{Stream: uint32(r.IntN(3)), Subscriber: uint32(r.IntN(3))}
			x.Client, x.Error, x.Method = any(), aggregate.Name(r.IntN(2)), aggregate.Name(r.IntN(2))
			x.Weight, x.Kind, x.From = classify.Weights[r.IntN(4)], classify.Evidences[r.IntN(4)], classify.MethodFroms[r.IntN(6)]
			if x.Axis() != 0 {
				x.First = r.Int64N(9e10) >> r.IntN(40)
			}
			x.Place = []uint32{0, 3, math.MaxUint32}[r.IntN(3)]
			e.Evidence = append(e.Evidence, x)
		}
		for range r.IntN(4) {
			stream := streams.IDs{Stream: uint32(r.IntN(2)), Subscriber: uint32(r.IntN(2))}
			e.Steps = append(e.Steps, aggregate.NewStep(r.Uint64N(3), stream, any(), at/1e6+r.Int64N(3), 1, r.IntN(2) == 0, aggregate.Outcomes[r.IntN(4)]))
		}
		out = append(out, e)
	}
	return out
}
