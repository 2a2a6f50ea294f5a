package words

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
)

// TestJSON checks that JSON with hostile characters is printable, and means the same.
func TestJSON(t *testing.T) {
	in := map[string]any{"a\u202eb": []any{"c1 \u009b \u0085", "del \x7f", "isolate \u2066\u2069", "tag \U000e0041", "größe 漢 🙂", "quote \" \\ \n", "nbsp \u00a0", "\ufeff"}}
	for _, indent := range []string{"", "  "} {
		var b bytes.Buffer
		enc := json.NewEncoder(JSON(&b))
		enc.SetEscapeHTML(false)
		enc.SetIndent("", indent)
		if err := enc.Encode(in); err != nil {
			t.Fatal(err)
		}
		if text := strings.ReplaceAll(b.String(), "\n", ""); Printable(text) != text {
			t.Errorf("not printable: %q", text)
		}
		for _, want := range []string{`a\u202eb`, `\u009b`, `\u007f`, `\udb40\udc41`, "größe 漢 🙂"} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%q lacks %s", b.String(), want)
			}
		}
		var out map[string]any
		if err := json.Unmarshal(b.Bytes(), &out); err != nil || !reflect.DeepEqual(in, out) {
			t.Errorf("got %v %q, want %q", err, out, in)
		}
	}
}

// TestJSONReportsErrors checks that an error of the writer below is not lost.
func TestJSONReportsErrors(t *testing.T) {
	from, to := io.Pipe()
	from.CloseWithError(io.ErrShortWrite)
	if _, err := fmt.Fprint(JSON(to), `"\u202e"`); err != io.ErrShortWrite {
		t.Errorf("got %v", err)
	}
}
