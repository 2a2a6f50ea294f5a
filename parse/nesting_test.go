package parse

import (
	"io"
	"runtime"
	"strings"
	"testing"
)

// TestNestingCostsNoMemory checks that what is kept of a record does not grow with the number of brackets in
// it, and that the time, the session and the text of a deep record count all the same.
func TestNestingCostsNoMemory(t *testing.T) {
	const n = 200_000
	const session, name = "1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5ReDAweUwyWmJSdzh-Zmc-", "OT_TIMEOUT"
	const known = `"timestamp":"2026-11-23T10:44:01Z","sessionId":"` + session + `","message":"` + name + `"`
	for _, test := range []struct {
		name, format, text string
		most               uint64 // bytes of memory for a byte of text
	}{
		{"arrays in a line", "jsonl", `{` + known + `,"a":` + strings.Repeat("[", n) + strings.Repeat("]", n) + "}\n", 8},
		{"objects in a line", "jsonl", `{` + known + `,"a":` + strings.Repeat(`{"":`, n) + "1" + strings.Repeat("}", n) + "}\n", 8},
		{"wrappers in a line", "jsonl", `{` + known + `,"a":` + strings.Repeat(`{"seconds":`, n) + "1" + strings.Repeat("}", n) + "}\n", 8},
		{"fields below objects", "jsonl", strings.Repeat(`{"":`, n) + `{` + known + `}` + strings.Repeat("}", n) + "\n", 8},
		{"a document", "json", strings.Repeat("[", n) + `{` + known + `}` + strings.Repeat("]", n), 8},
		{"a format that is detected", "", `{` + known + `,"a":` + strings.Repeat("[", n) + strings.Repeat("]", n) + "}\n", 16},
		{"a format that is detected, of objects", "", `{` + known + `,"a":` + strings.Repeat(`{"":`, n) + "1" + strings.Repeat("}", n) + "}\n", 16},
		{"a document that is detected", "", strings.Repeat("[", n) + `{` + known + `}` + strings.Repeat("]", n), 16},
	} {
		t.Run(test.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			var r *Reader
			if test.format == "" {
				in, err := open(t, "a", []byte(test.text), 0)
				if err != nil {
					t.Fatal(err)
				}
				r = in.Readers()[0]
			} else {
				f, _ := FormatOf(test.format)
				r = newReader(strings.NewReader(test.text), f)
			}
			var b Block
			var d Decoder
			var err error
			records := 0
			for err = r.Next(&b); err == nil; err = r.Next(&b) {
				for e, skipped := range d.Events(&b, finding(always)) {
					if skipped != nil {
						t.Fatal(skipped)
					}
					if records++; string(e.Session) != session || !strings.Contains(string(e.Text), name) || e.Time != 1795430641_000_000_000 {
						t.Errorf("got time %d, session %q, text %.80q", e.Time, e.Session, e.Text)
					}
				}
			}
			runtime.ReadMemStats(&after)
			if err != io.EOF || records != 1 {
				t.Errorf("%d records, %v", records, err)
			}
			got := after.TotalAlloc - before.TotalAlloc
			if got > 4<<20+test.most*uint64(len(test.text)) {
				t.Errorf("%d bytes were allocated for %d", got, len(test.text))
			}
		})
	}
}
