// Package rows writes record batches as files that other tools read: Arrow and Parquet.
//
//  1. [Write] reads the batches of one table.
//  2. Each column of a batch is made fit for strangers: the ID of a session becomes a hash with
//     a [Key], and a dictionary holds only names that rows use, in valid UTF-8.
//  3. The columns are written as an Arrow stream or as a Parquet file.
//
// docs/schema.md is the contract of both.
package rows

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/batch"
	"github.com/otlog/otlog/aggregate/calendar"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/report"
)

// Tables lists the tables that can be written. docs/schema.md describes their columns.
func Tables() []string {
	var out []string
	for _, t := range batch.Tables {
		out = append(out, t.String())
	}
	return out
}

// Formats lists the formats that tables can be written in.
func Formats() []string { return []string{"arrow", "parquet"} }

// schemaVersion is raised when a column or a key of the metadata goes or changes meaning.
const schemaVersion = 1

// Options select the rows to write, and how. A filter and a window mean what they mean for a
// Report.
type Options struct {
	Format      string // one of Formats
	Table       string // one of Tables; "": errors
	Window      calendar.Window
	Zone        *time.Location // nil: UTC
	Filter      report.Filter
	Key         Key // for the hashes of sessions
	ToolVersion string
	Compress    bool // Arrow by zstd; Parquet always is

	Sources []*aggregate.Source // described in the metadata

	ShowSessions bool // add a last column with the session IDs that were kept
	Unredacted   bool // names and messages are as the logs have them; the metadata says so
}

// Write writes the rows of a table. If it fails, no reader takes what was written for a
// whole file.
func Write(w io.Writer, counts *aggregate.Counts, o Options) error {
	filter, err := o.Filter.In(counts)
	if err != nil {
		return fmt.Errorf("reading what was counted: %w", err)
	}
	t, err := newWriter(w, o, filter.Session)
	if err != nil {
		return err
	}
	of := batch.Options{
		Window: o.Window, Zone: o.Zone, Filter: filter, Method: o.Filter.Method, Error: o.Filter.Error, Tables: []batch.Table{t.table},
		IDs: o.ShowSessions,
	}
	for b, err := range batch.Read(counts, of) {
		if err != nil {
			t.abandon()
			return fmt.Errorf("reading what was counted: %w", err)
		}
		if err := t.Write(b); err != nil {
			t.abandon()
			return err
		}
	}
	return t.Close()
}

// A Writer writes the rows of one table, batch by batch.
type Writer struct {
	table   batch.Table
	columns []column
	hasher  *hasher
	out     sink

	make func(columns []column) sink // once the first batch has shown which columns there are
}

// A sink writes what columns hold.
type sink interface {
	write() error
	close() error
	abandon() // ends an incomplete output so that no reader takes it for a whole one
}

// NewWriter returns a Writer. The filter is only described in the metadata: whoever makes the
// batches selects.
func NewWriter(w io.Writer, o Options) (*Writer, error) {
	return newWriter(w, o, aggregate.SessionID{})
}

// newWriter returns a Writer whose metadata names the only session of the rows, if there is
// only one.
func newWriter(w io.Writer, o Options, only aggregate.SessionID) (*Writer, error) {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	tables := Tables()
	if o.Table == "" {
		o.Table = tables[0]
	}
	number := slices.Index(tables, o.Table)
	if number < 0 {
		return nil, fmt.Errorf("%q is not a table: expected one of %s", o.Table, strings.Join(tables, ", "))
	}
	hasher, err := newHasher(o.Key)
	if err != nil {
		return nil, fmt.Errorf("making a key for hashes of sessions: %w", err)
	}
	t := &Writer{table: batch.Tables[number], hasher: hasher}
	metadata := o.metadata(hasher, only)
	switch o.Format {
	case "arrow":
		t.make = func(columns []column) sink { return newArrowSink(w, columns, metadata, o.Compress) }
	case "parquet":
		t.make = func(columns []column) sink { return newParquetSink(w, o.Table, columns, metadata, o.ToolVersion) }
	default:
		return nil, fmt.Errorf("%q is not a format of tables: expected one of %s", o.Format, strings.Join(Formats(), ", "))
	}
	return t, nil
}

// Write writes the rows of the table in a batch.
func (t *Writer) Write(b *batch.Batch) error {
	record := b.Records[t.table]
	if t.out == nil {
		for _, f := range record.Schema().Fields() {
			t.columns = append(t.columns, newColumn(f, t.hasher))
		}
		t.out = t.make(t.columns)
	}
	for i, c := range t.columns {
		c.load(record.Column(i))
	}
	if err := t.out.write(); err != nil {
		return fmt.Errorf("writing table %s: %w", t.table, err)
	}
	return nil
}

// abandon ends the output early.
func (t *Writer) abandon() {
	if t.out != nil { // else nothing was written
		t.out.abandon()
	}
}

// Close ends the output, which is not whole without it.
func (t *Writer) Close() error { return t.out.close() }

// A pair is a key of the metadata, with its value.
type pair struct{ key, value string }

// metadata describes the rows.
func (o *Options) metadata(h *hasher, only aggregate.SessionID) []pair {
	session := ""
	if !only.IsZero() {
		session = string(h.hash(only))
	}
	f := o.Filter.Whole()
	out := []pair{
		{"otlog.schema_version", strconv.Itoa(schemaVersion)},
		{"otlog.tool_version", o.ToolVersion},
		{"otlog.catalogue_version", catalogue.Version},
		{"otlog.table", o.Table},
		{"otlog.window", o.Window.String()},
		{"otlog.tz", o.Zone.String()},
		{"otlog.hash_key_id", o.Key.ID()},
		{"otlog.redacted", strconv.FormatBool(!o.Unredacted)},
		{"otlog.records", report.RecordsJSON(o.Sources)},
		{"otlog.sources", report.SourcesJSON(o.Sources)},
	}
	for _, p := range [...]pair{
		{"otlog.since", bound(f.Since, o.Zone)}, {"otlog.until", bound(f.Until, o.Zone)},
		{"otlog.session", session}, {"otlog.sdk", f.SDK}, {"otlog.method", f.Method}, {"otlog.error", f.Error},
	} {
		if p.value != "" {
			out = append(out, p)
		}
	}
	for i := range out {
		out[i].value = validText(out[i].value)
	}
	return out
}

// bound formats a bound of time, "" for none.
func bound(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(time.RFC3339Nano)
}

// validText returns a text in which U+FFFD replaces each byte that is not UTF-8, as in JSON:
// readers of Arrow and Parquet may refuse a file for one such byte.
func validText(s string) string { return string([]rune(s)) }

// words are the columns whose dictionary is always whole, since it has a few fixed words.
var words = []string{"session_from", "documented", "evidence"}

// newColumn returns the column that is written for a field of a record batch.
func newColumn(f arrow.Field, h *hasher) column {
	head := heading{f.Name, f.Nullable}
	switch typ := f.Type.(type) {
	case *arrow.FixedSizeBinaryType:
		return &sessionColumn{heading: head, hasher: h}
	case *arrow.DictionaryType:
		return &nameColumn{heading: head, whole: slices.Contains(words, f.Name), known: map[string]uint16{}}
	case *arrow.BooleanType:
		return &boolColumn{heading: head}
	case *arrow.StringType:
		return &textColumn{heading: head}
	default:
		return &numberColumn{heading: head, typ: typ}
	}
}
