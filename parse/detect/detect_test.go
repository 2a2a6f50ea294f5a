package detect

import (
	"strings"
	"testing"
)

// long is more than a sample of 64 KiB holds.
var long = strings.Repeat("x", 80_000)

func TestStructures(t *testing.T) {
	const record = `{"time":"2026-11-23T10:44:25Z","message":"OT_TIMEOUT: too late"}`
	lines := strings.Repeat(record+"\n", 2000)
	for _, test := range []struct {
		name, text     string
		enough, folded bool // of the first 64 KiB
	}{
		{"an object per line", lines, true, false},
		{"text", strings.Repeat("2026-11-23T10:44:25Z it is fine\n", 3000), true, false},
		{"text in brackets", strings.Repeat("[2026-11-23T10:44:25Z] it is fine\n", 3000), true, false},
		{"text in braces", strings.Repeat("{worker-3} it is fine\n", 4000), true, false},
		{"levels", strings.Repeat("[info] it is fine\n", 4000), true, false},
		{"objects after text", strings.Repeat("got {\"a\":[{},{}]}\n", 4000), true, false},
		{"blank lines", strings.Repeat("\n", 70_000) + lines, false, false},
		{"spaces", strings.Repeat(" ", 70_000) + record, false, false},
		{"an array on one line", "[" + strings.Repeat(record+",", 2000) + record + "]", true, true},
		{"an array after a line of text", "# export\n[" + strings.Repeat(record+",", 2000), true, true},
		{"an array after blank lines", "\n\r\n\n[" + strings.Repeat(record+",", 2000), true, true},
		{"an array after a byte order mark", "\ufeff[" + strings.Repeat(record+",", 2000), true, true},
		{"arrays, one per line", strings.Repeat("["+record+","+record+"]\n", 2000), true, true},
		{"arrays of one record", strings.Repeat("["+record+"]\n", 2000), true, false},
		{"an array with a long first record", `[{"pad":"` + long + `"},` + record + `]`, false, false},
		{"an array whose bracket is on a line of its own", "[\n{\"pad\":\"" + long, false, true},
		{"metadata before the records", `{"about":"` + long + `","data":[`, false, false},
		{"metadata on several lines", "{\n\"about\":{" + strings.Repeat("\"a\":\"b\",\n", 9000), false, true},
		{"objects on several lines", strings.Repeat("{\n \"message\": \"OT_TIMEOUT\"\n}\n", 3000), true, true},
		{"objects on one line", strings.Repeat(record, 2000), true, true},
		{"a long first line of text", long + "\n" + long, false, false},
		{"a long first record", `{"pad":"` + long + "\"}\n" + lines, false, false},
		{"a long record after others", lines[:2000] + `{"pad":"` + long, false, false},
		{"a heading and a long row", "time,message\n2026-11-23,\"" + strings.Repeat("line\n", 20_000), false, false},
		{"a broken object and text", "{\"a\": 1, oops\n" + strings.Repeat("it is fine\n", 8000), true, false},
	} {
		head := []byte(test.text[:min(len(test.text), 64<<10)])
		if got := Enough(head); got != test.enough {
			t.Errorf("%s: enough is %t", test.name, got)
		}
		if got := IsFolded(head); got != test.folded {
			t.Errorf("%s: folded is %t", test.name, got)
		}
	}
}

// TestMost checks that a text is not read further than the bound, whatever it is.
func TestMost(t *testing.T) {
	for _, text := range []string{" ", "\n", "[", "x", "\"", "<", `{"a":`} {
		if head := []byte(strings.Repeat(text, Most/len(text)+1)); !Enough(head) {
			t.Errorf("%q: not enough", text)
		}
	}
}

func TestPieces(t *testing.T) {
	for _, test := range []struct {
		line              string
		continues, values bool
		piece             bool
	}{
		{`"message": "OT_TIMEOUT",`, true, false, true},
		{`"payload": {`, true, false, true},
		{`"OT_TIMEOUT": too late`, true, false, true}, // as near to JSON as a line can tell
		{`"OT_TIMEOUT", he said`, false, false, false},
		{`},`, true, false, false},
		{`}]`, true, false, false},
		{`}{`, true, false, false},
		{`} catch (e) {`, false, false, false},
		{`{"a":1}`, false, true, false},
		{`{"a":1`, false, false, false},
		{"{\n\"a\":1", false, false, true},
		{`[{"a":1},`, false, true, true},
		{`[info] {"a":1}`, false, true, false},
		{`got [{"a":1},{"a":2}]`, false, true, false},
		{`got [{"a":1},{"a":2}] from it`, false, false, false},
		{``, false, false, false},
	} {
		if got := ContinuesValue([]byte(test.line)); got != test.continues {
			t.Errorf("%s: continues a value is %t", test.line, got)
		}
		if got := IsPiece([]byte(test.line)); got != test.piece {
			t.Errorf("%s: piece is %t", test.line, got)
		}
		if got := Values([]byte(test.line)) >= 0; got != test.values {
			t.Errorf("%s: ends in values is %t", test.line, got)
		}
	}
}

// FuzzItems checks that items are in order, do not overlap, and leave nothing out but space and separators.
func FuzzItems(f *testing.F) {
	for _, s := range []string{"[1,{}]\n{\"a\":[]}x", "{}{}", "[\n{}", "\ufeff \n,]}\x1e{", `{"a":"\"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		at := 0
		for x := range items(text) {
			if x.start < at || x.end <= x.start || x.end > len(text) {
				t.Fatalf("%q: %+v after %d", text, x, at)
			}
			if left := strings.Trim(string(text[at:x.start]), " \t\r\n,]}\x1e\ufeff"); left != "" {
				t.Fatalf("%q: %q is left out", text, left)
			}
			at = x.end
		}
		Enough(text)
		IsFolded(text)
		IsPiece(text)
	})
}
