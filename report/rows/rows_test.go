package rows

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/parquet-go/parquet-go"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/clients"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/find"
	"github.com/otlog/otlog/parse/timestamp"
	"github.com/otlog/otlog/report"
)

// A row is what a reader makes of one: string, int64, int32 or time.Time by column; what
// is null is not there.
type row map[string]any

func (r row) text(column string) string { s, _ := r[column].(string); return s }
func (r row) count(column string) int64 { n, _ := r[column].(int64); return n }

// written writes a table.
func written(t *testing.T, counts *aggregate.Counts, o Options) []byte {
	t.Helper()
	return print(t, func(w io.Writer) error { return Write(w, counts, o) })
}

// arrowRows reads an Arrow stream.
func arrowRows(b []byte) (rows []row, schema *arrow.Schema, err error) {
	r, err := ipc.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, nil, err
	}
	defer r.Release()
	for r.Next() {
		batch := r.RecordBatch()
		first := len(rows)
		for range batch.NumRows() {
			rows = append(rows, row{})
		}
		for i, field := range r.Schema().Fields() {
			column := batch.Column(i)
			for j := range column.Len() {
				if !column.IsNull(j) {
					rows[first+j][field.Name] = arrowValue(column, j)
				} else if !field.Nullable {
					return nil, nil, fmt.Errorf("a row has no %s", field.Name)
				}
			}
		}
	}
	return rows, r.Schema(), r.Err()
}

func arrowValue(column arrow.Array, i int) any {
	switch c := column.(type) {
	case *array.Dictionary:
		return strings.Clone(c.Dictionary().(*array.String).Value(c.GetValueIndex(i)))
	case *array.String:
		return strings.Clone(c.Value(i))
	case *array.Int64:
		return c.Value(i)
	case *array.Boolean:
		return c.Value(i)
	case *array.Int32:
		return c.Value(i)
	case *array.Timestamp:
		return c.Value(i).ToTime(c.DataType().(*arrow.TimestampType).Unit).UTC()
	}
	panic(fmt.Sprintf("a column is of type %s", column.DataType()))
}

// parquetRows reads a Parquet file.
func parquetRows(b []byte) (rows []row, file *parquet.File, err error) {
	if file, err = parquet.OpenFile(bytes.NewReader(b), int64(len(b))); err != nil {
		return nil, nil, err
	}
	fields := file.Schema().Fields()
	for _, group := range file.RowGroups() {
		in := group.Rows()
		for {
			some := make([]parquet.Row, 100)
			n, err := in.ReadRows(some)
			for _, values := range some[:n] {
				r := row{}
				for i, v := range values {
					if !v.IsNull() {
						r[fields[i].Name()] = parquetValue(fields[i], v)
					}
				}
				rows = append(rows, r)
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				return nil, nil, err
			}
		}
		if err := in.Close(); err != nil {
			return nil, nil, err
		}
	}
	return rows, file, nil
}

func parquetValue(f parquet.Field, v parquet.Value) any {
	switch {
	case strings.HasPrefix(f.Type().String(), "TIMESTAMP"):
		return time.UnixMicro(v.Int64()).UTC()
	case f.Type().Kind() == parquet.ByteArray:
		return string(v.ByteArray())
	case f.Type().Kind() == parquet.Boolean:
		return v.Boolean()
	case f.Type().Kind() == parquet.Int32:
		return v.Int32()
	}
	return v.Int64()
}

// logCounts are what the sample logs count.
func logCounts(t *testing.T) *aggregate.Counts {
	t.Helper()
	sources, err := find.Find([]string{"../../testdata/logs"})
	if err != nil {
		t.Fatal(err)
	}
	read, err := aggregate.Scan(sources, aggregate.Options{KeepIDs: true}) // for tables that show sessions
	if err != nil {
		t.Fatal(err)
	}
	counts, err := aggregate.Settle(nil, read.Parts...)
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

// A jsonReport is what a JSON report says of what is in the tables.
type jsonReport struct {
	Totals struct {
		Sessions       int   `json:"sessions"`
		SessionsFailed int   `json:"sessions_failed"`
		Telemetry      int   `json:"telemetry_sessions"`
		Failures       int64 `json:"failures"`
	} `json:"totals"`
	Windows []struct {
		Start          *time.Time `json:"start"`
		Sessions       int        `json:"sessions"`
		SessionsFailed int        `json:"sessions_failed"`
		Telemetry      int        `json:"telemetry_sessions"`
	} `json:"windows"`
	Errors []struct {
		WindowStart *time.Time       `json:"window_start"`
		Method      string           `json:"method"`
		Error       *string          `json:"error"`
		Code        *int32           `json:"code"`
		Documented  string           `json:"documented"`
		Codes       map[string]int64 `json:"codes"`
		Failures    int64            `json:"failures"`
		Recovered   int64            `json:"recovered"`
		Lines       int64            `json:"lines"`
		Sessions    int              `json:"sessions"`
		Evidence    map[string]int64 `json:"evidence"`
		First       *time.Time       `json:"first_seen"`
		Last        *time.Time       `json:"last_seen"`
	} `json:"errors"`
	Methods []struct {
		WindowStart    *time.Time `json:"window_start"`
		Method         string     `json:"method"`
		Failures       int64      `json:"failures"`
		Recovered      int64      `json:"recovered"`
		Attempts       *int64     `json:"attempts"`
		Inferred       *int64     `json:"attempts_inferred"`
		Successes      *int64     `json:"successes"`
		Cancels        *int64     `json:"cancels"`
		Failed         *int64     `json:"failed_attempts"`
		Open           *int64     `json:"open"`
		NeverEnded     *int64     `json:"never_ended"`
		Sessions       int        `json:"sessions"`
		SessionsFailed int        `json:"sessions_failed"`
	} `json:"methods"`
}

// errorSums are the numbers of an error in a report, by what tells it from others.
type errorSums struct {
	failures, recovered, lines int64
	sessions                   int
	evidence, codes            map[string]int64
	documented                 string
	first, last                time.Time
}

// methodSums are the numbers of a method likewise.
type methodSums struct {
	failures, recovered, attempts, inferred, successes, cancels, failed, open, neverEnded int64
	sessions, sessionsFailed                                                              int
}

// start formats the start of a window.
func start(t any) string {
	switch t := t.(type) {
	case time.Time:
		return t.UTC().Format(time.RFC3339)
	case *time.Time:
		if t != nil {
			return start(*t)
		}
	}
	return "none"
}

// distinct counts sessions.
type distinct map[string]map[string]bool

func (d distinct) add(key string, r row) {
	if s := r.text("session"); s != "" {
		if d[key] == nil {
			d[key] = map[string]bool{}
		}
		d[key][s] = true
	}
}

// TestRowsAddUpToTheReport holds that sums over rows are the numbers of the JSON report.
func TestRowsAddUpToTheReport(t *testing.T) {
	counts := logCounts(t)
	kolkata, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	session := sessionInLogs(t, counts)
	filters := map[string]report.Filter{
		"none":             {},
		"method":           {Method: "session.CONNECT"},
		"no such method":   {Method: "Session.none"},
		"error":            {Error: "ot_not_connected"},
		"connect error":    {Error: "OT_CONNECT_FAILED"}, // of a method with attempts
		"method and error": {Method: "Session.publish", Error: "OT_NOT_CONNECTED"},
		"session":          {Session: session},
		"no such session":  {Session: "1_none"},
		"SDK":              {SDK: counts.Seen.Texts(clients.SDK, counts.Names.Labels)[0][:4]},
		"since":            {Since: at("2026-11-17T00:00:00Z")},
		"until":            {Until: at("2026-11-18T06:30:00Z")},
		"time":             {Since: at("2026-11-16T09:45:00Z"), Until: at("2026-11-19T00:00:00Z")},
		"odd time":         {Since: at("2026-11-16T09:51:12.345678901Z"), Until: at("2026-11-19T17:03:00.5Z")},
		"time and error":   {Since: at("2026-11-16T09:51:12Z"), Error: "OT_TIMEOUT"},
		"SDK and time":     {Until: at("2026-11-18T06:31:00Z"), SDK: counts.Seen.Texts(clients.SDK, counts.Names.Labels)[0]},
	}
	compared := 0
	for name, filter := range filters {
		for _, w := range []string{"all", "1h", "1d"} {
			for _, zone := range []*time.Location{nil, kolkata} {
				t.Run(fmt.Sprintf("filter=%s/window=%s/tz=%v", name, w, zone), func(t *testing.T) {
					compared += compareToReport(t, counts, Options{Window: window(t, w), Zone: zone, Filter: filter})
				})
			}
		}
	}
	if compared < 2000 {
		t.Errorf("%d rows are too few for this test", compared)
	}
}

// compareToReport compares rows with the JSON report, and returns how many rows that has.
func compareToReport(t *testing.T, counts *aggregate.Counts, o Options) int {
	t.Helper()
	r, err := report.New(counts, nil, report.Options{Window: o.Window, Zone: o.Zone, Filter: o.Filter})
	if err != nil {
		t.Fatal(err)
	}
	var want jsonReport
	if err := json.Unmarshal(print(t, func(w io.Writer) error { return report.WriteJSON(w, r) }), &want); err != nil {
		t.Fatal(err)
	}
	table := func(name string) []row {
		o.Format, o.Table = "arrow", name
		rows, _, err := arrowRows(written(t, counts, o))
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	presences := table("sessions")
	compareErrors(t, table("errors"), &want)
	compareMethods(t, table("methods"), presences, &want, o.Window.All())
	compareSessions(t, presences, &want)
	return len(want.Errors) + len(want.Methods)
}

// TestRandomRowsAddUpToTheReport does so with what no log holds so densely.
func TestRandomRowsAddUpToTheReport(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 3))
		pick := func(from ...string) string { return from[r.IntN(len(from))] }
		begin := time.Date(2026, 3, 28, 20, 0, 0, 0, time.UTC) // clocks are put forward in the night
		counts := tallied(t, func(add func(parse.Event, classify.Verdict)) {
			for range 5 + r.IntN(60) {
				e := parse.Event{Time: begin.UnixNano() + r.Int64N(int64(12*time.Hour))/int64(time.Second)*int64(time.Second), Session: []byte(pick("", "", "1_a", "1_b", "2_MX40NTYxMjM0NX5-"))}
				if r.IntN(8) == 0 {
					e.Time = timestamp.NoTime
				}
				if r.IntN(2) == 0 {
					e.Client, e.ConnectionID = []byte(pick("", "X", "Y")), []byte(pick("", "C", "D"))
				}
				if r.IntN(2) == 0 {
					e.StreamID = []byte(pick("S", "T"))
					e.Telemetry = &parse.Telemetry{
						Action: []byte(pick("Connect", "Publish", "Subscribe")), Variation: []byte(pick("Attempt", "Attempt", "Success", "Failure", "Cancel")),
						SDK: []byte(pick("", "2.35.2", "2.34.1")), UserAgent: []byte(pick("", "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0.0.0 Safari/537.36")),
					}
				}
				v := classify.Verdict{
					Failure: r.IntN(3) > 0, Code: int32(1500 * r.IntN(3)), Evidence: classify.Evidences[r.IntN(4)], Weight: classify.Weights[r.IntN(4)],
					Error: catalogue.Lookup([]byte(pick("", "OT_TIMEOUT", "OT_NOT_CONNECTED"))), Method: catalogue.LookupMethod([]byte(pick("", "Session.connect", "Session.publish"))),
				}
				if v.Error == 0 && r.IntN(2) == 0 {
					v.Name = []byte(pick("OT_MADE_UP", "OT_NOT_KNOWN"))
				}
				if v.Method == 0 && r.IntN(3) == 0 {
					v.MethodName = []byte("Session.fly")
				}
				add(e, v)
			}
		})
		o := Options{Window: window(t, pick("all", "15m", "1h", "1d")), Filter: report.Filter{
			Method: pick("", "", "Session.connect"), Error: pick("", "", "OT_TIMEOUT", "OT_MADE_UP"), SDK: pick("", "", "2.35"), Session: pick("", "", "", "1_a", "C"),
		}}
		if r.IntN(3) == 0 {
			o.Filter.Since = begin.Add(time.Duration(r.Int64N(int64(6 * time.Hour))))
		}
		if r.IntN(3) == 0 {
			o.Filter.Until = begin.Add(6*time.Hour + time.Duration(r.Int64N(int64(6*time.Hour))))
		}
		var err error
		if o.Zone, err = time.LoadLocation(pick("UTC", "Europe/Berlin", "Asia/Kathmandu")); err != nil {
			t.Fatal(err)
		}
		compareToReport(t, counts, o)
		if t.Failed() {
			t.Fatalf("seed %d, window %s, tz %s, filter %+v", seed, o.Window, o.Zone, o.Filter)
		}
	}
}

// sessionInLogs returns an ID that the sample logs bear, of a session with attempts and
// failures.
func sessionInLogs(t *testing.T, counts *aggregate.Counts) string {
	t.Helper()
	f, err := os.Open("../../testdata/logs/telemetry-sdk-2.20.3.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	log, err := io.ReadAll(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range regexp.MustCompile(`[12]_MX[\w~-]+`).FindAll(log, -1) {
		id, ok, err := counts.Session(string(word))
		if err != nil {
			t.Fatal(err)
		}
		for s, err := range counts.Sessions(aggregate.Filter{Session: id}) {
			if err != nil {
				t.Fatal(err)
			}
			if ok && len(s.Rows) > 0 && len(s.Attempts) > 0 {
				return string(word)
			}
		}
	}
	t.Fatal("no session has attempts and failures")
	return ""
}

func compareErrors(t *testing.T, rows []row, want *jsonReport) {
	t.Helper()
	key := func(window, method, name, code string) string {
		return strings.Join([]string{window, method, name, code}, " ")
	}
	got, sessions, twice := map[string]*errorSums{}, distinct{}, map[string]bool{}
	for _, r := range rows {
		name, code := r.text("error"), "none"
		if c, ok := r["code"]; ok {
			code = fmt.Sprint(c)
		}
		k := key(start(r["window_start"]), r.text("method"), name, code)
		e := got[k]
		if e == nil {
			e = &errorSums{evidence: map[string]int64{"name": 0, "phrase": 0, "code": 0, "none": 0}, codes: map[string]int64{}, documented: r.text("documented")}
			got[k] = e
		}
		if e.documented != r.text("documented") {
			t.Errorf("%s is documented as %s and %s", k, e.documented, r["documented"])
		}
		e.failures += r.count("failures")
		e.lines += r.count("lines")
		e.recovered += r.count("recovered")
		e.evidence[r.text("evidence")] += r.count("lines")
		if c, ok := r["stated_code"]; ok {
			e.codes[fmt.Sprint(c)] += r.count("lines")
		}
		if r.count("failures") > 0 {
			sessions.add(k, r)
		}
		if first, ok := r["first_seen"].(time.Time); ok && (e.first.IsZero() || first.Before(e.first)) {
			e.first = first
		}
		if last, ok := r["last_seen"].(time.Time); ok && last.After(e.last) {
			e.last = last
		}
		what := fmt.Sprint(k, r.text("session"), r.text("sdk"), r.text("browser"), r.text("os"), r.text("evidence"), r["stated_code"])
		if twice[what] {
			t.Errorf("two rows are alike: %v", r)
		}
		twice[what] = true
	}
	var failures int64
	for _, e := range want.Errors {
		name, code := "", "none"
		if e.Error != nil {
			name = *e.Error
		}
		if e.Code != nil {
			code = strconv.Itoa(int(*e.Code))
		}
		k := key(start(e.WindowStart), e.Method, name, code)
		is := got[k]
		if is == nil {
			t.Errorf("no row is of %s", k)
			continue
		}
		is.sessions = len(sessions[k])
		should := errorSums{e.Failures, e.Recovered, e.Lines, e.Sessions, e.Evidence, e.Codes, e.Documented, time.Time{}, time.Time{}}
		if e.First != nil {
			should.first, should.last = e.First.UTC(), e.Last.UTC()
		}
		if !reflect.DeepEqual(*is, should) {
			t.Errorf("%s: got %+v, want %+v", k, *is, should)
		}
		failures += is.failures
		delete(got, k)
	}
	for k := range got {
		t.Errorf("the report lacks %s", k)
	}
	if failures != want.Totals.Failures {
		t.Errorf("got %d failures, want %d", failures, want.Totals.Failures)
	}
}

func compareMethods(t *testing.T, rows, presences []row, want *jsonReport, whole bool) {
	t.Helper()
	got, failed, seen := map[string]*methodSums{}, distinct{}, distinct{}
	for _, r := range presences {
		seen.add(start(r["window_start"]), r)
	}
	twice, known := map[string]bool{}, map[string]bool{}
	for _, r := range rows {
		k := start(r["window_start"]) + " " + r.text("method")
		m := got[k]
		if m == nil {
			m = &methodSums{}
			got[k] = m
		}
		m.failures += r.count("failures")
		m.recovered += r.count("recovered")
		m.open += r.count("open")
		m.neverEnded += r.count("never_ended")
		m.attempts += r.count("attempts")
		m.inferred += r.count("attempts_inferred")
		m.successes += r.count("successes")
		m.cancels += r.count("cancels")
		m.failed += r.count("failed_attempts")
		if _, ok := r["failed_attempts"]; ok {
			known[k] = true
		}
		if r.count("failures") > 0 {
			failed.add(k, r)
		}
		if r.text("session") == "" && r.count("failures")+r.count("recovered") == 0 && r.count("attempts") == 0 {
			t.Errorf("a row is of nobody and nothing: %v", r)
		}
		what := fmt.Sprint(k, r.text("session"), r.text("sdk"), r.text("browser"), r.text("os"))
		if twice[what] {
			t.Errorf("two rows are alike: %v", r)
		}
		twice[what] = true
	}
	for _, m := range want.Methods {
		k := start(m.WindowStart) + " " + m.Method
		should := methodSums{failures: m.Failures, recovered: m.Recovered, sessions: m.Sessions, sessionsFailed: m.SessionsFailed}
		is := got[k]
		if is == nil {
			is = &methodSums{} // lines that speak of no failure
		}
		delete(got, k)
		is.sessions, is.sessionsFailed = len(seen[start(m.WindowStart)]), len(failed[k])
		if m.WindowStart == nil && !whole {
			is.sessions = 0
		}
		if m.Attempts != nil {
			should.attempts, should.inferred, should.successes, should.cancels = *m.Attempts, *m.Inferred, *m.Successes, *m.Cancels
			should.open, should.neverEnded = *m.Open, *m.NeverEnded
			if m.Failed != nil {
				should.failed = *m.Failed
			}
			if known[k] != (m.Failed != nil) {
				t.Errorf("%s: it is %v that failed attempts are known", k, known[k])
			}
		}
		if *is != should {
			t.Errorf("%s: got %+v, want %+v", k, *is, should)
		}
	}
	for k := range got {
		t.Errorf("the report lacks %s", k)
	}
}

func compareSessions(t *testing.T, rows []row, want *jsonReport) {
	t.Helper()
	seen, all, posted := distinct{}, distinct{}, distinct{}
	for _, r := range rows {
		if r["telemetry"] == true {
			posted.add(start(r["window_start"]), r)
			posted.add("all", r)
		}
		k := start(r["window_start"])
		if seen[k][r.text("session")] {
			t.Errorf("two rows are alike: %v", r)
		}
		seen.add(k, r)
		all.add("", r)
	}
	if n := len(all[""]); n != want.Totals.Sessions {
		t.Errorf("got %d sessions, want %d", n, want.Totals.Sessions)
	}
	if n := len(posted["all"]); n != want.Totals.Telemetry {
		t.Errorf("got %d sessions with telemetry, want %d", n, want.Totals.Telemetry)
	}
	for _, w := range want.Windows {
		if n := len(seen[start(w.Start)]); n != w.Sessions {
			t.Errorf("%s: got %d sessions, want %d", start(w.Start), n, w.Sessions)
		}
		if n := len(posted[start(w.Start)]); n != w.Telemetry {
			t.Errorf("%s: got %d sessions with telemetry, want %d", start(w.Start), n, w.Telemetry)
		}
	}
}
