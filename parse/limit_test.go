package parse

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// TestLimitAtTheEnd checks that a record of exactly the limit at the end of a source counts, whether
// the source ends together with its last byte, as unpacked ones may, or with the read after it.
func TestLimitAtTheEnd(t *testing.T) {
	const limit = 64
	for _, format := range []string{"jsonl", "json"} {
		for more := range 2 {
			record := `{"message":"` + strings.Repeat("x", limit-len(`{"message":""}`)+more) + `"}`
			var got []string
			for _, src := range []io.Reader{strings.NewReader(record), iotest.DataErrReader(strings.NewReader(record))} {
				f, ok := FormatOf(format)
				if !ok {
					t.Fatalf("no format %s", format)
				}
				r := newReader(src, f)
				r.limits = limits{block: limit / 2, record: limit}
				var b Block
				text := ""
				for r.Next(&b) == nil {
					text += fmt.Sprintf("%d bytes, records %+v, skipped %v; ", len(b.Data), b.Records, b.Skipped)
				}
				got = append(got, text)
			}
			if got[0] != got[1] {
				t.Errorf("%s, %d bytes: read alone %s\nread with the end %s", format, limit+more, got[0], got[1])
			}
		}
	}
}
