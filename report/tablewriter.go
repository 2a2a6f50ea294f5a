package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/classify/catalogue"
)

// Tables lists the tables of rows by session: what failed, what was attempted, and who
// was there. docs/schema.md tells their columns.
var Tables = []string{"errors", "methods", "sessions"}

// TableFormats lists what tables are written as.
var TableFormats = []string{"arrow", "parquet"}

// tableVersion is raised when a column or a key of the metadata goes or changes meaning.
const tableVersion = 1

// TableOptions say which rows to write, and how. A filter and a window mean what they
// mean for a Report.
type TableOptions struct {
	Format      string // one of TableFormats
	Table       string // one of Tables; "": errors
	Window      aggregate.Window
	Zone        *time.Location // nil: UTC
	Filter      Filter
	Key         Key // for the hashes of sessions
	ToolVersion string
	Compress    bool // Arrow by zstd; Parquet always is
}

// WriteTable writes the rows of a table. If it fails, what it has written is not taken
// for whole by any reader.
func WriteTable(w io.Writer, counts *aggregate.Counts, o TableOptions) error {
	filter, err := o.Filter.of(counts)
	if err != nil {
		return fmt.Errorf("reading what was counted: %w", err)
	}
	t, err := newTableWriter(w, counts.Names, o, filter.Session)
	if err != nil {
		return err
	}
	if m, ok := t.table.(*methodTable); ok && o.Filter.Error != "" && o.Filter.Method == "" {
		if err := m.show(counts, filter); err != nil {
			return fmt.Errorf("reading what was counted: %w", err)
		}
	}
	for s, err := range counts.Sessions(filter) {
		if err != nil {
			t.out.abandon()
			return fmt.Errorf("reading what was counted: %w", err)
		}
		if err := t.Write(s); err != nil {
			t.out.abandon()
			return err
		}
	}
	return t.Close()
}

// A TableWriter writes the rows of a table session by session.
type TableWriter struct {
	table sessionTable
	batch *batch
	out   sink
}

// A sessionTable adds rows of a session to columns.
type sessionTable interface {
	columns() []partial.Column
	session(*aggregate.Session)
}

// A sink writes what columns hold.
type sink interface {
	flush() error // writes a batch and empties the columns
	close() error
	abandon() // ends what is not whole such that it is not taken for that
}

// NewTableWriter returns a TableWriter of sessions in which numbers stand for names. The
// filter's bounds of time, session and SDK are for those who select the sessions.
func NewTableWriter(w io.Writer, names *aggregate.Names, o TableOptions) (*TableWriter, error) {
	return newTableWriter(w, names, o, aggregate.SessionID{})
}

// newTableWriter returns a TableWriter that tells of which session its rows are, if they
// are of one.
func newTableWriter(w io.Writer, names *aggregate.Names, o TableOptions, only aggregate.SessionID) (*TableWriter, error) {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Table == "" {
		o.Table = Tables[0]
	}
	hasher, err := newHasher(o.Key)
	if err != nil {
		return nil, fmt.Errorf("making a key for hashes of sessions: %w", err)
	}
	metadata := o.metadata(hasher, only)
	d := newDerivation(names, &o, hasher)
	t := &TableWriter{batch: &d.batch}
	switch o.Table {
	case "errors":
		t.table = newErrorTable(d)
	case "methods":
		t.table = newMethodTable(d)
	case "sessions":
		t.table = newSightingTable(d)
	default:
		return nil, fmt.Errorf("%q is not a table: expected one of %s", o.Table, strings.Join(Tables, ", "))
	}
	switch o.Format {
	case "arrow":
		t.out = arrowSink{partial.NewTable(w, t.table.columns(), metadata, o.Compress)}
	case "parquet":
		t.out = newParquetSink(w, o.Table, t.table.columns(), metadata, o.ToolVersion)
	default:
		return nil, fmt.Errorf("%q is not a format of tables: expected one of %s", o.Format, strings.Join(TableFormats, ", "))
	}
	d.batch.flush = func() error {
		if err := t.out.flush(); err != nil {
			return fmt.Errorf("writing table %s: %w", o.Table, err)
		}
		return nil
	}
	return t, nil
}

// Write adds the rows of a session.
func (t *TableWriter) Write(s *aggregate.Session) error {
	t.table.session(s)
	return t.batch.err
}

// Close writes what is left. Without it nothing is whole.
func (t *TableWriter) Close() error {
	if t.batch.err != nil {
		return t.batch.err
	}
	return t.out.close()
}

type arrowSink struct{ *partial.Table }

func (s arrowSink) flush() error { return s.Flush() }
func (s arrowSink) close() error { return s.Close() }
func (s arrowSink) abandon()     { s.Break() }

// A batch counts the rows that columns hold.
type batch struct {
	rows  int
	flush func() error
	err   error // of the last flush
}

// batchRows is how many rows are written at a time: enough to make what a batch costs by
// itself nothing, few enough to take some MB.
const batchRows = 16 << 10

// next ends a row.
func (b *batch) next() {
	if b.rows++; b.rows < batchRows {
		return
	}
	b.rows = 0
	if b.err == nil {
		b.err = b.flush()
	}
}

// metadata tells what the rows are of.
func (o *TableOptions) metadata(h *hasher, only aggregate.SessionID) []partial.Pair {
	session := ""
	if only != (aggregate.SessionID{}) {
		session = string(h.hash(only))
	}
	f := &o.Filter
	out := []partial.Pair{
		{Key: "otlog.schema_version", Value: strconv.Itoa(tableVersion)},
		{Key: "otlog.tool_version", Value: o.ToolVersion},
		{Key: "otlog.catalogue_version", Value: catalogue.Version},
		{Key: "otlog.table", Value: o.Table},
		{Key: "otlog.window", Value: o.Window.String()},
		{Key: "otlog.tz", Value: o.Zone.String()},
		{Key: "otlog.hash_key_id", Value: o.Key.ID()},
	}
	for _, p := range [...]partial.Pair{
		{Key: "otlog.since", Value: bound(f.Since, o.Zone)}, {Key: "otlog.until", Value: bound(f.Until, o.Zone)},
		{Key: "otlog.session", Value: session}, {Key: "otlog.sdk", Value: f.SDK},
		{Key: "otlog.method", Value: f.Method}, {Key: "otlog.error", Value: f.Error},
	} {
		if p.Value != "" {
			out = append(out, p)
		}
	}
	for i := range out {
		out[i].Value = validText(out[i].Value)
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

// validText returns a text in which U+FFFD stands for each byte that is no UTF-8, as in
// JSON: readers of Arrow and Parquet may refuse a file for one.
func validText(s string) string { return string([]rune(s)) }

func validTexts(texts []string) []string {
	out := slices.Clone(texts)
	for i, s := range out {
		out[i] = validText(s)
	}
	return out
}
