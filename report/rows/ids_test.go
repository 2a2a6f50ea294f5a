package rows

import (
	"os"
	"strings"
	"testing"

	"github.com/otlog/otlog/aggregate"
)

// TestSessionIDs checks that the last column of every table has the IDs that the hashes are of, if
// they are asked for, and that nothing else changes.
func TestSessionIDs(t *testing.T) {
	counts := logCounts(t)
	key := NewKey([]byte("a key"))
	for _, format := range Formats() {
		read := map[string]func([]byte) ([]row, []string, error){"arrow": arrowColumns, "parquet": parquetColumns}[format]
		for _, table := range Tables() {
			o := Options{Format: format, Table: table, Window: window(t, "1d"), Key: key}
			before, columns, err := read(written(t, counts, o))
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(strings.Join(columns, " "), "session_id") {
				t.Errorf("%s %s has columns %q", format, table, columns)
			}
			o.ShowSessions = true
			rows, more, err := read(written(t, counts, o))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := strings.Join(more, " "), strings.Join(columns, " ")+" session_id"; got != want {
				t.Errorf("%s %s: got columns %s, want %s", format, table, got, want)
			}
			n := 0
			for i, r := range rows {
				id := r.text("session_id")
				if (id != "") != (r.text("session_from") == "session") {
					t.Fatalf("%s %s: a session from %s has the ID %q", format, table, r.text("session_from"), id)
				}
				if id != "" {
					n++
					if hash, err := key.Hash(aggregate.NewSessionID([]byte(id))); err != nil || hash != r.text("session") {
						t.Fatalf("%s %s: %q has the hash %q, want %q, %v", format, table, id, r.text("session"), hash, err)
					}
				}
				if b := before[i]; r.text("session") != b.text("session") || r.text("method") != b.text("method") || r.count("lines") != b.count("lines") {
					t.Fatalf("%s %s: row %d is %v, was %v", format, table, i, r, b)
				}
			}
			if n < 10 || len(rows) != len(before) {
				t.Errorf("%s %s: %d of %d rows have an ID; there were %d", format, table, n, len(rows), len(before))
			}
		}
	}
	contract, err := os.ReadFile("../../docs/schema.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"`session_id`", "`id_text`", "`session_ids`"} {
		if !strings.Contains(string(contract), name) {
			t.Errorf("docs/schema.md lacks %s", name)
		}
	}
}

func arrowColumns(b []byte) (rows []row, columns []string, err error) {
	rows, schema, err := arrowRows(b)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range schema.Fields() {
		columns = append(columns, f.Name)
	}
	return rows, columns, nil
}

func parquetColumns(b []byte) (rows []row, columns []string, err error) {
	rows, file, err := parquetRows(b)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range file.Schema().Fields() {
		columns = append(columns, f.Name())
	}
	return rows, columns, nil
}
