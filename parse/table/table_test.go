package table

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/otlog/otlog/parse/field"
)

func TestDetect(t *testing.T) {
	for _, test := range []struct {
		name, text string
		delimiter  byte
		headless   int
	}{
		{"known columns", "timestamp,message\n1,a\n2,b\n", ',', 0},
		{"known columns, without rows", "timestamp,message\n", 0, 0},
		{"a column of times under an unknown name", "\"Made\",\"Line\"\n\"2026-11-23 10:44:25\",\"a, b\"\n\"2026-11-23 10:44:26\",\"c\"\n", ',', 0},
		{"three columns without quotes", "Made;Pod;Line\n2026-11-23 10:44:25;web;a\n2026-11-23 10:44:26;web;b\n", ';', 0},
		{"tabs", "Made\tPod\tLine\n2026-11-23 10:44:25\tweb\ta\n", '\t', 0},
		{"no header", "\"2026-11-23 10:44:25\",\"web\",\"a\"\n\"2026-11-23 10:44:26\",\"web\",\"b\"\n", ',', 3},
		{"no header, Unix times", "\"1795430665959\",\"a\"\n\"1795430665960\",\"b\"\n", ',', 2},
		{"dates whose order is unknown", "\"When\",\"What\"\n\"03/04/2026 10:44:25\",\"a\"\n\"04/04/2026 10:44:25\",\"b\"\n", ',', 0},
		{"two columns under a header", "epoch,txt\n1795430665,a\n1795430666,\"b, c\"\n", ',', 0},
		{"date and time of day", "Datum;Uhrzeit;Text\n23.11.2026;10:44:25;a\n24.11.2026;10:44:26;b\n", ';', 0},
		{"date and time of day without a header", "2026-11-23,10:44:25 AM,a\n2026-11-23,10:44:26 AM,b\n", ',', 3},
		{"days as spreadsheets count them", "When,What\n46349.44752267,a\n46349.44752268,b\n", ',', 0},
		{"days without a name of a time", "Weight,What\n46349.44752267,a\n46349.44752268,b\n", 0, 0},
		{"a given column", "room,who\n1,a\n2,b\n", ',', 0},
		{"line feeds within quotes", "id,what\n1,\"a\n  b\"\n2,b\n", ',', 0},
		{"statements", "INSERT INTO a VALUES (1,'2026-11-23 10:44:25','x')\nINSERT INTO a VALUES (2,'2026-11-23 10:44:26','y')\n", 0, 0},
		{"no times", "\"a\",\"b\"\n\"c\",\"d\"\n", 0, 0},
		{"two columns without quotes", "2026-11-23 10:44:25,a\n2026-11-23 10:44:26,b\n", 0, 0},
		{"milliseconds after a comma", "2026-11-23 10:44:25,959 ERROR a, b\n2026-11-23 10:44:26,960 ERROR c, d\n", 0, 0},
		{"lines with commas", "2026-11-23 10:44:25 joined, with a camera, and more\n2026-11-23 10:44:26 left\n2026-11-23 10:44:27 joined, again\n", 0, 0},
		{"one in ten rows is damaged", "timestamp,message\n" + strings.Repeat("1,a\n", 10) + "2\n", ',', 0},
		{"two in ten rows are damaged", "timestamp,message\n" + strings.Repeat("1,a\n", 10) + "2\n3\n", 0, 0},
	} {
		form, _ := Detect([]byte(test.text), true, field.Names{Session: "room"})
		if form.Delimiter != test.delimiter || form.Columns != test.headless {
			t.Errorf("%s: got %+v, want %q, %d", test.name, form, test.delimiter, test.headless)
		}
	}
}

// TestCellsAtRandom compares with a search byte by byte for the ends of cells.
func TestCellsAtRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 7))
	for range 100_000 {
		data := make([]byte, r.IntN(40))
		for i := range data {
			data[i] = "aaaaaaaaaaaaaa,,\n-\x0b\xac"[r.IntN(20)]
		}
		i := r.IntN(len(data) + 1)
		want := len(data)
		if n := bytes.IndexAny(data[i:], ",\n"); n >= 0 {
			want = i + n
		}
		if got := cellEnd(data, i, ','); got != want {
			t.Fatalf("%q from %d: got %d, want %d", data, i, got, want)
		}
	}
}

func TestZonesOfColumns(t *testing.T) {
	for _, test := range []struct{ title, cell, want string }{
		{"Time (PST)", "2026-11-23 10:44:25", "2026-11-23 10:44:25 PST"},
		{"Zeit (UTC+01:00)", "2026-11-23 10:44:25", "2026-11-23 10:44:25 UTC+01:00"},
		{`"Timestamp [America/New_York]"`, "11/23/2026 10:44:25 AM", "11/23/2026 10:44:25 AM America/New_York"},
		{"Time (UTC)", "2026-11-23", "2026-11-23"},
		{"Time (UTC+1)", "2026-11-23T10:44:25", "2026-11-23T10:44:25 UTC+1"},
		{"Time (PST)", "2026-11-23T10:44:25Z", "2026-11-23T10:44:25Z"},
		{"Time (PST)", "2026-11-23 10:44:25 CET", "2026-11-23 10:44:25 CET"},
		{"Time (PST)", "2026-11-23 10:44:25 +0100", "2026-11-23 10:44:25 +0100"},
		{"Time (PST)", "1795430665", "1795430665"},
		{"Time (IST)", "2026-11-23 10:44:25", "2026-11-23 10:44:25 IST"}, // a doubt when it is read
		{"Time (local)", "2026-11-23 10:44:25", "2026-11-23 10:44:25"},
		{"Time (AM)", "2026-11-23 10:44:25", "2026-11-23 10:44:25"},
		{"Time (ms)", "2026-11-23 10:44:25", "2026-11-23 10:44:25"},
		{"Time (DATE)", "2026-11-23 10:44:25", "2026-11-23 10:44:25"},
		{"(PST)", "2026-11-23 10:44:25", "2026-11-23 10:44:25"},
		{"Time", "2026-11-23 10:44:25", "2026-11-23 10:44:25"},
	} {
		f := Form{Zones: Zones([][]byte{[]byte("Text"), []byte(test.title)})}
		if got := string(f.AppendCell(nil, 1, []byte(test.cell))); got != `"`+test.want+`"` {
			t.Errorf("%s: got %s", test.title, got)
		}
	}
}
