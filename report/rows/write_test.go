package rows

import (
	"bytes"
	"crypto/aes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/batch"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/internal/golden"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
	"github.com/otlog/otlog/report"
)

// TestFormatsHoldTheSameRows holds that what readers of both formats see is the same, but
// for instants below a microsecond.
func TestFormatsHoldTheSameRows(t *testing.T) {
	counts := logCounts(t)
	for _, table := range Tables() {
		for _, w := range []string{"all", "1h"} {
			o := Options{Format: "arrow", Table: table, Window: window(t, w)}
			want, _, err := arrowRows(written(t, counts, o))
			if err != nil {
				t.Fatal(err)
			}
			o.Compress = true
			if got, _, err := arrowRows(written(t, counts, o)); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s by %s: compressed it holds other rows, or error %v", table, w, err)
			}
			o.Format = "parquet"
			got, _, err := parquetRows(written(t, counts, o))
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range want {
				for column, v := range r {
					if at, ok := v.(time.Time); ok {
						r[column] = at.Truncate(time.Microsecond)
					}
				}
			}
			if len(got) == 0 || !reflect.DeepEqual(got, want) {
				t.Errorf("%s by %s: Parquet holds other rows than Arrow", table, w)
			}
			if !bytes.Equal(written(t, counts, o), written(t, counts, o)) {
				t.Errorf("%s by %s: the same rows are written differently", table, w)
			}
		}
	}
}

// TestTableSchema pins the contract of docs/schema.md.
func TestTableSchema(t *testing.T) {
	counts := logCounts(t)
	contract, err := os.ReadFile("../../docs/schema.md")
	if err != nil {
		t.Fatal(err)
	}
	told := func(name string) {
		if !strings.Contains(string(contract), "`"+name+"`") {
			t.Errorf("docs/schema.md does not tell of %s", name)
		}
	}
	var out strings.Builder
	for _, table := range Tables() {
		o := Options{
			Format: "arrow", Table: table, Window: window(t, "1d"), ToolVersion: "v0.0.0", Key: NewKey([]byte("golden")),
			Filter: report.Filter{
				Since: time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC), Until: time.Date(2026, 11, 30, 12, 7, 0, 0, time.UTC),
				Session: sessionInLogs(t, counts), SDK: "2", Method: "Session.publish", Error: "OT_TIMEOUT",
			},
		}
		_, schema, err := arrowRows(written(t, counts, o))
		if err != nil {
			t.Fatal(err)
		}
		o.Format = "parquet"
		_, file, err := parquetRows(written(t, counts, o))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "Table %s in Arrow\n\n", table)
		for _, f := range schema.Fields() {
			told(f.Name)
			fmt.Fprintf(&out, "%s: %s, nullable %v\n", f.Name, f.Type, f.Nullable)
		}
		fmt.Fprintf(&out, "\nin Parquet, %s\n\n%s\n\nwith the metadata\n\n", file.Metadata().CreatedBy, file.Schema())
		for i, key := range schema.Metadata().Keys() {
			told(key)
			value := schema.Metadata().Values()[i]
			if other, ok := file.Lookup(key); !ok || other != value {
				t.Errorf("%s is %q in Parquet and %q in Arrow", key, other, value)
			}
			if key == "otlog.catalogue_version" && value == catalogue.Version {
				value = "that of the catalogue" // which changes more often
			}
			fmt.Fprintf(&out, "%s: %s\n", key, value)
		}
		out.WriteByte('\n')
	}
	golden.Check(t, "tables.txt", []byte(out.String()))
}

func TestUnsetBoundsAreNotInTheMetadata(t *testing.T) {
	_, schema, err := arrowRows(written(t, logCounts(t), Options{Format: "arrow"}))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"otlog.schema_version", "otlog.tool_version", "otlog.catalogue_version", "otlog.table", "otlog.window", "otlog.tz", "otlog.hash_key_id", "otlog.redacted", "otlog.records", "otlog.sources"}
	if got := schema.Metadata().Keys(); !slices.Equal(got, want) {
		t.Errorf("got keys %q, want %q", got, want)
	}
}

// tallied counts records.
func tallied(t *testing.T, fill func(add func(e parse.Event, v classify.Verdict))) *aggregate.Counts {
	t.Helper()
	tally := &aggregate.Tally{}
	tally.Enter(1)
	n := int64(0)
	fill(func(e parse.Event, v classify.Verdict) {
		if e.OfDay == 0 {
			e.OfDay = timestamp.NoTime
		}
		tally.Add(&e, &v, n)
		n += 100
	})
	counts, err := aggregate.Settle(nil, tally.Parts()...)
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

// TestNulls holds what is null: what stands in no field does not exist.
func TestNulls(t *testing.T) {
	at := time.Date(2026, 11, 16, 9, 51, 12, 345_678_901, time.UTC)
	timeout, connect := catalogue.Lookup([]byte("OT_TIMEOUT")), catalogue.LookupMethod([]byte("Session.connect"))
	counts := tallied(t, func(add func(parse.Event, classify.Verdict)) {
		session := []byte("1_no_api_key")
		add(parse.Event{Time: at.UnixNano(), Session: session}, classify.Verdict{Failure: true, Error: timeout, Code: 1500, Evidence: classify.ByName, Method: connect, MethodFrom: classify.MethodSpelled})
		add(parse.Event{Time: at.Add(time.Hour).UnixNano(), Session: session}, classify.Verdict{Failure: true, Code: 1234})
		add(parse.Event{Time: timestamp.NoTime}, classify.Verdict{Failure: true})
		add(parse.Event{Time: timestamp.NoTime, ConnectionID: []byte("C")}, classify.Verdict{})
	})
	key := NewKey([]byte("a secret"))
	hash := func(from aggregate.SessionFrom) string {
		for s, err := range counts.Sessions(aggregate.Filter{}) {
			if err != nil {
				t.Fatal(err)
			}
			if s.From == from {
				block, err := aes.NewCipher(key[:])
				if err != nil {
					t.Fatal(err)
				}
				id := s.ID.Bytes()
				block.Encrypt(id[:], id[:])
				return fmt.Sprintf("%x", id[:8])
			}
		}
		t.Fatalf("no session is known by %s", from)
		return ""
	}
	session, connection := hash(aggregate.FromSession), hash(aggregate.FromConnection)
	day := time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	want := map[string][]row{
		"errors": {
			{"method": "unknown", "documented": "no", "session_from": "source", "evidence": "none", "failures": int64(1), "recovered": int64(0), "lines": int64(1)},
			{
				"window_start": day, "method": "Session.connect", "error": "OT_TIMEOUT", "code": catalogue.FirstCode(timeout, connect),
				"documented": catalogue.Documented(timeout, connect), "session": session, "session_from": "session", "evidence": "name", "stated_code": int32(1500),
				"failures": int64(1), "recovered": int64(0), "lines": int64(1), "first_seen": at, "last_seen": at,
			},
			{
				"window_start": day, "method": "unknown", "code": int32(1234), "documented": "no", "session": session, "session_from": "session", "evidence": "none",
				"stated_code": int32(1234), "failures": int64(1), "recovered": int64(0), "lines": int64(1), "first_seen": at.Add(time.Hour), "last_seen": at.Add(time.Hour),
			},
		},
		"methods": {
			{"method": "unknown", "session_from": "source", "attempts": int64(0), "attempts_inferred": int64(0), "successes": int64(0), "cancels": int64(0), "failed_attempts": int64(0), "open": int64(0), "never_ended": int64(0), "recovered": int64(0), "failures": int64(1)},
			{
				"window_start": day, "method": "unknown", "session": session, "session_from": "session",
				"attempts": int64(0), "attempts_inferred": int64(0), "successes": int64(0), "cancels": int64(0), "failed_attempts": int64(0), "open": int64(0), "never_ended": int64(0), "recovered": int64(0), "failures": int64(1),
			},
			{
				"window_start": day, "method": "Session.connect", "session": session, "session_from": "session",
				"attempts": int64(0), "attempts_inferred": int64(0), "successes": int64(0), "cancels": int64(0), "failed_attempts": int64(0), "open": int64(0), "never_ended": int64(0), "recovered": int64(0), "failures": int64(1),
			},
		},
		"sessions": {
			{"window_start": day, "session": session, "session_from": "session", "telemetry": false},
			{"session": connection, "session_from": "connection", "telemetry": false},
		},
	}
	for table, rows := range want {
		got, _, err := arrowRows(written(t, counts, Options{Format: "arrow", Table: table, Window: window(t, "1d"), Key: key}))
		if err != nil {
			t.Fatal(err)
		}
		// No order is promised.
		byContent := func(a, b row) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) }
		slices.SortFunc(got, byContent)
		slices.SortFunc(rows, byContent)
		if !reflect.DeepEqual(got, rows) {
			t.Errorf("%s: got\n%v\nwant\n%v", table, got, rows)
		}
	}
}

// TestHostileNamesAreUTF8 holds that no name breaks a reader, whoever let it in.
func TestHostileNamesAreUTF8(t *testing.T) {
	texts := []string{"", "OT_\xff", "OT_\xfe", "OT_\x00\x1b[31m", "OT_\u202e\xed\xa0\x80"}
	want := map[string]int{"OT_\ufffd": 2, "OT_\x00\x1b[31m": 1, "OT_\u202e\ufffd\ufffd\ufffd": 1}
	names := &aggregate.Names{Errors: catalogueNames(), Methods: catalogueMethods(), Labels: texts}
	knownErrors, knownMethods := len(names.Errors), len(names.Methods)
	names.Errors, names.Methods = append(names.Errors, texts[1:]...), append(names.Methods, texts[1:]...)
	sessions := func(yield func(*aggregate.Session) bool) {
		for i := 1; i < len(texts); i++ {
			label := aggregate.Name(i)
			row := aggregate.Row{Error: aggregate.Name(knownErrors + i - 1), Method: aggregate.Name(knownMethods + i - 1), SDK: label, Browser: label, OS: label, Failures: 1}
			if !yield(&aggregate.Session{ID: aggregate.SessionID{Lo: uint64(i)}, APIKey: label, Rows: []aggregate.Row{row}}) {
				return
			}
		}
	}
	for _, table := range []string{"errors", "methods"} {
		for _, format := range Formats() {
			b := manyWritten(t, names, sessions, Options{Format: format, Table: table, ToolVersion: "v\xff"})
			rows, version, err := rowsAndVersion(format, b)
			if err != nil {
				t.Fatal(err)
			}
			if version != "v\ufffd" {
				t.Errorf("%s in %s: the metadata holds %q", table, format, version)
			}
			columns := []string{"method", "api_key", "sdk", "browser", "os"}
			if table == "errors" {
				columns = append(columns, "error")
			}
			for _, column := range columns {
				seen := map[string]int{}
				for _, r := range rows {
					seen[r.text(column)]++
				}
				if !reflect.DeepEqual(seen, want) {
					t.Errorf("%s in %s: %s is %+q, want %+q", table, format, column, fmt.Sprint(seen), fmt.Sprint(want))
				}
			}
			for _, r := range rows {
				if _, ok := r["code"]; ok || table == "errors" && r.text("documented") != "no" {
					t.Errorf("%s: the catalogue knows %v", format, r)
				}
			}
		}
	}
}

func rowsAndVersion(format string, b []byte) ([]row, string, error) {
	if format == "arrow" {
		rows, schema, err := arrowRows(b)
		if err != nil {
			return nil, "", err
		}
		version, _ := schema.Metadata().GetValue("otlog.tool_version")
		return rows, version, nil
	}
	rows, file, err := parquetRows(b)
	if err != nil {
		return nil, "", err
	}
	version, _ := file.Lookup("otlog.tool_version")
	return rows, version, nil
}

func catalogueNames() (names []string) {
	for i := range catalogue.Errors() {
		names = append(names, catalogue.ID(i).Name())
	}
	return names
}

func catalogueMethods() (names []string) {
	for i := range catalogue.Methods() {
		names = append(names, catalogue.MethodID(i).Name())
	}
	return names
}

// manySessions yields sessions, each with a row, of which every so many has names that
// none had before.
func manySessions(n int) (names *aggregate.Names, sessions func(yield func(*aggregate.Session) bool)) {
	names = &aggregate.Names{Errors: []string{""}, Methods: []string{"unknown"}, Labels: []string{""}}
	for i := range 400 {
		names.Errors = append(names.Errors, fmt.Sprint("OT_", i))
		names.Methods = append(names.Methods, fmt.Sprint("call", i))
		names.Labels = append(names.Labels, fmt.Sprint("label ", i))
	}
	return names, func(yield func(*aggregate.Session) bool) {
		for i := range n {
			name := aggregate.Name(1 + i/1000%400)
			s := &aggregate.Session{
				ID: aggregate.SessionID{Hi: uint64(i), Lo: 1}, APIKey: aggregate.Name(i % 7), Buckets: []aggregate.Bucket{aggregate.Bucket(i % 100)},
				Rows: []aggregate.Row{{
					Bucket: aggregate.Bucket(i % 100), Error: name, Method: name, SDK: aggregate.Name(i % 2 * i / 1000 % 400), Stated: int32(i % 3),
					Failures: int64(i % 2), Lines: int64(i), First: int64(i) - 1500, Last: int64(i),
				}},
			}
			if !yield(s) {
				return
			}
		}
	}
}

// TestManyBatches holds that rows are the same in whatever batch they stand.
func TestManyBatches(t *testing.T) {
	const n = 20_000
	names, sessions := manySessions(n)
	for format, cut := range map[string]time.Duration{"arrow": 1, "parquet": time.Microsecond} {
		b := manyWritten(t, names, sessions, Options{Format: format, Window: window(t, "15m")})
		rows, _, err := arrowRows(b)
		if format == "parquet" {
			rows, _, err = parquetRows(b)
		}
		if err != nil || len(rows) != n {
			t.Fatalf("%s: got %d rows and error %v, want %d", format, len(rows), err, n)
		}
		label := func(n aggregate.Name) any {
			if n == 0 {
				return nil
			}
			return names.Labels[n]
		}
		i := 0
		for s := range sessions {
			r, x := rows[i], &s.Rows[0]
			var stated any
			if x.Stated != 0 {
				stated = x.Stated
			}
			// Truncate cuts toward the past, also before 1970.
			want := []any{
				x.Bucket.Start(), names.Methods[x.Method], names.Errors[x.Error], label(s.APIKey), label(x.SDK), stated,
				x.Failures, x.Lines, time.Unix(0, x.First).UTC().Truncate(cut), time.Unix(0, x.Last).UTC().Truncate(cut),
			}
			got := []any{
				r["window_start"], r["method"], r["error"], r["api_key"], r["sdk"], r["stated_code"],
				r["failures"], r["lines"], r["first_seen"], r["last_seen"],
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%s, row %d: got %v, want %v", format, i, got, want)
			}
			i++
		}
	}
}

func manyWritten(t *testing.T, names *aggregate.Names, sessions func(func(*aggregate.Session) bool), o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, o)
	if err != nil {
		t.Fatal(err)
	}
	builder := batch.NewBuilder(names, batch.Options{Window: o.Window, Zone: o.Zone, Tables: []batch.Table{w.table}})
	write := func() {
		if err := w.Write(builder.Batch()); err != nil {
			t.Fatal(err)
		}
		builder.Reset()
	}
	for s := range sessions {
		if builder.Add(s); builder.Full() {
			write()
		}
	}
	write()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestRowGroups holds that a row group, which is in memory as a whole, does not grow with
// the number of rows.
func TestRowGroups(t *testing.T) {
	const n, most = 300_000, 128 << 10
	names, sessions := manySessions(n)
	b := manyWritten(t, names, sessions, Options{Format: "parquet", Table: "sessions"})
	file, err := parquet.OpenFile(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var groups []int64
	for _, g := range file.RowGroups() {
		groups = append(groups, g.NumRows())
	}
	if want := []int64{most, most, n - 2*most}; !slices.Equal(groups, want) {
		t.Errorf("got row groups of %d, want %d", groups, want)
	}
}

func TestNoRows(t *testing.T) {
	counts := tallied(t, func(func(parse.Event, classify.Verdict)) {})
	for _, table := range Tables() {
		rows, schema, err := arrowRows(written(t, counts, Options{Format: "arrow", Table: table}))
		if err != nil || len(rows) != 0 || schema.NumFields() == 0 {
			t.Errorf("%s in Arrow: got %v and error %v", table, rows, err)
		}
		rows, file, err := parquetRows(written(t, counts, Options{Format: "parquet", Table: table}))
		if err != nil || len(rows) != 0 || len(file.Schema().Fields()) == 0 {
			t.Errorf("%s in Parquet: got %v and error %v", table, rows, err)
		}
	}
}

// A failingCursor fails after some entries.
type failingCursor struct {
	aggregate.Cursor
	left int
}

var errRead = errors.New("the disk is gone")

func (c *failingCursor) Next() (*aggregate.Entry, error) {
	if c.left--; c.left < 0 {
		return nil, errRead
	}
	return c.Cursor.Next()
}

// TestWhatIsCutOffDoesNotLookWhole holds that an error comes out, and that no reader
// takes for whole what was written until then.
func TestWhatIsCutOffDoesNotLookWhole(t *testing.T) {
	const sessions = 20_000 // more than a batch
	tally := &aggregate.Tally{}
	tally.Enter(1)
	for i := range sessions {
		e := parse.Event{Time: int64(i) << 30, OfDay: timestamp.NoTime, Session: fmt.Appendf(nil, "1_%d", i)}
		tally.Add(&e, &classify.Verdict{Failure: true, Error: 1, Evidence: classify.ByName}, int64(i))
	}
	part := tally.Parts()[0]
	open, failAfter := part.Open, sessions+10
	part.Open = func(steps bool) (aggregate.Cursor, error) {
		c, err := open(steps)
		return &failingCursor{c, failAfter}, err
	}
	counts, err := aggregate.Settle(nil, part)
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range Formats() {
		for _, failAfter = range []int{0, 10, sessions - 1} {
			for _, o := range []Options{{}, {Compress: true}, {Table: "methods"}, {Table: "methods", Filter: report.Filter{Error: "OT_TIMEOUT"}}, {Table: "sessions"}} {
				o.Format = format
				var b bytes.Buffer
				if err := Write(&b, counts, o); !errors.Is(err, errRead) {
					t.Errorf("%+v, %d entries: got error %v, want %v", o, failAfter, err, errRead)
				}
				mustNotRead(t, format, b.Bytes())
				if failAfter > 10 && format == "arrow" && o.Filter.Error == "" && b.Len() == 0 {
					t.Errorf("%+v: rows are not written as they come", o)
				}
			}
		}
	}
}

func mustNotRead(t *testing.T, format string, b []byte) {
	t.Helper()
	var err error
	if format == "arrow" {
		_, _, err = arrowRows(b)
	} else {
		_, _, err = parquetRows(b)
	}
	if err == nil {
		t.Errorf("%s: %d bytes that were cut off are read as whole", format, len(b))
	}
}

// A fullDisk takes some bytes.
type fullDisk struct{ left int }

var errFull = errors.New("no space left")

func (d *fullDisk) Write(b []byte) (int, error) {
	n := min(len(b), d.left)
	d.left -= n
	if n < len(b) {
		return n, errFull
	}
	return n, nil
}

func TestWhatCannotBeWritten(t *testing.T) {
	counts := logCounts(t)
	for _, o := range []Options{{Format: "arrow"}, {Format: "arrow", Compress: true}, {Format: "parquet"}} {
		size := len(written(t, counts, o))
		for left := 0; left < size; left += 1 + size/50 {
			if err := Write(&fullDisk{left}, counts, o); !errors.Is(err, errFull) {
				t.Errorf("%+v, %d of %d bytes: got error %v, want %v", o, left, size, err, errFull)
			}
		}
		if err := Write(&fullDisk{size}, counts, o); err != nil {
			t.Error(err)
		}
	}
}

func TestTableOptions(t *testing.T) {
	counts := tallied(t, func(func(parse.Event, classify.Verdict)) {})
	for _, o := range []Options{{}, {Format: "csv"}, {Format: "arrow", Table: "rows"}} {
		if err := Write(io.Discard, counts, o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}

// TestDictionariesHoldWhatIsInUse keeps names of sessions that a filter leaves out, as
// API keys, from a file that is handed on.
func TestDictionariesHoldWhatIsInUse(t *testing.T) {
	counts := tallied(t, func(add func(parse.Event, classify.Verdict)) {
		for i := range 20 {
			id := fmt.Appendf(nil, "1_%d", i)
			add(parse.Event{Time: int64(i) << 50, Session: id, Client: id, Telemetry: &parse.Telemetry{SDK: fmt.Appendf(nil, "2.35.secret%d", i)}},
				classify.Verdict{Failure: true, Name: fmt.Appendf(nil, "OT_SECRET%d", i), Evidence: classify.ByName})
		}
	})
	for _, format := range Formats() {
		b := written(t, counts, Options{Format: format, Filter: report.Filter{Session: "1_7"}})
		found := regexp.MustCompile(`(?i)secret\d*`).FindAllString(string(b), -1)
		slices.Sort(found)
		if found = slices.Compact(found); !slices.Equal(found, []string{"SECRET7", "secret7"}) {
			t.Errorf("%s: it holds the names %q", format, found)
		}
	}
}

func TestKeys(t *testing.T) {
	a, b := NewKey([]byte("a")), NewKey([]byte("b"))
	if a == b || a.ID() == b.ID() || a != NewKey([]byte("a")) {
		t.Errorf("keys %x and %x have IDs %s and %s", a, b, a.ID(), b.ID())
	}
	// These must never change: what was written with a key would lose its meaning.
	if fmt.Sprintf("%x", a) != "61f975c5dc1f63100e4847b89b73bb46" || a.ID() != "47f4ba77" {
		t.Errorf("got key %x with ID %s", a, a.ID())
	}
}
