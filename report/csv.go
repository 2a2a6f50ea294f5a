package report

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/otlog/otlog/report/words"
)

// CSVTables lists the tables that WriteCSV writes.
var CSVTables = []string{"errors", "methods", "changes", "sources"}

// WriteCSV writes one table of a report, "" for errors, as CSV (RFC 4180) with a header. The
// columns are the fields of the JSON report: an object has a column for each of its fields, such
// as session_rate_low, and null is empty.
func WriteCSV(w io.Writer, r *Report, table string) error {
	switch table {
	case "errors", "":
		rows, names := r.csvErrors()
		last := r.csvLast(names)
		if r.ShowSessions {
			errors := r.errorRows()
			last = append(last, csvColumn{"session_ids", func(row int) string { return harmless(strings.Join(errors[row].Examples, " ")) }})
		}
		return writeRows(w, rows, last)
	case "methods":
		rows, names := r.csvMethods()
		return writeRows(w, rows, r.csvLast(names))
	case "changes":
		return writeRows(w, jsonChanges(r.Changes), nil)
	case "sources":
		return writeRows(w, r.jsonSources(), nil)
	}
	return fmt.Errorf("%q is not a table: expected one of %s", table, strings.Join(CSVTables, ", "))
}

// A csvError is an error with its denominator, which JSON has in the window or the group.
type csvError struct {
	jsonError
	SessionsSeen *int             `json:"sessions_seen"`   // in the window, of the group
	Of           Population       `json:"session_rate_of"` // what SessionsSeen counts
	Reasons      map[string]int64 `json:"reasons"`
	Acknowledged bool             `json:"acknowledged"`
}

// csvErrors returns rows and the names of their groups.
func (r *Report) csvErrors() (rows []csvError, names []string) {
	for _, e := range r.errorRows() {
		row := csvError{jsonError: r.jsonError(e.Error), Acknowledged: e.Acknowledged, Of: r.Population(), Reasons: e.Reasons}
		if e.Window != Timeless {
			row.SessionsSeen = &e.group.Windows[e.Window].Sessions
		}
		rows, names = append(rows, row), append(names, e.group.Name)
	}
	return rows, names
}

func (r *Report) csvMethods() (rows []jsonMethod, names []string) {
	for _, m := range r.methodRows() {
		rows, names = append(rows, r.jsonMethod(m.Method)), append(names, m.group.Name)
	}
	return rows, names
}

// A csvColumn is a column that is not in every table.
type csvColumn struct {
	head string
	cell func(row int) string
}

// csvLast returns the last columns: the names of the groups if rows are divided, and the bounds
// of time that were used, if there are any.
func (r *Report) csvLast(names []string) []csvColumn {
	var out []csvColumn
	if r.By != "" {
		out = append(out, csvColumn{string(r.By), func(row int) string { return harmless(names[row]) }})
	}
	for _, bound := range [...]struct {
		head string
		at   time.Time
	}{{"since", r.Filter.Since}, {"until", r.Filter.Until}} {
		if !bound.at.IsZero() {
			out = append(out, csvColumn{bound.head, func(int) string { return *r.instant(bound.at) }})
		}
	}
	return out
}

// writeRows writes rows, with further columns after those of their type.
func writeRows[T any](w io.Writer, rows []T, last []csvColumn) error {
	out := csv.NewWriter(w)
	heads := headsOf(reflect.TypeFor[T](), "")
	for _, c := range last {
		heads = append(heads, c.head)
	}
	if err := out.Write(heads); err != nil {
		return err
	}
	for i, row := range rows {
		cells := cellsOf(reflect.ValueOf(row), make([]string, 0, len(heads)))
		for _, c := range last {
			cells = append(cells, c.cell(i))
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// headsOf returns the columns of a type, named after its JSON fields.
func headsOf(t reflect.Type, name string) []string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return []string{name}
	}
	var out []string
	for i := range t.NumField() {
		f := t.Field(i)
		// An embedded struct has no name of its own.
		own, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		out = append(out, headsOf(f.Type, strings.Trim(name+"_"+own, "_"))...)
	}
	return out
}

// cellsOf appends the cells of a value to out, empty ones for nil.
func cellsOf(v reflect.Value, out []string) []string {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return append(out, make([]string, len(headsOf(v.Type(), "")))...)
		}
		return cellsOf(v.Elem(), out)
	case reflect.Struct:
		for i := range v.NumField() {
			out = cellsOf(v.Field(i), out)
		}
		return out
	case reflect.Map:
		return append(out, countsOf(v.Interface()))
	case reflect.Slice:
		var all []string
		for i := range v.Len() {
			all = append(all, v.Index(i).String())
		}
		return append(out, harmless(strings.Join(all, " ")))
	case reflect.Float64:
		return append(out, strconv.FormatFloat(v.Float(), 'g', -1, 64))
	case reflect.String:
		return append(out, harmless(v.String()))
	}
	return append(out, fmt.Sprint(v.Interface()))
}

// countsOf formats counts by code or reason: 1006:1 1500:3.
func countsOf(counts any) string {
	switch counts := counts.(type) {
	case map[int32]int64:
		return pairsOf(counts)
	case map[string]int64:
		return pairsOf(counts)
	}
	return ""
}

func pairsOf[K cmp.Ordered](counts map[K]int64) string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, fmt.Sprintf("%v:%d", key, counts[key]))
	}
	return strings.Join(out, " ")
}

// harmless makes text from outside safe for a spreadsheet, which must not take it for a formula,
// and for a terminal.
func harmless(s string) string {
	s = words.Printable(s)
	if s != "" && strings.ContainsRune("=+-@", rune(s[0])) {
		return "'" + s
	}
	return s
}
