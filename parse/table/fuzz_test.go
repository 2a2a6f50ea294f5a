package table

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
)

// FuzzCells compares the cells of rows with encoding/csv, where that reads them.
func FuzzCells(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\"a\"\"b\",\"c\nd\"\n", "a;b\r\n\"x;y\";\"\"\r\n", ",\n\n\"\"\n", "\"a", "a\"b,c\n"} {
		f.Add([]byte(s), byte(','))
		f.Add([]byte(s), byte(';'))
	}
	f.Fuzz(func(t *testing.T, data []byte, delimiter byte) {
		if !strings.ContainsRune(",;\t|", rune(delimiter)) || bytes.ContainsRune(data, '\r') { // encoding/csv drops some of them
			return
		}
		r := csv.NewReader(bytes.NewReader(data))
		r.Comma, r.FieldsPerRecord = rune(delimiter), -1
		want, err := r.ReadAll()
		if err != nil {
			return
		}
		var got [][]string
		var buffer []byte
		for rest := data; len(rest) > 0; {
			// A row is complete only at the end of the source, or if a line feed ends it.
			for n := range rest {
				if cells, length := AppendCells(nil, rest[:n], delimiter, false); length > 0 {
					if again, same := AppendCells(nil, rest, delimiter, true); same != length || len(again) != len(cells) {
						t.Fatalf("%q: a row of %d bytes in the first %d bytes, of %d in all", rest, length, n, same)
					}
					break
				}
			}
			cells, n := AppendCells(nil, rest, delimiter, true)
			if n == 0 {
				t.Fatalf("%q: no row in %q, but %q", data, rest, want)
			}
			var row []string
			for _, cell := range cells {
				row = append(row, string(Unquote(cell, &buffer)))
			}
			if n > 1 || rest[0] != '\n' { // encoding/csv leaves out blank lines
				got = append(got, row)
			}
			rest = rest[n:]
		}
		if !slices.EqualFunc(got, want, slices.Equal) {
			t.Fatalf("%q: got %q, want %q", data, got, want)
		}
	})
}
