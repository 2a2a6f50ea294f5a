package main

import (
	"archive/tar"
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/klauspost/compress/s2"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
)

var updateColumnar = flag.Bool("update-columnar", false, "write the Parquet and Arrow files of testdata/exports anew, from plain.log")

// writeParquet returns the rows as a Parquet file with several row groups.
func writeParquet[T any](t *testing.T, rows []exported, of func(exported) T, options ...parquet.WriterOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b, append(options, parquet.MaxRowsPerRowGroup(7))...)
	for _, r := range rows {
		if _, err := w.Write([]T{of(r)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// writeArrow returns the rows as an Arrow stream or file with several batches.
func writeArrow(t *testing.T, rows []exported, file bool, unit arrow.TimeUnit, options ...ipc.Option) []byte {
	t.Helper()
	word := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	nested := arrow.StructOf(arrow.Field{Name: "message", Type: arrow.BinaryTypes.LargeString}, arrow.Field{Name: "tags", Type: arrow.ListOf(arrow.BinaryTypes.String)})
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "created_at", Type: &arrow.TimestampType{Unit: unit, TimeZone: "UTC"}},
		{Name: "session_id", Type: word},
		{Name: "entry", Type: nested},
	}, nil)
	var b bytes.Buffer
	options = append(options, ipc.WithSchema(schema), ipc.WithDictionaryDeltas(!file))
	var w interface {
		Write(arrow.RecordBatch) error
		Close() error
	} = ipc.NewWriter(&b, options...)
	if file {
		var err error
		if w, err = ipc.NewFileWriter(&b, options...); err != nil {
			t.Fatal(err)
		}
	}
	builder := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	sessions := builder.Field(1).(*array.BinaryDictionaryBuilder)
	for _, r := range rows { // one dictionary for all batches
		if err := sessions.AppendString(r.session); err != nil {
			t.Fatal(err)
		}
	}
	all := sessions.NewDictionaryArray()
	for from := 0; from < len(rows); from += 7 {
		to := min(from+7, len(rows))
		for _, r := range rows[from:to] {
			builder.Field(0).(*array.TimestampBuilder).Append(arrow.Timestamp(r.at.UnixNano() / int64(unit.Multiplier())))
			entry := builder.Field(2).(*array.StructBuilder)
			entry.Append(true)
			entry.FieldBuilder(0).(*array.LargeStringBuilder).Append(r.text)
			entry.FieldBuilder(1).(*array.ListBuilder).AppendNull()
		}
		columns := []arrow.Array{builder.Field(0).NewArray(), array.NewSlice(all, int64(from), int64(to)), builder.Field(2).NewArray()}
		if err := w.Write(array.NewRecordBatch(schema, columns, int64(to-from))); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// columnarFiles returns the rows in the forms that warehouses and tools write.
func columnarFiles(t *testing.T, rows []exported) map[string][]byte {
	type athena struct { // as AWS Glue writes it
		Timestamp deprecated.Int96 `parquet:"event_ts"`
		Session   string           `parquet:"session_id,dict"`
		Message   string           `parquet:"message"`
	}
	type bigquery struct {
		Timestamp   time.Time `parquet:"timestamp,timestamp(microsecond)"`
		Severity    string    `parquet:"severity,dict"`
		JSONPayload struct {
			SessionID *string           `parquet:"sessionId,optional,dict"`
			Message   string            `parquet:"message"`
			Labels    map[string]string `parquet:"labels"`
		} `parquet:"jsonPayload"`
		Spans []string `parquet:"spans,list"`
	}
	type databricks struct {
		Time  int64 `parquet:"_commit_timestamp,timestamp(millisecond)"`
		Value string
	}
	type snowflake struct {
		Created time.Time `parquet:"CREATED_AT,timestamp(nanosecond)"`
		Session string    `parquet:"SESSION_ID"`
		Message []byte    `parquet:"MESSAGE"`
	}
	type strangers struct {
		A string
		B int64
		C string `parquet:"C,dict"`
		D string
	}
	withSession := func(r exported) string { return r.text + " session=" + r.session }
	return map[string][]byte{
		"athena.parquet": writeParquet(t, rows, func(r exported) athena {
			const julianDay = 2440588
			ns := r.at.UnixNano()
			day, ofDay := ns/int64(24*time.Hour), uint64(ns%int64(24*time.Hour))
			return athena{deprecated.Int96{uint32(ofDay), uint32(ofDay >> 32), uint32(day + julianDay)}, r.session, r.text}
		}, parquet.Compression(&parquet.Snappy), parquet.DataPageVersion(1)),
		"bigquery.parquet": writeParquet(t, rows, func(r exported) (b bigquery) {
			b.Timestamp, b.Severity = r.at, "ERROR"
			b.JSONPayload.SessionID, b.JSONPayload.Message = &r.session, r.text
			b.JSONPayload.Labels = map[string]string{"app": "clinic", "zone": "eu"}
			b.Spans = strings.Fields("a b")
			return b
		}, parquet.Compression(&parquet.Zstd)),
		"databricks.parquet": writeParquet(t, rows, func(r exported) databricks {
			return databricks{r.at.UnixMilli(), oneLine(map[string]any{"sessionId": r.session, "text": r.text})}
		}, parquet.Compression(&parquet.Gzip), parquet.DataPageVersion(1)),
		"snowflake.parquet": writeParquet(t, rows, func(r exported) snowflake {
			return snowflake{r.at, r.session, []byte(r.text)}
		}, parquet.Compression(&parquet.Lz4Raw)),
		"unknown-columns.parquet": writeParquet(t, rows, func(r exported) strangers {
			return strangers{"web-1", 42, withSession(r), r.at.Format("2006-01-02 15:04:05.000")}
		}, parquet.Compression(&parquet.Brotli)),
		"stream.arrows":        writeArrow(t, rows, false, arrow.Nanosecond),
		"microseconds.arrow":   writeArrow(t, rows, true, arrow.Microsecond, ipc.WithZstd()),
		"milliseconds.feather": writeArrow(t, rows, true, arrow.Millisecond, ipc.WithLZ4()),
	}
}

// An exportReport is the part of a report that is equal for each export of the same log.
type exportReport struct {
	Totals struct {
		Sessions, Failures int64
		Records            map[string]int64
		FirstSeen          string `json:"first_seen"`
		LastSeen           string `json:"last_seen"`
	}
	Errors []any
}

func exportReportOf(t *testing.T, args ...string) (r exportReport) {
	t.Helper()
	if err := json.NewDecoder(reportOf(t, "", append([]string{"--format", "json", "--window", "15m"}, args...))).Decode(&r); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestColumnarFilesGiveTheSameReport compares Parquet and Arrow files with the plain log, plain
// and packed, with one worker and several.
func TestColumnarFilesGiveTheSameReport(t *testing.T) {
	rows := readExported(t)
	want := exportReportOf(t, exportsDir+"plain.log")
	if want.Totals.Failures != 4 || want.Totals.Sessions != 4 || want.Totals.FirstSeen != "2026-11-23T10:44:25.959Z" || want.Totals.LastSeen != "2026-11-23T10:44:35.319Z" {
		t.Fatalf("the plain log has %+v", want.Totals)
	}
	check := func(t *testing.T, args ...string) {
		t.Helper()
		if got := exportReportOf(t, args...); !reflect.DeepEqual(got, want) {
			t.Errorf("%v: got %+v\nwant %+v", args, got, want)
		}
	}
	for name, content := range columnarFiles(t, rows) {
		t.Run(name, func(t *testing.T) {
			if *updateColumnar {
				if err := os.WriteFile(exportsDir+name, content, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			check(t, exportsDir+name)
			content, err := os.ReadFile(exportsDir + name)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			for _, packed := range []struct {
				ext  string
				data []byte
			}{{".gz", gzipped(t, content)}, {".log.sz", snappied(t, content)}, {".br", brotlied(t, content)}, {".tar", tarOf(t, name, content)}} {
				path := filepath.Join(dir, name+packed.ext)
				if err := os.WriteFile(path, packed.data, 0o644); err != nil {
					t.Fatal(err)
				}
				check(t, "--jobs", "1", path)
				check(t, "--jobs", "3", path)
			}
			part := filepath.Join(dir, "part.arrow")
			output(t, "scan", "-o", part, exportsDir+name)
			check(t, part)
			var piped exportReport
			if err := json.NewDecoder(reportOf(t, exportsDir+name, []string{"--format", "json", "--window", "15m"})).Decode(&piped); err != nil || !reflect.DeepEqual(piped, want) {
				t.Errorf("a pipe gives %+v, %v", piped, err)
			}
		})
	}
	// By a tool that shares no code with otlog.
	check(t, exportsDir+"duckdb.parquet")
}

// TestColumnarFields gives names of columns by flags.
func TestColumnarFields(t *testing.T) {
	type meeting struct {
		Opened, Closed time.Time `parquet:",timestamp(millisecond)"`
		Room, Note     string
	}
	rows := readExported(t)
	path := filepath.Join(t.TempDir(), "meetings.parquet")
	content := writeParquet(t, rows, func(r exported) meeting {
		return meeting{r.at.Add(-time.Hour), r.at, "room of " + r.session[30:], r.text}
	})
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	got := exportReportOf(t, "--time-field", "Closed", "--session-field", "Room", path)
	if got.Totals.Failures != 4 || got.Totals.Sessions != 4 || got.Totals.FirstSeen != "2026-11-23T10:44:25.959Z" {
		t.Errorf("got %+v", got.Totals)
	}
}

// TestColumnarEventsHaveRows checks that the line of an event is the number of its row.
func TestColumnarEventsHaveRows(t *testing.T) {
	out := string(output(t, "events", exportsDir+"bigquery.parquet"))
	rows := readExported(t)
	n := 0
	for line := range strings.Lines(out) {
		var e struct {
			Time string
			Line int
			Text string
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		if at := rows[e.Line-1].at.Format("2006-01-02T15:04:05.000Z"); e.Time != at {
			t.Errorf("row %d has the time %s, want %s", e.Line, e.Time, at)
		}
		n++
	}
	if n != 12 {
		t.Errorf("%d events, want 12", n)
	}
}

// TestDamagedColumnarFiles checks that what precedes damage is read, with exit status 3, and the
// same with any number of workers.
func TestDamagedColumnarFiles(t *testing.T) {
	parquetFile, err := os.ReadFile(exportsDir + "snowflake.parquet")
	if err != nil {
		t.Fatal(err)
	}
	stream, err := os.ReadFile(exportsDir + "stream.arrows")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		content  []byte
		says     string
		sessions int64
	}{
		{"truncated.parquet", parquetFile[:len(parquetFile)/2], "parquet data is truncated near byte", 0},
		{"overwritten.parquet", overwritten(parquetFile, len(parquetFile)/2), "parquet data is damaged near byte", 3},
		{"truncated.arrow", stream[:len(stream)*3/4], "arrow data is truncated near byte", 3},
		{"avro", []byte("Obj\x01\x04\x14avro.codec"), "Avro data is not supported: convert it to Parquet or NDJSON (avro-tools tojson", 0},
		{"orc", []byte("ORC\x00\x01\x02\x03"), "ORC data is not supported: convert it to Parquet or NDJSON (orc-tools data", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), c.name)
			if err := os.WriteFile(path, c.content, 0o644); err != nil {
				t.Fatal(err)
			}
			var first string
			for _, jobs := range []string{"1", "2", "5"} {
				var out, errs bytes.Buffer
				status := run([]string{"--format", "json", "--jobs", jobs, path}, streams{out: &out, err: &errs})
				if status != exitDamaged || !strings.Contains(out.String(), c.says) {
					t.Fatalf("exit status %d: %s %s", status, out.String(), errs.String())
				}
				var r exportReport
				if err := json.Unmarshal(out.Bytes(), &r); err != nil || r.Totals.Sessions < c.sessions {
					t.Errorf("%d sessions, %v", r.Totals.Sessions, err)
				}
				if first = cmp.Or(first, out.String()); first != out.String() {
					t.Errorf("with %s workers:\n%s\nwith one:\n%s", jobs, out.String(), first)
				}
			}
		})
	}
}

// TestOwnFilesAreNoLogs checks that rows of otlog are not counted as errors.
func TestOwnFilesAreNoLogs(t *testing.T) {
	for _, format := range []string{"parquet", "arrow"} {
		path := filepath.Join(t.TempDir(), "rows."+format)
		out := output(t, "--format", format, exportsDir+"plain.log")
		if err := os.WriteFile(path, out, 0o644); err != nil {
			t.Fatal(err)
		}
		var text, errs bytes.Buffer
		status := run([]string{path}, streams{out: &text, err: &errs})
		if status != exitDamaged || !strings.Contains(text.String(), "not a log: otlog has written it") {
			t.Errorf("%s: exit status %d: %s %s", format, status, text.String(), errs.String())
		}
		dir := filepath.Dir(path)
		log, err := os.ReadFile(exportsDir + "bigquery.parquet")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "part-0"), log, 0o644); err != nil {
			t.Fatal(err)
		}
		if found := string(output(t, "report", dir)); !strings.Contains(found, "left out 1: 1 written by otlog") {
			t.Errorf("%s: a directory gives %s", format, found)
		}
	}
}

// overwritten returns b with other bytes in one place.
func overwritten(b []byte, at int) []byte {
	b = bytes.Clone(b)
	copy(b[at:], bytes.Repeat([]byte{0xaa}, 200))
	return b
}

func snappied(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := s2.NewWriter(&b, s2.WriterSnappyCompat())
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	closeAfter(t, w, nil)
	return b.Bytes()
}

func brotlied(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	closeAfter(t, brotli.NewWriter(&b), data)
	return b.Bytes()
}

func tarOf(t *testing.T, name string, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Name: name + ".log", Mode: 0o644, Size: int64(len(data))}); err != nil {
		t.Fatal(err)
	}
	closeAfter(t, w, data)
	return b.Bytes()
}
